use crate::batch::{Batch, Sequence};
use crate::config::SftConfig;
use crate::model::{CausalLm, Config, Parameters};
use crate::optim::{AdamW, Gradients};
use crate::schedule::CosineSchedule;
use crate::{Error, Result};

/// Supervised fine-tuning: the policy learns the agent's tokens of given sequences.
pub struct Sft<'a> {
    config: &'a SftConfig,
    parameters: &'a Parameters,
    model: CausalLm,
    optimizer: AdamW,
    schedule: CosineSchedule,
    steps: usize,
}

impl<'a> Sft<'a> {
    /// Trains `parameters` in place.
    ///
    /// # Errors
    ///
    /// Those of [`CausalLm::new`].
    pub fn new(config: &'a SftConfig, model: &Config, parameters: &'a Parameters) -> Result<Self> {
        Ok(Self {
            model: CausalLm::new(model, parameters.trainable())?,
            optimizer: AdamW::new(config.adamw(), parameters)?,
            schedule: CosineSchedule::new(config.steps, config.warmup_ratio, config.min_lr_ratio),
            steps: 0,
            config,
            parameters,
        })
    }

    /// One step. Gives the mean negative log-likelihood of the agent's tokens before it.
    ///
    /// # Errors
    ///
    /// A loss that is not finite, and those of the model.
    pub fn step(&mut self, sequences: &[Sequence]) -> Result<f64> {
        let sequences: Vec<&Sequence> = sequences.iter().collect();
        let batch = Batch::new(&sequences, self.model.device())?;
        let (logprobs, _) = batch.log_prob_and_entropy(&self.model, 1.0)?;
        let loss = logprobs.mean_all()?.neg()?;
        let value = f64::from(loss.to_dtype(candle_core::DType::F32)?.to_scalar::<f32>()?);
        if !value.is_finite() {
            return Err(Error::NotFinite("the supervised loss"));
        }
        let mut gradients = Gradients::of(&loss, self.parameters)?;
        gradients.clip(self.config.max_grad_norm)?;
        let rate = self.config.learning_rate * self.schedule.factor(self.steps);
        self.optimizer.step(self.parameters, &gradients, rate)?;
        self.steps += 1;
        Ok(value)
    }
}
