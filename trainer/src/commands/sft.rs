use indicatif::MultiProgress;
use resit_trainer::Result;
use resit_trainer::imitate::fine_tune;

use super::{ConfigArgs, report, stop_on_interrupt};

/// Fine-tune on dialogues, or on what the model itself gets right (STaR)
///
/// `sft.dialogues` names files of transcripts; with `sft.star` the model plays the training questions and
/// learns from the episodes that it solved. With a table `lora` it learns an adapter. The folder of the run
/// gets what that of `train` gets. An interrupt (Ctrl-C) finishes and saves the step under way; a second
/// one ends at once.
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
    let ending = fine_tune(&config, args.resume, &stop, &MultiProgress::new())?;
    report(&config, ending, "steps");
    Ok(())
}
