use resit::env::Attempts;
use serde::{Deserialize, Serialize};

use crate::optim::AdamWConfig;
use crate::{Error, Result};

/// Every hyperparameter of a PPO run. The default is the paper's (arXiv 2503.04808).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PpoConfig {
    /// N: how many attempts an episode grants.
    pub attempts: Attempts,
    /// Rollouts, each followed by updates on its episodes.
    pub iterations: usize,
    /// Episodes per rollout.
    pub rollout_batch_size: usize,
    /// Episodes per optimizer step.
    pub train_batch_size: usize,
    /// Passes over the episodes of a rollout.
    pub num_ppo_epochs: usize,
    /// Peak learning rate of the policy.
    pub learning_rate: f64,
    /// Peak learning rate of the critic.
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
    /// Weight of the divergence from the frozen start, added to the loss.
    pub kl_coef: f64,
    /// γ: discount per token.
    pub gamma: f64,
    /// λ of generalised advantage estimation.
    pub gae_lambda: f64,
    /// Rewards are clipped to plus or minus this.
    pub reward_clip: f64,
    /// Temperature of the policy, in sampling as in the losses.
    pub temperature: f64,
    /// Tokens of an episode, prompt and feedback included.
    pub context_length: usize,
    /// Tokens that are generated between two looks at the answer.
    pub chunk_tokens: usize,
}

/// Every hyperparameter of supervised fine-tuning.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SftConfig {
    /// Optimizer steps.
    pub steps: usize,
    /// Sequences per step.
    pub batch_size: usize,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Share of the steps over which the learning rate rises from 0.
    pub warmup_ratio: f64,
    /// What remains of the learning rate at the end of the cosine.
    pub min_lr_ratio: f64,
    /// β₁ of Adam.
    pub adam_beta1: f64,
    /// β₂ of Adam.
    pub adam_beta2: f64,
    /// ε of Adam.
    pub adam_epsilon: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// The gradient's norm is clipped to this.
    pub max_grad_norm: f64,
}

impl Default for PpoConfig {
    fn default() -> Self {
        Self {
            attempts: Attempts::Uniform { max: 5 },
            iterations: 1280,
            rollout_batch_size: 1024,
            train_batch_size: 128,
            num_ppo_epochs: 1,
            learning_rate: 5e-7,
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
            kl_coef: 0.01,
            gamma: 1.0,
            gae_lambda: 0.99,
            reward_clip: 10.0,
            temperature: 1.0,
            context_length: 4288,
            chunk_tokens: 64,
        }
    }
}

impl Default for SftConfig {
    fn default() -> Self {
        Self {
            steps: 1000,
            batch_size: 128,
            learning_rate: 1e-5,
            warmup_ratio: 0.03,
            min_lr_ratio: 0.1,
            adam_beta1: 0.9,
            adam_beta2: 0.95,
            adam_epsilon: 1e-8,
            weight_decay: 0.0,
            max_grad_norm: 1.0,
        }
    }
}

impl PpoConfig {
    /// Refuses what cannot be trained.
    pub(crate) fn check(&self) -> Result<()> {
        let fault = if self.rollout_batch_size == 0 || self.train_batch_size == 0 {
            "a batch of PPO needs at least one episode"
        } else if self.temperature.is_nan() || self.temperature <= 0.0 {
            "the temperature of PPO must be positive: it is that of the policy in the losses, too"
        } else if self.chunk_tokens == 0 {
            "an attempt needs chunks of at least one token"
        } else {
            return Ok(());
        };
        Err(Error::Config(fault.into()))
    }

    /// Optimizer steps of the whole run, for policy and critic each.
    pub fn steps(&self) -> usize {
        let per_epoch = self.rollout_batch_size.div_ceil(self.train_batch_size);
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

impl SftConfig {
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
