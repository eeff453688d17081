//! What is said between attempts, and the turns of the model that are no attempts.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use resit::env::{
    Attempt, Attempts, Credit, Environment, Episode, Feedback, Finish, Outcome, RewardScheme,
    SegmentKind, Status, StopReason, Task, Template, Turn,
};
use resit::{Grader, Policy};

fn environment(feedback: Feedback, attempts: u32) -> Environment {
    Environment {
        template: Template {
            feedback,
            ..Template::multi_attempt()
        },
        attempts: Attempts::Fixed(attempts),
        ..Environment::default()
    }
}

fn start(environment: &Environment) -> Episode {
    environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap()
}

/// Steps by whole turns of one token for each byte.
fn step(environment: &Environment, episode: &mut Episode, text: &str) -> Outcome {
    episode.encode(|text| vec![0; text.len()]);
    let tokens: Vec<u32> = text.bytes().map(u32::from).collect();
    let turn = Attempt {
        logprobs: vec![-1.0; tokens.len()],
        tokens,
        ..Attempt::text(text)
    };
    let outcome = environment.step(episode, turn).unwrap();
    assert_eq!(episode.check(), Ok(()));
    outcome
}

/// What is said to `answer`, where the reference is `reference` and an attempt is left.
fn said(feedback: &Feedback, reference: &str, answer: &str) -> Option<String> {
    let environment = environment(feedback.clone(), 2);
    let mut episode = environment.reset(&Task::new("?", reference), 0).ok()?;
    let attempt = Attempt::text(format!("\\boxed{{{answer}}}<|im_end|>"));
    environment.step(&mut episode, attempt).unwrap().feedback
}

#[test]
fn policies_say_what_they_are_called() {
    for (feedback, text) in [
        (Feedback::none(), "\n<|im_start|>assistant\n"),
        (
            Feedback::unary(),
            "\n<|im_start|>user\nLet's try again.<|im_end|>\n<|im_start|>assistant\n",
        ),
        (
            Feedback::count(),
            "\n<|im_start|>system\nYour answer is incorrect. You have 1 attempts left. Try an \
             alternative.<|im_end|>\n<|im_start|>assistant\n",
        ),
        (
            Feedback {
                text: "{input} is not {input}; {remaining} left".into(),
                ..Feedback::unary()
            },
            "\n<|im_start|>user\n? is not ?; 1 left<|im_end|>\n<|im_start|>assistant\n",
        ),
    ] {
        assert_eq!(said(&feedback, "42", "41").unwrap(), text);
    }
}

#[test]
fn diagnosis_names_what_is_wrong() {
    let diagnostic = Feedback::diagnostic();
    for (reference, answer, sentence) in [
        ("42", "-42", "Check the signs."),
        ("42", "420", "Check the magnitude,"),
        ("1.5", "0.015", "Check the magnitude,"),
        ("-0.3", "-30", "Check the magnitude,"),
        ("3 \\text{ m}", "3 \\text{ cm}", "Check the magnitude,"),
        ("3 \\text{ cm}", "3 \\text{ kg}", "Check the units."),
        (
            "(1, 2)",
            "x = 1",
            "It is not of the form that the question asks for.",
        ),
        (
            "1, 2, 3",
            "1, 2",
            "It does not hold the right number of items.",
        ),
        ("\\{1, 2, 3\\}", "\\{1, 2, 4\\}", "Not every item is right."),
        ("42", "41", "Its value is not right."),
        // Neither the sign alone nor the magnitude alone.
        ("42", "-420", "Its value is not right."),
        ("42", "840", "Its value is not right."),
        ("0", "10", "Its value is not right."),
    ] {
        let said = said(&diagnostic, reference, answer).unwrap();
        assert!(said.contains(sentence), "{reference} / {answer}: {said}");
    }
    let environment = environment(diagnostic, 2);
    let outcome = step(&environment, &mut start(&environment), "no box");
    assert!(
        outcome
            .feedback
            .unwrap()
            .contains("There is no answer in a box.")
    );
}

#[test]
fn diagnosis_of_what_is_not_simplified_does_not_call_the_value_wrong() {
    let environment = environment(Feedback::diagnostic(), 2)
        .with_verifier(Grader::new(Policy::named("boxed+lowest-terms").unwrap()));
    let said = |answer: &str| {
        let task = Task::new("?", r"\frac{3}{4}");
        let mut episode = environment.reset(&task, 0).unwrap();
        let attempt = Attempt::text(format!("\\boxed{{{answer}}}"));
        environment.step(&mut episode, attempt).unwrap().feedback
    };
    for answer in [r"\frac{6}{8}", "0.75", "1 - \\frac14"] {
        let said = said(answer).unwrap();
        assert!(said.contains("it is not simplified"), "{said}");
    }
    assert_eq!(said(r"\frac34"), None);
}

const REFERENCES: [&str; 14] = [
    "42",
    "-42",
    "1000",
    "0.042",
    r"\frac{1}{3}",
    r"\sqrt{2}",
    "3 \\text{ cm}",
    "(1, 2)",
    "[1, 2)",
    "1, 2, 3",
    r"\{4, 5\}",
    "x^2 + 1",
    "y = 3x",
    r"\text{east}",
];

/// The same attempts against every reference: what is said is one of a few sentences, and none of
/// them depends on which reference it was.
#[test]
fn feedback_is_no_function_of_the_reference() {
    for feedback in [
        Feedback::none(),
        Feedback::unary(),
        Feedback::count(),
        Feedback::diagnostic(),
        Feedback::reflection(),
        Feedback::verification(),
    ] {
        let mut sentences = BTreeSet::new();
        for reference in REFERENCES {
            for answer in REFERENCES {
                let Some(said) = said(&feedback, reference, answer) else {
                    continue;
                };
                if reference.len() > 1 {
                    let quotes = said.contains(reference);
                    assert!(!quotes, "{reference} in {said}");
                }
                sentences.insert(said);
            }
        }
        let most = if feedback == Feedback::diagnostic() {
            13
        } else {
            1
        };
        assert!((1..=most).contains(&sentences.len()), "{sentences:?}");
    }
}

/// A search that is told "too small" halves what is left with each attempt, and so finds one number
/// in a thousand in ten. Along the diagnosis it cannot: whatever the answer, all references but its
/// negative and its multiples by powers of ten look the same, so that an attempt rules out no more
/// than these.
#[test]
fn reference_cannot_be_searched_for_along_the_diagnosis() {
    let diagnostic = Feedback::diagnostic();
    let references = || (-60..=60).chain([100, -100, 200, 600, 1000]);
    for answer in [1, 2, 7, 10, 20, 31, 60, -3, -20, -60, 0] {
        let mut told_apart = BTreeMap::<String, Vec<i32>>::new();
        for reference in references().filter(|reference| *reference != answer) {
            let said = said(&diagnostic, &reference.to_string(), &answer.to_string()).unwrap();
            told_apart.entry(said).or_default().push(reference);
        }
        let mut groups: Vec<Vec<i32>> = told_apart.into_values().collect();
        groups.sort_by_key(Vec::len);
        let rest = groups.pop().unwrap();
        let power =
            |r: &i32| (1..4).any(|k| *r == answer * 10_i32.pow(k) || r * 10_i32.pow(k) == answer);
        for reference in groups.iter().flatten() {
            assert!(
                *reference == -answer || power(reference),
                "{reference} from {answer}"
            );
        }
        assert!(
            rest.len() >= 119,
            "{answer} rules out all but {}",
            rest.len()
        );
        // Both directions are one sentence.
        let up = said(&diagnostic, "200", "20").unwrap();
        assert_eq!(Some(up), said(&diagnostic, "2", "20"));
    }
}

#[test]
fn blind_feedback_does_not_tell_right_from_wrong() {
    let feedback = Feedback {
        blind: true,
        text: "There may be a mistake. Check it.".into(),
        ..Feedback::unary()
    };
    let environment = environment(feedback, 2);
    let said = |first: &str| {
        let mut episode = start(&environment);
        step(&environment, &mut episode, first).feedback.unwrap()
    };
    assert_eq!(said(r"\boxed{42}"), said(r"\boxed{41}"));
    // The last attempt counts.
    for (first, second, stop) in [
        (r"\boxed{42}", r"\boxed{42}", StopReason::Solved),
        (r"\boxed{41}", r"\boxed{42}", StopReason::Solved),
        (r"\boxed{42}", r"\boxed{41}", StopReason::Exhausted),
    ] {
        let mut episode = start(&environment);
        step(&environment, &mut episode, first);
        assert_eq!(step(&environment, &mut episode, second).stop, Some(stop));
    }
}

fn kinds(episode: &Episode) -> Vec<(SegmentKind, u32)> {
    let segments = episode.transcript().segments().iter();
    segments.map(|s| (s.kind, s.attempt)).collect()
}

#[test]
fn reflection_comes_between_attempts_and_alone_is_rewarded() {
    use SegmentKind::{Attempt, Feedback as Said, Prompt, Reflection};
    let environment = Environment {
        rewards: RewardScheme {
            wrong: 0.0,
            unformatted: 0.0,
            credit: Credit::Reflection,
            ..RewardScheme::default()
        },
        ..environment(Feedback::reflection(), 2)
    };
    let mut episode = start(&environment);
    let outcome = step(&environment, &mut episode, r"\boxed{41}");
    assert!(outcome.feedback.unwrap().contains("Reflect"));
    assert_eq!(episode.state().turn, Turn::Interlude);
    // A box in a reflection is no attempt.
    let outcome = step(
        &environment,
        &mut episode,
        r"I said \boxed{42}, carelessly.",
    );
    assert_eq!((outcome.status, outcome.stop), (Status::Interlude, None));
    assert!(
        outcome
            .feedback
            .unwrap()
            .contains("You have 1 attempts left.")
    );
    let outcome = step(&environment, &mut episode, r"\boxed{42}");
    assert_eq!(outcome.stop, Some(StopReason::Solved));
    assert_eq!(
        kinds(&episode),
        [
            (Prompt, 0),
            (Attempt, 1),
            (Said, 1),
            (Reflection, 1),
            (Said, 1),
            (Attempt, 2)
        ]
    );
    let sequences = episode.sequences(&environment.rewards);
    let trained: Vec<bool> = sequences[0].loss_mask.clone();
    let text = "I said \\boxed{42}, carelessly.";
    assert_eq!(trained.iter().filter(|t| **t).count(), text.len());
    let place = sequences[0].rewards.iter().position(|r| *r == 1.0).unwrap();
    assert_eq!(Some(place), trained.iter().rposition(|t| *t));
    assert_eq!(sequences[0].rewards.iter().sum::<f64>(), 1.0);
}

#[test]
fn reflection_is_not_asked_for_when_nothing_follows() {
    let environment = environment(Feedback::reflection(), 1);
    let outcome = step(&environment, &mut start(&environment), r"\boxed{41}");
    assert_eq!(outcome.stop, Some(StopReason::Exhausted));
    assert_eq!(outcome.feedback, None);
}

#[test]
fn verification_decides_whether_the_model_revises() {
    for (first, verdict, stop) in [
        (
            r"\boxed{42}",
            "The answer is correct.",
            Some(StopReason::Solved),
        ),
        (
            r"\boxed{41}",
            "The answer is correct.",
            Some(StopReason::Accepted),
        ),
        (r"\boxed{42}", "The answer is wrong.", None),
        (r"\boxed{41}", "The answer is wrong.", None),
        (
            r"\boxed{41}",
            "The answer is wrong. No: The answer is correct.",
            Some(StopReason::Accepted),
        ),
        (
            r"\boxed{41}",
            "The answer is correct? The answer is wrong.",
            None,
        ),
        (r"\boxed{41}", "Who knows.", None),
    ] {
        let environment = environment(Feedback::verification(), 2);
        let mut episode = start(&environment);
        let outcome = step(&environment, &mut episode, first);
        assert_eq!(outcome.stop, None, "{first}");
        let outcome = step(&environment, &mut episode, verdict);
        assert_eq!(outcome.stop, stop, "{first}, {verdict}");
        if stop.is_none() {
            let outcome = step(&environment, &mut episode, r"\boxed{42}");
            assert_eq!(outcome.stop, Some(StopReason::Solved));
        }
    }
}

#[test]
fn question_to_verify_does_not_tell_right_from_wrong() {
    let environment = environment(Feedback::verification(), 2);
    let said = |first: &str| {
        let mut episode = start(&environment);
        step(&environment, &mut episode, first).feedback
    };
    assert_eq!(said(r"\boxed{42}"), said(r"\boxed{41}"));
}

#[test]
fn interlude_that_is_cut_off_ends_the_episode_with_the_models_token() {
    let environment = environment(Feedback::reflection(), 3);
    for text in ["", "I was"] {
        let mut episode = start(&environment);
        step(&environment, &mut episode, r"\boxed{41}");
        episode.encode(|text| vec![0; text.len()]);
        let cut = Attempt {
            tokens: text.bytes().map(u32::from).collect(),
            finish: Finish::Length,
            ..Attempt::text(text)
        };
        let outcome = environment.step(&mut episode, cut).unwrap();
        assert_eq!(outcome.stop, Some(StopReason::Truncated));
        assert_eq!(outcome.reward, -0.5);
        assert_eq!(episode.check(), Ok(()));
        assert_eq!(episode.transcript().loss_mask().last(), Some(&true));
    }
}
