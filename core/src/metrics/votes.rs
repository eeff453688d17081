//! Several answers to one question: the chance that one is right, and the majority's.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Metric, Question};
use crate::env::AttemptResult;

/// One sampled answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Ballot {
    /// The answer; `None` where there is none, which is a vote for nothing. Equal answers have
    /// equal texts.
    pub answer: Option<String>,
    /// Whether it is correct. All correct answers count as the same.
    pub correct: bool,
    /// Tokens sampled for it.
    pub tokens: u64,
}

/// A forced answer, as [`Environment::answer_now`](crate::env::Environment::answer_now) judges it.
impl From<&AttemptResult> for Ballot {
    fn from(result: &AttemptResult) -> Self {
        Self {
            answer: result.answer().map(String::from),
            correct: result.correct(),
            tokens: result.tokens,
        }
    }
}

/// Answers that were forced after the same part of an episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Prefix {
    /// Tokens of the prompt and of the episode so far, feedback included.
    pub tokens: u64,
    /// The answers sampled from here.
    pub ballots: Vec<Ballot>,
}

/// pass@k: the chance that at least one of `k` first attempts is correct, on average over the
/// questions with at least `k` episodes.
///
/// The unbiased estimator 1 - C(n - c, k) / C(n, k), where c of n are correct (Chen et al.,
/// "Evaluating large language models trained on code", arXiv 2107.03374, equation 1).
pub fn pass_at(questions: &[Question], k: u32) -> Metric {
    of_first_attempts(questions, |ballots| {
        let correct = ballots.iter().filter(|b| b.correct).count();
        pass(ballots.len(), correct, k as usize)
    })
}

/// maj@k: the chance that the most frequent of `k` first answers is correct, on average over the
/// questions with at least `k` episodes. Of answers that are equally frequent one is taken at
/// random; a first attempt without an answer has no vote.
///
/// The exact mean over all choices of k of the n answers, so unbiased as the estimator of
/// [`pass_at`] is.
pub fn majority_at(questions: &[Question], k: u32) -> Metric {
    of_first_attempts(questions, |ballots| majority(ballots, k as usize))
}

/// maj@k against tokens: for j = 0, 1, … the mean cost and the mean maj@k of answers forced after j
/// attempts. The cost is the prefix's tokens and k times the mean tokens of its answers (arXiv
/// 2503.07572). Each question is a list of its prefixes by j; where one ended earlier than others,
/// its last prefix stands for the later ones. Prefixes with fewer than `k` answers do not count.
pub fn majority_by_tokens(questions: &[Vec<Prefix>], k: u32) -> Vec<(Metric, Metric)> {
    let longest = questions.iter().map(Vec::len).max().unwrap_or(0);
    let metric = |j: usize, of: fn(&Prefix, usize) -> f64| {
        Metric::of_questions(questions, |prefixes| {
            let prefix = prefixes.get(j).or(prefixes.last());
            let enough = prefix.filter(|p| p.ballots.len() >= k as usize && k > 0);
            enough.map_or((0.0, 0.0), |prefix| (of(prefix, k as usize), 1.0))
        })
    };
    let cost = |prefix: &Prefix, k: usize| {
        let sampled: u64 = prefix.ballots.iter().map(|b| b.tokens).sum();
        prefix.tokens as f64 + k as f64 * sampled as f64 / prefix.ballots.len() as f64
    };
    let accuracy = |prefix: &Prefix, k: usize| majority(&prefix.ballots, k).unwrap_or(0.0);
    (0..longest)
        .map(|j| (metric(j, cost), metric(j, accuracy)))
        .collect()
}

fn of_first_attempts(
    questions: &[Question],
    estimate: impl Fn(&[Ballot]) -> Option<f64>,
) -> Metric {
    Metric::of_questions(questions, |question| {
        let first = question.episodes.iter().map(|episode| {
            let attempt = episode.attempts.first();
            Ballot {
                answer: attempt.and_then(|a| a.answer.clone()),
                correct: attempt.is_some_and(|a| a.correct),
                tokens: 0,
            }
        });
        let ballots: Vec<Ballot> = first.collect();
        estimate(&ballots).map_or((0.0, 0.0), |value| (value, 1.0))
    })
}

/// As the product 1 - Π_{i=n-c+1}^{n} (1 - k / i), which does not overflow.
fn pass(samples: usize, correct: usize, k: usize) -> Option<f64> {
    let wrong = samples.checked_sub(correct)?;
    if k == 0 || k > samples {
        return None;
    }
    if k > wrong {
        return Some(1.0);
    }
    let factors = (wrong + 1..=samples).map(|i| 1.0 - k as f64 / i as f64);
    Some(1.0 - factors.product::<f64>())
}

/// The correct answer wins with v votes if no other answer has more, and then with the chance of
/// one over all that have v. For each v the other answers are taken one after another; the votes
/// that an answer has among those that are left are hypergeometric.
///
/// Takes about k³ steps for each different answer.
fn majority(ballots: &[Ballot], k: usize) -> Option<f64> {
    let samples = ballots.len();
    if k == 0 || k > samples {
        return None;
    }
    let right = ballots.iter().filter(|b| b.correct).count();
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for ballot in ballots.iter().filter(|b| !b.correct) {
        if let Some(answer) = &ballot.answer {
            *others.entry(answer).or_default() += 1;
        }
    }
    let chance = Hypergeometric::new(samples);
    let mut wins = 0.0;
    for votes in 1..=k.min(right) {
        let at_right = chance.of(votes, k, right, samples);
        wins += at_right * share_of_the_win(votes, k - votes, samples - right, &others, &chance);
    }
    Some(wins)
}

/// The expected share of a win with `votes`, where `left` votes come from the `samples` others.
fn share_of_the_win(
    votes: usize,
    left: usize,
    mut samples: usize,
    others: &BTreeMap<&str, usize>,
    chance: &Hypergeometric,
) -> f64 {
    // The chance of each number of votes that are left, and answers that have as many as the right.
    let mut states = BTreeMap::from([((left, 0usize), 1.0)]);
    for &count in others.values() {
        let mut next = BTreeMap::new();
        for ((left, ties), weight) in states {
            for taken in 0..=votes.min(count).min(left) {
                let after = (left - taken, ties + usize::from(taken == votes));
                *next.entry(after).or_insert(0.0) +=
                    weight * chance.of(taken, left, count, samples);
            }
        }
        states = next;
        samples -= count;
    }
    // The votes still left fall to samples without an answer, which have no say.
    let ties = states.into_iter().map(|((_, ties), weight)| (ties, weight));
    ties.map(|(ties, weight)| weight / (ties + 1) as f64).sum()
}

/// Chances of drawing without replacement, by logarithms of factorials.
struct Hypergeometric {
    ln_factorials: Vec<f64>,
}

impl Hypergeometric {
    fn new(most: usize) -> Self {
        let mut sum = 0.0;
        let logarithms = (0..=most).map(|n| {
            sum += libm::log(n.max(1) as f64);
            sum
        });
        Self {
            ln_factorials: logarithms.collect(),
        }
    }

    /// The chance that `hits` of `draws` draws are among the `marked` of `samples`.
    fn of(&self, hits: usize, draws: usize, marked: usize, samples: usize) -> f64 {
        let ways = || {
            Some(
                self.ln_binomial(marked, hits)?
                    + self.ln_binomial(samples.checked_sub(marked)?, draws.checked_sub(hits)?)?
                    - self.ln_binomial(samples, draws)?,
            )
        };
        ways().map_or(0.0, libm::exp)
    }

    fn ln_binomial(&self, n: usize, k: usize) -> Option<f64> {
        let of = |i: usize| self.ln_factorials.get(i);
        Some(of(n)? - of(k)? - of(n.checked_sub(k)?)?)
    }
}
