//! The policies that follow other graders, against what those say of the same answers.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use resit::{Grader, Policy};
use resit_tests::data;
use resit_tests::report::Report;
use serde_json::Value;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A policy says what its grader does, except where the row names a reason, which the page explains.
#[track_caller]
fn follows(name: &str, least: usize) {
    let grader = Grader::new(Policy::named(name).unwrap());
    let page = text("../docs/compat.md");
    let (mut agreed, mut count) = (0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in text("compat/verdicts.jsonl").lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let side = |key: &str| row[key].as_str().unwrap();
        let (reference, answer) = (side("reference"), side("answer"));
        let verdict = grader.grade(reference, answer);
        let back = grader.grade(answer, reference);
        assert_eq!(verdict.decision, back.decision, "{reference} | {answer}");
        let same = verdict.correct() == row[name].as_bool().unwrap();
        let reason = row["differs"][name].as_str();
        count += 1;
        agreed += usize::from(same);
        if same != reason.is_none() {
            wrong.push(format!("{reference} | {answer}: {verdict:?}, {row}"));
        }
        if let Some(reason) = reason {
            *reasons.entry(reason.into()).or_default() += 1;
        }
    }
    println!("{name}: {agreed} of {count} as its grader says; {reasons:?}");
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    let explained: BTreeSet<&str> = page.split('`').collect();
    for reason in reasons.keys() {
        assert!(
            explained.contains(reason.as_str()),
            "{reason} is not on the page"
        );
    }
    assert!(agreed >= least, "{agreed} of {count}");
}

#[test]
fn multi_attempt_follows_the_published_code() {
    follows("multi-attempt", 165);
}

#[test]
fn math_verify_follows_math_verify() {
    follows("math-verify", 183);
}

/// Math-Verify's own tests hold what it says of their cases.
#[test]
fn math_verify_follows_the_tests_of_math_verify() {
    let file = "grading/peers.jsonl";
    let (Some(rows), Some(cases)) = (data::rows(file), data::labelled(file)) else {
        return;
    };
    let own = rows.iter().zip(cases).filter(|((_, row), _)| {
        let source = row["source"].as_str();
        source.is_some_and(|source| source.starts_with("Math-Verify:"))
    });
    let cases = own.map(|(_, case)| case).collect();
    let report = Report::new(
        "Math-Verify's tests",
        &Grader::new(Policy::math_verify()),
        cases,
    );
    println!("{report}");
    assert!(report.agreements() >= 126, "{report}");
}

/// The verdicts recorded with these outputs are those of the same `math_equal`, after a normalisation
/// that the published reward leaves out.
#[test]
fn multi_attempt_follows_recorded_verdicts() {
    let Some(cases) = data::math_outputs() else {
        return;
    };
    let report = Report::new("outputs", &Grader::new(Policy::multi_attempt()), cases);
    println!("{report}");
    assert!(report.agreements() >= 794, "{report}");
}
