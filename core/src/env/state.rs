use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Judgement, Status};
use crate::extract::Detector;

/// What the next transition depends on, besides the task and the configuration.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    /// N: the number of attempts that this episode grants.
    pub attempts: u32,
    /// What the attempts that have ended came to, in order.
    pub results: Vec<AttemptResult>,
    /// Tokens that the model has sampled.
    pub tokens: u64,
    /// Whose turn of what kind is next, or under way.
    pub turn: Turn,
    /// The turn under way, if one is: it came in pieces and goes on.
    pub open: Option<Box<Open>>,
    /// Why the episode ended, once it has.
    pub stop: Option<StopReason>,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AttemptResult {
    /// How it ended.
    pub status: Status,
    /// What the verifier said; `None` if there was nothing to judge.
    pub judgement: Option<Judgement>,
    /// Whether its answer is one that was given before in the episode.
    pub repeated: bool,
    /// Tokens that the model sampled for it.
    pub tokens: u64,
}

/// The kinds of the model's turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Turn {
    /// An answer to the question.
    Attempt,
    /// A reflection or a verification, after the last attempt.
    Interlude,
}

/// A turn that goes on.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Piece", into = "Piece"))]
pub struct Open {
    pub(super) text: String,
    pub(super) tokens: u64,
    /// Has seen `text`.
    pub(super) detector: Detector,
}

/// What is known of an [`Open`] turn.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Open")]
struct Piece {
    text: String,
    tokens: u64,
}

/// Why an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum StopReason {
    /// An attempt was right, or where the environment is blind the last one.
    Solved,
    /// All attempts were used.
    Exhausted,
    /// The token budget of the episode was used up.
    Budget,
    /// The context was full.
    Truncated,
    /// The model kept an answer that is not right.
    Accepted,
    /// An attempt could not be judged. There is no reward.
    Error,
}

impl State {
    /// The start of an episode of `attempts` attempts.
    pub fn new(attempts: u32) -> Self {
        Self {
            attempts,
            results: Vec::new(),
            tokens: 0,
            turn: Turn::Attempt,
            open: None,
            stop: None,
        }
    }

    /// Attempts that have ended.
    pub fn used(&self) -> u32 {
        u32::try_from(self.results.len()).unwrap_or(u32::MAX)
    }

    /// Attempts that are left, the one under way included.
    pub fn remaining(&self) -> u32 {
        self.attempts.saturating_sub(self.used())
    }

    /// Whether an attempt had the form of an answer.
    pub fn formatted(&self) -> bool {
        self.results.iter().any(AttemptResult::formatted)
    }
}

impl AttemptResult {
    /// Whether the attempt is right.
    pub fn correct(&self) -> bool {
        self.judgement.as_ref().is_some_and(Judgement::correct)
    }

    /// Whether it had the form of an answer.
    pub fn formatted(&self) -> bool {
        self.judgement.as_ref().is_some_and(|j| j.formatted)
    }

    /// The verifier's own score, if it gives one.
    pub fn score(&self) -> Option<f64> {
        self.judgement.as_ref()?.score
    }

    /// Its answer, if it has one.
    pub fn answer(&self) -> Option<&str> {
        self.judgement.as_ref()?.answer.as_deref()
    }
}

impl Open {
    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tokens that the model has sampled for it.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }
}

/// The detector follows from the text.
impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.tokens == other.tokens
    }
}

#[cfg(feature = "serde")]
impl From<Piece> for Open {
    fn from(piece: Piece) -> Self {
        let mut detector = Detector::new();
        detector.push(&piece.text);
        Self {
            text: piece.text,
            tokens: piece.tokens,
            detector,
        }
    }
}

#[cfg(feature = "serde")]
impl From<Open> for Piece {
    fn from(open: Open) -> Self {
        Self {
            text: open.text,
            tokens: open.tokens,
        }
    }
}
