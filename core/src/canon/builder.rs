//! Sets by what holds for their elements: `{ element | condition }`, whatever the variables' names.

use super::calculus::linear;
use super::lower::value;
use super::scalar::{Branch, scalar};
use super::solve::is_variable;
use super::term::{Rational, Term, floor};
use super::value::{Scalar, Value};
use crate::expr::{Bracket, Expr, Relation};
use crate::limits::Fuel;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use num_traits::{Signed, Zero};

/// Begins the names of variables that a set is built with: no letter of any alphabet.
const VARIABLE: char = '\u{2}';

/// The element and the condition, with the variables numbered in the order of the element.
pub(super) fn built(
    element: &Expr,
    condition: &Expr,
    lowered: Value,
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Value> {
    if let Some(image) = image_of_integers(element, condition, branch, fuel) {
        return Some(image);
    }
    if let Value::Set(_) = lowered {
        // The solutions of an equation in the one variable.
        return is_variable(element).then_some(lowered);
    }
    let mut names: Vec<&str> = Vec::new();
    variables(element, &mut names);
    let (mut element, mut condition) = (element.clone(), condition.clone());
    for (number, name) in names.iter().enumerate() {
        let new = format!("{VARIABLE}{number}");
        element = element.renamed(name, &new);
        condition = renamed(&condition, name, &new);
    }
    let parts = vec![
        value(&element, branch, fuel),
        value(&condition, branch, fuel),
    ];
    (!names.is_empty()).then_some(Value::Group(Bracket::Angle, parts, Bracket::Angle))
}

fn renamed(condition: &Expr, name: &str, new: &str) -> Expr {
    match condition {
        Expr::Relation(operands, relations) => Expr::Relation(
            operands
                .iter()
                .map(|part| part.renamed(name, new))
                .collect(),
            relations.clone(),
        ),
        Expr::List(parts, connective) => Expr::List(
            parts.iter().map(|part| renamed(part, name, new)).collect(),
            *connective,
        ),
        other => other.renamed(name, new),
    }
}

/// The symbols of an element, in order.
fn variables<'e>(expr: &'e Expr, names: &mut Vec<&'e str>) {
    match expr {
        Expr::Symbol(name) if is_variable(expr) && !names.contains(&name.as_str()) => {
            names.push(name);
        }
        Expr::Sum(terms) => terms.iter().for_each(|(_, term)| variables(term, names)),
        Expr::Product(items) | Expr::Call(_, items) | Expr::Group(_, items, _) => {
            items.iter().for_each(|item| variables(item, names));
        }
        Expr::Quotient(pair) | Expr::Power(pair) | Expr::Root(pair) => {
            variables(&pair.0, names);
            variables(&pair.1, names);
        }
        Expr::Relation(operands, _) => {
            operands
                .first()
                .into_iter()
                .for_each(|first| variables(first, names));
        }
        _ => {}
    }
}

/// { ak + b | k ∈ ℤ }, with a positive and b in [0, a).
fn image_of_integers(
    element: &Expr,
    condition: &Expr,
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Value> {
    let Expr::Relation(operands, relations) = condition else {
        return None;
    };
    let ([Expr::Symbol(name), Expr::NumberSet('Z', None)], [Relation::Element]) =
        (operands.as_slice(), relations.as_slice())
    else {
        return None;
    };
    let (slope, offset) = linear(&scalar(element, branch)?, name, fuel)?;
    if slope.is_zero() {
        return None;
    }
    let slope = slope.abs();
    let turns = Rational::from(floor(&(&offset / &slope)));
    let offset = offset - &turns * &slope;
    let number = |value| Value::Scalar(Scalar::plain(Term::Rational(value)));
    let parts = vec![
        number(slope),
        number(offset),
        Value::Written(String::from("Z")),
    ];
    Some(Value::Group(Bracket::Angle, parts, Bracket::Angle))
}
