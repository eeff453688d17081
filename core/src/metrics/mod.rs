//! What transcripts say of a policy: accuracy by attempts, what a second attempt adds, votes,
//! progress and regret, each with a bootstrap interval.
//!
//! A transcript becomes an [`EpisodeRecord`], the records of one question a [`Question`]. Each
//! function here turns questions into a [`Metric`], which has a value and an interval:
//!
//! ```
//! use resit::Grader;
//! use resit::env::{Attempt, Attempts, Environment, Task};
//! use resit::metrics::{Bootstrap, EpisodeRecord, Question, solved_by};
//!
//! let environment = Environment { attempts: Attempts::Fixed(2), ..Environment::default() };
//! let mut records = Vec::new();
//! for answer in [42, 43, 44] {
//!     let mut episode = environment.reset(&Task::new(format!("{answer} = ?"), "42"), 0)?;
//!     environment.step(&mut episode, Attempt::text(format!(r"\boxed{{{answer}}}")))?;
//!     if answer == 43 {
//!         environment.step(&mut episode, Attempt::text(r"\boxed{42}"))?;
//!     }
//!     records.push(EpisodeRecord::of(&episode));
//! }
//! let questions = Question::group(records);
//! assert_eq!(solved_by(&questions, 1).value(), Some(1.0 / 3.0));
//! assert_eq!(solved_by(&questions, 2).value(), Some(2.0 / 3.0));
//! let interval = solved_by(&questions, 2).interval(&Bootstrap::default());
//! assert!(interval.is_some_and(|i| i.low <= 2.0 / 3.0 && 2.0 / 3.0 <= i.high));
//! # Ok::<(), resit::env::EnvError>(())
//! ```

mod attempts;
mod bootstrap;
mod metric;
mod record;
mod regret;
mod votes;

pub use attempts::{
    accuracy_at, break_rate, distinct_answers, fix_rate, format_rate, repeat_rate, solved_by,
    tokens_after, tokens_to_solve,
};
pub use bootstrap::{Bootstrap, Interval};
pub use metric::Metric;
pub use record::{AttemptRecord, EpisodeRecord, Question};
pub use regret::{cumulative_regret, normalized_token_regret, progress, token_regret, value_after};
pub use votes::{Ballot, Prefix, majority_at, majority_by_tokens, pass_at};
