//! What stands behind the answer of a reply and is no part of it: a check, a remark, a courtesy.

use super::retraction::opens_with;
use super::token::{Token, tokens};

/// What a courtesy opens with.
const COURTESIES: &str = "do you want|feel free|hope this|hope that|i hope|if you have|if you need|if you want|\
    if you would like|if you'd like|let me know|please let me know|thank you|would you like";

/// Words of which one stands at the start of a check.
const CHECKS: [&str; 6] = [
    "check",
    "checking",
    "proof",
    "verification",
    "verify",
    "verifying",
];

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
    let mut end = text.len();
    // Whether something stands before `end` that only a check can explain.
    let mut open = false;
    for sentence in sentences.rev() {
        let start = (sentence.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let (Some(before), Some(rest)) = (text.get(..start), text.get(start..end)) else {
            break;
        };
        if start <= first || rest.len() > LONGEST_CHECK {
            break;
        }
        let blank = sentence.trim().is_empty();
        let aside = blank || is_courtesy(sentence) || is_remark(before, sentence);
        if aside && !open || is_check(sentence, rest) {
            (end, open) = (start, false);
        } else if opens_with("consequently hence so therefore thus", sentence) {
            break;
        } else {
            open |= !blank;
        }
    }
    text.get(..end).unwrap_or(text)
}

fn is_courtesy(sentence: &str) -> bool {
    let sentence = sentence.trim_start();
    COURTESIES.split('|').any(|phrase| {
        let opening = sentence.get(..phrase.len());
        opening.is_some_and(|opening| opening.eq_ignore_ascii_case(phrase))
    })
}

/// Whether a sentence is a calculation in brackets behind what it explains: "(15 + 5 = 20)".
fn is_remark(before: &str, sentence: &str) -> bool {
    let sentence = sentence.trim();
    let bracketed = sentence.starts_with('(') && sentence.ends_with(')');
    bracketed && sentence.contains('=') && !before.trim_end_matches([' ', '.', '*']).ends_with('\n')
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
