//! Whether two scalars are equal, by the cheapest means that settle it: the same term, rationals,
//! residues modulo primes, the normal form of the difference, then balls and the root bound.

use super::calculus;
use super::modular::{self, Residues};
use super::normal::{self, Exact, Failure, Kernels};
use super::numeric::{self, NumericVerdict};
use super::term::{Function, Rational, Term, order as order_rationals};
use crate::limits::{Fuel, OutOfFuel};
use core::cmp::Ordering;
use num_traits::{Signed, Zero};

/// What was found about two terms, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The same term.
    Identical,
    /// Equal by exact arithmetic or by a proof.
    Equal,
    /// Different by exact arithmetic.
    Different,
    /// Different: an interval evaluation of the difference excludes zero.
    Refuted,
    /// Agreement without a proof.
    Agrees,
    /// A side has no value.
    Undefined,
    /// Nothing was established within the limits.
    Undecided,
}

impl Finding {
    pub(crate) fn is_equal(self) -> bool {
        matches!(self, Self::Identical | Self::Equal | Self::Agrees)
    }

    pub(crate) fn is_different(self) -> bool {
        matches!(self, Self::Different | Self::Refuted)
    }
}

/// The normal form may take this share of the fuel: what it cannot expand, numbers may still tell.
const NORMAL_SHARE: u64 = 3;

pub(crate) fn decide(a: &Term, b: &Term, fuel: &mut Fuel) -> Finding {
    if let (Term::Rational(a), Term::Rational(b)) = (a, b) {
        return match a == b {
            true => Finding::Identical,
            false => Finding::Different,
        };
    }
    if a == b && is_surely_defined(a) {
        return Finding::Identical;
    }
    // What runs out of fuel must not depend on which side comes first.
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    if calculus::is_bound(a) || calculus::is_bound(b) {
        return closed(a, b, fuel);
    }
    scalars(a, b, fuel)
}

/// Compares what sums, products, integrals and limits amount to.
fn closed(a: &Term, b: &Term, fuel: &mut Fuel) -> Finding {
    let (a, b) = (calculus::resolve(a, fuel), calculus::resolve(b, fuel));
    if calculus::is_bound(&a) || calculus::is_bound(&b) {
        if let Some(found) = calculus::prove(&a, &b, fuel) {
            return found;
        }
    }
    match (&a, &b) {
        (Term::Rational(a), Term::Rational(b)) if a == b => Finding::Equal,
        _ => scalars(&a, &b, fuel),
    }
}

fn scalars(a: &Term, b: &Term, fuel: &mut Fuel) -> Finding {
    let found = settled(a, b, fuel).unwrap_or(Finding::Undecided);
    // What a form of unknown value differs from cannot be told.
    match found {
        found if found.is_different() && (a.is_opaque() || b.is_opaque()) => Finding::Undecided,
        found => found,
    }
}

fn settled(a: &Term, b: &Term, fuel: &mut Fuel) -> Result<Finding, OutOfFuel> {
    let residues = fuel.share(NORMAL_SHARE, |fuel| modular::compare(a, b, fuel));
    if let Ok(Residues::Differ) = residues {
        return Ok(Finding::Different);
    }
    match fuel.share(NORMAL_SHARE, |fuel| normal::difference(a, b, fuel)) {
        Ok(Exact::Zero | Exact::ZeroOverReals) if a == b => return Ok(Finding::Identical),
        Ok(Exact::Zero) => return Ok(Finding::Equal),
        // Where nothing is defined, everything is equal: that says nothing.
        Ok(Exact::ZeroOverReals) if numeric::meet(a, b, fuel)? => return Ok(Finding::Equal),
        Ok(Exact::ZeroOverReals) => {}
        Ok(Exact::NonZero) => return Ok(Finding::Different),
        Ok(Exact::Undefined) => return Ok(Finding::Undefined),
        Ok(Exact::Unknown) | Err(OutOfFuel) => {}
    }
    if let Ok(Residues::Agree) = residues {
        return Ok(Finding::Agrees);
    }
    Ok(match numeric::compare(a, b, fuel)? {
        NumericVerdict::Refuted => Finding::Refuted,
        NumericVerdict::Proven => Finding::Equal,
        NumericVerdict::Agrees { .. } => Finding::Agrees,
        NumericVerdict::Undefined => Finding::Undefined,
        NumericVerdict::Undecided => Finding::Undecided,
    })
}

/// Whether nothing in `term` can lack a value everywhere, such as a quotient by zero.
fn is_surely_defined(term: &Term) -> bool {
    match term {
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => true,
        Term::Sum(parts) | Term::Product(parts) => parts.iter().all(is_surely_defined),
        Term::Power(pair) => {
            let (base, exponent) = (&pair.0, &pair.1);
            let positive = exponent.as_rational().is_some_and(Signed::is_positive);
            let nonzero = match base {
                Term::Rational(value) => !value.is_zero(),
                Term::Constant(_) | Term::Symbol(_) => true,
                _ => false,
            };
            (positive || nonzero) && is_surely_defined(base) && is_surely_defined(exponent)
        }
        Term::Call(Function::Sin | Function::Cos | Function::Abs | Function::Atan, parts) => {
            parts.iter().all(is_surely_defined)
        }
        Term::Call(..) => false,
    }
}

/// How `a` and `b` lie on the real line. `None` where that depends on variables or cannot be told.
pub(crate) fn order(a: &Term, b: &Term, fuel: &mut Fuel) -> Option<Ordering> {
    if let (Term::Rational(a), Term::Rational(b)) = (a, b) {
        return Some(order_rationals(a, b));
    }
    if calculus::is_bound(a) || calculus::is_bound(b) {
        let (a, b) = (calculus::resolve(a, fuel), calculus::resolve(b, fuel));
        if calculus::is_bound(&a) || calculus::is_bound(&b) {
            return None;
        }
        return order(&a, &b, fuel);
    }
    if !a.is_constant() || !b.is_constant() {
        return decide(a, b, fuel).is_equal().then_some(Ordering::Equal);
    }
    numeric::order(a, b, fuel).ok()?
}

/// The number k with a = k·b identically, if there is one: its sign, `None` if it is not known.
pub(crate) fn proportion(
    a: &Term,
    b: &Term,
    fuel: &mut Fuel,
) -> Result<Option<Option<Ordering>>, Failure> {
    let mut kernels = Kernels::new();
    let (a, b) = (kernels.normalize(a, fuel)?, kernels.normalize(b, fuel)?);
    let ratio = kernels.ratio(&a, &b, fuel)?;
    Ok(ratio.map(|ratio| {
        let zero = Rational::zero();
        ratio
            .as_rational()
            .map(|value| order_rationals(&value, &zero))
    }))
}

/// The degree of `term` in `variable`, where it is a polynomial in it.
pub(crate) fn degree(term: &Term, variable: &str, fuel: &mut Fuel) -> Option<i64> {
    let mut kernels = Kernels::new();
    let form = kernels.normalize(term, fuel).ok()?;
    form.degree(&kernels, variable)
}

/// The rational number that `term` is, identically in its variables.
pub(crate) fn constant(term: &Term, fuel: &mut Fuel) -> Option<Rational> {
    Kernels::new().normalize(term, fuel).ok()?.as_rational()
}

/// Whether the polynomials `a` and `b` have a common factor that holds a variable. `None` where that
/// cannot be told.
pub(crate) fn reduces(a: &Term, b: &Term, fuel: &mut Fuel) -> Option<bool> {
    let mut kernels = Kernels::new();
    let below = kernels.normalize(b, fuel).ok()?;
    let quotient = kernels.normalize(&a.clone().over(b.clone()), fuel).ok()?;
    for name in b.names() {
        let before = below.degree(&kernels, &name)?;
        if quotient.denominator_degree(&kernels, &name)? < before {
            return Some(true);
        }
    }
    Some(false)
}
