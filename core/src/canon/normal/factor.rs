//! Quantities as products: of what roots and logarithms split over and what they do not, with
//! sums that are perfect powers written as such.

use alloc::vec::Vec;
use core::cmp::Ordering;

use dashu_int::IBig;
use num_traits::{One, Signed, Zero};

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::{Kernel, KernelId, Kernels};
use super::monomial::{self, Exponent, Monomial};
use super::polynomial::Polynomial;
use crate::canon::term::Rational;

/// Perfect powers are looked for up to this degree and this number of terms.
const ROOT_DEGREE: i64 = 12;
const ROOT_TERMS: usize = 64;

/// A nonzero quantity as a product, sorted by what its roots and logarithms may do with each
/// factor.
pub(super) struct Factors {
    /// A positive rational.
    pub(super) magnitude: Rational,
    /// Powers of nonnegative kernels: every root and logarithm splits over them.
    pub(super) nonnegative: Monomial,
    /// The argument of the root of unity that is a factor, over π, in (-1, 1].
    pub(super) turn: Exponent,
    /// Powers of all other kernels.
    pub(super) rest: Vec<(KernelId, Exponent)>,
}

impl Factors {
    /// The quotient by `magnitude` and `nonnegative`, if it is a kernel to a power in (0, 1], for
    /// which roots and logarithms follow the exponent.
    pub(super) fn single(&self, kernels: &Kernels) -> Option<(KernelId, Exponent)> {
        match self.rest[..] {
            [(id, exponent)]
                if self.turn.is_zero()
                    && exponent > Exponent::zero()
                    && exponent <= Exponent::one()
                    && !matches!(kernels.get(id), Kernel::Exp(_)) =>
            {
                Some((id, exponent))
            }
            _ => None,
        }
    }
}

impl Normalizer<'_> {
    /// Sorts the factors of a rational times a monomial.
    pub(super) fn factors(
        &mut self,
        coefficient: &Rational,
        monomial: &Monomial,
    ) -> Result<Factors, Failure> {
        let mut nonnegative = Monomial::one();
        let mut turn = Exponent::from_integer(i64::from(coefficient.is_negative()));
        let mut rest = Vec::new();
        for &(id, exponent) in monomial.factors() {
            if id == Kernels::UNITY {
                turn = monomial::sum(&turn, &exponent)?;
                if turn > Exponent::one() {
                    turn -= Exponent::from_integer(2);
                }
            } else if self.kernels.is_nonnegative(id) {
                (nonnegative, _) = nonnegative.times(&Monomial::power_of(id, exponent))?;
            } else if self.kernels.is_real(id) && exponent.is_integer() {
                let odd = exponent.numer().rem_euclid(2);
                if odd == 1 {
                    rest.push((id, Exponent::one()));
                }
                let even = monomial::sum(&exponent, &-Exponent::from_integer(odd))?;
                let size = self.kernels.intern(Kernel::Abs(id));
                (nonnegative, _) = nonnegative.times(&Monomial::power_of(size, even))?;
            } else {
                rest.push((id, exponent));
            }
        }
        Ok(Factors {
            magnitude: coefficient.abs(),
            nonnegative,
            turn,
            rest,
        })
    }

    /// p as a rational times a monomial, a sum in it as one kernel; `None` if p is zero. A sum
    /// that is a perfect power, as far as that matters for a root of the given order, is its root
    /// to that power. A sum of unknown sign is negated, if `orient` says so, to be the same for p
    /// and -p.
    pub(super) fn factored(
        &mut self,
        p: Polynomial,
        order: i64,
        orient: bool,
    ) -> Result<Option<(Rational, Monomial)>, Failure> {
        let (numerator, denominator) = self.fraction(p)?;
        let Some((mut coefficient, mut monomial)) = self.factored_sum(numerator, order, orient)?
        else {
            return Ok(None);
        };
        if let Some((c, m)) = self.factored_sum(denominator, order, orient)? {
            let inverse = self.monomial_power(&m, &-Exponent::one())?;
            let own = Polynomial::term(monomial, coefficient / c);
            let quotient = self.product(&own, &inverse)?;
            let Some((m, c)) = quotient.single() else {
                return Err(Failure::Unsupported);
            };
            (coefficient, monomial) = (c.clone(), m.clone());
        }
        Ok(Some((coefficient, monomial)))
    }

    fn factored_sum(
        &mut self,
        p: Polynomial,
        order: i64,
        orient: bool,
    ) -> Result<Option<(Rational, Monomial)>, Failure> {
        let Some((_, leading)) = p.leading() else {
            return Ok(None);
        };
        if let Some((monomial, coefficient)) = p.single() {
            return Ok(Some((coefficient.clone(), monomial.clone())));
        }
        let mut content = p.content();
        let sign = self.kernels.sign(&p);
        let flip = match sign {
            Some(sign) => sign == Ordering::Less,
            None => orient && leading.is_negative(),
        };
        if flip {
            content = -content;
        }
        let (monomial, mut primitive) = self.primitive(&p, &content)?;
        let mut exponent = 1;
        if let Some((root, degree, negated)) = self.perfect_power_of(&primitive, order)? {
            primitive = root;
            exponent = degree;
            if negated {
                content = -content;
            }
        }
        let id = self.kernels.intern(Kernel::Compound(primitive));
        let compound = Monomial::power_of(id, Exponent::from_integer(exponent));
        let (monomial, factor) = self.times(&monomial, &compound)?;
        let factor = factor.unwrap_or_else(Rational::one);
        Ok(Some((content * factor, monomial)))
    }

    /// Writes ±p as r^d with d a divisor of `order`; with what sign.
    fn perfect_power_of(
        &mut self,
        p: &Polynomial,
        order: i64,
    ) -> Result<Option<(Polynomial, i64, bool)>, Failure> {
        if p.len() > ROOT_TERMS {
            return Ok(None);
        }
        let negative = p.leading().is_some_and(|term| term.1.is_negative());
        let oriented = if negative {
            p.clone().negated()
        } else {
            p.clone()
        };
        for degree in (2..=order.min(ROOT_DEGREE)).rev() {
            if order % degree == 0 {
                if let Some(root) = self.perfect_root(&oriented, degree)? {
                    return self.real_root(root, degree, negative).map(Some);
                }
            }
        }
        if order % 2 == 0 {
            if let Some(root) = self.nested_square_root(p)? {
                return Ok(Some((root, 2, false)));
            }
        }
        Ok(None)
    }

    /// An imaginary root of even degree times i, and the sign that its power then has.
    fn real_root(
        &mut self,
        root: Polynomial,
        degree: i64,
        negative: bool,
    ) -> Result<(Polynomial, i64, bool), Failure> {
        if degree % 2 == 0 && !self.kernels.is_real_valued(&root) {
            let turned = self.product(&root, &Polynomial::monomial(Self::i()))?;
            if self.kernels.is_real_valued(&turned) {
                return Ok((turned, degree, negative != (degree % 4 == 2)));
            }
        }
        Ok((root, degree, negative))
    }

    /// The r with r^degree = p, for a p with coprime integers as coefficients and a positive
    /// leading one: term by term from the leading one.
    fn perfect_root(&mut self, p: &Polynomial, degree: i64) -> Result<Option<Polynomial>, Failure> {
        let (Some(first), Some(last)) = (p.terms().first(), p.terms().last()) else {
            return Ok(None);
        };
        let root_of = |coefficient: &Rational| {
            let size = coefficient.numer().abs();
            let root = size.nth_root(degree as usize);
            (root.pow(degree as usize) == size).then_some(root)
        };
        let (Some(leading), Some(_)) = (root_of(&first.1), root_of(&last.1)) else {
            return Ok(None);
        };
        let leading = Rational::from_integer(leading);
        let monomial = first.0.power(&Exponent::new_raw(1, degree))?;
        let mut root = Polynomial::term(monomial.clone(), leading.clone());
        // One over the derivative of the power at the leading term.
        let slope = leading.pow(degree as i32 - 1) * IBig::from(degree);
        let monomial = self.monomial_power(&monomial, &Exponent::from_integer(1 - degree))?;
        let step = monomial.scaled(&slope.recip());
        for _ in 0..p.len() {
            let power = self.expand(&root, degree)?;
            let remainder = self.minus(p.clone(), power)?;
            let Some((next, coefficient)) = remainder.leading() else {
                return Ok(Some(root));
            };
            let next = Polynomial::term(next.clone(), coefficient.clone());
            let next = self.product(&next, &step)?;
            let descends = match (next.single(), root.terms().last()) {
                (Some(next), Some(last)) => next.1.is_integer() && next.0 < last.0,
                _ => false,
            };
            if !descends {
                return Ok(None);
            }
            root = self.sum([root, next].into())?;
        }
        Ok(None)
    }

    /// √(a + b√d) = √((a + c)/2) ± √((a - c)/2) if c = √(a² - b²d) is rational.
    fn nested_square_root(&mut self, p: &Polynomial) -> Result<Option<Polynomial>, Failure> {
        let [x, y] = p.terms() else {
            return Ok(None);
        };
        let (a, radical) = if x.0.is_one() { (x, y) } else { (y, x) };
        let radical = Polynomial::term(radical.0.clone(), radical.1.clone());
        let Some(square) = self.raise(&radical, 2)?.as_rational() else {
            return Ok(None);
        };
        if !a.0.is_one() || !a.1.is_positive() || !square.is_positive() {
            return Ok(None);
        }
        let Some(difference) = square_root(&(&a.1 * &a.1 - square)) else {
            return Ok(None);
        };
        let half = Rational::new_raw(IBig::ONE, IBig::from(2));
        let root = Exponent::new_raw(1, 2);
        let sum = self.positive_power(&((&a.1 + &difference) * &half), &root)?;
        let rest = self.positive_power(&((&a.1 - &difference) * &half), &root)?;
        let negative = radical.leading().is_some_and(|term| term.1.is_negative());
        let rest = if negative { rest.negated() } else { rest };
        self.sum([sum, rest].into()).map(Some)
    }
}

/// The rational square root, if there is one.
fn square_root(value: &Rational) -> Option<Rational> {
    if value.is_negative() {
        return None;
    }
    let root = |n: &IBig| {
        let root = n.nth_root(2);
        (&root * &root == *n).then_some(root)
    };
    Some(Rational::new_raw(
        root(value.numer())?,
        root(value.denom())?,
    ))
}
