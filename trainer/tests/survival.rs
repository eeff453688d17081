//! A run that is killed, cut short, starved of disk or damaged goes on as if nothing had happened, or
//! says what is wrong and leaves its last good checkpoint as it was.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{environment, folder};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use resit::env::Attempts;
use resit_trainer::config::RunConfig;
use serde_json::Value;

const ITERATIONS: usize = 12;

/// A model, questions, and the settings of runs on them.
struct Lab {
    folder: PathBuf,
}

/// What is run: a command, and settings of its own.
#[derive(Clone, Copy)]
struct Kind {
    command: &'static str,
    set: &'static [&'static str],
}

const PPO: Kind = algorithm(&["algorithm.name=ppo"]);
const GRPO: Kind = algorithm(&["algorithm.name=grpo"]);
const RLOO: Kind = algorithm(&["algorithm.name=rloo"]);
const MRT: Kind = algorithm(&["algorithm.name=mrt"]);
const FORCED: Kind = algorithm(&[
    "algorithm.progress={ alpha = 1.0, credit = 'return', prover = { forced = { answers = 2 } } }",
]);
const CRITIC: Kind =
    algorithm(&["algorithm.progress={ alpha = 1.0, credit = 'attempt', prover = 'critic' }"]);
const HEAD: Kind = algorithm(&["algorithm.critic=value-head"]);
const LORA: Kind = algorithm(&["lora={ r = 2 }"]);
const STAR: Kind = Kind {
    command: "sft",
    set: &["sft={ steps = 6, learning_rate = 1e-2, star = { rounds = 2, questions = 8 } }"],
};
const STAR_WITH_LORA: Kind = Kind {
    command: "sft",
    set: &[STAR.set[0], LORA.set[0]],
};

const fn algorithm(set: &'static [&'static str]) -> Kind {
    Kind {
        command: "train",
        set,
    }
}

/// A run in a folder of its own.
struct Run {
    command: &'static str,
    config: PathBuf,
    out: PathBuf,
}

impl Lab {
    fn new(name: &str) -> Self {
        let folder = folder(name);
        let questions: String = (1..=7)
            .map(|n| format!("{{\"problem\": \"?\", \"answer\": \"{}\"}}\n", n % 3 + 1))
            .collect();
        fs::write(folder.join("questions.jsonl"), questions).unwrap();
        Self { folder }
    }

    fn run(&self, name: &str, kind: Kind) -> Run {
        let (out, config) = (
            self.folder.join(name),
            self.folder.join(name).with_extension("toml"),
        );
        let questions = self.folder.join("questions.jsonl");
        let text = format!(
            "model = {:?}\nout = {out:?}\n\
             [data]\ntrain = [{questions:?}]\nvalidation = [{questions:?}]\n\
             [sampling]\ncontext_length = 16\nchunk_tokens = 2\nrows = 16\n\
             [evaluation]\ninterval = 3\nattempts = [1, 2]\n\
             [checkpoint]\ninterval = 2\nkeep = 2\n\
             [algorithm]\niterations = {ITERATIONS}\nrollout_batch_size = 8\nsamples_per_prompt = 2\n\
             train_batch_size = 8\nmicro_batch_size = 4\nlearning_rate = 1e-2\n",
            self.folder.join("start"),
        );
        fs::write(&config, text).unwrap();
        // The environment as the library has it, in full.
        let set: Vec<String> = kind.set.iter().map(|set| (*set).into()).collect();
        let mut settings = RunConfig::read(&config, &set).unwrap();
        settings.environment = environment(Attempts::Uniform { max: 3 });
        fs::write(&config, settings.to_toml().unwrap()).unwrap();
        Run {
            command: kind.command,
            config,
            out,
        }
    }
}

impl Run {
    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
        command.arg(self.command).arg(&self.config).args(more);
        command.env("RAYON_NUM_THREADS", "1");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn start(&self, more: &[&str]) -> Child {
        self.command(more).spawn().unwrap()
    }

    fn finish(&self, more: &[&str]) -> Output {
        let output = self.command(more).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        output
    }

    /// What has to be the same after an interruption: weights and metrics, all but the clock's.
    fn result(&self) -> (Vec<u8>, Vec<Value>) {
        let files = ["model.safetensors", "adapter_model.safetensors"];
        let folder = self.result_folder();
        let file = files.map(|file| folder.join(file)).into_iter();
        let weights = file
            .filter(|file| file.exists())
            .map(|file| fs::read(file).unwrap());
        let weights: Vec<Vec<u8>> = weights.collect();
        assert_eq!(weights.len(), 1);
        (weights.concat(), self.metrics())
    }

    fn result_folder(&self) -> PathBuf {
        let config = RunConfig::read(&self.config, &[]).unwrap();
        config.result()
    }

    fn metrics(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.out.join("metrics.jsonl")).unwrap();
        let line = |line: &str| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let fields = line.as_object_mut().unwrap();
            assert!(fields.remove("seconds").unwrap().as_f64().unwrap() > 0.0);
            assert!(fields.remove("tokens_per_second").is_some());
            line
        };
        text.lines().map(line).collect()
    }

    fn checkpoints(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.out.join("checkpoints"))
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("step-"))
            .collect();
        names.sort();
        names
    }

    fn wait_for_a_checkpoint(&self) {
        let start = Instant::now();
        while self.checkpoints().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(120), "no checkpoint");
            sleep(Duration::from_millis(2));
        }
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills runs at random points, `kills` in all, and compares each with one that nobody touched.
fn killed(name: &str, kind: Kind, kills: usize, seed: u64) {
    let lab = Lab::new(name);
    let whole = lab.run("whole", kind);
    let start = Instant::now();
    whole.finish(&[]);
    let duration = start.elapsed();
    let expected = whole.result();
    assert_eq!(expected.1.len(), ITERATIONS);
    let mut rng = StdRng::seed_from_u64(seed);
    let mut done = 0;
    for number in 0.. {
        let run = lab.run(&format!("killed-{number}"), kind);
        // Up to three kills of one run.
        for _ in 0..3.min(kills - done) {
            let child = run.start(&["--resume"]);
            sleep(duration.mul_f64(rng.random_range(0.0..0.8)));
            kill(child);
            done += 1;
        }
        run.finish(&["--resume"]);
        assert!(run.result() == expected, "seed {seed}, run {number}");
        if done == kills {
            return;
        }
    }
}

#[test]
fn a_killed_run_goes_on_bit_for_bit() {
    killed("survival-killed", PPO, 3, 1);
}

#[test]
fn a_killed_run_of_adapters_goes_on_bit_for_bit() {
    killed("survival-killed-lora", LORA, 3, 1);
}

#[test]
fn a_killed_run_of_a_value_head_goes_on_bit_for_bit() {
    killed("survival-killed-head", HEAD, 1, 1);
}

#[test]
fn killed_runs_with_progress_go_on_bit_for_bit() {
    for (name, kind) in [("mrt", MRT), ("forced", FORCED), ("critic", CRITIC)] {
        killed(&format!("survival-killed-{name}"), kind, 1, 1);
    }
}

#[test]
fn killed_fine_tuning_goes_on_bit_for_bit() {
    killed("survival-killed-star", STAR, 3, 1);
    killed("survival-killed-star-lora", STAR_WITH_LORA, 3, 1);
}

/// From each checkpoint that fine-tuning leaves, between the rounds and within them.
#[test]
fn fine_tuning_goes_on_from_every_checkpoint() {
    let lab = Lab::new("survival-star-steps");
    for (name, kind) in [("star", STAR), ("star-lora", STAR_WITH_LORA)] {
        let whole = lab.run(&format!("{name}-whole"), kind);
        whole.finish(&["--set", "checkpoint.keep=9"]);
        let checkpoints = whole.checkpoints();
        assert_eq!(checkpoints.len(), ITERATIONS / 2);
        for (place, checkpoint) in checkpoints.iter().enumerate() {
            let run = lab.run(&format!("{name}-{place}"), kind);
            run.finish(&["--set", "checkpoint.keep=9"]);
            for later in &checkpoints[place + 1..] {
                fs::remove_dir_all(run.out.join("checkpoints").join(later)).unwrap();
            }
            fs::remove_dir_all(run.result_folder()).unwrap();
            run.finish(&["--resume", "--set", "checkpoint.keep=9"]);
            assert!(run.result() == whole.result(), "{name} {checkpoint}");
        }
    }
}

#[test]
#[ignore = "takes minutes: 50 kills"]
fn fifty_kills_change_nothing() {
    let seed = std::env::var("PROPTEST_RNG_SEED").map_or(2, |seed| seed.parse().unwrap());
    let kinds = [
        ("ppo", PPO, 15),
        ("grpo", GRPO, 10),
        ("rloo", RLOO, 10),
        ("lora", LORA, 5),
        ("star", STAR, 5),
        ("star-lora", STAR_WITH_LORA, 5),
    ];
    for (name, kind, kills) in kinds {
        killed(&format!("survival-long-{name}"), kind, kills, seed);
    }
}

#[test]
fn an_interrupt_saves_and_stops() {
    let lab = Lab::new("survival-interrupt");
    let whole = lab.run("whole", PPO);
    whole.finish(&[]);
    let run = lab.run("interrupted", PPO);
    let child = run.start(&[]);
    run.wait_for_a_checkpoint();
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let said = String::from_utf8(output.stdout).unwrap();
    let stopped = run.metrics().len();
    if stopped < ITERATIONS {
        assert!(
            said.contains(&format!("after {stopped} iterations")),
            "{said}"
        );
        assert_eq!(
            run.checkpoints().last(),
            Some(&format!("step-{stopped:06}"))
        );
    }
    run.finish(&["--resume"]);
    assert!(run.result() == whole.result());
}

#[test]
fn the_last_checkpoints_and_the_best_are_kept() {
    let lab = Lab::new("survival-kept");
    let run = lab.run("run", PPO);
    run.finish(&[]);
    let mut best = (0, -1.0);
    for line in run.metrics() {
        let step = line["step"].as_u64().unwrap();
        assert_eq!(line["accuracy@1"].is_f64(), step % 3 == 0);
        assert_eq!(line["accuracy@2"].is_f64(), step % 3 == 0);
        if let Some(accuracy) = line["accuracy@1"].as_f64().filter(|a| *a > best.1) {
            best = (step, accuracy);
        }
    }
    let best = format!("step-{:06}", best.0);
    let kept = run.checkpoints();
    let last = ["step-000010", "step-000012"].map(String::from);
    assert!(kept.ends_with(&last), "{kept:?}");
    assert!(kept.contains(&best) && kept.len() <= 3, "{kept:?}");
    let named = fs::read_to_string(run.out.join("checkpoints/best")).unwrap();
    assert_eq!(named.trim(), best);
    events_hold_the_metrics(&run.out.join("tensorboard"));
}

/// The names that people know, each explained in docs/metrics.md.
#[test]
fn the_metrics_have_their_names() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
    let docs = fs::read_to_string(docs).unwrap();
    let names = |run: &Run, line: usize| -> BTreeSet<String> {
        let text = fs::read_to_string(run.out.join("metrics.jsonl")).unwrap();
        let line: Value = serde_json::from_str(text.lines().nth(line).unwrap()).unwrap();
        line.as_object().unwrap().keys().cloned().collect()
    };
    let set = |names: &[&str]| -> BTreeSet<String> {
        for name in names {
            let explained = name.split_once('@').map_or(*name, |_| "accuracy@K");
            assert!(docs.contains(&format!("`{explained}`")), "{name}");
        }
        names.iter().map(|name| (*name).into()).collect()
    };
    let lab = Lab::new("survival-names");
    let run = lab.run("ppo", PPO);
    run.finish(&[]);
    let mut expected = set(&[
        "accuracy",
        "agent_tokens",
        "approx_kl",
        "attempts",
        "clip_fraction",
        "critic_grad_norm",
        "entropy",
        "episodes",
        "explained_variance",
        "fix_rate",
        "format_rate",
        "grad_norm",
        "kl",
        "learning_rate",
        "policy_loss",
        "repeat_rate",
        "response_length",
        "reward",
        "seconds",
        "step",
        "tokens_per_second",
        "truncated",
        "value_loss",
    ]);
    assert_eq!(names(&run, 0), expected);
    expected.append(&mut set(&["accuracy@1", "accuracy@2"]));
    assert_eq!(names(&run, 2), expected);

    let run = lab.run("star", STAR);
    run.finish(&[]);
    let mut expected = set(&[
        "agent_tokens",
        "grad_norm",
        "learning_rate",
        "loss",
        "round",
        "seconds",
        "step",
        "tokens_per_second",
    ]);
    assert_eq!(names(&run, 1), expected);
    expected.append(&mut set(&["kept", "kept_share"]));
    assert_eq!(names(&run, 0), expected);
    assert_eq!(names(&run, 6), expected);
}

/// One file of records: a length, its sum, as many bytes, their sum. Each is an event, and each event but
/// the first has one number.
fn events_hold_the_metrics(folder: &Path) {
    let files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1);
    let bytes = fs::read(&files[0]).unwrap();
    let mut events = Vec::new();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
        events.push(&rest[12..12 + length]);
        rest = &rest[16 + length..];
    }
    for (name, times) in [
        ("kl", ITERATIONS),
        ("clip_fraction", ITERATIONS),
        ("explained_variance", ITERATIONS),
        ("tokens_per_second", ITERATIONS),
        ("accuracy@1", ITERATIONS / 3),
    ] {
        let tag = [&[0x0a, name.len() as u8], name.as_bytes()].concat();
        let with_tag = events
            .iter()
            .filter(|event| event.windows(tag.len()).any(|window| window == tag));
        assert_eq!(with_tag.count(), times, "{name}");
    }
}

#[test]
fn a_damaged_checkpoint_is_named_and_the_one_before_serves() {
    let lab = Lab::new("survival-damaged");
    let whole = lab.run("whole", PPO);
    whole.finish(&[]);
    let run = lab.run("damaged", PPO);
    run.finish(&[]);
    let last = run
        .out
        .join("checkpoints")
        .join(run.checkpoints().pop().unwrap());
    let sound = snapshot(&last);
    for (name, harm) in [
        ("critic.safetensors", truncate as fn(&Path)),
        ("policy/model.safetensors", flip),
        ("policy_optimizer.safetensors", flip),
        ("checkpoint.json", truncate),
    ] {
        harm(&last.join(name));
        let output = run.command(&["--resume"]).output().unwrap();
        assert!(!output.status.success());
        assert!(stderr(&output).contains(name), "{}", stderr(&output));
        for (path, bytes) in &sound {
            fs::write(path, bytes).unwrap();
        }
    }
    fs::remove_dir_all(&last).unwrap();
    fs::remove_dir_all(run.out.join("model")).unwrap();
    run.finish(&["--resume"]);
    assert!(run.result() == whole.result());
}

#[test]
fn a_full_disk_leaves_the_last_checkpoint() {
    let lab = Lab::new("survival-full");
    let whole = lab.run("whole", PPO);
    whole.finish(&[]);
    let run = lab.run("full", PPO);
    let child = run.start(&[]);
    run.wait_for_a_checkpoint();
    kill(child);
    let before = run.checkpoints().pop().unwrap();
    // No file may grow beyond 8 blocks: the write that does fails, as on a full disk.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"]);
    limited
        .arg(env!("CARGO_BIN_EXE_trainer"))
        .arg("train")
        .arg(&run.config)
        .arg("--resume");
    let output = limited.output().unwrap();
    assert!(!output.status.success());
    assert!(stderr(&output).contains("too large"), "{}", stderr(&output));
    assert!(
        stderr(&output).contains(run.out.to_str().unwrap()),
        "{}",
        stderr(&output)
    );
    assert_eq!(run.checkpoints().pop(), Some(before));
    run.finish(&["--resume"]);
    assert!(run.result() == whole.result());
}

#[test]
fn numbers_that_leave_the_finite_stop_the_run() {
    let lab = Lab::new("survival-nan");
    let run = lab.run("run", PPO);
    let set = "algorithm.learning_rate=1e30";
    let output = run.command(&["--set", set]).output().unwrap();
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("not finite"),
        "{}",
        stderr(&output)
    );
    for name in run.checkpoints() {
        assert!(
            run.out
                .join("checkpoints")
                .join(name)
                .join("checkpoint.json")
                .exists()
        );
    }
}

#[test]
fn a_folder_belongs_to_one_run() {
    let lab = Lab::new("survival-claimed");
    let run = lab.run("run", PPO);
    run.finish(&[]);
    let refused = |more: &[&str]| {
        let output = run.command(more).output().unwrap();
        assert!(!output.status.success());
        stderr(&output)
    };
    assert!(refused(&[]).contains("--resume"));
    let other = refused(&["--resume", "--set", "seed=43"]);
    assert!(
        other.contains("seed = 42") && other.contains("seed = 43"),
        "{other}"
    );
}

fn truncate(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}
