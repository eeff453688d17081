//! Sequences of different lengths as one padded tensor, for attention by candle's operations.

use candle_core::{Result, Tensor};

use super::packing::{Group, Packing};
use super::{attention, causal_mask};

/// How tokens lie in (sequences, longest length), and back.
pub(super) struct Padding {
    /// (sequences × time): which token, the first one where there is none.
    tokens: Tensor,
    /// (tokens): which place.
    places: Tensor,
    /// (1, 1, 1, time, time), 0 or -∞.
    mask: Tensor,
    /// (tokens, 1, head / 2).
    pub(super) cos: Tensor,
    pub(super) sin: Tensor,
}

impl Padding {
    pub(super) fn new(
        packing: &Packing,
        positions: &[u32],
        cos: &Tensor,
        sin: &Tensor,
    ) -> Result<Self> {
        let (time, device) = (packing.longest(), cos.device());
        let mut tokens = Vec::new();
        let mut places = vec![None; packing.tokens()];
        for sequence in packing.groups().flat_map(Group::sequences) {
            let start = tokens.len();
            for token in sequence {
                // What begins several sequences is taken from the first.
                places[token].get_or_insert(tokens.len() as u32);
                tokens.push(token as u32);
            }
            tokens.resize(start + time, 0);
        }
        let places: Vec<u32> = places.into_iter().flatten().collect();
        let mask = Tensor::from_vec(causal_mask(time), (1, 1, 1, time, time), device)?;
        let positions = Tensor::new(positions, device)?;
        Ok(Self {
            tokens: Tensor::new(tokens, device)?,
            places: Tensor::new(places, device)?,
            mask: mask.to_dtype(cos.dtype())?,
            cos: cos.index_select(&positions, 0)?.unsqueeze(1)?,
            sin: sin.index_select(&positions, 0)?.unsqueeze(1)?,
        })
    }

    /// Causal attention within each sequence. All tensors: (tokens, heads, head).
    pub(super) fn attend(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        values: &Tensor,
    ) -> Result<Tensor> {
        let time = self.mask.dim(4)?;
        let pad = |x: &Tensor| {
            let (_, heads, size) = x.dims3()?;
            let padded = x.contiguous()?.index_select(&self.tokens, 0)?;
            padded
                .reshape(((), time, heads, size))?
                .transpose(1, 2)?
                .contiguous()
        };
        let out = attention::composed(&pad(queries)?, &pad(keys)?, &pad(values)?, &self.mask)?;
        let out = out.transpose(1, 2)?.contiguous()?.flatten_to(1)?;
        out.index_select(&self.places, 0)
    }
}
