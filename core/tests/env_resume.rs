//! An episode is data: written to JSON at any step and read back, it goes on identically.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use resit::env::{
    Attempt, Environment, Episode, Finish, Outcome, RewardScheme, State, Task, Template, transition,
};

fn encode(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

fn finish() -> impl Strategy<Value = Finish> {
    prop_oneof![
        6 => Just(Finish::EndOfTurn),
        6 => Just(Finish::Open),
        1 => Just(Finish::Length)
    ]
}

prop_compose! {
    fn action()(
        text in prop_oneof![
            ".{0,9}",
            Just(r"\boxed{41}".into()),
            Just(r"\boxed{42}<|im_end|>".into()),
            Just(r"\boxed{4".into()),
        ],
        scored in prop::collection::vec((any::<u32>(), -30.0..0.0f32), 1..9),
        finish in finish(),
    ) -> Attempt {
        let (tokens, logprobs) = scored.into_iter().unzip();
        Attempt { text, tokens, logprobs, finish }
    }
}

fn reread(episode: &Episode) -> Episode {
    serde_json::from_str(&serde_json::to_string(episode).unwrap()).unwrap()
}

/// The outcomes of `actions` up to the end of the episode, and the episode after them.
fn play(episode: &Episode, actions: &[Attempt], reread_each: bool) -> (Vec<Outcome>, Episode) {
    let environment = Environment::default();
    let mut episode = episode.clone();
    let mut outcomes = Vec::new();
    for action in actions {
        if episode.state().stop.is_some() {
            break;
        }
        episode.encode(encode);
        if reread_each {
            episode = reread(&episode);
        }
        outcomes.push(environment.step(&mut episode, action.clone()).unwrap());
    }
    (outcomes, episode)
}

proptest! {
    #[test]
    fn episode_read_back_at_every_step_goes_on_identically(
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 1..20),
    ) {
        let start = Environment::default().reset(&Task::new("6 * 7?", "42"), seed).unwrap();
        prop_assert_eq!(play(&start, &actions, true), play(&start, &actions, false));
    }

    #[test]
    fn transition_is_a_function_of_task_state_and_action(
        attempts in 1..6u32,
        actions in prop::collection::vec(action(), 1..20),
    ) {
        let environment = Environment::default();
        let task = environment.prepare(Task::new("6 * 7?", "42")).unwrap();
        let mut state = State::new(attempts);
        for action in actions {
            let copy: State =
                serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
            let result = transition(&environment, &task, &state, &action);
            prop_assert_eq!(&result, &transition(&environment, &task, &copy, &action));
            match result {
                Ok((next, outcome)) => {
                    prop_assert_eq!(next.stop, outcome.stop);
                    state = next;
                }
                Err(_) => break,
            }
        }
    }

    /// What a file says is not trusted: any state steps to a state.
    #[test]
    fn no_state_makes_the_transition_panic(
        attempts in any::<u32>(),
        used in 0..4usize,
        open in prop::option::of((".{0,9}", prop_oneof![any::<u64>(), Just(u64::MAX)])),
        turn in prop_oneof![Just("attempt"), Just("interlude")],
        action in action(),
    ) {
        let result = r#"{"status": "wrong", "judgement": null, "repeated": true, "tokens": 7}"#;
        let results: serde_json::Value =
            serde_json::from_str(&format!("[{}]", vec![result; used].join(","))).unwrap();
        let open = open.map(|(text, tokens)| serde_json::json!({"text": text, "tokens": tokens}));
        let state = serde_json::json!({
            "attempts": attempts, "results": results, "tokens": u64::MAX, "turn": turn,
            "open": open, "stop": null,
        });
        let state: State = serde_json::from_value(state).unwrap();
        let environment = Environment::default();
        let task = environment.prepare(Task::new("6 * 7?", "42")).unwrap();
        let (next, _) = transition(&environment, &task, &state, &action).unwrap();
        prop_assert!(next.results.len() >= used);
    }
}

#[test]
fn names_in_json_are_stable() {
    let environment = Environment::default();
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 3).unwrap();
    episode.encode(|_| vec![5, 6]);
    let attempt = Attempt {
        text: r"\boxed{42}".into(),
        tokens: vec![7, 8],
        logprobs: vec![-0.5, -0.25],
        finish: Finish::EndOfTurn,
    };
    let outcome = environment.step(&mut episode, attempt).unwrap();
    let prompt = &episode.transcript().segments()[0].text;
    assert_eq!(
        serde_json::to_value(&episode).unwrap(),
        serde_json::json!({
            "version": 1,
            "task": {"id": null, "question": "6 * 7?", "reference": "42"},
            "state": {
                "attempts": episode.state().attempts,
                "results": [{
                    "status": "correct",
                    "judgement": {
                        "decision": "equal", "formatted": true, "answer": "42",
                        "reason": "equal", "score": null, "diagnosis": null,
                    },
                    "repeated": false,
                    "tokens": 2,
                }],
                "tokens": 2, "turn": "attempt", "open": null, "stop": "solved",
            },
            "transcript": {
                "thinking": "keep",
                "segments": [
                    {
                        "kind": "prompt", "attempt": 0, "text": prompt, "tokens": [5, 6],
                        "logprobs": [], "finish": null,
                    },
                    {
                        "kind": "attempt", "attempt": 1, "text": r"\boxed{42}",
                        "tokens": [7, 8], "logprobs": [-0.5, -0.25], "finish": "end-of-turn",
                    },
                ],
            },
        })
    );
    let outcome = serde_json::to_value(&outcome).unwrap();
    assert_eq!(outcome["status"], "correct");
    assert_eq!(outcome["stop"], "solved");
    assert_eq!(outcome["reward"], 1.0);
}

#[test]
fn configuration_is_data() {
    let template: Template = serde_json::from_str(
        r#"{
            "chat": {
                "start": "", "system": null, "user": ["Q: ", "\n"], "assistant": "A: ",
                "end_of_turn": "", "after_turn": "\n", "thinking": "keep"
            },
            "system": "",
            "user": "{input}",
            "feedback": {"role": "user", "text": "no", "blind": false, "interlude": null}
        }"#,
    )
    .unwrap();
    assert_eq!(template.feedback.text, "no");
    let rewards: RewardScheme =
        serde_json::from_str(r#"{"correct": 2, "wrong": 0, "unformatted": -2}"#).unwrap();
    assert_eq!(rewards.unformatted, -2.0);
}
