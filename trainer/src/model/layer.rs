use std::sync::Arc;

use candle_core::Tensor;
use candle_nn::VarBuilder;

use super::Config;
use crate::Result;
use crate::ops::{self, DecoderWeights, Heads};

/// Root-mean-square norm.
pub(super) struct RmsNorm {
    weight: Tensor,
    eps: f32,
}

impl RmsNorm {
    pub(super) fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        Ok(Self {
            weight: weights.get(config.hidden_size, "weight")?,
            eps: config.rms_norm_eps as f32,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(ops::rms_norm(x, &self.weight, self.eps)?)
    }
}

/// The weights under `weights` of one decoder layer.
pub(super) fn decoder_weights(config: &Config, weights: VarBuilder) -> Result<Arc<DecoderWeights>> {
    let (hidden, inner) = (config.hidden_size, config.intermediate_size);
    let heads = Heads {
        queries: config.num_attention_heads,
        keys: config.num_key_value_heads,
        size: hidden / config.num_attention_heads,
    };
    Ok(Arc::new(DecoderWeights {
        heads,
        eps: config.rms_norm_eps as f32,
        input_layernorm: weights.get(hidden, "input_layernorm.weight")?,
        qkv_proj: weights.get((heads.width(), hidden), "self_attn.qkv_proj.weight")?,
        qkv_bias: weights.get(heads.width(), "self_attn.qkv_proj.bias")?,
        o_proj: weights.get(
            (hidden, heads.queries * heads.size),
            "self_attn.o_proj.weight",
        )?,
        post_attention_layernorm: weights.get(hidden, "post_attention_layernorm.weight")?,
        gate_up_proj: weights.get((2 * inner, hidden), "mlp.gate_up_proj.weight")?,
        down_proj: weights.get((hidden, inner), "mlp.down_proj.weight")?,
    }))
}
