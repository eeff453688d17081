use alloc::string::String;
use core::fmt;

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

/// Why a verdict is what it is. The list only grows, at its end: the binary form of an episode
/// counts its members.
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
    /// Equal in value, but not written in the form that the policy asks for.
    FormDiffers,
    /// The values differ by a power of ten only.
    MagnitudeDiffers,
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
    /// The steps that it took to read both sides and to decide, which [`Limits`](crate::Limits)
    /// bound.
    #[cfg_attr(feature = "serde", serde(default))]
    pub steps: u64,
}

impl Verdict {
    /// Whether the answer is proven or agreed to equal the reference.
    pub fn correct(&self) -> bool {
        self.decision == Decision::Equal
    }
}

impl Method {
    /// All of them, in the order of their definition.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Identical,
        Self::Form,
        Self::Exact,
        Self::Refuted,
        Self::Numeric,
        Self::Rounded,
        Self::Text,
    ];

    /// The code in JSON, which does not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Identical => "identical",
            Self::Form => "form",
            Self::Exact => "exact",
            Self::Refuted => "refuted",
            Self::Numeric => "numeric",
            Self::Rounded => "rounded",
            Self::Text => "text",
        }
    }
}

/// In words.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "nothing was compared",
            Self::Identical => "both sides are the same once normalised",
            Self::Form => "by what is written, without computing",
            Self::Exact => "by exact arithmetic or a proof",
            Self::Refuted => "an interval around the difference excludes zero",
            Self::Numeric => "they agree to many bits, without a proof",
            Self::Rounded => "the decimal is the exact value, rounded",
            Self::Text => "as words",
        })
    }
}

impl Reason {
    /// All of them, in the order of their definition.
    pub const ALL: [Self; 20] = [
        Self::Equal,
        Self::ValueDiffers,
        Self::SignDiffers,
        Self::UnitDiffers,
        Self::KindDiffers,
        Self::CountDiffers,
        Self::ItemDiffers,
        Self::OrderDiffers,
        Self::BracketDiffers,
        Self::NameDiffers,
        Self::BaseDiffers,
        Self::TextDiffers,
        Self::ChainDisagrees,
        Self::Undefined,
        Self::NotUnderstood,
        Self::LimitReached,
        Self::NoAnswer,
        Self::EmptyReference,
        Self::FormDiffers,
        Self::MagnitudeDiffers,
    ];

    /// The code in JSON, which does not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::ValueDiffers => "value-differs",
            Self::SignDiffers => "sign-differs",
            Self::MagnitudeDiffers => "magnitude-differs",
            Self::UnitDiffers => "unit-differs",
            Self::KindDiffers => "kind-differs",
            Self::CountDiffers => "count-differs",
            Self::ItemDiffers => "item-differs",
            Self::OrderDiffers => "order-differs",
            Self::BracketDiffers => "bracket-differs",
            Self::NameDiffers => "name-differs",
            Self::BaseDiffers => "base-differs",
            Self::TextDiffers => "text-differs",
            Self::FormDiffers => "form-differs",
            Self::ChainDisagrees => "chain-disagrees",
            Self::Undefined => "undefined",
            Self::NotUnderstood => "not-understood",
            Self::LimitReached => "limit-reached",
            Self::NoAnswer => "no-answer",
            Self::EmptyReference => "empty-reference",
        }
    }
}

/// In words.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "the answer equals the reference",
            Self::ValueDiffers => "the values differ",
            Self::SignDiffers => "the values differ in sign only",
            Self::MagnitudeDiffers => "the values differ by a power of ten only",
            Self::UnitDiffers => "the units, or what is counted, differ",
            Self::KindDiffers => "one is another kind of answer than the other",
            Self::CountDiffers => "the number of items differs",
            Self::ItemDiffers => "an item has no equal",
            Self::OrderDiffers => "the items are in another order",
            Self::BracketDiffers => "the brackets differ",
            Self::NameDiffers => "another variable or function is given a value",
            Self::BaseDiffers => "the bases differ",
            Self::TextDiffers => "the words differ",
            Self::FormDiffers => {
                "the value is right, but not written in the form that is asked for"
            }
            Self::ChainDisagrees => "the members of a chain of equations disagree",
            Self::Undefined => "a side has no value",
            Self::NotUnderstood => "a form is involved that can only be compared as written",
            Self::LimitReached => "a decision takes more work than the limits allow",
            Self::NoAnswer => "no answer was found",
            Self::EmptyReference => "the reference is empty",
        })
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "equal",
            Self::Different => "different",
            Self::Undecided => "undecided",
        })
    }
}
