//! Terms that are plainly rational, and rational multiples of π, where sine and cosine are
//! algebraic numbers.

use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_traits::{One, Zero};

use super::{Evaluation, Value, cost, literal_gap};
use crate::canon::ball::{Ball, Complex, Fault};
use crate::canon::term::{Constant, Rational, Term, floor};

/// The rational number that `term` is made of, in sums, products and reciprocals.
pub(crate) fn literal(term: &Term) -> Option<Rational> {
    match term {
        Term::Rational(value) => Some(Rational::clone(value)),
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
        Term::Rational(value) => small(Rational::clone(value)),
        Term::Power(pair) => match &**pair {
            (Term::Rational(base), Term::Rational(exponent)) => {
                let inverse = **exponent == -Rational::one() && !base.is_zero();
                small(inverse.then(|| base.recip())?)
            }
            _ => None,
        },
        Term::Sum(_) => coefficient(term, &[]),
        _ => None,
    }
}

/// `q - 1/2`: sin(qπ) is the cosine of that multiple of π.
pub(crate) fn as_cosine(q: &Rational) -> Rational {
    q - Rational::new(IBig::ONE, IBig::from(2))
}

/// The `r` in `[0, 1/2]` with cos(qπ) = ±cos(rπ), and whether the sign is negative.
fn acute(q: &Rational) -> (Rational, bool) {
    let (one, two) = (Rational::one(), IBig::from(2));
    let turns = floor(&(q / &two));
    let mut rest = q - Rational::from(turns * &two);
    if rest.numer() > rest.denom() {
        rest = &one + &one - rest;
    }
    if rest.numer() * &two > *rest.denom() {
        (one - rest, true)
    } else {
        (rest, false)
    }
}

impl Evaluation<'_> {
    /// cos(qπ), without error where it is rational.
    pub(super) fn cosine_of_turn(&mut self, q: &Rational) -> Result<Value, Fault> {
        let p = self.precision;
        self.charge(3 * cost::elementary(p))?;
        let (angle, negative) = acute(q);
        // By Niven's theorem there are no others.
        let cosine = match (u8::try_from(angle.numer()), u8::try_from(angle.denom())) {
            (Ok(0), _) => Ball::ONE,
            (Ok(1), Ok(2)) => Ball::ZERO,
            (Ok(1), Ok(3)) => Ball::ONE.scaled(-1),
            _ => {
                // The sine of the complement is sharp where the cosine is small.
                let complement = Ball::rational(&-as_cosine(&angle), p);
                let complement = complement.mul(&self.constants.pi(p + 2), p + 2);
                complement.sin_cos(p, self.constants)?.0
            }
        };
        let cosine = if negative { cosine.neg() } else { cosine };
        let z = Complex::real(cosine);
        Ok(Value::sized(z, 2 * literal_gap(q), false))
    }
}
