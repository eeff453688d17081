//! PPO reaches known optima, repeats itself exactly, and reports what it did.
#![allow(clippy::unwrap_used)]

mod common;

use candle_core::{DType, Device};
use common::{ARMS, agent, config, environment, parameters, tasks, tokenizer};
use rand::SeedableRng;
use rand::rngs::StdRng;
use resit::env::{
    Attempts, Ending, EnvError, Environment, Judgement, ProgressCredit, RewardScheme, SegmentKind,
    StopReason, Task, Verifier,
};
use resit_trainer::config::{Algorithm, AlgorithmConfig, CriticKind, ProgressConfig, Prover};
use resit_trainer::lora::LoraConfig;
use resit_trainer::model::Parameters;
use resit_trainer::ppo::{Cut, Ppo, Sample};
use resit_trainer::sample::Sampling;
use resit_trainer::train::{Iteration, iterate};

const CONTEXT: usize = 16;

fn settings(iterations: usize) -> AlgorithmConfig {
    AlgorithmConfig {
        iterations,
        rollout_batch_size: 64,
        train_batch_size: 32,
        num_ppo_epochs: 2,
        learning_rate: 5e-3,
        critic_learning_rate: 1e-2,
        kl_coef: 1e-3,
        ..AlgorithmConfig::default()
    }
}

fn train(settings: &AlgorithmConfig, attempts: Attempts) -> (Parameters, Vec<Iteration>) {
    train_in(&environment(attempts), settings)
}

fn train_in(environment: &Environment, settings: &AlgorithmConfig) -> (Parameters, Vec<Iteration>) {
    train_from(&start(0.1, DType::F32), settings, None, environment)
}

fn start(initializer_range: f64, dtype: DType) -> Parameters {
    let parameters = parameters(&config(&tokenizer()), initializer_range);
    parameters.to_dtype(dtype).unwrap()
}

fn train_from(
    start: &Parameters,
    settings: &AlgorithmConfig,
    lora: Option<&LoraConfig>,
    environment: &Environment,
) -> (Parameters, Vec<Iteration>) {
    let tokenizer = tokenizer();
    let config = config(&tokenizer);
    let mut ppo = Ppo::new(settings.clone(), 1.0, &config, start, lora, 17).unwrap();
    let rows = settings.rollout_batch_size;
    let mut agent = agent(&tokenizer, ppo.policy(), rows, CONTEXT, 1);
    let mut rng = StdRng::seed_from_u64(23);
    let iterations = (1..=settings.iterations).map(|step| {
        let tasks = tasks(rows, &mut rng);
        iterate(&mut ppo, &mut agent, environment, &tasks, step, step as u64).unwrap()
    });
    let iterations = iterations.collect();
    (ppo.policy().copy().unwrap(), iterations)
}

/// The arms pulled attempt after attempt when every answer is wrong, in 200 episodes. What a policy
/// says before it pulls one costs and gains nothing.
fn attempts_made(policy: &Parameters, attempts: u32) -> Vec<Vec<String>> {
    let tokenizer = tokenizer();
    let mut agent = agent(&tokenizer, policy, 200, CONTEXT, 1);
    let tasks = vec![Task::new("?", "4"); 200];
    let environment = environment(Attempts::Fixed(attempts));
    let episodes = agent.play(&environment, &tasks, 1.0, 99).unwrap();
    let texts = |episode: &resit::env::Episode| {
        let segments = episode.transcript().segments().iter();
        let attempts = segments.filter(|s| s.kind == SegmentKind::Attempt);
        let pulled = |text: &str| ARMS.into_iter().find(|arm| text.ends_with(arm));
        attempts
            .map(|s| pulled(&s.text).unwrap_or_default().to_owned())
            .collect()
    };
    episodes.iter().map(texts).collect()
}

fn share(episodes: &[Vec<String>], says: impl Fn(&[String]) -> bool) -> f64 {
    episodes.iter().filter(|e| says(e)).count() as f64 / episodes.len() as f64
}

#[test]
fn a_bandit_ends_at_its_best_arm() {
    let (policy, iterations) = train(&settings(60), Attempts::Fixed(1));
    let made = attempts_made(&policy, 1);
    let best = share(&made, |attempts| attempts[0] == ARMS[0]);
    assert!(
        best > 0.95,
        "the best arm is pulled in {best} of the episodes"
    );
    assert!(iterations[0].reward < 0.05, "the start is already good");
    let end = &iterations[50..];
    let reward = end.iter().map(|i| i.reward).sum::<f64>() / end.len() as f64;
    // 0.5 · 1 + 0.5 · (-0.5)
    assert!((reward - 0.25).abs() < 0.1, "{reward}");
}

#[test]
fn the_best_arm_is_found_in_bf16() {
    let (policy, _) = train_from(
        &start(0.1, DType::BF16),
        &settings(60),
        None,
        &environment(Attempts::Fixed(1)),
    );
    assert!(
        policy
            .iter()
            .all(|(_, weight)| weight.dtype() == DType::BF16)
    );
    let made = attempts_made(&policy, 1);
    let best = share(&made, |attempts| attempts[0] == ARMS[0]);
    assert!(best > 0.95, "{best}");
}

#[test]
fn adapters_find_the_best_arm_and_leave_the_rest_alone() {
    let modules = ["q_proj", "v_proj", "o_proj", "down_proj"];
    let lora = LoraConfig {
        r: 4,
        target_modules: modules.map(String::from).into(),
        ..LoraConfig::default()
    };
    for dtype in [DType::F32, DType::BF16] {
        // The head stays as it is, so that it has to tell the arms apart.
        let start = start(0.5, dtype);
        let before = start.copy().unwrap();
        let settings = AlgorithmConfig {
            learning_rate: 1e-2,
            ..settings(60)
        };
        let environment = environment(Attempts::Fixed(1));
        let (policy, iterations) = train_from(&start, &settings, Some(&lora), &environment);
        let pulled = |policy: &Parameters| {
            share(&attempts_made(policy, 1), |attempts| attempts[0] == ARMS[0])
        };
        let (first, last) = (pulled(&start), pulled(&policy));
        assert!(first < 0.7 && last > 0.9, "{dtype:?}: {first} {last}");
        // The base is the reference: if it moved too, they would not diverge.
        let update = iterations[59].update;
        assert!(
            update.kl > 0.1 && update.critic_grad_norm > 0.0,
            "{update:?}"
        );
        let values = |parameters: &Parameters, name: &str| {
            let tensor = parameters.tensors()[name].to_dtype(DType::F32).unwrap();
            tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap()
        };
        for name in start.tensors().keys() {
            assert_eq!(values(&start, name), values(&before, name), "{name}");
            let is_target = modules
                .iter()
                .any(|m| name.ends_with(&format!("{m}.weight")));
            let moved = values(&policy, name) != values(&start, name);
            assert_eq!(moved, is_target, "{name}");
        }
    }
}

/// The policy after one step, and what that step came to.
fn one_step(
    critic: CriticKind,
    vf_coef: f64,
    lora: Option<&LoraConfig>,
) -> (Parameters, Iteration) {
    let settings = AlgorithmConfig {
        critic,
        vf_coef,
        train_batch_size: 64,
        num_ppo_epochs: 1,
        warmup_ratio: 0.0,
        ..settings(1)
    };
    let environment = environment(Attempts::Fixed(2));
    let (policy, mut iterations) =
        train_from(&start(0.3, DType::F32), &settings, lora, &environment);
    (policy, iterations.remove(0))
}

/// Before the first step a value head gives the values of a critic that starts as a copy.
#[test]
fn a_value_head_moves_the_policy_by_its_weight() {
    let lora = LoraConfig {
        r: 4,
        ..LoraConfig::default()
    };
    for lora in [None, Some(&lora)] {
        let (expected, separate) = one_step(CriticKind::Separate, 0.0, lora);
        let (without, weightless) = one_step(CriticKind::ValueHead, 1e-30, lora);
        assert_eq!(weightless.update.value_loss, separate.update.value_loss);
        assert!(weightless.update.value_loss > 0.0);
        assert_eq!(weightless.update.grad_norm, separate.update.grad_norm);
        let (with, weighty) = one_step(CriticKind::ValueHead, 1.0, lora);
        assert!(weighty.update.critic_grad_norm > 0.0);
        let all = |parameters: &Parameters| {
            let tensors = parameters
                .iter()
                .map(|(_, weight)| weight.flatten_all().unwrap().to_vec1::<f32>().unwrap());
            tensors.collect::<Vec<_>>().concat()
        };
        assert_eq!(all(&without), all(&expected));
        assert_ne!(all(&with), all(&expected));
    }
}

/// The same bandit without a critic: four episodes of each question.
fn without_a_critic(name: Algorithm) -> f64 {
    let settings = AlgorithmConfig {
        rollout_batch_size: 16,
        samples_per_prompt: 4,
        train_batch_size: 32,
        micro_batch_size: 16,
        num_ppo_epochs: 2,
        learning_rate: 5e-3,
        kl_coef: 1e-3,
        iterations: 100,
        ..AlgorithmConfig::named(name)
    };
    let (policy, iterations) = train(&settings, Attempts::Fixed(1));
    assert!(iterations.iter().all(|i| i.update.value_loss == 0.0));
    share(&attempts_made(&policy, 1), |attempts| {
        attempts[0] == ARMS[0]
    })
}

#[test]
fn grpo_and_rloo_end_at_the_best_arm() {
    for name in [Algorithm::Grpo, Algorithm::Rloo] {
        let best = without_a_critic(name);
        assert!(best > 0.9, "{name:?}: {best}");
    }
}

/// Progress alone teaches, where no answer earns anything.
#[test]
fn a_bonus_for_progress_finds_the_best_arm() {
    let nothing = Environment {
        rewards: RewardScheme {
            correct: 0.0,
            wrong: 0.0,
            unformatted: 0.0,
            ..RewardScheme::default()
        },
        ..environment(Attempts::Fixed(1))
    };
    let tokenizer = tokenizer();
    let model = config(&tokenizer);
    let start = start(0.1, DType::F32);
    // The same answer to all: where it is uncertain, a failure may tell more than a success.
    let tasks = vec![Task::new("?", "1"); 64];
    let best = |progress: Option<ProgressConfig>| {
        let settings = AlgorithmConfig {
            progress,
            ..settings(60)
        };
        let mut ppo = Ppo::new(settings, 1.0, &model, &start, None, 17).unwrap();
        let mut agent = agent(&tokenizer, ppo.policy(), 64, CONTEXT, 1);
        for step in 1..=60 {
            let seed = step as u64;
            let iteration = iterate(&mut ppo, &mut agent, &nothing, &tasks, step, seed).unwrap();
            assert_eq!(iteration.reward, 0.0);
        }
        let made = attempts_made(ppo.policy(), 1);
        share(&made, |attempts| attempts[0] == ARMS[0])
    };
    let without = best(None);
    assert!(without < 0.5, "{without}");
    for prover in [Prover::Forced { answers: 4 }, Prover::Critic] {
        for credit in [ProgressCredit::Attempt, ProgressCredit::Return] {
            let progress = ProgressConfig {
                alpha: 1.0,
                credit,
                prover,
            };
            let share = best(Some(progress));
            assert!(share > 0.9, "{progress:?}: {share}");
        }
    }
}

#[test]
fn going_on_is_compared_with_answering_now() {
    let settings = AlgorithmConfig {
        rollout_batch_size: 32,
        samples_per_prompt: 4,
        answers_now: 4,
        train_batch_size: 64,
        num_ppo_epochs: 2,
        learning_rate: 5e-3,
        kl_coef: 1e-3,
        iterations: 120,
        ..AlgorithmConfig::named(Algorithm::Mrt)
    };
    let (policy, iterations) = train(&settings, Attempts::Fixed(2));
    assert!(iterations[0].reward < 0.3, "the start is already good");
    pulls_the_two_best_arms(&policy);
}

#[test]
fn what_was_said_before_a_cut_is_not_learned() {
    let tokenizer = tokenizer();
    let config = config(&tokenizer);
    let settings = AlgorithmConfig {
        iterations: 1,
        rollout_batch_size: 1,
        learning_rate: 1e-2,
        ..AlgorithmConfig::named(Algorithm::Mrt)
    };
    let start = start(0.3, DType::F32);
    let mut ppo = Ppo::new(settings, 1.0, &config, &start, None, 1).unwrap();
    let mut agent = agent(&tokenizer, ppo.policy(), 1, CONTEXT, 1);
    let environment = environment(Attempts::Fixed(2));
    let task = Task::new("?", "4");
    let mut played = agent.play(&environment, &[task], 1.0, 3).unwrap();
    let episode = played.pop().unwrap();
    let tokens = episode.fork(1).unwrap().state().tokens;
    let after = episode.state().tokens - tokens;
    assert!(tokens > 0 && after > 0);
    let sample = Sample {
        episode,
        question: 0,
        values: Vec::new(),
        cut: Some(Cut {
            tokens: tokens as usize,
            advantage: 0.75,
        }),
    };
    let update = ppo.update(&[sample], &environment.rewards).unwrap();
    assert_eq!(update.agent_tokens as u64, after);
    // All ratios are one before the only step.
    assert!((update.policy_loss + 0.75).abs() < 1e-6, "{update:?}");
}

/// An answer of three tokens, each of which depends on the one before, with a reward at its end alone.
#[test]
fn a_chain_is_walked_to_its_end() {
    walk_the_chain(CriticKind::Separate);
}

#[test]
fn a_value_head_walks_the_chain_to_its_end() {
    walk_the_chain(CriticKind::ValueHead);
}

fn walk_the_chain(critic: CriticKind) {
    let settings = AlgorithmConfig {
        critic,
        gae_lambda: 0.95,
        ..settings(120)
    };
    let tokenizer = tokenizer();
    let model = config(&tokenizer);
    let start = parameters(&model, 0.1);
    let mut ppo = Ppo::new(settings.clone(), 1.0, &model, &start, None, 3).unwrap();
    let rows = settings.rollout_batch_size;
    let mut agent = agent(&tokenizer, ppo.policy(), rows, CONTEXT, 3);
    let environment = Environment {
        ending: Ending::Marker("?".into()),
        ..environment(Attempts::Fixed(1)).with_verifier(Chain)
    };
    let tasks = vec![Task::new("?", "ab?"); rows];
    let mut rewards = Vec::new();
    for step in 1..=settings.iterations {
        let seed = step as u64;
        let iteration = iterate(&mut ppo, &mut agent, &environment, &tasks, step, seed).unwrap();
        rewards.push(iteration.reward);
    }
    assert!(
        rewards[0] < -0.5,
        "the start is already good: {}",
        rewards[0]
    );
    let end = rewards[110..].iter().sum::<f64>() / 10.0;
    assert!(end > 0.95, "{end}");
}

/// Right is `ab?`. Anything else earns by how many of its first letters are right.
struct Chain;

impl Verifier for Chain {
    type Reference = String;

    fn prepare(&self, task: &Task) -> Result<String, EnvError> {
        Ok(task.reference.clone())
    }

    fn verify(&self, reference: &String, attempt: &str) -> Result<Judgement, EnvError> {
        let pairs = attempt.chars().zip(reference.chars());
        let right = pairs.take_while(|(a, b)| a == b).count();
        Ok(Judgement {
            score: Some(2.0 * right as f64 / 3.0 - 1.0),
            ..Judgement::new(attempt == reference, attempt)
        })
    }
}

/// Whether a policy with two attempts uses them well.
fn pulls_the_two_best_arms(policy: &Parameters) {
    let made = attempts_made(policy, 2);
    let optimal = |attempts: &[String]| {
        let pair = [attempts[0].as_str(), attempts[1].as_str()];
        pair == [ARMS[0], ARMS[1]] || pair == [ARMS[1], ARMS[0]]
    };
    let share = share(&made, optimal);
    assert!(share > 0.9, "{share} of the episodes are optimal");
}

#[test]
fn with_two_attempts_the_two_best_arms_are_pulled() {
    let (policy, _) = train(&settings(120), Attempts::Fixed(2));
    pulls_the_two_best_arms(&policy);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let train = || train(&settings(4), Attempts::Uniform { max: 3 });
    let (first, metrics) = train();
    let (second, again) = train();
    for ((name, a), (_, b)) in first.iter().zip(second.iter()) {
        let bits = |x: &candle_core::Tensor| -> Vec<u32> {
            let numbers = x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            numbers.into_iter().map(f32::to_bits).collect()
        };
        assert_eq!(bits(a), bits(b), "{name}");
    }
    assert_eq!(format!("{metrics:?}"), format!("{again:?}"));
}

/// The ratios of the loss are those of the whole distribution, whatever the sampling leaves out of it.
#[test]
fn what_sampling_leaves_out_is_never_played() {
    let tokenizer = tokenizer();
    let config = config(&tokenizer);
    let start = start(0.5, DType::F32);
    let settings = AlgorithmConfig {
        learning_rate: 0.0,
        ..settings(1)
    };
    let iteration = |top_k: usize| {
        let sampling = Sampling {
            top_k,
            ..Sampling::default()
        };
        let mut ppo = Ppo::new(settings.clone(), sampling, &config, &start, None, 17).unwrap();
        let mut agent = agent(&tokenizer, ppo.policy(), 64, CONTEXT, 1);
        let tasks = vec![Task::new("?", "1"); 64];
        let environment = environment(Attempts::Fixed(1));
        iterate(&mut ppo, &mut agent, &environment, &tasks, 1, 5).unwrap()
    };
    let (all, one) = (iteration(0), iteration(1));
    assert!(0.0 < all.accuracy && all.accuracy < 1.0, "{all:?}");
    assert!(one.accuracy == 0.0 || one.accuracy == 1.0, "{one:?}");
    for Iteration { update, .. } in [all, one] {
        assert!(update.approx_kl.abs() < 1e-6 && update.clip_fraction == 0.0);
        assert!(update.entropy > 0.1, "{update:?}");
    }
}

/// From the same seed the same episodes, whose rates are counted here once more.
#[test]
fn rates_are_those_of_the_episodes() {
    let tokenizer = tokenizer();
    let config = config(&tokenizer);
    let start = start(0.3, DType::F32);
    let settings = AlgorithmConfig {
        learning_rate: 0.0,
        ..settings(1)
    };
    let mut ppo = Ppo::new(settings, 1.0, &config, &start, None, 17).unwrap();
    let mut agent = agent(&tokenizer, ppo.policy(), 64, 8, 1);
    let tasks = tasks(64, &mut StdRng::seed_from_u64(1));
    let environment = environment(Attempts::Fixed(3));
    let (mut after_wrong, mut fixed, mut formatted, mut attempts, mut full) = (0, 0, 0, 0, 0);
    for episode in agent.play(&environment, &tasks, 1.0, 5).unwrap() {
        let state = episode.state();
        for (place, result) in state.results.iter().enumerate() {
            attempts += 1;
            formatted += usize::from(result.formatted());
            after_wrong += usize::from(place > 0);
            fixed += usize::from(place > 0 && result.correct());
        }
        full += usize::from(state.stop == Some(StopReason::Truncated));
    }
    let iteration = iterate(&mut ppo, &mut agent, &environment, &tasks, 1, 5).unwrap();
    assert!(fixed > 0 && formatted < attempts && full > 0);
    assert_eq!(iteration.fix_rate, fixed as f64 / after_wrong as f64);
    assert_eq!(iteration.format_rate, formatted as f64 / attempts as f64);
    assert_eq!(iteration.truncated, full as f64 / 64.0);
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let tokenizer = tokenizer();
    let model = config(&tokenizer);
    let start = parameters(&model, 0.1);
    let valid = settings(1);
    let refused = |settings: AlgorithmConfig, temperature: f64| {
        let ppo = Ppo::new(settings, temperature, &model, &start, None, 0);
        ppo.err().unwrap().to_string()
    };
    assert!(refused(valid.clone(), 0.0).contains("temperature"));
    let empty = AlgorithmConfig {
        train_batch_size: 0,
        ..valid.clone()
    };
    let mrt = AlgorithmConfig::named(Algorithm::Mrt);
    let no_answers = AlgorithmConfig {
        answers_now: 0,
        ..mrt.clone()
    };
    assert!(refused(no_answers, 1.0).contains("at least one is needed"));
    let headless = AlgorithmConfig {
        critic: CriticKind::ValueHead,
        vf_coef: 0.0,
        ..valid.clone()
    };
    assert!(refused(headless, 1.0).contains("vf_coef"));
    let progress = ProgressConfig {
        alpha: 1.0,
        credit: ProgressCredit::Return,
        prover: Prover::Forced { answers: 1 },
    };
    let twice = AlgorithmConfig {
        progress: Some(progress),
        ..mrt
    };
    assert!(refused(twice, 1.0).contains("no other bonus"));
    assert!(refused(empty, 1.0).contains("at least one episode"));
}

#[test]
fn a_policy_that_stands_still_diverges_from_nothing() {
    let settings = AlgorithmConfig {
        learning_rate: 0.0,
        critic_learning_rate: 0.0,
        ..settings(2)
    };
    let (policy, iterations) = train(&settings, Attempts::Uniform { max: 3 });
    let tokenizer = tokenizer();
    let start = Parameters::random(&config(&tokenizer), 0.1, 1, DType::F32, &Device::Cpu).unwrap();
    for ((name, a), (_, b)) in policy.iter().zip(start.iter()) {
        let difference = (a.as_tensor() - b.as_tensor()).unwrap().abs().unwrap();
        let difference = difference.sum_all().unwrap().to_scalar::<f32>().unwrap();
        assert_eq!(difference, 0.0, "{name}");
    }
    let vocabulary = config(&tokenizer).vocab_size as f64;
    for Iteration { update, .. } in iterations {
        assert!(update.kl.abs() < 1e-9, "{update:?}");
        assert!(update.approx_kl.abs() < 1e-6, "{update:?}");
        assert_eq!(update.clip_fraction, 0.0);
        // Whitened advantages have mean zero and every ratio is one.
        assert!(update.policy_loss.abs() < 1e-5, "{update:?}");
        assert!(update.entropy > 0.9 * vocabulary.ln() && update.entropy <= vocabulary.ln());
        assert!(update.grad_norm > 0.0 && update.critic_grad_norm > 0.0);
    }
}
