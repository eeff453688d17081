//! Limits, by expansion at the point: from each side where both count.

use super::expansion::{Expander, Expansion, LOG, is_negative, is_plain};
use super::{Closed, equal};
use crate::canon::term::Term;
use crate::limits::Fuel;
use alloc::vec;

/// Coefficients of an expansion, and what is tried where these cancel.
const TERMS: [usize; 3] = [4, 8, 14];

/// The limit of `body` as `x` goes to `point`, from above (`side` 1), below (-1), or both.
pub(super) fn limit(
    x: &str,
    body: &Term,
    point: &Term,
    side: i64,
    fuel: &mut Fuel,
) -> Option<Closed> {
    if *point == Term::infinity() {
        return approached(x, body, None, 1, fuel);
    }
    if *point == Term::infinity().negated() {
        return approached(x, body, None, -1, fuel);
    }
    if point.is_opaque() || point.depends_on(x) {
        return None;
    }
    if side != 0 {
        return approached(x, body, Some(point), side, fuel);
    }
    let above = approached(x, body, Some(point), 1, fuel);
    let below = approached(x, body, Some(point), -1, fuel);
    match (above, below) {
        (Some(Closed::Term(a)), Some(Closed::Term(b))) => {
            (a == b || equal(&a, &b, fuel)).then_some(Closed::Term(a))
        }
        (Some(a), Some(b)) => (a == b).then_some(a),
        // √x at 0: one side only is in its domain, where that shows.
        _ => None,
    }
}

/// The limit from one side, or at one infinity: x = point ± t^r, or ±t^(-r).
fn approached(
    x: &str,
    body: &Term,
    point: Option<&Term>,
    sign: i64,
    fuel: &mut Fuel,
) -> Option<Closed> {
    TERMS.into_iter().find_map(|terms| {
        [1, 2].into_iter().find_map(|ramification| {
            let mut coefficients = vec![Term::zero(); terms];
            let variable = match point {
                Some(point) => {
                    coefficients[0] = point.clone();
                    coefficients[ramification] = Term::integer(sign);
                    Expansion {
                        order: 0,
                        coefficients,
                    }
                }
                None => {
                    coefficients[0] = Term::integer(sign);
                    Expansion {
                        order: -(ramification as i64),
                        coefficients,
                    }
                }
            };
            let mut expander = Expander {
                x,
                variable,
                terms,
                waves: 0,
                fuel,
            };
            let found = expander.expand(body)?;
            read(&mut expander, found)
        })
    })
}

/// What an expansion says about the limit.
fn read(expander: &mut Expander<'_>, found: Expansion) -> Option<Closed> {
    if found.order > 0 {
        return Some(Closed::Term(Term::zero()));
    }
    let end = found.order + found.coefficients.len() as i64;
    // A constant is read off only where no larger power is left.
    let mut found = found;
    while found.order < 0 && super::is_zero(found.coefficients.first()?, expander.fuel)? {
        found.coefficients.remove(0);
        found.order += 1;
    }
    if found.order == 0 && end > 0 {
        let constant = found.coefficients.first()?;
        if is_plain(constant) {
            return Some(Closed::Term(constant.clone()));
        }
        if super::is_zero(constant, expander.fuel)? {
            return Some(Closed::Term(Term::zero()));
        }
    }
    if found.order >= 0 && end <= 0 {
        return None;
    }
    let leading = found.coefficients.first()?;
    // ln t is below all numbers.
    let (leading, sign) = if is_plain(leading) {
        (leading.clone(), false)
    } else {
        let slope = super::derivative::derivative(leading, LOG)?;
        (slope, true)
    };
    is_plain(&leading).then_some(())?;
    let negative = is_negative(&leading, expander.fuel)? != sign;
    Some(Closed::Infinity { negative })
}
