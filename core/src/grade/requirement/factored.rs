//! Products of factors that cannot be factored, and sums that are multiplied out.

use super::fraction::content;
use super::{Met, any, parts, term, unsigned};
use crate::canon::decide::{constant, degree, proportion};
use crate::canon::term::{Rational, Term};
use crate::every::every;
use crate::expr::Expr;
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_traits::{Signed, Zero};

/// Whether `expr` is a product of powers of primes, or of polynomials that are irreducible over the
/// rationals.
pub(super) fn factored(expr: &Expr, fuel: &mut Fuel) -> Met {
    let Some(value) = term(expr) else {
        return Met::No;
    };
    let integer = constant(&value, fuel).is_some();
    let mut factors = Vec::new();
    if !factors_of(expr, &mut factors) {
        return Met::No;
    }
    Met::all(factors, |factor| match factor {
        Expr::Number(number) if !number.is_integer() => Met::No,
        Expr::Number(number) if integer => is_prime(number.value.numer()),
        Expr::Number(_) | Expr::Symbol(_) | Expr::Pi => Met::Yes,
        Expr::Sum(_) if content(factor).is_one() => match term(factor) {
            Some(term) => irreducible(&term, fuel),
            None => Met::No,
        },
        Expr::Sum(_) => Met::No,
        Expr::Root(_) | Expr::Call(..) | Expr::Power(_) => Met::Yes,
        _ => Met::No,
    })
}

/// Collects the factors of a product of powers. Whether it is one.
fn factors_of<'e>(expr: &'e Expr, out: &mut Vec<&'e Expr>) -> bool {
    match unsigned(expr) {
        Expr::Product(items) => items.iter().all(|item| factors_of(item, out)),
        Expr::Quotient(pair) => factors_of(&pair.0, out) && factors_of(&pair.1, out),
        Expr::Power(pair) if matches!(&pair.1, Expr::Number(n) if n.is_integer()) => {
            factors_of(&pair.0, out)
        }
        // A word is a product of letters.
        Expr::Word(_) => true,
        factor => {
            out.push(factor);
            true
        }
    }
}

/// Trial divisions that one number may take.
const MOST_DIVISORS: u64 = 10_000;

fn is_prime(n: &IBig) -> Met {
    let Ok(n) = u64::try_from(n) else {
        return Met::Unknown;
    };
    if n < 2 {
        // One and zero have no factors.
        return Met::Yes;
    }
    for d in 2..=MOST_DIVISORS {
        if d * d > n {
            return Met::Yes;
        }
        if n % d == 0 {
            return Met::No;
        }
    }
    Met::Unknown
}

/// Whether a polynomial has no factors over the rationals. With several variables all but one get
/// values: if what is left is irreducible, the polynomial is; if it never is, it is taken to have
/// factors.
fn irreducible(polynomial: &Term, fuel: &mut Fuel) -> Met {
    const VALUES: [i64; 3] = [11, 17, -23];
    let mut degrees = Vec::new();
    for name in polynomial.names() {
        let Some(degree) = degree(polynomial, &name, fuel) else {
            return Met::Unknown;
        };
        degrees.push((degree, name));
    }
    // The lowest degree is the least work.
    degrees.sort();
    let Some(((most, main), rest)) = degrees.split_first() else {
        return Met::Yes;
    };
    let mut found = Met::Unknown;
    for value in VALUES {
        let special = rest
            .iter()
            .zip(value..)
            .fold(polynomial.clone(), |term, ((_, name), value)| {
                term.substitute(name, &Term::integer(value))
            });
        let one = univariate(&special, main, *most, fuel);
        match one {
            Met::Yes => return Met::Yes,
            _ if rest.is_empty() => return one,
            Met::No => found = Met::No,
            Met::Unknown => {}
        }
    }
    found
}

/// Highest degree of a factor that is looked for.
const MOST_FACTOR_DEGREE: usize = 3;

/// Candidates for a factor that are tried.
const MOST_CANDIDATES: u64 = 4096;

/// Kronecker's method: the values of a factor divide the values of the polynomial.
fn univariate(term: &Term, name: &str, degree: i64, fuel: &mut Fuel) -> Met {
    let Ok(degree) = usize::try_from(degree) else {
        return Met::Unknown;
    };
    if degree < 2 {
        return Met::Yes;
    }
    let mut values = Vec::new();
    for at in 0..=degree {
        let here = term.substitute(name, &Term::integer(at as i64));
        match constant(&here, fuel) {
            // A root is a factor.
            Some(value) if value.is_zero() => return Met::No,
            Some(value) => values.push(value),
            None => return Met::Unknown,
        }
    }
    let polynomial = interpolated(&values);
    let mut found = Met::Yes;
    for factor in 1..=(degree / 2).min(MOST_FACTOR_DEGREE) {
        match has_factor(&polynomial, &values, factor, fuel) {
            Some(true) => return Met::No,
            Some(false) => {}
            None => found = Met::Unknown,
        }
    }
    if degree / 2 > MOST_FACTOR_DEGREE {
        found = Met::Unknown;
    }
    found
}

/// Whether a polynomial with integer values at 0, 1, … has a factor of this degree.
fn has_factor(
    polynomial: &[Rational],
    values: &[Rational],
    degree: usize,
    fuel: &mut Fuel,
) -> Option<bool> {
    let values = values.get(..=degree).unwrap_or(values);
    let choices = every(values, &mut divisors)?;
    let count = choices
        .iter()
        .try_fold(1_u64, |all, some| all.checked_mul(some.len() as u64))
        .filter(|count| *count <= MOST_CANDIDATES)?;
    for index in 0..count {
        let mut rest = index;
        let candidate: Vec<Rational> = choices
            .iter()
            .map(|some| {
                let at = (rest % some.len() as u64) as usize;
                rest /= some.len() as u64;
                some.get(at).cloned().unwrap_or_default().into()
            })
            .collect();
        fuel.spend(degree as u64 + 1).ok()?;
        let factor = interpolated(&candidate);
        let exact = factor.len() == degree + 1;
        if exact && divides(&factor, polynomial) {
            return Some(true);
        }
    }
    Some(false)
}

/// The divisors of an integer, of both signs.
fn divisors(value: &Rational) -> Option<Vec<IBig>> {
    let n = u64::try_from(value.numer().abs())
        .ok()
        .filter(|_| value.is_integer())?;
    let mut found = Vec::new();
    for d in 1..=MOST_DIVISORS {
        if d * d > n {
            return Some(found);
        }
        if n % d == 0 {
            for d in [d, n / d] {
                found.push(IBig::from(d));
                found.push(-IBig::from(d));
            }
        }
    }
    None
}

/// The coefficients, the constant first, of the polynomial with these values at 0, 1, ….
fn interpolated(values: &[Rational]) -> Vec<Rational> {
    // Newton's divided differences, multiplied out from the last.
    let mut differences = values.to_vec();
    for order in 1..values.len() {
        for at in (order..values.len()).rev() {
            if let (Some(a), Some(b)) = (differences.get(at - 1), differences.get(at)) {
                let step = (b - a) / Rational::from(IBig::from(order));
                differences[at] = step;
            }
        }
    }
    let mut out: Vec<Rational> = Vec::new();
    for (at, difference) in differences.iter().enumerate().rev() {
        let place = Rational::from(IBig::from(at));
        let mut next = vec![Rational::zero(); out.len() + 1];
        for (power, coefficient) in out.iter().enumerate() {
            next[power + 1] += coefficient;
            next[power] -= coefficient * &place;
        }
        next[0] += difference;
        out = next;
    }
    while out.last().is_some_and(Zero::is_zero) {
        out.pop();
    }
    out
}

fn divides(factor: &[Rational], polynomial: &[Rational]) -> bool {
    let Some(leading) = factor.last() else {
        return false;
    };
    let mut rest = polynomial.to_vec();
    while rest.len() >= factor.len() {
        let Some(top) = rest.pop() else {
            break;
        };
        let quotient = top / leading;
        let shift = rest.len() + 1 - factor.len();
        for (at, coefficient) in factor.iter().rev().skip(1).rev().enumerate() {
            rest[shift + at] -= coefficient * &quotient;
        }
    }
    rest.iter().all(Zero::is_zero)
}

/// Whether no product or power of a sum is left in `expr`, and like terms are added.
pub(super) fn expanded(expr: &Expr, fuel: &mut Fuel) -> Met {
    let is_sum = |e: &Expr| matches!(e, Expr::Sum(terms) if terms.len() > 1);
    let product = |e: &Expr| match e {
        Expr::Product(items) => items
            .iter()
            .any(|item| is_sum(item) || is_sum(unsigned(item))),
        Expr::Power(pair) => {
            is_sum(&pair.0) && matches!(&pair.1, Expr::Number(n) if n.is_integer())
        }
        Expr::Quotient(pair) => is_sum(&pair.0),
        // A minus sign before a sum in brackets.
        Expr::Sum(terms) => terms.iter().any(|(_, term)| is_sum(term)),
        _ => false,
    };
    if any(expr, &product) {
        return Met::No;
    }
    collected(expr, fuel)
}

/// Whether no two terms of a sum are multiples of each other.
pub(super) fn collected(expr: &Expr, fuel: &mut Fuel) -> Met {
    let here = match expr {
        Expr::Sum(terms) => {
            let terms = every(terms, &mut |(_, e)| term(e));
            let Some(terms) = terms else {
                return Met::No;
            };
            let pairs = terms
                .iter()
                .enumerate()
                .flat_map(|(at, a)| terms.iter().skip(at + 1).map(move |b| (a, b)));
            Met::all(pairs, |(a, b)| match multiples(a, b, fuel) {
                Some(multiples) => (!multiples).into(),
                None => Met::Unknown,
            })
        }
        _ => Met::Yes,
    };
    here.and(|| Met::all(parts(expr), |part| collected(part, fuel)))
}

/// Whether one of two terms is a rational multiple of the other.
fn multiples(a: &Term, b: &Term, fuel: &mut Fuel) -> Option<bool> {
    match (constant(a, fuel), constant(b, fuel)) {
        (Some(_), Some(_)) => return Some(true),
        (Some(_), None) | (None, Some(_)) => return Some(false),
        (None, None) => {}
    }
    if a.is_constant() && b.is_constant() {
        return Some(constant(&a.clone().over(b.clone()), fuel).is_some());
    }
    proportion(a, b, fuel).ok().map(|ratio| ratio.is_some())
}
