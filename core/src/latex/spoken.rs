//! Words for operations, as the signs that they stand for.

use super::lexer::lex;
use super::operand::is_operand_command;
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::operation_words::{OPERATIONS, Place};
use crate::words::starts_with;
use alloc::vec::Vec;

/// No phrase starts with a shorter word.
const SHORTEST: usize = 2;

/// Words before the numbers that a set of real numbers leaves out.
const EXCEPTIONS: [&str; 8] = [
    "all real numbers except for",
    "all real numbers except",
    "all real numbers other than",
    "all real numbers but",
    "the set of all real numbers except",
    "any real number except",
    "every real number except",
    "all reals except",
];

/// Words before an inequality that leave its variable as it is.
const QUANTIFIERS: [&str; 4] = ["all real values of", "all real numbers", "all real", "all"];

/// Whether words say which numbers a set leaves out.
pub(super) fn excepts(words: &str) -> bool {
    let says = |phrase: &&str| starts_with(words, phrase);
    words.contains(|c: char| c.is_ascii_digit()) && EXCEPTIONS.iter().any(says)
}

/// `all real numbers except 1 and 2` as `x \ne 1 and 2`, and `all real x \ne 3` as `x \ne 3`.
fn excepted(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let open = usize::from(matches!(tokens.first(), Some(token) if token.kind == Kind::Sign('{')));
    let Some(words) = tokens.get(open..).filter(|words| {
        words
            .first()
            .and_then(word)
            .is_some_and(|w| w.len() > SHORTEST)
    }) else {
        return tokens;
    };
    let length = |phrases: &[&str]| phrases.iter().find_map(|phrase| spelled(&[phrase], words));
    let is_name = |token: &Token<'_>| matches!(token.kind, Kind::Letters(name) if name.len() == 1);
    if let Some(length) = length(&EXCEPTIONS) {
        let mut said = tokens[..open].to_vec();
        said.extend(lex("x \\ne"));
        let mut rest = &tokens[open + length..];
        while let Some((first, after)) = rest.split_first() {
            // `except x = 3`
            rest = match after.first() {
                Some(next) if is_name(first) && next.kind == Kind::Sign('=') => &after[1..],
                _ => {
                    said.push(*first);
                    after
                }
            };
        }
        return said;
    }
    let unequal = |token: &Token<'_>| {
        matches!(
            token.kind,
            Kind::Command("ne" | "neq" | "notin") | Kind::Sign('!')
        )
    };
    if let Some(length) = length(&QUANTIFIERS) {
        let subject = tokens.get(open + length..).unwrap_or_default();
        if matches!(subject, [name, relation, ..] if is_name(name) && unequal(relation)) {
            tokens.drain(open..open + length);
        }
    }
    tokens
}

/// `tokens` with the words of an operation replaced where operands stand beside them: `2 times 3` but
/// not `3 times a day`.
pub(super) fn said(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let tokens = excepted(tokens);
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

/// Puts the sign that is meant for what is written in its place: `\mid x \mid`, `2 & 3`, `+-2`, `x in (0, 1)`,
/// `1 in 6`, `n \in \mathbf{N}`.
pub(super) fn resign(tokens: &mut [Token<'_>]) {
    let (mut bars, mut plain) = (None, None);
    for at in 0..tokens.len() {
        let meant = match tokens[at].kind {
            Kind::Command("mid") if *bars.get_or_insert_with(|| are_bars(tokens)) => {
                Kind::Sign('|')
            }
            Kind::Sign('&')
                if *plain.get_or_insert_with(|| is_plain(tokens)) && stands_between(tokens, at) =>
            {
                Kind::Letters("and")
            }
            Kind::Sign('+') if is_either_sign(tokens, at) => Kind::Command("pm"),
            Kind::Letters(word) | Kind::Text(word)
                if at > 0 && tokens[at - 1].kind == Kind::Command("in") =>
            {
                match word.trim() {
                    "N" => Kind::Command("N"),
                    "Z" => Kind::Command("Z"),
                    "Q" => Kind::Command("Q"),
                    "R" => Kind::Command("R"),
                    "C" => Kind::Command("C"),
                    _ => continue,
                }
            }
            Kind::Letters("in") if at == 1 => match (kind(tokens, 0), kind(tokens, 2)) {
                (Some(Kind::Letters(_)), Some(Kind::Sign('(' | '['))) => Kind::Command("in"),
                (Some(Kind::Number(_)), Some(Kind::Number(_))) if tokens.len() == 3 => {
                    Kind::Sign('/')
                }
                _ => continue,
            },
            _ => continue,
        };
        tokens[at].kind = meant;
    }
}

/// Whether the sign at `at` is the first of `+-` where a value begins.
fn is_either_sign(tokens: &[Token<'_>], at: usize) -> bool {
    let first = at == 0 || matches!(tokens[at - 1].kind, Kind::Sign('=' | ','));
    let minus = tokens.get(at + 1);
    first && minus.is_some_and(|minus| minus.kind == Kind::Sign('-') && !minus.spaced)
}

/// Whether the signs `\mid` are the two bars of a value, and not the sign of a set or of a divisor.
fn are_bars(tokens: &[Token<'_>]) -> bool {
    let count = |sign: Kind<'_>| tokens.iter().filter(|token| token.kind == sign).count();
    count(Kind::Command("{")) == 0 && count(Kind::Command("mid")) == 2
}

fn kind<'t>(tokens: &[Token<'t>], at: usize) -> Option<Kind<'t>> {
    tokens.get(at).map(|token| token.kind)
}

/// Whether `&` stands once, and beside no LaTeX, in which it would be that of a table.
fn is_plain(tokens: &[Token<'_>]) -> bool {
    let mut signs = 0;
    tokens.iter().all(|token| match token.kind {
        Kind::Number(_) | Kind::Letters(_) => true,
        Kind::Sign('&') => {
            signs += 1;
            signs == 1
        }
        Kind::Sign(c) => !matches!(c, '{' | '}'),
        _ => false,
    })
}

/// Whether values stand on both sides of the token at `at`.
fn stands_between(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    before.is_some_and(ends) && tokens.get(at + 1..).is_some_and(starts)
}

/// The operation that `tokens`, behind `before`, begin with: how many they are, and what they are in LaTeX.
fn operation(tokens: &[Token<'_>], before: Option<&Token<'_>>) -> Option<(usize, &'static str)> {
    let first = word(tokens.first()?)?;
    if first.len() < SHORTEST {
        return None;
    }
    let initial = first.trim_start().bytes().next()?.to_ascii_lowercase();
    let whole = |token: &Token<'_>| matches!(token.kind, Kind::Number(n) if n.bytes().all(|b| b.is_ascii_digit()));
    let is_minus = |token: &Token<'_>| token.kind == Kind::Sign('-');
    OPERATIONS.iter().find_map(|(phrase, place, latex)| {
        if !phrase.as_bytes().starts_with(&[initial]) {
            return None;
        }
        let length = spelled(&[phrase], tokens)?;
        let after = tokens.get(length..)?;
        // `8times8` is a name, and so is `\dot{minus5}`.
        let opens = |kind| matches!(kind, Kind::Sign('=' | '<' | '>'));
        let apart = tokens[0].spaced
            || before.is_none_or(|before| opens(before.kind))
            || matches!(tokens[0].kind, Kind::Text(_));
        let applies = match place {
            // "minus" in front of a sign is no sign.
            Place::Before if *latex == "-" && after.first().is_some_and(is_minus) => false,
            Place::Before => apart && starts(after),
            Place::Between => apart && before.is_some_and(ends) && starts(after),
            Place::After => before.is_some_and(ends),
            Place::Part => before.is_some_and(whole),
        };
        applies.then_some((length, *latex))
    })
}

/// How many tokens at the start of `tokens` spell `phrases`, one after the other.
pub(super) fn spelled(phrases: &[&str], tokens: &[Token<'_>]) -> Option<usize> {
    let mut wanted = phrases.iter().flat_map(|phrase| phrase.split(' '));
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

pub(super) fn word<'a>(token: &Token<'a>) -> Option<&'a str> {
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
    before.any(|(phrase, _, _)| spelled(&[phrase], tokens).is_some())
}
