use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use crate::eval::Evaluation;
use crate::interval::{Estimate, difference, mean, proportion};
use crate::train::Iteration;

/// The three policies that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Arm {
    WarmStart,
    SingleTurn,
    MultiAttempt,
}

/// How evaluations sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Sampled,
    Greedy,
}

/// How one policy of one seed did.
#[derive(Clone, Debug)]
pub(super) struct Played {
    /// At temperature 1, with exactly 1, 2, … attempts.
    pub(super) sampled: Vec<Evaluation>,
    /// The same, greedily.
    pub(super) greedy: Vec<Evaluation>,
    /// Its training; empty for the warm start.
    pub(super) training: Vec<Iteration>,
    /// On the way, the accuracy at one attempt after so many iterations.
    pub(super) curve: Vec<(usize, f64)>,
}

/// All policies of one seed.
#[derive(Clone, Debug)]
pub(super) struct SeedReport {
    pub(super) seed: u64,
    pub(super) arms: BTreeMap<Arm, Played>,
}

/// The outcome of the demo. Its display is the table at the end of a run.
#[derive(Clone, Debug)]
pub struct Report {
    pub(super) seeds: Vec<SeedReport>,
    episodes: usize,
    pub(super) best: [f64; 3],
}

/// What `results.json` says of one seed, or of the mean over all.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(flatten)]
    sampled: Scores,
    greedy: Scores,
}

#[derive(Serialize)]
struct Scores {
    /// At exactly 1, 2, … attempts.
    accuracy: BTreeMap<Arm, Vec<f64>>,
    /// Of the 95 % intervals of `accuracy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    half_width: Option<BTreeMap<Arm, Vec<f64>>>,
    /// Share of second attempts that repeat the first.
    repeat_rate: BTreeMap<Arm, f64>,
}

/// What every reader should know first.
const CAVEAT: &str = "\
The task is ambiguous by design: the operator is hidden, so the first attempt is a guess and only a
failed attempt tells more. It shows the mechanism (a policy that was trained with several attempts
uses what a failure rules out), not mathematics.";

impl Arm {
    pub(super) const ALL: [Self; 3] = [Self::WarmStart, Self::SingleTurn, Self::MultiAttempt];

    /// In files.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::WarmStart => "warm_start",
            Self::SingleTurn => "single_turn",
            Self::MultiAttempt => "multi_attempt",
        }
    }

    /// For people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WarmStart => "warm start",
            Self::SingleTurn => "single-turn PPO",
            Self::MultiAttempt => "multi-attempt PPO",
        }
    }
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
    pub(super) fn evaluations(&self, mode: Mode) -> &[Evaluation] {
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
    pub(super) fn new(seeds: Vec<SeedReport>, episodes: usize, best: [f64; 3]) -> Self {
        Self {
            seeds,
            episodes,
            best,
        }
    }

    /// Accuracy at exactly k attempts for k = 1, 2, …: over the seeds if there are several, else
    /// over the episodes of the one.
    pub(super) fn accuracies(&self, arm: Arm, mode: Mode) -> Vec<Estimate> {
        let seeds = self.each(arm, |played| played.evaluations(mode));
        (0..self.best.len())
            .map(|k| match seeds.as_slice() {
                [one] => proportion(one[k].solved, one[k].episodes),
                seeds => mean(&seeds.iter().map(|e| e[k].accuracy()).collect::<Vec<_>>()),
            })
            .collect()
    }

    /// What the second attempt adds. Over one seed the two evaluations count as independent,
    /// though they share their tasks: the interval is rather too wide.
    fn gain(&self, arm: Arm, mode: Mode) -> Estimate {
        match self.each(arm, |played| played.evaluations(mode)).as_slice() {
            [one] => difference(
                proportion(one[1].solved, one[1].episodes),
                proportion(one[0].solved, one[0].episodes),
            ),
            seeds => {
                let gains = seeds.iter().map(|e| e[1].accuracy() - e[0].accuracy());
                mean(&gains.collect::<Vec<_>>())
            }
        }
    }

    fn repeat_rate(&self, arm: Arm, mode: Mode) -> f64 {
        mean(&self.each(arm, |played| played.repeat_rate(mode))).value
    }

    /// Of each seed, the mean reward of an episode against the iteration.
    pub(super) fn reward_curves(&self, arm: Arm) -> Vec<Vec<(f64, f64)>> {
        let point = |iteration: &Iteration| (iteration.step as f64, iteration.reward);
        self.each(arm, |played| played.training.iter().map(point).collect())
    }

    /// Of each seed, the accuracy in % at one attempt against the iterations done.
    pub(super) fn accuracy_curves(&self, arm: Arm) -> Vec<Vec<(f64, f64)>> {
        let point = |&(step, accuracy): &(usize, f64)| (step as f64, 100.0 * accuracy);
        self.each(arm, |played| played.curve.iter().map(point).collect())
    }

    fn each<'a, T>(&'a self, arm: Arm, of: impl Fn(&'a Played) -> T) -> Vec<T> {
        self.seeds.iter().map(|seed| of(&seed.arms[&arm])).collect()
    }

    /// The content of `results.json`.
    pub(super) fn to_json(&self, settings: Value) -> Value {
        let seeds = self.seeds.iter().map(|seed| Entry {
            seed: Some(seed.seed),
            sampled: seed.scores(Mode::Sampled),
            greedy: seed.scores(Mode::Greedy),
        });
        let mean = Entry {
            seed: None,
            sampled: self.scores(Mode::Sampled),
            greedy: self.scores(Mode::Greedy),
        };
        json!({
            "mean": mean,
            "seeds": seeds.collect::<Vec<_>>(),
            "best_possible": self.best,
            "episodes_per_evaluation": self.episodes,
            "settings": settings,
            "note": CAVEAT.replace('\n', " "),
        })
    }

    fn scores(&self, mode: Mode) -> Scores {
        let of = |arm, part: fn(&Estimate) -> f64| -> Vec<f64> {
            self.accuracies(arm, mode).iter().map(part).collect()
        };
        Scores {
            accuracy: by_arm(|arm| of(arm, |estimate| estimate.value)),
            half_width: Some(by_arm(|arm| of(arm, |estimate| estimate.half_width))),
            repeat_rate: by_arm(|arm| self.repeat_rate(arm, mode)),
        }
    }
}

impl SeedReport {
    fn scores(&self, mode: Mode) -> Scores {
        let accuracies = |played: &Played| {
            let evaluations = played.evaluations(mode).iter();
            evaluations.map(Evaluation::accuracy).collect()
        };
        Scores {
            accuracy: by_arm(|arm| accuracies(&self.arms[&arm])),
            half_width: None,
            repeat_rate: by_arm(|arm| self.arms[&arm].repeat_rate(mode)),
        }
    }
}

fn by_arm<T>(of: impl Fn(Arm) -> T) -> BTreeMap<Arm, T> {
    Arm::ALL.into_iter().map(|arm| (arm, of(arm))).collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds: Vec<String> = self.seeds.iter().map(|s| s.seed.to_string()).collect();
        let spread = match seeds.as_slice() {
            [_] => "episodes of the seed",
            _ => "seeds",
        };
        writeln!(f, "Hidden operator, seed {}", seeds.join(", "))?;
        writeln!(
            f,
            "Accuracy in % at exactly k attempts, {} fresh episodes per evaluation; ± is a 95 % \
             interval over the {spread}.",
            self.episodes,
        )?;
        for mode in [Mode::Sampled, Mode::Greedy] {
            writeln!(f)?;
            self.table(f, mode)?;
        }
        writeln!(
            f,
            "\nrepeats: second attempts that say the same as the first. of the best: share of what \
             the best\npossible policy reaches, at 1 / 2 / 3 attempts; it names the results in the \
             order of their priors.\n\n{CAVEAT}"
        )
    }
}

impl Report {
    fn table(&self, f: &mut fmt::Formatter<'_>, mode: Mode) -> fmt::Result {
        let mut row = |name: &str, cells: [String; 6]| {
            let [one, two, three, gain, repeats, share] = cells;
            writeln!(
                f,
                "{name:<18} {one:>11}  {two:>11}  {three:>11}  {gain:>12}  {repeats:>8}  {share:>16}"
            )
        };
        let heads = [
            "1 attempt",
            "2 attempts",
            "3 attempts",
            "gain 1→2",
            "repeats",
            "of the best",
        ];
        row(mode.name(), heads.map(String::from))?;
        for arm in Arm::ALL {
            let accuracies = self.accuracies(arm, mode);
            let cell = |k: usize| {
                let Estimate { value, half_width } = accuracies[k];
                format!("{:.1} ± {:.1}", 100.0 * value, 100.0 * half_width)
            };
            let gain = self.gain(arm, mode);
            let shares = accuracies.iter().zip(self.best);
            let shares: Vec<String> = shares
                .map(|(accuracy, best)| format!("{:.0}", 100.0 * accuracy.value / best))
                .collect();
            row(
                arm.name(),
                [
                    cell(0),
                    cell(1),
                    cell(2),
                    format!(
                        "{:+.1} ± {:.1}",
                        100.0 * gain.value,
                        100.0 * gain.half_width
                    ),
                    format!("{:.0} %", 100.0 * self.repeat_rate(arm, mode)),
                    format!("{} %", shares.join(" / ")),
                ],
            )?;
        }
        let [one, two, three] = self.best.map(|best| format!("{:.1}      ", 100.0 * best));
        let gain = format!("{:+.1}      ", 100.0 * (self.best[1] - self.best[0]));
        row(
            "best possible",
            [
                one,
                two,
                three,
                gain,
                "0 %".into(),
                "100 / 100 / 100 %".into(),
            ],
        )
    }
}
