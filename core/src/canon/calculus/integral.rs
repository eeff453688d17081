//! Definite integrals, by an antiderivative that is continuous between the ends.

use super::antiderivative::antiderivative;
use super::continuity::{self, End};
use super::limit;
use super::{Closed, equal};
use crate::canon::decide::order;
use crate::canon::term::Term;
use crate::limits::Fuel;
use core::cmp::Ordering;

pub(super) fn definite(
    x: &str,
    body: &Term,
    from: &Term,
    to: &Term,
    fuel: &mut Fuel,
) -> Option<Term> {
    let whole = antiderivative(body, x, fuel)?;
    if let (true, true) = (is_free(from), is_free(to)) {
        // Between symbolic ends no interval is known.
        let constants = from.is_constant() && to.is_constant();
        let unbroken = continuity::is_everywhere(&whole, x)
            || !constants && continuity::breaks_at_poles_only(&whole, x, fuel);
        if unbroken {
            return Some(whole.substitute(x, to).minus(whole.substitute(x, from)));
        }
    }
    if *from == Term::infinity() || *to == Term::infinity().negated() {
        return Some(definite(x, body, to, from, fuel)?.negated());
    }
    let (low, high) = ends(from, to)?;
    if order_of(&low, &high, fuel)? == Ordering::Greater {
        return Some(definite(x, body, to, from, fuel)?.negated());
    }
    let (low, bottom) = value_at(&whole, x, low, 1, fuel)?;
    let (high, top) = value_at(&whole, x, high, -1, fuel)?;
    continuity::is_continuous(&whole, x, &low, &high, fuel).then(|| top.minus(bottom))
}

/// The value of `whole` at an end, or its limit there from the side of the interval: then the end
/// is an open one.
fn value_at(whole: &Term, x: &str, end: End, side: i64, fuel: &mut Fuel) -> Option<(End, Term)> {
    let (point, at) = match &end {
        End::At { at, .. } => {
            let plain = whole.substitute(x, at);
            if equal(&plain, &plain, fuel) {
                return Some((end, plain));
            }
            (at.clone(), Some(at.clone()))
        }
        End::Infinite if side < 0 => (Term::infinity(), None),
        End::Infinite => (Term::infinity().negated(), None),
    };
    let side = if at.is_some() { side } else { 0 };
    let Closed::Term(value) = limit::limit(x, whole, &point, side, fuel)? else {
        return None;
    };
    let end = match at {
        Some(at) => End::At { at, open: true },
        None => end,
    };
    Some((end, value))
}

fn is_free(term: &Term) -> bool {
    !term.is_opaque()
}

/// The ends of an interval, where they are constants or infinite.
fn ends(from: &Term, to: &Term) -> Option<(End, End)> {
    let end = |term: &Term, infinite: &Term| match term {
        term if term == infinite => Some(End::Infinite),
        term if term.is_constant() && !term.is_opaque() => Some(End::At {
            at: term.clone(),
            open: false,
        }),
        _ => None,
    };
    Some((
        end(from, &Term::infinity().negated())?,
        end(to, &Term::infinity())?,
    ))
}

fn order_of(low: &End, high: &End, fuel: &mut Fuel) -> Option<Ordering> {
    match (low, high) {
        (End::At { at: low, .. }, End::At { at: high, .. }) => order(low, high, fuel),
        _ => Some(Ordering::Less),
    }
}
