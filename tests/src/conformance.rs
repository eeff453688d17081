//! The files of `tests/conformance`.

use serde_json::{Map, Value};
use std::fs;
use std::path::Path;

/// The rows of a file.
///
/// # Panics
/// Where the file is not one JSON object a line.
pub fn rows(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("conformance")
        .join(name);
    let text = fs::read_to_string(&path).expect("tests/conformance is part of the repository");
    let row = |line| serde_json::from_str(line).expect("a JSON object a line");
    text.lines().map(row).collect()
}

/// Compares what an episode came to with what the row expects, field by field. Numbers are compared
/// as numbers, so that 1 and 1.0 are the same.
///
/// # Panics
/// Where they differ.
pub fn assert_expected(played: &Value, row: &Value) {
    let none = Map::new();
    let (played, expected) = (
        played.as_object().unwrap_or(&none),
        row["expected"].as_object().unwrap_or(&none),
    );
    let name = &row["name"];
    assert!(!expected.is_empty(), "{name} expects nothing");
    for (field, expected) in expected {
        let found = played.get(field);
        assert!(
            found.is_some_and(|found| same(found, expected)),
            "{name}: {field} is\n{}\nnot\n{expected}",
            found.unwrap_or(&Value::Null)
        );
    }
    let more: Vec<_> = played
        .keys()
        .filter(|k| !expected.contains_key(*k))
        .collect();
    assert!(more.is_empty(), "{name}: nothing is expected of {more:?}");
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let mut fields = a.iter();
            a.len() == b.len() && fields.all(|(k, a)| b.get(k).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
