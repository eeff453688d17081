use super::{State, StopReason};

/// The reward of a whole episode: one scalar, without a discount across attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RewardScheme {
    /// An attempt was correct.
    pub correct: f64,
    /// No attempt was correct, but at least one held a closed, non-empty box.
    pub wrong: f64,
    /// No attempt held a closed, non-empty box.
    pub unformatted: f64,
}

impl RewardScheme {
    /// The reward of an episode that ended in `state`, 0 while it goes on.
    pub fn reward(&self, state: &State) -> f64 {
        match state.stop {
            None => 0.0,
            Some(StopReason::Solved) => self.correct,
            Some(_) if state.formatted => self.wrong,
            Some(_) => self.unformatted,
        }
    }
}

impl Default for RewardScheme {
    /// The paper's tiers: 1, -0.5 and -1.
    fn default() -> Self {
        Self {
            correct: 1.0,
            wrong: -0.5,
            unformatted: -1.0,
        }
    }
}
