//! Exact normal forms: a scalar as a rational function over the rationals in kernels (variables,
//! roots of integers and of sums, i, π, e, logarithms, exponentials), with the relations between
//! them.
//!
//! - Sine and cosine are written in e^(iu). With e^(iu) · e^(-iu) = 1 and sums of arguments as
//!   products of exponentials, multiple angles, power reduction, sums of angles and products to
//!   sums are identities of polynomials.
//! - Roots of rationals are products of primes to powers in [0, 1), roots of unity are reduced in
//!   their cyclotomic field. Both are a basis, so the form of an algebraic constant made of them
//!   is unique.
//! - A sum under a root, in a denominator or in a large power is one kernel until a comparison
//!   needs it multiplied out.
//! - Variables are real. Roots and logarithms of products are split only over factors that are
//!   known not to be negative. If i does not occur, the variables are also taken to be where even
//!   roots, logarithms and powers with a variable exponent are defined over the reals, on either
//!   side: √(1/x) = 1/√x, as both are defined for x > 0 only.

mod arithmetic;
mod combinatorial;
mod estimate;
mod exponential;
mod factor;
mod form;
mod function;
mod gcd;
mod independence;
mod integer;
mod kernel;
mod monomial;
mod polynomial;
mod radical;
mod raise;
mod settle;
mod unity;

#[cfg(test)]
mod tests;

pub(crate) use kernel::Kernels;

use alloc::vec::Vec;

use arithmetic::Normalizer;
use kernel::Kernel;
use monomial::Monomial;
use num_traits::One;
use polynomial::Polynomial;

use crate::canon::term::{Constant, Term};
use crate::limits::{Fuel, OutOfFuel};

/// How often a comparison starts over with what it learned about signs.
const ROUNDS: u32 = 3;

/// Why there is no normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    OutOfFuel,
    /// A zero denominator, 0^0 or the logarithm of 0.
    Undefined,
    /// An exponent beyond 64 bits, 0 to a variable power, or a function of no arguments.
    Unsupported,
}

impl From<OutOfFuel> for Failure {
    fn from(_: OutOfFuel) -> Self {
        Self::OutOfFuel
    }
}

/// What the normal form of a difference tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exact {
    /// The terms are equal wherever both are defined.
    Zero,
    /// The terms are equal wherever both are defined over the reals, which may be nowhere.
    ZeroOverReals,
    /// The terms are proven different.
    NonZero,
    /// Neither is proven.
    Unknown,
    /// A side has a zero denominator, 0^0 or the logarithm of 0, and is equal to nothing.
    Undefined,
}

/// Compares two terms by the normal form of their difference. The order of the sides has no
/// influence.
pub(crate) fn difference(a: &Term, b: &Term, fuel: &mut Fuel) -> Result<Exact, OutOfFuel> {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let mut kernels = Kernels::new();
    let real = !has_imaginary_unit(a) && !has_imaginary_unit(b);
    for _ in 0..ROUNDS {
        let mut normalizer = Normalizer::new(&mut kernels, fuel, real);
        match normalizer.difference(a, b) {
            Ok(Exact::Unknown) if normalizer.assumed => {}
            Ok(exact) => return Ok(exact),
            Err(Failure::OutOfFuel) => return Err(OutOfFuel),
            Err(Failure::Undefined) => return Ok(Exact::Undefined),
            Err(Failure::Unsupported) => return Ok(Exact::Unknown),
        }
    }
    Ok(Exact::Unknown)
}

impl Normalizer<'_> {
    fn difference(&mut self, a: &Term, b: &Term) -> Result<Exact, Failure> {
        let (a, b) = match (self.normalize(a), self.normalize(b)) {
            (Ok(a), Ok(b)) => (a, b),
            (Err(Failure::OutOfFuel), _) | (_, Err(Failure::OutOfFuel)) => {
                return Err(Failure::OutOfFuel);
            }
            (Err(Failure::Undefined), _) | (_, Err(Failure::Undefined)) => {
                return Err(Failure::Undefined);
            }
            (Err(failure), _) | (_, Err(failure)) => return Err(failure),
        };
        let difference = self.minus(a, b)?;
        let (difference, scale) = self.settle(difference)?;
        Ok(if difference.is_zero() && self.kernels.is_assuming() {
            Exact::ZeroOverReals
        } else if difference.is_zero() {
            Exact::Zero
        } else if self.kernels.is_nonzero(&difference) && self.kernels.is_nonzero_monomial(&scale) {
            Exact::NonZero
        } else {
            Exact::Unknown
        })
    }

    fn normalize(&mut self, term: &Term) -> Result<Polynomial, Failure> {
        self.fuel.spend(1)?;
        match term {
            Term::Rational(value) => Ok(Polynomial::constant((**value).clone())),
            Term::Constant(Constant::Pi) => Ok(unit_power(Kernels::PI)),
            Term::Constant(Constant::E) => Ok(unit_power(Kernels::E)),
            Term::Constant(Constant::I) => Ok(Polynomial::monomial(Self::i())),
            Term::Symbol(name) => Ok(self.kernel(Kernel::Symbol((**name).clone()))),
            Term::Sum(terms) => {
                let summands = self.normalize_all(terms)?;
                self.sum(summands)
            }
            Term::Product(terms) => {
                let factors = self.normalize_all(terms)?;
                self.product_of(factors)
            }
            Term::Power(pair) => {
                let (base, exponent) = &**pair;
                let base = self.normalize(base)?;
                let exponent = self.normalize(exponent)?;
                self.power(base, exponent)
            }
            Term::Call(function, arguments) => {
                let arguments = self.normalize_all(arguments)?;
                self.call(*function, arguments)
            }
        }
    }

    fn normalize_all(&mut self, terms: &[Term]) -> Result<Vec<Polynomial>, Failure> {
        let mut polynomials = Vec::with_capacity(terms.len());
        for term in terms {
            polynomials.push(self.normalize(term)?);
        }
        Ok(polynomials)
    }
}

fn unit_power(id: kernel::KernelId) -> Polynomial {
    Polynomial::monomial(Monomial::power_of(id, One::one()))
}

fn has_imaginary_unit(term: &Term) -> bool {
    match term {
        Term::Constant(constant) => *constant == Constant::I,
        Term::Rational(_) | Term::Symbol(_) => false,
        Term::Sum(terms) | Term::Product(terms) | Term::Call(_, terms) => {
            terms.iter().any(has_imaginary_unit)
        }
        Term::Power(pair) => has_imaginary_unit(&pair.0) || has_imaginary_unit(&pair.1),
    }
}
