use std::collections::HashMap;
use std::path::Path;

use candle_core::Tensor;
use candle_core::backprop::GradStore;

use crate::checkpoint::{self, Pretrained};
use crate::lora::{Lora, LoraConfig};
use crate::model::{CausalLm, Config, Parameters};
use crate::optim::{AdamW, AdamWConfig, Gradients};
use crate::{Error, Result, ops};

/// A model in training: its weights, a view of them through which gradients flow, and the optimizer.
pub(crate) struct Learner<M> {
    /// What the model computes with.
    pub(crate) parameters: Parameters,
    pub(crate) model: M,
    adapter: Option<Adapter>,
    optimizer: AdamW,
    /// Of the losses since the last step.
    gradients: Option<Gradients>,
}

/// What is trained in place of a model's weights.
pub(crate) struct Adapter {
    pub(crate) lora: Lora,
    /// What it is added to.
    pub(crate) base: Parameters,
}

impl Adapter {
    /// A new one on `base`.
    pub(crate) fn new(
        config: &LoraConfig,
        model: &Config,
        seed: u64,
        base: &Parameters,
    ) -> Result<Self> {
        Ok(Self {
            lora: Lora::new(config.clone(), model, seed, &base.device())?,
            base: base.share(),
        })
    }
}

impl<M> Learner<M> {
    /// With an adapter `parameters` are those of its base, and become the sum.
    pub(crate) fn new(
        config: AdamWConfig,
        model: M,
        parameters: Parameters,
        adapter: Option<Adapter>,
    ) -> Result<Self> {
        let trained = adapter.as_ref().map(|adapter| adapter.lora.parameters());
        Ok(Self {
            optimizer: AdamW::new(config, trained.unwrap_or(&parameters))?,
            parameters,
            model,
            adapter,
            gradients: None,
        })
    }

    /// What the optimizer changes.
    pub(crate) fn trained(&self) -> &Parameters {
        let adapter = self.adapter.as_ref();
        adapter.map_or(&self.parameters, |adapter| adapter.lora.parameters())
    }

    /// Adds the gradient of `loss` to what the next step follows.
    pub(crate) fn backward(&mut self, loss: &Tensor) -> Result<()> {
        self.add(&mut ops::backward(loss)?)
    }

    /// The same for a loss that is differentiated: takes the gradients of this model out of `store`.
    pub(crate) fn add(&mut self, store: &mut GradStore) -> Result<()> {
        let mut gradients = Gradients::take(store, &self.parameters)?;
        if let Some(adapter) = &self.adapter {
            gradients = adapter.lora.gradients(&gradients)?;
        }
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
        let adapter = self.adapter.as_ref();
        let trained = adapter.map_or(&self.parameters, |adapter| adapter.lora.parameters());
        self.optimizer.step(trained, &gradients, learning_rate)?;
        self.merge()?;
        Ok(norm)
    }

    /// Writes what the optimizer knows.
    pub(crate) fn save_optimizer(&self, file: &Path) -> Result<()> {
        let state: HashMap<String, Tensor> = self.optimizer.state().into_iter().collect();
        candle_core::safetensors::save(&state, file)
            .map_err(|e| e.context(format!("{}", file.display())))?;
        Ok(())
    }

    /// Goes on with these values of what is trained, and with an optimizer that was saved after so many
    /// steps.
    pub(crate) fn restore(
        &mut self,
        trained: &Parameters,
        optimizer: &Path,
        steps: usize,
    ) -> Result<()> {
        self.trained().assign(trained.tensors())?;
        self.merge()?;
        let device = self.parameters.device();
        let state = candle_core::safetensors::load(optimizer, &device)
            .map_err(|e| e.context(format!("{}", optimizer.display())))?;
        self.optimizer.set_state(steps as u64, &state)
    }

    fn merge(&self) -> Result<()> {
        match &self.adapter {
            Some(adapter) => adapter.lora.merge(&adapter.base, &self.parameters),
            None => Ok(()),
        }
    }
}

impl Learner<CausalLm> {
    /// Writes a folder for transformers, or for PEFT where an adapter is trained. `model` is what the
    /// training started from.
    pub(crate) fn save_policy(&self, folder: &Path, model: &Pretrained) -> Result<()> {
        if let Some(adapter) = &self.adapter {
            let base = model.folder().to_string_lossy();
            return adapter.lora.save(folder, &base);
        }
        checkpoint::save(folder, model.config(), &self.parameters, model.tokenizer())?;
        model.copy_companions(folder)
    }

    /// Reads what [`Learner::save_policy`] wrote.
    pub(crate) fn read_policy(&self, folder: &Path, model: &Pretrained) -> Result<Parameters> {
        let device = self.parameters.device();
        match &self.adapter {
            Some(_) => Ok(Lora::load(folder, model.config(), &device)?.into_parameters()),
            None => model.parameters_in(folder, self.parameters.dtype(), &device),
        }
    }
}
