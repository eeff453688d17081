//! A policy whose chances are known plays the environment; what is measured has to agree with the
//! closed form.
#![allow(clippy::unwrap_used)]

use resit::env::{Attempt, Attempts, Environment, Finish, Task};
use resit::metrics::{
    AttemptRecord, Bootstrap, EpisodeRecord, Metric, Question, accuracy_at, break_rate,
    cumulative_regret, distinct_answers, fix_rate, format_rate, majority_at,
    normalized_token_regret, pass_at, progress, repeat_rate, solved_by, token_regret, tokens_after,
    tokens_to_solve, value_after,
};

/// The chance that an attempt is correct, from the first on.
const CORRECT: [f64; 4] = [0.35, 0.3, 0.45, 0.1];
const ATTEMPTS: u32 = CORRECT.len() as u32;

/// A wrong attempt has no box with this chance, else one of so many wrong answers.
const UNFORMATTED: f64 = 0.25;
const WRONG_ANSWERS: u64 = 3;

/// Sampled for each attempt.
const TOKENS: usize = 7;

const QUESTIONS: u64 = 300;
const EPISODES: u64 = 6;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn chance(&mut self, p: f64) -> bool {
        ((self.next() >> 11) as f64) < p * 2f64.powi(53)
    }
}

fn attempt(random: &mut Random, number: usize) -> Attempt {
    let text = if random.chance(CORRECT[number]) {
        r"\boxed{42}".into()
    } else if random.chance(UNFORMATTED) {
        "I do not know.".into()
    } else {
        format!(r"\boxed{{{}}}", random.next() % WRONG_ANSWERS)
    };
    Attempt {
        text,
        tokens: vec![1; TOKENS],
        logprobs: Vec::new(),
        finish: Finish::EndOfTurn,
    }
}

/// With `granted` attempts for each of so many questions and episodes.
fn play(seed: u64, granted: u32, questions: u64, episodes: u64) -> Vec<Question> {
    let environment = Environment {
        attempts: Attempts::Fixed(granted),
        ..Environment::default()
    };
    let mut random = Random(seed);
    let mut records = Vec::new();
    for question in 0..questions {
        let task = Task::new(format!("Question {question}"), "42");
        for _ in 0..episodes {
            let mut episode = environment.reset(&task, 0).unwrap();
            while episode.state().stop.is_none() {
                episode.encode(|text| text.bytes().map(u32::from).collect());
                let number = episode.state().used() as usize;
                environment
                    .step(&mut episode, attempt(&mut random, number))
                    .unwrap();
            }
            records.push(EpisodeRecord::of(&episode));
        }
    }
    Question::group(records)
}

/// The chance that no attempt before the one numbered `k`, counted from 1, is correct.
fn reached(k: u32) -> f64 {
    CORRECT
        .iter()
        .take(k as usize - 1)
        .map(|p| 1.0 - p)
        .product()
}

fn solved(k: u32) -> f64 {
    1.0 - reached(k + 1)
}

fn numbers() -> impl Iterator<Item = (u32, f64)> {
    (1..).zip(CORRECT)
}

/// Tokens sampled in the first `k` attempts.
fn tokens(k: u32) -> f64 {
    (1..=k).map(reached).sum::<f64>() * TOKENS as f64
}

/// The measured value is within the interval, and the interval is no wider than it needs to be.
fn agree(name: &str, metric: &Metric, expected: f64, widest: f64) {
    let bootstrap = Bootstrap {
        resamples: 4000,
        level: 0.999,
        ..Bootstrap::default()
    };
    let value = metric.value().unwrap();
    let interval = metric.interval(&bootstrap).unwrap();
    assert!(
        interval.low <= expected && expected <= interval.high,
        "{name}: measured {value} in {interval:?}, expected {expected}"
    );
    let width = interval.high - interval.low;
    assert!(width < widest, "{name}: the interval has width {width}");
}

#[test]
fn accuracy_at_exactly_k_attempts() {
    for k in 1..=ATTEMPTS {
        let questions = play(u64::from(k), k, QUESTIONS, EPISODES);
        let name = format!("accuracy at {k}");
        agree(&name, &accuracy_at(&questions, k), solved(k), 0.09);
    }
}

#[test]
fn curves_of_one_run() {
    let questions = play(10, ATTEMPTS, QUESTIONS, EPISODES);
    for k in 1..=ATTEMPTS {
        agree(
            &format!("solved by {k}"),
            &solved_by(&questions, k),
            solved(k),
            0.09,
        );
        agree(
            &format!("J_{}", k - 1),
            &value_after(&questions, k - 1),
            solved(k),
            0.09,
        );
    }
    for k in 1..ATTEMPTS {
        let fixed = CORRECT[k as usize];
        agree(
            &format!("fixes after {k}"),
            &fix_rate(&questions, k),
            fixed,
            0.14,
        );
        let gain = solved(k + 1) - solved(k);
        agree(
            &format!("progress of {k}"),
            &progress(&questions, k),
            gain,
            0.07,
        );
    }
    for k in 2..=ATTEMPTS {
        agree(
            &format!("tokens after {k}"),
            &tokens_after(&questions, k),
            tokens(k),
            1.5,
        );
    }
    let to_solve: f64 = numbers().map(|(i, p)| reached(i) * p * f64::from(i)).sum();
    let expected = to_solve * TOKENS as f64 / solved(ATTEMPTS);
    agree(
        "tokens to solve",
        &tokens_to_solve(&questions),
        expected,
        1.2,
    );
}

#[test]
fn answers_of_one_run() {
    let questions = play(11, ATTEMPTS, QUESTIONS, EPISODES);
    let attempts: f64 = (1..=ATTEMPTS).map(reached).sum();
    let unformatted: f64 = numbers()
        .map(|(i, p)| reached(i) * (1.0 - p) * UNFORMATTED)
        .sum();
    let expected = 1.0 - unformatted / attempts;
    agree("format rate", &format_rate(&questions), expected, 0.05);

    // Given that the attempts 1..i are wrong, none of them names a given wrong answer with chance
    // miss^(i-1), and none of them names any with chance UNFORMATTED^(i-1).
    let formatted = 1.0 - UNFORMATTED;
    let miss = 1.0 - formatted / WRONG_ANSWERS as f64;
    let new = |i: u32, p: f64| p + (1.0 - p) * formatted * miss.powi(i as i32 - 1);
    let answer = |p: f64| p + (1.0 - p) * formatted;
    let (mut given, mut distinct, mut first) = (0.0, 0.0, 0.0);
    for (i, p) in numbers() {
        given += reached(i) * answer(p);
        distinct += reached(i) * new(i, p);
        first += reached(i) * UNFORMATTED.powi(i as i32 - 1) * answer(p);
    }
    let repeats = (given - distinct) / (given - first);
    agree("repeat rate", &repeat_rate(&questions), repeats, 0.09);
    let mean = distinct / first;
    agree(
        "distinct answers",
        &distinct_answers(&questions),
        mean,
        0.12,
    );
}

#[test]
fn samples_of_one_question() {
    let questions = play(12, 1, QUESTIONS, 8);
    let right = CORRECT[0];
    for k in 1..=8 {
        let expected = 1.0 - (1.0 - right).powi(k);
        agree(
            &format!("pass@{k}"),
            &pass_at(&questions, k as u32),
            expected,
            0.09,
        );
    }
    // Of three votes: two right ones, or one that stands alone (one tie of three, or one of two, or
    // no other vote at all).
    let none = (1.0 - right) * UNFORMATTED;
    let wrong = 1.0 - right - none;
    let differ = 1.0 - 1.0 / WRONG_ANSWERS as f64;
    let alone = wrong * wrong * differ / 3.0 + 2.0 * wrong * none / 2.0 + none * none;
    let expected = right.powi(3) + 3.0 * right.powi(2) * (1.0 - right) + 3.0 * right * alone;
    agree("maj@3", &majority_at(&questions, 3), expected, 0.09);
    agree("maj@1", &majority_at(&questions, 1), right, 0.09);
}

#[test]
fn regret_of_one_run() {
    let questions = play(13, ATTEMPTS, QUESTIONS, EPISODES);
    let expected = (1..=ATTEMPTS).map(|k| 1.0 - solved(k)).sum();
    let regret = cumulative_regret(&questions, &[1.0; ATTEMPTS as usize]);
    agree("regret", &regret, expected, 0.3);

    let best: Vec<f64> = (1..=ATTEMPTS)
        .map(|k| solved(k) + 0.02 * f64::from(k))
        .collect();
    let regret = cumulative_regret(&questions, &best);
    agree(
        "regret against another",
        &regret,
        0.02 + 0.04 + 0.06 + 0.08,
        0.3,
    );

    for budget in [5.0, 14.0, 40.0] {
        let points = (1..=ATTEMPTS).map(|k| (tokens(k), solved(k)));
        let expected = normalized_token_regret(points, budget).unwrap();
        let regret = token_regret(&questions, ATTEMPTS, budget);
        agree("token regret", &regret, expected, 0.09);
    }
}

/// Without a verifier an episode goes on after a correct attempt, and may lose it.
#[test]
fn breaks_without_a_verifier() {
    const BREAK: f64 = 0.15;
    let mut random = Random(14);
    let mut episode = |question: u64| {
        let first = random.chance(CORRECT[0]);
        let second = random.chance(if first { 1.0 - BREAK } else { CORRECT[1] });
        EpisodeRecord {
            question: question.to_string(),
            granted: 2,
            prompt_tokens: None,
            attempts: [first, second]
                .map(|correct| AttemptRecord {
                    correct,
                    formatted: true,
                    answer: None,
                    tokens: None,
                    feedback_tokens: 0,
                })
                .into(),
            values: Vec::new(),
        }
    };
    let questions = Question::group((0..QUESTIONS * EPISODES).map(|i| episode(i % QUESTIONS)));
    agree("breaks", &break_rate(&questions, 1), BREAK, 0.12);
    agree("fixes", &fix_rate(&questions, 1), CORRECT[1], 0.12);
}

/// Of many runs, the 95 % intervals hold the true value in about 95 %.
#[test]
fn intervals_cover_as_often_as_they_say() {
    const RUNS: u64 = 400;
    let bootstrap = Bootstrap {
        resamples: 400,
        ..Bootstrap::default()
    };
    let mut held = 0u32;
    for seed in 0..RUNS {
        let questions = play(1000 + seed, 2, 60, 2);
        let interval = solved_by(&questions, 2).interval(&bootstrap).unwrap();
        held += u32::from(interval.low <= solved(2) && solved(2) <= interval.high);
    }
    // Four standard errors of 1.1 % below, and the percentile interval is known to be a little short.
    let share = f64::from(held) / RUNS as f64;
    assert!((0.90..=0.99).contains(&share), "{share}");
}
