//! Operations in words around a value: "negative 5", "5 squared", "2 times the square root of 3".

use super::plain;
use crate::expr::operation_words::{OPERATIONS, Place};
use core::ops::Range;

/// How many operations around a value are looked for.
const MOST: usize = 8;

/// `value` in `text` with the operations that words around it apply to it.
pub(super) fn around(text: &str, value: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = value;
    for _ in 0..MOST {
        let before = text.get(..start).and_then(start_of_operation);
        let after = text.get(end..).and_then(end_of_operation);
        if before.is_none() && after.is_none() {
            break;
        }
        start = before.unwrap_or(start);
        end += after.unwrap_or(0);
    }
    start..end
}

/// Where the operation starts that `text` ends with.
fn start_of_operation(text: &str) -> Option<usize> {
    let text = text.trim_end();
    if !text.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    OPERATIONS.iter().find_map(|(phrase, place, _)| {
        let at = text.len().checked_sub(phrase.len())?;
        let (left, words) = text.split_at_checked(at)?;
        if !words.eq_ignore_ascii_case(phrase) || left.ends_with(char::is_alphanumeric) {
            return None;
        }
        let operand = left.split_whitespace().next_back();
        let first = operand.filter(|word| is_operand(word));
        match (place, first) {
            (Place::Before, _) => Some(at),
            (Place::Between, Some(first)) => Some(left.trim_end().len() - first.len()),
            _ => None,
        }
    })
}

/// Where the operation ends that `text` starts with.
fn end_of_operation(text: &str) -> Option<usize> {
    if !text
        .trim_start()
        .starts_with(|c: char| c.is_ascii_alphabetic())
    {
        return None;
    }
    OPERATIONS.iter().find_map(|(phrase, place, _)| {
        let mut rest = after(phrase, text)?;
        if matches!(place, Place::After | Place::Part) {
            return Some(text.len() - rest.len());
        }
        if *place == Place::Before {
            return None;
        }
        let mut prefixes = OPERATIONS
            .iter()
            .filter(|(_, place, _)| *place == Place::Before);
        if let Some(inner) = prefixes.find_map(|(phrase, ..)| after(phrase, rest)) {
            rest = inner;
        }
        let operand = plain::pieces(rest).next()?;
        is_operand(operand.text).then_some(text.len() - rest.len() + operand.end)
    })
}

/// What follows `phrase` at the start of `text`.
fn after<'a>(phrase: &str, text: &'a str) -> Option<&'a str> {
    let (found, rest) = text.trim_start().split_at_checked(phrase.len())?;
    let ends = !rest.starts_with(char::is_alphanumeric);
    (ends && found.eq_ignore_ascii_case(phrase)).then_some(rest)
}

/// Whether a piece of text is a value that an operation can apply to.
fn is_operand(piece: &str) -> bool {
    let number = || piece.starts_with(|c: char| c.is_ascii_digit());
    number() || plain::is_math(piece) && !plain::is_article(piece)
}
