//! Lists with an ellipsis: what goes on in the same way.

use super::term::{Rational, Term, order};
use alloc::vec;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_traits::{One, Zero};

/// How each item follows from the one before.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Add(Rational),
    Multiply(Rational),
}

/// What the items before an ellipsis show, if that is plain: two suffice where the last item is
/// known and reached by adding, else it takes three.
pub(super) fn step(before: &[Rational], last: Option<&Term>) -> Option<Step> {
    let first = before.first()?;
    let Some(second) = before.get(1) else {
        return counted(first, last?);
    };
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
            let shown = Rational::from(IBig::from(before.len() - 1));
            steps.is_integer() && order(&steps, &shown).is_ge()
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
    // 2, 4, …, 64 and 2, 4, …, 2^n may go on in more than one way, but 2, 4, …, 20 in one.
    let multiple = !first.is_zero() && (second / first).is_integer() && first != &-second;
    let multiplies = || match last {
        Some(Term::Rational(last)) => {
            written_out(first, &Step::Multiply(second / first), last).is_some()
        }
        _ => true,
    };
    let unit = difference == Rational::from(IBig::ONE);
    let powers = last.is_some_and(has_variable_power);
    let plain = last.is_some() && reached && !powers && (unit || !multiple || !multiplies());
    plain.then_some(Step::Add(difference))
}

/// `1, …, 5` counts.
fn counted(first: &Rational, last: &Term) -> Option<Step> {
    let last = last.as_rational()?;
    let counts = first.is_integer() && last.is_integer() && order(first, last).is_lt();
    counts.then(|| Step::Add(Rational::from(IBig::ONE)))
}

/// More items than are written out.
const MOST: usize = 100;

/// What goes on from `first` to `last` in steps, if those reach it soon.
pub(super) fn written_out(first: &Rational, step: &Step, last: &Rational) -> Option<Vec<Rational>> {
    // Of factors only the size tells whether `last` is passed.
    let size = |q: &Rational| match step {
        Step::Add(_) => q.clone(),
        Step::Multiply(_) => q * q,
    };
    let ahead = match step {
        Step::Add(difference) => order(difference, &Rational::zero()),
        Step::Multiply(ratio) => order(&size(ratio), &Rational::one()),
    };
    let mut items = vec![first.clone()];
    for _ in 0..MOST {
        let item = items.last()?;
        if item == last {
            return Some(items);
        }
        if ahead.is_eq() || order(&size(item), &size(last)) == ahead {
            return None;
        }
        items.push(match step {
            Step::Add(difference) => item + difference,
            Step::Multiply(ratio) => item * ratio,
        });
    }
    None
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
