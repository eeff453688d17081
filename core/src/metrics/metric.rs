use alloc::vec::Vec;

use super::{Bootstrap, EpisodeRecord, Interval, Question};

/// A number measured over questions, from which its interval can be drawn.
///
/// Each metric is a function of one or more ratios; the numerator and the denominator of a ratio
/// are sums over questions.
#[derive(Clone, Debug)]
pub struct Metric {
    ratios: Vec<Ratio>,
    of: Function,
}

/// Numerator and denominator of each question.
type Ratio = Vec<(f64, f64)>;

/// Of the ratios.
#[derive(Clone, Debug)]
pub(super) enum Function {
    /// The only ratio itself.
    Itself,
    /// Σ_j (comparator_j - ratio_j).
    Regret { comparator: Vec<f64> },
    /// First the tokens of the points, then their accuracies.
    TokenRegret { budget: f64 },
}

impl Metric {
    /// The mean of what `of` measures in an episode, over the episodes for which it is `Some`.
    ///
    /// ```
    /// use resit::metrics::{Metric, Question};
    /// # let questions: Vec<Question> = Vec::new();
    ///
    /// let attempts = Metric::mean(&questions, |episode| Some(episode.attempts.len() as f64));
    /// assert_eq!(attempts.value(), None); // of no episodes
    /// ```
    pub fn mean(questions: &[Question], of: impl Fn(&EpisodeRecord) -> Option<f64>) -> Self {
        Self::ratio(questions, |episode| of(episode).map(|value| (value, 1.0)))
    }

    /// The sum of numerators over the sum of denominators, each given for an episode.
    pub(super) fn ratio(
        questions: &[Question],
        of: impl Fn(&EpisodeRecord) -> Option<(f64, f64)>,
    ) -> Self {
        Self::of_questions(questions, |question| {
            let parts = question.episodes.iter().filter_map(&of);
            parts.fold((0.0, 0.0), |(n, d), (numerator, denominator)| {
                (n + numerator, d + denominator)
            })
        })
    }

    /// The same, each given for a question.
    pub(super) fn of_questions<T>(questions: &[T], of: impl Fn(&T) -> (f64, f64)) -> Self {
        Self {
            ratios: Vec::from([questions.iter().map(of).collect()]),
            of: Function::Itself,
        }
    }

    /// A function of metrics over the same questions, each of which is a ratio.
    pub(super) fn combine(metrics: impl IntoIterator<Item = Self>, of: Function) -> Self {
        Self {
            ratios: metrics.into_iter().flat_map(|m| m.ratios).collect(),
            of,
        }
    }

    /// The measured value; `None` where nothing counts towards it.
    pub fn value(&self) -> Option<f64> {
        self.evaluate(|ratio| sum(ratio.iter()))
    }

    /// The interval around [`value`](Self::value); `None` where there are fewer than 2 questions or
    /// nothing counts towards it.
    pub fn interval(&self, bootstrap: &Bootstrap) -> Option<Interval> {
        let questions = self.ratios.first().map_or(0, Vec::len);
        bootstrap.interval(questions, |drawn| {
            self.evaluate(|ratio| sum(drawn.iter().filter_map(|&i| ratio.get(i))))
        })
    }

    /// How much counts towards the value: episodes, or attempts, or whatever it is a share of. The
    /// least of its ratios.
    pub fn count(&self) -> f64 {
        let counts = self.ratios.iter().map(|ratio| sum(ratio.iter()).1);
        counts.reduce(f64::min).unwrap_or(0.0)
    }

    fn evaluate(&self, sum: impl Fn(&Ratio) -> (f64, f64)) -> Option<f64> {
        let ratio = |ratio| {
            let (numerator, denominator) = sum(ratio);
            (denominator > 0.0).then(|| numerator / denominator)
        };
        let values: Option<Vec<f64>> = self.ratios.iter().map(ratio).collect();
        self.of.apply(&values?)
    }
}

impl Function {
    fn apply(&self, values: &[f64]) -> Option<f64> {
        match self {
            Self::Itself => values.first().copied(),
            Self::Regret { comparator } => {
                let terms = comparator.iter().zip(values);
                Some(terms.map(|(best, value)| best - value).sum())
            }
            Self::TokenRegret { budget } => {
                let (tokens, accuracies) = values.split_at(values.len() / 2);
                let points = tokens.iter().copied().zip(accuracies.iter().copied());
                super::normalized_token_regret(points, *budget)
            }
        }
    }
}

fn sum<'a>(parts: impl Iterator<Item = &'a (f64, f64)>) -> (f64, f64) {
    parts.fold((0.0, 0.0), |(n, d), (numerator, denominator)| {
        (n + numerator, d + denominator)
    })
}
