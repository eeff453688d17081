//! Extraction on recorded outputs of real models. The data is read from the folder that `RESIT_DATA`
//! names, or from `../shared/data` beside the repository; without it these tests say so and pass.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use resit::extract::{Extraction, given};
use serde_json::Value;

fn rows(name: &str) -> Option<Vec<Value>> {
    let folder = std::env::var_os("RESIT_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// A number as people write amounts: `$1,234.50`.
fn number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| !matches!(c, '$' | ',')).collect();
    digits.parse().ok()
}

#[test]
fn gsm8k_solutions_are_judged_as_recorded() {
    let Some(rows) = rows("gsm8k_model_solutions.jsonl") else {
        return;
    };
    let models = [
        "6b_finetuning",
        "6b_verification",
        "175b_finetuning",
        "175b_verification",
    ];
    let (mut count, mut missed) = (0, 0);
    for row in &rows {
        let truth = row["ground_truth"].as_str().unwrap();
        let reference = number(given(truth).answers[0]).unwrap();
        for model in models {
            let solution = row[model]["solution"].as_str().unwrap();
            let extracted = Extraction::Default.extract(solution);
            let equal = extracted.answers.first().and_then(|a| number(a)) == Some(reference);
            let recorded = row[model]["is_correct"].as_bool().unwrap();
            assert!(recorded || !equal, "a wrong output is accepted: {solution}");
            count += 1;
            missed += usize::from(recorded && !equal);
        }
    }
    assert_eq!(count, 5276);
    assert!(
        missed * 1000 <= count,
        "{missed} of {count} correct outputs are missed"
    );
}

/// Without spaces and marks of size, as the recorded extractor wrote its finds.
fn squeezed(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    let marks = [
        ("dfrac", "frac"),
        (r"\!", ""),
        (r"\left", ""),
        (r"\right", ""),
        (r"\text{p.m.}", ""),
    ];
    marks
        .iter()
        .fold(text, |text, (mark, plain)| text.replace(mark, plain))
}

#[test]
fn math_outputs_yield_what_another_extractor_found() {
    let Some(rows) = rows("math_model_outputs.jsonl") else {
        return;
    };
    let mut lists = 0;
    for row in &rows {
        let outputs = row["code"].as_array().unwrap().iter();
        for (output, found) in outputs.zip(row["pred"].as_array().unwrap()) {
            let output = output.as_str().unwrap();
            let extracted = Extraction::Default.extract(output);
            assert!(extracted.formatted, "{output}");
            let last = extracted.answers.last().unwrap();
            assert_eq!(squeezed(last), squeezed(found.as_str().unwrap()));
            lists += usize::from(extracted.answers.len() > 1);
        }
    }
    // One output offers two boxes, joined by "or".
    assert_eq!(lists, 1);
}
