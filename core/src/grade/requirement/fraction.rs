//! Fractions in lowest terms.

use super::{Met, any, parts, term, unsigned};
use crate::canon::decide::{constant, reduces};
use crate::expr::{Expr, Number};
use crate::limits::Fuel;
use dashu_int::IBig;
use dashu_int::ops::Gcd;
use num_traits::{One, Signed};

/// Whether no fraction in `expr` can be reduced, and a rational number is one fraction.
pub(super) fn lowest_terms(expr: &Expr, fuel: &mut Fuel) -> Met {
    let Some(value) = term(expr) else {
        return Met::No;
    };
    if constant(&value, fuel).is_some() {
        return is_fraction(unsigned(expr)).into();
    }
    reduced(expr, fuel)
}

/// Whether no fraction in `expr` can be reduced.
pub(super) fn reduced(expr: &Expr, fuel: &mut Fuel) -> Met {
    let here = match expr {
        Expr::Number(number) => (!number.decimal && number.value.is_integer()).into(),
        Expr::Quotient(pair) => quotient(pair, fuel),
        Expr::Mixed(_) => is_fraction(expr).into(),
        _ => Met::Yes,
    };
    here.and(|| Met::all(parts(expr), |part| reduced(part, fuel)))
}

fn whole(expr: &Expr) -> Option<&Number> {
    match expr {
        Expr::Number(number) if number.is_integer() => Some(number),
        _ => None,
    }
}

/// An integer, a fraction of integers without a common factor, or a mixed number of these.
fn is_fraction(expr: &Expr) -> bool {
    let lowest = |n: &Expr, d: &Expr| match (whole(unsigned(n)), whole(d)) {
        (Some(n), Some(d)) => {
            let (n, d) = (n.value.numer(), d.value.numer());
            !n.is_zero() && *d > IBig::ONE && IBig::from(n.gcd(d)).is_one()
        }
        _ => false,
    };
    match expr {
        Expr::Quotient(pair) => lowest(&pair.0, &pair.1),
        Expr::Mixed(pair) => match (&pair.0, &pair.1) {
            (first, Expr::Quotient(part)) if whole(first).is_some() => {
                let proper = match (whole(&part.0), whole(&part.1)) {
                    (Some(n), Some(d)) => n.value.numer() < d.value.numer(),
                    _ => false,
                };
                proper && lowest(&part.0, &part.1)
            }
            _ => false,
        },
        expr => whole(expr).is_some(),
    }
}

fn quotient(pair: &(Expr, Expr), fuel: &mut Fuel) -> Met {
    let (above, below) = (content(&pair.0), content(&pair.1));
    let nested = |part: &Expr| any(part, &|e| matches!(e, Expr::Quotient(_) | Expr::Mixed(_)));
    let common = !IBig::from(above.gcd(&below)).is_one();
    let unit = whole(&pair.1).is_some_and(|n| n.value.is_one());
    if common || unit || nested(&pair.0) || nested(&pair.1) {
        return Met::No;
    }
    match (term(&pair.0), term(&pair.1)) {
        (Some(above), Some(below)) => match reduces(&above, &below, fuel) {
            Some(reduces) => (!reduces).into(),
            None => Met::Unknown,
        },
        _ => Met::No,
    }
}

/// The largest integer that visibly divides `expr`.
pub(super) fn content(expr: &Expr) -> IBig {
    match expr {
        Expr::Number(number) if number.is_integer() => number.value.numer().abs(),
        Expr::Product(items) => items.iter().map(content).fold(IBig::ONE, |all, n| all * n),
        Expr::Sum(terms) => {
            terms
                .iter()
                .map(|(_, term)| content(term))
                .fold(IBig::ZERO, |all, n| {
                    if all.is_zero() || n.is_zero() {
                        all + n
                    } else {
                        IBig::from(all.gcd(n))
                    }
                })
        }
        _ => IBig::ONE,
    }
}
