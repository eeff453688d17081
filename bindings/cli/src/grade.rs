use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use resit::extract::{EXTRACTIONS, Extraction, Pattern};
use resit::grade::{Decision, Explanation, POLICIES, batch};
use resit::{Grader, Policy, Verdict};

use crate::record::{Graded, Malformed, Record};
use crate::unicode;

/// Bytes that are read at once; the lines in them are graded together.
const BLOCK: usize = 1 << 20;

/// Longest line in bytes. A longer one is malformed, and not held in memory.
const LONGEST_LINE: usize = 64 << 20;

/// Grade JSON lines: one verdict for each, in order
///
/// A line holds a `reference` and either a `response` (a model's whole output, from which the answer
/// is extracted) or an `answer` (already extracted), and optionally the name of a `policy`. Its
/// verdict holds `correct`, `verdict`, `formatted`, `extracted`, `method` and `reason`, followed by
/// the other fields of the line. A malformed line becomes one with `error` and its number in `line`.
///
/// Exit status: 0; 1 if a line was malformed; 2 for wrong usage, or a file that cannot be read or
/// written.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where the lines come from; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    input: PathBuf,
    /// Where the verdicts go; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// The policy of lines that name none
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = policy)]
    policy: Policy,
    /// Where those lines have their answer, if not where the policy looks: default, boxed, first-box,
    /// final-line, or regex:PATTERN, the last match of a regular expression or of its first group
    #[arg(long, value_name = "NAME", value_parser = extraction)]
    extract: Option<Extraction>,
    /// Show every step to the verdict: extracted, tokens, expression, canonical form, decision
    ///
    /// `text` writes them for people instead of the JSON lines; `json` adds them to the lines as
    /// `explanation`.
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    explain: Option<Explain>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Explain {
    Text,
    Json,
}

/// How each line is graded.
struct Job {
    grader: Grader,
    explain: Option<Explain>,
}

fn extraction(name: &str) -> Result<Extraction, String> {
    if let Some(pattern) = name.strip_prefix("regex:") {
        let pattern = Pattern::new(pattern).map_err(|error| error.to_string())?;
        return Ok(Extraction::Pattern(pattern));
    }
    Extraction::named(name).ok_or_else(|| {
        let names = EXTRACTIONS.map(|(name, what)| format!("\n  {name}: {what}"));
        format!("the names are regex:PATTERN and{}", names.concat())
    })
}

fn policy(name: &str) -> Result<Policy, String> {
    Policy::named(name).ok_or_else(|| format!("the policies are {}", POLICIES.join(", ")))
}

/// A line as it was read; `None` if it is too long.
type Line = Option<Vec<u8>>;

#[derive(Default)]
struct Counts {
    lines: u64,
    correct: u64,
    undecided: u64,
    malformed: u64,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let start = Instant::now();
    let (input, length) = open(&args.input)?;
    let output = create(&args.output, &args.input)?;
    let progress = progress(length, is_standard(&args.output));
    let reader = BufReader::with_capacity(BLOCK, progress.wrap_read(input));
    let mut policy = args.policy.clone();
    if let Some(extraction) = &args.extract {
        policy.extraction = extraction.clone();
    }
    let job = Job {
        grader: Grader::new(policy),
        explain: args.explain,
    };

    let mut counts = Counts::default();
    match grade(reader, output, &job, &mut counts, &progress) {
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        outcome => outcome?,
    }
    progress.finish_and_clear();
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{} in {seconds:.1} s", counts.summary());
    Ok(ExitCode::from(u8::from(counts.malformed > 0)))
}

fn grade(
    mut input: BufReader<impl Read>,
    output: impl Write,
    job: &Job,
    counts: &mut Counts,
    progress: &ProgressBar,
) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    loop {
        let lines = read(&mut input)?;
        if lines.is_empty() {
            return Ok(());
        }
        let numbered: Vec<_> = (counts.lines + 1..).zip(lines).collect();
        for graded in batch(&numbered, |(number, line)| job.line(line, *number)) {
            let (text, decision) = graded?;
            counts.add(decision);
            output.write_all(&text)?;
        }
        // A program that writes a line and waits for its verdict is not kept waiting.
        output.flush()?;
        progress.set_message(counts.summary());
    }
}

/// Reads what is there without waiting, but at least one line unless the input has ended.
fn read(input: &mut BufReader<impl Read>) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        let limit = LONGEST_LINE as u64 + 1;
        if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            return Ok(lines);
        }
        if line.len() > LONGEST_LINE && line.last() != Some(&b'\n') {
            input.skip_until(b'\n')?;
            lines.push(None);
        } else {
            lines.push(Some(line));
        }
        if !input.buffer().contains(&b'\n') {
            return Ok(lines);
        }
    }
}

impl Job {
    /// What is written for a line, and the decision unless the line was malformed.
    fn line(&self, line: &Line, number: u64) -> io::Result<(Vec<u8>, Option<Decision>)> {
        let text = line.as_deref().map(unicode::decode);
        let (record, graded) = match text.as_deref().map(Record::parse) {
            None => (Record::default(), Err(Malformed::TooLong)),
            Some(Err(error)) => (Record::default(), Err(error)),
            Some(Ok(record)) => {
                let graded = self.grade(&record);
                (record, graded)
            }
        };
        let decision = graded.as_ref().ok().map(|(verdict, _)| verdict.decision);
        if self.explain == Some(Explain::Text) {
            let text = match graded {
                Ok((_, Some(explanation))) => format!("line {number}\n{explanation}\n"),
                Ok((_, None)) => String::new(),
                Err(error) => format!("line {number}\nerror: {error}\n\n"),
            };
            return Ok((text.into_bytes(), decision));
        }
        let mut json = serde_json::to_vec(&Graded {
            line: number,
            graded,
            record,
        })?;
        json.push(b'\n');
        Ok((json, decision))
    }

    fn grade(&self, record: &Record) -> Result<(Verdict, Option<Explanation>), Malformed> {
        if self.explain.is_none() {
            return Ok((record.grade(&self.grader)?, None));
        }
        let explanation = record.explain(&self.grader)?;
        Ok((explanation.verdict.clone(), Some(explanation)))
    }
}

impl Counts {
    fn add(&mut self, decision: Option<Decision>) {
        self.lines += 1;
        match decision {
            Some(Decision::Equal) => self.correct += 1,
            Some(Decision::Different) => {}
            Some(Decision::Undecided) => self.undecided += 1,
            None => self.malformed += 1,
        }
    }

    fn summary(&self) -> String {
        let Self {
            lines,
            correct,
            undecided,
            malformed,
        } = self;
        format!("{lines} lines: {correct} correct, {undecided} undecided, {malformed} malformed")
    }
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// An error that names the file.
fn at(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// The input, and its length in bytes if it is a file.
fn open(path: &Path) -> io::Result<(Box<dyn Read>, Option<u64>)> {
    if is_standard(path) {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let file = File::open(path).map_err(at(path))?;
    let metadata = file.metadata().map_err(at(path))?;
    let length = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(file), length))
}

fn create(path: &Path, input: &Path) -> io::Result<Box<dyn Write>> {
    if is_standard(path) {
        return Ok(Box::new(io::stdout().lock()));
    }
    let same = |a: &Path, b: &Path| Some(fs::canonicalize(a).ok()? == fs::canonicalize(b).ok()?);
    if !is_standard(input) && same(path, input) == Some(true) {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "the output is the input");
        return Err(at(path)(error));
    }
    Ok(Box::new(File::create(path).map_err(at(path))?))
}

/// A bar on standard error if that is a terminal, and not the one that the verdicts go to.
fn progress(length: Option<u64>, to_stdout: bool) -> ProgressBar {
    if to_stdout && io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = match length {
        Some(_) => "{bar:30} {percent}%  {msg}  {eta} left",
        None => "{spinner} {bytes}  {msg}",
    };
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr()).with_style(style)
}
