//! The paper's headline at small scale: trained alike but for the number of attempts, one policy
//! learns to use its second attempt and the other does not.

mod ablation;
mod figures;
mod hidden_operator;
mod lab;
mod operators;
mod puzzle;
mod report;
mod settings;

use std::fs;
use std::path::PathBuf;

use candle_core::DType;
use clap::ValueEnum;
use indicatif::MultiProgress;
use resit::env::{Attempts, Environment};
use serde_json::json;

use self::hidden_operator::Hidden;
use self::lab::Lab;
use self::operators::FillInOperators;
use self::puzzle::{Arm, Puzzle};
use self::settings::Settings;
use crate::config::{AlgorithmConfig, SamplingConfig, SftConfig};
use crate::model::Config;
use crate::{Error, Result, checkpoint};

pub use report::Report;

/// How many attempts the multi-attempt policy is trained with.
const SEVERAL: Attempts = Attempts::Uniform { max: 3 };

/// What the models of the demo learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DemoTask {
    /// `7?3=` hides which operator is meant, so that only a failed attempt tells more.
    HiddenOperator,
    /// `7?3?2=19` asks for two operators: to be computed, and tested on unseen problems.
    Operators,
}

/// What is varied, all else equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ablation {
    /// What is said after a wrong attempt.
    Feedback,
    /// Which tokens bear the reward.
    Credit,
    /// How N is drawn.
    Attempts,
    /// Whether what is said has anything to do with the attempt.
    Control,
    /// What the critic computes values from.
    Critic,
}

/// Everything that shapes a run of the demo.
#[derive(Clone, Debug)]
pub struct Demo {
    /// What is learned.
    pub task: DemoTask,
    /// What is varied instead of the comparison of one attempt with several; only for
    /// [`DemoTask::Operators`].
    pub ablate: Option<Ablation>,
    /// The first seed.
    pub seed: u64,
    /// How many seeds are run, one after another.
    pub seeds: u64,
    /// Where the results go.
    pub out: PathBuf,
    /// Whether policies that were trained with the same settings into the same folder are taken from
    /// there.
    pub resume: bool,
    /// The architecture.
    pub model: Config,
    /// Spread of the initial weights.
    pub initializer_range: f64,
    /// The warm start.
    pub sft: SftConfig,
    /// All runs. How many attempts they grant is theirs.
    pub ppo: AlgorithmConfig,
    /// How they sample.
    pub sampling: SamplingConfig,
    /// Episodes of an evaluation at the end, at most.
    pub eval_episodes: usize,
    /// Iterations between two evaluations on the way.
    pub curve_interval: usize,
}

impl Demo {
    /// The demo as it is published: `configs/demo_hidden_operator.toml` and `configs/demo_operators.toml`.
    ///
    /// # Errors
    ///
    /// A file that was built in with settings that are none.
    pub fn new(task: DemoTask, seed: u64, seeds: u64, out: impl Into<PathBuf>) -> Result<Self> {
        let settings = Settings::of(task)?;
        Ok(Self {
            task,
            ablate: None,
            seed,
            seeds,
            out: out.into(),
            resume: false,
            model: settings.model,
            initializer_range: settings.initializer_range,
            sft: settings.sft,
            ppo: settings.algorithm,
            sampling: settings.sampling,
            eval_episodes: settings.eval_episodes,
            curve_interval: settings.curve_interval,
        })
    }

    /// Trains and evaluates, seed after seed, and writes `results.json`, the figures, and for each
    /// seed and policy its `metrics.jsonl`, its weights, and the transcripts of its evaluations, which
    /// `resit report` and `resit check` read: `ARM.jsonl` at temperature 1 and `ARM_greedy.jsonl` at
    /// the end, and in the policy's folder `evaluations/STEP.jsonl` on the way. An ablation writes
    /// `ablation_NAME.json`, and neither figures nor transcripts.
    ///
    /// # Errors
    ///
    /// Files that cannot be written, an ablation that the task does not have, and whatever stops the
    /// training.
    pub fn run(&self, bars: &MultiProgress) -> Result<Report> {
        let test_tasks = self.eval_episodes;
        match (self.task, self.ablate) {
            (DemoTask::HiddenOperator, None) => {
                let puzzle = Hidden { test_tasks };
                self.study(&puzzle, &self.headline(&puzzle), bars)
            }
            (DemoTask::HiddenOperator, Some(_)) => Err(Error::Config(
                "ablations are of the task `operators`".into(),
            )),
            (DemoTask::Operators, None) => {
                let puzzle = FillInOperators { test_tasks };
                self.study(&puzzle, &self.headline(&puzzle), bars)
            }
            (DemoTask::Operators, Some(ablation)) => {
                let arms = ablation.arms();
                self.study(&FillInOperators { test_tasks }, &arms, bars)
            }
        }
    }

    /// One attempt against several.
    fn headline<P: Puzzle>(&self, puzzle: &P) -> Vec<Arm<P::Verifier>> {
        let arm = |key, name, attempts| Arm {
            key,
            name,
            environment: Environment {
                attempts,
                ..puzzle.environment()
            },
            critic: self.ppo.critic,
            progress: None,
            controls: Vec::new(),
        };
        vec![
            arm("single_turn", "single-turn PPO", Attempts::Fixed(1)),
            arm("multi_attempt", "multi-attempt PPO", SEVERAL),
        ]
    }

    fn study<P: Puzzle>(
        &self,
        puzzle: &P,
        arms: &[Arm<P::Verifier>],
        bars: &MultiProgress,
    ) -> Result<Report> {
        fs::create_dir_all(&self.out).map_err(Error::file(&self.out))?;
        let tokenizer = puzzle.tokenizer()?;
        let (tokens, vocabulary) = (tokenizer.vocab_size(), self.model.vocab_size);
        if tokens != vocabulary {
            let fault = format!("the demo has {tokens} tokens, and its model {vocabulary}");
            return Err(Error::Config(fault));
        }
        let mut seeds = Vec::new();
        for seed in self.seed..self.seed + self.seeds {
            let lab = Lab {
                demo: self,
                puzzle,
                tokenizer: &tokenizer,
                arms,
                seed,
                folder: self.out.join(format!("seed-{seed}")),
                bars,
            };
            seeds.push(lab.run()?);
        }
        let report = Report::new::<P>(arms, seeds);
        let settings = json!({
            "model": checkpoint::config_json(&self.model, DType::F32),
            "initializer_range": self.initializer_range,
            "sft": self.sft,
            "ppo": self.ppo,
            "sampling": self.sampling,
            "arms": arms.iter().map(Arm::settings).collect::<Vec<_>>(),
        });
        let name = match self.ablate {
            None => "results.json".into(),
            Some(ablation) => format!("ablation_{}.json", ablation.name()),
        };
        let file = self.out.join(name);
        let text = format!("{:#}\n", report.to_json(settings));
        fs::write(&file, text).map_err(Error::file(&file))?;
        if self.ablate.is_none() {
            figures::draw(&report, &self.out)?;
        }
        Ok(report)
    }
}
