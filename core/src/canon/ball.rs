//! Ball arithmetic: real numbers known up to a proven error, on integers alone.
//!
//! A [`Ball`] is a binary number and a bound on its distance from the real number it stands for.
//! Every operation returns a ball that holds each result of the operation on members of its
//! operands, rounded to a given precision in bits. No operation depends on the platform's
//! floating point or on the size of a machine word; its work is bounded by the precision and the
//! sizes of its operands.
//!
//! The design follows F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval
//! arithmetic", IEEE Transactions on Computers 66(8), 2017.

mod arithmetic;
mod complex;
mod constants;
mod elementary;
mod magnitude;
#[cfg(test)]
mod tests;

use core::cmp::Ordering;

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, Word};

pub(crate) use complex::Complex;
pub(crate) use constants::Constants;
pub(crate) use elementary::CIRCLE_LIMIT;
use magnitude::MAX_EXPONENT;
pub(crate) use magnitude::Magnitude;

use super::term::Rational;
use crate::limits::OutOfFuel;

/// Why there is no enclosure of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no value: a division by zero, a logarithm of zero, 0^0.
    Undefined,
    /// The value leaves the real numbers, or the function's domain.
    OutOfDomain,
    /// The operands are known too coarsely, for instance the floor of a ball around an integer.
    /// More precision may help.
    Undecided,
    /// An argument or a result is too large to work with, at any precision.
    TooLarge,
    /// The evaluation that the operation belongs to has no fuel left.
    OutOfFuel,
}

impl From<OutOfFuel> for Fault {
    fn from(_: OutOfFuel) -> Self {
        Self::OutOfFuel
    }
}

/// All real numbers within `radius` of `mid * 2^exponent`.
#[derive(Clone, Debug)]
pub(crate) struct Ball {
    mid: IBig,
    exponent: i64,
    radius: Magnitude,
}

impl Ball {
    pub(crate) const ZERO: Self = Self::exact(IBig::ZERO, 0);
    pub(crate) const ONE: Self = Self::exact(IBig::ONE, 0);

    /// The number `mid * 2^exponent`.
    pub(crate) const fn exact(mid: IBig, exponent: i64) -> Self {
        Self {
            mid,
            exponent,
            radius: Magnitude::ZERO,
        }
    }

    pub(crate) fn integer(value: i64) -> Self {
        Self::exact(IBig::from(value), 0)
    }

    pub(crate) fn rational(value: &Rational, precision: i64) -> Self {
        let numerator = Self::rounded(value.numer().clone(), 0, Magnitude::ZERO, precision);
        if value.is_integer() {
            return numerator;
        }
        let denominator = Self::rounded(value.denom().clone(), 0, Magnitude::ZERO, precision);
        // A denominator is positive, and rounding keeps it away from zero.
        numerator
            .div(&denominator, precision)
            .unwrap_or(Self::unbounded())
    }

    /// The ball `0 ± radius`.
    pub(crate) fn around_zero(radius: Magnitude) -> Self {
        Self {
            mid: IBig::ZERO,
            exponent: 0,
            radius,
        }
    }

    /// The upper bound `magnitude` as a number.
    pub(crate) fn from_magnitude(magnitude: Magnitude) -> Self {
        if magnitude.is_bounded() && !magnitude.is_zero() {
            Self::exact(IBig::from(magnitude.mantissa()), magnitude.last_bit())
        } else {
            Self::around_zero(magnitude)
        }
    }

    /// Any real number.
    fn unbounded() -> Self {
        Self::around_zero(Magnitude::UNBOUNDED)
    }

    /// `mid * 2^exponent ± radius` with a midpoint of at most `precision` bits, and without
    /// those bits of it that lie far below the radius.
    fn rounded(mid: IBig, exponent: i64, radius: Magnitude, precision: i64) -> Self {
        if mid == IBig::ZERO {
            return Self::around_zero(radius);
        }
        let length = bit_length(&mid);
        if exponent + length > MAX_EXPONENT || !radius.is_bounded() {
            return Self::unbounded();
        }
        let mut surplus = length - precision;
        if !radius.is_zero() {
            surplus = surplus.max(radius.last_bit() - exponent);
        }
        if surplus > length || exponent + length < -MAX_EXPONENT {
            let radius = radius.add(Magnitude::power_of_two(exponent + length));
            return Self::around_zero(radius);
        }
        if surplus <= 0 {
            return Self {
                mid,
                exponent,
                radius,
            };
        }
        let exact = mid
            .trailing_zeros()
            .is_none_or(|zeros| zeros as i64 >= surplus);
        let exponent = exponent + surplus;
        Self {
            mid: mid >> surplus as usize,
            exponent,
            radius: if exact {
                radius
            } else {
                radius.add(Magnitude::power_of_two(exponent))
            },
        }
    }

    /// The same ball with a midpoint of at most `precision` bits.
    pub(crate) fn round(self, precision: i64) -> Self {
        Self::rounded(self.mid, self.exponent, self.radius, precision)
    }

    /// The ball grown by `error` on each side.
    fn widened(mut self, error: Magnitude) -> Self {
        self.radius = self.radius.add(error);
        self
    }

    pub(crate) fn is_exact(&self) -> bool {
        self.radius.is_zero()
    }

    pub(crate) fn is_bounded(&self) -> bool {
        self.radius.is_bounded()
    }

    /// Whether this is the number 0 itself.
    pub(crate) fn is_zero(&self) -> bool {
        self.is_exact() && self.mid == IBig::ZERO
    }

    pub(crate) fn contains_zero(&self) -> bool {
        self.lower().is_zero() && (self.mid == IBig::ZERO || !self.is_exact())
    }

    /// How every member compares with 0, if they all agree.
    pub(crate) fn sign(&self) -> Option<Ordering> {
        if self.is_zero() {
            Some(Ordering::Equal)
        } else if self.contains_zero() {
            None
        } else if self.mid.sign() == Sign::Positive {
            Some(Ordering::Greater)
        } else {
            Some(Ordering::Less)
        }
    }

    /// Whether the midpoint is negative.
    fn leans_negative(&self) -> bool {
        self.mid.sign() == Sign::Negative
    }

    /// An upper bound on the absolute value of the midpoint.
    fn mid_upper(&self) -> Magnitude {
        let (top, cut) = leading_bits(&self.mid);
        Magnitude::new(top + u64::from(cut > 0), cut + self.exponent)
    }

    /// An upper bound on the absolute value of every member.
    pub(crate) fn upper(&self) -> Magnitude {
        self.mid_upper().add(self.radius)
    }

    /// A lower bound on the absolute value of every member, zero if the ball contains zero.
    pub(crate) fn lower(&self) -> Magnitude {
        if self.mid == IBig::ZERO || !self.is_bounded() {
            return Magnitude::ZERO;
        }
        let (top, cut) = leading_bits(&self.mid);
        let exponent = cut + self.exponent;
        if self.is_exact() {
            return Magnitude::rounded_down(top, exponent);
        }
        let spare = top.leading_zeros() as i64 - 2;
        let (top, exponent) = (top << spare, exponent - spare);
        // The radius in units of the midpoint's leading bits, rounded up.
        let distance = self.radius.last_bit() - exponent;
        let radius = self.radius.mantissa();
        let radius = match distance {
            31.. => return Magnitude::ZERO,
            0..=30 => radius << distance,
            -32..0 => (radius >> -distance) + 1,
            _ => 1,
        };
        match top.checked_sub(radius) {
            Some(rest) => Magnitude::rounded_down(rest, exponent),
            None => Magnitude::ZERO,
        }
    }

    /// A `k` with `|x| <= 2^k` for every member `x`; `None` for the number 0 itself, and
    /// `i64::MAX` if there is no bound.
    pub(crate) fn log2_upper(&self) -> Option<i64> {
        self.upper().log2_ceil()
    }

    /// A `k` with `|mid| < 2^k`.
    fn top(&self) -> i64 {
        bit_length(&self.mid) + self.exponent
    }

    /// How many leading bits of an operation on this ball can carry information.
    fn accuracy(&self) -> i64 {
        if self.is_exact() {
            i64::MAX
        } else {
            (self.top().saturating_sub(self.radius.last_bit())).max(2)
        }
    }

    /// Floor of the midpoint times `2^scale`.
    fn fixed(&self, scale: i64) -> IBig {
        shifted(&self.mid, self.exponent + scale)
    }
}

fn bit_length(n: &IBig) -> i64 {
    n.bit_len() as i64
}

/// Floor of `n * 2^shift`. A shift to the right may be of any length.
fn shifted(n: &IBig, shift: i64) -> IBig {
    if *n == IBig::ZERO {
        IBig::ZERO
    } else if shift >= 0 {
        n << shift as usize
    } else {
        n >> (-shift).min(bit_length(n) + 1) as usize
    }
}

/// The leading bits of `|n|`, at most 62 of them, and the number of bits cut off.
fn leading_bits(n: &IBig) -> (u64, i64) {
    const KEPT: u32 = 62;
    let (_, words) = n.as_sign_words();
    let mut top = 0u128;
    let mut rest = words.len();
    for &word in words.iter().rev() {
        if top >> KEPT != 0 {
            break;
        }
        top = top << Word::BITS | u128::from(word);
        rest -= 1;
    }
    let surplus = (128 - top.leading_zeros()).saturating_sub(KEPT);
    let cut = rest as i64 * i64::from(Word::BITS) + i64::from(surplus);
    ((top >> surplus) as u64, cut)
}
