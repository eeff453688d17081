use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use resit_io::published;
use resit_trainer::bar::progress_bar;
use resit_trainer::benchmark::{Benchmark, PolicyScores, Protocol, draw, markdown};
use resit_trainer::{Error, Result};

use super::policy::{PolicyArgs, SamplingArgs};

/// Evaluate at exactly k attempts, as Table 1 and Figures 1 and 5 of the paper do
///
/// Plays every question of every benchmark greedily: once with one attempt to the end of its turn, and
/// once for each number of attempts. The folder gets the episodes and scores of the policy
/// (POLICY/scores.json), and of all policies that it holds the table (table_1.md) and the figures
/// (figure_1, figure_5), with the published numbers beside. Evaluate a second model into the same folder
/// to compare the two.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Files of tasks, or a folder with aime24, math500, amc23, minerva_math and olympiadbench (.jsonl)
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// The numbers of attempts, from the first to the last
    #[arg(long, value_name = "FROM..TO", default_value = "1..7", value_parser = range)]
    attempts: RangeInclusive<u32>,
    /// What the policy is called; default: the name of the model's folder
    #[arg(long)]
    name: Option<String>,
    /// At most so many questions of each benchmark
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Tokens that may be sampled in an episode
    #[arg(long, value_name = "N", default_value_t = 8000)]
    budget: u64,
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Of what is sampled, if the temperature is more than 0
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where the results go
    #[arg(long, value_name = "FOLDER", default_value = "runs/eval")]
    out: PathBuf,
}

/// Both ends belong to it.
fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let number = |text: &str| text.trim_start_matches('=').parse::<u32>();
    match (number(from), number(to)) {
        (Ok(from), Ok(to)) if 0 < from && from <= to => Ok(from..=to),
        _ => Err("a range such as 1..7 is expected".into()),
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let files = Benchmark::files(&args.data)?;
    let benchmarks = files.iter().map(|file| Benchmark::read(file, args.limit));
    let benchmarks = benchmarks.collect::<Result<Vec<_>>>()?;
    let published = published().map_err(|e| Error::Config(e.to_string()))?;
    let mut policy = args.policy.load(args.budget as usize + 1024)?;
    policy.environment.budget.episode = Some(args.budget);
    let folder = args.policy.model.file_name().unwrap_or("model".as_ref());
    let name = args
        .name
        .clone()
        .unwrap_or_else(|| folder.to_string_lossy().into());
    let folder = args.out.join(&name);
    fs::create_dir_all(&folder).map_err(|source| Error::File {
        path: folder.clone(),
        source,
    })?;

    let protocol = Protocol {
        environment: &policy.environment,
        attempts: args.attempts.clone().collect(),
        sampling: args.sampling.with(0.0),
        seed: args.seed,
    };
    let most = benchmarks.iter().map(|b| b.tasks.len()).max().unwrap_or(1);
    let mut agent = policy.agent(most)?;
    let questions = benchmarks
        .iter()
        .map(|benchmark| benchmark.tasks.len())
        .sum();
    let bar = progress_bar(protocol.episodes(questions)).with_prefix("episodes ");
    let mut scores = PolicyScores {
        policy: name,
        model: args.policy.model.clone(),
        benchmarks: BTreeMap::new(),
    };
    for benchmark in &benchmarks {
        let result = protocol.run(&mut agent, benchmark, &folder, &bar)?;
        scores.benchmarks.insert(benchmark.name.clone(), result);
        scores.write(&args.out)?;
    }
    bar.finish_and_clear();

    let policies = PolicyScores::read_all(&args.out)?;
    let table = markdown(&policies, &published);
    let file = args.out.join("table_1.md");
    fs::write(&file, &table).map_err(|source| Error::File { path: file, source })?;
    draw(&policies, &published, &args.out)?;
    println!(
        "{table}\nTable, figures, scores and episodes: {}",
        args.out.display()
    );
    Ok(())
}
