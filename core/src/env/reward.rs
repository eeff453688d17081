use alloc::vec::Vec;

use super::{AttemptResult, State, StopReason};

/// What attempts are worth, and how they make up the reward of an episode. γ = 1 throughout: what
/// is discounted here are attempts, not tokens.
///
/// The reward of attempt k, counted from 1, is
///
/// - its tier: `correct` × `discount`^(k-1), or `wrong` if it had the form of an answer, or
///   `unformatted`; or the verifier's own score in place of the tier,
/// - plus `format` if it had the form of an answer,
/// - plus `improvement` × (its tier - the tier of attempt k-1), both without discount,
/// - minus the length penalty,
/// - minus `repetition` / T if its answer was given before, where T attempts were made.
///
/// The default is the paper's. What the scheme cannot express is a function of [`State`], or of one
/// attempt as the verifier's [`score`](super::Judgement::score).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RewardScheme {
    /// The attempt is right.
    pub correct: f64,
    /// The attempt is not right, but had the form of an answer.
    pub wrong: f64,
    /// The attempt had not the form of an answer.
    pub unformatted: f64,
    /// The factor on `correct` for each attempt after the first (UFO's decay).
    pub discount: f64,
    /// What the form of an answer adds.
    pub format: f64,
    /// SCoRe's α: the bonus for an attempt that is better than the one before (arXiv 2409.12917).
    pub improvement: f64,
    /// UFO's λ: what is taken off for a share of 1 of repeated answers (arXiv 2507.14295).
    pub repetition: f64,
    /// What long attempts lose.
    pub length: Option<LengthPenalty>,
    /// How the rewards of the attempts make up that of the episode.
    pub aggregate: Aggregate,
    /// Which tokens bear the reward.
    pub credit: Credit,
}

/// A penalty on an attempt's tokens: 0 up to `from`, `weight` from `to` on, linear between.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LengthPenalty {
    /// The longest attempt without a penalty, in tokens.
    pub from: u64,
    /// The shortest attempt with all of it, in tokens.
    pub to: u64,
    /// What is taken off at most.
    pub weight: f64,
}

/// How the rewards of the attempts make up the reward of an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Aggregate {
    /// The best attempt. With the paper's tiers: a right attempt, else one with a box, else none.
    Max,
    /// The last attempt.
    Last,
    /// The sum over the attempts.
    Sum,
    /// The mean over the attempts.
    Mean,
}

/// Which tokens bear the reward: always ones that the model sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Credit {
    /// The last one of the episode bears the reward of the episode.
    Episode,
    /// The last one of each attempt bears the reward of the attempt.
    Attempt,
    /// The last one of the last reflection bears the reward of the episode, and nothing but
    /// reflections is trained.
    Reflection,
}

impl RewardScheme {
    /// Two tiers, 1 and 0: DeepSeek-R1's accuracy and format reward (arXiv 2501.12948), 1 each.
    pub fn accuracy_and_format() -> Self {
        Self {
            wrong: 0.0,
            unformatted: 0.0,
            format: 1.0,
            ..Self::default()
        }
    }

    /// The reward of each attempt so far, in order.
    pub fn attempts(&self, results: &[AttemptResult]) -> Vec<f64> {
        let count = results.len() as f64;
        let mut rewards = Vec::with_capacity(results.len());
        let (mut factor, mut before) = (1.0, None);
        for result in results {
            let tier = self.tier(result);
            let mut reward = tier;
            if result.correct() && result.score().is_none() {
                reward *= factor;
            }
            if result.formatted() {
                reward += self.format;
            }
            if let Some(before) = before {
                reward += self.improvement * (tier - before);
            }
            if result.repeated {
                reward -= self.repetition / count;
            }
            if let Some(length) = &self.length {
                reward -= length.penalty(result.tokens);
            }
            rewards.push(reward);
            factor *= self.discount;
            before = Some(tier);
        }
        rewards
    }

    /// The reward of an episode that ended in `state`. `None` while it goes on, and for one that
    /// ended by an error.
    pub fn reward(&self, state: &State) -> Option<f64> {
        if matches!(state.stop, None | Some(StopReason::Error)) {
            return None;
        }
        let rewards = self.attempts(&state.results);
        // What the repetitions cost, the episode bears in full, whatever attempt counts.
        let penalty = |r: &AttemptResult| if r.repeated { self.repetition } else { 0.0 };
        let count = rewards.len() as f64;
        let plain = || {
            let results = rewards.iter().zip(&state.results);
            results.map(|(reward, result)| reward + penalty(result) / count)
        };
        let repetition: f64 = state.results.iter().map(penalty).sum::<f64>() / count.max(1.0);
        let Some(aggregate) = (match self.aggregate {
            Aggregate::Max => plain().reduce(f64::max),
            Aggregate::Last => plain().next_back(),
            Aggregate::Sum => plain().reduce(|a, b| a + b),
            Aggregate::Mean => plain().reduce(|a, b| a + b).map(|sum| sum / count),
        }) else {
            return Some(self.unformatted);
        };
        Some(aggregate - repetition)
    }

    fn tier(&self, result: &AttemptResult) -> f64 {
        match result.score() {
            Some(score) => score,
            None if result.correct() => self.correct,
            None if result.formatted() => self.wrong,
            None => self.unformatted,
        }
    }
}

impl Default for RewardScheme {
    /// The paper's tiers, 1, -0.5 and -1, of the best attempt, on the last token.
    fn default() -> Self {
        Self {
            correct: 1.0,
            wrong: -0.5,
            unformatted: -1.0,
            discount: 1.0,
            format: 0.0,
            improvement: 0.0,
            repetition: 0.0,
            length: None,
            aggregate: Aggregate::Max,
            credit: Credit::Episode,
        }
    }
}

impl LengthPenalty {
    fn penalty(&self, tokens: u64) -> f64 {
        if tokens <= self.from {
            0.0
        } else if tokens >= self.to {
            self.weight
        } else {
            self.weight * (tokens - self.from) as f64 / (self.to - self.from) as f64
        }
    }
}
