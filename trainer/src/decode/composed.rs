use candle_core::{DType, Tensor};

use super::{Feed, Scores};
use crate::Result;
use crate::model::{CausalLm, KvCache};

/// The decoder on any device and in any type: the model with its cache.
pub(super) struct Composed {
    pub(super) model: CausalLm,
    pub(super) cache: KvCache,
}

impl Composed {
    pub(super) fn copy(&mut self, from: usize, to: usize, count: usize) -> Result<()> {
        self.cache.copy(from, to, count)
    }

    pub(super) fn forward(&mut self, feeds: &[Feed]) -> Result<Scores<'static>> {
        for feed in feeds {
            self.cache.truncate(feed.row, feed.position);
        }
        // Rows are padded to the longest: a prompt must not stretch those that read one token.
        let (long, short): (Vec<&Feed>, Vec<&Feed>) =
            feeds.iter().partition(|feed| feed.tokens.len() > 1);
        let mut hidden = Vec::new();
        let mut order = Vec::new();
        for group in [long, short] {
            if group.is_empty() {
                continue;
            }
            let rows: Vec<usize> = group.iter().map(|feed| feed.row).collect();
            let tokens: Vec<&[u32]> = group.iter().map(|feed| feed.tokens).collect();
            let model = self.model.model();
            hidden.push(model.forward_cached(&mut self.cache, &rows, &tokens)?);
            order.extend(rows);
        }
        let scored = feeds.iter().filter(|feed| feed.scored);
        let places = scored.filter_map(|feed| order.iter().position(|row| *row == feed.row));
        let places: Vec<u32> = places.map(|place| place as u32).collect();
        if places.is_empty() {
            return Ok(Scores::Rows(Vec::new()));
        }
        let count = places.len();
        let places = Tensor::from_vec(places, count, self.model.device())?;
        let hidden = Tensor::cat(&hidden, 0)?.index_select(&places, 0)?;
        let scores = self.model.logits(&hidden)?.to_dtype(DType::F32)?;
        Ok(Scores::Rows(scores.flatten_all()?.to_vec1()?))
    }
}
