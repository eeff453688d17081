use resit::env::{Attempts, Environment, Episode, SegmentKind, StopReason, Task, Verifier};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::log::JsonLines;
use crate::rollout::Agent;
use crate::sample::Sampling;

/// How often a policy solves its tasks at exactly so many attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Episodes played.
    pub episodes: usize,
    /// Episodes in which an attempt was correct.
    pub solved: usize,
    /// Episodes that came to a second attempt.
    pub retried: usize,
    /// Episodes whose second attempt says the same as the first.
    pub repeated: usize,
}

impl Evaluation {
    /// Counts over ended episodes.
    pub fn of<R>(episodes: &[Episode<R>]) -> Self {
        let mut evaluation = Self::default();
        for episode in episodes {
            let segments = episode.transcript().segments().iter();
            let mut attempts = segments.filter(|s| s.kind == SegmentKind::Attempt);
            let first = attempts.next();
            let second = attempts.next();
            evaluation.episodes += 1;
            evaluation.solved += usize::from(episode.state().stop == Some(StopReason::Solved));
            if let (Some(first), Some(second)) = (first, second) {
                evaluation.retried += 1;
                evaluation.repeated += usize::from(first.text == second.text);
            }
        }
        evaluation
    }

    /// Share of episodes that were solved.
    pub fn accuracy(&self) -> f64 {
        self.solved as f64 / self.episodes.max(1) as f64
    }

    /// Share of second attempts that repeat the first.
    pub fn repeat_rate(&self) -> f64 {
        self.repeated as f64 / self.retried.max(1) as f64
    }
}

/// Plays one episode per task with exactly `attempts` attempts, whatever `environment` grants, and
/// writes each of them to `transcripts`, where there is such a file.
///
/// # Errors
///
/// Those of [`Agent::play`], and a file that cannot be written.
pub fn evaluate<V: Verifier + Clone>(
    agent: &mut Agent,
    environment: &Environment<V>,
    tasks: &[Task],
    attempts: u32,
    sampling: impl Into<Sampling>,
    seed: u64,
    transcripts: Option<&mut JsonLines>,
) -> Result<Evaluation> {
    let environment = Environment {
        attempts: Attempts::Fixed(attempts),
        ..environment.clone()
    };
    let episodes = agent.play(&environment, tasks, sampling, seed)?;
    if let Some(transcripts) = transcripts {
        for episode in &episodes {
            transcripts.write(episode)?;
        }
    }
    Ok(Evaluation::of(&episodes))
}
