//! The canonical form of a sum: compounds cleared from denominators and multiplied out, roots of
//! unity on a basis.

use alloc::vec::Vec;

use num_traits::{One, Signed, Zero};

use super::Failure;
use super::arithmetic::{Normalizer, PRODUCT_TERMS};
use super::kernel::{Kernel, KernelId};
use super::monomial::{self, Exponent, Monomial};
use super::polynomial::Polynomial;

impl Normalizer<'_> {
    /// Writes p as a polynomial times a monomial in compounds and integers, where the polynomial
    /// has compounds only to powers in [0, 1), as far as that is affordable.
    ///
    /// A polynomial in independent kernels only is then zero if and only if it has no terms.
    pub(super) fn settle(&mut self, p: Polynomial) -> Result<(Polynomial, Monomial), Failure> {
        let mut p = p;
        let mut scale = Monomial::one();
        let mut bound = None;
        // A compound holds only kernels that come before it, so one pass from the last to the
        // first meets what multiplying out brings in.
        while let Some(id) = self.last_compound(&p, bound) {
            bound = Some(id);
            self.fuel.spend(p.kernels().count() as u64 / 4)?;
            let least = p.terms().iter().map(|term| term.0.exponent(id)).min();
            if let Some(least) = least.filter(|least| !least.is_zero()) {
                scale = scale.with_exponent(id, least);
                p = self.shifted(p, id, &-least)?;
            }
            p = self.expand_compound(p, id)?;
        }
        for id in self.large_powers(&p) {
            let least = p.terms().iter().map(|term| term.0.exponent(id)).min();
            let (floor, _) = monomial::split(&least.unwrap_or_default());
            if floor != 0 {
                let floor = Exponent::from_integer(floor);
                scale = scale.with_exponent(id, floor);
                let inverse = Polynomial::monomial(Monomial::power_of(id, -floor));
                p = self.product(&p, &inverse)?;
            }
        }
        let p = self.reduce_unity(p)?;
        Ok((p, scale))
    }

    /// The integers that occur to a power too large to be multiplied out.
    fn large_powers(&self, p: &Polynomial) -> Vec<KernelId> {
        let large = |&&(id, exponent): &&(KernelId, Exponent)| {
            matches!(self.kernels.get(id), Kernel::Prime(_) | Kernel::Integer(_))
                && !(Exponent::zero()..Exponent::one()).contains(&exponent)
        };
        let factors = p.terms().iter().flat_map(|term| term.0.factors());
        let mut ids: Vec<_> = factors.filter(large).map(|factor| factor.0).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn last_compound(&self, p: &Polynomial, bound: Option<KernelId>) -> Option<KernelId> {
        p.kernels()
            .filter(|&id| bound.is_none_or(|bound| id < bound))
            .filter(|&id| matches!(self.kernels.get(id), Kernel::Compound(_)))
            .max()
    }

    /// p times a power of a compound.
    fn shifted(
        &mut self,
        p: Polynomial,
        id: KernelId,
        exponent: &Exponent,
    ) -> Result<Polynomial, Failure> {
        let terms = p.into_terms().into_iter().map(|(monomial, coefficient)| {
            self.fuel.spend(1 + monomial.factors().len() as u64 / 4)?;
            let sum = monomial::sum(&monomial.exponent(id), exponent)?;
            Ok((monomial.with_exponent(id, sum), coefficient))
        });
        let terms = terms.collect::<Result<_, Failure>>()?;
        self.collect(terms)
    }

    /// Multiplies out the integer parts of the powers of a compound, none of them negative.
    fn expand_compound(&mut self, p: Polynomial, id: KernelId) -> Result<Polynomial, Failure> {
        let floor = |monomial: &Monomial| monomial::split(&monomial.exponent(id)).0;
        let most = p.terms().iter().map(|term| floor(&term.0)).max();
        let Some(most) = most.filter(|&most| most > 0) else {
            return Ok(p);
        };
        let Kernel::Compound(base) = self.kernels.get(id) else {
            return Ok(p);
        };
        let base = base.clone();
        let terms = self.power_terms(&base, most);
        if terms.saturating_mul(p.len() as u64) > PRODUCT_TERMS {
            return Ok(p);
        }
        let mut terms = p.into_terms();
        terms.sort_by_key(|term| core::cmp::Reverse(floor(&term.0)));
        // Horner's rule over the powers that occur, from the highest down.
        let mut value = Polynomial::zero();
        let mut power = most;
        for group in terms.chunk_by(|a, b| floor(&a.0) == floor(&b.0)) {
            let Some(own) = group.first().map(|term| floor(&term.0)) else {
                continue;
            };
            value = self.times_power(value, &base, power - own)?;
            power = own;
            let group = group.iter().map(|(monomial, coefficient)| {
                let (_, rest) = monomial::split(&monomial.exponent(id));
                (
                    monomial.clone().with_exponent(id, rest),
                    coefficient.clone(),
                )
            });
            let group = self.collect(group.collect())?;
            value = self.sum([value, group].into())?;
        }
        self.times_power(value, &base, power)
    }

    fn times_power(
        &mut self,
        p: Polynomial,
        base: &Polynomial,
        exponent: i64,
    ) -> Result<Polynomial, Failure> {
        if exponent == 0 || p.is_zero() {
            return Ok(p);
        }
        let power = self.expand(base, exponent)?;
        self.product(&p, &power)
    }

    /// p with its denominator and its compounds multiplied out where possible: the form in which
    /// it becomes the argument of a kernel.
    pub(super) fn canonical(&mut self, p: Polynomial) -> Result<Polynomial, Failure> {
        if self.last_compound(&p, None).is_none() {
            return self.reduce_unity(p);
        }
        let (numerator, denominator) = self.fraction(p)?;
        if denominator.is_one() {
            return Ok(numerator);
        }
        let inverse = self.compound(&denominator, -1)?;
        self.product(&numerator, &inverse)
    }

    /// p as a numerator over a primitive denominator without a common factor, as far as that is
    /// affordable. Negative powers of single kernels stay in the numerator.
    pub(super) fn fraction(&mut self, p: Polynomial) -> Result<(Polynomial, Polynomial), Failure> {
        let (mut numerator, scale) = self.settle(p)?;
        let mut denominator = Polynomial::one();
        for &(id, exponent) in scale.factors() {
            let (floor, rest) = monomial::split(&exponent);
            let Kernel::Compound(base) = self.kernels.get(id) else {
                let factor = Polynomial::monomial(Monomial::power_of(id, exponent));
                numerator = self.product(&numerator, &factor)?;
                continue;
            };
            let base = base.clone();
            let target = if floor < 0 { &denominator } else { &numerator };
            let terms = self
                .power_terms(&base, floor)
                .saturating_mul(target.len() as u64);
            if terms > PRODUCT_TERMS {
                let factor = Polynomial::monomial(Monomial::power_of(id, exponent));
                numerator = self.product(&numerator, &factor)?;
                continue;
            }
            let root = Polynomial::monomial(Monomial::power_of(id, rest));
            numerator = self.product(&numerator, &root)?;
            if floor < 0 {
                denominator = self.times_power(denominator, &base, -floor)?;
            } else {
                numerator = self.times_power(numerator, &base, floor)?;
            }
        }
        self.cancel(numerator, denominator)
    }

    /// Divides the greatest common divisor and the content of the denominator out of a fraction.
    fn cancel(
        &mut self,
        numerator: Polynomial,
        denominator: Polynomial,
    ) -> Result<(Polynomial, Polynomial), Failure> {
        let (mut numerator, mut denominator) = (numerator, denominator);
        if denominator.is_one() || numerator.is_zero() {
            return Ok((numerator, Polynomial::one()));
        }
        if let Some((n, d)) = self.reduced_fraction(&numerator, &denominator)? {
            (numerator, denominator) = (n, d);
        }
        let mut content = denominator.content();
        if denominator
            .leading()
            .is_some_and(|term| term.1.is_negative())
        {
            content = -content;
        }
        let (monomial, primitive) = self.primitive(&denominator, &content)?;
        let monomial = self.monomial_power(&monomial, &-Exponent::one())?;
        let numerator = self.product(&numerator, &monomial.scaled(&content.recip()))?;
        Ok((numerator, primitive))
    }
}
