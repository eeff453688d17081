use std::path::PathBuf;
use std::process::ExitCode;

use resit_io::read_transcripts;

use crate::Fault;

/// Check transcripts: segments in order, each token with its author, ids where ids must be
///
/// Each file holds episodes, one JSON object a line or in the binary form. Prints a line for each fault, and a summary.
///
/// Exit status: 0; 1 if there is a fault; 2 for wrong usage, or a file that cannot be read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Transcripts
    #[arg(required = true, value_name = "FILE")]
    transcripts: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Fault> {
    let (mut episodes, mut faults) = (0, 0);
    for path in &args.transcripts {
        for (number, recorded) in (1..).zip(read_transcripts(path)?) {
            episodes += 1;
            let fault = match recorded {
                Ok(recorded) => match recorded.episode.check() {
                    Ok(()) => continue,
                    Err(fault) => format!("{}: episode {number}: {fault}", path.display()),
                },
                Err(error @ resit_io::Error::Line { .. }) => error.to_string(),
                Err(error) => return Err(error.into()),
            };
            faults += 1;
            println!("{fault}");
        }
    }
    println!("{episodes} episodes, {faults} with faults");
    Ok(if faults == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
