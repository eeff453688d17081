//! Timing: medians of several runs, each long enough for the clock.

use std::time::Duration;

use cpu_time::ThreadTime;

const RUNS: usize = 9;
const RUN: Duration = Duration::from_millis(200);

/// Whole items per second of one thread's processor time, the median of [`RUNS`] runs. `work` handles
/// `items` items a call; it is called once for warming up, then over and over for [`RUN`] in each run.
pub(crate) fn per_second(items: usize, mut work: impl FnMut()) -> f64 {
    work();
    let rates = (0..RUNS).map(|_| {
        let start = ThreadTime::now();
        let mut calls = 0_u32;
        while start.elapsed() < RUN {
            work();
            calls += 1;
        }
        f64::from(calls) * items as f64 / start.elapsed().as_secs_f64()
    });
    median(rates).round()
}

/// The one in the middle, the upper one of two. Zero if there are none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values = Vec::from_iter(values);
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
