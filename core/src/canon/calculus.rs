//! Sums, products, integrals and limits: closed forms where they can be proven.
//!
//! What is found by a rule of thumb counts only after a proof: an antiderivative is differentiated,
//! the closed form of a sum is differenced, and the decider compares. What is not found keeps its
//! form, which is equal to itself only.

mod antiderivative;
mod binomial;
mod continuity;
mod derivative;
mod expansion;
mod factors;
mod induction;
mod infinite;
mod integral;
mod limit;
mod partial;
mod polynomial;
mod product;
mod summation;

pub(super) use derivative::derivative;
pub(super) use induction::prove;

use super::decide::{constant, decide};
use super::term::{Function, Rational, Term};
use crate::limits::Fuel;
use alloc::vec::Vec;
use num_traits::Zero;

/// Finite sums and products are written out up to this many terms.
const MAX_EXPANDED: i64 = 1000;

/// No more than this share of the fuel goes into one proof.
const PROOF_SHARE: u64 = 4;

/// What a sum, product, integral or limit amounts to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Closed {
    Term(Term),
    Infinity { negative: bool },
}

/// `term` with the closed forms that its sums, products, integrals and limits have.
pub(super) fn resolve(term: &Term, fuel: &mut Fuel) -> Term {
    if !is_bound(term) {
        return term.clone();
    }
    let all = |parts: &[Term], fuel: &mut Fuel| -> Vec<Term> {
        parts.iter().map(|part| resolve(part, fuel)).collect()
    };
    match term {
        Term::Sum(parts) => Term::sum(all(parts, fuel)),
        Term::Product(parts) => Term::product(all(parts, fuel)),
        Term::Power(pair) => Term::power(resolve(&pair.0, fuel), resolve(&pair.1, fuel)),
        Term::Call(function, parts) => {
            let parts = all(parts, fuel);
            if function.binds() {
                if let Some(Closed::Term(term)) = closed(*function, &parts, fuel) {
                    return term;
                }
            }
            Term::Call(*function, parts.into())
        }
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => term.clone(),
    }
}

/// [`resolve`] for a term that may be infinite as a whole.
pub(super) fn value(term: Term, fuel: &mut Fuel) -> Closed {
    match term {
        term if !is_bound(&term) => Closed::Term(term),
        Term::Call(function, parts) if function.binds() => {
            let parts: Vec<Term> = parts.iter().map(|part| resolve(part, fuel)).collect();
            let found = closed(function, &parts, fuel);
            found.unwrap_or(Closed::Term(Term::Call(function, parts.into())))
        }
        term => Closed::Term(resolve(&term, fuel)),
    }
}

/// Whether a sum, product, integral or limit occurs in `term`.
pub(super) fn is_bound(term: &Term) -> bool {
    match term {
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => false,
        Term::Call(function, _) if function.binds() => true,
        Term::Sum(parts) | Term::Product(parts) | Term::Call(_, parts) => {
            parts.iter().any(is_bound)
        }
        Term::Power(pair) => is_bound(&pair.0) || is_bound(&pair.1),
    }
}

fn closed(function: Function, parts: &[Term], fuel: &mut Fuel) -> Option<Closed> {
    let (Term::Symbol(index), body) = (parts.first()?, parts.get(1)?) else {
        return None;
    };
    // What holds a form without a value cannot be calculated with.
    if is_bound(body) {
        return None;
    }
    let found = match (function, &parts[2..]) {
        (Function::Sum, [first, last]) => expanded(function, index, body, (first, last), fuel)
            .or_else(|| summation::sum(index, body, first, last, fuel)),
        (Function::Product, [first, last]) => expanded(function, index, body, (first, last), fuel)
            .or_else(|| product::product(index, body, first, last, fuel)),
        (Function::Integral, [from, to]) => integral::definite(index, body, from, to, fuel),
        (Function::Limit, [point, side]) => {
            return limit::limit(index, body, point, side.as_integer()?, fuel);
        }
        _ => None,
    };
    found.map(Closed::Term)
}

/// A sum or product over a few integers, written out.
fn expanded(
    function: Function,
    index: &str,
    body: &Term,
    (first, last): (&Term, &Term),
    fuel: &mut Fuel,
) -> Option<Term> {
    let (first, last) = (first.as_integer()?, last.as_integer()?);
    let count = last.checked_sub(first)?;
    if !(-1..MAX_EXPANDED).contains(&count) {
        return None;
    }
    fuel.spend(body.size().checked_mul((count + 1).unsigned_abs())?)
        .ok()?;
    let terms = (first..=last).map(|k| body.substitute(index, &Term::integer(k)));
    Some(match function {
        Function::Sum => Term::sum(terms),
        _ => Term::product(terms),
    })
}

/// Whether `a` and `b` are proven equal, or agree as far as anybody can tell.
fn equal(a: &Term, b: &Term, fuel: &mut Fuel) -> bool {
    fuel.share(PROOF_SHARE, |fuel| decide(a, b, fuel))
        .is_equal()
}

/// Whether `term` is zero, where that can be told.
fn is_zero(term: &Term, fuel: &mut Fuel) -> Option<bool> {
    if let Term::Rational(value) = term {
        return Some(value.is_zero());
    }
    let found = fuel.share(PROOF_SHARE, |fuel| decide(term, &Term::zero(), fuel));
    match found {
        found if found.is_equal() => Some(true),
        found if found.is_different() => Some(false),
        _ => None,
    }
}

/// a and b in `term` = (a·x + b)·`unit`, where they are rational.
pub(super) fn linear(
    term: &Term,
    x: &str,
    unit: &Term,
    fuel: &mut Fuel,
) -> Option<(Rational, Rational)> {
    let (a, b) = polynomial::linear(term, x, fuel)?;
    let mut rational = |term: Term| constant(&term.over(unit.clone()), fuel);
    Some((rational(a)?, rational(b)?))
}
