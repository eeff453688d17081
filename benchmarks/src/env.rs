//! The environment: transitions per second on one core, extraction and grading included.

use std::error::Error;
use std::hint::black_box;

use resit::env::{Attempt, Environment, State, Task, transition};
use serde_json::Value;

use crate::{Figures, data, measure};

/// `transitions_per_s_integers`: one-line answers to sums of two digits, every other one wrong.
/// `transitions_per_s_math`: whole outputs of a model on MATH.
pub(crate) fn figures() -> Result<Figures, Box<dyn Error>> {
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
    if let Some(rows) = data::rows("math_model_outputs")? {
        let math: Vec<_> = rows.iter().map(outputs).collect::<Result<_, _>>()?;
        figures.insert(
            "transitions_per_s_math".into(),
            rate(&math.concat())?.into(),
        );
    }
    Ok(figures)
}

/// The outputs of one question, each with its task.
fn outputs(row: &Value) -> Result<Vec<(Task, Attempt)>, String> {
    let task = Task::new(data::text(row, "question")?, data::text(row, "gt")?);
    let outputs = row["code"].as_array().ok_or("a row without outputs")?;
    let attempts = outputs.iter().filter_map(Value::as_str).map(Attempt::text);
    Ok(attempts.map(|attempt| (task.clone(), attempt)).collect())
}

fn rate(steps: &[(Task, Attempt)]) -> Result<f64, Box<dyn Error>> {
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
