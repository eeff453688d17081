//! The trainer beside PyTorch: the same models, weights and batches, in turns.

mod iteration;
mod sampling;
mod training;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use resit_trainer::model::Config;
use serde_json::{Value, json};

use crate::Figures;
use crate::measure::median;
use crate::python::{Script, numbers};

/// Threads of the other side that still spin would be counted as time of this one.
const REST: Duration = Duration::from_millis(300);

/// A model to measure, and the shape of its batches.
struct Size {
    /// As it is called in the figures.
    name: &'static str,
    vocab: usize,
    hidden: usize,
    inner: usize,
    layers: usize,
    heads: usize,
    kv_heads: usize,
    /// Sequences in a batch of training.
    rows: usize,
    /// Tokens of each.
    time: usize,
}

const SIZES: [Size; 2] = [
    Size {
        name: "3m",
        vocab: 512,
        hidden: 256,
        inner: 704,
        layers: 4,
        heads: 8,
        kv_heads: 4,
        rows: 32,
        time: 64,
    },
    Size {
        name: "27m",
        vocab: 4096,
        hidden: 512,
        inner: 1536,
        layers: 8,
        heads: 8,
        kv_heads: 4,
        rows: 16,
        time: 128,
    },
];

/// All figures.
pub(crate) fn figures(python: Option<&Path>) -> Result<Figures, Box<dyn Error>> {
    let mut peer = python
        .map(|python| Script::start(python, "trainer.py"))
        .transpose()?;
    let mut figures = Figures::new();
    let rate = product_rate(peer.as_mut())?;
    for size in &SIZES {
        figures.extend(training::figures(size, rate, peer.as_mut())?);
        let mixed = size.name == SIZES[0].name;
        figures.extend(sampling::figures(size, mixed, peer.as_mut())?);
    }
    drop(peer);
    figures.extend(iteration::figures(python)?);
    Ok(figures)
}

impl Size {
    fn json(&self) -> Value {
        json!({
            "vocab_size": self.vocab,
            "hidden_size": self.hidden,
            "intermediate_size": self.inner,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "max_position_embeddings": 1024,
            "sliding_window": 1024,
            "max_window_layers": self.layers,
            "tie_word_embeddings": true,
            "rope_theta": 10000.0,
            "rms_norm_eps": 1e-6,
            "use_sliding_window": false,
            "hidden_act": "silu",
        })
    }

    fn config(&self) -> Result<Config, Box<dyn Error>> {
        Ok(serde_json::from_value(self.json())?)
    }
}

/// The median, if anything was measured.
fn middle(values: Vec<f64>) -> Option<f64> {
    (!values.is_empty()).then(|| median(values.into_iter()))
}

/// Floating-point operations per second of a product of two square matrices, the faster of candle's
/// and torch's, all threads.
fn product_rate(peer: Option<&mut Script>) -> Result<f64, Box<dyn Error>> {
    const SIZE: usize = 2048;
    const TIMES: usize = 7;
    let random = || candle_core::Tensor::rand(0f32, 1.0, (SIZE, SIZE), &candle_core::Device::Cpu);
    let (a, b) = (random()?, random()?);
    let mut seconds = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let start = Instant::now();
        a.matmul(&b)?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    let rate = |seconds: Vec<f64>| 2.0 * (SIZE as f64).powi(3) / median(seconds.into_iter());
    let ours = rate(seconds);
    let mut best = ours;
    if let Some(peer) = peer {
        let request = json!({"do": "product", "size": SIZE, "times": TIMES});
        let theirs = rate(numbers(&peer.ask(&request)?, "seconds"));
        println!(
            "product of {SIZE} × {SIZE}: candle {:.0}, torch {:.0} GFLOP/s",
            ours / 1e9,
            theirs / 1e9
        );
        best = best.max(theirs);
    }
    Ok(best)
}
