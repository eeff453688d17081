//! The settings of an environment, written and read.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used)]

use resit::Policy;
use resit::env::{
    Attempts, CHATS, Chat, Ending, Environment, FEEDBACKS, Feedback, TEMPLATES, Template,
};
use resit::extract::Extraction;
use resit::grade::{POLICIES, Units};
use serde_json::{Value, from_str, from_value, json, to_value};

fn read(settings: Value) -> Environment {
    from_value(settings).unwrap()
}

#[test]
fn what_is_missing_is_the_default() {
    let (read, default) = (read(json!({})), Environment::default());
    assert_eq!(to_value(&read).unwrap(), to_value(&default).unwrap());
    assert_eq!(read.attempts, Attempts::Uniform { max: 5 });
    assert_eq!(read.verifier.policy().extraction, Extraction::Boxed);
}

#[test]
fn what_is_written_is_read_back() {
    let settings = json!({
        "template": "plain",
        "feedback": {"role": "user", "text": "No."},
        "rewards": {"wrong": -0.25, "aggregate": "sum", "credit": "attempt"},
        "attempts": {"weighted": [1, 2, 3]},
        "budget": {"attempt": 7},
        "ending": {"marker": "</answer>"},
        "policy": {"extraction": "tags", "requirement": "decimal-2", "limits": {"fuel": 1000},
            "conventions": {"units": "written"}},
    });
    let environment = read(settings);
    assert_eq!(environment.template.feedback.text, "No.");
    assert_eq!(environment.rewards.correct, 1.0);
    assert_eq!(environment.rewards.wrong, -0.25);
    assert_eq!(environment.attempts, Attempts::Weighted(vec![1, 2, 3]));
    assert_eq!(environment.budget.attempt, Some(7));
    assert_eq!(environment.ending, Ending::Marker("</answer>".into()));
    let policy = environment.verifier.policy();
    assert_eq!(policy.limits.fuel, 1000);
    assert!(policy.conventions.names && policy.conventions.units == Units::Written);
    let written = serde_json::to_string(&environment).unwrap();
    let again: Environment = from_str(&written).unwrap();
    assert_eq!(again.template, environment.template);
    assert_eq!(again.verifier.policy(), policy);
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
}

#[test]
fn names_stand_for_what_they_name() {
    for name in TEMPLATES {
        let environment = read(json!({"template": name}));
        assert_eq!(Some(environment.template), Template::named(name));
    }
    for name in CHATS {
        let environment = read(json!({"chat": name}));
        assert_eq!(Some(environment.template.chat), Chat::named(name));
    }
    for name in FEEDBACKS {
        let environment = read(json!({"feedback": name}));
        assert_eq!(Some(environment.template.feedback), Feedback::named(name));
    }
    for name in POLICIES.into_iter().chain(["default+lowest-terms"]) {
        let environment = read(json!({"policy": name}));
        assert_eq!(
            Some(environment.verifier.policy()),
            Policy::named(name).as_ref()
        );
    }
}

#[test]
fn what_is_not_known_is_named_in_the_error() {
    for (settings, word) in [
        (json!({"tempalte": "plain"}), "tempalte"),
        (json!({"template": "planar"}), "planar"),
        (json!({"rewards": {"right": 1}}), "right"),
        (json!({"policy": {"fuel": 1}}), "fuel"),
        (json!({"policy": {"extraction": "box"}}), "box"),
        (json!({"policy": {"requirement": "short"}}), "short"),
        (json!({"attempts": "many"}), "number of attempts"),
        (json!({"ending": "soon"}), "soon"),
    ] {
        let error = from_value::<Environment>(settings.clone()).unwrap_err();
        assert!(error.to_string().contains(word), "{settings}: {error}");
    }
}
