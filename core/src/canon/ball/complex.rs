//! Complex numbers as boxes of two balls, with principal roots and logarithms.

use core::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use super::{Ball, Constants, Fault, Magnitude};

/// All complex numbers with real and imaginary parts in two balls.
///
/// A box is a real number if its imaginary part is the number 0 itself. Operations keep real
/// numbers real.
#[derive(Clone, Debug)]
pub(crate) struct Complex {
    pub(crate) re: Ball,
    pub(crate) im: Ball,
}

impl Complex {
    pub(crate) const I: Self = Self {
        re: Ball::ZERO,
        im: Ball::ONE,
    };

    pub(crate) fn real(re: Ball) -> Self {
        Self { re, im: Ball::ZERO }
    }

    pub(crate) fn is_real(&self) -> bool {
        self.im.is_zero()
    }

    /// Whether this is the number 0 itself.
    pub(crate) fn is_zero(&self) -> bool {
        self.re.is_zero() && self.im.is_zero()
    }

    pub(crate) fn is_bounded(&self) -> bool {
        self.re.is_bounded() && self.im.is_bounded()
    }

    pub(crate) fn contains_zero(&self) -> bool {
        self.re.contains_zero() && self.im.contains_zero()
    }

    /// A `k` such that the absolute value of every member is at most `2^k`; `None` for the
    /// number 0 itself, and `i64::MAX` if there is no bound.
    pub(crate) fn log2_upper(&self) -> Option<i64> {
        if self.is_real() {
            self.re.log2_upper()
        } else {
            self.re.upper().add(self.im.upper()).log2_ceil()
        }
    }

    pub(crate) fn neg(self) -> Self {
        Self {
            re: self.re.neg(),
            im: self.im.neg(),
        }
    }

    pub(crate) fn conj(self) -> Self {
        Self {
            re: self.re,
            im: self.im.neg(),
        }
    }

    /// The product with `i`.
    fn rotated(self) -> Self {
        Self {
            re: self.im.neg(),
            im: self.re,
        }
    }

    fn scaled(self, k: i64) -> Self {
        Self {
            re: self.re.scaled(k),
            im: self.im.scaled(k),
        }
    }

    pub(crate) fn add(&self, other: &Self, precision: i64) -> Self {
        Self {
            re: self.re.add(&other.re, precision),
            im: self.im.add(&other.im, precision),
        }
    }

    pub(crate) fn sub(&self, other: &Self, precision: i64) -> Self {
        Self {
            re: self.re.sub(&other.re, precision),
            im: self.im.sub(&other.im, precision),
        }
    }

    pub(crate) fn mul(&self, other: &Self, precision: i64) -> Self {
        if self.is_real() && other.is_real() {
            return Self::real(self.re.mul(&other.re, precision));
        }
        let re = self.re.mul(&other.re, precision);
        let im = self.re.mul(&other.im, precision);
        Self {
            re: re.sub(&self.im.mul(&other.im, precision), precision),
            im: im.add(&self.im.mul(&other.re, precision), precision),
        }
    }

    /// # Errors
    /// `Undefined` for 0, `Undecided` for what may be 0.
    pub(crate) fn recip(&self, precision: i64) -> Result<Self, Fault> {
        if self.is_real() {
            return Ok(Self::real(Ball::ONE.div(&self.re, precision)?));
        }
        let norm = self.norm(precision);
        Ok(Self {
            re: self.re.div(&norm, precision)?,
            im: self.im.clone().neg().div(&norm, precision)?,
        })
    }

    /// The square of the absolute value.
    fn norm(&self, precision: i64) -> Ball {
        let im = self.im.mul(&self.im, precision);
        self.re.mul(&self.re, precision).add(&im, precision)
    }

    pub(crate) fn abs(&self, precision: i64) -> Result<Ball, Fault> {
        if self.is_real() {
            Ok(self.re.abs())
        } else if self.re.is_zero() {
            Ok(self.im.abs())
        } else {
            self.norm(precision).sqrt(precision)
        }
    }

    /// The argument, in `(-π, π]`.
    ///
    /// # Errors
    /// `Undefined` at 0, `Undecided` around 0 and across the negative real axis.
    pub(crate) fn arg(&self, precision: i64, constants: &mut Constants) -> Result<Ball, Fault> {
        self.im.atan2(&self.re, precision, constants)
    }

    /// The `n`-th power by repeated squaring. 0^0 is 1 here.
    ///
    /// # Errors
    /// Those of [`Complex::recip`] for negative `n`.
    pub(crate) fn powi(&self, n: &IBig, precision: i64) -> Result<Self, Fault> {
        let length = n.bit_len();
        // Each of at most two roundings per bit doubles with every later squaring.
        let work = precision + length as i64 + 4;
        let negative = *n < IBig::ZERO;
        let magnitude = if negative { -n } else { n.clone() };
        let mut power = Self::real(Ball::ONE);
        for bit in (0..length).rev() {
            power = power.mul(&power, work);
            if magnitude.bit(bit) {
                power = power.mul(self, work);
            }
        }
        if negative {
            power.recip(precision)
        } else {
            Ok(power)
        }
    }

    /// The principal square root.
    ///
    /// # Errors
    /// `Undecided` across the negative real axis.
    pub(crate) fn sqrt(&self, precision: i64) -> Result<Self, Fault> {
        if self.is_real() {
            return match self.re.sign() {
                Some(Ordering::Less) => {
                    let root = self.re.clone().neg().sqrt(precision)?;
                    Ok(Self::real(root).rotated())
                }
                Some(_) => Ok(Self::real(self.re.sqrt(precision)?)),
                None => Ok(self.root_around_zero(2)),
            };
        }
        if self.contains_zero() {
            return Ok(self.root_around_zero(2));
        }
        let work = precision + 4;
        let abs = self.abs(work)?;
        // (u + iv)² = z with u = √((|z| + Re z) / 2), v = Im z / 2u, or the other way round
        // where |z| + Re z would cancel.
        if self.re.sign() == Some(Ordering::Less) {
            let v = abs.sub(&self.re, work).scaled(-1).sqrt(work)?;
            let v = match self.im.sign() {
                Some(Ordering::Less) => v.neg(),
                Some(_) => v,
                None => return Err(Fault::Undecided),
            };
            let u = self.im.div(&v, work)?.scaled(-1);
            return Ok(Self { re: u, im: v });
        }
        let u = abs.add(&self.re, work).scaled(-1).sqrt(work)?;
        let v = self.im.div(&u, work)?.scaled(-1);
        Ok(Self { re: u, im: v })
    }

    /// The principal `n`-th root.
    ///
    /// # Errors
    /// `Undecided` across the negative real axis.
    pub(crate) fn root(
        &self,
        n: u32,
        precision: i64,
        constants: &mut Constants,
    ) -> Result<Self, Fault> {
        if n == 2 {
            return self.sqrt(precision);
        }
        if self.is_real() && matches!(self.re.sign(), Some(Ordering::Greater | Ordering::Equal)) {
            return Ok(Self::real(self.re.root(n, precision)?));
        }
        if self.contains_zero() {
            return Ok(self.root_around_zero(n));
        }
        let work = precision + 8;
        let log = self.ln(work, constants)?;
        let degree = Ball::integer(i64::from(n));
        let part = Self {
            re: log.re.div(&degree, work)?,
            im: log.im.div(&degree, work)?,
        };
        part.exp(precision, constants)
    }

    /// All `n`-th roots of what is around zero.
    fn root_around_zero(&self, n: u32) -> Self {
        let part = match self.log2_upper() {
            None => Ball::ZERO,
            Some(i64::MAX) => Ball::around_zero(Magnitude::UNBOUNDED),
            Some(top) => {
                let top = top.div_euclid(i64::from(n)) + 1;
                Ball::around_zero(Magnitude::power_of_two(top))
            }
        };
        Self {
            re: part.clone(),
            im: part,
        }
    }

    /// # Errors
    /// Those of [`Ball::exp`] and [`Ball::sin_cos`].
    pub(crate) fn exp(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        let abs = self.re.exp(precision, constants)?;
        if self.is_real() {
            return Ok(Self::real(abs));
        }
        let (sine, cosine) = self.im.sin_cos(precision, constants)?;
        Ok(Self {
            re: abs.mul(&cosine, precision),
            im: abs.mul(&sine, precision),
        })
    }

    /// The principal logarithm.
    ///
    /// # Errors
    /// `Undefined` at 0, `Undecided` around 0 and across the negative real axis.
    pub(crate) fn ln(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        if self.is_zero() {
            return Err(Fault::Undefined);
        }
        Ok(Self {
            re: self.abs(precision)?.ln(precision, constants)?,
            im: self.arg(precision, constants)?,
        })
    }

    /// Sine and cosine.
    ///
    /// # Errors
    /// Those of [`Complex::exp`].
    pub(crate) fn sin_cos(
        &self,
        precision: i64,
        constants: &mut Constants,
    ) -> Result<(Self, Self), Fault> {
        if self.is_real() {
            let (sine, cosine) = self.re.sin_cos(precision, constants)?;
            return Ok((Self::real(sine), Self::real(cosine)));
        }
        // e^{iz} and e^{-iz}
        let up = self.clone().rotated().exp(precision, constants)?;
        let down = self.clone().rotated().neg().exp(precision, constants)?;
        let cosine = up.add(&down, precision).scaled(-1);
        let sine = up.sub(&down, precision).scaled(-1).rotated().neg();
        Ok((sine, cosine))
    }

    /// -i ln(iz + √(1 - z²))
    ///
    /// # Errors
    /// `OutOfDomain` for real numbers outside of `[-1, 1]`.
    pub(crate) fn asin(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        if self.is_real() {
            return Ok(Self::real(self.re.asin(precision, constants)?));
        }
        let one = Self::real(Ball::ONE);
        let root = one
            .sub(&self.mul(self, precision), precision)
            .sqrt(precision)?;
        let sum = self.clone().rotated().add(&root, precision);
        Ok(sum.ln(precision, constants)?.rotated().neg())
    }

    /// π/2 - asin z
    ///
    /// # Errors
    /// `OutOfDomain` for real numbers outside of `[-1, 1]`.
    pub(crate) fn acos(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        if self.is_real() {
            return Ok(Self::real(self.re.acos(precision, constants)?));
        }
        let right = Self::real(constants.pi(precision).scaled(-1));
        Ok(right.sub(&self.asin(precision, constants)?, precision))
    }

    /// (ln(1 + iz) - ln(1 - iz)) / 2i
    ///
    /// # Errors
    /// `Undefined` at ±i, `Undecided` across the cuts.
    pub(crate) fn atan(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        if self.is_real() {
            return Ok(Self::real(self.re.atan2(
                &Ball::ONE,
                precision,
                constants,
            )?));
        }
        let one = Self::real(Ball::ONE);
        let turned = self.clone().rotated();
        let above = one.add(&turned, precision).ln(precision, constants)?;
        let below = one.sub(&turned, precision).ln(precision, constants)?;
        let difference = above.sub(&below, precision);
        Ok(difference.scaled(-1).rotated().neg())
    }
}
