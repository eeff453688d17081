//! Closed forms of infinite sums.

use super::decide::constant;
use super::term::{Rational, Term, order};
use crate::limits::{Fuel, Limits};
use core::cmp::Ordering;
use dashu_int::IBig;
use num_traits::Signed;

/// What finding one closed form may cost.
const FUEL: u64 = 4_000;

/// The sum of `term` over `index` from `first` on, if it is a geometric series that converges.
pub(super) fn sum(term: &Term, index: &str, first: i64) -> Option<Term> {
    let ratio = constant_ratio(term, index)?;
    let one = Rational::from(IBig::ONE);
    if order(&ratio.abs(), &one) != Ordering::Less {
        return None;
    }
    let start = term.substitute(index, &Term::integer(first));
    Some(start.over(Term::Rational(one - ratio)))
}

/// The quotient of neighbouring terms, where it is one and the same number.
fn constant_ratio(term: &Term, index: &str) -> Option<Rational> {
    let next = Term::sum([Term::Symbol(index.into()), Term::integer(1)]);
    let quotient = term.substitute(index, &next).over(term.clone());
    let mut fuel = Fuel::new(&Limits {
        fuel: FUEL,
        ..Limits::default()
    });
    constant(&quotient, &mut fuel)
}
