//! How good an answer given now would be: J, the value of what was said so far under a prover that
//! has to answer ("Optimizing test-time compute via meta reinforcement fine-tuning", arXiv
//! 2503.07572).

use alloc::vec::Vec;

use super::{
    Attempt, AttemptResult, EnvError, Environment, Episode, Finish, SegmentKind, StopReason, Turn,
    Verifier,
};

/// An estimate of J_j, the expected accuracy of an answer given after j attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Between 0 and 1.
    pub value: f64,
    /// Where it comes from.
    pub prover: Prover,
}

/// Where an [`Estimate`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prover {
    /// An attempt was right, so J is 1.
    Solved,
    /// The mean over answers that the policy was forced to give.
    Forced {
        /// How many there were.
        answers: u32,
    },
    /// A critic's value: approximate.
    Critic,
    /// Known, as for a generated question and a policy whose chances are known.
    Exact,
}

impl Estimate {
    /// J once an attempt is right.
    pub const SOLVED: Self = Self {
        value: 1.0,
        prover: Prover::Solved,
    };

    /// The share of forced answers that are right. `None` without an answer.
    pub fn forced(answers: &[AttemptResult]) -> Option<Self> {
        let right = answers.iter().filter(|answer| answer.correct()).count();
        (!answers.is_empty()).then(|| Self {
            value: right as f64 / answers.len() as f64,
            prover: Prover::Forced {
                answers: u32::try_from(answers.len()).unwrap_or(u32::MAX),
            },
        })
    }

    /// J = (V + 1) / 2 from the value V of the state before the attempt's first token, for a reward
    /// of 1 for right and -1 for wrong; cut to 0 and 1. `None` if V is not finite.
    ///
    /// Approximate, whatever the critic: V is the expected reward of all attempts that are left, not
    /// of one, and a wrong answer in a box costs less than 1 under the paper's tiers.
    pub fn critic(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self {
            value: ((value + 1.0) / 2.0).clamp(0.0, 1.0),
            prover: Prover::Critic,
        })
    }

    /// A value that is known, as [`Posterior::accuracy`](crate::generate::Posterior::accuracy);
    /// `None` if it is not between 0 and 1.
    pub fn exact(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self {
            value,
            prover: Prover::Exact,
        })
    }

    /// Whether it stands for another quantity than J, not only for a sample of it.
    pub fn is_approximate(&self) -> bool {
        self.prover == Prover::Critic
    }
}

impl<V: Verifier> Environment<V> {
    /// The fork in which a prover answers after `after` attempts: the episode as it was when the
    /// next attempt was about to begin. Where it ended because that was the last, one more is
    /// granted, and the feedback says so.
    ///
    /// # Errors
    ///
    /// [`EnvError::NoSuchStep`] where no attempt can follow: after a right one, in a full context,
    /// or beyond the budget. Those of [`step`](Self::step).
    pub fn fork_for_answer(
        &self,
        episode: &Episode<V::Reference>,
        after: u32,
    ) -> Result<Episode<V::Reference>, EnvError> {
        let state = episode.state();
        let last = state.stop == Some(StopReason::Exhausted) && after == state.used();
        if !last {
            return episode.fork(after);
        }
        let missing = EnvError::NoSuchStep { after };
        let turns = episode.transcript().segments().iter();
        let turn = turns
            .rev()
            .find(|segment| segment.kind == SegmentKind::Attempt && segment.attempt == after)
            .ok_or(missing.clone())?;
        let mut fork = episode.fork(after.checked_sub(1).ok_or(missing.clone())?)?;
        fork.state.attempts = state.attempts.checked_add(1).ok_or(missing.clone())?;
        let attempt = Attempt {
            text: turn.text.clone(),
            tokens: turn.tokens.clone(),
            logprobs: turn.logprobs.clone(),
            finish: turn.finish.unwrap_or(Finish::EndOfTurn),
        };
        self.step(&mut fork, attempt)?;
        let awaits = fork.state.stop.is_none() && fork.state.turn == Turn::Attempt;
        awaits.then_some(fork).ok_or(missing)
    }

    /// What each of several whole answers comes to as the next attempt of `fork`, which stays as it
    /// is. An answer that is cut off is not right.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step).
    pub fn answer_now(
        &self,
        fork: &Episode<V::Reference>,
        answers: impl IntoIterator<Item = Attempt>,
    ) -> Result<Vec<AttemptResult>, EnvError> {
        let played = answers.into_iter().map(|mut answer| {
            if answer.finish == Finish::Open {
                answer.finish = Finish::Length;
            }
            let mut play = fork.clone();
            let status = self.step(&mut play, answer)?.status;
            let result = play.state.results.get(fork.state.results.len());
            // Nothing at all is no attempt, but an answer that is not right.
            Ok(result.cloned().unwrap_or(AttemptResult {
                status,
                judgement: None,
                repeated: false,
                tokens: 0,
            }))
        });
        played.collect()
    }

    /// J_0, J_1, … of an episode: from the first right attempt to the end 1, before it the share of
    /// right answers among those that `prover` samples in a fork. The fork's transcript may have to
    /// be encoded before it can be sampled from.
    ///
    /// Up to J_N, if each attempt can be followed by another; else up to the last that can.
    ///
    /// ```
    /// use resit::env::{Attempt, Attempts, EnvError, Environment, Task};
    ///
    /// let environment = Environment { attempts: Attempts::Fixed(2), ..Environment::default() };
    /// let mut episode = environment.reset(&Task::new("6 × 7?", "42"), 0)?;
    /// environment.step(&mut episode, Attempt::text(r"\boxed{13}"))?;
    /// environment.step(&mut episode, Attempt::text(r"\boxed{42}"))?;
    /// let values = environment.values(&episode, |fork| {
    ///     let right = Attempt::text(r"\boxed{42}");
    ///     let wrong = Attempt::text(r"\boxed{41}");
    ///     let first = fork.state().used() == 0;
    ///     Ok::<_, EnvError>(vec![right, if first { wrong.clone() } else { Attempt::text(r"\boxed{42}") }])
    /// })?;
    /// let values: Vec<f64> = values.iter().map(|estimate| estimate.value).collect();
    /// assert_eq!(values, [0.5, 1.0, 1.0]);
    /// # Ok::<(), EnvError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `prover`, and [`EnvError::NoAnswers`] if it gives none.
    pub fn values<E: From<EnvError>>(
        &self,
        episode: &Episode<V::Reference>,
        mut prover: impl FnMut(&mut Episode<V::Reference>) -> Result<Vec<Attempt>, E>,
    ) -> Result<Vec<Estimate>, E> {
        let state = episode.state();
        let right = state.results.iter().position(AttemptResult::correct);
        let mut values = Vec::new();
        for after in 0..=state.attempts {
            if right.is_some_and(|index| index < after as usize) {
                values.push(Estimate::SOLVED);
                continue;
            }
            let mut fork = match self.fork_for_answer(episode, after) {
                Err(EnvError::NoSuchStep { .. }) => break,
                fork => fork?,
            };
            let answers = prover(&mut fork)?;
            let answers = self.answer_now(&fork, answers)?;
            values.push(Estimate::forced(&answers).ok_or(EnvError::NoAnswers)?);
        }
        Ok(values)
    }
}
