//! Simplified radicals.

use super::factored::collected;
use super::fraction::{content, reduced};
use super::{Met, any, parts};
use crate::expr::Expr;
use crate::limits::Fuel;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_traits::Signed;

/// Whether every root in `expr` is as simple as it can be, and what stands around it, too.
pub(super) fn simplified(expr: &Expr, fuel: &mut Fuel) -> Met {
    let is_root = |e: &Expr| matches!(e, Expr::Root(_)) || is_fractional_power(e);
    let clumsy = |e: &Expr| match e {
        Expr::Quotient(pair) => any(&pair.1, &is_root),
        // √2 · √3 is √6.
        Expr::Product(items) => {
            let roots = items.iter().filter_map(|item| match item {
                Expr::Root(pair) => Some(&pair.1),
                _ => None,
            });
            let roots: Vec<_> = roots.collect();
            roots
                .iter()
                .enumerate()
                .any(|(at, index)| roots.iter().skip(at + 1).any(|other| other == index))
        }
        Expr::Power(pair) => is_root(&pair.0) || is_fractional_power(e),
        _ => false,
    };
    if any(expr, &clumsy) {
        return Met::No;
    }
    roots(expr)
        .and(|| reduced(expr, fuel))
        .and(|| collected(expr, fuel))
}

/// `2^{1/2}` is not written as a radical.
fn is_fractional_power(expr: &Expr) -> bool {
    matches!(expr, Expr::Power(pair) if matches!(&pair.1, Expr::Quotient(_)))
        || matches!(expr, Expr::Power(pair) if matches!(&pair.1, Expr::Number(n) if n.decimal))
}

fn roots(expr: &Expr) -> Met {
    let here = match expr {
        Expr::Root(pair) => match &pair.1 {
            Expr::Number(index) if index.is_integer() => match u32::try_from(index.value.numer()) {
                Ok(index) => radicand(&pair.0, index),
                Err(_) => Met::Unknown,
            },
            _ => Met::Yes,
        },
        _ => Met::Yes,
    };
    here.and(|| Met::all(parts(expr), roots))
}

fn radicand(expr: &Expr, index: u32) -> Met {
    match expr {
        Expr::Number(number) if !number.is_integer() || *number.value.numer() <= IBig::ONE => {
            Met::No
        }
        Expr::Quotient(_) | Expr::Mixed(_) | Expr::Root(_) => Met::No,
        // The sign of √-2 and ∛-2 stands before the root.
        Expr::Sum(terms) if terms.len() == 1 => Met::No,
        Expr::Power(pair) => (!reaches(&pair.1, index)).into(),
        Expr::Product(items) => {
            let powers = items
                .iter()
                .any(|item| matches!(item, Expr::Power(pair) if reaches(&pair.1, index)));
            let factors: Met = (!powers).into();
            factors.and(|| has_no_power(&content(expr), index))
        }
        _ => has_no_power(&content(expr), index),
    }
}

fn reaches(exponent: &Expr, index: u32) -> bool {
    matches!(exponent, Expr::Number(n) if *n.value.numer() >= IBig::from(index))
}

/// Trial divisions that one radicand may take.
const MOST_DIVISORS: u64 = 10_000;

/// Whether no power with this exponent divides n, and n is no power that shortens the index.
fn has_no_power(n: &IBig, index: u32) -> Met {
    if n.is_one() {
        return Met::Yes;
    }
    let Ok(n) = u64::try_from(n.abs()) else {
        return Met::Unknown;
    };
    let shorter = (2..=index).filter(|k| index % k == 0);
    for k in shorter {
        let mut d = 2_u64;
        while let Some(power) = d.checked_pow(k).filter(|power| *power <= n) {
            let divides = if k == index {
                n % power == 0
            } else {
                power == n
            };
            if divides {
                return Met::No;
            }
            d += 1;
            if d > MOST_DIVISORS {
                return Met::Unknown;
            }
        }
    }
    Met::Yes
}
