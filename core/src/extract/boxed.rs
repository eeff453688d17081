//! Boxed answers: which boxes of a reply state its answer together.

use alloc::vec::Vec;

use super::claim;
use super::plain;
use super::retraction;
use super::scan::{BoxSpan, Scan};
use super::token::{Token, tokens};

/// How many boxes are looked at, from the end that a policy names. More are no answer.
const MOST_BOXES: usize = 1024;

/// Longest text, in bytes, that can join two boxes.
const LONGEST_GAP: usize = 160;

/// Most words that can join two boxes.
const MOST_WORDS: usize = 6;

/// Words after which a box corrects the one before, or follows from it.
const SEPARATING_WORDS: &[&str] = &[
    "actually",
    "because",
    "but",
    "check",
    "correction",
    "gives",
    "giving",
    "hence",
    "hmm",
    "if",
    "implies",
    "instead",
    "no",
    "not",
    "rather",
    "since",
    "so",
    "sorry",
    "then",
    "therefore",
    "thus",
    "wait",
    "yields",
];

/// Control words that do the same.
const SEPARATING_COMMANDS: &[&str] = &[
    "Longrightarrow",
    "Rightarrow",
    "implies",
    "longrightarrow",
    "ne",
    "neq",
    "rightarrow",
    "therefore",
    "to",
];

struct Answer<'a> {
    start: usize,
    end: usize,
    content: &'a str,
}

/// The last boxed answer of a reply: one box, or those that one sentence joins to a list.
pub(super) fn last<'a>(whole: &'a str, scan: &Scan) -> Vec<&'a str> {
    let spans = scan.boxes.iter().rev().take(MOST_BOXES);
    let mut boxes = spans
        .filter_map(|span| answer(whole, scan, span))
        .skip_while(|b| claim::is_denied(whole, &scan.reply, b.start..b.end));
    let mut list = Vec::new();
    let Some(mut next) = boxes.next() else {
        return list;
    };
    list.push(next.content);
    for previous in boxes {
        let gap = whole.get(previous.end..next.start).unwrap_or_default();
        let denied = claim::is_denied(whole, &scan.reply, previous.start..previous.end);
        if denied || !is_joining(gap) {
            break;
        }
        list.push(previous.content);
        next = previous;
    }
    list.reverse();
    list
}

/// The first boxed answer of a reply.
pub(super) fn first<'a>(whole: &'a str, scan: &Scan) -> Option<&'a str> {
    let spans = scan.boxes.iter().take(MOST_BOXES);
    let mut boxes = spans.filter_map(|span| answer(whole, scan, span));
    boxes.next().map(|b| b.content)
}

/// The last answer in a box with braces.
pub(super) fn last_braced<'a>(whole: &'a str, scan: &Scan) -> Option<&'a str> {
    let last = scan.boxes.iter().rfind(|b| b.braced)?;
    whole.get(last.start..last.end)
}

/// The content of the box that `text` consists of.
pub(super) fn enclosed(text: &str) -> Option<&str> {
    let scan = Scan::new(text);
    match scan.boxes.as_slice() {
        [b] if b.braced && b.command == 0 && b.end + 1 == text.len() => text.get(b.start..b.end),
        _ => None,
    }
}

fn answer<'a>(whole: &'a str, scan: &Scan, span: &BoxSpan) -> Option<Answer<'a>> {
    let (content, end) = if span.braced {
        (whole.get(span.start..span.end)?, span.end + 1)
    } else {
        let content = plain::argument(whole.get(span.start..scan.reply.end)?)?;
        (content, span.start + content.len())
    };
    Some(Answer {
        start: span.command,
        end,
        content,
    })
}

/// Whether the text between two boxes makes them one list.
fn is_joining(gap: &str) -> bool {
    if gap.len() > LONGEST_GAP {
        return false;
    }
    let mut words = 0;
    let mut only_conjunctions = true;
    let mut paragraphs = false;
    let mut tokens = tokens(gap);
    while let Some(token) = tokens.next() {
        match token {
            Token::Symbol('.') if retraction::or(tokens.rest()) => {}
            Token::Word(word) => {
                if SEPARATING_WORDS
                    .iter()
                    .any(|w| w.eq_ignore_ascii_case(word))
                {
                    return false;
                }
                only_conjunctions &= matches!(word, "and" | "or");
                words += 1;
            }
            Token::Command(name) if SEPARATING_COMMANDS.contains(&name) => return false,
            Token::Paragraph => paragraphs = true,
            Token::Symbol('.' | '?' | '!' | '⇒' | '→' | '≠') => return false,
            Token::Command(_) | Token::Number | Token::Symbol(_) => {}
        }
    }
    words <= MOST_WORDS && (!paragraphs || words > 0 && only_conjunctions)
}
