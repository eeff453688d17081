//! Partial fractions over the rationals: poles at rational points, and one quadratic without.

use super::polynomial::{at, fraction, rationals};
use crate::canon::term::{Function, Rational, Term, order};
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;
use num_traits::{One, Signed, Zero};

type Coefficients = Vec<Rational>;

/// A rational function of one variable: a polynomial, poles, and (dx + e) over a quadratic.
#[derive(Clone, Debug)]
pub(super) struct Fractions {
    pub(super) whole: Coefficients,
    pub(super) poles: Vec<Pole>,
    pub(super) quadratic: Option<(Coefficients, Coefficients)>,
}

/// coefficient / (x - at)^order
#[derive(Clone, Debug)]
pub(super) struct Pole {
    pub(super) coefficient: Rational,
    pub(super) at: Rational,
    pub(super) order: u32,
}

/// Divisors of the ends of a polynomial are tried up to this size to find rational roots.
const MAX_DIVISOR: u64 = 1000;

/// `term` as a sum of partial fractions in `x`.
pub(super) fn fractions(term: &Term, x: &str, fuel: &mut Fuel) -> Option<Fractions> {
    let (n, d) = fraction(term, x, fuel)?;
    let (n, d) = (rationals(&n, fuel)?, rationals(&d, fuel)?);
    let (whole, mut rest) = divide(&n, &d)?;
    let (roots, quadratic) = split(&d, fuel)?;
    let mut poles = Vec::new();
    // For a pole of order m at r: with d = (x - r)^m q, the coefficient of (x - r)^-m is
    // rest(r) / q(r). Subtracting it lowers the order.
    let mut left = d;
    for (root, multiplicity) in roots {
        for order in (1..=multiplicity).rev() {
            fuel.spend(left.len() as u64 * u64::from(order)).ok()?;
            let cofactor = (0..order).try_fold(left.clone(), |q, _| Some(deflate(&q, &root)))?;
            let coefficient = value(&rest, &root) / value(&cofactor, &root);
            let scaled: Coefficients = cofactor.iter().map(|c| c * &coefficient).collect();
            rest = deflate(&subtract(&rest, &scaled), &root);
            left = deflate(&left, &root);
            if !coefficient.is_zero() {
                poles.push(Pole {
                    coefficient,
                    at: root.clone(),
                    order,
                });
            }
        }
    }
    let quadratic = quadratic.then_some((rest, left));
    Some(Fractions {
        whole,
        poles,
        quadratic,
    })
}

/// The antiderivative of a rational function.
pub(super) fn antiderivative(term: &Term, x: &str, fuel: &mut Fuel) -> Option<Term> {
    let parts = fractions(term, x, fuel)?;
    let variable = Term::symbol(x);
    let number = |value: &Rational| Term::rational(value.clone());
    let whole = parts.whole.iter().enumerate();
    let raised = whole.map(|(n, c)| number(c).over(Term::integer(n as i64 + 1)));
    let raised: Vec<Term> = core::iter::once(Term::zero()).chain(raised).collect();
    let mut terms = vec![at(&raised, &variable)];
    for pole in &parts.poles {
        let base = variable.clone().minus(number(&pole.at));
        let main = match pole.order {
            1 => Term::call(Function::Ln, Term::call(Function::Abs, base)),
            order => {
                let exponent = 1 - i64::from(order);
                Term::power(base, Term::integer(exponent)).over(Term::integer(exponent))
            }
        };
        terms.push(Term::product([number(&pole.coefficient), main]));
    }
    if let Some((n, q)) = &parts.quadratic {
        let coefficient = |p: &Coefficients, i: usize| p.get(i).cloned().unwrap_or_default();
        let (c, b, a) = (coefficient(q, 0), coefficient(q, 1), coefficient(q, 2));
        let (e, d) = (coefficient(n, 0), coefficient(n, 1));
        let two = Rational::from(IBig::from(2));
        let quadratic = at(&q.iter().map(number).collect::<Vec<_>>(), &variable);
        // (dx + e) = d/2a · (2ax + b) + (e - db/2a), and ∫1/q = 2/√D · atan((2ax + b)/√D).
        let share = &d / (&two * &a);
        let rest = e - &share * &b;
        let discriminant = &two * &two * &a * c - &b * &b;
        let root = Term::power(Term::rational(discriminant), Term::fraction(1, 2));
        let slope = Term::sum([Term::product([number(&(&two * &a)), variable]), number(&b)]);
        let angle = Term::call(Function::Atan, slope.over(root.clone()));
        let logarithm = Term::call(Function::Ln, Term::call(Function::Abs, quadratic));
        for (factor, part) in [(share, logarithm), (rest * two, angle.over(root))] {
            if !factor.is_zero() {
                terms.push(Term::product([Term::rational(factor), part]));
            }
        }
    }
    Some(Term::sum(terms))
}

fn trim(p: &mut Coefficients) {
    while p.last().is_some_and(Zero::is_zero) {
        p.pop();
    }
}

fn value(p: &[Rational], x: &Rational) -> Rational {
    p.iter()
        .rev()
        .fold(Rational::zero(), |value, c| value * x + c)
}

fn subtract(a: &[Rational], b: &[Rational]) -> Coefficients {
    let at = |p: &[Rational], i: usize| p.get(i).cloned().unwrap_or_default();
    let mut difference: Coefficients = (0..a.len().max(b.len()))
        .map(|i| at(a, i) - at(b, i))
        .collect();
    trim(&mut difference);
    difference
}

/// The quotient by x - r.
fn deflate(p: &[Rational], r: &Rational) -> Coefficients {
    let mut quotient = Vec::with_capacity(p.len());
    let mut carry = Rational::zero();
    for c in p.iter().rev() {
        carry = carry * r + c;
        quotient.push(carry.clone());
    }
    quotient.pop();
    quotient.reverse();
    quotient
}

/// Quotient and remainder.
fn divide(a: &[Rational], b: &[Rational]) -> Option<(Coefficients, Coefficients)> {
    let top = b.last()?;
    let mut rest = a.to_vec();
    let mut quotient = vec![Rational::zero(); (a.len() + 1).saturating_sub(b.len())];
    for shift in (0..quotient.len()).rev() {
        let factor = rest.get(shift + b.len() - 1)? / top;
        for (i, c) in b.iter().enumerate() {
            rest[shift + i] -= c * &factor;
        }
        quotient[shift] = factor;
    }
    trim(&mut rest);
    Some((quotient, rest))
}

/// The rational roots with their multiplicities, and whether a quadratic without real roots is
/// left; `None` if more is.
fn split(p: &[Rational], fuel: &mut Fuel) -> Option<(Vec<(Rational, u32)>, bool)> {
    let mut rest = p.to_vec();
    let mut roots: Vec<(Rational, u32)> = Vec::new();
    while rest.len() > 1 {
        let Some(root) = rational_root(&rest, fuel)? else {
            break;
        };
        rest = deflate(&rest, &root);
        match roots.iter_mut().find(|(known, _)| *known == root) {
            Some((_, multiplicity)) => *multiplicity += 1,
            None => roots.push((root, 1)),
        }
    }
    match rest.as_slice() {
        [_] => Some((roots, false)),
        [c, b, a] => {
            let four = Rational::from(IBig::from(4));
            let discriminant = b * b - four * a * c;
            discriminant.is_negative().then_some((roots, true))
        }
        _ => None,
    }
}

/// A rational root, by the divisors of the first and last coefficient.
fn rational_root(p: &[Rational], fuel: &mut Fuel) -> Option<Option<Rational>> {
    if p.first()?.is_zero() {
        return Some(Some(Rational::zero()));
    }
    let scale = p.iter().fold(IBig::ONE, |scale, c| scale * c.denom());
    let end = |c: &Rational| {
        let whole = (c * Rational::from(scale.clone())).to_integer();
        u64::try_from(&whole.abs()).ok()
    };
    if let [b, a] = p {
        return Some(Some(-b / a));
    }
    let (last, first) = (end(p.first()?)?, end(p.last()?)?);
    fuel.spend(16).ok()?;
    let divisors = |n: u64| (1..=n.min(MAX_DIVISOR)).filter(move |d| n % d == 0);
    for numerator in divisors(last) {
        for denominator in divisors(first) {
            fuel.spend(2 * p.len() as u64).ok()?;
            let size = Rational::new(IBig::from(numerator), IBig::from(denominator));
            for root in [size.clone(), -size] {
                if value(p, &root).is_zero() {
                    return Some(Some(root));
                }
            }
        }
    }
    Some(None)
}

impl Fractions {
    /// Whether nothing but poles is there.
    pub(super) fn only_poles(&self) -> bool {
        self.whole.iter().all(Zero::is_zero) && self.quadratic.is_none()
    }
}

/// Leading coefficient and roots of a polynomial that has all its roots in the rationals.
pub(super) fn roots(p: &[Rational], fuel: &mut Fuel) -> Option<(Rational, Vec<(Rational, u32)>)> {
    let (roots, quadratic) = split(p, fuel)?;
    (!quadratic).then_some((p.last()?.clone(), roots))
}

/// Whether |value| < 1.
pub(super) fn is_contraction(value: &Rational) -> bool {
    order(&value.abs(), &Rational::one()) == Ordering::Less
}
