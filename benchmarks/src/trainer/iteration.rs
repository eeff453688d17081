//! A whole iteration: sampling, rewards, and the optimizer steps on what was sampled.

use std::error::Error;
use std::path::Path;
use std::thread::sleep;
use std::time::Instant;

use candle_core::{DType, Device};
use resit::env::{Attempts, Budget, Chat, Ending, Environment, Task, Template};
use resit_trainer::config::{Algorithm, AlgorithmConfig, CriticKind};
use resit_trainer::model::Parameters;
use resit_trainer::ppo::Ppo;
use resit_trainer::rollout::Agent;
use resit_trainer::sample::Sampler;
use resit_trainer::tokenize::Tokenizer;
use resit_trainer::train::iterate;
use serde_json::json;

use super::{REST, SIZES, Size, middle};
use crate::Figures;
use crate::python::{Script, numbers};
use crate::side_by_side::rounded;

/// Iterations of each, one after the other in turns.
const ROUNDS: usize = 5;

/// Different prompts, and samples of all of them.
const PROMPTS: usize = 16;
const SAMPLES: usize = 128;

/// Samples for an optimizer step.
const BATCH: usize = 64;

/// Words of a prompt, and the most that are sampled after it.
const PROMPT: usize = 32;
const TOKENS: usize = 64;

const END: &str = "<|end|>";

/// How many times as fast as an iteration of TRL's GRPO with a reference model an iteration is, by tokens
/// sampled: of PPO with a critic of the policy's size, as the paper has it, of PPO with a value head, and of
/// GRPO. The smallest model, [`SAMPLES`] samples in
/// optimizer steps of [`BATCH`].
pub(super) fn figures(python: Option<&Path>) -> Result<Figures, Box<dyn Error>> {
    let [size, ..] = &SIZES;
    let folder = std::env::temp_dir().join(format!("resit-iteration-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let rates = rates(size, &folder, python);
    std::fs::remove_dir_all(&folder)?;
    let [ppo, head, grpo, theirs] = rates?;
    for (title, rate) in [
        ("PPO of Resit", ppo),
        ("the same, head", head),
        ("GRPO of Resit", grpo),
        ("GRPO of TRL", theirs),
    ] {
        if let Some(rate) = rate {
            println!(
                "iteration, {}, {SAMPLES} samples: {title:<14} {rate:>6.0} sampled tokens/s",
                size.name
            );
        }
    }
    let mut figures = Figures::new();
    for (figure, ours) in [
        ("iteration_ratio_trl", ppo),
        ("iteration_ratio_trl_value_head", head),
        ("iteration_ratio_trl_grpo", grpo),
    ] {
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            figures.insert(figure.into(), rounded(ours / theirs).into());
        }
    }
    Ok(figures)
}

/// Median tokens per second of PPO with a critic and with a value head and of GRPO here, and of GRPO there.
fn rates(
    size: &Size,
    folder: &Path,
    python: Option<&Path>,
) -> Result<[Option<f64>; 4], Box<dyn Error>> {
    let config = size.config()?;
    let start = Parameters::random(&config, 0.02, 1, DType::F32, &Device::Cpu)?;
    let weights = folder.join("model.safetensors");
    start.save(&weights)?;
    let file = folder.join("tokenizer.json");
    std::fs::write(&file, tokenizer(size.vocab).to_string())?;
    let tokenizer = Tokenizer::load(&file, END)?;
    let word =
        |row: usize, column: usize| (row * 7919 + column * 104_729 + row * column * 31) % 500;
    let prompts: Vec<String> = (0..PROMPTS)
        .map(|row| {
            let words = (0..PROMPT).map(|column| format!("w{}", word(row, column)));
            words.collect::<Vec<_>>().join(" ")
        })
        .collect();
    let defaults = AlgorithmConfig::default();
    let mut peer = python
        .map(|python| Script::start(python, "grpo.py"))
        .transpose()?;
    if let Some(peer) = &mut peer {
        peer.ask(&json!({
            "config": size.json(),
            "weights": weights,
            "tokenizer": file,
            "end": END,
            "prompts": prompts,
            "samples": SAMPLES,
            "batch": BATCH,
            "tokens": TOKENS,
            "kl_coef": defaults.kl_coef,
            "learning_rate": defaults.learning_rate,
            "out": folder,
        }))?;
    }

    let environment = environment();
    let tasks = prompts.iter().map(|prompt| Task::new(prompt.as_str(), "1"));
    let tasks: Vec<Task> = tasks.collect();
    let algorithms = [
        (Algorithm::Ppo, CriticKind::Separate),
        (Algorithm::Ppo, CriticKind::ValueHead),
        (Algorithm::Grpo, CriticKind::Separate),
    ]
    .map(|(name, critic)| AlgorithmConfig {
        name,
        critic,
        rollout_batch_size: PROMPTS,
        samples_per_prompt: SAMPLES / PROMPTS,
        train_batch_size: BATCH,
        ..defaults.clone()
    });
    let mut ours = Vec::new();
    for algorithm in algorithms {
        let ppo = Ppo::new(algorithm, 1.0, &config, &start, None, 1)?;
        let weights = ppo.policy().frozen();
        let agent = Agent {
            sampler: Sampler::new(&config, weights, BATCH, PROMPT + TOKENS)?,
            tokenizer: &tokenizer,
            chunk_tokens: TOKENS,
        };
        ours.push((ppo, agent));
    }
    let mut rates = [const { Vec::new() }; 4];
    // The first round warms up.
    for round in 0..=ROUNDS {
        for ((ppo, agent), rates) in ours.iter_mut().zip(&mut rates) {
            let start = Instant::now();
            let step = round + 1;
            let iteration = iterate(ppo, agent, &environment, &tasks, step, step as u64)?;
            let rate = iteration.update.agent_tokens as f64 / start.elapsed().as_secs_f64();
            rates.extend((round > 0).then_some(rate));
        }
        let Some(peer) = &mut peer else { continue };
        let reply = peer.ask(&json!({}))?;
        let seconds = numbers(&reply, "seconds");
        let rate = numbers(&reply, "tokens").iter().sum::<f64>() / seconds.iter().sum::<f64>();
        rates[3].extend((round > 0).then_some(rate));
        sleep(REST);
    }
    Ok(rates.map(middle))
}

/// A prompt is the question and nothing else, and there is one attempt.
fn environment() -> Environment {
    Environment {
        template: Template {
            chat: Chat {
                user: [String::new(), String::new()],
                end_of_turn: END.into(),
                after_turn: String::new(),
                ..Chat::plain()
            },
            system: String::new(),
            user: "{input}".into(),
            ..Template::multi_attempt()
        },
        attempts: Attempts::Fixed(1),
        budget: Budget {
            attempt: Some(TOKENS as u64),
            episode: None,
        },
        ending: Ending::Turn,
        ..Environment::default()
    }
}

/// A word for every id, in the format of the package tokenizers.
fn tokenizer(vocab: usize) -> serde_json::Value {
    let end = vocab - 1;
    let words = (1..end).map(|id| (format!("w{}", id - 1), id.into()));
    let mut vocabulary: serde_json::Map<_, _> = words.collect();
    vocabulary.insert("<unk>".into(), 0.into());
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": [{
            "id": end,
            "content": END,
            "single_word": false,
            "lstrip": false,
            "rstrip": false,
            "normalized": false,
            "special": true,
        }],
        "normalizer": null,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": null,
        "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"},
    })
}
