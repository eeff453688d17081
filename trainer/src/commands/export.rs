use std::path::PathBuf;

use resit::env::Chat;
use resit_trainer::checkpoint::{self, Pretrained};
use resit_trainer::config::Precision;
use resit_trainer::lora::Lora;
use resit_trainer::{Error, Result};

/// Write a model as a folder that transformers loads, with its adapter merged
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder of a model
    #[arg(value_name = "FOLDER")]
    model: PathBuf,
    /// A low-rank adapter in PEFT's layout, merged into the model
    #[arg(long, value_name = "FOLDER")]
    adapter: Option<PathBuf>,
    /// The type of the weights in the files
    #[arg(long, default_value = "bf16")]
    dtype: Precision,
    /// Bytes of a file of weights, at most
    #[arg(long, value_name = "BYTES", default_value_t = checkpoint::SHARD_BYTES)]
    shard_bytes: usize,
    /// Where it goes; must not be there yet
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.out.exists() {
        let fault = format!("{}: is there already", args.out.display());
        return Err(Error::Config(fault));
    }
    let cpu = resit_trainer::config::device("cpu")?;
    let model = Pretrained::open(&args.model, &Chat::plain())?;
    let adapter = args.adapter.as_ref();
    let adapter = adapter.map(|folder| Lora::load(folder, model.config(), &cpu));
    let adapter = adapter.transpose()?;
    // The sum with an adapter is rounded once.
    let full = Precision::F32.dtype();
    let mut weights = model.parameters(full, &cpu)?;
    if let Some(adapter) = adapter {
        let merged = weights.copy()?;
        adapter.merge(&weights, &merged)?;
        weights = merged;
    }
    let weights = weights.to_dtype(args.dtype.dtype())?;
    let (config, tokenizer) = (model.config(), model.tokenizer());
    checkpoint::save_sharded(&args.out, config, &weights, tokenizer, args.shard_bytes)?;
    model.copy_companions(&args.out)?;
    println!("{} parameters: {}", weights.count(), args.out.display());
    Ok(())
}
