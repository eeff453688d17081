//! What is read and written by hand here has the forms that serde gives it elsewhere.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

use resit::env::Environment;
use resit_wasm::episode::Episode;
use resit_wasm::given::Value as Given;
use resit_wasm::settings::environment;
use serde_json::{Value, json};
use std::fs;

/// What `taken` of `js/core.js` does.
fn taken(value: &Value) -> (String, Vec<f64>) {
    fn say(text: &str, texts: &mut Vec<String>, numbers: &mut Vec<f64>) {
        numbers.push(text.encode_utf16().count() as f64);
        texts.push(text.into());
    }
    fn take(value: &Value, texts: &mut Vec<String>, numbers: &mut Vec<f64>) {
        let mut object = |members: Vec<(String, &Value)>| {
            numbers.extend([6.0, members.len() as f64]);
            for (name, member) in members {
                say(&name, texts, numbers);
                take(member, texts, numbers);
            }
        };
        match value {
            Value::Null => numbers.push(0.0),
            Value::Bool(flag) => numbers.push(f64::from(u8::from(*flag)) + 1.0),
            Value::Number(number) => numbers.extend([3.0, number.as_f64().unwrap()]),
            Value::String(text) => {
                numbers.push(4.0);
                say(text, texts, numbers);
            }
            Value::Array(items) if items.iter().all(Value::is_number) => {
                numbers.extend([5.0, items.len() as f64]);
                numbers.extend(items.iter().map(|item| item.as_f64().unwrap()));
            }
            Value::Array(items) => {
                let members = items.iter().enumerate();
                object(
                    members
                        .map(|(index, item)| (index.to_string(), item))
                        .collect(),
                );
            }
            Value::Object(members) => {
                let members = members.iter();
                object(
                    members
                        .map(|(name, member)| (name.clone(), member))
                        .collect(),
                );
            }
        }
    }
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    take(value, &mut texts, &mut numbers);
    (texts.join("\n"), numbers)
}

fn read(settings: &Value) -> Result<Environment, String> {
    let (texts, numbers) = taken(settings);
    environment(&Given::new(&texts, &numbers))
}

fn episodes() -> Vec<Value> {
    let suite = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/conformance/episodes.jsonl"
    );
    let suite = fs::read_to_string(suite).unwrap();
    suite
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn settings_are_read_as_elsewhere() {
    let mut all: Vec<Value> = episodes()
        .into_iter()
        .map(|mut line| line["environment"].take())
        .collect();
    let verification = json!({"verification": {"accept": "yes", "reject": "no"}});
    all.extend([
        json!({"attempts": {"fixed": 2}, "policy": "default+decimal-2", "ending": "turn", "chat": null}),
        json!({"feedback": {"role": "user", "text": "", "blind": true, "interlude": null}}),
        json!({"feedback": {"role": "user", "text": "t", "interlude": {"ask": "?", "purpose": "reflection"}}}),
        json!({"template": {"chat": "gemma", "system": "", "user": "u", "feedback":
            {"role": "system", "text": "t", "interlude": {"ask": "?", "purpose": verification}}}}),
        json!({"policy": {"limits": {"length": 10, "depth": 5, "fuel": 9}, "requirement": "exact"}}),
        json!({"policy": {"requirement": null, "conventions": {"kinds": false, "names": false,
            "domains": false, "hundredfold": true, "rounding": "never"}}}),
        json!({"policy": {"extraction": "tags"}, "budget": {"attempt": 7, "episode": null}}),
        json!({"rewards": {"correct": 2, "wrong": -1.5, "unformatted": -2, "discount": 0.5, "format": 1,
            "improvement": 3, "repetition": 4, "length": {"from": 1, "to": 2, "weight": 0.25}}}),
    ]);
    for (convention, values) in [
        ("units", json!(["written", "converted", "ignored"])),
        ("lists", json!(["multiset", "set", "in-order"])),
        ("brackets", json!(["counted", "optional", "alike"])),
        ("spelling", json!(["words", "case", "bare"])),
        (
            "rounding",
            json!([{"significant": 3}, {"places": 2}, {"relative": 4}]),
        ),
    ] {
        for value in values.as_array().unwrap() {
            all.push(json!({"policy": {"conventions": {convention: value}}}));
        }
    }
    for aggregate in ["max", "last", "sum", "mean"] {
        all.push(json!({"rewards": {"aggregate": aggregate}}));
    }
    for credit in ["episode", "attempt", "reflection"] {
        all.push(json!({"rewards": {"credit": credit}}));
    }
    for thinking in ["keep", "drop", "fork"] {
        all.push(json!({"chat": {"start": "s", "system": ["a", "b"], "user": ["c", "d"], "assistant": "e",
            "end_of_turn": "f", "after_turn": "g", "thinking": thinking}}));
    }
    for settings in all {
        let expected: Environment = serde_json::from_value(settings.clone()).unwrap();
        let found = read(&settings).unwrap();
        assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{settings}");
    }
}

#[test]
fn what_is_refused_elsewhere_is_refused() {
    for settings in [
        json!(1),
        json!({"no": 1}),
        json!({"policy": {"no": 1}}),
        json!({"policy": {"conventions": {"units": "no"}}}),
        json!({"policy": {"limits": {"length": -1}}}),
        json!({"policy": {"limits": {"depth": 4294967296_u64}}}),
        json!({"policy": {"limits": {"fuel": 0.5}}}),
        json!({"attempts": "many"}),
        json!({"attempts": {}}),
        json!({"ending": "never"}),
        json!({"template": {"chat": "plain", "system": "", "user": ""}}),
        json!({"chat": {"start": ""}}),
        json!({"feedback": {"role": "user"}}),
        json!({"rewards": {"correct": "1"}}),
        json!({"rewards": {"length": {"from": 1}}}),
    ] {
        assert!(
            serde_json::from_value::<Environment>(settings.clone()).is_err(),
            "{settings}"
        );
        assert!(read(&settings).is_err(), "{settings}");
    }
}

#[test]
fn an_episode_is_written_as_elsewhere() {
    let mut steps = 0;
    for line in episodes() {
        let given = json!({"task": line["task"], "settings": line["environment"]});
        let ids = !line["ids"].is_null();
        // Giving ids takes a function of JavaScript, and refusals its errors.
        if ids || line["expected"]["error"].is_string() {
            continue;
        }
        let (texts, numbers) = taken(&given);
        let seed = line["seed"].as_u64().unwrap() as u32;
        let Ok(mut episode) = Episode::start(&texts, &numbers, seed) else {
            panic!("{line}");
        };
        let script = line["script"].as_array().unwrap();
        for (piece, expected) in script
            .iter()
            .zip(line["expected"]["steps"].as_array().unwrap())
        {
            if expected["error"].is_string() {
                break;
            }
            let (texts, numbers) = taken(piece);
            let Ok(found) = episode.step(&texts, &numbers) else {
                panic!("{line}");
            };
            assert_eq!(
                &serde_json::from_str::<Value>(&found).unwrap()["status"],
                &expected["status"]
            );
            let written: Value = serde_json::from_str(&episode.write()).unwrap();
            let read: resit::env::Episode = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), written);
            let given = json!({"episode": written, "settings": line["environment"]});
            let (texts, numbers) = taken(&given);
            let Ok(again) = Episode::resume(&texts, &numbers) else {
                panic!("{line}");
            };
            assert_eq!(again.write(), episode.write());
            steps += 1;
        }
    }
    assert!(steps > 60, "{steps}");
}
