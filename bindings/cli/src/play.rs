use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use resit::env::{Attempt, Attempts, Environment, Finish, Status, Task, Template};
use resit_io::Script;
use serde_json::json;

/// Play an episode: read a question, answer in a box, try again
///
/// An attempt is one line. The end of the input stands for a context that is full.
///
/// With --script the attempts come from a file, one episode a line: a JSON object with `task` (its
/// `question` and `reference`), `script` (what the model says, each with `text` and optionally
/// `tokens`, `logprobs` and `finish`), and optionally the settings of the `environment`, a `seed`,
/// and `"ids": "utf8"`, by which the environment's texts get ids. What a trainer would see of each
/// comes out as one line, or `error`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The question
    #[arg(
        long,
        value_name = "TEXT",
        requires = "reference",
        default_value = "A fair coin is tossed 5 times. How likely are exactly 3 heads?"
    )]
    question: String,
    /// Its answer
    #[arg(
        long,
        value_name = "TEXT",
        requires = "question",
        default_value = "5/16"
    )]
    reference: String,
    /// How many attempts there are
    #[arg(long, value_name = "N", default_value_t = 3)]
    attempts: u32,
    /// Play the episodes of this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["question", "reference", "attempts"])]
    script: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    if let Some(script) = &args.script {
        return scripted(script);
    }
    let environment = Environment {
        template: Template::plain(),
        attempts: Attempts::Fixed(args.attempts),
        ..Environment::default()
    };
    let task = Task::new(&args.question, &args.reference);
    let mut episode = environment.reset(&task, 0).map_err(io::Error::other)?;
    let mut lines = io::stdin().lock().lines();
    let mut terminal = io::stdout().lock();

    writeln!(terminal, "{}", episode.transcript().text().trim_end())?;
    loop {
        write!(terminal, "> ")?;
        terminal.flush()?;
        let attempt = match lines.next().transpose()? {
            Some(line) => Attempt::text(line + "\n"),
            None => Attempt {
                finish: Finish::Length,
                ..Attempt::text("")
            },
        };
        let outcome = environment
            .step(&mut episode, attempt)
            .map_err(io::Error::other)?;
        let status = match outcome.status {
            Status::Correct => "correct",
            Status::Wrong => "wrong",
            Status::Stopped => "no answer: a box is needed, as in \\boxed{7}",
            Status::Full | Status::Open | Status::Interlude => "cut off",
        };
        writeln!(terminal, "{status}")?;
        match outcome.feedback {
            Some(feedback) => writeln!(terminal, "{}", feedback.trim())?,
            None => {
                writeln!(terminal, "reward {}", outcome.reward)?;
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

/// Plays the episode of each line.
fn scripted(path: &Path) -> io::Result<ExitCode> {
    let at = |error| io::Error::other(format!("{}: {error}", path.display()));
    let mut output = io::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    for line in BufReader::new(File::open(path).map_err(at)?).lines() {
        let script: Result<Script, _> = serde_json::from_str(&line.map_err(at)?);
        let played = match script {
            Ok(script) => script.play().map_err(|error| error.to_string()),
            Err(error) => {
                code = ExitCode::FAILURE;
                Err(error.to_string())
            }
        };
        let played = match played {
            Ok(played) => serde_json::to_value(played)?,
            Err(error) => json!({ "error": error }),
        };
        writeln!(output, "{played}")?;
    }
    Ok(code)
}
