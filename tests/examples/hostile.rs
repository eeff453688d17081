//! Grades every hostile case under every policy and in every role, and prints for each what the worst
//! of them took: `cargo run --release -p resit-tests --example hostile [WORD]`, with a word of the
//! class or name to see only those. Times are the thread's own on its core; the median of five runs where
//! the first took long.

use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use cpu_time::ThreadTime;
use resit::grade::{POLICIES, Policy};
use resit_tests::hostile::{self, Case, Role};

const RUNS: usize = 5;

/// A case that took less is run once.
const LONG: Duration = Duration::from_millis(2);

/// The most that one verdict on a case took.
#[derive(Default)]
struct Worst {
    time: Duration,
    peak: u64,
    total: u64,
    verdicts: Vec<String>,
    wrong: bool,
}

fn main() {
    let word = std::env::args().nth(1).unwrap_or_default();
    let policies: Vec<Policy> = POLICIES
        .iter()
        .filter_map(|name| Policy::named(name))
        .collect();
    let cases = hostile::all();
    let (mut count, mut wrong) = (0, 0);
    let (mut time, mut peak, mut total) = (Duration::ZERO, 0, 0);
    println!(
        "{:>9} {:>9} {:>9}  case, verdicts",
        "ms", "peak KB", "total KB"
    );
    for case in cases
        .iter()
        .filter(|c| c.class.contains(&word) || c.name.contains(&word))
    {
        let worst = worst(case, &policies);
        println!(
            "{:>9.3} {:>9.0} {:>9.0}  {}: {:.60}: {}{}",
            worst.time.as_secs_f64() * 1e3,
            worst.peak as f64 / 1e3,
            worst.total as f64 / 1e3,
            case.class,
            case.name,
            worst.verdicts.join(" "),
            if worst.wrong { "  WRONG" } else { "" },
        );
        count += 1;
        wrong += usize::from(worst.wrong);
        time = time.max(worst.time);
        peak = peak.max(worst.peak);
        total = total.max(worst.total);
    }
    println!(
        "{count} cases, each in {} roles under {} policies: {wrong} wrong; at most {:.1} ms, {:.1} MB at once, {:.1} MB in all",
        Role::ALL.len(),
        policies.len(),
        time.as_secs_f64() * 1e3,
        peak as f64 / 1e6,
        total as f64 / 1e6,
    );
}

fn worst(case: &Case, policies: &[Policy]) -> Worst {
    let mut worst = Worst::default();
    for role in Role::ALL {
        let given = case.given(role);
        for policy in policies {
            let mut verdict = None;
            let AllocationInfo {
                bytes_max,
                bytes_total,
                ..
            } = measure(|| verdict = Some(case.grade(policy, role, &given)));
            let time = || {
                let start = ThreadTime::now();
                case.grade(policy, role, &given);
                start.elapsed()
            };
            let mut times = vec![time()];
            if times[0] > LONG {
                times.extend((1..RUNS).map(|_| time()));
            }
            times.sort();
            worst.time = worst.time.max(times[times.len() / 2]);
            worst.peak = worst.peak.max(bytes_max);
            worst.total = worst.total.max(bytes_total);
            if let Some(verdict) = verdict {
                let spelled = format!("{:?}", verdict.decision).to_lowercase();
                if !worst.verdicts.contains(&spelled) {
                    worst.verdicts.push(spelled);
                }
                worst.wrong |= !case.is_right(role, policy, &verdict);
            }
        }
    }
    worst
}
