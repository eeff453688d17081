//! The conformance suite, run by the command line.

use std::path::PathBuf;
use std::process::Command;

use resit_tests::conformance;
use serde_json::{Value, json};

fn lines(args: &[&str], file: &str) -> Vec<Value> {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/conformance"
    ));
    let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
    let output = command
        .args(args)
        .arg(folder.join(file))
        .output()
        .expect("the command line starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn answers_are_graded_as_expected() {
    let verdicts = lines(&["grade", "--input"], "grading.jsonl");
    let rows = conformance::rows("grading.jsonl");
    assert_eq!(verdicts.len(), rows.len());
    for (verdict, row) in verdicts.iter().zip(&rows) {
        let found = json!({"verdict": verdict["verdict"], "reason": verdict["reason"]});
        assert_eq!(found, row["expected"], "{row}");
    }
}

#[test]
fn episodes_are_played_as_expected() {
    let played = lines(&["play", "--script"], "episodes.jsonl");
    let rows = conformance::rows("episodes.jsonl");
    assert_eq!(played.len(), rows.len());
    for (played, row) in played.iter().zip(&rows) {
        conformance::assert_expected(played, row);
    }
}
