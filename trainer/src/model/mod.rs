//! The Qwen2 architecture, differentiable throughout, under the configuration and weight names of
//! the Python package transformers.
//!
//! [`Qwen2`] is the stack of decoder layers. [`CausalLm`] puts the language-model head on it,
//! [`ValueModel`] a scalar one. All are views: the weights live in [`Parameters`].

mod cache;
pub(crate) mod fused;
mod layer;
mod parameters;
mod rotary;

use std::sync::Arc;

use candle_core::{Device, IndexOp, Module, Tensor};
use candle_nn::{Activation, Linear, VarBuilder};
pub use candle_transformers::models::qwen2::Config;

pub use cache::KvCache;
pub use parameters::Parameters;
pub(crate) use parameters::{VALUE_HEAD, shapes};
pub(crate) use rotary::RotaryEmbedding;

use crate::ops::{self, DecoderWeights, Packing, Pass};
use crate::{Error, Result};
use layer::{RmsNorm, decoder_weights};

/// The decoder stack without a head: transformers' `Qwen2Model`.
pub struct Qwen2 {
    embed_tokens: Tensor,
    layers: Vec<Arc<DecoderWeights>>,
    norm: RmsNorm,
    rotary: RotaryEmbedding,
    gradient_checkpointing: bool,
    device: Device,
}

/// A language model: transformers' `Qwen2ForCausalLM`.
pub struct CausalLm {
    model: Qwen2,
    lm_head: Linear,
}

/// A critic, which may share its decoder stack with the policy: the stack with a bias-free linear head that gives one scalar per position,
/// transformers' `Qwen2ForTokenClassification` with one label.
pub struct ValueModel {
    model: Qwen2,
    score: Linear,
}

impl Qwen2 {
    /// Takes the weights under `model.` from `weights`.
    ///
    /// # Errors
    ///
    /// A configuration that is not supported, a missing weight or one of another shape.
    pub fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        check(config)?;
        let (dtype, device) = (weights.dtype(), weights.device().clone());
        let weights = weights.pp("model");
        let layers = (0..config.num_hidden_layers)
            .map(|index| decoder_weights(config, weights.pp("layers").pp(index)))
            .collect::<Result<_>>()?;
        Ok(Self {
            embed_tokens: weights.get(
                (config.vocab_size, config.hidden_size),
                "embed_tokens.weight",
            )?,
            layers,
            norm: RmsNorm::new(config, weights.pp("norm"))?,
            rotary: RotaryEmbedding::new(config, dtype, &device)?,
            gradient_checkpointing: false,
            device,
        })
    }

    /// Whether the backward pass computes each layer again from its argument, instead of keeping what
    /// the forward pass computed: a third more time, and a fraction of the memory.
    pub fn set_gradient_checkpointing(&mut self, on: bool) {
        self.gradient_checkpointing = on;
    }

    /// Hidden states after the last norm, of all tokens of all sequences, one after the other:
    /// (tokens, hidden). Position t of a sequence sees its positions 0..=t.
    ///
    /// # Errors
    ///
    /// More positions than the configuration allows, or an id outside the vocabulary.
    pub fn forward(&self, sequences: &[&[u32]]) -> Result<Tensor> {
        let packing = Packing::new(sequences.iter().map(|tokens| tokens.len()));
        self.forward_packed(&sequences.concat(), packing)
    }

    /// The same for tokens that lie as `packing` says: (tokens, hidden).
    pub(crate) fn forward_packed(&self, tokens: &[u32], packing: Packing) -> Result<Tensor> {
        let (cos, sin) = self.rotary.tables();
        let (longest, available) = (packing.longest(), cos.dim(0)?);
        if longest > available {
            return Err(Error::Config(format!(
                "a sequence of {longest} tokens exceeds the model's {available} positions"
            )));
        }
        let pass = Arc::new(Pass::new(packing, cos, sin, self.gradient_checkpointing)?);
        ops::on_pool(|| {
            let mut x = ops::embedding(&self.embed_tokens, tokens)?;
            for layer in &self.layers {
                x = layer.forward(&x, &pass)?;
            }
            self.norm.forward(&x)
        })
    }

    /// Appends `tokens[i]` to row `rows[i]` of the cache and gives the hidden state after the last
    /// of them: (rows, hidden). Rows may take different numbers of tokens, at least one each.
    ///
    /// # Errors
    ///
    /// A row that takes no token or runs out of its capacity, and those of [`Qwen2::forward`].
    ///
    /// # Panics
    ///
    /// If the cache has no such row.
    pub fn forward_cached(
        &self,
        cache: &mut KvCache,
        rows: &[usize],
        tokens: &[&[u32]],
    ) -> Result<Tensor> {
        let placement = cache.place(rows, tokens)?;
        let (cos, sin) = self.rotary.at(&placement.positions)?;
        let mut x = ops::embedding(&self.embed_tokens, &placement.ids)?;
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.composed(&x, &cos, &sin, |queries, keys, values| {
                cache.attend(index, &placement, &queries, &keys, &values)
            })?;
        }
        cache.advance(rows, tokens);
        self.norm.forward(&x.index_select(&placement.last, 0)?)
    }
}

impl CausalLm {
    /// Takes the weights under `model.` and, unless it is tied to the embedding, `lm_head.weight`.
    ///
    /// # Errors
    ///
    /// Those of [`Qwen2::new`].
    pub fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        let model = Qwen2::new(config, weights.clone())?;
        let lm_head = if config.tie_word_embeddings {
            Linear::new(model.embed_tokens.clone(), None)
        } else {
            candle_nn::linear_no_bias(config.hidden_size, config.vocab_size, weights.pp("lm_head"))?
        };
        Ok(Self { model, lm_head })
    }

    /// The decoder stack.
    pub fn model(&self) -> &Qwen2 {
        &self.model
    }

    /// The decoder stack, to change how it computes.
    pub fn model_mut(&mut self) -> &mut Qwen2 {
        &mut self.model
    }

    /// Scores of the next token. `hidden`: (…, hidden), the result: (…, vocabulary).
    ///
    /// # Errors
    ///
    /// Hidden states of another size.
    pub fn logits(&self, hidden: &Tensor) -> Result<Tensor> {
        Ok(self.lm_head.forward(hidden)?)
    }

    /// Log-probabilities of `chosen` under the softmax of logits / `temperature`, and the entropies of
    /// these distributions in nats: (2, tokens). `hidden`: (tokens, hidden). The logits of all tokens
    /// are never in memory at once.
    ///
    /// # Errors
    ///
    /// Hidden states of another size, another number of them, or a token outside the vocabulary.
    pub fn log_prob_and_entropy(
        &self,
        hidden: &Tensor,
        chosen: &[u32],
        temperature: f64,
    ) -> Result<Tensor> {
        let head = self.lm_head.weight();
        let op = || ops::log_prob_and_entropy(hidden, head, chosen, temperature);
        Ok(ops::on_pool(op)?)
    }

    /// The device on which the weights lie.
    pub fn device(&self) -> &Device {
        &self.model.device
    }
}

impl ValueModel {
    /// Takes the weights under `model.` and `score.weight`, of shape (1, hidden).
    ///
    /// # Errors
    ///
    /// Those of [`Qwen2::new`].
    pub fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        Ok(Self {
            model: Qwen2::new(config, weights.clone())?,
            score: candle_nn::linear_no_bias(config.hidden_size, 1, weights.pp("score"))?,
        })
    }

    /// The decoder stack.
    pub fn model(&self) -> &Qwen2 {
        &self.model
    }

    /// The decoder stack, to change how it computes.
    pub fn model_mut(&mut self) -> &mut Qwen2 {
        &mut self.model
    }

    /// Values of states. `hidden`: (states, hidden), the result: (states).
    ///
    /// # Errors
    ///
    /// Hidden states of another size.
    pub fn values(&self, hidden: &Tensor) -> Result<Tensor> {
        Ok(self.score.forward(hidden)?.i((.., 0))?)
    }
}

/// Refuses sizes that do not fit each other.
pub(crate) fn check(config: &Config) -> Result<()> {
    let Config {
        hidden_size: hidden,
        num_attention_heads: heads,
        num_key_value_heads: kv_heads,
        ..
    } = *config;
    let fault = if heads == 0 || hidden % heads != 0 || hidden / heads % 2 != 0 {
        format!("{heads} attention heads do not divide a hidden size of {hidden} into even parts")
    } else if kv_heads == 0 || heads % kv_heads != 0 {
        format!("{kv_heads} key-value heads do not divide {heads} attention heads")
    } else if config.hidden_act != Activation::Silu {
        format!("the activation {:?} is not supported", config.hidden_act)
    } else if config.use_sliding_window {
        "sliding-window attention is not supported".into()
    } else {
        return Ok(());
    };
    Err(Error::Config(fault))
}
