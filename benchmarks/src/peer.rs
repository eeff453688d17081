//! Other graders, in Python.

use std::error::Error;
use std::path::Path;

use resit_tests::data::{Case, Input};
use serde_json::{Value, json};

use crate::python::{Script, numbers};
use crate::side_by_side::Round;

/// What `graders.py` calls a grader, and what it is.
pub(crate) const GRADERS: [(&str, &str); 2] = [
    ("math_verify", "Math-Verify 0.9.0"),
    ("prm800k", "PRM800K's strings"),
];

/// A running `graders.py`.
pub(crate) struct Peers(Script);

impl Peers {
    /// On an interpreter that has the packages of `requirements.txt`.
    pub(crate) fn start(python: &Path) -> Result<Self, Box<dyn Error>> {
        Script::start(python, "graders.py").map(Self)
    }

    /// Grades all `cases` once.
    pub(crate) fn round(&mut self, grader: &str, cases: &[Case]) -> Result<Round, Box<dyn Error>> {
        let given: Vec<Value> = cases
            .iter()
            .map(|case| match &case.input {
                Input::Answer(text) => json!([case.reference, text, false]),
                Input::Response(text) => json!([case.reference, text, true]),
            })
            .collect();
        let reply = self.0.ask(&json!({"grader": grader, "cases": given}))?;
        let correct = reply["correct"].as_array().map_or(&[][..], Vec::as_slice);
        let round = Round {
            seconds: numbers(&reply, "seconds"),
            correct: correct.iter().filter_map(Value::as_bool).collect(),
        };
        if round.seconds.len() != cases.len() || round.correct.len() != cases.len() {
            return Err(format!("graders.py left out cases of {grader}").into());
        }
        Ok(round)
    }
}
