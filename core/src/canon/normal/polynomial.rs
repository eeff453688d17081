//! Sums of monomials with rational coefficients.

use core::cmp::Ordering;
use core::convert::Infallible;

use dashu_int::IBig;
use dashu_int::ops::{BitTest, Gcd};
use num_traits::{One, Zero};
use thin_vec::{ThinVec, thin_vec};

use super::kernel::KernelId;
use super::monomial::Monomial;
use crate::canon::term::{self, Rational};

/// A sum of monomials with nonzero coefficients, the largest monomial first. Exponents may be
/// negative and fractional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Polynomial {
    terms: ThinVec<(Monomial, Rational)>,
}

impl Polynomial {
    pub(super) fn zero() -> Self {
        Self::default()
    }

    pub(super) fn one() -> Self {
        Self::integer(1)
    }

    pub(super) fn integer(n: i64) -> Self {
        Self::constant(Rational::from_integer(IBig::from(n)))
    }

    pub(super) fn constant(value: Rational) -> Self {
        Self::term(Monomial::one(), value)
    }

    pub(super) fn term(monomial: Monomial, coefficient: Rational) -> Self {
        if coefficient.is_zero() {
            return Self::zero();
        }
        Self {
            terms: thin_vec![(monomial, coefficient)],
        }
    }

    pub(super) fn monomial(monomial: Monomial) -> Self {
        Self::term(monomial, Rational::one())
    }

    /// Collects terms in any order.
    pub(super) fn from_terms(terms: ThinVec<(Monomial, Rational)>) -> Self {
        let Ok(sum) = Self::try_from_terms(terms, |a, b| Ok::<_, Infallible>(add(a, b)));
        sum
    }

    /// Collects terms in any order, with an addition that may fail.
    pub(super) fn try_from_terms<E>(
        mut terms: ThinVec<(Monomial, Rational)>,
        mut add: impl FnMut(&Rational, &Rational) -> Result<Rational, E>,
    ) -> Result<Self, E> {
        if !terms.is_sorted_by(|a, b| a.0 > b.0) {
            terms.sort_by(|a, b| b.0.cmp(&a.0));
            let mut sums: ThinVec<(Monomial, Rational)> = ThinVec::with_capacity(terms.len());
            for term in terms {
                match sums.last_mut() {
                    Some(sum) if sum.0 == term.0 => sum.1 = add(&sum.1, &term.1)?,
                    _ => sums.push(term),
                }
            }
            terms = sums;
        }
        terms.retain(|term| !term.1.is_zero());
        Ok(Self { terms })
    }

    pub(super) fn terms(&self) -> &[(Monomial, Rational)] {
        &self.terms
    }

    pub(super) fn into_terms(self) -> ThinVec<(Monomial, Rational)> {
        self.terms
    }

    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    pub(super) fn is_one(&self) -> bool {
        self.as_rational().is_some_and(|value| value.is_one())
    }

    /// The only term, if there is exactly one.
    pub(super) fn single(&self) -> Option<&(Monomial, Rational)> {
        match &self.terms[..] {
            [term] => Some(term),
            _ => None,
        }
    }

    pub(super) fn leading(&self) -> Option<&(Monomial, Rational)> {
        self.terms.first()
    }

    /// The value, if no kernel occurs.
    pub(super) fn as_rational(&self) -> Option<Rational> {
        match &self.terms[..] {
            [] => Some(Rational::zero()),
            [(monomial, value)] if monomial.is_one() => Some(value.clone()),
            _ => None,
        }
    }

    /// The rational term that stands alone.
    pub(super) fn constant_term(&self) -> Rational {
        let rational = self.terms.iter().find(|term| term.0.is_one());
        rational.map_or_else(Rational::zero, |term| term.1.clone())
    }

    pub(super) fn kernels(&self) -> impl Iterator<Item = KernelId> {
        let factors = self.terms.iter().flat_map(|term| term.0.factors());
        factors.map(|factor| factor.0)
    }

    pub(super) fn negated(self) -> Self {
        let terms = self.terms.into_iter().map(|(m, c)| (m, -c)).collect();
        Self { terms }
    }

    /// Every coefficient times `factor`.
    pub(super) fn scaled(mut self, factor: &Rational) -> Self {
        if factor.is_zero() {
            return Self::zero();
        }
        if !factor.is_one() {
            for term in &mut self.terms {
                term.1 = mul(&term.1, factor);
            }
        }
        self
    }

    /// The positive rational that leaves coprime integers as coefficients when divided out.
    pub(super) fn content(&self) -> Rational {
        let mut numerator = IBig::ZERO;
        let mut denominator = IBig::ONE;
        for (_, coefficient) in &self.terms {
            numerator = IBig::from(numerator.gcd(coefficient.numer()));
            if !coefficient.is_integer() {
                let common = IBig::from((&denominator).gcd(coefficient.denom()));
                denominator = denominator / common * coefficient.denom();
            }
        }
        Rational::new(numerator, denominator)
    }
}

impl Ord for Polynomial {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = |(a, b): (&(Monomial, Rational), &(Monomial, Rational))| {
            a.0.cmp(&b.0).then_with(|| term::order(&a.1, &b.1))
        };
        let orders = self.terms.iter().zip(&other.terms).map(order);
        let first = orders.into_iter().find(|order| order.is_ne());
        first.unwrap_or_else(|| self.len().cmp(&other.len()))
    }
}

impl PartialOrd for Polynomial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// a + b; integers, which are almost all, skip the gcd.
pub(super) fn add(a: &Rational, b: &Rational) -> Rational {
    if a.is_integer() && b.is_integer() {
        Rational::from_integer(a.numer() + b.numer())
    } else {
        a + b
    }
}

/// a · b; integers, which are almost all, skip the gcd.
pub(super) fn mul(a: &Rational, b: &Rational) -> Rational {
    if a.is_integer() && b.is_integer() {
        Rational::from_integer(a.numer() * b.numer())
    } else {
        a * b
    }
}

/// Steps that it takes to combine two coefficients: linear in their size for integers, quadratic
/// where a gcd is needed.
pub(super) fn weight(a: &Rational, b: &Rational) -> u64 {
    let integers = a.is_integer() && b.is_integer();
    let bits = [a, b].map(|value| (value.numer().bit_len() + value.denom().bit_len()) as u64);
    let words = (bits[0] + bits[1]) / 64;
    1 + words / 4 + words * words / if integers { 64 } else { 16 }
}
