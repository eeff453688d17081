use std::collections::BTreeMap;

use serde::Deserialize;

/// Table 1 and Figures 1, 4 and 5 of arXiv 2503.04808 as numbers, from `data/multi_attempt.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct PublishedCurves {
    /// Of the paper.
    pub title: String,
    /// Where the numbers were read.
    pub source: String,
    /// What they are.
    pub what: String,
    /// By the names `average`, `aime24`, `math500`, `amc23`, `minerva_math` and `olympiadbench`.
    pub benchmarks: BTreeMap<String, Curves>,
    /// Table 1, by the same names: accuracy in % of one attempt that is generated to its end. Its
    /// averages are the paper's, not the means of its columns.
    pub table_1: BTreeMap<String, Pair>,
    /// Figure 4, by eye: the reward of training at two steps.
    pub figure_4: RewardCurves,
}

/// A number for each of the two policies.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Pair {
    /// Trained with several attempts.
    pub multi_attempt: f64,
    /// Trained with one.
    pub single_turn: f64,
}

/// Mean rewards by step.
#[derive(Clone, Debug, Deserialize)]
pub struct RewardCurves {
    /// Trained with several attempts.
    pub multi_attempt: Vec<(f64, f64)>,
    /// Trained with one.
    pub single_turn: Vec<(f64, f64)>,
}

/// Accuracy in % at exactly 1, 2, … attempts.
#[derive(Clone, Debug, Deserialize)]
pub struct Curves {
    /// Trained with several attempts.
    pub multi_attempt: Vec<f64>,
    /// Trained with one.
    pub single_turn: Vec<f64>,
}

/// The published numbers.
///
/// # Errors
///
/// None, as long as the file that was compiled in is what it should be.
pub fn published() -> Result<PublishedCurves, serde_json::Error> {
    serde_json::from_str(include_str!("../data/multi_attempt.json"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The text of the paper says 45.4 and 43.5.
    #[test]
    fn table_1_has_the_benchmarks_of_the_figures() {
        let published = published().unwrap();
        let names = published.benchmarks.keys();
        assert!(names.eq(published.table_1.keys()));
        let mut columns = published.table_1;
        columns.remove("average").unwrap();
        let mean = |of: fn(&Pair) -> f64| columns.values().map(of).sum::<f64>() / 5.0;
        assert!((mean(|pair| pair.multi_attempt) - 45.52).abs() < 1e-9);
        assert!((mean(|pair| pair.single_turn) - 43.30).abs() < 1e-9);
    }

    /// Figure 1 shows the means of what Figure 5 shows.
    #[test]
    fn the_average_is_the_mean_of_the_benchmarks() {
        let mut benchmarks = published().unwrap().benchmarks;
        let average = benchmarks.remove("average").unwrap();
        assert_eq!(benchmarks.len(), 5);
        let mean = |of: &dyn Fn(&Curves) -> f64| benchmarks.values().map(of).sum::<f64>() / 5.0;
        for k in 0..7 {
            let multi_attempt = mean(&|curves| curves.multi_attempt[k]);
            let single_turn = mean(&|curves| curves.single_turn[k]);
            assert!((multi_attempt - average.multi_attempt[k]).abs() < 0.05);
            assert!((single_turn - average.single_turn[k]).abs() < 0.05);
        }
    }
}
