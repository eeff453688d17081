//! The labelled cases of `tests/cases`, one file for each kind of answer.

use resit::grade::{Decision, Grader, Policy, Verdict};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A labelled case.
pub struct Case {
    /// The file that holds it.
    pub kind: String,
    /// Its line, from 1.
    pub line: usize,
    /// The right answer.
    pub reference: String,
    /// What is graded.
    pub given: Given,
    /// The policy by name.
    pub policy: String,
    /// What the verdict must be.
    pub expected: Decision,
}

/// What is graded against the reference.
pub enum Given {
    /// An answer that is already extracted.
    Answer(String),
    /// A model's whole output.
    Response(String),
}

/// The folder of the cases.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// All cases, by kind and line.
///
/// # Panics
/// Where a file of the folder is not what its README says.
pub fn all() -> Vec<Case> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .expect("tests/cases is part of the repository")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    files.sort();
    files.iter().flat_map(|file| read(file)).collect()
}

fn read(file: &Path) -> Vec<Case> {
    let kind = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let text = fs::read_to_string(file).expect("UTF-8");
    let parse = |(index, line): (usize, &str)| {
        let row: Value = serde_json::from_str(line).expect("a JSON object a line");
        let field = |name: &str| row[name].as_str().map(str::to_owned);
        let given = match (field("answer"), field("response")) {
            (Some(answer), None) => Given::Answer(answer),
            (None, Some(response)) => Given::Response(response),
            _ => panic!("{kind}:{}: answer or response", index + 1),
        };
        Case {
            kind: kind.clone(),
            line: index + 1,
            reference: field("reference").expect("a reference"),
            given,
            policy: field("policy").unwrap_or_else(|| "default".into()),
            expected: match row["verdict"].as_str() {
                Some("equal") => Decision::Equal,
                Some("different") => Decision::Different,
                _ => Decision::Undecided,
            },
        }
    };
    text.lines().enumerate().map(parse).collect()
}

impl Case {
    /// Grades the case. `None` where its policy does not exist.
    pub fn grade(&self) -> Option<Verdict> {
        let grader = Grader::new(Policy::named(&self.policy)?);
        Some(match &self.given {
            Given::Answer(answer) => grader.grade(&self.reference, answer),
            Given::Response(response) => grader.grade_response(&self.reference, response),
        })
    }

    /// Grades an extracted answer with the sides exchanged. `None` where only one of them has to be
    /// in a form.
    pub fn grade_swapped(&self) -> Option<Verdict> {
        match &self.given {
            Given::Answer(answer) if !self.policy.contains('+') => {
                let grader = Grader::new(Policy::named(&self.policy)?);
                Some(grader.grade(answer, &self.reference))
            }
            Given::Answer(_) | Given::Response(_) => None,
        }
    }

    /// Whether `verdict` rewards what should be, and nothing else: undecided counts as not correct.
    pub fn is_right(&self, verdict: &Verdict) -> bool {
        verdict.correct() == (self.expected == Decision::Equal)
    }

    /// `kind:line`, by which a case is known.
    pub fn name(&self) -> String {
        format!("{}:{}", self.kind, self.line)
    }

    /// What was compared, for a message.
    pub fn describe(&self) -> String {
        let given = match &self.given {
            Given::Answer(text) | Given::Response(text) => text,
        };
        format!("{} {:?} <- {given:?}", self.name(), self.reference)
    }
}
