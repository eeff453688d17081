//! Estimates against what is allocated, at small scale. Allocations are counted, so the figures do not
//! depend on the machine.
#![allow(clippy::unwrap_used)]

mod common;

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use allocation_counter::measure;
use candle_core::{DType, Device};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rayon::ThreadPoolBuilder;
use resit::env::Attempts;
use resit_trainer::config::RunConfig;
use resit_trainer::model::{CausalLm, Config, Parameters};
use resit_trainer::optim::Gradients;
use resit_trainer::plan::{Item, Machine, Plan};
use resit_trainer::ppo::{Ppo, Sample};
use resit_trainer::rollout::Agent;
use resit_trainer::sample::{Request, Sampler, Sampling, Turn};

const CONTEXT: usize = 192;
const EPISODES: usize = 8;

/// How far off an estimate may be.
const MARGIN: f64 = 0.1;

/// Set in a process that runs one test alone.
const ALONE: &str = "RESIT_PLAN_ALONE";

fn run(name: &str, set: &[&str]) -> RunConfig {
    let text = format!(
        "model = 'm'\nout = 'o'\n[data]\n[sampling]\ncontext_length = {CONTEXT}\nrows = {EPISODES}\n\
         [algorithm]\nrollout_batch_size = {EPISODES}\ntrain_batch_size = {EPISODES}\n\
         micro_batch_size = 4\n"
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("plan-{name}.toml"));
    fs::write(&file, text).unwrap();
    let set: Vec<String> = set.iter().map(|s| (*s).into()).collect();
    RunConfig::read(file, &set).unwrap()
}

fn model() -> Config {
    Config {
        vocab_size: 1500,
        hidden_size: 64,
        intermediate_size: 160,
        num_hidden_layers: 4,
        num_attention_heads: 4,
        max_position_embeddings: CONTEXT,
        num_key_value_heads: 2,
        ..common::config(&common::tokenizer())
    }
}

fn machine() -> Machine {
    Machine {
        flops: 1e12,
        bandwidth: 1e11,
        memory: None,
        origin: "time: made up".into(),
    }
}

fn close(what: &str, estimate: f64, measured: i64) {
    println!("{what}: estimated {estimate:.0} bytes, allocated {measured}");
    let error = estimate / measured as f64 - 1.0;
    assert!(
        error.abs() <= MARGIN,
        "{what}: off by {:.0} %",
        100.0 * error
    );
}

fn bytes<'a>(items: impl IntoIterator<Item = &'a Item>) -> f64 {
    items.into_iter().map(|item| item.bytes).sum()
}

/// Makes this thread allocate the memory in which it lays out matrices for small products. It is as large
/// as a cache of the processor, and stays.
fn prepare(model: &Config, dtype: DType) {
    let tokens = [1; 32];
    let weights = Parameters::random(model, 0.1, 1, dtype, &Device::Cpu).unwrap();
    let model = CausalLm::new(model, weights.trainable()).unwrap();
    let hidden = model.model().forward(&[&tokens]).unwrap();
    let both = model.log_prob_and_entropy(&hidden, &tokens, 1.0).unwrap();
    Gradients::of(&both.sum_all().unwrap(), &weights).unwrap();
}

/// What a run holds all the time, and the most that its stages hold besides, as estimated and as
/// allocated. Random models never end a turn, so that every episode fills its context.
///
/// In a process of its own, since the fused operations keep their buffers for whoever comes next.
fn check(test: &str, set: &[&str], model: &Config) {
    if env::var_os(ALONE).is_none() {
        let mut command = Command::new(env::current_exe().unwrap());
        let command = command.args(["--exact", test, "--nocapture"]);
        let output = command.env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        println!("{said}");
        assert!(said.contains("1 passed"), "{said}");
        return;
    }
    // Allocations are counted by thread.
    let pool = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| compare(test, set, model));
}

fn compare(test: &str, set: &[&str], model: &Config) {
    let config = run(test, set);
    let plan = Plan::new(&config, model, &machine(), 100.0).unwrap();
    let dtype = config.dtype.dtype();
    prepare(model, dtype);
    let start = Parameters::random(model, 0.05, 1, dtype, &Device::Cpu).unwrap();
    let (algorithm, lora) = (config.algorithm.clone(), config.lora.as_ref());

    let mut ppo = None;
    let models = measure(|| ppo = Some(Ppo::new(algorithm, 1.0, model, &start, lora, 1).unwrap()));
    let is_sampler = |item: &&Item| item.name.starts_with("sampler: ");
    let estimate = bytes(plan.resident.iter().filter(|item| !is_sampler(item)));
    close("models", estimate, models.bytes_current);
    let mut ppo = ppo.unwrap();

    // Every pass reads as much as it may.
    let vocabulary = model.vocab_size as u32;
    let requests = (0..2 * EPISODES as u32).map(|index| Request {
        turn: Turn {
            context: (0..CONTEXT as u32 - 8)
                .map(|place| (place * 7 + index * 31) % vocabulary)
                .collect(),
            limit: 8,
        },
        sampling: Sampling::default(),
        stop: Vec::new(),
        seed: 1,
    });
    let requests: Vec<Request> = requests.collect();
    let sampling = measure(|| {
        let mut sampler = Sampler::new(model, start.frozen(), EPISODES, CONTEXT).unwrap();
        sampler.generate(requests).unwrap();
    });
    let estimate = bytes(plan.resident.iter().filter(is_sampler)) + bytes(&plan.stages[0].items);
    close("sampling", estimate, sampling.bytes_max as i64);

    let tokenizer = common::tokenizer();
    let environment = common::environment(Attempts::Fixed(1));
    let tasks = common::tasks(EPISODES, &mut StdRng::seed_from_u64(1));
    let mut agent = Agent {
        sampler: Sampler::new(model, start.frozen(), EPISODES, CONTEXT).unwrap(),
        tokenizer: &tokenizer,
        chunk_tokens: 64,
    };
    let played = agent.play(&environment, &tasks, 0.0, 3).unwrap();
    drop(agent);
    let samples: Vec<Sample<_>> = played
        .into_iter()
        .enumerate()
        .map(|(question, episode)| Sample {
            question,
            episode,
            values: Vec::new(),
            cut: None,
        })
        .collect();
    let tokens: usize = samples
        .iter()
        .map(|s| s.episode.transcript().tokens().len())
        .sum();
    assert!(tokens > EPISODES * CONTEXT * 9 / 10, "{tokens} tokens");
    let update = measure(|| {
        ppo.update(&samples, &environment.rewards).unwrap();
    });
    let estimate = plan.peak_bytes() - plan.resident_bytes();
    close("update", estimate, update.bytes_max as i64);
}

#[test]
fn activations_that_are_kept() {
    check("activations_that_are_kept", &[], &model());
}

#[test]
fn activations_that_are_recomputed() {
    let set = ["algorithm.gradient_checkpointing=true"];
    check("activations_that_are_recomputed", &set, &model());
}

#[test]
fn low_rank_adapters() {
    check("low_rank_adapters", &["lora={ r = 4 }"], &model());
}

#[test]
fn half_precision_with_low_rank_adapters() {
    let set = ["lora={ r = 4 }", "dtype=bf16"];
    check("half_precision_with_low_rank_adapters", &set, &model());
}

#[test]
fn one_pass_for_a_whole_batch() {
    let set = ["algorithm.micro_batch_size=8"];
    check("one_pass_for_a_whole_batch", &set, &model());
}

#[test]
fn a_value_head() {
    check("a_value_head", &["algorithm.critic=value-head"], &model());
}

#[test]
fn a_value_head_and_low_rank_adapters() {
    let set = ["algorithm.critic=value-head", "lora={ r = 4 }"];
    check("a_value_head_and_low_rank_adapters", &set, &model());
}

#[test]
fn without_a_critic() {
    let set = [
        "algorithm.name=grpo",
        "algorithm.samples_per_prompt=2",
        "algorithm.rollout_batch_size=4",
        "algorithm.train_batch_size=8",
    ];
    check("without_a_critic", &set, &model());
}

#[test]
fn half_precision() {
    check("half_precision", &["dtype=bf16"], &model());
}

#[test]
fn half_precision_recomputed() {
    let set = ["dtype=bf16", "algorithm.gradient_checkpointing=true"];
    check("half_precision_recomputed", &set, &model());
}

#[test]
fn the_step_of_a_large_weight() {
    let set = ["dtype=bf16", "algorithm.micro_batch_size=1"];
    let model = Config {
        vocab_size: 3000,
        hidden_size: 128,
        num_hidden_layers: 1,
        ..model()
    };
    check("the_step_of_a_large_weight", &set, &model);
}

#[test]
fn half_precision_with_wide_gates() {
    let set = ["dtype=bf16", "algorithm.gradient_checkpointing=true"];
    let model = Config {
        intermediate_size: 1024,
        num_hidden_layers: 2,
        num_attention_heads: 2,
        tie_word_embeddings: true,
        ..model()
    };
    check("half_precision_with_wide_gates", &set, &model);
}

/// More logits than are in memory at a time.
fn many_logits() -> Config {
    Config {
        vocab_size: 12_000,
        hidden_size: 32,
        num_hidden_layers: 2,
        tie_word_embeddings: true,
        ..model()
    }
}

#[test]
fn logits_in_chunks() {
    let set = ["algorithm.micro_batch_size=8"];
    check("logits_in_chunks", &set, &many_logits());
}

#[test]
fn half_precision_with_logits_in_chunks() {
    let set = [
        "dtype=bf16",
        "algorithm.micro_batch_size=8",
        "algorithm.gradient_checkpointing=true",
    ];
    check("half_precision_with_logits_in_chunks", &set, &many_logits());
}

#[test]
fn the_papers_runs_fit_on_their_machine() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("qwen2.5-math-1.5b");
    fs::create_dir_all(&folder).unwrap();
    let file = here.join("tests/fixtures/qwen2.5_math_1.5b.json");
    fs::copy(file, folder.join("config.json")).unwrap();
    let model = resit_trainer::checkpoint::read_config(&folder).unwrap();
    let machine = Machine::of("cuda").unwrap();
    for name in ["multi_attempt", "single_turn"] {
        let file = here.join(format!("../configs/{name}_qwen2.5_math_1.5b.toml"));
        let config = RunConfig::read(file, &[]).unwrap();
        let plan = Plan::new(&config, &model, &machine, 1400.0).unwrap();
        // 1.54 billion weights in two bytes, of policy, critic and reference; 12 bytes more of each
        // that is trained.
        let is_cache = |item: &&Item| item.name == "sampler: keys and values";
        let weights = bytes(plan.resident.iter().filter(|item| !is_cache(item)));
        assert!((weights / (1.544e9 * (3.0 * 2.0 + 2.0 * 12.0)) - 1.0).abs() < 0.01);
        // Only because activations are recomputed.
        assert!(plan.peak_bytes() < 141e9, "{plan}");
        assert!(plan.resident_bytes() + bytes(&plan.other_update.items) > 141e9);
    }
}
