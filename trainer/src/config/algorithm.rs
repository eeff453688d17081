use resit::env::ProgressCredit;
use serde::{Deserialize, Serialize};

use crate::optim::AdamWConfig;
use crate::{Error, Result};

/// Where advantages come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// A critic, by generalised advantage estimation (arXiv 1707.06347, 1506.02438).
    #[default]
    Ppo,
    /// The other episodes of a question: the reward less their mean, over their standard deviation
    /// (arXiv 2402.03300).
    Grpo,
    /// The other episodes of a question: the reward less the mean of the others (arXiv 2402.14740).
    Rloo,
    /// Progress as one number for all that follows: an episode is cut after a random number of attempts
    /// and continued several times, and each continuation has its reward less the mean reward of answers
    /// that are given at the cut (arXiv 2503.07572).
    Mrt,
}

/// What PPO's critic computes values from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CriticKind {
    /// A model of its own, which starts as a copy of the policy's. arXiv 2503.04808.
    #[default]
    Separate,
    /// The policy's hidden states: a head on them, whose loss trains the policy's layers, too. No second
    /// model is in memory, and an update goes through one.
    ValueHead,
}

/// How the losses of tokens become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossAggregation {
    /// The mean over all tokens of the micro-batch: each token counts the same. The published code
    /// of arXiv 2503.04808, and DAPO (arXiv 2503.14476).
    TokenMean,
    /// The mean over the sequences of their means: each sequence counts the same. GRPO
    /// (arXiv 2402.03300, equation 3).
    SequenceMean,
    /// The mean over the sequences of their sums: the gradient of a sequence's log-probability. RLOO
    /// (arXiv 2402.14740), REINFORCE.
    SequenceSum,
}

/// Where the divergence from the reference enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KlPlacement {
    /// Its k3 estimate is added to the loss. arXiv 2503.04808's code, GRPO.
    Loss,
    /// `kl_coef` × log(policy / reference) is taken off the reward of each token. RLOO, and PPO as in
    /// InstructGPT (arXiv 2203.02155).
    Reward,
}

/// Every hyperparameter of reinforcement learning. The default is that of "Learning from Failures in
/// Multi-Attempt Reinforcement Learning" (arXiv 2503.04808), which trains by PPO;
/// [`AlgorithmConfig::named`] has those of the other algorithms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlgorithmConfig {
    /// Where advantages come from.
    pub name: Algorithm,
    /// Rollouts, each followed by updates on its episodes.
    pub iterations: usize,
    /// Questions per rollout.
    pub rollout_batch_size: usize,
    /// Episodes of each of these questions, all with the same number of attempts; of MRT, continuations
    /// of one.
    pub samples_per_prompt: usize,
    /// Of MRT: answers at a cut, with whose mean reward the continuations are compared.
    pub answers_now: usize,
    /// Episodes per optimizer step.
    pub train_batch_size: usize,
    /// Episodes per forward and backward pass; the gradients of an optimizer step's passes are
    /// averaged. What is larger than `train_batch_size` counts as that.
    pub micro_batch_size: usize,
    /// Whether the backward pass computes the activations of each layer again instead of keeping them.
    pub gradient_checkpointing: bool,
    /// Passes over the episodes of a rollout.
    pub num_ppo_epochs: usize,
    /// Peak learning rate of the policy.
    pub learning_rate: f64,
    /// What PPO's critic computes values from.
    pub critic: CriticKind,
    /// Peak learning rate of the critic; of a value head, of the head alone.
    pub critic_learning_rate: f64,
    /// Share of all optimizer steps over which the learning rates rise from 0.
    pub warmup_ratio: f64,
    /// What remains of the learning rates at the end of the cosine.
    pub min_lr_ratio: f64,
    /// β₁ of Adam.
    pub adam_beta1: f64,
    /// β₂ of Adam.
    pub adam_beta2: f64,
    /// ε of Adam.
    pub adam_epsilon: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// The gradient's norm is clipped to this, for policy and critic each.
    pub max_grad_norm: f64,
    /// ε of the policy loss.
    pub clip_range: f64,
    /// ε of the value loss.
    pub clip_range_vf: f64,
    /// Weight of the value loss beside the policy's, of a value head.
    pub vf_coef: f64,
    /// Weight of the divergence from the frozen start.
    pub kl_coef: f64,
    /// Where the divergence enters.
    pub kl_placement: KlPlacement,
    /// Weight of the policy's entropy, which is taken off the loss.
    pub entropy_coef: f64,
    /// γ: discount per token.
    pub gamma: f64,
    /// λ of generalised advantage estimation.
    pub gae_lambda: f64,
    /// Whether advantages are shifted and scaled to mean 0 and variance 1 over the rollout.
    pub whiten_advantages: bool,
    /// Whether GRPO divides by the standard deviation of a question's rewards; without it is Dr. GRPO's
    /// advantage (arXiv 2503.20783).
    pub scale_rewards: bool,
    /// How the losses of tokens become one number.
    pub loss_aggregation: LossAggregation,
    /// Rewards are clipped to plus or minus this.
    pub reward_clip: f64,
    /// A bonus for progress, as in MRT (arXiv 2503.07572); none unless it is asked for.
    pub progress: Option<ProgressConfig>,
}

/// A bonus for what an attempt adds to the chance that an answer given now is right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgressConfig {
    /// The weight of the bonus. MRT leaves its value open.
    pub alpha: f64,
    /// How far a bonus reaches back.
    pub credit: ProgressCredit,
    /// Who says how good an answer given now would be.
    pub prover: Prover,
}

/// Who says how good an answer given now would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Prover {
    /// PPO's critic, whose value counts as J = (V + 1) / 2: approximate.
    Critic,
    /// The policy itself, from a fork of the episode.
    Forced {
        /// Answers per fork.
        answers: usize,
    },
}

impl Default for AlgorithmConfig {
    fn default() -> Self {
        Self {
            name: Algorithm::Ppo,
            iterations: 1280,
            rollout_batch_size: 1024,
            samples_per_prompt: 1,
            answers_now: 4,
            train_batch_size: 128,
            micro_batch_size: 128,
            gradient_checkpointing: false,
            num_ppo_epochs: 1,
            learning_rate: 5e-7,
            critic: CriticKind::Separate,
            critic_learning_rate: 1e-5,
            warmup_ratio: 0.03,
            min_lr_ratio: 0.1,
            adam_beta1: 0.9,
            adam_beta2: 0.95,
            adam_epsilon: 1e-8,
            weight_decay: 0.0,
            max_grad_norm: 1.0,
            clip_range: 0.2,
            clip_range_vf: 0.2,
            vf_coef: 0.1,
            kl_coef: 0.01,
            kl_placement: KlPlacement::Loss,
            entropy_coef: 0.0,
            gamma: 1.0,
            gae_lambda: 0.99,
            whiten_advantages: true,
            scale_rewards: true,
            loss_aggregation: LossAggregation::TokenMean,
            reward_clip: 10.0,
            progress: None,
        }
    }
}

impl AlgorithmConfig {
    /// The defaults of an algorithm: those of PPO, but for
    ///
    /// - GRPO what section 4.2 and equation 3 of arXiv 2402.03300 have: 64 episodes of a question and
    ///   1024 in a batch, one step on each, learning rate 1e-6, divergence weighted 0.04, the mean over
    ///   sequences of their means;
    /// - RLOO what arXiv 2402.14740 has: 4 episodes of a question, learning rate 1e-6, the divergence
    ///   in the reward, weighted 0.03, and sums over sequences;
    /// - MRT those of GRPO, with 4 continuations of 256 questions. Ours: the paper has no numbers.
    pub fn named(name: Algorithm) -> Self {
        let ppo = Self {
            name,
            ..Self::default()
        };
        match name {
            Algorithm::Ppo => ppo,
            Algorithm::Grpo => Self {
                rollout_batch_size: 16,
                samples_per_prompt: 64,
                train_batch_size: 1024,
                learning_rate: 1e-6,
                kl_coef: 0.04,
                whiten_advantages: false,
                loss_aggregation: LossAggregation::SequenceMean,
                ..ppo
            },
            Algorithm::Mrt => Self {
                name,
                rollout_batch_size: 256,
                samples_per_prompt: 4,
                ..Self::named(Algorithm::Grpo)
            },
            Algorithm::Rloo => Self {
                rollout_batch_size: 256,
                samples_per_prompt: 4,
                learning_rate: 1e-6,
                kl_coef: 0.03,
                kl_placement: KlPlacement::Reward,
                whiten_advantages: false,
                loss_aggregation: LossAggregation::SequenceSum,
                ..ppo
            },
        }
    }

    /// Refuses what cannot be trained.
    pub(crate) fn check(&self) -> Result<()> {
        let fault = if self.episodes() == 0
            || self.train_batch_size == 0
            || self.micro_batch_size == 0
        {
            "a batch needs at least one episode"
        } else if matches!(self.name, Algorithm::Grpo | Algorithm::Rloo)
            && self.samples_per_prompt < 2
        {
            "GRPO and RLOO compare the episodes of a question: samples_per_prompt must be at least 2"
        } else if self.name != Algorithm::Ppo
            && self.progress.is_some_and(|p| p.prover == Prover::Critic)
        {
            "without PPO there is no critic that could tell progress"
        } else if self.critic_kind() == Some(CriticKind::ValueHead)
            && !(self.vf_coef > 0.0 && self.vf_coef.is_finite())
        {
            "the loss of a value head needs a positive weight: vf_coef"
        } else if self.name == Algorithm::Mrt && self.answers_now == 0 {
            "MRT compares with answers given at once: at least one is needed"
        } else if self.name == Algorithm::Mrt
            && (self.progress.is_some() || self.kl_placement == KlPlacement::Reward)
        {
            "MRT has its advantages from whole rewards: no other bonus, and the divergence in the loss"
        } else if self
            .progress
            .is_some_and(|p| p.prover == Prover::Forced { answers: 0 })
        {
            "forced answers tell progress: at least one is needed"
        } else {
            return Ok(());
        };
        Err(Error::Config(fault.into()))
    }

    /// What the critic is, if the algorithm has one.
    pub(crate) fn critic_kind(&self) -> Option<CriticKind> {
        (self.name == Algorithm::Ppo).then_some(self.critic)
    }

    /// Episodes of a rollout.
    pub fn episodes(&self) -> usize {
        self.rollout_batch_size * self.samples_per_prompt
    }

    /// Episodes that are played for a rollout: those that are learned from, and of MRT those that are cut
    /// and the answers at the cuts.
    pub(crate) fn played(&self) -> usize {
        match self.name {
            Algorithm::Mrt => {
                self.rollout_batch_size * (1 + self.samples_per_prompt + self.answers_now)
            }
            Algorithm::Ppo | Algorithm::Grpo | Algorithm::Rloo => self.episodes(),
        }
    }

    /// Optimizer steps of the whole run, for policy and critic each.
    pub fn steps(&self) -> usize {
        let per_epoch = self.episodes().div_ceil(self.train_batch_size);
        self.iterations * self.num_ppo_epochs * per_epoch
    }

    /// What concerns the optimizer.
    pub fn adamw(&self) -> AdamWConfig {
        AdamWConfig {
            beta1: self.adam_beta1,
            beta2: self.adam_beta2,
            epsilon: self.adam_epsilon,
            weight_decay: self.weight_decay,
        }
    }
}
