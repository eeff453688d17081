//! Numbers as quantities: numerals, units, angles, times of day, ratios.

use super::calculus::{self, Closed};
use super::lower::{is_negative, value};
use super::scalar::{Branch, scalar};
use super::term::Term;
use super::value::{Clock, Measure, Numeral, PERCENT, Scalar, Value};
use crate::every::every;
use crate::expr::unit::{self, Unit};
use crate::expr::{Bracket, Expr, Sign};
use crate::limits::Fuel;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_rational::Ratio;
use num_traits::Pow;

pub(super) fn measured(
    expr: &Expr,
    measure: Measure,
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Value> {
    let term = match calculus::value(scalar(expr, branch)?, fuel) {
        Closed::Term(term) => term,
        Closed::Infinity { negative } => return Some(Value::Infinity { negative }),
    };
    Some(Value::Scalar(Scalar {
        term,
        numeral: numeral(expr, branch),
        measure,
    }))
}

pub(super) fn quantity(expr: &Expr, name: &str, branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    // `\$50 \text{ USD}`, `\$50 per hour`: a currency by its sign, and again or per what.
    if let Expr::Quantity(amount, sign) = expr {
        return if sign == "$" && name.starts_with('/') {
            quantity(amount, &format!("{sign}{name}"), branch, fuel)
        } else if sign == "$" && unit::parse(name) == unit::parse(sign) {
            quantity(amount, sign, branch, fuel)
        } else {
            None
        };
    }
    // What a percentage is of, or what it changes, is said behind its sign.
    if let Expr::Percent(share) = expr {
        let mut noun = unit::noun(name);
        noun.push(String::from(PERCENT));
        return measured(share, Measure::Noun(noun), branch, fuel);
    }
    let measure = match (name, unit::parse(name)) {
        ("%", _) => Measure::Percent,
        (_, Some(unit)) => Measure::Unit(unit),
        (_, None) => Measure::Noun(unit::noun(name)),
    };
    measured(expr, measure, branch, fuel)
}

/// The numeral that `expr` is as a whole: digits, a sign, a power of ten.
pub(super) fn numeral(expr: &Expr, branch: Branch) -> Option<Numeral> {
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

/// `1 hour and 30 minutes`, `3 dollars and 50 cents`: what is listed in smaller and smaller units of one
/// dimension, each less than one of the unit before, is one quantity.
pub(super) fn listed(items: &[Expr], branch: Branch) -> Option<Value> {
    if items.len() > unit::MOST_UNITS {
        return None;
    }
    let mut last: Option<Unit> = None;
    for item in items {
        let Expr::Quantity(amount, name) = item else {
            return None;
        };
        let (Expr::Number(amount), unit) = (&**amount, unit::parse(name)?) else {
            return None;
        };
        if let Some(last) = last {
            let whole = unit.is_part_of(&last) && &amount.value * &unit.factor < last.factor;
            whole.then_some(())?;
        }
        last = Some(unit);
    }
    let terms = items.iter().map(|item| (Sign::Plus, item.clone()));
    total(&terms.collect::<Vec<_>>(), branch)
}

/// The sum of quantities of one dimension, in the unit of the last: 5 feet 4 inches.
pub(super) fn total(terms: &[(Sign, Expr)], branch: Branch) -> Option<Value> {
    let mut parts = Vec::with_capacity(terms.len());
    for (sign, term) in terms {
        let Expr::Quantity(inner, name) = term else {
            return None;
        };
        let term = scalar(inner, branch)?;
        let term = if is_negative(*sign, branch) {
            term.negated()
        } else {
            term
        };
        parts.push((term, unit::parse(name)?));
    }
    let (_, last) = parts.last()?.clone();
    let same = |unit: &Unit| unit.dimension == last.dimension && unit.pi == last.pi;
    let terms = every(&parts, &mut |(term, unit)| {
        let factor = Term::rational(unit.factor.clone() / &last.factor);
        same(unit).then(|| Term::product([term.clone(), factor]))
    });
    let sum = Term::sum(terms?);
    Some(Value::Scalar(Scalar {
        measure: Measure::Unit(last),
        ..Scalar::plain(sum)
    }))
}

/// A quantity per another one, in the unit that is the quotient of theirs, or per a noun.
pub(super) fn rate((amount, per): &(Expr, Expr), branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    if let Expr::Text(name) | Expr::Word(name) = per {
        return quantity(amount, &format!("/{}", unit::normalize(name)), branch, fuel);
    }
    let parts = |expr: &Expr| match expr {
        Expr::Quantity(inner, name) => Some((scalar(inner, branch)?, unit::parse(name)?)),
        _ => None,
    };
    let ((amount, mut unit), (per, other)) = (parts(amount)?, parts(per)?);
    unit.multiply(&other, -1)?;
    Some(Value::Scalar(Scalar {
        measure: Measure::Unit(unit),
        ..Scalar::plain(amount.over(per))
    }))
}

/// The product of quantities of different kinds, `(2\text{ kg})(10\text{ m/s}^2)`. Those of one kind are the sides
/// of something: `20 ft by 35 ft`.
pub(super) fn product(factors: &[Expr], branch: Branch) -> Option<Value> {
    let (mut unit, mut amounts, mut kinds) = (Unit::one(), Vec::new(), Vec::new());
    for factor in factors {
        let factor = match factor {
            Expr::Group(_, items, _) if items.len() == 1 => &items[0],
            factor => factor,
        };
        let amount = match factor {
            Expr::Quantity(amount, name) => {
                let own = unit::parse(name)?;
                if kinds.contains(&own.dimension) {
                    return None;
                }
                unit.multiply(&own, 1)?;
                kinds.push(own.dimension);
                amount
            }
            factor => factor,
        };
        amounts.push(scalar(amount, branch)?);
    }
    (kinds.len() > 1).then(|| {
        Value::Scalar(Scalar {
            measure: Measure::Unit(unit),
            ..Scalar::plain(Term::product(amounts))
        })
    })
}

/// An angle in degrees, minutes and seconds.
pub(super) fn arc(factors: &[Expr], branch: Branch) -> Option<Value> {
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

pub(super) fn meridiem(name: &str) -> Option<bool> {
    match name.to_lowercase().replace(['.', ' '], "").as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

pub(super) fn ratio(parts: &[Expr], branch: Branch, fuel: &mut Fuel) -> Option<Value> {
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
