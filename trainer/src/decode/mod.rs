//! Reading tokens into a cache, and scores of the next ones. Without gradients.
//!
//! One path is for the CPU in f32, and the other is the model itself with its cache, for any device
//! and type.

mod attention;
mod composed;
mod matrix;
mod packed;

use candle_core::{DType, Device};
use candle_nn::VarBuilder;

use crate::model::{CausalLm, Config, KvCache};
use crate::ops::on_pool;
use crate::{Error, Result};
use composed::Composed;
use matrix::View;
use packed::Packed;

/// A language model with the keys and values of what it has read in a number of rows.
pub(crate) struct Decoder {
    path: Path,
    vocab: usize,
    capacity: usize,
}

enum Path {
    Packed(Box<Packed>),
    Composed(Box<Composed>),
}

/// What one row reads.
pub(crate) struct Feed<'a> {
    pub(crate) row: usize,
    /// The number of tokens that the row keeps; these come after them.
    pub(crate) position: usize,
    /// At least one.
    pub(crate) tokens: &'a [u32],
    /// Whether the scores after the last of them are wanted.
    pub(crate) scored: bool,
}

/// Scores of the next token (logits), a row for each feed that wants them.
pub(crate) enum Scores<'a> {
    /// In panels.
    Blocked(View<'a>),
    /// Row after row.
    Rows(Vec<f32>),
}

impl Decoder {
    /// For `rows` sequences of up to `capacity` tokens. The memory for them is allocated here.
    pub(crate) fn new(
        config: &Config,
        weights: VarBuilder,
        rows: usize,
        capacity: usize,
    ) -> Result<Self> {
        let plain = matches!(weights.device(), Device::Cpu) && weights.dtype() == DType::F32;
        let path = if plain {
            Path::Packed(Box::new(Packed::new(config, weights, rows, capacity)?))
        } else {
            let model = CausalLm::new(config, weights.clone())?;
            let cache = KvCache::new(config, rows, capacity, weights.dtype(), weights.device())?;
            Path::Composed(Box::new(Composed { model, cache }))
        };
        Ok(Self {
            path,
            vocab: config.vocab_size,
            capacity: capacity.min(config.max_position_embeddings),
        })
    }

    /// The largest number of tokens in a row.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Takes the weights as they are now.
    pub(crate) fn refresh(&mut self) -> Result<()> {
        match &mut self.path {
            Path::Packed(packed) => packed.refresh(),
            Path::Composed(_) => Ok(()),
        }
    }

    /// Takes the first `count` tokens of the row `from` into the row `to`.
    pub(crate) fn copy(&mut self, from: usize, to: usize, count: usize) -> Result<()> {
        match &mut self.path {
            Path::Packed(packed) => {
                packed.copy(from, to, count);
                Ok(())
            }
            Path::Composed(composed) => composed.copy(from, to, count),
        }
    }

    /// Reads. `feeds` are ordered by their rows, each of which occurs once.
    pub(crate) fn forward(&mut self, feeds: &[Feed]) -> Result<Scores<'_>> {
        for feed in feeds {
            if let Some(id) = feed.tokens.iter().find(|id| **id as usize >= self.vocab) {
                return Err(Error::Config(format!(
                    "token {id} is not in the vocabulary of {}",
                    self.vocab
                )));
            }
        }
        match &mut self.path {
            Path::Packed(packed) => Ok(on_pool(|| packed.forward(feeds))),
            Path::Composed(composed) => composed.forward(feeds),
        }
    }
}

impl Scores<'_> {
    /// Takes one row into `into`, which is as long as the vocabulary.
    pub(crate) fn read(&self, row: usize, into: &mut [f32]) {
        match self {
            Self::Blocked(view) => view.read(row, 0, into),
            Self::Rows(rows) => {
                into.copy_from_slice(&rows[row * into.len()..][..into.len()]);
            }
        }
    }
}
