use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// PPO for episodes of several attempts.
#[derive(Debug, Parser)]
#[command(name = "trainer", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watch a small model learn to use its second attempt: about two minutes on two cores.
    Demo(DemoArgs),
}

#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// The seed; with --seeds, the first of them.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// How many seeds to run, one after another.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seeds: u64,
    /// Where results.json, the metrics, the weights, the transcripts and the figures go.
    #[arg(long, default_value = "runs/demo")]
    pub(crate) out: PathBuf,
}
