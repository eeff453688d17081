//! The multi-attempt Markov decision process: a question, several attempts, feedback in between,
//! and a reward ("Learning from Failures in Multi-Attempt Reinforcement Learning",
//! arXiv 2503.04808).
//!
//! [`Environment`] is the configuration, [`Episode`] is the data. [`transition`] is the whole
//! dynamics as a pure function; [`Environment::step`] applies it and writes the [`Transcript`];
//! [`BatchEnv`] steps many episodes at once. What is right is decided by a [`Verifier`]: the
//! [`Grader`](crate::Grader), or one of your own for tasks of another kind.
//!
//! ```
//! use resit::env::{Attempt, Attempts, Environment, Task};
//!
//! let environment = Environment { attempts: Attempts::Fixed(2), ..Environment::default() };
//! let mut episode = environment.reset(&Task::new("What is 6 × 7?", "42"), 0)?;
//! let first = environment.step(&mut episode, Attempt::text(r"It is \boxed{43}."))?;
//! assert!(first.feedback.is_some_and(|text| text.contains("You have 1 attempts left.")));
//! let second = environment.step(&mut episode, Attempt::text(r"No, \boxed{42}."))?;
//! assert_eq!(second.reward, 1.0);
//! # Ok::<(), resit::env::EnvError>(())
//! ```

mod attempt;
mod backtrack;
mod batch;
mod chat;
mod check;
mod environment;
mod episode;
mod error;
mod feedback;
mod progress;
mod prover;
mod published;
mod published_evaluation;
mod reward;
mod schema;
#[cfg(feature = "serde")]
mod settings;
mod state;
mod task;
mod template;
mod transcript;
mod transition;
mod verifier;

pub use attempt::{Attempt, Finish};
pub use backtrack::Backtracking;
pub use batch::BatchEnv;
pub use chat::{CHATS, Chat, Role, Thinking};
pub use check::Fault;
pub use environment::{Attempts, Budget, Ending, Environment, Prepared};
pub use episode::Episode;
pub use error::EnvError;
pub use feedback::{FEEDBACKS, Feedback, Interlude, Purpose};
pub use progress::{
    Credited, ProgressBonus, ProgressCredit, advantages_over_answering_now, draw_cut,
};
pub use prover::{Estimate, Prover};
pub use published::{Faults, Phase, PublishedGrader};
pub use published_evaluation::PublishedEvaluation;
pub use reward::{Aggregate, Credit, LengthPenalty, RewardScheme};
pub use state::{AttemptResult, Open, State, StopReason, Turn};
pub use task::Task;
pub use template::{TEMPLATES, Template};
pub use transcript::{Segment, SegmentKind, Sequence, Transcript};
pub use transition::{Outcome, Status, transition};
pub use verifier::{Judgement, Verifier};
