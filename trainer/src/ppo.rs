use std::path::Path;

use candle_core::{DType, Tensor};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use resit::env::{ProgressBonus, RewardScheme};
use serde::Serialize;

use crate::batch::{Batch, Sequence};
use crate::checkpoint::Pretrained;
use crate::config::{Algorithm, AlgorithmConfig, CriticKind, KlPlacement, Prover};
use crate::kl::k3;
use crate::learner::{Adapter, Learner};
use crate::lora::LoraConfig;
use crate::loss::{policy_loss, value_loss, weights};
use crate::model::{CausalLm, Config, Parameters, VALUE_HEAD, ValueModel};
use crate::sample::Sampling;
use crate::schedule::CosineSchedule;
use crate::trajectory::{Trajectory, check_progress, explained_variance};
use crate::{Error, Result, advantage, ops, seed};

pub use crate::trajectory::{Cut, Sample};

const POLICY: &str = "policy";
const POLICY_OPTIMIZER: &str = "policy_optimizer.safetensors";
const CRITIC: &str = "critic.safetensors";
const CRITIC_OPTIMIZER: &str = "critic_optimizer.safetensors";

/// Proximal policy optimisation (Schulman et al., arXiv 1707.06347) towards high rewards and near to a
/// frozen reference, with advantages by a critic of its own (PPO), by comparing the episodes of a
/// question (GRPO, RLOO), or by comparing going on with answering at once (MRT).
pub struct Ppo {
    config: AlgorithmConfig,
    sampling: Sampling,
    policy: Learner<CausalLm>,
    /// Of PPO only.
    critic: Option<Critic>,
    reference: CausalLm,
    schedule: CosineSchedule,
    steps: usize,
    seed: u64,
}

struct Critic {
    /// Trains the whole model, or the head on the policy's layers, which are the policy's to train.
    learner: Learner<ValueModel>,
    /// Reads the weights without recording a graph.
    values: ValueModel,
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
    /// 1 - Var(return - value) / Var(return) before the update; 0 without a critic.
    pub explained_variance: f64,
    /// The policy's learning rate at the last optimizer step.
    pub learning_rate: f64,
    /// Tokens that the agent sampled.
    pub agent_tokens: usize,
}

impl Ppo {
    /// Policy, critic and reference start from copies of `start`. The policy is the distribution over
    /// all tokens at the temperature of `sampling`, whatever else that leaves out. With `lora`, policy
    /// and critic learn by adapters, and the critic's head in full; the reference is their base.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be trained, and those of [`CausalLm::new`].
    pub fn new(
        config: AlgorithmConfig,
        sampling: impl Into<Sampling>,
        model: &Config,
        start: &Parameters,
        lora: Option<&LoraConfig>,
        seed: u64,
    ) -> Result<Self> {
        config.check()?;
        let sampling = sampling.into();
        let temperature = sampling.temperature;
        if !(temperature > 0.0 && temperature.is_finite()) {
            let fault = "the temperature of the policy must be positive";
            return Err(Error::Config(fault.into()));
        }
        let checkpointing = config.gradient_checkpointing;
        let base = start.copy()?;
        let adapter = |stream: u64| {
            let seed = seed::derive(seed, &[stream]);
            let adapter = lora.map(|lora| Adapter::new(lora, model, seed, &base));
            adapter.transpose()
        };
        let policy = start.copy()?;
        let mut learning = CausalLm::new(model, policy.trainable())?;
        learning
            .model_mut()
            .set_gradient_checkpointing(checkpointing);
        let head = seed::derive(seed, &[0]);
        let critic = match config.critic_kind() {
            Some(CriticKind::Separate) => {
                let parameters = start.critic(model, head)?;
                let mut critic = ValueModel::new(model, parameters.trainable())?;
                critic.model_mut().set_gradient_checkpointing(checkpointing);
                let mut adapter = adapter(3)?;
                if let Some(Adapter { lora, .. }) = &mut adapter {
                    lora.add_whole(VALUE_HEAD, &parameters)?;
                }
                Some(Critic {
                    values: ValueModel::new(model, parameters.frozen())?,
                    learner: Learner::new(config.adamw(), critic, parameters, adapter)?,
                })
            }
            Some(CriticKind::ValueHead) => {
                let parameters = start.value_head(model, head)?;
                let both = policy.with(&parameters);
                let critic = ValueModel::new(model, both.trainable())?;
                Some(Critic {
                    values: ValueModel::new(model, both.frozen())?,
                    learner: Learner::new(config.adamw(), critic, parameters, None)?,
                })
            }
            None => None,
        };
        Ok(Self {
            policy: Learner::new(config.adamw(), learning, policy, adapter(2)?)?,
            critic,
            reference: CausalLm::new(model, base.frozen())?,
            schedule: CosineSchedule::new(config.steps(), config.warmup_ratio, config.min_lr_ratio),
            steps: 0,
            seed,
            sampling,
            config,
        })
    }

    /// The hyperparameters.
    pub fn config(&self) -> &AlgorithmConfig {
        &self.config
    }

    /// How the policy is sampled from.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// The weights of the policy, which every update changes in place.
    pub fn policy(&self) -> &Parameters {
        &self.policy.parameters
    }

    /// Optimizer steps that are done.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Writes the policy: a model, or the adapter that it has learned. `model` is its start.
    pub(crate) fn save_policy(&self, folder: &Path, model: &Pretrained) -> Result<()> {
        self.policy.save_policy(folder, model)
    }

    /// Writes all that an update depends on into `folder`.
    pub(crate) fn save(&self, folder: &Path, model: &Pretrained) -> Result<()> {
        self.save_policy(&folder.join(POLICY), model)?;
        self.policy.save_optimizer(&folder.join(POLICY_OPTIMIZER))?;
        if let Some(Critic { learner, .. }) = &self.critic {
            learner.trained().save(folder.join(CRITIC))?;
            learner.save_optimizer(&folder.join(CRITIC_OPTIMIZER))?;
        }
        Ok(())
    }

    /// Goes on from what [`Ppo::save`] wrote after so many optimizer steps.
    pub(crate) fn restore(
        &mut self,
        folder: &Path,
        model: &Pretrained,
        steps: usize,
    ) -> Result<()> {
        let optimizer = folder.join(POLICY_OPTIMIZER);
        let trained = self.policy.read_policy(&folder.join(POLICY), model)?;
        self.policy.restore(&trained, &optimizer, steps)?;
        if let Some(Critic { learner, .. }) = &mut self.critic {
            let file = folder.join(CRITIC);
            let trained = Parameters::load(&file, &learner.parameters.device())?;
            let optimizer = folder.join(CRITIC_OPTIMIZER);
            learner.restore(&trained, &optimizer, steps)?;
        }
        self.steps = steps;
        Ok(())
    }

    /// Learns from the episodes of one rollout. `rewards` says which tokens bear what. Episodes in
    /// which the agent said nothing teach nothing and are left out.
    ///
    /// # Errors
    ///
    /// Episodes without the log-probabilities of their tokens, numbers that leave the finite, and
    /// those of the models.
    pub fn update<R>(&mut self, samples: &[Sample<R>], rewards: &RewardScheme) -> Result<Update> {
        let mut trajectories = self.trajectories(samples, rewards)?;
        advantage::estimate(&self.config, &mut trajectories);
        let agent_tokens: usize = trajectories.iter().map(Trajectory::len).sum();
        let mut update = Update {
            explained_variance: explained_variance(&trajectories),
            agent_tokens,
            ..Update::default()
        };
        for _ in 0..self.config.num_ppo_epochs {
            let seed = seed::derive(self.seed, &[1, self.steps as u64]);
            trajectories.shuffle(&mut StdRng::seed_from_u64(seed));
            for chunk in trajectories.chunks_mut(self.config.train_batch_size) {
                // Neighbours share what is computed for their prompt.
                chunk.sort_by(|a, b| a.sequence.prompt().cmp(b.sequence.prompt()));
                let tokens: usize = chunk.iter().map(Trajectory::len).sum();
                let share = tokens as f64 / (agent_tokens * self.config.num_ppo_epochs) as f64;
                update.add(&self.step(chunk)?, share);
            }
        }
        Ok(update)
    }

    /// What is learned from, with log-probabilities under the reference and the critic's values.
    fn trajectories<R>(
        &self,
        samples: &[Sample<R>],
        rewards: &RewardScheme,
    ) -> Result<Vec<Trajectory>> {
        let progress = self.config.progress;
        let by_critic = progress.is_some_and(|p| p.prover == Prover::Critic);
        let bonus = progress.map(|p| ProgressBonus {
            alpha: p.alpha,
            credit: p.credit,
        });
        if by_critic || self.config.name == Algorithm::Mrt {
            check_progress(rewards)?;
        }
        let clip = self.config.reward_clip;
        let mut trajectories = Vec::with_capacity(samples.len());
        for (episode, sample) in samples.iter().enumerate() {
            // The critic has to see the sequences before it can say what progress they made.
            let bonus = bonus.as_ref().filter(|_| !by_critic);
            trajectories.extend(Trajectory::of(sample, episode, rewards, bonus, clip)?);
        }
        for chunk in trajectories.chunks_mut(self.config.micro_batch_size) {
            let batch = self.batch(chunk)?;
            let (logprobs, _) =
                batch.log_prob_and_entropy(&self.reference, self.sampling.temperature)?;
            let mut reference = numbers(&logprobs)?.into_iter();
            let mut values = match &self.critic {
                Some(critic) => numbers(&batch.values(&critic.values)?)?,
                None => Vec::new(),
            }
            .into_iter();
            for trajectory in chunk {
                let count = trajectory.len();
                trajectory.reference = reference.by_ref().take(count).collect();
                trajectory.values = values.by_ref().take(count).collect();
            }
        }
        if by_critic {
            for trajectory in &mut trajectories {
                let sample = &samples[trajectory.episode];
                let values = trajectory.critic_values(&sample.episode)?;
                trajectory.credit(&sample.episode, rewards, bonus.as_ref(), &values, clip);
            }
        }
        Ok(trajectories)
    }

    /// One optimizer step of policy and critic.
    fn step(&mut self, trajectories: &[Trajectory]) -> Result<Update> {
        let mut update = Update::default();
        for micro in trajectories.chunks(self.config.micro_batch_size) {
            let share = micro.len() as f64 / trajectories.len() as f64;
            update.add(&self.backward(micro, share)?, share);
        }
        let max_norm = self.config.max_grad_norm;
        let factor = self.schedule.factor(self.steps);
        update.learning_rate = self.config.learning_rate * factor;
        update.grad_norm = self.policy.step(max_norm, update.learning_rate)?;
        if let Some(critic) = &mut self.critic {
            let learning_rate = self.config.critic_learning_rate * factor;
            update.critic_grad_norm = critic.learner.step(max_norm, learning_rate)?;
        }
        self.steps += 1;
        Ok(update)
    }

    /// The gradients of a micro-batch, which weighs `share` of the step.
    fn backward(&mut self, trajectories: &[Trajectory], share: f64) -> Result<Update> {
        let config = &self.config;
        let batch = self.batch(trajectories)?;
        let hidden = batch.hidden(self.policy.model.model())?;
        let temperature = self.sampling.temperature;
        let (logprobs, entropy) =
            batch.log_prob_and_entropy_at(&self.policy.model, &hidden, temperature)?;
        let (dtype, device) = (logprobs.dtype(), logprobs.device().clone());
        let column = |of: fn(&Trajectory) -> &Vec<f64>| -> Result<Tensor> {
            let numbers: Vec<f64> = trajectories.iter().flat_map(of).copied().collect();
            Ok(Tensor::new(numbers, &device)?.to_dtype(dtype)?)
        };
        let lengths: Vec<usize> = trajectories.iter().map(Trajectory::len).collect();
        let weights = weights(config.loss_aggregation, &lengths, dtype, &device)?;
        let old_logprobs = column(|t| &t.logprobs)?;

        let objective = policy_loss(
            &logprobs,
            &old_logprobs,
            &column(|t| &t.advantages)?,
            config.clip_range,
        )?;
        let kl = k3(&logprobs, &column(|t| &t.reference)?)?;
        let mut losses = objective.clone();
        if config.kl_placement == KlPlacement::Loss {
            losses = (losses + (&kl * config.kl_coef)?)?;
        }
        if config.entropy_coef != 0.0 {
            losses = (losses - (&entropy * config.entropy_coef)?)?;
        }
        let loss = finite((losses * &weights)?.sum_all()?, "the policy's loss")?;
        let loss = (loss * share)?;
        let mut update = Update {
            policy_loss: scalar(&(objective * &weights)?.sum_all()?)?,
            kl: scalar(&kl.mean_all()?)?,
            entropy: scalar(&entropy.mean_all()?)?,
            ..Update::default()
        };
        let mut value_loss = |values: &Tensor| -> Result<Tensor> {
            let loss = value_loss(
                // Like the log-probabilities: in f32 where the model is in bf16.
                &values.to_dtype(dtype)?,
                &column(|t| &t.values)?,
                &column(|t| &t.returns)?,
                config.clip_range_vf,
            )?
            .mean_all()?;
            update.value_loss = scalar(&loss)?;
            Ok((finite(loss, "the critic's loss")? * share)?)
        };
        let policy_logprobs = logprobs.detach();
        match &mut self.critic {
            Some(Critic { learner, .. }) if config.critic == CriticKind::ValueHead => {
                let value_loss = value_loss(&learner.model.values(&hidden)?)?;
                let loss = (loss + (value_loss * config.vf_coef)?)?;
                let mut store = ops::backward(&loss)?;
                self.policy.add(&mut store)?;
                learner.add(&mut store)?;
            }
            critic => {
                self.policy.backward(&loss)?;
                // The policy's graph goes before the critic's comes: each may be most of the memory.
                drop((hidden, logprobs, entropy, kl, loss));
                if let Some(Critic { learner, .. }) = critic {
                    let loss = value_loss(&batch.values(&learner.model)?)?;
                    learner.backward(&loss)?;
                }
            }
        }

        let log_ratio = (policy_logprobs - old_logprobs)?;
        let excess = (log_ratio.exp()? - 1.0)?;
        let clipped = excess.abs()?.gt(config.clip_range)?.to_dtype(DType::F32)?;
        update.approx_kl = scalar(&(excess - log_ratio)?.mean_all()?)?;
        update.clip_fraction = scalar(&clipped.mean_all()?)?;
        Ok(update)
    }

    fn batch(&self, trajectories: &[Trajectory]) -> Result<Batch> {
        let sequences: Vec<&Sequence> = trajectories.iter().map(|t| &t.sequence).collect();
        Batch::new(&sequences, self.reference.device())
    }
}

impl Update {
    /// Adds the means of one part, which weighs this share of the whole.
    fn add(&mut self, part: &Self, share: f64) {
        self.policy_loss += share * part.policy_loss;
        self.value_loss += share * part.value_loss;
        self.kl += share * part.kl;
        self.approx_kl += share * part.approx_kl;
        self.clip_fraction += share * part.clip_fraction;
        self.entropy += share * part.entropy;
        self.grad_norm += share * part.grad_norm;
        self.critic_grad_norm += share * part.critic_grad_norm;
        self.learning_rate = part.learning_rate;
    }
}

fn finite(loss: Tensor, name: &'static str) -> Result<Tensor> {
    if scalar(&loss)?.is_finite() {
        Ok(loss)
    } else {
        Err(Error::NotFinite(name))
    }
}

fn scalar(x: &Tensor) -> Result<f64> {
    Ok(x.to_dtype(DType::F64)?.to_scalar()?)
}

fn numbers(x: &Tensor) -> Result<Vec<f64>> {
    Ok(x.to_dtype(DType::F64)?.to_vec1()?)
}
