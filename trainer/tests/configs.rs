//! The configurations of the paper's two runs say what the paper says, and those of the demo what it does.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use resit::env::{Attempts, Budget, Ending, RewardScheme, Template};
use resit_trainer::config::{
    Algorithm, AlgorithmConfig, CriticKind, KlPlacement, LossAggregation, Precision, RunConfig,
};
use resit_trainer::demo::{Demo, DemoTask};
use resit_trainer::sample::Sampling;

fn read(name: &str) -> RunConfig {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs");
    RunConfig::read(folder.join(format!("{name}_qwen2.5_math_1.5b.toml")), &[]).unwrap()
}

#[test]
fn both_runs_have_the_papers_values() {
    let (multi, single) = (read("multi_attempt"), read("single_turn"));
    assert_eq!(multi.environment.attempts, Attempts::Uniform { max: 5 });
    assert_eq!(multi.environment.template, Template::multi_attempt());
    assert_eq!(single.environment.attempts, Attempts::Fixed(1));
    assert_eq!(single.environment.template, Template::single_turn());
    assert!(multi.out != single.out);
    for config in [&multi, &single] {
        let rewards = RewardScheme {
            correct: 1.0,
            wrong: -0.5,
            unformatted: -1.0,
            discount: 1.0,
            ..RewardScheme::default()
        };
        assert_eq!(config.environment.rewards, rewards);
        assert_eq!(config.environment.ending, Ending::Box);
        let shared = Budget {
            attempt: None,
            episode: Some(3264),
        };
        assert_eq!(config.environment.budget, shared);
        assert_eq!(config.data.levels, Some([3, 5]));
        let tests = [
            "math500",
            "aime24",
            "amc23",
            "minerva_math",
            "olympiadbench",
        ];
        let named = |paths: &[std::path::PathBuf], name: &str| {
            paths
                .iter()
                .any(|path| path.file_stem().is_some_and(|stem| stem == name))
        };
        for test in tests {
            assert!(named(&config.data.exclude, test), "{test}");
            assert!(!named(&config.data.train, test) && !named(&config.data.validation, test));
        }
        assert_eq!((config.seed, config.dtype), (42, Precision::Bf16));
        assert_eq!(config.sampling.sampling(), Sampling::from(1.0));
        assert_eq!(config.evaluation.sampling(), Sampling::from(0.0));
        assert!(config.lora.is_none());
        assert_eq!(config.sampling.context_length, 1024 + 3264);
        assert_eq!(config.sampling.chunk_tokens, 64);

        // The paper does not have these.
        let AlgorithmConfig {
            micro_batch_size, ..
        } = config.algorithm;
        let expected = AlgorithmConfig {
            name: Algorithm::Ppo,
            iterations: 1280,
            rollout_batch_size: 1024,
            samples_per_prompt: 1,
            answers_now: AlgorithmConfig::default().answers_now,
            train_batch_size: 128,
            micro_batch_size,
            gradient_checkpointing: true,
            num_ppo_epochs: 1,
            learning_rate: 5e-7,
            critic: CriticKind::Separate,
            critic_learning_rate: 1e-5,
            warmup_ratio: 0.03,
            min_lr_ratio: 0.1,
            adam_beta1: 0.9,
            adam_beta2: 0.95,
            adam_epsilon: 1e-8,
            weight_decay: 0.0,
            max_grad_norm: 1.0,
            clip_range: 0.2,
            clip_range_vf: 0.2,
            vf_coef: AlgorithmConfig::default().vf_coef,
            kl_coef: 0.01,
            kl_placement: KlPlacement::Loss,
            entropy_coef: 0.0,
            gamma: 1.0,
            gae_lambda: 0.99,
            whiten_advantages: true,
            scale_rewards: true,
            loss_aggregation: LossAggregation::TokenMean,
            reward_clip: 10.0,
            progress: None,
        };
        assert_eq!(config.algorithm, expected);
    }
    assert_eq!(multi.algorithm, single.algorithm);
    assert_eq!(multi.sampling, single.sampling);
}

/// The files are complete: nothing that shapes a demo is a default.
#[test]
fn the_demos_settings_are_spelled_out() {
    for (task, name) in [
        (DemoTask::HiddenOperator, "demo_hidden_operator"),
        (DemoTask::Operators, "demo_operators"),
    ] {
        let demo = Demo::new(task, 0, 1, "").unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../configs/{name}.toml"));
        let text: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
        let complete = [
            ("sft", toml::Table::try_from(&demo.sft).unwrap()),
            ("algorithm", toml::Table::try_from(&demo.ppo).unwrap()),
            ("sampling", toml::Table::try_from(&demo.sampling).unwrap()),
        ];
        // Of dialogues, of other algorithms and of another critic.
        let elsewhere = ["dialogues", "answers_now", "scale_rewards", "vf_coef"];
        for (table, mut complete) in complete {
            complete.retain(|key, _| !elsewhere.contains(&key));
            assert_eq!(text[table].as_table(), Some(&complete), "{name}: {table}");
        }
    }
}
