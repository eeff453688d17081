//! The multi-attempt Markov decision process: a question, several attempts, feedback in between,
//! one reward at the end ("Learning from Failures in Multi-Attempt Reinforcement Learning",
//! arXiv 2503.04808).
//!
//! [`Environment`] is the configuration, [`Episode`] is the data. [`transition`] is the whole
//! dynamics as a pure function; [`Environment::step`] applies it and writes the [`Transcript`].
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
mod episode;
mod error;
mod reward;
mod state;
mod task;
mod template;
mod transcript;
mod transition;

pub use attempt::{Attempt, Finish};
pub use episode::{Attempts, Environment, Episode};
pub use error::EnvError;
pub use reward::RewardScheme;
pub use state::{State, StopReason};
pub use task::Task;
pub use template::Template;
pub use transcript::{Segment, SegmentKind, Transcript};
pub use transition::{Outcome, Status, transition};
