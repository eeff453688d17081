//! The conformance suite, which every binding runs, run in Rust.

use resit::{Grader, Policy};
use resit_io::Script;
use resit_tests::{cases, conformance};
use serde_json::{Value, json, to_value};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn answers_are_graded_as_expected() {
    let rows = conformance::rows("grading.jsonl");
    assert!(rows.len() >= 600, "{} cases", rows.len());
    for row in &rows {
        let policy = row["policy"].as_str().unwrap_or("default");
        let grader = Grader::new(Policy::named(policy).expect(policy));
        let reference = row["reference"].as_str().unwrap();
        let verdict = match (row["answer"].as_str(), row["response"].as_str()) {
            (Some(answer), None) => grader.grade(reference, answer),
            (None, Some(response)) => grader.grade_response(reference, response),
            _ => panic!("answer or response: {row}"),
        };
        let verdict = to_value(verdict).unwrap();
        let found = json!({"verdict": verdict["verdict"], "reason": verdict["reason"]});
        assert_eq!(found, row["expected"], "{row}");
    }
}

#[test]
fn episodes_are_played_as_expected() {
    let rows = conformance::rows("episodes.jsonl");
    assert!(rows.len() >= 60, "{} episodes", rows.len());
    for row in &rows {
        let script: Script = serde_json::from_value(row.clone()).unwrap();
        let played = match script.play() {
            Ok(played) => to_value(played).unwrap(),
            Err(error) => json!({"error": error.to_string()}),
        };
        conformance::assert_expected(&played, row);
    }
}

/// The labels of `tests/cases` are the source of the verdicts.
#[test]
fn every_kind_of_answer_is_there_and_no_label_is_contradicted() {
    let mut labels = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for case in cases::all() {
        let (cases::Given::Answer(given) | cases::Given::Response(given)) = &case.given;
        let key = (case.reference.clone(), given.clone(), case.policy.clone());
        labels.insert(key, case.expected);
        kinds.insert(case.kind);
    }
    for row in conformance::rows("grading.jsonl") {
        let text = |field: &str| row[field].as_str().map(str::to_owned);
        let given = text("answer").or(text("response")).unwrap();
        let policy = text("policy").unwrap_or_else(|| "default".into());
        let label = labels.get(&(text("reference").unwrap(), given, policy));
        let label = label.map(|label| label.to_string()).map(Value::from);
        assert_eq!(label.as_ref(), Some(&row["expected"]["verdict"]), "{row}");
        kinds.remove(row["kind"].as_str().unwrap());
    }
    assert!(kinds.is_empty(), "no case of {kinds:?}");
}
