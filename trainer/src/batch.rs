use candle_core::{D, Device, Tensor};

use crate::Result;
use crate::model::{CausalLm, ValueModel};

/// The tokens of one episode, or of any text of which the model is to learn a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Everything that was said, in order.
    pub tokens: Vec<u32>,
    /// Which of `tokens` are the agent's: those that were sampled, or that are to be imitated.
    pub loss_mask: Vec<bool>,
}

/// Several sequences as tensors, with the places that count.
///
/// Policy, value and loss are computed at the agent's tokens only, and laid out as one flat run of
/// them, sequence after sequence. "The state of a token" is the position before it, where the
/// model chooses it and where its value is read.
pub struct Batch {
    ids: Tensor,
    states: Tensor,
    actions: Tensor,
}

impl Sequence {
    /// The agent's tokens with the position of their states. A first token has no state, so it
    /// cannot be the agent's.
    pub fn actions(&self) -> impl Iterator<Item = (usize, u32)> {
        let tokens = self.tokens.iter().zip(&self.loss_mask).enumerate().skip(1);
        tokens.filter_map(|(index, (&token, &agent))| agent.then_some((index - 1, token)))
    }
}

impl Batch {
    /// Pads on the right, where causal attention does not look.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn new(sequences: &[&Sequence], device: &Device) -> Result<Self> {
        let time = sequences.iter().map(|s| s.tokens.len()).max().unwrap_or(0);
        let mut ids = Vec::with_capacity(sequences.len() * time);
        let (mut states, mut actions) = (Vec::new(), Vec::new());
        for (row, sequence) in sequences.iter().enumerate() {
            ids.extend_from_slice(&sequence.tokens);
            ids.resize((row + 1) * time, 0);
            for (state, action) in sequence.actions() {
                states.push((row * time + state) as u32);
                actions.push(action);
            }
        }
        let count = states.len();
        Ok(Self {
            ids: Tensor::from_vec(ids, (sequences.len(), time), device)?,
            states: Tensor::from_vec(states, count, device)?,
            actions: Tensor::from_vec(actions, count, device)?,
        })
    }

    /// The agent's tokens: (tokens).
    pub fn actions(&self) -> &Tensor {
        &self.actions
    }

    /// Log-probabilities of every token at the agent's states, (tokens, vocabulary), under the
    /// logits divided by `temperature`.
    ///
    /// # Errors
    ///
    /// Those of the model.
    pub fn log_softmax(&self, model: &CausalLm, temperature: f64) -> Result<Tensor> {
        let hidden = self.at_states(&model.model().forward(&self.ids)?)?;
        let logits = (model.logits(&hidden)? / temperature)?;
        Ok(candle_nn::ops::log_softmax(&logits, D::Minus1)?)
    }

    /// Of a result of [`Batch::log_softmax`], the entries of the agent's tokens: (tokens).
    ///
    /// # Errors
    ///
    /// A tensor of another shape.
    pub fn chosen(&self, log_softmax: &Tensor) -> Result<Tensor> {
        let chosen = log_softmax.gather(&self.actions.unsqueeze(1)?, D::Minus1)?;
        Ok(chosen.squeeze(1)?)
    }

    /// Values of the agent's states: (tokens).
    ///
    /// # Errors
    ///
    /// Those of the model.
    pub fn values(&self, model: &ValueModel) -> Result<Tensor> {
        model.values(&self.at_states(&model.model().forward(&self.ids)?)?)
    }

    fn at_states(&self, hidden: &Tensor) -> Result<Tensor> {
        Ok(hidden.flatten_to(1)?.index_select(&self.states, 0)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_agents_tokens_count() {
        let short = Sequence {
            tokens: vec![5, 6, 7],
            loss_mask: vec![false, true, true],
        };
        let long = Sequence {
            tokens: vec![1, 2, 3, 4, 8],
            loss_mask: vec![false, true, false, false, true],
        };
        let batch = Batch::new(&[&short, &long], &Device::Cpu).unwrap();
        let ids = batch.ids.to_vec2::<u32>().unwrap();
        assert_eq!(ids, [[5, 6, 7, 0, 0], [1, 2, 3, 4, 8]]);
        assert_eq!(batch.states.to_vec1::<u32>().unwrap(), [0, 1, 5, 8]);
        assert_eq!(batch.actions().to_vec1::<u32>().unwrap(), [6, 7, 2, 8]);
    }
}
