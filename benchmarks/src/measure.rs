//! Timing: medians of several runs, each long enough for the clock.

use std::time::{Duration, Instant};

const RUNS: usize = 9;
const RUN: Duration = Duration::from_millis(200);

/// Whole items per second, the median of [`RUNS`] runs. `work` handles `items` items a call; it is called
/// once for warming up, then over and over for [`RUN`] in each run.
pub(crate) fn per_second(items: usize, mut work: impl FnMut()) -> f64 {
    work();
    let mut rates: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let mut calls = 0_u32;
            while start.elapsed() < RUN {
                work();
                calls += 1;
            }
            f64::from(calls) * items as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[RUNS / 2].round()
}
