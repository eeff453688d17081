//! Numbers and quantities: what is counted, then how many, and decimals that are rounded.

use super::judge::Judge;
use super::outcome::Outcome;
use super::verdict::{Decision, Method, Reason};
use crate::canon::decide::{constant, decide, order};
use crate::canon::domain::same_domain;
use crate::canon::term::{Constant, Function, Rational, Term};
use crate::canon::value::{Measure, Numeral, Scalar};
use crate::expr::unit::{self, Unit};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;
use num_traits::{Pow, Signed, Zero};

/// Compares what is counted, then how many.
pub(super) fn scalars(a: &Scalar, b: &Scalar, judge: &mut Judge) -> Outcome {
    if !judge.conventions.units && a.measure != b.measure {
        return Outcome::unlike(Reason::UnitDiffers);
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
        (Measure::Noun(noun), Measure::Unit(_)) | (Measure::Unit(_), Measure::Noun(noun)) => {
            // "units" and "square units" name no unit in particular.
            if noun.last().is_some_and(|head| head == "unit") {
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
        Term::Rational(factor.clone()),
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
        if let Some(equal) = up_to_constant(&a.term, &b.term, judge) {
            return equal;
        }
    }
    let rounded = match (&a.numeral, &b.numeral) {
        (Some(numeral), None) => is_rounded(numeral, &b.term, judge),
        (None, Some(numeral)) => is_rounded(numeral, &a.term, judge),
        _ => false,
    };
    if rounded {
        return Outcome::equal(Method::Rounded);
    }
    let outcome = Outcome::from(found);
    let opposite = outcome.decision == Decision::Different
        && outcome.reason == Reason::ValueDiffers
        && matches!((a.term.as_rational(), b.term.as_rational()), (Some(x), Some(y)) if !x.is_zero() && *x == -y.clone());
    if opposite {
        outcome.because(Reason::SignDiffers)
    } else {
        outcome
    }
}

/// Names of a constant of integration, beside `C` itself.
const CONSTANTS: [&str; 7] = ["c", "K", "k", "C_1", "c_1", "C_0", "C'"];

/// Equality of antiderivatives with an additive constant: `C` on both sides, and what is left
/// differs by a number, or the same under two names of the constant.
fn up_to_constant(a: &Term, b: &Term, judge: &mut Judge) -> Option<Outcome> {
    let (left, right) = (antiderivative(a)?, antiderivative(b)?);
    let difference = Term::sum([left.rest, right.rest.negated()]);
    let fuel = &mut judge.fuel;
    let mut equal_to = |value: &Term| {
        let outcome = Outcome::from(decide(&difference, value, fuel));
        outcome.is_equal().then_some(outcome)
    };
    match (left.constant, right.constant) {
        ("C", "C") if left.variable == right.variable => [1, 2, 3].iter().find_map(|place| {
            let place = Term::integer(*place);
            equal_to(&difference.substitute(&left.variable, &place))
        }),
        ("C", _) | (_, "C") => equal_to(&Term::integer(0)),
        _ => None,
    }
}

struct Antiderivative<'t> {
    constant: &'t str,
    variable: String,
    rest: Term,
}

/// A term as a function of one lower-case variable and a constant of integration.
fn antiderivative(term: &Term) -> Option<Antiderivative<'_>> {
    let Term::Sum(parts) = term else {
        return None;
    };
    let (at, constant) = parts.iter().enumerate().find_map(|(at, part)| match part {
        Term::Symbol(name) if name == "C" || CONSTANTS.contains(&name.as_str()) => {
            Some((at, name.as_str()))
        }
        _ => None,
    })?;
    let rest = parts.iter().enumerate().filter(|(other, _)| *other != at);
    let rest = Term::sum(rest.map(|(_, part)| part.clone()));
    let mut variable: Option<String> = None;
    let mut one = true;
    rest.symbols(&mut |found| {
        let lower = found.starts_with(|c: char| c.is_lowercase() || c == '\\');
        one &= lower && found != constant && variable.as_deref().is_none_or(|known| known == found);
        variable = Some(String::from(found));
    });
    Some(Antiderivative {
        constant,
        variable: variable.filter(|_| one)?,
        rest,
    })
}

/// Whether `numeral` is a decimal, and `exact`, which is no numeral, rounded to all its digits.
/// An integer is never rounded, however it is written.
fn is_rounded(numeral: &Numeral, exact: &Term, judge: &mut Judge) -> bool {
    let enough = judge
        .conventions
        .rounding
        .is_some_and(|digits| numeral.significant >= digits);
    if !numeral.decimal || !enough || !exact.is_constant() || is_integer(exact, judge) {
        return false;
    }
    let half = Rational::new(IBig::ONE, IBig::from(2))
        * Pow::pow(Rational::from(IBig::from(10)), numeral.scale as isize);
    let low = Term::Rational(&numeral.value - &half);
    let high = Term::Rational(&numeral.value + &half);
    order(&low, exact, &mut judge.fuel) == Some(Ordering::Less)
        && order(exact, &high, &mut judge.fuel) == Some(Ordering::Less)
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
