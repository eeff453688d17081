//! Numbers and quantities: what is counted, then how many, and decimals that are rounded.

use super::arbitrary;
use super::judge::Judge;
use super::outcome::Outcome;
use super::policy::{Rounding, Units};
use super::verdict::{Method, Reason};
use crate::canon::decide::{constant, decide, order};
use crate::canon::domain::same_domain;
use crate::canon::term::{Constant, Function, Rational, Term, floor};
use crate::canon::value::{Measure, Numeral, PERCENT, Scalar};
use crate::expr::unit::{self, Unit};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;
use dashu_int::ops::DivRem;
use num_traits::{Pow, Signed, Zero};

/// Compares what is counted, then how many.
pub(super) fn scalars(a: &Scalar, b: &Scalar, judge: &mut Judge) -> Outcome {
    if judge.conventions.hundredfold && a.is_bare_numeral() && b.is_bare_numeral() {
        let hundred = Rational::from(IBig::from(100));
        return values(a, b, judge)
            .or(|| values(&scaled(a, &hundred), b, judge))
            .or(|| values(a, &scaled(b, &hundred), judge));
    }
    // `5\% \text{ increase}` is 5 %, unless the other side says of what, too.
    if matches!(judge.conventions.units, Units::Converted) {
        if let Some(share) = bare_share(a, b) {
            return scalars(&share, b, judge);
        }
        if let Some(share) = bare_share(b, a) {
            return scalars(a, &share, judge);
        }
    }
    match judge.conventions.units {
        Units::Converted => {}
        Units::Ignored => return values(a, b, judge),
        Units::Written if a.measure != b.measure => {
            return Outcome::unlike(Reason::UnitDiffers);
        }
        Units::Written => {}
    }
    // Beside a unit, letters after a number may be one, too: 0.05 m.
    let spelled = match (&a.measure, &b.measure) {
        (Measure::Unit(_), Measure::None) => spelled_unit(b).map(|b| (a.clone(), b)),
        (Measure::None, Measure::Unit(_)) => spelled_unit(a).map(|a| (a, b.clone())),
        _ => None,
    };
    if let Some((a, b)) = spelled {
        return scalars(&a, &b, judge);
    }
    match (&a.measure, &b.measure) {
        (Measure::Unit(unit), Measure::Unit(other)) => {
            if unit.dimension != other.dimension {
                return Outcome::unlike(Reason::UnitDiffers);
            }
            if unit == other {
                return values(a, b, judge);
            }
            values(&converted(a, unit), &converted(b, other), judge)
        }
        (Measure::Percent, Measure::None) | (Measure::None, Measure::Percent) => {
            let (percent, plain) = if a.measure == Measure::Percent {
                (a, b)
            } else {
                (b, a)
            };
            let share = scaled(percent, &Rational::new(IBig::ONE, IBig::from(100)));
            values(percent, plain, judge).or(|| values(&share, plain, judge))
        }
        (Measure::Noun(noun), Measure::Noun(other)) => {
            if same_noun(noun, other) {
                values(a, b, judge)
            } else {
                Outcome::unlike(Reason::UnitDiffers)
            }
        }
        (Measure::Noun(noun), Measure::Unit(unit)) | (Measure::Unit(unit), Measure::Noun(noun)) => {
            // "units" and "square units" name no unit in particular, and £ is written as a weight, too.
            let power = noun.iter().find_map(|word| match word.as_str() {
                "square" => Some(2),
                "cubic" => Some(3),
                _ => None,
            });
            let raised = power.is_none_or(|power| unit.is_length_to(power));
            let fits = |head: &String| {
                head == "unit" && raised || unit::parse(head).as_ref() == Some(unit)
            };
            if noun.last().is_some_and(fits) {
                values(a, b, judge)
            } else {
                Outcome::unlike(Reason::UnitDiffers)
            }
        }
        (Measure::Percent, Measure::Unit(_) | Measure::Noun(_))
        | (Measure::Unit(_) | Measure::Noun(_), Measure::Percent) => {
            Outcome::unlike(Reason::UnitDiffers)
        }
        (Measure::Unit(unit), Measure::None) | (Measure::None, Measure::Unit(unit))
            if unit.pi != 0 =>
        {
            let (angle, plain) = if a.measure == Measure::None {
                (b, a)
            } else {
                (a, b)
            };
            // An angle in degrees against a bare one in radians.
            values(angle, plain, judge).or(|| values(&converted(angle, unit), plain, judge))
        }
        _ => values(a, b, judge),
    }
}

/// A percentage without the words behind it, where the other side has none behind its own.
fn bare_share(scalar: &Scalar, other: &Scalar) -> Option<Scalar> {
    let is_share = |scalar: &Scalar| matches!(&scalar.measure, Measure::Noun(words) if words.last().is_some_and(|word| word == PERCENT));
    (is_share(scalar) && !is_share(other)).then(|| Scalar {
        measure: Measure::Percent,
        ..scalar.clone()
    })
}

/// A number times letters that are all units, as a quantity.
fn spelled_unit(scalar: &Scalar) -> Option<Scalar> {
    let Term::Product(factors) = &scalar.term else {
        return None;
    };
    let (numbers, letters): (Vec<&Term>, Vec<&Term>) =
        factors.iter().partition(|factor| factor.is_constant());
    let mut unit = Unit::one();
    for letter in &letters {
        let (name, power) = match letter {
            Term::Symbol(name) => (name, 1),
            Term::Power(pair) => match (&pair.0, pair.1.as_integer()) {
                (Term::Symbol(name), Some(power)) => (name, power),
                _ => return None,
            },
            _ => return None,
        };
        unit.multiply(&unit::parse(name)?, i8::try_from(power).ok()?)?;
    }
    (!numbers.is_empty() && !letters.is_empty()).then(|| Scalar {
        measure: Measure::Unit(unit),
        ..Scalar::plain(Term::product(numbers.into_iter().cloned()))
    })
}

fn same_noun(a: &[String], b: &[String]) -> bool {
    let within = |a: &[_], b: &[String]| a.iter().all(|word| b.contains(word));
    within(a, b) || within(b, a)
}

fn scaled(scalar: &Scalar, factor: &Rational) -> Scalar {
    Scalar::plain(Term::product([
        scalar.term.clone(),
        Term::rational(factor.clone()),
    ]))
}

fn converted(scalar: &Scalar, unit: &Unit) -> Scalar {
    let pi = match unit.pi {
        0 => Term::integer(1),
        power => Term::power(
            Term::Constant(Constant::Pi),
            Term::integer(i64::from(power)),
        ),
    };
    scaled(
        &Scalar::plain(Term::product([scalar.term.clone(), pi])),
        &unit.factor,
    )
}

fn values(a: &Scalar, b: &Scalar, judge: &mut Judge) -> Outcome {
    let found = decide(&a.term, &b.term, &mut judge.fuel);
    if found.is_equal() {
        let anywhere = judge.conventions.domains || same_domain(&a.term, &b.term, &mut judge.fuel);
        return match anywhere {
            true => found.into(),
            false => Outcome::undecided(Reason::NotUnderstood),
        };
    }
    if judge.conventions.names {
        if let Some(equal) = arbitrary::equal(&a.term, &b.term, judge) {
            return equal;
        }
    }
    if is_close(a, b, judge) {
        return Outcome::equal(Method::Rounded);
    }
    let outcome = Outcome::from(found);
    match (a.term.as_rational(), b.term.as_rational()) {
        (Some(x), Some(y)) if outcome.reason == Reason::ValueDiffers => {
            outcome.because(difference(x, y))
        }
        _ => outcome,
    }
}

/// In what two different numbers differ.
fn difference(a: &Rational, b: &Rational) -> Reason {
    if *a == -b.clone() {
        Reason::SignDiffers
    } else if differ_by_power_of_ten(a, b) {
        Reason::MagnitudeDiffers
    } else {
        Reason::ValueDiffers
    }
}

/// Whether one is 10, 100, … times the other, as far as the quotient is below 2^64.
fn differ_by_power_of_ten(a: &Rational, b: &Rational) -> bool {
    if a.is_zero() || b.is_zero() || a.is_negative() != b.is_negative() {
        return false;
    }
    let (x, y) = (a.numer() * b.denom(), b.numer() * a.denom());
    let (x, y) = (x.abs(), y.abs());
    let (large, small) = if x < y { (y, x) } else { (x, y) };
    let (quotient, rest) = large.div_rem(&small);
    let is_power = |quotient: u64| (1..20).any(|k| 10_u64.pow(k) == quotient);
    rest.is_zero() && u64::try_from(quotient).is_ok_and(is_power)
}

/// Whether the policy takes two numbers for equal that are not.
fn is_close(a: &Scalar, b: &Scalar, judge: &mut Judge) -> bool {
    match judge.conventions.rounding {
        Rounding::Never => false,
        Rounding::Significant(digits) => {
            let digits = if judge.in_chain { 1 } else { digits };
            match (&a.numeral, &b.numeral) {
                (Some(numeral), None) => is_rounded(numeral, digits, &b.term, judge),
                (None, Some(numeral)) => is_rounded(numeral, digits, &a.term, judge),
                _ => false,
            }
        }
        Rounding::Places(places) => match (a.decimal(), b.decimal()) {
            (Some(decimal), _) => same_places(decimal, &b.term, places, judge),
            (_, Some(decimal)) => same_places(decimal, &a.term, places, judge),
            _ => false,
        },
        Rounding::Relative(digits) => is_near(&a.term, &b.term, digits, judge),
    }
}

/// Whether `numeral` is a decimal of enough digits, and `exact`, which is no numeral, rounded to all
/// of them. An integer is never rounded, however it is written.
fn is_rounded(numeral: &Numeral, digits: u32, exact: &Term, judge: &mut Judge) -> bool {
    let enough = numeral.decimal && numeral.significant >= digits;
    if !enough || !exact.is_constant() || is_integer(exact, judge) {
        return false;
    }
    let unit = Pow::pow(ten(), numeral.scale as isize);
    is_within_half(&numeral.value, &unit, exact, judge)
}

/// Whether `exact`, which is no integer, rounds to the same multiple of a power of ten as `decimal`.
fn same_places(decimal: &Rational, exact: &Term, places: u32, judge: &mut Judge) -> bool {
    if !exact.is_constant() || is_integer(exact, judge) {
        return false;
    }
    let unit = Pow::pow(ten(), -(places as isize));
    let half = Rational::new(IBig::ONE, IBig::from(2));
    let rounded = Rational::from(floor(&(decimal / &unit + half))) * &unit;
    is_within_half(&rounded, &unit, exact, judge)
}

/// Whether `exact` is nearer to `value` than half a `unit`.
fn is_within_half(value: &Rational, unit: &Rational, exact: &Term, judge: &mut Judge) -> bool {
    let half = unit / Rational::from(IBig::from(2));
    let low = Term::rational(value - &half);
    let high = Term::rational(value + &half);
    order(&low, exact, &mut judge.fuel) == Some(Ordering::Less)
        && order(exact, &high, &mut judge.fuel) == Some(Ordering::Less)
}

/// Whether two constants differ by at most one part in 10^digits of the larger.
fn is_near(a: &Term, b: &Term, digits: u32, judge: &mut Judge) -> bool {
    if !a.is_constant() || !b.is_constant() {
        return false;
    }
    let least = Rational::from(IBig::ONE) - Pow::pow(ten(), -(digits as isize));
    let zero = Term::integer(0);
    // Of two negative numbers the larger is farther from zero.
    let Some(away @ (Ordering::Less | Ordering::Greater)) = order(a, &zero, &mut judge.fuel) else {
        return false;
    };
    let mut reaches = |near: &Term, far: &Term| {
        let share = Term::product([far.clone(), Term::rational(least.clone())]);
        let found = order(near, &share, &mut judge.fuel);
        found == Some(away) || found == Some(Ordering::Equal)
    };
    reaches(a, b) && reaches(b, a)
}

fn ten() -> Rational {
    Rational::from(IBig::from(10))
}

/// Whether `term` is an integer by its form, or by its normal form.
fn is_integer(term: &Term, judge: &mut Judge) -> bool {
    fn by_form(term: &Term) -> bool {
        match term {
            Term::Rational(value) => value.is_integer(),
            Term::Sum(parts) | Term::Product(parts) => parts.iter().all(by_form),
            Term::Power(pair) => {
                let negative = pair.1.as_rational().is_some_and(Signed::is_negative);
                by_form(&pair.0) && by_form(&pair.1) && !negative
            }
            Term::Call(Function::Floor | Function::Ceil, _) => true,
            Term::Call(
                Function::Factorial | Function::Binomial | Function::Gcd | Function::Lcm,
                parts,
            ) => parts.iter().all(by_form),
            _ => false,
        }
    }
    let by_form = match term {
        Term::Rational(value) => return value.is_integer(),
        term => by_form(term),
    };
    by_form || constant(term, &mut judge.fuel).is_some_and(|value| value.is_integer())
}
