//! A run as a file: every setting under its standard name, each with a default.
//!
//! ```toml
//! model = "Qwen2.5-Math-1.5B"
//! out = "runs/multi_attempt"
//!
//! [data]
//! train = ["math_train.jsonl"]
//!
//! [environment]
//! attempts = { uniform = { max = 5 } }
//!
//! [algorithm]
//! name = "ppo"
//! learning_rate = 5e-7
//! ```

mod algorithm;
mod data;
mod run;
mod sampling;
mod sft;
mod table;

pub use algorithm::{
    Algorithm, AlgorithmConfig, CriticKind, KlPlacement, LossAggregation, ProgressConfig, Prover,
};
pub use data::DataConfig;
pub use run::{CheckpointConfig, Precision, RunConfig, device};
pub use sampling::{EvaluationConfig, SamplingConfig};
pub use sft::{Keep, SftConfig, StarConfig};
