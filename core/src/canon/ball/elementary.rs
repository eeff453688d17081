//! Exponential, logarithm and the circular functions.
//!
//! Each function is evaluated at the midpoint, and the radius enters through a bound on the
//! derivative. Exponential, sine and cosine work in fixed point, with the rounding errors counted
//! in units of the last place. Logarithm and arctangent start from a guess in floating point,
//! which is an exact binary number from there on: a poor guess costs precision, never the
//! enclosure.

use core::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::{BitTest, DivEuclid};

use super::constants::Constants;
use super::magnitude::Magnitude;
use super::{Ball, Fault, leading_bits};

/// Arguments of exp from `2^EXP_LIMIT` are refused, since exponents are limited.
const EXP_LIMIT: i64 = 36;
/// Arguments of sin and cos from `2^CIRCLE_LIMIT` are refused: reducing them takes as many bits
/// of π.
pub(crate) const CIRCLE_LIMIT: i64 = 1024;

impl Ball {
    /// # Errors
    /// `TooLarge` for arguments from 2^36 in absolute value, `Undecided` if the radius exceeds 1.
    pub(crate) fn exp(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        if self.is_zero() {
            return Ok(Self::ONE);
        }
        let top = self.top();
        if top > EXP_LIMIT {
            return Err(Fault::TooLarge);
        }
        if self.radius > Magnitude::power_of_two(0) {
            return Err(Fault::Undecided);
        }
        let target = precision.min(self.absolute_accuracy());
        let halvings = halvings(target, top);
        let scale = target + halvings + 10;
        let (multiple, reduced) = if top < 0 {
            (IBig::ZERO, self.fixed(scale))
        } else {
            self.reduced(scale, |scale| constants.ln_2_fixed(scale))
        };
        let exponent = i64::try_from(&multiple).map_err(|_| Fault::TooLarge)? - scale;
        let (value, error) = exp_fixed(&reduced, scale, halvings);
        let error = error.mul(Magnitude::power_of_two(exponent));
        let middle = Self::rounded(value, exponent, error, target);
        // |e^(m + d) - e^m| <= 2 |d| e^m for |d| <= 1
        let slope = middle.upper().mul(Magnitude::new(2, 0));
        Ok(middle.widened(slope.mul(self.radius)).round(precision))
    }

    /// Sine and cosine.
    ///
    /// # Errors
    /// `TooLarge` for arguments from 2^1024 in absolute value.
    pub(crate) fn sin_cos(
        &self,
        precision: i64,
        constants: &mut Constants,
    ) -> Result<(Self, Self), Fault> {
        if self.is_zero() {
            return Ok((Self::ZERO, Self::ONE));
        }
        let top = self.top();
        if top > CIRCLE_LIMIT {
            return Err(Fault::TooLarge);
        }
        let upper = self.upper();
        if self.radius > Magnitude::power_of_two(0) {
            let any = Self::around_zero(Magnitude::power_of_two(0));
            return Ok((any.clone(), any));
        }
        if upper < Magnitude::power_of_two(-precision / 2) {
            // |sin x - x| <= |x|^3 and |cos x - 1| <= x^2
            let square = upper.mul(upper);
            let sine = self.clone().widened(square.mul(upper)).round(precision);
            return Ok((sine, Self::ONE.widened(square)));
        }
        let small = (-top).max(0);
        let target = (precision + small).min(self.absolute_accuracy());
        let halvings = halvings(target, top);
        let scale = target + 2 * halvings + 10;
        let (quadrant, reduced) = if top < 0 {
            (IBig::ZERO, self.fixed(scale))
        } else {
            self.reduced(scale, |scale| constants.pi_fixed(scale - 1))
        };
        let (sine, cosine, error) = sin_cos_fixed(&reduced, scale, halvings);
        let radius = error.mul(Magnitude::power_of_two(-scale)).add(self.radius);
        let sine = Self::rounded(sine, -scale, radius, precision);
        let cosine = Self::rounded(cosine, -scale, radius, precision);
        Ok(match (quadrant.bit(1), quadrant.bit(0)) {
            (false, false) => (sine, cosine),
            (false, true) => (cosine, sine.neg()),
            (true, false) => (sine.neg(), cosine.neg()),
            (true, true) => (cosine.neg(), sine),
        })
    }

    /// Natural logarithm.
    ///
    /// # Errors
    /// `Undefined` at 0, `OutOfDomain` below, `Undecided` if the sign is not known.
    pub(crate) fn ln(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        match self.sign() {
            Some(Ordering::Greater) => {}
            Some(Ordering::Equal) => return Err(Fault::Undefined),
            Some(Ordering::Less) => return Err(Fault::OutOfDomain),
            None => return Err(Fault::Undecided),
        }
        // The midpoint is f * 2^b with f between 0.7 and 1.4, where ln f is small.
        let (leading, _) = leading_bits(&self.mid);
        let fraction = leading as f64 / (1u64 << (64 - leading.leading_zeros())) as f64;
        let (fraction, b) = if fraction < 0.7 {
            (2.0 * fraction, self.top() - 1)
        } else {
            (fraction, self.top())
        };
        let middle = Self::exact(self.mid.clone(), self.exponent - b);
        let mut work = precision + 8;
        if b == 0 {
            // Near 1 the logarithm is as small as the distance from it.
            let distance = middle.sub(&Self::ONE, i64::MAX / 4);
            if distance.is_zero() && self.is_exact() {
                return Ok(Self::ZERO);
            }
            work += (-distance.top()).clamp(0, precision);
        }
        let work = work.min(self.accuracy().saturating_add(8));
        let guess = dyadic(libm::log(fraction));
        let ratio = guess.clone().neg().exp(work, constants)?.mul(&middle, work);
        // ln f = g + ln(f / e^g) = g + 2 artanh((r - 1) / (r + 1))
        let t = ratio
            .sub(&Self::ONE, work)
            .div(&ratio.add(&Self::ONE, work), work)?;
        let square = t.mul(&t, work);
        let correction = odd_series(&t, &square, work)?.scaled(1);
        let mut value = guess.add(&correction, work);
        if b != 0 {
            let scale = work + 64 - b.abs().leading_zeros() as i64;
            let ln_2 = constants.ln_2(scale);
            value = value.add(&ln_2.mul(&Self::integer(b), scale), work);
        }
        Ok(value
            .widened(self.radius.div(self.lower()))
            .round(precision))
    }

    /// The angle of the point `(x, self)`, in `(-π, π]`.
    ///
    /// # Errors
    /// `Undefined` for the point `(0, 0)`, `Undecided` if the origin or a part of the negative
    /// axis, but not only that, may be in reach.
    pub(crate) fn atan2(
        &self,
        x: &Self,
        precision: i64,
        constants: &mut Constants,
    ) -> Result<Self, Fault> {
        let y = self;
        if y.is_zero() && x.is_zero() {
            return Err(Fault::Undefined);
        }
        let work = precision + 4;
        let steep = y.mid_upper() > x.mid_upper();
        let (part, whole) = if steep { (x, y) } else { (y, x) };
        let direction = whole.sign().ok_or(Fault::Undecided)?;
        let angle = part.div(whole, work)?.atan_of_fraction(work, constants)?;
        let positive = direction == Ordering::Greater;
        if steep {
            let right = constants.pi(work).scaled(-1);
            let right = if positive { right } else { right.neg() };
            return Ok(right.sub(&angle, precision));
        }
        if positive {
            return Ok(angle.round(precision));
        }
        let straight = match y.sign() {
            Some(Ordering::Less) => constants.pi(work).neg(),
            Some(_) => constants.pi(work),
            None => return Err(Fault::Undecided),
        };
        Ok(straight.add(&angle, precision))
    }

    /// Arctangent of a ball whose midpoint is about 1 at most in absolute value.
    fn atan_of_fraction(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        let middle = Self::exact(self.mid.clone(), self.exponent);
        let work = precision.min(self.absolute_accuracy().max(2) + (-self.top()).max(0)) + 8;
        let guess = dyadic(libm::atan(middle.to_f64()));
        if guess.upper() > Magnitude::new(7, -3) {
            return Err(Fault::Undecided);
        }
        // tan(a - g) = (tan a - tan g) / (1 + tan a tan g), and |a - g| is less than 1.7, where
        // the tangent is small only near 0.
        let t = if guess.is_zero() {
            middle
        } else {
            let (sine, cosine) = guess.sin_cos(work, constants)?;
            let numerator = middle.mul(&cosine, work).sub(&sine, work);
            numerator.div(&cosine.add(&middle.mul(&sine, work), work), work)?
        };
        let square = t.mul(&t, work).neg();
        let correction = odd_series(&t, &square, work)?;
        Ok(guess
            .add(&correction, work)
            .widened(self.radius)
            .round(precision))
    }

    /// Arcsine, of what lies in `[-1, 1]`.
    ///
    /// # Errors
    /// `OutOfDomain` if nothing does.
    pub(crate) fn asin(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        let cosine = self.opposite_leg(precision + 4)?;
        self.atan2(&cosine, precision, constants)
    }

    /// Arccosine, of what lies in `[-1, 1]`.
    ///
    /// # Errors
    /// `OutOfDomain` if nothing does.
    pub(crate) fn acos(&self, precision: i64, constants: &mut Constants) -> Result<Self, Fault> {
        let work = precision + 4;
        let sine = self.opposite_leg(work)?;
        if self.leans_negative() {
            let supplement = sine.atan2(&self.clone().neg(), work, constants)?;
            return Ok(constants.pi(work).sub(&supplement, precision));
        }
        sine.atan2(self, precision, constants)
    }

    /// √(1 - x²)
    fn opposite_leg(&self, precision: i64) -> Result<Self, Fault> {
        let below = Self::ONE.sub(self, precision);
        let above = Self::ONE.add(self, precision);
        below.mul(&above, precision).sqrt(precision)
    }

    /// How many bits after the point can carry information.
    fn absolute_accuracy(&self) -> i64 {
        if self.is_exact() {
            i64::MAX / 2
        } else {
            -self.radius.last_bit()
        }
    }

    /// The midpoint as a multiple of a period of at least ½ and a rest of at most half a period,
    /// for a `period` given in fixed point to within 2 units. The rest has `scale` bits after
    /// the point and is at most 2 units off.
    fn reduced(&self, scale: i64, period: impl FnOnce(i64) -> IBig) -> (IBig, IBig) {
        let extra = self.top().max(0) + 4;
        let value = self.fixed(scale + extra);
        let period = period(scale + extra);
        let multiple = (&value + (&period >> 1)).div_euclid(&period);
        let rest = value - &multiple * period;
        (multiple, rest >> extra as usize)
    }

    /// The midpoint in floating point, for a guess.
    fn to_f64(&self) -> f64 {
        let (leading, cut) = leading_bits(&self.mid);
        let exponent = (cut + self.exponent).clamp(-2000, 2000) as i32;
        let value = libm::scalbn(leading as f64, exponent);
        if self.leans_negative() { -value } else { value }
    }
}

/// The multiple of 2^-53 next to a small `x`.
fn dyadic(x: f64) -> Ball {
    const BITS: i32 = 53;
    let mid = libm::scalbn(x, BITS) as i64;
    Ball::exact(IBig::from(mid), -i64::from(BITS))
}

/// How often to halve an argument below `2^top` before its power series is summed.
fn halvings(precision: i64, top: i64) -> i64 {
    ((precision / 2).isqrt() + top.min(0)).max(0)
}

/// e^x for |x| at most ½, known to within 2 units: the value and its error in units.
fn exp_fixed(x: &IBig, scale: i64, halvings: i64) -> (IBig, Magnitude) {
    let bits = scale as usize;
    // Off by 3 units at most.
    let y = x >> halvings as usize;
    let mut sum = (IBig::ONE << bits) + &y;
    let mut term = y.clone();
    let mut n = 2u32;
    loop {
        // Off by 2 units at most: the error before shrinks by y/n, two roundings add to it.
        term = ((term * &y) >> bits) / n;
        if term == IBig::ZERO {
            break;
        }
        sum += &term;
        n += 1;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> bits;
    }
    // The sum is off by 2n for its terms, 3 for the tail and 1.7 * 3 for y, relative to a value
    // of at least 0.6. Each squaring doubles the relative error and rounds, which adds 1/0.6.
    // The value is at most 1.7 in the end.
    let before = 2 * u64::from(n) + 9;
    (sum, Magnitude::new(3 * before + 6, halvings))
}

/// Sine, cosine and their common error in units for |x| at most 0.8, known to within 2 units.
fn sin_cos_fixed(x: &IBig, scale: i64, halvings: i64) -> (IBig, IBig, Magnitude) {
    let bits = scale as usize;
    // Off by 3 units at most.
    let y = x >> halvings as usize;
    let square = (&y * &y) >> bits;
    let series = |first: IBig, mut n: u32| {
        let mut sum = first.clone();
        let mut term = first;
        loop {
            // Off by 2 units at most, as above.
            term = -(((term * &square) >> bits) / (n * (n + 1)));
            if term == IBig::ZERO {
                return (sum, n);
            }
            sum += &term;
            n += 2;
        }
    };
    // The versine 1 - cos keeps its relative precision where the cosine would not.
    let (mut sine, n) = series(y.clone(), 2);
    let (mut versine, _) = series(&square >> 1, 3);
    let one = IBig::ONE << bits;
    for _ in 0..halvings {
        let cosine = &one - &versine;
        versine = (&sine * &sine) >> (bits - 1);
        sine = (sine * cosine) >> (bits - 1);
    }
    // At most n/2 terms off by 2, 3 for the tail and 3 for y. A doubling at most triples the
    // error, since |sine| stays below 0.4 before the last, and adds 2.
    let before = u64::from(n) + 6;
    let error = Magnitude::new(3, 0)
        .pow(halvings as u64)
        .mul(Magnitude::new(before + 1, 0));
    (sine, one - versine, error)
}

/// The sum of `t s^k / (2k + 1)` for a small `t`, where `s` is `t²` or `-t²`.
///
/// # Errors
/// `Undecided` if `t` is not small.
fn odd_series(t: &Ball, square: &Ball, precision: i64) -> Result<Ball, Fault> {
    if square.upper() > Magnitude::power_of_two(-16) {
        return Err(Fault::Undecided);
    }
    let negligible = t.upper().mul(Magnitude::power_of_two(-precision));
    let mut sum = t.clone();
    let mut power = t.clone();
    let mut k = 1;
    loop {
        power = power.mul(square, precision);
        if power.upper() <= negligible {
            // The rest is less than a geometric series of ratio 2^-16.
            return Ok(sum.widened(power.upper().mul(Magnitude::new(2, 0))));
        }
        k += 2;
        sum = sum.add(&power.div(&Ball::integer(k), precision)?, precision);
    }
}
