//! Brackets: groups, tuples, intervals, sets, absolute values.

use super::factor::{argument, braced, factor};
use super::input::{Commas, Parsed, Tokens, command, nested, sign, token, within};
use super::operand::operand;
use super::parser::{close, list, member, sum};
use super::product::over;
use super::token::Kind;
use super::vocabulary;
use crate::expr::{Bracket, Connective, Expr, Operation, Sign};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};

pub(super) fn items(list: Expr) -> Vec<Expr> {
    match list {
        Expr::List(items, Connective::Comma | Connective::Semicolon) => items,
        one => vec![one],
    }
}

/// A list between brackets: its commas separate, unless spaces after some tell those that separate
/// from those that group, as in `(1,000, 2,000)`.
fn separated<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let mut spaced = false;
    let affordable = input.look_ahead(&mut |kind, next| {
        spaced |= kind == Kind::Sign(',') && next.is_some_and(|next| next.spaced);
        true
    });
    if !affordable {
        return input.fail();
    }
    let commas = if spaced {
        input.commas
    } else {
        Commas::Separate
    };
    let (rest, inner) = list(input.with_commas(commas))?;
    Ok((rest.with_commas(input.commas), inner))
}

/// `( list )`, `[ list ]`, and half-open mixtures.
pub(super) fn bracketed<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let open = |input| {
        alt((
            value(Bracket::Round, sign('(')),
            value(Bracket::Square, sign('[')),
        ))
        .parse(input)
    };
    let closing = |input| {
        alt((
            value(Bracket::Round, sign(')')),
            value(Bracket::Square, sign(']')),
        ))
        .parse(input)
    };
    let (rest, opened) = open(input)?;
    if let Ok((rest, closed)) = closing(rest) {
        return Ok((rest, Expr::Group(opened, Vec::new(), closed)));
    }
    let plain = |input| {
        let (rest, inner) = within(false, separated)(input)?;
        let (rest, closed) = close(rest, closing)?;
        Ok((rest, (items(inner), closed.unwrap_or(opened))))
    };
    // `[a, b[`: a closing bracket that faces outwards leaves the end out.
    let open_end = |input| {
        let (rest, ends) = ends(input)?;
        let (rest, ()) = sign('[')(rest)?;
        Ok((rest, (ends, Bracket::Round)))
    };
    let (rest, (inner, closed)) = alt((plain, open_end)).parse(rest)?;
    Ok((rest, Expr::Group(opened, inner, closed)))
}

/// The two ends of an interval; a `[` after the second closes, it does not open another factor.
fn ends<'t>(input: Tokens<'t>) -> Parsed<'t, Vec<Expr>> {
    let end = |input| {
        let (rest, minus) = opt(sign('-')).parse(input)?;
        let (rest, end) = nested(factor)(rest)?;
        Ok((
            rest,
            match minus {
                Some(()) => Expr::Sum(vec![(Sign::Minus, end)]),
                None => end,
            },
        ))
    };
    let comma = |input| alt((sign(','), sign(';'))).parse(input);
    let (rest, (lower, (), upper)) = (end, comma, end).parse(input)?;
    Ok((rest, vec![lower, upper]))
}

/// `]a, b[`: brackets that face outwards leave the ends out.
pub(super) fn outward<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let bracket = |input| {
        alt((
            value(Bracket::Square, sign(']')),
            value(Bracket::Round, sign('[')),
            value(Bracket::Round, sign(')')),
        ))
        .parse(input)
    };
    let (rest, ((), ends, closed)) = (sign(']'), ends, bracket).parse(input)?;
    Ok((rest, Expr::Group(Bracket::Round, ends, closed)))
}

/// `{ list }` that only groups; with several items it is a set whose backslashes got lost.
pub(super) fn braced_group<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    if let (Some(Kind::Sign('}')), rest) = (input.peek_at(1).map(|t| t.kind), input.skip(2)) {
        if let Ok(done) = slanted(rest) {
            return Ok(done);
        }
        // `{}^{\circ}`: an empty group carries a mark.
        return nested(operand)(rest);
    }
    if says_such_that(input.skip(1)) {
        let (rest, element) = element(input.skip(1))?;
        return builder(rest, element, sign('}'));
    }
    let (rest, inner) = nested(braced)(input)?;
    Ok((rest, grouped(inner)))
}

/// What stood in braces, as an operand.
pub(super) fn grouped(inner: Expr) -> Expr {
    match inner {
        Expr::List(items, Connective::Comma | Connective::Semicolon) => {
            Expr::Group(Bracket::Curly, items, Bracket::Curly)
        }
        Expr::Sum(_) | Expr::Relation(..) => {
            Expr::Group(Bracket::Round, vec![inner], Bracket::Round)
        }
        other => other,
    }
}

/// `^{3}/_{5}`: a fraction set aslant.
pub(super) fn slanted<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, (_, numerator, _, _, denominator)) =
        (sign('^'), argument, sign('/'), sign('_'), argument).parse(input)?;
    Ok((rest, over(numerator, denominator)))
}

/// `\{ list \}`, `\{ element | condition \}`
pub(super) fn set<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let end = |input| alt((command("}"), sign('}'))).parse(input);
    let (start, ()) = command("{")(input)?;
    if let Ok((rest, ())) = end(start) {
        return Ok((rest, Expr::Empty));
    }
    if ahead(start).such_that {
        if let Ok((rest, element)) = element(start) {
            return builder(rest, element, end);
        }
    }
    let (rest, element) = within(false, separated)(start)?;
    let (rest, _) = close(rest, end)?;
    let members = items(element);
    Ok((rest, Expr::Group(Bracket::Curly, members, Bracket::Curly)))
}

fn is_bar(kind: Kind<'_>) -> bool {
    matches!(kind, Kind::Sign('|') | Kind::Command("mid" | "vert" | "|"))
}

fn is_colon(kind: Kind<'_>) -> bool {
    matches!(kind, Kind::Sign(':') | Kind::Command("colon"))
}

/// What a look ahead finds before the bracket that closes.
#[derive(Default)]
struct Ahead {
    /// A bar or colon that may end the element of a set.
    such_that: bool,
    /// Bars behind it.
    bars: u32,
    /// A sign of relation behind it.
    related: bool,
}

fn ahead(input: Tokens<'_>) -> Ahead {
    let mut ahead = Ahead::default();
    let affordable = input.look_ahead(&mut |kind, next| {
        let defines = next.is_some_and(|next| next.kind == Kind::Sign('='));
        match kind {
            Kind::Sign(',' | ';' | '=' | '<' | '>') if !ahead.such_that => return false,
            Kind::Sign(':') if defines && !ahead.such_that => return false,
            Kind::Sign('=' | '<' | '>') => ahead.related = true,
            Kind::Command(name) if vocabulary::relation(name).is_some() => {
                ahead.related |= ahead.such_that;
            }
            kind if is_bar(kind) => {
                ahead.bars += u32::from(ahead.such_that);
                ahead.such_that = true;
            }
            kind if is_colon(kind) => ahead.such_that = true,
            _ => {}
        }
        true
    });
    ahead.such_that &= affordable;
    ahead
}

/// Whether braces without backslashes hold an element, a bar or colon, and a condition with a
/// relation, as in `{x : x > 1}`, and not a product or a list, as in `{2|x|}`, `{a:b, c}`.
fn says_such_that(input: Tokens<'_>) -> bool {
    let ahead = ahead(input);
    ahead.such_that && ahead.related && ahead.bars % 2 == 0
}

/// The element of a set and the bar or colon behind it. It may say what it is drawn from, as in
/// `x \in \mathbb{R} : x > 1`; a number before a colon begins a ratio, as in `1:2, 3:4`.
fn element<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, element) = within(true, member)(input)?;
    let begins_ratio = matches!(element, Expr::Number(_));
    let such_that = token(|kind| (is_bar(kind) || is_colon(kind) && !begins_ratio).then_some(()));
    let (rest, ()) = such_that(rest)?;
    Ok((rest, element))
}

/// The condition on the `element` of a set, and what closes the set.
fn builder<'t>(
    input: Tokens<'t>,
    element: Expr,
    end: impl Fn(Tokens<'t>) -> Parsed<'t, ()>,
) -> Parsed<'t, Expr> {
    let (rest, condition) = within(false, list)(input)?;
    let (rest, _) = close(rest, end)?;
    Ok((rest, Expr::SetBuilder(Box::new((element, condition)))))
}

pub(super) fn bars<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let bar = |input| {
        token(|kind| {
            matches!(
                kind,
                Kind::Sign('|')
                    | Kind::Command("|" | "lvert" | "rvert" | "vert" | "Vert" | "lVert" | "rVert")
            )
            .then_some(())
        })(input)
    };
    let (rest, ()) = bar(input)?;
    let (rest, inner) = within(true, sum)(rest)?;
    let (rest, _) = close(rest, bar)?;
    Ok((rest, Expr::Call(Operation::Abs, vec![inner])))
}

pub(super) fn fenced<'t>(
    input: Tokens<'t>,
    closing: &'static str,
    operation: Operation,
) -> Parsed<'t, Expr> {
    let (rest, inner) = within(false, sum)(input)?;
    let (rest, _) = close(rest, command(closing))?;
    Ok((rest, Expr::Call(operation, vec![inner])))
}
