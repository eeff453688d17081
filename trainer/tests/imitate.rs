//! Supervised runs: what is shown is learned, and what was right is learned again.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use candle_core::{DType, Device};
use common::{ARMS, END, environment, folder};
use indicatif::{MultiProgress, ProgressDrawTarget};
use resit::env::{Attempt, Attempts, Environment, SegmentKind, Task};
use resit_io::{Recorded, write_transcript};
use resit_trainer::batch::Sequence;
use resit_trainer::checkpoint::Pretrained;
use resit_trainer::config::{Keep, RunConfig, SftConfig, StarConfig};
use resit_trainer::imitate::fine_tune;
use resit_trainer::lora::{Lora, LoraConfig};
use resit_trainer::rollout::Agent;
use resit_trainer::sample::Sampler;
use resit_trainer::sft::Sft;
use serde_json::Value;

const EPISODES: usize = 200;

fn settings(folder: &Path, sft: SftConfig) -> RunConfig {
    let file = folder.join("run.toml");
    let text = format!(
        "model = {:?}\nout = {:?}\n[data]\ntrain = [{:?}]\n\
         [sampling]\ncontext_length = 16\nchunk_tokens = 1\nrows = 32\n",
        folder.join("start"),
        folder.join("out"),
        folder.join("questions.jsonl"),
    );
    fs::write(&file, text).unwrap();
    RunConfig {
        environment: environment(Attempts::Fixed(2)),
        sft,
        ..RunConfig::read(&file, &[]).unwrap()
    }
}

fn run(config: &RunConfig) -> Vec<Value> {
    let bars = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
    fine_tune(config, false, &AtomicBool::new(false), &bars).unwrap();
    let text = fs::read_to_string(config.out.join("metrics.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What a model says in its attempts at a question whose answer it cannot know to be wrong.
fn attempts(folder: &Path, environment: &Environment, reference: &str) -> Vec<Vec<String>> {
    let model = Pretrained::open(folder, &environment.template.chat).unwrap();
    let weights = model.parameters(DType::F32, &Device::Cpu).unwrap();
    let mut agent = Agent {
        sampler: Sampler::new(model.config(), weights.frozen(), 32, 16).unwrap(),
        tokenizer: model.tokenizer(),
        chunk_tokens: 1,
    };
    let tasks = vec![Task::new("?", reference); EPISODES];
    let episodes = agent.play(environment, &tasks, 1.0, 5).unwrap();
    let texts = episodes.iter().map(|episode| {
        let segments = episode.transcript().segments().iter();
        let attempts = segments.filter(|s| s.kind == SegmentKind::Attempt);
        attempts.map(|s| s.text.clone()).collect()
    });
    texts.collect()
}

/// Settings for imitating a model that says first 2, then 1.
fn imitating(name: &str) -> (PathBuf, RunConfig) {
    let folder = folder(name);
    let environment = environment(Attempts::Fixed(2));
    let mut file = Vec::new();
    // Texts without ids.
    let mut episode = environment.reset(&Task::new("?", "1"), 0).unwrap();
    for arm in [ARMS[1], ARMS[0]] {
        environment.step(&mut episode, Attempt::text(arm)).unwrap();
    }
    let recorded = Recorded {
        episode,
        values: Vec::new(),
    };
    write_transcript(&mut file, &recorded).unwrap();
    let dialogues = folder.join("dialogues.jsonl");
    fs::write(&dialogues, file).unwrap();
    let config = settings(
        &folder,
        SftConfig {
            dialogues: vec![dialogues],
            steps: 60,
            batch_size: 2,
            learning_rate: 1e-2,
            ..SftConfig::default()
        },
    );
    (folder, config)
}

#[test]
fn dialogues_are_imitated() {
    let (_, config) = imitating("imitate-dialogues");
    let environment = environment(Attempts::Fixed(2));
    let metrics = run(&config);
    assert_eq!(metrics.len(), 60);
    let loss = |line: &Value| line["loss"].as_f64().unwrap();
    assert!(
        loss(&metrics[0]) > 1.5 && loss(&metrics[59]) < 0.1,
        "{metrics:?}"
    );
    let said = attempts(&config.out.join("model"), &environment, "3");
    let as_shown = said.iter().filter(|said| {
        said.len() == 2 && said[0].starts_with(ARMS[1]) && said[1].starts_with(ARMS[0])
    });
    let share = as_shown.count() as f64 / EPISODES as f64;
    assert!(share > 0.9, "{share}: {:?} {END}", &said[..3]);
}

#[test]
fn small_passes_add_up_to_a_batch() {
    let tokenizer = common::tokenizer();
    let model = common::config(&tokenizer);
    let start = common::parameters(&model, 0.3);
    // As long as they are, tokens count the same.
    let sequences: Vec<Sequence> = (2..7)
        .map(|length| Sequence {
            tokens: (0..length).collect(),
            loss_mask: vec![true; length as usize],
        })
        .collect();
    let learned = |micro_batch_size: usize, gradient_checkpointing: bool| {
        let settings = SftConfig {
            micro_batch_size,
            gradient_checkpointing,
            learning_rate: 1e-2,
            ..SftConfig::default()
        };
        let mut learner = Sft::new(&settings, &model, &start, None, 0).unwrap();
        let steps = [(); 4].map(|()| learner.step(&sequences).unwrap());
        assert_eq!(steps[0].agent_tokens, 1 + 2 + 3 + 4 + 5);
        steps.map(|step| [step.loss, step.grad_norm])
    };
    let whole = learned(128, false);
    assert!(whole[3][0] < whole[0][0]);
    for (micro_batch_size, recomputed) in [(2, false), (1, true)] {
        let parts = learned(micro_batch_size, recomputed);
        for (whole, part) in whole.iter().flatten().zip(parts.iter().flatten()) {
            assert!((whole / part - 1.0).abs() < 1e-4, "{whole} {part}");
        }
    }
}

#[test]
fn an_adapter_imitates_and_the_model_stays() {
    let (folder, config) = imitating("imitate-adapter");
    let start = fs::read(folder.join("start/model.safetensors")).unwrap();
    let config = RunConfig {
        lora: Some(LoraConfig {
            r: 4,
            ..LoraConfig::default()
        }),
        ..config
    };
    let metrics = run(&config);
    let loss = |line: &Value| line["loss"].as_f64().unwrap();
    // The head stays, and so the probabilities that it can give: e^1.6 to 8 at most.
    assert!(
        loss(&metrics[0]) > 2.0 && loss(&metrics[59]) < 1.3,
        "{metrics:?}"
    );
    assert_eq!(
        start,
        fs::read(folder.join("start/model.safetensors")).unwrap()
    );
    assert!(!config.out.join("model").exists());
    let chat = &config.environment.template.chat;
    let model = Pretrained::open(folder.join("start"), chat).unwrap();
    let adapter = Lora::load(config.out.join("adapter"), model.config(), &Device::Cpu);
    assert_eq!(
        adapter.unwrap().parameters().count(),
        4 * (2 * (16 + 16) + 2 * (16 + 8) + 3 * (16 + 32))
    );
}

#[test]
fn what_was_right_is_learned_again() {
    for (name, keep) in [
        ("correct", Keep::Correct),
        ("progress", Keep::Progress { answers: 4 }),
    ] {
        let folder = folder(&format!("imitate-star-{name}"));
        let question = "{\"problem\": \"?\", \"answer\": \"2\"}\n";
        fs::write(folder.join("questions.jsonl"), question).unwrap();
        let config = settings(
            &folder,
            SftConfig {
                star: Some(StarConfig {
                    rounds: 2,
                    questions: 20,
                    samples_per_prompt: 6,
                    keep,
                }),
                steps: 25,
                batch_size: 16,
                learning_rate: 1e-2,
                ..SftConfig::default()
            },
        );
        let rounds = run(&config);
        let kept = |round: u64| {
            let line = rounds
                .iter()
                .find(|l| l["round"] == round && l["kept"].is_u64());
            line.unwrap()["kept"].as_u64().unwrap()
        };
        // Of 120 episodes at first at most a third is right, and later more. By progress, one of each
        // question is kept at most.
        assert!(kept(1) < 60, "{name}: {}", kept(1));
        match keep {
            Keep::Correct => assert!(kept(2) > kept(1), "{} {}", kept(1), kept(2)),
            Keep::Progress { .. } => assert!(kept(1) <= 20 && kept(2) == 20, "{}", kept(2)),
        }
        let environment = environment(Attempts::Fixed(2));
        let solved = |model: &str| {
            let said = attempts(&folder.join(model), &environment, "2");
            let right = said
                .iter()
                .filter(|said| said.last().is_some_and(|s| s.contains(ARMS[1])));
            right.count() as f64 / EPISODES as f64
        };
        let (before, after) = (solved("start"), solved("out/model"));
        // At first an attempt is right once in four: three arms, or the end of the turn.
        assert!(before < 0.55 && after > 0.8, "{name}: {before} {after}");
    }
}
