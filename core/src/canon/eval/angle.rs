//! Terms that are plainly rational, and rational multiples of π, where sine and cosine are
//! algebraic numbers.

use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_traits::{One, Zero};

use crate::canon::term::{Constant, Rational, Term, floor};

/// The rational number that `term` is made of, in sums, products and reciprocals.
pub(crate) fn literal(term: &Term) -> Option<Rational> {
    match term {
        Term::Rational(value) => Some(value.clone()),
        _ => coefficient(term, &[]),
    }
}

/// `term / π`, where that is plainly a rational number.
pub(crate) fn multiple_of_pi(term: &Term) -> Option<Rational> {
    coefficient(term, &[Constant::Pi])
}

/// `term / iπ`, where that is plainly a rational number.
pub(crate) fn multiple_of_i_pi(term: &Term) -> Option<Rational> {
    coefficient(term, &[Constant::I, Constant::Pi])
}

/// The rational number that multiplies each of `units` once in `term`.
fn coefficient(term: &Term, units: &[Constant]) -> Option<Rational> {
    if let Term::Sum(terms) = term {
        let zero = Rational::zero();
        return terms
            .iter()
            .try_fold(zero, |sum, term| small(sum + coefficient(term, units)?));
    }
    let mut missing = units.to_vec();
    let product = multiply(Rational::one(), term, &mut missing)?;
    missing.is_empty().then_some(product)
}

/// `product` times what is rational in `term`; the units are taken from those `missing`.
fn multiply(product: Rational, term: &Term, missing: &mut Vec<Constant>) -> Option<Rational> {
    match term {
        Term::Constant(unit) => {
            let found = missing.iter().position(|m| m == unit)?;
            missing.swap_remove(found);
            Some(product)
        }
        Term::Product(factors) => factors.iter().try_fold(product, |product, factor| {
            multiply(product, factor, missing)
        }),
        _ => small(product * rational(term)?),
    }
}

/// `q`, unless it is too long to be an exponent or an angle that anybody wrote.
fn small(q: Rational) -> Option<Rational> {
    const MAX_BITS: usize = 256;
    (q.numer().bit_len() + q.denom().bit_len() <= MAX_BITS).then_some(q)
}

fn rational(term: &Term) -> Option<Rational> {
    match term {
        Term::Rational(value) => small(value.clone()),
        Term::Power(pair) => match &**pair {
            (Term::Rational(base), Term::Rational(exponent)) => {
                let inverse = *exponent == -Rational::one() && !base.is_zero();
                small(inverse.then(|| base.recip())?)
            }
            _ => None,
        },
        Term::Sum(_) => coefficient(term, &[]),
        _ => None,
    }
}

/// The `r` in `[0, 1]` with cos(qπ) = cos(rπ).
pub(crate) fn first_half_turn(q: &Rational) -> Rational {
    let two = IBig::from(2);
    let turns = floor(&(q / &two));
    let rest = q - Rational::from(turns * &two);
    if rest.numer() > rest.denom() {
        Rational::from(two) - rest
    } else {
        rest
    }
}

/// `q - 1/2`: sin(qπ) is the cosine of that multiple of π.
pub(crate) fn as_cosine(q: &Rational) -> Rational {
    q - Rational::new(IBig::ONE, IBig::from(2))
}
