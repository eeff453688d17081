//! Words: phrases, lists of words, and sets of numbers that words name.

use super::reals::Reals;
use super::sets::{half_line, set_operation};
use super::term::Term;
use super::value::{Scalar, Value};
use crate::expr::{Expr, SetOperation, Sign, print};
use crate::limits::{Fuel, LENGTH};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Words that hyphens join.
pub(super) fn is_compound(terms: &[(Sign, Expr)]) -> bool {
    let word = |expr: &Expr, letters: usize| matches!(expr, Expr::Word(word) if word.chars().count() >= letters);
    let joined = |index: usize, sign: &Sign| (*sign == Sign::Minus) == (index > 0);
    let half = |expr: &Expr| matches!(expr, Expr::Word(word) if word == "half");
    terms.len() > 1
        && terms.iter().any(|(_, term)| word(term, 5) || half(term))
        && terms
            .iter()
            .enumerate()
            .all(|(index, (sign, term))| joined(index, sign) && word(term, 3))
}

/// Whether factors are words side by side.
pub(super) fn is_phrase(factors: &[Expr]) -> bool {
    let long = |factor: &Expr| matches!(factor, Expr::Word(word) if word.chars().count() > 3);
    let letters = |factor: &Expr| matches!(factor, Expr::Word(_) | Expr::Symbol(_));
    factors.iter().any(long) && factors.iter().all(letters)
}

/// The words of several expressions, one after the other.
pub(super) fn said<'e>(parts: impl IntoIterator<Item = &'e Expr>, between: &str) -> String {
    let word = |part: &Expr| match part {
        Expr::Text(words) => String::from(words.trim()),
        part => print::key(part),
    };
    let words: Vec<String> = parts.into_iter().map(word).collect();
    words.join(between)
}

/// `all real numbers except 2`: the set that words name, without the number after them.
pub(super) fn exception(factors: &[Expr], fuel: &mut Fuel) -> Option<Value> {
    let (Expr::Number(number), words) = factors.split_last()? else {
        return None;
    };
    let word = |factor: &Expr| matches!(factor, Expr::Word(_) | Expr::Symbol(_) | Expr::Text(_));
    if !words.iter().all(word) {
        return None;
    }
    let phrase = said(words, " ");
    let set = ["except", "except for", "other than", "but"]
        .iter()
        .find_map(|except| phrase.strip_suffix(except))?;
    let number = Term::rational(number.value.clone());
    let point = Value::Set(vec![Value::Scalar(Scalar::plain(number))]);
    let operands = vec![named_set(set, fuel)?, point];
    set_operation(SetOperation::Difference, operands, fuel)
}

/// The set of numbers that words name: `all real numbers`, `the set of integers`, `all reals`.
fn named_set(words: &str, fuel: &mut Fuel) -> Option<Value> {
    const LONGEST: usize = 64;
    let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '~'));
    if words.len() > LONGEST {
        return None;
    }
    let words = words.to_lowercase();
    let mut kind = words.as_str();
    for before in ["the ", "set of ", "all ", "any ", "every "] {
        kind = kind.strip_prefix(before).unwrap_or(kind);
    }
    let singular = kind.strip_suffix('s').unwrap_or(kind);
    Some(match singular.trim_end_matches(" number") {
        "real" => Value::Reals(Reals::all()),
        "positive real" => half_line(Sign::Plus, fuel)?,
        "negative real" => half_line(Sign::Minus, fuel)?,
        "nonzero real" | "non-zero real" => {
            Value::Reals(Reals::point(Term::integer(0)).complement())
        }
        "integer" if kind != "integer" => Value::Written("Z".into()),
        _ => return None,
    })
}

/// What a phrase stands for.
pub(super) fn text(words: &str, fuel: &mut Fuel) -> Value {
    if words.len() > LENGTH {
        return Value::Text(String::from(words));
    }
    if let Some(set) = named_set(words, fuel) {
        return set;
    }
    let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '~'));
    let parts: Vec<&str> = words
        .split([',', ';'])
        .flat_map(|part| part.split(" and "))
        .map(|part| part.trim().trim_start_matches("and ").trim())
        .filter(|part| !part.is_empty())
        .collect();
    // Short words between commas are a list; a sentence with a comma is a sentence.
    if parts.len() > 1
        && parts
            .iter()
            .all(|part| part.split_whitespace().count() == 1)
    {
        return Value::List(
            parts
                .into_iter()
                .map(|part| Value::Text(String::from(part)))
                .collect(),
        );
    }
    Value::Text(String::from(words))
}
