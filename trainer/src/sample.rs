use candle_core::{D, DType, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::generation::{LogitsProcessor, Sampling};

use crate::model::{CausalLm, Config, KvCache};
use crate::{Error, Result};

/// Generates text in several rows at once, each with its own position and its own random stream.
pub struct Sampler {
    model: CausalLm,
    cache: KvCache,
    streams: Vec<LogitsProcessor>,
    temperature: f64,
}

/// What one row generated in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The ids as sampled, a stop token among them.
    pub tokens: Vec<u32>,
    /// The log-probability of each token under the distribution that it was sampled from.
    pub logprobs: Vec<f32>,
}

impl Sampler {
    /// For at most `rows` sequences of at most `context` tokens. The memory for them is allocated
    /// here, once.
    ///
    /// # Errors
    ///
    /// No row, those of [`CausalLm::new`], and memory that cannot be had.
    pub fn new(config: &Config, weights: VarBuilder, rows: usize, context: usize) -> Result<Self> {
        if rows == 0 {
            return Err(Error::Config("a sampler needs at least one row".into()));
        }
        let cache = KvCache::new(config, rows, context, weights.dtype(), weights.device())?;
        Ok(Self {
            model: CausalLm::new(config, weights)?,
            cache,
            streams: Vec::new(),
            temperature: 1.0,
        })
    }

    /// The number of sequences that fit.
    pub fn rows(&self) -> usize {
        self.cache.lengths().len()
    }

    /// The number of tokens of each row that the model has read.
    pub fn lengths(&self) -> &[usize] {
        self.cache.lengths()
    }

    /// Empties all rows and gives each of `seeds` one of its own. A `temperature` of 0 takes the
    /// likeliest token.
    pub fn restart(&mut self, seeds: impl IntoIterator<Item = u64>, temperature: f64) {
        self.cache.clear();
        self.temperature = temperature;
        self.streams = seeds
            .into_iter()
            .map(|seed| {
                let sampling = if temperature > 0.0 {
                    Sampling::All { temperature }
                } else {
                    Sampling::ArgMax
                };
                LogitsProcessor::from_sampling(seed, sampling)
            })
            .collect();
    }

    /// Continues row `rows[i]` after reading `unread[i]`, until it has sampled `stop` or `limit`
    /// tokens, or its context is full; a full context gives an empty piece.
    ///
    /// # Errors
    ///
    /// A row that has nothing to read, and those of the model.
    ///
    /// # Panics
    ///
    /// If a row is not one of those that were given a seed.
    pub fn generate(
        &mut self,
        rows: &[usize],
        unread: Vec<Vec<u32>>,
        stop: u32,
        limit: usize,
    ) -> Result<Vec<Piece>> {
        let capacity = self.cache.capacity();
        let mut pieces = vec![
            Piece {
                tokens: Vec::new(),
                logprobs: Vec::new()
            };
            rows.len()
        ];
        let mut inputs = unread;
        let limits: Vec<usize> = (rows.iter().zip(&inputs))
            .map(|(&row, input)| {
                let used = self.cache.lengths()[row] + input.len();
                limit.min(capacity.saturating_sub(used))
            })
            .collect();
        let mut active: Vec<usize> = (0..rows.len()).filter(|&i| limits[i] > 0).collect();
        while !active.is_empty() {
            let active_rows: Vec<usize> = active.iter().map(|&i| rows[i]).collect();
            let tokens: Vec<&[u32]> = active.iter().map(|&i| inputs[i].as_slice()).collect();
            let sampled = self.step(&active_rows, &tokens)?;
            for (&i, (token, logprob)) in active.iter().zip(sampled) {
                pieces[i].tokens.push(token);
                pieces[i].logprobs.push(logprob);
                inputs[i] = vec![token];
            }
            active.retain(|&i| {
                let tokens = &pieces[i].tokens;
                tokens.len() < limits[i] && tokens.last() != Some(&stop)
            });
        }
        Ok(pieces)
    }

    /// Reads `tokens` and samples one token for each row, with its log-probability.
    fn step(&mut self, rows: &[usize], tokens: &[&[u32]]) -> Result<Vec<(u32, f32)>> {
        let hidden = self
            .model
            .model()
            .forward_cached(&mut self.cache, rows, tokens)?;
        let logits = self.model.logits(&hidden)?;
        let mut sampled = Vec::with_capacity(rows.len());
        for (index, &row) in rows.iter().enumerate() {
            sampled.push(self.streams[row].sample(&logits.get(index)?)?);
        }
        let scaled = if self.temperature > 0.0 {
            (logits / self.temperature)?
        } else {
            logits
        };
        let chosen = Tensor::from_slice(&sampled, (rows.len(), 1), self.model.device())?;
        let logprobs = candle_nn::ops::log_softmax(&scaled.to_dtype(DType::F32)?, D::Minus1)?
            .gather(&chosen, D::Minus1)?
            .squeeze(1)?
            .to_vec1()?;
        Ok(sampled.into_iter().zip(logprobs).collect())
    }
}
