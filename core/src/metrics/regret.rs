//! Progress and regret ("Optimizing test-time compute via meta reinforcement fine-tuning", arXiv
//! 2503.07572), with the attempts of an episode as its steps.

use alloc::vec::Vec;

use super::attempts::share;
use super::metric::Function;
use super::{EpisodeRecord, Metric, Question};

impl EpisodeRecord {
    /// J_j of this episode: the expected accuracy of an answer given after `j` attempts.
    ///
    /// 1 once one of them is correct. Else the recorded estimate. Else, where no estimate was
    /// recorded, the attempt that follows counts as a sample of one: 1 if it is correct and 0 if
    /// not, or if the episode ended before it.
    ///
    /// `None` where the episode granted no further attempt, unless J_j was recorded: what is known
    /// without a record is then known of solved episodes only, and would mislead.
    pub fn value_after(&self, j: u32) -> Option<f64> {
        let recorded = self.values.get(j as usize).copied();
        if j >= self.granted && recorded.is_none() {
            return None;
        }
        if self.solved_by(j) {
            return Some(1.0);
        }
        recorded.or_else(|| Some(share(self.solved_by(j.checked_add(1)?))))
    }
}

/// J_j: [`EpisodeRecord::value_after`], on average over the episodes that have it. Without recorded
/// estimates this is the solved-by curve, one attempt ahead: J_j = S(j + 1).
pub fn value_after(questions: &[Question], j: u32) -> Metric {
    Metric::mean(questions, |episode| episode.value_after(j))
}

/// The progress of attempt `k`, J_k - J_{k-1}, on average over the episodes that have both. Without
/// a value for `k` = 0.
pub fn progress(questions: &[Question], k: u32) -> Metric {
    Metric::mean(questions, |episode| {
        Some(episode.value_after(k)? - episode.value_after(k.checked_sub(1)?)?)
    })
}

/// The cumulative regret Δ_K = Σ_{j<K} (J*_j - J_j) against `comparator`, which holds J*_0, …,
/// J*_{K-1}. For the comparator that always answers right, it holds ones; for the best of several
/// policies, the largest of their J_j for each j.
pub fn cumulative_regret(questions: &[Question], comparator: &[f64]) -> Metric {
    let values = (0..).zip(comparator);
    Metric::combine(
        values.map(|(j, _)| value_after(questions, j)),
        Function::Regret {
            comparator: Vec::from(comparator),
        },
    )
}

/// The normalised token regret of `attempts` attempts up to a budget of `budget` sampled tokens:
/// [`normalized_token_regret`] of the points (tokens sampled in the first k attempts, S(k)) for k
/// from 1 to `attempts`. Over the episodes granted at least so many whose tokens are known.
pub fn token_regret(questions: &[Question], attempts: u32, budget: f64) -> Metric {
    let mean = |of: fn(&EpisodeRecord, u32) -> Option<f64>| {
        move |k| {
            Metric::mean(questions, move |episode| {
                episode.tokens_after(attempts)?;
                (episode.granted >= attempts).then(|| of(episode, k))?
            })
        }
    };
    let tokens = mean(|episode, k| episode.tokens_after(k).map(|tokens| tokens as f64));
    let solved = mean(|episode, k| Some(share(episode.solved_by(k))));
    let points = (1..=attempts).map(tokens).chain((1..=attempts).map(solved));
    Metric::combine(points, Function::TokenRegret { budget })
}

/// 1 - A / C, where C is the `budget` in tokens and A the area up to C under the curve through
/// `points`, which are pairs of tokens and accuracy (between 0 and 1) in order of tokens. The curve
/// starts at (0, 0), is linear between points and flat after the last.
///
/// `None` if the budget is not positive, or there are no points.
///
/// ```
/// use resit::metrics::normalized_token_regret;
///
/// // Up to 100 tokens a triangle, then a rectangle: 100 × 0.5 / 2 + 100 × 0.5 of 200.
/// assert_eq!(normalized_token_regret([(100.0, 0.5)], 200.0), Some(1.0 - 75.0 / 200.0));
/// ```
pub fn normalized_token_regret(
    points: impl IntoIterator<Item = (f64, f64)>,
    budget: f64,
) -> Option<f64> {
    if budget.is_nan() || budget <= 0.0 {
        return None;
    }
    let mut area = 0.0;
    let mut last = None;
    let mut before = (0.0, 0.0);
    for (tokens, accuracy) in points {
        last = Some(accuracy);
        let end = tokens.min(budget);
        if end > before.0 {
            let slope = (accuracy - before.1) / (tokens - before.0);
            let reached = before.1 + slope * (end - before.0);
            area += (end - before.0) * (before.1 + reached) / 2.0;
        }
        before = (tokens, accuracy);
    }
    area += (budget - before.0).max(0.0) * last?;
    Some(1.0 - area / budget)
}
