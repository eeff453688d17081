//! Verdicts, and what was read.

use resit::grade::{Decision, Form, Method, Reading, Reason, Side};
use resit::{Grader, Policy, Verdict};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{read, write};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    policy: Policy,
    extract: Option<resit::extract::Extraction>,
    explain: bool,
}

/// A verdict with the fields of a line of `resit grade`.
#[derive(Serialize)]
struct Graded<'a> {
    correct: bool,
    verdict: Decision,
    formatted: bool,
    extracted: Option<&'a str>,
    method: Method,
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Sides<'a>>,
}

#[derive(Serialize)]
struct Sides<'a> {
    answer: &'a Side,
    reference: &'a Side,
}

/// What a text was read as.
#[derive(Serialize)]
struct ReadAs {
    form: Form,
    readings: Vec<Reading>,
}

impl Options {
    fn read(json: &str) -> Result<(Grader, bool), JsError> {
        let options: Self = read("options", json)?;
        let mut policy = options.policy;
        policy.extraction = options.extract.unwrap_or(policy.extraction);
        Ok((Grader::new(policy), options.explain))
    }
}

impl<'a> Graded<'a> {
    fn new(verdict: &'a Verdict, explanation: Option<Sides<'a>>) -> Self {
        Self {
            correct: verdict.correct(),
            verdict: verdict.decision,
            formatted: verdict.formatted,
            extracted: verdict.extracted.as_deref(),
            method: verdict.method,
            reason: verdict.reason,
            explanation,
        }
    }
}

/// Grades an answer, or with `whole` a model's whole output.
#[wasm_bindgen]
pub fn grade(reference: &str, answer: &str, whole: bool, options: &str) -> Result<String, JsError> {
    let (grader, explain) = Options::read(options)?;
    if explain {
        let explanation = if whole {
            grader.explain_response(reference, answer)
        } else {
            grader.explain(reference, answer)
        };
        let sides = Sides {
            answer: &explanation.answer,
            reference: &explanation.reference,
        };
        return write(&Graded::new(&explanation.verdict, Some(sides)));
    }
    let verdict = if whole {
        grader.grade_response(reference, answer)
    } else {
        grader.grade(reference, answer)
    };
    write(&Graded::new(&verdict, None))
}

/// What was understood of an answer.
#[wasm_bindgen(js_name = readAs)]
pub fn read_as(text: &str, options: &str) -> Result<String, JsError> {
    let (grader, _) = Options::read(options)?;
    write(&ReadAs {
        form: grader.prepare(text).form(),
        readings: grader.explain("", text).answer.readings,
    })
}
