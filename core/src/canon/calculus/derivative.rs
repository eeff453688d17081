//! Derivatives of terms.

use crate::canon::term::{Constant, Function, Term};
use alloc::vec::Vec;

/// The derivative of `term` with respect to `x`; `None` where a function in it has none.
pub(in crate::canon) fn derivative(term: &Term, x: &str) -> Option<Term> {
    if !term.depends_on(x) {
        return Some(Term::zero());
    }
    Some(match term {
        Term::Rational(_) | Term::Constant(_) => Term::zero(),
        Term::Symbol(name) if **name == x => Term::one(),
        // A function of x that is not known.
        Term::Symbol(_) => return None,
        Term::Sum(parts) => Term::sum_of(parts, &mut |part| derivative(part, x))?,
        Term::Product(parts) => {
            let mut terms = Vec::with_capacity(parts.len());
            for (at, part) in parts.iter().enumerate() {
                if part.depends_on(x) {
                    let others = parts.iter().enumerate().filter(|(i, _)| *i != at);
                    let others = others.map(|(_, other)| other.clone());
                    terms.push(Term::product(others.chain([derivative(part, x)?])));
                }
            }
            Term::sum(terms)
        }
        Term::Power(pair) => power(&pair.0, &pair.1, x)?,
        Term::Call(function, parts) => {
            let [u] = parts.as_slice() else {
                return None;
            };
            Term::product([outer(*function, u)?, derivative(u, x)?])
        }
    })
}

/// (b^e)'
fn power(base: &Term, exponent: &Term, x: &str) -> Option<Term> {
    let whole = Term::power(base.clone(), exponent.clone());
    if !exponent.depends_on(x) {
        let lower = Term::power(
            base.clone(),
            Term::sum([exponent.clone(), Term::integer(-1)]),
        );
        return Some(Term::product([
            exponent.clone(),
            lower,
            derivative(base, x)?,
        ]));
    }
    let logarithm = match base {
        Term::Constant(Constant::E) => Term::one(),
        base => Term::call(Function::Ln, base.clone()),
    };
    let growth = Term::product([derivative(exponent, x)?, logarithm]);
    if !base.depends_on(x) {
        return Some(Term::product([whole, growth]));
    }
    let own = Term::product([exponent.clone(), derivative(base, x)?]).over(base.clone());
    Some(Term::product([whole, Term::sum([growth, own])]))
}

/// f'(u)
fn outer(function: Function, u: &Term) -> Option<Term> {
    let square = || Term::power(u.clone(), Term::integer(2));
    let circle = |exponent| {
        Term::power(
            Term::sum([Term::one(), square().negated()]),
            Term::fraction(exponent, 2),
        )
    };
    Some(match function {
        Function::Sin => Term::call(Function::Cos, u.clone()),
        Function::Cos => Term::call(Function::Sin, u.clone()).negated(),
        Function::Ln => u.clone().inverse(),
        Function::Abs => u.clone().over(Term::call(Function::Abs, u.clone())),
        Function::Asin => circle(-1),
        Function::Acos => circle(-1).negated(),
        Function::Atan => Term::sum([Term::one(), square()]).inverse(),
        _ => return None,
    })
}
