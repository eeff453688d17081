use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use resit::env::{Environment, StopReason, Task, Verifier};
use serde::Serialize;

use crate::checkpoint::Pretrained;
use crate::config::RunConfig;
use crate::ppo::{Ppo, Sample, Update};
use crate::questions::Questions;
use crate::rollout::Agent;
use crate::sample::Sampler;
use crate::{Error, Result, checkpoint, seed};

/// The streams of random numbers of a run.
#[derive(Clone, Copy)]
enum Stream {
    Learner,
    Questions,
    Rollouts,
}

/// Trains as `config` says. Its folder gets the settings (`config.toml`), the metrics
/// (`metrics.jsonl`) and the trained model (`model`).
///
/// # Errors
///
/// Files that are missing or cannot be written, and whatever stops the training.
pub fn train(config: &RunConfig, bars: &MultiProgress) -> Result<()> {
    let RunConfig {
        environment,
        algorithm,
        sampling,
        out,
        ..
    } = config;
    let stream =
        |stream: Stream, index: usize| seed::derive(config.seed, &[stream as u64, index as u64]);
    let model = Pretrained::open(&config.model, &environment.template.chat)?
        .with_positions(sampling.context_length);
    let start = model.parameters(config.dtype.dtype(), &config.device()?)?;
    let questions = Questions::new(config.data.train_tasks()?, stream(Stream::Questions, 0))?;
    let mut ppo = Ppo::new(
        algorithm.clone(),
        sampling.temperature,
        model.config(),
        &start,
        stream(Stream::Learner, 0),
    )?;
    let mut agent = Agent {
        sampler: Sampler::new(
            model.config(),
            ppo.policy().frozen(),
            sampling.rows,
            sampling.context_length,
        )?,
        tokenizer: model.tokenizer(),
        chunk_tokens: sampling.chunk_tokens,
    };
    fs::create_dir_all(out).map_err(Error::file(out))?;
    let file = out.join("config.toml");
    fs::write(&file, config.to_toml()?).map_err(Error::file(&file))?;
    let mut metrics = JsonLines::create(out.join("metrics.jsonl"))?;
    let bar = bars.add(progress_bar(algorithm.iterations)?);
    let count = algorithm.rollout_batch_size;
    for step in 1..=algorithm.iterations {
        let tasks = questions.draw((step - 1) * count, count);
        let seed = stream(Stream::Rollouts, step);
        let iteration = iterate(&mut ppo, &mut agent, environment, &tasks, step, seed)?;
        metrics.write(&iteration)?;
        bar.set_message(format!("reward {:.2}", iteration.reward));
        bar.inc(1);
    }
    bar.finish();
    let folder = out.join("model");
    checkpoint::save(&folder, model.config(), ppo.policy(), model.tokenizer())?;
    model.copy_companions(&folder)
}

fn progress_bar(iterations: usize) -> Result<ProgressBar> {
    let template = "{bar:30} {pos}/{len} {per_sec} left {eta}  {msg}";
    let style = ProgressStyle::with_template(template).map_err(|e| Error::Config(e.to_string()))?;
    Ok(ProgressBar::new(iterations as u64).with_style(style))
}

/// One iteration of PPO: what the episodes came to, and what was learned from them.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Iteration {
    /// Counted from 1.
    pub step: usize,
    /// Episodes played so far, this iteration's included.
    pub episodes: usize,
    /// Mean reward of an episode.
    pub reward: f64,
    /// Share of episodes in which an attempt was correct.
    pub accuracy: f64,
    /// Attempts used, mean over the episodes.
    pub attempts: f64,
    /// The update.
    #[serde(flatten)]
    pub update: Update,
}

/// Plays `samples_per_prompt` episodes for each of `tasks` and learns from them. `agent` must play the
/// policy of `ppo`. `step` is the number of the iteration, counted from 1.
///
/// # Errors
///
/// Those of [`Agent::play`] and [`Ppo::update`].
pub fn iterate<V: Verifier>(
    ppo: &mut Ppo,
    agent: &mut Agent,
    environment: &Environment<V>,
    tasks: &[Task],
    step: usize,
    seed: u64,
) -> Result<Iteration> {
    let samples = ppo.config().samples_per_prompt;
    let tasks: Vec<Task> = tasks
        .iter()
        .flat_map(|task| std::iter::repeat_n(task.clone(), samples))
        .collect();
    let played = agent.play(environment, &tasks, ppo.temperature(), seed)?;
    let reward = |sample: &Sample<V::Reference>| environment.rewards.reward(sample.episode.state());
    let episodes: Vec<Sample<V::Reference>> = played
        .into_iter()
        .enumerate()
        .map(|(place, episode)| Sample {
            episode,
            question: place / samples,
            values: Vec::new(),
        })
        .filter(|sample| reward(sample).is_some())
        .collect();
    let update = ppo.update(&episodes, &environment.rewards)?;
    let mean = |sum: f64| sum / episodes.len().max(1) as f64;
    let states = || episodes.iter().map(|sample| sample.episode.state());
    let solved = states()
        .filter(|s| s.stop == Some(StopReason::Solved))
        .count();
    Ok(Iteration {
        step,
        episodes: step * tasks.len(),
        reward: mean(episodes.iter().filter_map(reward).sum()),
        accuracy: mean(solved as f64),
        attempts: mean(states().map(|s| f64::from(s.used())).sum()),
        update,
    })
}

/// A file of one JSON object per line.
pub struct JsonLines {
    writer: BufWriter<File>,
    path: PathBuf,
}

impl JsonLines {
    /// Starts the file anew, and makes its folder if there is none.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let file = File::create(&path).map_err(Error::file(&path))?;
        Ok(Self {
            writer: BufWriter::new(file),
            path,
        })
    }

    /// Appends a line; it is on disk when this returns.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.writer, line).map_err(Error::json(&self.path))?;
        writeln!(self.writer)
            .and_then(|()| self.writer.flush())
            .map_err(Error::file(&self.path))
    }
}
