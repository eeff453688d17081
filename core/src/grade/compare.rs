//! Whether two typed values are equal. Every rule is symmetric: a pair is matched in one order and
//! tried in the other.

use super::arbitrary::is_family;
use super::items::{any_order, as_sets, in_order, line, matrices, nested};
use super::judge::Judge;
use super::outcome::Outcome;
use super::policy::{Brackets, Lists};
use super::relation;
use super::scalar::scalars;
use super::spoken::spelled_number;
use super::text::{same_words, says_none};
use super::verdict::{Method, Reason};
use crate::canon::decide::{constant, decide};
use crate::canon::reals::Reals;
use crate::canon::scalar::scalar_word;
use crate::canon::sets::{as_interval, as_reals};
use crate::canon::term::{Constant, Function, Rational, Term};
use crate::canon::value::{Clock, Scalar, Value, unnamed_residue};
use crate::every::every;
use crate::expr::{Bracket, Relation, UNNAMED};
use crate::extract::is_truth;
use alloc::format;
use alloc::vec::Vec;
use core::mem::discriminant;

/// What two values that are told apart at once cost.
const STEPS: u64 = 4;

/// Compares two values.
pub(super) fn compare(a: &Value, b: &Value, judge: &mut Judge) -> Outcome {
    if judge.fuel.spend(STEPS).is_err() {
        return Outcome::undecided(Reason::LimitReached);
    }
    if !judge.conventions.kinds && discriminant(a) != discriminant(b) {
        return Outcome::unlike(Reason::KindDiffers);
    }
    match ordered(a, b, judge) {
        Some(outcome) => outcome,
        None => ordered(b, a, judge).unwrap_or(Outcome::unlike(Reason::KindDiffers)),
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
        // "twelve" says 12.
        (V::Word(word) | V::Text(word), V::Scalar(scalar)) => {
            match (spelled_number(word).map(Term::rational), a) {
                (Some(number), _) => scalars(&Scalar::plain(number), scalar, judge),
                (None, V::Word(_)) => scalars(&Scalar::plain(scalar_word(word)?), scalar, judge)
                    .because(Reason::KindDiffers),
                (None, _) => text_against(word, b)?,
            }
        }
        (V::Infinity { negative: a }, V::Infinity { negative: b }) => match a == b {
            true => Outcome::equal(Method::Identical),
            false => Outcome::different(Method::Exact, Reason::SignDiffers),
        },
        (V::Word(text) | V::Text(text), V::Set(members))
            if judge.conventions.kinds && members.is_empty() =>
        {
            match says_none(text) {
                true => Outcome::equal(Method::Text),
                false => Outcome::unlike(Reason::KindDiffers),
            }
        }
        (V::Word(text) | V::Text(text), V::Word(other) | V::Text(other))
            if judge.conventions.kinds && says_none(text) && says_none(other) =>
        {
            Outcome::equal(Method::Text)
        }
        // `\mathbf{R}` and a plain `R` may stand for the set of that letter.
        (V::Reals(_) | V::Written(_), other) if names_set(other, a) => Outcome::equal(Method::Text),
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
            let alike = judge.conventions.brackets == Brackets::Alike;
            if alike || same(*open, *other_open) && same(*close, *other_close) {
                items
            } else {
                items.and(|| Outcome::unlike(Reason::BracketDiffers))
            }
        }
        // `\frac{\pi}{4} + n\pi`, where n is not said to be any integer
        (V::Group(Bracket::Angle, family, Bracket::Angle), V::Scalar(scalar))
            if judge.conventions.names && matches!(family.as_slice(), [_, _, V::Written(_)]) =>
        {
            let (slope, offset) = (family[0].term()?, family[1].term()?);
            match is_family(&scalar.term, slope, offset, judge) {
                true => Outcome::equal(Method::Exact),
                false => Outcome::unlike(Reason::KindDiffers),
            }
        }
        // 2i + 3j - k
        (V::Group(Bracket::Round | Bracket::Angle, items, _), V::Scalar(sum)) => {
            components(items, &sum.term, judge)?
        }
        (V::Matrix(rows), V::Scalar(sum)) => components(&line(rows)?, &sum.term, judge)?,
        (V::Group(open, items, close), V::Reals(set)) => {
            match as_interval(*open, items, *close, &mut judge.fuel) {
                Some(interval) => interval.compare(set, &mut judge.fuel).into(),
                None => return None,
            }
        }
        // A vector is written as a tuple, a column or a row.
        (V::Group(open, items, _), V::Matrix(rows)) if *open != Bracket::Curly => {
            match (line(rows), nested(items)) {
                (_, Some(written)) => matrices(&written, rows, judge),
                (Some(entries), None) => in_order(items, &entries, judge),
                (None, None) => return None,
            }
        }
        // Square brackets around three or more items cannot be an interval: a list in brackets.
        (V::Group(Bracket::Square, items, Bracket::Square), V::List(others)) if items.len() > 2 => {
            any_order(items, others, judge)
        }
        (V::Group(Bracket::Round, items, Bracket::Round), V::List(others) | V::Set(others))
            if judge.conventions.brackets == Brackets::Optional =>
        {
            in_order(items, others, judge)
        }
        (V::Group(_, items, _), V::List(others))
            if judge.conventions.brackets == Brackets::Alike =>
        {
            in_order(items, others, judge)
        }
        (V::Group(Bracket::Round, items, Bracket::Round), V::List(others)) => {
            relation::point(others, items, judge)?
        }
        // [2,2] against {2}: a closed interval may be a point.
        (V::Group(Bracket::Square, ends, Bracket::Square), V::Set(members))
        | (V::Set(members), V::Group(Bracket::Square, ends, Bracket::Square)) => {
            let interval = as_interval(Bracket::Square, ends, Bracket::Square, &mut judge.fuel);
            match (interval, as_reals(V::Set(members.clone()), &mut judge.fuel)) {
                (Some(interval), Some(set)) => interval.compare(&set, &mut judge.fuel).into(),
                _ if members.len() == 1 => {
                    let group = if matches!(a, V::Set(_)) { b } else { a };
                    compare(&members[0], group, judge)
                }
                _ => return None,
            }
        }
        // What an ellipsis stands for depends on what is beside it.
        (V::Set(items) | V::List(items), V::Set(others) | V::List(others))
            if items.iter().any(V::is_ellipsis) =>
        {
            in_order(items, others, judge)
        }
        (V::Set(items), V::Set(others)) => as_sets(items, others, judge),
        (V::Set(items) | V::List(items), V::Set(others) | V::List(others)) => {
            let roots = || {
                let swapped = |(others, items)| (items, others);
                relation::roots(items, others)
                    .or_else(|| relation::roots(others, items).map(swapped))
            };
            let values = judge.conventions.names.then(roots).flatten();
            let lists = matches!((a, b), (V::List(_), V::List(_)));
            if lists && values.is_none() && judge.conventions.names {
                let outcome = relation::in_writing(items, others, judge)
                    .or_else(|| relation::in_writing(others, items, judge));
                if outcome.is_some() {
                    return outcome;
                }
            }
            let (items, others) = values
                .as_ref()
                .map_or((&items[..], &others[..]), |(items, others)| (items, others));
            match judge.conventions.lists {
                // The answers to several questions are in their order.
                Lists::Multiset if lists && items.iter().chain(others).all(answers_yes_or_no) => {
                    in_order(items, others, judge)
                }
                Lists::Multiset => any_order(items, others, judge),
                Lists::Set => as_sets(items, others, judge),
                Lists::InOrder if discriminant(a) == discriminant(b) => {
                    in_order(items, others, judge)
                }
                Lists::InOrder => Outcome::unlike(Reason::KindDiffers),
            }
        }
        (V::Congruence(a, modulus), V::Congruence(b, other)) => {
            congruences((a, modulus), (b, other), judge)
        }
        // `x = 12k + 7, k \in \mathbb{Z}` says `x \equiv 7 \pmod{12}`.
        (V::Congruence(difference, modulus), V::Group(Bracket::Angle, family, _)) => {
            let [slope, offset, V::Written(set)] = family.as_slice() else {
                return None;
            };
            let names = difference.names();
            let [name] = names.as_slice() else {
                return None;
            };
            let offset = offset.term().filter(|_| set == "Z")?.clone().negated();
            let own = Term::sum([Term::symbol(name.clone()), offset]);
            congruences((difference, modulus), (&own, slope.term()?), judge)
        }
        // `4 \pmod 7` against 4
        (V::Congruence(difference, modulus), V::Scalar(number)) => {
            let residue = unnamed_residue(difference)?;
            let least = Term::Call(Function::Mod, [residue, modulus.clone()].into());
            scalars(&Scalar::plain(least), number, judge)
        }
        (V::Date(a), V::Date(b)) => match a == b {
            true => Outcome::equal(Method::Identical),
            false => Outcome::different(Method::Exact, Reason::ValueDiffers),
        },
        (V::Set(items), other @ V::Reals(set)) => match as_reals(a.clone(), &mut judge.fuel) {
            Some(members) => members.compare(set, &mut judge.fuel).into(),
            None if items.len() == 1 => compare(&items[0], other, judge),
            None => return None,
        },
        // A set of one is its member, where a value is asked for.
        (V::Set(items), other) if items.len() == 1 => compare(&items[0], other, judge),
        // "three hundred and five" is no list.
        (V::List(items), V::Scalar(scalar)) => match spelled_by(items).map(Term::rational) {
            Some(number) => scalars(&Scalar::plain(number), scalar, judge),
            None => Outcome::unlike(Reason::CountDiffers),
        },
        (V::Set(_), V::Scalar(_)) => Outcome::unlike(Reason::CountDiffers),
        (V::Reals(a), V::Reals(b)) => a.compare(b, &mut judge.fuel).into(),
        (V::List(parts), V::Reals(set)) => {
            let mut all = Reals::empty();
            for part in parts {
                let part = part_of_reals(part, judge)?;
                all = all.union(&part, &mut judge.fuel)?;
            }
            all.compare(set, &mut judge.fuel).into()
        }
        (V::Matrix(rows), V::Matrix(others)) => matrices(rows, others, judge),
        (V::Group(Bracket::Round, items, Bracket::Round), V::System(parts)) => {
            relation::point(parts, items, judge)?
        }
        (V::System(parts), V::System(others) | V::List(others)) => any_order(parts, others, judge),
        (
            V::Based { value, base },
            V::Based {
                value: other,
                base: other_base,
            },
        ) => {
            if base != other_base {
                Outcome::unlike(Reason::BaseDiffers)
            } else if value == other {
                Outcome::equal(Method::Identical)
            } else {
                Outcome::different(Method::Exact, Reason::ValueDiffers)
            }
        }
        // Without its base a numeral is another number, and in base ten another answer.
        (V::Based { .. }, V::Scalar(_)) => Outcome::unlike(Reason::BaseDiffers),
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

/// What an item of a list adds to a set: `x = 5` in `x < 0 \text{ or } x = 5`.
fn part_of_reals(part: &Value, judge: &mut Judge) -> Option<Reals> {
    match part {
        Value::Scalar(scalar) => Some(Reals::point(scalar.term.clone())),
        Value::Relation(operands, relations) => match (operands.as_slice(), relations.as_slice()) {
            ([Value::Scalar(name), Value::Scalar(value)], [Relation::Equal])
                if matches!(name.term, Term::Symbol(_)) =>
            {
                Some(Reals::point(value.term.clone()))
            }
            _ => None,
        },
        part => as_reals(part.clone(), &mut judge.fuel),
    }
}

/// The number that words spell which an "and" joins.
fn spelled_by(words: &[Value]) -> Option<Rational> {
    let [first, last] = words else {
        return None;
    };
    match (first, last) {
        (Value::Word(a) | Value::Text(a), Value::Word(b) | Value::Text(b)) => {
            spelled_number(&format!("{a} and {b}"))
        }
        _ => None,
    }
}

/// Whether `letter` is that of the named set of numbers `set`.
fn names_set(letter: &Value, set: &Value) -> bool {
    let letter = match letter {
        Value::Text(letter) => letter,
        Value::Scalar(Scalar {
            term: Term::Symbol(letter),
            ..
        }) => letter,
        _ => return false,
    };
    match set {
        Value::Reals(set) => letter == "R" && *set == Reals::all(),
        Value::Written(set) => letter == set && set.len() == 1,
        _ => false,
    }
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
        _ => Outcome::different(Method::Text, Reason::TextDiffers),
    }
}

/// Whether two words differ in capitals only, as at the start of a sentence or in a title:
/// `Even`, `EVEN` and `even`, but not `mgH` and `mgh`, which are products. Of two letters only "no"
/// is a word.
fn same_spelling(a: &str, b: &str) -> bool {
    let plain = |word: &str| {
        let mut letters = word.chars();
        letters.next();
        let rest = letters.as_str();
        rest.chars().all(char::is_lowercase) || word.chars().all(char::is_uppercase)
    };
    let word = a.chars().count() > 2 || a.eq_ignore_ascii_case("no");
    word && plain(a) && plain(b) && same_words(a, b)
}

fn text_against(text: &str, other: &Value) -> Option<Outcome> {
    let differs = Outcome::different(Method::Text, Reason::TextDiffers);
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

/// Ratios are equal where their parts are proportional.
fn ratios(parts: &[Value], others: &[Value], judge: &mut Judge) -> Outcome {
    if parts.len() != others.len() {
        return Outcome::unlike(Reason::CountDiffers);
    }
    let terms = |values| every(values, &mut |value: &Value| value.term().cloned());
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
        false => Outcome::different(Method::Exact, Reason::ValueDiffers),
    }
}

/// Congruences with the same modulus, the sides of which differ by a multiple of it, either way
/// round.
fn congruences(a: (&Term, &Term), b: (&Term, &Term), judge: &mut Judge) -> Outcome {
    let names = judge.conventions.names;
    let moduli = Outcome::from(decide(a.1, b.1, &mut judge.fuel));
    moduli.and(|| {
        let mut multiple = |sides: Term| {
            let quotient = sides.over(a.1.clone());
            constant(&quotient, &mut judge.fuel).is_some_and(|q| q.is_integer())
        };
        let (x, y) = match names {
            true => (named_as(a.0, b.0), named_as(b.0, a.0)),
            false => (a.0.clone(), b.0.clone()),
        };
        let same = multiple(Term::sum([x.clone(), y.clone().negated()]));
        match same || multiple(Term::sum([x, y])) {
            true => Outcome::equal(Method::Exact),
            false => Outcome::different(Method::Exact, Reason::ValueDiffers),
        }
    })
}

/// A congruence whose variable is not written, in the only letter of another.
fn named_as(difference: &Term, other: &Term) -> Term {
    match other.names().as_slice() {
        [name] => difference.substitute(UNNAMED, &Term::symbol(name.clone())),
        _ => difference.clone(),
    }
}

/// The components of a vector against a sum of them with the unit vectors of the axes.
fn components(items: &[Value], sum: &Term, judge: &mut Judge) -> Option<Outcome> {
    const AXES: [&str; 3] = ["i", "j", "k"];
    if !(2..=AXES.len()).contains(&items.len()) {
        return None;
    }
    // `i` alone is the imaginary unit.
    let mut vector = false;
    sum.symbols(&mut |name| vector |= AXES[1..].contains(&name));
    if !vector {
        return None;
    }
    let mut parts = Vec::with_capacity(items.len());
    for (item, axis) in items.iter().zip(&AXES) {
        parts.push(Term::product([item.term()?.clone(), scalar_word(axis)?]));
    }
    Some(decide(&Term::sum(parts), sum, &mut judge.fuel).into())
}

fn clock_ratio(clock: &Clock) -> Value {
    let part = |part: &u32| Value::Scalar(Scalar::plain(Term::integer(i64::from(*part))));
    Value::Ratio(clock.parts.iter().map(part).collect())
}

/// Whether a value answers a question of yes or no.
fn answers_yes_or_no(value: &Value) -> bool {
    match value {
        Value::Word(word) | Value::Text(word) => {
            is_truth(word) || matches!(word.as_str(), "F" | "T")
        }
        Value::Scalar(Scalar {
            term: Term::Symbol(name),
            ..
        }) => matches!(name.as_str(), "F" | "T"),
        _ => false,
    }
}
