//! What `check` finds, and what a reader refuses.
#![cfg(feature = "binary")]
#![allow(clippy::unwrap_used)]

use resit::env::{
    Attempt, Attempts, Chat, EnvError, Environment, Episode, Fault, Feedback, Finish, Status,
    StopReason, Task, Template, Thinking,
};
use resit::grade::Reason;
use serde_json::{Value, json};

/// A solved episode of two attempts, with ids and log-probabilities.
fn solved() -> Episode {
    let environment = Environment {
        attempts: Attempts::Fixed(3),
        ..Environment::default()
    };
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    for text in [r"\boxed{41}", r"\boxed{42}"] {
        episode.encode(|text| vec![1; text.len()]);
        let attempt = Attempt {
            tokens: vec![2, 3],
            logprobs: vec![-0.5, 0.0],
            ..Attempt::text(text)
        };
        environment.step(&mut episode, attempt).unwrap();
    }
    assert_eq!(episode.check(), Ok(()));
    episode
}

/// What `check` says of [`solved`] after `change`.
fn checked(change: impl FnOnce(&mut Value)) -> Result<(), Fault> {
    let mut json = serde_json::to_value(solved()).unwrap();
    change(&mut json);
    serde_json::from_value::<Episode>(json).unwrap().check()
}

fn segments(json: &mut Value) -> &mut Vec<Value> {
    json["transcript"]["segments"].as_array_mut().unwrap()
}

#[test]
fn every_fault_is_found() {
    let prompt = checked(|json| drop(segments(json).remove(0)));
    assert_eq!(prompt, Err(Fault::NoPrompt));
    assert_eq!(checked(|json| segments(json).clear()), Err(Fault::NoPrompt));
    let order = checked(|json| segments(json).swap(1, 2));
    assert_eq!(order, Err(Fault::Order(1)));
    let number = checked(|json| segments(json)[3]["attempt"] = json!(3));
    assert_eq!(number, Err(Fault::Order(3)));
    let author = checked(|json| segments(json)[2]["logprobs"] = json!([-1.0]));
    assert_eq!(author, Err(Fault::Author(2)));
    let author = checked(|json| segments(json)[1]["finish"] = json!(null));
    assert_eq!(author, Err(Fault::Author(1)));
    let count = checked(|json| segments(json)[1]["logprobs"] = json!([-1.0]));
    assert_eq!(count, Err(Fault::LogprobCount(1)));
    let logprob = checked(|json| segments(json)[3]["logprobs"] = json!([-1.0, 0.5]));
    assert_eq!(logprob, Err(Fault::Logprob(3)));
    let ids = checked(|json| segments(json)[2]["tokens"] = json!([]));
    assert_eq!(ids, Err(Fault::Ids(2)));
    let replaced = checked(|json| {
        let mut context = segments(json)[2].clone();
        context["kind"] = json!("context");
        segments(json).insert(2, context);
    });
    assert_eq!(replaced, Err(Fault::Replaced(2)));
    let last = checked(|json| drop(segments(json).pop()));
    assert_eq!(last, Err(Fault::LastNotModel));
    for change in [
        |json: &mut Value| json["state"]["results"] = json!([]),
        |json: &mut Value| json["state"]["tokens"] = json!(5),
        |json: &mut Value| json["state"]["results"][0]["tokens"] = json!(3),
        |json: &mut Value| json["state"]["attempts"] = json!(1),
        |json: &mut Value| json["state"]["stop"] = json!("exhausted"),
        |json: &mut Value| json["state"]["stop"] = json!(null),
        |json: &mut Value| json["state"]["open"] = json!({"text": "", "tokens": 0}),
    ] {
        let fault = checked(change);
        assert!(matches!(fault, Err(Fault::State(_))), "{fault:?}");
    }
}

#[test]
fn a_verdict_that_was_changed_is_found_by_replay() {
    let mut json = serde_json::to_value(solved()).unwrap();
    json["state"]["results"][0]["judgement"]["answer"] = json!("40");
    let changed: Episode = serde_json::from_value(json).unwrap();
    assert_eq!(changed.check(), Ok(()));
    let environment = Environment::default();
    assert_eq!(environment.replay(&solved()).unwrap(), solved());
    assert_ne!(environment.replay(&changed).unwrap(), changed);
}

#[test]
fn unknown_versions_are_refused_by_name() {
    let mut json = serde_json::to_value(solved()).unwrap();
    json["version"] = json!(2);
    let error = serde_json::from_value::<Episode>(json.clone()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("version 2; this reader knows version 1"),
        "{error}"
    );
    // What has changed otherwise does not hide it.
    let newer = r#"{"version": 2, "task": 7, "spirit": []}"#;
    let error = serde_json::from_str::<Episode>(newer).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("version 2; this reader knows version 1"),
        "{error}"
    );
    json.as_object_mut().unwrap().remove("version");
    let error = serde_json::from_value::<Episode>(json).unwrap_err();
    assert!(error.to_string().contains("version"), "{error}");

    let mut bytes = solved().to_bytes().unwrap();
    assert!(bytes.starts_with(b"resit\x01"));
    bytes[5] = 2;
    let refused = Episode::<()>::from_bytes(&bytes).unwrap_err();
    assert_eq!(
        refused,
        EnvError::UnknownVersion {
            version: 2,
            known: 1
        }
    );
    assert_eq!(
        Episode::<()>::from_bytes(b"{}").unwrap_err(),
        EnvError::NotAnEpisode
    );
}

/// Episodes that were written by the first reader of this version, in both forms.
#[test]
fn what_was_written_is_still_read() {
    let json: Episode = serde_json::from_str(include_str!("episode_v1.json")).unwrap();
    let (binary, rest) = Episode::from_bytes(include_bytes!("episode_v1.bin")).unwrap();
    assert_eq!(json, binary);
    assert!(rest.is_empty());
    assert_eq!(json.check(), Ok(()));
    assert_eq!(json.state().used(), 2);
}

/// The binary form counts the variants: they keep their places, and new ones come last.
#[test]
fn variants_keep_their_places() {
    fn places<T: serde::de::DeserializeOwned>(names: &[&str]) -> Vec<T> {
        let read = |name: &&str| serde_json::from_value(json!(name)).unwrap();
        names.iter().map(read).collect()
    }
    let reasons = [
        "equal",
        "value-differs",
        "sign-differs",
        "unit-differs",
        "kind-differs",
        "count-differs",
        "item-differs",
        "order-differs",
        "bracket-differs",
        "name-differs",
        "base-differs",
        "text-differs",
        "chain-disagrees",
        "undefined",
        "not-understood",
        "limit-reached",
        "no-answer",
        "empty-reference",
        "form-differs",
    ];
    for (place, reason) in places::<Reason>(&reasons).into_iter().enumerate() {
        assert_eq!(reason as usize, place, "{reason:?}");
    }
    let stops = [
        "solved",
        "exhausted",
        "budget",
        "truncated",
        "accepted",
        "error",
    ];
    for (place, stop) in places::<StopReason>(&stops).into_iter().enumerate() {
        assert_eq!(stop as usize, place, "{stop:?}");
    }
    let statuses = ["correct", "wrong", "stopped", "full", "open", "interlude"];
    for (place, status) in places::<Status>(&statuses).into_iter().enumerate() {
        assert_eq!(status as usize, place, "{status:?}");
    }
}

#[test]
fn turn_without_reasoning_stands_for_the_turn() {
    let environment = Environment {
        template: Template {
            chat: Chat {
                thinking: Thinking::Fork,
                ..Chat::chatml()
            },
            feedback: Feedback::unary(),
            ..Template::multi_attempt()
        },
        attempts: Attempts::Fixed(3),
        ..Environment::default()
    };
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    let thought = Attempt::text("<think>\nHm.\n</think>\n\n\\boxed{41}<|im_end|>");
    environment.step(&mut episode, thought.clone()).unwrap();
    assert_eq!(episode.check(), Ok(()));
    let text = episode.transcript().text();
    assert!(
        text.contains("assistant\n\\boxed{41}<|im_end|>\n<|im_start|>user\n"),
        "{text}"
    );
    // Nothing answers the feedback: it is taken back, and the turn is there as it was sampled.
    let cut = Attempt {
        finish: Finish::Length,
        ..Attempt::text("")
    };
    environment.step(&mut episode, cut).unwrap();
    assert_eq!(episode.check(), Ok(()));
    assert!(episode.transcript().text().ends_with(&thought.text));
}
