//! Lists with an ellipsis: what goes on in the same way.

use super::term::{Rational, Term};
use num_traits::Zero;

/// How each item follows from the one before.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Add(Rational),
    Multiply(Rational),
}

/// What the items before an ellipsis show, if that is plain: two suffice where the last item is
/// known and reached by adding, else it takes three.
pub(super) fn step(before: &[Rational], last: Option<&Term>) -> Option<Step> {
    let (first, second) = (before.first()?, before.get(1)?);
    let difference = second - first;
    let arithmetic = before
        .windows(2)
        .all(|pair| &pair[1] - &pair[0] == difference);
    let geometric = before
        .windows(2)
        .all(|pair| &pair[1] * first == &pair[0] * second);
    if difference.is_zero() {
        return None;
    }
    let reached = match last {
        Some(Term::Rational(last)) => {
            let steps = (&**last - first) / &difference;
            let shown = Rational::from(dashu_int::IBig::from(before.len() - 1));
            steps.is_integer() && super::term::order(&steps, &shown).is_ge()
        }
        _ => true,
    };
    if before.len() > 2 {
        return match (arithmetic, geometric) {
            (true, _) => reached.then_some(Step::Add(difference)),
            (_, true) => (!first.is_zero()).then(|| Step::Multiply(second / first)),
            _ => None,
        };
    }
    // 2, 4, …, 64 and 2, 4, …, 2^n may go on in more than one way.
    let multiple = !first.is_zero() && (second / first).is_integer() && first != &-second;
    let unit = difference == Rational::from(dashu_int::IBig::ONE);
    let powers = last.is_some_and(has_variable_power);
    let plain = last.is_some() && reached && !powers && (unit || !multiple);
    plain.then_some(Step::Add(difference))
}

/// Whether a power with a variable in its exponent occurs.
fn has_variable_power(term: &Term) -> bool {
    match term {
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => false,
        Term::Sum(parts) | Term::Product(parts) | Term::Call(_, parts) => {
            parts.iter().any(has_variable_power)
        }
        Term::Power(pair) => !pair.1.is_constant() || has_variable_power(&pair.0),
    }
}
