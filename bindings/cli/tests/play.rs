//! `resit play` as a program.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

/// What the program prints when `input` is typed, and its exit code.
fn play(arguments: &[&str], input: &str) -> (String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_resit"))
        .arg("play")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Wrong usage ends before the input is read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text, output.status.code().unwrap())
}

const TASK: [&str; 4] = ["--question", "6 * 7?", "--reference", "42"];

#[test]
fn attempts_feedback_and_reward_are_shown() {
    let (text, code) = play(&TASK, "\\boxed{41}\nhm\n\\boxed{42}\n");
    assert_eq!(
        text,
        "6 * 7?\n\
         Put your final answer within \\boxed{}. You have 3 attempts.\n\
         > wrong\n\
         Your answer is incorrect. You have 2 attempts left.\n\
         > no answer: a box is needed, as in \\boxed{7}\n\
         Your answer is incorrect. You have 1 attempts left.\n\
         > correct\n\
         reward 1\n"
    );
    assert_eq!(code, 0);
}

#[test]
fn episode_ends_with_the_attempts() {
    let mut arguments = TASK.to_vec();
    arguments.extend(["--attempts", "1"]);
    let (text, code) = play(&arguments, "\\boxed{41}\n\\boxed{42}\n");
    assert!(text.ends_with("> wrong\nreward -0.5\n"), "{text}");
    assert_eq!(code, 0);
}

#[test]
fn episode_ends_with_the_input() {
    let (text, code) = play(&TASK, "");
    assert!(text.ends_with("> cut off\nreward -1\n"), "{text}");
    assert_eq!(code, 0);
}

#[test]
fn default_question_has_an_answer() {
    let (text, _) = play(&[], "\\boxed{\\frac{10}{32}}\n");
    assert!(text.ends_with("> correct\nreward 1\n"), "{text}");
}

#[test]
fn wrong_usage_is_told_by_the_exit_code() {
    for arguments in [
        &["--question", "6 * 7?"][..],
        &["--reference", "42"],
        &["--question", "6 * 7?", "--reference", ""],
        &["--attempts", "0"],
        &["--attempts", "many"],
    ] {
        let (text, code) = play(arguments, "");
        assert_eq!(code, 2, "{arguments:?}");
        assert_eq!(text, "");
    }
}
