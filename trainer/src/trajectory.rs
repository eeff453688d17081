use resit::env::Episode;

use crate::batch::Sequence;
use crate::gae::{gae, whiten};
use crate::{Error, Result};

/// One episode as PPO sees it. All but the sequence has one entry per token of the agent.
pub(crate) struct Trajectory {
    pub(crate) sequence: Sequence,
    /// Under the policy that sampled.
    pub(crate) logprobs: Vec<f64>,
    /// Log-probabilities under the reference.
    pub(crate) reference: Vec<f64>,
    /// Of the states before the tokens.
    pub(crate) values: Vec<f64>,
    rewards: Vec<f64>,
    pub(crate) advantages: Vec<f64>,
    pub(crate) returns: Vec<f64>,
}

impl Trajectory {
    /// With the episode's reward on the last token of the agent. `None` without such a token.
    pub(crate) fn new<R>(episode: &Episode<R>, reward: f64) -> Result<Option<Self>> {
        let transcript = episode.transcript();
        let sequence = Sequence {
            tokens: transcript.tokens(),
            loss_mask: transcript.loss_mask(),
        };
        let all = transcript.logprobs().ok_or_else(|| {
            Error::Config("an episode lacks the log-probabilities of its tokens".into())
        })?;
        // The state lies one before its token.
        let logprobs: Vec<f64> = sequence
            .actions()
            .map(|(state, _)| f64::from(all[state + 1]))
            .collect();
        let mut rewards = vec![0.0; logprobs.len()];
        let Some(last) = rewards.last_mut() else {
            return Ok(None);
        };
        *last = reward;
        Ok(Some(Self {
            sequence,
            logprobs,
            reference: Vec::new(),
            values: Vec::new(),
            rewards,
            advantages: Vec::new(),
            returns: Vec::new(),
        }))
    }

    /// The number of tokens of the agent.
    pub(crate) fn len(&self) -> usize {
        self.rewards.len()
    }

    /// Advantages and returns from the values.
    pub(crate) fn estimate(&mut self, gamma: f64, lambda: f64) {
        self.advantages = gae(&self.rewards, &self.values, gamma, lambda);
        let returns = self.advantages.iter().zip(&self.values);
        self.returns = returns
            .map(|(advantage, value)| advantage + value)
            .collect();
    }
}

/// Whitens the advantages over all tokens of the agent in all trajectories.
pub(crate) fn whiten_advantages(trajectories: &mut [Trajectory]) {
    let mut all: Vec<f64> = trajectories
        .iter()
        .flat_map(|t| t.advantages.iter().copied())
        .collect();
    whiten(&mut all);
    let mut all = all.into_iter();
    for trajectory in trajectories {
        let count = trajectory.len();
        trajectory.advantages = all.by_ref().take(count).collect();
    }
}

/// 1 - Var(return - value) / Var(return); 0 where all returns are equal.
pub(crate) fn explained_variance(trajectories: &[Trajectory]) -> f64 {
    let returns = || trajectories.iter().flat_map(|t| t.returns.iter());
    let values = || trajectories.iter().flat_map(|t| t.values.iter());
    let total = variance(returns().copied());
    let rest = variance(returns().zip(values()).map(|(r, v)| r - v));
    if total > 0.0 { 1.0 - rest / total } else { 0.0 }
}

fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    values.map(|v| (v - mean).powi(2)).sum::<f64>() / count
}
