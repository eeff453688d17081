//! What stands in brackets behind a value and says it again, or what it counts: `\frac13 (\approx 0.333)`,
//! `\frac12 \text{ (or } 0.5)`, `42 (cm)`.

use super::lexer::lex;
use super::token::{Kind, Token};
use crate::expr::unit;
use crate::words::Words;
use alloc::vec::Vec;

/// Words before a value that leave it what it is, as `\approx` does.
pub(super) const NEARLY: Words = Words::new("about approx approximately around exactly roughly");

/// `tokens` without the brackets around what is said beside the value at their end.
pub(super) fn opened(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    // `\text{(or 0.5)}`
    if let [
        _,
        ..,
        Token {
            kind: Kind::Text(words),
            ..
        },
    ] = tokens.as_slice()
    {
        let inside = words
            .trim()
            .strip_prefix('(')
            .and_then(|w| w.strip_suffix(')'));
        let said = inside.map(lex).filter(|said| !said.is_empty());
        if let Some(said) = said.filter(|said| says_again(said)) {
            tokens.pop();
            tokens.extend(nearly(said));
            return tokens;
        }
    }
    let Some(open) = bracket_at_end(&tokens).filter(|open| *open > 0) else {
        return tokens;
    };
    let inside = tokens.get(open + 1..tokens.len() - 1).unwrap_or_default();
    if says_again(inside) || is_unit(inside, &tokens[open - 1]) {
        let inside = nearly(inside.to_vec());
        tokens.truncate(open);
        tokens.extend(inside);
    }
    tokens
}

/// Where the bracket opens that the last token closes.
fn bracket_at_end(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().rev() {
        match token.kind {
            Kind::Sign(')') => depth += 1,
            Kind::Sign('(') => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (token.kind == Kind::Sign('(')).then_some(at);
        }
    }
    None
}

/// Whether the words are those of the same value in another form.
fn says_again(inside: &[Token<'_>]) -> bool {
    let [first, _, ..] = inside else {
        return false;
    };
    match first.kind {
        Kind::Command("approx") | Kind::Sign('=') => true,
        Kind::Letters(word) | Kind::Text(word) => {
            word.trim() == "or" || NEARLY.contain(word.trim())
        }
        _ => false,
    }
}

/// `\approx` for a word that says the same.
fn nearly(mut inside: Vec<Token<'_>>) -> Vec<Token<'_>> {
    if let Some(first) = inside.first_mut() {
        if matches!(first.kind, Kind::Letters(word) | Kind::Text(word) if NEARLY.contain(word.trim()))
        {
            first.kind = Kind::Command("approx");
        }
    }
    inside
}

/// Whether what stands behind a number is a unit, and no letter alone, which would be a factor.
fn is_unit(inside: &[Token<'_>], before: &Token<'_>) -> bool {
    let [first, power @ ..] = inside else {
        return false;
    };
    let (Kind::Letters(word) | Kind::Text(word)) = first.kind else {
        return false;
    };
    let part = |token: &Token<'_>| match token.kind {
        Kind::Letters(word) | Kind::Text(word) => unit::is_known(word.trim()),
        Kind::Number(_) | Kind::Sign('^' | '/' | '{' | '}') => true,
        _ => false,
    };
    let several = word.trim().chars().nth(1).is_some() || !power.is_empty();
    matches!(before.kind, Kind::Number(_) | Kind::Sign('}')) && several && inside.iter().all(part)
}
