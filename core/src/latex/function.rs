//! Functions with their arguments.

use super::big::big_operator;
use super::bracket::{bracketed, items, set};
use super::factor::{argument, braced, factor};
use super::input::{Parsed, Tokens, nested, sign};
use super::name::names_function;
use super::number::number;
use super::operand::starts_operand;
use super::parser::single_or;
use super::product::over;
use super::token::Kind;
use super::vocabulary;
use crate::expr::{Expr, Number, Operation, Sign};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use nom::Parser;
use nom::combinator::{map, opt};
use nom::sequence::preceded;

/// A function's subscript, exponent and argument.
pub(super) fn function<'t>(input: Tokens<'t>, operation: Operation) -> Parsed<'t, Expr> {
    let (rest, base) = opt(preceded(sign('_'), argument)).parse(input)?;
    let (rest, power) = opt(preceded(sign('^'), argument)).parse(rest)?;
    let (rest, arguments) = arguments(rest, operation)?;
    // `cos^(-1)(x)`
    let inner = power.as_ref().map(|power| match power {
        Expr::Group(_, items, _) if items.len() == 1 => &items[0],
        power => power,
    });
    let inverse = matches!(inner, Some(Expr::Sum(terms))
        if matches!(terms.as_slice(), [(Sign::Minus, Expr::Number(n))] if n.value == Number::integer(1).value));
    let operation = if inverse {
        inverse_of(operation)
    } else {
        operation
    };
    let call = match (operation, base) {
        (Operation::Log, base) => {
            let mut operands = arguments;
            // sympy's `log` with two arguments puts the base last.
            let base = base.or_else(|| match operands.as_slice() {
                [inner, _] if !matches!(inner, Expr::List(..)) => operands.pop(),
                _ => None,
            });
            let base = base.unwrap_or_else(|| Expr::Number(Number::integer(10)));
            operands.insert(0, base);
            Expr::Call(Operation::Log, operands)
        }
        (operation, _) => Expr::Call(operation, arguments),
    };
    Ok((
        rest,
        match power {
            Some(power) if !inverse => Expr::Power(Box::new((call, power))),
            _ => call,
        },
    ))
}

fn inverse_of(operation: Operation) -> Operation {
    use Operation::*;
    match operation {
        Sin => Asin,
        Cos => Acos,
        Tan => Atan,
        Cot => Acot,
        Sec => Asec,
        Csc => Acsc,
        Sinh => Asinh,
        Cosh => Acosh,
        Tanh => Atanh,
        other => other,
    }
}

fn arguments<'t>(input: Tokens<'t>, operation: Operation) -> Parsed<'t, Vec<Expr>> {
    if let Some(Kind::Sign('(' | '[')) = input.peek() {
        let (rest, group) = nested(bracketed)(input)?;
        let Expr::Group(_, items, _) = group else {
            return input.fail();
        };
        // `\sin(x)^2`: the exponent belongs to the call, where the caller reads it.
        return Ok((rest, items));
    }
    if let Some(Kind::Sign('{')) = input.peek() {
        let (rest, inner) = nested(braced)(input)?;
        return Ok((rest, items(inner)));
    }
    if matches!(
        operation,
        Operation::Max | Operation::Min | Operation::Gcd | Operation::Lcm
    ) {
        if let Some(Kind::Command("{")) = input.peek() {
            let (rest, group) = nested(set)(input)?;
            let Expr::Group(_, items, _) = group else {
                return input.fail();
            };
            return Ok((rest, items));
        }
    }
    map(nested(spoken_argument), |argument| vec![argument]).parse(input)
}

/// `\sin 2x`: factors without brackets, up to the next function, word or written operator.
fn spoken_argument<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, minus) = opt(sign('-')).parse(input)?;
    let mut factors = Vec::new();
    loop {
        let (next, operand) = factor(rest)?;
        // `\sin \theta(t)`: what follows in brackets is a factor of its own.
        if let (Expr::Apply(name, _), Some(Kind::Sign('('))) = (&operand, after_name(rest)) {
            if !names_function(name) {
                factors.push(Expr::Symbol(name.clone()));
                rest = rest.skip(1);
                break;
            }
        }
        factors.push(operand);
        rest = next;
        let more = match rest.peek() {
            Some(Kind::Number(_)) => true,
            Some(Kind::Letters(word)) => {
                starts_operand(rest) && vocabulary::function(word).is_none() && word.len() <= 2
            }
            Some(Kind::Command(name)) => {
                starts_operand(rest)
                    && vocabulary::function(name).is_none()
                    && big_operator(name).is_none()
                    && !matches!(name, "|" | "lvert" | "vert" | "exp" | "{" | "$")
            }
            _ => false,
        };
        if !more {
            break;
        }
    }
    // `\sin \pi/6`: a numeral under π is part of the angle.
    if factors.contains(&Expr::Pi) {
        if let Ok((after, ())) = sign('/')(rest) {
            if let Ok((next, denominator)) = number(after) {
                let angle = single_or(core::mem::take(&mut factors), Expr::Product);
                factors.push(over(angle, denominator));
                rest = next;
            }
        }
    }
    let expr = single_or(factors, Expr::Product);
    Ok((
        rest,
        if minus.is_some() {
            Expr::Sum(vec![(Sign::Minus, expr)])
        } else {
            expr
        },
    ))
}

/// What stands behind a name of one token.
fn after_name(input: Tokens<'_>) -> Option<Kind<'_>> {
    input.peek_at(1).map(|token| token.kind)
}
