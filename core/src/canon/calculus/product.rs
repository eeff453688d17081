//! Closed forms of products: powers, and linear factors as factorials.

use super::factors::Factors;
use super::partial::roots;
use super::polynomial::{fraction, rationals};
use super::summation;
use crate::canon::term::{Function, Rational, Term};
use crate::limits::Fuel;
use alloc::vec;
use num_traits::ToPrimitive;

/// The product of `body` over the `index` from `first` to `last`.
pub(super) fn product(
    index: &str,
    body: &Term,
    first: &Term,
    last: &Term,
    fuel: &mut Fuel,
) -> Option<Term> {
    if first.is_opaque() || last.is_opaque() {
        return None;
    }
    let start = first.as_integer()?;
    let count = Term::sum([last.clone(), Term::integer(1 - start)]);
    let factors = Factors::of(body, index);
    let mut product = vec![Term::power(factors.constant, count.clone())];
    for (base, exponent) in &factors.powers {
        if !base.depends_on(index) {
            let total = summation::sum(index, exponent, first, last, fuel)?;
            product.push(Term::power(base.clone(), total));
            continue;
        }
        let exponent = Term::integer(exponent.as_integer()?);
        let (n, d) = fraction(base, index, fuel)?;
        let (n, d) = (rationals(&n, fuel)?, rationals(&d, fuel)?);
        for (p, sign) in [(n, 1), (d, -1)] {
            let (leading, roots) = roots(&p, fuel)?;
            let mut run = vec![Term::power(Term::rational(leading), count.clone())];
            for (root, multiplicity) in roots {
                let linear = run_of(&root, start, last)?;
                run.push(Term::power(linear, Term::integer(i64::from(multiplicity))));
            }
            let run = Term::power(Term::product(run), Term::integer(sign));
            product.push(Term::power(run, exponent.clone()));
        }
    }
    Some(Term::product(product))
}

/// (start - r) … (last - r) = (last - r)! / (start - r - 1)! for an integer r below the start.
fn run_of(root: &Rational, start: i64, last: &Term) -> Option<Term> {
    let root = root.is_integer().then(|| root.to_integer().to_i64())??;
    let before = start.checked_sub(root)?.checked_sub(1)?;
    if before < 0 {
        return None;
    }
    let factorial = |n: Term| Term::call(Function::Factorial, n);
    let end = Term::sum([last.clone(), Term::integer(root.checked_neg()?)]);
    Some(factorial(end).over(factorial(Term::integer(before))))
}
