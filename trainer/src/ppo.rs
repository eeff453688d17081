use candle_core::{D, DType, Tensor};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use resit::env::Episode;
use serde::Serialize;

use crate::batch::{Batch, Sequence};
use crate::config::AlgorithmConfig;
use crate::kl::k3;
use crate::loss::{policy_loss, value_loss};
use crate::model::{CausalLm, Config, Parameters, ValueModel};
use crate::optim::{AdamW, Gradients};
use crate::schedule::CosineSchedule;
use crate::trajectory::{Trajectory, explained_variance, whiten_advantages};
use crate::{Error, Result, seed};

/// Proximal policy optimisation (Schulman et al., arXiv 1707.06347) with a critic of its own and a
/// divergence from a frozen reference in the loss.
pub struct Ppo {
    config: AlgorithmConfig,
    temperature: f64,
    policy: Learner<CausalLm>,
    critic: Learner<ValueModel>,
    /// Reads the critic's weights without recording a graph.
    values: ValueModel,
    reference: CausalLm,
    schedule: CosineSchedule,
    steps: usize,
    rng: StdRng,
}

/// A model in training.
struct Learner<M> {
    parameters: Parameters,
    model: M,
    optimizer: AdamW,
}

/// What an update came to. Means are over the agent's tokens, in all epochs.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Update {
    /// Clipped policy loss.
    pub policy_loss: f64,
    /// Clipped value loss.
    pub value_loss: f64,
    /// Divergence from the reference, the k3 estimator.
    pub kl: f64,
    /// Divergence from the policy that sampled: mean of (ρ - 1) - log ρ.
    pub approx_kl: f64,
    /// Share of tokens whose ratio ρ is outside the clip range.
    pub clip_fraction: f64,
    /// Entropy of the policy, in nats.
    pub entropy: f64,
    /// Norm of the policy's gradient before clipping.
    pub grad_norm: f64,
    /// Norm of the critic's gradient before clipping.
    pub critic_grad_norm: f64,
    /// 1 - Var(return - value) / Var(return) before the update.
    pub explained_variance: f64,
    /// The policy's learning rate at the last optimizer step.
    pub learning_rate: f64,
    /// Tokens that the agent sampled.
    pub agent_tokens: usize,
}

impl Ppo {
    /// Policy, critic and reference start from copies of `start`. The policy is `start`'s at
    /// `temperature`.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be trained, and those of [`CausalLm::new`].
    pub fn new(
        config: AlgorithmConfig,
        temperature: f64,
        model: &Config,
        start: &Parameters,
        seed: u64,
    ) -> Result<Self> {
        config.check()?;
        if !(temperature > 0.0 && temperature.is_finite()) {
            let fault = "the temperature of the policy must be positive";
            return Err(Error::Config(fault.into()));
        }
        let policy = start.copy()?;
        let critic = start.critic(model, seed::derive(seed, &[0]))?;
        Ok(Self {
            values: ValueModel::new(model, critic.frozen())?,
            policy: Learner {
                model: CausalLm::new(model, policy.trainable())?,
                optimizer: AdamW::new(config.adamw(), &policy)?,
                parameters: policy,
            },
            critic: Learner {
                model: ValueModel::new(model, critic.trainable())?,
                optimizer: AdamW::new(config.adamw(), &critic)?,
                parameters: critic,
            },
            reference: CausalLm::new(model, start.copy()?.frozen())?,
            schedule: CosineSchedule::new(config.steps(), config.warmup_ratio, config.min_lr_ratio),
            steps: 0,
            rng: StdRng::seed_from_u64(seed::derive(seed, &[1])),
            temperature,
            config,
        })
    }

    /// The hyperparameters.
    pub fn config(&self) -> &AlgorithmConfig {
        &self.config
    }

    /// The temperature of the policy.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// The weights of the policy, which every update changes in place.
    pub fn policy(&self) -> &Parameters {
        &self.policy.parameters
    }

    /// Learns from the episodes of one rollout, each with its reward.
    ///
    /// # Errors
    ///
    /// Episodes without the log-probabilities of their tokens, numbers that leave the finite, and
    /// those of the models.
    pub fn update<R>(&mut self, episodes: &[(Episode<R>, f64)]) -> Result<Update> {
        let mut trajectories = self.trajectories(episodes)?;
        let agent_tokens: usize = trajectories.iter().map(Trajectory::len).sum();
        let mut update = Update {
            explained_variance: explained_variance(&trajectories),
            agent_tokens,
            ..Update::default()
        };
        whiten_advantages(&mut trajectories);
        for _ in 0..self.config.num_ppo_epochs {
            trajectories.shuffle(&mut self.rng);
            for chunk in trajectories.chunks(self.config.train_batch_size) {
                let tokens: usize = chunk.iter().map(Trajectory::len).sum();
                let share = tokens as f64 / (agent_tokens * self.config.num_ppo_epochs) as f64;
                update.add(&self.step(chunk)?, share);
            }
        }
        Ok(update)
    }

    /// One optimizer step of policy and critic.
    fn step(&mut self, trajectories: &[Trajectory]) -> Result<Update> {
        let config = &self.config;
        let batch = self.batch(trajectories)?;
        let log_softmax = batch.log_softmax(&self.policy.model, self.temperature)?;
        let logprobs = batch.chosen(&log_softmax)?;
        let values = batch.values(&self.critic.model)?;
        let column = |of: fn(&Trajectory) -> &Vec<f64>| -> Result<Tensor> {
            let numbers: Vec<f64> = trajectories.iter().flat_map(of).copied().collect();
            let column = Tensor::from_vec(numbers, values.dim(0)?, values.device())?;
            Ok(column.to_dtype(values.dtype())?)
        };
        let old_logprobs = column(|t| &t.logprobs)?;

        let policy_loss = policy_loss(
            &logprobs,
            &old_logprobs,
            &column(|t| &t.advantages)?,
            config.clip_range,
        )?;
        let kl = k3(&logprobs, &column(|t| &t.reference)?)?.mean_all()?;
        let value_loss = value_loss(
            &values,
            &column(|t| &t.values)?,
            &column(|t| &t.returns)?,
            config.clip_range_vf,
        )?;

        let factor = self.schedule.factor(self.steps);
        let learning_rate = config.learning_rate * factor;
        let critic_learning_rate = config.critic_learning_rate * factor;
        let loss = (&policy_loss + (&kl * config.kl_coef)?)?;
        let grad_norm = self
            .policy
            .step(&loss, config.max_grad_norm, learning_rate)?;
        let critic_grad_norm =
            self.critic
                .step(&value_loss, config.max_grad_norm, critic_learning_rate)?;
        self.steps += 1;

        let log_ratio = (logprobs.detach() - old_logprobs)?;
        let excess = (log_ratio.exp()? - 1.0)?;
        let clipped = excess.abs()?.gt(config.clip_range)?.to_dtype(DType::F32)?;
        let log_softmax = log_softmax.detach();
        let entropy = (log_softmax.exp()? * &log_softmax)?.sum(D::Minus1)?.neg()?;
        Ok(Update {
            policy_loss: scalar(&policy_loss)?,
            value_loss: scalar(&value_loss)?,
            kl: scalar(&kl)?,
            approx_kl: scalar(&(excess - log_ratio)?.mean_all()?)?,
            clip_fraction: scalar(&clipped.mean_all()?)?,
            entropy: scalar(&entropy.mean_all()?)?,
            grad_norm,
            critic_grad_norm,
            learning_rate,
            ..Update::default()
        })
    }

    /// Episodes in which the agent said nothing teach nothing and are left out.
    fn trajectories<R>(&self, episodes: &[(Episode<R>, f64)]) -> Result<Vec<Trajectory>> {
        let clip = self.config.reward_clip;
        let mut trajectories = Vec::with_capacity(episodes.len());
        for (episode, reward) in episodes {
            trajectories.extend(Trajectory::new(episode, reward.clamp(-clip, clip))?);
        }
        for chunk in trajectories.chunks_mut(self.config.train_batch_size) {
            let batch = self.batch(chunk)?;
            let log_softmax = batch.log_softmax(&self.reference, self.temperature)?;
            let mut reference = numbers(&batch.chosen(&log_softmax)?)?.into_iter();
            let mut values = numbers(&batch.values(&self.values)?)?.into_iter();
            for trajectory in chunk {
                let count = trajectory.len();
                trajectory.reference = reference.by_ref().take(count).collect();
                trajectory.values = values.by_ref().take(count).collect();
                trajectory.estimate(self.config.gamma, self.config.gae_lambda);
            }
        }
        Ok(trajectories)
    }

    fn batch(&self, trajectories: &[Trajectory]) -> Result<Batch> {
        let sequences: Vec<&Sequence> = trajectories.iter().map(|t| &t.sequence).collect();
        Batch::new(&sequences, self.reference.device())
    }
}

impl<M> Learner<M> {
    /// One optimizer step down `loss`. Gives the gradient's norm before clipping.
    fn step(&mut self, loss: &Tensor, max_grad_norm: f64, learning_rate: f64) -> Result<f64> {
        let mut gradients = Gradients::of(loss, &self.parameters)?;
        let norm = gradients.clip(max_grad_norm)?;
        self.optimizer
            .step(&self.parameters, &gradients, learning_rate)?;
        Ok(norm)
    }
}

impl Update {
    /// Adds the means of one optimizer step, which saw this share of all tokens.
    fn add(&mut self, step: &Self, share: f64) {
        self.policy_loss += share * step.policy_loss;
        self.value_loss += share * step.value_loss;
        self.kl += share * step.kl;
        self.approx_kl += share * step.approx_kl;
        self.clip_fraction += share * step.clip_fraction;
        self.entropy += share * step.entropy;
        self.grad_norm += share * step.grad_norm;
        self.critic_grad_norm += share * step.critic_grad_norm;
        self.learning_rate = step.learning_rate;
    }
}

fn scalar(x: &Tensor) -> Result<f64> {
    Ok(x.to_dtype(DType::F64)?.to_scalar()?)
}

fn numbers(x: &Tensor) -> Result<Vec<f64>> {
    Ok(x.to_dtype(DType::F64)?.to_vec1()?)
}
