//! The form in which a value is asked for.

mod factored;
mod fraction;
mod radical;

use super::outcome::Outcome;
use super::verdict::{Decision, Reason};
use crate::canon::scalar::{Branch, scalar};
use crate::canon::term::Term;
use crate::expr::{Expr, Relation, Sign};
use crate::latex::read;
use crate::limits::{Fuel, Limits};
use alloc::vec::Vec;
use core::fmt;

/// The form in which an answer has to be written. It is asked of each value in an answer: of each
/// item of a list, and of what follows `x =`.
///
/// An answer that is equal to the reference but not in this form is different, for the reason
/// [`FormDiffers`](super::Reason::FormDiffers). The reference may be in any form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// `lowest-terms`: a number is an integer, a fraction or a mixed number, and no fraction can be
    /// reduced: `\frac34`, `1\frac12`, `\frac{x+1}{2}`, not `\frac68`, `0.75`, `\frac{2x+2}{4}`.
    LowestTerms,
    /// `decimal-N`: a decimal with exactly this many digits after the point: `0.50`. It is exact
    /// unless the policy takes rounded decimals for equal.
    Decimal(u8),
    /// `exact`: no decimals: `\frac13`, `\sqrt2`.
    Exact,
    /// `factored`: an integer as a product of primes, a polynomial as one of factors that cannot be
    /// factored further over the rationals: `2^2\cdot 3`, `(x-1)(x+1)`.
    Factored,
    /// `expanded`: no product or power of a sum, and like terms added: `x^2-1`.
    Expanded,
    /// `simplified-radical`: radicands are integers without a power of the index, or expressions
    /// without one, no root in a denominator, fractions in lowest terms: `2\sqrt2`, `\frac{\sqrt2}{2}`.
    SimplifiedRadical,
    /// `unit`: a unit, a percent, degree or currency sign, or the name of what is counted.
    Unit,
}

/// The name.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LowestTerms => "lowest-terms",
            Self::Decimal(places) => return write!(f, "decimal-{places}"),
            Self::Exact => "exact",
            Self::Factored => "factored",
            Self::Expanded => "expanded",
            Self::SimplifiedRadical => "simplified-radical",
            Self::Unit => "unit",
        })
    }
}

#[cfg(feature = "serde")]
crate::named::named!(Requirement, |name: &str| Requirement::named(name)
    .ok_or_else(|| alloc::format!("there is no requirement `{name}`")));

/// Whether an expression is in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Yes,
    No,
    /// It takes more work than there is.
    Unknown,
}

impl From<bool> for Met {
    fn from(met: bool) -> Self {
        if met { Self::Yes } else { Self::No }
    }
}

impl Met {
    fn and(self, next: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => next(),
            Self::Unknown => match next() {
                Self::No => Self::No,
                _ => Self::Unknown,
            },
        }
    }

    fn all<T>(items: impl IntoIterator<Item = T>, mut met: impl FnMut(T) -> Self) -> Self {
        items
            .into_iter()
            .fold(Self::Yes, |all, item| all.and(|| met(item)))
    }
}

impl Requirement {
    /// The requirement of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lowest-terms" => Self::LowestTerms,
            "exact" => Self::Exact,
            "factored" => Self::Factored,
            "expanded" => Self::Expanded,
            "simplified-radical" => Self::SimplifiedRadical,
            "unit" => Self::Unit,
            name => Self::Decimal(name.strip_prefix("decimal-")?.parse().ok()?),
        })
    }

    /// What `outcome`, which says equal, becomes for answers that are written like this.
    pub(super) fn judge(
        self,
        outcome: Outcome,
        answers: &[&str],
        limits: &Limits,
        fuel: &mut Fuel,
    ) -> Outcome {
        let met = Met::all(answers, |answer| match read(answer, limits) {
            Some(readings) => {
                // A decimal comma makes a decimal.
                let expr = readings.decimal.unwrap_or(readings.grouped);
                self.met(&expr, fuel)
            }
            None => Met::No,
        });
        match met {
            Met::Yes => outcome,
            Met::No => Outcome {
                decision: Decision::Different,
                reason: Reason::FormDiffers,
                ..outcome
            },
            Met::Unknown => Outcome::undecided(Reason::LimitReached),
        }
    }

    fn met(self, expr: &Expr, fuel: &mut Fuel) -> Met {
        Met::all(values(expr), |value| {
            let bare = bare(value);
            match self {
                Self::LowestTerms => fraction::lowest_terms(bare, fuel),
                Self::Decimal(places) => is_decimal(bare, places).into(),
                Self::Exact => (!any(value, &|e| matches!(e, Expr::Number(n) if n.decimal))).into(),
                Self::Factored => factored::factored(bare, fuel),
                Self::Expanded => factored::expanded(bare, fuel),
                Self::SimplifiedRadical => radical::simplified(bare, fuel),
                Self::Unit => has_unit(value).into(),
            }
        })
    }
}

/// The values that an answer consists of.
fn values(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Group(_, items, _)
        | Expr::List(items, _)
        | Expr::System(items)
        | Expr::SetOperation(_, items)
        | Expr::Ratio(items) => items.iter().flat_map(values).collect(),
        Expr::Matrix(rows) => rows.iter().flatten().flat_map(values).collect(),
        Expr::Relation(operands, relations) => match (operands.split_first(), relations.first()) {
            // The name of what has the value.
            (
                Some((Expr::Symbol(_) | Expr::Apply(..) | Expr::Word(_), rest)),
                Some(Relation::Equal),
            ) if !rest.is_empty() => rest.iter().flat_map(values).collect(),
            _ => operands.iter().flat_map(values).collect(),
        },
        other => [other].into(),
    }
}

/// A value without its unit.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Quantity(value, _) | Expr::Percent(value) | Expr::Degrees(value) => bare(value),
        other => other,
    }
}

/// A value without its sign.
fn unsigned(expr: &Expr) -> &Expr {
    match expr {
        Expr::Sum(terms) => match terms.as_slice() {
            [(Sign::Minus | Sign::PlusMinus, term)] => unsigned(bare(term)),
            _ => expr,
        },
        other => other,
    }
}

fn is_decimal(expr: &Expr, places: u8) -> bool {
    match unsigned(expr) {
        Expr::Number(number) if places == 0 => number.is_integer(),
        Expr::Number(number) => number.decimal && number.scale == -i64::from(places),
        _ => false,
    }
}

fn has_unit(expr: &Expr) -> bool {
    match expr {
        Expr::Quantity(..) | Expr::Percent(_) | Expr::Degrees(_) => true,
        // 480 + 480√3 feet
        Expr::Sum(terms) => terms.last().is_some_and(|(_, term)| has_unit(term)),
        Expr::Product(items) => items.iter().any(has_unit),
        _ => false,
    }
}

/// Whether `found` holds for a part of `expr`, or for all of it.
fn any(expr: &Expr, found: &impl Fn(&Expr) -> bool) -> bool {
    found(expr) || parts(expr).into_iter().any(|part| any(part, found))
}

/// What a scalar expression is made of.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Sum(terms) => terms.iter().map(|(_, term)| term).collect(),
        Expr::Product(items)
        | Expr::Call(_, items)
        | Expr::Apply(_, items)
        | Expr::Group(_, items, _) => items.iter().collect(),
        Expr::Quotient(pair) | Expr::Mixed(pair) | Expr::Power(pair) | Expr::Root(pair) => {
            [&pair.0, &pair.1].into()
        }
        Expr::Quantity(value, _) | Expr::Percent(value) | Expr::Degrees(value) => {
            [value.as_ref()].into()
        }
        _ => Vec::new(),
    }
}

fn term(expr: &Expr) -> Option<Term> {
    scalar(expr, Branch::Upper)
}
