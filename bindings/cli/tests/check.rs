//! `resit check` as a program.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The episode that the tests of core read, changed by `change`, as a file.
fn transcripts(name: &str, change: impl Fn(&str) -> String) -> PathBuf {
    let episode = include_str!("../../../core/tests/episode_v1.json");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, [episode, &change(episode)].concat()).unwrap();
    path
}

/// What the program prints, and its exit code.
fn check(path: &Path) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
    let output = command.arg("check").arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text, output.status.code().unwrap())
}

#[test]
fn sound_transcripts_pass() {
    let path = transcripts("sound.jsonl", str::to_owned);
    assert_eq!(check(&path), ("2 episodes, 0 with faults\n".into(), 0));
}

#[test]
fn the_binary_form_is_read_too() {
    let episode = include_bytes!("../../../core/tests/episode_v1.bin");
    let path = transcripts("sound.bin", str::to_owned);
    let other_version = [b"resit\x07", &episode[6..]].concat();
    for (second, said, code) in [
        (&episode[..], "2 episodes, 0 with faults\n", 0),
        (&episode[..40], "sound.bin:2: these bytes are no episode", 1),
        (
            &other_version,
            "sound.bin:2: an episode of version 7; this reader knows version 1",
            1,
        ),
    ] {
        fs::write(&path, [episode, second].concat()).unwrap();
        let (text, exit) = check(&path);
        assert!(text.contains(said), "{text}");
        assert_eq!(exit, code);
    }
}

#[test]
fn faults_are_named_with_their_place() {
    for (name, from, to, said) in [
        ("ids.jsonl", "[2,3]", "[]", "episode 2: segment 1 has"),
        ("version.jsonl", "\"version\":1", "\"version\":7", ":2: "),
        ("json.jsonl", "{", "[", ":2: "),
    ] {
        let path = transcripts(name, |episode| episode.replacen(from, to, 1));
        let (text, code) = check(&path);
        assert!(text.contains(said), "{text}");
        assert!(text.ends_with("2 episodes, 1 with faults\n"), "{text}");
        assert_eq!(code, 1);
    }
}

#[test]
fn file_that_is_not_there_is_an_error() {
    assert_eq!(check(Path::new("nowhere.jsonl")), (String::new(), 2));
}
