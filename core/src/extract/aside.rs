//! What stands behind the answer of a reply and is no part of it: a check, a remark, a courtesy.

use super::retraction::opens_with;
use super::token::{Token, tokens};
use crate::words::{Words, starts_with};

/// What a courtesy or a remark opens with.
const OPENINGS: &str = "alternatively,|do you want|feel free|hope that|hope this|i hope|if you have|if you need|\
    if you want|if you would like|if you'd like|it happens at|it occurs at|it occurs when|\
    let me know|note that|note:|notice|observe|one can also|please let me know|remark|\
    thank you|this happens|this occurs|we also could|we can also|we could also|we might also|\
    would you like";

/// Words of which one stands at the start of a check.
const CHECKS: [&str; 6] = [
    "check",
    "checking",
    "proof",
    "verification",
    "verify",
    "verifying",
];

/// Words that introduce a conclusion.
pub(super) const CONCLUDING: Words = Words::new("consequently hence so therefore thus");

/// How many words can stand before it: "Let us now verify".
const MOST_OPENING: usize = 4;

/// Signs that a check comes out right.
const TICKS: [char; 4] = ['✓', '✔', '✅', '☑'];

/// Longest check, in bytes.
const LONGEST_CHECK: usize = 400;

/// `text` without the sentences at its end that stand beside its answer. `sentences` are parts of
/// it, in order.
pub(super) fn cut<'a>(
    text: &'a str,
    sentences: impl DoubleEndedIterator<Item = &'a str>,
) -> &'a str {
    let Some(first) = text.find(char::is_numeric) else {
        return text;
    };
    let mut end = without_drawings(text).len();
    // Whether something stands before `end` that only a check can explain.
    let mut open = false;
    for sentence in sentences.rev() {
        let start = (sentence.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let before = text.get(..start).unwrap_or_default();
        let rest = text.get(start..end).unwrap_or_default();
        if start >= end {
            continue;
        }
        if start <= first || rest.len() > LONGEST_CHECK {
            break;
        }
        let blank = !sentence.contains(char::is_alphanumeric);
        let aside = blank || opens_aside(sentence) || is_remark(before, sentence);
        if aside && !open || is_check(sentence, rest) {
            (end, open) = (start, false);
        } else if opens_with(&CONCLUDING, sentence) {
            break;
        } else {
            open |= !blank;
        }
    }
    text.get(..end).unwrap_or(text)
}

/// `text` without the drawings at its end, in the language of the MATH data set.
fn without_drawings(mut text: &str) -> &str {
    while let Some(drawing) = text.trim_end().strip_suffix("[/asy]") {
        let Some((before, _)) = drawing.rsplit_once("[asy]") else {
            break;
        };
        text = before;
    }
    text
}

/// Whether a sentence is a courtesy, or a remark that comes to no conclusion.
fn opens_aside(sentence: &str) -> bool {
    let opened = sentence.trim_start_matches([' ', '\n', '*', '(']);
    let mut openings = OPENINGS.split('|');
    let opens = openings.any(|opening| starts_with(opened, opening));
    opens
        && !tokens(opened)
            .any(|token| matches!(token, Token::Word(word) if CONCLUDING.contain(word)))
}

/// Whether a sentence is a calculation in brackets behind what it explains: "(15 + 5 = 20)".
fn is_remark(before: &str, sentence: &str) -> bool {
    // The full stop within the brackets has ended the sentence.
    let sentence = sentence.trim();
    let inside = sentence.strip_prefix('(').unwrap_or_default();
    let inside = inside.strip_suffix(')').unwrap_or(inside);
    let bracketed = inside.matches('(').count() == inside.matches(')').count();
    bracketed && inside.contains('=') && !before.trim_end_matches([' ', '.', '*']).ends_with('\n')
}

/// Whether a sentence begins a check, which is all of `rest`: "Check: 15 + 5 = 20", "We verify that
/// 15 + 5 = 20 ✓".
fn is_check(sentence: &str, rest: &str) -> bool {
    let mut tokens = tokens(sentence);
    let mut words = tokens.by_ref().take(MOST_OPENING);
    let checks = words.any(|token| {
        let Token::Word(word) = token else {
            return false;
        };
        CHECKS.iter().any(|check| check.eq_ignore_ascii_case(word))
    });
    checks && (matches!(tokens.next(), None | Some(Token::Symbol(':'))) || rest.contains(TICKS))
}
