//! The scaffolds of the chat families against what the families' own templates render (chats.json,
//! made by chats.py).
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use resit::env::{
    Attempt, Attempts, CHATS, Chat, Environment, Episode, Feedback, RewardScheme, Role,
    SegmentKind, Task, Template, Thinking,
};

#[derive(serde::Deserialize)]
struct Case {
    family: String,
    thinking: Thinking,
    role: Role,
    template: String,
    system: String,
    question: String,
    feedback: Vec<String>,
    answers: Vec<String>,
    contexts: Vec<Context>,
    ids: BTreeMap<String, Vec<u32>>,
}

/// What an attempt is sampled after.
#[derive(serde::Deserialize)]
struct Context {
    text: String,
    ids: Vec<u32>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("chats.json")).unwrap()
}

/// The environment that says `said` after an attempt.
fn environment(case: &Case, said: &str) -> Environment {
    Environment {
        template: Template {
            chat: Chat {
                thinking: case.thinking,
                ..Chat::named(&case.family).unwrap()
            },
            system: case.system.clone(),
            user: "{input}".into(),
            feedback: Feedback {
                role: case.role,
                text: said.into(),
                ..Feedback::none()
            },
        },
        attempts: Attempts::Fixed(5),
        ..Environment::default()
    }
}

/// Plays the dialogue of `case` up to where the attempt after `answers` would begin.
fn play(case: &Case, answers: usize, text: impl Fn(&str) -> String) -> Episode {
    let task = Task::new(format!(" {}\n", case.question), "7");
    let mut episode = environment(case, "").reset(&task, 0).unwrap();
    encode(case, &mut episode);
    for (answer, said) in case.answers.iter().zip(&case.feedback).take(answers) {
        let tokens = case.ids[answer].clone();
        let attempt = Attempt {
            logprobs: tokens.iter().map(|id| -f32::from(*id as u16)).collect(),
            tokens,
            ..Attempt::text(text(answer))
        };
        environment(case, said).step(&mut episode, attempt).unwrap();
        encode(case, &mut episode);
        assert_eq!(episode.check(), Ok(()));
    }
    episode
}

fn encode(case: &Case, episode: &mut Episode) {
    episode.encode(|text| {
        let ids = case.ids.get(text);
        let ids = ids.unwrap_or_else(|| panic!("{}: {text:?}", case.family));
        ids.clone()
    });
}

#[test]
fn context_of_every_attempt_is_what_the_template_renders() {
    for case in cases() {
        for (answers, context) in case.contexts.iter().enumerate() {
            let episode = play(&case, answers, str::to_owned);
            let about = format!("{} as {}, {answers}", case.family, case.template);
            assert_eq!(episode.transcript().text(), context.text, "{about}");
            assert_eq!(episode.transcript().tokens(), context.ids, "{about}");
        }
    }
}

#[test]
fn every_family_is_rendered() {
    let rendered: Vec<String> = cases().into_iter().map(|case| case.family).collect();
    for family in CHATS {
        assert!(Chat::named(family).is_some());
        let covered = rendered.iter().any(|name| name == family);
        assert!(covered || family == "plain", "{family}");
    }
    assert_eq!(Chat::named("cobol"), None);
}

#[test]
fn sampled_ids_are_never_dropped_from_the_transcript() {
    for case in cases() {
        let episode = play(&case, 2, str::to_owned);
        let segments = episode.transcript().segments().iter();
        let sampled: Vec<&[u32]> = segments
            .filter(|segment| segment.kind == SegmentKind::Attempt)
            .map(|segment| segment.tokens.as_slice())
            .collect();
        let expected = case
            .answers
            .iter()
            .take(2)
            .map(|text| case.ids[text].as_slice());
        assert!(sampled.into_iter().eq(expected), "{}", case.family);
    }
}

/// Every sequence is a prefix that a turn was sampled after, and that turn.
#[test]
fn turns_are_trained_in_the_context_that_they_were_sampled_in() {
    for case in cases() {
        let episode = play(&case, 2, str::to_owned);
        let sequences = episode.sequences(&RewardScheme::default());
        let masked: Vec<Vec<u32>> = sequences
            .iter()
            .map(|sequence| {
                let tokens = sequence.tokens.iter().zip(&sequence.loss_mask);
                tokens
                    .filter(|(_, mask)| **mask)
                    .map(|(id, _)| *id)
                    .collect()
            })
            .collect();
        let turn = |k: usize| case.ids[&case.answers[k]].clone();
        match case.thinking {
            Thinking::Keep => assert_eq!(masked, [[turn(0), turn(1)].concat()]),
            // What follows the last answer has not been sampled yet.
            Thinking::Drop => assert_eq!(masked, [Vec::<u32>::new()]),
            Thinking::Fork => {
                assert_eq!(masked, [turn(0), turn(1), vec![]]);
                for (sequence, context) in sequences.iter().zip(&case.contexts) {
                    assert!(sequence.tokens.starts_with(&context.ids));
                    let sampled = sequence.tokens.len() - context.ids.len();
                    let mask = sequence.loss_mask.iter().rev();
                    assert_eq!(mask.take_while(|mask| **mask).count(), sampled);
                }
            }
        }
        for sequence in sequences {
            let logprobs = sequence.logprobs.unwrap();
            for ((id, mask), logprob) in
                sequence.tokens.iter().zip(sequence.loss_mask).zip(logprobs)
            {
                assert_eq!(logprob, if mask { -f32::from(*id as u16) } else { 0.0 });
            }
        }
    }
}

/// A sampler that leaves special tokens out of the text has sampled the end of turn all the same.
#[test]
fn end_of_turn_that_the_text_does_not_show_is_not_repeated() {
    for case in cases() {
        let end = Chat::named(&case.family).unwrap().end_of_turn;
        let shown = play(&case, 2, str::to_owned);
        let hidden = play(&case, 2, |text| text.strip_suffix(&*end).unwrap().into());
        assert_eq!(hidden.transcript().tokens(), shown.transcript().tokens());
    }
}
