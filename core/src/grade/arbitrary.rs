//! Letters that may be any number: constants of integration and of the general solution of a differential
//! equation, and the integer of a period.

use super::judge::Judge;
use super::outcome::Outcome;
use crate::canon::decide::{constant, decide};
use crate::canon::term::{Constant, Rational, Term};
use crate::limits::Fuel;
use alloc::string::String;
use dashu_int::IBig;
use num_traits::{Signed, Zero};

/// Names of a constant of integration, beside `C` itself.
const CONSTANTS: [&str; 7] = ["c", "K", "k", "C_1", "c_1", "C_0", "C'"];

/// Letters for integers that need not be said to be any.
const INTEGERS: [&str; 4] = ["k", "l", "m", "n"];

/// Equality of two terms that differ in letters which may be any number. `None` where there are none, or
/// where the terms are not equal with them.
pub(super) fn equal(a: &Term, b: &Term, judge: &mut Judge) -> Option<Outcome> {
    up_to_constant(a, b, &mut judge.fuel)
        .or_else(|| up_to_integer(a, b, judge))
        .or_else(|| up_to_names(a, b, judge))
}

/// `term` with a number for a letter.
fn at(term: &Term, letter: &str, value: i64) -> Term {
    term.substitute(letter, &Term::integer(value))
}

/// What `term` grows by where a letter grows from a number to the next.
fn step(term: &Term, letter: &str, from: i64) -> Term {
    let before = at(term, letter, from).negated();
    Term::sum([at(term, letter, from + 1), before])
}

/// The number other than zero that `term` grows by with each step of a letter.
fn slope(term: &Term, letter: &str, fuel: &mut Fuel) -> Option<Rational> {
    let slope = constant(&step(term, letter, 0), fuel)?;
    let same = !slope.is_zero() && constant(&step(term, letter, 1), fuel)? == slope;
    same.then_some(slope)
}

/// Equality of antiderivatives with an additive constant: `C` on both sides, and what is left
/// differs by a number, or the same under two names of the constant.
fn up_to_constant(a: &Term, b: &Term, fuel: &mut Fuel) -> Option<Outcome> {
    let (left, right) = (antiderivative(a, fuel)?, antiderivative(b, fuel)?);
    let difference = Term::sum([left.rest, right.rest.negated()]);
    let mut equal_to = |value: &Term| {
        let outcome = Outcome::from(decide(&difference, value, fuel));
        outcome.is_equal().then_some(outcome)
    };
    match (left.constant, right.constant) {
        ("C", "C") if left.variable == right.variable => [1, 2, 3]
            .iter()
            .find_map(|place| equal_to(&at(&difference, &left.variable, *place))),
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
        None => {
            term.names().iter().find(|name| *name == "C")?;
            slope(term, "C", fuel)?;
            ("C", at(term, "C", 0))
        }
    };
    Some(Antiderivative {
        constant,
        variable: variable(&rest.names(), |name| name == constant)?,
        rest,
    })
}

/// The one name, in lower case, that is not that of a constant.
fn variable(names: &[String], is_constant: impl Fn(&str) -> bool) -> Option<String> {
    let mut others = names.iter().filter(|name| !is_constant(name));
    let lower = |name: &&String| name.starts_with(|c: char| c.is_lowercase() || c == '\\');
    let variable = others.next().filter(lower).cloned();
    variable.filter(|_| others.next().is_none())
}

/// Equality under another name of the integer of a period: `\frac{\pi}{4} + k\pi` and
/// `\frac{\pi}{4} + n\pi`.
fn up_to_integer(a: &Term, b: &Term, judge: &mut Judge) -> Option<Outcome> {
    let (names, others) = (a.names(), b.names());
    let ([name], [other]) = (names.as_slice(), others.as_slice()) else {
        return None;
    };
    let integers = [name, other].map(|name| INTEGERS.contains(&name.as_str()));
    if integers != [true, true] || name == other || !is_period(a, name, judge) {
        return None;
    }
    let renamed = b.substitute(other, &Term::symbol(name.clone()));
    let found = Outcome::from(decide(a, &renamed, &mut judge.fuel));
    found.is_equal().then_some(found)
}

/// Whether a term grows by a multiple of π with each step of a letter.
fn is_period(term: &Term, letter: &str, judge: &mut Judge) -> bool {
    let turns = term.clone().over(Term::Constant(Constant::Pi));
    slope(&turns, letter, &mut judge.fuel).is_some()
}

/// The multiples of a period that are a family of numbers, `\frac{\pi}{4} + n\pi`, against the step and the
/// first of a family whose letter is said to be any integer.
pub(super) fn is_family(term: &Term, turn: &Term, offset: &Term, judge: &mut Judge) -> bool {
    let [name] = &term.names()[..] else {
        return false;
    };
    if !INTEGERS.contains(&name.as_str()) || !is_period(term, name, judge) {
        return false;
    }
    let mut turns = |angle: Term| constant(&angle.over(turn.clone()), &mut judge.fuel);
    let apart = Term::sum([at(term, name, 0), offset.clone().negated()]);
    turns(step(term, name, 0)).is_some_and(|turns| turns.abs() == Rational::from(IBig::ONE))
        && turns(apart).is_some_and(|turns| turns.is_integer())
}

/// Equality of `C e^{-2x}` and `c e^{-2x}`.
fn up_to_names(a: &Term, b: &Term, judge: &mut Judge) -> Option<Outcome> {
    let (names, others) = (a.names(), b.names());
    let arbitrary = names.iter().chain(&others).any(|name| is_arbitrary(name));
    // Beside several other letters, a small c may be given.
    if !arbitrary
        || names == others
        || variable(&names, is_arbitrary)? != variable(&others, is_arbitrary)?
    {
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
        let (first, next) = (step(term, name, 1), step(term, name, 2));
        let linear = decide(&first, &next, &mut judge.fuel).is_equal();
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
