use candle_core::{D, Module, Tensor};
use candle_nn::{Activation, Linear, VarBuilder, linear, linear_no_bias};

use super::Config;
use super::rotary::Rotation;
use crate::Result;

/// One block: attention and a gated feed-forward network, each after a norm and with a residual.
pub(super) struct DecoderLayer {
    input_layernorm: RmsNorm,
    self_attn: Attention,
    post_attention_layernorm: RmsNorm,
    mlp: Mlp,
}

/// Root-mean-square norm (Zhang and Sennrich, arXiv 1910.07467). Composed of elementary
/// operations: candle's own fused one has no gradient.
pub(super) struct RmsNorm {
    weight: Tensor,
    eps: f32,
}

/// Causal attention in which groups of query heads share a key-value head.
struct Attention {
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    o_proj: Linear,
    heads: usize,
    kv_heads: usize,
    head_dim: usize,
}

struct Mlp {
    gate_proj: Linear,
    up_proj: Linear,
    down_proj: Linear,
    hidden_act: Activation,
}

impl DecoderLayer {
    pub(super) fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        Ok(Self {
            input_layernorm: RmsNorm::new(config, weights.pp("input_layernorm"))?,
            self_attn: Attention::new(config, weights.pp("self_attn"))?,
            post_attention_layernorm: RmsNorm::new(config, weights.pp("post_attention_layernorm"))?,
            mlp: Mlp::new(config, weights.pp("mlp"))?,
        })
    }

    /// `x`: (batch, time, hidden). `mask` is added to the scores, (batch or 1, 1, 1, time, keys).
    /// `attend_to` turns the keys and values of `x`, both (batch, heads, time, head), into those
    /// that the queries see.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        rotation: &Rotation,
        mask: &Tensor,
        attend_to: impl FnOnce((Tensor, Tensor)) -> Result<(Tensor, Tensor)>,
    ) -> Result<Tensor> {
        let normed = self.input_layernorm.forward(x)?;
        let x = (x + self.self_attn.forward(&normed, rotation, mask, attend_to)?)?;
        let normed = self.post_attention_layernorm.forward(&x)?;
        Ok((&x + self.mlp.forward(&normed)?)?)
    }
}

impl RmsNorm {
    pub(super) fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        Ok(Self {
            weight: weights.get(config.hidden_size, "weight")?,
            eps: config.rms_norm_eps as f32,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(candle_nn::ops::rms_norm_slow(x, &self.weight, self.eps)?)
    }
}

impl Attention {
    fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        let hidden = config.hidden_size;
        let (heads, kv_heads) = (config.num_attention_heads, config.num_key_value_heads);
        let head_dim = hidden / heads;
        Ok(Self {
            q_proj: linear(hidden, hidden, weights.pp("q_proj"))?,
            k_proj: linear(hidden, kv_heads * head_dim, weights.pp("k_proj"))?,
            v_proj: linear(hidden, kv_heads * head_dim, weights.pp("v_proj"))?,
            o_proj: linear_no_bias(hidden, hidden, weights.pp("o_proj"))?,
            heads,
            kv_heads,
            head_dim,
        })
    }

    fn forward(
        &self,
        x: &Tensor,
        rotation: &Rotation,
        mask: &Tensor,
        attend_to: impl FnOnce((Tensor, Tensor)) -> Result<(Tensor, Tensor)>,
    ) -> Result<Tensor> {
        let (batch, time, _) = x.dims3()?;
        let (kv_heads, head_dim) = (self.kv_heads, self.head_dim);
        let group = self.heads / kv_heads;
        let split = |x: Tensor, heads: usize| {
            x.reshape((batch, time, heads, head_dim))?
                .transpose(1, 2)?
                .contiguous()
        };
        let queries = rotation.apply(&split(self.q_proj.forward(x)?, self.heads)?)?;
        let keys = rotation.apply(&split(self.k_proj.forward(x)?, kv_heads)?)?;
        let values = split(self.v_proj.forward(x)?, kv_heads)?;
        let (keys, values) = attend_to((keys, values))?;
        let visible = keys.dim(2)?;

        // The heads of a group lie next to each other, so they are rows of one product.
        let queries = queries.reshape((batch, kv_heads, group * time, head_dim))?;
        let scores = (queries.matmul(&keys.t()?)? * (head_dim as f64).sqrt().recip())?
            .reshape((batch, kv_heads, group, time, visible))?
            .broadcast_add(mask)?;
        let context = softmax(&scores)?
            .reshape((batch, kv_heads, group * time, visible))?
            .matmul(&values)?
            .reshape((batch, self.heads, time, head_dim))?
            .transpose(1, 2)?
            .reshape((batch, time, self.heads * head_dim))?;
        Ok(self.o_proj.forward(&context)?)
    }
}

impl Mlp {
    fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        let (hidden, inner) = (config.hidden_size, config.intermediate_size);
        Ok(Self {
            gate_proj: linear_no_bias(hidden, inner, weights.pp("gate_proj"))?,
            up_proj: linear_no_bias(hidden, inner, weights.pp("up_proj"))?,
            down_proj: linear_no_bias(inner, hidden, weights.pp("down_proj"))?,
            hidden_act: config.hidden_act,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let gate = self.hidden_act.forward(&self.gate_proj.forward(x)?)?;
        Ok(self
            .down_proj
            .forward(&(gate * self.up_proj.forward(x)?)?)?)
    }
}

/// Over the last dimension. The shift by the maximum cancels in the result, so its gradient is
/// left out.
fn softmax(x: &Tensor) -> Result<Tensor> {
    let shifted = x.broadcast_sub(&x.detach().max_keepdim(D::Minus1)?)?;
    let exp = shifted.exp()?;
    Ok(exp.broadcast_div(&exp.sum_keepdim(D::Minus1)?)?)
}
