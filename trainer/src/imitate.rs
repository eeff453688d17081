//! Supervised runs: a warm start from dialogues, and self-taught reasoning.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use indicatif::MultiProgress;
use resit::env::{Environment, Episode, SegmentKind, StopReason, Task, Thinking, Verifier};
use resit_io::read_transcripts;
use serde_json::{Map, Value, json};

use crate::bar::progress_bar;
use crate::batch::Sequence;
use crate::checkpoint::Pretrained;
use crate::config::{Keep, RunConfig, StarConfig};
use crate::log::{Log, fields};
use crate::model::Parameters;
use crate::passes::Passes;
use crate::progress::forced_values;
use crate::rollout::{Agent, encode};
use crate::sample::Sampling;
use crate::sft::Sft;
use crate::snapshot::{Checkpoints, Place, replace};
use crate::tokenize::Tokenizer;
use crate::train::Ending;
use crate::{Error, Result, seed};

/// Fine-tunes as `config.sft` says, on dialogues or on what the model itself got right. The folder of
/// the run gets the settings (`config.toml`), the metrics (`metrics.jsonl` and `tensorboard`), the
/// checkpoints (`checkpoints`) and in the end the trained model (`model`), or the adapter where one is
/// trained (`adapter`).
///
/// With `resume` the run in that folder goes on from its last checkpoint, as if it had never been
/// stopped. Once `stop` is true, the step under way is finished and saved.
///
/// # Errors
///
/// Files that are missing, damaged or cannot be written, nothing to learn from, a folder that holds
/// another run, and whatever stops the training. The checkpoints stay as they were.
pub fn fine_tune(
    config: &RunConfig,
    resume: bool,
    stop: &AtomicBool,
    bars: &MultiProgress,
) -> Result<Ending> {
    config.claim(resume)?;
    let checkpoints = Checkpoints::new(config.out.join("checkpoints"), config.checkpoint.keep);
    let model = Pretrained::open(&config.model, &config.environment.template.chat)?
        .with_positions(config.sampling.context_length);
    let start = model.parameters(config.dtype.dtype(), &config.device()?)?;
    let lesson = Lesson {
        config,
        model: &model,
        start: &start,
    };
    let rounds = config.sft.star.as_ref().map_or(1, |star| star.rounds);
    let steps = config.sft.steps;

    let mut place = Place::default();
    let mut learner = lesson.learner(1)?;
    let mut sequences = None;
    if let Some((folder, last)) = checkpoints.latest()? {
        place = last;
        learner.restore(&folder, &model, place.optimizer_steps)?;
        sequences = lesson.sequences_in(&folder, place.step)?;
    }
    let mut log = Log::open(&config.out, &place.written)?;
    let bar = bars.add(progress_bar(rounds * steps).with_position(place.step as u64));
    bar.reset_eta();
    while place.step < rounds * steps {
        let (round, done) = (place.step / steps + 1, place.step % steps);
        let mut metrics = Map::new();
        metrics.insert("round".into(), json!(round));
        let lessons = match sequences.take() {
            Some(sequences) => sequences,
            None => {
                let chosen = lesson.sequences(round, learner.policy(), &mut metrics)?;
                // Before there is another.
                drop(learner);
                learner = lesson.learner(round)?;
                Passes::new(chosen, lesson.derive(Stream::Order, round))?
            }
        };
        let start = Instant::now();
        let batch = config.sft.batch_size;
        let step = learner.step(&lessons.draw(done * batch, batch))?;
        let seconds = start.elapsed().as_secs_f64();

        place.step += 1;
        metrics.insert("step".into(), json!(place.step));
        metrics.extend(fields(&step));
        metrics.insert("seconds".into(), json!(seconds));
        let rate = step.agent_tokens as f64 / seconds;
        metrics.insert("tokens_per_second".into(), json!(rate));
        log.write(place.step, &metrics)?;
        bar.set_message(format!("loss {:.3}", step.loss));
        bar.inc(1);

        (place.optimizer_steps, place.written) = (done + 1, log.written()?);
        let stopped = stop.load(Ordering::Relaxed);
        let last = place.step == rounds * steps;
        if stopped || last || place.step.is_multiple_of(config.checkpoint.interval) {
            checkpoints.save(&place, |folder| {
                lesson.save_sequences(folder, lessons.items())?;
                learner.save(folder, &model)
            })?;
        }
        if stopped && !last {
            bar.abandon();
            return Ok(Ending::Stopped { step: place.step });
        }
        sequences = (done + 1 < steps).then_some(lessons);
    }
    bar.finish();
    replace(&config.result(), |folder| {
        learner.save_policy(folder, &model)
    })?;
    Ok(Ending::Finished)
}

/// What a run starts from.
struct Lesson<'a> {
    config: &'a RunConfig,
    model: &'a Pretrained,
    start: &'a Parameters,
}

/// The streams of random numbers of a run.
#[derive(Clone, Copy)]
enum Stream {
    Questions,
    Rollouts,
    Order,
    Adapter,
}

/// In a checkpoint, what the model has chosen to learn from.
const SEQUENCES: &str = "sequences.json";

impl<'a> Lesson<'a> {
    /// Each round fine-tunes the start, so that it imitates the round before but does not overfit to all
    /// of them.
    fn learner(&self, round: usize) -> Result<Sft<'a>> {
        let (sft, lora) = (&self.config.sft, self.config.lora.as_ref());
        let seed = self.derive(Stream::Adapter, round);
        Sft::new(sft, self.model.config(), self.start, lora, seed)
    }

    /// What is learned from in a round: dialogues, or what the policy of the round before gets right
    /// (STaR, arXiv 2203.14465).
    fn sequences(
        &self,
        round: usize,
        policy: &Parameters,
        metrics: &mut Map<String, Value>,
    ) -> Result<Vec<Sequence>> {
        let Some(star) = &self.config.sft.star else {
            return dialogues(self.config, self.model.tokenizer());
        };
        let seed = self.derive(Stream::Questions, 0);
        let questions = Passes::new(self.config.data.train_tasks()?, seed)?;
        let tasks = questions.draw((round - 1) * star.questions, star.questions);
        let seed = self.derive(Stream::Rollouts, round);
        let kept = self.correct(policy, &tasks, star, seed)?;
        let share = kept.len() as f64 / (tasks.len() * star.samples_per_prompt) as f64;
        metrics.insert("kept".into(), json!(kept.len()));
        metrics.insert("kept_share".into(), json!(share));
        if kept.is_empty() {
            let fault = format!("round {round}: no episode is right, so there is nothing to learn");
            return Err(Error::Config(fault));
        }
        Ok(kept)
    }

    /// Beside the policy of a checkpoint: what the model chose is not found again without the policy
    /// that chose it.
    fn save_sequences(&self, folder: &Path, sequences: &[Sequence]) -> Result<()> {
        if self.config.sft.star.is_none() {
            return Ok(());
        }
        let file = folder.join(SEQUENCES);
        let text = serde_json::to_vec(sequences).map_err(Error::json(&file))?;
        fs::write(&file, text).map_err(Error::file(&file))
    }

    /// Those of the round that a checkpoint is in, unless a new one begins.
    fn sequences_in(&self, folder: &Path, step: usize) -> Result<Option<Passes<Sequence>>> {
        let steps = self.config.sft.steps;
        if step.is_multiple_of(steps) {
            return Ok(None);
        }
        let sequences = if self.config.sft.star.is_some() {
            let file = folder.join(SEQUENCES);
            let text = fs::read(&file).map_err(Error::file(&file))?;
            serde_json::from_slice(&text).map_err(Error::json(&file))?
        } else {
            dialogues(self.config, self.model.tokenizer())?
        };
        Passes::new(sequences, self.derive(Stream::Order, step / steps + 1)).map(Some)
    }

    fn derive(&self, stream: Stream, index: usize) -> u64 {
        seed::derive(self.config.seed, &[stream as u64, index as u64])
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
        let (model, tokenizer) = (self.model.config(), self.model.tokenizer());
        let mut agent = Agent::new(model, policy, tokenizer, sampling)?;
        let environment = &self.config.environment;
        let (samples, sampling) = (star.samples_per_prompt, sampling.sampling());
        let played = agent.play_groups(environment, tasks, samples, sampling, seed)?;
        let mut kept = Vec::new();
        for (place, group) in played.chunks(samples).enumerate() {
            let solved = |episode: &&Episode| episode.state().stop == Some(StopReason::Solved);
            let right: Vec<Episode> = group.iter().filter(solved).cloned().collect();
            let seed = seed::derive(seed, &[3, place as u64]);
            match star.keep {
                Keep::Correct => kept.extend(right),
                Keep::Progress { answers } => {
                    let best =
                        most_progress(&mut agent, environment, &right, answers, sampling, seed)?;
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
}

/// The place of the episode with the largest mean of J_0, J_1, …, the first of several: MRT's criterion
/// for what is imitated (arXiv 2503.07572). All of them end right, so the sum of the progress is the
/// same for all; the mean tells who got there early, which is the least regret.
fn most_progress<V: Verifier>(
    agent: &mut Agent,
    environment: &Environment<V>,
    right: &[Episode<V::Reference>],
    answers: usize,
    sampling: Sampling,
    seed: u64,
) -> Result<Option<usize>> {
    let values = forced_values(agent, environment, right, answers, sampling, seed)?;
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
