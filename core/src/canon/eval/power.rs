//! Powers: integer ones, roots, exponentials, and all others by logarithm.

use core::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use super::angle::{as_cosine, literal, multiple_of_i_pi};
use super::{DIRECT_ROOTS, Domain, Evaluation, Value, cost};
use crate::canon::ball::{Ball, Complex, Fault};
use crate::canon::term::{Constant, Rational, Term};

/// Integer exponents of up to so many bits are computed by repeated squaring.
const EXPONENT_BITS: i64 = 62;

impl Evaluation<'_> {
    pub(super) fn power(&mut self, base: &Term, exponent: &Term) -> Result<Value, Fault> {
        if let Term::Constant(Constant::E) = base {
            return self.exponential(exponent);
        }
        let x = self.value_or_zero(base)?;
        if let Some(exponent) = literal(exponent) {
            return self.rational_power(x, &exponent);
        }
        let y = self.value(exponent)?;
        let varies = x.varies || y.varies;
        if y.z.is_real() && y.z.re.is_exact() {
            // A variable may stand for an integer.
            match y.z.re.to_integer(EXPONENT_BITS) {
                Ok(n) => return self.integer_power(Value { varies, ..x }, &n),
                Err(Fault::OutOfDomain) => {}
                Err(fault) => return Err(fault),
            }
        }
        if x.z.is_zero() {
            return match y.real()?.sign() {
                Some(Ordering::Greater) => Ok(Value::zero(varies)),
                Some(_) => Err(Fault::Undefined),
                None => Err(Fault::Undecided),
            };
        }
        self.by_logarithm(&x, &y)
    }

    /// e to the power of `exponent`.
    fn exponential(&mut self, exponent: &Term) -> Result<Value, Fault> {
        if let Some(q) = multiple_of_i_pi(exponent) {
            let re = self.cosine_of_turn(&q)?;
            let im = self.cosine_of_turn(&as_cosine(&q))?;
            let z = Complex {
                re: re.z.re,
                im: im.z.re,
            };
            return Ok(Value::sized(z, re.gap.max(im.gap), false));
        }
        let y = self.value(exponent)?;
        self.exp(&y)
    }

    fn exp(&mut self, y: &Value) -> Result<Value, Fault> {
        self.charge(if y.z.is_real() { 1 } else { 3 } * cost::elementary(self.precision))?;
        let z = y.z.exp(self.precision, self.constants)?;
        if y.z.is_zero() {
            return Ok(Value::sized(z, 0, y.varies));
        }
        // A detail of the exponent is as large in the value, relative to it.
        Ok(Value::sized(z, y.gap - y.size, y.varies))
    }

    fn rational_power(&mut self, x: Value, exponent: &Rational) -> Result<Value, Fault> {
        if exponent.is_integer() {
            return self.integer_power(x, exponent.numer());
        }
        let Ok(degree) = u32::try_from(exponent.denom()) else {
            let y = self.rational(exponent)?;
            return self.by_logarithm(&x, &y);
        };
        let root = self.root(x, degree)?;
        self.integer_power(root, exponent.numer())
    }

    pub(super) fn integer_power(&mut self, x: Value, n: &IBig) -> Result<Value, Fault> {
        if *n == IBig::ONE {
            return Ok(x);
        }
        if x.z.is_zero() {
            return if *n > IBig::ZERO {
                Ok(x)
            } else {
                Err(Fault::Undefined)
            };
        }
        if n.is_zero() {
            let one = Complex::real(Ball::ONE);
            let known = !x.z.contains_zero();
            return if known {
                Ok(Value::new(one, 0, 0, x.varies))
            } else {
                Err(Fault::Undecided)
            };
        }
        if n.bit_len() as i64 > EXPONENT_BITS {
            let y = self.rational(&Rational::from(n.clone()))?;
            return self.by_logarithm(&x, &y);
        }
        self.charge(cost::quotient(self.precision))?;
        if *n == IBig::NEG_ONE {
            let z = x.z.recip(self.precision)?;
            return Ok(Value::sized(z, x.gap, x.varies));
        }
        self.charge_products(2 * n.bit_len() as u64, &[&x])?;
        let z = x.z.powi(n, self.precision)?;
        match i64::try_from(n) {
            Ok(n) if n > 0 => {
                let size = x.size.saturating_mul(n);
                Ok(Value::new(z, size, x.gap, x.varies))
            }
            _ => Ok(Value::sized(z, x.gap, x.varies)),
        }
    }

    /// The real root if there is one, else the principal one.
    fn root(&mut self, x: Value, degree: u32) -> Result<Value, Fault> {
        let p = self.precision;
        self.charge(cost::root(degree, p))?;
        let size = x.size.div_euclid(i64::from(degree)) + 1;
        let (gap, varies) = (x.gap, x.varies);
        let rooted = |z| Ok(Value::new(z, size, gap, varies));
        if !x.z.is_real() {
            self.charge(5 * cost::elementary(p))?;
            return rooted(x.z.root(degree, p, self.constants)?);
        }
        let odd = degree % 2 == 1;
        match x.z.re.sign() {
            Some(Ordering::Less) if odd => {
                let root = self.positive_root(&x.z.re.neg(), degree)?;
                rooted(Complex::real(root.neg()))
            }
            Some(Ordering::Less) => {
                self.leave_reals(varies)?;
                self.charge(5 * cost::elementary(p))?;
                rooted(x.z.root(degree, p, self.constants)?)
            }
            Some(_) => {
                let root = self.positive_root(&x.z.re, degree)?;
                rooted(Complex::real(root))
            }
            // Where variables stay real, what is negative in the ball does not count.
            None if odd || varies && self.domain == Domain::Real => {
                rooted(Complex::real(x.z.re.root(degree, p)?))
            }
            None => rooted(x.z.root(degree, p, self.constants)?),
        }
    }

    fn positive_root(&mut self, x: &Ball, degree: u32) -> Result<Ball, Fault> {
        let p = self.precision;
        if degree <= DIRECT_ROOTS || x.is_zero() {
            return x.root(degree, p);
        }
        let log = x.ln(p + 8, self.constants)?;
        log.div(&Ball::integer(i64::from(degree)), p + 8)?
            .exp(p, self.constants)
    }

    /// x^y for an x that is not the number 0 itself.
    fn by_logarithm(&mut self, x: &Value, y: &Value) -> Result<Value, Fault> {
        let p = self.precision;
        if x.z.is_real() && x.z.re.sign() == Some(Ordering::Less) {
            self.leave_reals(x.varies || y.varies)?;
        }
        let log = self.logarithm(x)?;
        self.charge_products(1, &[&log, y])?;
        let product = Value::new(
            log.z.mul(&y.z, p),
            log.size + y.size,
            log.gap.max(y.gap),
            x.varies || y.varies,
        );
        self.exp(&product)
    }

    pub(super) fn logarithm(&mut self, x: &Value) -> Result<Value, Fault> {
        self.charge(2 * cost::elementary(self.precision))?;
        if !x.z.is_real() {
            self.charge(3 * cost::elementary(self.precision))?;
        }
        let z = x.z.ln(self.precision, self.constants)?;
        // A relative detail of the argument is an absolute one here.
        let size = if z.contains_zero() {
            0
        } else {
            z.log2_upper().unwrap_or(0)
        };
        Ok(Value::new(z, size, x.gap + size.max(0), x.varies))
    }
}
