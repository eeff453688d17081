//! The `resit` command: grade files of answers, play an episode.
#![forbid(unsafe_code)]

mod grade;
mod play;
mod record;
mod unicode;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Grades mathematical answers, and plays episodes of several attempts.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Grade(grade::Args),
    Play(play::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Grade(args) => grade::run(&args),
        Command::Play(args) => play::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("resit: {error}");
        ExitCode::from(2)
    })
}
