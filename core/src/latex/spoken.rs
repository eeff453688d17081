//! Words for operations, as the signs that they stand for.

use super::lexer::lex;
use super::operand::is_operand_command;
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::operation_words::{OPERATIONS, Place};
use alloc::vec::Vec;

/// No phrase starts with a shorter word.
const SHORTEST: usize = 2;

/// `tokens` with the words of an operation replaced where operands stand beside them: `2 times 3` but
/// not `3 times a day`.
pub(super) fn said(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let before = |at: usize| at.checked_sub(1).and_then(|last| tokens.get(last));
    let mut at = 0..tokens.len();
    let Some(mut at) = at.find(|at| operation(&tokens[*at..], before(*at)).is_some()) else {
        return tokens;
    };
    let mut said = tokens[..at].to_vec();
    while let Some(token) = tokens.get(at) {
        match operation(&tokens[at..], said.last()) {
            Some((length, latex)) => {
                said.extend(lex(latex));
                at += length;
            }
            None => {
                said.push(*token);
                at += 1;
            }
        }
    }
    said
}

/// The operation that `tokens`, behind `before`, begin with: how many they are, and what they are in LaTeX.
fn operation(tokens: &[Token<'_>], before: Option<&Token<'_>>) -> Option<(usize, &'static str)> {
    let first = word(tokens.first()?)?;
    if first.len() < SHORTEST {
        return None;
    }
    let initial = first.trim_start().bytes().next()?.to_ascii_lowercase();
    let whole = |token: &Token<'_>| matches!(token.kind, Kind::Number(n) if n.bytes().all(|b| b.is_ascii_digit()));
    OPERATIONS.iter().find_map(|(phrase, place, latex)| {
        if !phrase.as_bytes().starts_with(&[initial]) {
            return None;
        }
        let length = spelled(phrase, tokens)?;
        let after = tokens.get(length..)?;
        // `8times8` is a name, and so is `\dot{minus5}`.
        let apart = tokens[0].spaced || before.is_none() || matches!(tokens[0].kind, Kind::Text(_));
        let applies = match place {
            Place::Before => apart && starts(after),
            Place::Between => apart && before.is_some_and(ends) && starts(after),
            Place::After => before.is_some_and(ends),
            Place::Part => before.is_some_and(whole),
        };
        applies.then_some((length, *latex))
    })
}

/// How many tokens at the start of `tokens` spell `phrase`.
fn spelled(phrase: &str, tokens: &[Token<'_>]) -> Option<usize> {
    let mut wanted = phrase.split(' ');
    let mut length = 0;
    let mut next = wanted.next();
    while next.is_some() {
        for part in word(tokens.get(length)?)?.split_whitespace() {
            if !part.eq_ignore_ascii_case(next?) {
                return None;
            }
            next = wanted.next();
        }
        length += 1;
    }
    Some(length)
}

fn word<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token.kind {
        Kind::Letters(words) | Kind::Text(words) => Some(words),
        _ => None,
    }
}

/// Whether an operand can end with `token`.
fn ends(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Number(_) => true,
        Kind::Letters(name) => {
            name.len() == 1
                || name == "pi"
                || name == "infinity"
                || vocabulary::is_spelled_letter(name)
        }
        Kind::Command(name) => matches!(name, "pi" | "infty") || vocabulary::is_letter(name),
        Kind::Sign(c) => matches!(c, ')' | '}' | '!' | '\''),
        _ => false,
    }
}

/// Whether `tokens` start with an operand; `a` is an article.
fn starts(tokens: &[Token<'_>]) -> bool {
    let Some(first) = tokens.first() else {
        return false;
    };
    match first.kind {
        Kind::Letters("a") => false,
        Kind::Sign(c) => matches!(c, '(' | '{' | '-'),
        Kind::Command(name) => is_operand_command(name),
        Kind::Text(_) => opens(tokens),
        Kind::Letters(_) => ends(first) || opens(tokens),
        _ => ends(first),
    }
}

/// Whether `tokens` start with words that stand before an operand.
fn opens(tokens: &[Token<'_>]) -> bool {
    let mut before = OPERATIONS
        .iter()
        .filter(|(_, place, _)| *place == Place::Before);
    before.any(|(phrase, _, _)| spelled(phrase, tokens).is_some())
}
