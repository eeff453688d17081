use resit::Grader;
use resit::env::{
    Credit, Credited, Episode, Estimate, ProgressBonus, RewardScheme, SegmentKind, Thinking,
    Verifier,
};

use crate::batch::Sequence;
use crate::{Error, Result};

/// An episode of a rollout, to be learned from.
pub struct Sample<R = <Grader as Verifier>::Reference> {
    /// It has ended.
    pub episode: Episode<R>,
    /// The same number for all episodes of a question.
    pub question: usize,
    /// J_0, J_1, … by forced answers; empty where there are none.
    pub values: Vec<f64>,
    /// Where it was continued, if it is compared with answering at once.
    pub cut: Option<Cut>,
}

/// The point from which an episode was continued.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Tokens that the model had sampled before. They are not learned.
    pub tokens: usize,
    /// Of all that follows.
    pub advantage: f64,
}

/// What is trained as one sequence: an episode, or one context of it. All but the sequence has one
/// entry per token of the agent.
pub(crate) struct Trajectory {
    pub(crate) sequence: Sequence,
    /// The place of the episode in the rollout.
    pub(crate) episode: usize,
    pub(crate) question: usize,
    /// Under the policy that sampled.
    pub(crate) logprobs: Vec<f64>,
    /// Log-probabilities under the reference.
    pub(crate) reference: Vec<f64>,
    /// Of the states before the tokens, by the critic.
    pub(crate) values: Vec<f64>,
    pub(crate) rewards: Vec<f64>,
    /// For progress, added to the advantages.
    pub(crate) bonuses: Vec<f64>,
    pub(crate) advantages: Vec<f64>,
    pub(crate) returns: Vec<f64>,
}

impl Trajectory {
    /// The sequences of an episode in which the agent said something. Rewards are clipped to plus or
    /// minus `clip`.
    pub(crate) fn of<R>(
        sample: &Sample<R>,
        episode: usize,
        rewards: &RewardScheme,
        progress: Option<&ProgressBonus>,
        clip: f64,
    ) -> Result<Vec<Self>> {
        let credited = credited(&sample.episode, rewards, progress, &sample.values);
        let mut trajectories = Vec::with_capacity(credited.len());
        let mut before = sample.cut.map_or(0, |cut| cut.tokens);
        for Credited {
            sequence,
            advantages,
        } in credited
        {
            let logprobs = sequence.logprobs.ok_or_else(|| {
                Error::Config("an episode lacks the log-probabilities of its tokens".into())
            })?;
            let mut agent = Sequence {
                tokens: sequence.tokens,
                loss_mask: sequence.loss_mask,
            };
            for mark in agent
                .loss_mask
                .iter_mut()
                .filter(|mark| **mark)
                .take(before)
            {
                *mark = false;
                before -= 1;
            }
            // The state lies one before its token.
            let places: Vec<usize> = agent.actions().map(|(state, _)| state + 1).collect();
            if places.is_empty() {
                continue;
            }
            let column = |of: &dyn Fn(usize) -> f64| places.iter().map(|&i| of(i)).collect();
            trajectories.push(Self {
                logprobs: column(&|i| f64::from(logprobs[i])),
                rewards: column(&|i| sequence.rewards[i].clamp(-clip, clip)),
                bonuses: column(&|i| advantages[i]),
                reference: Vec::new(),
                values: Vec::new(),
                advantages: match sample.cut {
                    Some(cut) => vec![cut.advantage; places.len()],
                    None => Vec::new(),
                },
                returns: Vec::new(),
                sequence: agent,
                episode,
                question: sample.question,
            });
        }
        Ok(trajectories)
    }

    /// Rewards and bonuses anew, with these estimates of J_0, J_1, ….
    pub(crate) fn credit<R>(
        &mut self,
        episode: &Episode<R>,
        rewards: &RewardScheme,
        progress: Option<&ProgressBonus>,
        values: &[f64],
        clip: f64,
    ) {
        // A chat that keeps what was said has one sequence.
        let credited = credited(episode, rewards, progress, values)
            .into_iter()
            .next();
        if let Some(credited) = credited {
            let places: Vec<usize> = self
                .sequence
                .actions()
                .map(|(state, _)| state + 1)
                .collect();
            let rewards = places.iter().map(|&i| credited.sequence.rewards[i]);
            self.rewards = rewards.map(|reward| reward.clamp(-clip, clip)).collect();
            self.bonuses = places.iter().map(|&i| credited.advantages[i]).collect();
        }
    }

    /// The number of tokens of the agent.
    pub(crate) fn len(&self) -> usize {
        self.rewards.len()
    }

    /// Estimates J_0, J_1, … by the critic: from its values of the states before each attempt, and 1
    /// after a right one.
    pub(crate) fn critic_values<R>(&self, episode: &Episode<R>) -> Result<Vec<f64>> {
        let transcript = episode.transcript();
        if transcript.thinking() != Thinking::Keep {
            let fault = "progress by the critic needs a chat that keeps what was said";
            return Err(Error::Config(fault.into()));
        }
        let mut values = Vec::new();
        let mut place = 0;
        let turns = transcript.segments().iter().filter(|s| s.kind.is_model());
        for turn in turns {
            if turn.kind == SegmentKind::Attempt {
                let value = self.values.get(place).copied();
                values.extend(value.and_then(Estimate::critic).map(|j| j.value));
            }
            place += turn.tokens.len();
        }
        let last = episode.state().results.last();
        if last.is_some_and(|result| result.correct()) {
            values.push(Estimate::SOLVED.value);
        }
        Ok(values)
    }
}

fn credited<R>(
    episode: &Episode<R>,
    rewards: &RewardScheme,
    progress: Option<&ProgressBonus>,
    values: &[f64],
) -> Vec<Credited> {
    if let Some(bonus) = progress {
        return episode.progress_sequences(rewards, bonus, values);
    }
    let plain = episode.sequences(rewards).into_iter();
    plain
        .map(|sequence| Credited {
            advantages: vec![0.0; sequence.tokens.len()],
            sequence,
        })
        .collect()
}

/// Refuses rewards with which progress cannot be told by the tokens that are trained.
pub(crate) fn check_progress(rewards: &RewardScheme) -> Result<()> {
    if rewards.credit == Credit::Reflection {
        let fault = "progress needs attempts that are trained, not reflections";
        return Err(Error::Config(fault.into()));
    }
    Ok(())
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
