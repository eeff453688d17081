//! Whether two typed values are equal. Every rule is symmetric: a pair is matched in one order and
//! tried in the other.

use super::judge::Judge;
use super::outcome::Outcome;
use super::relation;
use super::text::same_words;
use super::verdict::{Decision, Method, Reason};
use crate::canon::decide::{constant, decide, order};
use crate::canon::scalar::scalar_word;
use crate::canon::sets::{as_interval, as_reals};
use crate::canon::term::{Constant, Rational, Term};
use crate::canon::value::{Clock, Measure, Numeral, Scalar, Value};
use crate::expr::Bracket;
use crate::expr::unit::{self, Unit};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::mem::discriminant;
use dashu_int::IBig;
use num_traits::{Pow, Zero};

/// Compares two values.
pub(super) fn compare(a: &Value, b: &Value, judge: &mut Judge) -> Outcome {
    if judge.fuel.spend(1).is_err() {
        return Outcome::undecided(Reason::LimitReached);
    }
    if !judge.conventions.kinds && discriminant(a) != discriminant(b) {
        return Outcome::different(Reason::KindDiffers);
    }
    match ordered(a, b, judge) {
        Some(outcome) => outcome,
        None => ordered(b, a, judge).unwrap_or(Outcome::different(Reason::KindDiffers)),
    }
}

/// The rule for this pair in this order, if there is one.
fn ordered(a: &Value, b: &Value, judge: &mut Judge) -> Option<Outcome> {
    use Value as V;
    Some(match (a, b) {
        (V::Relation(operands, relations), V::Relation(others, other_relations)) => {
            relation::compare((operands, relations), (others, other_relations), judge)
        }
        // An assignment stands for its value, a set of assignments for the point they name.
        (V::Relation(operands, relations), other) => {
            relation::against(operands, relations, other, judge)?
        }
        (V::Scalar(a), V::Scalar(b)) => scalars(a, b, judge),
        (V::Word(a), V::Word(b)) => words(a, b, judge),
        (V::Word(word), V::Scalar(scalar)) => match scalar_word(word) {
            Some(term) => scalars(&Scalar::plain(term), scalar, judge).because(Reason::KindDiffers),
            None => return None,
        },
        (V::Infinity { negative: a }, V::Infinity { negative: b }) => match a == b {
            true => Outcome::equal(Method::Identical),
            false => Outcome::different(Reason::SignDiffers),
        },
        (V::Text(text), other) => text_against(text, other)?,
        (V::Group(open, items, close), V::Group(other_open, others, other_close)) => {
            let same = |a, b| {
                a == b
                    || matches!(
                        (a, b),
                        (Bracket::Round, Bracket::Angle) | (Bracket::Angle, Bracket::Round)
                    )
            };
            let items = in_order(items, others, judge);
            if same(*open, *other_open) && same(*close, *other_close) {
                items
            } else {
                items.and(|| Outcome::different(Reason::BracketDiffers))
            }
        }
        (V::Group(open, items, close), V::Reals(set)) => {
            match as_interval(*open, items, *close, &mut judge.fuel) {
                Some(interval) => reals(&interval, set, judge),
                None => return None,
            }
        }
        // A vector is written as a tuple, a column or a row.
        (V::Group(Bracket::Round | Bracket::Angle, items, _), V::Matrix(rows)) => {
            match line(rows) {
                Some(entries) => in_order(items, &entries, judge),
                None => return None,
            }
        }
        // Square brackets around three or more items cannot be an interval: a list in brackets.
        (V::Group(Bracket::Square, items, Bracket::Square), V::List(others)) if items.len() > 2 => {
            any_order(items, others, judge)
        }
        (V::Group(Bracket::Round, items, Bracket::Round), V::List(others)) => {
            relation::point(others, items, judge)?
        }
        (V::Set(items), V::Set(others)) => match any_order(items, others, judge) {
            // A set holds each member once, however often it is written.
            found if found.reason == Reason::CountDiffers => {
                any_order(&distinct(items, judge), &distinct(others, judge), judge)
            }
            found => found,
        },
        (V::Set(items) | V::List(items), V::Set(others) | V::List(others)) => {
            any_order(items, others, judge)
        }
        (V::Congruence(a, modulus), V::Congruence(b, other)) => {
            congruences((a, modulus), (b, other), judge)
        }
        (V::Date(a), V::Date(b)) => match a == b {
            true => Outcome::equal(Method::Identical),
            false => Outcome::different(Reason::ValueDiffers),
        },
        (V::Set(items), other @ V::Reals(set)) => match as_reals(a.clone(), &mut judge.fuel) {
            Some(members) => reals(&members, set, judge),
            None if items.len() == 1 => compare(&items[0], other, judge),
            None => return None,
        },
        // A set of one is its member, where a value is asked for.
        (V::Set(items), other) if items.len() == 1 => compare(&items[0], other, judge),
        (V::Set(_) | V::List(_), V::Scalar(_)) => Outcome::different(Reason::CountDiffers),
        (V::Reals(a), V::Reals(b)) => reals(a, b, judge),
        (V::Matrix(rows), V::Matrix(others)) => matrices(rows, others, judge),
        (V::System(parts), V::System(others) | V::List(others)) => any_order(parts, others, judge),
        (
            V::Based { value, base },
            V::Based {
                value: other,
                base: other_base,
            },
        ) => {
            if base != other_base {
                Outcome::different(Reason::BaseDiffers)
            } else if value == other {
                Outcome::equal(Method::Identical)
            } else {
                Outcome::different(Reason::ValueDiffers)
            }
        }
        // Without its base a numeral is another number, and in base ten another answer.
        (V::Based { .. }, V::Scalar(_)) => Outcome::different(Reason::BaseDiffers),
        (V::Ratio(parts), V::Ratio(others)) => ratios(parts, others, judge),
        (V::Ratio(parts), V::Scalar(scalar)) => match parts.as_slice() {
            [a, b] => {
                let quotient = a.term()?.clone().over(b.term()?.clone());
                scalars(&Scalar::plain(quotient), scalar, judge)
            }
            _ => return None,
        },
        (V::Clock(a), V::Clock(b)) => clocks(a, b),
        // 9 a.m. against 9
        (V::Clock(clock), V::Scalar(hour)) if clock.afternoon.is_some() => {
            let full = clock.parts.iter().skip(1).all(|part| *part == 0);
            let stated = clock
                .parts
                .first()
                .map(|part| Term::integer(i64::from(*part)));
            scalars(&Scalar::plain(stated.filter(|_| full)?), hour, judge)
        }
        (V::Clock(clock), other @ (V::Ratio(_) | V::Scalar(_))) => {
            compare(&clock_ratio(clock), other, judge)
        }
        (V::Written(a), V::Written(b)) => {
            if a == b {
                Outcome::equal(Method::Identical)
            } else {
                Outcome::undecided(Reason::NotUnderstood)
            }
        }
        _ => return None,
    })
}

fn words(a: &str, b: &str, judge: &mut Judge) -> Outcome {
    if a == b {
        return Outcome::equal(Method::Identical);
    }
    if same_spelling(a, b) {
        return Outcome::equal(Method::Text);
    }
    // Letters of one or two symbols, or three in another order, may be a product.
    let products = a.chars().count() <= 3 && a.chars().any(char::is_lowercase);
    match (scalar_word(a), scalar_word(b)) {
        (Some(x), Some(y)) if products => {
            Outcome::from(decide(&x, &y, &mut judge.fuel)).because(Reason::TextDiffers)
        }
        _ => Outcome {
            method: Method::Text,
            ..Outcome::different(Reason::TextDiffers)
        },
    }
}

/// Whether two words differ in capitals only, as at the start of a sentence or in a title:
/// `Even`, `EVEN` and `even`, but not `mgH` and `mgh`, which are products.
fn same_spelling(a: &str, b: &str) -> bool {
    let plain = |word: &str| {
        let mut letters = word.chars();
        letters.next();
        let rest = letters.as_str();
        rest.chars().all(char::is_lowercase) || word.chars().all(char::is_uppercase)
    };
    a.chars().count() > 2 && plain(a) && plain(b) && same_words(a, b)
}

fn text_against(text: &str, other: &Value) -> Option<Outcome> {
    let differs = Outcome {
        method: Method::Text,
        ..Outcome::different(Reason::TextDiffers)
    };
    let same = |word: &str| {
        if same_words(text, word) {
            Outcome::equal(Method::Text)
        } else {
            differs
        }
    };
    Some(match other {
        Value::Text(words) | Value::Word(words) => same(words),
        Value::Scalar(Scalar {
            term: Term::Symbol(name),
            ..
        }) => same(name),
        Value::Scalar(Scalar {
            term: Term::Constant(Constant::E),
            ..
        }) => same("e"),
        Value::Scalar(Scalar {
            term: Term::Constant(Constant::I),
            ..
        }) => same("i"),
        _ => return None,
    })
}

/// Compares what is counted, then how many.
fn scalars(a: &Scalar, b: &Scalar, judge: &mut Judge) -> Outcome {
    if !judge.conventions.units && a.measure != b.measure {
        return Outcome::different(Reason::UnitDiffers);
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
                return Outcome::different(Reason::UnitDiffers);
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
                Outcome::different(Reason::UnitDiffers)
            }
        }
        (Measure::Noun(noun), Measure::Unit(_)) | (Measure::Unit(_), Measure::Noun(noun)) => {
            // "units" and "square units" name no unit in particular.
            if noun.last().is_some_and(|head| head == "unit") {
                values(a, b, judge)
            } else {
                Outcome::different(Reason::UnitDiffers)
            }
        }
        (Measure::Percent, Measure::Unit(_) | Measure::Noun(_))
        | (Measure::Unit(_) | Measure::Noun(_), Measure::Percent) => {
            Outcome::different(Reason::UnitDiffers)
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

fn same_noun(a: &[alloc::string::String], b: &[alloc::string::String]) -> bool {
    let within = |a: &[_], b: &[alloc::string::String]| a.iter().all(|word| b.contains(word));
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
        return found.into();
    }
    let rounded = match (&a.numeral, &b.numeral) {
        (Some(numeral), None) => is_rounded(numeral, &b.term, judge),
        (None, Some(numeral)) => is_rounded(numeral, &a.term, judge),
        _ => false,
    };
    if rounded {
        return Outcome::equal(Method::Exact);
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

/// Whether `numeral` is a decimal, and `exact`, which is no numeral, rounded to all its digits.
fn is_rounded(numeral: &Numeral, exact: &Term, judge: &mut Judge) -> bool {
    let enough = judge
        .conventions
        .rounding
        .is_some_and(|digits| numeral.significant >= digits);
    if !numeral.decimal || !enough || !exact.is_constant() {
        return false;
    }
    let half = Rational::new(IBig::ONE, IBig::from(2))
        * Pow::pow(Rational::from(IBig::from(10)), numeral.scale as isize);
    let low = Term::Rational(&numeral.value - &half);
    let high = Term::Rational(&numeral.value + &half);
    order(&low, exact, &mut judge.fuel) == Some(Ordering::Less)
        && order(exact, &high, &mut judge.fuel) == Some(Ordering::Less)
}

fn reals(
    a: &crate::canon::reals::Reals,
    b: &crate::canon::reals::Reals,
    judge: &mut Judge,
) -> Outcome {
    a.compare(b, &mut judge.fuel).into()
}

/// Compares items at the same places.
pub(super) fn in_order(items: &[Value], others: &[Value], judge: &mut Judge) -> Outcome {
    if items.len() != others.len() {
        return Outcome::different(Reason::CountDiffers);
    }
    let mut all = Outcome::equal(Method::Identical);
    for (a, b) in items.iter().zip(others) {
        all = all.and(|| compare(a, b, judge).because(Reason::ItemDiffers));
    }
    if all.decision == Decision::Different
        && items.len() < 10
        && any_order(items, others, judge).is_equal()
    {
        return all.because(Reason::OrderDiffers);
    }
    all
}

/// Compares items as multisets: each has an equal of its own.
pub(super) fn any_order(items: &[Value], others: &[Value], judge: &mut Judge) -> Outcome {
    if items.len() != others.len() {
        return Outcome::different(Reason::CountDiffers);
    }
    let mut all = Outcome::equal(Method::Identical);
    let (mut left, mut free) = without_identical(items, others);
    left.retain(|item| {
        let found = free.iter().position(|other| {
            let outcome = compare(item, other, judge);
            if outcome.is_equal() {
                all = all.and(|| outcome);
            }
            outcome.is_equal()
        });
        found.map(|at| free.swap_remove(at)).is_none()
    });
    if left.is_empty() {
        return all;
    }
    // An item that surely differs from all that are left, on either side, decides.
    let mut surely = |item: &Value, others: &[&Value]| {
        let differs = |other: &&Value| compare(item, other, judge).decision == Decision::Different;
        others.iter().all(differs)
    };
    match left.iter().any(|item| surely(item, &free))
        || free.iter().any(|other| surely(other, &left))
    {
        true => Outcome::different(Reason::ItemDiffers),
        false => Outcome::undecided(Reason::NotUnderstood),
    }
}

/// What is left of both lists when small rationals that both hold are struck out: long lists are
/// mostly those, and need not be compared pair by pair.
fn without_identical<'v>(
    items: &'v [Value],
    others: &'v [Value],
) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let key = |value: &Value| match value {
        Value::Scalar(Scalar {
            term: Term::Rational(q),
            measure: Measure::None,
            ..
        }) => Some((
            i64::try_from(q.numer()).ok()?,
            i64::try_from(q.denom()).ok()?,
        )),
        _ => None,
    };
    let mut counts: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    for value in others.iter().filter_map(key) {
        *counts.entry(value).or_default() += 1;
    }
    let mut struck: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    let take = |value: &Value, from: &mut BTreeMap<(i64, i64), usize>| {
        let Some(count) = key(value).and_then(|value| from.get_mut(&value)) else {
            return false;
        };
        let any = *count > 0;
        *count -= usize::from(any);
        any
    };
    let left = items
        .iter()
        .filter(|item| {
            let taken = take(item, &mut counts);
            if let (true, Some(value)) = (taken, key(item)) {
                *struck.entry(value).or_default() += 1;
            }
            !taken
        })
        .collect();
    let free = others
        .iter()
        .filter(|other| !take(other, &mut struck))
        .collect();
    (left, free)
}

/// The entries of a matrix of one column or one row.
fn line(rows: &[Vec<Value>]) -> Option<Vec<Value>> {
    match rows {
        [row] => Some(row.clone()),
        rows if rows.iter().all(|row| row.len() == 1) => {
            Some(rows.iter().flatten().cloned().collect())
        }
        _ => None,
    }
}

fn matrices(rows: &[Vec<Value>], others: &[Vec<Value>], judge: &mut Judge) -> Outcome {
    if rows.len() != others.len() {
        return Outcome::different(Reason::CountDiffers);
    }
    let mut all = Outcome::equal(Method::Identical);
    for (row, other) in rows.iter().zip(others) {
        all = all.and(|| in_order(row, other, judge));
    }
    all
}

/// Ratios are equal where their parts are proportional.
fn ratios(parts: &[Value], others: &[Value], judge: &mut Judge) -> Outcome {
    if parts.len() != others.len() {
        return Outcome::different(Reason::CountDiffers);
    }
    let terms = |values: &[Value]| {
        values
            .iter()
            .map(|value| value.term().cloned())
            .collect::<Option<Vec<Term>>>()
    };
    let (Some(a), Some(b)) = (terms(parts), terms(others)) else {
        return in_order(parts, others, judge);
    };
    let mut all = Outcome::equal(Method::Identical);
    for index in 1..a.len() {
        let cross = |x: &Term, y: &Term| Term::product([x.clone(), y.clone()]);
        all = all.and(|| {
            decide(
                &cross(&a[0], &b[index]),
                &cross(&b[0], &a[index]),
                &mut judge.fuel,
            )
            .into()
        });
    }
    all
}

/// Times of day; where one leaves open which half of the day it is, the other decides.
fn clocks(a: &Clock, b: &Clock) -> Outcome {
    let part = |clock: &Clock, index: usize| clock.parts.get(index).copied().unwrap_or(0);
    let as_written = (0..3).all(|index| part(a, index) == part(b, index));
    let same = match (a.since_midnight(), b.since_midnight()) {
        (Some(x), Some(y)) => x == y,
        (Some(_), None) | (None, Some(_)) | (None, None) => as_written,
    };
    match same {
        true => Outcome::equal(Method::Exact),
        false => Outcome::different(Reason::ValueDiffers),
    }
}

/// Congruences with the same modulus, the sides of which differ by a multiple of it, either way
/// round.
fn congruences(a: (&Term, &Term), b: (&Term, &Term), judge: &mut Judge) -> Outcome {
    let moduli = Outcome::from(decide(a.1, b.1, &mut judge.fuel));
    moduli.and(|| {
        let mut multiple = |sides: Term| {
            let quotient = sides.over(a.1.clone());
            constant(&quotient, &mut judge.fuel).is_some_and(|q| q.is_integer())
        };
        let (x, y) = (a.0.clone(), b.0.clone());
        let same = multiple(Term::sum([x.clone(), y.clone().negated()]));
        match same || multiple(Term::sum([x, y])) {
            true => Outcome::equal(Method::Exact),
            false => Outcome::different(Reason::ValueDiffers),
        }
    })
}

/// Members without those that equal an earlier one.
fn distinct(items: &[Value], judge: &mut Judge) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    for item in items {
        if !kept
            .iter()
            .any(|earlier| compare(earlier, item, judge).is_equal())
        {
            kept.push(item.clone());
        }
    }
    kept
}

fn clock_ratio(clock: &Clock) -> Value {
    let part = |part: &u32| Value::Scalar(Scalar::plain(Term::integer(i64::from(*part))));
    Value::Ratio(clock.parts.iter().map(part).collect())
}
