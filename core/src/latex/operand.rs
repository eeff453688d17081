//! Operands: numerals, letters, functions, brackets, matrices, sums and limits.

use super::environment::environment;
use super::input::{Parsed, Tokens, command, nested, sign, token, within};
use super::parser::{argument, braced, close, factor, list, member, number, over, product, sum};
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::{Big, BigOperator, Bracket, Connective, Expr, Number, Operation, Relation, Sign};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::sequence::{preceded, terminated};

/// Whether an operand, and so an unwritten multiplication, can start here.
pub(super) fn starts_operand(input: Tokens<'_>) -> bool {
    match input.peek() {
        Some(Kind::Number(_) | Kind::Begin(_)) => true,
        Some(Kind::Letters(word)) => !matches!(
            word,
            "and" | "or" | "U" | "percent" | "mod" | "where" | "for" | "if" | "when" | "is"
        ),
        Some(Kind::Text(words)) => is_letter_text(words),
        Some(Kind::Sign(c)) => c == '(' || c == '[' || c == '{' || (c == '|' && !input.bar_closes),
        Some(Kind::Command(name)) => match name {
            "|" | "lvert" | "vert" | "Vert" | "lVert" => !input.bar_closes || name.starts_with('l'),
            _ => is_operand_command(name),
        },
        _ => false,
    }
}

/// `\mathrm{E}`: a letter, not words.
fn is_letter_text(words: &str) -> bool {
    let words = words.trim();
    words.chars().count() == 1 && words.chars().all(char::is_alphabetic)
        || vocabulary::function(words).is_some()
}

fn is_operand_command(name: &str) -> bool {
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
        )
}

pub(super) fn operand<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    match input.peek() {
        Some(Kind::Number(_)) => alt((based, number)).parse(input),
        Some(Kind::Letters(word)) => letters(input, word),
        Some(Kind::Text(words)) => text(input, words),
        Some(Kind::Begin(name)) => environment(input, name),
        Some(Kind::Sign(c)) => match c {
            '(' | '[' => bracketed(input),
            ']' => outward(input),
            '{' => braced_group(input),
            '|' => bars(input),
            '.' => ellipsis(input),
            '-' | '+' => sum(input),
            '∞' => Ok((input.skip(1), Expr::Infinity)),
            _ => input.fail(),
        },
        Some(Kind::Command(name)) => commands(input, name),
        _ => input.fail(),
    }
}

/// Digits with a base as subscript: `1011_2`, `152A_{11}`.
fn based<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let mut digits = String::new();
    let mut length = 0;
    while let Some(Token { kind, spaced }) = input.peek_at(length) {
        let (Kind::Number(part) | Kind::Letters(part)) = kind else {
            break;
        };
        if spaced && length > 0
            || !part
                .bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'.')
        {
            break;
        }
        digits.push_str(part);
        length += 1;
    }
    let rest = input.skip(length);
    if length == 0 {
        return input.fail();
    }
    base_of(rest, digits)
}

/// The subscript that makes `digits` a numeral in its base.
fn base_of<'t>(input: Tokens<'t>, digits: String) -> Parsed<'t, Expr> {
    let numeral = token(|kind| match kind {
        Kind::Number(n) => n.parse::<u32>().ok(),
        Kind::Text(word) | Kind::Letters(word) => spelled_base(word.trim()),
        _ => None,
    });
    let braced = |input| {
        let (rest, (_, base, _)) = (sign('{'), &numeral, sign('}')).parse(input)?;
        Ok((rest, base))
    };
    let (rest, base) = preceded(sign('_'), alt((braced, &numeral))).parse(input)?;
    let fits = (2..=36).contains(&base) && digits.chars().all(|c| c == '.' || c.is_digit(base));
    if fits {
        Ok((rest, Expr::Based(digits, base)))
    } else {
        input.fail()
    }
}

/// The numeral in brackets that a base follows.
pub(super) fn based_group<'t>(input: Tokens<'t>, group: &Expr) -> Parsed<'t, Expr> {
    match group {
        Expr::Group(Bracket::Round, items, Bracket::Round) => match items.as_slice() {
            [Expr::Number(number)] if number.is_integer() => {
                base_of(input, format!("{}", number.value))
            }
            _ => input.fail(),
        },
        _ => input.fail(),
    }
}

fn spelled_base(word: &str) -> Option<u32> {
    const WORDS: [&str; 11] = [
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    WORDS
        .iter()
        .position(|w| *w == word)
        .map(|at| at as u32 + 2)
}

fn letters<'t>(input: Tokens<'t>, word: &'t str) -> Parsed<'t, Expr> {
    let rest = input.skip(1);
    let opens = matches!(rest.peek(), Some(Kind::Sign('(')));
    match word {
        "Rational" if opens => return quotient_call(rest),
        "USD" | "EUR" | "GBP" | "JPY" => return text(input, word),
        "pi" | "Pi" | "PI" => return Ok((rest, Expr::Pi)),
        "infty" | "infinity" | "Infinity" | "inf" | "oo" => return Ok((rest, Expr::Infinity)),
        "sqrt" | "cbrt" => return root(rest, if word == "cbrt" { 3 } else { 2 }),
        "frac" | "dfrac" | "tfrac" if matches!(rest.peek(), Some(Kind::Sign('{'))) => {
            return fraction(rest);
        }
        _ => {}
    }
    if let Some(operation) = vocabulary::function(word) {
        if opens || vocabulary::is_spoken_function(word) {
            return function(rest, operation);
        }
    }
    if let Ok(done) = based(input) {
        return Ok(done);
    }
    if word.chars().count() == 1 {
        return name(rest, String::from(word), opens);
    }
    Ok((rest, Expr::Word(String::from(word))))
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

/// A letter with its subscript, as a function where it is applied.
pub(super) fn name<'t>(input: Tokens<'t>, letter: String, opens: bool) -> Parsed<'t, Expr> {
    let mut rest = input;
    let mut name = letter;
    if let Some(Kind::Sign('_')) = rest.peek() {
        let start = rest.skip(1);
        let next = skipped(start);
        name.push('_');
        spell(start.until(&next), &mut name);
        rest = next;
    }
    while let Some(Kind::Sign('\'')) = rest.peek() {
        name.push('\'');
        rest = rest.skip(1);
    }
    // The inverse of a function, where it is applied.
    let inverse = |input| {
        (
            sign('^'),
            sign('{'),
            sign('-'),
            token(|k| (k == Kind::Number("1")).then_some(())),
            sign('}'),
        )
            .parse(input)
    };
    if let (true, Ok((after, _))) = (names_function(&name), inverse(rest)) {
        if matches!(after.peek(), Some(Kind::Sign('('))) {
            name.push_str("^-1");
            rest = after;
        }
    }
    if matches!(rest.peek(), Some(Kind::Sign('('))) && (opens || name.len() > 1) && !rest.spaced() {
        if let Some(done) = application(rest, &name) {
            return Ok(done);
        }
    }
    Ok((rest, Expr::Symbol(name)))
}

/// Letters that usually name functions.
fn names_function(name: &str) -> bool {
    matches!(name.chars().next(), Some('f' | 'g' | 'h' | 'F' | 'G' | 'H'))
}

/// What follows a group, or one token, whatever it holds.
fn skipped<'t>(input: Tokens<'t>) -> Tokens<'t> {
    let mut rest = input;
    let mut depth = 0u32;
    loop {
        match rest.peek() {
            Some(Kind::Sign('{')) => depth += 1,
            Some(Kind::Sign('}')) => depth = depth.saturating_sub(1),
            None => return rest,
            _ => {}
        }
        rest = rest.skip(1);
        if depth == 0 {
            return rest;
        }
    }
}

/// `f(x)`: letters that usually name functions, and any letter before a lone numeral or several
/// arguments, are applied; before other brackets a letter is a factor.
fn application<'t>(input: Tokens<'t>, name: &str) -> Option<(Tokens<'t>, Expr)> {
    let function = matches!(name.chars().next(), Some('f' | 'g' | 'h' | 'F' | 'G' | 'H'))
        || name.contains('\'');
    let lone_number = matches!(input.peek_at(1).map(|t| t.kind), Some(Kind::Number(_)))
        && matches!(input.peek_at(2).map(|t| t.kind), Some(Kind::Sign(')')));
    let lone_letter_defined =
        matches!(
            input.peek_at(1).map(|t| t.kind),
            Some(Kind::Letters(_) | Kind::Command(_))
        ) && matches!(input.peek_at(2).map(|t| t.kind), Some(Kind::Sign(')')))
            && matches!(input.peek_at(3).map(|t| t.kind), Some(Kind::Sign('=')));
    let (rest, group) = bracketed(input).ok()?;
    match group {
        Expr::Group(Bracket::Round, items, Bracket::Round)
            if function || lone_number || lone_letter_defined || items.len() > 1 =>
        {
            Some((rest, Expr::Apply(String::from(name), items)))
        }
        _ => None,
    }
}

/// Tokens as part of a name: without spaces and grouping braces.
fn spell(tokens: &[Token<'_>], out: &mut String) {
    for Token { kind, .. } in tokens {
        match kind {
            Kind::Number(t) | Kind::Letters(t) | Kind::Command(t) => out.push_str(t),
            Kind::Text(t) => out.push_str(t.trim()),
            Kind::Sign('{' | '}') => {}
            Kind::Sign(c) => out.push(*c),
            Kind::Begin(_) | Kind::End(_) | Kind::Row => {}
        }
    }
}

/// The currency that a code or sign before an amount names.
fn currency(words: &str) -> Option<&str> {
    match words {
        "\\$" | "$" | "USD" => Some("$"),
        "EUR" | "GBP" | "JPY" => Some(words),
        _ => None,
    }
}

fn text<'t>(input: Tokens<'t>, words: &'t str) -> Parsed<'t, Expr> {
    let rest = input.skip(1);
    let words = words.trim_matches(|c: char| c.is_whitespace() || c == '~');
    if let Some(operation) = vocabulary::function(words) {
        if matches!(
            rest.peek(),
            Some(Kind::Sign('(' | '{') | Kind::Letters(_) | Kind::Number(_) | Kind::Command(_))
        ) {
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
    if is_letter_text(words) && matches!(rest.peek(), Some(Kind::Sign('_'))) {
        return name(rest, String::from(words), false);
    }
    Ok((rest, Expr::Text(String::from(words))))
}

fn commands<'t>(input: Tokens<'t>, word: &'t str) -> Parsed<'t, Expr> {
    let rest = input.skip(1);
    match word {
        "pi" => Ok((rest, Expr::Pi)),
        "infty" => Ok((rest, Expr::Infinity)),
        "emptyset" | "varnothing" => Ok((rest, Expr::Empty)),
        "ldots" | "dots" | "cdots" | "dotsc" | "dotsb" | "dotsm" => Ok((rest, Expr::Ellipsis)),
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
            let (rest, amount) = nested(factor)(rest)?;
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
        "operatorname" => rest.fail(),
        _ if vocabulary::function(word).is_some() => match vocabulary::function(word) {
            Some(operation) => function(rest, operation),
            None => rest.fail(),
        },
        _ if vocabulary::is_accent(word) => {
            let (next, _) = argument(rest)?;
            let mut letter = format!("{word} ");
            spell(rest.until(&next), &mut letter);
            name(next, letter, false)
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

fn fraction<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (between, numerator) = argument(input)?;
    let (rest, denominator) = argument(between)?;
    // A derivative is a name of its own: its `d` is no factor that cancels.
    let (top, bottom) = (input.until(&between), between.until(&rest));
    if is_differential(top) && is_differential(bottom) {
        let mut name = String::from("d:");
        spell(top, &mut name);
        name.push('/');
        spell(bottom, &mut name);
        return Ok((rest, Expr::Symbol(name)));
    }
    Ok((rest, over(numerator, denominator)))
}

fn is_differential(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [
            Token {
                kind: Kind::Sign('{'),
                ..
            },
            first,
            ..,
        ] => match first.kind {
            Kind::Letters(word) | Kind::Text(word) => {
                word == "d" && tokens.len() > 3
                    || word.starts_with('d') && word.chars().count() == 2
            }
            Kind::Command("partial") => true,
            _ => false,
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

fn fenced<'t>(input: Tokens<'t>, closing: &'static str, operation: Operation) -> Parsed<'t, Expr> {
    let (rest, inner) = within(false, sum)(input)?;
    let (rest, _) = close(rest, command(closing))?;
    Ok((rest, Expr::Call(operation, vec![inner])))
}

fn bars<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let bar = |input| {
        token(|kind| {
            matches!(
                kind,
                Kind::Sign('|')
                    | Kind::Command("|" | "lvert" | "rvert" | "vert" | "Vert" | "lVert" | "rVert")
            )
            .then_some(())
        })(input)
    };
    let (rest, ()) = bar(input)?;
    let (rest, inner) = within(true, sum)(rest)?;
    let (rest, _) = close(rest, bar)?;
    Ok((rest, Expr::Call(Operation::Abs, vec![inner])))
}

/// `\overline{AB}` is a segment, `\overline{z}` a conjugate.
fn overline<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, inner) = argument(input)?;
    Ok((
        rest,
        match inner {
            Expr::Word(_) | Expr::Number(_) => inner,
            other => Expr::Call(Operation::Conj, vec![other]),
        },
    ))
}

/// `\angle ABC`: the points are part of the name.
fn figure<'t>(input: Tokens<'t>, word: &str) -> Parsed<'t, Expr> {
    let mut rest = input;
    while matches!(rest.peek(), Some(Kind::Letters(w)) if w.chars().all(char::is_uppercase)) {
        rest = rest.skip(1);
        if let Some(Kind::Sign('_')) = rest.peek() {
            rest = argument(rest.skip(1))?.0;
        }
    }
    let mut name = format!("\\{word} ");
    spell(input.until(&rest), &mut name);
    Ok((rest, Expr::Symbol(name)))
}

fn alphabet<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, inner) = argument(input)?;
    let Expr::Symbol(letter) = inner else {
        return Ok((rest, inner));
    };
    let mut chars = letter.chars();
    let set = match (chars.next(), chars.next()) {
        (Some(c @ ('R' | 'Z' | 'N' | 'Q' | 'C')), None) => c,
        _ => return name(rest, letter, false),
    };
    let modifier = |input| {
        let sign =
            |input| alt((value(Sign::Plus, sign('+')), value(Sign::Minus, sign('-')))).parse(input);
        let braced = |input| {
            terminated(
                preceded(super::input::sign('{'), sign),
                super::input::sign('}'),
            )
            .parse(input)
        };
        preceded(
            alt((super::input::sign('^'), super::input::sign('_'))),
            alt((braced, sign)),
        )
        .parse(input)
    };
    let (rest, modifier) = opt(modifier).parse(rest)?;
    Ok((rest, Expr::NumberSet(set, modifier)))
}

fn ellipsis<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, _) = (sign('.'), sign('.'), sign('.')).parse(input)?;
    Ok((rest, Expr::Ellipsis))
}

fn items(list: Expr) -> Vec<Expr> {
    match list {
        Expr::List(items, Connective::Comma | Connective::Semicolon) => items,
        one => vec![one],
    }
}

/// `( list )`, `[ list ]`, and half-open mixtures.
pub(super) fn bracketed<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let open = |input| {
        alt((
            value(Bracket::Round, sign('(')),
            value(Bracket::Square, sign('[')),
        ))
        .parse(input)
    };
    let closing = |input| {
        alt((
            value(Bracket::Round, sign(')')),
            value(Bracket::Square, sign(']')),
        ))
        .parse(input)
    };
    let (rest, opened) = open(input)?;
    if let Ok((rest, closed)) = closing(rest) {
        return Ok((rest, Expr::Group(opened, Vec::new(), closed)));
    }
    let (rest, inner) = within(false, list)(rest)?;
    let (rest, closed) = close(rest, closing)?;
    Ok((
        rest,
        Expr::Group(opened, items(inner), closed.unwrap_or(opened)),
    ))
}

/// `]a, b[`: brackets that face outwards leave the ends out.
fn outward<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let bracket = |input| {
        alt((
            value(Bracket::Square, sign(']')),
            value(Bracket::Round, sign('[')),
            value(Bracket::Round, sign(')')),
        ))
        .parse(input)
    };
    // A `[` after the second end closes; it does not open another factor.
    let end = |input| {
        let (rest, minus) = opt(sign('-')).parse(input)?;
        let (rest, end) = nested(factor)(rest)?;
        Ok((
            rest,
            match minus {
                Some(()) => Expr::Sum(vec![(Sign::Minus, end)]),
                None => end,
            },
        ))
    };
    let comma = |input| alt((sign(','), sign(';'))).parse(input);
    let (rest, (_, lower, _, upper)) = (sign(']'), end, comma, end).parse(input)?;
    let (rest, closed) = bracket(rest)?;
    Ok((
        rest,
        Expr::Group(Bracket::Round, vec![lower, upper], closed),
    ))
}

/// `{ list }` that only groups; with several items it is a set whose backslashes got lost.
fn braced_group<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    if let (Some(Kind::Sign('}')), rest) = (input.peek_at(1).map(|t| t.kind), input.skip(2)) {
        // `{}^{\circ}`: an empty group carries a mark.
        return nested(operand)(rest);
    }
    let (rest, inner) = nested(braced)(input)?;
    Ok((
        rest,
        match inner {
            Expr::List(items, Connective::Comma) => {
                Expr::Group(Bracket::Curly, items, Bracket::Curly)
            }
            Expr::Sum(_) | Expr::Relation(..) => {
                Expr::Group(Bracket::Round, vec![inner], Bracket::Round)
            }
            other => other,
        },
    ))
}

/// `\{ list \}`, `\{ element | condition \}`
fn set<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let end = |input| alt((command("}"), sign('}'))).parse(input);
    let (start, ()) = command("{")(input)?;
    if let Ok((rest, ())) = end(start) {
        return Ok((rest, Expr::Empty));
    }
    let such_that = token(|kind| {
        matches!(
            kind,
            Kind::Sign('|' | ':') | Kind::Command("mid" | "vert" | "|" | "colon")
        )
        .then_some(())
    });
    // The element may say what it is drawn from, as in `x \in \mathbb{R} : x > 1`.
    let element = |input| within(true, member)(input);
    if let Ok((rest, (element, ()))) = (element, such_that).parse(start) {
        let (rest, condition) = within(false, list)(rest)?;
        let (rest, _) = close(rest, end)?;
        return Ok((rest, Expr::SetBuilder(Box::new((element, condition)))));
    }
    let (rest, element) = within(false, list)(start)?;
    let (rest, _) = close(rest, end)?;
    let members = items(element);
    Ok((rest, Expr::Group(Bracket::Curly, members, Bracket::Curly)))
}

/// A function's subscript, exponent and argument.
fn function<'t>(input: Tokens<'t>, operation: Operation) -> Parsed<'t, Expr> {
    let (rest, base) = opt(preceded(sign('_'), argument)).parse(input)?;
    let (rest, power) = opt(preceded(sign('^'), argument)).parse(rest)?;
    let (rest, arguments) = arguments(rest, operation)?;
    let inverse = matches!(&power, Some(Expr::Sum(terms))
        if matches!(terms.as_slice(), [(Sign::Minus, Expr::Number(n))] if n.value == Number::integer(1).value));
    let operation = if inverse {
        inverse_of(operation)
    } else {
        operation
    };
    let call = match (operation, base) {
        (Operation::Log, base) => {
            let mut operands = arguments;
            // sympy's `log` with two arguments puts the base last.
            let base = base.or_else(|| {
                if operands.len() == 2 {
                    operands.pop()
                } else {
                    None
                }
            });
            let base = base.unwrap_or_else(|| Expr::Number(Number::integer(10)));
            operands.insert(0, base);
            Expr::Call(Operation::Log, operands)
        }
        (operation, _) => Expr::Call(operation, arguments),
    };
    Ok((
        rest,
        match power {
            Some(power) if !inverse => Expr::Power(Box::new((call, power))),
            _ => call,
        },
    ))
}

fn inverse_of(operation: Operation) -> Operation {
    use Operation::*;
    match operation {
        Sin => Asin,
        Cos => Acos,
        Tan => Atan,
        Cot => Acot,
        Sec => Asec,
        Csc => Acsc,
        Sinh => Asinh,
        Cosh => Acosh,
        Tanh => Atanh,
        other => other,
    }
}

fn arguments<'t>(input: Tokens<'t>, operation: Operation) -> Parsed<'t, Vec<Expr>> {
    if let Some(Kind::Sign('(' | '[')) = input.peek() {
        let (rest, group) = nested(bracketed)(input)?;
        let Expr::Group(_, items, _) = group else {
            return input.fail();
        };
        // `\sin(x)^2`: the exponent belongs to the call, where the caller reads it.
        return Ok((rest, items));
    }
    if let Some(Kind::Sign('{')) = input.peek() {
        let (rest, inner) = nested(braced)(input)?;
        return Ok((rest, items(inner)));
    }
    if matches!(
        operation,
        Operation::Max | Operation::Min | Operation::Gcd | Operation::Lcm
    ) {
        if let Some(Kind::Command("{")) = input.peek() {
            let (rest, group) = nested(set)(input)?;
            let Expr::Group(_, items, _) = group else {
                return input.fail();
            };
            return Ok((rest, items));
        }
    }
    map(nested(spoken_argument), |argument| vec![argument]).parse(input)
}

/// `\sin 2x`: factors without brackets, up to the next function, word or written operator.
fn spoken_argument<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, minus) = opt(sign('-')).parse(input)?;
    let mut factors = Vec::new();
    loop {
        let (next, operand) = factor(rest)?;
        factors.push(operand);
        rest = next;
        let more = match rest.peek() {
            Some(Kind::Number(_)) => true,
            Some(Kind::Letters(word)) => {
                starts_operand(rest) && vocabulary::function(word).is_none() && word.len() <= 2
            }
            Some(Kind::Command(name)) => {
                starts_operand(rest)
                    && vocabulary::function(name).is_none()
                    && big_operator(name).is_none()
                    && !matches!(name, "|" | "lvert" | "vert" | "exp" | "{" | "$")
            }
            _ => false,
        };
        if !more {
            break;
        }
    }
    // `\sin \pi/6`: a numeral under π is part of the angle.
    if factors.contains(&Expr::Pi) {
        if let Ok((after, ())) = sign('/')(rest) {
            if let Ok((next, denominator)) = number(after) {
                let angle = Expr::Product(core::mem::take(&mut factors));
                factors.push(over(angle, denominator));
                rest = next;
            }
        }
    }
    let expr = match factors.pop() {
        Some(only) if factors.is_empty() => only,
        Some(last) => {
            factors.push(last);
            Expr::Product(factors)
        }
        None => return input.fail(),
    };
    Ok((
        rest,
        if minus.is_some() {
            Expr::Sum(vec![(Sign::Minus, expr)])
        } else {
            expr
        },
    ))
}

fn big_operator(name: &str) -> Option<BigOperator> {
    Some(match name {
        "sum" => BigOperator::Sum,
        "prod" => BigOperator::Product,
        "int" => BigOperator::Integral,
        "lim" => BigOperator::Limit,
        "bigcup" => BigOperator::Union,
        "bigcap" => BigOperator::Intersection,
        _ => return None,
    })
}

fn big<'t>(input: Tokens<'t>, operator: BigOperator) -> Parsed<'t, Expr> {
    let bound = |input| -> Parsed<'t, (bool, Expr)> {
        let mark = |input| alt((value(true, sign('_')), value(false, sign('^')))).parse(input);
        (mark, argument).parse(input)
    };
    let (rest, first) = opt(bound).parse(input)?;
    let (rest, second) = opt(bound).parse(rest)?;
    let (mut lower, mut upper) = (None, None);
    for (is_lower, expr) in [first, second].into_iter().flatten() {
        *(if is_lower { &mut lower } else { &mut upper }) = Some(expr);
    }
    let (rest, body) = nested(product)(rest)?;
    let mut variable = None;
    if let Some(Expr::Relation(operands, relations)) = &lower {
        if let ([Expr::Symbol(index), start], [Relation::Equal | Relation::Arrow]) =
            (operands.as_slice(), relations.as_slice())
        {
            variable = Some(index.clone());
            lower = Some(start.clone());
        }
    }
    Ok((
        rest,
        Expr::Big(Box::new(Big {
            operator,
            variable,
            lower,
            upper,
            body,
        })),
    ))
}
