use indicatif::MultiProgress;
use resit_trainer::Result;
use resit_trainer::train::train;

use super::ConfigArgs;

/// Train by PPO, GRPO or RLOO
///
/// The folder of the run gets the resolved settings (config.toml), the metrics (metrics.jsonl) and the
/// trained model in the layout of transformers (model).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    train(&args.config.read()?, &MultiProgress::new())
}
