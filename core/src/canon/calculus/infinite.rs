//! Infinite sums: geometric ones, telescoping ones, and the named series.

use super::binomial::falling;
use super::factors::Factors;
use super::partial::{Pole, fractions};
use super::polynomial::{at, coefficients};
use super::summation::{antidifference, choose, converges, geometric, telescoped};
use crate::canon::term::{Constant, Function, Rational, Term};
use crate::every::every;
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Terms before a named series begins, or that it has in excess, are written out up to this many.
const MAX_SHIFT: i64 = 64;

/// The sum of `body` over the `index` from `first` on.
pub(super) fn sum(index: &str, body: &Term, first: i64, fuel: &mut Fuel) -> Option<Term> {
    fuel.spend(16 + 4 * body.size()).ok()?;
    let (ratio, rest) = geometric(body, index, fuel)?;
    if ratio.as_integer() != Some(1) {
        if let Some(found) = exponential(&ratio, &rest, index, body, first, fuel) {
            return Some(found);
        }
        if !converges(&ratio, fuel) {
            return alternating(&ratio, &rest, index, first, fuel);
        }
        // Falls faster than any polynomial grows.
        if coefficients(&rest, index, fuel).is_some() {
            let total = antidifference(body, index, fuel)?;
            return Some(total.substitute(index, &Term::integer(first)).negated());
        }
        return logarithmic(&ratio, &rest, index, body, first, fuel)
            .or_else(|| by_terms(index, body, first, fuel));
    }
    exponential(&ratio, &rest, index, body, first, fuel)
        .or_else(|| of_poles(body, index, first, fuel))
        .or_else(|| by_terms(index, body, first, fuel))
}

/// The sum of sums that converge by themselves.
fn by_terms(index: &str, body: &Term, first: i64, fuel: &mut Fuel) -> Option<Term> {
    let Term::Sum(parts) = distributed(body) else {
        return None;
    };
    Term::sum_of(&parts, &mut |part| sum(index, part, first, fuel))
}

/// A product with one sum as a factor, multiplied out.
fn distributed(body: &Term) -> Term {
    let Term::Product(factors) = body else {
        return body.clone();
    };
    let Some(at) = factors.iter().position(|f| matches!(f, Term::Sum(_))) else {
        return body.clone();
    };
    let Term::Sum(parts) = &factors[at] else {
        return body.clone();
    };
    let terms = parts.iter().map(|part| {
        let others = factors.iter().enumerate().filter(|(i, _)| *i != at);
        Term::product(others.map(|(_, f)| f.clone()).chain([part.clone()]))
    });
    Term::sum(terms)
}

/// What `body` amounts to over the integers from `from` up to but not including `to`; with a
/// negative sign if they are in reverse order.
fn between(index: &str, body: &Term, from: i64, to: i64) -> Option<Term> {
    let (low, high, sign) = if from <= to {
        (from, to, 1)
    } else {
        (to, from, -1)
    };
    if high.checked_sub(low)? > MAX_SHIFT {
        return None;
    }
    let terms = (low..high).map(|k| body.substitute(index, &Term::integer(k)));
    Some(Term::product([Term::integer(sign), Term::sum(terms)]))
}

/// Σ p(k) r^k / k! = e^r Σ c_j r^j for p in falling factorials.
fn exponential(
    ratio: &Term,
    rest: &Term,
    index: &str,
    body: &Term,
    first: i64,
    fuel: &mut Fuel,
) -> Option<Term> {
    let factors = Factors::of(rest, index);
    let position = factors.powers.iter().position(|(base, exponent)| {
        matches!(base, Term::Call(Function::Factorial, _)) && exponent.as_integer() == Some(-1)
    })?;
    let (base, _) = &factors.powers[position];
    let Term::Call(_, arguments) = base else {
        return None;
    };
    let (slope, shift) = super::polynomial::linear(arguments.first()?, index, fuel)?;
    let shift = shift.as_integer().filter(|s| (-8..=8).contains(s))?;
    let others = Factors::of(rest, index)
        .over(&base.clone().inverse(), index)
        .term();
    let p = coefficients(&others, index, fuel)?;
    let k = Term::symbol(index);
    match slope.as_integer()? {
        1 => {
            // With j = k + s: Σ p(j - s) r^(j - s) / j! from first + s on.
            let moved = at(&p, &Term::sum([k.clone(), Term::integer(-shift)]));
            let p = coefficients(&moved, index, fuel)?;
            let start = first.checked_add(shift)?.max(0);
            let sum = falling(&p).into_iter().enumerate().map(|(j, c)| {
                Term::product([c, Term::power(ratio.clone(), Term::integer(j as i64))])
            });
            let sum = Term::product([
                Term::power(Term::Constant(Constant::E), ratio.clone()),
                Term::sum(sum),
            ]);
            let factorial = Term::call(Function::Factorial, k.clone());
            let term = Term::product([at(&p, &k), Term::power(ratio.clone(), k)]).over(factorial);
            let before = between(index, &term, 0, start)?;
            let scale = Term::power(ratio.clone(), Term::integer(-shift));
            Some(Term::product([scale, sum.minus(before)]))
        }
        // Σ (-1)^k x^(2k) / (2k)! and the like.
        2 if p.len() == 1 && (0..=1).contains(&shift) => {
            let value = circular(ratio, shift, fuel)?;
            let before = between(index, body, 0, first)?;
            Some(Term::product([p[0].clone(), value]).minus(before))
        }
        _ => None,
    }
}

/// Σ r^k / (2k + s)! over k from 0 on: cosh √r or sinh √r / √r, which for a negative r are
/// cos √-r and sin √-r / √-r.
fn circular(ratio: &Term, shift: i64, fuel: &mut Fuel) -> Option<Term> {
    let (size, negative) = match ratio {
        Term::Rational(value) => (Term::rational(value.abs()), value.is_negative()),
        Term::Product(parts) if parts.first().and_then(Term::as_integer) == Some(-1) => {
            (Term::product(parts[1..].iter().cloned()), true)
        }
        ratio => (ratio.clone(), false),
    };
    fuel.spend(1).ok()?;
    // x^2 has the root x: the series is even in it.
    let root = match &size {
        Term::Power(pair) if pair.1.as_integer() == Some(2) => pair.0.clone(),
        size => Term::power(size.clone(), Term::fraction(1, 2)),
    };
    let exp = |u: Term| Term::power(Term::Constant(Constant::E), u);
    let half = Term::fraction(1, 2);
    let value = match (shift, negative) {
        (0, true) => Term::call(Function::Cos, root),
        (0, false) => Term::product([half, Term::sum([exp(root.clone()), exp(root.negated())])]),
        (_, true) => Term::call(Function::Sin, root.clone()).over(root),
        (_, false) => {
            let odd = exp(root.clone()).minus(exp(root.clone().negated()));
            Term::product([half, odd]).over(root)
        }
    };
    Some(value)
}

/// Σ r^k / (k + s) = -r^(-s) (ln(1 - r) + the terms before), for a contraction r.
fn logarithmic(
    ratio: &Term,
    rest: &Term,
    index: &str,
    body: &Term,
    first: i64,
    fuel: &mut Fuel,
) -> Option<Term> {
    let parts = fractions(rest, index, fuel)?;
    let [pole] = parts.poles.as_slice() else {
        return None;
    };
    if !parts.only_poles() || pole.order != 1 || !pole.at.is_integer() {
        return None;
    }
    // The whole series begins one after the pole.
    let at = pole.at.to_integer().to_i64()?;
    let start = at.checked_add(1)?;
    if first <= at {
        return None;
    }
    let logarithm = Term::call(Function::Ln, Term::one().minus(ratio.clone())).negated();
    let scale = Term::power(ratio.clone(), Term::integer(at));
    let whole = Term::product([Term::rational(pole.coefficient.clone()), scale, logarithm]);
    Some(whole.minus(between(index, body, start, first)?))
}

/// Rational functions: those whose poles cancel, and even powers at integers and half-integers.
fn of_poles(body: &Term, index: &str, first: i64, fuel: &mut Fuel) -> Option<Term> {
    let parts = fractions(body, index, fuel)?;
    if !parts.only_poles() {
        return None;
    }
    let start = Rational::from(IBig::from(first));
    let beyond =
        |pole: &Pole| !pole.at.is_integer() || crate::canon::term::order(&pole.at, &start).is_lt();
    if !parts.poles.iter().all(beyond) {
        return None;
    }
    if let Some(total) = telescoped(&parts.poles, index, fuel) {
        return Some(total.substitute(index, &Term::integer(first)).negated());
    }
    let (even, odd): (Vec<Pole>, Vec<Pole>) = parts
        .poles
        .into_iter()
        .partition(|pole| pole.order % 2 == 0);
    let odd = telescoped(&odd, index, fuel)?
        .substitute(index, &Term::integer(first))
        .negated();
    let mut terms = vec![odd];
    for pole in even {
        terms.push(zeta(&pole, index, first)?);
    }
    Some(Term::sum(terms))
}

/// Σ c / (k - a)^m for an even m and an a that is an integer or half of one.
fn zeta(pole: &Pole, index: &str, first: i64) -> Option<Term> {
    let m = pole.order;
    let whole = riemann(m)?;
    let (start, value) = if pole.at.is_integer() {
        (pole.at.to_integer().to_i64()?.checked_add(1)?, whole)
    } else if *pole.at.denom() == IBig::from(2) {
        // Σ 1/(k + 1/2)^m = (2^m - 1) ζ(m)
        let half = Rational::new(IBig::ONE, IBig::from(2));
        let start = (&pole.at + half).to_integer().to_i64()?;
        let factor = Rational::from(IBig::from(2).pow(m as usize) - IBig::ONE);
        (start, Term::product([Term::rational(factor), whole]))
    } else {
        return None;
    };
    let base = Term::sum([Term::symbol(index), Term::rational(-pole.at.clone())]);
    let one = Term::power(base, Term::integer(-i64::from(m)));
    let rest = value.minus(between(index, &one, start, first)?);
    Some(Term::product([
        Term::rational(pole.coefficient.clone()),
        rest,
    ]))
}

/// ζ(m) for an even m: |B_m| (2π)^m / (2 m!).
fn riemann(m: u32) -> Option<Term> {
    if m % 2 != 0 || !(2..=20).contains(&m) {
        return None;
    }
    let m = m as usize;
    let factorial = (1..=m).fold(IBig::ONE, |product, k| product * IBig::from(k));
    let factor = Rational::new(IBig::from(2).pow(m - 1), factorial) * bernoulli(m).abs();
    let pi = Term::power(Term::Constant(Constant::Pi), Term::integer(m as i64));
    Some(Term::product([Term::rational(factor), pi]))
}

/// The Bernoulli number B_m, by Σ C(m + 1, j) B_j = 0.
fn bernoulli(m: usize) -> Rational {
    let mut known = vec![Rational::one()];
    for n in 1..=m {
        let sum = known
            .iter()
            .enumerate()
            .fold(Rational::zero(), |sum, (j, b)| {
                sum + b * Rational::from(choose(n + 1, j))
            });
        known.push(-sum / IBig::from(n + 1));
    }
    known.pop().unwrap_or_default()
}

/// Σ (-1)^k c / (k - a)^m: for integers a by ln 2 and ζ, for half-integers and m = 1 by π.
fn alternating(
    ratio: &Term,
    rest: &Term,
    index: &str,
    first: i64,
    fuel: &mut Fuel,
) -> Option<Term> {
    if ratio.as_integer() != Some(-1) {
        return None;
    }
    let parts = fractions(rest, index, fuel)?;
    if !parts.only_poles() {
        return None;
    }
    let terms = every(&parts.poles, &mut |pole| {
        let (two, half) = (IBig::from(2), Rational::new(IBig::ONE, IBig::from(2)));
        let (start, value) = if pole.at.is_integer() {
            // Σ (-1)^(j-1) / j^m from 1 on.
            let value = match pole.order {
                1 => Term::call(Function::Ln, Term::integer(2)),
                m => {
                    let factor = Rational::one() - Rational::new(two.clone(), two.pow(m as usize));
                    Term::product([Term::rational(factor), riemann(m)?])
                }
            };
            (pole.at.to_integer().to_i64()?.checked_add(1)?, value)
        } else if *pole.at.denom() == two && pole.order == 1 {
            // Σ (-1)^j / (j + 1/2) from 0 on is π/2.
            let value = Term::product([Term::fraction(1, 2), Term::Constant(Constant::Pi)]);
            ((&pole.at + half).to_integer().to_i64()?, value)
        } else {
            return None;
        };
        if first < start {
            return None;
        }
        let base = Term::sum([Term::symbol(index), Term::rational(-pole.at.clone())]);
        let sign = Term::power(Term::integer(-1), Term::symbol(index));
        let one = Term::product([
            sign,
            Term::power(base, Term::integer(-i64::from(pole.order))),
        ]);
        let sign = Term::integer(if start % 2 == 0 { 1 } else { -1 });
        let whole = Term::product([sign, value]);
        let rest = whole.minus(between(index, &one, start, first)?);
        Some(Term::product([
            Term::rational(pole.coefficient.clone()),
            rest,
        ]))
    });
    terms.map(Term::sum)
}
