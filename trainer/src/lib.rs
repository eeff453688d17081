//! PPO for episodes of several attempts, on candle: the trainer of "Learning from Failures in
//! Multi-Attempt Reinforcement Learning" (arXiv 2503.04808).
//!
//! The data flow one way: an environment of [`resit`] makes episodes, a batch holds their tokens,
//! and from them follow advantages, losses and optimizer steps.

mod advantage;
/// How far something is.
pub mod bar;
/// Sequences as tensors.
pub mod batch;
pub mod benchmark;
pub mod checkpoint;
pub mod config;
pub mod cost;
mod cut;
mod decode;
pub mod demo;
pub mod dialogue;
mod error;
/// Accuracy at exactly k attempts.
pub mod eval;
/// Advantages by a critic.
pub mod gae;
pub mod group;
pub mod imitate;
mod interval;
/// The distance to the reference model.
pub mod kl;
mod learner;
pub mod log;
pub mod lora;
pub mod loss;
pub mod model;
mod ops;
/// Gradients and what is done with them.
pub mod optim;
/// What is trained on in which order.
pub mod passes;
pub mod plan;
/// The algorithm.
pub mod ppo;
/// How far an attempt got.
pub mod progress;
pub mod report;
/// Episodes played by a model.
pub mod rollout;
/// Text from a model.
pub mod sample;
/// The learning rate over time.
pub mod schedule;
mod seed;
/// Supervised fine-tuning.
pub mod sft;
mod snapshot;
/// Text to ids and back.
pub mod tokenize;
/// One iteration after another, and its metrics.
pub mod train;
mod trajectory;

pub use error::{Error, Result};
