//! Whether two scalars are equal, by the cheapest means that settle it.

use super::term::{Rational, Term, order as order_rationals};
use crate::limits::{Fuel, OutOfFuel};
use core::cmp::Ordering;

/// What was found about two terms, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The same term.
    Identical,
    /// Equal by exact arithmetic or by a proof.
    Equal,
    /// Different by exact arithmetic.
    Different,
    /// Different: an interval evaluation of the difference excludes zero.
    Refuted,
    /// Agreement without a proof.
    Agrees,
    /// A side has no value.
    Undefined,
    /// Nothing was established within the limits.
    Undecided,
}

impl Finding {
    pub(crate) fn is_equal(self) -> bool {
        matches!(self, Self::Identical | Self::Equal | Self::Agrees)
    }
}

pub(crate) fn decide(a: &Term, b: &Term, _fuel: &mut Fuel) -> Finding {
    if a == b {
        return Finding::Identical;
    }
    if let (Term::Rational(a), Term::Rational(b)) = (a, b) {
        return if a == b {
            Finding::Equal
        } else {
            Finding::Different
        };
    }
    Finding::Undecided
}

/// How `a` and `b` lie on the real line, where that can be told.
pub(crate) fn order(a: &Term, b: &Term, _fuel: &mut Fuel) -> Option<Ordering> {
    if let (Term::Rational(a), Term::Rational(b)) = (a, b) {
        return Some(order_rationals(a, b));
    }
    None
}

/// The number k with a = k·b identically, if there is one.
pub(crate) fn proportion(
    a: &Term,
    b: &Term,
    _fuel: &mut Fuel,
) -> Result<Option<Rational>, OutOfFuel> {
    Ok((a == b).then(|| Rational::from(dashu_int::IBig::ONE)))
}
