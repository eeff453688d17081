//! `\pm` and `\mp`: which of them stand for two values, and whether they go together.

use crate::expr::{Bracket, Connective, Expr, Sign};
use alloc::vec::Vec;

/// More signs than this are taken to go together.
const MOST_INDEPENDENT: usize = 4;

/// Whether a `\pm` or `\mp` of `expr` is not inside a list or set, where it stands for two items.
pub(super) fn has_open_sign(expr: &Expr) -> bool {
    let pair = |pair: &(Expr, Expr)| has_open_sign(&pair.0) || has_open_sign(&pair.1);
    match expr {
        Expr::Sum(terms) => terms.iter().any(|(sign, term)| {
            matches!(sign, Sign::PlusMinus | Sign::MinusPlus) || has_open_sign(term)
        }),
        Expr::Group(Bracket::Curly, ..) | Expr::List(..) => false,
        Expr::Product(items)
        | Expr::Call(_, items)
        | Expr::Group(_, items, _)
        | Expr::Relation(items, _) => items.iter().any(has_open_sign),
        Expr::Quotient(p) | Expr::Power(p) | Expr::Root(p) | Expr::Mixed(p) => pair(p),
        Expr::Quantity(value, _) | Expr::Percent(value) | Expr::Degrees(value) => {
            has_open_sign(value)
        }
        _ => false,
    }
}

/// `expr` with the upper of its open signs, and with the lower.
pub(super) fn opened(expr: &Expr) -> [Expr; 2] {
    [Sign::Plus, Sign::Minus].map(|upper| {
        let mut chosen = expr.clone();
        open_signs(&mut chosen, &mut |sign| {
            *sign = match (*sign, upper) {
                (Sign::PlusMinus, upper) => upper,
                (_, Sign::Plus) => Sign::Minus,
                _ => Sign::Plus,
            };
        });
        chosen
    })
}

/// Calls `visit` with each sign of which [`has_open_sign`] speaks.
fn open_signs(expr: &mut Expr, visit: &mut dyn FnMut(&mut Sign)) {
    match expr {
        Expr::Sum(terms) => {
            for (sign, term) in terms {
                if matches!(sign, Sign::PlusMinus | Sign::MinusPlus) {
                    visit(sign);
                }
                open_signs(term, visit);
            }
        }
        Expr::Group(Bracket::Curly, ..) | Expr::List(..) => {}
        Expr::Product(items)
        | Expr::Call(_, items)
        | Expr::Group(_, items, _)
        | Expr::Relation(items, _) => items.iter_mut().for_each(|item| open_signs(item, visit)),
        Expr::Quotient(p) | Expr::Power(p) | Expr::Root(p) | Expr::Mixed(p) => {
            open_signs(&mut p.0, visit);
            open_signs(&mut p.1, visit);
        }
        Expr::Quantity(value, _) | Expr::Percent(value) | Expr::Degrees(value) => {
            open_signs(value, visit);
        }
        _ => {}
    }
}

/// Whether a `\mp` says that the signs go together.
pub(super) fn is_opposed(expr: &Expr) -> bool {
    let mut opposed = false;
    open_signs(&mut expr.clone(), &mut |sign| {
        opposed |= *sign == Sign::MinusPlus
    });
    opposed
}

/// The list of values of `expr` if each of its several `\pm` is chosen for itself. `None` where there
/// is one, or a `\mp`, which only has a sense where they go together.
pub(crate) fn independent(expr: &Expr) -> Option<Expr> {
    if !has_open_sign(expr) {
        return None;
    }
    let mut expr = expr.clone();
    let (mut count, mut together) = (0, false);
    open_signs(&mut expr, &mut |sign| {
        count += 1;
        together |= *sign == Sign::MinusPlus;
    });
    if together || !(2..=MOST_INDEPENDENT).contains(&count) {
        return None;
    }
    let choices = (0..1u32 << count).map(|choice| {
        let mut chosen = expr.clone();
        let mut at = 0;
        open_signs(&mut chosen, &mut |sign| {
            let negative = choice >> at & 1 == 1;
            *sign = if negative { Sign::Minus } else { Sign::Plus };
            at += 1;
        });
        chosen
    });
    Some(Expr::List(choices.collect::<Vec<_>>(), Connective::Or))
}
