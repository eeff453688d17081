//! What a trainer relies on: ids are exact and appended, the mask covers what was sampled.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use resit::env::{
    Attempt, Attempts, EnvError, Environment, Episode, Finish, SegmentKind, Task, Template,
};

/// Sampled ids start here, the environment's are code points: who wrote an id can be read off it.
const SAMPLED: u32 = 1 << 21;

fn encode(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

fn sampled(text: &str, ids: &[u32], finish: Finish) -> Attempt {
    Attempt {
        text: text.into(),
        tokens: ids.iter().map(|id| SAMPLED + id).collect(),
        logprobs: ids.iter().map(|&id| -(id as f32) / 3.0).collect(),
        finish,
    }
}

fn start(environment: &Environment) -> Episode {
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    episode.encode(encode);
    episode
}

fn environment(attempts: u32) -> Environment {
    Environment {
        attempts: Attempts::Fixed(attempts),
        ..Environment::default()
    }
}

prop_compose! {
    /// A non-empty action that does not solve the task.
    fn failing_action()(
        text in prop_oneof!["[a-z ]{0,9}", Just(r"\boxed{41}".into()), Just(r"\boxed{4".into())],
        ids in prop::collection::vec(0..1000u32, 1..9),
        ends in any::<bool>(),
        marked in any::<bool>(),
    ) -> Attempt {
        let finish = if ends { Finish::EndOfTurn } else { Finish::Open };
        let end = if marked { "<|im_end|>" } else { "" };
        sampled(&format!("{text}{end}"), &ids, finish)
    }
}

prop_compose! {
    fn any_action()(
        action in failing_action(),
        text in prop_oneof![3 => Just(None), 1 => Just(Some(r"\boxed{42}")), 1 => Just(Some(""))],
        cut in prop::bool::weighted(0.1),
    ) -> Attempt {
        let mut action = action;
        if let Some(text) = text {
            action.text = text.into();
        }
        if text == Some("") {
            action.tokens.clear();
            action.logprobs.clear();
        }
        if cut {
            action.finish = Finish::Length;
        }
        action
    }
}

proptest! {
    #[test]
    fn ids_of_a_step_are_a_prefix_of_those_of_the_next(
        attempts in 3..8u32,
        actions in prop::collection::vec(failing_action(), 3..40),
    ) {
        let environment = environment(attempts);
        let mut episode = start(&environment);
        let mut before = episode.transcript().tokens();
        for action in actions {
            if episode.state().stop.is_some() {
                break;
            }
            let ids = action.tokens.clone();
            environment.step(&mut episode, action).unwrap();
            episode.encode(encode);
            let after = episode.transcript().tokens();
            let appended = after.strip_prefix(before.as_slice());
            prop_assert!(appended.is_some_and(|new| new.starts_with(&ids)));
            before = after;
        }
    }

    #[test]
    fn mask_covers_exactly_the_sampled_tokens(
        attempts in 3..8u32,
        actions in prop::collection::vec(any_action(), 1..40),
    ) {
        let environment = environment(attempts);
        let mut episode = start(&environment);
        let (mut ids, mut logprobs) = (Vec::new(), Vec::new());
        for action in actions {
            if episode.state().stop.is_some() {
                break;
            }
            ids.extend(action.tokens.clone());
            logprobs.extend(action.logprobs.clone());
            environment.step(&mut episode, action).unwrap();
            episode.encode(encode);
        }
        let transcript = episode.transcript();
        let tokens = transcript.tokens();
        let mask = transcript.loss_mask();
        prop_assert_eq!(mask.len(), tokens.len());
        prop_assert!(tokens.iter().zip(&mask).all(|(&id, &masked)| masked == (id >= SAMPLED)));
        let model_ids: Vec<u32> = tokens.into_iter().filter(|&id| id >= SAMPLED).collect();
        prop_assert_eq!(model_ids, ids);
        let known = transcript.logprobs().unwrap();
        prop_assert!(known.iter().zip(&mask).all(|(&p, &masked)| masked || p == 0.0));
        let model_logprobs: Vec<f32> = known.into_iter().zip(&mask).filter(|(_, m)| **m).map(|(p, _)| p).collect();
        prop_assert_eq!(model_logprobs, logprobs);
    }

    #[test]
    fn last_token_of_an_ended_transcript_is_the_models(
        attempts in 3..8u32,
        actions in prop::collection::vec(any_action(), 40),
    ) {
        let environment = environment(attempts);
        let mut episode = start(&environment);
        for action in actions {
            if episode.state().stop.is_some() {
                break;
            }
            environment.step(&mut episode, action).unwrap();
            episode.encode(encode);
        }
        if episode.state().stop.is_some() {
            let mask = episode.transcript().loss_mask();
            prop_assert!(mask.last() == Some(&true) || !mask.contains(&true));
        }
    }

    #[test]
    fn environment_segments_encode_what_they_say(
        actions in prop::collection::vec(failing_action(), 1..20),
    ) {
        let environment = environment(5);
        let mut episode = start(&environment);
        for action in actions {
            if episode.state().stop.is_some() {
                break;
            }
            environment.step(&mut episode, action).unwrap();
        episode.encode(encode);
        }
        for segment in episode.transcript().segments() {
            if segment.kind != SegmentKind::Attempt {
                prop_assert_eq!(&segment.tokens, &encode(&segment.text));
            }
        }
    }
}

#[test]
fn feedback_that_no_attempt_answers_is_withdrawn() {
    let environment = environment(3);
    let mut episode = start(&environment);
    let wrong = sampled(r"\boxed{41}", &[1, 2], Finish::EndOfTurn);
    environment.step(&mut episode, wrong).unwrap();
    episode.encode(encode);
    assert_eq!(episode.transcript().segments().len(), 3);
    environment
        .step(&mut episode, sampled("", &[], Finish::Length))
        .unwrap();
    assert_eq!(episode.transcript().segments().len(), 2);
    assert!(
        episode
            .transcript()
            .tokens()
            .ends_with(&[SAMPLED + 1, SAMPLED + 2])
    );
}

#[test]
fn pieces_of_an_attempt_are_one_segment() {
    let environment = environment(2);
    let mut episode = start(&environment);
    for piece in [
        sampled("a", &[1], Finish::Open),
        sampled("", &[2, 3], Finish::Open),
        sampled(r"\boxed{41}", &[4], Finish::Open),
    ] {
        environment.step(&mut episode, piece).unwrap();
    }
    let segments = episode.transcript().segments();
    let kinds: Vec<(SegmentKind, u32)> = segments.iter().map(|s| (s.kind, s.attempt)).collect();
    assert_eq!(
        kinds,
        [
            (SegmentKind::Prompt, 0),
            (SegmentKind::Attempt, 1),
            (SegmentKind::Feedback, 1)
        ]
    );
    assert_eq!(segments[1].text, r"a\boxed{41}");
    assert_eq!(segments[1].tokens, [1, 2, 3, 4].map(|id| SAMPLED + id));
    assert_eq!(segments[1].logprobs.len(), 4);
}

#[test]
fn end_of_turn_token_belongs_to_the_attempt_and_appears_once() {
    const END_OF_TURN: u32 = SAMPLED + 151_645;
    let environment = environment(2);
    let mut episode = start(&environment);
    let attempt = sampled(r"\boxed{41}<|im_end|>", &[7, 151_645], Finish::EndOfTurn);
    environment.step(&mut episode, attempt).unwrap();
    episode.encode(encode);
    let transcript = episode.transcript();
    let at = transcript
        .tokens()
        .iter()
        .position(|&id| id == END_OF_TURN)
        .unwrap();
    assert!(transcript.loss_mask()[at]);
    let feedback = &transcript.segments()[2];
    assert!(
        feedback.text.starts_with("\n<|im_start|>system\n"),
        "{}",
        feedback.text
    );
}

#[test]
fn encode_leaves_known_ids_alone() {
    let environment = environment(2);
    let mut episode = start(&environment);
    let wrong = sampled(r"\boxed{41}", &[1, 2], Finish::EndOfTurn);
    environment.step(&mut episode, wrong).unwrap();
    episode.encode(encode);
    let before = episode.clone();
    episode.encode(|_| vec![0]);
    assert_eq!(episode, before);
}

#[test]
fn text_only_episode_has_no_ids() {
    let environment = environment(2);
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    environment
        .step(&mut episode, Attempt::text(r"\boxed{42}"))
        .unwrap();
    assert_eq!(episode.transcript().tokens(), []);
    assert_eq!(episode.transcript().loss_mask(), []);
}

#[test]
fn unknown_logprobs_are_not_made_up() {
    let environment = environment(2);
    let mut episode = start(&environment);
    let attempt = Attempt {
        logprobs: vec![],
        ..sampled(r"\boxed{42}", &[1, 2], Finish::EndOfTurn)
    };
    environment.step(&mut episode, attempt).unwrap();
    assert_eq!(episode.transcript().logprobs(), None);
    assert!(
        episode
            .transcript()
            .tokens()
            .ends_with(&[SAMPLED + 1, SAMPLED + 2])
    );
}

/// Steps a fresh episode by `attempts`, of which the last is refused and changes nothing.
fn refused(attempts: impl IntoIterator<Item = Attempt>) -> EnvError {
    let environment = environment(3);
    let mut episode = start(&environment);
    let mut error = None;
    for attempt in attempts {
        assert_eq!(error, None);
        let before = episode.clone();
        error = environment.step(&mut episode, attempt).err();
        if error.is_some() {
            assert_eq!(episode, before);
        }
    }
    error.unwrap()
}

#[test]
fn logprobs_of_some_tokens_only_are_refused() {
    let short = Attempt {
        logprobs: vec![-1.0],
        ..sampled("a", &[1, 2], Finish::EndOfTurn)
    };
    let expected = EnvError::LogprobCount {
        tokens: 2,
        logprobs: 1,
    };
    assert_eq!(refused([short]), expected);
    let known = sampled("a", &[1], Finish::Open);
    let unknown = Attempt {
        logprobs: vec![],
        ..known.clone()
    };
    assert_eq!(refused([known.clone(), unknown.clone()]), expected);
    assert_eq!(refused([unknown, known]), expected);
}

#[test]
fn logprob_that_is_no_number_is_refused() {
    for logprob in [f32::NAN, f32::NEG_INFINITY] {
        let attempt = Attempt {
            logprobs: vec![-1.0, logprob],
            ..sampled("a", &[1, 2], Finish::EndOfTurn)
        };
        assert_eq!(refused([attempt]), EnvError::LogprobNotFinite { index: 1 });
    }
}

#[test]
fn ids_after_text_without_ids_are_refused() {
    let wrong = sampled(r"\boxed{41}", &[1], Finish::EndOfTurn);
    assert_eq!(refused([wrong.clone(), wrong]), EnvError::NotEncoded);
}

#[test]
fn task_without_a_reference_is_refused() {
    for reference in ["", " \n", r"\boxed{}", "<think>7</think>"] {
        let error = environment(1)
            .reset(&Task::new("6 * 7?", reference), 0)
            .unwrap_err();
        assert_eq!(error, EnvError::EmptyReference);
    }
}

#[test]
fn episode_without_an_attempt_is_refused() {
    for attempts in [Attempts::Fixed(0), Attempts::Uniform { max: 0 }] {
        let environment = Environment {
            attempts,
            ..Environment::default()
        };
        let error = environment
            .reset(&Task::new("6 * 7?", "42"), 0)
            .unwrap_err();
        assert_eq!(error, EnvError::NoAttempts);
    }
}

#[test]
fn n_is_uniform_and_follows_the_seed() {
    let environment = Environment::default();
    let task = Task::new("6 * 7?", "42");
    let mut counts = [0; 5];
    for seed in 0..5000 {
        let episode = environment.reset(&task, seed).unwrap();
        assert_eq!(episode, environment.reset(&task, seed).unwrap());
        counts[episode.state().attempts as usize - 1] += 1;
    }
    assert!(counts.iter().all(|n| (900..1100).contains(n)), "{counts:?}");
}

#[test]
fn question_may_hold_placeholders_and_markup() {
    let question = r"Is {remaining} in {input} or \boxed{}?";
    let environment = Environment {
        template: Template::plain(),
        ..environment(2)
    };
    let episode = environment.reset(&Task::new(question, "42"), 0).unwrap();
    assert_eq!(
        episode.transcript().text(),
        format!("{question}\nPut your final answer within \\boxed{{}}. You have 2 attempts.\n")
    );
}

/// The published templates to the letter, as the code sends them.
#[test]
fn templates_are_the_published_ones() {
    let task = Task::new("1+1?", "2");
    let dialogue = |template| {
        let environment = Environment {
            template,
            ..environment(3)
        };
        let mut episode = environment.reset(&task, 0).unwrap();
        environment
            .step(&mut episode, Attempt::text("ANSWER"))
            .unwrap();
        episode.transcript().text()
    };
    assert_eq!(
        dialogue(Template::multi_attempt()),
        "<|im_start|>system\nPlease reason step by step, and put your final answer within \\boxed{}. You have 3 attempts to answer the questions, and you should provide the full reasoning steps in each attempt.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\nANSWER<|im_end|>\n<|im_start|>system\nYour answer is incorrect. You have 2 attempts left. Try an alternative.<|im_end|>\n<|im_start|>assistant\n"
    );
    assert_eq!(
        dialogue(Template::repeat_question()),
        "<|im_start|>system\nPlease reason step by step, and put your final answer within \\boxed{}. You have 3 attempts to answer the question.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\nANSWER<|im_end|>\n<|im_start|>system\nYour answer is incorrect. Try an alternative. You have 2 attempts to answer the question.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n"
    );
    assert!(dialogue(Template::single_turn()).starts_with(
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n1+1?\nPlease reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n<|im_start|>assistant\nANSWER<|im_end|>"
    ));
}
