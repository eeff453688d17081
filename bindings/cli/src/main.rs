//! The `resit` command: grade files of answers, play an episode, check and report on transcripts.
#![forbid(unsafe_code)]

mod check;
mod grade;
mod play;
mod record;
mod report;
mod unicode;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Grades mathematical answers, plays episodes of several attempts, checks transcripts and
/// reports on them.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Args),
    Grade(grade::Args),
    Play(play::Args),
    Report(report::Args),
}

/// What ends a command.
type Fault = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Check(args) => check::run(&args),
        Command::Grade(args) => grade::run(&args).map_err(Fault::from),
        Command::Play(args) => play::run(&args).map_err(Fault::from),
        Command::Report(args) => report::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("resit: {error}");
        ExitCode::from(2)
    })
}
