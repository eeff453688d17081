//! Normal forms as values: what they are, and how they relate.

use alloc::vec;
use alloc::vec::Vec;

use num_traits::Signed;

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::{Kernel, KernelId, Kernels};
use super::monomial::Monomial;
use super::polynomial::Polynomial;
use crate::canon::term::{Rational, Term};
use crate::limits::Fuel;

/// A scalar in normal form: a numerator over a denominator that has coprime integers as
/// coefficients, the leading one positive, and no monomial factor.
///
/// Forms made with the same [`Kernels`] are equal only if their values are. The converse holds
/// for rational functions that are small enough to be reduced, over the rationals and the
/// independent kernels; in general equal values may have different forms, and
/// [`difference`](super::difference) tells more. The order is total and has no meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NormalForm {
    numerator: Polynomial,
    denominator: Polynomial,
}

impl NormalForm {
    /// Numerator and denominator.
    pub(super) fn parts(&self) -> (&Polynomial, &Polynomial) {
        (&self.numerator, &self.denominator)
    }

    /// The value, if it is rational.
    pub(crate) fn as_rational(&self) -> Option<Rational> {
        let value = self.numerator.as_rational()?;
        self.denominator.is_one().then_some(value)
    }

    /// The degree of the denominator in `symbol`, if the value is a quotient of polynomials in it.
    pub(crate) fn denominator_degree(&self, kernels: &Kernels, symbol: &str) -> Option<i64> {
        let Some(x) = kernels.symbol(symbol) else {
            return Some(0);
        };
        let dependent = kernels.dependents(x);
        let depends = |p: &Polynomial| p.kernels().any(|id| id != x && dependent.contains(&id));
        if depends(&self.numerator) || depends(&self.denominator) {
            return None;
        }
        let exponents = |p: &Polynomial| -> Option<Vec<i64>> {
            let exponents = p.terms().iter().map(|term| term.0.exponent(x));
            exponents
                .map(|exponent| exponent.is_integer().then(|| *exponent.numer()))
                .collect()
        };
        let least = exponents(&self.numerator)?.into_iter().min()?;
        let most = exponents(&self.denominator)?.into_iter().max()?;
        Some(most - least.min(0))
    }

    /// The degree in `symbol`, if the value is a polynomial in it.
    pub(crate) fn degree(&self, kernels: &Kernels, symbol: &str) -> Option<i64> {
        let Some(x) = kernels.symbol(symbol) else {
            return Some(0);
        };
        let dependent = kernels.dependents(x);
        let depends = |p: &Polynomial| p.kernels().any(|id| id != x && dependent.contains(&id));
        if depends(&self.numerator) || self.denominator.kernels().any(|id| dependent.contains(&id))
        {
            return None;
        }
        let exponents = self.numerator.terms().iter().map(|term| term.0.exponent(x));
        exponents.into_iter().try_fold(0, |degree: i64, exponent| {
            let natural = exponent.is_integer() && !exponent.is_negative();
            natural.then(|| degree.max(*exponent.numer()))
        })
    }
}

impl Kernels {
    /// The normal form of `term`.
    pub(crate) fn normalize(
        &mut self,
        term: &Term,
        fuel: &mut Fuel,
    ) -> Result<NormalForm, Failure> {
        let real = !super::has_imaginary_unit(term);
        let mut normalizer = Normalizer::new(self, fuel, real);
        let value = normalizer.normalize(term)?;
        normalizer.form(value)
    }

    /// The constant c ≠ 0 with a = c·b, if there is one.
    pub(crate) fn ratio(
        &mut self,
        a: &NormalForm,
        b: &NormalForm,
        fuel: &mut Fuel,
    ) -> Result<Option<NormalForm>, Failure> {
        Normalizer::new(self, fuel, false).ratio(a, b)
    }

    fn symbol(&self, name: &str) -> Option<KernelId> {
        self.ids()
            .find(|&id| matches!(self.get(id), Kernel::Symbol(own) if own == name))
    }

    /// The kernels that `kernel` is made of.
    fn parts(&self, kernel: &Kernel) -> Vec<KernelId> {
        match kernel {
            Kernel::Compound(base) => base.kernels().collect(),
            Kernel::Abs(id) | Kernel::Ln(id) => vec![*id],
            Kernel::Exp(exponent) => exponent.factors().iter().map(|factor| factor.0).collect(),
            Kernel::Call(_, arguments) => arguments.iter().flat_map(Polynomial::kernels).collect(),
            Kernel::Unity
            | Kernel::Pi
            | Kernel::E
            | Kernel::Prime(_)
            | Kernel::Integer(_)
            | Kernel::Symbol(_) => Vec::new(),
        }
    }

    /// The kernels in which `x` occurs, itself included.
    fn dependents(&self, x: KernelId) -> Vec<KernelId> {
        let mut dependent = vec![x];
        for id in self.ids().filter(|&id| id > x) {
            if self
                .parts(self.get(id))
                .iter()
                .any(|part| dependent.contains(part))
            {
                dependent.push(id);
            }
        }
        dependent
    }
}

impl Normalizer<'_> {
    fn form(&mut self, value: Polynomial) -> Result<NormalForm, Failure> {
        let (numerator, denominator) = self.fraction(value)?;
        Ok(NormalForm {
            numerator,
            denominator,
        })
    }

    fn ratio(&mut self, a: &NormalForm, b: &NormalForm) -> Result<Option<NormalForm>, Failure> {
        let left = self.product(&a.numerator, &b.denominator)?;
        let right = self.product(&b.numerator, &a.denominator)?;
        let (left, left_scale) = self.settle(left)?;
        let (right, right_scale) = self.settle(right)?;
        if left_scale != right_scale {
            return Ok(None);
        }
        let (Some((top, c)), Some((other, d))) = (self.leading(&left), self.leading(&right)) else {
            return Ok(None);
        };
        if top != other {
            return Ok(None);
        }
        let (x, y) = (self.product(&left, &d)?, self.product(&right, &c)?);
        let difference = self.minus(x, y)?;
        if !self.settle(difference)?.0.is_zero() {
            return Ok(None);
        }
        let inverse = self.inverse(&d)?;
        let ratio = self.product(&c, &inverse)?;
        self.form(ratio).map(Some)
    }

    /// The largest product of kernels with symbols, and its constant coefficient.
    fn leading(&self, p: &Polynomial) -> Option<(Monomial, Polynomial)> {
        let split = |monomial: &Monomial| monomial.partition(|id| self.kernels.is_constant(id));
        let terms = p.terms().iter();
        let top = terms.map(|term| split(&term.0).1).max()?;
        let terms = p.terms().iter().filter_map(|(monomial, coefficient)| {
            let (constant, variable) = split(monomial);
            (variable == top).then(|| (constant, coefficient.clone()))
        });
        let coefficient = Polynomial::from_terms(terms.collect());
        Some((top, coefficient))
    }
}
