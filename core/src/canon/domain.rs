//! Where a term with variables has a real value: the sides of roots and logarithms that must not be
//! negative.

use super::decide::proportion;
use super::term::{Constant, Function, Term, is_even};
use crate::limits::Fuel;
use alloc::vec::Vec;
use core::cmp::Ordering;
use num_traits::Signed;

/// Whether both terms ask the same of their variables, so that they are defined at the same places but
/// for poles. What cannot be told is not the same.
pub(crate) fn same_domain(a: &Term, b: &Term, fuel: &mut Fuel) -> bool {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    conditions(a, &mut left);
    conditions(b, &mut right);
    let mut covers = |some: &[&Term], others: &[&Term]| {
        some.iter().all(|x| {
            others.iter().any(|y| {
                x == y || matches!(proportion(x, y, fuel), Ok(Some(Some(Ordering::Greater))))
            })
        })
    };
    covers(&left, &right) && covers(&right, &left)
}

/// Collects what must not be negative, as far as that depends on variables.
fn conditions<'t>(term: &'t Term, found: &mut Vec<&'t Term>) {
    let mut require = |part: &'t Term| {
        if !part.is_constant() && !is_nonnegative(part) {
            found.push(part);
        }
    };
    match term {
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => {}
        Term::Sum(parts) | Term::Product(parts) => {
            parts.iter().for_each(|part| conditions(part, found));
        }
        Term::Power(pair) => {
            let odd = |exponent: &Term| {
                let exponent = exponent.as_rational();
                exponent.is_some_and(|q| !is_even(q.denom()))
            };
            if !odd(&pair.1) {
                require(&pair.0);
            }
            conditions(&pair.0, found);
            conditions(&pair.1, found);
        }
        Term::Call(function, parts) => {
            if let Function::Ln | Function::Asin | Function::Acos = function {
                parts.iter().for_each(&mut require);
            }
            parts.iter().for_each(|part| conditions(part, found));
        }
    }
}

/// Whether a term is nowhere negative by its form.
fn is_nonnegative(term: &Term) -> bool {
    match term {
        Term::Rational(value) => !value.is_negative(),
        Term::Constant(constant) => matches!(constant, Constant::Pi | Constant::E),
        Term::Sum(parts) | Term::Product(parts) => parts.iter().all(is_nonnegative),
        Term::Power(pair) => {
            let even = pair.1.as_integer().is_some_and(|n| n % 2 == 0);
            even || is_nonnegative(&pair.0)
        }
        Term::Call(Function::Abs, _) => true,
        _ => false,
    }
}
