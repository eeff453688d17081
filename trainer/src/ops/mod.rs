//! What a decoder computes, twice: as fused operations with their own backward pass, in f32 on the CPU,
//! and composed of candle's differentiable operations, for other types and devices. Both are in the
//! same file, and the tests of that file compare them.
//!
//! All fused operations but the norm and the embedding's lookup are called by the decoder layer, which
//! is one operation to candle: between two of candle's operations there is always a new tensor, and in
//! the backward pass a sum with zeros.

mod adamw;
mod attention;
mod buffer;
mod decoder;
mod embedding;
mod log_prob;
mod packing;
mod padding;
mod product;
mod recompute;
mod rms_norm;
mod rope;
mod sink;
mod slice;
mod swiglu;
mod vector;

use candle_core::{DType, Tensor};

pub(crate) use adamw::{AdamWStep, add_scaled, sum_of_squares};
pub(crate) use attention::composed as composed_attention;
pub(crate) use decoder::{DecoderWeights, Pass};
pub(crate) use embedding::embedding;
pub(crate) use log_prob::log_prob_and_entropy;
pub(crate) use packing::Packing;
pub(crate) use rms_norm::rms_norm;
pub(crate) use sink::backward;
pub(crate) use slice::{Slice, modify};
pub(crate) use vector::{dot, exp, max};

use recompute::recompute;

/// Attention heads: rows of queries, keys and values hold `queries` + 2 × `keys` of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Heads {
    /// Query heads, a multiple of `keys`.
    pub(crate) queries: usize,
    /// Key-value heads.
    pub(crate) keys: usize,
    /// Numbers in a head.
    pub(crate) size: usize,
}

impl Heads {
    /// Numbers in a row of queries, keys and values.
    pub(crate) fn width(self) -> usize {
        (self.queries + 2 * self.keys) * self.size
    }

    /// Query heads that share a key-value head.
    fn group(self) -> usize {
        self.queries / self.keys
    }
}

/// What is added to the score of a key.
pub(crate) fn mask_value(visible: bool) -> f32 {
    if visible { 0.0 } else { f32::NEG_INFINITY }
}

/// Of queries and keys in the same order: (time, time).
fn causal_mask(time: usize) -> Vec<f32> {
    (0..time * time)
        .map(|i| mask_value(i % time <= i / time))
        .collect()
}

/// Does `work` on a thread of rayon's pool, which takes part in the parallel loops that it starts. Any
/// other thread waits for each of them, and is woken after it.
pub(crate) fn on_pool<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    rayon::scope(|_| work())
}

/// Whether fused operations take this tensor.
pub(crate) fn is_fused(tensor: &Tensor) -> bool {
    tensor.device().is_cpu() && tensor.dtype() == DType::F32
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{Device, Tensor, Var};
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    /// Numbers between -1 and 1.
    pub(super) fn random(shape: &[usize], seed: u64) -> Tensor {
        let mut rng = StdRng::seed_from_u64(seed);
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| rng.random_range(-1.0..1.0)).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    }

    /// The result of `f`, and the gradients of its arguments, given the result's.
    pub(super) fn differentiate(
        args: &[&Tensor],
        grad: &Tensor,
        f: impl Fn(&[Tensor]) -> Tensor,
    ) -> (Tensor, Vec<Tensor>) {
        let vars: Vec<Var> = args.iter().map(|x| Var::from_tensor(x).unwrap()).collect();
        let tensors: Vec<Tensor> = vars.iter().map(|x| x.as_tensor().clone()).collect();
        let out = f(&tensors);
        let store = (&out * grad)
            .unwrap()
            .sum_all()
            .unwrap()
            .backward()
            .unwrap();
        let grads = vars.iter().map(|x| store.get(x).unwrap().clone());
        (out.detach(), grads.collect())
    }

    /// Within 1e-5 of the largest number.
    pub(super) fn close(ours: &[f32], expected: &Tensor) {
        let expected = expected.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(ours.len(), expected.len());
        let largest = expected.iter().fold(1e-3f32, |max, x| max.max(x.abs()));
        for (index, (a, b)) in ours.iter().zip(&expected).enumerate() {
            let error = (a - b).abs();
            assert!(
                error <= 1e-5 * largest,
                "{index}: {a} is not {b}, of {largest} at most"
            );
        }
    }
}
