//! The table "when an attempt ends" of the published code, row by row.
#![allow(clippy::unwrap_used)]

use resit::env::{
    Attempt, Attempts, EnvError, Environment, Episode, Finish, Outcome, Status, StopReason, Task,
    Template,
};

fn environment(attempts: u32) -> Environment {
    Environment {
        attempts: Attempts::Fixed(attempts),
        ..Environment::default()
    }
}

fn start(environment: &Environment) -> Episode {
    environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap()
}

fn piece(text: &str, finish: Finish) -> Attempt {
    Attempt {
        finish,
        ..Attempt::text(text)
    }
}

/// The outcomes of `texts`, each a whole turn, in an episode of `attempts` attempts.
fn play(attempts: u32, texts: &[&str]) -> Vec<Outcome> {
    let environment = environment(attempts);
    let mut episode = start(&environment);
    texts
        .iter()
        .map(|&text| environment.step(&mut episode, Attempt::text(text)).unwrap())
        .collect()
}

#[test]
fn correct_box_earns_one_and_ends_the_episode() {
    let outcome = play(3, &[r"It is \boxed{42}."]).remove(0);
    assert_eq!(outcome.status, Status::Correct);
    assert_eq!(outcome.stop, Some(StopReason::Solved));
    assert_eq!(outcome.reward, 1.0);
    assert_eq!(outcome.feedback, None);
}

#[test]
fn correct_in_a_later_attempt_earns_the_same() {
    let outcomes = play(3, &[r"\boxed{41}", "no idea", r"\boxed{42}"]);
    assert_eq!(outcomes[2].status, Status::Correct);
    assert_eq!(outcomes[2].reward, 1.0);
}

#[test]
fn wrong_box_uses_the_attempt_and_brings_feedback() {
    let outcome = play(3, &[r"\boxed{41}"]).remove(0);
    assert_eq!(outcome.status, Status::Wrong);
    assert_eq!(outcome.stop, None);
    assert_eq!(outcome.reward, 0.0);
    let feedback = outcome.feedback.unwrap();
    assert!(feedback.contains("You have 2 attempts left."), "{feedback}");
}

#[test]
fn wrong_box_in_the_last_attempt_ends_the_episode() {
    let outcome = play(1, &[r"\boxed{41}"]).remove(0);
    assert_eq!(outcome.status, Status::Wrong);
    assert_eq!(outcome.stop, Some(StopReason::Exhausted));
    assert_eq!(outcome.reward, -0.5);
    assert_eq!(outcome.feedback, None);
}

#[test]
fn end_of_turn_without_a_box_uses_the_attempt() {
    let outcomes = play(2, &["I give up.", "Again."]);
    assert_eq!(outcomes[0].status, Status::Stopped);
    assert_eq!(outcomes[0].stop, None);
    let feedback = outcomes[0].feedback.as_ref().unwrap();
    assert!(feedback.contains("You have 1 attempts left."), "{feedback}");
    assert_eq!(outcomes[1].status, Status::Stopped);
    assert_eq!(outcomes[1].stop, Some(StopReason::Exhausted));
    assert_eq!(outcomes[1].reward, -1.0);
}

#[test]
fn empty_output_means_full_and_ends_the_episode() {
    for finish in [Finish::Open, Finish::EndOfTurn, Finish::Length] {
        for (before, reward) in [(r"\boxed{41}", -0.5), ("no box", -1.0)] {
            let environment = environment(3);
            let mut episode = start(&environment);
            environment
                .step(&mut episode, Attempt::text(before))
                .unwrap();
            let outcome = environment.step(&mut episode, piece("", finish)).unwrap();
            assert_eq!(outcome.status, Status::Full);
            assert_eq!(outcome.stop, Some(StopReason::Truncated));
            assert_eq!(outcome.reward, reward);
            assert_eq!(episode.state().used(), 1);
        }
    }
}

#[test]
fn attempt_without_a_box_stays_open() {
    let environment = environment(2);
    let mut episode = start(&environment);
    let outcome = environment
        .step(&mut episode, piece("Let me see", Finish::Open))
        .unwrap();
    assert_eq!(outcome.status, Status::Open);
    assert_eq!(outcome.reward, 0.0);
    assert_eq!(outcome.feedback, None);
    assert_eq!(episode.state().used(), 0);
}

#[test]
fn box_that_closes_in_a_later_piece_ends_the_attempt_there() {
    for (answer, status) in [("42", Status::Correct), ("41", Status::Wrong)] {
        let environment = environment(2);
        let mut episode = start(&environment);
        for text in ["It is \\bo", "xed{"] {
            let outcome = environment
                .step(&mut episode, piece(text, Finish::Open))
                .unwrap();
            assert_eq!(outcome.status, Status::Open);
        }
        let end = format!("{answer}}} and");
        let outcome = environment
            .step(&mut episode, piece(&end, Finish::Open))
            .unwrap();
        assert_eq!(outcome.status, status);
        let attempt = &episode.transcript().segments()[1];
        assert_eq!(attempt.text, format!("It is \\boxed{{{answer}}} and"));
    }
}

#[test]
fn turn_of_several_pieces_may_end_with_an_empty_one() {
    let environment = environment(2);
    let mut episode = start(&environment);
    environment
        .step(&mut episode, piece("no box", Finish::Open))
        .unwrap();
    let outcome = environment
        .step(&mut episode, piece("", Finish::EndOfTurn))
        .unwrap();
    assert_eq!(outcome.status, Status::Stopped);
    assert_eq!(outcome.stop, None);
}

#[test]
fn attempts_are_read_apart() {
    let outcomes = play(3, &[r"\boxed{", "42}", r"\boxed{42}"]);
    let statuses: Vec<Status> = outcomes.iter().map(|o| o.status).collect();
    assert_eq!(
        statuses,
        [Status::Stopped, Status::Stopped, Status::Correct]
    );
}

#[test]
fn wrong_box_then_attempt_without_a_box_stays_at_the_middle_tier() {
    assert_eq!(play(2, &[r"\boxed{41}", "no box"])[1].reward, -0.5);
    assert_eq!(play(2, &["no box", r"\boxed{41}"])[1].reward, -0.5);
}

#[test]
fn last_closed_box_wins() {
    let correct = |text| play(1, &[text]).remove(0).status == Status::Correct;
    assert!(correct(r"\boxed{41}. Wait, \boxed{42}."));
    assert!(!correct(r"\boxed{42}. Wait, \boxed{41}."));
    assert!(correct(r"\boxed{42}. Then \boxed{41"));
    assert!(correct(r"\boxed{42}. Then \boxed{}"));
    assert!(correct(r"\boxed{42}. Then \boxed{ }"));
}

#[test]
fn without_a_closed_non_empty_box_there_is_no_answer() {
    for text in [
        r"\boxed 42",
        r"\boxed{}",
        r"\boxed{ }",
        r"\boxed{42",
        "42",
        "The answer is 42.",
    ] {
        let outcome = play(1, &[text]).remove(0);
        assert_eq!(outcome.status, Status::Stopped, "{text}");
        assert_eq!(outcome.reward, -1.0, "{text}");
    }
}

#[test]
fn n_grants_exactly_n_answers() {
    for attempts in 1..=7 {
        let environment = environment(attempts);
        let mut episode = start(&environment);
        let mut answers = 0;
        while episode.state().stop.is_none() {
            environment
                .step(&mut episode, Attempt::text(r"\boxed{41}"))
                .unwrap();
            answers += 1;
        }
        assert_eq!(answers, attempts);
        assert_eq!(episode.state().remaining(), 0);
    }
}

#[test]
fn ended_episode_takes_no_attempt() {
    let environment = environment(1);
    let mut episode = start(&environment);
    environment
        .step(&mut episode, Attempt::text(r"\boxed{41}"))
        .unwrap();
    let before = episode.clone();
    let error = environment
        .step(&mut episode, Attempt::text(r"\boxed{42}"))
        .unwrap_err();
    assert_eq!(error, EnvError::Ended);
    assert_eq!(episode, before);
}

#[test]
fn remaining_attempts_are_counted_in_the_texts() {
    let environment = environment(3);
    let mut episode = start(&environment);
    for _ in 0..3 {
        environment
            .step(&mut episode, Attempt::text(r"\boxed{41}"))
            .unwrap();
    }
    let text = episode.transcript().text();
    let counts: Vec<&str> = text
        .split("You have ")
        .skip(1)
        .map(|rest| &rest[..10])
        .collect();
    assert_eq!(counts, ["3 attempts", "2 attempts", "1 attempts"]);
}

#[test]
fn reward_is_one_scalar_at_the_end() {
    let rewards: Vec<f64> = play(3, &[r"\boxed{41}", r"\boxed{40}", r"\boxed{39}"])
        .iter()
        .map(|outcome| outcome.reward)
        .collect();
    assert_eq!(rewards, [0.0, 0.0, -0.5]);
}

#[test]
fn cut_off_attempt_is_graded_and_ends_the_episode() {
    for (text, status, stop, reward) in [
        (r"\boxed{42} so", Status::Correct, StopReason::Solved, 1.0),
        (r"\boxed{41} so", Status::Wrong, StopReason::Truncated, -0.5),
        (r"It is \boxed{4", Status::Full, StopReason::Truncated, -1.0),
    ] {
        let environment = environment(3);
        let mut episode = start(&environment);
        let outcome = environment
            .step(&mut episode, piece(text, Finish::Length))
            .unwrap();
        assert_eq!(outcome.status, status, "{text}");
        assert_eq!(outcome.stop, Some(stop), "{text}");
        assert_eq!(outcome.reward, reward, "{text}");
        assert_eq!(outcome.feedback, None, "{text}");
        assert_eq!(episode.state().used(), 1, "{text}");
    }
}

#[test]
fn cut_off_attempt_keeps_the_tier_of_an_earlier_box() {
    let environment = environment(3);
    let mut episode = start(&environment);
    environment
        .step(&mut episode, Attempt::text(r"\boxed{41}"))
        .unwrap();
    let outcome = environment
        .step(&mut episode, piece("It is", Finish::Length))
        .unwrap();
    assert_eq!(outcome.status, Status::Full);
    assert_eq!(outcome.reward, -0.5);
}

#[test]
fn sampled_end_of_turn_is_not_repeated_by_the_feedback() {
    for template in [Template::multi_attempt(), Template::repeat_question()] {
        for end in ["<|im_end|>", ""] {
            let environment = Environment {
                template: template.clone(),
                ..environment(2)
            };
            let mut episode = start(&environment);
            let attempt = format!(r"\boxed{{41}}{end}");
            environment
                .step(&mut episode, Attempt::text(attempt.clone()))
                .unwrap();
            assert_eq!(episode.transcript().segments()[1].text, attempt);
            let text = episode.transcript().text();
            assert!(
                text.contains("assistant\n\\boxed{41}<|im_end|>\n<|im_start|>system\n"),
                "{text}"
            );
        }
    }
}
