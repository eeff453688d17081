//! Floating-point enclosures of real constants, to know their signs.

use core::cmp::Ordering;

use dashu_int::IBig;
use num_traits::ToPrimitive;

use super::monomial::Exponent;
use crate::canon::term::Rational;

/// A real number within `error` of `value`, both finite.
///
/// The error bounds leave a factor of more than a thousand to what `libm` and the operations
/// round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    value: f64,
    error: f64,
}

/// Relative error that one operation is taken to add.
const ROUNDING: f64 = 1e-12;

impl Estimate {
    pub(super) const ZERO: Self = Self {
        value: 0.0,
        error: 0.0,
    };
    pub(super) const ONE: Self = Self {
        value: 1.0,
        error: 0.0,
    };

    fn new(value: f64, error: f64) -> Option<Self> {
        let error = error + value.abs() * ROUNDING;
        (value.is_finite() && error.is_finite()).then_some(Self { value, error })
    }

    /// A computed value, good to the rounding of its operation.
    pub(super) fn rounded(value: f64) -> Option<Self> {
        Self::new(value, 0.0)
    }

    pub(super) fn integer(value: &IBig) -> Option<Self> {
        Self::rounded(value.to_f64().value())
    }

    pub(super) fn rational(value: &Rational) -> Option<Self> {
        let (numerator, denominator) = (value.numer().to_f64(), value.denom().to_f64());
        let quotient = numerator.value() / denominator.value();
        Self::rounded(quotient).filter(|estimate| estimate.value.abs() > f64::MIN_POSITIVE)
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let rounding = (self.value.abs() + other.value.abs()) * ROUNDING;
        Self::new(
            self.value + other.value,
            self.error + other.error + rounding,
        )
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        let error = self.value.abs() * other.error
            + other.value.abs() * self.error
            + self.error * other.error;
        // A product that underflows is as good as unknown.
        Self::new(self.value * other.value, error)
            .filter(|product| product.value.abs() > f64::MIN_POSITIVE)
    }

    /// The principal power, of a base known to be positive or to an integer.
    pub(super) fn power(self, exponent: &Exponent) -> Option<Self> {
        let sign = match self.sign()? {
            Ordering::Equal => return None,
            Ordering::Less if !exponent.is_integer() => return None,
            Ordering::Less if exponent.numer() % 2 != 0 => -1.0,
            Ordering::Less | Ordering::Greater => 1.0,
        };
        let exponent = exponent.numer().to_f64()? / exponent.denom().to_f64()?;
        let size = self.value.abs();
        let value = libm::pow(size, exponent);
        // Twice the first order; the rounding of the exponent is scaled by the logarithm.
        let relative = exponent.abs() * (self.error / size + libm::log(size).abs() * ROUNDING);
        if relative > 1e-3 || value <= f64::MIN_POSITIVE {
            return None;
        }
        Self::new(sign * value, 2.0 * relative * value)
    }

    pub(super) fn ln(self) -> Option<Self> {
        let relative = self.error / self.value;
        if self.sign() != Some(Ordering::Greater) || relative > 1e-3 {
            return None;
        }
        Self::new(libm::log(self.value), 2.0 * relative + ROUNDING)
    }

    pub(super) fn exp(self) -> Option<Self> {
        if self.error > 1e-3 {
            return None;
        }
        let value = libm::exp(self.value);
        Self::new(value, 2.0 * self.error * value).filter(|power| power.value > f64::MIN_POSITIVE)
    }

    /// The sign, if the enclosure shows it.
    pub(super) fn sign(self) -> Option<Ordering> {
        if self.value.abs() > self.error {
            self.value.partial_cmp(&0.0)
        } else if self.error == 0.0 {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    /// The floor, if the enclosure shows it.
    pub(super) fn floor(self) -> Option<i64> {
        let (low, high) = (
            libm::floor(self.value - self.error),
            libm::floor(self.value + self.error),
        );
        // Up to here every integer is exact.
        (low == high && low.abs() < 9e15).then_some(low as i64)
    }
}
