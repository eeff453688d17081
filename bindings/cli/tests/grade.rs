//! `resit grade` as a program: names, order, exit codes.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn resit(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
    command.args(arguments);
    command
}

fn grade(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = resit(&["grade"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // Wrong usage ends before the input is read.
    let _ = writer.join().unwrap();
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = str::from_utf8(&output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The one line that comes of `input`, and the exit code.
fn grade_one(input: impl AsRef<[u8]>) -> (Value, i32) {
    let output = grade(&[], input.as_ref());
    let [line] = lines(&output).try_into().unwrap();
    (line, output.status.code().unwrap())
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn response_is_extracted_and_graded() {
    let input = r#"{"reference": "1/2", "response": "Half, so \\boxed{2/4}."}"#;
    let output = grade(&[], input.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text,
        "{\"correct\":true,\"verdict\":\"equal\",\"formatted\":true,\"extracted\":\"2/4\",\
         \"method\":\"identical\",\"reason\":\"equal\"}\n"
    );
}

#[test]
fn answer_is_graded_as_it_is() {
    let (line, code) = grade_one(r#"{"reference": "7", "answer": "8"}"#);
    assert_eq!(code, 0);
    assert_eq!(line["correct"], false);
    assert_eq!(line["verdict"], "different");
    assert_eq!(line["formatted"], true);
    assert_eq!(line["extracted"], "8");
    assert_eq!(line["reason"], "value-differs");
}

#[test]
fn response_without_an_answer_has_nothing_extracted() {
    let (line, code) = grade_one(r#"{"reference": "7", "response": "I do not know."}"#);
    assert_eq!(code, 0);
    assert_eq!(
        line,
        json!({
            "correct": false, "verdict": "different", "formatted": false, "extracted": null,
            "method": "none", "reason": "no-answer",
        })
    );
}

#[test]
fn formatted_tells_of_a_box_whatever_was_extracted() {
    let formatted = |response: &str| {
        let line = json!({"reference": "7", "response": response}).to_string();
        grade_one(line).0["formatted"].clone()
    };
    assert_eq!(formatted(r"\boxed{8}"), true);
    assert_eq!(formatted("The answer is 7."), false);
    assert_eq!(formatted(r"\boxed{}, the answer is 7."), false);
}

#[test]
fn empty_reference_is_equal_to_nothing() {
    for answer in ["", "7"] {
        let line = json!({"reference": "", "answer": answer}).to_string();
        let (line, code) = grade_one(line);
        assert_eq!(line["correct"], false);
        assert_eq!(line["reason"], "empty-reference");
        assert_eq!(code, 0);
    }
}

#[test]
fn other_fields_pass_through_unchanged_and_in_order() {
    let input = r#"{"z": 1.50, "reference": "7", "a": [1e400, {"b": "\u00e9"}], "answer": "7", "id": 12345678901234567890123}"#;
    let output = grade(&[], input.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.ends_with(
            "\"reason\":\"equal\",\"z\":1.50,\"a\":[1e400, {\"b\": \"\\u00e9\"}],\
             \"id\":12345678901234567890123}\n"
        ),
        "{text}"
    );
}

#[test]
fn fields_with_a_name_of_the_output_are_replaced() {
    let (line, _) =
        grade_one(r#"{"reference": "7", "answer": "7", "correct": "?", "error": "?", "line": 5}"#);
    assert_eq!(line["correct"], true);
    assert_eq!(line["line"], 5);
    assert_eq!(line.get("error"), None);
}

#[test]
fn malformed_line_is_an_error_of_that_line() {
    let long = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (input, message) in [
        ("", "not a JSON object: EOF while parsing a value"),
        ("nonsense", "not a JSON object: expected ident at column 2"),
        ("[]", "not a JSON object: invalid type: sequence"),
        (r#"{"reference": "7""#, "not a JSON object: EOF"),
        (&long, "not a JSON object"),
        (r#"{"answer": "7"}"#, "`reference` is missing"),
        (
            r#"{"reference": null, "answer": "7"}"#,
            "`reference` is missing",
        ),
        (
            r#"{"reference": 7, "answer": "7"}"#,
            "`reference` is not a string",
        ),
        (
            r#"{"reference": "7", "answer": ["7"]}"#,
            "`answer` is not a string",
        ),
        (
            r#"{"reference": "7", "reference": "8", "answer": "7"}"#,
            "`reference` occurs more than once",
        ),
        (
            r#"{"reference": "7"}"#,
            "neither `response` nor `answer` is there",
        ),
        (
            r#"{"reference": "7", "answer": "7", "response": "7"}"#,
            "`response` and `answer` exclude each other",
        ),
        (
            r#"{"reference": "7", "answer": "7", "policy": "lax"}"#,
            "there is no policy `lax`",
        ),
    ] {
        let good = r#"{"reference": "7", "answer": "7"}"#;
        let output = grade(&[], format!("{good}\n{input}\n{good}\n").as_bytes());
        let [first, error, last] = lines(&output).try_into().unwrap();
        assert_eq!(first["correct"], true);
        assert_eq!(last["correct"], true);
        assert_eq!(error["line"], 2);
        let text = error["error"].as_str().unwrap();
        assert!(text.starts_with(message), "{text}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn malformed_object_passes_its_other_fields_through() {
    let (line, code) = grade_one(r#"{"id": "q7", "reference": "7", "line": "x"}"#);
    assert_eq!(
        line,
        json!({"error": "neither `response` nor `answer` is there", "line": 1, "id": "q7"})
    );
    assert_eq!(code, 1);
}

#[test]
fn null_counts_as_absent() {
    let (line, code) =
        grade_one(r#"{"reference": "7", "answer": "7", "response": null, "policy": null}"#);
    assert_eq!(line["correct"], true);
    assert_eq!(code, 0);
}

#[test]
fn policy_of_a_line_comes_before_that_of_the_run() {
    let response = "The answer is 7.";
    let input = format!(
        "{}\n{}\n",
        json!({"reference": "7", "response": response}),
        json!({"reference": "7", "response": response, "policy": "default"}),
    );
    let correct = |arguments: &[&str]| -> Vec<bool> {
        let output = grade(arguments, input.as_bytes());
        lines(&output)
            .iter()
            .map(|line| line["correct"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(correct(&[]), [true, true]);
    assert_eq!(correct(&["--policy", "boxed"]), [false, true]);
}

#[test]
fn what_is_no_unicode_is_read_as_the_replacement_character() {
    for response in [&br"a\ud800"[..], br"a\uDC00", b"a\xFF"] {
        let input = [
            &br#"{"reference": "7", "response": ""#[..],
            response,
            br#" \\boxed{7}", "note": ""#,
            response,
            br#""}"#,
        ]
        .concat();
        let (line, code) = grade_one(input);
        assert_eq!(line["correct"], true);
        assert_eq!(line["note"], "a\u{FFFD}");
        assert_eq!(code, 0);
    }
    let (line, _) = grade_one(br#"{"reference": "7", "answer": "\ud835"}"#);
    assert_eq!(line["extracted"], "\u{FFFD}");
}

#[test]
fn order_is_kept_over_many_blocks() {
    let count = 20_000;
    let filler = "x".repeat(200);
    let input: String = (0..count)
        .map(|i| {
            let line = json!({
                "i": i, "reference": i.to_string(),
                "response": format!("{filler} \\boxed{{{}}}", i - i % 2),
            });
            format!("{line}\n")
        })
        .collect();
    let output = grade(&[], input.as_bytes());
    let lines = lines(&output);
    assert_eq!(lines.len(), count);
    for (i, line) in lines.iter().enumerate() {
        assert_eq!(line["i"], i);
        assert_eq!(line["correct"], i % 2 == 0);
    }
    let summary = String::from_utf8(output.stderr).unwrap();
    assert!(
        summary.starts_with("20000 lines: 10000 correct, 0 undecided, 0 malformed in "),
        "{summary}"
    );
}

#[test]
fn line_is_answered_before_the_next_one_is_there() {
    let mut child = resit(&["grade"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for answer in ["7", "8"] {
        writeln!(input, r#"{{"reference": "7", "answer": "{answer}"}}"#).unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["correct"], answer == "7");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn files_are_read_and_written() {
    let (input, output) = (file("files_in.jsonl"), file("files_out.jsonl"));
    // With line ends of Windows, and without one at the end.
    let line = r#"{"reference": "7", "answer": "7"}"#;
    fs::write(&input, format!("{line}\r\n{line}")).unwrap();
    let arguments = [
        "--input",
        input.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
    ];
    let run = grade(&arguments, b"");
    assert_eq!(run.status.code(), Some(0));
    assert!(run.stdout.is_empty());
    let text = fs::read_to_string(&output).unwrap();
    assert_eq!(text.matches("\"correct\":true").count(), 2);
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn empty_input_gives_empty_output() {
    let output = grade(&[], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
}

#[test]
fn input_is_not_overwritten_by_the_output() {
    let path = file("same.jsonl");
    let line = r#"{"reference": "7", "answer": "7"}"#;
    fs::write(&path, line).unwrap();
    let path = path.to_str().unwrap();
    let run = grade(&["--input", path, "--output", path], b"");
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(fs::read_to_string(path).unwrap(), line);
}

#[test]
fn wrong_usage_is_told_by_the_exit_code() {
    for arguments in [
        &["--policy", "lax"][..],
        &["--input", "/no/such/file"],
        &["--no-such-option"],
        &["extra"],
    ] {
        let output = grade(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
    assert_eq!(resit(&[]).output().unwrap().status.code(), Some(2));
}

#[test]
fn byte_order_mark_and_line_endings_are_no_part_of_the_object() {
    let input = "\u{feff}{\"reference\":\"5\",\"answer\":\"5\"}\r\n\n";
    let output = grade(&[], input.as_bytes());
    let lines = lines(&output);
    assert_eq!(lines[0]["correct"], json!(true));
    assert_eq!(lines[1]["line"], json!(2));
    let error = lines[1]["error"].as_str().unwrap();
    assert!(!error.contains("line"), "{error}");
}

/// The peak of the resident memory, in kB, while `lines` lines of 2 kB are graded.
#[cfg(target_os = "linux")]
fn peak_memory(lines: usize) -> u64 {
    let mut child = resit(&["grade"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let response = format!("{}\\boxed{{7}}", "So it goes. ".repeat(160));
    let line = json!({"reference": "7", "response": response}).to_string() + "\n";
    for _ in 0..lines {
        stdin.write_all(line.as_bytes()).unwrap();
    }
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.unwrap().trim_end_matches("kB").trim().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_stream() {
    let lines = 4_000;
    let (few, many) = (peak_memory(lines), peak_memory(4 * lines));
    let added = 3 * lines as u64 * 2;
    assert!(
        many < few + added / 4,
        "{added} kB more of input raised the peak from {few} to {many} kB"
    );
}

#[test]
fn the_path_to_a_verdict_is_shown() {
    let input = r#"{"reference": "\\frac12", "response": "So \\boxed{2/4}.", "id": 7}"#;
    let output = grade(&["--explain"], input.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "line 1\n\
         reference\n  \
           extracted   \\frac12\n  \
           tokens      \\frac 1 2\n  \
           expression  1/2\n  \
           in LaTeX    \\frac{1}{2}\n  \
           canonical   1/2\n\
         answer\n  \
           extracted   2/4\n  \
           tokens      2 / 4\n  \
           expression  2/4\n  \
           in LaTeX    \\frac{2}{4}\n  \
           canonical   1/2\n\
         decision\n  \
           verdict     equal\n  \
           reason      equal: the answer equals the reference\n  \
           method      identical: both sides are the same once normalised\n\n"
    );
    let output = grade(&["--explain=json"], input.as_bytes());
    let [line] = lines(&output).try_into().unwrap();
    assert_eq!(line["id"], 7);
    assert_eq!(line["reason"], "equal");
    assert_eq!(line["explanation"]["answer"]["source"], "box");
    assert_eq!(
        line["explanation"]["answer"]["readings"],
        json!([{"latex": "\\frac{2}{4}", "plain": "2/4", "words": "2 over 4", "canonical": "1/2"}])
    );
}

#[test]
fn the_place_of_the_answer_goes_by_name() {
    let input = r#"{"reference": "1", "response": "\\boxed{1}. No:\n\\boxed{2}\nans=3\n4"}"#;
    for (name, extracted) in [
        ("default", "2"),
        ("boxed", "2"),
        ("first-box", "1"),
        ("final-line", "4"),
        (r"regex:ans=(\d+)", "3"),
    ] {
        let output = grade(&["--extract", name], input.as_bytes());
        assert_eq!(lines(&output)[0]["extracted"], extracted, "{name}");
    }
    for unknown in ["last-box", "regex:("] {
        let output = grade(&["--extract", unknown], input.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{unknown}");
    }
}

#[test]
fn undecided_is_not_correct_and_counted_apart() {
    let line = json!({"reference": "\\int_0^1 f(x)\\,dx", "answer": "\\int_0^1 g(x)\\,dx"});
    let output = grade(&[], line.to_string().as_bytes());
    let [verdict] = lines(&output).try_into().unwrap();
    assert_eq!(verdict["verdict"], "undecided");
    assert_eq!(verdict["correct"], false);
    let summary = String::from_utf8(output.stderr).unwrap();
    assert!(
        summary.starts_with("1 lines: 0 correct, 1 undecided, 0 malformed in "),
        "{summary}"
    );
}
