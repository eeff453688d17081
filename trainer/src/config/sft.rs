use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::optim::AdamWConfig;
use crate::{Error, Result};

/// Every hyperparameter of supervised fine-tuning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SftConfig {
    /// Files of transcripts whose model is imitated.
    pub dialogues: Vec<PathBuf>,
    /// In place of dialogues: what the model itself gets right.
    pub star: Option<StarConfig>,
    /// Optimizer steps.
    pub steps: usize,
    /// Sequences per step.
    pub batch_size: usize,
    /// Sequences per forward and backward pass, whose gradients are added up. What is larger than
    /// `batch_size` counts as that.
    pub micro_batch_size: usize,
    /// Whether the backward pass computes the activations of each layer again instead of keeping them.
    pub gradient_checkpointing: bool,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Share of the steps over which the learning rate rises from 0.
    pub warmup_ratio: f64,
    /// What remains of the learning rate at the end of the cosine.
    pub min_lr_ratio: f64,
    /// β₁ of Adam.
    pub adam_beta1: f64,
    /// β₂ of Adam.
    pub adam_beta2: f64,
    /// ε of Adam.
    pub adam_epsilon: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// The gradient's norm is clipped to this.
    pub max_grad_norm: f64,
}

/// Self-taught reasoning (STaR, arXiv 2203.14465): the model plays training questions and learns from
/// the episodes that it solved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StarConfig {
    /// How often the model plays and the start is fine-tuned on what was right.
    pub rounds: usize,
    /// Questions per round.
    pub questions: usize,
    /// Episodes of each question.
    pub samples_per_prompt: usize,
    /// What is learned from.
    pub keep: Keep,
}

/// Which of the episodes that were solved are imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Keep {
    /// All.
    Correct,
    /// Of each question the one with the most progress on its way, by forced answers: MRT (STaR),
    /// arXiv 2503.07572.
    Progress {
        /// Answers after each attempt.
        answers: usize,
    },
}

impl Default for StarConfig {
    fn default() -> Self {
        Self {
            rounds: 1,
            questions: 1024,
            samples_per_prompt: 4,
            keep: Keep::Correct,
        }
    }
}

impl Default for SftConfig {
    fn default() -> Self {
        Self {
            dialogues: Vec::new(),
            star: None,
            steps: 1000,
            batch_size: 128,
            micro_batch_size: 128,
            gradient_checkpointing: false,
            learning_rate: 1e-5,
            warmup_ratio: 0.03,
            min_lr_ratio: 0.1,
            adam_beta1: 0.9,
            adam_beta2: 0.95,
            adam_epsilon: 1e-8,
            weight_decay: 0.0,
            max_grad_norm: 1.0,
        }
    }
}

impl SftConfig {
    /// Refuses what cannot be trained.
    pub(crate) fn check(&self) -> Result<()> {
        let star = self.star.as_ref();
        let fault = if self.batch_size == 0 || self.micro_batch_size == 0 {
            "a batch needs at least one sequence"
        } else if star.is_some_and(|s| s.rounds * s.questions * s.samples_per_prompt == 0) {
            "STaR needs at least one round, one question and one episode"
        } else if star.is_some_and(|s| s.keep == Keep::Progress { answers: 0 }) {
            "forced answers tell progress: at least one is needed"
        } else {
            return Ok(());
        };
        Err(Error::Config(fault.into()))
    }

    /// What concerns the optimizer.
    pub fn adamw(&self) -> AdamWConfig {
        AdamWConfig {
            beta1: self.adam_beta1,
            beta2: self.adam_beta2,
            epsilon: self.adam_epsilon,
            weight_decay: self.weight_decay,
        }
    }
}
