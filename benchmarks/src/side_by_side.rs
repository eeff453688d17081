//! Resit and other graders on the same cases, in turns, and the table of what each took.
//!
//! All times are processor time of one thread, so that other work on the machine counts for no one.

use std::error::Error;
use std::hint::black_box;

use cpu_time::ThreadTime;
use resit::{Grader, Policy};
use resit_tests::data::{Case, Input};

use crate::measure::median;
use crate::peer::{GRADERS, Peers};

/// Rounds of each grader, one after the other in turns.
const ROUNDS: usize = 5;

/// Passes of Resit over all cases in one round.
const PASSES: usize = 5;

/// One pass over all cases.
pub(crate) struct Round {
    /// For each case.
    pub(crate) seconds: Vec<f64>,
    /// Whether each case was accepted.
    pub(crate) correct: Vec<bool>,
}

/// What one grader took for a set of cases.
pub(crate) struct Summary {
    pub(crate) grader: &'static str,
    agrees: usize,
    wrongly_accepted: usize,
    /// Of the cases' times, each the median of its rounds.
    pub(crate) median_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) max_us: f64,
    /// The median of all rounds.
    pub(crate) per_second: f64,
}

/// Resit first, then each peer.
pub(crate) fn run(
    cases: &[Case],
    mut peers: Option<&mut Peers>,
) -> Result<Vec<Summary>, Box<dyn Error>> {
    let mut rounds: Vec<(&str, Vec<Round>)> = vec![("Resit", Vec::new())];
    if peers.is_some() {
        rounds.extend(GRADERS.map(|(_, title)| (title, Vec::new())));
    }
    let grader = Grader::new(Policy::default());
    for _ in 0..ROUNDS {
        for (title, done) in &mut rounds {
            match (&mut peers, GRADERS.iter().find(|(_, name)| name == title)) {
                (Some(peers), Some((name, _))) => done.push(peers.round(name, cases)?),
                _ => done.extend((0..PASSES).map(|_| ours(&grader, cases))),
            }
        }
    }
    Ok(rounds
        .into_iter()
        .map(|(title, rounds)| Summary::new(title, cases, &rounds))
        .collect())
}

/// From strings to verdicts: the reference is read anew for each case, as it is by the others.
fn ours(grader: &Grader, cases: &[Case]) -> Round {
    let grade = |case: &Case| {
        let start = ThreadTime::now();
        let reference = black_box(case.reference.as_str());
        let verdict = black_box(match &case.input {
            Input::Answer(answer) => grader.grade(reference, black_box(answer)),
            Input::Response(response) => grader.grade_response(reference, black_box(response)),
        });
        (start.elapsed().as_secs_f64(), verdict.correct())
    };
    let (seconds, correct) = cases.iter().map(grade).unzip();
    Round { seconds, correct }
}

impl Summary {
    fn new(grader: &'static str, cases: &[Case], rounds: &[Round]) -> Self {
        let correct = rounds.first().map_or(&[][..], |round| &round.correct);
        let verdicts = || cases.iter().zip(correct);
        let mut times: Vec<f64> = (0..cases.len())
            .map(|case| median(rounds.iter().map(|round| round.seconds[case])))
            .collect();
        times.sort_by(f64::total_cmp);
        // The time that a share of all cases stays within.
        let within = |share: f64| {
            let rank = (share * times.len() as f64).ceil() as usize;
            rounded(times[rank.clamp(1, times.len()) - 1] * 1e6)
        };
        let rate = |round: &Round| cases.len() as f64 / round.seconds.iter().sum::<f64>();
        Self {
            grader,
            agrees: verdicts()
                .filter(|(case, correct)| case.correct == **correct)
                .count(),
            wrongly_accepted: verdicts()
                .filter(|(case, correct)| !case.correct && **correct)
                .count(),
            median_us: within(0.5),
            p99_us: within(0.99),
            max_us: within(1.0),
            per_second: rounded(median(rounds.iter().map(rate))),
        }
    }
}

/// Three digits are more than such a measurement is good for.
pub(crate) fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// The names of the columns of [`print()`].
pub(crate) fn print_header() {
    println!(
        "{:<15} {:>5}  {:<18} {:>6} {:>9} {:>9} {:>7} {:>8} {:>10} {:>6}",
        "cases",
        "",
        "grader",
        "agrees",
        "accepted*",
        "median µs",
        "p99 µs",
        "max µs",
        "per second",
        "ratio"
    );
}

/// A line for each grader. A star marks wrong verdicts; the ratio is how many times as fast Resit is.
pub(crate) fn print(name: &str, cases: &[Case], summaries: &[Summary]) {
    for summary in summaries {
        println!(
            "{name:<15} {:>5}  {:<18} {:>6} {:>9} {:>9} {:>7} {:>8} {:>10} {:>6}",
            cases.len(),
            summary.grader,
            summary.agrees,
            summary.wrongly_accepted,
            summary.median_us,
            summary.p99_us,
            summary.max_us,
            summary.per_second,
            rounded(summaries[0].per_second / summary.per_second),
        );
    }
}
