//! The environment: transitions per second on one core, and bytes per live episode.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use resit::env::{
    Attempt, Attempts, BatchEnv, EnvError, Environment, Finish, Judgement, Prepared, Task, Verifier,
};
use resit::extract::Extraction;
use resit_tests::data::{self, Case, Input};
use serde_json::Value;

use crate::{Figures, measure};

/// Episodes that are live at once where their memory is measured.
const LIVE: usize = 1_000_000;

/// `transitions_per_s_trivial`: sums of two digits, a wrong attempt and a right one, with a verifier
/// that compares the text of the last box. `transitions_per_s_math`: whole outputs of a model on
/// MATH, with the grader. Both play episodes from the prompt on, transcripts included; references are
/// prepared once for each task. `bytes_per_episode`: a million episodes on questions of MATH, each
/// between its first and its second attempt, with ids and log-probabilities.
///
/// With a Python interpreter, `ratio_python` is `transitions_per_s_trivial` over the rate of the same
/// episodes in plain Python, and `ratio_skyrl_gym` over that of skyrl-gym's GSM8K environment, which
/// writes no transcript.
pub(crate) fn figures(python: Option<&Path>) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures::new();
    let trivial = trivial()?;
    figures.insert("transitions_per_s_trivial".into(), trivial.into());
    if let Some(cases) = data::math_outputs() {
        figures.insert("transitions_per_s_math".into(), math(cases)?.into());
    }
    if let Some(python) = python {
        for (name, rate) in peers(python)? {
            println!("{name}: {rate:.0} transitions/s");
            let rate = rate.as_f64().filter(|rate| *rate > 0.0).ok_or("no rate")?;
            figures.insert(format!("ratio_{name}"), (trivial / rate).round().into());
        }
    }
    if let Some(bytes) = live()? {
        figures.insert("bytes_per_episode".into(), bytes.into());
    }
    Ok(figures)
}

/// Right where the text of the last box is the reference.
struct SameText;

impl Verifier for SameText {
    type Reference = String;

    fn prepare(&self, task: &Task) -> Result<String, EnvError> {
        Ok(task.reference.clone())
    }

    fn verify(&self, reference: &String, attempt: &str) -> Result<Judgement, EnvError> {
        let extracted = Extraction::Boxed.extract(attempt);
        Ok(match extracted.answers.as_slice() {
            [answer] => Judgement::new(answer == reference, *answer),
            _ => Judgement::no_answer(),
        })
    }
}

fn trivial() -> Result<f64, EnvError> {
    let environment = Environment {
        attempts: Attempts::Fixed(2),
        ..Environment::default()
    }
    .with_verifier(SameText);
    let sums = (10..20).flat_map(|a| (10..20).map(move |b| (a, b)));
    let tasks: Vec<(Prepared<String>, [String; 2])> = sums
        .map(|(a, b)| {
            let task = Task::new(format!("{a} + {b} ="), (a + b).to_string());
            let attempts = [a + b + 1, a + b].map(|n| format!(r"The sum is \boxed{{{n}}}."));
            Ok((environment.prepare(task)?, attempts))
        })
        .collect::<Result<_, _>>()?;
    rate(&environment, &tasks)
}

fn math(cases: Vec<Case>) -> Result<f64, EnvError> {
    let environment = Environment {
        attempts: Attempts::Fixed(2),
        ..Environment::default()
    };
    let mut tasks: Vec<(Prepared, [String; 1])> = Vec::new();
    for case in cases {
        if let Input::Response(output) = case.input {
            tasks.push((
                environment.prepare(Task::new("", case.reference))?,
                [output],
            ));
        }
    }
    rate(&environment, &tasks)
}

/// Transitions per second over episodes that start with these attempts.
fn rate<V: Verifier, const N: usize>(
    environment: &Environment<V>,
    tasks: &[(Prepared<V::Reference>, [String; N])],
) -> Result<f64, EnvError> {
    let play = || {
        for (task, attempts) in tasks {
            let mut episode = environment.start(task, 0)?;
            for text in attempts {
                let attempt = Attempt::text(black_box(text.as_str()));
                black_box(environment.step(&mut episode, attempt)?);
            }
            black_box(episode);
        }
        Ok::<(), EnvError>(())
    };
    play()?;
    Ok(measure::per_second(tasks.len() * N, || {
        let _ = play();
    }))
}

/// The same episodes as in [`trivial`] in Python, in transitions per second, by name.
fn peers(python: &Path) -> Result<Figures, Box<dyn Error>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/environments.py");
    let output = Command::new(python).arg(script).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Bytes of resident memory that each of [`LIVE`] episodes takes; `None` where it cannot be told.
fn live() -> Result<Option<f64>, EnvError> {
    let Some(rows) = data::rows("math_train.jsonl") else {
        return Ok(None);
    };
    let environment = Environment {
        attempts: Attempts::Fixed(5),
        ..Environment::default()
    };
    let text = |row: &Value, field: &str| row[field].as_str().map(String::from);
    let tasks: Vec<Prepared> = rows
        .iter()
        .filter_map(|(_, row)| Some(Task::new(text(row, "problem")?, text(row, "answer")?)))
        .filter_map(|task| environment.prepare(task).ok())
        .collect();
    let tasks: Vec<Prepared> = tasks.iter().cycle().take(LIVE).cloned().collect();
    let Some(before) = resident() else {
        return Ok(None);
    };
    let mut batch = BatchEnv::new(environment, &tasks, 0)?;
    // As many ids as a tokenizer gives: one for four bytes.
    let encode = |text: &str| (0..text.len() as u32 / 4).collect::<Vec<u32>>();
    let mut stepped = 0;
    for episode in batch.episodes_mut() {
        episode.encode(encode);
    }
    for chunk in (0..LIVE).collect::<Vec<_>>().chunks(LIVE / 10) {
        let mut attempts = vec![None; chunk.first().copied().unwrap_or(0)];
        attempts.resize_with(attempts.len() + chunk.len(), || {
            let text = r"So the answer must be \boxed{-123454321}.";
            Some(Attempt {
                text: text.into(),
                tokens: encode(text),
                logprobs: vec![-1.0; text.len() / 4],
                finish: Finish::EndOfTurn,
            })
        });
        stepped += batch
            .step(attempts)
            .iter()
            .flatten()
            .filter(|o| o.is_ok())
            .count();
    }
    for episode in batch.episodes_mut() {
        episode.encode(encode);
    }
    let after = resident().unwrap_or(before);
    println!("{stepped} of {LIVE} live episodes took an attempt");
    Ok(Some(((after - before) / LIVE as f64).round()))
}

/// The resident memory of this process in bytes, where the system tells.
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}
