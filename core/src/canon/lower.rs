//! Expression → typed value.

use super::decide::order;
use super::grid::matrix_expression;
use super::reals::{End, Reals};
use super::scalar::{Branch, based_value, scalar};
use super::solve::{is_variable, solution_set};
use super::term::Term;
use super::value::{Clock, Measure, Numeral, Scalar, Value};
use crate::expr::{
    Bracket, Connective, Expr, Operation, Relation, SetOperation, Sign, print, unit,
};
use crate::limits::Fuel;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;
use num_rational::Ratio;
use num_traits::Pow;

/// What `expr` means.
pub(crate) fn lower(expr: &Expr, fuel: &mut Fuel) -> Value {
    let mut values = branches(expr, fuel);
    match (values.len(), values.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            values.extend(last);
            Value::List(values)
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

/// Whether a `\pm` or `\mp` of `expr` is not inside a list or set, where it stands for two items.
fn has_open_sign(expr: &Expr) -> bool {
    let pair = |pair: &(Expr, Expr)| has_open_sign(&pair.0) || has_open_sign(&pair.1);
    match expr {
        Expr::Sum(terms) => terms.iter().any(|(sign, term)| {
            matches!(sign, Sign::PlusMinus | Sign::MinusPlus) || has_open_sign(term)
        }),
        Expr::Group(Bracket::Curly, ..) | Expr::List(..) => false,
        Expr::Product(items)
        | Expr::Call(_, items)
        | Expr::Group(_, items, _)
        | Expr::Relation(items, _) => items.iter().any(has_open_sign),
        Expr::Quotient(p) | Expr::Power(p) | Expr::Root(p) | Expr::Mixed(p) => pair(p),
        Expr::Quantity(value, _) | Expr::Percent(value) | Expr::Degrees(value) => {
            has_open_sign(value)
        }
        _ => false,
    }
}

fn items(exprs: &[Expr], fuel: &mut Fuel) -> Vec<Value> {
    exprs.iter().flat_map(|expr| branches(expr, fuel)).collect()
}

pub(super) fn value(expr: &Expr, branch: Branch, fuel: &mut Fuel) -> Value {
    let written = || Value::Written(print::plain(expr));
    match expr {
        Expr::List(parts, connective) => list(items(parts, fuel), *connective, fuel),
        Expr::Text(words) => text(words),
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
        Expr::System(parts) => {
            let parts = items(parts, fuel);
            if parts.iter().all(|part| matches!(part, Value::Reals(_))) {
                return list(parts, Connective::And, fuel);
            }
            Value::System(parts)
        }
        Expr::Matrix(rows) => Value::Matrix(
            rows.iter()
                .map(|row| row.iter().map(|cell| value(cell, branch, fuel)).collect())
                .collect(),
        ),
        Expr::SetOperation(operation, operands) => {
            let operands = operands
                .iter()
                .map(|operand| value(operand, branch, fuel))
                .collect();
            set_operation(*operation, operands, fuel).unwrap_or_else(written)
        }
        Expr::SetBuilder(pair) => match value(&pair.1, branch, fuel) {
            Value::Reals(set) if is_variable(&pair.0) => Value::Reals(set),
            Value::Reals(set) => drawn(&pair.0, set, fuel).unwrap_or_else(written),
            _ => written(),
        },
        Expr::Cases(rows) => {
            let case = |row: &Vec<Expr>, fuel: &mut Fuel| {
                let parts = row.iter().map(|part| value(part, branch, fuel)).collect();
                Value::Group(Bracket::Angle, parts, Bracket::Angle)
            };
            Value::System(rows.iter().map(|row| case(row, fuel)).collect())
        }
        // 30° 30′
        Expr::Product(factors) if matches!(factors.first(), Some(Expr::Degrees(_))) => {
            arc(factors, branch)
                .or_else(|| number_or_matrix(expr, branch, fuel))
                .unwrap_or_else(written)
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
            // A unit after a signed value belongs to the whole: -5 cm.
            [(sign, Expr::Quantity(inner, name))] => {
                let inner = Expr::Sum(vec![(*sign, inner.as_ref().clone())]);
                quantity(&inner, name, branch).unwrap_or_else(written)
            }
            [(sign, Expr::Percent(inner))] => {
                let inner = Expr::Sum(vec![(*sign, inner.as_ref().clone())]);
                measured(&inner, Measure::Percent, branch).unwrap_or_else(written)
            }
            [(sign, Expr::Degrees(inner))] => {
                let inner = Expr::Sum(vec![(*sign, inner.as_ref().clone())]);
                quantity(&inner, "degree", branch).unwrap_or_else(written)
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
                quantity(&Expr::Sum(terms), name, branch).unwrap_or_else(written)
            }
            [(Sign::Plus, first), rest @ ..] if is_set(first) => {
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
            _ => quantity(inner, name, branch).unwrap_or_else(written),
        },
        Expr::Percent(inner) => measured(inner, Measure::Percent, branch).unwrap_or_else(written),
        Expr::Degrees(inner) => quantity(inner, "degree", branch).unwrap_or_else(written),
        _ => number_or_matrix(expr, branch, fuel).unwrap_or_else(written),
    }
}

pub(super) fn is_negative(sign: Sign, branch: Branch) -> bool {
    match sign {
        Sign::Plus => false,
        Sign::Minus => true,
        Sign::PlusMinus => branch == Branch::Lower,
        Sign::MinusPlus => branch == Branch::Upper,
    }
}

fn number_or_matrix(expr: &Expr, branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    match measured(expr, Measure::None, branch) {
        Some(value) => Some(value),
        None => matrix_expression(expr, branch, fuel),
    }
}

fn measured(expr: &Expr, measure: Measure, branch: Branch) -> Option<Value> {
    let term = scalar(expr, branch)?;
    Some(Value::Scalar(Scalar {
        term,
        numeral: numeral(expr, branch),
        measure,
    }))
}

fn quantity(expr: &Expr, name: &str, branch: Branch) -> Option<Value> {
    let measure = match (name, unit::parse(name)) {
        ("%", _) => Measure::Percent,
        (_, Some(unit)) => Measure::Unit(unit),
        (_, None) => Measure::Noun(unit::noun(name)),
    };
    measured(expr, measure, branch)
}

/// The numeral that `expr` is as a whole: digits, a sign, a power of ten.
fn numeral(expr: &Expr, branch: Branch) -> Option<Numeral> {
    match expr {
        Expr::Number(number) => Some(Numeral {
            value: number.value.clone(),
            decimal: number.decimal,
            scale: number.scale,
            significant: number.significant,
        }),
        Expr::Sum(terms) => match terms.as_slice() {
            [(sign, only)] => {
                let mut inner = numeral(only, branch)?;
                if is_negative(*sign, branch) {
                    inner.value = -inner.value;
                }
                Some(inner)
            }
            _ => None,
        },
        Expr::Group(Bracket::Round | Bracket::Square, items, _) => match items.as_slice() {
            [only] => numeral(only, branch),
            _ => None,
        },
        Expr::Product(factors) => match factors.as_slice() {
            [mantissa @ Expr::Number(_), Expr::Power(pair)] => {
                let ten = scalar(&pair.0, branch)?.as_integer()? == 10;
                let exponent = scalar(&pair.1, branch)?.as_integer()?;
                let mantissa =
                    numeral(mantissa, branch).filter(|_| ten && exponent.abs() <= 4096)?;
                let power: Ratio<IBig> = Pow::pow(Ratio::from(IBig::from(10)), exponent as isize);
                Some(Numeral {
                    value: mantissa.value * power,
                    decimal: true,
                    scale: mantissa.scale + exponent,
                    significant: mantissa.significant,
                })
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_set(expr: &Expr) -> bool {
    match expr {
        Expr::NumberSet(..) | Expr::Empty | Expr::SetOperation(..) => true,
        Expr::Group(open, _, close) => *open == Bracket::Curly && *close == Bracket::Curly,
        _ => false,
    }
}

/// The most integers that a set between bounds is written out to.
const MAX_INTEGERS: usize = 1000;

/// The members of a named set of numbers that satisfy a condition.
fn drawn(element: &Expr, condition: Reals, fuel: &mut Fuel) -> Option<Value> {
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
fn members(set: char, reals: Reals, fuel: &mut Fuel) -> Option<Value> {
    let whole = match set {
        'R' => return Some(Value::Reals(reals)),
        'Z' => reals,
        'N' => reals.intersection(&as_reals(half_line(Sign::Plus, fuel)?, fuel)?, fuel)?,
        _ => return None,
    };
    let integers = whole.integers(MAX_INTEGERS)?;
    let member = |n: IBig| Value::Scalar(Scalar::plain(Term::Rational(n.into())));
    Some(Value::Set(integers.into_iter().map(member).collect()))
}

/// An angle in degrees, minutes and seconds.
fn arc(factors: &[Expr], branch: Branch) -> Option<Value> {
    let mut angle = Vec::with_capacity(factors.len());
    for (index, factor) in factors.iter().enumerate() {
        let (part, divisor) = match (index, factor) {
            (0, Expr::Degrees(part)) => (part, 1),
            (1, Expr::Quantity(part, mark)) if mark == "'" => (part, 60),
            (2, Expr::Quantity(part, mark)) if mark == "''" => (part, 3600),
            _ => return None,
        };
        angle.push(scalar(part, branch)?.over(Term::integer(divisor)));
    }
    let measure = Measure::Unit(unit::parse("degree")?);
    Some(Value::Scalar(Scalar {
        measure,
        ..Scalar::plain(Term::sum(angle))
    }))
}

fn text(words: &str) -> Value {
    match words
        .trim()
        .to_lowercase()
        .trim_start_matches("all ")
        .trim_end_matches(" numbers")
    {
        "real" | "reals" => return Value::Reals(Reals::all()),
        "integers" => return Value::Written("Z".into()),
        _ => {}
    }
    let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '~'));
    let parts: Vec<&str> = words
        .split([',', ';'])
        .flat_map(|part| part.split(" and "))
        .map(|part| part.trim().trim_start_matches("and ").trim())
        .filter(|part| !part.is_empty())
        .collect();
    // Short words between commas are a list; a sentence with a comma is a sentence.
    if parts.len() > 1
        && parts
            .iter()
            .all(|part| part.split_whitespace().count() == 1)
    {
        return Value::List(
            parts
                .into_iter()
                .map(|part| Value::Text(String::from(part)))
                .collect(),
        );
    }
    Value::Text(String::from(words))
}

fn list(values: Vec<Value>, connective: Connective, fuel: &mut Fuel) -> Value {
    let sets: Option<Vec<&Reals>> = values
        .iter()
        .map(|value| match value {
            Value::Reals(set) => Some(set),
            _ => None,
        })
        .collect();
    let Some((first, rest)) = sets.as_deref().and_then(<[_]>::split_first) else {
        return Value::List(values);
    };
    let fold = |combine: fn(&Reals, &Reals, &mut Fuel) -> Option<Reals>, fuel: &mut Fuel| {
        rest.iter()
            .try_fold((*first).clone(), |all, set| combine(&all, set, fuel))
    };
    // Conditions joined by "and" or a comma hold together, unless nothing satisfies them all: then
    // they are alternatives, as in "x < -1 and x > 1".
    let together = match connective {
        Connective::Or => None,
        _ => fold(Reals::intersection, fuel).filter(|set| !set.is_empty()),
    };
    match together.or_else(|| fold(Reals::union, fuel)) {
        Some(set) => Value::Reals(set),
        None => Value::List(values),
    }
}

fn half_line(sign: Sign, fuel: &mut Fuel) -> Option<Value> {
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

fn group(open: Bracket, parts: &[Expr], close: Bracket, branch: Branch, fuel: &mut Fuel) -> Value {
    let written = || Value::Written(print::plain(&Expr::Group(open, parts.to_vec(), close)));
    if open == Bracket::Curly {
        return match items(parts, fuel) {
            // Braces around an interval or a list of inequalities add nothing.
            mut only
                if only.len() == 1 && matches!(only[0], Value::Reals(_) | Value::System(_)) =>
            {
                only.remove(0)
            }
            members => Value::Set(members),
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

/// Letters as a product of variables.
pub(crate) fn scalar_word(word: &str) -> Option<Term> {
    scalar(&Expr::Word(String::from(word)), Branch::Upper)
}

fn relation(operands: &[Expr], relations: &[Relation], branch: Branch, fuel: &mut Fuel) -> Value {
    // What follows an approximation sign restates, and what precedes an implication derives.
    let end = relations
        .iter()
        .position(|r| *r == Relation::Approximately)
        .filter(|end| restates(&operands[*end], &operands[*end + 1], branch, fuel))
        .unwrap_or(relations.len());
    let start = relations[..end]
        .iter()
        .rposition(|r| *r == Relation::Arrow)
        .map_or(0, |at| at + 1);
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
    Value::Relation(
        operands
            .iter()
            .map(|operand| value(operand, branch, fuel))
            .collect(),
        relations.to_vec(),
    )
}

fn congruence(left: &Expr, parts: &[Expr], branch: Branch) -> Option<Value> {
    let [right, modulus] = parts else {
        return None;
    };
    let difference = Term::sum([scalar(left, branch)?, scalar(right, branch)?.negated()]);
    Some(Value::Congruence(difference, scalar(modulus, branch)?))
}

/// Whether `decimal` can be `exact` rounded: within one unit of its last digit.
fn restates(exact: &Expr, rounded: &Expr, branch: Branch, fuel: &mut Fuel) -> bool {
    let rounded = match rounded {
        Expr::Percent(inner) => inner,
        rounded => rounded,
    };
    let (Some(exact), Some(decimal)) = (scalar(exact, branch), numeral(rounded, branch)) else {
        return true;
    };
    let unit = Pow::pow(Ratio::from(IBig::from(10)), decimal.scale as isize);
    let low = Term::Rational(&decimal.value - &unit);
    let high = Term::Rational(&decimal.value + &unit);
    let beyond = |a: &Term, b: &Term, fuel: &mut Fuel| order(a, b, fuel) == Some(Ordering::Greater);
    let near =
        |exact: &Term, fuel: &mut Fuel| !beyond(&low, exact, fuel) && !beyond(exact, &high, fuel);
    // A share may be restated in percent, with or without the sign.
    near(&exact, fuel) || near(&Term::product([Term::integer(100), exact]), fuel)
}

fn set_operation(operation: SetOperation, operands: Vec<Value>, fuel: &mut Fuel) -> Option<Value> {
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
        let pairs = sets.chunks(2).map(|pair| match pair {
            [a, b] => combine(a, b, fuel),
            rest => rest.first().cloned(),
        });
        sets = pairs.collect::<Option<_>>()?;
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

fn meridiem(name: &str) -> Option<bool> {
    match name.to_lowercase().replace(['.', ' '], "").as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

fn ratio(parts: &[Expr], branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    let mut afternoon = None;
    let mut clock = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let part = match part {
            Expr::Quantity(inner, name) if index + 1 == parts.len() => {
                afternoon = meridiem(name);
                inner
            }
            part => part,
        };
        match part {
            // Minutes and seconds have two digits.
            Expr::Number(n) if n.is_integer() && (index == 0 || n.width == 2) => {
                clock.extend(u32::try_from(n.value.numer()).ok().filter(|n| *n < 100));
            }
            _ => {}
        }
    }
    if clock.len() == parts.len() && matches!(clock.len(), 2 | 3) {
        return Some(Value::Clock(Clock {
            parts: clock,
            afternoon,
        }));
    }
    let values: Vec<Value> = parts.iter().map(|part| value(part, branch, fuel)).collect();
    // `label: value`
    if let [Value::Text(_), _] = values.as_slice() {
        return values.into_iter().nth(1);
    }
    Some(Value::Ratio(values))
}
