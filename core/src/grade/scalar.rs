//! Numbers and quantities: what is counted, then how many, and decimals that are rounded.

use super::judge::Judge;
use super::outcome::Outcome;
use super::policy::{Rounding, Units};
use super::verdict::{Method, Reason};
use crate::canon::decide::{constant, decide, order};
use crate::canon::domain::same_domain;
use crate::canon::term::{Constant, Function, Rational, Term, floor};
use crate::canon::value::{Measure, Numeral, PERCENT, Scalar};
use crate::expr::unit::{self, Unit};
use crate::limits::Fuel;
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
        let renamed = up_to_constant(&a.term, &b.term, judge)
            .or_else(|| up_to_names(&a.term, &b.term, judge));
        if let Some(equal) = renamed {
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

/// Names of a constant of integration, beside `C` itself.
const CONSTANTS: [&str; 7] = ["c", "K", "k", "C_1", "c_1", "C_0", "C'"];

/// Equality of antiderivatives with an additive constant: `C` on both sides, and what is left
/// differs by a number, or the same under two names of the constant.
fn up_to_constant(a: &Term, b: &Term, judge: &mut Judge) -> Option<Outcome> {
    let fuel = &mut judge.fuel;
    let (left, right) = (antiderivative(a, fuel)?, antiderivative(b, fuel)?);
    let difference = Term::sum([left.rest, right.rest.negated()]);
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

/// A term as a function of one lower-case variable and a constant of integration, which may be a part of
/// a quotient: `\frac{x^3 + C}{3}`.
fn antiderivative<'t>(term: &'t Term, fuel: &mut Fuel) -> Option<Antiderivative<'t>> {
    let added = match term {
        Term::Sum(parts) => parts.iter().enumerate().find_map(|(at, part)| match part {
            Term::Symbol(name) if **name == "C" || CONSTANTS.contains(&name.as_str()) => {
                let rest = parts.iter().enumerate().filter(|(other, _)| *other != at);
                let rest = Term::sum(rest.map(|(_, part)| part.clone()));
                Some((name.as_str(), rest))
            }
            _ => None,
        }),
        _ => None,
    };
    let (constant, rest) = match added {
        Some(added) => added,
        None => ("C", without_multiple(term, "C", fuel)?),
    };
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

/// A term without the letter of which it holds a multiple that is added.
fn without_multiple(term: &Term, letter: &str, fuel: &mut Fuel) -> Option<Term> {
    term.names().iter().find(|name| *name == letter)?;
    let at = |value: i64| term.substitute(letter, &Term::integer(value));
    let rest = at(0);
    let mut step = |from: i64| constant(&Term::sum([at(from + 1), at(from).negated()]), fuel);
    let multiple = step(0)?;
    (!multiple.is_zero() && step(1)? == multiple).then_some(rest)
}

/// Letters for integers that need not be said to be any.
const INTEGERS: [&str; 4] = ["k", "l", "m", "n"];

/// Equality under other names of what may be any number: the constants of the general solution of a
/// differential equation, `C e^{-2x}` and `c e^{-2x}`, and the integer of a period,
/// `\frac{\pi}{4} + k\pi` and `\frac{\pi}{4} + n\pi`.
fn up_to_names(a: &Term, b: &Term, judge: &mut Judge) -> Option<Outcome> {
    let (names, others) = (a.names(), b.names());
    if let ([name], [other]) = (names.as_slice(), others.as_slice()) {
        let integers = [name, other].map(|name| INTEGERS.contains(&name.as_str()));
        if integers != [true, true] || name == other || !is_period(a, name, judge) {
            return None;
        }
        let renamed = b.substitute(other, &Term::symbol(name.clone()));
        return Some(Outcome::from(decide(a, &renamed, &mut judge.fuel)))
            .filter(|found| found.is_equal());
    }
    // One other letter, which is the variable: beside several, a small c may be given.
    let variable = |names: &[String]| {
        let mut others = names.iter().filter(|name| !is_arbitrary(name));
        let lower = |name: &&String| name.starts_with(|c: char| c.is_lowercase() || c == '\\');
        let variable = others.next().filter(lower).cloned();
        variable.filter(|_| others.next().is_none())
    };
    let arbitrary = names.iter().chain(&others).any(|name| is_arbitrary(name));
    if !arbitrary || names == others || variable(&names)? != variable(&others)? {
        return None;
    }
    let left = in_capitals(a, &names, judge)?;
    let right = in_capitals(b, &others, judge)?;
    let found = Outcome::from(decide(&left, &right, &mut judge.fuel));
    found.is_equal().then_some(found)
}

/// A term with its constants in capitals. `None` where both letters are there, or where one is no factor
/// of a part: the c of `mc^2` is given.
fn in_capitals(term: &Term, names: &[String], judge: &mut Judge) -> Option<Term> {
    let mut renamed = term.clone();
    for name in names.iter().filter(|name| is_arbitrary(name)) {
        let at = |value: i64| term.substitute(name, &Term::integer(value));
        let step = |from: i64| Term::sum([at(from + 1), at(from).negated()]);
        let linear = decide(&step(1), &step(2), &mut judge.fuel).is_equal();
        let capital = name.to_uppercase();
        if !linear || *name != capital && names.contains(&capital) {
            return None;
        }
        renamed = renamed.substitute(name, &Term::symbol(capital));
    }
    Some(renamed)
}

/// `C`, `c` and those with a number.
fn is_arbitrary(name: &str) -> bool {
    let number = name
        .strip_prefix(['C', 'c'])
        .map(|rest| rest.strip_prefix('_').unwrap_or(rest));
    number.is_some_and(|number| number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Whether a term grows by a multiple of π with each step of a letter.
fn is_period(term: &Term, letter: &str, judge: &mut Judge) -> bool {
    let at = |value: i64| term.substitute(letter, &Term::integer(value));
    let mut step = |from: i64| {
        let step = Term::sum([at(from + 1), at(from).negated()]);
        constant(&step.over(Term::Constant(Constant::Pi)), &mut judge.fuel)
    };
    let first = step(0);
    first.as_ref().is_some_and(|turn| !turn.is_zero()) && step(1) == first
}

/// The multiples of a period that are a family of numbers, `\frac{\pi}{4} + n\pi`, against the step and the
/// first of a family whose letter is said to be any integer.
pub(super) fn is_family(term: &Term, slope: &Term, offset: &Term, judge: &mut Judge) -> bool {
    let [name] = &term.names()[..] else {
        return false;
    };
    if !INTEGERS.contains(&name.as_str()) || !is_period(term, name, judge) {
        return false;
    }
    let at = |value: i64| term.substitute(name, &Term::integer(value));
    let quotient = |a: Term, b: Term| Term::sum([a, b.negated()]).over(slope.clone());
    let turn = constant(&quotient(at(1), at(0)), &mut judge.fuel);
    let apart = constant(&quotient(at(0), offset.clone()), &mut judge.fuel);
    turn.is_some_and(|turn| turn.abs() == Rational::from(IBig::ONE))
        && apart.is_some_and(|apart| apart.is_integer())
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
