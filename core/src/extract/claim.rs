//! Whether a reply claims what it mentions: "not 42", "is 42 the answer?" and "42 is wrong" do not.

use alloc::vec::Vec;
use core::ops::Range;

use super::token::{Token, head, tail, tokens};

/// How many bytes before and after a value decide whether it is claimed.
const WINDOW: usize = 96;

/// Words that can stand between a negation and what it denies.
const FILLERS: &[&str] = &[
    "a",
    "actually",
    "an",
    "answer",
    "are",
    "be",
    "been",
    "believe",
    "case",
    "correct",
    "equal",
    "equals",
    "exactly",
    "final",
    "is",
    "it",
    "just",
    "necessarily",
    "really",
    "result",
    "right",
    "say",
    "simply",
    "solution",
    "that",
    "the",
    "think",
    "to",
    "true",
    "value",
    "was",
];

/// Words that deny what follows them.
const NEGATIONS: &[&str] = &["cannot", "isnt", "neither", "never", "nor", "not"];

/// Words that suppose what follows them.
const SUPPOSITIONS: &[&str] = &[
    "assume",
    "assuming",
    "if",
    "suppose",
    "supposing",
    "unless",
    "whether",
];

/// Whether the text around `value` denies it, or only asks for it.
pub(super) fn is_denied(whole: &str, reply: &Range<usize>, value: Range<usize>) -> bool {
    let before = whole.get(reply.start..value.start).unwrap_or_default();
    let after = whole.get(value.end..reply.end).unwrap_or_default();
    is_denied_before(before)
        || is_denied_after(head(after, WINDOW))
        || is_question(head(after, WINDOW))
}

/// Whether `text` ends with a negation of what follows it, or with a supposition.
pub(super) fn is_denied_before(text: &str) -> bool {
    let mut words: Vec<Token<'_>> = tokens(tail(text, WINDOW)).collect();
    while let Some(token) = words.pop() {
        match token {
            Token::Word(word) if is_negation(word) || is_supposition(word) => return true,
            Token::Word("than") => {
                return matches!(words.last(), Some(Token::Word("rather" | "other")));
            }
            Token::Word("of") => return matches!(words.last(), Some(Token::Word("instead"))),
            Token::Word(word) if contains(FILLERS, word) => {}
            Token::Command("ne" | "neq" | "not") | Token::Symbol('≠') => return true,
            _ => return false,
        }
    }
    false
}

/// Whether `text` goes on to say that what stands before it is wrong.
fn is_denied_after(text: &str) -> bool {
    let mut words = tokens(text).map_while(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    let Some(verb) = words.next() else {
        return false;
    };
    let mut negated = is_negation(verb);
    if !negated && !matches!(verb, "is" | "was" | "are" | "were" | "seems" | "looks") {
        return false;
    }
    for word in words {
        match word {
            _ if is_negation(word) => negated = true,
            "a" | "actually" | "be" | "clearly" | "definitely" | "my" | "our" | "the" => {}
            "answer" | "correct" | "final" | "it" | "right" | "solution" | "true" => {
                return negated;
            }
            "false" | "impossible" | "incorrect" | "invalid" | "wrong" => return !negated,
            _ => return false,
        }
    }
    false
}

fn is_question(text: &str) -> bool {
    tokens(text)
        .find_map(|token| match token {
            Token::Symbol(c @ ('.' | '!' | '?')) => Some(c == '?'),
            Token::Paragraph => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

fn is_negation(word: &str) -> bool {
    contains(NEGATIONS, word) || ["n't", "n’t", "N'T"].iter().any(|n| word.ends_with(n))
}

fn is_supposition(word: &str) -> bool {
    contains(SUPPOSITIONS, word)
}

fn contains(words: &[&str], word: &str) -> bool {
    words.iter().any(|w| w.eq_ignore_ascii_case(word))
}
