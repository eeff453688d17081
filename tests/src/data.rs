//! Real questions, references and model outputs.
//!
//! They are no part of the repository. They are read from the folder that the environment variable
//! `RESIT_DATA` names, else from `../shared/data` beside the repository. A file that is not there is
//! skipped with a line that says so.

use std::fs;
use std::path::{Path, PathBuf};

use resit::extract::Extraction;
use serde_json::Value;

/// The files of reference answers that [`references`] reads.
pub const REFERENCES: [&str; 5] = [
    "aime24.jsonl",
    "amc23.jsonl",
    "math500.jsonl",
    "minerva_math.jsonl",
    "olympiadbench.jsonl",
];

/// The files of labelled cases that [`labelled`] reads.
pub const LABELLED: [&str; 3] = [
    "grading/peers.jsonl",
    "grading/rewrites.jsonl",
    "grading/features.jsonl",
];

/// Something to grade, and the verdict that is expected.
#[derive(Clone, Debug)]
pub struct Case {
    /// The line of its file, counted from 1.
    pub line: usize,
    /// The reference, as the file has it.
    pub reference: String,
    /// What is graded against it.
    pub input: Input,
    /// Whether it is correct.
    pub correct: bool,
}

/// What is graded.
#[derive(Clone, Debug)]
pub enum Input {
    /// An answer that is already extracted.
    Answer(String),
    /// A model's whole output.
    Response(String),
}

/// The files whose references are read, with the share of those holding mathematics that must be
/// read as mathematics, in per mille.
pub const READ: [(&str, usize); 9] = [
    ("math_train.jsonl", 999),
    ("math_test.jsonl", 999),
    ("math500.jsonl", 999),
    ("aime24.jsonl", 999),
    ("amc23.jsonl", 999),
    ("gsm8k_train.jsonl", 999),
    ("gsm8k_test.jsonl", 999),
    ("olympiadbench.jsonl", 999),
    ("minerva_math.jsonl", 990),
];

/// The reference answers of a data set, with their line numbers.
///
/// The reference of Minerva is the last box of its solution, and that of OlympiadBench the members
/// of its list joined as one answer.
pub fn references(name: &str) -> Option<Vec<(usize, String)>> {
    let read = |row: &Value| match name {
        "minerva_math.jsonl" => {
            let solution = row["solution"].as_str()?;
            let boxed = Extraction::Boxed.extract(solution);
            boxed.answers.first().map(|answer| String::from(*answer))
        }
        "olympiadbench.jsonl" => {
            let members = row["final_answer"].as_array()?.iter();
            let members: Option<Vec<&str>> = members.map(Value::as_str).collect();
            Some(members?.join(", "))
        }
        "gsm8k_train.jsonl" | "gsm8k_test.jsonl" => {
            let (_, answer) = row["answer"].as_str()?.rsplit_once("####")?;
            Some(answer.trim().into())
        }
        _ => match &row["answer"] {
            Value::String(answer) => Some(answer.clone()),
            Value::Number(answer) => Some(answer.to_string()),
            _ => None,
        },
    };
    let rows = rows(name)?.into_iter();
    rows.map(|(line, row)| Some((line, read(&row)?))).collect()
}

/// Each reference as an answer to itself: as it is, and in a box of a response.
pub fn against_themselves(references: &[(usize, String)]) -> (Vec<Case>, Vec<Case>) {
    let case = |(line, reference): &(usize, String), input| Case {
        line: *line,
        reference: reference.clone(),
        input,
        correct: true,
    };
    let bare = |r: &(usize, String)| case(r, Input::Answer(r.1.clone()));
    let boxed = |r: &(usize, String)| case(r, Input::Response(format!("\\boxed{{{}}}", r.1)));
    (
        references.iter().map(bare).collect(),
        references.iter().map(boxed).collect(),
    )
}

/// The cases of one of [`LABELLED`].
pub fn labelled(name: &str) -> Option<Vec<Case>> {
    let read = |(line, row): (usize, Value)| {
        let text = |field: &str| row[field].as_str().map(String::from);
        let answer = text("answer").map(Input::Answer);
        Some(Case {
            line,
            reference: text("reference")?,
            input: answer.or_else(|| text("response").map(Input::Response))?,
            correct: row["expected"].as_bool()?,
        })
    };
    rows(name)?.into_iter().map(read).collect()
}

/// The outputs of four models on GSM8K, with the verdicts that were recorded. The reference is what
/// follows the last `A:` of the ground truth.
pub fn gsm8k_outputs() -> Option<Vec<Case>> {
    let models = [
        "6b_finetuning",
        "6b_verification",
        "175b_finetuning",
        "175b_verification",
    ];
    let read = |line: usize, row: &Value, model: &str| {
        let truth = row["ground_truth"].as_str()?;
        let output = &row[model];
        Some(Case {
            line,
            reference: truth.rsplit("A:").next()?.trim().into(),
            input: Input::Response(output["solution"].as_str()?.into()),
            correct: output["is_correct"].as_bool()?,
        })
    };
    let rows = rows("gsm8k_model_solutions.jsonl")?;
    let cases = rows.iter().flat_map(|(line, row)| {
        let outputs = models.iter();
        outputs.map(|model| read(*line, row, model))
    });
    cases.collect()
}

/// The eight outputs of a model on each of 100 questions of MATH, with the verdicts that were
/// recorded.
pub fn math_outputs() -> Option<Vec<Case>> {
    let rows = rows("math_model_outputs.jsonl")?;
    let mut cases = Vec::new();
    for (line, row) in &rows {
        let verdicts = row["score"].as_array()?;
        for (output, verdict) in row["code"].as_array()?.iter().zip(verdicts) {
            cases.push(Case {
                line: *line,
                reference: row["gt"].as_str()?.into(),
                input: Input::Response(output.as_str()?.into()),
                correct: verdict.as_bool()?,
            });
        }
    }
    Some(cases)
}

/// The rows of a file with their line numbers.
///
/// # Panics
///
/// If a line is no JSON.
pub fn rows(name: &str) -> Option<Vec<(usize, Value)>> {
    let path = folder().join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    let row = |(index, line): (usize, &str)| match serde_json::from_str(line) {
        Ok(row) => (index + 1, row),
        Err(error) => panic!("{}:{}: {error}", path.display(), index + 1),
    };
    Some(text.lines().enumerate().map(row).collect())
}

fn folder() -> PathBuf {
    std::env::var_os("RESIT_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    )
}
