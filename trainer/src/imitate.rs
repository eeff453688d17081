//! Supervised runs: a warm start from dialogues, and self-taught reasoning.

use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::MultiProgress;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use resit::env::{Environment, Episode, SegmentKind, StopReason, Task, Thinking, Verifier};
use resit_io::read_transcripts;
use serde_json::json;

use crate::bar::progress_bar;
use crate::batch::Sequence;
use crate::checkpoint::{self, Pretrained};
use crate::config::{Keep, RunConfig, StarConfig};
use crate::log::JsonLines;
use crate::model::Parameters;
use crate::progress::forced_values;
use crate::questions::Questions;
use crate::rollout::{Agent, encode};
use crate::sample::Sampler;
use crate::sft::Sft;
use crate::snapshot::replace;
use crate::tokenize::Tokenizer;
use crate::{Error, Result, seed};

/// Fine-tunes as `config.sft` says, on dialogues or on what the model itself got right. The folder of
/// the run gets the settings (`config.toml`), the metrics (`metrics.jsonl`) and the model (`model`).
/// Once `stop` is true it ends, with the model as it is then.
///
/// # Errors
///
/// Files that are missing or cannot be written, nothing to learn from, and whatever stops the
/// training.
pub fn fine_tune(config: &RunConfig, stop: &AtomicBool, bars: &MultiProgress) -> Result<()> {
    config.claim(false)?;
    let model = Pretrained::open(&config.model, &config.environment.template.chat)?
        .with_positions(config.sampling.context_length);
    let start = model.parameters(config.dtype.dtype(), &config.device()?)?;
    let mut lesson = Lesson {
        config,
        model: &model,
        metrics: JsonLines::create(config.out.join("metrics.jsonl"))?,
        stop,
        bars,
    };
    let policy = match &config.sft.star {
        None => {
            let sequences = dialogues(config, model.tokenizer())?;
            let policy = start.copy()?;
            lesson.teach(&policy, &sequences, 0)?;
            policy
        }
        Some(star) => lesson.star(&start, star)?,
    };
    replace(&config.out.join("model"), |folder| {
        checkpoint::save(folder, model.config(), &policy, model.tokenizer())?;
        model.copy_companions(folder)
    })
}

struct Lesson<'a> {
    config: &'a RunConfig,
    model: &'a Pretrained,
    metrics: JsonLines,
    stop: &'a AtomicBool,
    bars: &'a MultiProgress,
}

impl Lesson<'_> {
    /// Self-taught reasoning (STaR, arXiv 2203.14465): sample, keep what is right, and fine-tune the
    /// start on it, so that a round imitates the round before but does not overfit to all of them.
    fn star(&mut self, start: &Parameters, star: &StarConfig) -> Result<Parameters> {
        let questions = Questions::new(self.config.data.train_tasks()?, self.config.seed)?;
        let mut policy = start.copy()?;
        for round in 1..=star.rounds {
            let tasks = questions.draw((round - 1) * star.questions, star.questions);
            let seed = seed::derive(self.config.seed, &[1, round as u64]);
            let kept = self.correct(&policy, &tasks, star, seed)?;
            let share = kept.len() as f64 / (tasks.len() * star.samples_per_prompt) as f64;
            self.metrics
                .write(&json!({ "round": round, "kept": kept.len(), "kept_share": share }))?;
            if kept.is_empty() {
                let fault =
                    format!("round {round}: no episode is right, so there is nothing to learn");
                return Err(Error::Config(fault));
            }
            policy = start.copy()?;
            self.teach(&policy, &kept, round)?;
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        Ok(policy)
    }

    /// What the policy gets right.
    fn correct(
        &self,
        policy: &Parameters,
        tasks: &[Task],
        star: &StarConfig,
        seed: u64,
    ) -> Result<Vec<Sequence>> {
        let sampling = &self.config.sampling;
        let mut agent = Agent {
            sampler: Sampler::new(
                self.model.config(),
                policy.frozen(),
                sampling.rows,
                sampling.context_length,
            )?,
            tokenizer: self.model.tokenizer(),
            chunk_tokens: sampling.chunk_tokens,
        };
        let environment = &self.config.environment;
        let (samples, temperature) = (star.samples_per_prompt, sampling.temperature);
        let played = agent.play_groups(environment, tasks, samples, temperature, seed)?;
        let mut kept = Vec::new();
        for (place, group) in played.chunks(samples).enumerate() {
            let solved = |episode: &&Episode| episode.state().stop == Some(StopReason::Solved);
            let right: Vec<Episode> = group.iter().filter(solved).cloned().collect();
            let seed = seed::derive(seed, &[3, place as u64]);
            match star.keep {
                Keep::Correct => kept.extend(right),
                Keep::Progress { answers } => {
                    let best =
                        most_progress(&mut agent, environment, &right, answers, temperature, seed)?;
                    kept.extend(best.and_then(|place| right.into_iter().nth(place)));
                }
            }
        }
        let sequences = kept.iter().flat_map(|e| e.sequences(&environment.rewards));
        Ok(sequences
            .map(|sequence| Sequence {
                tokens: sequence.tokens,
                loss_mask: sequence.loss_mask,
            })
            .collect())
    }

    /// Optimizer steps on `sequences`, pass after pass, each in an order of its own.
    fn teach(&mut self, policy: &Parameters, sequences: &[Sequence], round: usize) -> Result<()> {
        let sft = &self.config.sft;
        let mut learner = Sft::new(sft, self.model.config(), policy)?;
        let bar = self.bars.add(progress_bar(sft.steps));
        let seed = seed::derive(self.config.seed, &[2, round as u64]);
        let mut rng = StdRng::seed_from_u64(seed);
        let mut order: Vec<usize> = Vec::new();
        for step in 1..=sft.steps {
            let mut batch = Vec::with_capacity(sft.batch_size);
            while batch.len() < sft.batch_size {
                if order.is_empty() {
                    order = (0..sequences.len()).collect();
                    order.shuffle(&mut rng);
                }
                batch.extend(order.pop().map(|place| sequences[place].clone()));
            }
            let loss = learner.step(&batch)?;
            self.metrics
                .write(&json!({ "round": round, "step": step, "loss": loss }))?;
            bar.set_message(format!("loss {loss:.3}"));
            bar.inc(1);
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        bar.finish();
        Ok(())
    }
}

/// The place of the episode with the largest mean of J_0, J_1, …, the first of several: MRT's criterion
/// for what is imitated (arXiv 2503.07572). All of them end right, so the sum of the progress is the
/// same for all; the mean tells who got there early, which is the least regret.
fn most_progress<V: Verifier>(
    agent: &mut Agent,
    environment: &Environment<V>,
    right: &[Episode<V::Reference>],
    answers: usize,
    temperature: f64,
    seed: u64,
) -> Result<Option<usize>> {
    let values = forced_values(agent, environment, right, answers, temperature, seed)?;
    let mut best: Option<(usize, f64)> = None;
    for (place, values) in values.iter().enumerate() {
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        if best.is_none_or(|(_, most)| mean > most) {
            best = Some((place, mean));
        }
    }
    Ok(best.map(|(place, _)| place))
}

/// What is to be imitated in the files of transcripts: all that the model says there.
fn dialogues(config: &RunConfig, tokenizer: &Tokenizer) -> Result<Vec<Sequence>> {
    let mut sequences = Vec::new();
    for path in &config.sft.dialogues {
        for recorded in read_transcripts(path)? {
            let sequence = imitation(recorded?.episode, tokenizer)?;
            if sequence.tokens.len() <= config.sampling.context_length {
                sequences.push(sequence);
            }
        }
    }
    if sequences.is_empty() {
        let fault =
            "there is nothing to imitate: `sft.dialogues` names no dialogue that fits the context";
        return Err(Error::Config(fault.into()));
    }
    Ok(sequences)
}

/// Texts without ids get them from `tokenizer`; ids that are there stay.
fn imitation<R>(mut episode: Episode<R>, tokenizer: &Tokenizer) -> Result<Sequence> {
    encode(&mut episode, tokenizer)?;
    let transcript = episode.transcript();
    let known = transcript
        .segments()
        .iter()
        .all(|segment| segment.text.is_empty() || !segment.tokens.is_empty());
    if known || transcript.thinking() != Thinking::Keep {
        return Ok(Sequence {
            tokens: transcript.tokens(),
            loss_mask: transcript.loss_mask(),
        });
    }
    let mut sequence = Sequence {
        tokens: Vec::new(),
        loss_mask: Vec::new(),
    };
    for segment in transcript
        .segments()
        .iter()
        .filter(|s| s.kind != SegmentKind::Context)
    {
        let encoded = tokenizer.encode(&segment.text)?;
        let known = !segment.tokens.is_empty();
        sequence
            .tokens
            .extend(if known { &segment.tokens } else { &encoded });
        sequence
            .loss_mask
            .resize(sequence.tokens.len(), segment.kind.is_model());
    }
    Ok(sequence)
}
