//! The demo in small: it writes what it promises, and the same seed gives the same numbers.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::Device;
use indicatif::{MultiProgress, ProgressDrawTarget};
use resit::metrics::{EpisodeRecord, Question, accuracy_at};
use resit_io::read_transcripts;
use resit_trainer::config::{AlgorithmConfig, SftConfig};
use resit_trainer::demo::{Ablation, Demo, DemoTask};
use resit_trainer::model::{CausalLm, Config, Parameters};
use resit_trainer::tokenize::Tokenizer;
use serde_json::Value;

const ARMS: [&str; 3] = ["multi_attempt", "single_turn", "warm_start"];

fn run(seeds: u64, out: &Path) -> Value {
    let demo = Demo::new(DemoTask::HiddenOperator, 5, seeds, out).unwrap();
    let table = play(Demo {
        sft: SftConfig {
            steps: 6,
            batch_size: 16,
            ..demo.sft
        },
        ppo: AlgorithmConfig {
            iterations: 4,
            rollout_batch_size: 100,
            train_batch_size: 50,
            num_ppo_epochs: 1,
            ..demo.ppo
        },
        eval_episodes: 40,
        curve_interval: 4,
        ..demo
    });
    assert!(table.contains("ambiguous by design"), "{table}");
    json(&out.join("results.json"))
}

/// Gives the table of a run.
fn play(demo: Demo) -> String {
    let bars = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
    demo.run(&bars).unwrap().to_string()
}

fn json(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// As the demo's command has it.
#[allow(unsafe_code)]
fn one_thread_per_tensor_operation() {
    // SAFETY: this file has a single test, and it has started no thread yet.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", "1") };
}

/// Every evaluation is left as episodes, from which its numbers follow.
fn transcripts_are_those_of_the_results(out: &Path, scores: &Value) {
    let records = |path: &Path| {
        let read = read_transcripts(path).unwrap();
        let episodes = read.map(|recorded| recorded.unwrap().episode);
        let records = episodes.map(|episode| {
            assert_eq!(episode.check(), Ok(()));
            assert!(episode.transcript().logprobs().is_some());
            EpisodeRecord::of(&episode)
        });
        Question::group(records)
    };
    let folder = out.join("seed-5");
    for arm in ARMS {
        for (file, scores) in [("", scores), ("_greedy", &scores["greedy"])] {
            let questions = records(&folder.join(format!("{arm}{file}.jsonl")));
            for k in 1..=3 {
                let measured = accuracy_at(&questions, k as u32);
                assert_eq!(measured.count(), 40.0);
                let written = scores["accuracy"][arm][k - 1].as_f64().unwrap();
                assert!((measured.value().unwrap() - written).abs() < 1e-12);
            }
        }
    }
    for arm in ["multi_attempt", "single_turn"] {
        let evaluations = lines(&folder.join(arm).join("evaluations.jsonl"));
        for (evaluation, step) in evaluations.iter().zip(["0000", "0004"]) {
            let file = folder.join(arm).join(format!("evaluations/{step}.jsonl"));
            let measured = accuracy_at(&records(&file), 1);
            assert_eq!(measured.count(), 1000.0);
            let written = evaluation["accuracy"].as_f64().unwrap();
            assert!((measured.value().unwrap() - written).abs() < 1e-12);
        }
        assert_eq!(evaluations.len(), 2);
    }
}

/// The other task, its ablations, and a series that goes on where it was interrupted.
fn operators_are_filled_in_and_varied() {
    let out = folder("demo-operators");
    let demo = |ablate, seeds, resume| {
        let demo = Demo::new(DemoTask::Operators, 5, seeds, &out).unwrap();
        Demo {
            ablate,
            resume,
            sft: SftConfig {
                steps: 2,
                batch_size: 12,
                ..demo.sft
            },
            ppo: AlgorithmConfig {
                iterations: 2,
                rollout_batch_size: 20,
                train_batch_size: 20,
                num_ppo_epochs: 1,
                ..demo.ppo
            },
            eval_episodes: 8,
            ..demo
        }
    };
    let table = play(demo(None, 2, false));
    for row in [
        "fixed list of guesses",
        "warm start's own order",
        "less single-turn PPO",
    ] {
        assert!(table.contains(row), "{table}");
    }
    let results = json(&out.join("results.json"));
    let seeds = results["seeds"].as_array().unwrap();
    for scores in seeds.iter().chain([&results["mean"]]) {
        let accuracy = scores["accuracy"]["multi_attempt"].as_array().unwrap();
        assert_eq!(accuracy.len(), 5);
        let order = scores["yardsticks"]["warm start's own order"]
            .as_array()
            .unwrap();
        let order: Vec<f64> = order.iter().map(|x| x.as_f64().unwrap()).collect();
        assert!(order.is_sorted() && order[4] <= 1.0);
    }

    // What is there already is not trained again, and what is added changes nothing of it.
    let weights = out.join("seed-5/multi_attempt/model.safetensors");
    let written = fs::metadata(&weights).unwrap().modified().unwrap();
    for (ablation, policies) in [
        (Ablation::Feedback, 8),
        (Ablation::Credit, 7),
        (Ablation::Attempts, 5),
        (Ablation::Control, 8),
        (Ablation::Critic, 3),
    ] {
        let table = play(demo(Some(ablation), 1, true));
        assert_eq!(written, fs::metadata(&weights).unwrap().modified().unwrap());
        let name = format!("ablation_{}.json", table_name(ablation));
        let ablated = json(&out.join(name));
        for (scores, seed) in ablated["seeds"].as_array().unwrap().iter().zip(seeds) {
            let accuracy = scores["accuracy"].as_object().unwrap();
            assert_eq!(accuracy.len(), policies, "{table}");
            for key in ["warm_start", "multi_attempt"] {
                assert_eq!(accuracy[key], seed["accuracy"][key]);
            }
        }
    }
    // Other settings are trained anew.
    let longer = Demo {
        initializer_range: 0.2,
        ..demo(None, 1, true)
    };
    play(longer);
    assert_ne!(written, fs::metadata(&weights).unwrap().modified().unwrap());
}

fn table_name(ablation: Ablation) -> &'static str {
    match ablation {
        Ablation::Feedback => "feedback",
        Ablation::Credit => "credit",
        Ablation::Attempts => "attempts",
        Ablation::Control => "control",
        Ablation::Critic => "critic",
    }
}

#[test]
fn a_short_run_writes_everything_and_repeats_itself() {
    one_thread_per_tensor_operation();
    let (first, second) = (folder("demo-first"), folder("demo-second"));
    let results = run(2, &first);
    let seeds = results["seeds"].as_array().unwrap();
    assert_eq!(seeds.len(), 2);
    // Alone or with others, a seed gives the same.
    assert_eq!(run(1, &second)["seeds"][0], seeds[0]);
    for scores in seeds.iter().chain([&results["mean"]]) {
        for scores in [scores, &scores["greedy"]] {
            for arm in ARMS {
                let accuracy = scores["accuracy"][arm].as_array().unwrap();
                assert_eq!(accuracy.len(), 3);
                let share = |x: &Value| (0.0..=1.0).contains(&x.as_f64().unwrap());
                assert!(accuracy.iter().all(share) && share(&scores["repeat_rate"][arm]));
            }
        }
    }
    let mean = |k: usize| {
        let of = |scores: &Value| scores["accuracy"]["multi_attempt"][k].as_f64().unwrap();
        assert!((of(&results["mean"]) - (of(&seeds[0]) + of(&seeds[1])) / 2.0).abs() < 1e-12);
    };
    (0..3).for_each(mean);

    for name in ["accuracy_by_attempts", "training"] {
        let svg = fs::read_to_string(first.join(name).with_extension("svg")).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("multi-attempt PPO"));
        let png = fs::read(first.join(name).with_extension("png")).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
    }
    for arm in ["multi_attempt", "single_turn"] {
        let metrics = lines(&first.join("seed-5").join(arm).join("metrics.jsonl"));
        assert_eq!(metrics.len(), 4);
        assert_eq!(metrics[3]["episodes"], 400);
        for name in [
            "reward",
            "kl",
            "approx_kl",
            "clip_fraction",
            "entropy",
            "explained_variance",
            "policy_loss",
            "value_loss",
            "grad_norm",
            "learning_rate",
        ] {
            assert!(metrics.iter().all(|line| line[name].is_f64()), "{name}");
        }
        let file = |out: &Path| fs::read(out.join("seed-5").join(arm).join("model.safetensors"));
        assert_eq!(file(&first).unwrap(), file(&second).unwrap());
    }

    transcripts_are_those_of_the_results(&first, &seeds[0]);

    let saved = first.join("seed-5/multi_attempt");
    let config: Config = serde_json::from_value(json(&saved.join("config.json"))).unwrap();
    let weights = Parameters::load(saved.join("model.safetensors"), &Device::Cpu).unwrap();
    CausalLm::new(&config, weights.frozen()).unwrap();
    let tokenizer = Tokenizer::load(saved.join("tokenizer.json"), "<|im_end|>").unwrap();
    assert_eq!(tokenizer.vocab_size(), config.vocab_size);
    assert_eq!(
        tokenizer.encode(r"7?3=\boxed{10}<|im_end|>").unwrap().len(),
        9
    );

    operators_are_filled_in_and_varied();
}
