//! Multi-attempt reinforcement learning on questions with a checkable answer.
//!
//! Two flows meet here:
//!
//! 1. Grading: model output → [`extract`] → `latex` → `expr` → `canon` → [`grade`](mod@grade) → [`Verdict`].
//! 2. Learning: [`env`](mod@env) state + action → transition (the only caller of the grader) → outcome,
//!    reward, feedback → transcript.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

mod canon;
pub mod env;
mod every;
mod expr;
pub mod extract;
pub mod generate;
pub mod grade;
mod latex;
mod limits;
pub mod metrics;
#[cfg(feature = "serde")]
mod named;
mod rng;
mod words;

pub use grade::{Grader, Policy, Verdict, grade};
pub use limits::Limits;
pub use rng::shuffle;
