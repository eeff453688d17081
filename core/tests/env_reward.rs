//! What attempts are worth, by each term of the scheme, computed by hand.
#![allow(clippy::unwrap_used)]

use resit::env::{
    Aggregate, Attempt, Attempts, Credit, Environment, Episode, Feedback, Finish, LengthPenalty,
    RewardScheme, Task, Template,
};

const RIGHT: &str = r"\boxed{42}";
const WRONG: &str = r"\boxed{41}";
const NONE: &str = "no idea";

/// An ended episode of these attempts, each of as many tokens as it has bytes.
fn played(environment: Environment, texts: &[&str]) -> Episode {
    let environment = Environment {
        attempts: Attempts::Fixed(texts.len() as u32),
        ..environment
    };
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    for text in texts {
        episode.encode(|text| vec![0; text.len()]);
        let tokens: Vec<u32> = text.bytes().map(u32::from).collect();
        let attempt = Attempt {
            logprobs: vec![-1.0; tokens.len()],
            tokens,
            ..Attempt::text(*text)
        };
        environment.step(&mut episode, attempt).unwrap();
    }
    assert!(episode.state().stop.is_some(), "{texts:?}");
    assert_eq!(episode.check(), Ok(()));
    episode
}

fn blind() -> Environment {
    let template = Template::multi_attempt();
    Environment {
        template: Template {
            feedback: Feedback {
                blind: true,
                ..Feedback::none()
            },
            ..template
        },
        ..Environment::default()
    }
}

/// The rewards of the attempts and of the episode.
fn rewards(scheme: RewardScheme, environment: Environment, texts: &[&str]) -> (Vec<f64>, f64) {
    let episode = played(environment, texts);
    let state = episode.state();
    (
        scheme.attempts(&state.results),
        scheme.reward(state).unwrap(),
    )
}

fn episode_reward(scheme: RewardScheme, texts: &[&str]) -> f64 {
    rewards(scheme, Environment::default(), texts).1
}

const BINARY: RewardScheme = RewardScheme {
    correct: 1.0,
    wrong: 0.0,
    unformatted: 0.0,
    discount: 1.0,
    format: 0.0,
    improvement: 0.0,
    repetition: 0.0,
    length: None,
    aggregate: Aggregate::Last,
    credit: Credit::Episode,
};

#[test]
fn tiers_of_the_paper_are_those_of_the_best_attempt() {
    let paper = RewardScheme::default();
    for (texts, reward) in [
        (&[RIGHT][..], 1.0),
        (&[WRONG, NONE, RIGHT], 1.0),
        (&[WRONG, NONE], -0.5),
        (&[NONE, WRONG], -0.5),
        (&[NONE, NONE], -1.0),
    ] {
        assert_eq!(episode_reward(paper, texts), reward, "{texts:?}");
    }
}

#[test]
fn discount_leaves_the_first_attempt_alone() {
    let scheme = RewardScheme {
        discount: 0.9,
        ..RewardScheme::default()
    };
    assert_eq!(episode_reward(scheme, &[RIGHT]), 1.0);
    assert_eq!(episode_reward(scheme, &[WRONG, RIGHT]), 0.9);
    assert_eq!(episode_reward(scheme, &[WRONG, NONE, RIGHT]), 0.9 * 0.9);
    assert_eq!(episode_reward(scheme, &[WRONG, WRONG]), -0.5);
}

#[test]
fn aggregates_are_what_they_are_called() {
    let texts = [NONE, WRONG, RIGHT];
    for (aggregate, reward) in [
        (Aggregate::Max, 1.0),
        (Aggregate::Last, 1.0),
        (Aggregate::Sum, -0.5),
        (Aggregate::Mean, -0.5 / 3.0),
    ] {
        let scheme = RewardScheme {
            aggregate,
            ..RewardScheme::default()
        };
        assert_eq!(episode_reward(scheme, &texts), reward, "{aggregate:?}");
    }
    let last = RewardScheme {
        aggregate: Aggregate::Last,
        ..RewardScheme::default()
    };
    assert_eq!(episode_reward(last, &[WRONG, NONE]), -1.0);
}

#[test]
fn score_bonus_rewards_improving_and_punishes_spoiling() {
    let scheme = RewardScheme {
        improvement: 10.0,
        ..BINARY
    };
    let two = |texts| rewards(scheme, blind(), texts).0;
    assert_eq!(two(&[WRONG, RIGHT]), [0.0, 11.0]);
    assert_eq!(two(&[RIGHT, RIGHT]), [1.0, 1.0]);
    assert_eq!(two(&[RIGHT, WRONG]), [1.0, -10.0]);
    assert_eq!(two(&[WRONG, WRONG]), [0.0, 0.0]);
}

/// UFO: γ^(k-1) for a solution in attempt k, less λ (1 - E/T) for E different answers in T attempts.
#[test]
fn ufo_decay_and_repetition_penalty() {
    let ufo = RewardScheme {
        discount: 0.5,
        repetition: 0.4,
        ..BINARY
    };
    let other = r"\boxed{40}";
    for (texts, reward) in [
        (&[RIGHT][..], 1.0),
        (&[WRONG, RIGHT], 0.5),
        (&[WRONG, WRONG, RIGHT], 0.25 - 0.4 / 3.0),
        (&[WRONG, other, WRONG, WRONG], -0.4 * 0.5),
    ] {
        let (attempts, episode) = rewards(ufo, Environment::default(), texts);
        assert!((episode - reward).abs() < 1e-15, "{texts:?}: {episode}");
        // With one tier of 0, the attempts' own add up to the same.
        assert!((attempts.iter().sum::<f64>() - reward).abs() < 1e-15);
    }
}

#[test]
fn repetition_is_one_of_value_and_not_of_wording() {
    let episode = played(
        Environment::default(),
        &[
            r"\boxed{\frac12}",
            r"\boxed{0.5}",
            r"\boxed{0.25}",
            NONE,
            NONE,
        ],
    );
    let repeated: Vec<bool> = episode.state().results.iter().map(|r| r.repeated).collect();
    assert_eq!(repeated, [false, true, false, false, false]);
}

#[test]
fn length_penalty_is_linear_between_its_bounds() {
    let scheme = RewardScheme {
        length: Some(LengthPenalty {
            from: 12,
            to: 22,
            weight: 1.0,
        }),
        ..BINARY
    };
    for (spaces, reward) in [(0, 1.0), (2, 1.0), (7, 0.5), (12, 0.0), (20, 0.0)] {
        let text = format!("{}{RIGHT}", " ".repeat(spaces));
        assert_eq!(episode_reward(scheme, &[&text]), reward, "{spaces}");
    }
}

#[test]
fn format_reward_is_for_the_form_alone() {
    let scheme = RewardScheme {
        format: 0.25,
        ..BINARY
    };
    assert_eq!(episode_reward(scheme, &[RIGHT]), 1.25);
    assert_eq!(episode_reward(scheme, &[WRONG]), 0.25);
    assert_eq!(episode_reward(scheme, &[NONE]), 0.0);
}

#[test]
fn an_episode_that_goes_on_has_no_reward() {
    let environment = Environment {
        attempts: Attempts::Fixed(2),
        ..Environment::default()
    };
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    environment
        .step(&mut episode, Attempt::text(WRONG))
        .unwrap();
    assert_eq!(environment.rewards.reward(episode.state()), None);
}

#[test]
fn nothing_generated_at_all_is_the_lowest_tier() {
    let environment = Environment::default();
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    let nothing = Attempt {
        finish: Finish::Length,
        ..Attempt::text("")
    };
    let outcome = environment.step(&mut episode, nothing).unwrap();
    assert_eq!(outcome.reward, -1.0);
}

/// The places and values of the rewards that are not 0.
fn borne(episode: &Episode, scheme: &RewardScheme) -> Vec<(usize, f64)> {
    let sequences = episode.sequences(scheme);
    let [sequence] = sequences.as_slice() else {
        panic!("{} sequences", sequences.len());
    };
    assert_eq!(sequence.tokens, episode.transcript().tokens());
    assert_eq!(sequence.loss_mask, episode.transcript().loss_mask());
    assert_eq!(sequence.logprobs, episode.transcript().logprobs());
    let rewards = sequence.rewards.iter().copied().enumerate();
    let borne: Vec<_> = rewards.filter(|(_, reward)| *reward != 0.0).collect();
    assert!(borne.iter().all(|(place, _)| sequence.loss_mask[*place]));
    borne
}

#[test]
fn scalar_lands_on_the_last_sampled_token() {
    let episode = played(Environment::default(), &[WRONG, NONE]);
    let last = episode.transcript().tokens().len() - 1;
    assert_eq!(borne(&episode, &RewardScheme::default()), [(last, -0.5)]);
}

#[test]
fn reward_of_an_attempt_lands_on_its_last_token() {
    let scheme = RewardScheme {
        credit: Credit::Attempt,
        ..RewardScheme::default()
    };
    let episode = played(Environment::default(), &[WRONG, NONE, RIGHT]);
    let mut end = 0;
    let mut ends = Vec::new();
    for segment in episode.transcript().segments() {
        end += segment.tokens.len();
        if segment.kind.is_model() {
            ends.push(end - 1);
        }
    }
    let expected: Vec<_> = ends.into_iter().zip([-0.5, -1.0, 1.0]).collect();
    assert_eq!(borne(&episode, &scheme), expected);
}

#[test]
fn tags_earn_accuracy_and_format() {
    let environment = Environment::think_answer();
    for (text, reward) in [
        ("<think>6 * 7</think> <answer>42</answer>", 2.0),
        (
            "<think>6 * 7</think>\n<answer> \\boxed{42} </answer>\n",
            2.0,
        ),
        ("<think>6 * 7</think> <answer>41</answer>", 1.0),
        ("<answer>42</answer>", 1.0),
        ("<think>6</think> so <answer>42</answer>", 1.0),
        (
            "<think>6</think> <answer>42</answer> <answer>42</answer>",
            1.0,
        ),
        ("<think>6</think> <answer>42</answer> done", 1.0),
        ("<think>6</think> <answer></answer>", 0.0),
        ("<think></think> <answer>42</answer>", 1.0),
        ("<think>6</think> 42", 0.0),
        ("<think><answer>42</answer></think> 41", 0.0),
        (r"\boxed{42}", 0.0),
    ] {
        let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
        let outcome = environment.step(&mut episode, Attempt::text(text)).unwrap();
        assert_eq!(outcome.reward, reward, "{text}");
        assert!(outcome.stop.is_some());
    }
}

#[test]
fn tags_in_pieces_end_with_the_answer() {
    let environment = Environment::think_answer();
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), 0).unwrap();
    for (text, ended) in [
        ("<think>ä</think> <ans", false),
        ("wer>42</ans", false),
        ("wer>", true),
    ] {
        let piece = Attempt {
            finish: Finish::Open,
            ..Attempt::text(text)
        };
        let outcome = environment.step(&mut episode, piece).unwrap();
        assert_eq!(outcome.stop.is_some(), ended, "{text}");
    }
    assert_eq!(environment.rewards.reward(episode.state()), Some(2.0));
}
