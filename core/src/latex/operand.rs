//! Operands: numerals, letters, functions, brackets, matrices, sums and limits.

use super::big::{self, big, big_operator};
use super::bracket::{bars, braced_group, bracketed, fenced, items, outward, set};
use super::environment::{environment, relates};
use super::factor::{argument, factor};
use super::function::function;
use super::input::{Parsed, Tokens, command, nested, sign, token, within};
use super::name::{
    alphabet, figure, is_letter_defined, legible, name, number_set, overline, skipped, spell,
};
use super::number::{base_of, based, ellipsis, number};
use super::parser::{close, connective, list, sum};
use super::product::{is_mixed, mixed_number, multiplier, over, scaled};
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::{self, Bracket, Expr, Number, Operation, Sign};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};

/// Whether an operand, and so an unwritten multiplication, can start here.
pub(super) fn starts_operand(input: Tokens<'_>) -> bool {
    match input.peek() {
        Some(Kind::Number(_) | Kind::Begin(_)) => true,
        Some(Kind::Letters(word)) => {
            !matches!(
                word,
                "U" | "percent" | "mod" | "where" | "with" | "for" | "if" | "when" | "is" | "to"
            ) && connective(word).is_none()
        }
        Some(Kind::Text(words)) => is_letter(words) || vocabulary::function(words.trim()).is_some(),
        Some(Kind::Sign(c)) => c == '(' || c == '[' || c == '{' || (c == '|' && !input.bar_closes),
        Some(Kind::Command(name)) => match name {
            "|" | "lvert" | "vert" | "Vert" | "lVert" => !input.bar_closes || name.starts_with('l'),
            _ => is_operand_command(name),
        },
        _ => false,
    }
}

/// `\mathrm{E}`: a letter, not words.
fn is_letter(words: &str) -> bool {
    let mut chars = words.trim().chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic())
        && connective(words).is_none()
}

pub(super) fn is_operand_command(name: &str) -> bool {
    vocabulary::function(name).is_some()
        || vocabulary::is_letter(name)
        || vocabulary::is_accent(name)
        || vocabulary::is_alphabet(name)
        || big_operator(name).is_some()
        || matches!(
            name,
            "pi" | "infty"
                | "frac"
                | "dfrac"
                | "tfrac"
                | "cfrac"
                | "sqrt"
                | "cbrt"
                | "root"
                | "binom"
                | "dbinom"
                | "tbinom"
                | "overline"
                | "bar"
                | "{"
                | "lfloor"
                | "lceil"
                | "langle"
                | "emptyset"
                | "varnothing"
                | "ldots"
                | "dots"
                | "cdots"
                | "dotsc"
                | "dotsb"
                | "dotsm"
                | "angle"
                | "measuredangle"
                | "operatorname"
                | "$"
                | "underbrace"
                | "neg"
                | "exp"
                | "lvert"
                | "lVert"
                | "iota"
                | "Re"
                | "Im"
                | "R"
                | "Z"
                | "N"
                | "Q"
                | "C"
        )
}

pub(super) fn operand<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    match input.peek() {
        Some(Kind::Number(_)) => alt((based, choices, number)).parse(input),
        Some(Kind::Letters(word)) => letters(input, word),
        Some(Kind::Text(words)) => text(input, words),
        Some(Kind::Begin(name)) => environment(input, name),
        Some(Kind::Sign(c)) => match c {
            '(' | '[' => bracketed(input),
            ']' => outward(input),
            '{' => alt((chosen, braced_group)).parse(input),
            '_' | '^' => chosen(input),
            '|' => bars(input),
            '.' => map(ellipsis, |()| Expr::Ellipsis).parse(input),
            '-' | '+' => sum(input),
            '∞' => Ok((input.skip(1), Expr::Infinity)),
            _ => input.fail(),
        },
        Some(Kind::Command(name)) => commands(input, name),
        _ => input.fail(),
    }
}

pub(super) fn letters<'t>(input: Tokens<'t>, word: &'t str) -> Parsed<'t, Expr> {
    let rest = input.skip(1);
    let opens = matches!(rest.peek(), Some(Kind::Sign('(')));
    match word {
        "and" | "or" => return input.fail(),
        "Rational" | "Fraction" if opens => return quotient_call(rest),
        "Matrix" | "array" if opens => return matrix_call(rest),
        "US" if rest.peek() == Some(Kind::Command("$")) => return commands(rest, "$"),
        "USD" | "EUR" | "GBP" | "JPY" | "INR" | "RUB" | "KRW" | "Var" | "Cov" | "dim" | "rank" => {
            return text(input, word);
        }
        "pi" | "Pi" | "PI" => return Ok((rest, Expr::Pi)),
        "infty" | "infinity" | "Infinity" | "INFINITY" | "inf" | "INF" | "oo" => {
            return Ok((rest, Expr::Infinity));
        }
        "sqrt" | "cbrt" => return root(rest, if word == "cbrt" { 3 } else { 2 }),
        // The measure of an angle, which the angle stands for as well.
        "m" => {
            if let Some(Kind::Command(angle @ ("angle" | "measuredangle"))) = rest.peek() {
                return figure(rest.skip(1), angle);
            }
        }
        "frac" | "dfrac" | "tfrac" if matches!(rest.peek(), Some(Kind::Sign('{'))) => {
            return fraction(rest);
        }
        _ => {}
    }
    if let Some(done) = log_of_base(input) {
        return Ok(done);
    }
    if let Some(operation) = vocabulary::function(word) {
        if opens || vocabulary::is_spoken_function(word) {
            return function(rest, operation);
        }
    }
    if let Ok(done) = alt((based, slanted_derivative)).parse(input) {
        return Ok(done);
    }
    if word.chars().count() == 1 {
        return name(rest, String::from(word), opens);
    }
    if vocabulary::is_spelled_letter(word) {
        return name(rest, format!("\\{word}"), opens);
    }
    Ok((rest, Expr::Word(String::from(word))))
}

/// `{}_5C_2`, `^5C_2`: combinations, and with P permutations, k! times as many.
fn chosen<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, _) = opt((sign('{'), sign('}'))).parse(input)?;
    if !matches!(rest.peek(), Some(Kind::Sign('_' | '^'))) {
        return rest.fail();
    }
    let rest = rest.skip(1);
    let (rest, n) = match rest.peek() {
        Some(Kind::Letters("nC" | "nP")) => (rest, Expr::Symbol(String::from("n"))),
        _ => nested(argument)(rest)?,
    };
    let ordered = match rest.peek() {
        Some(Kind::Letters("C" | "nC")) => false,
        Some(Kind::Letters("P" | "nP")) => true,
        _ => return rest.fail(),
    };
    let (rest, ()) = sign('_')(rest.skip(1))?;
    let (rest, k) = nested(argument)(rest)?;
    let mut choices = Expr::Call(Operation::Binomial, vec![n, k.clone()]);
    if ordered {
        choices = Expr::Product(vec![choices, Expr::Call(Operation::Factorial, vec![k])]);
    }
    Ok((rest, choices))
}

/// `10C3`, as calculators write it.
fn choices<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let apart = |at: usize| input.peek_at(at).is_none_or(|token| token.spaced);
    if input.peek_at(1).map(|token| token.kind) != Some(Kind::Letters("C")) || apart(1) || apart(2)
    {
        return input.fail();
    }
    let whole = |at: usize| match input.peek_at(at)?.kind {
        Kind::Number(digits) => digits.parse::<u32>().ok(),
        _ => None,
    };
    match (whole(0), whole(2)) {
        (Some(n), Some(k)) if k <= n => {
            let [n, k] = [n, k].map(|number| Expr::Number(Number::integer(number.into())));
            Ok((input.skip(3), Expr::Call(Operation::Binomial, vec![n, k])))
        }
        _ => input.fail(),
    }
}

/// `log2(3)`, `log10(3)`, as programs write it: the base stands in the name.
fn log_of_base<'t>(input: Tokens<'t>) -> Option<(Tokens<'t>, Expr)> {
    let [name, base, open, ..] = input.rest() else {
        return None;
    };
    let joined = !base.spaced && !open.spaced && open.kind == Kind::Sign('(');
    let base = match (name.kind, base.kind) {
        (Kind::Letters("log"), Kind::Number(base @ ("2" | "10"))) if joined => base,
        _ => return None,
    };
    let base = Expr::Number(Number::integer(base.parse().ok()?));
    let (rest, group) = nested(bracketed)(input.skip(2)).ok()?;
    match group {
        Expr::Group(Bracket::Round, mut items, Bracket::Round) if items.len() == 1 => {
            items.insert(0, base);
            Some((rest, Expr::Call(Operation::Log, items)))
        }
        _ => None,
    }
}

/// sympy's `Rational(3, 8)`.
fn quotient_call<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, group) = bracketed(input)?;
    match group {
        Expr::Group(_, mut items, _) if items.len() == 2 => {
            let denominator = items.pop();
            let numerator = items.pop();
            match (numerator, denominator) {
                (Some(numerator), Some(denominator)) => Ok((rest, over(numerator, denominator))),
                _ => input.fail(),
            }
        }
        _ => input.fail(),
    }
}

/// sympy's `Matrix([[1, 2], [3, 4]])`, numpy's `array`; a plain list is a column.
fn matrix_call<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, group) = bracketed(input)?;
    let inner = |group: Expr| match group {
        Expr::Group(Bracket::Square, items, Bracket::Square) => Ok(items),
        other => Err(other),
    };
    let Expr::Group(_, mut items, _) = group else {
        return input.fail();
    };
    let (Some(rows), true) = (items.pop(), items.is_empty()) else {
        return input.fail();
    };
    let Ok(rows) = inner(rows) else {
        return input.fail();
    };
    let rows = rows.into_iter().map(|row| match inner(row) {
        Ok(entries) => entries,
        Err(entry) => vec![entry],
    });
    let rows: Vec<Vec<Expr>> = rows.collect();
    if rows.iter().all(|row| relates(row)) {
        return input.fail();
    }
    Ok((rest, Expr::Matrix(rows)))
}

/// The currency that a code or sign before an amount names.
fn currency(words: &str) -> Option<&str> {
    match words {
        "\\$" | "$" | "USD" => Some("$"),
        "EUR" | "GBP" | "JPY" | "INR" | "RUB" | "KRW" => Some(words),
        _ => None,
    }
}

pub(super) fn text<'t>(input: Tokens<'t>, words: &'t str) -> Parsed<'t, Expr> {
    let rest = input.skip(1);
    let words = words.trim_matches(|c: char| c.is_whitespace() || c == '~');
    if let Some(operation) = vocabulary::function(words) {
        let applied = match rest.peek() {
            Some(Kind::Sign('(' | '{' | '[' | '_' | '^') | Kind::Number(_)) => true,
            Some(Kind::Letters(_) | Kind::Command(_)) => starts_operand(rest),
            _ => false,
        };
        if applied {
            return function(rest, operation);
        }
    }
    if words
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !words.is_empty()
    {
        if let Ok(done) = base_of(rest, String::from(words)) {
            return Ok(done);
        }
    }
    if let (Some(currency), Some(Kind::Number(_))) = (currency(words), rest.peek()) {
        let (rest, amount) = nested(factor)(rest)?;
        return Ok((
            rest,
            Expr::Quantity(Box::new(amount), String::from(currency)),
        ));
    }
    if words == "US" && rest.peek() == Some(Kind::Command("$")) {
        return commands(rest, "$");
    }
    if is_letter(words) {
        match rest.peek() {
            Some(Kind::Sign('_')) => return name(rest, String::from(words), false),
            // `\mathbf{r}(t) = …`
            Some(Kind::Sign('(')) if is_letter_defined(rest) => {
                return name(rest, String::from(words), true);
            }
            _ => {}
        }
    }
    match legible(words) {
        words if words.is_empty() => input.fail(),
        words if words.eq_ignore_ascii_case("infinity") => Ok((rest, Expr::Infinity)),
        words => Ok((rest, Expr::Text(words))),
    }
}

fn commands<'t>(input: Tokens<'t>, word: &'t str) -> Parsed<'t, Expr> {
    let rest = input.skip(1);
    match word {
        "pi" => Ok((rest, Expr::Pi)),
        "infty" => Ok((rest, Expr::Infinity)),
        "R" | "Z" | "N" | "Q" | "C" => number_set(rest, word),
        "emptyset" | "varnothing" => Ok((rest, Expr::Empty)),
        "ldots" | "dots" | "cdots" | "dotsc" | "dotsb" | "dotsm" => {
            map(ellipsis, |()| Expr::Ellipsis).parse(input)
        }
        "frac" | "dfrac" | "tfrac" | "cfrac" => fraction(rest),
        "binom" | "dbinom" | "tbinom" => {
            let (rest, (n, k)) = (argument, argument).parse(rest)?;
            Ok((rest, Expr::Call(Operation::Binomial, vec![n, k])))
        }
        "sqrt" => root(rest, 2),
        "cbrt" => root(rest, 3),
        "exp" => function(rest, Operation::Exp),
        "$" => {
            let (rest, minus) = opt(sign('-')).parse(rest)?;
            let (mut rest, mut amount) = nested(factor)(rest)?;
            // `\$2\frac12`
            if is_mixed(&amount, rest) {
                let (after, fraction) = nested(factor)(rest)?;
                if let Some(mixed) = mixed_number(amount.clone(), fraction) {
                    (rest, amount) = (after, mixed);
                }
            }
            // `\$3 million`
            let scale = token(|kind| match kind {
                Kind::Letters(word) | Kind::Text(word) => multiplier(word.trim()),
                _ => None,
            });
            let (rest, scale) = opt(scale).parse(rest)?;
            let amount = match scale {
                Some(power) => scaled(amount, power),
                None => amount,
            };
            let amount = match minus {
                Some(()) => Expr::Sum(vec![(Sign::Minus, amount)]),
                None => amount,
            };
            Ok((rest, Expr::Quantity(Box::new(amount), String::from("$"))))
        }
        "{" => set(input),
        "lfloor" => fenced(rest, "rfloor", Operation::Floor),
        "lceil" => fenced(rest, "rceil", Operation::Ceil),
        "langle" => {
            let (rest, inner) = within(false, list)(rest)?;
            let (rest, _) = close(rest, command("rangle"))?;
            Ok((
                rest,
                Expr::Group(Bracket::Angle, items(inner), Bracket::Angle),
            ))
        }
        "|" | "lvert" | "vert" | "Vert" | "lVert" => bars(input),
        "overline" | "bar" => overline(rest),
        "angle" | "measuredangle" | "triangle" => figure(rest, word),
        "dim" | "deg" => text(input, word),
        "pounds" => text(input, "GBP"),
        "euro" => text(input, "EUR"),
        "#" => Ok((rest, Expr::Text(String::from("number of")))),
        "top" | "intercal" => Ok((rest, Expr::Symbol(String::from("T")))),
        "operatorname" => rest.fail(),
        _ if vocabulary::function(word).is_some() => match vocabulary::function(word) {
            Some(operation) => function(rest, operation),
            None => rest.fail(),
        },
        _ if vocabulary::is_accent(word) && !rest.is_empty() => {
            let next = skipped(rest);
            let mut letter = String::new();
            spell(rest.until(&next), &mut letter);
            if !letter.contains(char::is_alphanumeric) {
                return rest.fail();
            }
            // The unit vectors of the axes are known by their letters.
            match (word, letter.as_str()) {
                ("hat" | "vec", "i" | "imath") => name(next, "i".into(), false),
                ("hat" | "vec", "j" | "jmath") => name(next, "j".into(), false),
                ("hat" | "vec", "k") => name(next, letter, false),
                ("overrightarrow", _) => name(next, format!("vec {letter}"), false),
                _ => name(next, format!("{word} {letter}"), false),
            }
        }
        _ if vocabulary::is_alphabet(word) => alphabet(rest),
        _ if vocabulary::is_letter(word) => {
            let opens = matches!(rest.peek(), Some(Kind::Sign('(')));
            let letter = match word {
                "varepsilon" => "epsilon",
                "varphi" => "phi",
                "vartheta" => "theta",
                "varrho" => "rho",
                "imath" => "i",
                other => other,
            };
            name(rest, format!("\\{letter}"), opens)
        }
        _ => match big_operator(word) {
            Some(operator) => big(rest, operator),
            None => rest.fail(),
        },
    }
}

pub(super) fn fraction<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (between, numerator) = argument(input)?;
    let (rest, denominator) = argument(between)?;
    // A derivative is a name of its own: its `d` is no factor that cancels.
    let (top, bottom) = (input.until(&between), between.until(&rest));
    if let Some(variables) = big::derivative_by(top, bottom) {
        if let Ok((end, derivative)) = big::derivative(rest, &variables) {
            // A letter may be a function, of which nothing is known.
            let derivative = match big::derived(&derivative, variables.len()) {
                Expr::Symbol(name) if is_function(name) && !variables.contains(name) => {
                    ratio_of_differentials(&[top, rest.until(&end)].concat(), bottom)
                }
                _ => derivative,
            };
            return Ok((end, derivative));
        }
    }
    if is_differential(top) && is_differential(bottom) {
        return Ok((rest, ratio_of_differentials(top, bottom)));
    }
    Ok((rest, over(numerator, denominator)))
}

/// Whether a letter is written for a function more often than for a constant.
fn is_function(name: &str) -> bool {
    matches!(
        name,
        "f" | "g" | "h" | "u" | "v" | "w" | "y" | "z" | "F" | "G"
    )
}

/// `dy/dx`: a name, like `\frac{dy}{dx}`.
fn slanted_derivative<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    match input.rest() {
        [
            top,
            Token {
                kind: Kind::Sign('/'),
                ..
            },
            bottom,
            ..,
        ] if is_differential_of_letter(top) && is_differential_of_letter(bottom) => {
            let (top, bottom) = (core::slice::from_ref(top), core::slice::from_ref(bottom));
            Ok((input.skip(3), ratio_of_differentials(top, bottom)))
        }
        _ => input.fail(),
    }
}

fn ratio_of_differentials(top: &[Token<'_>], bottom: &[Token<'_>]) -> Expr {
    let mut name = String::from("d:");
    spell(top, &mut name);
    name.push('/');
    spell(bottom, &mut name);
    Expr::Symbol(name)
}

fn is_differential_of_letter(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Letters(word) | Kind::Text(word) => expr::is_differential(word),
        _ => false,
    }
}

fn is_differential(tokens: &[Token<'_>]) -> bool {
    let written = |t: &Token<'_>| matches!(t.kind, Kind::Command("cdot") | Kind::Sign('*' | '/'));
    if tokens.iter().any(written) {
        return false;
    }
    match tokens {
        [
            Token {
                kind: Kind::Sign('{'),
                ..
            },
            first,
            ..,
        ] => match first.kind {
            Kind::Letters("d") | Kind::Text("d") => {
                tokens.len() > 3 && !matches!(tokens[2].kind, Kind::Sign('%') | Kind::Command("%"))
            }
            Kind::Command("partial") => true,
            _ => is_differential_of_letter(first),
        },
        _ => false,
    }
}

fn root<'t>(input: Tokens<'t>, index: i64) -> Parsed<'t, Expr> {
    let bracket = |input| {
        let (rest, _) = sign('[')(input)?;
        let (rest, index) = within(false, sum)(rest)?;
        let (rest, _) = sign(']')(rest)?;
        Ok((rest, index))
    };
    let (rest, written) = opt(bracket).parse(input)?;
    let index = written.unwrap_or_else(|| Expr::Number(Number::integer(index)));
    let (rest, radicand) = match rest.peek() {
        Some(Kind::Sign('(')) => nested(bracketed)(rest)?,
        _ => argument(rest)?,
    };
    Ok((rest, Expr::Root(Box::new((radicand, index)))))
}
