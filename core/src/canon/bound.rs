//! How near to zero an algebraic number can be without being zero.
//!
//! The separation bound of C. Burnikel, S. Funke, K. Mehlhorn, S. Schirra and S. Schmitt, "A
//! separation bound for real algebraic expressions", Algorithmica 55 (2009), for expressions of
//! integers, field operations and radicals, here with roots of unity as well.
//!
//! An expression E is seen as U / L with algebraic integers U and L, of which we keep bounds u
//! and l on the absolute values of all conjugates:
//!
//! | E | u | l |
//! |---|---|---|
//! | n / d | n | d |
//! | A + B | u_A l_B + l_A u_B | l_A l_B |
//! | A B | u_A u_B | l_A l_B |
//! | 1 / A | l_A | u_A |
//! | k-th root of n / d | n^(1/k) | d^(1/k) |
//! | k-th root of A, u_A >= l_A | (u_A l_A^(k-1))^(1/k) | l_A |
//! | k-th root of A, u_A < l_A | u_A | (u_A^(k-1) l_A)^(1/k) |
//! | root of unity | 1 | 1 |
//! | cos(qπ) | 2 | 2 |
//!
//! The rule for roots holds since A^(1/k) = (U L^(k-1))^(1/k) / L = U / (U^(k-1) L)^(1/k). A k-th
//! root of an algebraic integer is an algebraic integer, and the k-th powers of its conjugates
//! are conjugates of its radicand; which of the roots is meant plays no part, so radicands may be
//! complex. 2 cos(qπ) is the sum of two roots of unity.
//!
//! All of these U and L lie in one field: a cyclotomic field, or its real part if there are only
//! cosines, to which the radicals are adjoined one by one, those of positive rational numbers as
//! radicals of primes. Its degree is at most the product D of the degrees of these steps. If E is
//! not zero, the norm of U is a non-zero integer and a product of at most D conjugates. Hence
//! |U| >= u^(1-D), and |E| >= 1 / (u^(D-1) l).

mod field;
#[cfg(test)]
mod tests;

use dashu_int::IBig;
use num_traits::Signed;

use super::ball::{Ball, Magnitude};
use super::eval::angle::{as_cosine, literal, multiple_of_i_pi, multiple_of_pi};
use super::term::{Constant, Function, Rational, Term};
use crate::limits::{Fuel, OutOfFuel};
use field::Field;

/// Bounds of more bits are of no use.
const MAX_BITS: i64 = 4096;
const MAX_DEGREE: u64 = 4096;
const MAX_ROOT: u32 = 64;

/// Bits `b` such that the sum of `terms`, with any signs, is 0 if it is less than `2^-b` in
/// absolute value, for constants made of radicals, roots of unity, sines and cosines of rational
/// multiples of π.
///
/// # Errors
/// [`OutOfFuel`].
pub(crate) fn separation(terms: &[&Term], fuel: &mut Fuel) -> Result<Option<i64>, OutOfFuel> {
    let mut field = Field::new(fuel);
    let Some(bounds) = field.sum(terms.iter().copied())? else {
        return Ok(None);
    };
    let Some(degree) = field.degree()? else {
        return Ok(None);
    };
    let u = bounds.u.max(Magnitude::power_of_two(0));
    let product = u.pow(degree - 1).mul(bounds.l);
    Ok(product
        .log2_ceil()
        .map(|bits| bits.max(0))
        .filter(|bits| *bits <= MAX_BITS))
}

/// Bounds on the conjugates of a numerator and a denominator.
#[derive(Clone, Copy)]
struct Bounds {
    u: Magnitude,
    l: Magnitude,
}

impl Bounds {
    fn mul(self, other: Self) -> Self {
        Self {
            u: self.u.mul(other.u),
            l: self.l.mul(other.l),
        }
    }

    fn pow(self, n: u64) -> Self {
        Self {
            u: self.u.pow(n),
            l: self.l.pow(n),
        }
    }
}

impl<'t> Field<'t, '_> {
    /// `None` for what is not algebraic, or not plainly so.
    fn bounds(&mut self, term: &'t Term) -> Result<Option<Bounds>, OutOfFuel> {
        self.fuel.spend(4)?;
        Ok(match term {
            Term::Rational(value) => Some(Bounds {
                u: magnitude(value.numer()),
                l: magnitude(value.denom()),
            }),
            Term::Constant(Constant::I) => self.root_of_unity(4),
            Term::Constant(_) | Term::Symbol(_) => None,
            Term::Sum(terms) => return self.sum(terms),
            Term::Product(factors) => {
                let one = Magnitude::power_of_two(0);
                let mut product = Bounds { u: one, l: one };
                for factor in factors {
                    let Some(factor) = self.bounds(factor)? else {
                        return Ok(None);
                    };
                    product = product.mul(factor);
                }
                Some(product)
            }
            Term::Power(pair) => return self.power(&pair.0, &pair.1),
            Term::Call(function, arguments) => self.cosine(*function, arguments),
        })
    }

    fn sum(
        &mut self,
        terms: impl IntoIterator<Item = &'t Term>,
    ) -> Result<Option<Bounds>, OutOfFuel> {
        let mut sum = Bounds {
            u: Magnitude::ZERO,
            l: Magnitude::power_of_two(0),
        };
        for term in terms {
            let Some(addend) = self.bounds(term)? else {
                return Ok(None);
            };
            sum = Bounds {
                u: sum.u.mul(addend.l).add(sum.l.mul(addend.u)),
                l: sum.l.mul(addend.l),
            };
        }
        Ok(Some(sum))
    }

    fn root_of_unity(&mut self, order: u64) -> Option<Bounds> {
        self.adjoin_order(order)?;
        self.complex = true;
        let one = Magnitude::power_of_two(0);
        Some(Bounds { u: one, l: one })
    }

    fn cosine(&mut self, function: Function, arguments: &[Term]) -> Option<Bounds> {
        let q = match (function, arguments) {
            (Function::Cos, [x]) => multiple_of_pi(x)?,
            (Function::Sin, [x]) => as_cosine(&multiple_of_pi(x)?),
            _ => return None,
        };
        self.adjoin_order(order_of_turn(&q)?)?;
        let two = Magnitude::power_of_two(1);
        Some(Bounds { u: two, l: two })
    }

    fn power(&mut self, base: &'t Term, exponent: &'t Term) -> Result<Option<Bounds>, OutOfFuel> {
        if let Term::Constant(Constant::E) = base {
            let order = multiple_of_i_pi(exponent).and_then(|q| order_of_turn(&q));
            return Ok(order.and_then(|order| self.root_of_unity(order)));
        }
        let Some(exponent) = literal(exponent) else {
            return Ok(None);
        };
        let (Ok(n), Ok(degree)) = (
            i64::try_from(exponent.numer()),
            u32::try_from(exponent.denom()),
        ) else {
            return Ok(None);
        };
        let root = match base {
            _ if degree == 1 => self.bounds(base)?,
            _ if degree > MAX_ROOT => None,
            Term::Rational(value) => self.root_of_rational(value, degree)?,
            _ => self.root(base, degree)?,
        };
        Ok(root.map(|root| {
            let power = root.pow(n.unsigned_abs());
            if n < 0 {
                Bounds {
                    u: power.l,
                    l: power.u,
                }
            } else {
                power
            }
        }))
    }

    fn root(&mut self, radicand: &'t Term, degree: u32) -> Result<Option<Bounds>, OutOfFuel> {
        let Some(Bounds { u, l }) = self.bounds(radicand)? else {
            return Ok(None);
        };
        if self.adjoin_radical(radicand, degree)?.is_none() {
            return Ok(None);
        }
        let others = u64::from(degree) - 1;
        Ok(Some(if u >= l {
            Bounds {
                u: root_above(u.mul(l.pow(others)), degree),
                l,
            }
        } else {
            Bounds {
                u,
                l: root_above(u.pow(others).mul(l), degree),
            }
        }))
    }

    fn root_of_rational(
        &mut self,
        value: &Rational,
        degree: u32,
    ) -> Result<Option<Bounds>, OutOfFuel> {
        if value.is_negative()
            && degree % 2 == 0
            && self.root_of_unity(2 * u64::from(degree)).is_none()
        {
            return Ok(None);
        }
        for part in [value.numer().abs(), value.denom().clone()] {
            self.adjoin_roots(part, degree)?;
        }
        Ok(Some(Bounds {
            u: root_above(magnitude(value.numer()), degree),
            l: root_above(magnitude(value.denom()), degree),
        }))
    }
}

/// The order of e^(iqπ) divides this one.
fn order_of_turn(q: &Rational) -> Option<u64> {
    u64::try_from(q.denom()).ok()?.checked_mul(2)
}

fn magnitude(n: &IBig) -> Magnitude {
    Ball::exact(n.clone(), 0).upper()
}

/// An upper bound on the `degree`-th root.
fn root_above(x: Magnitude, degree: u32) -> Magnitude {
    const PRECISION: i64 = 40;
    Ball::from_magnitude(x)
        .root(degree, PRECISION)
        .map_or(Magnitude::UNBOUNDED, |root| root.upper())
}
