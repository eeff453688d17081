use candle_core::{D, DType, Device, Tensor};

use super::Config;
use crate::{Error, Result};

/// Rotary position embedding (Su et al., arXiv 2104.09864) in the half-split layout of
/// transformers. The angles are f32 whatever the weights are: bf16 cannot tell far positions apart.
pub(super) struct RotaryEmbedding {
    cos: Tensor,
    sin: Tensor,
}

/// Cosines and sines of chosen positions, (batch or 1, 1, time, head / 2).
pub(super) struct Rotation {
    cos: Tensor,
    sin: Tensor,
}

impl RotaryEmbedding {
    pub(super) fn new(config: &Config, dtype: DType, device: &Device) -> Result<Self> {
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

    /// Positions 0..`time`, the same for every row.
    pub(super) fn first(&self, time: usize) -> Result<Rotation> {
        let available = self.cos.dim(0)?;
        if time > available {
            return Err(Error::Config(format!(
                "a sequence of {time} tokens exceeds the model's {available} positions"
            )));
        }
        let pick = |table: &Tensor| table.narrow(0, 0, time)?.unsqueeze(0)?.unsqueeze(0);
        Ok(Rotation {
            cos: pick(&self.cos)?,
            sin: pick(&self.sin)?,
        })
    }

    /// `positions`: (batch, time).
    pub(super) fn at(&self, positions: &Tensor) -> Result<Rotation> {
        let (batch, time) = positions.dims2()?;
        let positions = positions.flatten_all()?;
        let pick = |table: &Tensor| {
            table
                .index_select(&positions, 0)?
                .reshape((batch, 1, time, ()))
        };
        Ok(Rotation {
            cos: pick(&self.cos)?,
            sin: pick(&self.sin)?,
        })
    }
}

impl Rotation {
    /// `x`: (batch, heads, time, head).
    pub(super) fn apply(&self, x: &Tensor) -> Result<Tensor> {
        let half = x.dim(D::Minus1)? / 2;
        let (a, b) = (
            x.narrow(D::Minus1, 0, half)?,
            x.narrow(D::Minus1, half, half)?,
        );
        let rotate =
            |x: &Tensor, y: &Tensor| x.broadcast_mul(&self.cos)? + y.broadcast_mul(&self.sin)?;
        let first = rotate(&a, &b.neg()?)?;
        let second = rotate(&b, &a)?;
        Ok(Tensor::cat(&[first, second], D::Minus1)?)
    }
}
