//! What the subcommands do, one module for each: its arguments, and `run`.

pub(crate) mod demo;
pub(crate) mod eval;
pub(crate) mod export;
mod policy;
pub(crate) mod sample;
pub(crate) mod train;

use std::path::PathBuf;

use resit_trainer::Result;
use resit_trainer::config::RunConfig;

/// The settings of a run.
#[derive(clap::Args, Debug)]
pub(crate) struct ConfigArgs {
    /// The settings of the run, in TOML
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// Takes the place of a setting, as `algorithm.learning_rate=1e-6`; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl ConfigArgs {
    pub(crate) fn read(&self) -> Result<RunConfig> {
        RunConfig::read(&self.config, &self.set)
    }
}
