//! What stands between commas, "and" and "or", and the cases of a definition.

use super::builder::{families, family, quantified};
use super::decide::decide;
use super::lower::{items, value};
use super::quantity;
use super::reals::Reals;
use super::relation::{shared_head, stated};
use super::scalar::{Branch, scalar};
use super::sets::list;
use super::sign::{has_open_sign, is_opposed};
use super::solve::variable;
use super::term::Term;
use super::value::{Measure, Scalar, Value};
use crate::every::every;
use crate::expr::unit::Dimension;
use crate::expr::{Bracket, Connective, Expr, Relation, print};
use crate::limits::Fuel;
use alloc::string::String;
use alloc::vec::Vec;

/// More names than this have no solutions that are told apart.
const MOST_NAMES: usize = 16;

/// What items stand for together, by what joins them.
pub(super) fn joined(
    parts: &[Expr],
    connective: Connective,
    branch: Branch,
    fuel: &mut Fuel,
) -> Value {
    if let Some(solutions) = solutions(parts, fuel) {
        return solutions;
    }
    // x = 1 or y = 2, p or q: a statement that gives neither a value, in any order.
    let or = connective == Connective::Or;
    if or && (name_several(parts) || parts.iter().all(is_proposition)) {
        return alternatives(parts);
    }
    if let Some(family) = family(parts, branch, fuel).or_else(|| families(parts, branch, fuel)) {
        return family;
    }
    if let Connective::Comma | Connective::And = connective {
        if let Some(sum) = quantity::listed(parts, branch) {
            return sum;
        }
    }
    let quantified = quantified(parts);
    let parts = quantified.as_deref().unwrap_or(parts);
    let unchained = if or { None } else { unchained(parts) };
    let parts = unchained.as_deref().unwrap_or(parts);
    if let Some(parts) = shared_head(parts) {
        return list(items(&parts, fuel), Connective::And, fuel);
    }
    if relates_several(parts, branch) {
        return match or {
            true => alternatives(parts),
            false => Value::List(statements(parts, branch, fuel)),
        };
    }
    let values = on_curve(parts, branch, fuel);
    let number = if or { restated(&values, fuel) } else { None };
    match number {
        Some(number) => number.clone(),
        None => list(values, connective, fuel),
    }
}

/// Relations that hold together.
pub(super) fn system(parts: &[Expr], branch: Branch, fuel: &mut Fuel) -> Value {
    if relates_several(parts, branch) {
        return Value::System(statements(parts, branch, fuel));
    }
    let parts = items(parts, fuel);
    if parts.iter().all(|part| matches!(part, Value::Reals(_))) {
        return list(parts, Connective::And, fuel);
    }
    Value::System(parts)
}

/// Statements of which one holds, in any order.
fn alternatives(parts: &[Expr]) -> Value {
    let mut keys: Vec<String> = parts.iter().map(print::key).collect();
    keys.sort();
    Value::Written(keys.join(" or "))
}

/// Relations as they are, whatever they say of one variable.
fn statements(parts: &[Expr], branch: Branch, fuel: &mut Fuel) -> Vec<Value> {
    let statement = |part: &Expr| match part {
        Expr::Relation(operands, relations) => stated(operands, relations, branch, fuel),
        part => value(part, branch, fuel),
    };
    parts.iter().map(statement).collect()
}

/// Solutions that give values to several names each: `x = 1, y = 2 or x = 3, y = 4`, and
/// `x = \pm 1, y = \mp 2`.
fn solutions(parts: &[Expr], fuel: &mut Fuel) -> Option<Value> {
    let names = every(parts, &mut named)?;
    let again = names.iter().skip(1).position(|name| *name == names[0]);
    let size = again.map_or(names.len(), |at| at + 1);
    if !(2..=MOST_NAMES).contains(&size) {
        return None;
    }
    let distinct = (0..size).all(|at| !names[..at].contains(&names[at]));
    let mut solutions = names.chunks(size);
    if !distinct || !solutions.all(|solution| *solution == names[..size]) {
        return None;
    }
    let solutions = match size < names.len() {
        true => parts
            .chunks(size)
            .map(|solution| Value::List(items(solution, fuel)))
            .collect(),
        false if parts.iter().all(has_open_sign) && parts.iter().any(is_opposed) => {
            [Branch::Upper, Branch::Lower]
                .map(|branch| {
                    let values = parts.iter().map(|part| value(part, branch, fuel));
                    Value::List(values.collect())
                })
                .into()
        }
        false => return None,
    };
    Some(Value::List(solutions))
}

/// Values of several names in a chain, each by itself: `x = 3, y = z = 1` as `x = 3, y = 1, z = 1`.
fn unchained(parts: &[Expr]) -> Option<Vec<Expr>> {
    let (mut all, mut named) = (Vec::new(), Vec::new());
    for part in parts {
        let Expr::Relation(operands, relations) = part else {
            return None;
        };
        let (value, names) = operands.split_last()?;
        let is_name = |expr: &Expr| matches!(expr, Expr::Symbol(_));
        let equal = relations.iter().all(|sign| *sign == Relation::Equal);
        // A name that is given several values has several solutions.
        let again = names.iter().any(|name| named.contains(&name));
        if !equal || again || !names.iter().all(is_name) || is_name(value) {
            return None;
        }
        named.extend(names);
        if named.len() > MOST_NAMES {
            return None;
        }
        let each = names.iter().map(|name| {
            Expr::Relation(
                [name.clone(), value.clone()].into(),
                [Relation::Equal].into(),
            )
        });
        all.extend(each);
    }
    (all.len() > parts.len()).then_some(all)
}

/// Whether equations give values to different names.
fn name_several(parts: &[Expr]) -> bool {
    every(parts, &mut named).is_some_and(|names| names.windows(2).any(|pair| pair[0] != pair[1]))
}

/// The letter to which an equation gives a value.
fn named(part: &Expr) -> Option<&String> {
    let Expr::Relation(operands, relations) = part else {
        return None;
    };
    match (operands.as_slice(), relations.as_slice()) {
        ([Expr::Symbol(name), _], [Relation::Equal]) => Some(name),
        _ => None,
    }
}

/// Whether a letter stands for a statement.
fn is_proposition(part: &Expr) -> bool {
    matches!(part, Expr::Symbol(name) if matches!(name.as_str(), "p" | "q" | "r" | "s"))
}

/// Whether conditions are about different variables: `a > 0, b < 0` is no set of numbers.
fn relates_several(parts: &[Expr], branch: Branch) -> bool {
    let mut variables = parts.iter().filter_map(|part| variable(part, branch));
    let first = variables.next();
    variables.any(|other| Some(other) != first)
}

/// The values of parts, those of conditions beside a curve with the letters that they are about:
/// `x^2 + y^2 = 1, y > 0`.
fn on_curve(parts: &[Expr], branch: Branch, fuel: &mut Fuel) -> Vec<Value> {
    let curves = Vec::from_iter(parts.iter().filter_map(|part| curve(part, branch)));
    let mut values = Vec::new();
    for part in parts {
        let about = variable(part, branch).filter(|name| {
            let own = |(defined, letters): &(Option<&str>, Vec<String>)| {
                *defined == Some(name) || defined.is_none() && letters.contains(name)
            };
            curves.iter().take(MOST_NAMES).any(own)
        });
        let stated = items(core::slice::from_ref(part), fuel).into_iter();
        values.extend(stated.map(|value| match (&about, value) {
            (Some(name), value @ Value::Reals(_)) => {
                let name = Value::Scalar(Scalar::plain(Term::symbol(name.clone())));
                Value::Relation([name, value].into(), [Relation::Element].into())
            }
            (_, value) => value,
        }));
    }
    values
}

/// The letters of an equation in several, and the one that it gives its value by the others, if any: a condition on
/// x is about all of `y = x^2`, and one on y is not.
fn curve(part: &Expr, branch: Branch) -> Option<(Option<&str>, Vec<String>)> {
    let Expr::Relation(operands, relations) = part else {
        return None;
    };
    let defined = match operands.first()? {
        Expr::Symbol(defined) => Some(defined.as_str()),
        Expr::Apply(..) => return None,
        _ => None,
    };
    if *relations != [Relation::Equal] {
        return None;
    }
    let sides = operands.iter().filter_map(|side| scalar(side, branch));
    let letters: Vec<String> = sides.flat_map(|side| side.names()).collect();
    let several = letters.iter().any(|letter| *letter != letters[0]);
    several.then_some((defined, letters))
}

/// The number or the quantity that constants are in several forms, as the first of them that is no
/// percentage: `3/4 or 0.75`, `3/4 or 75%`, `60 minutes, or 1 hour`.
fn restated<'v>(values: &'v [Value], fuel: &mut Fuel) -> Option<&'v Value> {
    let sizes = every(values, &mut size)?;
    let mut rest = sizes.iter();
    let (first, dimension) = rest.next()?;
    let mut same = |term: &Term| decide(first, term, fuel).is_equal();
    if !rest.all(|(term, other)| other == dimension && same(term)) {
        return None;
    }
    let is_share =
        |value: &&Value| matches!(value, Value::Scalar(s) if s.measure == Measure::Percent);
    values.iter().find(|value| !is_share(value))
}

/// A constant in the coherent unit of its dimension, with that dimension and the power of π in the unit.
fn size(value: &Value) -> Option<(Term, Option<(Dimension, i8)>)> {
    let Value::Scalar(Scalar { term, measure, .. }) = value else {
        return None;
    };
    let (unit, dimension) = match measure {
        Measure::Percent => (Term::fraction(1, 100), None),
        Measure::None => (Term::integer(1), None),
        Measure::Unit(unit) => {
            let factor = Term::rational(unit.factor.clone());
            (factor, Some((unit.dimension, unit.pi)))
        }
        Measure::Noun(_) => return None,
    };
    let constant = term.is_constant();
    constant.then(|| (Term::product([unit, term.clone()]), dimension))
}

/// A definition by cases: what it is, and where. "Otherwise" is where no other case is.
pub(super) fn cases(rows: &[Vec<Expr>], branch: Branch, fuel: &mut Fuel) -> Value {
    let mut rest = Some(Reals::all());
    let mut rows: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| row.iter().map(|part| value(part, branch, fuel)).collect())
        .collect();
    let otherwise = |row: &Vec<Value>| {
        matches!(row.last(), Some(Value::Text(word) | Value::Word(word))
            if matches!(word.as_str(), "otherwise" | "else" | "elsewhere"))
    };
    for row in rows.iter().filter(|row| !otherwise(row)) {
        rest = match (rest, row.last()) {
            (Some(rest), Some(Value::Reals(set))) => {
                rest.intersection(&set.clone().complement(), fuel)
            }
            _ => None,
        };
    }
    if let (Some(rest), Some(last)) = (rest, rows.iter_mut().find(|row| otherwise(row))) {
        last.pop();
        last.push(Value::Reals(rest));
    }
    let rows = rows.into_iter();
    Value::System(
        rows.map(|row| Value::Group(Bracket::Angle, row, Bracket::Angle))
            .collect(),
    )
}
