//! Chains of relations: what they restate, solve or compare.

use super::decide::order;
use super::lower::value;
use super::quantity::numeral;
use super::scalar::{Branch, scalar};
use super::solve::{is_variable, solution_set};
use super::term::Term;
use super::value::Value;
use crate::expr::{Expr, Operation, Relation, Sign};
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;
use num_rational::Ratio;
use num_traits::Pow;

pub(super) fn relation(
    operands: &[Expr],
    relations: &[Relation],
    branch: Branch,
    fuel: &mut Fuel,
) -> Value {
    // What follows an approximation sign restates, and what precedes an implication derives.
    // But `x ≈ 7` gives the name a value.
    let is_name = |expr: &Expr| matches!(expr, Expr::Symbol(_) | Expr::Word(_) | Expr::Apply(..));
    let end = relations
        .iter()
        .zip(operands)
        .position(|(r, operand)| *r == Relation::Approximately && !is_name(operand))
        .filter(|end| restates(&operands[*end], &operands[*end + 1], branch, fuel))
        .unwrap_or(relations.len());
    let start = relations[..end]
        .iter()
        .rposition(|r| matches!(r, Relation::Arrow | Relation::Equivalent))
        .map_or(0, |at| at + 1);
    // `x \to 5`: what a name tends to, it does not say.
    let start = match start {
        1 if is_name(&operands[0]) => 0,
        start => start,
    };
    let arrow_only = start > end;
    let (operands, relations) = if arrow_only {
        (operands, relations)
    } else {
        (&operands[start..=end], &relations[start..end])
    };
    if let [only] = operands {
        return value(only, branch, fuel);
    }
    if let ([left, Expr::Call(Operation::Mod, parts)], [Relation::Congruent]) =
        (operands, relations)
    {
        if let Some(congruence) = congruence(left, parts, branch) {
            return congruence;
        }
    }
    if let Some(set) = solution_set(operands, relations, branch, fuel) {
        return set;
    }
    if let Some(assignments) = assignments(operands, relations, branch, fuel) {
        return assignments;
    }
    stated(operands, relations, branch, fuel)
}

/// A relation as it is, whatever it says of a variable.
pub(super) fn stated(
    operands: &[Expr],
    relations: &[Relation],
    branch: Branch,
    fuel: &mut Fuel,
) -> Value {
    let named = |relation: &Relation| match relation {
        Relation::Approximately => Relation::Equal,
        relation => *relation,
    };
    Value::Relation(
        operands
            .iter()
            .map(|operand| value(operand, branch, fuel))
            .collect(),
        relations.iter().map(named).collect(),
    )
}

/// `x = y = 1` gives each name the value.
fn assignments(
    operands: &[Expr],
    relations: &[Relation],
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Value> {
    let (last, names) = operands.split_last()?;
    let symbol = |expr: &Expr| matches!(expr, Expr::Symbol(_)) && is_variable(expr);
    let distinct = names
        .iter()
        .enumerate()
        .all(|(at, name)| !names[..at].contains(name));
    let equal = relations
        .iter()
        .all(|relation| *relation == Relation::Equal);
    if names.len() < 2 || !names.iter().all(symbol) || symbol(last) || !distinct || !equal {
        return None;
    }
    let value_of = value(last, branch, fuel);
    let assignment = |name: &Expr, fuel: &mut Fuel| {
        let operands = vec![value(name, branch, fuel), value_of.clone()];
        Value::Relation(operands, vec![Relation::Equal])
    };
    Some(Value::List(
        names.iter().map(|name| assignment(name, fuel)).collect(),
    ))
}

/// A list in which an item alone says what holds for those behind it: `x \ne 2, 3`,
/// `x \ge 0, x \ne 2, 3`, `x \equiv 0, 1 \pmod 4`.
pub(super) fn shared_head(parts: &[Expr]) -> Option<Vec<Expr>> {
    let at = parts.iter().position(is_bare)?.checked_sub(1)?;
    let (before, shared) = parts.split_at(at);
    let (Expr::Relation(operands, relations), rest) = shared.split_first()? else {
        return None;
    };
    let ([subject, first], [relation]) = (operands.as_slice(), relations.as_slice()) else {
        return None;
    };
    if !is_variable(subject) || !rest.iter().all(is_bare) {
        return None;
    }
    let values = core::iter::once(first).chain(rest);
    let holds = |value: Expr| Expr::Relation(vec![subject.clone(), value], vec![*relation]);
    let shared: Vec<Expr> = match (relation, parts.last()?) {
        (Relation::NotEqual, _) => values.cloned().map(holds).collect(),
        // The modulus stands once, after the last.
        (Relation::Congruent, Expr::Call(Operation::Mod, last)) if before.is_empty() => {
            let [_, modulus] = last.as_slice() else {
                return None;
            };
            let of_modulus = |value: &Expr| match value {
                Expr::Call(Operation::Mod, _) => value.clone(),
                value => Expr::Call(Operation::Mod, vec![value.clone(), modulus.clone()]),
            };
            values.map(of_modulus).map(holds).collect()
        }
        _ => return None,
    };
    Some(before.iter().cloned().chain(shared).collect())
}

fn is_bare(part: &Expr) -> bool {
    !matches!(part, Expr::Relation(..) | Expr::Text(_))
}

pub(super) fn congruence(left: &Expr, parts: &[Expr], branch: Branch) -> Option<Value> {
    let [right, modulus] = parts else {
        return None;
    };
    let difference = Term::sum([scalar(left, branch)?, scalar(right, branch)?.negated()]);
    Some(Value::Congruence(difference, scalar(modulus, branch)?))
}

/// Whether a numeral and a modulus stand for a class of residues, `4 \pmod 7`, and not for a calculation.
pub(super) fn is_residue(parts: &[Expr]) -> bool {
    let whole = |part: &Expr| matches!(part, Expr::Number(number) if number.is_integer());
    match parts {
        [Expr::Sum(terms), modulus] => {
            matches!(terms.as_slice(), [(Sign::Minus, term)] if whole(term)) && whole(modulus)
        }
        [residue, modulus] => whole(residue) && whole(modulus),
        _ => false,
    }
}

/// Whether `rounded` can be `written` rounded: within one unit of its last digit.
pub(super) fn restates(written: &Expr, rounded: &Expr, branch: Branch, fuel: &mut Fuel) -> bool {
    let (written, rounded) = match (written, rounded) {
        (written, Expr::Percent(rounded)) => (written, &**rounded),
        (Expr::Quantity(written, unit), Expr::Quantity(rounded, other)) if unit == other => {
            (&**written, &**rounded)
        }
        both => both,
    };
    let (Some(exact), Some(decimal)) = (scalar(written, branch), numeral(rounded, branch)) else {
        return true;
    };
    // A numeral with no more places is not what was rounded.
    if let Some(written) = numeral(written, branch) {
        if written.scale >= decimal.scale && written.value != decimal.value {
            return false;
        }
    }
    let unit = Pow::pow(Ratio::from(IBig::from(10)), decimal.scale as isize);
    let low = Term::rational(&decimal.value - &unit);
    let high = Term::rational(&decimal.value + &unit);
    let beyond = |a: &Term, b: &Term, fuel: &mut Fuel| order(a, b, fuel) == Some(Ordering::Greater);
    let near =
        |exact: &Term, fuel: &mut Fuel| !beyond(&low, exact, fuel) && !beyond(exact, &high, fuel);
    // A share may be restated in percent, with or without the sign.
    near(&exact, fuel) || near(&Term::product([Term::integer(100), exact]), fuel)
}
