//! What stands in brackets behind a value and says it again, or what it counts: `\frac13 (\approx 0.333)`,
//! `\frac12 \text{ (or } 0.5)`, `42 (cm)`.

use super::lexer::lex;
use super::spoken::spelled;
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
        if let Some(said) = inside.and_then(|inside| said_again(&lex(inside))) {
            tokens.pop();
            tokens.extend(said);
            return tokens;
        }
    }
    let Some(open) = bracket_at_end(&tokens).filter(|open| *open > 0) else {
        return tokens;
    };
    let inside = tokens.get(open + 1..tokens.len() - 1).unwrap_or_default();
    let said =
        said_again(inside).or_else(|| is_unit(inside, &tokens[open - 1]).then(|| inside.to_vec()));
    if let Some(said) = said {
        tokens.truncate(open);
        tokens.extend(said);
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

/// Words before the same value in another form, and what they are as a sign or a word.
const RESTATING: [(&str, Kind<'static>); 9] = [
    ("or approximately", Kind::Command("approx")),
    ("or about", Kind::Command("approx")),
    ("approx.", Kind::Command("approx")),
    ("or equivalently", Kind::Letters("or")),
    ("equivalently", Kind::Letters("or")),
    ("or", Kind::Letters("or")),
    ("which is", Kind::Letters("or")),
    ("that is", Kind::Letters("or")),
    ("and", Kind::Letters("and")),
];

/// Whether all of `words` announces the same value in another form.
pub(super) fn announces(words: &str) -> bool {
    let words = words.trim();
    let mut known = RESTATING.iter();
    NEARLY.contain(words)
        || matches!(words, "i.e." | "i.e.,")
        || known.any(|(known, _)| words == *known)
}

/// How many tokens announce the same value in another form, and what they stand for.
fn restates(inside: &[Token<'_>]) -> Option<(usize, Kind<'static>)> {
    let (length, meant) = match inside.first()?.kind {
        Kind::Command("approx") => (1, Kind::Command("approx")),
        Kind::Sign('=') => (1, Kind::Sign('=')),
        Kind::Letters("i") if is_id_est(inside) => (4, Kind::Letters("or")),
        Kind::Letters(word) | Kind::Text(word) if NEARLY.contain(word.trim()) => {
            (1, Kind::Command("approx"))
        }
        _ => RESTATING
            .iter()
            .find_map(|(words, meant)| Some((spelled(&[words], inside)?, *meant)))?,
    };
    let goes_on = inside.get(length..)?;
    let stops = |token: &&Token<'_>| matches!(token.kind, Kind::Sign('.' | ','));
    let length = length + goes_on.iter().take_while(stops).count();
    (length < inside.len()).then_some((length, meant))
}

/// Whether `tokens` begin with `i.e.`
fn is_id_est(tokens: &[Token<'_>]) -> bool {
    let stop = Kind::Sign('.');
    let letters = [Kind::Letters("i"), stop, Kind::Letters("e"), stop];
    let kinds = tokens.iter().map(|token| token.kind);
    kinds.take(letters.len()).eq(letters)
}

/// What is said in brackets behind a value, with a sign for the words that announce it.
fn said_again<'t>(inside: &[Token<'t>]) -> Option<Vec<Token<'t>>> {
    let (length, meant) = restates(inside)?;
    let mut said = inside.get(length - 1..)?.to_vec();
    said.first_mut()?.kind = meant;
    Some(said)
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
