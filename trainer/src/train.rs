use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use indicatif::MultiProgress;
use resit::env::{Environment, StopReason, Task, Verifier};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::bar::progress_bar;
use crate::checkpoint::Pretrained;
use crate::config::{Algorithm, AlgorithmConfig, Prover, RunConfig};
use crate::cut::continue_from_cuts;
use crate::eval::evaluate;
use crate::log::{Log, fields};
use crate::passes::Passes;
use crate::ppo::{Ppo, Sample, Update};
use crate::progress::forced_values;
use crate::rollout::Agent;
use crate::sample::Sampling;
use crate::snapshot::{Best, Checkpoints, Place, replace};
use crate::{Result, seed};

/// One iteration: what the episodes came to, and what was learned from them.
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
    /// Of the attempts after the first, the share whose answer was given before.
    pub repeat_rate: f64,
    /// Of the attempts after a wrong one, the share that is right.
    pub fix_rate: f64,
    /// Share of attempts that have the form of an answer.
    pub format_rate: f64,
    /// Share of episodes that ended because their context or their budget was full.
    pub truncated: f64,
    /// Tokens that the agent sampled, mean over the episodes.
    pub response_length: f64,
    /// The update.
    #[serde(flatten)]
    pub update: Update,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All iterations or steps are done.
    Finished,
    /// It was stopped before, and can go on.
    Stopped {
        /// Those that are done.
        step: usize,
    },
}

/// The streams of random numbers of a run.
#[derive(Clone, Copy)]
enum Stream {
    Learner,
    Questions,
    Rollouts,
    Evaluation,
}

/// The models and questions of a run.
struct Run<'a> {
    config: &'a RunConfig,
    ppo: Ppo,
    agent: Agent<'a>,
    questions: Passes<Task>,
    validation: Vec<Task>,
}

/// Trains as `config` says. Its folder gets the settings (`config.toml`), the metrics (`metrics.jsonl`
/// and `tensorboard`), the checkpoints (`checkpoints`) and in the end the trained model (`model`), or the adapter
/// where one is trained (`adapter`).
///
/// With `resume` the run in that folder goes on from its last checkpoint, as if it had never been
/// stopped. Once `stop` is true, the iteration under way is finished and saved.
///
/// # Errors
///
/// Files that are missing, damaged or cannot be written, a folder that holds another run, and
/// whatever stops the training. The checkpoints stay as they were.
pub fn train(
    config: &RunConfig,
    resume: bool,
    stop: &AtomicBool,
    bars: &MultiProgress,
) -> Result<Ending> {
    let (out, iterations) = (&config.out, config.algorithm.iterations);
    config.claim(resume)?;
    let checkpoints = Checkpoints::new(out.join("checkpoints"), config.checkpoint.keep);
    let model = Pretrained::open(&config.model, &config.environment.template.chat)?
        .with_positions(config.sampling.context_length);
    let mut run = Run::new(config, &model)?;
    let mut place = match checkpoints.latest()? {
        Some((folder, place)) => {
            run.ppo.restore(&folder, &model, place.optimizer_steps)?;
            place
        }
        None => Place::default(),
    };
    let mut log = Log::open(out, &place.written)?;
    let bar = bars.add(progress_bar(iterations).with_position(place.step as u64));
    bar.reset_eta();
    while place.step < iterations {
        let step = place.step + 1;
        let start = Instant::now();
        let iteration = run.iterate(step)?;
        let mut metrics = fields(&iteration);
        let improved = step.is_multiple_of(config.evaluation.interval)
            && run.evaluate(step, &mut metrics, &mut place.best)?;
        let seconds = start.elapsed().as_secs_f64();
        let rate = iteration.update.agent_tokens as f64 / seconds;
        metrics.insert("seconds".into(), json!(seconds));
        metrics.insert("tokens_per_second".into(), json!(rate));
        log.write(step, &metrics)?;
        bar.set_message(format!(
            "reward {:.2}, {rate:.0} tokens/s",
            iteration.reward
        ));
        bar.inc(1);

        let stopped = stop.load(Ordering::Relaxed);
        (place.step, place.written) = (step, log.written()?);
        place.optimizer_steps = run.ppo.steps();
        let last = step == iterations;
        if improved || stopped || last || step.is_multiple_of(config.checkpoint.interval) {
            checkpoints.save(&place, |folder| run.ppo.save(folder, &model))?;
        }
        if stopped && !last {
            bar.abandon();
            return Ok(Ending::Stopped { step });
        }
    }
    bar.finish();
    replace(&config.result(), |folder| {
        run.ppo.save_policy(folder, &model)
    })?;
    Ok(Ending::Finished)
}

impl<'a> Run<'a> {
    fn new(config: &'a RunConfig, model: &'a Pretrained) -> Result<Self> {
        let sampling = &config.sampling;
        let start = model.parameters(config.dtype.dtype(), &config.device()?)?;
        let ppo = Ppo::new(
            config.algorithm.clone(),
            sampling.sampling(),
            model.config(),
            &start,
            config.lora.as_ref(),
            derive(config, Stream::Learner, 0),
        )?;
        let agent = Agent::new(model.config(), ppo.policy(), model.tokenizer(), sampling)?;
        let seed = derive(config, Stream::Questions, 0);
        Ok(Self {
            questions: Passes::new(config.data.train_tasks()?, seed)?,
            validation: config.data.validation_tasks()?,
            config,
            ppo,
            agent,
        })
    }

    fn iterate(&mut self, step: usize) -> Result<Iteration> {
        let count = self.config.algorithm.rollout_batch_size;
        let tasks = self.questions.draw((step - 1) * count, count);
        let seed = derive(self.config, Stream::Rollouts, step);
        let environment = &self.config.environment;
        iterate(
            &mut self.ppo,
            &mut self.agent,
            environment,
            &tasks,
            step,
            seed,
        )
    }

    /// Measures the policy on the validation set. Says whether it is the best so far.
    fn evaluate(
        &mut self,
        step: usize,
        metrics: &mut Map<String, Value>,
        best: &mut Option<Best>,
    ) -> Result<bool> {
        let evaluation = &self.config.evaluation;
        let mut first = None;
        for &attempts in &evaluation.attempts {
            let seed = derive(self.config, Stream::Evaluation, step);
            let measured = evaluate(
                &mut self.agent,
                &self.config.environment,
                &self.validation,
                attempts,
                evaluation.sampling(),
                seed,
                None,
            )?;
            let accuracy = measured.accuracy();
            metrics.insert(format!("accuracy@{attempts}"), json!(accuracy));
            first.get_or_insert(accuracy);
        }
        let improved = first.filter(|&accuracy| best.is_none_or(|best| accuracy > best.accuracy));
        if let Some(accuracy) = improved {
            *best = Some(Best { step, accuracy });
        }
        Ok(improved.is_some())
    }
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
    let algorithm = ppo.config();
    let count = algorithm.samples_per_prompt;
    let sampling = ppo.sampling();
    let samples = match algorithm.name {
        Algorithm::Mrt => continue_from_cuts(algorithm, sampling, agent, environment, tasks, seed)?,
        _ => play(algorithm, sampling, agent, environment, tasks, seed)?,
    };
    let update = ppo.update(&samples, &environment.rewards)?;
    let states = || samples.iter().map(|sample| sample.episode.state());
    let mean = |sum: f64| sum / samples.len().max(1) as f64;
    let solved = states().filter(|s| s.stop == Some(StopReason::Solved));
    let again = states().flat_map(|s| s.results.iter().skip(1));
    let repeated = again.clone().filter(|result| result.repeated);
    let pairs = states().flat_map(|s| s.results.windows(2));
    let wrong = pairs.filter(|pair| !pair[0].correct());
    let fixed = wrong.clone().filter(|pair| pair[1].correct());
    let attempts = states().flat_map(|s| &s.results);
    let formatted = attempts.clone().filter(|result| result.formatted());
    let full = |stop| matches!(stop, Some(StopReason::Truncated | StopReason::Budget));
    let truncated = states().filter(|s| full(s.stop));
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let rewards = states().filter_map(|s| environment.rewards.reward(s));
    Ok(Iteration {
        step,
        episodes: step * tasks.len() * count,
        reward: mean(rewards.sum()),
        accuracy: mean(solved.count() as f64),
        attempts: mean(states().map(|s| f64::from(s.used())).sum()),
        repeat_rate: share(repeated.count(), again.count()),
        fix_rate: share(fixed.count(), wrong.count()),
        format_rate: share(formatted.count(), attempts.count()),
        truncated: mean(truncated.count() as f64),
        response_length: mean(states().map(|s| s.tokens as f64).sum()),
        update,
    })
}

/// Episodes in groups by their questions, with what forced answers say of their progress.
fn play<V: Verifier>(
    algorithm: &AlgorithmConfig,
    sampling: Sampling,
    agent: &mut Agent,
    environment: &Environment<V>,
    tasks: &[Task],
    seed: u64,
) -> Result<Vec<Sample<V::Reference>>> {
    let count = algorithm.samples_per_prompt;
    let played = agent.play_groups(environment, tasks, count, sampling, seed)?;
    let values = match algorithm.progress.map(|progress| progress.prover) {
        Some(Prover::Forced { answers }) => {
            let seed = seed::derive(seed, &[2]);
            forced_values(agent, environment, &played, answers, sampling, seed)?
        }
        _ => vec![Vec::new(); played.len()],
    };
    let samples = played.into_iter().zip(values).enumerate();
    let samples = samples.map(|(place, (episode, values))| Sample {
        episode,
        question: place / count,
        values,
        cut: None,
    });
    let judged = |sample: &Sample<_>| sample.episode.state().stop != Some(StopReason::Error);
    Ok(samples.filter(judged).collect())
}

fn derive(config: &RunConfig, stream: Stream, index: usize) -> u64 {
    seed::derive(config.seed, &[stream as u64, index as u64])
}
