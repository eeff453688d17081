//! Letters before brackets that may be factors: `h(a + b)` is an area as often as a value of a function.

use super::{Bracket, Expr, Sign};
use alloc::vec;

/// `expr` with the letters that it applies to sums as factors of them. `None` where there are none, or where
/// such a letter is applied to anything else, which makes it a function.
pub(crate) fn factors(expr: &Expr) -> Option<Expr> {
    let (mut expr, mut found) = (expr.clone(), false);
    (multiply(&mut expr, &mut found).is_some() && found).then_some(expr)
}

/// Whether a term is what functions are usually applied to.
fn is_argument((_, term): &(Sign, Expr)) -> bool {
    matches!(term, Expr::Symbol(name) if matches!(name.as_str(), "n" | "s" | "t" | "x" | "y" | "z"))
}

/// `None` where a letter is a function.
fn multiply(expr: &mut Expr, found: &mut bool) -> Option<()> {
    match expr {
        Expr::Apply(name, arguments) if matches!(name.as_str(), "g" | "h" | "F" | "G" | "H") => {
            match arguments.as_slice() {
                [Expr::Sum(terms)] if terms.len() > 1 && !terms.iter().any(is_argument) => {}
                _ => return None,
            }
            let mut sum = arguments.remove(0);
            multiply(&mut sum, found)?;
            let letter = Expr::Symbol(core::mem::take(name));
            let sum = Expr::Group(Bracket::Round, vec![sum], Bracket::Round);
            *expr = Expr::Product(vec![letter, sum]);
            *found = true;
            Some(())
        }
        Expr::Apply(..) => None,
        Expr::Sum(terms) => terms
            .iter_mut()
            .try_for_each(|(_, term)| multiply(term, found)),
        Expr::Product(items)
        | Expr::Call(_, items)
        | Expr::Group(_, items, _)
        | Expr::List(items, _)
        | Expr::Relation(items, _) => items.iter_mut().try_for_each(|item| multiply(item, found)),
        Expr::Quotient(pair) | Expr::Power(pair) | Expr::Root(pair) => {
            multiply(&mut pair.0, found)?;
            multiply(&mut pair.1, found)
        }
        Expr::Quantity(inner, _) | Expr::Percent(inner) | Expr::Degrees(inner) => {
            multiply(inner, found)
        }
        _ => Some(()),
    }
}
