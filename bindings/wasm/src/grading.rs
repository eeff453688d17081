//! Verdicts, and what was read.

use resit::Verdict;
use resit::grade::{Reading, Side};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::given::Value;
use crate::json::{Json, coded, flag, option, text, texts};
use crate::refused;
use crate::settings::Options;

fn options(texts: &str, numbers: &[f64]) -> Result<Options, JsError> {
    Options::read(&Value::new(texts, numbers)).map_err(refused("options"))
}

/// Grades an answer, or with `whole` a model's whole output. The verdict has the fields of a line of
/// `resit grade`.
#[wasm_bindgen]
pub fn grade(
    reference: &str,
    answer: &str,
    whole: bool,
    texts: &str,
    numbers: &[f64],
) -> Result<String, JsError> {
    let options = options(texts, numbers)?;
    let explain = options.explain;
    let grader = options.grader();
    if explain {
        let explanation = if whole {
            grader.explain_response(reference, answer)
        } else {
            grader.explain(reference, answer)
        };
        let sides = Json::object(|json| {
            json.field("answer", &side(&explanation.answer));
            json.field("reference", &side(&explanation.reference));
        });
        return Ok(graded(&explanation.verdict, Some(&sides)));
    }
    let verdict = if whole {
        grader.grade_response(reference, answer)
    } else {
        grader.grade(reference, answer)
    };
    Ok(graded(&verdict, None))
}

/// What was understood of an answer.
#[wasm_bindgen(js_name = readAs)]
pub fn read_as(text: &str, texts: &str, numbers: &[f64]) -> Result<String, JsError> {
    let grader = options(texts, numbers)?.grader();
    Ok(Json::object(|json| {
        json.field("form", &coded(&grader.prepare(text).form()));
        json.field(
            "readings",
            &readings(&grader.explain("", text).answer.readings),
        );
    }))
}

fn graded(verdict: &Verdict, explanation: Option<&str>) -> String {
    Json::object(|json| {
        json.field("correct", flag(verdict.correct()));
        json.field("verdict", &coded(&verdict.decision));
        json.field("formatted", flag(verdict.formatted));
        json.field("extracted", &option(verdict.extracted.as_deref(), text));
        json.field("method", &text(verdict.method.code()));
        json.field("reason", &text(verdict.reason.code()));
        if let Some(explanation) = explanation {
            json.field("explanation", explanation);
        }
    })
}

fn side(side: &Side) -> String {
    Json::object(|json| {
        json.field("extracted", &texts(&side.extracted));
        json.field("source", &option(side.source, |source| coded(&source)));
        json.field("tokens", &texts(&side.tokens));
        json.field("readings", &readings(&side.readings));
    })
}

fn readings(readings: &[Reading]) -> String {
    Json::list(readings.iter().map(|reading| {
        Json::object(|json| {
            json.field("latex", &text(&reading.latex));
            json.field("plain", &text(&reading.plain));
            json.field("words", &text(&reading.words));
            json.field("canonical", &text(&reading.canonical));
        })
    }))
}
