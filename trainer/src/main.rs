//! The command line of the trainer.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Train(args) => commands::train::run(&args),
        Command::Sft(args) => commands::sft::run(&args),
        Command::Eval(args) => commands::eval::run(&args),
        Command::Sample(args) => commands::sample::run(&args),
        Command::Export(args) => commands::export::run(&args),
        Command::Plan(args) => commands::plan::run(&args),
        Command::Plot(args) => commands::plot::run(&args),
        Command::Cost(args) => commands::cost::run(&args),
        Command::Demo(args) => commands::demo::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trainer: {error}");
            ExitCode::FAILURE
        }
    }
}
