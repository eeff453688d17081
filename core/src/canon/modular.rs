//! Comparison modulo large primes: for terms without roots and functions, whatever their size.
//!
//! Both sides are rational functions with integer powers, possibly symbolic ones. They are
//! evaluated modulo a prime with every symbol an integer at random. Values that differ prove the
//! terms different; terms that differ agree at one point with a probability of at most their
//! degree over the prime (Schwartz, "Fast probabilistic algorithms for verification of polynomial
//! identities", 1980), which is about the degree over 2^61.

#[cfg(test)]
mod tests;

use core::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_traits::{Signed, ToPrimitive, Zero};

use super::fingerprint::{fingerprint, fnv};
use super::residue;
use super::term::{Constant, Rational, Term};
use crate::limits::{Fuel, OutOfFuel};
use crate::rng::Rng;

/// The largest safe primes p = 2q + 1 (q prime) below 2^61: an exponent counts modulo 2q, which
/// has no small factor but 2 in which exponents could collide.
const PRIMES: [u64; 3] = [
    2_305_843_009_213_691_579,
    2_305_843_009_213_690_799,
    2_305_843_009_213_686_707,
];

/// Exponents are evaluated exactly up to this size; beyond it only modulo p - 1.
const EXACT_BITS: usize = 1024;

/// What the residues of two terms tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Residues {
    /// The values differ at an integer point: the terms are proven different.
    Differ,
    /// Equal modulo all the primes, with symbolic exponents read as integers: terms of degree d
    /// that differ pass with a probability below (d / 2^60)^3.
    Agree,
    /// One side has a zero denominator at every point that was tried.
    Undefined,
    /// A root, a function or an exponent that is no integer.
    Unsupported,
}

/// Compares `a` with `b` modulo three primes of 61 bits, at points that depend on nothing but
/// the two terms, in either order.
pub(crate) fn compare(a: &Term, b: &Term, fuel: &mut Fuel) -> Result<Residues, OutOfFuel> {
    let seed = fingerprint(a).wrapping_add(fingerprint(b));
    let (mut agreed, mut undefined) = (0, 0);
    for prime in PRIMES {
        let mut point = Point { seed, prime, fuel };
        match (point.value(a), point.value(b)) {
            (Err(Stop::OutOfFuel), _) | (_, Err(Stop::OutOfFuel)) => return Err(OutOfFuel),
            (Err(Stop::Unsupported), _) | (_, Err(Stop::Unsupported)) => {
                return Ok(Residues::Unsupported);
            }
            (Ok(x), Ok(y)) if x != y => {
                return Ok(if mixes_transcendentals(a, b) {
                    Residues::Unsupported
                } else {
                    Residues::Differ
                });
            }
            (Ok(_), Ok(_)) => agreed += 1,
            (Err(Stop::DivisionByZero), _) | (_, Err(Stop::DivisionByZero)) => undefined += 1,
        }
    }
    Ok(if agreed == PRIMES.len() {
        Residues::Agree
    } else if undefined == PRIMES.len() {
        Residues::Undefined
    } else {
        Residues::Unsupported
    })
}

/// Whether both π and e occur: each alone is transcendental and may stand for any number, but
/// whether they are independent of one another is an open problem.
fn mixes_transcendentals(a: &Term, b: &Term) -> bool {
    fn contains(term: &Term, constant: Constant) -> bool {
        match term {
            Term::Constant(other) => *other == constant,
            Term::Rational(_) | Term::Symbol(_) => false,
            Term::Sum(terms) | Term::Product(terms) | Term::Call(_, terms) => {
                terms.iter().any(|term| contains(term, constant))
            }
            Term::Power(pair) => contains(&pair.0, constant) || contains(&pair.1, constant),
        }
    }
    [Constant::Pi, Constant::E]
        .iter()
        .all(|&constant| contains(a, constant) || contains(b, constant))
}

enum Stop {
    OutOfFuel,
    DivisionByZero,
    Unsupported,
}

impl From<OutOfFuel> for Stop {
    fn from(_: OutOfFuel) -> Self {
        Self::OutOfFuel
    }
}

/// An integer exponent: its sign, and its residue modulo p - 1.
struct Exponent {
    sign: Ordering,
    residue: u64,
}

struct Point<'a> {
    seed: u64,
    prime: u64,
    fuel: &'a mut Fuel,
}

impl Point<'_> {
    /// The integer in `1..prime` that `name` stands for.
    fn symbol(&self, name: &str) -> u64 {
        let hash = fnv(self.seed ^ self.prime, name.as_bytes());
        1 + Rng::new(hash).below(self.prime - 1)
    }

    fn reduce(&self, n: &IBig, modulus: u64) -> u64 {
        let modulus = IBig::from(modulus);
        let rest = n % &modulus;
        let rest = if rest.is_negative() {
            rest + modulus
        } else {
            rest
        };
        rest.to_u64().unwrap_or(0)
    }

    fn value(&mut self, term: &Term) -> Result<u64, Stop> {
        let p = self.prime;
        self.fuel.spend(1)?;
        match term {
            Term::Rational(value) => {
                let bits = value.numer().bit_len() + value.denom().bit_len();
                self.fuel.spend(bits as u64 / 256)?;
                let (n, d) = (self.reduce(value.numer(), p), self.reduce(value.denom(), p));
                Ok(residue::mul(n, self.inverse(d)?, p))
            }
            Term::Symbol(name) => Ok(self.symbol(name)),
            Term::Constant(Constant::Pi) => Ok(self.symbol("\u{0}pi")),
            Term::Constant(Constant::E) => Ok(self.symbol("\u{0}e")),
            Term::Constant(Constant::I) => Err(Stop::Unsupported),
            Term::Sum(terms) => terms
                .iter()
                .try_fold(0, |sum, term| Ok(residue::add(sum, self.value(term)?, p))),
            Term::Product(terms) => terms.iter().try_fold(1, |product, term| {
                Ok(residue::mul(product, self.value(term)?, p))
            }),
            Term::Power(pair) => {
                let (base, exponent) = &**pair;
                let base = self.value(base)?;
                let exponent = self.exponent(exponent)?;
                self.fuel.spend(4)?;
                match (base, exponent.sign) {
                    (0, Ordering::Greater) => Ok(0),
                    (0, _) => Err(Stop::DivisionByZero),
                    _ => Ok(residue::pow(base, exponent.residue, p)),
                }
            }
            Term::Call(..) => Err(Stop::Unsupported),
        }
    }

    fn inverse(&mut self, a: u64) -> Result<u64, Stop> {
        match a {
            0 => Err(Stop::DivisionByZero),
            1 => Ok(1),
            _ => {
                self.fuel.spend(4)?;
                Ok(residue::pow(a, self.prime - 2, self.prime))
            }
        }
    }

    fn exponent(&mut self, term: &Term) -> Result<Exponent, Stop> {
        let order = self.prime - 1;
        match self.exact(term)? {
            Some(value) if value.is_integer() => Ok(Exponent {
                sign: value.numer().cmp(&IBig::ZERO),
                residue: self.reduce(value.numer(), order),
            }),
            Some(_) => Err(Stop::Unsupported),
            None => Ok(Exponent {
                sign: Ordering::Greater,
                residue: self.positive_integer(term)?,
            }),
        }
    }

    /// The exact value of `term` at this point, `None` if it has more than [`EXACT_BITS`].
    fn exact(&mut self, term: &Term) -> Result<Option<Rational>, Stop> {
        self.fuel.spend(1)?;
        let value = match term {
            Term::Rational(value) => Rational::clone(value),
            Term::Symbol(name) => Rational::from_integer(IBig::from(self.symbol(name))),
            Term::Sum(terms) | Term::Product(terms) => {
                let sum = matches!(term, Term::Sum(_));
                let mut total = Rational::from_integer(IBig::from(u8::from(!sum)));
                for term in terms {
                    let Some(value) = self.exact(term)? else {
                        return Ok(None);
                    };
                    total = if sum { total + value } else { total * value };
                    if bits(&total) > EXACT_BITS {
                        return Ok(None);
                    }
                }
                total
            }
            Term::Power(pair) => {
                let (Some(base), Some(exponent)) = (self.exact(&pair.0)?, self.exact(&pair.1)?)
                else {
                    return Ok(None);
                };
                if !exponent.is_integer() {
                    return Err(Stop::Unsupported);
                }
                if base.is_zero() && !exponent.is_positive() {
                    return Err(Stop::DivisionByZero);
                }
                match exponent.numer().to_i32() {
                    Some(n)
                        if bits(&base).saturating_mul(n.unsigned_abs() as usize) <= EXACT_BITS =>
                    {
                        base.pow(n)
                    }
                    _ => return Ok(None),
                }
            }
            Term::Constant(_) | Term::Call(..) => return Err(Stop::Unsupported),
        };
        Ok((bits(&value) <= EXACT_BITS).then_some(value))
    }

    /// The residue modulo p - 1 of a term made of positive integers only, such as a power tower.
    fn positive_integer(&mut self, term: &Term) -> Result<u64, Stop> {
        let order = self.prime - 1;
        self.fuel.spend(1)?;
        match term {
            Term::Rational(value) if value.is_integer() && value.is_positive() => {
                Ok(self.reduce(value.numer(), order))
            }
            Term::Symbol(name) => Ok(self.symbol(name)),
            Term::Sum(terms) => terms.iter().try_fold(0, |sum, term| {
                Ok(residue::add(sum, self.positive_integer(term)?, order))
            }),
            Term::Product(terms) => terms.iter().try_fold(1, |product, term| {
                Ok(residue::mul(product, self.positive_integer(term)?, order))
            }),
            Term::Power(pair) => {
                let base = self.positive_integer(&pair.0)?;
                match self.exact(&pair.1)? {
                    Some(n) if n.is_integer() && n.is_positive() => {
                        self.fuel.spend(n.numer().bit_len() as u64 / 16)?;
                        Ok(power(base, n.numer(), order))
                    }
                    _ => Err(Stop::Unsupported),
                }
            }
            _ => Err(Stop::Unsupported),
        }
    }
}

/// `base` to the positive `exponent` modulo `m`, of which the factors are not known.
fn power(base: u64, exponent: &IBig, m: u64) -> u64 {
    (0..exponent.bit_len()).rev().fold(1, |power, bit| {
        let square = residue::mul(power, power, m);
        if exponent.bit(bit) {
            residue::mul(square, base, m)
        } else {
            square
        }
    })
}

fn bits(value: &Rational) -> usize {
    value.numer().bit_len() + value.denom().bit_len()
}
