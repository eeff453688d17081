mod figures;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use resit::Grader;
use resit::metrics::{Bootstrap, EpisodeRecord, Question, tokens_after};
use resit_io::{Curves, published, read_transcripts};

use crate::Fault;

/// Report on transcripts: accuracy by attempts, progress, regret
///
/// Each file holds the episodes of one policy, one JSON object a line or in the binary form; the
/// policy is named after the file. Prints a table with bootstrap intervals over questions. With --out, also draws
/// accuracy_by_attempts, progress_by_attempt and accuracy_by_tokens as SVG and PNG.
///
/// Exit status: 0; 2 for wrong usage, or a file that cannot be read or written.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Transcripts, a file for each policy
    #[arg(required = true, value_name = "FILE")]
    transcripts: Vec<PathBuf>,
    /// Where the figures go
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Draw the published accuracies of a benchmark beside: average, aime24, math500, amc23,
    /// minerva_math or olympiadbench
    #[arg(long, value_name = "NAME")]
    published: Option<String>,
    /// Budget of the token regret, in sampled tokens; default: what the longest policy takes
    #[arg(long, value_name = "TOKENS")]
    budget: Option<f64>,
    /// Samples of the bootstrap
    #[arg(long, value_name = "N", default_value_t = Bootstrap::default().resamples)]
    resamples: u32,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

/// What is reported on.
struct Report {
    policies: Vec<Policy>,
    bootstrap: Bootstrap,
    /// The most attempts that an episode of any policy granted.
    attempts: u32,
    /// Of the token regret; `None` where tokens are not known.
    budget: Option<f64>,
    published: Option<Curves>,
}

/// The episodes of one file.
struct Policy {
    name: String,
    questions: Vec<Question>,
    /// The numbers of attempts that its episodes granted.
    granted: BTreeSet<u32>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Fault> {
    let policies = args.transcripts.iter().map(|path| Policy::read(path));
    let policies = policies.collect::<Result<Vec<_>, Fault>>()?;
    let granted = policies.iter().flat_map(|policy| &policy.granted);
    let attempts = granted.copied().max().unwrap_or(0);
    let longest = policies
        .iter()
        .filter_map(|policy| tokens_after(&policy.questions, policy.most()).value());
    let report = Report {
        budget: args.budget.or_else(|| longest.reduce(f64::max)),
        published: args.published.as_deref().map(benchmark).transpose()?,
        bootstrap: Bootstrap {
            resamples: args.resamples,
            seed: args.seed,
            ..Bootstrap::default()
        },
        attempts,
        policies,
    };
    print!("{}", table::of(&report));
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for (name, drawn) in figures::draw(&report, folder)? {
            match drawn {
                Ok(()) => eprintln!("wrote {name}.svg and {name}.png"),
                Err(reason) => eprintln!("no figure {name}: {reason}"),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn benchmark(name: &str) -> Result<Curves, Fault> {
    let mut published = published()?;
    let known: Vec<&String> = published.benchmarks.keys().collect();
    let unknown = format!("there is no published benchmark `{name}`: {known:?}");
    Ok(published.benchmarks.remove(name).ok_or(unknown)?)
}

impl Policy {
    fn read(path: &Path) -> Result<Self, Fault> {
        let mut records = Vec::new();
        for recorded in read_transcripts(path)? {
            let recorded = recorded?;
            records.push(EpisodeRecord {
                values: recorded.values,
                ..EpisodeRecord::of(&recorded.episode)
            });
        }
        if records.is_empty() {
            return Err(format!("{}: there is no episode", path.display()).into());
        }
        let granted = records.iter().map(|record| record.granted).collect();
        let mut questions = Question::group(records);
        let grader = Grader::default();
        for question in &mut questions {
            question.unify_answers(&grader);
        }
        let name = path.file_stem().unwrap_or(path.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            questions,
            granted,
        })
    }

    /// The most attempts that an episode granted.
    fn most(&self) -> u32 {
        self.granted.last().copied().unwrap_or(0)
    }

    fn episodes(&self) -> impl Iterator<Item = &EpisodeRecord> {
        self.questions
            .iter()
            .flat_map(|question| &question.episodes)
    }

    /// Whether J was estimated, in some episode.
    fn has_values(&self) -> bool {
        self.episodes().any(|episode| !episode.values.is_empty())
    }

    /// Whether it was played with several numbers of attempts, so that accuracy at exactly k is a
    /// curve.
    fn at_exactly(&self) -> bool {
        self.granted.len() > 1
    }
}
