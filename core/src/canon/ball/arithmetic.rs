//! Sums, products, quotients, roots, and what rounds or compares.

use core::cmp::Ordering;

use dashu_int::ops::{DivRem, SquareRoot, UnsignedAbs};
use dashu_int::{IBig, UBig};

use super::magnitude::Magnitude;
use super::{Ball, Fault, bit_length, shifted};

impl Ball {
    pub(crate) fn neg(mut self) -> Self {
        self.mid = -self.mid;
        self
    }

    /// The ball times `2^k`.
    pub(crate) fn scaled(self, k: i64) -> Self {
        let radius = self.radius.mul(Magnitude::power_of_two(k));
        Self::rounded(self.mid, self.exponent + k, radius, i64::MAX / 2)
    }

    pub(crate) fn add(&self, other: &Self, precision: i64) -> Self {
        let mut radius = self.radius.add(other.radius);
        if self.mid == IBig::ZERO {
            return Self::rounded(other.mid.clone(), other.exponent, radius, precision);
        }
        if other.mid == IBig::ZERO {
            return Self::rounded(self.mid.clone(), self.exponent, radius, precision);
        }
        // Bits below `floor` cannot reach the result: there are only rounding errors.
        let floor = self.top().max(other.top()) - precision - 2;
        let exponent = self.exponent.min(other.exponent).max(floor);
        let mut aligned = |ball: &Self| {
            if ball.exponent < exponent {
                radius = radius.add(Magnitude::power_of_two(exponent));
            }
            // A shift to the left is at most the distance from the larger top.
            shifted(&ball.mid, ball.exponent - exponent)
        };
        let mid = aligned(self) + aligned(other);
        Self::rounded(mid, exponent, radius, precision)
    }

    pub(crate) fn sub(&self, other: &Self, precision: i64) -> Self {
        self.add(&other.clone().neg(), precision)
    }

    pub(crate) fn mul(&self, other: &Self, precision: i64) -> Self {
        let mut radius = Magnitude::ZERO;
        if !(self.is_exact() && other.is_exact()) {
            let cross = self.mid_upper().mul(other.radius);
            radius = cross.add(other.upper().mul(self.radius));
        }
        let exponent = self.exponent + other.exponent;
        Self::rounded(&self.mid * &other.mid, exponent, radius, precision)
    }

    /// # Errors
    /// `Undefined` for a divisor that is 0, `Undecided` for one that may be.
    pub(crate) fn div(&self, divisor: &Self, precision: i64) -> Result<Self, Fault> {
        if divisor.is_zero() {
            return Err(Fault::Undefined);
        }
        if divisor.contains_zero() {
            return Err(Fault::Undecided);
        }
        let precision = precision.min(self.accuracy()).min(divisor.accuracy());
        let shift = precision + 2 + bit_length(&divisor.mid) - bit_length(&self.mid);
        let shift = shift.max(0);
        let (quotient, rest) = (&self.mid << shift as usize).div_rem(&divisor.mid);
        let exponent = self.exponent - shift - divisor.exponent;
        let mut ratio = Self::exact(quotient, exponent);
        if rest != IBig::ZERO {
            ratio.radius = Magnitude::power_of_two(exponent);
        }
        // |a/b - m/n| <= (|a - m| + |m/n| |b - n|) / |b|
        let error = self.radius.add(ratio.upper().mul(divisor.radius));
        let radius = ratio.radius.add(error.div(divisor.lower()));
        Ok(Self::rounded(ratio.mid, exponent, radius, precision))
    }

    /// The square root of what is not negative in this ball.
    ///
    /// # Errors
    /// `OutOfDomain` if every member is negative.
    pub(crate) fn sqrt(&self, precision: i64) -> Result<Self, Fault> {
        self.root(2, precision)
    }

    /// The `n`-th root of what is not negative in this ball, for `n` of at least 2. The work
    /// grows with `n * precision`.
    ///
    /// # Errors
    /// `OutOfDomain` if every member is negative.
    pub(crate) fn root(&self, n: u32, precision: i64) -> Result<Self, Fault> {
        let degree = i64::from(n);
        match self.sign() {
            Some(Ordering::Equal) => return Ok(Self::ZERO),
            Some(Ordering::Less) => return Err(Fault::OutOfDomain),
            Some(Ordering::Greater) => {}
            None if !self.is_bounded() => return Ok(self.clone()),
            None => {
                let top = self.log2_upper().unwrap_or(0);
                let bound = Magnitude::power_of_two(top.div_euclid(degree) + 1);
                return Ok(Self::around_zero(bound));
            }
        }
        let precision = precision.min(self.accuracy());
        let length = bit_length(&self.mid);
        let mut shift = degree * (precision + 1) - length;
        shift += (self.exponent - shift).rem_euclid(degree);
        let radicand: UBig = shifted(&self.mid, shift).unsigned_abs();
        let floor = if n == 2 {
            radicand.sqrt()
        } else {
            radicand.nth_root(n as usize)
        };
        let exponent = (self.exponent - shift) / degree;
        let exact = (shift >= 0 || shifted(radicand.as_ibig(), -shift) == self.mid)
            && floor.pow(n as usize) == radicand;
        let mut root = Self::exact(IBig::from(floor), exponent);
        if !exact {
            root.radius = Magnitude::power_of_two(exponent);
        }
        if !self.is_exact() {
            // |a^(1/n) - m^(1/n)| <= |a - m| m^(1/n) / m for a >= 0 and m > 0.
            let middle = Self::exact(self.mid.clone(), self.exponent).lower();
            let error = self.radius.mul(root.upper()).div(middle);
            root.radius = root.radius.add(error);
        }
        Ok(root.round(precision))
    }

    pub(crate) fn abs(&self) -> Self {
        match self.sign() {
            Some(Ordering::Less) => self.clone().neg(),
            Some(_) => self.clone(),
            None => Self::around_zero(self.upper()),
        }
    }

    /// The larger of a member of each ball.
    pub(crate) fn max(&self, other: &Self, precision: i64) -> Self {
        let difference = self.sub(other, precision);
        match difference.sign() {
            Some(Ordering::Less) => other.clone(),
            Some(_) => self.clone(),
            // One of the two, so within the distance of either.
            None => self.clone().widened(difference.upper()),
        }
    }

    /// The integer that is the floor of every member.
    ///
    /// # Errors
    /// `Undecided` if there is more than one.
    pub(crate) fn floor(&self) -> Result<Self, Fault> {
        if self.is_exact() {
            return Ok(if self.exponent >= 0 {
                self.clone()
            } else {
                Self::exact(self.floor_of_mid(), 0)
            });
        }
        let half = Magnitude::power_of_two(-1);
        if self.exponent >= 0 || self.radius >= half {
            return Err(Fault::Undecided);
        }
        if self.top() < 0 {
            return match self.sign() {
                Some(Ordering::Less) => Ok(Self::integer(-1)),
                Some(_) => Ok(Self::ZERO),
                None => Err(Fault::Undecided),
            };
        }
        let floor = self.floor_of_mid();
        let fraction = &self.mid - shifted(&floor, -self.exponent);
        let rest = (IBig::ONE << -self.exponent as usize) - &fraction;
        let distance = |mid| Self::exact(mid, self.exponent).lower();
        if self.radius < distance(fraction) && self.radius < distance(rest) {
            Ok(Self::exact(floor, 0))
        } else {
            Err(Fault::Undecided)
        }
    }

    /// The one integer that is a member, or as good as one, if there is only one.
    pub(crate) fn nearest_integer(&self) -> Option<IBig> {
        let small = self.top() < 1 << 14 && self.radius < Magnitude::power_of_two(-2);
        let half = Self::ONE.scaled(-1);
        small.then(|| self.add(&half, self.top().max(0) + 64).floor_of_mid())
    }

    fn floor_of_mid(&self) -> IBig {
        shifted(&self.mid, self.exponent)
    }

    /// The integer that this ball is, if it is one of at most `limit` bits.
    ///
    /// # Errors
    /// `OutOfDomain` if no member is an integer, `Undecided` if the ball is not exact,
    /// `TooLarge` above the limit.
    pub(crate) fn to_integer(&self, limit: i64) -> Result<IBig, Fault> {
        if !self.is_exact() {
            return Err(match self.floor() {
                Ok(_) => Fault::OutOfDomain,
                Err(fault) => fault,
            });
        }
        if self.top() > limit {
            return Err(Fault::TooLarge);
        }
        let zeros = self.mid.trailing_zeros().unwrap_or(usize::MAX);
        if (zeros as u64) < (-self.exponent).max(0) as u64 {
            return Err(Fault::OutOfDomain);
        }
        Ok(self.floor_of_mid())
    }
}
