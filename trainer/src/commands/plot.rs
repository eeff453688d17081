use std::fs;
use std::path::PathBuf;

use resit_io::published;
use resit_trainer::report::{Run, figure_4, page};
use resit_trainer::{Error, Result};

/// Draw the curves of runs, and write a page about each
///
/// Each run's folder gets report.html: one page with its curves, some dialogues and its settings. With
/// --out, figure_4 has the rewards and accuracies of all runs, as Figure 4 of the paper.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Folders of runs, with a metrics.jsonl
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Transcripts from which the dialogues are taken; default: the last file of RUN/evaluations
    #[arg(long, value_name = "FILE")]
    transcripts: Option<PathBuf>,
    /// How many dialogues the page shows
    #[arg(long, value_name = "N", default_value_t = 8)]
    samples: usize,
    /// Where figure_4.svg and figure_4.png go
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Draw the published rewards beside
    #[arg(long)]
    published: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let file = args.transcripts.as_deref();
    let read = |folder: &PathBuf| Run::read(folder, file, args.samples);
    let runs = args.runs.iter().map(read).collect::<Result<Vec<_>>>()?;
    for (run, folder) in runs.iter().zip(&args.runs) {
        let file = folder.join("report.html");
        let page = page(run)?;
        fs::write(&file, page).map_err(|source| Error::File {
            path: file.clone(),
            source,
        })?;
        println!("{}", file.display());
    }
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(|source| Error::File {
            path: folder.clone(),
            source,
        })?;
        let published = published().map_err(|e| Error::Config(e.to_string()))?;
        let published = args.published.then_some(&published.figure_4);
        figure_4(&runs, published).write(folder, "figure_4")?;
        println!("{}", folder.join("figure_4.svg").display());
    }
    Ok(())
}
