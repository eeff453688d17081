//! Whether a term is continuous on an interval, by balls that cover it.

use super::polynomial::{at, coefficients, rationals};
use crate::canon::ball::{Ball, Constants};
use crate::canon::decide::order;
use crate::canon::eval::{Domain, Evaluation, Point};
use crate::canon::term::{Constant, Function, Term, is_even};
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use num_traits::{Signed, Zero};

/// An interval is halved at most so often.
const HALVINGS: u32 = 12;
const PRECISION: i64 = 64;
/// From here on a polynomial has to show by its coefficients that it has no zeros.
const FAR: i64 = 16;

/// What a part of a term must not be for the term to be continuous.
#[derive(Clone, Debug)]
struct Demand<'t> {
    part: &'t Term,
    /// Whether it may not be negative either.
    positive: bool,
    /// Whether it may be zero.
    zero: bool,
}

/// An end of an interval: a real number, which may not belong to it, or infinity.
#[derive(Clone, Debug)]
pub(super) enum End {
    At { at: Term, open: bool },
    Infinite,
}

/// Whether `term` is proven to be continuous in `x` between two ends, the first below the second.
pub(super) fn is_continuous(term: &Term, x: &str, from: &End, to: &End, fuel: &mut Fuel) -> bool {
    let mut demands = Vec::new();
    collect(term, x, &mut demands).is_some()
        && demands
            .iter()
            .all(|demand| is_met(demand, x, from, to, fuel).is_some())
}

/// Whether `term` is continuous in `x` wherever it is real, and not only piecewise.
pub(super) fn is_everywhere(term: &Term, x: &str) -> bool {
    let mut demands = Vec::new();
    collect(term, x, &mut demands).is_some()
        && demands.iter().all(|demand| is_positive(demand.part))
}

/// Whether the only points where `term` is not continuous are those of which its derivative
/// cannot be integrated over: poles and logarithms of polynomials.
pub(super) fn breaks_at_poles_only(term: &Term, x: &str, fuel: &mut Fuel) -> bool {
    let mut demands = Vec::new();
    collect(term, x, &mut demands).is_some()
        && demands.iter().all(|demand| {
            demand.zero
                || is_positive(demand.part)
                || coefficients(without_abs(demand.part), x, fuel).is_some()
        })
}

fn without_abs(term: &Term) -> &Term {
    match term {
        Term::Call(Function::Abs, arguments) => arguments.first().unwrap_or(term),
        term => term,
    }
}

fn collect<'t>(term: &'t Term, x: &str, demands: &mut Vec<Demand<'t>>) -> Option<()> {
    if !term.depends_on(x) {
        return Some(());
    }
    match term {
        Term::Rational(_) | Term::Constant(_) => Some(()),
        Term::Symbol(name) => (**name == x).then_some(()),
        Term::Sum(parts) | Term::Product(parts) => {
            parts.iter().try_for_each(|part| collect(part, x, demands))
        }
        Term::Power(pair) => {
            let (base, exponent) = (&pair.0, &pair.1);
            let mut demand = |positive, zero| {
                demands.push(Demand {
                    part: base,
                    positive,
                    zero,
                });
            };
            match exponent {
                Term::Rational(q) => {
                    let even = is_even(q.denom());
                    if even || q.is_negative() {
                        demand(even, !q.is_negative());
                    }
                }
                _ if !base.depends_on(x) && is_positive(base) => {}
                _ => demand(true, false),
            }
            collect(base, x, demands)?;
            collect(exponent, x, demands)
        }
        Term::Call(function, arguments) => {
            let [u] = arguments.as_slice() else {
                return None;
            };
            match function {
                Function::Sin | Function::Cos | Function::Atan | Function::Abs => {}
                Function::Ln => demands.push(Demand {
                    part: u,
                    positive: true,
                    zero: false,
                }),
                // Real where they are defined; the ends tell.
                Function::Asin | Function::Acos => {}
                _ => return None,
            }
            collect(u, x, demands)
        }
    }
}

/// Whether `term` is plainly positive for all real values of its symbols.
pub(super) fn is_positive(term: &Term) -> bool {
    match term {
        Term::Rational(value) => value.is_positive(),
        Term::Constant(constant) => *constant != Constant::I,
        Term::Sum(parts) => parts.iter().all(is_nonnegative) && parts.iter().any(is_positive),
        Term::Product(parts) => parts.iter().all(is_positive),
        Term::Power(pair) => is_positive(&pair.0),
        Term::Call(Function::Abs, u) => u.first().is_some_and(is_positive),
        _ => false,
    }
}

fn is_nonnegative(term: &Term) -> bool {
    is_positive(term)
        || match term {
            Term::Rational(value) => !value.is_negative(),
            Term::Sum(parts) | Term::Product(parts) => parts.iter().all(is_nonnegative),
            Term::Power(pair) => pair.1.as_integer().is_some_and(|n| n > 0 && n % 2 == 0),
            Term::Call(Function::Abs, _) => true,
            _ => false,
        }
}

fn is_met(demand: &Demand, x: &str, from: &End, to: &End, fuel: &mut Fuel) -> Option<()> {
    if is_positive(demand.part) {
        return Some(());
    }
    let far = |sign: i64| Term::integer(sign * FAR);
    let beyond = |start: &Term, sign: i64, open: bool, fuel: &mut Fuel| {
        has_no_zero_beyond(demand, x, start, sign, open, fuel)
    };
    let (low, high) = match (from, to) {
        (End::At { at: low, open }, _) if beyond(low, 1, *open, fuel).is_some() => return Some(()),
        (_, End::At { at: high, open }) if beyond(high, -1, *open, fuel).is_some() => {
            return Some(());
        }
        (End::At { at: low, open: a }, End::At { at: high, open: b }) => {
            ((low.clone(), *a), (high.clone(), *b))
        }
        (End::At { at: low, open }, End::Infinite) => {
            let high = Term::sum([low.clone(), far(1)]);
            beyond(&high, 1, false, fuel)?;
            ((low.clone(), *open), (high, false))
        }
        (End::Infinite, End::At { at: high, open }) => {
            let low = Term::sum([high.clone(), far(-1)]);
            beyond(&low, -1, false, fuel)?;
            ((low, false), (high.clone(), *open))
        }
        (End::Infinite, End::Infinite) => {
            beyond(&far(1), 1, false, fuel)?;
            beyond(&far(-1), -1, false, fuel)?;
            ((far(-1), false), (far(1), false))
        }
    };
    covered(demand, x, low, high, fuel)
}

/// A polynomial has no zero from `start` on in the direction of `sign` if, written in the distance
/// from there, its coefficients are of one sign; at the start itself only where that is allowed.
fn has_no_zero_beyond(
    demand: &Demand,
    x: &str,
    start: &Term,
    sign: i64,
    open: bool,
    fuel: &mut Fuel,
) -> Option<()> {
    let distance = Term::product([Term::integer(sign), Term::symbol(x)]);
    let shifted = Term::sum([start.clone(), distance]);
    let p = coefficients(without_abs(demand.part), x, fuel)?;
    let p = coefficients(&at(&p, &shifted), x, fuel)?;
    let p = rationals(&p, fuel)?;
    let starts_at_zero = p.first()?.is_zero();
    let negative = p.last()?.is_negative();
    let definite = p.iter().all(|c| c.is_zero() || c.is_negative() == negative);
    let allowed = (!starts_at_zero || open || demand.zero)
        && (!demand.positive || !negative || is_abs(demand.part));
    (definite && allowed).then_some(())
}

fn is_abs(term: &Term) -> bool {
    matches!(term, Term::Call(Function::Abs, _))
}

/// Whether balls over parts of the interval meet the demand. Where the part may be zero, it may be
/// so at an end.
fn covered(
    demand: &Demand,
    x: &str,
    (low, low_open): (Term, bool),
    (high, high_open): (Term, bool),
    fuel: &mut Fuel,
) -> Option<()> {
    let (low_ball, high_ball) = (number(&low, fuel)?, number(&high, fuel)?);
    let end_zero = |end: &Term, open: bool, fuel: &mut Fuel| {
        (demand.zero || open)
            && order(&demand.part.substitute(x, end), &Term::zero(), fuel) == Some(Ordering::Equal)
    };
    let zero_ends = (
        end_zero(&low, low_open, fuel),
        end_zero(&high, high_open, fuel),
    );
    let slope = match zero_ends {
        (false, false) => None,
        _ => super::derivative::derivative(demand.part, x),
    };
    let mut pieces = vec![(low_ball, high_ball, 0, zero_ends.0, zero_ends.1)];
    while let Some((a, b, depth, from_zero, to_zero)) = pieces.pop() {
        let piece = hull(&a, &b);
        let sign = enclosure(demand.part, x, &piece, fuel).and_then(|ball| ball.sign());
        let met = match sign {
            Some(Ordering::Greater) => true,
            Some(Ordering::Less) => !demand.positive,
            // Zero at one end, and monotonic from there.
            _ if from_zero != to_zero => slope
                .as_ref()
                .and_then(|slope| enclosure(slope, x, &piece, fuel)?.sign())
                .is_some_and(|slope| !demand.positive || (slope == Ordering::Greater) == from_zero),
            _ => false,
        };
        if met {
            continue;
        }
        if depth == HALVINGS {
            return None;
        }
        let middle = a.add(&b, PRECISION).scaled(-1);
        pieces.push((a, middle.clone(), depth + 1, from_zero, false));
        pieces.push((middle, b, depth + 1, false, to_zero));
    }
    Some(())
}

/// A ball around all numbers between two.
fn hull(a: &Ball, b: &Ball) -> Ball {
    let middle = a.add(b, PRECISION).scaled(-1);
    let radius = b.sub(a, PRECISION).scaled(-1).upper();
    middle.add(&Ball::around_zero(radius), PRECISION)
}

fn number(term: &Term, fuel: &mut Fuel) -> Option<Ball> {
    evaluated(term, Point(Vec::new()), fuel)
}

fn enclosure(term: &Term, x: &str, ball: &Ball, fuel: &mut Fuel) -> Option<Ball> {
    evaluated(term, Point(vec![(x, ball.clone())]), fuel)
}

fn evaluated(term: &Term, point: Point<'_>, fuel: &mut Fuel) -> Option<Ball> {
    let mut evaluation = Evaluation {
        point: &point,
        domain: Domain::Real,
        precision: PRECISION,
        constants: &mut Constants::default(),
        fuel,
    };
    let value = evaluation.value(term).ok()?;
    value.z.is_real().then_some(value.z.re)
}
