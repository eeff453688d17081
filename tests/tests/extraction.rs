//! Extraction on the outputs of real models and on real solutions.
#![allow(clippy::unwrap_used)]

use resit::extract::{Extraction, given};
use resit_tests::data::{self, Input};

/// A number as people write amounts: `$1,234.50`.
fn number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| !matches!(c, '$' | ',')).collect();
    digits.parse().ok()
}

/// Without spaces and marks of size.
fn squeezed(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    let marks = [
        ("dfrac", "frac"),
        (r"\!", ""),
        (r"\left", ""),
        (r"\right", ""),
        (r"\text{p.m.}", ""),
    ];
    let marks = marks.iter();
    marks.fold(text, |text, (mark, plain)| text.replace(mark, plain))
}

#[test]
fn gsm8k_outputs_are_judged_as_recorded() {
    let Some(cases) = data::gsm8k_outputs() else {
        return;
    };
    assert_eq!(cases.len(), 5276);
    for case in cases {
        let Input::Response(output) = case.input else {
            unreachable!("outputs are responses");
        };
        let extracted = Extraction::Default.extract(&output);
        let answer = extracted.answers.first().and_then(|answer| number(answer));
        let equal = answer.is_some() && answer == number(&case.reference);
        assert_eq!(equal, case.correct, "{output}");
    }
}

#[test]
fn gsm8k_references_are_found_in_their_solutions() {
    for name in ["gsm8k_train.jsonl", "gsm8k_test.jsonl"] {
        let Some(rows) = data::rows(name) else {
            return;
        };
        for (_, row) in rows {
            let solution = row["answer"].as_str().unwrap();
            let (_, reference) = solution.rsplit_once("#### ").unwrap();
            assert_eq!(given(solution).answers, [reference]);
        }
    }
}

#[test]
fn math_outputs_yield_what_another_extractor_found() {
    let Some(rows) = data::rows("math_model_outputs.jsonl") else {
        return;
    };
    let mut lists = 0;
    for (_, row) in &rows {
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

#[test]
fn math_references_are_found_in_their_solutions() {
    let Some(rows) = data::rows("math500.jsonl") else {
        return;
    };
    for (line, row) in rows {
        let extracted = given(row["solution"].as_str().unwrap());
        let last = extracted.answers.last().copied().unwrap_or_default();
        assert_eq!(
            squeezed(last),
            squeezed(row["answer"].as_str().unwrap()),
            "{line}"
        );
    }
}
