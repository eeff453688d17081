//! Terms as polynomials in one variable, with terms as coefficients.

use crate::canon::decide::constant;
use crate::canon::term::{Rational, Term};
use crate::every::every;
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use num_traits::Zero;

/// Polynomials of a larger degree are not multiplied out.
const MAX_DEGREE: usize = 40;

/// Coefficients from that of degree 0 on, each free of the variable; the last one is not literally
/// zero.
pub(super) type Coefficients = Vec<Term>;

/// The coefficients of `term` in `x`, if it is a polynomial in it.
pub(super) fn coefficients(term: &Term, x: &str, fuel: &mut Fuel) -> Option<Coefficients> {
    fuel.spend(1).ok()?;
    if !term.depends_on(x) {
        return Some(trimmed(vec![term.clone()]));
    }
    match term {
        Term::Symbol(name) if **name == x => Some(vec![Term::zero(), Term::one()]),
        Term::Sum(parts) => parts.iter().try_fold(Vec::new(), |sum, part| {
            Some(add(&sum, &coefficients(part, x, fuel)?))
        }),
        Term::Product(parts) => parts.iter().try_fold(vec![Term::one()], |product, part| {
            multiply(&product, &coefficients(part, x, fuel)?, fuel)
        }),
        Term::Power(pair) => {
            let exponent = usize::try_from(pair.1.as_integer()?).ok()?;
            let base = coefficients(&pair.0, x, fuel)?;
            if base.len().checked_mul(exponent)? > 2 * MAX_DEGREE {
                return None;
            }
            (0..exponent).try_fold(vec![Term::one()], |power, _| multiply(&power, &base, fuel))
        }
        _ => None,
    }
}

/// `term` as a quotient of polynomials in `x`.
pub(super) fn fraction(
    term: &Term,
    x: &str,
    fuel: &mut Fuel,
) -> Option<(Coefficients, Coefficients)> {
    fuel.spend(1).ok()?;
    let one = || vec![Term::one()];
    if let Some(whole) = coefficients(term, x, fuel) {
        return Some((whole, one()));
    }
    match term {
        Term::Sum(parts) => parts.iter().try_fold((Vec::new(), one()), |(n, d), part| {
            let (m, e) = fraction(part, x, fuel)?;
            let sum = add(&multiply(&n, &e, fuel)?, &multiply(&m, &d, fuel)?);
            Some((sum, multiply(&d, &e, fuel)?))
        }),
        Term::Product(parts) => parts.iter().try_fold((one(), one()), |(n, d), part| {
            let (m, e) = fraction(part, x, fuel)?;
            Some((multiply(&n, &m, fuel)?, multiply(&d, &e, fuel)?))
        }),
        Term::Power(pair) => {
            let exponent = pair.1.as_integer().filter(|n| n.abs() <= 8)?;
            let (n, d) = fraction(&pair.0, x, fuel)?;
            let (n, d) = if exponent < 0 { (d, n) } else { (n, d) };
            (0..exponent.abs()).try_fold((one(), one()), |(p, q), _| {
                Some((multiply(&p, &n, fuel)?, multiply(&q, &d, fuel)?))
            })
        }
        _ => None,
    }
}

fn trimmed(mut p: Coefficients) -> Coefficients {
    while p
        .last()
        .and_then(Term::as_rational)
        .is_some_and(Rational::is_zero)
    {
        p.pop();
    }
    p
}

fn add(a: &[Term], b: &[Term]) -> Coefficients {
    let at = |p: &[Term], i: usize| p.get(i).cloned().unwrap_or_else(Term::zero);
    let sums = (0..a.len().max(b.len())).map(|i| Term::sum([at(a, i), at(b, i)]));
    trimmed(sums.collect())
}

/// What multiplying each of `a` by each of `b` costs: coefficients with letters in them are copied into
/// every product, so that they may grow with each one.
pub(super) fn cost(a: &[Term], b: &[Term]) -> u64 {
    let size = |p: &[Term]| p.iter().map(Term::size).sum::<u64>();
    let (a, b) = ((a.len() as u64, size(a)), (b.len() as u64, size(b)));
    a.0.saturating_mul(b.1)
        .saturating_add(b.0.saturating_mul(a.1))
}

fn multiply(a: &[Term], b: &[Term], fuel: &mut Fuel) -> Option<Coefficients> {
    let length = (a.len() + b.len()).saturating_sub(1);
    if a.is_empty() || b.is_empty() {
        return Some(Vec::new());
    }
    if length > MAX_DEGREE + 1 {
        return None;
    }
    fuel.spend(cost(a, b)).ok()?;
    let coefficient = |n: usize| {
        let pairs = (n.saturating_sub(b.len() - 1)..a.len().min(n + 1)).map(|i| (&a[i], &b[n - i]));
        Term::sum(pairs.map(|(x, y)| Term::product([x.clone(), y.clone()])))
    };
    Some(trimmed((0..length).map(coefficient).collect()))
}

/// The polynomial with these coefficients at `x`.
pub(super) fn at(p: &[Term], x: &Term) -> Term {
    if p.is_empty() {
        return Term::zero();
    }
    let powers = p.iter().enumerate().map(|(n, coefficient)| match n {
        0 => coefficient.clone(),
        n => Term::product([
            coefficient.clone(),
            Term::power(x.clone(), Term::integer(n as i64)),
        ]),
    });
    Term::sum(powers)
}

/// The same coefficients as numbers, where all of them are rational.
pub(super) fn rationals(p: &[Term], fuel: &mut Fuel) -> Option<Vec<Rational>> {
    let value = |term: &Term, fuel: &mut Fuel| match term {
        Term::Rational(value) => Some(Rational::clone(value)),
        term if term.is_constant() => constant(term, fuel),
        _ => None,
    };
    let mut values = every(p, &mut |term| value(term, fuel))?;
    while values.last().is_some_and(Rational::is_zero) {
        values.pop();
    }
    Some(values)
}

/// a and b in `term` = a·x + b, both free of x, a not literally zero.
pub(super) fn linear(term: &Term, x: &str, fuel: &mut Fuel) -> Option<(Term, Term)> {
    let mut p = coefficients(term, x, fuel)?.into_iter();
    match (p.next(), p.next(), p.next()) {
        (Some(b), Some(a), None) => Some((a, b)),
        _ => None,
    }
}
