//! Sentences: stretches that no full stop, question mark or line end divides.

use alloc::vec::Vec;
use core::ops::Range;

use super::math::MathSpan;

/// The sentences of `text` in order, each with its closing punctuation. Mathematics is never
/// divided.
pub(super) fn sentences(text: &str, spans: &[MathSpan]) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut spans = spans.iter();
    let mut span = spans.next();
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if let Some(inside) = span.filter(|span| span.outer.start <= at) {
            at = at.max(inside.outer.end);
            span = spans.next();
            continue;
        }
        at += 1;
        let ends = match byte {
            b'\n' => true,
            b'.' | b'?' | b'!' => matches!(
                bytes.get(at),
                None | Some(b' ' | b'\n' | b'\r' | b'\t' | b'*' | b'"' | b')' | b'<' | b'\\')
            ),
            _ => false,
        };
        if ends {
            sentences.push(start..at);
            start = at;
        }
    }
    if start < bytes.len() {
        sentences.push(start..bytes.len());
    }
    sentences
}
