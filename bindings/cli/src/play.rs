use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use resit::env::{Attempt, Attempts, Environment, Finish, Status, Task, Template};

/// Play an episode: read a question, answer in a box, try again
///
/// An attempt is one line. The end of the input stands for a context that is full.
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
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
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
