//! Factorials, binomial coefficients and the functions of divisibility.

use alloc::vec;
use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::Kernel;
use super::monomial::Monomial;
use super::polynomial::Polynomial;
use crate::canon::term::{self, Function, Rational};

/// Factorials and binomial coefficients are evaluated up to this number of factors.
const FACTORS: u64 = 1000;

/// Larger factorials that differ by no more than this are multiples of each other.
const FACTORIAL_DISTANCE: u64 = 100;

/// Factorials are shifted, and binomial coefficients expanded, up to this number of factors.
const SYMBOLIC_FACTORS: i64 = 16;

impl Normalizer<'_> {
    /// (x + n)! = x! · (x + 1) ⋯ (x + n)
    pub(super) fn factorial(&mut self, p: &Polynomial) -> Result<Polynomial, Failure> {
        if let Some(value) = p.as_rational().filter(Rational::is_integer) {
            return match value.numer().to_u64() {
                Some(n) if n <= FACTORS => {
                    let product = self.falling(value.numer(), n)?;
                    Ok(Polynomial::constant(Rational::from_integer(product)))
                }
                Some(n) => self.large_factorial(n),
                None if value.is_negative() => Err(Failure::Undefined),
                None => Ok(self.opaque(Function::Factorial, vec![p.clone()])),
            };
        }
        let shift = term::floor(&p.constant_term()).to_i64().unwrap_or(0);
        if shift == 0 || shift.abs() > SYMBOLIC_FACTORS {
            return Ok(self.opaque(Function::Factorial, vec![p.clone()]));
        }
        let base = self.minus(p.clone(), Polynomial::integer(shift))?;
        let mut value = self.opaque(Function::Factorial, vec![base.clone()]);
        for step in 1..=shift {
            let factor = self.sum([base.clone(), Polynomial::integer(step)].into())?;
            value = self.product(&value, &factor)?;
        }
        for step in shift + 1..=0 {
            let factor = self.sum([base.clone(), Polynomial::integer(step)].into())?;
            let inverse = self.inverse(&factor)?;
            value = self.product(&value, &inverse)?;
        }
        Ok(value)
    }

    /// n! by a factorial close to n that has occurred, or else as a kernel.
    fn large_factorial(&mut self, n: u64) -> Result<Polynomial, Failure> {
        for id in self.kernels.ids() {
            let Kernel::Call(Function::Factorial, arguments) = self.kernels.get(id) else {
                continue;
            };
            let base = arguments.first().and_then(Polynomial::as_rational);
            let Some(base) = base.and_then(|base| base.numer().to_u64()) else {
                continue;
            };
            if base.abs_diff(n) <= FACTORIAL_DISTANCE {
                let quotient = self.falling(&IBig::from(base.max(n)), base.abs_diff(n))?;
                let quotient = Rational::from_integer(quotient);
                let quotient = if base > n { quotient.recip() } else { quotient };
                return Ok(Polynomial::term(
                    Monomial::power_of(id, One::one()),
                    quotient,
                ));
            }
        }
        let n = Polynomial::constant(Rational::from_integer(IBig::from(n)));
        Ok(self.opaque(Function::Factorial, vec![n]))
    }

    /// n (n - 1) ⋯ (n - count + 1)
    fn falling(&mut self, n: &IBig, count: u64) -> Result<IBig, Failure> {
        let mut product = IBig::ONE;
        let mut factor = n.clone();
        for _ in 0..count {
            self.fuel.spend(1 + product.bit_len() as u64 / 1024)?;
            product *= &factor;
            factor -= IBig::ONE;
        }
        Ok(product)
    }

    pub(super) fn binomial(
        &mut self,
        n: &Polynomial,
        k: &Polynomial,
    ) -> Result<Polynomial, Failure> {
        let natural = |p: &Polynomial| {
            let value = p.as_rational().filter(Rational::is_integer)?;
            (!value.is_negative()).then(|| value.to_integer())
        };
        if let (Some(top), Some(bottom)) = (natural(n), natural(k)) {
            if bottom > top {
                return Ok(Polynomial::zero());
            }
            let other = &top - &bottom;
            let Some(count) = bottom.min(other).to_u64().filter(|&count| count <= FACTORS) else {
                return Ok(self.opaque(Function::Binomial, vec![n.clone(), k.clone()]));
            };
            let value = self.falling(&top, count)? / self.falling(&IBig::from(count), count)?;
            return Ok(Polynomial::constant(Rational::from_integer(value)));
        }
        if let Some(count) = natural(k).and_then(|k| k.to_i64()) {
            if count <= SYMBOLIC_FACTORS {
                let divisor = self.falling(&IBig::from(count), count.unsigned_abs())?;
                let divisor = Rational::from_integer(divisor).recip();
                let mut value = Polynomial::constant(divisor);
                for step in 0..count {
                    let factor = self.minus(n.clone(), Polynomial::integer(step))?;
                    value = self.product(&value, &factor)?;
                }
                return Ok(value);
            }
        }
        let rest = self.minus(n.clone(), k.clone())?;
        let (k, rest) = (self.factorial(k)?, self.factorial(&rest)?);
        let divisor = self.product(&k, &rest)?;
        let inverse = self.inverse(&divisor)?;
        let factorial = self.factorial(n)?;
        self.product(&factorial, &inverse)
    }

    /// gcd and lcm of integers; other arguments stay, sorted.
    pub(super) fn divisors(
        &mut self,
        function: Function,
        arguments: Vec<Polynomial>,
    ) -> Result<Polynomial, Failure> {
        let mut integers = Vec::new();
        let mut others = Vec::new();
        for argument in arguments {
            match argument.as_rational().filter(Rational::is_integer) {
                Some(value) => integers.push(value.to_integer().abs()),
                None => others.push(argument),
            }
        }
        let value = integers
            .into_iter()
            .try_fold(None, |value: Option<IBig>, next| {
                let bits = next.bit_len() + value.as_ref().map_or(0, |value| value.bit_len());
                self.fuel.spend(1 + (bits as u64 / 64).pow(2) / 8)?;
                Ok::<_, Failure>(Some(match value {
                    None => next,
                    Some(value) if value.is_zero() && next.is_zero() => next,
                    Some(value) => {
                        let gcd = Integer::gcd(&value, &next);
                        if function == Function::Gcd {
                            gcd
                        } else {
                            value / gcd * next
                        }
                    }
                }))
            })?;
        let value = value.map(|value| Polynomial::constant(Rational::from_integer(value)));
        if others.is_empty() {
            return value.ok_or(Failure::Unsupported);
        }
        others.extend(value);
        others.sort();
        others.dedup();
        Ok(self.opaque(function, others))
    }

    pub(super) fn modulo(&mut self, a: &Polynomial, m: &Polynomial) -> Result<Polynomial, Failure> {
        match (a.as_rational(), m.as_rational()) {
            (_, Some(m)) if m.is_zero() => Err(Failure::Undefined),
            (Some(a), Some(m)) => {
                let m = Signed::abs(&m);
                let quotient = term::floor(&(&a / &m));
                Ok(Polynomial::constant(a - m * quotient))
            }
            _ => Ok(self.opaque(Function::Mod, vec![a.clone(), m.clone()])),
        }
    }
}
