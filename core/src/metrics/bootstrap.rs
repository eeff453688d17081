use alloc::vec::Vec;

use crate::rng::Rng;

/// How intervals are drawn: the percentile bootstrap over questions (Efron and Tibshirani, "An
/// Introduction to the Bootstrap", 1993, section 13.3). Whole questions are drawn with
/// replacement, since episodes of one question are not independent.
///
/// A rate of exactly 0 or 1 gets an interval of width 0: the sample shows no spread to draw from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// How many samples are drawn.
    pub resamples: u32,
    /// The share of them that the interval holds, between 0 and 1.
    pub level: f64,
    /// The same seed gives the same intervals, on every machine.
    pub seed: u64,
}

/// From the `(1 - level) / 2` quantile of the resampled values to the `(1 + level) / 2` quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Default for Bootstrap {
    /// 95 % intervals from 2000 samples, with seed 0.
    fn default() -> Self {
        Self {
            resamples: 2000,
            level: 0.95,
            seed: 0,
        }
    }
}

impl Bootstrap {
    /// The interval of a statistic of `questions` questions; `statistic` is given the indices that
    /// were drawn, and skips the sample by `None`. `None` where there are fewer than 2 questions,
    /// or no sample has a value.
    pub(super) fn interval(
        &self,
        questions: usize,
        mut statistic: impl FnMut(&[usize]) -> Option<f64>,
    ) -> Option<Interval> {
        if questions < 2 {
            return None;
        }
        let mut rng = Rng::new(self.seed);
        let mut drawn = alloc::vec![0; questions];
        let mut values = Vec::with_capacity(self.resamples as usize);
        for _ in 0..self.resamples {
            drawn.fill_with(|| rng.below(questions as u64) as usize);
            values.extend(statistic(&drawn));
        }
        values.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level.clamp(0.0, 1.0)) / 2.0;
        Some(Interval {
            low: quantile(&values, tail)?,
            high: quantile(&values, 1.0 - tail)?,
        })
    }
}

/// With linear interpolation between the sorted values (Hyndman and Fan's definition 7).
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let low = place as usize;
    let (below, above) = (sorted.get(low)?, sorted.get(low + 1));
    let rest = place - low as f64;
    Some(above.map_or(*below, |above| below + rest * (above - below)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_by_hand() {
        let sorted = [1.0, 2.0, 4.0, 8.0, 16.0];
        assert_eq!(quantile(&sorted, 0.0), Some(1.0));
        assert_eq!(quantile(&sorted, 0.5), Some(4.0));
        assert_eq!(quantile(&sorted, 0.625), Some(6.0));
        assert_eq!(quantile(&sorted, 1.0), Some(16.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn interval_of_a_mean_has_the_width_of_the_normal_one() {
        // 400 values, half 0 and half 1: standard error 0.025, so 1.96 × 0.025 each way.
        let mean = |drawn: &[usize]| {
            let ones = drawn.iter().filter(|&&i| i % 2 == 1).count();
            Some(ones as f64 / drawn.len() as f64)
        };
        let interval = Bootstrap::default().interval(400, mean);
        let Some(Interval { low, high }) = interval else {
            panic!("no interval");
        };
        assert!((low - 0.451).abs() < 0.006, "{low}");
        assert!((high - 0.549).abs() < 0.006, "{high}");
        assert_eq!(Bootstrap::default().interval(400, mean), interval);
    }

    #[test]
    fn one_question_has_no_interval() {
        assert_eq!(Bootstrap::default().interval(1, |_| Some(0.5)), None);
        assert_eq!(Bootstrap::default().interval(9, |_| None), None);
    }
}
