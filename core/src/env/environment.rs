use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::template::Facts;
use super::transition::{advance, check};
use super::{
    Attempt, EnvError, Episode, Finish, Outcome, Purpose, RewardScheme, Segment, SegmentKind,
    State, Task, Template, Turn, Verifier,
};
use crate::grade::Reference;
use crate::rng::Rng;
use crate::{Grader, Policy};

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
///
/// # Settings
///
/// With the feature `serde` an environment is written as an object: `template`, `rewards`,
/// `attempts`, `budget`, `ending` and `policy`, the grader's. When one is read, what is missing is the
/// default's; `template` and `policy` may be names; `chat` and `feedback`, by their names or their
/// fields, take the place of the template's.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use resit::env::{Attempts, Environment};
///
/// let environment: Environment =
///     serde_json::from_str(r#"{"chat": "llama3", "attempts": 2, "policy": "strict"}"#).unwrap();
/// assert_eq!(environment.attempts, Attempts::Fixed(2));
/// assert_eq!(environment.template.chat.end_of_turn, "<|eot_id|>");
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Environment<V = Grader> {
    /// What is said around the attempts.
    pub template: Template,
    /// What an episode is worth.
    pub rewards: RewardScheme,
    /// How many attempts an episode grants.
    pub attempts: Attempts,
    /// How many tokens may be sampled.
    pub budget: Budget,
    /// When an attempt that comes in pieces ends.
    pub ending: Ending,
    /// What decides whether an attempt is right.
    pub verifier: V,
}

/// How many attempts an episode grants: N. With the feature `serde`, a number is [`Fixed`](Self::Fixed).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "super::settings::Count"))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Attempts {
    /// Always as many.
    Fixed(u32),
    /// Uniform in 1..=max, drawn from the episode's seed.
    Uniform {
        /// The largest number of attempts.
        max: u32,
    },
    /// Any distribution: the weights of 1, 2, … attempts.
    Weighted(Vec<u32>),
}

/// How many tokens the model may sample; the environment's own do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Budget {
    /// In one turn. A turn that uses it up ends there, and the episode goes on.
    pub attempt: Option<u64>,
    /// In all turns of an episode. Who uses it up has no further turn.
    pub episode: Option<u64>,
}

/// When an attempt that comes in pieces ends, besides by its own end of turn.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Ending {
    /// Only by its end of turn: the last answer of the turn counts.
    Turn,
    /// With the piece in which a box is closed.
    Box,
    /// With the piece in which this text is complete, as `</answer>`.
    Marker(String),
}

/// A task whose reference was read, for any number of episodes. Cheap to clone.
#[derive(Debug)]
pub struct Prepared<R = Reference> {
    task: Arc<Task>,
    reference: Arc<R>,
}

impl Default for Environment {
    /// The paper's training environment: its template and rewards, N uniform in 1..=5.
    fn default() -> Self {
        Self {
            template: Template::multi_attempt(),
            rewards: RewardScheme::default(),
            attempts: Attempts::Uniform { max: 5 },
            budget: Budget::default(),
            ending: Ending::Box,
            verifier: Grader::new(Policy::boxed()),
        }
    }
}

impl Environment {
    /// DeepSeek-R1's single-turn task: think and answer in tags, with a reward of 1 for accuracy and
    /// 1 for the format (arXiv 2501.12948).
    pub fn think_answer() -> Self {
        Self {
            template: Template::think_answer(),
            rewards: RewardScheme::accuracy_and_format(),
            attempts: Attempts::Fixed(1),
            ending: Ending::Marker("</answer>".into()),
            verifier: Grader::new(Policy::tagged()),
            ..Self::default()
        }
    }
}

impl<V> Environment<V> {
    /// The same environment with another verifier.
    pub fn with_verifier<W>(self, verifier: W) -> Environment<W> {
        Environment {
            template: self.template,
            rewards: self.rewards,
            attempts: self.attempts,
            budget: self.budget,
            ending: self.ending,
            verifier,
        }
    }
}

impl<V: Verifier> Environment<V> {
    /// Reads the reference of a task, once for all its episodes.
    ///
    /// # Errors
    ///
    /// [`EnvError::EmptyReference`] if the task has no answer, or what the verifier says.
    pub fn prepare(&self, task: impl Into<Arc<Task>>) -> Result<Prepared<V::Reference>, EnvError> {
        let task = task.into();
        let reference = Arc::new(self.verifier.prepare(&task)?);
        Ok(Prepared { task, reference })
    }

    /// Starts an episode: draws N from `seed` and writes the prompt.
    ///
    /// # Errors
    ///
    /// [`EnvError::NoAttempts`] if N would be 0.
    pub fn start(
        &self,
        task: &Prepared<V::Reference>,
        seed: u64,
    ) -> Result<Episode<V::Reference>, EnvError> {
        Ok(self.begin(task, self.attempts.draw(seed)?))
    }

    /// [`prepare`](Self::prepare) and [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// Theirs.
    pub fn reset(&self, task: &Task, seed: u64) -> Result<Episode<V::Reference>, EnvError> {
        self.start(&self.prepare(task.clone())?, seed)
    }

    pub(super) fn begin(
        &self,
        task: &Prepared<V::Reference>,
        attempts: u32,
    ) -> Episode<V::Reference> {
        let facts = Facts {
            question: &task.task.question,
            remaining: attempts,
            diagnosis: "",
        };
        let prompt = self.template.prompt(&facts);
        Episode::new(task, attempts, prompt, self.template.chat.thinking)
    }

    /// Takes a turn of the model, or a piece of one, and appends it and the feedback to the
    /// transcript. After an error of the caller the episode is as it was; after one of the verifier
    /// it has ended, with [`StopReason::Error`](super::StopReason::Error) and without a reward.
    ///
    /// # Errors
    ///
    /// Those of [`transition`](super::transition()), and [`EnvError::NotEncoded`] if the attempt has
    /// ids but the environment's text before it has none.
    pub fn step(
        &self,
        episode: &mut Episode<V::Reference>,
        attempt: Attempt,
    ) -> Result<Outcome, EnvError> {
        check(self, &episode.state, &attempt)?;
        let goes_on = episode.state.open.is_some();
        episode.transcript.admits(&attempt, goes_on)?;
        let reference = match &episode.reference {
            Some(reference) => reference.clone(),
            // Read from a file.
            None => Arc::new(self.verifier.prepare(&episode.task)?),
        };

        let turn = episode.state.turn;
        let used = episode.state.used();
        let state = &mut episode.state;
        let outcome = advance(self, &episode.task, &reference, state, &attempt);
        episode.reference = Some(reference);

        let (kind, number) = match turn {
            Turn::Attempt => (SegmentKind::Attempt, used.saturating_add(1)),
            Turn::Interlude => (self.interlude_kind(), used),
        };
        let transcript = &mut episode.transcript;
        let nothing = attempt.is_empty() && attempt.finish != Finish::EndOfTurn;
        let finish = if nothing {
            Finish::Length
        } else {
            attempt.finish
        };
        transcript.push_piece(kind, number, Attempt { finish, ..attempt }, goes_on);
        let outcome = outcome?;
        if outcome.stop.is_some() {
            transcript.withdraw_feedback();
        }
        if let Some(feedback) = &outcome.feedback {
            let said = transcript.last_turn().map(|turn| turn.text.as_str());
            let visible = said.and_then(|said| self.visible(said));
            transcript.push_feedback(number, visible, feedback.clone());
        }
        Ok(outcome)
    }

    /// Tokens that the model may sample in the next piece; `None` if there is no budget.
    pub fn allowance(&self, state: &State) -> Option<u64> {
        self.budget.left(state)
    }

    /// Plays the model's turns of `episode` again, on the same number of attempts and with the same
    /// ids for the environment's texts. In the same environment, the result equals `episode`.
    ///
    /// # Errors
    ///
    /// Those of [`prepare`](Self::prepare) and [`step`](Self::step).
    pub fn replay<R>(&self, episode: &Episode<R>) -> Result<Episode<V::Reference>, EnvError> {
        self.play(
            Arc::clone(&episode.task),
            episode.state.attempts,
            episode.transcript.segments(),
            episode.state.stop.is_some(),
        )
    }

    /// [`replay`](Self::replay) of what is known of an episode: its task, how many attempts it granted,
    /// the segments of its transcript, and whether it had ended.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start) and [`step`](Self::step).
    pub fn play(
        &self,
        task: impl Into<Arc<Task>>,
        attempts: u32,
        recorded: &[Segment],
        ended: bool,
    ) -> Result<Episode<V::Reference>, EnvError> {
        let task = self.prepare(task)?;
        let mut again = self.begin(&task, Attempts::Fixed(attempts).draw(0)?);
        for turn in recorded.iter().filter(|segment| segment.kind.is_model()) {
            again.transcript.copy_ids(recorded);
            let attempt = Attempt {
                text: turn.text.clone(),
                tokens: turn.tokens.clone(),
                logprobs: turn.logprobs.clone(),
                finish: turn.finish.unwrap_or(Finish::EndOfTurn),
            };
            self.step(&mut again, attempt)?;
        }
        if ended && again.state.stop.is_none() {
            let nothing = Attempt {
                finish: Finish::Length,
                ..Attempt::text("")
            };
            self.step(&mut again, nothing)?;
        }
        again.transcript.copy_ids(recorded);
        Ok(again)
    }

    /// What the environment says before a turn of the kind `turn`, after the model has said `text`,
    /// and sampled its end of turn or not.
    pub(super) fn says(&self, turn: Turn, text: &str, sampled_end: bool, facts: &Facts) -> String {
        let feedback = &self.template.feedback;
        let message = match (turn, &feedback.interlude) {
            (Turn::Interlude, Some(interlude)) => &interlude.ask,
            _ => &feedback.text,
        };
        let ended = sampled_end || text.ends_with(&self.template.chat.end_of_turn);
        let ended = ended && self.visible(text).is_none();
        self.template.between(ended, message, facts)
    }

    /// What later turns see of a turn, if that is not all of it: without its end of turn, which the
    /// environment says.
    fn visible(&self, text: &str) -> Option<String> {
        let chat = &self.template.chat;
        let visible = chat.without_reasoning(text)?;
        let visible = visible.strip_suffix(&*chat.end_of_turn).unwrap_or(visible);
        Some(visible.into())
    }

    fn interlude_kind(&self) -> SegmentKind {
        match &self.template.feedback.interlude {
            Some(interlude) if interlude.purpose != Purpose::Reflection => {
                SegmentKind::Verification
            }
            _ => SegmentKind::Reflection,
        }
    }
}

impl Attempts {
    fn draw(&self, seed: u64) -> Result<u32, EnvError> {
        let mut rng = Rng::new(seed);
        match self {
            Self::Fixed(0) | Self::Uniform { max: 0 } => Err(EnvError::NoAttempts),
            Self::Fixed(attempts) => Ok(*attempts),
            // Below a bound of 32 bits, so that the draw fits.
            Self::Uniform { max } => Ok(rng.below(u64::from(*max)) as u32 + 1),
            Self::Weighted(weights) => {
                let total: u64 = weights.iter().map(|w| u64::from(*w)).sum();
                if total == 0 {
                    return Err(EnvError::NoAttempts);
                }
                let mut draw = rng.below(total);
                let drawn = weights.iter().zip(1..).find(|(weight, _)| {
                    let weight = u64::from(**weight);
                    let found = draw < weight;
                    draw = draw.saturating_sub(weight);
                    found
                });
                drawn.map(|(_, n)| n).ok_or(EnvError::NoAttempts)
            }
        }
    }
}

impl Budget {
    /// Tokens that may still be sampled in the turn of `state`.
    pub(super) fn left(&self, state: &State) -> Option<u64> {
        let begun = state.open.as_ref().map_or(0, |open| open.tokens);
        let attempt = self.attempt.map(|most| most.saturating_sub(begun));
        let episode = self.episode.map(|most| most.saturating_sub(state.tokens));
        match (attempt, episode) {
            (Some(attempt), Some(episode)) => Some(attempt.min(episode)),
            (attempt, episode) => attempt.or(episode),
        }
    }
}

impl<R> Prepared<R> {
    /// The task.
    pub fn task(&self) -> &Arc<Task> {
        &self.task
    }

    /// What the verifier read.
    pub fn reference(&self) -> &Arc<R> {
        &self.reference
    }
}

impl<R> Clone for Prepared<R> {
    fn clone(&self) -> Self {
        Self {
            task: Arc::clone(&self.task),
            reference: Arc::clone(&self.reference),
        }
    }
}
