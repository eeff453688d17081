use super::{
    Attempt, Attempts, EnvError, Environment, Faults, Phase, PublishedGrader, StopReason, Task,
    Template, Transcript,
};
use crate::{Grader, Policy};

/// How the published code measures a policy: which questions it counts, under which prompt they are
/// asked, and by which numbers a checkpoint is kept. Without faults this is what is right: each
/// question once, under the policy's own prompt, and a checkpoint by a validation set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedEvaluation {
    /// Which faults it has.
    pub faults: Faults,
    /// Whether it is the single-turn baseline that is measured.
    pub baseline: bool,
    /// How many attempts each episode grants.
    pub attempts: u32,
}

impl PublishedEvaluation {
    /// Where the episodes are played.
    pub fn environment(&self) -> Environment<PublishedGrader> {
        let unseen = self.faults.unseen_prompt && self.attempts > 1;
        let base = Environment {
            template: if self.baseline && !unseen {
                Template::single_turn()
            } else {
                Template::multi_attempt()
            },
            attempts: Attempts::Fixed(self.attempts),
            ..Environment::default()
        };
        base.with_verifier(PublishedGrader {
            faults: self.faults,
            phase: Phase::Evaluation,
            baseline: self.baseline,
            verifier: Grader::new(Policy::boxed()),
        })
    }

    /// The accuracy on `tasks` of a policy, which is given what was said and answers: one episode for
    /// each question that counts. 0 without questions.
    ///
    /// # Errors
    ///
    /// Those of [`Environment::reset`] and [`Environment::step`].
    pub fn accuracy(
        &self,
        tasks: &[Task],
        mut policy: impl FnMut(&Transcript) -> Attempt,
    ) -> Result<f64, EnvError> {
        let environment = self.environment();
        let distinct = if self.faults.half_counted_twice {
            tasks.len().div_ceil(2)
        } else {
            tasks.len()
        };
        let counted = tasks.iter().take(distinct).cycle().take(tasks.len());
        let mut solved = 0;
        for task in counted {
            let mut episode = environment.reset(task, 0)?;
            while episode.state().stop.is_none() {
                let attempt = policy(episode.transcript());
                environment.step(&mut episode, attempt)?;
            }
            solved += usize::from(episode.state().stop == Some(StopReason::Solved));
        }
        Ok(solved as f64 / tasks.len().max(1) as f64)
    }

    /// The place of the checkpoint that is kept: the best on `validation`, or with its fault on
    /// `test`, the very sets that are reported. `None` without checkpoints.
    ///
    /// # Errors
    ///
    /// Those of [`accuracy`](Self::accuracy).
    pub fn best_checkpoint<P: FnMut(&Transcript) -> Attempt>(
        &self,
        checkpoints: impl IntoIterator<Item = P>,
        validation: &[Task],
        test: &[Task],
    ) -> Result<Option<usize>, EnvError> {
        let tasks = if self.faults.chosen_on_test_sets {
            test
        } else {
            validation
        };
        let mut best: Option<(usize, f64)> = None;
        for (place, checkpoint) in checkpoints.into_iter().enumerate() {
            let accuracy = self.accuracy(tasks, checkpoint)?;
            if best.is_none_or(|(_, most)| accuracy > most) {
                best = Some((place, accuracy));
            }
        }
        Ok(best.map(|(place, _)| place))
    }
}
