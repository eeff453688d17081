use candle_core::{DType, Device, Tensor};

use super::Config;
use crate::Result;

/// Cosines and sines for rotary position embedding (Su et al., arXiv 2104.09864). The angles are f32 whatever the weights are: bf16 cannot tell far positions apart.
pub(crate) struct RotaryEmbedding {
    cos: Tensor,
    sin: Tensor,
}

impl RotaryEmbedding {
    pub(crate) fn new(config: &Config, dtype: DType, device: &Device) -> Result<Self> {
        let head = config.hidden_size / config.num_attention_heads;
        let positions = config.max_position_embeddings;
        let inverse: Vec<f32> = (0..head)
            .step_by(2)
            .map(|i| 1.0 / config.rope_theta.powf(i as f64 / head as f64) as f32)
            .collect();
        let angles: Vec<f32> = (0..positions)
            .flat_map(|position| inverse.iter().map(move |f| position as f32 * f))
            .collect();
        let angles = Tensor::from_vec(angles, (positions, head / 2), device)?;
        Ok(Self {
            cos: angles.cos()?.to_dtype(dtype)?,
            sin: angles.sin()?.to_dtype(dtype)?,
        })
    }

    /// Of all positions: (positions, head / 2).
    pub(crate) fn tables(&self) -> (&Tensor, &Tensor) {
        (&self.cos, &self.sin)
    }

    /// Of `positions`, (tokens): (tokens, 1, head / 2).
    pub(crate) fn at(&self, positions: &Tensor) -> Result<(Tensor, Tensor)> {
        let pick = |table: &Tensor| table.index_select(positions, 0)?.unsqueeze(1);
        Ok((pick(&self.cos)?, pick(&self.sin)?))
    }
}
