//! What the subcommands do, one module for each: its arguments, and `run`.

pub(crate) mod cost;
pub(crate) mod demo;
pub(crate) mod eval;
pub(crate) mod export;
pub(crate) mod plan;
pub(crate) mod plot;
mod policy;
pub(crate) mod sample;
pub(crate) mod sft;
pub(crate) mod train;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use resit_trainer::config::RunConfig;
use resit_trainer::train::Ending;
use resit_trainer::{Error, Result};

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

/// Says where the result is, or how to go on.
pub(crate) fn report(config: &RunConfig, ending: Ending, unit: &str) {
    match ending {
        Ending::Finished => println!("{}", config.result().display()),
        Ending::Stopped { step } => {
            println!("stopped and saved after {step} {unit}; --resume goes on from there")
        }
    }
}

/// Becomes true with the first interrupt. The second ends the process.
pub(crate) fn stop_on_interrupt() -> Result<Arc<AtomicBool>> {
    const INTERRUPTED: i32 = 130;
    let stop = Arc::new(AtomicBool::new(false));
    let shared = Arc::clone(&stop);
    let handler = move || {
        if shared.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
        eprintln!("finishing what is under way; interrupt again to end at once");
    };
    ctrlc::set_handler(handler).map_err(|e| Error::Config(format!("signals: {e}")))?;
    Ok(stop)
}
