use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::schema::{VERSION, Version};
use super::{
    Credit, EnvError, Prepared, RewardScheme, SegmentKind, Sequence, State, Task, Thinking,
    Transcript,
};
use crate::grade::Reference;

/// One run through the decision process: pure data, which serialises at any step and goes on
/// identically when it is read back. To clone it is to fork it where it stands.
///
/// A trainer gives ids to what the environment said, samples after them, and steps by what was
/// sampled:
///
/// ```
/// use resit::env::{Attempt, Environment, Finish, Task};
/// # let encode = |text: &str| text.bytes().map(u32::from).collect();
/// # let generate = |_: &[u32]| (String::from(r"\boxed{42}"), vec![7, 8], vec![-0.5, -0.1], Finish::EndOfTurn);
///
/// let environment = Environment::default();
/// let mut episode = environment.reset(&Task::new("What is 6 × 7?", "42"), 0)?;
/// let mut reward = 0.0;
/// while episode.state().stop.is_none() {
///     episode.encode(encode);
///     let (text, tokens, logprobs, finish) = generate(&episode.transcript().tokens());
///     let outcome = environment.step(&mut episode, Attempt { text, tokens, logprobs, finish })?;
///     reward = outcome.reward;
/// }
/// assert!(episode.transcript().loss_mask().ends_with(&[false, true, true]));
/// assert_eq!(reward, 1.0);
/// # Ok::<(), resit::env::EnvError>(())
/// ```
///
/// # Schema
///
/// With the feature `serde` an episode is written as `{"version": 1, "task": …, "state": …,
/// "transcript": …}`, and a reader refuses a version that it does not know. With the feature
/// `binary` there is [`to_bytes`](Self::to_bytes), less than half of that.
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(bound = ""))]
pub struct Episode<R = Reference> {
    version: Version,
    #[cfg_attr(feature = "serde", serde(with = "super::schema::shared"))]
    pub(super) task: Arc<Task>,
    pub(super) state: State,
    pub(super) transcript: Transcript,
    /// What the verifier reads from the task; `None` until it is needed.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) reference: Option<Arc<R>>,
}

impl<R> Episode<R> {
    /// The version of the written forms, which is written with each.
    pub const VERSION: u32 = VERSION;

    pub(super) fn new(
        task: &Prepared<R>,
        attempts: u32,
        prompt: String,
        thinking: Thinking,
    ) -> Self {
        Self {
            version: Version,
            task: Arc::clone(task.task()),
            state: State::new(attempts),
            transcript: Transcript::new(prompt, thinking),
            reference: Some(Arc::clone(task.reference())),
        }
    }

    /// The task.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The state that the next step starts from.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What was said so far.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Gives ids to the environment's segments that have none yet, by `encode`. Sampled ids are
    /// never touched.
    pub fn encode(&mut self, encode: impl FnMut(&str) -> Vec<u32>) {
        self.transcript.encode(encode);
    }

    /// The episode as it was when attempt number `after` + 1 was about to begin.
    ///
    /// # Errors
    ///
    /// [`EnvError::NoSuchStep`] if that never was.
    pub fn fork(&self, after: u32) -> Result<Self, EnvError> {
        let segments = self.transcript.segments();
        let begins = |index: &usize| {
            let segment = segments.get(*index);
            segment.is_some_and(|s| s.kind == SegmentKind::Attempt && s.attempt > after)
        };
        let end = (0..segments.len()).find(begins).unwrap_or(segments.len());
        let awaits = match end.checked_sub(1).and_then(|last| segments.get(last)) {
            Some(last) => match last.kind {
                SegmentKind::Prompt => after == 0,
                // Feedback may also ask for an interlude.
                SegmentKind::Feedback => {
                    last.attempt == after
                        && (end < segments.len() || self.state.turn == super::Turn::Attempt)
                }
                _ => false,
            },
            None => false,
        };
        if !awaits {
            return Err(EnvError::NoSuchStep { after });
        }
        let mut fork = self.clone();
        fork.transcript.truncate(end);
        let results = fork.state.results.drain(..).take(after as usize).collect();
        let sampled = fork.transcript.segments().iter();
        let sampled = sampled.filter(|segment| segment.kind.is_model());
        fork.state = State {
            results,
            tokens: sampled.map(|segment| segment.tokens.len() as u64).sum(),
            ..State::new(self.state.attempts)
        };
        Ok(fork)
    }

    /// What is trained: ids, loss mask, log-probabilities and the rewards that the tokens bear. One
    /// sequence, or one for each context under [`Thinking::Fork`]; then each of them ends with the
    /// reward of the episode. Rewards are 0 while the episode goes on, and where it ended by an error.
    pub fn sequences(&self, rewards: &RewardScheme) -> Vec<Sequence> {
        let Some(total) = rewards.reward(&self.state) else {
            return self.transcript.sequences(rewards.credit, |_, _| 0.0);
        };
        let attempts = rewards.attempts(&self.state.results);
        self.transcript
            .sequences(rewards.credit, |segment, last| match rewards.credit {
                Credit::Episode | Credit::Reflection if last => total,
                Credit::Attempt if segment.kind == SegmentKind::Attempt => {
                    let index = (segment.attempt as usize).wrapping_sub(1);
                    attempts.get(index).copied().unwrap_or(0.0)
                }
                _ => 0.0,
            })
    }
}

impl<R> Clone for Episode<R> {
    fn clone(&self) -> Self {
        Self {
            version: self.version,
            task: Arc::clone(&self.task),
            state: self.state.clone(),
            transcript: self.transcript.clone(),
            reference: self.reference.clone(),
        }
    }
}

/// What the verifier read follows from the task.
impl<R> PartialEq for Episode<R> {
    fn eq(&self, other: &Self) -> bool {
        self.task == other.task && self.state == other.state && self.transcript == other.transcript
    }
}

impl<R> fmt::Debug for Episode<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Episode")
            .field("task", &self.task)
            .field("state", &self.state)
            .field("transcript", &self.transcript)
            .finish_non_exhaustive()
    }
}
