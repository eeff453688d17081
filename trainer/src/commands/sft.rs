use indicatif::MultiProgress;
use resit_trainer::Result;
use resit_trainer::imitate::fine_tune;

use super::{ConfigArgs, stop_on_interrupt};

/// Fine-tune on dialogues, or on what the model itself gets right (STaR)
///
/// `sft.dialogues` names files of transcripts; with `sft.star` the model plays the training questions and
/// learns from the episodes that it solved. The folder of the run gets the resolved settings
/// (config.toml), the metrics (metrics.jsonl) and the model in the layout of transformers (model).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let config = args.config.read()?;
    fine_tune(&config, &*stop_on_interrupt()?, &MultiProgress::new())?;
    println!("{}", config.out.join("model").display());
    Ok(())
}
