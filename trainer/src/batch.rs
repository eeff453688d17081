use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::model::{CausalLm, Qwen2, ValueModel};
use crate::ops::Packing;

/// How many sequences share what is computed for their prompt: attention goes through them on one
/// thread.
const MOST_BRANCHES: usize = 16;

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
/// model chooses it and where its value is read. What neighbours say alike before the agent begins is
/// computed once.
pub struct Batch {
    tokens: Vec<u32>,
    packing: Packing,
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

    /// What is said before the agent begins.
    pub(crate) fn prompt(&self) -> &[u32] {
        let agent = self.loss_mask.iter().position(|&agent| agent);
        &self.tokens[..agent.unwrap_or(self.tokens.len()).min(self.tokens.len())]
    }
}

impl Batch {
    /// `device` is the models'.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn new(sequences: &[&Sequence], device: &Device) -> Result<Self> {
        let mut packing = Packing::default();
        let mut tokens = Vec::new();
        let (mut states, mut actions) = (Vec::new(), Vec::new());
        let alike =
            |a: &&Sequence, b: &&Sequence| !a.prompt().is_empty() && a.prompt() == b.prompt();
        let groups = sequences.chunk_by(alike);
        for group in groups.flat_map(|group| group.chunks(MOST_BRANCHES)) {
            let trunk = match group {
                [alone] => &alone.tokens,
                group => group[0].prompt(),
            };
            let start = tokens.len();
            tokens.extend_from_slice(trunk);
            let mut branches = Vec::new();
            for sequence in group {
                let branch = &sequence.tokens[trunk.len()..];
                let shift = tokens.len() - trunk.len();
                for (state, action) in sequence.actions() {
                    let offset = if state < trunk.len() { start } else { shift };
                    states.push((offset + state) as u32);
                    actions.push(action);
                }
                tokens.extend_from_slice(branch);
                branches.extend((group.len() > 1).then_some(branch.len()));
            }
            packing.push(trunk.len(), branches);
        }
        Ok(Self {
            tokens,
            packing,
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
        self.log_prob_and_entropy_at(model, &self.hidden(model.model())?, temperature)
    }

    /// The same from what [`Batch::hidden`] gave.
    ///
    /// # Errors
    ///
    /// Those of the model.
    pub(crate) fn log_prob_and_entropy_at(
        &self,
        model: &CausalLm,
        hidden: &Tensor,
        temperature: f64,
    ) -> Result<(Tensor, Tensor)> {
        let both = model.log_prob_and_entropy(hidden, &self.actions, temperature)?;
        Ok((both.get(0)?, both.get(1)?))
    }

    /// Values of the agent's states: (tokens).
    ///
    /// # Errors
    ///
    /// Those of the model.
    pub fn values(&self, model: &ValueModel) -> Result<Tensor> {
        model.values(&self.hidden(model.model())?)
    }

    /// Hidden states of the agent's states: (tokens, hidden).
    ///
    /// # Errors
    ///
    /// Those of the model.
    pub(crate) fn hidden(&self, model: &Qwen2) -> Result<Tensor> {
        let hidden = model.forward_packed(&self.tokens, self.packing.clone())?;
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
        assert_eq!(batch.tokens, [5, 6, 7, 1, 2, 3, 4, 8]);
        assert_eq!(batch.states.to_vec1::<u32>().unwrap(), [0, 1, 3, 6]);
        assert_eq!(batch.actions(), [6, 7, 2, 8]);
    }

    #[test]
    fn a_prompt_of_neighbours_lies_there_once() {
        let of = |tokens: &[u32], prompt: usize| Sequence {
            tokens: tokens.to_vec(),
            loss_mask: (0..tokens.len()).map(|index| index >= prompt).collect(),
        };
        let sequences = [
            of(&[5, 6, 7, 8], 2),
            of(&[5, 6, 9], 2),
            of(&[5, 6, 9], 1),
            of(&[5, 6], 2),
        ];
        let batch = Batch::new(&sequences.each_ref(), &Device::Cpu).unwrap();
        assert_eq!(batch.tokens, [5, 6, 7, 8, 9, 5, 6, 9, 5, 6]);
        assert_eq!(batch.states.to_vec1::<u32>().unwrap(), [1, 2, 1, 5, 6]);
        assert_eq!(batch.actions(), [7, 8, 9, 6, 9]);
    }
}
