//! Characters that look like others, or that do not show.

use super::Case;
use super::Truth::{Equal, NotEqual};

const CLASS: &str = "characters";

const PAIRS: &[(&str, &str, super::Truth)] = &[
    ("42", "4\u{0}2", NotEqual),
    ("42", "42\u{0}", Equal),
    ("42", "\u{0}", NotEqual),
    ("42", "42\u{fffd}", NotEqual),
    ("42", "\u{fffd}\u{fffd}", NotEqual),
    ("42", "\u{202e}42", Equal),
    ("42", "\u{202e}24", NotEqual),
    ("42", "\u{202e}24\u{202c}", NotEqual),
    ("42", "4\u{200b}2", Equal),
    ("42", "\u{200e}42\u{200f}", Equal),
    ("42", "\u{feff}42", Equal),
    ("x", "\u{445}", NotEqual),
    ("A", "\u{410}", NotEqual),
    ("(A)", "(\u{391})", NotEqual),
    ("e", "\u{435}", NotEqual),
    ("0", "\u{41e}", NotEqual),
    ("0", "O", NotEqual),
    ("1", "l", NotEqual),
    ("42", "\u{ff14}\u{ff12}", Equal),
    ("42", "\u{664}\u{662}", Equal),
    ("42", "\u{666}\u{662}", NotEqual),
    ("42", "4\u{301}2", NotEqual),
    ("42", "4\u{b2}", NotEqual),
    ("16", "4\u{b2}", Equal),
    ("\\frac{1}{2}", "\u{bd}", Equal),
    ("12", "\u{bd}", NotEqual),
    ("-1", "\u{2212}1", Equal),
    ("1", "\u{2212}1", NotEqual),
    ("2\\pi", "2\u{3c0}", Equal),
    ("2\\pi", "2\u{3a0}", NotEqual),
    ("42", "\u{1f600}42", NotEqual),
    ("42", "\u{e0034}\u{e0032}", NotEqual),
    ("42", "&#52;&#50;", NotEqual),
    ("42", "\\u0034\\u0032", NotEqual),
    ("42", "%34%32", NotEqual),
    ("42", "4\r2", NotEqual),
    ("42", "4\u{2028}2", NotEqual),
];

pub(super) fn cases() -> Vec<Case> {
    let pairs = PAIRS.iter();
    pairs
        .map(|(a, b, truth)| Case::new(CLASS, format!("{b:?} for {a}"), *a, *b, *truth))
        .collect()
}
