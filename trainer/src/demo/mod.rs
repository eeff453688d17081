//! The paper's headline at small scale: trained alike but for the number of attempts, one policy
//! learns to use its second attempt and the other does not.

mod figures;
mod hidden_operator;
mod report;

use std::fs;
use std::path::PathBuf;
use std::thread;

use candle_core::{DType, Device};
use candle_nn::Activation;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand::rngs::StdRng;
use resit::env::{Attempts, Environment, Task};
use serde_json::json;

use crate::config::{AlgorithmConfig, SamplingConfig, SftConfig};
use crate::eval::evaluate;
use crate::log::JsonLines;
use crate::model::{Config, Parameters};
use crate::ppo::Ppo;
use crate::rollout::Agent;
use crate::sample::Sampler;
use crate::sft::Sft;
use crate::tokenize::Tokenizer;
use crate::train::{Iteration, iterate};
use crate::{Error, Result, checkpoint, seed};

pub use report::Report;
use report::{Arm, Played, SeedReport};

/// Evaluation is at 1 to this many attempts, and training draws N from as many.
const MAX_ATTEMPTS: u32 = 3;

/// Episodes that an evaluation plays at a time.
const EVAL_ROWS: usize = 500;

/// Everything that shapes a run of the demo.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The first seed.
    pub seed: u64,
    /// How many seeds are run, one after another.
    pub seeds: u64,
    /// Where the results go.
    pub out: PathBuf,
    /// The architecture.
    pub model: Config,
    /// Spread of the initial weights.
    pub initializer_range: f64,
    /// The warm start.
    pub sft: SftConfig,
    /// Both runs.
    pub ppo: AlgorithmConfig,
    /// How they sample.
    pub sampling: SamplingConfig,
    /// Fresh episodes of an evaluation at the end.
    pub eval_episodes: usize,
    /// Iterations between two evaluations on the way.
    pub curve_interval: usize,
}

/// The streams of random numbers of one seed.
#[derive(Clone, Copy)]
enum Stream {
    Weights,
    Demonstrations,
    Ppo,
    Tasks,
    Rollouts,
    EvalTasks,
    Evaluation,
    Curve,
}

/// What the two arms of one seed share.
struct Lab<'a> {
    demo: &'a Demo,
    tokenizer: &'a Tokenizer,
    seed: u64,
    folder: PathBuf,
    bars: &'a MultiProgress,
}

impl Demo {
    /// The demo as it is published.
    pub fn new(seed: u64, seeds: u64, out: impl Into<PathBuf>) -> Self {
        Self {
            seed,
            seeds,
            out: out.into(),
            model: Config {
                vocab_size: hidden_operator::VOCABULARY,
                hidden_size: 64,
                intermediate_size: 128,
                num_hidden_layers: 2,
                num_attention_heads: 4,
                num_key_value_heads: 2,
                max_position_embeddings: 32,
                sliding_window: 32,
                max_window_layers: 2,
                tie_word_embeddings: false,
                rope_theta: 100.0,
                rms_norm_eps: 1e-6,
                use_sliding_window: false,
                hidden_act: Activation::Silu,
            },
            initializer_range: 0.1,
            sft: SftConfig {
                steps: 350,
                batch_size: 96,
                learning_rate: 4e-3,
                warmup_ratio: 0.1,
                min_lr_ratio: 0.0,
                adam_beta2: 0.999,
                weight_decay: 0.01,
                ..SftConfig::default()
            },
            ppo: AlgorithmConfig {
                iterations: 200,
                rollout_batch_size: 128,
                train_batch_size: 64,
                num_ppo_epochs: 2,
                learning_rate: 1e-3,
                critic_learning_rate: 3e-3,
                ..AlgorithmConfig::default()
            },
            sampling: SamplingConfig {
                context_length: 32,
                chunk_tokens: 8,
                ..SamplingConfig::default()
            },
            eval_episodes: 2000,
            curve_interval: 10,
        }
    }

    /// Trains and evaluates, seed after seed, and writes `results.json`, the figures, and for each
    /// seed and policy its `metrics.jsonl`, its weights, and the transcripts of its evaluations, which
    /// `resit report` and `resit check` read: `ARM.jsonl` at temperature 1 and `ARM_greedy.jsonl` at
    /// the end, and in the policy's folder `evaluations/STEP.jsonl` on the way.
    ///
    /// # Errors
    ///
    /// Files that cannot be written, and whatever stops the training.
    pub fn run(&self, bars: &MultiProgress) -> Result<Report> {
        fs::create_dir_all(&self.out).map_err(Error::file(&self.out))?;
        let tokenizer = hidden_operator::tokenizer()?;
        let mut seeds = Vec::new();
        for seed in self.seed..self.seed + self.seeds {
            let lab = Lab {
                demo: self,
                tokenizer: &tokenizer,
                seed,
                folder: self.out.join(format!("seed-{seed}")),
                bars,
            };
            seeds.push(lab.run()?);
        }
        let report = Report::new(seeds, self.eval_episodes, hidden_operator::best_accuracy());
        let file = self.out.join("results.json");
        let settings = json!({
            "model": checkpoint::config_json(&self.model, DType::F32),
            "initializer_range": self.initializer_range,
            "sft": self.sft,
            "ppo": self.ppo,
            "sampling": self.sampling,
        });
        let text = format!("{:#}\n", report.to_json(settings));
        fs::write(&file, text).map_err(Error::file(&file))?;
        figures::draw(&report, &self.out)?;
        Ok(report)
    }
}

impl Lab<'_> {
    fn run(&self) -> Result<SeedReport> {
        let warm_start = self.warm_start()?;
        let warm = self.played(Arm::WarmStart, &warm_start, Vec::new(), Vec::new())?;
        let single = Attempts::Fixed(1);
        let multi = Attempts::Uniform { max: MAX_ATTEMPTS };
        // The arms share nothing, and each is too small for more than one thread.
        let (single, multi) = thread::scope(|scope| {
            let single = scope.spawn(|| self.arm(Arm::SingleTurn, single, &warm_start));
            let multi = self.arm(Arm::MultiAttempt, multi, &warm_start);
            (single.join(), multi)
        });
        let single = single.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok(SeedReport {
            seed: self.seed,
            arms: [
                (Arm::WarmStart, warm),
                (Arm::SingleTurn, single?),
                (Arm::MultiAttempt, multi?),
            ]
            .into(),
        })
    }

    /// A model that knows the results of the operators and the format, and guesses by the prior.
    fn warm_start(&self) -> Result<Parameters> {
        let Demo { model, sft, .. } = self.demo;
        let parameters = Parameters::random(
            model,
            self.demo.initializer_range,
            self.derive(Stream::Weights, 0),
            DType::F32,
            &Device::Cpu,
        )?;
        let bar = self.bar(Arm::WarmStart, sft.steps);
        let folder = self.folder(Arm::WarmStart);
        let mut metrics = JsonLines::create(folder.join("metrics.jsonl"))?;
        let mut rng = self.rng(Stream::Demonstrations, 0);
        let environment = self.environment(Attempts::Fixed(MAX_ATTEMPTS));
        let mut learner = Sft::new(sft, model, &parameters)?;
        for step in 1..=sft.steps {
            let demonstrations = (0..sft.batch_size)
                .map(|_| hidden_operator::demonstration(&environment, self.tokenizer, &mut rng))
                .collect::<Result<Vec<_>>>()?;
            let loss = learner.step(&demonstrations)?;
            metrics.write(&json!({ "step": step, "loss": loss }))?;
            bar.set_message(format!("loss {loss:.3}"));
            bar.inc(1);
        }
        bar.finish();
        checkpoint::save(folder, model, &parameters, self.tokenizer)?;
        Ok(parameters)
    }

    /// Trains a policy from the warm start, and evaluates it.
    fn arm(&self, arm: Arm, attempts: Attempts, start: &Parameters) -> Result<Played> {
        let Demo {
            model,
            ppo: config,
            sampling,
            ..
        } = self.demo;
        let iterations = config.iterations;
        let bar = self.bar(arm, iterations);
        let folder = self.folder(arm);
        let mut metrics = JsonLines::create(folder.join("metrics.jsonl"))?;
        let environment = self.environment(attempts);
        let rows = config.rollout_batch_size;
        let seed = self.derive(Stream::Ppo, 0);
        let mut ppo = Ppo::new(config.clone(), sampling.temperature, model, start, seed)?;
        let mut agent = self.agent(ppo.policy(), rows)?;
        let mut rng = self.rng(Stream::Tasks, 0);
        let mut training = Vec::with_capacity(iterations);
        let mut evaluations = JsonLines::create(folder.join("evaluations.jsonl"))?;
        let mut curve = Vec::new();
        let mut evaluate = |agent: &mut Agent, step: usize| -> Result<()> {
            let transcripts = folder.join("evaluations").join(format!("{step:04}.jsonl"));
            let accuracy = self.accuracy_at_one(agent, step, transcripts)?;
            curve.push((step, accuracy));
            evaluations.write(&json!({ "step": step, "attempts": 1, "accuracy": accuracy }))
        };
        evaluate(&mut agent, 0)?;
        for step in 1..=iterations {
            let tasks = draw_tasks(rows, &mut rng);
            let seed = self.derive(Stream::Rollouts, step);
            let iteration = iterate(&mut ppo, &mut agent, &environment, &tasks, step, seed)?;
            metrics.write(&iteration)?;
            if step % self.demo.curve_interval == 0 {
                evaluate(&mut agent, step)?;
            }
            bar.set_message(format!("reward {:.2}", iteration.reward));
            bar.inc(1);
            training.push(iteration);
        }
        checkpoint::save(folder, model, ppo.policy(), self.tokenizer)?;
        bar.set_message("evaluating");
        let played = self.played(arm, ppo.policy(), training, curve)?;
        bar.finish_with_message("");
        Ok(played)
    }

    /// Accuracy at one attempt over all questions, after `step` iterations.
    fn accuracy_at_one(&self, agent: &mut Agent, step: usize, transcripts: PathBuf) -> Result<f64> {
        let environment = self.environment(Attempts::Fixed(1));
        let tasks = hidden_operator::every_task();
        let (temperature, seed) = (
            self.demo.sampling.temperature,
            self.derive(Stream::Curve, step),
        );
        let mut transcripts = JsonLines::create(transcripts)?;
        let evaluation = evaluate(
            agent,
            &environment,
            &tasks,
            1,
            temperature,
            seed,
            Some(&mut transcripts),
        )?;
        Ok(evaluation.accuracy())
    }

    /// The final evaluation, on tasks that are the same for all policies of a seed.
    fn played(
        &self,
        arm: Arm,
        parameters: &Parameters,
        training: Vec<Iteration>,
        curve: Vec<(usize, f64)>,
    ) -> Result<Played> {
        let tasks = draw_tasks(self.demo.eval_episodes, &mut self.rng(Stream::EvalTasks, 0));
        let environment = self.environment(Attempts::Fixed(1));
        let mut agent = self.agent(parameters, EVAL_ROWS)?;
        let mut at = |temperature: f64, file: String| {
            let seed = self.derive(Stream::Evaluation, 0);
            let mut transcripts = JsonLines::create(self.folder.join(file))?;
            let mut at = |k| {
                evaluate(
                    &mut agent,
                    &environment,
                    &tasks,
                    k,
                    temperature,
                    seed,
                    Some(&mut transcripts),
                )
            };
            (1..=MAX_ATTEMPTS).map(&mut at).collect::<Result<Vec<_>>>()
        };
        let key = arm.key();
        Ok(Played {
            sampled: at(1.0, format!("{key}.jsonl"))?,
            greedy: at(0.0, format!("{key}_greedy.jsonl"))?,
            training,
            curve,
        })
    }

    fn agent(&self, parameters: &Parameters, rows: usize) -> Result<Agent<'_>> {
        let SamplingConfig {
            context_length,
            chunk_tokens,
            ..
        } = self.demo.sampling;
        Ok(Agent {
            sampler: Sampler::new(&self.demo.model, parameters.frozen(), rows, context_length)?,
            tokenizer: self.tokenizer,
            chunk_tokens,
        })
    }

    fn environment(&self, attempts: Attempts) -> Environment {
        Environment {
            attempts,
            ..hidden_operator::environment()
        }
    }

    fn folder(&self, arm: Arm) -> PathBuf {
        self.folder.join(arm.key())
    }

    fn bar(&self, arm: Arm, length: usize) -> ProgressBar {
        const TEMPLATE: &str =
            "{prefix:28} {bar:30} {pos:>4}/{len} {elapsed:>4} left {eta:>4}  {msg}";
        let style =
            ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        let prefix = format!("seed {} · {}", self.seed, arm.name());
        let bar = ProgressBar::new(length as u64)
            .with_style(style)
            .with_prefix(prefix);
        self.bars.add(bar)
    }

    fn derive(&self, stream: Stream, index: usize) -> u64 {
        seed::derive(self.seed, &[stream as u64, index as u64])
    }

    fn rng(&self, stream: Stream, index: usize) -> StdRng {
        StdRng::seed_from_u64(self.derive(stream, index))
    }
}

fn draw_tasks(count: usize, rng: &mut StdRng) -> Vec<Task> {
    (0..count)
        .map(|_| hidden_operator::draw_task(rng))
        .collect()
}
