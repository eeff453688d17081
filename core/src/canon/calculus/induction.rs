//! Forms without a value of their own, against a candidate: sums and products up to a variable by
//! induction, indefinite integrals by differentiation.

use super::derivative::derivative;
use super::polynomial::coefficients;
use super::{equal, expanded, is_bound, is_zero, resolve};
use crate::canon::decide::{Finding, decide};
use crate::canon::term::{Function, Term};
use crate::limits::Fuel;

/// Values of the variable at which both sides are compared first.
const TRIED: i64 = 6;

/// Stands for the sum while the equation is solved for it.
const UNKNOWN: &str = "\u{1}s\u{1}";

/// Compares two terms of which one holds a sum or product up to n + c for a variable n.
pub(in crate::canon) fn prove(a: &Term, b: &Term, fuel: &mut Fuel) -> Option<Finding> {
    if let Some(found) = primitive(a, b, fuel).or_else(|| primitive(b, a, fuel)) {
        return Some(found);
    }
    let form = find(a).or_else(|| find(b))?;
    let Term::Call(function, parts) = form else {
        return None;
    };
    let (Term::Symbol(index), body, first, last) =
        (parts.first()?, parts.get(1)?, parts.get(2)?, parts.get(3)?)
    else {
        return None;
    };
    let mut variable = None;
    last.symbols(&mut |name| variable = Some(Term::symbol(name)));
    let Some(Term::Symbol(n)) = variable else {
        return None;
    };
    let offset = match coefficients(last, &n, fuel)?.as_slice() {
        [offset, slope] if slope.as_integer() == Some(1) => offset.as_integer()?,
        _ => return None,
    };
    let start = first.as_integer()?;
    let least = start.checked_sub(offset)?;
    // Different at an integer is different.
    for value in least..least.checked_add(TRIED)? {
        let value = Term::integer(value);
        let at = |term: &Term, fuel: &mut Fuel| resolve(&term.substitute(&n, &value), fuel);
        let (x, y) = (at(a, fuel), at(b, fuel));
        if is_bound(&x) || is_bound(&y) {
            break;
        }
        let found = fuel.share(super::PROOF_SHARE, |fuel| decide(&x, &y, fuel));
        if found.is_different() {
            return Some(Finding::Different);
        }
    }
    if body.depends_on(&n) {
        return None;
    }
    let candidate = solved(a, b, form, fuel)?;
    let next = Term::sum([Term::symbol(n.as_str()), Term::one()]);
    let after = candidate.substitute(&n, &next);
    let added = body.substitute(index, &Term::sum([last.clone(), Term::one()]));
    let base = candidate.substitute(&n, &Term::integer(least));
    let first_term = expanded(*function, index, body, (first, first), fuel)?;
    let grown = match function {
        Function::Sum => Term::sum([candidate, added]),
        _ => Term::product([candidate, added]),
    };
    let proven = equal(&base, &first_term, fuel) && equal(&after, &grown, fuel);
    proven.then_some(Finding::Equal)
}

/// ∫f dx against F + C, with a name for the constant that occurs nowhere else.
fn primitive(integral: &Term, candidate: &Term, fuel: &mut Fuel) -> Option<Finding> {
    let Term::Call(Function::Integral, parts) = integral else {
        return None;
    };
    let ([Term::Symbol(x), body], Term::Sum(terms)) = (parts.as_slice(), candidate) else {
        return None;
    };
    let is_constant = |term: &&Term| match term {
        Term::Symbol(name) => {
            let elsewhere = terms.iter().filter(|other| other.depends_on(name)).count();
            name != x && elsewhere == 1 && !body.depends_on(name)
        }
        _ => false,
    };
    terms.iter().find(is_constant)?;
    let slope = derivative(candidate, x)?;
    let found = fuel.share(super::PROOF_SHARE, |fuel| decide(&slope, body, fuel));
    if found.is_equal() {
        Some(Finding::Equal)
    } else {
        found.is_different().then_some(Finding::Different)
    }
}

/// The first sum or product in `term`.
fn find(term: &Term) -> Option<&Term> {
    match term {
        Term::Call(Function::Sum | Function::Product, _) => Some(term),
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => None,
        Term::Sum(parts) | Term::Product(parts) | Term::Call(_, parts) => {
            parts.iter().find_map(find)
        }
        Term::Power(pair) => find(&pair.0).or_else(|| find(&pair.1)),
    }
}

/// What `form` is by a = b, where that is linear in it.
fn solved(a: &Term, b: &Term, form: &Term, fuel: &mut Fuel) -> Option<Term> {
    let difference = replace(a, form).minus(replace(b, form));
    if is_bound(&difference) {
        return None;
    }
    let p = coefficients(&difference, UNKNOWN, fuel)?;
    match p.as_slice() {
        [rest, slope] if !is_zero(slope, fuel)? => Some(rest.clone().negated().over(slope.clone())),
        _ => None,
    }
}

fn replace(term: &Term, form: &Term) -> Term {
    super::factors::replace(term, form, UNKNOWN)
}
