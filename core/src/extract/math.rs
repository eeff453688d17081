//! The spans of a text that are set as mathematics: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`.

use alloc::vec::Vec;
use core::ops::Range;

use super::plain;

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
}

impl Delimiter {
    fn len(self) -> usize {
        match self {
            Delimiter::Dollar => 1,
            _ => 2,
        }
    }
}

/// The spans of mathematics in `text`, in order. A dollar sign before an amount of money opens none.
pub(super) fn spans(text: &str) -> Vec<MathSpan> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut open: Option<(Delimiter, usize)> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        let (delimiter, opens, closes) = match (byte, next) {
            (b'$', Some(b'$')) => (Delimiter::DoubleDollar, true, true),
            (b'$', _) => (Delimiter::Dollar, true, true),
            (b'\\', Some(b'(')) => (Delimiter::Parenthesis, true, false),
            (b'\\', Some(b')')) => (Delimiter::Parenthesis, false, true),
            (b'\\', Some(b'[')) => (Delimiter::Bracket, true, false),
            (b'\\', Some(b']')) => (Delimiter::Bracket, false, true),
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
        let end = at + delimiter.len();
        match open {
            Some((opened, start)) if opened == delimiter && closes => {
                let span = MathSpan {
                    outer: start..end,
                    inner: start + delimiter.len()..at,
                };
                if delimiter == Delimiter::Dollar && is_money(text, &span) {
                    open = Some((delimiter, at));
                } else {
                    spans.push(span);
                    open = None;
                }
            }
            // A dollar sign inside other mathematics, or a lone one inside a display.
            Some((Delimiter::Parenthesis | Delimiter::Bracket | Delimiter::DoubleDollar, _))
                if delimiter == Delimiter::Dollar => {}
            _ if opens => open = Some((delimiter, at)),
            _ => {}
        }
        at = end;
    }
    spans
}

/// The content of the span that `text` consists of.
pub(super) fn enclosed(text: &str) -> Option<&str> {
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
