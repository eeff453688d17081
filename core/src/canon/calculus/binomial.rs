//! Sums of binomial coefficients over a whole row.

use super::factors::Factors;
use super::polynomial::{at, coefficients};
use super::summation::{choose, geometric};
use crate::canon::term::{Function, Term};
use crate::limits::Fuel;
use alloc::vec::Vec;

/// Σ p(k) r^k C(n, k) over k from 0 to n: with p in falling factorials,
/// Σ k(k-1)…(k-j+1) r^k C(n, k) = n(n-1)…(n-j+1) r^j (1 + r)^(n-j). And Σ C(n, k)² = C(2n, n).
pub(super) fn sum(
    index: &str,
    body: &Term,
    first: &Term,
    last: &Term,
    fuel: &mut Fuel,
) -> Option<Term> {
    let factors = Factors::of(body, index);
    let at_row = |(base, _): &&(Term, Term)| match base {
        Term::Call(Function::Binomial, arguments) => {
            arguments.as_slice() == [last.clone(), Term::symbol(index)]
        }
        _ => false,
    };
    let (row, exponent) = factors.powers.iter().find(at_row)?;
    let rest = Term::product([Factors::of(body, index)
        .over(&Term::power(row.clone(), exponent.clone()), index)
        .term()]);
    match (exponent.as_integer()?, first.as_integer()?) {
        (2, 0) if !rest.depends_on(index) => {
            let double = Term::product([Term::integer(2), last.clone()]);
            let middle = Term::Call(Function::Binomial, [double, last.clone()].into());
            Some(Term::product([rest, middle]))
        }
        (1, start @ 0..=4) => {
            let (ratio, p) = geometric(&rest, index, fuel)?;
            let p = coefficients(&p, index, fuel)?;
            let sum = falling(&p).into_iter().enumerate().map(|(j, coefficient)| {
                let j = j as i64;
                let row = (0..j).map(|i| Term::sum([last.clone(), Term::integer(-i)]));
                let power = Term::power(
                    Term::sum([Term::one(), ratio.clone()]),
                    Term::sum([last.clone(), Term::integer(-j)]),
                );
                let own = Term::power(ratio.clone(), Term::integer(j));
                Term::product(row.chain([coefficient, own, power]))
            });
            let whole = Term::sum(sum.collect::<Vec<_>>());
            // The terms before the first.
            let before = (0..start).map(|k| body.substitute(index, &Term::integer(k)));
            Some(whole.minus(Term::sum(before)))
        }
        _ => None,
    }
}

/// The coefficients of a polynomial in falling factorials: Δʲp(0) / j!.
pub(super) fn falling(p: &[Term]) -> Vec<Term> {
    let values: Vec<Term> = (0..p.len() as i64)
        .map(|n| at(p, &Term::integer(n)))
        .collect();
    (0..p.len())
        .map(|j| {
            let terms = (0..=j).map(|i| {
                let sign = if (j - i) % 2 == 0 { 1 } else { -1 };
                let binomial = Term::rational(choose(j, i).into());
                Term::product([Term::integer(sign), binomial, values[i].clone()])
            });
            let factorial = (1..=j as i64).map(Term::integer);
            Term::sum(terms).over(Term::product(factorial))
        })
        .collect()
}
