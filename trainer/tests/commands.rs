//! The commands from end to end, on a model and files that the test makes.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use candle_core::{DType, Device};
use resit::env::{Attempts, Ending, Environment};
use resit_io::read_transcripts;
use resit_trainer::benchmark::{BENCHMARKS, PolicyScores};
use resit_trainer::checkpoint::{self, Pretrained};
use resit_trainer::cost::{Row, Varied, Work};
use resit_trainer::lora::{Lora, LoraConfig};
use resit_trainer::model::Parameters;
use serde_json::json;

struct Fixture(PathBuf);

impl Fixture {
    /// A folder with two models, five benchmarks and the settings of a run.
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("commands")
            .join(name);
        let _ = fs::remove_dir_all(&root);
        let tokenizer = common::tokenizer();
        let config = common::config(&tokenizer);
        for (seed, model) in ["first", "second"].into_iter().enumerate() {
            let cpu = &Device::Cpu;
            let weights = Parameters::random(&config, 1.0, 5 + seed as u64, DType::F32, cpu);
            checkpoint::save(root.join(model), &config, &weights.unwrap(), &tokenizer).unwrap();
        }
        fs::create_dir_all(root.join("data")).unwrap();
        for (index, (benchmark, _)) in BENCHMARKS.into_iter().enumerate() {
            let questions = ["?", "a", "b", "ab", "b?a"];
            let lines = questions.iter().enumerate().map(|(place, question)| {
                let answer = (place + index) % 3 + 1;
                format!(
                    "{}\n",
                    json!({"problem": question, "answer": answer.to_string()})
                )
            });
            let file = root.join("data").join(benchmark).with_extension("jsonl");
            fs::write(file, lines.collect::<String>()).unwrap();
        }
        let environment = Environment {
            ending: Ending::Box,
            ..common::environment(Attempts::Fixed(2))
        };
        let mut settings = toml::Table::new();
        settings.insert(
            "environment".into(),
            toml::Value::try_from(&environment).unwrap(),
        );
        let text = "model = 'first'\nout = 'run'\ndata = { train = [] }\n\
                    sampling = { context_length = 40, chunk_tokens = 4, rows = 3 }\n";
        let text = format!("{text}{}", toml::to_string(&settings).unwrap());
        fs::write(root.join("run.toml"), text).unwrap();
        Self(root)
    }

    fn trainer(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
        command.env("RAYON_NUM_THREADS", "1").current_dir(&self.0);
        command.args(arguments).output().unwrap()
    }

    /// What the command says, which has to succeed.
    fn output(&self, arguments: &[&str]) -> String {
        let output = self.trainer(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the command says, which has to fail.
    fn error(&self, arguments: &[&str]) -> String {
        let output = self.trainer(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// The share of episodes of a file that were granted so many attempts and solved.
    fn accuracy(&self, file: &str, attempts: u32) -> f64 {
        let episodes = read_transcripts(&self.0.join(file)).unwrap();
        let episodes = episodes.map(|recorded| recorded.unwrap().episode);
        let states: Vec<_> = episodes.map(|episode| episode.state().clone()).collect();
        let granted = || states.iter().filter(|state| state.attempts == attempts);
        let solved = granted().filter(|state| state.results.iter().any(|r| r.correct()));
        assert_eq!(granted().count(), 5);
        20.0 * solved.count() as f64
    }
}

#[test]
fn eval_writes_the_papers_table_and_figures() {
    let fixture = Fixture::new("eval");
    let eval = |model: &str| {
        let arguments = [
            "eval", "--model", model, "--config", "run.toml", "--data", "data",
        ];
        let more = [
            "--attempts",
            "1..3",
            "--out",
            "eval",
            "--context-length",
            "60",
        ];
        fixture.output(&[&arguments[..], &more].concat())
    };
    eval("first");
    let printed = eval("second");
    let folder = fixture.0.join("eval");
    let table = fs::read_to_string(folder.join("table_1.md")).unwrap();
    assert!(printed.starts_with(&table));

    let policies = PolicyScores::read_all(&folder).unwrap();
    let names: Vec<&str> = policies
        .iter()
        .map(|policy| policy.policy.as_str())
        .collect();
    assert_eq!(names, ["first", "second"]);
    let mut different = false;
    for policy in &policies {
        let mut sums = [0.0; 4];
        for (benchmark, _) in BENCHMARKS {
            let scores = &policy.benchmarks[benchmark];
            assert_eq!(scores.questions, 5);
            let file = |end: &str| format!("eval/{}/{benchmark}{end}.jsonl", policy.policy);
            let to_the_end = fixture.accuracy(&file("_to_the_end"), 1);
            assert!((scores.to_the_end.accuracy - to_the_end).abs() < 1e-9);
            sums[0] += to_the_end;
            for k in 1..=3 {
                let exactly = fixture.accuracy(&file(""), k);
                let score = scores.exactly[&k];
                assert!((score.accuracy - exactly).abs() < 1e-9);
                let [low, high] = score.interval.unwrap();
                assert!(low <= exactly && exactly <= high);
                sums[k as usize] += exactly;
                different |= exactly != 0.0 && exactly != 100.0;
            }
        }
        // The averages stand in the table, unweighted.
        let rows: Vec<&str> = table
            .lines()
            .filter(|line| line.starts_with(&format!("| {} |", policy.policy)))
            .collect();
        assert_eq!(rows.len(), 7);
        let columns: Vec<&str> = rows[0].split('|').map(str::trim).collect();
        assert!(
            columns[7].starts_with(&format!("{:.1} [", sums[0] / 5.0)),
            "{}",
            rows[0]
        );
        let columns: Vec<&str> = rows[1].split('|').map(str::trim).collect();
        for k in 1..=3 {
            let expected = format!("{:.1} [", sums[k] / 5.0);
            assert!(columns[k + 1].starts_with(&expected), "{}", rows[1]);
        }
        assert_eq!(columns[5], "–");
    }
    assert!(
        different,
        "no accuracy is between 0 and 1: the test would see little"
    );
    let published = "| published: multi-attempt | 73.4 | 20.0 | 65.0 | 35.3 | 33.9 | 45.4 |";
    assert!(table.contains(published), "{table}");
    assert!(
        table.contains(
            "| published: single-turn | 42.4 | 43.2 | 44.3 | 44.0 | 43.8 | 44.6 | 42.9 |"
        )
    );
    for figure in ["figure_1", "figure_5"] {
        let svg = fs::read_to_string(folder.join(figure).with_extension("svg")).unwrap();
        for name in ["first", "second", "published: multi-attempt"] {
            assert!(svg.contains(name), "{figure}: {name}");
        }
        assert!(folder.join(figure).with_extension("png").exists());
    }
}

#[test]
fn eval_says_what_is_wrong_before_it_starts() {
    let fixture = Fixture::new("faults");
    let with = |arguments: &[&str]| {
        let error = fixture.error(&[&["eval", "--out", "eval"], arguments].concat());
        assert!(!fixture.0.join("eval").exists());
        error
    };
    let model = ["--model", "first", "--config", "run.toml"];
    let error = with(&[&model[..], &["--data", "nowhere.jsonl"]].concat());
    assert!(error.contains("nowhere.jsonl: No such file"), "{error}");
    fs::create_dir(fixture.0.join("empty")).unwrap();
    let error = with(&[&model[..], &["--data", "empty"]].concat());
    assert!(
        error.contains("empty: none of the five benchmarks is there"),
        "{error}"
    );
    let error = with(&["--model", "first", "--data", "data"]);
    assert!(
        error.contains("tokenizer.json: the tokenizer has no token <|im_"),
        "{error}"
    );
    let error = with(&[&model[..], &["--data", "data", "--attempts", "3..1"]].concat());
    assert!(error.contains("a range such as 1..7"), "{error}");
    let error = with(&[&model[..], &["--data", "data", "--template", "loud"]].concat());
    assert!(error.contains("there is no template `loud`"), "{error}");
}

#[test]
fn sample_prints_the_dialogue() {
    let fixture = Fixture::new("sample");
    let sample = |seed: &str, attempts: &str| {
        let arguments = [
            "sample", "a?", "--answer", "3", "--model", "second", "-n", "4",
        ];
        let more = [
            "--config",
            "run.toml",
            "--seed",
            seed,
            "--attempts",
            attempts,
        ];
        fixture.output(&[&arguments[..], &more].concat())
    };
    let said = sample("1", "3");
    assert_eq!(said, sample("1", "3"));
    assert_ne!(said, sample("2", "3"));
    assert_eq!(said.matches("[prompt]\na?\n").count(), 4);
    assert_eq!(said.matches("[attempt 1").count(), 4);
    assert_eq!(said.matches("reward ").count(), 4);
    let solved = said.matches("[solved by attempt").count();
    assert_eq!(solved, said.matches(", right]").count());
    assert!(said.ends_with(&format!("{solved} of 4 solved\n")), "{said}");
    assert!(!sample("1", "1").contains("[attempt 2"));

    let said = |more: &[&str]| {
        let question = ["sample", "a?", "--answer", "3", "--model", "second"];
        fixture.output(&[&question[..], &["--config", "run.toml"], more].concat())
    };
    let greedy = said(&["--temperature", "0"]);
    assert_eq!(greedy, said(&["--top-k", "1"]));
    assert_eq!(greedy, said(&["--top-p", "1e-9", "--seed", "4"]));
    assert_eq!(greedy, said(&["--min-p", "1"]));
    let error = fixture.error(&[
        "sample", "a?", "--answer", "3", "--model", "second", "--config", "run.toml", "--top-p",
        "0",
    ]);
    assert!(
        error.contains("top_p is more than 0 and at most 1"),
        "{error}"
    );
}

#[test]
fn export_merges_and_converts() {
    let fixture = Fixture::new("export");
    let cpu = &Device::Cpu;
    let chat = common::environment(Attempts::Fixed(1)).template.chat;
    let model = Pretrained::open(fixture.0.join("first"), &chat).unwrap();
    let lora = Lora::new(LoraConfig::default(), model.config(), 1, cpu).unwrap();
    for (name, var) in lora.parameters().iter() {
        if name.ends_with("lora_B.weight") {
            var.set(&var.affine(0.0, 0.01).unwrap()).unwrap();
        }
    }
    lora.save(fixture.0.join("adapter"), "first").unwrap();
    let base = model.parameters(DType::F32, cpu).unwrap();
    let merged = base.copy().unwrap();
    lora.merge(&base, &merged).unwrap();

    let arguments = ["export", "first", "--adapter", "adapter", "--out", "out"];
    let more = ["--dtype", "f32", "--shard-bytes", "4000"];
    fixture.output(&[&arguments[..], &more].concat());
    let exported = Pretrained::open(fixture.0.join("out"), &chat).unwrap();
    let exported = exported.parameters(DType::F32, cpu).unwrap().tensors();
    for (name, tensor) in merged.tensors() {
        let values = |t: &candle_core::Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(values(&tensor), values(&exported[&name]), "{name}");
    }
    assert!(fixture.0.join("out/model.safetensors.index.json").exists());
    assert!(fixture.error(&arguments).contains("out: is there already"));
    fixture.output(&["export", "first", "--out", "half"]);
    let size = |folder: &str| {
        let file = fixture.0.join(folder).join("model.safetensors");
        fs::metadata(file).unwrap().len() as f64
    };
    assert!((size("half") / size("first") - 0.5).abs() < 0.1);
}

#[test]
fn an_adapter_is_trained_played_and_merged() {
    let fixture = Fixture::new("adapter");
    let settings = [
        "lora={ r = 2, target_modules = ['v_proj', 'down_proj'] }",
        "data.train=['data/amc23.jsonl']",
        "algorithm={ iterations = 3, rollout_batch_size = 4, train_batch_size = 4, learning_rate = 1e-2 }",
    ];
    let set = |more: &[&'static str]| -> Vec<&'static str> {
        let all = settings.iter().chain(more);
        all.flat_map(|set| ["--set", *set]).collect()
    };
    let printed = fixture.output(&[&["train", "run.toml"][..], &set(&[])].concat());
    assert_eq!(printed, "run/adapter\n");
    assert!(!fixture.0.join("run/model").exists());
    let text = fs::read_to_string(fixture.0.join("run/adapter/adapter_config.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["peft_type"], "LORA");
    assert_eq!(json["r"], 2);
    assert_eq!(json["base_model_name_or_path"], "first");

    let arguments = [
        "export",
        "first",
        "--adapter",
        "run/adapter",
        "--out",
        "merged",
    ];
    fixture.output(&[&arguments[..], &["--dtype", "f32"]].concat());
    let chat = common::environment(Attempts::Fixed(1)).template.chat;
    let weights = |model: &str| {
        let model = Pretrained::open(fixture.0.join(model), &chat).unwrap();
        model
            .parameters(DType::F32, &Device::Cpu)
            .unwrap()
            .tensors()
    };
    let (base, merged) = (weights("first"), weights("merged"));
    for (name, tensor) in &base {
        let values = |t: &candle_core::Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let is_target = name.ends_with("v_proj.weight") || name.ends_with("down_proj.weight");
        assert_eq!(values(tensor) != values(&merged[name]), is_target, "{name}");
    }
    let sample = |model: &[&str]| {
        let question = [
            "sample", "a?", "--answer", "3", "--config", "run.toml", "-n", "3",
        ];
        fixture.output(&[&question[..], model].concat())
    };
    let played = sample(&["--model", "merged"]);
    assert_eq!(
        played,
        sample(&["--model", "first", "--adapter", "run/adapter"])
    );

    let refused = |set: &str| fixture.error(&["train", "run.toml", "--set", set]);
    let error = refused("lora={ r = 0 }");
    assert!(error.contains("lora: an adapter needs a rank"), "{error}");
    let error = refused("lora={ target_modules = ['lm_head'] }");
    assert!(error.contains("lora: target_modules is lm_head"), "{error}");
    let error = refused("lora={ lora_alpha = 0 }");
    assert!(
        error.contains("lora: lora_alpha is a number other than 0"),
        "{error}"
    );
    let error = refused("lora={ lora_dropout = 0.1 }");
    assert!(error.contains("unknown field `lora_dropout`"), "{error}");
    let said = fixture.output(&[&["plan", "run.toml"][..], &set(&[])].concat());
    assert!(said.contains("adapters: weights"), "{said}");
}

#[test]
fn plot_draws_runs_and_writes_pages() {
    let fixture = Fixture::new("plot");
    let runs = [("one", 0.25), ("two", -0.5)];
    for (run, reward) in runs {
        let folder = fixture.0.join(run);
        fs::create_dir_all(&folder).unwrap();
        let line = |step: u32| {
            let mut line = json!({"step": step, "reward": reward * f64::from(step), "kl": 0.1});
            if [2, 4, 6].contains(&step) {
                line["accuracy@1"] = json!(0.5);
            }
            format!("{line}\n")
        };
        fs::write(
            folder.join("metrics.jsonl"),
            (1..=6).map(line).collect::<String>(),
        )
        .unwrap();
        fs::write(folder.join("config.toml"), "out = \"<run> & more\"\n").unwrap();
    }
    // A question that would be markup.
    let question = "<script>alert(1)</script>";
    let environment = common::environment(Attempts::Fixed(1));
    let task = resit::env::Task::new(question, "1");
    let mut episode = environment.reset(&task, 0).unwrap();
    let attempt = resit::env::Attempt::text(r"\boxed{1} <b>bold</b>");
    environment.step(&mut episode, attempt).unwrap();
    let line = format!("{}\n", serde_json::to_string(&episode).unwrap());
    fs::create_dir(fixture.0.join("one/evaluations")).unwrap();
    fs::write(fixture.0.join("one/evaluations/0006.jsonl"), line).unwrap();

    fixture.output(&["plot", "one", "two", "--out", "figures", "--published"]);
    let svg = fs::read_to_string(fixture.0.join("figures/figure_4.svg")).unwrap();
    for name in [
        "one",
        "two",
        "accuracy at one attempt",
        "published: multi-attempt, by eye",
    ] {
        assert!(svg.contains(name), "{name}");
    }
    let page = |run: &str| fs::read_to_string(fixture.0.join(run).join("report.html")).unwrap();
    let (one, two) = (page("one"), page("two"));
    assert!(!one.contains("<script") && !one.contains("<b>"), "{one}");
    assert!(one.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(one.contains("<h3>attempt 1, right</h3>") && one.contains("solved by attempt 1"));
    assert!(one.contains("out = &quot;&lt;run&gt; &amp; more&quot;"));
    assert!(!two.contains("<h2>Dialogues"));
    for page in [&one, &two] {
        assert_eq!(page.matches("<svg").count(), 2);
        assert_eq!(page.matches("</svg>").count(), 2);
        // Nothing is loaded from elsewhere.
        assert!(!page.contains("src=") && !page.contains("href="));
    }
    assert!(two.contains("reward: -3.0"));

    let error = fixture.error(&["plot", "first"]);
    assert!(error.contains("metrics.jsonl: No such file"), "{error}");
    fs::write(fixture.0.join("first/metrics.jsonl"), "").unwrap();
    assert!(
        fixture
            .error(&["plot", "first"])
            .contains("there is no step yet")
    );
    fs::write(fixture.0.join("first/metrics.jsonl"), "{\"step\":").unwrap();
    assert!(
        fixture
            .error(&["plot", "first"])
            .contains("metrics.jsonl: EOF")
    );
}

#[test]
fn cost_measures_and_draws() {
    let fixture = Fixture::new("cost");
    let arguments = [
        "cost",
        "--lengths",
        "4,8",
        "--batches",
        "1,2,3",
        "--widths",
        "16",
        "--layers",
        "1",
    ];
    let printed = fixture.output(&[&arguments[..], &["--repeats", "1", "--out", "cost"]].concat());
    let text = fs::read_to_string(fixture.0.join("cost/cost.json")).unwrap();
    let rows: Vec<Row> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows.len(), 2 * (2 + 3 + 1));
    assert_eq!(printed.lines().count(), 1 + rows.len() + 1);
    let of = |varied: Varied| -> Vec<[usize; 2]> {
        let rows = rows
            .iter()
            .filter(|row| row.varied == varied && row.work == Work::Sampling);
        rows.map(|row| [row.length, row.batch]).collect()
    };
    assert_eq!(of(Varied::Length), [[4, 2], [8, 2]]);
    assert_eq!(of(Varied::Batch), [[8, 1], [8, 2], [8, 3]]);
    assert_eq!(of(Varied::Parameters), [[8, 2]]);
    // An embedding, a layer and three norms.
    let layer = 4 * 16 * 16 + 3 * 16 + 3 * 16 * 44;
    assert!(
        rows.iter()
            .all(|row| row.parameters == 512 * 16 + layer + 3 * 16 && row.seconds > 0.0)
    );
    let svg = fs::read_to_string(fixture.0.join("cost/cost.svg")).unwrap();
    for name in [
        "length",
        "batch",
        "parameters",
        "training",
        "sampling",
        "seconds",
    ] {
        assert!(svg.contains(name), "{name}");
    }
    let error = fixture.error(&["cost", "--lengths", "1"]);
    assert!(error.contains("a length is at least 2"), "{error}");
}

#[test]
fn plan_reads_no_weights() {
    let fixture = Fixture::new("plan");
    fs::remove_file(fixture.0.join("first/model.safetensors")).unwrap();
    let arguments = ["plan", "run.toml", "--tflops", "1", "--gbps", "10"];
    let said = fixture.output(&arguments);
    assert_eq!(said, fixture.output(&arguments));
    for name in [
        "policy: weights",
        "sampler: keys and values",
        "sampling",
        "update",
        "1280 iterations",
    ] {
        assert!(said.contains(name), "{said}");
    }
    assert!(
        said.contains("1.000 TFLOP/s and 10 GB/s, as given"),
        "{said}"
    );
    // Twice the rates, half the time.
    let seconds = |said: &str| {
        let line = said
            .lines()
            .find(|line| line.starts_with("1280 iterations"))
            .unwrap();
        let words: Vec<&str> = line.split_whitespace().rev().take(2).collect();
        let unit = match words[0] {
            "ms" => 1e-3,
            "s" => 1.0,
            "min" => 60.0,
            "h" => 3600.0,
            other => panic!("{other}"),
        };
        unit * words[1].parse::<f64>().unwrap()
    };
    let faster = fixture.output(&["plan", "run.toml", "--tflops", "2", "--gbps", "20"]);
    assert!(
        (seconds(&said) / seconds(&faster) - 2.0).abs() < 0.1,
        "{said}{faster}"
    );
    fs::remove_file(fixture.0.join("first/config.json")).unwrap();
    assert!(
        fixture
            .error(&arguments)
            .contains("config.json: No such file")
    );
}
