//! Sums, products, integrals and limits with their bounds.

use super::factor::argument;
use super::input::{Parsed, Tokens, nested, sign, within};
use super::parser::{single_or, sum};
use super::product::product;
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::{Big, BigOperator, Expr, Number, Relation};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};

pub(super) fn big_operator(name: &str) -> Option<BigOperator> {
    Some(match name {
        "sum" => BigOperator::Sum,
        "prod" => BigOperator::Product,
        "int" => BigOperator::Integral,
        "lim" => BigOperator::Limit,
        "bigcup" => BigOperator::Union,
        "bigcap" => BigOperator::Intersection,
        _ => return None,
    })
}

pub(super) fn big<'t>(input: Tokens<'t>, operator: BigOperator) -> Parsed<'t, Expr> {
    let bound = |input| -> Parsed<'t, (bool, Expr)> {
        let mark = |input| alt((value(true, sign('_')), value(false, sign('^')))).parse(input);
        (mark, argument).parse(input)
    };
    let (rest, first) = opt(bound).parse(input)?;
    let (rest, second) = opt(bound).parse(rest)?;
    let (mut lower, mut upper) = (None, None);
    for (is_lower, expr) in [first, second].into_iter().flatten() {
        *(if is_lower { &mut lower } else { &mut upper }) = Some(expr);
    }
    let integral = operator == BigOperator::Integral;
    let (rest, (body, mut variable)) = match integrand(rest).filter(|_| integral) {
        Some(found) => found,
        None => {
            let (rest, body) = nested(product)(rest)?;
            let found = if integral {
                differential(body)
            } else {
                (body, None)
            };
            (rest, found)
        }
    };
    if let Some(Expr::Relation(operands, relations)) = &lower {
        if let ([Expr::Symbol(index), start], [Relation::Equal | Relation::Arrow]) =
            (operands.as_slice(), relations.as_slice())
        {
            variable = Some(index.clone());
            lower = Some(start.clone());
        }
    }
    Ok((
        rest,
        Expr::Big(Box::new(Big {
            operator,
            variable,
            lower,
            upper,
            body,
        })),
    ))
}

/// Highest order of a derivative.
const HIGHEST_ORDER: usize = 8;

/// What follows `\frac{d}{dx}`, differentiated by each of `variables`, which counts as a level of brackets.
pub(super) fn derivative<'t>(input: Tokens<'t>, variables: &[String]) -> Parsed<'t, Expr> {
    let Some((variable, others)) = variables.split_last() else {
        return product(input);
    };
    let (rest, body) = nested(|input| derivative(input, others))(input)?;
    let big = Big {
        operator: BigOperator::Derivative,
        variable: Some(variable.clone()),
        lower: None,
        upper: None,
        body,
    };
    Ok((rest, Expr::Big(Box::new(big))))
}

/// What a derivative of that order is one of.
pub(super) fn derived(mut expr: &Expr, order: usize) -> &Expr {
    for _ in 0..order {
        if let Expr::Big(big) = expr {
            expr = &big.body;
        }
    }
    expr
}

/// The variables of `\frac{d}{dx}`, `\frac{d^2}{dx^2}` or `\frac{\partial^2}{\partial x\,\partial y}`, one for
/// each order.
pub(super) fn derivative_by(top: &[Token<'_>], bottom: &[Token<'_>]) -> Option<Vec<String>> {
    let [first, power @ ..] = unbraced(top) else {
        return None;
    };
    let derives = matches!(
        first.kind,
        Kind::Letters("d") | Kind::Text("d") | Kind::Command("partial")
    );
    let (order, length) = order(power)?;
    if !derives || length < power.len() {
        return None;
    }
    let mut variables = Vec::new();
    let mut bottom = unbraced(bottom);
    while !bottom.is_empty() {
        let (before, variable, length) = differential_at(bottom, 0)?;
        let rest = bottom.get(length..)?;
        let (times, length) = self::order(rest)?;
        variables.resize(variables.len() + times, variable);
        bottom = rest.get(length..).filter(|_| before.is_empty())?;
    }
    (variables.len() == order).then_some(variables)
}

/// The exponent that `tokens` start with, which is 1 where there is none, and its length.
fn order(tokens: &[Token<'_>]) -> Option<(usize, usize)> {
    let kind = |index: usize| tokens.get(index).map(|token| token.kind);
    let (digits, length) = match (kind(0), kind(1), kind(2), kind(3)) {
        (Some(Kind::Sign('^')), Some(Kind::Number(digits)), ..) => (digits, 2),
        (
            Some(Kind::Sign('^')),
            Some(Kind::Sign('{')),
            Some(Kind::Number(digits)),
            Some(Kind::Sign('}')),
        ) => (digits, 4),
        _ => return Some((1, 0)),
    };
    let order = digits.parse().ok()?;
    (1..=HIGHEST_ORDER)
        .contains(&order)
        .then_some((order, length))
}

fn unbraced<'a, 't>(tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    match tokens {
        [open, inner @ .., close]
            if open.kind == Kind::Sign('{') && close.kind == Kind::Sign('}') =>
        {
            inner
        }
        all => all,
    }
}

type Integrand<'t> = (Tokens<'t>, (Expr, Option<String>));

/// What stands before the `dx` of an integral, and the variable.
fn integrand<'t>(input: Tokens<'t>) -> Option<Integrand<'t>> {
    let tokens = input.rest();
    let (mut depth, mut open) = (0u32, 1u32);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(' | '[' | '{') | Kind::Command("{") => depth += 1,
            Kind::Sign(')' | ']' | '}') | Kind::Command("}") => depth = depth.checked_sub(1)?,
            Kind::Sign('=' | ',' | ';') if depth == 0 => return None,
            Kind::Command("int") if depth == 0 => open += 1,
            _ if depth == 0 => {
                if let Some((before, variable, length)) = differential_at(tokens, at) {
                    open -= 1;
                    if open == 0 {
                        let body = body(input, at, before)?;
                        return Some((input.skip(at + length), (body, Some(variable))));
                    }
                }
            }
            _ => {}
        }
    }
    None
}

/// `dx`, `d x`, `d\theta` or `dt_1` at a token: the letters before it in the same token, the variable,
/// and how many tokens it takes.
fn differential_at<'t>(tokens: &[Token<'t>], at: usize) -> Option<(&'t str, String, usize)> {
    let (before, variable, length) = differential_of_letter(tokens, at)?;
    let kind = |index: usize| tokens.get(at + length + index).map(|token| token.kind);
    let subscript = |index| match kind(index) {
        Some(Kind::Number(subscript) | Kind::Letters(subscript)) => Some(subscript),
        _ => None,
    };
    let (subscript, taken) = match (kind(0), kind(1), kind(3)) {
        (Some(Kind::Sign('_')), Some(Kind::Sign('{')), Some(Kind::Sign('}'))) => (subscript(2), 4),
        (Some(Kind::Sign('_')), ..) => (subscript(1), 2),
        _ => (None, 0),
    };
    Some(match subscript {
        Some(subscript) => (before, format!("{variable}_{subscript}"), length + taken),
        None => (before, variable, length),
    })
}

/// The same without a subscript.
fn differential_of_letter<'t>(tokens: &[Token<'t>], at: usize) -> Option<(&'t str, String, usize)> {
    let word = match tokens.get(at)?.kind {
        Kind::Letters(word) | Kind::Text(word) => word.trim(),
        Kind::Command("partial") => "d",
        _ => return None,
    };
    if !word.chars().all(char::is_alphabetic) {
        return None;
    }
    if word == "d" {
        let variable = match tokens.get(at + 1)?.kind {
            Kind::Letters(letter) if letter.chars().count() == 1 => letter.to_string(),
            Kind::Command(name) if vocabulary::is_letter(name) => format!("\\{name}"),
            _ => return None,
        };
        return Some(("", variable, 2));
    }
    let mut letters = word.char_indices().rev();
    let (start, variable) = letters.next()?;
    let (_, 'd') = letters.next()? else {
        return None;
    };
    let named = vocabulary::function(word).is_some();
    (!named).then(|| (&word[..start - 1], variable.to_string(), 1))
}

/// The tokens up to `at`, and the letters `before` the differential, as one sum.
fn body(input: Tokens<'_>, at: usize, before: &str) -> Option<Expr> {
    let mut tokens: Vec<Token<'_>> = input.rest().get(..at)?.to_vec();
    if !before.is_empty() {
        tokens.push(Token {
            kind: Kind::Letters(before),
            spaced: false,
        });
    }
    if tokens.is_empty() {
        return Some(Expr::Number(Number::integer(1)));
    }
    let (rest, body) = within(false, sum)(input.with_tokens(&tokens)).ok()?;
    rest.is_empty().then_some(body)
}

/// `expr` without the differential among its factors or in its numerator.
fn differential(expr: Expr) -> (Expr, Option<String>) {
    let one = || Expr::Number(Number::integer(1));
    let rest = |factors: Vec<Expr>| match factors.is_empty() {
        true => one(),
        false => single_or(factors, Expr::Product),
    };
    match expr {
        Expr::Word(word) => match word.strip_prefix('d') {
            Some(variable) if variable.chars().count() == 1 => {
                let variable = variable.to_string();
                (one(), Some(variable))
            }
            _ => (Expr::Word(word), None),
        },
        Expr::Quotient(pair) => {
            let (top, variable) = differential(pair.0);
            (Expr::Quotient(Box::new((top, pair.1))), variable)
        }
        Expr::Product(mut factors) => {
            // `d\theta` is two factors.
            let split = factors
                .windows(2)
                .position(|pair| matches!(pair, [Expr::Symbol(d), Expr::Symbol(_)] if d == "d"));
            if let Some(at) = split {
                factors.remove(at);
                let variable = match factors.remove(at) {
                    Expr::Symbol(name) => Some(name),
                    _ => None,
                };
                return (rest(factors), variable);
            }
            let mut variable = None;
            let factors = factors.into_iter().filter_map(|factor| match variable {
                Some(_) => Some(factor),
                None => {
                    let (factor, found) = differential(factor);
                    variable = found;
                    (variable.is_none() || factor != one()).then_some(factor)
                }
            });
            let factors: Vec<Expr> = factors.collect();
            (rest(factors), variable)
        }
        other => (other, None),
    }
}
