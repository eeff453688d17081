//! What must hold of every transcript, whoever made it.

use super::{AttemptResult, Episode, Segment, SegmentKind, StopReason, Thinking, Transcript};

/// What is wrong with a transcript or an episode. Segments are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It does not start with a prompt.
    #[error("a transcript starts with a prompt")]
    NoPrompt,
    /// A segment cannot follow the one before it, or has the wrong number.
    #[error("segment {0} cannot stand where it stands")]
    Order(usize),
    /// A segment of the environment holds what only the model's have, or the other way round.
    #[error("segment {0} has log-probabilities or an end that it cannot have, or lacks its end")]
    Author(usize),
    /// The log-probabilities of a segment are not one for each token.
    #[error("segment {0} has not one log-probability for each token")]
    LogprobCount(usize),
    /// A log-probability is not finite, or positive.
    #[error("segment {0} has a log-probability that is none")]
    Logprob(usize),
    /// The model's tokens follow text without ids, or only some of its turns have ids.
    #[error("segment {0} has no ids, but a turn of the model has")]
    Ids(usize),
    /// A turn is replaced where reasoning is kept.
    #[error("segment {0} replaces a turn though reasoning is kept")]
    Replaced(usize),
    /// The ended transcript does not end with the model's turn.
    #[error("the last segment of an ended transcript is not the model's")]
    LastNotModel,
    /// The state does not go with the transcript.
    #[error("the state does not go with the transcript: {0}")]
    State(&'static str),
}

/// Rounding may lift the log-probability of a certain token above 0 by so much.
const LOGPROB_SLACK: f32 = 1e-3;

impl Transcript {
    /// Checks that this is a transcript: segments in order, every token with its author, ids where
    /// ids must be.
    ///
    /// # Errors
    ///
    /// The first fault.
    pub fn check(&self) -> Result<(), Fault> {
        let segments = self.segments();
        let exact = segments
            .iter()
            .any(|segment| segment.kind.is_model() && !segment.tokens.is_empty());
        let last_model = segments.iter().rposition(|s| s.kind.is_model());
        let mut before: Option<&Segment> = None;
        for (index, segment) in segments.iter().enumerate() {
            if before.is_none() && segment.kind != SegmentKind::Prompt {
                return Err(Fault::NoPrompt);
            }
            if !follows(before, segment) {
                return Err(Fault::Order(index));
            }
            let model = segment.kind.is_model();
            if model != segment.finish.is_some() || !model && !segment.logprobs.is_empty() {
                return Err(Fault::Author(index));
            }
            if !segment.logprobs.is_empty() && segment.logprobs.len() != segment.tokens.len() {
                return Err(Fault::LogprobCount(index));
            }
            let is_logprob = |p: &f32| p.is_finite() && *p <= LOGPROB_SLACK;
            if !segment.logprobs.iter().all(is_logprob) {
                return Err(Fault::Logprob(index));
            }
            // What no turn of the model follows may still be without ids.
            let needed = exact && Some(index) <= last_model;
            if needed && segment.tokens.is_empty() && !segment.text.is_empty() {
                return Err(Fault::Ids(index));
            }
            if segment.kind == SegmentKind::Context && self.thinking() == Thinking::Keep {
                return Err(Fault::Replaced(index));
            }
            before = Some(segment);
        }
        match before {
            Some(_) => Ok(()),
            None => Err(Fault::NoPrompt),
        }
    }
}

/// Whether `segment` can follow `before`.
fn follows(before: Option<&Segment>, segment: &Segment) -> bool {
    use SegmentKind as K;
    let Some(before) = before else {
        return segment.attempt == 0;
    };
    let kinds = match before.kind {
        K::Prompt => segment.kind == K::Attempt,
        K::Attempt | K::Reflection | K::Verification => {
            matches!(segment.kind, K::Context | K::Feedback)
        }
        K::Context => segment.kind == K::Feedback,
        K::Feedback => segment.kind.is_model(),
    };
    let next = u32::from(segment.kind == K::Attempt);
    kinds && Some(segment.attempt) == before.attempt.checked_add(next)
}

impl<R> Episode<R> {
    /// Checks the transcript, and that the state goes with it. Whether the verdicts are right is what
    /// [`Environment::replay`](super::Environment::replay) tells.
    ///
    /// # Errors
    ///
    /// The first fault.
    pub fn check(&self) -> Result<(), Fault> {
        self.transcript().check()?;
        let state = self.state();
        let segments = self.transcript().segments();
        let last = segments.last();
        let last_is_model = last.is_some_and(|last| last.kind.is_model());
        if state.stop.is_some() && !last_is_model && segments.len() > 1 {
            return Err(Fault::LastNotModel);
        }
        let expect = |holds: bool, what| {
            if holds {
                Ok(())
            } else {
                Err(Fault::State(what))
            }
        };

        let failed = state.stop == Some(StopReason::Error);
        let unfinished = state.open.is_some() || failed;
        expect(
            state.stop.is_some() || last_is_model == state.open.is_some(),
            "an unanswered turn of the model",
        )?;
        expect(
            !(state.stop.is_some() && state.open.is_some()) || failed,
            "an ended episode goes on",
        )?;
        let open_text = state.open.as_ref().map(|open| open.text());
        expect(
            open_text.is_none() || open_text == last.map(|last| last.text.as_str()),
            "the text of the turn under way",
        )?;
        let in_attempt = last.is_some_and(|last| last.kind == SegmentKind::Attempt);
        let begun = usize::from(unfinished && in_attempt);
        let mut attempts = segments.iter().filter(|s| s.kind == SegmentKind::Attempt);
        expect(
            attempts.clone().count() == state.results.len() + begun,
            "the number of attempts",
        )?;
        expect(
            state.used() <= state.attempts,
            "more attempts than were granted",
        )?;
        let counts = |result: &AttemptResult| {
            let tokens = attempts.next().map_or(0, |s| s.tokens.len() as u64);
            tokens == result.tokens
        };
        expect(state.results.iter().all(counts), "the tokens of an attempt")?;
        let sampled = segments.iter().filter(|segment| segment.kind.is_model());
        let sampled: u64 = sampled.map(|segment| segment.tokens.len() as u64).sum();
        expect(sampled == state.tokens, "the number of sampled tokens")?;
        let right = state.results.last().is_some_and(AttemptResult::correct);
        let solved = state.stop == Some(StopReason::Solved);
        expect(
            state.stop.is_none() || failed || solved == right,
            "whether the episode is solved",
        )
    }
}
