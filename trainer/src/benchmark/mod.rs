//! The evaluation of arXiv 2503.04808: greedy, at exactly k attempts, on five benchmarks; and its
//! Table 1 and Figures 1 and 5 with the published numbers beside ours.

mod figures;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use resit::env::{Attempts, Ending, Environment, Episode, Task};
use resit::metrics::{Bootstrap, EpisodeRecord, Metric, Question, accuracy_at};
use resit_io::read_tasks;
use serde::{Deserialize, Serialize};

pub use figures::draw;
pub use table::markdown;

use crate::log::JsonLines;
use crate::rollout::Agent;
use crate::sample::Sampling;
use crate::{Error, Result};

/// The five benchmarks, in the order of Table 1: the names of their files, and what they are called.
pub const BENCHMARKS: [(&str, &str); 5] = [
    ("math500", "MATH500"),
    ("aime24", "AIME 2024"),
    ("amc23", "AMC 2023"),
    ("minerva_math", "Minerva Math"),
    ("olympiadbench", "OlympiadBench"),
];

/// Questions under the name of their benchmark.
pub struct Benchmark {
    /// As in [`BENCHMARKS`], or any other.
    pub name: String,
    /// What is asked.
    pub tasks: Vec<Task>,
}

/// How one policy did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyScores {
    /// What the policy is called.
    pub policy: String,
    /// The folder of its model.
    pub model: PathBuf,
    /// By the name of the benchmark.
    pub benchmarks: BTreeMap<String, Scores>,
}

/// How one policy did on one benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// How many questions were asked, each once for each number of attempts.
    pub questions: usize,
    /// One attempt, generated to the end of its turn: Table 1.
    pub to_the_end: Score,
    /// Exactly so many attempts, each of which ends with its box: Figures 1 and 5.
    pub exactly: BTreeMap<u32, Score>,
}

/// An accuracy in %, with its 95 % bootstrap interval over questions where there are enough.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The share of questions that were solved.
    pub accuracy: f64,
    /// The ends of the interval.
    pub interval: Option<[f64; 2]>,
}

/// How the questions are asked.
pub struct Protocol<'a> {
    /// Its attempts and its ending are replaced.
    pub environment: &'a Environment,
    /// The numbers of attempts.
    pub attempts: Vec<u32>,
    /// How a token is chosen. The paper takes the likeliest.
    pub sampling: Sampling,
    /// Of what is sampled.
    pub seed: u64,
}

impl Benchmark {
    /// Reads a file of tasks; the benchmark has the name of the file. At most `limit` questions.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that has no question.
    pub fn read(file: &Path, limit: Option<usize>) -> Result<Self> {
        let items = read_tasks(file)?.take(limit.unwrap_or(usize::MAX));
        let tasks = items
            .map(|item| Ok(item?.task))
            .collect::<Result<Vec<_>>>()?;
        if tasks.is_empty() {
            return Err(Error::Config(format!("{}: no question", file.display())));
        }
        let name = file.file_stem().unwrap_or(file.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            tasks,
        })
    }

    /// The files of tasks that `paths` name: themselves, or for a folder those of the five benchmarks
    /// that it has.
    ///
    /// # Errors
    ///
    /// A folder without any of them.
    pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for path in paths {
            if !path.is_dir() {
                files.push(path.clone());
                continue;
            }
            let known = BENCHMARKS.map(|(name, _)| path.join(name).with_extension("jsonl"));
            let before = files.len();
            files.extend(known.into_iter().filter(|file| file.exists()));
            if files.len() == before {
                let fault = format!("{}: none of the five benchmarks is there", path.display());
                return Err(Error::Config(fault));
            }
        }
        Ok(files)
    }
}

impl Protocol<'_> {
    /// Asks every question of a benchmark, and writes the episodes to `folder/NAME.jsonl`, and those
    /// of Table 1 to `folder/NAME_to_the_end.jsonl`.
    ///
    /// # Errors
    ///
    /// Those of [`Agent::play`], and files that cannot be written.
    pub fn run(
        &self,
        agent: &mut Agent,
        benchmark: &Benchmark,
        folder: &Path,
        bar: &ProgressBar,
    ) -> Result<Scores> {
        let name = &benchmark.name;
        let mut play = |attempts: u32, ending: Ending, file: &mut JsonLines| {
            let environment = Environment {
                attempts: Attempts::Fixed(attempts),
                ending,
                ..self.environment.clone()
            };
            let tasks = &benchmark.tasks;
            let episodes = agent.play(&environment, tasks, self.sampling, self.seed)?;
            for episode in &episodes {
                file.write(episode)?;
            }
            bar.inc(episodes.len() as u64);
            Ok::<_, Error>(Score::at(attempts, &episodes))
        };
        let mut file = JsonLines::create(folder.join(format!("{name}_to_the_end.jsonl")))?;
        bar.set_message(format!("{name}, to the end"));
        let to_the_end = play(1, Ending::Turn, &mut file)?;
        let mut file = JsonLines::create(folder.join(format!("{name}.jsonl")))?;
        let mut exactly = BTreeMap::new();
        for &attempts in &self.attempts {
            bar.set_message(format!("{name}, {attempts} attempts"));
            exactly.insert(attempts, play(attempts, Ending::Box, &mut file)?);
        }
        Ok(Scores {
            questions: benchmark.tasks.len(),
            to_the_end,
            exactly,
        })
    }

    /// How many episodes it plays on so many questions.
    pub fn episodes(&self, questions: usize) -> usize {
        questions * (1 + self.attempts.len())
    }
}

impl Score {
    fn at<R>(attempts: u32, episodes: &[Episode<R>]) -> Self {
        // A question that a file has twice counts twice.
        let records = episodes
            .iter()
            .enumerate()
            .map(|(index, episode)| EpisodeRecord {
                question: index.to_string(),
                ..EpisodeRecord::of(episode)
            });
        let metric: Metric = accuracy_at(&Question::group(records), attempts);
        let interval = metric.interval(&Bootstrap::default());
        Self {
            accuracy: 100.0 * metric.value().unwrap_or(0.0),
            interval: interval.map(|i| [100.0 * i.low, 100.0 * i.high]),
        }
    }

    /// The unweighted mean of independent scores.
    fn mean(scores: &[Self]) -> Self {
        let count = scores.len().max(1) as f64;
        let accuracy = scores.iter().map(|s| s.accuracy).sum::<f64>() / count;
        let squares: Option<f64> = scores
            .iter()
            .map(|score| Some((score.interval?[1] - score.interval?[0]).powi(2)))
            .sum();
        let interval = squares.map(|squares| {
            let half = squares.sqrt() / (2.0 * count);
            [(accuracy - half).max(0.0), (accuracy + half).min(100.0)]
        });
        Self { accuracy, interval }
    }
}

impl PolicyScores {
    /// What `score` measures, averaged over the five benchmarks without weights; `None` where one is
    /// missing.
    pub fn average(&self, score: impl Fn(&Scores) -> Option<Score>) -> Option<Score> {
        let of = |(name, _): &(&str, &str)| score(self.benchmarks.get(*name)?);
        let scores: Option<Vec<Score>> = BENCHMARKS.iter().map(of).collect();
        scores.map(|scores| Score::mean(&scores))
    }

    /// Reads the scores of all policies in a folder, by name.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read, or a file that is not one of scores.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
            let file = entry
                .map_err(Error::file(folder))?
                .path()
                .join("scores.json");
            if file.exists() {
                files.push(file);
            }
        }
        files.sort();
        let read = |file: &PathBuf| {
            let text = fs::read(file).map_err(Error::file(file))?;
            serde_json::from_slice(&text).map_err(Error::json(file))
        };
        files.iter().map(read).collect()
    }

    /// Writes `folder/POLICY/scores.json`.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let file = folder.join(&self.policy).join("scores.json");
        let text = serde_json::to_string_pretty(self).map_err(Error::json(&file))?;
        fs::write(&file, text + "\n").map_err(Error::file(&file))
    }
}
