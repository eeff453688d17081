//! Derivatives under their several names: `y'`, `\frac{dy}{dx}`, `\dot{x}`.

use crate::canon::term::Term;
use crate::canon::value::{Scalar, Value};
use alloc::string::String;
use alloc::vec::Vec;

/// The values of one side of a comparison with its derivatives as the other side writes them. `None` where
/// both write all of them alike.
pub(super) fn in_one_notation(values: &[Value], others: &[Value]) -> Option<Vec<Value>> {
    let (names, written) = (names(values), names(others));
    let mut renamed = Vec::new();
    for name in written.iter().filter(|name| !names.contains(name)) {
        let Some(found) = Derivative::named(name) else {
            continue;
        };
        let same = names.iter().find(|own| match Derivative::named(own) {
            Some(own) => own.is(&found, &names, &written),
            None => false,
        });
        renamed.extend(same.map(|same| (name, same)));
    }
    if renamed.is_empty() {
        return None;
    }
    let rename = |value: &Value| match value {
        Value::Scalar(scalar) => {
            let term = renamed
                .iter()
                .fold(scalar.term.clone(), |term, (from, to)| {
                    term.substitute(from, &Term::symbol(String::from(to.as_str())))
                });
            Value::Scalar(Scalar {
                term,
                ..scalar.clone()
            })
        }
        value => value.clone(),
    };
    Some(others.iter().map(rename).collect())
}

fn names(values: &[Value]) -> Vec<String> {
    let terms = values.iter().filter_map(Value::term);
    terms.flat_map(Term::names).collect()
}

/// What a name says of a derivative.
struct Derivative<'n> {
    function: &'n str,
    order: usize,
    /// None for a prime, which leaves it open.
    variable: Option<&'n str>,
}

impl<'n> Derivative<'n> {
    fn named(name: &'n str) -> Option<Self> {
        if let Some((above, below)) = name
            .strip_prefix("d:")
            .and_then(|name| name.split_once('/'))
        {
            let raised = |order: usize| match order {
                1 => Some((above.strip_prefix('d')?, below.strip_prefix('d')?)),
                2 => Some((
                    above.strip_prefix("d^2")?,
                    below.strip_prefix('d')?.strip_suffix("^2")?,
                )),
                _ => None,
            };
            return [2, 1].into_iter().find_map(|order| {
                let (function, variable) = raised(order)?;
                Some(Self {
                    function,
                    order,
                    variable: Some(variable),
                })
            });
        }
        // Dots are for time.
        for (dots, order) in [("dot ", 1), ("ddot ", 2)] {
            if let Some(function) = name.strip_prefix(dots) {
                return Some(Self {
                    function,
                    order,
                    variable: Some("t"),
                });
            }
        }
        let function = name.trim_end_matches('\'');
        let order = name.len() - function.len();
        (order > 0 && !function.is_empty()).then_some(Self {
            function,
            order,
            variable: None,
        })
    }

    /// Whether both are the same; a prime stands for the derivative by x or t, whichever of them is no
    /// other letter beside it.
    fn is(&self, other: &Self, beside: &[String], beside_other: &[String]) -> bool {
        let fits = |variable: &str, beside: &[String]| {
            let other = match variable {
                "x" => "t",
                "t" => "x",
                _ => return false,
            };
            variable != self.function
                && (other == self.function || !beside.iter().any(|name| name == other))
        };
        let variable = match (self.variable, other.variable) {
            (Some(own), None) => fits(own, beside_other),
            (None, Some(other)) => fits(other, beside),
            (own, other) => own == other,
        };
        variable && self.function == other.function && self.order == other.order
    }
}
