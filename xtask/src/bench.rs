//! `cargo xtask bench`: runs the measurements that there are, and collects their figures.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Map, Value};

use crate::shell::{Shell, cargo, root};
use crate::{Outcome, python, web, wheel};

/// Where the figures of a part come from.
enum Source {
    /// `resit-benchmarks NAME`, beside the Python packages that `benchmarks/python` lists.
    Benchmarks,
    /// The same program with candle, beside PyTorch.
    Trainer,
    /// The npm package in Chromium.
    Web,
    /// `benchmarks/python/binding.py`, on the wheel as it is published.
    Binding,
    /// The part is planned, and not there yet.
    Nothing,
}

/// Every part that can be named with `--only`.
const PARTS: &[(&str, Source)] = &[
    ("grader", Source::Benchmarks),
    ("env", Source::Benchmarks),
    ("trainer", Source::Trainer),
    ("python", Source::Binding),
    ("web", Source::Web),
    ("server", Source::Nothing),
];

/// Measures one part, or all that there are, and prints the figures as one JSON object on the last
/// line. With all parts a figure's name is preceded by its part's, as in `env.bytes_per_episode`.
pub(crate) fn run(only: Option<&str>) -> Outcome {
    let figures = match only {
        Some(name) => one(name)?,
        None => all()?,
    };
    println!("{}", Value::Object(figures));
    Ok(())
}

fn one(name: &str) -> Outcome<Map<String, Value>> {
    match PARTS.iter().find(|(part, _)| *part == name) {
        Some((_, source)) => measure(name, source),
        None => {
            let names: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
            Err(format!(
                "there is no part {name}; the parts are {}",
                names.join(", ")
            )
            .into())
        }
    }
}

fn all() -> Outcome<Map<String, Value>> {
    let mut figures = Map::new();
    for (part, source) in PARTS {
        if let Source::Nothing = source {
            eprintln!("{part}: there is no such part yet");
            continue;
        }
        let measured = measure(part, source)?.into_iter();
        figures.extend(measured.map(|(name, value)| (format!("{part}.{name}"), value)));
    }
    Ok(figures)
}

fn measure(part: &str, source: &Source) -> Outcome<Map<String, Value>> {
    match source {
        Source::Benchmarks => {
            let requirements = "benchmarks/python/requirements.txt";
            benchmarks(part, "", "benchmarks", requirements)
        }
        Source::Trainer => {
            let requirements = "bindings/python/requirements-trainers.txt";
            benchmarks(part, "trainer", "trainers", requirements)
        }
        Source::Web => web::measure(),
        Source::Binding => binding(),
        Source::Nothing => Err(format!("there is no {part} part yet: nothing to measure").into()),
    }
}

/// Runs the benchmarks of a part that are written in Rust, with these features, beside Python packages
/// of the environment of that name if there can be one.
fn benchmarks(
    part: &str,
    features: &str,
    environment: &str,
    requirements: &str,
) -> Outcome<Map<String, Value>> {
    let python = python::interpreter(environment, &root().join(requirements));
    if let Err(error) = &python {
        eprintln!("no Python for the {part} benchmarks: {error}");
    }
    let mut command = cargo();
    command
        .args("run --quiet --release --package resit-benchmarks --features".split(' '))
        .args([features, "--", part])
        .args(python.ok());
    last_line(part, &mut command)
}

/// Grades through the Python package, if the data are there.
fn binding() -> Outcome<Map<String, Value>> {
    let data =
        std::env::var_os("RESIT_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if !data.join("math_model_outputs.jsonl").exists() {
        eprintln!("no pairs to grade: {} is not there", data.display());
        return Ok(Map::new());
    }
    let requirements = root().join("benchmarks/python/requirements.txt");
    let python = python::interpreter("benchmarks", &requirements)?;
    let package = wheel::unpacked(&mut Shell::new("bench: wheel", false)?, "release")?;
    let mut command = Command::new(python);
    command
        .arg("benchmarks/python/binding.py")
        .arg(data)
        .env("PYTHONPATH", package);
    last_line("python", &mut command)
}

/// Passes on what the benchmarks print, except the last line, which holds the figures.
fn last_line(part: &str, command: &mut Command) -> Outcome<Map<String, Value>> {
    let mut child = command.current_dir(root()).stdout(Stdio::piped()).spawn()?;
    let mut last: Option<String> = None;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            if let Some(earlier) = last.replace(line?) {
                println!("{earlier}");
            }
        }
    }
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("the {part} benchmarks failed: {status}").into());
    }
    let line = last.ok_or_else(|| format!("the {part} benchmarks printed no figures"))?;
    serde_json::from_str(&line).map_err(|error| {
        format!("the last line of the {part} benchmarks is no JSON object: {error}").into()
    })
}
