use std::path::Path;

use candle_core::DType;
use serde::Serialize;

use crate::batch::{Batch, Sequence};
use crate::checkpoint::Pretrained;
use crate::config::SftConfig;
use crate::learner::{Adapter, Learner};
use crate::lora::LoraConfig;
use crate::model::{CausalLm, Config, Parameters};
use crate::schedule::CosineSchedule;
use crate::{Error, Result};

const POLICY: &str = "policy";
const OPTIMIZER: &str = "policy_optimizer.safetensors";

/// Supervised fine-tuning: the policy learns the agent's tokens of given sequences.
pub struct Sft<'a> {
    config: &'a SftConfig,
    learner: Learner<CausalLm>,
    schedule: CosineSchedule,
    steps: usize,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SftStep {
    /// Mean negative log-likelihood of the agent's tokens before it.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub grad_norm: f64,
    /// Of the step.
    pub learning_rate: f64,
    /// Tokens that were learned.
    pub agent_tokens: usize,
}

impl<'a> Sft<'a> {
    /// Trains a copy of `start`, or with `lora` an adapter on it. `seed` is that of the adapter's start.
    ///
    /// # Errors
    ///
    /// Those of [`CausalLm::new`] and [`Lora::new`](crate::lora::Lora::new).
    pub fn new(
        config: &'a SftConfig,
        model: &Config,
        start: &Parameters,
        lora: Option<&LoraConfig>,
        seed: u64,
    ) -> Result<Self> {
        let parameters = start.copy()?;
        let mut learning = CausalLm::new(model, parameters.trainable())?;
        learning
            .model_mut()
            .set_gradient_checkpointing(config.gradient_checkpointing);
        let adapter = lora.map(|lora| Adapter::new(lora, model, seed, start));
        Ok(Self {
            learner: Learner::new(config.adamw(), learning, parameters, adapter.transpose()?)?,
            schedule: CosineSchedule::new(config.steps, config.warmup_ratio, config.min_lr_ratio),
            steps: 0,
            config,
        })
    }

    /// The weights of the policy, which every step changes in place.
    pub fn policy(&self) -> &Parameters {
        &self.learner.parameters
    }

    /// One step.
    ///
    /// # Errors
    ///
    /// A loss that is not finite, and those of the model.
    pub fn step(&mut self, sequences: &[Sequence]) -> Result<SftStep> {
        let sequences: Vec<&Sequence> = sequences.iter().collect();
        let agent_tokens: usize = sequences.iter().map(|s| s.actions().count()).sum();
        let mut mean = 0.0;
        for micro in sequences.chunks(self.config.micro_batch_size) {
            let batch = Batch::new(micro, self.learner.model.device())?;
            if batch.actions().is_empty() {
                continue;
            }
            let share = batch.actions().len() as f64 / agent_tokens.max(1) as f64;
            let (logprobs, _) = batch.log_prob_and_entropy(&self.learner.model, 1.0)?;
            let loss = (logprobs.mean_all()?.neg()? * share)?;
            let value = f64::from(loss.to_dtype(DType::F32)?.to_scalar::<f32>()?);
            if !value.is_finite() {
                return Err(Error::NotFinite("the supervised loss"));
            }
            mean += value;
            self.learner.backward(&loss)?;
        }
        let learning_rate = self.config.learning_rate * self.schedule.factor(self.steps);
        let grad_norm = self
            .learner
            .step(self.config.max_grad_norm, learning_rate)?;
        self.steps += 1;
        Ok(SftStep {
            loss: mean,
            grad_norm,
            learning_rate,
            agent_tokens,
        })
    }

    /// Writes the policy: a model, or the adapter that it has learned. `model` is its start.
    pub(crate) fn save_policy(&self, folder: &Path, model: &Pretrained) -> Result<()> {
        self.learner.save_policy(folder, model)
    }

    /// Writes all that a step depends on into `folder`.
    pub(crate) fn save(&self, folder: &Path, model: &Pretrained) -> Result<()> {
        self.save_policy(&folder.join(POLICY), model)?;
        self.learner.save_optimizer(&folder.join(OPTIMIZER))
    }

    /// Goes on from what [`Sft::save`] wrote after so many steps.
    pub(crate) fn restore(
        &mut self,
        folder: &Path,
        model: &Pretrained,
        steps: usize,
    ) -> Result<()> {
        let trained = self.learner.read_policy(&folder.join(POLICY), model)?;
        let optimizer = folder.join(OPTIMIZER);
        self.learner.restore(&trained, &optimizer, steps)?;
        self.steps = steps;
        Ok(())
    }
}
