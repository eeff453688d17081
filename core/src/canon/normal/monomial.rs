//! Products of kernels with rational exponents.

use core::cmp::Ordering;

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul, ToPrimitive, Zero};
use thin_vec::ThinVec;

use super::Failure;
use super::kernel::KernelId;
use crate::canon::term::Rational;

pub(super) type Exponent = Ratio<i64>;

/// The sum of two exponents.
pub(super) fn sum(a: &Exponent, b: &Exponent) -> Result<Exponent, Failure> {
    if a.is_integer() && b.is_integer() {
        let sum = i64::checked_add(*a.numer(), *b.numer());
        return bounded(sum.map(Exponent::from_integer));
    }
    bounded(a.checked_add(b))
}

/// Exponents are kept well within 64 bits, so that small arithmetic on them cannot overflow.
const MAX_NUMERATOR: u64 = 1 << 62;
const MAX_DENOMINATOR: i64 = 1 << 31;

fn bounded(exponent: Option<Exponent>) -> Result<Exponent, Failure> {
    exponent
        .filter(|exponent| exponent.numer().unsigned_abs() <= MAX_NUMERATOR)
        .filter(|exponent| *exponent.denom() <= MAX_DENOMINATOR)
        .ok_or(Failure::Unsupported)
}

/// The product of two exponents.
pub(super) fn product(a: &Exponent, b: &Exponent) -> Result<Exponent, Failure> {
    bounded(a.checked_mul(b))
}

/// A rational number as an exponent.
pub(super) fn exponent(value: &Rational) -> Result<Exponent, Failure> {
    let parts = (value.numer().to_i64(), value.denom().to_i64());
    bounded(match parts {
        (Some(numerator), Some(denominator)) => Some(Exponent::new_raw(numerator, denominator)),
        _ => None,
    })
}

/// A product of powers of kernels: factors in ascending order of kernel, no exponent zero.
///
/// The order is lexicographic in the exponents, an absent kernel counting as exponent 0. It is
/// compatible with multiplication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Monomial(ThinVec<(KernelId, Exponent)>);

impl Monomial {
    pub(super) fn one() -> Self {
        Self::default()
    }

    pub(super) fn power_of(kernel: KernelId, exponent: Exponent) -> Self {
        if exponent.is_zero() {
            Self::one()
        } else {
            Self([(kernel, exponent)].into())
        }
    }

    pub(super) fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn factors(&self) -> &[(KernelId, Exponent)] {
        &self.0
    }

    /// The only factor, if there is exactly one.
    pub(super) fn single(&self) -> Option<(KernelId, Exponent)> {
        match self.0[..] {
            [factor] => Some(factor),
            _ => None,
        }
    }

    pub(super) fn exponent(&self, kernel: KernelId) -> Exponent {
        match self.0.binary_search_by_key(&kernel, |factor| factor.0) {
            Ok(at) => self.0[at].1,
            Err(_) => Exponent::zero(),
        }
    }

    /// This monomial with another exponent of `kernel`.
    pub(super) fn with_exponent(mut self, kernel: KernelId, exponent: Exponent) -> Self {
        match self.0.binary_search_by_key(&kernel, |factor| factor.0) {
            Ok(at) if exponent.is_zero() => {
                self.0.remove(at);
            }
            Ok(at) => self.0[at].1 = exponent,
            Err(_) if exponent.is_zero() => {}
            Err(at) => self.0.insert(at, (kernel, exponent)),
        }
        self
    }

    /// The product by adding exponents, without any relation between kernels. The flag tells
    /// whether a kernel occurs in both.
    pub(super) fn times(&self, other: &Self) -> Result<(Self, bool), Failure> {
        let mut factors = ThinVec::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (&self.0[..], &other.0[..]);
        let mut overlap = false;
        while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
            match a.0.cmp(&b.0) {
                Ordering::Less => {
                    factors.push(*a);
                    left = left_rest;
                }
                Ordering::Greater => {
                    factors.push(*b);
                    right = right_rest;
                }
                Ordering::Equal => {
                    overlap = true;
                    let exponent = sum(&a.1, &b.1)?;
                    if !exponent.is_zero() {
                        factors.push((a.0, exponent));
                    }
                    (left, right) = (left_rest, right_rest);
                }
            }
        }
        factors.extend_from_slice(left);
        factors.extend_from_slice(right);
        Ok((Self(factors), overlap))
    }

    /// The largest monomial that divides both.
    pub(super) fn common(&self, other: &Self) -> Self {
        let zero = Exponent::zero();
        let own = self
            .0
            .iter()
            .map(|&(id, exponent)| (id, exponent.min(other.exponent(id))));
        let others = other
            .0
            .iter()
            .filter(|&&(id, exponent)| exponent < zero && self.exponent(id).is_zero());
        own.chain(others.copied()).collect()
    }

    /// Every exponent times `exponent`, without any relation between kernels.
    pub(super) fn power(&self, exponent: &Exponent) -> Result<Self, Failure> {
        if exponent.is_zero() {
            return Ok(Self::one());
        }
        let factors = self.0.iter().map(|(kernel, own)| {
            let product = product(own, exponent)?;
            Ok((*kernel, product))
        });
        factors.collect::<Result<_, _>>().map(Self)
    }

    /// Divides out what satisfies `split`: the factors that do, and those that do not.
    pub(super) fn partition(&self, split: impl Fn(KernelId) -> bool) -> (Self, Self) {
        let (yes, no) = self
            .0
            .iter()
            .copied()
            .partition(|factor: &(KernelId, Exponent)| split(factor.0));
        (Self(yes), Self(no))
    }
}

impl Ord for Monomial {
    fn cmp(&self, other: &Self) -> Ordering {
        let zero = Exponent::zero();
        for (a, b) in self.0.iter().zip(&other.0) {
            let order = match a.0.cmp(&b.0) {
                Ordering::Less => a.1.cmp(&zero),
                Ordering::Greater => zero.cmp(&b.1),
                Ordering::Equal => a.1.cmp(&b.1),
            };
            if order.is_ne() {
                return order;
            }
        }
        match (self.0.get(other.0.len()), other.0.get(self.0.len())) {
            (Some(a), _) => a.1.cmp(&zero),
            (_, Some(b)) => zero.cmp(&b.1),
            (None, None) => Ordering::Equal,
        }
    }
}

impl PartialOrd for Monomial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromIterator<(KernelId, Exponent)> for Monomial {
    /// The kernels must be distinct.
    fn from_iter<I: IntoIterator<Item = (KernelId, Exponent)>>(factors: I) -> Self {
        let mut factors: ThinVec<_> = factors
            .into_iter()
            .filter(|factor| !factor.1.is_zero())
            .collect();
        factors.sort_unstable_by_key(|factor| factor.0);
        Self(factors)
    }
}

/// Whether the exponent is even as an integer.
pub(super) fn is_even(exponent: &Exponent) -> bool {
    exponent.is_integer() && exponent.numer() % 2 == 0
}

/// The parts of an exponent: its floor, and the rest in [0, 1).
pub(super) fn split(exponent: &Exponent) -> (i64, Exponent) {
    let floor = exponent.numer().div_euclid(*exponent.denom());
    let rest = exponent.numer().rem_euclid(*exponent.denom());
    (floor, Exponent::new_raw(rest, *exponent.denom()))
}
