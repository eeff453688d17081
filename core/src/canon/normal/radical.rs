//! Rational powers, and denominators without radicals.

use alloc::vec::Vec;

use dashu_int::IBig;
use num_integer::Integer;
use num_traits::{One, Signed};

use super::Failure;
use super::arithmetic::Normalizer;
use super::factor::Factors;
use super::kernel::{Kernel, KernelId};
use super::monomial::{self, Exponent, Monomial};
use super::polynomial::Polynomial;
use crate::canon::term::Rational;

/// Denominators are rationalised as long as the numerator stays below this number of terms.
const RATIONALIZED_TERMS: usize = 32;

impl Normalizer<'_> {
    /// `base` to an exponent that is no integer: the real root if the denominator is odd and the
    /// base real, else the principal one.
    pub(super) fn rational_power(
        &mut self,
        base: Polynomial,
        exponent: &Exponent,
    ) -> Result<Polynomial, Failure> {
        let order = *exponent.denom();
        let odd = order % 2 != 0;
        let Some((coefficient, monomial)) = self.factored(base, order, odd)? else {
            return if exponent.is_positive() {
                Ok(Polynomial::zero())
            } else {
                Err(Failure::Undefined)
            };
        };
        let factors = self.factors(&coefficient, &monomial)?;
        let magnitude = self.positive_power(&factors.magnitude, exponent)?;
        let nonnegative = self.monomial_power(&factors.nonnegative, exponent)?;
        let power = self.product(&magnitude, &nonnegative)?;
        let rest = self.root_of_rest(&factors, exponent, odd)?;
        self.product(&power, &rest)
    }

    fn root_of_rest(
        &mut self,
        factors: &Factors,
        exponent: &Exponent,
        odd: bool,
    ) -> Result<Polynomial, Failure> {
        let real = factors.turn.is_integer()
            && factors
                .rest
                .iter()
                .all(|(id, own)| own.is_one() && self.kernels.is_real(*id));
        if odd && real {
            // x^(p/q) = |x|^(p/q) · sgn(x)^p
            let negative = factors.turn.is_one() && exponent.numer() % 2 != 0;
            let mut power = Polynomial::integer(if negative { -1 } else { 1 });
            for &(id, _) in &factors.rest {
                let size = Monomial::power_of(self.kernels.intern(Kernel::Abs(id)), One::one());
                let mut size_exponent = *exponent;
                if exponent.numer() % 2 != 0 {
                    size_exponent = monomial::sum(exponent, &-Exponent::one())?;
                    let own = Polynomial::monomial(Monomial::power_of(id, One::one()));
                    power = self.product(&power, &own)?;
                }
                let root = self.monomial_power(&size, &size_exponent)?;
                power = self.product(&power, &root)?;
            }
            return Ok(power);
        }
        if factors.rest.is_empty() {
            return self.unity(&monomial::product(&factors.turn, exponent)?);
        }
        let (id, own) = match factors.single(self.kernels) {
            Some(single) => single,
            None => (self.compound_of_rest(factors)?, Exponent::one()),
        };
        if !odd && own.is_one() {
            self.assume_nonnegative(id);
        }
        self.monomial_power(&Monomial::power_of(id, own), exponent)
    }

    /// Over the reals an even root or a logarithm is only defined where its argument is not
    /// negative.
    pub(super) fn assume_nonnegative(&mut self, id: KernelId) {
        if self.real {
            self.assumed |= self.kernels.assume_nonnegative(id);
        }
    }

    /// The factors that neither a root nor a logarithm splits over, as one kernel.
    pub(super) fn compound_of_rest(&mut self, factors: &Factors) -> Result<KernelId, Failure> {
        let rest: Monomial = factors.rest.iter().copied().collect();
        let unit = self.unity(&factors.turn)?;
        let rest = self.product(&unit, &Polynomial::monomial(rest))?;
        Ok(self.kernels.intern(Kernel::Compound(rest)))
    }

    /// 1 / p for a constant in roots of primes and of unity, by conjugates: flipping the sign of
    /// a root t of even order leaves powers of t², and for a cube root
    /// (a + bt + ct²)(a² - bct³ + (c²t³ - ab)t + (b² - ac)t²) has no t.
    pub(super) fn rationalized(&mut self, p: &Polynomial) -> Result<Option<Polynomial>, Failure> {
        let algebraic =
            |&id: &KernelId| matches!(self.kernels.get(id), Kernel::Prime(_) | Kernel::Unity);
        if p.len() > RATIONALIZED_TERMS || !p.kernels().all(|id| algebraic(&id)) {
            return Ok(None);
        }
        let (mut numerator, mut denominator) = (Polynomial::one(), p.clone());
        while denominator.len() > 1 {
            let Some(id) = denominator.kernels().max() else {
                return Ok(None);
            };
            let order = denominator.terms().iter().try_fold(1i64, |order, term| {
                let order = order.lcm(Some(term.0.exponent(id).denom()).filter(|&&d| d <= 64)?);
                (order <= 64).then_some(order)
            });
            let Some(order) = order else {
                return Ok(None);
            };
            let conjugate = if order % 2 == 0 {
                let step = Exponent::from_integer(order);
                let conjugate = denominator.terms().iter().map(|(monomial, coefficient)| {
                    let index = monomial::product(&monomial.exponent(id), &step)?;
                    let sign = Rational::from_integer(match monomial::is_even(&index) {
                        true => IBig::ONE,
                        false => IBig::NEG_ONE,
                    });
                    Ok((monomial.clone(), coefficient * sign))
                });
                let conjugate = conjugate.collect::<Result<_, Failure>>()?;
                Polynomial::from_terms(conjugate)
            } else if order == 3 {
                self.cubic_conjugate(&denominator, id)?
            } else {
                return Ok(None);
            };
            numerator = self.product(&numerator, &conjugate)?;
            denominator = self.product(&denominator, &conjugate)?;
            denominator = self.reduce_unity(denominator)?;
            if denominator.is_zero() || numerator.len() > RATIONALIZED_TERMS {
                return Ok(None);
            }
        }
        let inverse = self.raise(&denominator, -1)?;
        self.product(&numerator, &inverse).map(Some)
    }

    fn cubic_conjugate(&mut self, p: &Polynomial, id: KernelId) -> Result<Polynomial, Failure> {
        let third = Exponent::new_raw(1, 3);
        let part = |index: i64| {
            let terms = p
                .terms()
                .iter()
                .filter(|t| t.0.exponent(id) == third * index);
            Polynomial::from_terms(terms.cloned().collect())
        };
        // These hold their powers of t.
        let (a, b, c) = (part(0), part(1), part(2));
        let mut summands = Vec::with_capacity(6);
        for (x, y, sign) in [
            (&a, &a, 1),
            (&b, &c, -1),
            (&c, &c, 1),
            (&a, &b, -1),
            (&b, &b, 1),
            (&a, &c, -1),
        ] {
            let product = self.product(x, y)?;
            summands.push(if sign < 0 { product.negated() } else { product });
        }
        self.sum(summands)
    }
}
