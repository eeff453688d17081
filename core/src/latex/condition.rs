//! Conditions behind a value: `k \in \mathbb{Z}` in brackets, "where …", "for all …", "for some constant c".

use super::input::{Parsed, Tokens, nested};
use super::name::legible;
use super::parser::{closes, relation};
use super::spoken::{self, spelled};
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::{Connective, Expr, Relation};
use crate::words::listed;
use alloc::string::String;
use alloc::vec;

/// What stands before a condition in place of a separator: "for", or nothing at all, as before one in
/// brackets, `2k\pi (k \in \mathbb{Z})`, `x^2 (x > 0)`, and before "where", "for all" and "for some constant".
pub(super) fn aside<'t>(input: Tokens<'t>) -> Parsed<'t, Connective> {
    let word = match input.peek() {
        Some(Kind::Text(words)) => words.trim_matches([' ', ',']),
        Some(Kind::Letters("for")) if !qualifies(input) && universal(input).is_none() => "for",
        _ => "",
    };
    if matches!(word, "for" | "when" | "if") {
        Ok((input.skip(1), Connective::Comma))
    } else if is_aside(input) || qualifies(input) || universal(input).is_some() {
        Ok((input, Connective::Comma))
    } else {
        input.fail()
    }
}

/// What a letter is said to be, beside a real number.
const KINDS: &str = "constant constants integer integers natural non-negative nonnegative positive";

/// Words before that.
const DETERMINERS: &str = "a all an any arbitrary each every real some";

/// What stands before what a condition says of a letter, which is a real number anyway.
const SOME: [&str; 3] = ["for some constant", "for some real", "for some"];

/// Whether `input` goes on with words about a letter of the value before it: "where …", "with …", "for
/// some constant c".
pub(super) fn qualifies(input: Tokens<'_>) -> bool {
    let words = input.rest().iter().map_while(spoken::word);
    let words = words.flat_map(|words| words.split([' ', ',', '~']));
    let mut words = words.filter(|word| !word.is_empty());
    match words.next() {
        Some("where" | "with") => true,
        Some("for") => {
            let mut some = false;
            let of_what = words.find(|word| {
                some |= *word == "some";
                !listed(DETERMINERS, word)
            });
            let is_letter = |word: &str| some && word.chars().nth(1).is_none();
            of_what.is_some_and(|word| listed(KINDS, word) || is_letter(word))
        }
        _ => false,
    }
}

/// What stands before what a condition says of all its values.
const UNIVERSAL: [&str; 4] = ["for all", "for every", "for each", "for any"];

/// What the letter behind them may be called, which is a real number anyway.
const REAL: [&str; 4] = ["real numbers", "real values of", "real number", "real"];

/// How many tokens say that something holds for all values of what follows.
fn universal(input: Tokens<'_>) -> Option<usize> {
    let begins = match input.peek()? {
        Kind::Command("forall") => return Some(1),
        Kind::Text(words) | Kind::Letters(words) => words.trim_start().starts_with("for"),
        _ => false,
    };
    if !begins {
        return None;
    }
    let tokens = input.rest();
    UNIVERSAL.iter().find_map(|all| {
        let real = REAL.iter().find_map(|real| spelled(&[all, real], tokens));
        real.or_else(|| spelled(&[all], tokens))
    })
}

/// `\forall x`, `\text{for all } k \in \mathbb{Z}`: a letter alone is a real number.
pub(super) fn quantifier<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let Some(length) = universal(input) else {
        return input.fail();
    };
    let (rest, condition) = relation(input.skip(length))?;
    let condition = match condition {
        Expr::Symbol(name) => Expr::Relation(
            vec![Expr::Symbol(name), Expr::NumberSet('R', None)],
            vec![Relation::Element],
        ),
        condition => condition,
    };
    Ok((rest, condition))
}

/// Whether a relation of a letter is in brackets.
pub(super) fn is_aside(input: Tokens<'_>) -> bool {
    let kind = |at| input.peek_at(at).map(|token: Token<'_>| token.kind);
    // `(0 < x < 4)`, `(-1 \le x)`
    let signed = usize::from(kind(1) == Some(Kind::Sign('-')));
    let between = matches!(kind(1 + signed), Some(Kind::Number(_)))
        && matches!(kind(3 + signed), Some(Kind::Letters(_)));
    let relation = match between {
        true => kind(2 + signed),
        false => kind(2).filter(|_| matches!(kind(1), Some(Kind::Letters(_)))),
    };
    kind(0) == Some(Kind::Sign('('))
        && match relation {
            Some(Kind::Sign('<' | '>')) => true,
            Some(Kind::Command(name)) => matches!(
                vocabulary::relation(name),
                Some(
                    Relation::Element
                        | Relation::LessEqual
                        | Relation::GreaterEqual
                        | Relation::NotEqual
                        | Relation::Less
                        | Relation::Greater
                )
            ),
            _ => false,
        }
}

/// `where …`, `for any integer …` or `k is …` to the end: a condition, as words if it is no relation.
pub(super) fn clause<'t>(input: Tokens<'t>) -> Option<(Tokens<'t>, Expr)> {
    let word = |at| input.peek_at(at).and_then(|token| spoken::word(&token));
    let is = word(1).is_some_and(|word| word.trim_start().starts_with("is "));
    let subject = matches!(input.peek()?, Kind::Letters(_)) && is;
    if !subject && !qualifies(input) {
        return None;
    }
    let opening = match word(0).map(|word| word.trim_matches([' ', ','])) {
        Some("where" | "with") => Some(1),
        _ => SOME.iter().find_map(|some| spelled(&[some], input.rest())),
    };
    let relation = opening.and_then(|length| nested(relation)(input.skip(length)).ok());
    let whole = |(rest, condition): &(Tokens<'_>, Expr)| {
        closes(*rest) && matches!(condition, Expr::Relation(..))
    };
    if let Some(found) = relation.filter(whole) {
        return Some(found);
    }
    let mut words = String::new();
    let mut length = 0;
    let mut depth = 0u32;
    for Token { kind, .. } in input.rest() {
        match kind {
            Kind::Sign('(' | '[' | '{') | Kind::Command("{") => depth += 1,
            Kind::Sign(')' | ']' | '}') | Kind::Command("}") => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                // The set that the condition is part of ends here.
                None => break,
            },
            _ => {}
        }
        length += 1;
        match kind {
            Kind::Text(t) | Kind::Letters(t) | Kind::Number(t) | Kind::Command(t) => {
                words.push_str(t.trim());
            }
            Kind::Sign(c) => words.push(*c),
            Kind::Begin(_) | Kind::End(_) | Kind::Row => return None,
        }
        words.push(' ');
    }
    Some((input.skip(length), Expr::Text(legible(&words))))
}
