use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

use candle_core::{DType, Device};
use indicatif::{MultiProgress, ProgressBar};
use rand::SeedableRng;
use rand::rngs::StdRng;
use resit::env::{Environment, Task};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Demo;
use super::puzzle::{Arm, Puzzle, Yardstick};
use super::report::{Played, SeedReport, WARM_START};
use crate::bar::progress_bar;
use crate::config::{AlgorithmConfig, SamplingConfig};
use crate::eval::evaluate;
use crate::log::JsonLines;
use crate::model::{CausalLm, Parameters};
use crate::ppo::Ppo;
use crate::rollout::Agent;
use crate::sft::Sft;
use crate::tokenize::Tokenizer;
use crate::train::iterate;
use crate::{Error, Result, checkpoint, seed};

/// Episodes that an evaluation plays at a time.
const EVAL_ROWS: usize = 500;

/// What the arms of one seed share.
pub(super) struct Lab<'a, P: Puzzle> {
    pub(super) demo: &'a Demo,
    pub(super) puzzle: &'a P,
    pub(super) tokenizer: &'a Tokenizer,
    pub(super) arms: &'a [Arm<P::Verifier>],
    pub(super) seed: u64,
    /// Of the seed.
    pub(super) folder: PathBuf,
    pub(super) bars: &'a MultiProgress,
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

/// What is kept of an arm, so that a series that was interrupted need not play it again.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    settings: Value,
    result: T,
}

type Results = Vec<(String, Played)>;

impl<P: Puzzle> Lab<'_, P> {
    /// Trains and evaluates all arms, two at a time: they share nothing but their start, and each is
    /// too small for more than one thread.
    pub(super) fn run(&self) -> Result<SeedReport> {
        let (start, warm, yardsticks) = self.warm_start()?;
        let next = Mutex::new(self.arms.iter());
        let worker = || -> Result<Results> {
            let mut done = Vec::new();
            let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some(arm) = take() {
                done.extend(self.arm(arm, &start)?);
            }
            Ok(done)
        };
        let (own, other) = thread::scope(|scope| {
            let other = scope.spawn(worker);
            let own = worker();
            (own, other.join())
        });
        let other = other.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let mut played = Vec::from([(WARM_START.into(), warm)]);
        played.extend(own?);
        played.extend(other?);
        Ok(SeedReport {
            seed: self.seed,
            played: played.into_iter().collect(),
            yardsticks,
        })
    }

    /// A model that knows the format and something of the questions, and makes nothing of feedback.
    fn warm_start(&self) -> Result<(Parameters, Played, Vec<Yardstick>)> {
        let Demo { model, sft, .. } = self.demo;
        let settings = json!({ "sft": sft, "start": self.start() });
        let folder = self.folder.join(WARM_START);
        if let Some((played, yardsticks)) = self.kept(WARM_START, &settings)? {
            let weights = folder.join("model.safetensors");
            let start = Parameters::load(weights, &Device::Cpu)?;
            return Ok((start, played, yardsticks));
        }
        let start = Parameters::random(
            model,
            self.demo.initializer_range,
            self.derive(Stream::Weights, 0),
            DType::F32,
            &Device::Cpu,
        )?;
        let bar = self.bar("warm start", sft.steps);
        let mut metrics = JsonLines::create(folder.join("metrics.jsonl"))?;
        let mut rng = self.rng(Stream::Demonstrations, 0);
        let mut learner = Sft::new(sft, model, &start, None, 0)?;
        for step in 1..=sft.steps {
            let demonstrations = (0..sft.batch_size)
                .map(|_| self.puzzle.demonstration(self.tokenizer, &mut rng))
                .collect::<Result<Vec<_>>>()?;
            let loss = learner.step(&demonstrations)?.loss;
            metrics.write(&json!({ "step": step, "loss": loss }))?;
            bar.set_message(format!("loss {loss:.3}"));
            bar.inc(1);
        }
        let start = learner.policy().copy()?;
        checkpoint::save(folder, model, &start, self.tokenizer)?;
        bar.set_message("evaluating");
        let played = self.played(WARM_START, &self.puzzle.environment(), &start)?;
        let causal = CausalLm::new(model, start.frozen())?;
        let tasks = self.test_tasks();
        let yardsticks = self.puzzle.yardsticks(&causal, self.tokenizer, &tasks)?;
        bar.finish_with_message("");
        self.keep(WARM_START, settings, &(&played, &yardsticks))?;
        Ok((start, played, yardsticks))
    }

    /// Trains a policy from the warm start, and evaluates it.
    fn arm(&self, arm: &Arm<P::Verifier>, start: &Parameters) -> Result<Results> {
        let settings = json!({
            "start": self.start(),
            "sft": self.demo.sft,
            "ppo": self.demo.ppo,
            "sampling": self.demo.sampling,
            "arm": arm.settings(),
        });
        if let Some(results) = self.kept(arm.key, &settings)? {
            return Ok(results);
        }
        let Demo {
            model,
            ppo,
            sampling,
            ..
        } = self.demo;
        let config = AlgorithmConfig {
            critic: arm.critic,
            progress: arm.progress,
            ..ppo.clone()
        };
        let iterations = config.iterations;
        let bar = self.bar(arm.name, iterations);
        let folder = self.folder.join(arm.key);
        let mut metrics = JsonLines::create(folder.join("metrics.jsonl"))?;
        let rows = config.rollout_batch_size;
        let seed = self.derive(Stream::Ppo, 0);
        let mut ppo = Ppo::new(config, sampling.sampling(), model, start, None, seed)?;
        let mut agent = self.agent(ppo.policy(), rows)?;
        let mut rng = self.rng(Stream::Tasks, 0);
        let mut evaluations = self.lines(&format!("{}/evaluations", arm.key))?;
        let (mut rewards, mut curve) = (Vec::with_capacity(iterations), Vec::new());
        for step in 0..=iterations {
            if step > 0 {
                let tasks: Vec<Task> = (0..rows)
                    .map(|_| self.puzzle.training_task(&mut rng))
                    .collect();
                let seed = self.derive(Stream::Rollouts, step);
                let iteration =
                    iterate(&mut ppo, &mut agent, &arm.environment, &tasks, step, seed)?;
                metrics.write(&iteration)?;
                bar.set_message(format!("reward {:.2}", iteration.reward));
                bar.inc(1);
                rewards.push(iteration.reward);
            }
            if self.demo.ablate.is_none() && step.is_multiple_of(self.demo.curve_interval) {
                let accuracy = self.accuracy_at_one(&mut agent, arm, step)?;
                curve.push((step, accuracy));
                if let Some(evaluations) = &mut evaluations {
                    let line = json!({ "step": step, "attempts": 1, "accuracy": accuracy });
                    evaluations.write(&line)?;
                }
            }
        }
        checkpoint::save(folder, model, ppo.policy(), self.tokenizer)?;
        bar.set_message("evaluating");
        let played = self.played(arm.key, &arm.environment, ppo.policy())?;
        let mut results = vec![(
            arm.key.into(),
            Played {
                rewards,
                curve,
                ..played
            },
        )];
        for (key, _, environment) in &arm.controls {
            results.push(((*key).into(), self.played(key, environment, ppo.policy())?));
        }
        bar.finish_with_message("");
        self.keep(arm.key, settings, &results)?;
        Ok(results)
    }

    /// Accuracy at one attempt over all questions, after `step` iterations.
    fn accuracy_at_one(
        &self,
        agent: &mut Agent,
        arm: &Arm<P::Verifier>,
        step: usize,
    ) -> Result<f64> {
        let evaluation = evaluate(
            agent,
            &arm.environment,
            &self.puzzle.every_task(),
            1,
            self.demo.sampling.temperature,
            self.derive(Stream::Curve, step),
            self.lines(&format!("{}/evaluations/{step:04}", arm.key))?
                .as_mut(),
        )?;
        Ok(evaluation.accuracy())
    }

    /// The final evaluation, on tasks that are the same for all policies of a seed.
    fn played(
        &self,
        key: &str,
        environment: &Environment<P::Verifier>,
        parameters: &Parameters,
    ) -> Result<Played> {
        let tasks = self.test_tasks();
        let mut agent = self.agent(parameters, EVAL_ROWS)?;
        let mut at = |temperature: f64, name: &str| {
            let seed = self.derive(Stream::Evaluation, 0);
            let mut file = self.lines(name)?;
            (1..=P::ATTEMPTS)
                .map(|k| {
                    let file = file.as_mut();
                    evaluate(&mut agent, environment, &tasks, k, temperature, seed, file)
                })
                .collect::<Result<Vec<_>>>()
        };
        Ok(Played {
            sampled: at(1.0, key)?,
            greedy: at(0.0, &format!("{key}_greedy"))?,
            rewards: Vec::new(),
            curve: Vec::new(),
        })
    }

    fn test_tasks(&self) -> Vec<Task> {
        self.puzzle.test_tasks(&mut self.rng(Stream::EvalTasks, 0))
    }

    /// A file for what evaluations leave. An ablation, which plays many, has none.
    fn lines(&self, name: &str) -> Result<Option<JsonLines>> {
        match self.demo.ablate {
            Some(_) => Ok(None),
            None => JsonLines::create(self.folder.join(format!("{name}.jsonl"))).map(Some),
        }
    }

    fn agent(&self, parameters: &Parameters, rows: usize) -> Result<Agent<'_>> {
        let sampling = SamplingConfig {
            rows,
            ..self.demo.sampling
        };
        Agent::new(&self.demo.model, parameters, self.tokenizer, &sampling)
    }

    /// What the warm start's weights depend on, besides its training.
    fn start(&self) -> Value {
        json!({
            "model": checkpoint::config_json(&self.demo.model, DType::F32),
            "initializer_range": self.demo.initializer_range,
        })
    }

    /// What an earlier run with the same settings kept, if this one is to go on with it.
    fn kept<T: DeserializeOwned>(&self, key: &str, settings: &Value) -> Result<Option<T>> {
        let file = self.folder.join(key).join("result.json");
        if !self.demo.resume || !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file).map_err(Error::file(&file))?;
        let kept: Kept<T> = serde_json::from_str(&text).map_err(Error::json(&file))?;
        // Numbers as they are after they were written.
        let settings: Value =
            serde_json::from_str(&settings.to_string()).map_err(Error::json(&file))?;
        Ok((kept.settings == settings).then_some(kept.result))
    }

    fn keep<T: Serialize>(&self, key: &str, settings: Value, result: &T) -> Result<()> {
        let file = self.folder.join(key).join("result.json");
        let kept = Kept { settings, result };
        let text = serde_json::to_string(&kept).map_err(Error::json(&file))?;
        fs::write(&file, text + "\n").map_err(Error::file(&file))
    }

    fn bar(&self, name: &str, length: usize) -> ProgressBar {
        let prefix = format!("{:28} ", format!("seed {} · {name}", self.seed));
        let bar = progress_bar(length).with_prefix(prefix);
        self.bars.add(bar)
    }

    fn derive(&self, stream: Stream, index: usize) -> u64 {
        seed::derive(self.seed, &[stream as u64, index as u64])
    }

    fn rng(&self, stream: Stream, index: usize) -> StdRng {
        StdRng::seed_from_u64(self.derive(stream, index))
    }
}

impl<V> Arm<V> {
    /// What makes it differ from other arms.
    pub(super) fn settings(&self) -> Value {
        let said = |environment: &Environment<V>| environment.template.feedback.text.clone();
        let controls = self.controls.iter();
        let controls: Vec<_> = controls.map(|(key, ..)| key).collect();
        json!({
            "key": self.key,
            "attempts": self.environment.attempts,
            "feedback": said(&self.environment),
            "rewards": self.environment.rewards,
            "critic": self.critic,
            "progress": self.progress,
            "controls": controls,
        })
    }
}
