//! A bonus for progress: what an attempt adds to the chance that an answer given now is right
//! (arXiv 2503.07572).

use alloc::vec::Vec;

use super::{Credit, Episode, RewardScheme, Sequence};
use crate::rng::Rng;

/// α (J_k - J_{k-1}) for attempt k, beside the outcome's reward, which stays as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProgressBonus {
    /// α. The paper that introduces the bonus leaves its value open.
    pub alpha: f64,
    /// How far a bonus reaches back.
    pub credit: ProgressCredit,
}

/// How far a bonus reaches back. The third form, with one advantage for all that follows a random
/// cut, needs no bonus: [`draw_cut`] and [`advantages_over_answering_now`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ProgressCredit {
    /// To the first token of its own attempt: added to the advantage of each of its tokens.
    Attempt,
    /// As a reward does: on the last token of its attempt, so that it propagates to all tokens
    /// before. With γ = 1 the bonuses add up to α (J_K - J_0), which depends on the outcome alone.
    Return,
}

/// What is trained, and what is added to the advantages that are estimated from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Credited {
    /// With the rewards of [`ProgressCredit::Return`] among its rewards.
    pub sequence: Sequence,
    /// For each token; 0 where the mask is false, and for all but [`ProgressCredit::Attempt`].
    pub advantages: Vec<f64>,
}

impl ProgressBonus {
    /// The bonus of attempts 1, 2, … from J_0, J_1, ….
    ///
    /// ```
    /// use resit::env::{ProgressBonus, ProgressCredit};
    ///
    /// let bonus = ProgressBonus { alpha: 2.0, credit: ProgressCredit::Attempt };
    /// assert_eq!(bonus.bonuses(&[0.25, 0.75, 0.5]), [1.0, -0.5]);
    /// ```
    pub fn bonuses(&self, values: &[f64]) -> Vec<f64> {
        let pairs = values.iter().zip(values.iter().skip(1));
        pairs
            .map(|(before, after)| self.alpha * (after - before))
            .collect()
    }
}

impl<R> Episode<R> {
    /// [`sequences`](Self::sequences) with a progress bonus. `values` are J_0, J_1, …; an attempt
    /// without a J before and after it gets no bonus. What comes between an attempt and the next,
    /// such as a reflection, belongs to the attempt.
    pub fn progress_sequences(
        &self,
        rewards: &RewardScheme,
        bonus: &ProgressBonus,
        values: &[f64],
    ) -> Vec<Credited> {
        let bonuses = bonus.bonuses(values);
        let of = |number: u32| {
            let index = (number as usize).checked_sub(1);
            let bonus = index.and_then(|index| bonuses.get(index));
            bonus.copied().unwrap_or(0.0)
        };
        // The number of the attempt on the last token of each of the model's turns.
        let numbers = self
            .transcript
            .sequences(Credit::Attempt, |segment, _| f64::from(segment.attempt));
        let sequences = self.sequences(rewards).into_iter().zip(numbers);
        let credited = sequences.map(|(mut sequence, numbers)| {
            let mut advantages = alloc::vec![0.0; sequence.tokens.len()];
            // From the end, since a number stands on the last token of its turn.
            let (mut turn, mut paid) = (0, 0);
            for (index, &number) in numbers.rewards.iter().enumerate().rev() {
                if number > 0.0 {
                    turn = number as u32;
                }
                if sequence.loss_mask.get(index) != Some(&true) {
                    continue;
                }
                match bonus.credit {
                    ProgressCredit::Attempt => {
                        if let Some(advantage) = advantages.get_mut(index) {
                            *advantage = of(turn);
                        }
                    }
                    ProgressCredit::Return if turn != paid => {
                        if let Some(reward) = sequence.rewards.get_mut(index) {
                            *reward += of(turn);
                        }
                        paid = turn;
                    }
                    ProgressCredit::Return => {}
                }
            }
            Credited {
                sequence,
                advantages,
            }
        });
        credited.collect()
    }
}

/// After how many attempts an episode of `attempts` attempts is cut, uniform in 0..attempts: from
/// [`Episode::fork`] there, some continuations answer now and others go on. `None` for no attempts.
pub fn draw_cut(attempts: u32, seed: u64) -> Option<u32> {
    // Below a bound of 32 bits, so that the draw fits.
    (attempts > 0).then(|| Rng::new(seed).below(u64::from(attempts)) as u32)
}

/// The advantage of each continuation from a cut: its reward less the mean reward of those that
/// answered now. `None` if there are none of these.
///
/// ```
/// use resit::env::advantages_over_answering_now;
///
/// let advantages = advantages_over_answering_now(&[1.0, -1.0], &[1.0, -0.5]);
/// assert_eq!(advantages, Some(vec![1.0, -0.5]));
/// ```
pub fn advantages_over_answering_now(now: &[f64], rewards: &[f64]) -> Option<Vec<f64>> {
    if now.is_empty() {
        return None;
    }
    let mean = now.iter().sum::<f64>() / now.len() as f64;
    Some(rewards.iter().map(|reward| reward - mean).collect())
}
