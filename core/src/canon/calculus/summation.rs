//! Closed forms of sums, by an antidifference: F with F(k + 1) - F(k) = f(k).

use super::factors::Factors;
use super::partial::{Pole, fractions};
use super::polynomial::{at, coefficients, cost, linear};
use super::{binomial, equal, infinite, is_zero};
use crate::canon::term::{Rational, Term, order};
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;
use num_traits::{One, ToPrimitive, Zero};

/// Poles that telescope may be so far apart.
const MAX_DISTANCE: i64 = 32;

/// The sum of `body` over the `index` from `first` to `last`.
pub(super) fn sum(
    index: &str,
    body: &Term,
    first: &Term,
    last: &Term,
    fuel: &mut Fuel,
) -> Option<Term> {
    if *last == Term::infinity() {
        return infinite::sum(index, body, first.as_integer()?, fuel);
    }
    if first.is_opaque() || last.is_opaque() {
        return None;
    }
    if let Some(found) = binomial::sum(index, body, first, last, fuel) {
        return Some(found);
    }
    let total = antidifference(body, index, fuel)?;
    let end = Term::sum([last.clone(), Term::one()]);
    Some(
        total
            .substitute(index, &end)
            .minus(total.substitute(index, first)),
    )
}

/// A term whose difference in `k` is `f`, proven by taking the difference.
pub(super) fn antidifference(f: &Term, k: &str, fuel: &mut Fuel) -> Option<Term> {
    let found = search(f, k, fuel)?;
    let next = Term::sum([Term::symbol(k), Term::one()]);
    let difference = found.substitute(k, &next).minus(found.clone());
    equal(&difference, f, fuel).then_some(found)
}

fn search(f: &Term, k: &str, fuel: &mut Fuel) -> Option<Term> {
    fuel.spend(16 + 4 * f.size()).ok()?;
    if let Some(p) = coefficients(f, k, fuel) {
        return of_polynomial(&p, k, fuel);
    }
    if let Some(parts) = fractions(f, k, fuel) {
        if parts.quadratic.is_none() {
            let whole: Vec<Term> = parts.whole.into_iter().map(Term::rational).collect();
            let rest = telescoped(&parts.poles, k, fuel)?;
            return Some(Term::sum([of_polynomial(&whole, k, fuel)?, rest]));
        }
    }
    if let Term::Sum(parts) = f {
        return Term::sum_of(parts, &mut |part| search(part, k, fuel));
    }
    let (ratio, rest) = geometric(f, k, fuel)?;
    match coefficients(&rest, k, fuel) {
        Some(p) => of_geometric(&p, &ratio, k, fuel),
        None => expanded(f, k, fuel),
    }
}

/// A product with a sum as a factor, term by term.
fn expanded(f: &Term, k: &str, fuel: &mut Fuel) -> Option<Term> {
    let Term::Product(factors) = f else {
        return None;
    };
    let at = factors
        .iter()
        .position(|factor| matches!(factor, Term::Sum(_)))?;
    let Term::Sum(parts) = &factors[at] else {
        return None;
    };
    Term::sum_of(parts, &mut |part| {
        let others = factors.iter().enumerate().filter(|(i, _)| *i != at);
        let others = others.map(|(_, factor)| factor.clone());
        search(&Term::product(others.chain([part.clone()])), k, fuel)
    })
}

/// Newton's forward differences: k^i = Σ Δʲ0^i C(k, j), and C(k, j) has the antidifference
/// C(k, j + 1). Those of the powers and not of p(k): differences of terms double at each step.
fn of_polynomial(p: &[Term], k: &str, fuel: &mut Fuel) -> Option<Term> {
    fuel.spend(cost(p, p)).ok()?;
    let mut differences: Vec<Term> = (0..p.len())
        .map(|j| Term::integer(i64::from(j == 0)))
        .collect();
    let mut factors = vec![Vec::new(); p.len()];
    for coefficient in p {
        for (factor, difference) in factors.iter_mut().zip(&differences) {
            factor.push(Term::product([difference.clone(), coefficient.clone()]));
        }
        // Δʲ0^(i + 1) = j (Δʲ0^i + Δʲ⁻¹0^i)
        let mut below = Term::zero();
        for (j, difference) in (0..).zip(&mut differences) {
            let sum = Term::sum([difference.clone(), below]);
            below = core::mem::replace(difference, Term::product([Term::integer(j), sum]));
        }
    }
    let mut basis = Term::symbol(k);
    let terms = (1..).zip(factors).map(|(j, factor)| {
        let term = Term::product([Term::sum(factor), basis.clone()]);
        let next = Term::sum([Term::symbol(k), Term::integer(-j)]);
        basis = Term::product([basis.clone(), next]).over(Term::integer(j + 1));
        term
    });
    Some(Term::sum(terms))
}

/// r and g in f = r^k g, where the powers with k in the exponent are all in r.
pub(super) fn geometric(f: &Term, k: &str, fuel: &mut Fuel) -> Option<(Term, Term)> {
    let factors = Factors::of(f, k);
    let mut ratio = Term::one();
    let mut rest = factors.constant.clone();
    for (base, exponent) in &factors.powers {
        if exponent.depends_on(k) && !base.depends_on(k) {
            let (a, b) = linear(exponent, k, fuel)?;
            ratio = Term::product([ratio, Term::power(base.clone(), a)]);
            rest = Term::product([rest, Term::power(base.clone(), b)]);
        } else {
            rest = Term::product([rest, Term::power(base.clone(), exponent.clone())]);
        }
    }
    Some((ratio, rest))
}

/// q(k) r^k with r q(k + 1) - q(k) = p(k), from the leading coefficient down.
fn of_geometric(p: &[Term], ratio: &Term, k: &str, fuel: &mut Fuel) -> Option<Term> {
    let less = ratio.clone().minus(Term::one());
    if is_zero(&less, fuel)? {
        return of_polynomial(p, k, fuel);
    }
    let mut q = vec![Term::zero(); p.len()];
    for i in (0..p.len()).rev() {
        fuel.spend(cost(&q[i + 1..], core::slice::from_ref(ratio)))
            .ok()?;
        let above = (i + 1..p.len()).map(|j| {
            let binomial = Term::rational(choose(j, i).into());
            Term::product([ratio.clone(), binomial, q[j].clone()])
        });
        let above = Term::sum(above);
        q[i] = p[i].clone().minus(above).over(less.clone());
    }
    let power = Term::power(ratio.clone(), Term::symbol(k));
    Some(Term::product([at(&q, &Term::symbol(k)), power]))
}

pub(super) fn choose(n: usize, k: usize) -> IBig {
    (0..k).fold(IBig::ONE, |value, i| {
        value * IBig::from(n - i) / IBig::from(i + 1)
    })
}

/// Poles whose coefficients cancel at equal distances: with 1/(k + d) - 1/k the difference of
/// 1/k + … + 1/(k + d - 1).
pub(super) fn telescoped(poles: &[Pole], k: &str, fuel: &mut Fuel) -> Option<Term> {
    let mut terms = Vec::new();
    let mut rest = poles.to_vec();
    while let Some(first) = rest.first().cloned() {
        let group: Vec<Pole>;
        (group, rest) = rest
            .into_iter()
            .partition(|pole| pole.order == first.order && (&pole.at - &first.at).is_integer());
        let sum = group
            .iter()
            .fold(Rational::zero(), |sum, pole| sum + &pole.coefficient);
        if !sum.is_zero() {
            return None;
        }
        // The pole at the largest point comes first: its denominator is the smallest.
        let start = group
            .iter()
            .map(|pole| &pole.at)
            .max_by(|a, b| order(a, b))?;
        for pole in &group {
            let distance = (start - &pole.at).to_integer().to_i64()?;
            if distance > MAX_DISTANCE {
                return None;
            }
            for step in 0..distance {
                fuel.spend(1).ok()?;
                let shift = Rational::from(IBig::from(step)) - start;
                let base = Term::sum([Term::symbol(k), Term::rational(shift)]);
                let power = Term::power(base, Term::integer(-i64::from(pole.order)));
                terms.push(Term::product([
                    Term::rational(pole.coefficient.clone()),
                    power,
                ]));
            }
        }
    }
    Some(Term::sum(terms))
}

/// Whether the sums of a ratio like this converge.
pub(super) fn converges(ratio: &Term, fuel: &mut Fuel) -> bool {
    // Sums in a variable are meant where they converge.
    !ratio.is_constant()
        || match ratio {
            Term::Rational(value) => super::partial::is_contraction(value),
            ratio => {
                let size = Term::call(crate::canon::term::Function::Abs, ratio.clone());
                crate::canon::decide::order(&size, &Term::rational(Rational::one()), fuel)
                    == Some(Ordering::Less)
            }
        }
}
