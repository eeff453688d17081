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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Method {
    /// Nothing was compared.
    None,
    /// Both sides are the same after normalisation.
    Identical,
    /// By what is written and not by a value: kinds, numbers of items, brackets, names, units or
    /// bases differ.
    Form,
    /// By exact arithmetic, or by a proof.
    Exact,
    /// An interval evaluation of the difference excludes zero.
    Refuted,
    /// Agreement at sample points to a stated number of bits, without a proof.
    Numeric,
    /// A decimal is the other side's exact value, rounded to all the digits that are written.
    Rounded,
    /// Compared as words.
    Text,
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
    /// The values differ in sign only.
    SignDiffers,
    /// The units have different dimensions, or different things are counted.
    UnitDiffers,
    /// One is a number, a list, a set, an interval, an equation, words …, the other another of these.
    KindDiffers,
    /// The number of items differs.
    CountDiffers,
    /// An item of a list, tuple, set or matrix has no equal.
    ItemDiffers,
    /// The items are the same, in another order, where order matters.
    OrderDiffers,
    /// The same ends, open on one side and closed on the other, or brackets of another kind.
    BracketDiffers,
    /// A different variable or function is given a value.
    NameDiffers,
    /// The same digits in another base.
    BaseDiffers,
    /// The words differ.
    TextDiffers,
    /// The members of a chain of equations do not agree with one another.
    ChainDisagrees,
    /// A side has no value, such as a quotient by zero.
    Undefined,
    /// A form is involved that can only be compared as written.
    NotUnderstood,
    /// The work for a decision exceeds the limits.
    LimitReached,
    /// No answer was found in the response.
    NoAnswer,
    /// The reference is empty, which nothing equals.
    EmptyReference,
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
