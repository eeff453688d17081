//! The known faults of the published code: each right without its name, and reproduced with it.
#![allow(clippy::unwrap_used)]

use resit::env::{
    Attempt, Attempts, EnvError, Environment, Episode, Faults, Judgement, Phase,
    PublishedEvaluation, PublishedGrader, RewardScheme, StopReason, Task, Transcript, Verifier,
};
use resit::{Grader, Policy};

/// None of the faults.
const RIGHT: Faults = Faults::NONE;

fn environment(faults: Faults, phase: Phase, baseline: bool) -> Environment<PublishedGrader> {
    let base = Environment {
        attempts: Attempts::Fixed(1),
        ..Environment::default()
    };
    base.with_verifier(PublishedGrader {
        faults,
        phase,
        baseline,
        verifier: Grader::new(Policy::boxed()),
    })
}

/// The reward of one attempt.
fn reward(environment: &Environment<PublishedGrader>, reference: &str, attempt: &str) -> f64 {
    let mut episode = environment.reset(&Task::new("?", reference), 0).unwrap();
    environment
        .step(&mut episode, Attempt::text(attempt))
        .unwrap()
        .reward
}

/// Whether `answer` in a box is right.
fn accepts(faults: Faults, phase: Phase, reference: &str, answer: &str) -> bool {
    let environment = environment(faults, phase, false);
    reward(&environment, reference, &format!("\\boxed{{{answer}}}")) == 1.0
}

#[test]
fn nothing_is_wrong_by_default() {
    assert_eq!(Faults::default(), RIGHT);
    assert_ne!(Faults::ALL, RIGHT);
}

#[test]
fn fault_1_discount_is_overwritten_on_success() {
    let scheme = RewardScheme {
        discount: 0.5,
        ..RewardScheme::default()
    };
    let base = Environment {
        attempts: Attempts::Fixed(2),
        ..Environment::default()
    };
    let solved_in = |attempts: &[&str], faults: Faults| {
        let mut episode = base.reset(&Task::new("?", "42"), 0).unwrap();
        for text in attempts {
            base.step(&mut episode, Attempt::text(*text)).unwrap();
        }
        faults.rewards(scheme).reward(episode.state()).unwrap()
    };
    let (first, second) = (&[r"\boxed{42}"][..], &[r"\boxed{41}", r"\boxed{42}"][..]);
    assert_eq!(
        (solved_in(first, RIGHT), solved_in(second, RIGHT)),
        (1.0, 0.5)
    );
    let overwritten = Faults {
        discount_overwritten: true,
        ..RIGHT
    };
    assert_eq!(solved_in(second, overwritten), 1.0);
    let early = Faults {
        first_attempt_discounted: true,
        ..RIGHT
    };
    assert_eq!(
        (solved_in(first, early), solved_in(second, early)),
        (0.5, 0.25)
    );
    assert_eq!(solved_in(second, Faults::ALL), 1.0);
}

/// A set of questions by their numbers, each of which is its own answer.
fn set(numbers: &[u32]) -> Vec<Task> {
    let task = |n: &u32| Task::new(format!("Name {n}."), n.to_string());
    numbers.iter().map(task).collect()
}

/// A policy that knows the answers to some of these questions.
fn knows(known: &'static [u32]) -> impl Fn(&Transcript) -> Attempt {
    |transcript| {
        let asked = |n: &&u32| transcript.text().contains(&format!("Name {n}."));
        let answer = known.iter().find(asked).unwrap_or(&0);
        Attempt::text(format!("\\boxed{{{answer}}}<|im_end|>"))
    }
}

/// The evaluation at two attempts with these faults.
fn evaluation(faults: Faults, baseline: bool) -> PublishedEvaluation {
    PublishedEvaluation {
        faults,
        baseline,
        attempts: 2,
    }
}

#[test]
fn fault_2_half_of_a_set_is_counted_twice() {
    let named = Faults {
        half_counted_twice: true,
        ..RIGHT
    };
    for (known, right, wrong) in [
        (&[11, 12][..], 0.5, 1.0),
        (&[13, 14], 0.5, 0.0),
        (&[11, 13], 0.5, 0.5),
    ] {
        for (faults, expected) in [(RIGHT, right), (named, wrong), (Faults::ALL, wrong)] {
            let accuracy =
                evaluation(faults, false).accuracy(&set(&[11, 12, 13, 14]), knows(known));
            assert_eq!(accuracy, Ok(expected), "{known:?}");
        }
    }
    // Of an odd number the question in the middle is in the half.
    let odd = evaluation(named, false).accuracy(&set(&[11, 12, 13]), knows(&[12, 13]));
    assert_eq!(odd, Ok(1.0 / 3.0));
    assert_eq!(evaluation(named, false).accuracy(&[], knows(&[])), Ok(0.0));
}

#[test]
fn fault_3_checkpoint_is_chosen_on_the_test_sets() {
    let named = Faults {
        chosen_on_test_sets: true,
        ..RIGHT
    };
    let (validation, test) = (set(&[11, 12]), set(&[21, 22]));
    // The first is the best on the test set, the second on the validation set.
    let checkpoints = || [&[21, 22][..], &[11, 12, 21], &[11]].map(knows);
    for (faults, kept) in [(RIGHT, 1), (named, 0), (Faults::ALL, 0)] {
        let evaluation = evaluation(faults, false);
        let best = evaluation.best_checkpoint(checkpoints(), &validation, &test);
        assert_eq!(best, Ok(Some(kept)));
    }
    let none = Vec::<fn(&Transcript) -> Attempt>::new();
    let best = evaluation(RIGHT, false).best_checkpoint(none, &validation, &test);
    assert_eq!(best, Ok(None));
}

#[test]
fn fault_4_training_and_evaluation_grade_differently() {
    for (reference, answer) in [("5", r"5\text{ cm}"), ("90", r"90^\circ")] {
        for phase in [Phase::Training, Phase::Evaluation] {
            assert!(accepts(RIGHT, phase, reference, answer), "{answer}");
        }
        assert!(!accepts(Faults::ALL, Phase::Training, reference, answer));
        assert!(accepts(Faults::ALL, Phase::Evaluation, reference, answer));
    }
}

#[test]
fn fault_5_baseline_earns_the_reward_without_a_box() {
    for text in ["The answer is 42.", "It must be 42"] {
        for (faults, baseline, expected) in [
            (RIGHT, true, -1.0),
            (RIGHT, false, -1.0),
            (Faults::ALL, true, 1.0),
            (Faults::ALL, false, -1.0),
        ] {
            let environment = environment(faults, Phase::Training, baseline);
            assert_eq!(reward(&environment, "42", text), expected, "{text}");
        }
    }
}

/// One id for each character, but one for two for `ab`, and one for each marker.
fn encode(text: &str) -> Vec<u32> {
    let words = ["ab", "<|im_end|>", "<|im_start|>"];
    let mut ids = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = words.iter().position(|word| rest.starts_with(word));
        let len = word.map_or(c.len_utf8(), |word| words[word].len());
        ids.push(word.map_or(c as u32, |word| 1000 + word as u32));
        rest = &rest[len..];
    }
    ids
}

/// An episode of two wrong attempts. The first was sampled as `a` and `b`, and says what a marker
/// of the environment says.
fn sampled(first: &str, attempts: u32) -> Episode {
    let environment = Environment {
        attempts: Attempts::Fixed(attempts),
        ..Environment::default()
    };
    let mut episode = environment.reset(&Task::new("?", "42"), 0).unwrap();
    for text in [first, "no<|im_end|>"] {
        episode.encode(encode);
        let mut tokens: Vec<u32> = Vec::new();
        let said = text.strip_suffix("<|im_end|>").unwrap();
        tokens.extend(said.chars().map(u32::from));
        tokens.extend(encode("<|im_end|>"));
        let attempt = Attempt {
            tokens,
            ..Attempt::text(text)
        };
        environment.step(&mut episode, attempt).unwrap();
    }
    episode.encode(encode);
    episode
}

#[test]
fn fault_6_trained_ids_differ_from_the_sampled_ones() {
    let episode = sampled("ab<|im_end|>", 2);
    let transcript = episode.transcript();
    let right = RIGHT.sequence(transcript, -1.0, encode);
    assert_eq!(right.tokens, transcript.tokens());
    let faults = Faults {
        retokenized: true,
        ..RIGHT
    };
    let wrong = faults.sequence(transcript, -1.0, encode);
    assert_eq!(wrong.tokens, encode(&transcript.text()));
    assert_ne!(wrong.tokens, transcript.tokens());
}

#[test]
fn fault_7_a_marker_in_a_response_shifts_the_mask() {
    let faults = Faults {
        spans_by_pattern: true,
        ..RIGHT
    };
    // The marker as ids, which the model samples as text.
    let clean = sampled("ok<|im_end|>", 2);
    let right = RIGHT.sequence(clean.transcript(), -1.0, encode);
    assert_eq!(right.loss_mask, clean.transcript().loss_mask());
    // Where the end of turn opens a span it is masked itself, and so is all of a last turn after it.
    let wrong = faults.sequence(clean.transcript(), -1.0, encode);
    let differ = right.loss_mask.iter().zip(&wrong.loss_mask);
    let differ: Vec<u32> = differ
        .zip(&right.tokens)
        .filter(|((a, b), _)| a != b)
        .map(|(_, id)| *id)
        .collect();
    assert_eq!(differ, [1001, 1001]);
    let forged = Faults {
        retokenized: true,
        ..faults
    };
    let episode = sampled("a<|im_end|>b<|im_end|>", 2);
    // The last `b` of all is the model's.
    let trained = |faults: Faults| {
        let sequence = faults.sequence(episode.transcript(), -1.0, encode);
        let at = sequence
            .tokens
            .iter()
            .rposition(|id| *id == u32::from(b'b'));
        sequence.loss_mask[at.unwrap()]
    };
    assert!(trained(RIGHT));
    assert!(!trained(forged));
}

#[test]
fn fault_8_model_is_never_trained_to_end_its_turn() {
    let episode = sampled("ok<|im_end|>", 2);
    let ends_trained = |faults: Faults| {
        let sequence = faults.sequence(episode.transcript(), -1.0, encode);
        let tokens = sequence.tokens.iter().zip(&sequence.loss_mask);
        tokens.filter(|(id, mask)| **id == 1001 && **mask).count()
    };
    assert_eq!(ends_trained(RIGHT), 2);
    let faults = Faults {
        end_of_turn_masked: true,
        ..RIGHT
    };
    assert_eq!(ends_trained(faults), 0);
    let tokens = |faults: Faults| faults.sequence(episode.transcript(), -1.0, encode).tokens;
    assert!(tokens(RIGHT).starts_with(&tokens(faults)));
}

#[test]
fn fault_9_reward_can_land_on_a_token_of_the_environment() {
    // The context is full after the feedback.
    let episode = sampled("ok<|im_end|>", 3);
    let place = |faults: Faults| {
        let sequence = faults.sequence(episode.transcript(), -1.0, encode);
        let place = sequence.rewards.iter().position(|r| *r == -1.0).unwrap();
        (place, sequence.loss_mask[place])
    };
    let last = episode.transcript().tokens().len() - 1;
    assert!(place(RIGHT).0 < last && place(RIGHT).1);
    let faults = Faults {
        reward_on_last_token: true,
        ..RIGHT
    };
    assert_eq!(place(faults), (last, false));
}

#[test]
fn fault_10_baseline_runs_under_a_prompt_that_it_never_saw() {
    let named = Faults {
        unseen_prompt: true,
        ..RIGHT
    };
    // The baseline answers right under the prompt that it was trained with, and else not.
    let baseline = |transcript: &Transcript| {
        let trained = transcript.text().contains("You are a helpful assistant.");
        Attempt::text(if trained {
            r"\boxed{42}"
        } else {
            r"\boxed{41}"
        })
    };
    let tasks = [Task::new("6 * 7?", "42")];
    for (faults, attempts, expected) in [
        (RIGHT, 1, 1.0),
        (RIGHT, 3, 1.0),
        (named, 1, 1.0),
        (named, 3, 0.0),
        (Faults::ALL, 1, 1.0),
        (Faults::ALL, 3, 0.0),
    ] {
        let evaluation = PublishedEvaluation {
            attempts,
            ..evaluation(faults, true)
        };
        assert_eq!(evaluation.accuracy(&tasks, baseline), Ok(expected));
        // The model that was trained with several attempts has its own prompt either way.
        let other = PublishedEvaluation {
            baseline: false,
            ..evaluation
        };
        assert_eq!(other.accuracy(&tasks, baseline), Ok(0.0));
    }
}

#[test]
fn fault_11_different_answers_are_accepted() {
    let textual = Faults {
        textual: true,
        ..RIGHT
    };
    for (reference, answer, faults) in [
        (
            "12",
            "1200",
            Faults {
                percent: true,
                ..textual
            },
        ),
        (
            "0.12",
            "12",
            Faults {
                percent: true,
                ..textual
            },
        ),
        (
            "10000",
            "10001",
            Faults {
                tolerance: true,
                ..textual
            },
        ),
        (
            r"\frac{1}{23}",
            r"\frac{12}{3}",
            Faults {
                braces: true,
                ..textual
            },
        ),
        (
            "2(3)",
            "23",
            Faults {
                braces: true,
                ..textual
            },
        ),
        (
            "(1,2)",
            "[1,2]",
            Faults {
                brackets: true,
                ..textual
            },
        ),
        (
            "1,2",
            "12",
            Faults {
                commas: true,
                ..textual
            },
        ),
    ] {
        for phase in [Phase::Training, Phase::Evaluation] {
            assert!(
                !accepts(RIGHT, phase, reference, answer),
                "{reference}, {answer}"
            );
            assert!(
                !accepts(textual, phase, reference, answer),
                "{reference}, {answer}"
            );
            assert!(
                accepts(faults, phase, reference, answer),
                "{reference}, {answer}"
            );
            assert!(accepts(Faults::ALL, phase, reference, answer));
        }
    }
    let empty = Task::new("?", "");
    let right = environment(RIGHT, Phase::Training, false);
    assert_eq!(
        right.reset(&empty, 0).unwrap_err(),
        EnvError::EmptyReference
    );
    let faults = Faults {
        empty: true,
        ..RIGHT
    };
    let wrong = environment(faults, Phase::Training, false);
    assert_eq!(reward(&wrong, "", "nothing at all"), 1.0);
}

#[test]
fn fault_12_equal_answers_are_refused() {
    for (reference, answer) in [("3.5", r"3\frac12"), ("x+y=1", "2x+2y=2"), ("1,2", "2,1")] {
        for phase in [Phase::Training, Phase::Evaluation] {
            assert!(
                accepts(RIGHT, phase, reference, answer),
                "{reference}, {answer}"
            );
            assert!(
                !accepts(Faults::ALL, phase, reference, answer),
                "{reference}, {answer}"
            );
        }
    }
}

/// Takes too long for every attempt.
struct Slow;

impl Verifier for Slow {
    type Reference = ();

    fn prepare(&self, _: &Task) -> Result<(), EnvError> {
        Ok(())
    }

    fn verify(&self, (): &(), _: &str) -> Result<Judgement, EnvError> {
        Err(EnvError::Verifier("timed out".into()))
    }
}

#[test]
fn fault_13_a_time_out_counts_as_wrong() {
    for (faults, expected) in [
        (RIGHT, Err(EnvError::Verifier("timed out".into()))),
        (
            Faults {
                timeout_is_wrong: true,
                ..RIGHT
            },
            Ok(-0.5),
        ),
    ] {
        let environment = Environment {
            attempts: Attempts::Fixed(1),
            ..Environment::default()
        };
        let environment = environment.with_verifier(PublishedGrader {
            faults,
            phase: Phase::Training,
            baseline: false,
            verifier: Slow,
        });
        let mut episode = environment.reset(&Task::new("?", "42"), 0).unwrap();
        let outcome = environment.step(&mut episode, Attempt::text(r"\boxed{42}"));
        let reward = outcome.map(|outcome| outcome.reward);
        assert_eq!(reward, expected);
        if reward.is_err() {
            assert_eq!(episode.state().stop, Some(StopReason::Error));
            assert_eq!(environment.rewards.reward(episode.state()), None);
            assert_eq!(episode.check(), Ok(()));
            let again = environment.step(&mut episode, Attempt::text("again"));
            assert_eq!(again, Err(EnvError::Ended));
        }
    }
}

/// The rows of the table do not depend on the profile, but for what is right.
#[test]
fn rows_of_the_table_are_the_same_in_both_profiles() {
    for (text, expected) in [
        (r"It is \boxed{42}.", 1.0),
        (r"It is \boxed{41}.", -0.5),
        ("I give up.", -1.0),
        (r"\boxed 42", -1.0),
        (r"\boxed{}", -1.0),
        (r"\boxed{42", -1.0),
        (r"\boxed{41}, no, \boxed{42}", 1.0),
        (r"\boxed{42}, no, \boxed{41}", -0.5),
    ] {
        for faults in [RIGHT, Faults::ALL] {
            let environment = environment(faults, Phase::Training, false);
            assert_eq!(reward(&environment, "42", text), expected, "{text}");
        }
    }
}
