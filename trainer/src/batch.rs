use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::model::{CausalLm, ValueModel};

/// The tokens of one episode, or of any text of which the model is to learn a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    /// Everything that was said, in order.
    pub tokens: Vec<u32>,
    /// Which of `tokens` are the agent's: those that were sampled, or that are to be imitated.
    pub loss_mask: Vec<bool>,
}

/// Several sequences, packed, with the places that count.
///
/// Policy, value and loss are computed at the agent's tokens only, and laid out as one flat run of
/// them, sequence after sequence. "The state of a token" is the position before it, where the
/// model chooses it and where its value is read.
pub struct Batch<'a> {
    sequences: Vec<&'a [u32]>,
    states: Tensor,
    actions: Vec<u32>,
}

impl Sequence {
    /// The agent's tokens with the position of their states. A first token has no state, so it
    /// cannot be the agent's.
    pub fn actions(&self) -> impl Iterator<Item = (usize, u32)> {
        let tokens = self.tokens.iter().zip(&self.loss_mask).enumerate().skip(1);
        tokens.filter_map(|(index, (&token, &agent))| agent.then_some((index - 1, token)))
    }
}

impl<'a> Batch<'a> {
    /// `device` is the models'.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn new(sequences: &[&'a Sequence], device: &Device) -> Result<Self> {
        let (mut states, mut actions) = (Vec::new(), Vec::new());
        let mut start = 0;
        for sequence in sequences {
            for (state, action) in sequence.actions() {
                states.push((start + state) as u32);
                actions.push(action);
            }
            start += sequence.tokens.len();
        }
        Ok(Self {
            sequences: sequences.iter().map(|s| s.tokens.as_slice()).collect(),
            states: Tensor::new(states, device)?,
            actions,
        })
    }

    /// The agent's tokens: (tokens).
    pub fn actions(&self) -> &[u32] {
        &self.actions
    }

    /// Log-probabilities of the agent's tokens, and the entropies of the distributions that they were
    /// chosen from, under the logits divided by `temperature`: both (tokens), both differentiable.
    ///
    /// # Errors
    ///
    /// Those of the model.
    pub fn log_prob_and_entropy(
        &self,
        model: &CausalLm,
        temperature: f64,
    ) -> Result<(Tensor, Tensor)> {
        let hidden = self.at_states(&model.model().forward(&self.sequences)?)?;
        let both = model.log_prob_and_entropy(&hidden, &self.actions, temperature)?;
        Ok((both.get(0)?, both.get(1)?))
    }

    /// Values of the agent's states: (tokens).
    ///
    /// # Errors
    ///
    /// Those of the model.
    pub fn values(&self, model: &ValueModel) -> Result<Tensor> {
        model.values(&self.at_states(&model.model().forward(&self.sequences)?)?)
    }

    fn at_states(&self, hidden: &Tensor) -> Result<Tensor> {
        Ok(hidden.index_select(&self.states, 0)?)
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
        assert_eq!(batch.sequences, [&[5, 6, 7][..], &[1, 2, 3, 4, 8]]);
        assert_eq!(batch.states.to_vec1::<u32>().unwrap(), [0, 1, 3, 6]);
        assert_eq!(batch.actions(), [6, 7, 2, 8]);
    }
}
