//! Episodes that return to an earlier step (the backtracking form of arXiv 2503.07572).

use alloc::vec::Vec;

use super::{Attempt, EnvError, Environment, Episode, Outcome, Segment, Verifier};
use crate::grade::Reference;

/// A tree of attempts: each follows the question, or any attempt before it in time.
///
/// ```
/// use resit::env::{Attempt, Attempts, Backtracking, Environment, Task};
///
/// let environment = Environment { attempts: Attempts::Fixed(3), ..Environment::default() };
/// let start = environment.reset(&Task::new("6 × 7?", "42"), 0)?;
/// let mut search = Backtracking::new(start);
/// search.step(&environment, Attempt::text(r"\boxed{1}"))?;
/// search.step(&environment, Attempt::text(r"\boxed{2}"))?;
/// search.return_to(1)?;
/// let outcome = search.step(&environment, Attempt::text(r"\boxed{42}"))?;
/// assert_eq!(outcome.reward, 1.0);
/// let said = search.episode().transcript().text();
/// assert!(said.contains("{1}") && !said.contains("{2}"));
/// // In the order of time, the last two of three attempts.
/// let text: String = search.linearized(2).map(|segment| segment.text.as_str()).collect();
/// assert!(!text.contains("{1}") && text.contains("{2}") && text.ends_with("{42}"));
/// # Ok::<(), resit::env::EnvError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Backtracking<R = Reference> {
    steps: Vec<Step<R>>,
    current: usize,
}

#[derive(Clone, Debug)]
struct Step<R> {
    episode: Episode<R>,
    /// Segments that the step before it in the tree had.
    inherited: usize,
}

impl<R> Backtracking<R> {
    /// Starts where `episode` stands: step 0.
    pub fn new(episode: Episode<R>) -> Self {
        Self {
            steps: Vec::from([Step {
                episode,
                inherited: 0,
            }]),
            current: 0,
        }
    }

    /// The number of the last step in time: how often [`step`](Self::step) was called.
    pub fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// Goes back, so that the next attempt follows step number `step`.
    ///
    /// # Errors
    ///
    /// [`EnvError::NoSuchStep`].
    pub fn return_to(&mut self, step: usize) -> Result<(), EnvError> {
        if step >= self.steps.len() {
            let after = u32::try_from(step).unwrap_or(u32::MAX);
            return Err(EnvError::NoSuchStep { after });
        }
        self.current = step;
        Ok(())
    }

    /// The episode from the start to the current step, along the tree.
    pub fn episode(&self) -> &Episode<R> {
        // There is always a step 0, and the current one exists.
        &self.steps[self.current].episode
    }

    /// Gives ids to what the environment said up to the current step.
    pub fn encode(&mut self, encode: impl FnMut(&str) -> Vec<u32>) {
        if let Some(step) = self.steps.get_mut(self.current) {
            step.episode.encode(encode);
        }
    }

    /// Takes a whole attempt after the current step, which leads to a new one.
    ///
    /// # Errors
    ///
    /// Those of [`Environment::step`]; then there is no new step.
    pub fn step<V: Verifier<Reference = R>>(
        &mut self,
        environment: &Environment<V>,
        attempt: Attempt,
    ) -> Result<Outcome, EnvError> {
        let mut episode = self.episode().clone();
        let inherited = episode.transcript().segments().len();
        let outcome = environment.step(&mut episode, attempt)?;
        self.steps.push(Step { episode, inherited });
        self.current = self.steps.len() - 1;
        Ok(outcome)
    }

    /// All that was said, as one line: what step 0 holds, then what each of the last `window` steps
    /// added, in the order of time, whatever they followed. What such a policy is evaluated on; it
    /// is not what its tokens were sampled after.
    pub fn linearized(&self, window: usize) -> impl Iterator<Item = &Segment> {
        let first = self.steps.len().saturating_sub(window).max(1);
        let steps = self
            .steps
            .iter()
            .take(1)
            .chain(self.steps.iter().skip(first));
        steps.flat_map(|step| {
            let segments = step.episode.transcript().segments();
            segments.get(step.inherited..).unwrap_or_default()
        })
    }
}
