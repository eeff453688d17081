//! Boxed answers: which boxes of a reply state its answer together, and whether they still stand.

use alloc::vec::Vec;
use core::ops::Range;

use super::claim;
use super::marker;
use super::math::{self, MathSpan};
use super::operand;
use super::plain;
use super::prose::Prose;
use super::retraction::{self, Withdrawal};
use super::scan::{BoxSpan, Scan};
use super::sentence::sentences;
use super::token::{Token, head, tail, tokens};
use crate::words::Words;

/// How many boxes are looked at, from the end that a policy names. More are no answer.
const MOST_BOXES: usize = 1024;

/// Longest text, in bytes, that can join two boxes.
const LONGEST_GAP: usize = 160;

/// Most words that can join two boxes.
const MOST_WORDS: usize = 6;

/// Longest box around which a span of mathematics is looked for, and longest text before it in which
/// that can start, in bytes.
const LONGEST_SPAN: usize = 16_384;

/// Words before a colon and a box that make it a step, or what the steps before it come to.
const LABELS: Words =
    Words::new("answer conclusion correct final finally overall result step sum total");

/// Words after which a box corrects the one before, or follows from it.
const SEPARATING_WORDS: Words = Words::new(
    "actually attempt because but check correction gives giving hence hmm if implies instead no not \
     rather since so sorry then therefore thus wait yields",
);

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

/// The last boxed answer of a reply: one box, or those that one sentence joins to a list. Where the reply
/// takes its last box back, what a marker behind that announces.
pub(super) fn last<'a>(whole: &'a str, scan: &Scan) -> Vec<&'a str> {
    let text = whole.get(..scan.reply.end).unwrap_or_default();
    let is_denied = |b: &Answer<'_>| claim::is_denied(whole, &scan.reply, b.start..b.end);
    let is_passed_over = |b: &Answer<'_>| {
        let before = whole.get(scan.reply.start..b.start);
        is_denied(b) || before.is_some_and(claim::is_of_the_past)
    };
    let spans = scan.boxes.iter().rev().take(MOST_BOXES);
    let mut boxes = spans.filter_map(|span| answer(whole, scan, span));
    let Some(mut next) = boxes.next() else {
        return Vec::new();
    };
    let mut around = span_around(whole, &scan.reply, &next);
    let end = around.as_ref().map_or(next.end, |span| span.outer.end);
    let rest = whole.get(end..scan.reply.end).unwrap_or_default();
    let passed_over = is_passed_over(&next);
    let (stands, later) = match passed_over {
        true => (true, replaced(rest)),
        false => still_stands(rest),
    };
    if later.is_some() || !stands {
        return later.unwrap_or_default();
    }
    if passed_over {
        match boxes.find(|b| !is_passed_over(b)) {
            Some(previous) => {
                next = previous;
                around = span_around(whole, &scan.reply, &next);
            }
            // "As found previously, it is": what was said before is all that is said.
            None if !is_denied(&next) => {}
            None => return Vec::new(),
        }
    }
    let last = next.start..next.end;
    let mut list = Vec::from([next.content]);
    for previous in boxes {
        let gap = whole.get(previous.end..next.start).unwrap_or_default();
        let before = whole.get(scan.reply.start..previous.start);
        let operand = before.is_some_and(operand::is_operated_before);
        if is_passed_over(&previous) || !is_joining(gap) || operand && gap.contains('=') {
            break;
        }
        list.push(previous.content);
        next = previous;
    }
    if let [alone] = list.as_mut_slice() {
        *alone = operated(text, last, around).unwrap_or(alone);
    }
    list.reverse();
    list
}

/// What the box at `place` is an operand of, with the box in it. `around` is the mathematics that holds it.
fn operated(text: &str, place: Range<usize>, around: Option<MathSpan>) -> Option<&str> {
    let Some(span) = around else {
        return operand::in_text(text, place);
    };
    let start = place.start.checked_sub(span.inner.start)?;
    operand::around(text.get(span.inner)?, start..start + place.len())
}

/// Whether a box still stands after `rest`, all that follows it, and otherwise the value that takes its
/// place.
fn still_stands(rest: &str) -> (bool, Option<Vec<&str>>) {
    let sentences = sentences(rest, &math::spans(rest));
    let texts = sentences
        .iter()
        .map(|s| rest.get(s.clone()).unwrap_or_default());
    match retraction::withdrawal(texts) {
        None => (true, None),
        Some((index, withdrawal)) => {
            let start = sentences.get(index).map_or(rest.len(), |s| s.start);
            let later = rest.get(start..).and_then(replaced);
            (withdrawal == Withdrawal::Doubted, later)
        }
    }
}

/// What a marker in `text`, which follows a box that was taken back, announces. An empty box there
/// shows that nothing outside of boxes was meant.
fn replaced(text: &str) -> Option<Vec<&str>> {
    let boxed = Scan::new(text).boxed;
    (!boxed).then(|| marker::last(&Prose::new(head(text, LONGEST_SPAN))))?
}

/// The span of mathematics that holds a box which is short enough to be read.
fn span_around(whole: &str, reply: &Range<usize>, b: &Answer<'_>) -> Option<MathSpan> {
    if b.end - b.start > LONGEST_SPAN {
        return None;
    }
    let before = tail(whole.get(reply.start..b.start)?, LONGEST_SPAN);
    let start = b.start - before.rsplit("\n\n").next()?.len();
    let after = head(whole.get(b.end..reply.end)?, LONGEST_SPAN);
    let spans = math::spans(whole.get(start..b.end + after.len())?);
    let span = spans
        .into_iter()
        .find(|span| span.outer.end > b.start - start)?;
    let shift = |range: Range<usize>| range.start + start..range.end + start;
    (span.outer.start + start <= b.start).then(|| MathSpan {
        outer: shift(span.outer),
        inner: shift(span.inner),
    })
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
    if gap.len() > LONGEST_GAP || operand::is_operated_before(gap) {
        return false;
    }
    let mut words = 0;
    let mut label = false;
    let mut only_conjunctions = true;
    let mut paragraphs = false;
    let mut tokens = tokens(gap);
    while let Some(token) = tokens.next() {
        match token {
            Token::Symbol('.') if retraction::or(tokens.rest()) => {}
            // "Final: \\boxed{15}"
            Token::Symbol(':') if label => return false,
            Token::Word(word) => {
                if SEPARATING_WORDS.contain(word) {
                    return false;
                }
                label = LABELS.contain(word);
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
