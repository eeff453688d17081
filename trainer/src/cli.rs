use clap::{Parser, Subcommand};

use crate::commands::{demo, train};

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
    Demo(demo::Args),
}
