use alloc::vec::Vec;

#[cfg(feature = "parallel")]
use rayon::prelude::*;

use super::{Attempt, EnvError, Environment, Episode, Outcome, Prepared, Verifier};
use crate::Grader;
use crate::rng::Rng;

/// Many episodes of one environment, stepped by one call: on all threads of the current rayon pool
/// with the feature `parallel`, one after another without it, with the same results.
///
/// ```
/// use resit::env::{Attempt, BatchEnv, Environment, Task};
///
/// let environment = Environment::default();
/// let task = environment.prepare(Task::new("6 × 7?", "42"))?;
/// let mut batch = BatchEnv::new(environment, &[task.clone(), task], 0)?;
/// let outcomes = batch.step(vec![Some(Attempt::text(r"\boxed{42}")), None]);
/// assert!(matches!(&outcomes[0], Some(Ok(outcome)) if outcome.reward == 1.0));
/// assert_eq!(outcomes[1], None);
/// # Ok::<(), resit::env::EnvError>(())
/// ```
#[derive(Debug)]
pub struct BatchEnv<V: Verifier = Grader> {
    environment: Environment<V>,
    episodes: Vec<Episode<V::Reference>>,
}

/// What a step came to; `None` for an episode that took none.
type Stepped = Option<Result<Outcome, EnvError>>;

impl<V: Verifier> BatchEnv<V> {
    /// Starts one episode for each of `tasks`. The seed of each follows from `seed` and its place.
    ///
    /// # Errors
    ///
    /// [`EnvError::NoAttempts`] if N would be 0.
    pub fn new(
        environment: Environment<V>,
        tasks: &[Prepared<V::Reference>],
        seed: u64,
    ) -> Result<Self, EnvError> {
        let start = |(place, task): (u64, &Prepared<V::Reference>)| {
            let seed = seed ^ Rng::new(place).next_u64();
            environment.start(task, Rng::new(seed).next_u64())
        };
        let episodes = (0..).zip(tasks).map(start).collect::<Result<_, _>>()?;
        Ok(Self {
            environment,
            episodes,
        })
    }

    /// The environment.
    pub fn environment(&self) -> &Environment<V> {
        &self.environment
    }

    /// The episodes, in the order of their tasks.
    pub fn episodes(&self) -> &[Episode<V::Reference>] {
        &self.episodes
    }

    /// The episodes, to [`encode`](Episode::encode) what was said.
    pub fn episodes_mut(&mut self) -> &mut [Episode<V::Reference>] {
        &mut self.episodes
    }

    /// The episodes, when all is done.
    pub fn into_episodes(self) -> Vec<Episode<V::Reference>> {
        self.episodes
    }
}

impl<V: Verifier + Sync> BatchEnv<V>
where
    V::Reference: Send + Sync,
{
    /// Steps each episode by the attempt at its place, if there is one. An error concerns the
    /// episode at its place alone.
    pub fn step(&mut self, mut attempts: Vec<Option<Attempt>>) -> Vec<Stepped> {
        let surplus = attempts.split_off(attempts.len().min(self.episodes.len()));
        let first = attempts.len();
        attempts.resize(self.episodes.len(), None);
        let environment = &self.environment;
        let step = |(episode, attempt): (&mut Episode<V::Reference>, Option<Attempt>)| {
            attempt.map(|attempt| environment.step(episode, attempt))
        };
        #[cfg(feature = "parallel")]
        let pairs = self.episodes.par_iter_mut().zip(attempts);
        #[cfg(not(feature = "parallel"))]
        let pairs = self.episodes.iter_mut().zip(attempts);
        let mut outcomes: Vec<Stepped> = pairs.map(step).collect();
        let refused = (first..)
            .zip(surplus)
            .map(|(index, attempt)| attempt.map(|_| Err(EnvError::NoSuchEpisode { index })));
        outcomes.extend(refused);
        outcomes
    }
}
