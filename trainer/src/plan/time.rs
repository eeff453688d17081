//! Seconds, from counts of floating-point operations and of bytes and the rates of a machine.
//!
//! A weight takes two operations per token forwards and four backwards, two more where the layer is
//! recomputed; attention 4 × hidden × keys in each layer (Kaplan et al., arXiv 2001.08361, section 2).
//! Candle's operations read and write every result besides: with long contexts the scores of attention
//! take more time for that than all products.

use std::time::Instant;

use candle_core::{DType, Device, Tensor};

use super::Sizes;
use super::activations::layer_results;
use crate::Result;
use crate::config::{CriticKind, RunConfig};

/// What a machine reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Floating-point operations per second, in training.
    pub flops: f64,
    /// Bytes per second, in generating token by token.
    pub bandwidth: f64,
    /// Bytes of memory, if known.
    pub memory: Option<f64>,
    /// Where the numbers come from, in words.
    pub origin: String,
}

/// Of what a product of large matrices reaches, the share that training does.
const CPU_SHARE: f64 = 0.6;

impl Machine {
    /// For a device of that name: on the CPU from a product and a copy that take a moment, and without
    /// a size of memory; for CUDA by NVIDIA's data sheet of an H200, 989 TFLOP/s in bf16, 4.8 TB/s and
    /// 141 GB, of whose rates 35 % and 50 % are taken.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn of(device: &str) -> Result<Self> {
        if device != "cpu" {
            return Ok(Self {
                flops: 0.35 * 989e12,
                bandwidth: 0.5 * 4.8e12,
                memory: Some(141e9),
                origin:
                    "time: 346 TFLOP/s and 2.4 TB/s, of an H200's 989 and 4.8 in its data sheet; \
                         --tflops and --gbps give what was measured"
                        .into(),
            });
        }
        let size = 1024;
        let matrix = Tensor::ones((size, size), DType::F32, &Device::Cpu)?;
        let product = best_of(4, || matrix.matmul(&matrix).map(drop))?;
        let numbers = Tensor::zeros(16 << 20, DType::F32, &Device::Cpu)?;
        let copy = best_of(4, || numbers.copy().map(drop))?;
        let flops = CPU_SHARE * 2.0 * (size as f64).powi(3) / product;
        let bandwidth = 2.0 * 4.0 * (16 << 20) as f64 / copy;
        Ok(Self {
            flops,
            bandwidth,
            memory: None,
            origin: format!(
                "time: {:.1} GFLOP/s, {:.0} % of a product of matrices, and {:.1} GB/s, of a copy; \
                 both measured now",
                flops / 1e9,
                100.0 * CPU_SHARE,
                bandwidth / 1e9
            ),
        })
    }
}

fn best_of(times: usize, mut f: impl FnMut() -> candle_core::Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..times {
        let start = Instant::now();
        f()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best.max(1e-9))
}

/// Accesses to a result of candle's operations: it is written and read in the forward pass; in the
/// backward pass its gradient is set to zero, computed and added, which reads twice, writes three times
/// and reads the results that it follows from.
const FORWARD_ACCESSES: f64 = 2.0;
const BACKWARD_ACCESSES: f64 = 8.0;

/// What the time of the stages of an iteration follows from.
pub(super) struct Run<'a> {
    sizes: &'a Sizes,
    config: &'a RunConfig,
    machine: &'a Machine,
    /// Tokens of prompt and feedback in an episode.
    pub(super) given: f64,
    /// Tokens of an episode that are sampled.
    sampled: f64,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        sizes: &'a Sizes,
        config: &'a RunConfig,
        machine: &'a Machine,
        sampled: f64,
    ) -> Self {
        Self {
            sizes,
            config,
            machine,
            given: (config.sampling.context_length as f64 / 8.0).min(256.0),
            sampled,
        }
    }

    pub(super) fn sampling(&self) -> f64 {
        let Self { sizes, machine, .. } = self;
        let episodes = self.config.algorithm.played() as f64;
        let rows = (self.config.sampling.rows as f64).min(episodes);
        let keys = self.length() / 2.0;
        let read = episodes * self.given * self.forward(keys) / machine.flops;
        // Every step reads all weights, and the keys and values of half the episode for each row, which
        // candle's operations read, write and read again.
        let weights = (sizes.body + sizes.vocabulary * sizes.hidden) * sizes.number;
        let accesses = if sizes.fused { 1.0 } else { 3.0 };
        let cached = rows * keys * sizes.layers * 2.0 * sizes.keys * sizes.number;
        let computed = rows * (self.forward(keys) + self.head()) / machine.flops;
        let step = computed.max((weights + accesses * cached) / machine.bandwidth);
        read + episodes * self.sampled / rows * step
    }

    /// By the reference, and by the critic or the policy's layers under its head.
    pub(super) fn scoring(&self) -> f64 {
        let models = match self.sizes.kind {
            Some(CriticKind::Separate) | Some(CriticKind::ValueHead) => 2.0,
            None => 1.0,
        };
        self.passes(models, 1.0, FORWARD_ACCESSES)
    }

    pub(super) fn update(&self, recomputed: bool) -> f64 {
        let Self { sizes, machine, .. } = self;
        let algorithm = &self.config.algorithm;
        let again = if recomputed { 1.0 } else { 0.0 };
        let models = match sizes.kind {
            Some(CriticKind::Separate) => 2.0,
            Some(CriticKind::ValueHead) | None => 1.0,
        };
        let epoch = self.passes(
            models,
            3.0 + again,
            BACKWARD_ACCESSES + (1.0 + again) * FORWARD_ACCESSES,
        );
        // Weights, masters, moments and gradients are read, and all but the gradients written.
        let (policy, critic) = sizes.trained();
        let mut bytes = (policy + critic) * (3.0 * sizes.number + 24.0);
        if sizes.adapter.is_some() {
            // The base is read, and its sum with the adapter written.
            bytes += (sizes.parameters + sizes.critic) * 2.0 * sizes.number;
        }
        let steps = algorithm.episodes().div_ceil(algorithm.train_batch_size) as f64;
        algorithm.num_ppo_epochs as f64 * (epoch + steps * bytes / machine.bandwidth)
    }

    /// Of all tokens through so many models, of which one has a head for the vocabulary: so many
    /// forward passes' operations, and so many accesses to each result of candle's operations.
    fn passes(&self, models: f64, forwards: f64, accesses: f64) -> f64 {
        let Self { sizes, machine, .. } = self;
        let tokens = models * self.config.algorithm.episodes() as f64 * self.length();
        // Fused attention leaves out what is above the diagonal, and keeps to the caches of the CPU.
        let (keys, moved) = if sizes.fused {
            (self.length() / 2.0, 0.0)
        } else {
            let results = layer_results(sizes, sizes.heads * self.length());
            (self.length(), sizes.layers * results)
        };
        let head = self.config.algorithm.episodes() as f64 * self.sampled * self.head();
        forwards * (tokens * self.forward(keys) + head) / machine.flops
            + accesses * tokens * moved / machine.bandwidth
    }

    /// Tokens of an episode.
    fn length(&self) -> f64 {
        self.given + self.sampled
    }

    /// Operations of all layers for a token that sees so many keys.
    fn forward(&self, keys: f64) -> f64 {
        2.0 * self.sizes.body + 4.0 * self.sizes.layers * self.sizes.hidden * keys
    }

    /// Operations for the logits of a token.
    fn head(&self) -> f64 {
        2.0 * self.sizes.hidden * self.sizes.vocabulary
    }
}
