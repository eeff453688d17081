//! Folders in the layout of the Python package transformers: `config.json`, weights in
//! safetensors, `tokenizer.json` and `generation_config.json`.

mod adapter;
mod architecture;
mod problem;
mod weights;

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device};
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
    stop: Vec<u32>,
    weights: Weights,
}

impl Pretrained {
    /// Opens a folder of a Qwen2 or Qwen2.5 model. `markers` are the texts that have to be tokens;
    /// the first is the one by which the model ends its turn.
    ///
    /// # Errors
    ///
    /// [`Error::Checkpoint`], [`Error::File`] or [`Error::Json`] with the file that is missing, cut
    /// off, or does not fit the others, before anything large is read.
    pub fn open(folder: impl AsRef<Path>, markers: &[&str]) -> Result<Self> {
        let folder = folder.as_ref();
        let (config, json) = architecture::read(&folder.join(CONFIG))?;
        let weights = Weights::of_folder(folder)?;
        // A tied head may be stored once more, and old files hold the rotary frequencies.
        weights.check(&model::shapes(&config), |name| {
            name.ends_with("rotary_emb.inv_freq")
                || config.tie_word_embeddings && name == "lm_head.weight"
        })?;
        let tokenizer = tokenizer(&folder.join(TOKENIZER), markers, &config)?;
        let stop = stop_ids(folder, &json, &tokenizer, &config)?;
        Ok(Self {
            folder: folder.into(),
            config,
            tokenizer,
            stop,
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

    /// Text to ids and back.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The ids that end a generation: the end of turn first, then those of `generation_config.json`,
    /// or else of `config.json`.
    pub fn stop_ids(&self) -> &[u32] {
        &self.stop
    }

    /// Reads the weights.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn parameters(&self, dtype: DType, device: &Device) -> Result<Parameters> {
        let tensors = model::shapes(&self.config).into_iter().map(|(name, _)| {
            let tensor = self.weights.load(&name, dtype, device)?;
            Ok((name, tensor))
        });
        Parameters::from_tensors(tensors.collect::<Result<Vec<_>>>()?)
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
    let stop = json!({ "eos_token_id": [tokenizer.end_of_turn()] });
    write_json(&folder.join(GENERATION), &stop)?;
    weights::write(folder, &parameters.tensors(), shard_bytes)?;
    tokenizer.save(folder.join(TOKENIZER))
}

fn write_json(file: &Path, value: &Value) -> Result<()> {
    fs::write(file, format!("{value:#}\n")).map_err(Error::file(file))
}

fn tokenizer(file: &Path, markers: &[&str], config: &Config) -> Result<Tokenizer> {
    let problem = || Error::checkpoint(file);
    let text = fs::read(file).map_err(Error::file(file))?;
    let inner = tokenizers::Tokenizer::from_bytes(&text)
        .map_err(|e| problem()(Problem::Damaged(e.to_string())))?;
    for marker in markers {
        if inner.token_to_id(marker).is_none() {
            return Err(problem()(Problem::Token((*marker).into())));
        }
    }
    let largest = inner.get_vocab(true).into_values().max().unwrap_or(0);
    check_id(largest, config).map_err(problem())?;
    Tokenizer::new(inner, markers.first().copied().unwrap_or_default())
}

fn stop_ids(
    folder: &Path,
    config_json: &Value,
    tokenizer: &Tokenizer,
    config: &Config,
) -> Result<Vec<u32>> {
    let mut file = folder.join(GENERATION);
    let mut ids = None;
    if file.exists() {
        let text = fs::read(&file).map_err(Error::file(&file))?;
        let json: Value = serde_json::from_slice(&text).map_err(Error::json(&file))?;
        ids = ids_of(&json).map_err(Error::checkpoint(&file))?;
    }
    if ids.is_none() {
        file = folder.join(CONFIG);
        ids = ids_of(config_json).map_err(Error::checkpoint(&file))?;
    }
    let mut stop = vec![tokenizer.end_of_turn()];
    for id in ids.unwrap_or_default() {
        check_id(id, config).map_err(Error::checkpoint(&file))?;
        if !stop.contains(&id) {
            stop.push(id);
        }
    }
    Ok(stop)
}

/// `eos_token_id`, one or several.
fn ids_of(json: &Value) -> Result<Option<Vec<u32>>, Problem> {
    let ids = json.get("eos_token_id").filter(|ids| !ids.is_null());
    let Some(ids) = ids else { return Ok(None) };
    let list = match ids {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let fault = |e: serde_json::Error| Problem::Config(format!("eos_token_id: {e}"));
    serde_json::from_value(Value::Array(list))
        .map(Some)
        .map_err(fault)
}

fn check_id(id: u32, config: &Config) -> Result<(), Problem> {
    let vocabulary = config.vocab_size;
    if id as usize >= vocabulary {
        return Err(Problem::Vocabulary { id, vocabulary });
    }
    Ok(())
}
