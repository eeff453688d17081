use super::requirement::Requirement;
use crate::extract::Extraction;
use crate::limits::Limits;

/// Where an answer is looked for, what counts as equal, and what a verdict may cost.
///
/// With the feature `serde` a policy is read from its name or from its fields, of which those that
/// are missing are the default's: `"strict"`, `{"extraction": "boxed", "limits": {"fuel": 1000}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(default, deny_unknown_fields, remote = "Self")
)]
pub struct Policy {
    /// Where the answer of a response is looked for.
    pub extraction: Extraction,
    /// What is taken for equal beyond mathematics.
    pub conventions: Conventions,
    /// The form in which an answer has to be written, if any.
    pub requirement: Option<Requirement>,
    /// What one verdict may cost.
    pub limits: Limits,
}

#[cfg(feature = "serde")]
crate::named::named_or_fields!(Policy, "policy", Policy::named);

/// What is taken for equal though it is not written the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Conventions {
    /// What the other side asks for may be written in another kind: an interval as an inequality
    /// or as a pair in brackets, a ratio as its quotient, a set of one as its member, a vector as
    /// a tuple, a choice by its letter alone, a decimal with a comma.
    pub kinds: bool,
    /// What a unit, a degree, currency or percent sign says.
    pub units: Units,
    /// A name such as `x =` or `f(x) =` may be missing on one side, `y` may stand for `f(x)`, and
    /// `x_1`, `x_2` for the values of `x`.
    pub names: bool,
    /// Two expressions are compared where both are defined. Without it, equality of expressions
    /// whose roots and logarithms ask different things of the variables is undecided.
    pub domains: bool,
    /// Which numbers are close enough.
    pub rounding: Rounding,
    /// What the order and the number of the items between commas say.
    pub lists: Lists,
    /// What brackets around items say.
    pub brackets: Brackets,
    /// What of the spelling makes two answers the same, whatever they mean.
    pub spelling: Spelling,
    /// A numeral may be a hundred times the other, or a hundredth, with a percent sign or without:
    /// `0.5` is `50`.
    pub hundredfold: bool,
}

/// What a unit says, or a degree, currency or percent sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Units {
    /// It counts as written.
    Written,
    /// One that a side lacks is ignored, those of one dimension are converted, and a percentage may
    /// be the number before the sign or the share.
    Converted,
    /// Nothing: `5 cm` is `5 m`.
    Ignored,
}

/// Which numbers are equal beyond those that are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Rounding {
    /// None: a decimal is what it says.
    Never,
    /// A decimal with at least this many significant digits may be an exact form, which is no
    /// numeral, rounded to all its digits.
    Significant(u32),
    /// Where one of two numbers is written as a decimal and neither is an integer, both count rounded to
    /// this many places after the point: with 6 places `0.0000001` is `0.0000002`.
    Places(u32),
    /// Two numbers that differ by at most one part in 10 to this power of the larger, integers too:
    /// with 4 digits `10001` is `10000`.
    Relative(u32),
}

/// What the order and the number of items between commas say, if no brackets are around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Lists {
    /// Any order, each item as often as it is written.
    Multiset,
    /// Any order, each item once.
    Set,
    /// The order counts.
    InOrder,
}

/// What brackets around items say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Brackets {
    /// Each kind says something else.
    Counted,
    /// Round ones may be missing or be braces: `(1,2)` is `1,2` and `\{1,2\}` in that order.
    Optional,
    /// They may be missing, and square ones are round ones: `[1,2]` is `(1,2)`.
    Alike,
}

/// What of the spelling makes two answers the same, whatever they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Spelling {
    /// Only words are compared by their spelling.
    Words,
    /// The same letters, capital or small: `X` is `x`.
    Case,
    /// The same letters, capital or small, without round brackets and braces, and the same digits
    /// without commas: `2(3)` is `23`, and so is `2,3`.
    Bare,
}

impl Default for Conventions {
    fn default() -> Self {
        Self {
            kinds: true,
            units: Units::Converted,
            names: true,
            domains: true,
            rounding: Rounding::Significant(8),
            lists: Lists::Multiset,
            brackets: Brackets::Counted,
            spelling: Spelling::Words,
            hundredfold: false,
        }
    }
}

/// The names of the policies; the last two are those of other graders.
pub const POLICIES: [&str; 6] = [
    "default",
    "boxed",
    "rounded",
    "strict",
    "multi-attempt",
    "math-verify",
];

impl Policy {
    /// The policy of that name: one of [`POLICIES`], and after a `+` the name of a [`Requirement`].
    ///
    /// ```
    /// use resit::{Grader, Policy, grade::Reason};
    ///
    /// let grader = Grader::new(Policy::named("default+lowest-terms").unwrap());
    /// assert!(grader.grade("0.75", r"\frac34").correct());
    /// assert_eq!(grader.grade("0.75", r"\frac68").reason, Reason::FormDiffers);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        if let Some((policy, requirement)) = name.split_once('+') {
            return Some(Self {
                requirement: Some(Requirement::named(requirement)?),
                ..Self::named(policy)?
            });
        }
        match name {
            "default" => Some(Self::default()),
            "boxed" => Some(Self::boxed()),
            "rounded" => Some(Self::rounded()),
            "strict" => Some(Self::strict()),
            "multi-attempt" => Some(Self::multi_attempt()),
            "math-verify" => Some(Self::math_verify()),
            _ => None,
        }
    }

    /// Only the last closed, non-empty box of a response is its answer: what the environment uses.
    pub fn boxed() -> Self {
        Self {
            extraction: Extraction::Boxed,
            ..Self::default()
        }
    }

    /// The answer stands in `<answer>` tags, after the reasoning in `<think>` tags.
    pub fn tagged() -> Self {
        Self {
            extraction: Extraction::Tags,
            ..Self::default()
        }
    }

    /// Decimals count to the digits that are written, however few.
    pub fn rounded() -> Self {
        Self::default().with(Conventions {
            rounding: Rounding::Significant(1),
            ..Conventions::default()
        })
    }

    /// No convention: units, percent, names and decimals as written.
    pub fn strict() -> Self {
        Self::default().with(Conventions {
            kinds: false,
            units: Units::Written,
            names: false,
            domains: false,
            rounding: Rounding::Never,
            ..Conventions::default()
        })
    }

    /// For reproduction: the conventions of the reward in the code published with "Learning from
    /// Failures in Multi-Attempt Reinforcement Learning". It accepts what is wrong, such as
    /// `10001` for `10000`.
    pub fn multi_attempt() -> Self {
        Self::boxed().with(Conventions {
            units: Units::Written,
            rounding: Rounding::Relative(4),
            lists: Lists::InOrder,
            brackets: Brackets::Alike,
            spelling: Spelling::Bare,
            hundredfold: true,
            ..Conventions::default()
        })
    }

    /// For migration: the conventions of Math-Verify with its own defaults. It accepts what is wrong,
    /// such as `5 m` for `5 cm`.
    pub fn math_verify() -> Self {
        Self::default().with(Conventions {
            units: Units::Ignored,
            rounding: Rounding::Places(6),
            lists: Lists::Set,
            brackets: Brackets::Optional,
            spelling: Spelling::Case,
            ..Conventions::default()
        })
    }

    fn with(self, conventions: Conventions) -> Self {
        Self {
            conventions,
            ..self
        }
    }
}
