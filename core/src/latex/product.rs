//! Products: written and unwritten multiplication, division, mixed numbers, remainders.

use super::bracket::slanted;
use super::condition::is_aside;
use super::factor::factor;
use super::input::{Parsed, Tokens, sign, token, within};
use super::operand::starts_operand;
use super::parser::{close, closes, single_or, sum};
use super::token::Kind;
use super::unit::units;
use crate::expr::{Expr, Number, Operation, Sign};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::peek;
use nom::combinator::value;
use nom::multi::many0;
use nom::sequence::terminated;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Times,
    /// `\times`, which is another product of vectors.
    Cross,
    Over,
    Modulo,
}

fn is_vector(expr: &Expr) -> bool {
    match expr {
        Expr::Symbol(name) => name.starts_with("vec "),
        Expr::Group(_, parts, _) => matches!(parts.as_slice(), [only] if is_vector(only)),
        _ => false,
    }
}

pub(super) fn product<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let operator = token(|kind| match kind {
        Kind::Sign('*') | Kind::Command("cdot" | "ast") => Some(Operator::Times),
        Kind::Command("times") => Some(Operator::Cross),
        Kind::Sign('/') | Kind::Command("div") => Some(Operator::Over),
        Kind::Command("bmod" | "pmod" | "mod") | Kind::Letters("mod") => Some(Operator::Modulo),
        _ => None,
    });
    // What no factor and no operator begins with.
    let ends = |kind| {
        let ends = |c| matches!(c, '+' | '-' | '=' | ',' | ';' | '<' | '>' | ')' | ']' | '}');
        matches!(kind, Kind::Sign(c) if ends(c))
    };
    let (mut rest, first) = factor(input)?;
    if closes(rest) || rest.peek().is_some_and(ends) {
        return Ok((rest, first));
    }
    let mut factors = vec![first];
    // What wraps all that came before it adds a level to the tree, so it costs one of nesting.
    let mut levels = input.depth;
    let mut wrapped = |factors: &mut Vec<Expr>| {
        levels = levels.checked_sub(1)?;
        Some(single_or(core::mem::take(factors), Expr::Product))
    };
    while rest.peek().is_some_and(|kind| !ends(kind)) {
        let sides = |rest: Tokens<'t>| match factors.last() {
            Some(last) if is_quantity(last) => by(rest),
            _ => rest.fail(),
        };
        if let Ok((after, found)) = alt((&operator, sides)).parse(rest) {
            // `2 \cdot -3`
            let one = alt((value(true, sign('-')), value(false, sign('+'))));
            let (after, signs) = many0(one).parse(after)?;
            let (next, mut right) = factor(after)?;
            if signs.iter().filter(|minus| **minus).count() % 2 == 1 {
                right = Expr::Sum(vec![(Sign::Minus, right)]);
            }
            rest = next;
            match found {
                Operator::Cross if is_vector(&right) && factors.last().is_some_and(is_vector) => {
                    return input.fail();
                }
                Operator::Times | Operator::Cross => factors.push(right),
                Operator::Over => {
                    let left = match factors.as_slice() {
                        [Expr::Quotient(_)] => factors.pop(),
                        _ => wrapped(&mut factors),
                    };
                    let Some(left) = left else {
                        return input.fail();
                    };
                    factors.push(divided(left, right));
                }
                Operator::Modulo => {
                    let Some(left) = wrapped(&mut factors) else {
                        return input.fail();
                    };
                    factors.push(Expr::Call(Operation::Mod, vec![left, right]));
                }
            }
        } else if let Ok((next, modulus)) = modulus(rest) {
            let Some(left) = wrapped(&mut factors) else {
                return input.fail();
            };
            factors.push(Expr::Call(Operation::Mod, vec![left, modulus]));
            rest = next;
        } else if let Ok((next, name)) = units(rest, measured(&factors)) {
            let value = match measured(&factors).len() < factors.len() {
                true => factors.pop(),
                false => wrapped(&mut factors),
            };
            let Some(value) = value else {
                return input.fail();
            };
            factors.push(quantity(value, name));
            rest = next;
        } else if is_aside(rest) {
            break;
        } else if starts_operand(rest) {
            let mixed = factors.last().is_some_and(|left| is_mixed(left, rest));
            // Two numerals side by side are neither a product nor one number.
            let numerals = matches!(factors.last(), Some(Expr::Number(_)))
                && matches!(rest.peek(), Some(Kind::Number(_)));
            if numerals && !mixed {
                return input.fail();
            }
            let (next, right) = factor(rest)?;
            rest = next;
            match (mixed, factors.pop(), right) {
                (true, Some(left), right) => {
                    // `1 1/2`: the operator that follows belongs to the fraction.
                    let fraction = match right {
                        Expr::Number(_) => {
                            let Ok((after, Operator::Over)) = operator(rest) else {
                                return input.fail();
                            };
                            let (next, denominator) = factor(after)?;
                            rest = next;
                            over_numeral(right, denominator)
                        }
                        right => Some(right),
                    };
                    let Some(mixed) = fraction.and_then(|fraction| mixed_number(left, fraction))
                    else {
                        return input.fail();
                    };
                    factors.push(mixed);
                }
                // `5 feet 4 inches`
                (false, Some(left), right @ Expr::Number(_)) if is_quantity(&left) => {
                    let right = [right];
                    let found = units(rest, &right);
                    let [right] = right;
                    factors.push(match found {
                        Ok((next, name)) => {
                            rest = next;
                            joined(left, quantity(right, name))
                        }
                        Err(_) => Expr::Product(vec![left, right]),
                    });
                }
                // `5'4''`
                (false, Some(left), right @ Expr::Quantity(..)) if is_quantity(&left) => {
                    factors.push(joined(left, right));
                }
                (false, left, right) => {
                    factors.extend(left);
                    factors.push(right);
                }
                (true, None, _) => return input.fail(),
            }
        } else {
            break;
        }
    }
    Ok((rest, single_or(factors, Expr::Product)))
}

/// The factors that a unit behind them belongs to: the last, where each has its own, as in
/// `20 ft by 35 ft`, else all.
fn measured(factors: &[Expr]) -> &[Expr] {
    match factors {
        [first, .., Expr::Number(_)] if is_quantity(first) => &factors[factors.len() - 1..],
        all => all,
    }
}

/// Between the sides of something: `20 ft x 35 ft`, `20 ft by 35 ft`.
fn by<'t>(input: Tokens<'t>) -> Parsed<'t, Operator> {
    let word = token(|kind| match kind {
        Kind::Letters("x" | "X" | "by") => Some(Operator::Times),
        Kind::Text(word) if word.trim() == "by" => Some(Operator::Times),
        _ => None,
    });
    terminated(
        word,
        peek(token(|kind| matches!(kind, Kind::Number(_)).then_some(()))),
    )
    .parse(input)
}

/// More units than one quantity is ever written in, from years to seconds.
const UNITS: usize = 8;

fn is_quantity(expr: &Expr) -> bool {
    match expr {
        Expr::Quantity(_, name) => name != "$",
        Expr::Sum(terms) => terms.len() < UNITS && terms.iter().all(|(_, term)| is_quantity(term)),
        _ => false,
    }
}

/// A quantity in several units, each smaller than the one before: their sum.
fn joined(left: Expr, right: Expr) -> Expr {
    match left {
        Expr::Sum(mut terms) => {
            terms.push((Sign::Plus, right));
            Expr::Sum(terms)
        }
        left => Expr::Sum(vec![(Sign::Plus, left), (Sign::Plus, right)]),
    }
}

/// `(mod m)`
fn modulus<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let word = token(|kind| {
        let word = match kind {
            Kind::Text(word) | Kind::Letters(word) | Kind::Command(word) => word.trim(),
            _ => return None,
        };
        matches!(word, "mod" | "bmod").then_some(())
    });
    let (rest, ((), ())) = (sign('('), word).parse(input)?;
    let (rest, modulus) = within(false, sum)(rest)?;
    let (rest, _) = close(rest, |input| sign(')')(input))?;
    Ok((rest, modulus))
}

/// A whole and a fraction. A sign behind the fraction belongs to both: `33\frac13\%`.
pub(super) fn mixed_number(whole: Expr, fraction: Expr) -> Option<Expr> {
    Some(match fraction {
        Expr::Quotient(_) => Expr::Mixed(Box::new((whole, fraction))),
        Expr::Percent(inner) => Expr::Percent(Box::new(mixed_number(whole, *inner)?)),
        Expr::Degrees(inner) => Expr::Degrees(Box::new(mixed_number(whole, *inner)?)),
        _ => return None,
    })
}

/// `1/3`, where a sign behind the denominator, as in `1/3%`, belongs to the fraction.
fn over_numeral(numerator: Expr, denominator: Expr) -> Option<Expr> {
    Some(match denominator {
        Expr::Number(_) => over(numerator, denominator),
        Expr::Percent(inner) => Expr::Percent(Box::new(over_numeral(numerator, *inner)?)),
        Expr::Degrees(inner) => Expr::Degrees(Box::new(over_numeral(numerator, *inner)?)),
        _ => return None,
    })
}

pub(super) fn over(left: Expr, right: Expr) -> Expr {
    Expr::Quotient(Box::new((left, right)))
}

/// `left` over `right`; several divisors in a row are one denominator.
fn divided(left: Expr, right: Expr) -> Expr {
    match left {
        Expr::Quotient(mut pair) => {
            let denominator = core::mem::replace(&mut pair.1, Expr::Ellipsis);
            pair.1 = match denominator {
                Expr::Product(mut factors) => {
                    factors.push(right);
                    Expr::Product(factors)
                }
                one => Expr::Product(vec![one, right]),
            };
            Expr::Quotient(pair)
        }
        left => over(left, right),
    }
}

/// The power of ten that a number word multiplies by.
pub(super) fn multiplier(word: &str) -> Option<i64> {
    Some(match word {
        "hundred" => 2,
        "thousand" => 3,
        "万" | "萬" => 4,
        "lakh" => 5,
        "million" => 6,
        "crore" => 7,
        "亿" | "億" => 8,
        "billion" => 9,
        "trillion" | "万亿" | "萬億" => 12,
        _ => return None,
    })
}

/// The length of the power of ten that Chinese words begin with: of `万` in `万元`.
pub(super) fn chinese_scale(words: &str) -> usize {
    let behind = words.trim_start_matches(['万', '萬', '亿', '億']);
    let scale = words.len() - behind.len();
    match words.get(..scale).and_then(multiplier) {
        Some(_) => scale,
        None => 0,
    }
}

/// Whether a whole number `left` and what follows are one mixed number.
pub(super) fn is_mixed(left: &Expr, rest: Tokens<'_>) -> bool {
    if !matches!(left, Expr::Number(n) if n.is_integer()) {
        return false;
    }
    let number = |index: usize| match rest.peek_at(index).map(|t| t.kind) {
        Some(Kind::Number(text)) => text.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    };
    match rest.peek() {
        Some(Kind::Command("frac" | "dfrac" | "tfrac" | "cfrac")) => {
            let open = |i: usize| rest.peek_at(i).is_some_and(|t| t.kind == Kind::Sign('{'));
            let close = |i: usize| rest.peek_at(i).is_some_and(|t| t.kind == Kind::Sign('}'));
            let (numerator, after) = if open(1) {
                (number(2) && close(3), 4)
            } else {
                (number(1), 2)
            };
            let denominator = if open(after) {
                number(after + 1) && close(after + 2)
            } else {
                number(after)
            };
            numerator && denominator
        }
        // `2{}^{3}/_{5}`
        Some(Kind::Sign('{')) => {
            slanted(rest.skip(2)).is_ok()
                && matches!(rest.peek_at(1), Some(token) if token.kind == Kind::Sign('}'))
        }
        Some(Kind::Number(_)) => {
            let slash = rest.peek_at(1).is_some_and(|t| t.kind == Kind::Sign('/'));
            rest.spaced() && number(0) && slash && number(2)
        }
        _ => false,
    }
}

/// `value` times ten to that power.
pub(super) fn scaled(value: Expr, power: i64) -> Expr {
    let ten = Expr::Number(Number::integer(10));
    let scale = Expr::Power(Box::new((ten, Expr::Number(Number::integer(power)))));
    Expr::Product(vec![value, scale])
}

fn quantity(value: Expr, name: String) -> Expr {
    let (first, rest) = match chinese_scale(&name) {
        0 => name.split_once(' ').unwrap_or((name.as_str(), "")),
        // `0.2万元`
        length => name.split_at(length),
    };
    if let Some(power) = multiplier(first) {
        let value = scaled(value, power);
        return match rest {
            "" => value,
            rest => quantity(value, String::from(rest)),
        };
    }
    match name.as_str() {
        "%" => Expr::Percent(Box::new(value)),
        "degree" => Expr::Degrees(Box::new(value)),
        _ => Expr::Quantity(Box::new(value), name),
    }
}
