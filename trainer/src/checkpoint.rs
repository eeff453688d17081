use std::fs;
use std::path::Path;

use serde_json::json;

use crate::model::{Config, Parameters};
use crate::tokenize::Tokenizer;
use crate::{Error, Result};

/// Writes `config.json`, `model.safetensors` and `tokenizer.json`: a folder that transformers
/// loads as `Qwen2ForCausalLM`.
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
    let folder = folder.as_ref();
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let file = folder.join("config.json");
    let text = format!("{:#}\n", config_json(config));
    fs::write(&file, text).map_err(Error::file(&file))?;
    parameters.save(folder.join("model.safetensors"))?;
    tokenizer.save(folder.join("tokenizer.json"))
}

/// A configuration in the layout of the published Qwen2 models.
pub(crate) fn config_json(config: &Config) -> serde_json::Value {
    json!({
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "torch_dtype": "float32",
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "intermediate_size": config.intermediate_size,
        "num_hidden_layers": config.num_hidden_layers,
        "num_attention_heads": config.num_attention_heads,
        "num_key_value_heads": config.num_key_value_heads,
        "max_position_embeddings": config.max_position_embeddings,
        "sliding_window": config.sliding_window,
        "max_window_layers": config.max_window_layers,
        "tie_word_embeddings": config.tie_word_embeddings,
        "rope_theta": config.rope_theta,
        "rms_norm_eps": config.rms_norm_eps,
        "use_sliding_window": config.use_sliding_window,
        "hidden_act": config.hidden_act,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_configuration_is_read_back() {
        let text = include_str!("../tests/fixtures/grouped_tied.json");
        let config: Config = serde_json::from_str(text).unwrap();
        let read: Config = serde_json::from_value(config_json(&config)).unwrap();
        assert_eq!(read, config);
    }
}
