//! `tokenizer.json`, and the ids that end a generation.

use std::fs;
use std::path::Path;

use resit::env::Chat;
use serde_json::Value;

use super::{CONFIG, GENERATION, Problem};
use crate::model::Config;
use crate::tokenize::Tokenizer;
use crate::{Error, Result};

/// Reads a tokenizer that knows every marker of `chat` as one token.
///
/// # Errors
///
/// A file that is missing or damaged, a marker that is not known, or ids beyond the embedding.
pub(super) fn tokenizer(
    file: &Path,
    chat: &Chat,
    stop: &[u32],
    config: &Config,
) -> Result<Tokenizer> {
    let problem = || Error::checkpoint(file);
    let text = fs::read(file).map_err(Error::file(file))?;
    let inner = tokenizers::Tokenizer::from_bytes(&text)
        .map_err(|e| problem()(Problem::Damaged(e.to_string())))?;
    let unknown = |marker: &&str| inner.token_to_id(marker).is_none();
    if let Some(marker) = markers(chat).into_iter().find(unknown) {
        return Err(problem()(Problem::Token(marker.into())));
    }
    let largest = inner.get_vocab(true).into_values().max().unwrap_or(0);
    check_id(largest, config).map_err(problem())?;
    let mut end = chat.end_of_turn.clone();
    if end.is_empty() {
        let id = stop.first().and_then(|id| inner.id_to_token(*id));
        end = id.ok_or_else(|| problem()(Problem::NoEnd))?;
    }
    Tokenizer::new(inner, &end)
}

/// All that stands in brackets in the markup, such as `<|im_start|>` and `[INST]`.
fn markers(chat: &Chat) -> Vec<&str> {
    let texts = [
        &chat.end_of_turn,
        &chat.start,
        &chat.assistant,
        &chat.after_turn,
    ];
    let texts = texts
        .into_iter()
        .chain(chat.system.iter().flatten())
        .chain(&chat.user);
    let mut markers = Vec::new();
    for text in texts {
        let mut rest = text.as_str();
        while let Some(start) = rest.find(['<', '[']) {
            let close = if rest[start..].starts_with('<') {
                '>'
            } else {
                ']'
            };
            let Some(length) = rest[start..].find(close) else {
                break;
            };
            let (marker, after) = rest[start..].split_at(length + 1);
            if !marker.contains(char::is_whitespace) {
                markers.push(marker);
            }
            rest = after;
        }
    }
    markers
}

/// The ids of `generation_config.json`, or else of `config.json`.
///
/// # Errors
///
/// A file that is not JSON, and ids beyond the embedding.
pub(super) fn stop_ids(folder: &Path, config_json: &Value, config: &Config) -> Result<Vec<u32>> {
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
    let ids = ids.unwrap_or_default();
    for id in &ids {
        check_id(*id, config).map_err(Error::checkpoint(&file))?;
    }
    Ok(ids)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn markers_are_what_stands_in_brackets() {
        let of = |name: &str| {
            let chat = Chat::named(name).unwrap();
            let mut markers: Vec<String> = markers(&chat).into_iter().map(Into::into).collect();
            markers.sort();
            markers.dedup();
            markers
        };
        assert_eq!(of("qwen2.5"), ["<|im_end|>", "<|im_start|>"]);
        assert_eq!(of("mistral-v3"), ["</s>", "<s>", "[/INST]", "[INST]"]);
        assert_eq!(of("gemma"), ["<bos>", "<end_of_turn>", "<start_of_turn>"]);
        assert!(of("plain").is_empty());
    }
}
