//! What stands in brackets behind a value and says it again, or what it counts: `\frac13 (\approx 0.333)`,
//! `\frac12 \text{ (or } 0.5)`, `42 (cm)`.

use super::lexer::lex;
use super::spoken::spelled;
use super::token::{Kind, Token};
use super::vocabulary;
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
    if let Some((open, said)) = opened_in_words(&tokens) {
        tokens.truncate(open);
        tokens.extend(said);
        return tokens;
    }
    let Some(open) = bracket_at_end(&tokens).filter(|open| *open > 0) else {
        return joined(tokens);
    };
    let inside = tokens.get(open + 1..tokens.len() - 1).unwrap_or_default();
    let measured = || unit(inside, &tokens[open - 1]).map(<[Token<'_>]>::to_vec);
    let said = said_again(inside).or_else(measured);
    if let Some(said) = said {
        tokens.truncate(open);
        tokens.extend(said);
    }
    tokens
}

/// Where words open a bracket behind a value, and what is said in it up to the end: `\text{ (or } 0.5)`,
/// `\text{ (or }0.5\text{)}`, whose second bracket is no token.
fn opened_in_words<'t>(tokens: &[Token<'t>]) -> Option<(usize, Vec<Token<'t>>)> {
    let opens = |token: &Token<'t>| match token.kind {
        Kind::Text(words) => words.trim().strip_prefix('('),
        _ => None,
    };
    let (open, words) = (1..tokens.len()).find_map(|at| Some((at, opens(&tokens[at])?)))?;
    let mut inside = tokens[open..].to_vec();
    inside[0].kind = Kind::Text(words);
    if bracket_at_end(&inside).is_none() && inside.last()?.kind == Kind::Sign(')') {
        inside.pop();
    }
    Some((open, said_again(&inside)?))
}

/// `tokens` with a sign for the words that say a value again: `\frac13 \text{ or approximately } 0.333`.
fn joined(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let or = |token: &Token<'_>| match token.kind {
        Kind::Letters(word) => word == "or",
        Kind::Text(words) => words.trim_start_matches([',', ' ']).starts_with("or"),
        _ => false,
    };
    let Some(at) = tokens.iter().skip(1).position(or).map(|at| at + 1) else {
        return tokens;
    };
    let Some((length, meant)) = announcement(&tokens[at..]) else {
        return tokens;
    };
    // Alone it is a conjunction.
    let alone = matches!(tokens[at].kind, Kind::Letters("or"))
        || matches!(tokens[at].kind, Kind::Text(words) if words.trim_matches([',', ' ']) == "or");
    if length > 1 || !alone {
        let comma = tokens[at - 1].kind == Kind::Sign(',');
        tokens[at].kind = meant;
        tokens.drain(at + 1..at + length);
        if comma {
            tokens.remove(at - 1);
        }
    }
    tokens
}

/// Where the bracket opens that the last token closes.
fn bracket_at_end(tokens: &[Token<'_>]) -> Option<usize> {
    let (mut depth, mut braces) = (0_usize, 0_usize);
    for (at, token) in tokens.iter().enumerate().rev() {
        match token.kind {
            Kind::Sign('}') => braces += 1,
            Kind::Sign('{') => braces = braces.checked_sub(1)?,
            Kind::Sign(')') => depth += 1,
            Kind::Sign('(') => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (token.kind == Kind::Sign('(') && braces == 0).then_some(at);
        }
    }
    None
}

/// Words before the same value in another form, which may follow one another: `or equivalently`, `i.e. about`.
const RESTATING: [&str; 6] = [
    "or",
    "equivalently",
    "equal to",
    "which equals",
    "which is",
    "that is",
];

/// How many tokens announce the same value in another form, and what they stand for.
fn announcement(tokens: &[Token<'_>]) -> Option<(usize, Kind<'static>)> {
    let mut length = 0;
    let mut meant = None;
    while let Some(rest) = tokens.get(length..).filter(|rest| !rest.is_empty()) {
        let (found, kind) = match rest[0].kind {
            Kind::Sign('.' | ',') if meant.is_some() => (1, None),
            Kind::Text(words) if words.trim().contains(' ') => {
                let inner = lex(words.trim_start_matches([',', ' ']));
                match announcement(&inner).filter(|(length, _)| *length == inner.len()) {
                    Some((_, meant)) => (1, Some(meant)),
                    None => break,
                }
            }
            Kind::Command("approx") => (1, Some(Kind::Command("approx"))),
            Kind::Sign('=') => (1, Some(Kind::Sign('='))),
            Kind::Letters(word) | Kind::Text(word) if NEARLY.contain(word.trim()) => {
                (1, Some(Kind::Command("approx")))
            }
            Kind::Letters(word) | Kind::Text(word) if word.trim() == "and" => {
                (1, Some(Kind::Letters("and")))
            }
            Kind::Text(words) if words.trim().trim_end_matches(',') == "i.e." => {
                (1, Some(Kind::Letters("or")))
            }
            _ if is_id_est(rest) => (4, Some(Kind::Letters("or"))),
            _ => {
                let mut known = RESTATING.iter();
                match known.find_map(|words| spelled(&[words], rest)) {
                    Some(found) => (found, Some(Kind::Letters("or"))),
                    None => break,
                }
            }
        };
        length += found;
        meant = kind.or(meant);
    }
    Some((length, meant?))
}

/// Whether `tokens` begin with `i.e.`
fn is_id_est(tokens: &[Token<'_>]) -> bool {
    let stop = Kind::Sign('.');
    let letters = [Kind::Letters("i"), stop, Kind::Letters("e"), stop];
    let kinds = tokens.iter().map(|token| token.kind);
    kinds.take(letters.len()).eq(letters)
}

/// Whether a word is the name of a function or of a number.
fn is_value(word: &str) -> bool {
    word.chars().nth(1).is_none()
        || matches!(word, "infinity" | "pi" | "sqrt")
        || vocabulary::function(word).is_some()
}

/// What is said in brackets behind a value, with a sign for the words that announce it.
fn said_again<'t>(inside: &[Token<'t>]) -> Option<Vec<Token<'t>>> {
    let (length, meant) = announcement(inside)?;
    // No value: `which is even`
    let Token { kind: first, .. } = inside.get(length)?;
    let no_value = match first {
        Kind::Letters(word) | Kind::Text(word) => !is_value(word.trim()),
        first => matches!(first, Kind::Command("cdot" | "times")),
    };
    if no_value {
        return None;
    }
    let mut said = inside.get(length - 1..)?.to_vec();
    said.first_mut()?.kind = meant;
    Some(said)
}

/// The unit in brackets behind a number, `(cm)` or `(in cm)`, and no letter alone, which would be a factor.
fn unit<'s, 't>(inside: &'s [Token<'t>], before: &Token<'_>) -> Option<&'s [Token<'t>]> {
    let name = match inside {
        [first, name @ ..] if first.kind == Kind::Letters("in") && !name.is_empty() => name,
        name => name,
    };
    let [first, power @ ..] = name else {
        return None;
    };
    let (Kind::Letters(word) | Kind::Text(word)) = first.kind else {
        return None;
    };
    let part = |token: &Token<'_>| match token.kind {
        Kind::Letters(word) | Kind::Text(word) => unit::is_known(word.trim()),
        Kind::Number(_) | Kind::Sign('^' | '/' | '{' | '}') => true,
        _ => false,
    };
    let several = word.trim().chars().nth(1).is_some() || !power.is_empty();
    let value = matches!(
        before.kind,
        Kind::Number(_) | Kind::Sign('}') | Kind::Command("pi")
    );
    (value && several && name.iter().all(part)).then_some(name)
}
