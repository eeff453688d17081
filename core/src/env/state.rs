use alloc::string::String;

/// What the next transition depends on, besides the task and the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    /// N: the number of attempts that this episode grants.
    pub attempts: u32,
    /// Attempts that have ended.
    pub used: u32,
    /// Whether a closed, non-empty box appeared in any attempt so far.
    pub formatted: bool,
    /// The text of the attempt under way, if one is: it came in pieces and goes on.
    pub open: Option<String>,
    /// Why the episode ended, once it has.
    pub stop: Option<StopReason>,
}

/// Why an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum StopReason {
    /// An attempt was correct.
    Solved,
    /// All attempts were used.
    Exhausted,
    /// The token budget or the context was used up.
    Truncated,
}

impl State {
    /// The start of an episode of `attempts` attempts.
    pub fn new(attempts: u32) -> Self {
        Self {
            attempts,
            used: 0,
            formatted: false,
            open: None,
            stop: None,
        }
    }

    /// Attempts that are left, the one under way included.
    pub fn remaining(&self) -> u32 {
        self.attempts.saturating_sub(self.used)
    }
}
