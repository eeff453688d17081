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
    /// A unit, a degree or currency sign that one side lacks is ignored, units of one dimension
    /// are converted, and a percentage may be the number before the sign or the share.
    pub units: bool,
    /// A name such as `x =` or `f(x) =` may be missing on one side, and `y` may stand for `f(x)`.
    pub names: bool,
    /// Two expressions are compared where both are defined. Without it, equality of expressions
    /// whose roots and logarithms ask different things of the variables is undecided.
    pub domains: bool,
    /// A decimal with at least this many significant digits may be an exact form, which is no
    /// numeral, rounded to all its digits. `None`: a decimal is what it says.
    pub rounding: Option<u32>,
}

impl Default for Conventions {
    fn default() -> Self {
        Self {
            kinds: true,
            units: true,
            names: true,
            domains: true,
            rounding: Some(8),
        }
    }
}

/// The names of the policies.
pub const POLICIES: [&str; 4] = ["default", "boxed", "rounded", "strict"];

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
        let conventions = Conventions {
            rounding: Some(1),
            ..Conventions::default()
        };
        Self {
            conventions,
            ..Self::default()
        }
    }

    /// No convention: units, percent, names and decimals as written.
    pub fn strict() -> Self {
        let conventions = Conventions {
            kinds: false,
            units: false,
            names: false,
            domains: false,
            rounding: None,
        };
        Self {
            conventions,
            ..Self::default()
        }
    }
}
