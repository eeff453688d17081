//! Terms evaluated in ball arithmetic at a point.
//!
//! An evaluation yields an enclosure of the term's value, or says why there is none. With it
//! comes an estimate of how finely the value must be known before agreement with another value
//! means anything: see [`Value`].

pub(crate) mod angle;
mod cost;
mod functions;
mod power;
#[cfg(test)]
pub(crate) mod tests;

use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_traits::Zero;

use super::ball::{Ball, Complex, Constants, Fault};
use super::bound;
use super::term::{Constant, Rational, Term};
use crate::limits::Fuel;

/// Roots of up to this degree are taken on integers, higher ones by logarithm.
const DIRECT_ROOTS: u32 = 6;

/// Where functions of variables are defined. Constants always take principal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Domain {
    /// Where a real argument leads to a real value: √x for `x >= 0`, ln x for `x > 0`.
    Real,
    /// Wherever they have a principal value.
    Complex,
}

/// A real value for each variable, in the order of their names.
#[derive(Clone, Debug)]
pub(crate) struct Point<'a>(pub(crate) Vec<(&'a str, Ball)>);

/// A value, and how much there is to see in it.
///
/// Agreement of two values to some number of bits proves nothing by itself: (x+1)^3000 agrees
/// with itself plus one to 3000 bits. So an evaluation tracks the largest and the smallest thing
/// that went into its value. Two terms that are really different are expected to differ by more
/// than the product of their smallest details, relative to their sizes.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) z: Complex,
    /// The value is about `2^size` at most, before cancellation: the size of the largest addend.
    pub(crate) size: i64,
    /// The finest detail of the value is about `2^(size - gap)`.
    pub(crate) gap: i64,
    /// Whether it depends on a variable.
    varies: bool,
}

/// The size of the number 0, and a bound for all others.
const LEAST_SIZE: i64 = -(1 << 41);

impl Value {
    fn new(z: Complex, size: i64, gap: i64, varies: bool) -> Self {
        Self {
            size: size.clamp(LEAST_SIZE, -LEAST_SIZE),
            gap: gap.clamp(0, -LEAST_SIZE),
            z,
            varies,
        }
    }

    /// A value without cancellation: of the size that it has.
    fn sized(z: Complex, gap: i64, varies: bool) -> Self {
        let size = z.log2_upper().unwrap_or(LEAST_SIZE);
        Self::new(z, size, gap, varies)
    }

    fn zero(varies: bool) -> Self {
        Self::new(Complex::real(Ball::ZERO), LEAST_SIZE, 0, varies)
    }

    /// The same detail in another number of about the same size.
    fn with(self, z: Complex) -> Self {
        Self { z, ..self }
    }

    /// The value as a real number.
    fn real(&self) -> Result<&Ball, Fault> {
        if self.z.is_real() {
            Ok(&self.z.re)
        } else if self.z.im.contains_zero() {
            Err(Fault::Undecided)
        } else {
            Err(Fault::OutOfDomain)
        }
    }
}

/// An evaluation at a point, with parts rounded to `precision` bits.
pub(crate) struct Evaluation<'a> {
    pub(crate) point: &'a Point<'a>,
    pub(crate) domain: Domain,
    pub(crate) precision: i64,
    pub(crate) constants: &'a mut Constants,
    pub(crate) fuel: &'a mut Fuel,
}

impl Evaluation<'_> {
    /// # Errors
    /// Every [`Fault`]: `Undecided` where a branch depends on more than `precision` bits.
    pub(crate) fn value(&mut self, term: &Term) -> Result<Value, Fault> {
        let value = match term {
            Term::Rational(value) => self.rational(value),
            Term::Constant(constant) => self.constant(*constant),
            Term::Symbol(name) => self.symbol(name),
            Term::Sum(terms) => self.sum(terms),
            Term::Product(factors) => self.product(factors),
            Term::Power(pair) => self.power(&pair.0, &pair.1),
            Term::Call(function, arguments) => self.call(*function, arguments),
        }?;
        if value.z.is_bounded() {
            Ok(value)
        } else {
            Err(Fault::TooLarge)
        }
    }

    fn charge(&mut self, steps: u64) -> Result<(), Fault> {
        Ok(self.fuel.spend(steps)?)
    }

    fn rational(&mut self, value: &Rational) -> Result<Value, Fault> {
        let bits = value.numer().bit_len() + value.denom().bit_len();
        self.charge(cost::linear(bits as i64) + cost::quotient(self.precision))?;
        let ball = Ball::rational(value, self.precision);
        Ok(Value::sized(Complex::real(ball), literal_gap(value), false))
    }

    fn constant(&mut self, constant: Constant) -> Result<Value, Fault> {
        let z = match constant {
            Constant::I => Complex::I,
            Constant::Pi => {
                if !self.constants.knows_pi(self.precision) {
                    self.charge(cost::elementary(self.precision))?;
                }
                self.charge(1)?;
                Complex::real(self.constants.pi(self.precision))
            }
            Constant::E => {
                self.charge(cost::elementary(self.precision))?;
                Complex::real(Ball::ONE.exp(self.precision, self.constants)?)
            }
        };
        Ok(Value::sized(z, 0, false))
    }

    fn symbol(&mut self, name: &str) -> Result<Value, Fault> {
        self.charge(1)?;
        let values = &self.point.0;
        let index = values.binary_search_by_key(&name, |(known, _)| known);
        let (_, ball) = index
            .ok()
            .and_then(|i| values.get(i))
            .ok_or(Fault::Undefined)?;
        Ok(Value::sized(Complex::real(ball.clone()), 0, true))
    }

    fn sum(&mut self, terms: &[Term]) -> Result<Value, Fault> {
        let mut sum = Value::zero(false);
        let mut finest = i64::MAX;
        for term in terms {
            let addend = self.value(term)?;
            self.charge(1 + cost::linear(self.precision))?;
            sum.z = sum.z.add(&addend.z, self.precision);
            sum.varies |= addend.varies;
            if !addend.z.is_zero() {
                sum.size = sum.size.max(addend.size);
                finest = finest.min(addend.size - addend.gap);
            }
        }
        let gap = sum.size.saturating_sub(finest);
        Ok(Value::new(sum.z, sum.size, gap, sum.varies))
    }

    fn product(&mut self, factors: &[Term]) -> Result<Value, Fault> {
        let mut product = Value::new(Complex::real(Ball::ONE), 0, 0, false);
        for factor in factors {
            let factor = self.value(factor)?;
            self.charge_products(1, &[&product, &factor])?;
            let z = product.z.mul(&factor.z, self.precision);
            product = Value::new(
                z,
                product.size + factor.size,
                product.gap.max(factor.gap),
                product.varies || factor.varies,
            );
        }
        if product.z.is_zero() {
            return Ok(Value::zero(product.varies));
        }
        Ok(product)
    }

    /// Charges for `count` products of any of `factors`.
    fn charge_products(&mut self, count: u64, factors: &[&Value]) -> Result<(), Fault> {
        let real = factors.iter().all(|factor| factor.z.is_real());
        let each = cost::product(self.precision) * if real { 1 } else { 5 };
        self.charge(count * each)
    }

    /// The value of `term`, which is the number 0 itself if it can be proven to be 0.
    fn value_or_zero(&mut self, term: &Term) -> Result<Value, Fault> {
        let value = self.value(term)?;
        if !value.z.is_zero() && !value.varies && self.vanishes(&value.z, &[term])? {
            return Ok(Value::zero(false));
        }
        Ok(value)
    }

    /// Whether the sum of constant `terms`, with some signs, is proven to be 0 by its value `z`.
    fn vanishes(&mut self, z: &Complex, terms: &[&Term]) -> Result<bool, Fault> {
        if !z.contains_zero() {
            return Ok(false);
        }
        let upper = z.log2_upper().unwrap_or(LEAST_SIZE);
        Ok(bound::separation(terms, self.fuel)?.is_some_and(|bits| upper < -bits))
    }

    /// Refuses a value that is not real, for a real argument that depends on variables.
    fn leave_reals(&self, varies: bool) -> Result<(), Fault> {
        if varies && self.domain == Domain::Real {
            Err(Fault::OutOfDomain)
        } else {
            Ok(())
        }
    }
}

/// The bits of a literal, without powers of two: another literal may be as near as that.
fn literal_gap(value: &Rational) -> i64 {
    let odd_bits = |n: &IBig| n.bit_len() - n.trailing_zeros().unwrap_or(0);
    if value.is_zero() {
        return 0;
    }
    (odd_bits(value.numer()) + odd_bits(value.denom())) as i64
}
