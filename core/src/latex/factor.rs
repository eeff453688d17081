//! A factor: an operand, and what is written above, below and behind it.

use super::input::{Parsed, Tokens, command, nested, sign, token, within};
use super::name::name;
use super::number::based_group;
use super::operand::operand;
use super::parser::{close, list, sum_sign};
use super::product::over;
use super::token::Kind;
use super::vocabulary;
use crate::expr::{Bracket, Expr, Operation, Sign};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::multi::many1;
use nom::sequence::delimited;

pub(super) fn factor<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, base) = nested(operand)(input)?;
    // In `kx^2` the exponent binds to the last letter only.
    if let (Expr::Word(word), Some(Kind::Sign('^' | '_' | '!'))) = (&base, rest.peek()) {
        let (stem, primes) = word.split_at(word.trim_end_matches('\'').len());
        let mut letters: Vec<char> = stem.chars().filter(|c| *c != '.').collect();
        if let Some(last) = letters.pop() {
            let (rest, last) = name(rest, String::from(last), false)?;
            let last = match primes.len() {
                0 => last,
                count => primed(last, count),
            };
            let (rest, last) = postfix(rest, last)?;
            let symbols = letters
                .into_iter()
                .map(|letter| Expr::Symbol(String::from(letter)));
            return Ok((rest, Expr::Product(symbols.chain([last]).collect())));
        }
    }
    postfix(rest, base)
}

/// Exponents, factorials, primes and signs after `base`.
fn postfix<'t>(mut rest: Tokens<'t>, mut base: Expr) -> Parsed<'t, Expr> {
    // Each postfix adds a level to the tree, so it costs a level of nesting.
    let mut levels = rest.depth;
    let start = rest;
    loop {
        let Some(left) = levels.checked_sub(1) else {
            return start.fail();
        };
        levels = left;
        if let Some(after) = ordinal(rest, &base) {
            rest = after;
            continue;
        }
        match rest.peek() {
            // `n!=5` says that they differ, `4!=24` what 4! is.
            Some(Kind::Sign('!'))
                if matches!(base, Expr::Number(_)) && !rest.spaced()
                    || !rest
                        .peek_at(1)
                        .is_some_and(|t| t.kind == Kind::Sign('=') && !t.spaced) =>
            {
                let double = rest.peek_at(1).is_some_and(|t| t.kind == Kind::Sign('!'));
                let triple = rest.peek_at(2).is_some_and(|t| t.kind == Kind::Sign('!'));
                let operation = if double && !triple {
                    Operation::DoubleFactorial
                } else {
                    Operation::Factorial
                };
                rest = rest.skip(if double && !triple { 2 } else { 1 });
                base = Expr::Call(operation, vec![base]);
            }
            Some(Kind::Sign('%') | Kind::Command("%")) => {
                rest = rest.skip(1);
                base = Expr::Percent(Box::new(base));
            }
            Some(Kind::Letters("percent")) => {
                rest = rest.skip(1);
                base = Expr::Percent(Box::new(base));
            }
            // `12\$`
            Some(Kind::Command("$")) if matches!(base, Expr::Number(_)) => {
                rest = rest.skip(1);
                base = Expr::Quantity(Box::new(base), String::from("$"));
            }
            Some(Kind::Command("degree" | "deg")) => {
                rest = rest.skip(1);
                base = Expr::Degrees(Box::new(base));
            }
            Some(Kind::Sign('^')) => {
                let after = rest.skip(1);
                if let Ok((next, ())) = degree_mark(after) {
                    let (next, scale) = opt(temperature).parse(next)?;
                    base = match scale {
                        Some(name) => Expr::Quantity(Box::new(base), String::from(name)),
                        None => Expr::Degrees(Box::new(base)),
                    };
                    rest = next;
                } else if let Ok((next, count)) = prime_marks(after) {
                    base = primed(base, count);
                    rest = next;
                } else if let Ok((next, side)) = side(after) {
                    base = Expr::Power(Box::new((base, Expr::Symbol(String::from(side)))));
                    rest = next;
                } else {
                    let (next, exponent) = exponent(after)?;
                    base = raised(base, exponent);
                    rest = next;
                }
            }
            // `(413)_5`, `{413}_5`
            Some(Kind::Sign('_'))
                if matches!(&base, Expr::Group(Bracket::Round, ..) | Expr::Number(_)) =>
            {
                let (next, numeral) = based_group(rest, &base)?;
                rest = next;
                base = numeral;
            }
            Some(Kind::Sign('\'')) => {
                let (next, marks) = many1(sign('\'')).parse(rest)?;
                base = primed(base, marks.len());
                rest = next;
            }
            _ => return Ok((rest, base)),
        }
    }
}

/// What follows the ending of an ordinal: `21st`, `4\text{th}`.
fn ordinal<'t>(input: Tokens<'t>, base: &Expr) -> Option<Tokens<'t>> {
    let (Kind::Letters(word) | Kind::Text(word)) = input.peek()? else {
        return None;
    };
    let ends = !input.spaced() && is_ordinal(base, word);
    ends.then(|| input.skip(1))
}

/// Whether `ending` makes a number an ordinal.
fn is_ordinal(base: &Expr, ending: &str) -> bool {
    let ending = ending.trim();
    let digits = match base {
        Expr::Number(number) if ending.len() == 2 && number.is_integer() => {
            number.value.to_string()
        }
        _ => return false,
    };
    let expected = match digits.as_bytes() {
        [.., b'1', b'1' | b'2' | b'3'] => "th",
        [.., b'1'] => "st",
        [.., b'2'] => "nd",
        [.., b'3'] => "rd",
        _ => "th",
    };
    ending == expected
}

/// A power, unless what is raised is the ending of an ordinal: `4^{th}`.
fn raised(base: Expr, exponent: Expr) -> Expr {
    match exponent {
        Expr::Word(ending) | Expr::Text(ending) if is_ordinal(&base, &ending) => base,
        exponent => Expr::Power(Box::new((base, exponent))),
    }
}

/// The side from which a point is approached: `0^+`, `0^{-}`.
fn side<'t>(input: Tokens<'t>) -> Parsed<'t, &'static str> {
    let mark = |input| alt((value("+", sign('+')), value("-", sign('-')))).parse(input);
    if let Ok((rest, (_, side, _))) = (sign('{'), mark, sign('}')).parse(input) {
        return Ok((rest, side));
    }
    let (rest, side) = mark(input)?;
    match rest.peek() {
        None | Some(Kind::Sign('}')) => Ok((rest, side)),
        _ => input.fail(),
    }
}

/// What stands above; a tower is read from its top: `2^3^4` is `2^{3^4}`.
fn exponent<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    if let Ok((rest, ())) =
        alt((sign('*'), delimited(sign('{'), sign('*'), sign('}')))).parse(input)
    {
        return Ok((rest, Expr::Symbol(String::from("*"))));
    }
    let (rest, first) = nested(argument)(input)?;
    let after = rest.skip(1);
    let tower = rest.peek() == Some(Kind::Sign('^'))
        && degree_mark(after).is_err()
        && prime_marks(after).is_err();
    if !tower {
        return Ok((rest, first));
    }
    let (rest, above) = nested(exponent)(after)?;
    Ok((rest, raised(first, above)))
}

/// `60^o`: no quantity is raised to the power of an o.
fn letter_o<'t>(input: Tokens<'t>) -> Parsed<'t, ()> {
    token(|kind| (kind == Kind::Letters("o")).then_some(()))(input)
}

fn degree_mark<'t>(input: Tokens<'t>) -> Parsed<'t, ()> {
    let mark = |input| alt((command("circ"), command("degree"), sign('°'), letter_o)).parse(input);
    let braced = |input| {
        let (rest, _) = (sign('{'), mark, sign('}')).parse(input)?;
        Ok((rest, ()))
    };
    alt((mark, braced)).parse(input)
}

fn temperature<'t>(input: Tokens<'t>) -> Parsed<'t, &'static str> {
    token(|kind| match kind {
        Kind::Letters("C") => Some("°C"),
        Kind::Letters("F") => Some("°F"),
        Kind::Text(t) if t.trim() == "C" => Some("°C"),
        Kind::Text(t) if t.trim() == "F" => Some("°F"),
        _ => None,
    })(input)
}

fn prime_marks<'t>(input: Tokens<'t>) -> Parsed<'t, usize> {
    let primes = |input| map(many1(alt((command("prime"), sign('\'')))), |p| p.len()).parse(input);
    let braced = |input| {
        let (rest, (_, count, _)) = (sign('{'), primes, sign('}')).parse(input)?;
        Ok((rest, count))
    };
    alt((braced, value(1, command("prime")))).parse(input)
}

fn primed(base: Expr, count: usize) -> Expr {
    let mut marks = String::new();
    marks.extend(core::iter::repeat_n('\'', count));
    match base {
        Expr::Symbol(name) => Expr::Symbol(name + &marks),
        Expr::Word(name) => Expr::Word(name + &marks),
        // Minutes and seconds of arc, feet and inches.
        value => Expr::Quantity(Box::new(value), marks),
    }
}

/// What `^`, `_` or a command takes: a group, or one token.
pub(super) fn argument<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    match input.peek() {
        Some(Kind::Sign('{')) => within(false, braced)(input),
        Some(Kind::Sign('-' | '+')) => {
            let (rest, found) = sum_sign(input)?;
            let (rest, value) = nested(argument)(rest)?;
            Ok((
                rest,
                if found == Sign::Minus {
                    Expr::Sum(vec![(Sign::Minus, value)])
                } else {
                    value
                },
            ))
        }
        Some(Kind::Letters(word)) if is_word(word) => {
            Ok((input.skip(1), Expr::Word(String::from(word))))
        }
        _ => nested(operand)(input),
    }
}

/// Whether letters are several, and have no meaning of their own.
fn is_word(word: &str) -> bool {
    word.chars().nth(1).is_some()
        && vocabulary::function(word).is_none()
        && !vocabulary::is_exponent_word(word)
        && !matches!(
            word,
            "Pi" | "PI" | "infinity" | "Infinity" | "sqrt" | "cbrt" | "and" | "or"
        )
}

/// `{ list }`
pub(super) fn braced<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, _) = sign('{')(input)?;
    let (rest, inner) = divided_list(rest)?;
    let rest = close(rest, |input| sign('}')(input))?.0;
    Ok((rest, inner))
}

/// A list, or two of which one is above the other: `a \over b`, `n \choose k`.
pub(super) fn divided_list<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, above) = list(input)?;
    let Some(Kind::Command(infix @ ("over" | "choose"))) = rest.peek() else {
        return Ok((rest, above));
    };
    let (rest, below) = list(rest.skip(1))?;
    let expr = match infix {
        "over" => over(above, below),
        _ => Expr::Call(Operation::Binomial, vec![above, below]),
    };
    Ok((rest, expr))
}
