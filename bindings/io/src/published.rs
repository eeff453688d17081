use std::collections::BTreeMap;

use serde::Deserialize;

/// Figures 1 and 5 of arXiv 2503.04808 as numbers, from `data/multi_attempt.json`.
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
