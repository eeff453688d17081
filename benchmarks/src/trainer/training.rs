//! Forward pass, backward pass and a step of AdamW.

use std::error::Error;
use std::thread::sleep;
use std::time::Instant;

use candle_core::{DType, Device};
use resit_trainer::batch::{Batch, Sequence};
use resit_trainer::model::{CausalLm, Parameters};
use resit_trainer::optim::{AdamW, AdamWConfig, Gradients};
use serde_json::{Value, json};

use super::{REST, Size, middle};
use crate::Figures;
use crate::python::{Script, numbers};
use crate::side_by_side::rounded;

/// Rounds of each trainer, one after the other in turns.
const ROUNDS: usize = 5;

/// Steps in a round.
const STEPS: usize = 3;

const LEARNING_RATE: f64 = 1e-4;

/// Ways of PyTorch to train.
const WAYS: [&str; 2] = ["eager", "compiled"];

/// How many times as fast as PyTorch training is, and what share of `rate` it reaches.
pub(super) fn figures(
    size: &Size,
    rate: f64,
    mut peer: Option<&mut Script>,
) -> Result<Figures, Box<dyn Error>> {
    let config = size.config()?;
    let parameters = Parameters::random(&config, 0.02, 1, DType::F32, &Device::Cpu)?;
    let file = std::env::temp_dir().join(format!(
        "resit-{}-{}.safetensors",
        size.name,
        std::process::id()
    ));
    parameters.save(&file)?;
    let ids: Vec<Vec<u32>> = (0..size.rows)
        .map(|row| {
            let id = |column| (row * 7919 + column * 104_729 + row * column * 31) % size.vocab;
            (0..size.time).map(|column| id(column) as u32).collect()
        })
        .collect();

    let mut ours = Trainer::new(size, parameters, &ids)?;
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut failed = [false; 2];
    for round in 0..=ROUNDS {
        let (seconds, losses) = ours.round()?;
        // The first round warms up, and compiles.
        if round > 0 {
            times[0].extend(seconds);
        }
        let Some(peer) = &mut peer else { continue };
        for (index, way) in WAYS.iter().enumerate() {
            if failed[index] {
                continue;
            }
            let request = json!({
                "do": "train",
                "way": way,
                "config": size.json(),
                "weights": file,
                "batch": ids,
                "steps": STEPS,
                "learning_rate": LEARNING_RATE,
            });
            let reply = peer.ask(&request);
            sleep(REST);
            match reply {
                Ok(reply) => {
                    compare(&losses, &reply)?;
                    if round > 0 {
                        times[index + 1].extend(numbers(&reply, "seconds"));
                    }
                }
                Err(error) => {
                    println!("{way} PyTorch is not measured: {error}");
                    failed[index] = true;
                }
            }
        }
    }
    std::fs::remove_file(&file)?;

    let flops = flops(size);
    let tokens = size.rows * size.time;
    let [ours, eager, compiled] = times.map(middle);
    let mut figures = Figures::new();
    let name = size.name;
    for (title, seconds) in [
        ("Resit", ours),
        ("eager PyTorch", eager),
        ("compiled PyTorch", compiled),
    ] {
        if let Some(seconds) = seconds {
            println!(
                "training, {name}, {tokens} tokens a step: {title:<16} {:>7.1} ms, {:>6.0} tokens/s, {:>3.0} GFLOP/s",
                seconds * 1e3,
                tokens as f64 / seconds,
                flops / seconds / 1e9
            );
        }
    }
    let Some(ours) = ours else {
        return Ok(figures);
    };
    for (figure, theirs) in [
        (format!("train_ratio_{name}"), eager),
        (format!("train_ratio_{name}_compiled"), compiled),
    ] {
        if let Some(theirs) = theirs {
            figures.insert(figure, rounded(theirs / ours).into());
        }
    }
    let share = rounded(flops / ours / rate);
    figures.insert(format!("train_mfu_{name}"), share.into());
    Ok(figures)
}

/// Two trainers that start from the same weights see the same losses.
fn compare(ours: &[f64], reply: &Value) -> Result<(), Box<dyn Error>> {
    let theirs = numbers(reply, "losses");
    let far = |(a, b): (&f64, &f64)| (a - b).abs() > 2e-3 * b.abs().max(1.0);
    if theirs.len() != ours.len() || ours.iter().zip(&theirs).any(far) {
        return Err(format!("losses of {ours:?} here, {theirs:?} in PyTorch").into());
    }
    Ok(())
}

/// The operations that the mathematics of a step needs: 2 for each multiplication and addition of the
/// matrices in a forward pass, twice as many in the backward pass. The embedding's lookup, norms and
/// whatever is computed again count nothing; attention counts up to the diagonal.
fn flops(size: &Size) -> f64 {
    let kv = size.hidden / size.heads * size.kv_heads;
    let layer = size.hidden * (2 * size.hidden + 2 * kv + 3 * size.inner);
    let weights = size.layers * layer + size.vocab * size.hidden;
    // Every token of a sequence meets half of the others, in two products.
    let attention = size.layers * 2 * size.hidden * (size.time + 1) / 2;
    (3 * 2 * (weights + attention) * size.rows * size.time) as f64
}

struct Trainer {
    parameters: Parameters,
    model: CausalLm,
    optimizer: AdamW,
    sequences: Vec<Sequence>,
}

impl Trainer {
    fn new(size: &Size, parameters: Parameters, ids: &[Vec<u32>]) -> Result<Self, Box<dyn Error>> {
        let adamw = AdamWConfig {
            beta1: 0.9,
            beta2: 0.95,
            epsilon: 1e-8,
            weight_decay: 0.0,
        };
        let sequences = ids.iter().map(|ids| Sequence {
            tokens: ids.clone(),
            loss_mask: vec![true; ids.len()],
        });
        Ok(Self {
            model: CausalLm::new(&size.config()?, parameters.trainable())?,
            optimizer: AdamW::new(adamw, &parameters)?,
            parameters,
            sequences: sequences.collect(),
        })
    }

    /// The seconds of each step, and its loss.
    fn round(&mut self) -> Result<(Vec<f64>, Vec<f64>), Box<dyn Error>> {
        let (mut seconds, mut losses) = (Vec::new(), Vec::new());
        for _ in 0..STEPS {
            let start = Instant::now();
            let sequences: Vec<&Sequence> = self.sequences.iter().collect();
            let batch = Batch::new(&sequences, &Device::Cpu)?;
            let (logprobs, _) = batch.log_prob_and_entropy(&self.model, 1.0)?;
            let loss = logprobs.mean_all()?.neg()?;
            let gradients = Gradients::of(&loss, &self.parameters)?;
            self.optimizer
                .step(&self.parameters, &gradients, LEARNING_RATE)?;
            losses.push(f64::from(loss.to_scalar::<f32>()?));
            drop((loss, gradients, logprobs));
            seconds.push(start.elapsed().as_secs_f64());
        }
        Ok((seconds, losses))
    }
}
