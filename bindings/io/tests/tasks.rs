//! Files of tasks: the usual columns, and what is wrong with a line.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use resit_io::{Error, Filter, Item, Problem, exclude, read_tasks};

fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tasks");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn all(path: &Path) -> Vec<Item> {
    read_tasks(path).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Question and answer of a line.
fn read(name: &str, line: &str) -> (String, String) {
    let item = all(&file(name, line)).pop().unwrap();
    (item.task.question, item.task.reference)
}

fn problem(name: &str, line: &str) -> Problem {
    match read_tasks(&file(name, line)).unwrap().next().unwrap() {
        Err(Error::Line { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn columns_are_those_of_the_field() {
    for (index, (line, question, answer)) in [
        (
            r#"{"problem": "p", "question": "q", "answer": "7"}"#,
            "p",
            "7",
        ),
        (r#"{"question": "q", "ground_truth": "7"}"#, "q", "7"),
        (
            r#"{"prompt": "r", "solution": "so \\boxed{6} or \\boxed{7}."}"#,
            "r",
            "7",
        ),
        (
            r#"{"question": "q", "answer": "3 + 4 = <<3+4=7>>7\n#### 7"}"#,
            "q",
            "7",
        ),
        (
            r#"{"question": "q", "solution": "3 + 4\n#### 1,000 "}"#,
            "q",
            "1,000",
        ),
        (
            r#"{"problem": "p", "answer": null, "solution": "\\boxed{\\frac{1}{2}}"}"#,
            "p",
            r"\frac{1}{2}",
        ),
        (r#"{"problem": "p", "answer": 27.0}"#, "p", "27.0"),
        (
            r#"{"problem": "p", "answer": 12345678901234567890123}"#,
            "p",
            "12345678901234567890123",
        ),
        (
            r#"{"problem": "p", "final_answer": ["1", "2"]}"#,
            "p",
            "1, 2",
        ),
        (
            r#"{"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
                "reward_model": {"ground_truth": "7", "style": "rule"}}"#,
            "u",
            "7",
        ),
        (
            "\u{feff}{\"problem\": \"\u{e9} \\u00e9\", \"answer\": true}",
            "é é",
            "true",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let line = line.replace('\n', " ");
        let read = read(&format!("columns-{index}.jsonl"), &line);
        assert_eq!(read, (question.into(), answer.into()), "{line}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let path = file(
        "wrong.jsonl",
        "{\"problem\": \"p\", \"answer\": \"1\"}\n\n{\"problem\": \"p\"}\nnot json\n{\"problem\": \"p\", \"answer\": \"2\"}",
    );
    let items: Vec<_> = read_tasks(&path).unwrap().collect();
    assert_eq!(items.len(), 4);
    assert_eq!(items[0].as_ref().unwrap().line, 1);
    let message = items[1].as_ref().unwrap_err().to_string();
    assert!(
        message.contains("wrong.jsonl:3: no answer: there is no column"),
        "{message}"
    );
    assert!(matches!(
        &items[2],
        Err(Error::Line {
            line: 4,
            problem: Problem::Json(_),
            ..
        })
    ));
    // Reading goes on.
    assert_eq!(items[3].as_ref().unwrap().line, 5);
}

#[test]
fn lines_that_are_no_task() {
    assert_eq!(
        problem("a.jsonl", r#"{"answer": "1"}"#),
        Problem::NoQuestion
    );
    assert_eq!(
        problem("b.jsonl", r#"{"problem": "p", "solution": "seven"}"#),
        Problem::NoAnswerInSolution
    );
    assert_eq!(
        problem("c.jsonl", r#"{"problem": "p", "solution": "\\boxed{"}"#),
        Problem::NoAnswerInSolution
    );
    assert_eq!(
        problem("d.jsonl", r#"{"problem": "p", "answer": {"a": 1}}"#),
        Problem::NotText("answer".into())
    );
    assert_eq!(
        problem("e.jsonl", r#"{"problem": "p", "answer": [["1"]]}"#),
        Problem::NotText("answer".into())
    );
    assert_eq!(
        problem("f.jsonl", r#"{"problem": " ", "answer": "1"}"#),
        Problem::Empty("problem".into())
    );
    assert_eq!(
        problem("g.jsonl", r#"{"problem": "p", "answer": "7 ####"}"#),
        Problem::Empty("answer".into())
    );
    assert!(matches!(
        problem("h.jsonl", r#"["p", "1"]"#),
        Problem::Json(_)
    ));
    let deep = format!(
        r#"{{"problem": {}1{}, "answer": "1"}}"#,
        "[".repeat(9000),
        "]".repeat(9000)
    );
    assert_eq!(
        problem("i.jsonl", &deep),
        Problem::NotText("problem".into())
    );
    let items: Vec<_> = read_tasks(&file("j.jsonl", b"{\"problem\": \"\xff\"}"))
        .unwrap()
        .collect();
    assert!(matches!(
        &items[..],
        [Err(Error::Line {
            problem: Problem::NotUtf8,
            ..
        })]
    ));
}

#[test]
fn files_that_cannot_be_read() {
    let missing = read_tasks(Path::new("/nowhere/tasks.jsonl")).err().unwrap();
    assert!(matches!(missing, Error::File { .. }));
    let unknown = read_tasks(&file("tasks.csv", "")).err().unwrap();
    assert!(matches!(unknown, Error::UnknownFormat { .. }));
    assert!(unknown.to_string().contains(".jsonl"), "{unknown}");
}

#[test]
fn filters_and_exclusion() {
    let path = file(
        "levels.jsonl",
        r#"{"problem": "a  b", "answer": "1", "level": "Level 3", "subject": "Algebra", "id": 9}
{"problem": "c", "answer": "2", "level": 5, "type": "Geometry", "unique_id": "x/1.json"}
{"problem": "d", "answer": "3", "subfield": "algebra"}"#,
    );
    let items = all(&path);
    assert_eq!(items[0].task.id.as_deref(), Some("9"));
    assert_eq!(items[1].task.id.as_deref(), Some("x/1.json"));
    let kept = |filter: Filter| -> Vec<u64> {
        items
            .iter()
            .filter(|item| filter.keeps(item))
            .map(|item| item.line)
            .collect()
    };
    assert_eq!(kept(Filter::default()), [1, 2, 3]);
    assert_eq!(
        kept(Filter {
            levels: Some(4..=5),
            ..Filter::default()
        }),
        [2]
    );
    let subjects = vec!["Algebra".into()];
    assert_eq!(
        kept(Filter {
            subjects,
            ..Filter::default()
        }),
        [1, 3]
    );

    let other = file("other.jsonl", r#"{"problem": "a b\n", "answer": "1"}"#);
    let mut left = items.clone();
    exclude(&mut left, &all(&other));
    assert_eq!(left, items[1..]);
}

/// The items of a file, and how many of its lines are none.
fn data(name: &str) -> Option<(Vec<Item>, usize)> {
    let folder = std::env::var_os("RESIT_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.is_file() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    let (items, faults): (Vec<_>, Vec<_>) = read_tasks(&path).unwrap().partition(Result::is_ok);
    Some((
        items.into_iter().map(Result::unwrap).collect(),
        faults.len(),
    ))
}

#[test]
fn real_files_are_read_whole() {
    for (name, rows) in [
        ("aime24.jsonl", 30),
        ("amc23.jsonl", 40),
        ("math500.jsonl", 500),
        ("minerva_math.jsonl", 272),
        ("olympiadbench.jsonl", 675),
        // And two lines whose answer is empty.
        ("math_train.jsonl", 7472),
        ("math_test.jsonl", 5000),
        ("gsm8k_train.jsonl", 7473),
        ("gsm8k_test.jsonl", 1319),
    ] {
        let Some((items, faults)) = data(name) else {
            continue;
        };
        assert_eq!(
            (items.len(), faults),
            (rows, if name == "math_train.jsonl" { 2 } else { 0 }),
            "{name}"
        );
        let grader = resit::Grader::default();
        let empty = |item: &&Item| grader.prepare(&item.task.reference).is_empty();
        assert_eq!(items.iter().find(empty), None, "{name}");
    }
}

/// The paper's training set has about 8.5 thousand questions.
#[test]
fn the_papers_training_set_has_its_size() {
    let (Some((mut items, _)), Some((test, _)), Some((held_out, _))) = (
        data("math_train.jsonl"),
        data("math_test.jsonl"),
        data("math500.jsonl"),
    ) else {
        return;
    };
    items.extend(test);
    exclude(&mut items, &held_out);
    let filter = Filter {
        levels: Some(3..=5),
        ..Filter::default()
    };
    items.retain(|item| filter.keeps(item));
    eprintln!("{} questions of levels 3 to 5", items.len());
    let count = items.len() as f64;
    assert!((8500.0 / 1.05..8500.0 * 1.05).contains(&count), "{count}");
}

#[cfg(feature = "parquet")]
mod parquet {
    use super::*;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name)
    }

    #[test]
    fn columns_are_read_as_in_json() {
        for name in ["snappy.parquet", "zstd.parquet", "gzip.parquet"] {
            let items = all(&fixture(name));
            let read: Vec<_> = items
                .iter()
                .map(|i| {
                    (
                        i.task.question.as_str(),
                        i.task.reference.as_str(),
                        i.level,
                        i.line,
                    )
                })
                .collect();
            let expected = [
                ("6 × 7?", "42", Some(1), 1),
                ("half?", r"\frac{1}{2}", Some(3), 2),
                ("third", "0.1", None, 3),
            ];
            assert_eq!(read, expected, "{name}");
        }
    }

    #[test]
    fn chats_and_reward_models() {
        let items = all(&fixture("chat.parquet"));
        assert_eq!(items[0].task.question, "u");
        assert_eq!(items[0].task.reference, "7");
        assert_eq!(items[0].task.id.as_deref(), Some("12"));
    }

    #[test]
    fn a_row_that_is_no_task_is_named() {
        let items: Vec<_> = read_tasks(&fixture("missing.parquet")).unwrap().collect();
        assert!(items[0].is_ok());
        assert!(matches!(
            &items[1],
            Err(Error::Line {
                line: 2,
                problem: Problem::NoAnswer,
                ..
            })
        ));
    }

    #[test]
    fn damaged_files_are_errors() {
        let whole = fs::read(fixture("snappy.parquet")).unwrap();
        for cut in (0..whole.len()).step_by(7) {
            let path = file("damaged.parquet", &whole[..cut]);
            let read = read_tasks(&path).and_then(|items| items.collect::<Result<Vec<_>, _>>());
            assert!(
                matches!(read, Err(Error::Parquet { .. })),
                "{cut}: {read:?}"
            );
        }
    }
}
