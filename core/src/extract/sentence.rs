//! Sentences: stretches that no full stop, question mark or line end divides.

use alloc::vec::Vec;
use core::ops::Range;

use super::math::MathSpan;

/// The sentences of `text` in order, without the signs that end them. Mathematics is never divided.
pub(super) fn sentences(text: &str, spans: &[MathSpan]) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut spans = spans.iter();
    let mut span = spans.next();
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        if let Some(inside) = span.filter(|span| span.outer.start <= at) {
            at = at.max(inside.outer.end);
            span = spans.next();
            continue;
        }
        let len = end_len(bytes, at);
        if len > 0 {
            sentences.push(start..at);
            start = at + len;
        }
        at += len.max(1);
    }
    sentences.push(start..bytes.len());
    sentences
}

/// Length of the sign at `at` if it ends a sentence, else 0.
fn end_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(0xe3 | 0xef) => {
            let rest = bytes.get(at..).unwrap_or_default();
            let mut wide = ["。", "！", "？"].iter();
            let sign = wide.find(|sign| rest.starts_with(sign.as_bytes()));
            sign.map_or(0, |sign| sign.len())
        }
        Some(b'\n' | b'.' | b'?' | b'!') => usize::from(is_end(bytes, at)),
        _ => 0,
    }
}

fn is_end(bytes: &[u8], at: usize) -> bool {
    let next = bytes.get(at + 1);
    match bytes.get(at) {
        Some(b'\n') => true,
        // "i.e. two dozen"
        Some(b'.') if ends_in_abbreviation(bytes.get(..at).unwrap_or_default()) => false,
        // "Rs. 500"
        Some(b'.') if bytes.get(..at).is_some_and(|text| text.ends_with(b"Rs")) => {
            !matches!(bytes.get(at + 1..), Some([b' ', b'0'..=b'9', ..]))
        }
        Some(b'.' | b'?') => matches!(
            next,
            None | Some(b' ' | b'\n' | b'\r' | b'\t' | b'*' | b'"' | b')' | b'<' | b'\\')
        ),
        // Not a factorial, as in "5! = 120".
        Some(b'!') => match next {
            // Nor before an operator, but before an emoji.
            Some(b' ') => bytes
                .get(at + 2)
                .is_none_or(|byte| byte.is_ascii_uppercase() || *byte == 0xf0),
            next => matches!(next, None | Some(b'\n' | b'\r' | b'*' | b'"')),
        },
        _ => false,
    }
}

/// Whether a full stop behind `text` ends an abbreviation that a sentence goes on after.
fn ends_in_abbreviation(text: &[u8]) -> bool {
    ["i.e", "e.g"].iter().any(|letters| {
        let before = text.strip_suffix(letters.as_bytes());
        before.is_some_and(|before| !before.last().is_some_and(u8::is_ascii_alphanumeric))
    })
}
