//! The grammar, over tokens, with nom's combinators. Each rule is the function of its name.
//!
//! ```text
//! answer     = list
//! list       = relation { separator relation }    separator = "," | ";" | "and" | "or" | row
//! relation   = ratio { relop ratio }              relop = "=" | "<" | "\le" | "\in" | …
//! ratio      = sets { ":" sets }
//! sets       = sum { ("\cup" | "\cap" | "\setminus") sum }
//! sum        = { sign } product { sign product }  sign = "+" | "-" | "\pm" | "\mp"
//! product    = factor { [ "*" | "\cdot" | "\times" ] factor | "/" factor | unit | noun }
//! factor     = operand { "^" argument | "_" argument | "!" | "'" | "%" | degree }
//! operand    = number | letter | word | text | function | group | matrix | big
//! function   = name [ "_" argument ] [ "^" argument ] ( group | product of operands )
//! group      = "(" list ")" | "[" list ")" | "\{" list [ bar list ] "\}" | "{" list "}" | "|" sum "|" | …
//! big        = ("\sum" | "\int" | "\lim" | …) [ "_" argument ] [ "^" argument ] product
//! argument   = "{" list "}" | digit | letter | command
//! ```
//!
//! A missing closing bracket at the end of the input is forgiven, and so is one too many.

use super::input::{Commas, Parsed, Tokens, command, nested, sign, token, within};
use super::operand::{based_group, name, operand, starts_operand};
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::{
    Bracket, Connective, Expr, Number, Operation, Relation, SetOperation, Sign, unit,
};
use crate::limits::Limits;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::multi::{many0, many1, separated_list1};
use nom::sequence::{pair, preceded};
use nom::{Err, Parser};

/// Looks at a token that one input token may cost, backtracking included.
const STEPS_PER_TOKEN: u32 = 64;

/// Reads tokens as one answer. `None` where they are not mathematics.
pub(super) fn parse(mut tokens: Vec<Token<'_>>, commas: Commas, limits: &Limits) -> Option<Expr> {
    trim(&mut tokens);
    let steps = Cell::new(STEPS_PER_TOKEN.saturating_mul(tokens.len() as u32 + 8));
    let input = Tokens::new(&tokens, limits.depth, commas, &steps);
    let input = many0(alt((sign('='), command("approx"), command("therefore"))))
        .parse(input)
        .ok()?
        .0;
    let (rest, expr) = list(input).ok()?;
    let closers = |t: &Token| {
        matches!(
            t.kind,
            Kind::Sign(')' | ']' | '}' | '|') | Kind::Command("}")
        )
    };
    rest.rest().iter().all(closers).then_some(expr)
}

/// Drops what ends a sentence rather than an answer.
fn trim(tokens: &mut Vec<Token<'_>>) {
    while let Some(Token { kind, .. }) = tokens.last() {
        let ellipsis = tokens.len() > 2 && tokens[tokens.len() - 2].kind == Kind::Sign('.');
        match kind {
            Kind::Sign('.') if ellipsis => break,
            Kind::Sign('.' | ',' | ';' | ':') | Kind::Row => {
                tokens.pop();
            }
            _ => break,
        }
    }
}

fn separator<'t>(input: Tokens<'t>) -> Parsed<'t, Connective> {
    let punctuation = alt((
        value(Connective::Comma, sign(',')),
        value(Connective::Semicolon, sign(';')),
        value(Connective::Comma, token(|k| (k == Kind::Row).then_some(()))),
    ));
    let word = token(|kind| match kind {
        Kind::Letters(w) | Kind::Text(w) => connective(w),
        Kind::Command("land" | "wedge") => Some(Connective::And),
        Kind::Command("lor" | "vee") => Some(Connective::Or),
        _ => None,
    });
    alt((
        map(pair(punctuation, opt(&word)), |(p, w)| w.unwrap_or(p)),
        &word,
    ))
    .parse(input)
}

fn connective(words: &str) -> Option<Connective> {
    match words.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '~')) {
        "and" | "And" | "&" => Some(Connective::And),
        "or" | "Or" | "OR" => Some(Connective::Or),
        "" if words.contains(',') => Some(Connective::Comma),
        _ => None,
    }
}

/// One or more items; one item stands for itself. Where semicolons separate lists, they bind less.
pub(super) fn list<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, first) = nested(relation)(input)?;
    let mut groups = Vec::new();
    let mut items = vec![first];
    let mut joined = Connective::Comma;
    while let Ok((after, connective)) = separator(rest) {
        // A separator before the end separates nothing.
        if closes(after) {
            rest = after;
            break;
        }
        let (next, expr) = nested(relation)(after)?;
        match connective {
            Connective::Semicolon => groups.push(core::mem::take(&mut items)),
            // "and" or "or" before the last item is what joins them all.
            Connective::And | Connective::Or => joined = connective,
            Connective::Comma => {}
        }
        items.push(expr);
        rest = next;
    }
    let flat = |items| single_or(items, |items| Expr::List(items, joined));
    if groups.is_empty() {
        return Ok((rest, flat(items)));
    }
    groups.push(items);
    let outer = if groups.iter().all(|group| group.len() == 1) {
        joined
    } else {
        Connective::Semicolon
    };
    Ok((
        rest,
        Expr::List(groups.into_iter().map(flat).collect(), outer),
    ))
}

fn closes(input: Tokens<'_>) -> bool {
    matches!(
        input.peek(),
        None | Some(Kind::Sign(')' | ']' | '}') | Kind::Command("}" | "rangle") | Kind::End(_))
    )
}

fn single_or(mut items: Vec<Expr>, many: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    match (items.len(), items.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            items.push(last);
            many(items)
        }
        (_, None) => many(items),
    }
}

fn relation_sign<'t>(input: Tokens<'t>) -> Parsed<'t, Relation> {
    if let Some(Kind::Command("not")) = input.peek() {
        let (rest, _) = command("not")(input)?;
        return value(Relation::NotEqual, sign('=')).parse(rest);
    }
    alt((
        value(Relation::LessEqual, pair(sign('<'), sign('='))),
        value(Relation::GreaterEqual, pair(sign('>'), sign('='))),
        value(Relation::NotEqual, pair(sign('!'), sign('='))),
        value(Relation::Equal, pair(sign(':'), sign('='))),
        value(Relation::Equal, many1(sign('='))),
        value(Relation::Less, sign('<')),
        value(Relation::Greater, sign('>')),
        token(|kind| match kind {
            Kind::Command(name) => vocabulary::relation(name),
            _ => None,
        }),
    ))
    .parse(input)
}

pub(super) fn relation<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, first) = ratio(input)?;
    let mut operands = vec![first];
    let mut relations = Vec::new();
    // `&` aligns relations in rows of equations.
    while let Ok((after, (_, found, _))) =
        (opt(sign('&')), relation_sign, opt(sign('&'))).parse(rest)
    {
        match ratio(after) {
            Ok((next, operand)) => {
                relations.push(found);
                operands.push(operand);
                rest = next;
            }
            // `x \approx` at the end relates to nothing.
            Err(Err::Error(_)) if after.is_empty() => {
                rest = after;
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok((
        rest,
        single_or(operands, |operands| Expr::Relation(operands, relations)),
    ))
}

/// What stands before `|` or `:` in a set: an element, which may say what it is drawn from.
pub(super) fn member<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, element) = sum(input)?;
    let drawn = (command("in"), sum).parse(rest);
    Ok(match drawn {
        Ok((rest, ((), set))) => (
            rest,
            Expr::Relation(vec![element, set], vec![Relation::Element]),
        ),
        Err(_) => (rest, element),
    })
}

fn ratio<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let colon = token(|kind| {
        let to = matches!(kind, Kind::Text(word) | Kind::Letters(word) if word.trim() == "to");
        (to || matches!(kind, Kind::Sign(':') | Kind::Command("colon"))).then_some(())
    });
    let (rest, parts) = separated_list1(colon, sets).parse(input)?;
    Ok((rest, single_or(parts, Expr::Ratio)))
}

fn sets<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let operation = token(|kind| match kind {
        Kind::Command("cup" | "bigcup") => Some(SetOperation::Union),
        Kind::Letters("U") => Some(SetOperation::Union),
        Kind::Command("cap" | "bigcap") => Some(SetOperation::Intersection),
        Kind::Command("setminus" | "backslash") => Some(SetOperation::Difference),
        _ => None,
    });
    let (mut rest, mut left) = sum(input)?;
    let mut levels = input.depth;
    while let Ok((after, found)) = operation(rest) {
        let (next, right) = sum(after)?;
        rest = next;
        left = match left {
            Expr::SetOperation(same, mut operands) if same == found => {
                operands.push(right);
                Expr::SetOperation(same, operands)
            }
            left => {
                let Some(deeper) = levels.checked_sub(1) else {
                    return input.fail();
                };
                levels = deeper;
                Expr::SetOperation(found, vec![left, right])
            }
        };
    }
    Ok((rest, left))
}

fn sum_sign<'t>(input: Tokens<'t>) -> Parsed<'t, Sign> {
    alt((
        value(Sign::PlusMinus, (sign('+'), sign('/'), sign('-'))),
        value(Sign::PlusMinus, command("pm")),
        value(Sign::MinusPlus, command("mp")),
        value(Sign::Plus, sign('+')),
        value(Sign::Minus, sign('-')),
    ))
    .parse(input)
}

pub(super) fn sum<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, first) = opt(signs).parse(input)?;
    let (next, term) = product(rest)?;
    rest = next;
    let first = first.unwrap_or(Sign::Plus);
    let mut terms = vec![(first, term)];
    while let Ok((after, found)) = signs(rest) {
        // A sign with nothing after it ends the sum (`x \to 0^+`).
        let Ok((next, term)) = product(after) else {
            break;
        };
        terms.push((found, term));
        rest = next;
    }
    let expr = match terms.pop() {
        Some((Sign::Plus, only)) if terms.is_empty() => only,
        // The remainder of a negative number: -1 mod 7 is 6.
        Some((Sign::Minus, Expr::Call(Operation::Mod, mut operands))) if terms.is_empty() => {
            let modulus = operands.pop();
            let negated = Expr::Sum(operands.into_iter().map(|x| (Sign::Minus, x)).collect());
            Expr::Call(
                Operation::Mod,
                [negated].into_iter().chain(modulus).collect(),
            )
        }
        Some(last) => {
            terms.push(last);
            Expr::Sum(terms)
        }
        None => return input.fail(),
    };
    Ok((rest, expr))
}

/// One sign, or several that amount to one.
fn signs<'t>(input: Tokens<'t>) -> Parsed<'t, Sign> {
    map(many1(sum_sign), |signs| {
        let minus = signs.iter().filter(|s| **s == Sign::Minus).count() % 2 == 1;
        match (
            signs
                .iter()
                .find(|s| !matches!(s, Sign::Plus | Sign::Minus)),
            minus,
        ) {
            (Some(Sign::PlusMinus), false) | (Some(Sign::MinusPlus), true) => Sign::PlusMinus,
            (Some(_), _) => Sign::MinusPlus,
            (None, true) => Sign::Minus,
            (None, false) => Sign::Plus,
        }
    })
    .parse(input)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Times,
    Over,
    Modulo,
}

pub(super) fn product<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let operator = |input| {
        alt((
            value(
                Operator::Times,
                alt((sign('*'), command("cdot"), command("times"), command("ast"))),
            ),
            value(Operator::Over, alt((sign('/'), command("div")))),
            value(
                Operator::Modulo,
                alt((command("bmod"), command("pmod"), command("mod"))),
            ),
            value(
                Operator::Modulo,
                token(|k| (k == Kind::Letters("mod")).then_some(())),
            ),
        ))
        .parse(input)
    };
    let (mut rest, first) = factor(input)?;
    let mut factors = vec![first];
    // What wraps all that came before it adds a level to the tree, so it costs one of nesting.
    let mut levels = input.depth;
    loop {
        if let Ok((after, found)) = operator(rest) {
            // `2 \cdot -3`
            let (after, negative) = many0(sign('-')).parse(after)?;
            let (next, mut right) = factor(after)?;
            if negative.len() % 2 == 1 {
                right = Expr::Sum(vec![(Sign::Minus, right)]);
            }
            rest = next;
            match found {
                Operator::Times => factors.push(right),
                Operator::Over => {
                    let left = single_or(core::mem::take(&mut factors), Expr::Product);
                    factors.push(divided(left, right));
                }
                Operator::Modulo => {
                    let Some(left) = levels.checked_sub(1) else {
                        return input.fail();
                    };
                    levels = left;
                    let left = single_or(core::mem::take(&mut factors), Expr::Product);
                    factors.push(Expr::Call(Operation::Mod, vec![left, right]));
                }
            }
        } else if let Ok((next, modulus)) = modulus(rest) {
            let Some(left) = levels.checked_sub(1) else {
                return input.fail();
            };
            levels = left;
            let left = single_or(core::mem::take(&mut factors), Expr::Product);
            factors.push(Expr::Call(Operation::Mod, vec![left, modulus]));
            rest = next;
        } else if let Ok((next, name)) = units(rest, &factors) {
            let Some(left) = levels.checked_sub(1) else {
                return input.fail();
            };
            levels = left;
            let value = single_or(core::mem::take(&mut factors), Expr::Product);
            factors.push(quantity(value, name));
            rest = next;
        } else if starts_operand(rest) {
            let spaced = rest.spaced();
            let mixed = factors
                .last()
                .is_some_and(|left| is_mixed(left, rest, spaced));
            let (next, right) = factor(rest)?;
            rest = next;
            match (mixed, factors.pop(), right) {
                (true, Some(left), right @ Expr::Quotient(_)) => {
                    factors.push(Expr::Mixed(Box::new((left, right))));
                }
                // `33\frac13\%`: the sign belongs to the whole.
                (true, Some(left), Expr::Percent(right)) => {
                    let mixed = Expr::Mixed(Box::new((left, *right)));
                    factors.push(Expr::Percent(Box::new(mixed)));
                }
                (true, Some(left), Expr::Degrees(right)) => {
                    let mixed = Expr::Mixed(Box::new((left, *right)));
                    factors.push(Expr::Degrees(Box::new(mixed)));
                }
                (true, Some(left), right) => {
                    // `1 1/2`: the operator that follows belongs to the fraction.
                    if let Ok((after, Operator::Over)) = operator(rest) {
                        let (next, denominator) = factor(after)?;
                        rest = next;
                        factors.push(Expr::Mixed(Box::new((left, over(right, denominator)))));
                    }
                }
                (false, left, right) => {
                    factors.extend(left);
                    factors.push(right);
                }
                (true, None, _) => return input.fail(),
            }
        } else {
            break;
        }
    }
    Ok((rest, single_or(factors, Expr::Product)))
}

/// `(mod m)`
fn modulus<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let word = token(|kind| {
        let word = match kind {
            Kind::Text(word) | Kind::Letters(word) | Kind::Command(word) => word.trim(),
            _ => return None,
        };
        matches!(word, "mod" | "bmod").then_some(())
    });
    let (rest, ((), ())) = (sign('('), word).parse(input)?;
    let (rest, modulus) = within(false, sum)(rest)?;
    let (rest, _) = close(rest, |input| sign(')')(input))?;
    Ok((rest, modulus))
}

pub(super) fn over(left: Expr, right: Expr) -> Expr {
    Expr::Quotient(Box::new((left, right)))
}

/// `left` over `right`; several divisors in a row are one denominator.
fn divided(left: Expr, right: Expr) -> Expr {
    match left {
        Expr::Quotient(mut pair) => {
            let denominator = core::mem::replace(&mut pair.1, Expr::Ellipsis);
            pair.1 = match denominator {
                Expr::Product(mut factors) => {
                    factors.push(right);
                    Expr::Product(factors)
                }
                one => Expr::Product(vec![one, right]),
            };
            Expr::Quotient(pair)
        }
        left => over(left, right),
    }
}

/// Whether a whole number `left` and what follows are one mixed number.
fn is_mixed(left: &Expr, rest: Tokens<'_>, spaced: bool) -> bool {
    if !matches!(left, Expr::Number(n) if n.is_integer()) {
        return false;
    }
    let number = |index: usize| match rest.peek_at(index).map(|t| t.kind) {
        Some(Kind::Number(text)) => text.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    };
    match rest.peek() {
        Some(Kind::Command("frac" | "dfrac" | "tfrac" | "cfrac")) => {
            let open = |i: usize| rest.peek_at(i).is_some_and(|t| t.kind == Kind::Sign('{'));
            let close = |i: usize| rest.peek_at(i).is_some_and(|t| t.kind == Kind::Sign('}'));
            let (numerator, after) = if open(1) {
                (number(2) && close(3), 4)
            } else {
                (number(1), 2)
            };
            let denominator = if open(after) {
                number(after + 1) && close(after + 2)
            } else {
                number(after)
            };
            numerator && denominator
        }
        Some(Kind::Number(_)) => {
            let slash = rest.peek_at(1).is_some_and(|t| t.kind == Kind::Sign('/'));
            spaced && number(0) && slash && number(2)
        }
        _ => false,
    }
}

fn quantity(value: Expr, name: String) -> Expr {
    match name.as_str() {
        "%" => Expr::Percent(Box::new(value)),
        "degree" => Expr::Degrees(Box::new(value)),
        _ => Expr::Quantity(Box::new(value), name),
    }
}

/// A unit or a noun after a value: `cm`, `\text{ square feet}`, `m/s^2`, `right triangles`.
fn units<'t>(input: Tokens<'t>, before: &[Expr]) -> Parsed<'t, String> {
    let (mut rest, mut name) = unit_word(input, before)?;
    loop {
        if let Ok((after, power)) = preceded(sign('^'), unit_power).parse(rest) {
            name.push('^');
            name.push_str(&power);
            rest = after;
        } else if let Ok((after, joint)) = alt((
            value('/', sign('/')),
            value('*', alt((sign('*'), command("cdot"), command("times")))),
        ))
        .parse(rest)
        {
            let Ok((after, next)) = unit_word(after, before) else {
                break;
            };
            name.push(joint);
            name.push_str(&next);
            rest = after;
        } else if let Ok((after, next)) = unit_word(rest, before) {
            name.push(' ');
            name.push_str(&next);
            rest = after;
        } else {
            break;
        }
    }
    Ok((rest, unit::normalize(&name)))
}

fn unit_power<'t>(input: Tokens<'t>) -> Parsed<'t, String> {
    let digits = token(|kind| match kind {
        Kind::Number(n) if n.len() == 1 => Some(n),
        _ => None,
    });
    let signed = |input| (opt(sign('-')), &digits).parse(input);
    let braced = |input| {
        let (rest, (_, power, _)) = (sign('{'), signed, sign('}')).parse(input)?;
        Ok((rest, power))
    };
    map(
        alt((braced, signed)),
        |(minus, digits): (Option<()>, &str)| {
            let mut power = String::from(if minus.is_some() { "-" } else { "" });
            power.push_str(digits);
            power
        },
    )
    .parse(input)
}

fn unit_word<'t>(input: Tokens<'t>, before: &[Expr]) -> Parsed<'t, String> {
    // Words in front of which no value stands are not units of anything.
    let value_before = match before.last() {
        Some(Expr::Text(_) | Expr::Word(_) | Expr::Ellipsis) | None => false,
        Some(_) => true,
    };
    if !value_before {
        return input.fail();
    }
    let numeric = before.iter().all(is_numeric);
    let spaced = input.spaced();
    // `min` and `sec` are functions before an argument, units after a number.
    let applied = matches!(
        input.peek_at(1).map(|t| t.kind),
        Some(Kind::Sign('(' | '{') | Kind::Command("{" | "(") | Kind::Letters(_))
    );
    let is_unit = |word: &str| {
        numeric && unit::is_known(word) && (!applied || vocabulary::function(word).is_none())
    };
    let is_free = |word: &str| {
        connective(word).is_none() && !is_clause(word) && vocabulary::function(word).is_none()
    };
    token(move |kind| match kind {
        Kind::Text(words) => {
            let words = words
                .trim_matches(|c: char| c.is_whitespace() || matches!(c, '~' | '.' | ',' | '\\'));
            let starts = |c: char| c.is_alphabetic() || matches!(c, '(' | '%' | '°');
            let noun = words.starts_with(starts) && words.chars().count() > 1 && is_free(words);
            (noun || is_unit(words)).then(|| String::from(words))
        }
        Kind::Letters(word) => {
            let meridiem = matches!(
                word,
                "am" | "pm" | "AM" | "PM" | "a.m" | "p.m" | "A.M" | "P.M"
            );
            let lowercase = word.chars().all(char::is_lowercase);
            let noun =
                spaced && word.len() >= 3 && lowercase && is_free(word) && !is_notation(word);
            let known = word.len() >= 2 && numeric && (meridiem || is_unit(word));
            (noun || known).then(|| String::from(word))
        }
        Kind::Command("degree") => Some(String::from("degree")),
        _ => None,
    })(input)
}

/// Letters that spell a symbol.
fn is_notation(word: &str) -> bool {
    matches!(
        word,
        "pi" | "sqrt" | "cbrt" | "inf" | "infty" | "oo" | "infinity" | "frac" | "mod"
    )
}

/// Words that connect clauses instead of naming what is counted.
fn is_clause(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or_default();
    matches!(
        first,
        "and"
            | "or"
            | "where"
            | "for"
            | "if"
            | "when"
            | "with"
            | "such"
            | "is"
            | "are"
            | "to"
            | "mod"
            | "otherwise"
            | "then"
            | "but"
            | "not"
            | "only"
            | "by"
            | "th"
            | "st"
            | "nd"
            | "rd"
    )
}

/// Whether letters after this can only be a unit.
fn is_numeric(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Pi | Expr::Based(..) => true,
        Expr::Sum(terms) => terms.iter().all(|(_, t)| is_numeric(t)),
        Expr::Product(items) | Expr::Call(_, items) => items.iter().all(is_numeric),
        Expr::Quotient(pair) | Expr::Mixed(pair) | Expr::Power(pair) | Expr::Root(pair) => {
            is_numeric(&pair.0) && is_numeric(&pair.1)
        }
        Expr::Group(Bracket::Round, items, Bracket::Round) => items.iter().all(is_numeric),
        Expr::Ratio(items) => items.iter().all(is_numeric),
        Expr::Quantity(value, name) => name == "$" && is_numeric(value),
        _ => false,
    }
}

pub(super) fn factor<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, base) = nested(operand)(input)?;
    // In `kx^2` the exponent binds to the last letter only.
    if let (Expr::Word(word), Some(Kind::Sign('^' | '_' | '!'))) = (&base, rest.peek()) {
        let mut letters: Vec<char> = word.chars().collect();
        if let Some(last) = letters.pop() {
            let (rest, last) = name(rest, String::from(last), false)?;
            let (rest, last) = postfix(rest, last)?;
            let symbols = letters
                .into_iter()
                .map(|letter| Expr::Symbol(String::from(letter)));
            return Ok((rest, Expr::Product(symbols.chain([last]).collect())));
        }
    }
    postfix(rest, base)
}

/// Exponents, factorials, primes and signs after `base`.
pub(super) fn postfix<'t>(mut rest: Tokens<'t>, mut base: Expr) -> Parsed<'t, Expr> {
    // Each postfix adds a level to the tree, so it costs a level of nesting.
    let mut levels = rest.depth;
    let start = rest;
    loop {
        let Some(left) = levels.checked_sub(1) else {
            return start.fail();
        };
        levels = left;
        match rest.peek() {
            Some(Kind::Sign('!'))
                if !rest.peek_at(1).is_some_and(|t| t.kind == Kind::Sign('=')) =>
            {
                let double = rest.peek_at(1).is_some_and(|t| t.kind == Kind::Sign('!'));
                let triple = rest.peek_at(2).is_some_and(|t| t.kind == Kind::Sign('!'));
                let operation = if double && !triple {
                    Operation::DoubleFactorial
                } else {
                    Operation::Factorial
                };
                rest = rest.skip(if double && !triple { 2 } else { 1 });
                base = Expr::Call(operation, vec![base]);
            }
            Some(Kind::Sign('%') | Kind::Command("%")) => {
                rest = rest.skip(1);
                base = Expr::Percent(Box::new(base));
            }
            Some(Kind::Letters("percent")) => {
                rest = rest.skip(1);
                base = Expr::Percent(Box::new(base));
            }
            Some(Kind::Command("degree")) => {
                rest = rest.skip(1);
                base = Expr::Degrees(Box::new(base));
            }
            Some(Kind::Sign('^')) => {
                let after = rest.skip(1);
                if let Ok((next, ())) = degree_mark(after) {
                    let (next, scale) = opt(temperature).parse(next)?;
                    base = match scale {
                        Some(name) => Expr::Quantity(Box::new(base), String::from(name)),
                        None => Expr::Degrees(Box::new(base)),
                    };
                    rest = next;
                } else if let Ok((next, count)) = prime_marks(after) {
                    base = primed(base, count);
                    rest = next;
                } else {
                    let (next, exponent) = argument(after)?;
                    base = Expr::Power(Box::new((base, exponent)));
                    rest = next;
                }
            }
            // `(413)_5`
            Some(Kind::Sign('_')) if matches!(&base, Expr::Group(Bracket::Round, ..)) => {
                let (next, numeral) = based_group(rest, &base)?;
                rest = next;
                base = numeral;
            }
            Some(Kind::Sign('\'')) => {
                let (next, marks) = many1(sign('\'')).parse(rest)?;
                base = primed(base, marks.len());
                rest = next;
            }
            _ => return Ok((rest, base)),
        }
    }
}

fn degree_mark<'t>(input: Tokens<'t>) -> Parsed<'t, ()> {
    let mark = |input| alt((command("circ"), command("degree"), sign('°'))).parse(input);
    let braced = |input| {
        let (rest, _) = (sign('{'), mark, sign('}')).parse(input)?;
        Ok((rest, ()))
    };
    alt((mark, braced)).parse(input)
}

fn temperature<'t>(input: Tokens<'t>) -> Parsed<'t, &'static str> {
    token(|kind| match kind {
        Kind::Letters("C") => Some("°C"),
        Kind::Letters("F") => Some("°F"),
        Kind::Text(t) if t.trim() == "C" => Some("°C"),
        Kind::Text(t) if t.trim() == "F" => Some("°F"),
        _ => None,
    })(input)
}

fn prime_marks<'t>(input: Tokens<'t>) -> Parsed<'t, usize> {
    let primes = |input| map(many1(alt((command("prime"), sign('\'')))), |p| p.len()).parse(input);
    let braced = |input| {
        let (rest, (_, count, _)) = (sign('{'), primes, sign('}')).parse(input)?;
        Ok((rest, count))
    };
    alt((braced, value(1, command("prime")))).parse(input)
}

fn primed(base: Expr, count: usize) -> Expr {
    let mut marks = String::new();
    marks.extend(core::iter::repeat_n('\'', count));
    match base {
        Expr::Symbol(name) => Expr::Symbol(name + &marks),
        Expr::Word(name) => Expr::Word(name + &marks),
        // Minutes and seconds of arc, feet and inches.
        value => Expr::Quantity(Box::new(value), marks),
    }
}

/// What `^`, `_` or a command takes: a group, or one token.
pub(super) fn argument<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    match input.peek() {
        Some(Kind::Sign('{')) => within(false, braced)(input),
        Some(Kind::Sign('-' | '+')) => {
            let (rest, found) = sum_sign(input)?;
            let (rest, value) = nested(argument)(rest)?;
            Ok((
                rest,
                if found == Sign::Minus {
                    Expr::Sum(vec![(Sign::Minus, value)])
                } else {
                    value
                },
            ))
        }
        Some(Kind::Sign('*')) => Ok((input.skip(1), Expr::Symbol(String::from("*")))),
        Some(Kind::Letters(word))
            if word.len() > 1 && vocabulary::function(word).is_none() && word != "pi" =>
        {
            Ok((input.skip(1), Expr::Word(String::from(word))))
        }
        _ => nested(operand)(input),
    }
}

/// `{ list }`
pub(super) fn braced<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, _) = sign('{')(input)?;
    let (mut rest, mut inner) = list(rest)?;
    // `{a \over b}`, `{n \choose k}`
    if let Some(Kind::Command(infix @ ("over" | "choose"))) = rest.peek() {
        let (next, below) = list(rest.skip(1))?;
        rest = next;
        inner = match infix {
            "over" => over(inner, below),
            _ => Expr::Call(Operation::Binomial, vec![inner, below]),
        };
    }
    let rest = close(rest, |input| sign('}')(input))?.0;
    Ok((rest, inner))
}

/// A closing bracket, which the end of the input may stand for.
pub(super) fn close<'t, T>(
    input: Tokens<'t>,
    closing: impl Fn(Tokens<'t>) -> Parsed<'t, T>,
) -> Parsed<'t, Option<T>> {
    if input.is_empty() {
        return Ok((input, None));
    }
    closing(input).map(|(rest, value)| (rest, Some(value)))
}

/// A numeral; under [`Commas::Group`] with its groups of three.
pub(super) fn number<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, text) = token(|kind| match kind {
        Kind::Number(text) => Some(text),
        _ => None,
    })(input)?;
    let grouped;
    let mut text = text;
    if rest.commas == Commas::Group
        && (1..=3).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
    {
        let mut joined = String::from(text);
        while let Some(group) = comma_group(rest) {
            joined.push_str(group);
            rest = rest.skip(2);
            if group.len() > 3 {
                break;
            }
        }
        grouped = joined;
        text = &grouped;
    }
    if let Some((period, length)) = repeating_period(text, rest) {
        if let Some(number) = Number::repeating(text, &period) {
            return Ok((rest.skip(length), Expr::Number(number)));
        }
    }
    match Number::read(text) {
        Some(number) => Ok((rest, Expr::Number(number))),
        None => input.fail(),
    }
}

/// `,345` or `,345.67` directly after digits.
pub(super) fn comma_group<'t>(input: Tokens<'t>) -> Option<&'t str> {
    let (comma, digits) = (input.peek_at(0)?, input.peek_at(1)?);
    if comma.kind != Kind::Sign(',') || comma.spaced || digits.spaced {
        return None;
    }
    match digits.kind {
        Kind::Number(text) => {
            let head = text.split(['.', 'e', 'E']).next().unwrap_or_default();
            (head.len() == 3 && head.bytes().all(|b| b.is_ascii_digit())).then_some(text)
        }
        _ => None,
    }
}

/// The repeated digits after a decimal, and how many tokens they take: `\overline{3}`, `(3)` after a point.
fn repeating_period(text: &str, rest: Tokens<'_>) -> Option<(String, usize)> {
    if !text.contains('.') || rest.spaced() {
        return None;
    }
    let digits = |index: usize| match rest.peek_at(index).map(|t| t.kind) {
        Some(Kind::Number(d)) if d.bytes().all(|b| b.is_ascii_digit()) => Some(String::from(d)),
        _ => None,
    };
    let is = |index: usize, c: char| rest.peek_at(index).is_some_and(|t| t.kind == Kind::Sign(c));
    match rest.peek()? {
        Kind::Command("overline" | "bar" | "dot" | "overbar") => {
            if is(1, '{') && is(3, '}') {
                Some((digits(2)?, 4))
            } else {
                Some((digits(1)?, 2))
            }
        }
        Kind::Sign('(') if text.ends_with('.') && is(2, ')') => Some((digits(1)?, 3)),
        _ => None,
    }
}
