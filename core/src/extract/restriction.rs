//! What a sentence says behind a value that narrows it: "$k\pi$ where $k$ is even", "$cx$ with $c = 1$".

use super::plain;
use super::token::{Token, head, tokens};
use crate::words::Words;

/// Longest clause that is read, in bytes.
const LONGEST: usize = 160;

/// Letters that stand for any number of a family of values. Of other letters a clause says where a value is
/// defined, or what they are called.
const PARAMETERS: [char; 8] = ['C', 'K', 'c', 'k', 'l', 'm', 'n', 't'];

/// Words that leave out some of the numbers that a letter stands for.
const NARROWING: Words =
    Words::new("even multiple natural negative nonnegative nonzero odd positive prime");

/// Words beside those that narrow nothing.
const BESIDE: Words = Words::new(
    "a an and arbitrary are be both constant constants fixed is non number numbers of some",
);

/// The length of the clause in `text`, behind `value`, that says of a letter in it that it is not just any.
pub(super) fn length(value: &str, text: &str) -> usize {
    let line = head(text, LONGEST).lines().next().unwrap_or_default();
    let clause = line.split(". ").next().unwrap_or_default();
    let clause = clause.trim_end_matches(|c| c == ' ' || plain::PUNCTUATION.contains(&c));
    let whole = clause.len() < text.len().min(LONGEST) || text.len() <= LONGEST;
    if whole && narrows(value, clause) {
        clause.len()
    } else {
        0
    }
}

/// Whether all of `clause` is about one letter of `value`, and narrows it.
fn narrows(value: &str, clause: &str) -> bool {
    let mut tokens = tokens(clause)
        .skip_while(|token| *token == Token::Symbol(','))
        .peekable();
    if !matches!(tokens.next(), Some(Token::Word("where" | "with" | "for"))) {
        return false;
    }
    let bounded = value.contains(['<', '>', '≤', '≥']) || {
        let mut bounds = ["\\le", "\\ge", "\\lt", "\\gt"].iter();
        bounds.any(|bound| value.contains(bound))
    };
    let (mut letter, mut narrow, mut integer) = (None, false, false);
    let mut related = None;
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(name) if related.is_none() && letter.is_none() && is_letter(name) => {
                let counts = matches!(tokens.peek(), Some(Token::Word(_)));
                let is = matches!(tokens.peek(), Some(Token::Word("is")));
                if name == "a" && counts && !is {
                    continue;
                }
                letter = name.chars().next();
            }
            // "a multiple of 3", but no index
            Token::Number if related.is_none() && narrow => {}
            Token::Word("integer" | "integers") => integer = true,
            Token::Word("real") => narrow |= letter.is_some_and(is_index),
            Token::Word(word) if NARROWING.contain(word) => narrow = true,
            Token::Word(word) if BESIDE.contain(word) => {}
            Token::Symbol('-') if related.is_none() => {}
            Token::Symbol('=' | '<' | '>' | '≤' | '≥' | '∈' | '≠')
            | Token::Command("ge" | "geq" | "gt" | "in" | "le" | "leq" | "lt" | "ne" | "neq")
                if related.is_none() && letter.is_some() =>
            {
                related = Some(token);
            }
            // A number, or several
            Token::Number | Token::Symbol(_) if related.is_some() => {}
            Token::Command(
                "cdots" | "dots" | "frac" | "ldots" | "mathbb" | "pi" | "pm" | "sqrt",
            )
            | Token::Word("N" | "Z" | "or")
                if related.is_some() => {}
            _ => return false,
        }
    }
    let Some(letter) = letter.filter(|letter| mentions(value, *letter)) else {
        return false;
    };
    let equal = related == Some(Token::Symbol('='));
    let unequal = matches!(
        related,
        Some(Token::Symbol('≠') | Token::Command("ne" | "neq"))
    );
    let narrow = narrow || integer && !is_index(letter) || related.is_some();
    // From the first term of a sequence on
    let from_start = letter == 'n' && !equal && !clause.contains("even") && !clause.contains("odd");
    match letter {
        _ if bounded => narrow,
        _ if equal => true,
        _ if unequal || from_start && !value.contains("pi") => false,
        _ => narrow && PARAMETERS.contains(&letter),
    }
}

/// Whether a letter stands for any integer, where nothing is said of it.
fn is_index(letter: char) -> bool {
    matches!(letter, 'k' | 'l' | 'm' | 'n')
}

fn is_letter(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next().is_none()
}

/// Whether a letter stands in `value`, alone or beside others.
fn mentions(value: &str, letter: char) -> bool {
    tokens(value).any(|token| match token {
        Token::Word(word) => word.contains(letter) && !plain::is_name(word),
        _ => false,
    })
}
