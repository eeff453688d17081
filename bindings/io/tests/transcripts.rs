//! Transcript files, in JSON and in the binary form.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use resit::env::{Attempt, Attempts, Environment, Episode, Task};
use resit_io::{Error, Problem, Recorded, read_transcripts, write_transcript};

/// An episode of two attempts with ids, the first with a text of so many bytes.
fn episode(number: u32, length: usize) -> Episode {
    let environment = Environment {
        attempts: Attempts::Fixed(2),
        ..Environment::default()
    };
    let task = Task::new(format!("{number} + 1?"), (number + 1).to_string());
    let mut episode = environment.reset(&task, 0).unwrap();
    for text in [
        "so ".repeat(length / 3) + r"\boxed{0}",
        format!("\\boxed{{{}}}", number + 1),
    ] {
        episode.encode(|text| text.bytes().map(u32::from).collect());
        let attempt = Attempt {
            tokens: text.bytes().map(u32::from).collect(),
            logprobs: vec![-0.5; text.len()],
            ..Attempt::text(text)
        };
        environment.step(&mut episode, attempt).unwrap();
    }
    episode
}

/// More than one reading takes, one of them longer than it.
fn episodes() -> Vec<Episode> {
    let lengths = (0..60).map(|n| if n == 20 { 90_000 } else { n * 40 });
    (1..)
        .zip(lengths)
        .map(|(n, length)| episode(n, length))
        .collect()
}

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

fn bytes(episodes: &[Episode]) -> Vec<u8> {
    episodes
        .iter()
        .flat_map(|e| e.to_bytes().unwrap())
        .collect()
}

fn read(path: &Path) -> Vec<Result<Recorded, Error>> {
    read_transcripts(path).unwrap().collect()
}

#[test]
fn both_forms_are_read_alike() {
    let episodes = episodes();
    let mut lines = Vec::new();
    for episode in &episodes {
        let recorded = Recorded {
            episode: episode.clone(),
            values: Vec::new(),
        };
        write_transcript(&mut lines, &recorded).unwrap();
    }
    for (name, content) in [("both.jsonl", lines), ("both.bin", bytes(&episodes))] {
        let read = read(&file(name, &content));
        assert_eq!(read.len(), episodes.len(), "{name}");
        for (read, written) in read.into_iter().zip(&episodes) {
            let Recorded { episode, values } = read.unwrap();
            assert_eq!((&episode, values), (written, Vec::new()));
            assert_eq!(episode.check(), Ok(()));
        }
    }
}

#[test]
fn estimates_are_kept_beside_the_episode() {
    let recorded = Recorded {
        episode: episode(1, 0),
        values: vec![0.25, 0.5, 1.0],
    };
    let mut line = Vec::new();
    write_transcript(&mut line, &recorded).unwrap();
    let read = read(&file("values.jsonl", &line));
    assert_eq!(read.into_iter().next().unwrap().unwrap(), recorded);
}

/// The number of whole episodes, and what is wrong after them.
fn damaged(name: &str, content: &[u8]) -> (usize, u64, Problem) {
    let mut read = read(&file(name, content));
    match read.pop() {
        Some(Err(Error::Line { line, problem, .. })) => {
            assert!(read.iter().all(Result::is_ok));
            (read.len(), line, problem)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_binary_file_is_read_up_to_the_damage() {
    let mut content = bytes(&[episode(1, 0), episode(2, 0)]);
    let whole = content.len();
    content.truncate(whole - 1);
    let (read, number, problem) = damaged("cut.bin", &content);
    assert_eq!((read, number), (1, 2));
    assert_eq!(problem.to_string(), "these bytes are no episode");

    content.extend(b"}, no more");
    assert_eq!(damaged("garbage.bin", &content).0, 1);

    let mut newer = bytes(&[episode(1, 0), episode(2, 0)]);
    newer[bytes(&[episode(1, 0)]).len() + 5] = 9;
    let (read, number, problem) = damaged("newer.bin", &newer);
    assert_eq!((read, number), (1, 2));
    let said = problem.to_string();
    assert_eq!(said, "an episode of version 9; this reader knows version 1");
}

#[test]
fn another_version_in_json_is_refused_by_name() {
    let recorded = Recorded {
        episode: episode(1, 0),
        values: Vec::new(),
    };
    let mut line = Vec::new();
    write_transcript(&mut line, &recorded).unwrap();
    let text = String::from_utf8(line).unwrap();
    let newer = text.replacen("\"version\":1", "\"version\":9", 1);
    let (read, number, problem) = damaged("newer.jsonl", newer.as_bytes());
    assert_eq!((read, number), (0, 1));
    let said = problem.to_string();
    assert!(
        said.contains("version 9") && said.contains("knows version 1"),
        "{said}"
    );
}

#[test]
fn files_without_episodes() {
    assert!(read(&file("empty.jsonl", b"")).is_empty());
    assert!(read(&file("blank.jsonl", b"\n\n")).is_empty());
    assert!(matches!(
        damaged("magic.bin", b"resit"),
        (0, 1, Problem::Binary(_))
    ));
    assert!(matches!(
        read_transcripts(Path::new("nowhere.bin")),
        Err(Error::File { .. })
    ));
}
