use std::collections::HashMap;
use std::path::Path;

use candle_core::Tensor;

use crate::model::Parameters;
use crate::optim::{AdamW, AdamWConfig, Gradients};
use crate::{Error, Result};

/// A model in training: its weights, a view of them through which gradients flow, and the optimizer.
pub(crate) struct Learner<M> {
    pub(crate) parameters: Parameters,
    pub(crate) model: M,
    pub(crate) optimizer: AdamW,
    /// Of the losses since the last step.
    gradients: Option<Gradients>,
}

impl<M> Learner<M> {
    pub(crate) fn new(config: AdamWConfig, model: M, parameters: Parameters) -> Result<Self> {
        Ok(Self {
            optimizer: AdamW::new(config, &parameters)?,
            parameters,
            model,
            gradients: None,
        })
    }

    /// Adds the gradient of `loss` to what the next step follows.
    pub(crate) fn backward(&mut self, loss: &Tensor) -> Result<()> {
        let gradients = Gradients::of(loss, &self.parameters)?;
        match &mut self.gradients {
            Some(sum) => sum.add(&gradients)?,
            none => *none = Some(gradients),
        }
        Ok(())
    }

    /// One optimizer step down the losses since the last. Gives the gradient's norm before clipping.
    pub(crate) fn step(&mut self, max_grad_norm: f64, learning_rate: f64) -> Result<f64> {
        let gradients = self.gradients.take();
        let mut gradients =
            gradients.ok_or_else(|| Error::Config("a step without a loss".into()))?;
        let norm = gradients.clip(max_grad_norm)?;
        self.optimizer
            .step(&self.parameters, &gradients, learning_rate)?;
        Ok(norm)
    }

    /// Writes what the optimizer knows.
    pub(crate) fn save_optimizer(&self, file: &Path) -> Result<()> {
        let state: HashMap<String, Tensor> = self.optimizer.state().into_iter().collect();
        candle_core::safetensors::save(&state, file)
            .map_err(|e| e.context(format!("{}", file.display())))?;
        Ok(())
    }

    /// Goes on with these weights, and with an optimizer that was saved after so many steps.
    pub(crate) fn restore(
        &mut self,
        weights: HashMap<String, Tensor>,
        optimizer: &Path,
        steps: usize,
    ) -> Result<()> {
        self.parameters.assign(weights)?;
        let device = self.parameters.device();
        let state = candle_core::safetensors::load(optimizer, &device)
            .map_err(|e| e.context(format!("{}", optimizer.display())))?;
        self.optimizer.set_state(steps as u64, &state)
    }
}
