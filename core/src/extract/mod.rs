//! Model output → the span that holds its answer.
//!
//! [`EXTRACTIONS`] lists the policies. What a policy looks at is the reply: the text after the
//! reasoning and before the next turn. What was tried to win a reward without an answer, and what
//! shut it, is in `docs/gaming.md` of the repository.
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

mod aside;
mod boxed;
mod choice;
mod claim;
mod clause;
mod detector;
mod items;
mod mark;
mod marker;
mod math;
mod operand;
mod operation;
#[cfg(feature = "regex")]
mod pattern;
mod plain;
mod prose;
mod quantity;
mod restriction;
mod retraction;
mod scan;
mod sentence;
mod tags;
mod token;

pub(crate) use choice::is_truth;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use detector::Detector;
#[cfg(feature = "regex")]
pub use pattern::{InvalidPattern, Pattern};

use prose::Prose;
use scan::Scan;
use token::tail;

/// Where to look for the answer in a model's output.
///
/// Whatever the policy, text up to the end of a reasoning block (`<think>…</think>`) does not count,
/// nor does text after the mark of another turn (`<|im_end|>`, `User:`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extraction {
    /// The first of these that is there: the last boxed answer, the value after the last marker
    /// (`####`, `A:`, `<answer>`, "the answer is"; or "option C is correct" at the end), the last span of
    /// mathematics, the last line if it is nothing but mathematics, the last number.
    ///
    /// Without a marker, a check, a remark or a courtesy at the end does not count, and in a sentence the
    /// result of a calculation, or a number in bold type, comes before other numbers.
    ///
    /// Of a reply without a box, the last 64 KiB are searched. Where a box was written, even an empty one,
    /// nothing outside it counts but the unit behind a number, what makes an operand of it, and what a marker announces after the reply
    /// took the box back. A value that its sentence denies, supposes or asks for does not count.
    #[default]
    Default,
    /// The last closed box that is not blank, and nothing else.
    Boxed,
    /// The first boxed answer, and nothing else.
    FirstBox,
    /// The last line that is not blank.
    FinalLine,
    /// What stands between `<answer>` and `</answer>`, and nothing else. Only a response that is
    /// laid out as `<think>…</think> <answer>…</answer>` counts as formatted.
    Tags,
    /// The last match of a regular expression.
    #[cfg(feature = "regex")]
    Pattern(Pattern),
}

/// What an answer was recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
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
    /// Its place: all of the text, or its last line.
    Place,
    /// The regular expression of a user.
    #[cfg(feature = "regex")]
    Pattern,
}

/// What was found in a model's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted<'a> {
    /// The answer, without spaces around it. Several boxes that one sentence joins, and
    /// several items below a marker, are a list of several members. Empty if there is no answer.
    pub answers: Vec<&'a str>,
    /// The unit that stands behind the only answer, a number in a box, outside of it.
    pub unit: Option<&'a str>,
    /// What the answer was recognised by.
    pub source: Option<Source>,
    /// Whether a closed box that is not blank was there, whatever was extracted; under
    /// [`Extraction::Tags`], whether the layout is the one that is asked for.
    pub formatted: bool,
}

/// The policies that go by a name, and what each takes for the answer.
pub const EXTRACTIONS: [(&str, &str); 5] = [
    (
        "default",
        "the last box, else the value after the last marker, the last mathematics, the last number",
    ),
    ("boxed", "the last closed box that is not blank"),
    ("first-box", "the first box"),
    ("final-line", "the last line that is not blank"),
    ("tags", "what stands between `<answer>` and `</answer>`"),
];

impl Extraction {
    /// The policy of that name, one of [`EXTRACTIONS`].
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Self::Default),
            "boxed" => Some(Self::Boxed),
            "first-box" => Some(Self::FirstBox),
            "final-line" => Some(Self::FinalLine),
            "tags" => Some(Self::Tags),
            _ => None,
        }
    }

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
            Extraction::Tags => {
                let content = tags::last(response, &scan);
                return Extracted {
                    formatted: tags::are_laid_out(response, &scan),
                    ..content.map_or(Extracted::new(Source::Marker, Vec::new()), given)
                };
            }
            #[cfg(feature = "regex")]
            Extraction::Pattern(pattern) => (Source::Pattern, Vec::from_iter(pattern.last(reply))),
        };
        let extracted = Extracted::new(source, answers);
        let unit = match (self, extracted.source, extracted.answers.as_slice()) {
            (Extraction::Default, Some(Source::Box), [answer]) => {
                let text = response.get(..scan.reply.end);
                text.and_then(|text| operand::unit_behind(text, answer))
            }
            _ => None,
        };
        Extracted {
            unit,
            formatted: scan.formatted(),
            ..extracted
        }
    }
}

/// The name, or `regex:` and the expression.
impl fmt::Display for Extraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::Boxed => "boxed",
            Self::FirstBox => "first-box",
            Self::FinalLine => "final-line",
            Self::Tags => "tags",
            #[cfg(feature = "regex")]
            Self::Pattern(pattern) => return write!(f, "regex:{}", pattern.as_str()),
        })
    }
}

#[cfg(feature = "serde")]
crate::named::named!(Extraction, |name: &str| {
    #[cfg(feature = "regex")]
    if let Some(pattern) = name.strip_prefix("regex:") {
        let pattern = Pattern::new(pattern).map_err(|error| alloc::format!("{error}"))?;
        return Ok(Extraction::Pattern(pattern));
    }
    Extraction::named(name).ok_or_else(|| alloc::format!("there is no extraction `{name}`"))
});

fn default<'a>(response: &'a str, scan: &Scan) -> (Source, Vec<&'a str>) {
    if scan.boxed {
        return (Source::Box, boxed::last(response, scan));
    }
    // Announced before it, the answer is not that of another task.
    if let Some(heading) = scan.heading {
        let first = response.get(scan.reply.start..heading).unwrap_or_default();
        if let Some(values) = marker::last(&Prose::new(end(first))) {
            return (Source::Marker, values);
        }
    }
    // Solved once, the question of another task is made up.
    if let Some(question) = scan.question {
        let first = response.get(scan.reply.start..question).unwrap_or_default();
        let first = Prose::new(end(first));
        if let Some(values) = marker::last(&first) {
            return (Source::Marker, values);
        }
        let (source, value) = unmarked(&first.without_asides());
        if let Some(value) = value.filter(|value| value.contains(char::is_numeric)) {
            return (source, Vec::from([value]));
        }
    }
    let prose = Prose::new(end(response.get(scan.reply.clone()).unwrap_or_default()));
    if let Some(values) = marker::last(&prose) {
        return (Source::Marker, values);
    }
    let (source, value) = unmarked(&prose.without_asides());
    (source, Vec::from_iter(value))
}

/// The value of a reply that no marker announces.
fn unmarked<'a>(prose: &Prose<'a>) -> (Source, Option<&'a str>) {
    if let Some(value) = prose.truth() {
        (Source::Place, Some(value))
    } else if let Some(value) = prose.absence() {
        (Source::Place, Some(value))
    } else if let Some(value) = prose.last_span() {
        (Source::Math, Some(value))
    } else if let Some(value) = prose.bare() {
        (Source::Place, Some(value))
    } else if let Some(value) = prose.last_number() {
        (Source::Number, Some(value))
    } else {
        (Source::Place, prose.words())
    }
}

/// How much of a reply without a box is searched for its answer, from its end, in bytes.
const LONGEST_PROSE: usize = 65_536;

/// The lines at the end of `reply` that are searched.
fn end(reply: &str) -> &str {
    let end = tail(reply, LONGEST_PROSE);
    let cut = end.len() < reply.len();
    let lines = cut.then(|| end.split_once('\n')).flatten();
    lines.map_or(end, |(_, lines)| lines)
}

fn final_line(reply: &str) -> Option<&str> {
    reply.lines().map(str::trim).rfind(|line| !line.is_empty())
}

/// The answer in a text that is one already, as a reference is: bare, between dollar signs, boxed,
/// or a whole worked solution.
pub fn given(text: &str) -> Extracted<'_> {
    let scan = Scan::new(text);
    let reply = text.get(scan.reply.clone()).unwrap_or_default();
    let (source, answers) = if scan.boxed {
        (Source::Box, boxed::last(text, &scan))
    } else if is_wordless(reply) {
        (Source::Place, Vec::from([reply]))
    } else {
        let prose = Prose::new(end(reply));
        match marker::last(&prose) {
            Some(values) => (Source::Marker, values),
            None if prose.is_solution() => default(text, &scan),
            None => (Source::Place, Vec::from([reply])),
        }
    };
    Extracted {
        formatted: true,
        ..Extracted::new(source, answers)
    }
}

/// Whether nothing in `text` can be a word or a marker: no letters side by side but those of control words,
/// and no sign that announces a value.
fn is_wordless(text: &str) -> bool {
    let mut in_command = false;
    let mut after_letter = false;
    text.bytes().all(|byte| {
        let letter = byte.is_ascii_alphabetic();
        in_command = byte == b'\\' || in_command && letter;
        let word = letter && after_letter && !in_command;
        after_letter = letter;
        byte.is_ascii() && !word && !matches!(byte, b'#' | b':' | b'<')
    })
}

impl<'a> Extracted<'a> {
    /// The only answer with the unit behind its box.
    pub(crate) fn measured(&self) -> Option<String> {
        match (self.unit, self.answers.as_slice()) {
            (Some(unit), [number]) => Some(format!("{number} {unit}")),
            _ => None,
        }
    }

    fn new(source: Source, answers: Vec<&'a str>) -> Self {
        let answers = answers.into_iter().filter_map(unwrapped);
        let answers = match source {
            Source::Box => answers.map(unlabelled).collect(),
            _ => Vec::from_iter(answers),
        };
        Self {
            source: (!answers.is_empty()).then_some(source),
            answers,
            unit: None,
            formatted: false,
        }
    }
}

/// What a box holds without the words that announce it: `\text{The answer is } 12`, `Answer: 12`.
fn unlabelled(answer: &str) -> &str {
    let long = answer.len() > LONGEST_PROSE;
    if long || is_wordless(answer) && !answer.starts_with("\\text") {
        return answer;
    }
    let announced = answer.starts_with("\\text") || plain::count_words(answer) > 0;
    let value = announced.then(|| marker::last(&Prose::new(end(answer))));
    match value.flatten().as_deref() {
        Some([value]) => value,
        _ => plain::said(answer).unwrap_or(answer),
    }
}

/// How many wrappers an answer can have.
const MOST_WRAPPERS: usize = 4;

/// An answer without the dollar signs, boxes and marks of emphasis that enclose all of it.
fn unwrapped(answer: &str) -> Option<&str> {
    let mut answer = answer.trim();
    for _ in 0..MOST_WRAPPERS {
        let inner = if let Some(rest) = answer.strip_prefix("**") {
            rest.strip_suffix("**")
        } else if let Some(inner) = unquoted(answer) {
            Some(inner)
        } else if answer.starts_with("\\boxed") || answer.starts_with("\\fbox") {
            boxed::enclosed(answer)
        } else if let Some(rest) = answer.strip_prefix("boxed{") {
            rest.strip_suffix('}')
        } else if answer.starts_with(['$', '\\']) {
            math::enclosed(answer)
        } else {
            None
        };
        match inner {
            Some(inner) => answer = inner.trim(),
            None => break,
        }
    }
    (!answer.is_empty()).then_some(answer)
}

/// What stands between two quotation marks, if all of `answer` does.
fn unquoted(answer: &str) -> Option<&str> {
    let pairs = [('"', '"'), ('“', '”'), ('`', '`')];
    pairs.iter().find_map(|(open, close)| {
        let inner = answer.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inner.contains([*open, *close])).then_some(inner)
    })
}
