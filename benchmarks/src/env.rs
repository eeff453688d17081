//! The environment: transitions per second on one core, extraction and grading included.

use std::hint::black_box;

use resit::env::{Attempt, EnvError, Environment, State, Task, transition};
use resit_tests::data::{self, Case, Input};

use crate::{Figures, measure};

/// `transitions_per_s_integers`: one-line answers to sums of two digits, every other one wrong.
/// `transitions_per_s_math`: whole outputs of a model on MATH.
pub(crate) fn figures() -> Result<Figures, EnvError> {
    let mut figures = Figures::new();
    let sums = (10..20).flat_map(|a| (10..20).map(move |b| (a, b)));
    let integers: Vec<(Task, Attempt)> = sums
        .map(|(a, b)| {
            let answer = a + b + b % 2;
            (
                Task::new(format!("{a} + {b} ="), (a + b).to_string()),
                Attempt::text(format!(r"The sum is \boxed{{{answer}}}.")),
            )
        })
        .collect();
    figures.insert("transitions_per_s_integers".into(), rate(&integers)?.into());
    if let Some(cases) = data::math_outputs() {
        let math: Vec<(Task, Attempt)> = cases.into_iter().filter_map(step).collect();
        figures.insert("transitions_per_s_math".into(), rate(&math)?.into());
    }
    Ok(figures)
}

/// A transition does not read the question.
fn step(case: Case) -> Option<(Task, Attempt)> {
    match case.input {
        Input::Response(output) => Some((Task::new("", case.reference), Attempt::text(output))),
        Input::Answer(_) => None,
    }
}

fn rate(steps: &[(Task, Attempt)]) -> Result<f64, EnvError> {
    let environment = Environment::default();
    let state = State::new(2);
    for (task, attempt) in steps {
        transition(&environment, task, &state, attempt)?;
    }
    Ok(measure::per_second(steps.len(), || {
        for (task, attempt) in steps {
            let _ = black_box(transition(&environment, task, &state, black_box(attempt)));
        }
    }))
}
