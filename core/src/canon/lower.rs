//! Expression → typed value.

use super::builder::built;
use super::grid::matrix_expression;
use super::joined::{cases, joined, system};
use super::quantity::{arc, measured, meridiem, product, quantity, rate, ratio, total};
use super::reals::Reals;
use super::relation::{congruence, is_residue, relation};
use super::scalar::{Branch, based_value};
use super::sets::{drawn, group, half_line, is_set, list, set_operation};
use super::sign::has_open_sign;
use super::solve::is_variable;
use super::value::{Clock, Measure, Value};
use super::words::{exception, is_compound, is_phrase, said, text};
use crate::expr::{Connective, Expr, Operation, Relation, SetOperation, Sign, UNNAMED, print};
use crate::limits::Fuel;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What `expr` means.
pub(crate) fn lower(expr: &Expr, fuel: &mut Fuel) -> Value {
    let mut values = branches(expr, fuel);
    match (values.len(), values.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            values.extend(last);
            match expr {
                // x \ne \pm 2 leaves out both.
                Expr::Relation(_, relations) if relations.contains(&Relation::NotEqual) => {
                    list(values, Connective::And, fuel)
                }
                _ => Value::List(values),
            }
        }
    }
}

/// The values of `expr`: two where it holds a `\pm` that no list encloses.
fn branches(expr: &Expr, fuel: &mut Fuel) -> Vec<Value> {
    if has_open_sign(expr) {
        vec![
            value(expr, Branch::Upper, fuel),
            value(expr, Branch::Lower, fuel),
        ]
    } else {
        vec![value(expr, Branch::Upper, fuel)]
    }
}

pub(super) fn items(exprs: &[Expr], fuel: &mut Fuel) -> Vec<Value> {
    exprs.iter().flat_map(|expr| branches(expr, fuel)).collect()
}

pub(super) fn value(expr: &Expr, branch: Branch, fuel: &mut Fuel) -> Value {
    let written = || Value::Written(print::key(expr));
    match expr {
        Expr::List(parts, connective) => joined(parts, *connective, branch, fuel),
        Expr::Text(words) => text(words, fuel),
        Expr::Word(word) => Value::Word(word.clone()),
        Expr::Infinity => Value::Infinity { negative: false },
        Expr::Empty => Value::Set(Vec::new()),
        Expr::NumberSet('R', None) => Value::Reals(Reals::all()),
        Expr::NumberSet('R', Some(sign)) => half_line(*sign, fuel).unwrap_or_else(written),
        Expr::NumberSet(..) | Expr::Ellipsis => written(),
        Expr::Based(digits, base) => match based_value(digits, *base) {
            Some(value) => Value::Based { value, base: *base },
            None => written(),
        },
        Expr::Group(open, parts, close) => group(*open, parts, *close, branch, fuel),
        Expr::Relation(operands, relations) => relation(operands, relations, branch, fuel),
        Expr::System(parts) => system(parts, branch, fuel),
        Expr::Matrix(rows) => Value::Matrix(
            rows.iter()
                .map(|row| row.iter().map(|cell| value(cell, branch, fuel)).collect())
                .collect(),
        ),
        Expr::SetOperation(operation, operands) => {
            let values = operands
                .iter()
                .map(|operand| value(operand, branch, fuel))
                .collect();
            set_operation(*operation, values, fuel)
                .unwrap_or_else(|| Value::Written(in_order(*operation, operands)))
        }
        Expr::SetBuilder(pair) => match value(&pair.1, branch, fuel) {
            Value::Reals(set) if is_variable(&pair.0) => Value::Reals(set),
            Value::Reals(set) => drawn(&pair.0, set, fuel).unwrap_or_else(written),
            condition => built(&pair.0, &pair.1, condition, branch, fuel).unwrap_or_else(written),
        },
        Expr::Cases(rows) => cases(rows, branch, fuel),
        Expr::Call(Operation::Mod, parts) if is_residue(parts) => {
            let unnamed = Expr::Symbol(UNNAMED.into());
            congruence(&unnamed, parts, branch).unwrap_or_else(written)
        }
        // Words side by side are a phrase, not factors.
        Expr::Product(factors) if is_phrase(factors) => text(&said(factors, " "), fuel),
        Expr::Product(factors)
            if matches!(
                factors.as_slice(),
                [Expr::Word(_) | Expr::Text(_), .., Expr::Number(_)]
            ) =>
        {
            exception(factors, fuel)
                .or_else(|| number_or_matrix(expr, branch, fuel))
                .unwrap_or_else(written)
        }
        // 30° 30′
        Expr::Product(factors) if matches!(factors.first(), Some(Expr::Degrees(_))) => {
            arc(factors, branch)
                .or_else(|| number_or_matrix(expr, branch, fuel))
                .unwrap_or_else(written)
        }
        // 4 ft × 12 ft: the sides of something, in any order.
        Expr::Product(factors) if is_dimensions(factors) => {
            product(factors, branch).unwrap_or_else(|| Value::List(items(factors, fuel)))
        }
        // (2 kg)(10 m/s²)
        Expr::Product(factors) if factors.iter().filter(|part| is_measured(part)).count() > 1 => {
            product(factors, branch)
                .or_else(|| number_or_matrix(expr, branch, fuel))
                .unwrap_or_else(written)
        }
        // twenty-five
        Expr::Sum(terms) if is_compound(terms) => {
            Value::Text(said(terms.iter().map(|(_, word)| word), "-"))
        }
        // 60 miles / 2 hours
        Expr::Quotient(pair)
            if matches!(
                **pair,
                (
                    Expr::Quantity(..),
                    Expr::Quantity(..) | Expr::Text(_) | Expr::Word(_)
                )
            ) =>
        {
            rate(pair, branch, fuel).unwrap_or_else(written)
        }
        Expr::Ratio(parts) => ratio(parts, branch, fuel).unwrap_or_else(written),
        Expr::Sum(terms) => match terms.as_slice() {
            [(sign, Expr::Infinity)] => Value::Infinity {
                negative: is_negative(*sign, branch),
            },
            [(Sign::Minus, Expr::Based(digits, base))] => match based_value(digits, *base) {
                Some(value) => Value::Based {
                    value: -value,
                    base: *base,
                },
                None => written(),
            },
            // \pm (1, 2)
            [(sign @ (Sign::PlusMinus | Sign::MinusPlus), Expr::Group(open, items, close))]
                if items.len() > 1 && open == close =>
            {
                let item = |item: &Expr| match is_negative(*sign, branch) {
                    true => Expr::Sum(vec![(Sign::Minus, item.clone())]),
                    false => item.clone(),
                };
                let items = items.iter().map(item).collect();
                value(&Expr::Group(*open, items, *close), branch, fuel)
            }
            // A unit after a signed value belongs to the whole: -5 cm.
            [(sign, Expr::Quantity(inner, name))] => {
                let inner = Expr::Sum(vec![(*sign, inner.as_ref().clone())]);
                quantity(&inner, name, branch, fuel).unwrap_or_else(written)
            }
            [(sign, Expr::Percent(inner))] => {
                let inner = Expr::Sum(vec![(*sign, inner.as_ref().clone())]);
                measured(&inner, Measure::Percent, branch, fuel).unwrap_or_else(written)
            }
            [(sign, Expr::Degrees(inner))] => {
                let inner = Expr::Sum(vec![(*sign, inner.as_ref().clone())]);
                quantity(&inner, "degree", branch, fuel).unwrap_or_else(written)
            }
            // A unit after the last term belongs to the whole sum: 480 + 480√3 feet.
            [.., (sign, Expr::Quantity(last, name))]
                if !terms
                    .iter()
                    .rev()
                    .skip(1)
                    .any(|(_, t)| matches!(t, Expr::Quantity(..))) =>
            {
                let mut terms = terms.clone();
                terms.pop();
                terms.push((*sign, last.as_ref().clone()));
                quantity(&Expr::Sum(terms), name, branch, fuel).unwrap_or_else(written)
            }
            [_, (_, Expr::Quantity(..)), ..] => total(terms, branch).unwrap_or_else(written),
            [(Sign::Plus, first), rest @ ..]
                if is_set(first) || is_pair(first) && rest.iter().all(|(_, set)| is_set(set)) =>
            {
                let minus = rest.iter().all(|(sign, _)| *sign == Sign::Minus);
                let sets = terms
                    .iter()
                    .map(|(_, set)| value(set, branch, fuel))
                    .collect();
                let difference = set_operation(SetOperation::Difference, sets, fuel);
                difference.filter(|_| minus).unwrap_or_else(written)
            }
            _ => number_or_matrix(expr, branch, fuel).unwrap_or_else(written),
        },
        Expr::Quantity(inner, name) => match value(inner, branch, fuel) {
            Value::Clock(mut clock) => match meridiem(name) {
                Some(afternoon) => {
                    clock.afternoon = Some(afternoon);
                    Value::Clock(clock)
                }
                None => written(),
            },
            // What follows the last item of a list, or a set or interval, names what they count.
            other @ (Value::List(_)
            | Value::Group(..)
            | Value::Reals(_)
            | Value::Set(_)
            | Value::Based { .. }
            | Value::Ratio(_)) => other,
            // 7 p.m.
            Value::Scalar(hour) if meridiem(name).is_some() => {
                match hour
                    .term
                    .as_integer()
                    .and_then(|hour| u32::try_from(hour).ok())
                {
                    Some(hour) if hour <= 12 => Value::Clock(Clock {
                        parts: vec![hour, 0],
                        afternoon: meridiem(name),
                    }),
                    _ => written(),
                }
            }
            _ => quantity(inner, name, branch, fuel).unwrap_or_else(written),
        },
        Expr::Percent(inner) => {
            measured(inner, Measure::Percent, branch, fuel).unwrap_or_else(written)
        }
        Expr::Degrees(inner) => quantity(inner, "degree", branch, fuel).unwrap_or_else(written),
        _ => number_or_matrix(expr, branch, fuel).unwrap_or_else(written),
    }
}

/// An operation on sets that are not known; which of several sets is first only matters where one is
/// taken away from another.
fn in_order(operation: SetOperation, operands: &[Expr]) -> String {
    let mut operands = operands.to_vec();
    if operation != SetOperation::Difference {
        operands.sort_by_cached_key(print::key);
    }
    print::key(&Expr::SetOperation(operation, operands))
}

/// Two items in brackets, which may be an interval.
fn is_pair(expr: &Expr) -> bool {
    matches!(expr, Expr::Group(_, items, _) if items.len() == 2)
}

/// Whether a factor has a unit of its own, in brackets or not.
fn is_measured(factor: &Expr) -> bool {
    match factor {
        Expr::Group(_, items, _) => matches!(items.as_slice(), [Expr::Quantity(..)]),
        factor => matches!(factor, Expr::Quantity(..)),
    }
}

/// Numerals of which some have units, but not the last alone, whose unit would be that of all.
fn is_dimensions(factors: &[Expr]) -> bool {
    let quantity = |factor: &Expr| matches!(factor, Expr::Quantity(inner, name) if name != "$" && matches!(**inner, Expr::Number(_)));
    let side = |factor: &Expr| quantity(factor) || matches!(factor, Expr::Number(_));
    factors.len() > 1 && factors.iter().all(side) && quantity(&factors[0])
}

pub(super) fn is_negative(sign: Sign, branch: Branch) -> bool {
    match sign {
        Sign::Plus => false,
        Sign::Minus => true,
        Sign::PlusMinus => branch == Branch::Lower,
        Sign::MinusPlus => branch == Branch::Upper,
    }
}

pub(super) fn number_or_matrix(expr: &Expr, branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    match measured(expr, Measure::None, branch, fuel) {
        Some(value) => Some(value),
        None => matrix_expression(expr, branch, fuel),
    }
}
