use std::fs;
use std::path::PathBuf;

use resit_trainer::bar::progress_bar;
use resit_trainer::config::{Precision, device};
use resit_trainer::cost::Costs;
use resit_trainer::report::cost_figure;
use resit_trainer::{Error, Result};

/// Measure training and sampling on random models, and draw their cost
///
/// By length, by batch and by the number of parameters; where one is varied, the others are the middle
/// ones of their lists. The folder gets the measurements (cost.json) and the figure (cost.svg, cost.png).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Tokens of a sequence
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "N,N,…",
        default_value = "32,64,128,256,512"
    )]
    lengths: Vec<usize>,
    /// Sequences at a time
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "N,N,…",
        default_value = "4,8,16,32,64"
    )]
    batches: Vec<usize>,
    /// Hidden sizes
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "N,N,…",
        default_value = "64,128,256,384,512"
    )]
    widths: Vec<usize>,
    /// Layers of each model
    #[arg(long, value_name = "N", default_value_t = 4)]
    layers: usize,
    /// The median of so many times counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    repeats: usize,
    /// cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu")]
    device: String,
    /// The type of weights and activations
    #[arg(long, default_value = "f32")]
    dtype: Precision,
    /// Where the results go
    #[arg(long, value_name = "FOLDER", default_value = "runs/cost")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let costs = Costs {
        lengths: args.lengths.clone(),
        batches: args.batches.clone(),
        widths: args.widths.clone(),
        layers: args.layers,
        repeats: args.repeats,
    };
    let bar = progress_bar(2 * costs.points());
    let rows = costs.measure(args.dtype.dtype(), &device(&args.device)?, &bar)?;
    bar.finish_and_clear();
    fs::create_dir_all(&args.out).map_err(|source| Error::File {
        path: args.out.clone(),
        source,
    })?;
    let file = args.out.join("cost.json");
    let text = serde_json::to_string_pretty(&rows).map_err(|source| Error::Json {
        path: file.clone(),
        source,
    })?;
    fs::write(&file, text + "\n").map_err(|source| Error::File { path: file, source })?;
    cost_figure(&rows).write(&args.out, "cost")?;
    println!("varied      length  batch  parameters        work  seconds  µs per token");
    for row in &rows {
        let (varied, work) = (format!("{:?}", row.varied), format!("{:?}", row.work));
        let per_token = 1e6 * row.seconds / (row.batch * row.length) as f64;
        println!(
            "{:<10} {:>7} {:>6} {:>11} {:>11} {:>8.4} {per_token:>13.1}",
            varied.to_lowercase(),
            row.length,
            row.batch,
            row.parameters,
            work.to_lowercase(),
            row.seconds,
        );
    }
    println!("{}", args.out.join("cost.svg").display());
    Ok(())
}
