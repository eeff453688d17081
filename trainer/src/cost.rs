//! What training and sampling cost, measured on random models: by length, by batch and by the number of
//! parameters, each alone.

use std::time::Instant;

use candle_core::{DType, Device};
use candle_nn::Activation;
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use crate::batch::Sequence;
use crate::config::SftConfig;
use crate::model::{Config, Parameters};
use crate::sample::{Request, Sampler, Sampling, Turn};
use crate::sft::Sft;
use crate::{Error, Result};

/// What is measured. Where one thing is varied, the others are the middle ones of their lists.
#[derive(Clone, Debug)]
pub struct Costs {
    /// Tokens of a sequence.
    pub lengths: Vec<usize>,
    /// Sequences at a time.
    pub batches: Vec<usize>,
    /// Hidden sizes of the models.
    pub widths: Vec<usize>,
    /// Of every model.
    pub layers: usize,
    /// The median of so many times counts, after one more.
    pub repeats: usize,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Forward and backward pass and optimizer step, on all tokens.
    Training,
    /// All tokens but the first are sampled.
    Sampling,
}

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Varied {
    /// Tokens of a sequence.
    Length,
    /// Sequences at a time.
    Batch,
    /// The model, by its hidden size.
    Parameters,
}

/// A measurement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What was varied.
    pub varied: Varied,
    /// What was done.
    pub work: Work,
    /// Tokens of a sequence.
    pub length: usize,
    /// Sequences at a time.
    pub batch: usize,
    /// Scalars of the model.
    pub parameters: usize,
    /// Of one time, the median.
    pub seconds: f64,
}

const VOCABULARY: usize = 512;

impl Costs {
    /// Measures everything. `bar` counts the rows.
    ///
    /// # Errors
    ///
    /// An empty list, sequences of fewer than two tokens, and those of the models.
    pub fn measure(&self, dtype: DType, device: &Device, bar: &ProgressBar) -> Result<Vec<Row>> {
        let middle = |of: &[usize]| {
            let fault = "each list needs a number, no number is 0, and a length is at least 2";
            let valid = !of.contains(&0) && !self.lengths.contains(&1) && self.repeats > 0;
            let middle = of.get(of.len() / 2).copied().filter(|_| valid);
            middle.ok_or_else(|| Error::Config(fault.into()))
        };
        let (length, batch) = (middle(&self.lengths)?, middle(&self.batches)?);
        let width = middle(&self.widths)?;
        let lengths = self
            .lengths
            .iter()
            .map(|x| (Varied::Length, *x, batch, width));
        let batches = self
            .batches
            .iter()
            .map(|x| (Varied::Batch, length, *x, width));
        let widths = self
            .widths
            .iter()
            .map(|x| (Varied::Parameters, length, batch, *x));
        let mut rows = Vec::with_capacity(2 * self.points());
        for (varied, length, batch, width) in lengths.chain(batches).chain(widths) {
            let config = self.model(width, length);
            let start = Parameters::random(&config, 0.02, 1, dtype, device)?;
            for work in [Work::Training, Work::Sampling] {
                rows.push(Row {
                    varied,
                    work,
                    length,
                    batch,
                    parameters: start.count(),
                    seconds: match work {
                        Work::Training => self.training(&config, &start, batch, length)?,
                        Work::Sampling => self.sampling(&config, &start, batch, length)?,
                    },
                });
                bar.inc(1);
            }
        }
        Ok(rows)
    }

    /// Settings that are measured, each in training and in sampling.
    pub fn points(&self) -> usize {
        self.lengths.len() + self.batches.len() + self.widths.len()
    }

    fn model(&self, width: usize, positions: usize) -> Config {
        let heads = (width / 32).max(1);
        Config {
            vocab_size: VOCABULARY,
            hidden_size: width,
            intermediate_size: (11 * width).div_ceil(4),
            num_hidden_layers: self.layers,
            num_attention_heads: heads,
            num_key_value_heads: if heads.is_multiple_of(2) {
                heads / 2
            } else {
                heads
            },
            max_position_embeddings: positions,
            sliding_window: positions,
            max_window_layers: self.layers,
            tie_word_embeddings: true,
            rope_theta: 10_000.0,
            rms_norm_eps: 1e-6,
            use_sliding_window: false,
            hidden_act: Activation::Silu,
        }
    }

    fn training(
        &self,
        config: &Config,
        start: &Parameters,
        batch: usize,
        length: usize,
    ) -> Result<f64> {
        let settings = SftConfig {
            micro_batch_size: batch,
            ..SftConfig::default()
        };
        let mut learner = Sft::new(&settings, config, start, None, 0)?;
        let sequence = Sequence {
            tokens: (0..length)
                .map(|place| (place * 7 % VOCABULARY) as u32)
                .collect(),
            loss_mask: vec![true; length],
        };
        let sequences = vec![sequence; batch];
        self.median(start, || learner.step(&sequences).map(drop))
    }

    fn sampling(
        &self,
        config: &Config,
        start: &Parameters,
        batch: usize,
        length: usize,
    ) -> Result<f64> {
        let mut sampler = Sampler::new(config, start.frozen(), batch, length)?;
        let request = |index: usize| Request {
            turn: Turn {
                context: vec![(index % VOCABULARY) as u32],
                limit: length - 1,
            },
            sampling: Sampling::default(),
            stop: Vec::new(),
            seed: index as u64,
        };
        let requests: Vec<Request> = (0..batch).map(request).collect();
        self.median(start, || sampler.generate(requests.clone()).map(drop))
    }

    fn median(&self, on: &Parameters, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
        let device = on.device();
        let mut seconds = Vec::with_capacity(self.repeats);
        for time in 0..=self.repeats {
            let start = Instant::now();
            work()?;
            device.synchronize()?;
            if time > 0 {
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
        seconds.sort_by(f64::total_cmp);
        Ok(seconds[seconds.len() / 2])
    }
}
