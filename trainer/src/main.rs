//! The command line of the trainer.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};
use indicatif::MultiProgress;
use resit_trainer::Result;
use resit_trainer::demo::Demo;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Demo(args) => demo(args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trainer: {error}");
            ExitCode::FAILURE
        }
    }
}

fn demo(args: cli::DemoArgs) -> Result<()> {
    one_thread_per_tensor_operation();
    let report = Demo::new(args.seed, args.seeds, &args.out).run(&MultiProgress::new())?;
    println!(
        "{report}\nResults, metrics, weights, transcripts and figures: {}",
        args.out.display()
    );
    Ok(())
}

/// Candle's threads wait for each other in a spin loop at each operation, which costs a model as
/// small as the demo's more than they bring. The demo runs its two arms side by side instead.
#[allow(unsafe_code)]
fn one_thread_per_tensor_operation() {
    const THREADS: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(THREADS).is_none() {
        // SAFETY: no other thread has been started yet.
        unsafe { std::env::set_var(THREADS, "1") };
    }
}
