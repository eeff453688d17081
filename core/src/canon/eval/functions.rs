//! The named functions.

use core::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::Gcd;

use super::angle::{as_cosine, multiple_of_pi};
use super::{Evaluation, Value, cost};
use crate::canon::ball::{Ball, CIRCLE_LIMIT, Complex, Fault};
use crate::canon::term::{Function, Term};

/// Integers of at most this many bits have factorials, divisors and the like.
const INTEGER_BITS: i64 = 1 << 14;
/// Factorials and binomials of more factors are refused.
const MAX_FACTORS: u64 = 10_000;

impl Evaluation<'_> {
    /// A wrong number of arguments has no value.
    pub(super) fn call(&mut self, function: Function, arguments: &[Term]) -> Result<Value, Fault> {
        match (function, arguments) {
            (Function::Sin | Function::Cos, [x]) => self.sine_or_cosine(function, x),
            (Function::Asin | Function::Acos | Function::Atan, [x]) => self.inverse(function, x),
            (Function::Ln, [x]) => {
                let x = self.value_or_zero(x)?;
                if x.z.is_real() && x.z.re.sign() == Some(Ordering::Less) {
                    self.leave_reals(x.varies)?;
                }
                self.logarithm(&x)
            }
            (Function::Abs, [x]) => {
                let x = self.value(x)?;
                self.charge(3 * cost::product(self.precision))?;
                let abs = x.z.abs(self.precision)?;
                Ok(x.with(Complex::real(abs)))
            }
            (Function::Floor, [x]) => self.floor(x),
            (Function::Ceil, [x]) => {
                let negated =
                    Term::Product([Term::rational((-IBig::ONE).into()), x.clone()].into());
                let floor = self.floor(&negated)?;
                let z = floor.z.clone().neg();
                Ok(floor.with(z))
            }
            (Function::Factorial, [n]) => self.factorial(n),
            (Function::Binomial, [n, k]) => self.binomial(n, k),
            (Function::Gcd, [first, rest @ ..]) => self.fold_integers(first, rest, gcd),
            (Function::Lcm, [first, rest @ ..]) => self.fold_integers(first, rest, lcm),
            (Function::Mod, [a, m]) => self.remainder(a, m),
            (Function::Max | Function::Min, [first, rest @ ..]) => {
                self.extremum(function, first, rest)
            }
            (Function::Re, [x]) => {
                let x = self.value(x)?;
                let re = x.z.re.clone();
                Ok(x.with(Complex::real(re)))
            }
            (Function::Im, [x]) => {
                let x = self.value(x)?;
                let im = x.z.im.clone();
                Ok(x.with(Complex::real(im)))
            }
            (Function::Conj, [x]) => {
                let x = self.value(x)?;
                let z = x.z.clone().conj();
                Ok(x.with(z))
            }
            (Function::Arg, [x]) => {
                let x = self.value_or_zero(x)?;
                self.charge(3 * cost::elementary(self.precision))?;
                let arg = x.z.arg(self.precision, self.constants)?;
                Ok(Value::new(Complex::real(arg), 2, x.gap, x.varies))
            }
            // No finite number of steps gives these their value.
            (function, _) if function.binds() => Err(Fault::TooLarge),
            _ => Err(Fault::Undefined),
        }
    }

    fn sine_or_cosine(&mut self, function: Function, x: &Term) -> Result<Value, Fault> {
        let sine = function == Function::Sin;
        if let Some(q) = multiple_of_pi(x) {
            return self.cosine_of_turn(&if sine { as_cosine(&q) } else { q });
        }
        let x = self.value(x)?;
        // The reduction of a large argument takes as many bits of π.
        let length = self.precision + x.size.clamp(0, CIRCLE_LIMIT);
        if !self.constants.knows_pi(length) {
            self.charge(cost::elementary(length))?;
        }
        let cost = 2 * cost::elementary(self.precision) + 4 * cost::product(length);
        self.charge(if x.z.is_real() { cost } else { 3 * cost })?;
        let (sin, cos) = x.z.sin_cos(self.precision, self.constants)?;
        let z = if sine { sin } else { cos };
        if x.z.is_zero() {
            return Ok(Value::sized(z, 0, x.varies));
        }
        // Far out a detail of the argument is an absolute one; near 0 the cosine shows the
        // square of its argument.
        let gap = if x.size > 0 {
            x.gap - x.size
        } else {
            x.gap - 2 * x.size
        };
        Ok(circular(&x, z, gap))
    }

    fn inverse(&mut self, function: Function, x: &Term) -> Result<Value, Fault> {
        let x = self.value(x)?;
        let cost = cost::elementary(self.precision);
        self.charge(cost * if x.z.is_real() { 3 } else { 10 })?;
        let z = match function {
            Function::Asin => x.z.asin(self.precision, self.constants),
            Function::Acos => x.z.acos(self.precision, self.constants),
            _ => x.z.atan(self.precision, self.constants),
        }?;
        if x.z.is_zero() {
            return Ok(Value::sized(z, 0, x.varies));
        }
        // The arctangent shows the reciprocal of a large argument.
        Ok(circular(&x, z, x.gap + 2 * x.size.abs()))
    }

    fn floor(&mut self, term: &Term) -> Result<Value, Fault> {
        let x = self.value(term)?;
        self.charge(cost::product(self.precision))?;
        let ball = x.real()?;
        let floor = match ball.floor() {
            Ok(floor) => floor,
            Err(fault) => {
                // The one integer in reach may be the value.
                let nearest = ball.nearest_integer().filter(|_| !x.varies).ok_or(fault)?;
                let integer = Ball::exact(nearest.clone(), 0);
                let difference = Complex::real(ball.sub(&integer, self.precision));
                let literal = Term::rational(nearest.into());
                if !self.vanishes(&difference, &[term, &literal])? {
                    return Err(fault);
                }
                integer
            }
        };
        Ok(Value::sized(Complex::real(floor), x.gap, x.varies))
    }

    /// An argument that has to be an integer.
    fn integer(&mut self, term: &Term) -> Result<(IBig, bool), Fault> {
        let value = self.value(term)?;
        let n = value.real()?.to_integer(INTEGER_BITS)?;
        Ok((n, value.varies))
    }

    /// n! for integers from 0.
    fn factorial(&mut self, n: &Term) -> Result<Value, Fault> {
        let (n, varies) = self.integer(n)?;
        if n < IBig::ZERO {
            return Err(Fault::OutOfDomain);
        }
        let n = factors(&n)?;
        self.charge(n * cost::product(self.precision))?;
        let mut product = Ball::ONE;
        for k in 2..=n {
            product = product.mul(&Ball::exact(IBig::from(k), 0), self.precision);
        }
        Ok(Value::sized(Complex::real(product), 0, varies))
    }

    /// n (n-1) … (n-k+1) / k! for integers k from 0; 0 for negative ones.
    fn binomial(&mut self, n: &Term, k: &Term) -> Result<Value, Fault> {
        let n = self.value(n)?;
        let (mut k, varies) = self.integer(k)?;
        let varies = varies || n.varies;
        if k < IBig::ZERO {
            return Ok(Value::zero(varies));
        }
        let top = n.real()?;
        if let Ok(n) = top.to_integer(INTEGER_BITS) {
            // The symmetric one may have fewer factors.
            let rest = n - &k;
            if rest >= IBig::ZERO && rest < k {
                k = rest;
            }
        }
        let k = factors(&k)?;
        self.charge(k * (cost::product(self.precision) + cost::quotient(self.precision)))?;
        let mut binomial = Ball::ONE;
        for j in 0..k {
            let factor = top.sub(&Ball::exact(IBig::from(j), 0), self.precision);
            binomial = binomial
                .mul(&factor, self.precision)
                .div(&Ball::exact(IBig::from(j + 1), 0), self.precision)?;
        }
        Ok(Value::sized(Complex::real(binomial), n.gap, varies))
    }

    fn fold_integers(
        &mut self,
        first: &Term,
        rest: &[Term],
        combine: fn(&IBig, &IBig) -> IBig,
    ) -> Result<Value, Fault> {
        let (mut result, mut varies) = self.integer(first)?;
        for term in rest {
            let (n, n_varies) = self.integer(term)?;
            self.charge(cost::product(INTEGER_BITS))?;
            result = combine(&result, &n);
            varies |= n_varies;
        }
        let ball = Ball::exact(result, 0).round(self.precision);
        Ok(Value::sized(Complex::real(ball.abs()), 0, varies))
    }

    /// a - |m| floor(a / |m|)
    fn remainder(&mut self, a: &Term, m: &Term) -> Result<Value, Fault> {
        let p = self.precision;
        let (a, m) = (self.value(a)?, self.value(m)?);
        self.charge(cost::quotient(p) + 2 * cost::product(p))?;
        let modulus = m.real()?.abs();
        let floor = a.real()?.div(&modulus, p)?.floor()?;
        let remainder = a.z.re.sub(&modulus.mul(&floor, p), p);
        Ok(Value::new(
            Complex::real(remainder),
            a.size.max(m.size),
            a.gap.max(m.gap),
            a.varies || m.varies,
        ))
    }

    fn extremum(
        &mut self,
        function: Function,
        first: &Term,
        rest: &[Term],
    ) -> Result<Value, Fault> {
        let mut best = self.value(first)?;
        best.real()?;
        for term in rest {
            let other = self.value(term)?;
            self.charge(cost::linear(self.precision))?;
            let (a, b) = (best.real()?, other.real()?);
            let ball = if function == Function::Max {
                a.max(b, self.precision)
            } else {
                a.clone().neg().max(&b.clone().neg(), self.precision).neg()
            };
            best = Value::new(
                Complex::real(ball),
                best.size.max(other.size),
                best.gap.max(other.gap),
                best.varies || other.varies,
            );
        }
        Ok(best)
    }
}

/// A value of a circular function or its inverse, about as small as its argument.
fn circular(x: &Value, z: Complex, gap: i64) -> Value {
    if z.contains_zero() {
        Value::new(z, x.size.min(1), gap, x.varies)
    } else {
        Value::sized(z, gap, x.varies)
    }
}

fn factors(n: &IBig) -> Result<u64, Fault> {
    u64::try_from(n)
        .ok()
        .filter(|n| *n <= MAX_FACTORS)
        .ok_or(Fault::TooLarge)
}

fn gcd(a: &IBig, b: &IBig) -> IBig {
    if a.is_zero() && b.is_zero() {
        IBig::ZERO
    } else {
        IBig::from(a.gcd(b))
    }
}

fn lcm(a: &IBig, b: &IBig) -> IBig {
    if a.is_zero() || b.is_zero() {
        IBig::ZERO
    } else {
        a / gcd(a, b) * b
    }
}
