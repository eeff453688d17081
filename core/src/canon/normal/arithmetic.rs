//! Sums, products and integer powers of polynomials in kernels.

use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_traits::{One, Signed, ToPrimitive, Zero};
use thin_vec::ThinVec;

use super::Failure;
use super::kernel::{Kernel, KernelId, Kernels};
use super::monomial::{self, Exponent, Monomial};
use super::polynomial::{self, Polynomial};
use crate::canon::term::Rational;
use crate::limits::Fuel;

/// Powers of integers up to this size are multiplied out.
const POWER_BITS: u64 = 8192;

/// Powers of sums are multiplied out at once up to this number of terms.
const POWER_TERMS: u64 = 32;

/// Products of sums are multiplied out up to this number of term products.
pub(super) const PRODUCT_TERMS: u64 = 2048;

/// Builds normal forms over one table of kernels, on one account of fuel.
pub(super) struct Normalizer<'a> {
    pub(super) kernels: &'a mut Kernels,
    pub(super) fuel: &'a mut Fuel,
    /// Whether roots and logarithms of variable quantities are taken over the reals only.
    pub(super) real: bool,
    /// Whether a kernel was newly taken to be nonnegative.
    pub(super) assumed: bool,
}

impl<'a> Normalizer<'a> {
    pub(super) fn new(kernels: &'a mut Kernels, fuel: &'a mut Fuel, real: bool) -> Self {
        Self {
            kernels,
            fuel,
            real,
            assumed: false,
        }
    }

    pub(super) fn kernel(&mut self, kernel: Kernel) -> Polynomial {
        Polynomial::monomial(self.factor(kernel))
    }

    pub(super) fn factor(&mut self, kernel: Kernel) -> Monomial {
        let id = self.kernels.intern(kernel);
        Monomial::power_of(id, Exponent::one())
    }

    pub(super) fn sum(&mut self, summands: Vec<Polynomial>) -> Result<Polynomial, Failure> {
        let count: usize = summands.iter().map(Polynomial::len).sum();
        let mut terms = ThinVec::with_capacity(count);
        for summand in summands {
            terms.extend(summand.into_terms());
        }
        self.collect(terms)
    }

    pub(super) fn collect(
        &mut self,
        terms: ThinVec<(Monomial, Rational)>,
    ) -> Result<Polynomial, Failure> {
        let factors: usize = terms.iter().map(|term| term.0.factors().len()).sum();
        self.fuel.spend((terms.len() + factors / 4) as u64)?;
        Polynomial::try_from_terms(terms, |a, b| {
            self.fuel.spend(polynomial::weight(a, b))?;
            Ok(polynomial::add(a, b))
        })
    }

    pub(super) fn minus(&mut self, a: Polynomial, b: Polynomial) -> Result<Polynomial, Failure> {
        self.sum([a, b.negated()].into())
    }

    /// The product of all factors, multiplied as a balanced tree.
    pub(super) fn product_of(
        &mut self,
        mut factors: Vec<Polynomial>,
    ) -> Result<Polynomial, Failure> {
        while factors.len() > 1 {
            let mut products = Vec::with_capacity(factors.len().div_ceil(2));
            let mut rest = factors.into_iter();
            while let Some(a) = rest.next() {
                products.push(match rest.next() {
                    Some(b) => self.product(&a, &b)?,
                    None => a,
                });
            }
            factors = products;
        }
        Ok(factors.pop().unwrap_or_else(Polynomial::one))
    }

    pub(super) fn product(
        &mut self,
        a: &Polynomial,
        b: &Polynomial,
    ) -> Result<Polynomial, Failure> {
        if a.is_one() {
            return Ok(b.clone());
        }
        if b.is_one() {
            return Ok(a.clone());
        }
        if a.len() > 1 && b.len() > 1 && (a.len() * b.len()) as u64 > PRODUCT_TERMS {
            let (a, b) = (self.compound(a, 1)?, self.compound(b, 1)?);
            return self.product(&a, &b);
        }
        let mut terms = ThinVec::with_capacity(a.len() * b.len());
        for (left, c) in a.terms() {
            for (right, d) in b.terms() {
                let factors = (left.factors().len() + right.factors().len()) as u64;
                self.fuel.spend(polynomial::weight(c, d) + factors / 4)?;
                let coefficient = polynomial::mul(c, d);
                let (product, factor) = self.times(left, right)?;
                terms.push(match factor {
                    Some(factor) => (product, polynomial::mul(&coefficient, &factor)),
                    None => (product, coefficient),
                });
            }
        }
        self.collect(terms)
    }

    /// The product of two monomials and, if a relation between kernels gives one, a factor.
    pub(super) fn times(
        &mut self,
        a: &Monomial,
        b: &Monomial,
    ) -> Result<(Monomial, Option<Rational>), Failure> {
        let (product, overlap) = a.times(b)?;
        if overlap {
            self.reduce(product)
        } else {
            Ok((product, None))
        }
    }

    /// Brings the exponents of kernels with a relation into their range: e^(iπ) = -1, integer
    /// powers of integers are integers, |k|² = k².
    fn reduce(&mut self, monomial: Monomial) -> Result<(Monomial, Option<Rational>), Failure> {
        let out_of_range = |&&(id, exponent): &&(KernelId, Exponent)| match self.kernels.get(id) {
            Kernel::Unity | Kernel::Prime(_) | Kernel::Integer(_) | Kernel::Abs(_) => {
                exponent < Exponent::zero() || exponent >= Exponent::one()
            }
            _ => false,
        };
        let pending: Vec<_> = monomial
            .factors()
            .iter()
            .filter(out_of_range)
            .copied()
            .collect();
        if pending.is_empty() {
            return Ok((monomial, None));
        }
        let mut monomial = monomial;
        let mut coefficient = Rational::one();
        for (id, exponent) in pending {
            let (floor, rest) = monomial::split(&exponent);
            let integer = match self.kernels.get(id) {
                Kernel::Unity => {
                    if floor % 2 != 0 {
                        coefficient = -coefficient;
                    }
                    monomial = monomial.with_exponent(id, rest);
                    continue;
                }
                Kernel::Abs(inner) => {
                    let even = Exponent::from_integer(floor - floor.rem_euclid(2));
                    let own = monomial::sum(&monomial.exponent(*inner), &even)?;
                    let left = monomial::sum(&exponent, &-even)?;
                    monomial = monomial.with_exponent(*inner, own).with_exponent(id, left);
                    continue;
                }
                Kernel::Prime(p) => IBig::from(*p),
                Kernel::Integer(n) => n.clone(),
                _ => continue,
            };
            if let Some(power) = self.integer_power(&integer, floor.unsigned_abs())? {
                let power = Rational::from_integer(power);
                let power = if floor < 0 { power.recip() } else { power };
                self.fuel.spend(polynomial::weight(&coefficient, &power))?;
                coefficient = polynomial::mul(&coefficient, &power);
                monomial = monomial.with_exponent(id, rest);
            }
        }
        Ok((monomial, Some(coefficient)))
    }

    /// n^exponent, unless it has more than [`POWER_BITS`].
    fn integer_power(&mut self, n: &IBig, exponent: u64) -> Result<Option<IBig>, Failure> {
        if n.is_one() {
            return Ok(Some(IBig::ONE));
        }
        let bits = (n.bit_len() as u64).saturating_mul(exponent);
        if bits <= POWER_BITS {
            self.fuel.spend(bits / 256)?;
            return Ok(exponent.to_usize().map(|exponent| n.pow(exponent)));
        }
        Ok(None)
    }

    /// The monomial to the exponent, and its factor by relations between kernels.
    pub(super) fn monomial_power(
        &mut self,
        monomial: &Monomial,
        exponent: &Exponent,
    ) -> Result<Polynomial, Failure> {
        let (power, factor) = self.reduce(monomial.power(exponent)?)?;
        Ok(Polynomial::term(
            power,
            factor.unwrap_or_else(Rational::one),
        ))
    }

    /// A nonzero rational to an integer power; a large one is left in powers of primes.
    pub(super) fn constant_power(&mut self, c: &Rational, n: i64) -> Result<Polynomial, Failure> {
        let magnitude = n.unsigned_abs();
        let (numerator, denominator) = (c.numer().abs(), c.denom().clone());
        let odd = n % 2 != 0;
        let small = (
            self.integer_power(&numerator, magnitude)?,
            self.integer_power(&denominator, magnitude)?,
        );
        let power = if let (Some(numerator), Some(denominator)) = small {
            let power = Rational::new_raw(numerator, denominator);
            Polynomial::constant(if n < 0 { power.recip() } else { power })
        } else {
            self.positive_power(&c.abs(), &Exponent::from_integer(n))?
        };
        Ok(if odd && c.is_negative() {
            power.negated()
        } else {
            power
        })
    }

    /// p to an integer power, fully or partly multiplied out.
    pub(super) fn raise(&mut self, p: &Polynomial, n: i64) -> Result<Polynomial, Failure> {
        if n == 1 {
            return Ok(p.clone());
        }
        if n == 0 {
            return if self.settle(p.clone())?.0.is_zero() {
                Err(Failure::Undefined)
            } else {
                Ok(Polynomial::one())
            };
        }
        if p.is_zero() {
            return if n > 0 {
                Ok(Polynomial::zero())
            } else {
                Err(Failure::Undefined)
            };
        }
        if let Some((monomial, coefficient)) = p.single() {
            let coefficient = self.constant_power(coefficient, n)?;
            let power = self.monomial_power(monomial, &Exponent::from_integer(n))?;
            return self.product(&coefficient, &power);
        }
        if n < 0 {
            let inverse = self.inverse(p)?;
            let n = n.checked_neg().ok_or(Failure::Unsupported)?;
            return self.raise(&inverse, n);
        }
        if self.power_terms(p, n) <= POWER_TERMS {
            self.expand(p, n)
        } else {
            self.compound(p, n)
        }
    }

    /// p^n for n ≥ 1 by repeated squaring.
    pub(super) fn expand(&mut self, p: &Polynomial, n: i64) -> Result<Polynomial, Failure> {
        let mut power = p.clone();
        for bit in (0..n.ilog2()).rev() {
            power = self.product(&power, &power)?;
            if n >> bit & 1 == 1 {
                power = self.product(&power, p)?;
            }
        }
        Ok(power)
    }

    /// A bound for the number of terms of p^n.
    pub(super) fn power_terms(&self, p: &Polynomial, n: i64) -> u64 {
        let n = n.unsigned_abs();
        // C(n + t - 1, t - 1)
        let binomial = (1..p.len() as u64).try_fold(1u64, |terms, i| {
            Some(terms.checked_mul(n.checked_add(i)?)? / i)
        });
        let algebraic = p
            .kernels()
            .all(|id| matches!(self.kernels.get(id), Kernel::Prime(_) | Kernel::Unity));
        let bits = p
            .terms()
            .iter()
            .map(|term| polynomial::weight(&term.1, &term.1))
            .max();
        if algebraic && n.saturating_mul(bits.unwrap_or(1)) <= POWER_BITS {
            // Radicals have no more independent powers than their orders allow.
            let order = p.terms().iter().flat_map(|term| term.0.factors());
            let order = order.fold(1u64, |order, (_, exponent)| {
                order.saturating_mul(exponent.denom().unsigned_abs())
            });
            return binomial.unwrap_or(u64::MAX).min(order);
        }
        binomial.unwrap_or(u64::MAX)
    }

    /// 1 / p.
    pub(super) fn inverse(&mut self, p: &Polynomial) -> Result<Polynomial, Failure> {
        let (numerator, scale) = self.settle(p.clone())?;
        if numerator.is_zero() {
            return Err(Failure::Undefined);
        }
        let scale = self.monomial_power(&scale, &-Exponent::one())?;
        if numerator.len() == 1 {
            let inverse = self.raise(&numerator, -1)?;
            return self.product(&inverse, &scale);
        }
        let inverse = match self.rationalized(&numerator)? {
            Some(inverse) => inverse,
            None => self.compound(&numerator, -1)?,
        };
        self.product(&inverse, &scale)
    }

    /// p^n with the primitive part of p as one kernel.
    pub(super) fn compound(&mut self, p: &Polynomial, n: i64) -> Result<Polynomial, Failure> {
        let p = &self.reduce_unity(p.clone())?;
        let Some((_, leading)) = p.leading().filter(|_| p.len() > 1) else {
            return self.raise(p, n);
        };
        let mut content = p.content();
        if leading.is_negative() {
            content = -content;
        }
        let (monomial, primitive) = self.primitive(p, &content)?;
        let coefficient = self.constant_power(&content, n)?;
        let exponent = Exponent::from_integer(n);
        let monomial = self.monomial_power(&monomial, &exponent)?;
        let compound = self.kernels.intern(Kernel::Compound(primitive));
        let compound = Polynomial::monomial(Monomial::power_of(compound, exponent));
        let product = self.product(&coefficient, &monomial)?;
        self.product(&product, &compound)
    }

    /// Divides p by `content` and by the largest monomial in real kernels and compounds that
    /// divides every term: that monomial, and the rest.
    pub(super) fn primitive(
        &mut self,
        p: &Polynomial,
        content: &Rational,
    ) -> Result<(Monomial, Polynomial), Failure> {
        self.fuel.spend(p.len() as u64)?;
        let mut common = p
            .leading()
            .map_or_else(Monomial::one, |term| term.0.clone());
        for (monomial, _) in p.terms() {
            common = common.common(monomial);
        }
        let (common, _) = common.partition(|id| {
            matches!(self.kernels.get(id), Kernel::Compound(_)) || self.kernels.is_real(id)
        });
        let scaled = p.clone().scaled(&content.recip());
        if common.is_one() {
            return Ok((common, scaled));
        }
        let inverse = Polynomial::monomial(common.power(&-Exponent::one())?);
        let primitive = self.product(&scaled, &inverse)?;
        Ok((common, primitive))
    }
}
