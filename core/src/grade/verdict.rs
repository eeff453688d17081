use alloc::string::String;

/// The three-way answer to "is this the reference?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Decision {
    /// The answer equals the reference.
    Equal,
    /// The answer differs from the reference.
    Different,
    /// Within the limits neither was established. Counts as not correct.
    Undecided,
}

/// How a decision was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Method {
    /// Both sides are the same after normalisation.
    Identical,
    /// By exact arithmetic on normal forms.
    Exact,
    /// An interval evaluation of the difference excludes zero.
    Refuted,
    /// Agreement at sample points to a stated number of bits, without a proof.
    Numeric,
    /// Compared as words.
    Text,
    /// Nothing was compared.
    None,
}

/// Why a verdict is what it is. The list only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Reason {
    /// The answer equals the reference.
    Equal,
    /// The values differ.
    ValueDiffers,
    /// No answer was found in the response.
    NoAnswer,
}

/// What the grader found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Verdict {
    /// Equal, different or undecided.
    #[cfg_attr(feature = "serde", serde(rename = "verdict"))]
    pub decision: Decision,
    /// How it was decided.
    pub method: Method,
    /// Why.
    pub reason: Reason,
    /// Whether the response held a closed, non-empty box. True for an answer that came extracted.
    pub formatted: bool,
    /// The answer that was compared.
    pub extracted: Option<String>,
}

impl Verdict {
    /// Whether the answer is proven or agreed to equal the reference.
    pub fn correct(&self) -> bool {
        self.decision == Decision::Equal
    }
}
