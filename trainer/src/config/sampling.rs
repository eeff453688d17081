use serde::{Deserialize, Serialize};

use crate::sample::Sampling;

/// How the policy is sampled from in training.
///
/// The losses see the distribution over all tokens at this temperature, both of the policy that sampled
/// and of the one that learns. With `top_k`, `top_p` or `min_p` the tokens come from a narrower one,
/// which is not corrected for: leave them as they are for an unbiased policy gradient. What plays
/// episodes to choose from (`sft.star`) has no such ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SamplingConfig {
    /// Temperature of the policy, in sampling as in the losses.
    pub temperature: f64,
    /// Only so many of the likeliest tokens; 0 is all.
    pub top_k: usize,
    /// The fewest of the likeliest tokens that come to this share of the probability.
    pub top_p: f64,
    /// Only tokens with at least this share of the likeliest one's probability.
    pub min_p: f64,
    /// Tokens of an episode, prompt and feedback included.
    pub context_length: usize,
    /// Tokens that are generated between two looks at the answer.
    pub chunk_tokens: usize,
    /// Episodes that are played at the same time.
    pub rows: usize,
}

/// What is measured on the validation set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvaluationConfig {
    /// Iterations between two evaluations; 0 for none.
    pub interval: usize,
    /// Accuracy is measured at exactly so many attempts, each. The first decides which checkpoint is
    /// the best.
    pub attempts: Vec<u32>,
    /// 0 takes the likeliest token.
    pub temperature: f64,
    /// As in [`SamplingConfig`].
    pub top_k: usize,
    /// As in [`SamplingConfig`].
    pub top_p: f64,
    /// As in [`SamplingConfig`].
    pub min_p: f64,
}

impl Default for SamplingConfig {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            context_length: 4288,
            chunk_tokens: 64,
            rows: 64,
        }
    }
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self {
            interval: 0,
            attempts: vec![1],
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
        }
    }
}

impl SamplingConfig {
    /// How a token is chosen.
    pub fn sampling(&self) -> Sampling {
        Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
        }
    }
}

impl EvaluationConfig {
    /// How a token is chosen.
    pub fn sampling(&self) -> Sampling {
        Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
        }
    }
}
