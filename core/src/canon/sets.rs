//! Lists, brackets and sets: what several values between brackets are.

use super::lower::{items, value};
use super::progression::{self, Step};
use super::reals::{End, Reals};
use super::scalar::{Branch, scalar_word};
use super::solve::is_variable;
use super::term::{Rational, Term};
use super::value::{Measure, Scalar, Value};
use crate::every::every;
use crate::expr::{Bracket, Connective, Expr, Relation, SetOperation, Sign, print};
use crate::limits::Fuel;
use alloc::vec::Vec;

pub(super) fn list(values: Vec<Value>, connective: Connective, fuel: &mut Fuel) -> Value {
    let values = continued(values);
    let sets = every(&values, &mut |value| match value {
        Value::Reals(set) => Some(set),
        _ => None,
    });
    let Some((first, rest)) = sets.as_deref().and_then(<[_]>::split_first) else {
        return Value::List(values);
    };
    let fold = |combine: fn(&Reals, &Reals, &mut Fuel) -> Option<Reals>, fuel: &mut Fuel| {
        rest.iter()
            .try_fold((*first).clone(), |all, set| combine(&all, set, fuel))
    };
    // Conditions joined by "and" hold together. So do those that a comma joins, unless nothing
    // satisfies them all: then they are alternatives, as in "x < -1, x > 1".
    let together = match connective {
        Connective::Or => None,
        Connective::And => fold(Reals::intersection, fuel),
        _ => fold(Reals::intersection, fuel).filter(|set| !set.is_empty()),
    };
    match together.or_else(|| fold(Reals::union, fuel)) {
        Some(set) => Value::Reals(set),
        None => Value::List(values),
    }
}

/// Items of which an ellipsis stands for some: all of them, where they are known and few; else no more
/// than show how it goes on, two for a step that is added and three for one that multiplies.
fn continued(mut values: Vec<Value>) -> Vec<Value> {
    let Some(at) = values.iter().position(Value::is_ellipsis) else {
        return values;
    };
    let last = match &values[at + 1..] {
        [] => None,
        [last] => match last {
            Value::Word(word) => scalar_word(word),
            last => last.term().cloned(),
        },
        _ => return values,
    };
    let known = values.len() == at + 1 || last.is_some();
    let before = every(&values[..at], &mut |value| {
        value.term()?.as_rational().cloned()
    });
    let Some(before) = before.filter(|_| known) else {
        return values;
    };
    let Some(step) = progression::step(&before, last.as_ref()) else {
        return values;
    };
    let plain = |value: &Value| match value {
        Value::Scalar(scalar) => scalar.measure == Measure::None,
        value => value.is_ellipsis(),
    };
    if let (Some(Term::Rational(last)), true) = (&last, values.iter().all(plain)) {
        if let Some(all) = progression::written_out(&before[0], &step, last) {
            return all.into_iter().map(number).collect();
        }
    }
    let shown = match step {
        Step::Add(_) => 2,
        Step::Multiply(_) => 3,
    };
    if shown < at {
        values.drain(shown..at);
    }
    values
}

fn number(number: Rational) -> Value {
    Value::Scalar(Scalar::plain(Term::rational(number)))
}

pub(super) fn half_line(sign: Sign, fuel: &mut Fuel) -> Option<Value> {
    let zero = End {
        at: Some(Term::integer(0)),
        closed: false,
    };
    let open = End {
        at: None,
        closed: false,
    };
    let set = match sign {
        Sign::Plus => Reals::interval(zero, open, fuel),
        Sign::Minus => Reals::interval(open, zero, fuel),
        _ => None,
    };
    set.map(Value::Reals)
}

pub(super) fn group(
    open: Bracket,
    parts: &[Expr],
    close: Bracket,
    branch: Branch,
    fuel: &mut Fuel,
) -> Value {
    let written = || Value::Written(print::key(&Expr::Group(open, parts.to_vec(), close)));
    if open == Bracket::Curly {
        return match items(parts, fuel) {
            // Braces around an interval or a list of inequalities add nothing.
            mut only
                if only.len() == 1 && matches!(only[0], Value::Reals(_) | Value::System(_)) =>
            {
                only.remove(0)
            }
            members => Value::Set(continued(members)),
        };
    }
    if let [only] = parts {
        // `-5 \pm …` cannot be inside: its branch is fixed from outside.
        return value(only, branch, fuel);
    }
    let values: Vec<Value> = parts.iter().map(|part| value(part, branch, fuel)).collect();
    let infinite = values
        .iter()
        .any(|value| matches!(value, Value::Infinity { .. }));
    if open != close || infinite {
        return as_interval(open, &values, close, fuel).map_or_else(written, Value::Reals);
    }
    Value::Group(open, values, close)
}

/// Two values between brackets as an interval.
pub(crate) fn as_interval(
    open: Bracket,
    values: &[Value],
    close: Bracket,
    fuel: &mut Fuel,
) -> Option<Reals> {
    let round_or_square = |b| matches!(b, Bracket::Round | Bracket::Square);
    let ([lower, upper], true) = (values, round_or_square(open) && round_or_square(close)) else {
        return None;
    };
    let end = |value: &Value, bracket: Bracket| match value {
        Value::Infinity { .. } => Some(End {
            at: None,
            closed: false,
        }),
        Value::Scalar(scalar) => Some(End {
            at: Some(scalar.term.clone()),
            closed: bracket == Bracket::Square,
        }),
        Value::Word(word) => Some(End {
            at: scalar_word(word),
            closed: bracket == Bracket::Square,
        }),
        _ => None,
    };
    let directed = !matches!(lower, Value::Infinity { negative: false })
        && !matches!(upper, Value::Infinity { negative: true });
    if !directed {
        return None;
    }
    Reals::interval(end(lower, open)?, end(upper, close)?, fuel)
}

pub(super) fn is_set(expr: &Expr) -> bool {
    match expr {
        Expr::NumberSet(..) | Expr::Empty | Expr::SetOperation(..) => true,
        Expr::Group(open, _, close) => *open == Bracket::Curly && *close == Bracket::Curly,
        _ => false,
    }
}

/// The most integers that a set between bounds is written out to.
pub(super) const MAX_INTEGERS: usize = 1000;

/// The members of a named set of numbers that satisfy a condition.
pub(super) fn drawn(element: &Expr, condition: Reals, fuel: &mut Fuel) -> Option<Value> {
    let Expr::Relation(operands, relations) = element else {
        return None;
    };
    let ([variable, Expr::NumberSet(set, None)], [Relation::Element]) =
        (operands.as_slice(), relations.as_slice())
    else {
        return None;
    };
    if !is_variable(variable) {
        return None;
    }
    members(*set, condition, fuel)
}

/// What a set of reals has in common with the reals, the integers or the positive integers.
pub(super) fn members(set: char, reals: Reals, fuel: &mut Fuel) -> Option<Value> {
    let whole = match set {
        'R' => return Some(Value::Reals(reals)),
        'Z' => reals,
        'N' => reals.intersection(&as_reals(half_line(Sign::Plus, fuel)?, fuel)?, fuel)?,
        _ => return None,
    };
    let integers = whole.integers(MAX_INTEGERS)?;
    let members = integers.into_iter().map(|n| number(n.into()));
    Some(Value::Set(members.collect()))
}

pub(super) fn set_operation(
    operation: SetOperation,
    operands: Vec<Value>,
    fuel: &mut Fuel,
) -> Option<Value> {
    let finite = operands
        .iter()
        .all(|operand| matches!(operand, Value::Set(_)));
    if operation == SetOperation::Union && finite {
        let members = operands.into_iter().flat_map(|operand| match operand {
            Value::Set(members) => members,
            _ => Vec::new(),
        });
        return Some(Value::Set(members.collect()));
    }
    let mut named = None;
    let mut sets = Vec::with_capacity(operands.len());
    for operand in operands {
        match operand {
            Value::Written(name) if operation == SetOperation::Intersection && name.len() == 1 => {
                named = name.chars().next();
            }
            operand => sets.push(as_reals(operand, fuel)?),
        }
    }
    let combine = match operation {
        SetOperation::Union => Reals::union,
        SetOperation::Intersection => Reals::intersection,
        SetOperation::Difference => {
            let (first, rest) = sets.split_first()?;
            let left = rest
                .iter()
                .try_fold(first.clone(), |left, set| left.difference(set, fuel));
            return left.map(Value::Reals);
        }
    };
    // Neighbours first: many small sets stay small for long.
    while sets.len() > 1 {
        let mut joined = Vec::with_capacity(sets.len().div_ceil(2));
        for pair in sets.chunks(2) {
            joined.push(match pair {
                [a, b] => combine(a, b, fuel)?,
                rest => rest.first()?.clone(),
            });
        }
        sets = joined;
    }
    let set = sets.pop()?;
    match named {
        Some(name) => members(name, set, fuel),
        None => Some(Value::Reals(set)),
    }
}

/// `value` as a set of real numbers, where it can be one.
pub(crate) fn as_reals(value: Value, fuel: &mut Fuel) -> Option<Reals> {
    match value {
        Value::Reals(set) => Some(set),
        Value::Group(open, values, close) => as_interval(open, &values, close, fuel),
        Value::Set(members) => members.into_iter().try_fold(Reals::empty(), |all, member| {
            let Value::Scalar(scalar) = member else {
                return None;
            };
            all.union(&Reals::point(scalar.term), fuel)
        }),
        _ => None,
    }
}
