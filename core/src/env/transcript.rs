use alloc::string::String;
use alloc::vec::Vec;

use super::{Attempt, EnvError};

/// Everything that was said in an episode, in order. Ids are appended and never changed, and the
/// loss mask follows from the kinds of the segments.
///
/// A transcript of an ended episode ends with the model's own token: the feedback that no attempt
/// answered is withdrawn.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Transcript {
    segments: Vec<Segment>,
}

/// A stretch of a transcript with one author.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Segment {
    /// Who speaks, and to what end.
    pub kind: SegmentKind,
    /// The attempt that this is, or that this feedback follows, counted from 1; 0 for the prompt.
    pub attempt: u32,
    /// The text.
    pub text: String,
    /// The ids of the text; empty until they are known.
    pub tokens: Vec<u32>,
    /// The log-probability of each token of an attempt; empty where they are not known.
    pub logprobs: Vec<f32>,
}

/// Who wrote a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum SegmentKind {
    /// The environment: the question with its instructions.
    Prompt,
    /// The model.
    Attempt,
    /// The environment: what it says to a failed attempt.
    Feedback,
}

impl Transcript {
    /// The segments, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The text of all segments.
    pub fn text(&self) -> String {
        self.segments.iter().map(|s| s.text.as_str()).collect()
    }

    /// The ids of all segments.
    pub fn tokens(&self) -> Vec<u32> {
        self.segments
            .iter()
            .flat_map(|s| s.tokens.iter().copied())
            .collect()
    }

    /// For each of [`Transcript::tokens`], whether the model sampled it.
    pub fn loss_mask(&self) -> Vec<bool> {
        self.segments
            .iter()
            .flat_map(|s| s.tokens.iter().map(|_| s.kind == SegmentKind::Attempt))
            .collect()
    }

    /// For each of [`Transcript::tokens`], its log-probability when it was sampled, and 0 for the
    /// environment's. `None` where that of a sampled token is not known.
    pub fn logprobs(&self) -> Option<Vec<f32>> {
        let mut logprobs = Vec::new();
        for segment in &self.segments {
            if segment.kind != SegmentKind::Attempt {
                logprobs.resize(logprobs.len() + segment.tokens.len(), 0.0);
            } else if segment.logprobs.len() == segment.tokens.len() {
                logprobs.extend_from_slice(&segment.logprobs);
            } else {
                return None;
            }
        }
        Some(logprobs)
    }

    pub(super) fn new(prompt: String) -> Self {
        Self {
            segments: alloc::vec![Segment::environment(SegmentKind::Prompt, 0, prompt)],
        }
    }

    pub(super) fn encode(&mut self, mut encode: impl FnMut(&str) -> Vec<u32>) {
        for segment in &mut self.segments {
            if segment.kind != SegmentKind::Attempt && segment.tokens.is_empty() {
                segment.tokens = encode(&segment.text);
            }
        }
    }

    /// Whether `attempt`, a piece of the attempt numbered `number`, may come next.
    pub(super) fn admits(&self, attempt: &Attempt, number: u32) -> Result<(), EnvError> {
        if attempt.tokens.is_empty() {
            return Ok(());
        }
        match self.segments.last() {
            Some(open) if open.is_attempt(number) => {
                let known = !attempt.logprobs.is_empty();
                if !open.tokens.is_empty() && open.logprobs.is_empty() == known {
                    return Err(EnvError::LogprobCount {
                        tokens: open.tokens.len() + attempt.tokens.len(),
                        logprobs: open.logprobs.len() + attempt.logprobs.len(),
                    });
                }
            }
            Some(before) if before.tokens.is_empty() && !before.text.is_empty() => {
                return Err(EnvError::NotEncoded);
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn push_attempt(&mut self, attempt: Attempt, number: u32) {
        match self.segments.last_mut() {
            Some(open) if open.is_attempt(number) => {
                open.text.push_str(&attempt.text);
                open.tokens.extend(attempt.tokens);
                open.logprobs.extend(attempt.logprobs);
            }
            _ => self.segments.push(Segment {
                kind: SegmentKind::Attempt,
                attempt: number,
                text: attempt.text,
                tokens: attempt.tokens,
                logprobs: attempt.logprobs,
            }),
        }
    }

    pub(super) fn push_feedback(&mut self, feedback: String, number: u32) {
        self.segments.push(Segment::environment(
            SegmentKind::Feedback,
            number,
            feedback,
        ));
    }

    /// Takes back the feedback that no attempt answered.
    pub(super) fn withdraw_feedback(&mut self) {
        if self
            .segments
            .last()
            .is_some_and(|last| last.kind == SegmentKind::Feedback)
        {
            self.segments.pop();
        }
    }
}

impl Segment {
    fn environment(kind: SegmentKind, attempt: u32, text: String) -> Self {
        Self {
            kind,
            attempt,
            text,
            tokens: Vec::new(),
            logprobs: Vec::new(),
        }
    }

    fn is_attempt(&self, number: u32) -> bool {
        self.kind == SegmentKind::Attempt && self.attempt == number
    }
}
