use alloc::string::String;
use alloc::vec::Vec;

use super::EnvError;

/// The action: what the model produced, a whole attempt or a piece of one.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Attempt {
    /// The text of `tokens`, with the end-of-turn marker if it was sampled.
    pub text: String,
    /// The ids exactly as sampled, the end-of-turn token among them. Empty where only text is known.
    pub tokens: Vec<u32>,
    /// The log-probability (natural logarithm) of each token under the policy that sampled it.
    /// Empty where they are not known.
    pub logprobs: Vec<f32>,
    /// Why generation stopped here.
    pub finish: Finish,
}

/// Why generation stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Finish {
    /// This is a piece; the attempt goes on unless the piece completes an answer.
    Open,
    /// The model ended its turn.
    EndOfTurn,
    /// The token budget or the context is used up.
    Length,
}

impl Attempt {
    /// A whole attempt of which only the text is known.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tokens: Vec::new(),
            logprobs: Vec::new(),
            finish: Finish::EndOfTurn,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.tokens.is_empty()
    }

    pub(super) fn check(&self) -> Result<(), EnvError> {
        if !self.logprobs.is_empty() && self.logprobs.len() != self.tokens.len() {
            return Err(EnvError::LogprobCount {
                tokens: self.tokens.len(),
                logprobs: self.logprobs.len(),
            });
        }
        match self.logprobs.iter().position(|p| !p.is_finite()) {
            Some(index) => Err(EnvError::LogprobNotFinite { index }),
            None => Ok(()),
        }
    }
}
