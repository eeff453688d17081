//! What stands before a value and only names it: `Domain:`, `(f \circ g)(x) =`.

use super::name::legible;
use super::spoken::{self, spelled};
use super::token::{Kind, Token};
use super::vocabulary;
use crate::words::listed;
use alloc::string::String;
use alloc::vec::Vec;

/// Words behind "the" that say what kind of value follows.
const NAMED: [&str; 9] = [
    "fraction",
    "interval",
    "number",
    "ordered pair",
    "point",
    "ratio",
    "set",
    "value",
    "vector",
];

/// How many tokens are words before a colon that say what kind of answer follows: `Domain:`,
/// `\text{Solution is: }`. A letter before one is part of a ratio, or a choice.
pub(super) fn heading(tokens: &[Token<'_>]) -> usize {
    const SHORTEST: usize = 4;
    const LONGEST: usize = 6;
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let the = matches!(tokens.first().and_then(spoken::word), Some("the" | "The"));
    let mut named = NAMED.iter().filter(|_| the);
    if let Some(length) = named.find_map(|named| spelled(&["the", named], tokens)) {
        let plain = tokens.get(length).is_some_and(|token| match token.kind {
            Kind::Letters(word) => word.chars().nth(1).is_none(),
            Kind::Text(_) => false,
            _ => true,
        });
        return if plain { length } else { 0 };
    }
    let mut long = false;
    for (at, token) in tokens.iter().enumerate().take(LONGEST) {
        match token.kind {
            Kind::Letters(word) | Kind::Text(word) => {
                let lengths = word.split_whitespace().map(letters);
                let (least, most) = lengths.fold((usize::MAX, 0), |(least, most), length| {
                    (least.min(length), most.max(length))
                });
                if least < 2 || vocabulary::is_spelled_letter(word) || denies(word) {
                    break;
                }
                long |= most >= SHORTEST;
                let ends = matches!(token.kind, Kind::Text(_)) && word.trim_end().ends_with(':');
                if ends && long && says_value(tokens, at + 1) {
                    return at + 1;
                }
            }
            Kind::Sign(':') if long && says_value(tokens, at + 1) => {
                return at + 1;
            }
            _ => break,
        }
    }
    0
}

/// Whether words before a colon say that what follows is no answer.
fn denies(words: &str) -> bool {
    words
        .split_whitespace()
        .any(|word| listed("incorrect not wrong", &word.to_lowercase()))
}

/// Whether no words follow, as in a ratio of things that have names, and no sign that takes a colon in.
fn says_value(tokens: &[Token<'_>], at: usize) -> bool {
    match tokens.get(at).map(|token| token.kind) {
        None | Some(Kind::Sign('=') | Kind::Text(_)) => false,
        Some(Kind::Letters(word)) => word.chars().nth(1).is_none(),
        Some(_) => true,
    }
}

/// The name before an equals sign, in words, and what stands behind it.
pub(super) fn split<'s, 't>(tokens: &'s [Token<'t>]) -> Option<(String, &'s [Token<'t>])> {
    let length = label(tokens)?;
    let words: Vec<&str> = tokens.get(..length)?.iter().map(word).collect();
    Some((legible(&words.join(" ")), tokens.get(length + 1..)?))
}

/// A name takes no more tokens.
const LONGEST_LABEL: usize = 48;

/// How many tokens before an equals sign are names, what joins names, and brackets around them; numerals
/// and signs stand in scripts only. Names alone would have been read: without what joins them they are
/// mistaken.
fn label(tokens: &[Token<'_>]) -> Option<usize> {
    let (mut depth, mut script) = (0_usize, None);
    let (mut letters, mut joined) = (false, false);
    for (at, token) in tokens.iter().enumerate().take(LONGEST_LABEL) {
        match token.kind {
            Kind::Sign('=') if depth == 0 => return (letters && joined).then_some(at),
            Kind::Sign('_') => script = script.or(Some(depth)),
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => {
                depth = depth.checked_sub(1)?;
                script = script.filter(|level| *level < depth);
            }
            Kind::Number(_) | Kind::Sign('=' | '-' | '+' | ',') if script.is_some() => {}
            Kind::Sign('|') => joined = true,
            Kind::Letters(_) => letters = true,
            Kind::Text(_) => (letters, joined) = (true, true),
            Kind::Command("max" | "min") if depth == 0 => (letters, joined) = (true, true),
            Kind::Command("circ" | "times" | "cup" | "cap" | "|" | "lvert" | "rvert") => {
                joined = true;
            }
            Kind::Sign('\'') | Kind::Command("frac" | "cdot") => {}
            Kind::Command(name)
                if vocabulary::is_letter(name)
                    || vocabulary::is_accent(name)
                    || vocabulary::is_alphabet(name) => {}
            _ => return None,
        }
    }
    None
}

/// What follows in a chain of equations on an integral of several variables or a function between bounds,
/// `[\frac{x^3}{3}]_0^1`, neither of which is an expression.
pub(super) fn conclusion<'s, 't>(tokens: &'s [Token<'t>]) -> Option<&'s [Token<'t>]> {
    let (mut depth, mut integrates, mut behind) = (0_usize, false, None);
    for (at, token) in tokens.iter().enumerate() {
        let bounded = tokens.get(at + 1).map(|next| next.kind) == Some(Kind::Sign('_'));
        match token.kind {
            Kind::Sign('=') if depth == 0 => behind = behind.or(Some(at + 1)),
            Kind::Sign(',' | ';' | '<' | '>') | Kind::Row | Kind::Text(_) if depth == 0 => {
                return None;
            }
            Kind::Command(name) if depth == 0 && vocabulary::relation(name).is_some() => {
                return None;
            }
            Kind::Sign('(' | '[' | '{') | Kind::Begin(_) => depth += 1,
            Kind::Sign(')' | ']' | '}') | Kind::End(_) => depth = depth.checked_sub(1)?,
            _ => {}
        }
        let integral = matches!(token.kind, Kind::Command("int" | "iint" | "iiint" | "oint"));
        let closes = matches!(
            token.kind,
            Kind::Sign(']' | '|') | Kind::Command("|" | "vert" | "rvert")
        );
        if integral || closes && bounded {
            (integrates, behind) = (true, None);
        }
    }
    tokens.get(behind.filter(|_| integrates)?..)
}

/// A token of a name.
fn word<'a>(token: &Token<'a>) -> &'a str {
    match token.kind {
        Kind::Letters(word) | Kind::Text(word) | Kind::Number(word) | Kind::Command(word) => word,
        Kind::Sign('_') => "_",
        Kind::Sign('=') => "=",
        Kind::Sign('\'') => "'",
        Kind::Sign('|') => "|",
        Kind::Sign('(') => "(",
        Kind::Sign(')') => ")",
        Kind::Sign('-') => "-",
        _ => " ",
    }
}
