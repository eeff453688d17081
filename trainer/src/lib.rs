//! PPO for episodes of several attempts, on candle: the trainer of "Learning from Failures in
//! Multi-Attempt Reinforcement Learning" (arXiv 2503.04808).
//!
//! The data flow one way: an environment of [`resit`] makes episodes, a batch holds their tokens,
//! and from them follow advantages, losses and optimizer steps.

/// Sequences as tensors.
pub mod batch;
mod error;
/// Advantages.
pub mod gae;
/// The distance to the reference model.
pub mod kl;
pub mod loss;
pub mod model;
/// Gradients and what is done with them.
pub mod optim;
/// The learning rate over time.
pub mod schedule;

pub use error::{Error, Result};
