//! Typed value → expression, for showing what an answer was taken for.

use super::normal::Kernels;
use super::reals::{End, Reals};
use super::term::{Constant, Function, Rational, Term};
use super::value::{Clock, Date, Measure, Scalar, Value, unnamed_residue};
use crate::expr::unit::{Dimension, Unit};
use crate::expr::{
    Big, BigOperator, Bracket, Connective, Expr, Number, Operation, Relation, SetOperation, Sign,
};
use crate::limits::Fuel;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_traits::Signed;

/// `value` with its scalars in normal form, as far as `fuel` lasts.
pub(crate) fn raise(value: &Value, fuel: &mut Fuel) -> Expr {
    let mut all =
        |values: &[Value]| -> Vec<Expr> { values.iter().map(|value| raise(value, fuel)).collect() };
    match value {
        Value::Scalar(scalar) => measured(scalar, fuel),
        Value::Infinity { negative: true } => negated(Expr::Infinity),
        Value::Infinity { negative: false } => Expr::Infinity,
        Value::Word(word) => Expr::Word(word.clone()),
        Value::Group(open, items, close) => Expr::Group(*open, all(items), *close),
        Value::Set(items) if items.is_empty() => Expr::Empty,
        Value::Set(items) => Expr::Group(Bracket::Curly, all(items), Bracket::Curly),
        Value::List(items) => Expr::List(all(items), Connective::Comma),
        Value::Reals(set) => reals(set, fuel),
        Value::Matrix(rows) => Expr::Matrix(rows.iter().map(|row| all(row)).collect()),
        Value::Relation(operands, relations) => Expr::Relation(all(operands), relations.clone()),
        Value::System(parts) => Expr::System(all(parts)),
        Value::Congruence(difference, modulus) => {
            if let Some(residue) = unnamed_residue(difference) {
                let parts = vec![normal(&residue, fuel), normal(modulus, fuel)];
                return Expr::Call(Operation::Mod, parts);
            }
            let zero = Expr::Number(Number::integer(0));
            let remainder = Expr::Call(Operation::Mod, vec![zero, normal(modulus, fuel)]);
            Expr::Relation(
                vec![normal(difference, fuel), remainder],
                vec![Relation::Congruent],
            )
        }
        Value::Date(date) => Expr::Text(spelled_date(date)),
        Value::Based { value, base } => based(value, *base),
        Value::Ratio(parts) => Expr::Ratio(all(parts)),
        Value::Clock(clock) => Expr::Text(spelled_clock(clock)),
        Value::Text(words) => Expr::Text(words.clone()),
        Value::Written(spelling) => Expr::Word(spelling.clone()),
    }
}

fn negated(expr: Expr) -> Expr {
    Expr::Sum(vec![(Sign::Minus, expr)])
}

fn spelled_date(date: &Date) -> String {
    match date.year {
        Some(year) => format!("{year:04}-{:02}-{:02}", date.month, date.day),
        None => format!("{:02}-{:02}", date.month, date.day),
    }
}

fn spelled_clock(clock: &Clock) -> String {
    let parts: Vec<String> = clock
        .parts
        .iter()
        .map(|part| format!("{part:02}"))
        .collect();
    let half = match clock.afternoon {
        Some(true) => " p.m.",
        Some(false) => " a.m.",
        None => "",
    };
    parts.join(":") + half
}

fn based(value: &Rational, base: u32) -> Expr {
    let radix = u8::try_from(base)
        .ok()
        .filter(|radix| (2..=36).contains(radix));
    let Some(radix) = radix.filter(|_| value.is_integer()) else {
        return Expr::Text(format!("{value} in base {base}"));
    };
    let digits = value.numer().abs().in_radix(radix).to_string();
    let expr = Expr::Based(digits.to_ascii_uppercase(), base);
    if value.is_negative() {
        negated(expr)
    } else {
        expr
    }
}

/// A quantity in the coherent unit of its dimension.
fn measured(scalar: &Scalar, fuel: &mut Fuel) -> Expr {
    match &scalar.measure {
        Measure::None => normal(&scalar.term, fuel),
        Measure::Percent => Expr::Percent(Box::new(normal(&scalar.term, fuel))),
        Measure::Noun(words) => {
            Expr::Quantity(Box::new(normal(&scalar.term, fuel)), words.join(" "))
        }
        Measure::Unit(unit) => {
            let value = normal(&coherent(&scalar.term, unit), fuel);
            Expr::Quantity(Box::new(value), spelled_dimension(&unit.dimension))
        }
    }
}

fn coherent(term: &Term, unit: &Unit) -> Term {
    let pi = Term::power(
        Term::Constant(Constant::Pi),
        Term::integer(i64::from(unit.pi)),
    );
    let pi = if unit.pi == 0 { Term::integer(1) } else { pi };
    Term::product([term.clone(), Term::rational(unit.factor.clone()), pi])
}

fn spelled_dimension(dimension: &Dimension) -> String {
    const UNITS: [&str; 9] = ["m", "kg", "s", "A", "K", "mol", "rad", "USD", "bit"];
    let mut out = String::new();
    for (unit, power) in UNITS.iter().zip(dimension) {
        match power {
            0 => continue,
            _ if out.is_empty() => {}
            _ => out.push('*'),
        }
        out.push_str(unit);
        if *power != 1 {
            out.push_str(&format!("^{power}"));
        }
    }
    out
}

/// The normal form of a term, or the term itself where there is none.
fn normal(term: &Term, fuel: &mut Fuel) -> Expr {
    let mut kernels = Kernels::new();
    match kernels.normalize(term, fuel) {
        Ok(form) => expression(&kernels.raise(&form)),
        Err(_) => expression(term),
    }
}

fn integer(value: &IBig) -> Expr {
    let digits = value.to_string();
    Expr::Number(Number::read(&digits).unwrap_or(Number::integer(0)))
}

fn rational(value: &Rational) -> Expr {
    let numerator = integer(&value.numer().abs());
    let size = if value.is_integer() {
        numerator
    } else {
        Expr::Quotient(Box::new((numerator, integer(value.denom()))))
    };
    if value.is_negative() {
        negated(size)
    } else {
        size
    }
}

/// A term as it would be written.
fn expression(term: &Term) -> Expr {
    match term {
        Term::Rational(value) => rational(value),
        Term::Constant(Constant::Pi) => Expr::Pi,
        Term::Constant(Constant::E) => Expr::Symbol("e".into()),
        Term::Constant(Constant::I) => Expr::Symbol("i".into()),
        // Forms of unknown value are shown as they were written.
        Term::Symbol(name) if name.contains(['(', '\0']) => {
            Expr::Word(name.trim_start_matches('\0').into())
        }
        Term::Symbol(name) => Expr::Symbol(String::clone(name)),
        Term::Sum(terms) => Expr::Sum(
            terms
                .iter()
                .map(|term| match split_sign(term) {
                    Some(positive) => (Sign::Minus, expression(&positive)),
                    None => (Sign::Plus, expression(term)),
                })
                .collect(),
        ),
        Term::Product(factors) => match split_sign(term) {
            Some(positive) => negated(expression(&positive)),
            None => product(factors),
        },
        Term::Power(pair) => power(&pair.0, &pair.1),
        Term::Call(function, arguments) => {
            let arguments = arguments.iter().map(expression);
            match operation(*function) {
                Ok(operation) => Expr::Call(operation, arguments.collect()),
                Err(operator) => bound(operator, arguments),
            }
        }
    }
}

/// The positive part of a term with a minus sign.
fn split_sign(term: &Term) -> Option<Term> {
    match term {
        Term::Rational(value) if value.is_negative() => {
            Some(Term::rational(-Rational::clone(value)))
        }
        Term::Product(factors) => match factors.split_first() {
            Some((Term::Rational(value), rest)) if value.is_negative() => {
                let size = Term::rational(-Rational::clone(value));
                Some(Term::product(
                    [size].into_iter().chain(rest.iter().cloned()),
                ))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Factors with negative exponents make the denominator.
fn product(factors: &[Term]) -> Expr {
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for factor in factors {
        match factor {
            Term::Rational(value) => {
                if *value.numer() != IBig::ONE {
                    above.push(integer(value.numer()));
                }
                if *value.denom() != IBig::ONE {
                    below.push(integer(value.denom()));
                }
            }
            Term::Power(pair) => match pair.1.as_rational() {
                Some(exponent) if exponent.is_negative() => {
                    let inverse =
                        Term::power(pair.0.clone(), Term::rational(-Rational::clone(exponent)));
                    below.push(expression(&inverse));
                }
                _ => above.push(expression(factor)),
            },
            factor => above.push(expression(factor)),
        }
    }
    let joined = |mut factors: Vec<Expr>| match factors.len() {
        0 => Expr::Number(Number::integer(1)),
        1 => factors.remove(0),
        _ => Expr::Product(factors),
    };
    if below.is_empty() {
        joined(above)
    } else {
        Expr::Quotient(Box::new((joined(above), joined(below))))
    }
}

fn power(base: &Term, exponent: &Term) -> Expr {
    match exponent.as_rational() {
        Some(value) if value.is_negative() => {
            let below = Term::power(base.clone(), Term::rational(-Rational::clone(value)));
            let one = Expr::Number(Number::integer(1));
            Expr::Quotient(Box::new((one, expression(&below))))
        }
        Some(value) if *value.numer() == IBig::ONE => {
            Expr::Root(Box::new((expression(base), integer(value.denom()))))
        }
        _ => Expr::Power(Box::new((expression(base), expression(exponent)))),
    }
}

fn operation(function: Function) -> Result<Operation, BigOperator> {
    Ok(match function {
        Function::Sin => Operation::Sin,
        Function::Cos => Operation::Cos,
        Function::Ln => Operation::Ln,
        Function::Abs => Operation::Abs,
        Function::Asin => Operation::Asin,
        Function::Acos => Operation::Acos,
        Function::Atan => Operation::Atan,
        Function::Floor => Operation::Floor,
        Function::Ceil => Operation::Ceil,
        Function::Factorial => Operation::Factorial,
        Function::Binomial => Operation::Binomial,
        Function::Gcd => Operation::Gcd,
        Function::Lcm => Operation::Lcm,
        Function::Mod => Operation::Mod,
        Function::Max => Operation::Max,
        Function::Min => Operation::Min,
        Function::Re => Operation::Re,
        Function::Im => Operation::Im,
        Function::Arg => Operation::Arg,
        Function::Conj => Operation::Conj,
        Function::Sum => return Err(BigOperator::Sum),
        Function::Product => return Err(BigOperator::Product),
        Function::Integral => return Err(BigOperator::Integral),
        Function::Limit => return Err(BigOperator::Limit),
    })
}

/// A sum, product, integral or limit: its variable, its body, and its bounds.
fn bound(operator: BigOperator, mut arguments: impl Iterator<Item = Expr>) -> Expr {
    let variable = match arguments.next() {
        Some(Expr::Symbol(name) | Expr::Word(name)) => Some(name),
        _ => None,
    };
    let body = arguments.next().unwrap_or(Expr::Number(Number::integer(1)));
    let lower = arguments.next();
    let upper = arguments.next().filter(|_| operator != BigOperator::Limit);
    Expr::Big(Box::new(Big {
        operator,
        variable,
        lower,
        upper,
        body,
    }))
}

fn reals(set: &Reals, fuel: &mut Fuel) -> Expr {
    let mut end = |end: &End, lower: bool| match &end.at {
        Some(at) => normal(at, fuel),
        None if lower => negated(Expr::Infinity),
        None => Expr::Infinity,
    };
    let bracket = |closed: bool| {
        if closed {
            Bracket::Square
        } else {
            Bracket::Round
        }
    };
    let mut parts: Vec<Expr> = set
        .intervals()
        .iter()
        .map(|(lower, upper)| {
            let ends = (end(lower, true), end(upper, false));
            if lower.at.is_some() && lower.at == upper.at {
                Expr::Group(Bracket::Curly, vec![ends.0], Bracket::Curly)
            } else {
                Expr::Group(
                    bracket(lower.closed),
                    vec![ends.0, ends.1],
                    bracket(upper.closed),
                )
            }
        })
        .collect();
    match parts.len() {
        0 => Expr::Empty,
        1 => parts.remove(0),
        _ => Expr::SetOperation(SetOperation::Union, parts),
    }
}

#[cfg(test)]
mod tests {
    use super::raise;
    use crate::canon::lower::lower;
    use crate::expr::print::plain;
    use crate::latex::read;
    use crate::limits::{Fuel, Limits};

    fn canonical(text: &str) -> String {
        let limits = Limits::default();
        let mut fuel = Fuel::new(&limits);
        let value = lower(&read(text, &limits).unwrap().grouped, &mut fuel);
        plain(&raise(&value, &mut fuel))
    }

    #[test]
    fn values_are_shown_in_normal_form() {
        for (text, shown) in [
            ("2/4", "1/2"),
            ("-0.5", "-1/2"),
            (r"(x+1)^2 - 2x", "x^2 + 1"),
            (r"\sqrt{8}", "2*sqrt(2)"),
            (r"\frac{1}{1+\sqrt2}", "sqrt(2) - 1"),
            ("x > 5", "(5, ∞)"),
            (r"x \le 1 \text{ or } x > 3", "(-∞, 1] ∪ (3, ∞)"),
            ("5 cm", "1/20 \"m\""),
            ("101_2", "101_2"),
            (r"\{2, 1\}", "\\{2, 1\\}"),
            ("9 p.m.", "\"09:00 p.m.\""),
            ("even", "even"),
        ] {
            assert_eq!(canonical(text), shown, "{text}");
        }
    }
}
