//! The spans of a text that are set as mathematics: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, and displays
//! that are environments.

use alloc::vec::Vec;
use core::ops::Range;

use super::plain;
use crate::words::Words;

/// Longest name of an environment, in bytes.
const LONGEST_NAME: usize = 16;

/// A span of mathematics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MathSpan {
    /// With its delimiters.
    pub(super) outer: Range<usize>,
    /// Without them.
    pub(super) inner: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delimiter {
    Dollar,
    DoubleDollar,
    Parenthesis,
    Bracket,
    Environment,
}

/// Environments that are displays, or stand in one, and hold one line of mathematics or a row for
/// each step.
const ENVIRONMENTS: Words = Words::new(
    "align aligned displaymath eqnarray equation flalign gather gathered math multline split",
);

/// The length of `\begin{…}` or `\end{…}` at the start of `text`, which is `command`, if the
/// environment is in the list.
fn environment(text: &str, command: &str) -> Option<usize> {
    let braced = text.strip_prefix(command)?.strip_prefix('{')?;
    let mut bytes = braced.bytes().take(LONGEST_NAME);
    let name = braced.get(..bytes.position(|byte| byte == b'}')?)?;
    let known = ENVIRONMENTS.contain(name.trim_end_matches('*'));
    known.then_some(command.len() + name.len() + "{}".len())
}

/// What a span states in the end: all of it, or the last row of a display that has rows.
pub(super) fn conclusion<'a>(text: &'a str, span: &MathSpan) -> &'a str {
    let outer = text.get(span.outer.clone()).unwrap_or_default();
    let display = text.get(span.inner.clone()).unwrap_or_default().trim();
    let rows = [outer, display].into_iter();
    without_number(
        if rows
            .map(|text| environment(text, "\\begin"))
            .any(|len| len.is_some())
        {
            last_row(display)
        } else {
            display
        },
    )
}

/// A row without the number or the name of its equation at its end: `x = 8 \tag{3}`.
fn without_number(row: &str) -> &str {
    if !row.ends_with('}') {
        return row;
    }
    let number = ["\\tag{", "\\tag*{", "\\label{"]
        .iter()
        .filter_map(|command| {
            let (before, argument) = row.rsplit_once(command)?;
            argument.trim_end().ends_with('}').then_some(before.len())
        });
    let end = number.min().unwrap_or(row.len());
    row.get(..end).unwrap_or(row).trim_end()
}

fn last_row(mut display: &str) -> &str {
    while let Some(len) = environment(display, "\\begin") {
        display = display.get(len..).unwrap_or_default();
        if let Some(end) = display.rfind("\\end{") {
            display = display.get(..end).unwrap_or_default().trim();
        }
    }
    let bytes = display.as_bytes();
    let mut rows = display.len()..display.len();
    let (mut row, mut depth, mut at) = (0, 0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'\\' if rest.starts_with(b"\\begin") => depth += 1,
            b'\\' if rest.starts_with(b"\\end") => depth = depth.saturating_sub(1),
            b'\\' if rest.starts_with(b"\\\\") && depth == 0 => row = at + 2,
            _ => {}
        }
        at += if *byte == b'\\' { 2 } else { 1 };
        if at > row && bytes.get(at - 1).is_some_and(|b| !b.is_ascii_whitespace()) {
            rows.start = row;
        }
    }
    let row = display.get(rows).unwrap_or(display).trim_start();
    // A row that goes on with the left side of the one before.
    match row.strip_prefix('&') {
        Some(rest) => rest.trim_start().trim_start_matches(['=', ' ']),
        None => row,
    }
}

/// Whether a span marks the end of a proof, and states nothing.
fn is_end_mark(span: &str) -> bool {
    matches!(
        span.trim(),
        "\\blacksquare" | "\\square" | "\\Box" | "\\qed" | "\\checkmark" | "\\blacktriangle"
    )
}

/// The spans of mathematics in `text`, in order. A dollar sign before an amount of money opens none.
pub(super) fn spans(text: &str) -> Vec<MathSpan> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut open: Option<(Delimiter, Range<usize>)> = None;
    let mut at = 0;
    let matters = |byte: &u8| matches!(byte, b'$' | b'\\' | b'\n');
    while let Some(passed) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(matters))
    {
        at += passed;
        let (byte, next) = (bytes[at], bytes.get(at + 1));
        let of_environment = |command| environment(text.get(at..)?, command);
        let (delimiter, opens, closes, len) = match (byte, next) {
            (b'$', Some(b'$')) => (Delimiter::DoubleDollar, true, true, 2),
            (b'$', _) => (Delimiter::Dollar, true, true, 1),
            (b'\\', Some(b'(')) => (Delimiter::Parenthesis, true, false, 2),
            (b'\\', Some(b')')) => (Delimiter::Parenthesis, false, true, 2),
            (b'\\', Some(b'[')) => (Delimiter::Bracket, true, false, 2),
            (b'\\', Some(b']')) => (Delimiter::Bracket, false, true, 2),
            (b'\\', Some(b'b' | b'e')) => {
                if let Some(len) = of_environment("\\begin") {
                    (Delimiter::Environment, true, false, len)
                } else if let Some(len) = of_environment("\\end") {
                    (Delimiter::Environment, false, true, len)
                } else {
                    at += 2;
                    continue;
                }
            }
            (b'\\', _) => {
                at += 2;
                continue;
            }
            (b'\n', Some(b'\n')) => {
                if matches!(open, Some((Delimiter::Dollar | Delimiter::Parenthesis, _))) {
                    open = None;
                }
                at += 1;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        let end = at + len;
        match &open {
            Some((opened, start)) if *opened == delimiter && closes => {
                let span = MathSpan {
                    outer: start.start..end,
                    inner: start.end..at,
                };
                if delimiter == Delimiter::Dollar && is_money(text, &span) {
                    open = Some((delimiter, at..end));
                } else {
                    if !is_end_mark(text.get(span.inner.clone()).unwrap_or_default()) {
                        spans.push(span);
                    }
                    open = None;
                }
            }
            // A lone dollar sign inside other mathematics.
            Some((opened, _)) if *opened != Delimiter::Dollar && delimiter == Delimiter::Dollar => {
            }
            // One environment inside another, or inside a display.
            Some(_) if delimiter == Delimiter::Environment => {}
            _ if opens => open = Some((delimiter, at..end)),
            _ => {}
        }
        at = end;
    }
    spans
}

/// The content of the span that `text` consists of.
pub(super) fn enclosed(text: &str) -> Option<&str> {
    let opens = ["$", "\\(", "\\["]
        .iter()
        .any(|open| text.starts_with(open));
    if !opens && environment(text, "\\begin").is_none() {
        return None;
    }
    match spans(text).as_slice() {
        [span] if span.outer == (0..text.len()) => text.get(span.inner.clone()),
        _ => None,
    }
}

/// Whether what stands between two dollar signs is no mathematics but the text after an amount.
fn is_money(text: &str, span: &MathSpan) -> bool {
    let inner = text.get(span.inner.clone()).unwrap_or_default();
    let amount = inner.starts_with(|c: char| c.is_ascii_digit());
    let next = text.get(span.outer.end..).unwrap_or_default();
    if amount && next.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    (amount || inner.ends_with(char::is_whitespace)) && plain::count_words(inner) > 1
}
