use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::puzzle::{Arm, Puzzle, Yardstick};
use crate::eval::Evaluation;
use crate::interval::{Estimate, mean, proportion};

/// The key of the policy that all others start from.
pub(super) const WARM_START: &str = "warm_start";

/// How evaluations sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Sampled,
    Greedy,
}

/// How one policy of one seed did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Played {
    /// At temperature 1, with exactly 1, 2, … attempts.
    pub(super) sampled: Vec<Evaluation>,
    /// The same, greedily.
    pub(super) greedy: Vec<Evaluation>,
    /// Mean reward of an episode of each iteration; empty for the warm start.
    pub(super) rewards: Vec<f64>,
    /// On the way, the accuracy at one attempt after so many iterations.
    pub(super) curve: Vec<(usize, f64)>,
}

/// All policies of one seed, by their keys.
#[derive(Clone, Debug)]
pub(super) struct SeedReport {
    pub(super) seed: u64,
    pub(super) played: BTreeMap<String, Played>,
    pub(super) yardsticks: Vec<Yardstick>,
}

/// The outcome of the demo. Its display is the table at the end of a run.
#[derive(Clone, Debug)]
pub struct Report {
    title: &'static str,
    caveat: &'static str,
    /// Key and name of each policy, the warm start first.
    pub(super) policies: Vec<(&'static str, &'static str)>,
    pub(super) seeds: Vec<SeedReport>,
}

/// What `results.json` says of one seed, or of the mean over all.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(flatten)]
    sampled: Scores,
    greedy: Scores,
    yardsticks: BTreeMap<String, Vec<f64>>,
}

#[derive(Serialize)]
struct Scores {
    /// At exactly 1, 2, … attempts.
    accuracy: BTreeMap<&'static str, Vec<f64>>,
    /// Of the 95 % intervals of `accuracy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    half_width: Option<BTreeMap<&'static str, Vec<f64>>>,
    /// Share of second attempts that repeat the first.
    repeat_rate: BTreeMap<&'static str, f64>,
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Sampled => "temperature 1",
            Self::Greedy => "greedy",
        }
    }
}

impl Played {
    fn evaluations(&self, mode: Mode) -> &[Evaluation] {
        match mode {
            Mode::Sampled => &self.sampled,
            Mode::Greedy => &self.greedy,
        }
    }

    /// At the second attempt, from the evaluation with the most attempts.
    fn repeat_rate(&self, mode: Mode) -> f64 {
        self.evaluations(mode)
            .last()
            .map_or(0.0, Evaluation::repeat_rate)
    }
}

impl Report {
    pub(super) fn new<P: Puzzle>(arms: &[Arm<P::Verifier>], seeds: Vec<SeedReport>) -> Self {
        let arms = arms.iter().flat_map(|arm| {
            let controls = arm.controls.iter().map(|(key, name, _)| (*key, *name));
            [(arm.key, arm.name)].into_iter().chain(controls)
        });
        Self {
            title: P::TITLE,
            caveat: P::CAVEAT,
            policies: [(WARM_START, "warm start")]
                .into_iter()
                .chain(arms)
                .collect(),
            seeds,
        }
    }

    /// The most attempts of an evaluation.
    pub(super) fn attempts(&self) -> usize {
        self.each(WARM_START, |played| played.sampled.len())
            .into_iter()
            .min()
            .unwrap_or(0)
    }

    /// Accuracy at exactly k attempts for k = 1, 2, …: over the seeds if there are several, else
    /// over the episodes of the one.
    pub(super) fn accuracies(&self, key: &str, mode: Mode) -> Vec<Estimate> {
        let seeds = self.each(key, |played| played.evaluations(mode));
        (0..self.attempts())
            .map(|k| match seeds.as_slice() {
                [one] => proportion(one[k].solved, one[k].episodes),
                seeds => mean(&seeds.iter().map(|e| e[k].accuracy()).collect::<Vec<_>>()),
            })
            .collect()
    }

    /// What the second attempt adds, and over how it varies with the seed.
    fn gain(&self, key: &str, mode: Mode) -> Estimate {
        mean(&self.each(key, |played| {
            let evaluations = played.evaluations(mode);
            evaluations[1].accuracy() - evaluations[0].accuracy()
        }))
    }

    /// By how much a policy is better than another at each number of attempts. Policies of the same
    /// seed have the same start, problems and random numbers, so that they are compared in pairs.
    fn difference(&self, key: &str, base: &str, mode: Mode) -> Vec<Estimate> {
        let pair = |seed: &SeedReport, k: usize| {
            let at = |key: &str| seed.played[key].evaluations(mode)[k].accuracy();
            at(key) - at(base)
        };
        let of = |k| {
            self.seeds
                .iter()
                .map(|seed| pair(seed, k))
                .collect::<Vec<_>>()
        };
        (0..self.attempts()).map(|k| mean(&of(k))).collect()
    }

    fn repeat_rate(&self, key: &str, mode: Mode) -> f64 {
        mean(&self.each(key, |played| played.repeat_rate(mode))).value
    }

    /// The mean over the seeds.
    pub(super) fn yardsticks(&self) -> Vec<Yardstick> {
        let Some(first) = self.seeds.first() else {
            return Vec::new();
        };
        let names = first.yardsticks.iter().enumerate();
        names
            .map(|(index, yardstick)| {
                let at = |k: usize| {
                    let seeds = self.seeds.iter();
                    seeds
                        .map(|seed| seed.yardsticks[index].accuracy[k])
                        .sum::<f64>()
                };
                let count = self.seeds.len() as f64;
                Yardstick {
                    accuracy: (0..self.attempts()).map(|k| at(k) / count).collect(),
                    name: yardstick.name.clone(),
                }
            })
            .collect()
    }

    /// Of each seed, the mean reward of an episode against the iteration.
    pub(super) fn reward_curves(&self, key: &str) -> Vec<Vec<(f64, f64)>> {
        self.each(key, |played| {
            let steps = (1..).map(f64::from);
            steps.zip(played.rewards.iter().copied()).collect()
        })
    }

    /// Of each seed, the accuracy in % at one attempt against the iterations done.
    pub(super) fn accuracy_curves(&self, key: &str) -> Vec<Vec<(f64, f64)>> {
        let point = |&(step, accuracy): &(usize, f64)| (step as f64, 100.0 * accuracy);
        self.each(key, |played| played.curve.iter().map(point).collect())
    }

    fn each<'a, T>(&'a self, key: &str, of: impl Fn(&'a Played) -> T) -> Vec<T> {
        self.seeds
            .iter()
            .map(|seed| of(&seed.played[key]))
            .collect()
    }

    /// The content of `results.json`.
    pub(super) fn to_json(&self, settings: Value) -> Value {
        let seeds = self.seeds.iter().map(|seed| {
            let alone = Self {
                seeds: vec![seed.clone()],
                ..self.clone()
            };
            Entry {
                seed: Some(seed.seed),
                ..alone.entry(false)
            }
        });
        json!({
            "mean": self.entry(true),
            "seeds": seeds.collect::<Vec<_>>(),
            "episodes_per_evaluation": self.episodes(),
            "settings": settings,
            "note": self.caveat.replace('\n', " "),
        })
    }

    fn entry(&self, intervals: bool) -> Entry {
        let named = |yardstick: Yardstick| (yardstick.name, yardstick.accuracy);
        Entry {
            seed: None,
            sampled: self.scores(Mode::Sampled, intervals),
            greedy: self.scores(Mode::Greedy, intervals),
            yardsticks: self.yardsticks().into_iter().map(named).collect(),
        }
    }

    fn scores(&self, mode: Mode, intervals: bool) -> Scores {
        let of = |key: &str, part: fn(&Estimate) -> f64| -> Vec<f64> {
            self.accuracies(key, mode).iter().map(part).collect()
        };
        Scores {
            accuracy: self.by_policy(|key| of(key, |estimate| estimate.value)),
            half_width: intervals
                .then(|| self.by_policy(|key| of(key, |estimate| estimate.half_width))),
            repeat_rate: self.by_policy(|key| self.repeat_rate(key, mode)),
        }
    }

    fn by_policy<T>(&self, of: impl Fn(&str) -> T) -> BTreeMap<&'static str, T> {
        self.policies
            .iter()
            .map(|(key, _)| (*key, of(key)))
            .collect()
    }

    fn episodes(&self) -> usize {
        let episodes = self.each(WARM_START, |played| played.sampled.iter());
        let episodes = episodes.into_iter().flatten().map(|e| e.episodes);
        episodes.min().unwrap_or(0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds: Vec<String> = self.seeds.iter().map(|s| s.seed.to_string()).collect();
        let spread = match seeds.as_slice() {
            [_] => "episodes of the seed",
            _ => "seeds",
        };
        writeln!(f, "{}, seed {}", self.title, seeds.join(", "))?;
        writeln!(
            f,
            "Accuracy in % at exactly k attempts, {} episodes per evaluation; ± is a 95 % interval \
             over the {spread}.\nrepeats: second attempts that say the same as the first.",
            self.episodes(),
        )?;
        for mode in [Mode::Sampled, Mode::Greedy] {
            writeln!(f)?;
            self.accuracy_table(f, mode)?;
            if let ([_, base, ..], true) = (self.policies.as_slice(), self.seeds.len() > 1) {
                writeln!(f)?;
                self.difference_table(f, mode, *base)?;
            }
        }
        writeln!(f, "\n{}", self.caveat)
    }
}

impl Report {
    fn accuracy_table(&self, f: &mut fmt::Formatter<'_>, mode: Mode) -> fmt::Result {
        let mut rows = vec![self.head(mode.name().into(), &["gain 1→2", "repeats"])];
        for (key, name) in &self.policies {
            let accuracies = self.accuracies(key, mode);
            let cells = accuracies.into_iter().map(|a| percent(a, false));
            let last = [
                percent(self.gain(key, mode), true),
                format!("{:.0} %", 100.0 * self.repeat_rate(key, mode)),
            ];
            rows.push(
                [(*name).into()]
                    .into_iter()
                    .chain(cells)
                    .chain(last)
                    .collect(),
            );
        }
        for Yardstick { name, accuracy } in self.yardsticks() {
            let cells = accuracy.iter().map(|a| format!("{:.1}", 100.0 * a));
            let gain = match accuracy.as_slice() {
                [one, two, ..] => format!("{:+.1}", 100.0 * (two - one)),
                _ => String::new(),
            };
            rows.push([name].into_iter().chain(cells).chain([gain]).collect());
        }
        table(f, &rows)
    }

    fn difference_table(
        &self,
        f: &mut fmt::Formatter<'_>,
        mode: Mode,
        (base, name): (&str, &str),
    ) -> fmt::Result {
        let mut rows = vec![self.head(format!("less {name}"), &[])];
        for (key, name) in self.policies.iter().filter(|(key, _)| *key != base) {
            let differences = self.difference(key, base, mode).into_iter();
            let cells = differences.map(|difference| percent(difference, true));
            rows.push([(*name).into()].into_iter().chain(cells).collect());
        }
        table(f, &rows)
    }

    fn head(&self, first: String, last: &[&str]) -> Vec<String> {
        let attempts = (1..=self.attempts()).map(|k| match k {
            1 => "1 attempt".into(),
            k => format!("{k} attempts"),
        });
        let last = last.iter().map(|text| (*text).into());
        [first].into_iter().chain(attempts).chain(last).collect()
    }
}

/// In %. Without its interval if that is infinite.
fn percent(Estimate { value, half_width }: Estimate, signed: bool) -> String {
    let value = match signed {
        true => format!("{:+.1}", 100.0 * value),
        false => format!("{:.1}", 100.0 * value),
    };
    match half_width.is_finite() {
        true => format!("{value} ± {:.1}", 100.0 * half_width),
        false => value,
    }
}

/// The first column to the left, the others to the right, each as wide as its widest cell.
fn table(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = width(column);
            line += &match column {
                0 => format!("{cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            };
        }
        writeln!(f, "{line}")?;
    }
    Ok(())
}
