//! `resit report` as a program.
#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use resit::env::{Attempt, Attempts, Environment, Finish};
use resit::generate::Family;
use resit_io::{Recorded, write_transcript};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("report")
        .join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// What a policy says, given a number below 10 and what it has said.
type Guess = fn(&[(String, f64)], usize, &[String]) -> String;

/// By the prior, whatever was wrong before.
fn guess(answers: &[(String, f64)], mut draw: usize, _: &[String]) -> String {
    for (answer, chance) in answers {
        let tenths = (10.0 * chance).round() as usize;
        if draw < tenths {
            return answer.clone();
        }
        draw -= tenths;
    }
    answers[0].0.clone()
}

/// By the prior, but nothing twice.
fn rule_out(answers: &[(String, f64)], draw: usize, said: &[String]) -> String {
    let left: Vec<_> = answers
        .iter()
        .filter(|(a, _)| !said.contains(a))
        .cloned()
        .collect();
    match left.len() {
        0 => answers[0].0.clone(),
        _ => guess(&left, draw, said),
    }
}

/// Plays hidden operators, one episode for each of so many questions and numbers of attempts.
fn write(path: &Path, questions: u64, attempts: &[u32], policy: Guess) {
    let mut file = File::create(path).unwrap();
    for &n in attempts {
        let environment = Environment {
            attempts: Attempts::Fixed(n),
            ..Environment::default()
        };
        for seed in 0..questions {
            let generated = Family::HiddenOperator.draw(2, seed);
            let mut episode = environment.reset(&generated.task, seed).unwrap();
            let mut said = Vec::new();
            while episode.state().stop.is_none() {
                episode.encode(|text| text.bytes().map(u32::from).collect());
                let mut tenths: Vec<usize> = (0..10).collect();
                let draw = seed * 31 + u64::from(n) * 7 + said.len() as u64;
                resit::shuffle(&mut tenths, draw);
                let answer = policy(generated.answers.answers(), tenths[0], &said);
                let text = format!("\\boxed{{{answer}}}");
                let attempt = Attempt {
                    tokens: text.bytes().map(u32::from).collect(),
                    logprobs: Vec::new(),
                    finish: Finish::EndOfTurn,
                    text,
                };
                said.push(answer);
                environment.step(&mut episode, attempt).unwrap();
            }
            let values = Vec::new();
            write_transcript(&mut file, &Recorded { episode, values }).unwrap();
        }
    }
}

fn report(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
    command.arg("report").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The cells of the row that starts with `name`, intervals left out.
fn row(table: &str, name: &str) -> Vec<String> {
    let line = table.lines().find(|line| line.starts_with(name));
    let cells = line.unwrap_or_else(|| panic!("no row {name}:\n{table}"))[name.len()..].to_owned();
    let mut outside = String::new();
    let mut depth = 0;
    for character in cells.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ if depth == 0 => outside.push(character),
            _ => {}
        }
    }
    outside.split_whitespace().map(String::from).collect()
}

#[test]
fn figures_and_table_of_two_policies() {
    let folder = folder("two");
    let (ruling, guessing) = (
        folder.join("ruling out.jsonl"),
        folder.join("guessing.jsonl"),
    );
    write(&ruling, 300, &[1, 2, 3], rule_out);
    write(&guessing, 300, &[1, 2, 3], guess);
    let out = folder.join("figures");
    let output = report(&[
        ruling.to_str().unwrap(),
        guessing.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--resamples",
        "200",
    ]);
    let (table, log) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{log}");
    assert_eq!(row(&table, "questions"), ["300", "300"]);
    assert_eq!(row(&table, "episodes"), ["900", "900"]);
    // Who names nothing twice has found the operator after three attempts.
    assert_eq!(row(&table, "accuracy at exactly 3")[0], "100.0");
    assert_eq!(row(&table, "repeated answers")[0], "0.0");
    let guesses: f64 = row(&table, "accuracy at exactly 3")[1].parse().unwrap();
    assert!((50.0..90.0).contains(&guesses), "{guesses}");
    assert!(!table.contains("broken after attempt"), "{table}");
    for name in [
        "accuracy_by_attempts",
        "progress_by_attempt",
        "accuracy_by_tokens",
    ] {
        let svg = fs::read_to_string(out.join(name).with_extension("svg")).unwrap();
        assert!(
            svg.starts_with("<svg") && svg.contains("ruling out"),
            "{name}"
        );
        let png = fs::read(out.join(name).with_extension("png")).unwrap();
        assert!(png.starts_with(b"\x89PNG") && png.len() > 10_000, "{name}");
        assert!(log.contains(&format!("wrote {name}.svg")), "{log}");
    }
    let again = report(&[
        ruling.to_str().unwrap(),
        guessing.to_str().unwrap(),
        "--resamples",
        "200",
    ]);
    assert_eq!(text(&again.stdout), table);
}

/// Rows of different questions could not be read one below the other.
#[test]
fn samples_are_shown_as_far_as_every_question_has_them() {
    let folder = folder("samples");
    let path = folder.join("uneven.jsonl");
    // Two samples of each question, then five of the first: a question is known by its id.
    write(&path, 6, &[1, 1], guess);
    let two = fs::read_to_string(&path).unwrap();
    write(&path, 1, &[1, 1, 1], guess);
    let three = fs::read_to_string(&path).unwrap();
    let names = |content: String| {
        fs::write(&path, content).unwrap();
        let table = text(&report(&[path.to_str().unwrap(), "--resamples", "20"]).stdout);
        let shown = |line: &&str| line.starts_with("pass@") || line.starts_with("maj@");
        let names = table.lines().filter(shown);
        let names = names.filter_map(|line| line.split_whitespace().next());
        names.map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(names([&*two, &*three].concat()), ["pass@2", "maj@2"]);
    assert_eq!(
        names([&*three, &*three].concat()),
        ["pass@2", "pass@4", "maj@2", "maj@4"]
    );
    assert_eq!(
        names(two.lines().next().unwrap().to_owned() + "\n"),
        [""; 0]
    );
}

#[test]
fn published_numbers_are_drawn_beside() {
    let folder = folder("published");
    let path = folder.join("ours.jsonl");
    write(&path, 20, &[3], guess);
    let out = folder.join("figures");
    let path = path.to_str().unwrap();
    let draw = |name| report(&[path, "--out", out.to_str().unwrap(), "--published", name]);
    assert_eq!(draw("math500").status.code(), Some(0));
    let svg = fs::read_to_string(out.join("accuracy_by_attempts.svg")).unwrap();
    assert!(svg.contains("published: multi-attempt") && svg.contains("published: single-turn"));
    let unknown = draw("math50");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("olympiadbench"));
}

#[test]
fn files_that_are_no_transcripts() {
    let folder = folder("wrong");
    let path = folder.join("wrong.jsonl");
    write(&path, 1, &[1], guess);
    let line = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{line}\n{{\"task\": 1}}\n")).unwrap();
    let output = report(&[path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let log = text(&output.stderr);
    assert!(log.contains("wrong.jsonl:3: "), "{log}");

    let values = line.trim_end().strip_suffix('}').unwrap();
    fs::write(&path, format!("{values}, \"values\": [0.5, 1.5]}}\n")).unwrap();
    let log = text(&report(&[path.to_str().unwrap()]).stderr);
    assert!(
        log.contains("wrong.jsonl:1: `values[1]` is not between 0 and 1"),
        "{log}"
    );

    fs::write(&path, "\n").unwrap();
    assert_eq!(report(&[path.to_str().unwrap()]).status.code(), Some(2));
    assert_eq!(report(&[]).status.code(), Some(2));
    assert_eq!(report(&["/nowhere.jsonl"]).status.code(), Some(2));
}
