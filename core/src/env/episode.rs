use alloc::vec::Vec;

use super::{
    Attempt, EnvError, Outcome, RewardScheme, State, Task, Template, Transcript, transition,
};
use crate::rng::Rng;
use crate::{Grader, Policy};

/// How many attempts an episode grants: N.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Attempts {
    /// Always as many.
    Fixed(u32),
    /// Uniform in 1..=max, drawn from the episode's seed.
    Uniform {
        /// The largest number of attempts.
        max: u32,
    },
}

/// The configuration of the decision process. Immutable and shared by all episodes.
///
/// ```
/// use resit::env::{Attempts, Environment, Template};
///
/// let evaluation = Environment {
///     template: Template::repeat_question(),
///     attempts: Attempts::Fixed(4),
///     ..Environment::default()
/// };
/// ```
#[derive(Clone, Debug)]
pub struct Environment {
    /// The texts around the attempts.
    pub template: Template,
    /// What an episode is worth.
    pub rewards: RewardScheme,
    /// How many attempts an episode grants.
    pub attempts: Attempts,
    /// What decides whether an attempt is correct.
    pub grader: Grader,
}

/// One run through the decision process: pure data, which serialises at any step and goes on
/// identically when it is read back.
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
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Episode {
    task: Task,
    state: State,
    transcript: Transcript,
}

impl Default for Environment {
    /// The paper's training environment: its template and rewards, N uniform in 1..=5.
    fn default() -> Self {
        Self {
            template: Template::multi_attempt(),
            rewards: RewardScheme::default(),
            attempts: Attempts::Uniform { max: 5 },
            grader: Grader::new(Policy::boxed()),
        }
    }
}

impl Environment {
    /// Starts an episode: draws N from `seed` and writes the prompt.
    ///
    /// # Errors
    ///
    /// [`EnvError::EmptyReference`] if the task has no answer, [`EnvError::NoAttempts`] if N would
    /// be 0.
    pub fn reset(&self, task: &Task, seed: u64) -> Result<Episode, EnvError> {
        if self.grader.prepare(&task.reference).is_empty() {
            return Err(EnvError::EmptyReference);
        }
        let attempts = self.attempts.draw(seed)?;
        Ok(Episode {
            transcript: Transcript::new(self.template.prompt(&task.question, attempts)),
            state: State::new(attempts),
            task: task.clone(),
        })
    }

    /// Takes one attempt, or a piece of one, and appends it and the feedback to the transcript.
    /// After an error the episode is as it was.
    ///
    /// # Errors
    ///
    /// Those of [`transition`], and [`EnvError::NotEncoded`] if the attempt has ids but the
    /// environment's text before it has none.
    pub fn step(&self, episode: &mut Episode, attempt: Attempt) -> Result<Outcome, EnvError> {
        let number = episode.state.used.saturating_add(1);
        let (next, outcome) = transition(self, &episode.task, &episode.state, &attempt)?;
        let transcript = &mut episode.transcript;
        transcript.admits(&attempt, number)?;
        if !attempt.is_empty() {
            transcript.push_attempt(attempt, number);
        } else if next.stop.is_some() {
            transcript.withdraw_feedback();
        }
        if let Some(feedback) = &outcome.feedback {
            transcript.push_feedback(feedback.clone(), number);
        }
        episode.state = next;
        Ok(outcome)
    }
}

impl Attempts {
    fn draw(self, seed: u64) -> Result<u32, EnvError> {
        match self {
            Self::Fixed(0) | Self::Uniform { max: 0 } => Err(EnvError::NoAttempts),
            Self::Fixed(attempts) => Ok(attempts),
            // Below a bound of 32 bits, so that the draw fits.
            Self::Uniform { max } => Ok(Rng::new(seed).below(u64::from(max)) as u32 + 1),
        }
    }
}

impl Episode {
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
}
