use indicatif::MultiProgress;
use resit_trainer::Result;
use resit_trainer::train::train;

use super::{ConfigArgs, report, stop_on_interrupt};

/// Train by PPO, GRPO, RLOO or MRT
///
/// The folder of the run gets the resolved settings (config.toml), the metrics (metrics.jsonl and
/// tensorboard), checkpoints, and in the end the trained model in the layout of transformers (model), or
/// where the settings have a table `lora` the adapter in PEFT's (adapter).
/// An interrupt (Ctrl-C) finishes and saves the iteration under way; a second one ends at once.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
    /// Go on from the last checkpoint, as if the run had never been stopped
    #[arg(long)]
    resume: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let config = args.config.read()?;
    let stop = stop_on_interrupt()?;
    let ending = train(&config, args.resume, &stop, &MultiProgress::new())?;
    report(&config, ending, "iterations");
    Ok(())
}
