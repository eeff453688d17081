//! Folders in the layout of the Python package transformers: `config.json`, weights in
//! safetensors, `tokenizer.json` and `generation_config.json`.

mod adapter;
mod architecture;
mod problem;
mod tokens;
mod weights;

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device};
use resit::env::Chat;
use serde_json::{Value, json};

pub(crate) use adapter::{read_adapter, write_adapter};
pub(crate) use architecture::config_json;
pub use problem::Problem;

use crate::model::{self, Config, Parameters};
use crate::tokenize::Tokenizer;
use crate::{Error, Result};
use weights::Weights;

const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const GENERATION: &str = "generation_config.json";

/// Files that this crate has no use for, but whoever loads the model elsewhere.
const COMPANIONS: [&str; 5] = [
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    "special_tokens_map.json",
    "chat_template.jinja",
];

/// Of a file of weights, unless asked otherwise: as transformers splits them.
pub const SHARD_BYTES: usize = 5_000_000_000;

/// A model in a folder. Everything about it has been checked but the numbers of its weights, which
/// have not been read yet.
pub struct Pretrained {
    folder: PathBuf,
    config: Config,
    tokenizer: Tokenizer,
    weights: Weights,
}

impl Pretrained {
    /// Opens a folder of a Qwen2 or Qwen2.5 model that is to speak in the markup of `chat`. Where that
    /// has no end of turn, the first id that ends a generation is it.
    ///
    /// # Errors
    ///
    /// [`Error::Checkpoint`], [`Error::File`] or [`Error::Json`] with the file that is missing, cut
    /// off, or does not fit the others, before anything large is read.
    pub fn open(folder: impl AsRef<Path>, chat: &Chat) -> Result<Self> {
        let folder = folder.as_ref();
        let (config, json) = architecture::read(&folder.join(CONFIG))?;
        let weights = weights_in(folder, &config)?;
        let stop = tokens::stop_ids(folder, &json, &config)?;
        let tokenizer = tokens::tokenizer(&folder.join(TOKENIZER), chat, &stop, &config)?;
        Ok(Self {
            folder: folder.into(),
            config,
            tokenizer: tokenizer.with_stop_ids(&stop),
            weights,
        })
    }

    /// Where it was read.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The architecture.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same with at least `tokens` positions. The angles of the rotary embedding are known for any
    /// position, but the model has not seen those beyond its own.
    #[must_use]
    pub fn with_positions(mut self, tokens: usize) -> Self {
        let positions = &mut self.config.max_position_embeddings;
        *positions = tokens.max(*positions);
        self
    }

    /// Text to ids and back. The ids that end a turn are the end of turn, and those of
    /// `generation_config.json`, or else of `config.json`.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Reads the weights.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn parameters(&self, dtype: DType, device: &Device) -> Result<Parameters> {
        load(&self.weights, &self.config, dtype, device)
    }

    /// Reads other weights of the same architecture.
    ///
    /// # Errors
    ///
    /// A file that is missing, cut off, or does not fit.
    pub(crate) fn parameters_in(
        &self,
        folder: &Path,
        dtype: DType,
        device: &Device,
    ) -> Result<Parameters> {
        let weights = weights_in(folder, &self.config)?;
        load(&weights, &self.config, dtype, device)
    }

    /// Copies what belongs to the tokenizer and to the generation into another folder.
    ///
    /// # Errors
    ///
    /// A file that cannot be copied.
    pub fn copy_companions(&self, folder: impl AsRef<Path>) -> Result<()> {
        for name in COMPANIONS.into_iter().chain([GENERATION]) {
            let from = self.folder.join(name);
            if from.exists() {
                fs::copy(&from, folder.as_ref().join(name)).map_err(Error::file(&from))?;
            }
        }
        Ok(())
    }
}

/// The weights in a folder, which have to be those of a model of this architecture.
fn weights_in(folder: &Path, config: &Config) -> Result<Weights> {
    let weights = Weights::of_folder(folder)?;
    // A tied head may be stored once more, and old files hold the rotary frequencies.
    weights.check(&model::shapes(config), |name| {
        name.ends_with("rotary_emb.inv_freq")
            || config.tie_word_embeddings && name == "lm_head.weight"
    })?;
    Ok(weights)
}

fn load(weights: &Weights, config: &Config, dtype: DType, device: &Device) -> Result<Parameters> {
    let tensors = model::shapes(config).into_iter().map(|(name, _)| {
        let tensor = weights.load(&name, dtype, device)?;
        Ok((name, tensor))
    });
    Parameters::from_tensors(tensors.collect::<Result<Vec<_>>>()?)
}

/// The architecture of a model, from its `config.json` alone.
///
/// # Errors
///
/// A file that is missing or not JSON, and what is not supported.
pub fn read_config(folder: impl AsRef<Path>) -> Result<Config> {
    Ok(architecture::read(&folder.as_ref().join(CONFIG))?.0)
}

/// Writes `config.json`, the weights, `tokenizer.json` and `generation_config.json`: a folder that
/// transformers loads as `Qwen2ForCausalLM`.
///
/// # Errors
///
/// A file that cannot be written.
pub fn save(
    folder: impl AsRef<Path>,
    config: &Config,
    parameters: &Parameters,
    tokenizer: &Tokenizer,
) -> Result<()> {
    save_sharded(folder, config, parameters, tokenizer, SHARD_BYTES)
}

/// The same with files of weights of at most `shard_bytes` each.
///
/// # Errors
///
/// A file that cannot be written.
pub fn save_sharded(
    folder: impl AsRef<Path>,
    config: &Config,
    parameters: &Parameters,
    tokenizer: &Tokenizer,
    shard_bytes: usize,
) -> Result<()> {
    let folder = folder.as_ref();
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let dtype = parameters.iter().next().map(|(_, var)| var.dtype());
    let config = config_json(config, dtype.unwrap_or(DType::F32));
    write_json(&folder.join(CONFIG), &config)?;
    let stop = json!({ "eos_token_id": tokenizer.stop_ids() });
    write_json(&folder.join(GENERATION), &stop)?;
    weights::write(folder, &parameters.tensors(), shard_bytes)?;
    tokenizer.save(folder.join(TOKENIZER))
}

fn write_json(file: &Path, value: &Value) -> Result<()> {
    fs::write(file, format!("{value:#}\n")).map_err(Error::file(file))
}
