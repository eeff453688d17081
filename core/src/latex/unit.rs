//! What follows a value: a unit or the noun that it counts.

use super::input::{Parsed, Tokens, command, sign, token};
use super::parser::connective;
use super::token::Kind;
use super::vocabulary;
use crate::expr::{Bracket, Expr, unit};
use alloc::string::String;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::sequence::preceded;

/// A unit or a noun after a value: `cm`, `\text{ square feet}`, `m/s^2`, `right triangles`.
pub(super) fn units<'t>(input: Tokens<'t>, before: &[Expr]) -> Parsed<'t, String> {
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
    let is_free = |words: &str| {
        connective(words).is_none()
            && !is_clause(words)
            && vocabulary::function(words).is_none()
            && !words.split_whitespace().any(says_more)
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

/// Words that change the value before them instead of naming what it counts.
fn says_more(word: &str) -> bool {
    matches!(
        word,
        "dozen"
            | "score"
            | "gross"
            | "tens"
            | "half"
            | "halves"
            | "third"
            | "thirds"
            | "quarters"
            | "fourths"
            | "fifths"
            | "tenths"
            | "squared"
            | "cubed"
            | "pi"
            | "minus"
            | "plus"
            | "times"
            | "over"
            | "divided"
            | "at"
            | "most"
            | "least"
            | "below"
            | "above"
            | "under"
            | "less"
            | "more"
            | "fewer"
            | "than"
            | "not"
            | "no"
            | "undefined"
            | "false"
            | "wrong"
            | "incorrect"
            | "infinite"
            | "negative"
            | "factorial"
            | "zero"
            | "one"
            | "two"
            | "ten"
            | "does"
            | "doesn't"
            | "isn't"
            | "except"
            | "without"
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
