use clap::{Parser, Subcommand};

use crate::commands::{cost, demo, eval, export, plan, plot, sample, sft, train};

/// Reinforcement learning for episodes of several attempts.
#[derive(Debug, Parser)]
#[command(name = "trainer", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Train(train::Args),
    Sft(sft::Args),
    Eval(eval::Args),
    Sample(sample::Args),
    Export(export::Args),
    Plan(plan::Args),
    Plot(plot::Args),
    Cost(cost::Args),
    Demo(demo::Args),
}
