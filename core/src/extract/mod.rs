//! Model output → the span that holds its answer.
//!
//! ```
//! use resit::extract::{Extraction, Source};
//!
//! let response = r"<think>Is it \boxed{5}?</think> The roots are $\boxed{1}$ and $\boxed{7}$.";
//! let extracted = Extraction::Default.extract(response);
//! assert_eq!(extracted.answers, ["1", "7"]);
//! assert_eq!(extracted.source, Some(Source::Box));
//! assert!(extracted.formatted);
//! ```

mod boxed;
mod claim;
mod detector;
mod math;
mod plain;
mod scan;
mod token;

use alloc::vec::Vec;

pub use detector::Detector;

use scan::Scan;

/// Where to look for the answer in a model's output.
///
/// Whatever the policy, text up to the end of a reasoning block (`<think>…</think>`) does not count,
/// nor does text after the mark of another turn (`<|im_end|>`, `User:`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extraction {
    /// The first of these that is there: the last boxed answer, the value after the last marker
    /// (`####`, `A:`, `<answer>`, "the answer is"), the last span of mathematics, the last number.
    /// Where a box was written, even an empty one, nothing outside it counts.
    #[default]
    Default,
    /// The last closed box that is not blank, and nothing else.
    Boxed,
    /// The first boxed answer, and nothing else.
    FirstBox,
    /// The last line.
    FinalLine,
}

/// What an answer was recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// A box.
    Box,
    /// A marker such as "the answer is".
    Marker,
    /// A span of mathematics.
    Math,
    /// A number in the text.
    Number,
    /// Its place in the text.
    Place,
}

/// What was found in a model's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted<'a> {
    /// The answer, without spaces around it. Several boxes that one sentence joins are several
    /// members: they equal a list of as many values, or one value that all of them equal. Empty if
    /// there is no answer.
    pub answers: Vec<&'a str>,
    /// What the answer was recognised by.
    pub source: Option<Source>,
    /// Whether a closed box that is not blank was there, whatever was extracted.
    pub formatted: bool,
}

impl Extraction {
    /// Finds the answer in a model's output. Takes time linear in its length.
    pub fn extract<'a>(&self, response: &'a str) -> Extracted<'a> {
        let scan = Scan::new(response);
        let reply = response.get(scan.reply.clone()).unwrap_or_default();
        let (source, answers) = match self {
            Extraction::Default => default(response, &scan),
            Extraction::Boxed => (
                Source::Box,
                Vec::from_iter(boxed::last_braced(response, &scan)),
            ),
            Extraction::FirstBox => (Source::Box, Vec::from_iter(boxed::first(response, &scan))),
            Extraction::FinalLine => (Source::Place, Vec::from_iter(final_line(reply))),
        };
        let answers: Vec<_> = answers.into_iter().map(str::trim).collect();
        Extracted {
            source: (!answers.is_empty()).then_some(source),
            answers,
            formatted: scan.formatted(),
        }
    }
}

fn default<'a>(response: &'a str, scan: &Scan) -> (Source, Vec<&'a str>) {
    if scan.boxed {
        return (Source::Box, boxed::last(response, scan));
    }
    let reply = response.get(scan.reply.clone()).unwrap_or_default();
    if let Some(span) = math::spans(reply).last() {
        return (Source::Math, Vec::from_iter(reply.get(span.inner.clone())));
    }
    (Source::Number, Vec::from_iter(plain::last(reply)))
}

fn final_line(reply: &str) -> Option<&str> {
    reply.lines().map(str::trim).rfind(|line| !line.is_empty())
}

/// The answer in a text that is one already: bare, between dollar signs, boxed, or a whole worked
/// solution.
pub fn given(text: &str) -> Extracted<'_> {
    let extracted = Extraction::Default.extract(text);
    if extracted.source == Some(Source::Box) {
        return extracted;
    }
    let text = Some(text.trim()).filter(|text| !text.is_empty());
    Extracted {
        answers: Vec::from_iter(text),
        source: text.map(|_| Source::Place),
        formatted: true,
    }
}
