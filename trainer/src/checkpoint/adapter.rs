//! `adapter_config.json` and `adapter_model.safetensors`, as PEFT has them.

use std::fs;
use std::path::Path;

use candle_core::{DType, Device, Shape, Tensor};
use serde_json::{Value, json};

use super::weights::{Weights, write_file};
use super::{Problem, write_json};
use crate::lora::LoraConfig;
use crate::model::Parameters;
use crate::{Error, Result};

const CONFIG: &str = "adapter_config.json";
const WEIGHTS: &str = "adapter_model.safetensors";

/// What PEFT can do and this crate does not, with the value that leaves it out.
fn unused() -> [(&'static str, Value); 9] {
    [
        ("bias", json!("none")),
        ("use_dora", json!(false)),
        ("lora_bias", json!(false)),
        ("fan_in_fan_out", json!(false)),
        ("modules_to_save", Value::Null),
        ("layers_to_transform", Value::Null),
        ("exclude_modules", Value::Null),
        ("rank_pattern", json!({})),
        ("alpha_pattern", json!({})),
    ]
}

/// Reads an adapter whose tensors have to be those of `shapes`.
///
/// # Errors
///
/// Files that are missing, damaged, or do not fit.
pub(crate) fn read_adapter(
    folder: &Path,
    device: &Device,
    shapes: impl FnOnce(&LoraConfig) -> Result<Vec<(String, Shape)>, Problem>,
) -> Result<(LoraConfig, Vec<(String, Tensor)>)> {
    let file = folder.join(CONFIG);
    let text = fs::read(&file).map_err(Error::file(&file))?;
    let json: Value = serde_json::from_slice(&text).map_err(Error::json(&file))?;
    let checked = parse(&json).and_then(|config| Ok((shapes(&config)?, config)));
    let (shapes, config) = checked.map_err(Error::checkpoint(&file))?;
    let weights = Weights::of_file(&folder.join(WEIGHTS))?;
    weights.check(&shapes, |_| false)?;
    let tensors = shapes.into_iter().map(|(name, _)| {
        let tensor = weights.load(&name, DType::F32, device)?;
        Ok((name, tensor))
    });
    Ok((config, tensors.collect::<Result<_>>()?))
}

fn parse(json: &Value) -> Result<LoraConfig, Problem> {
    let refuse = |name, value: &Value| Problem::Setting {
        name,
        value: value.to_string(),
    };
    let kind = json.get("peft_type").unwrap_or(&Value::Null);
    if kind != "LORA" {
        return Err(refuse("peft_type", kind));
    }
    for (name, value) in unused() {
        let given = json.get(name).unwrap_or(&value);
        let empty = |v: &Value| v.is_null() || v == &json!({}) || v == &json!([]);
        if given != &value && !(empty(given) && empty(&value)) {
            return Err(refuse(name, given));
        }
    }
    let fields = ["r", "lora_alpha", "target_modules", "use_rslora"];
    let mut known = serde_json::Map::new();
    for name in fields {
        if let Some(value) = json.get(name) {
            known.insert(name.into(), value.clone());
        }
    }
    if known.get("target_modules") == Some(&json!("all-linear")) {
        known.remove("target_modules");
    }
    serde_json::from_value(Value::Object(known)).map_err(|e| Problem::Config(e.to_string()))
}

/// Writes an adapter.
///
/// # Errors
///
/// A file that cannot be written.
pub(crate) fn write_adapter(
    folder: &Path,
    config: &LoraConfig,
    base: &str,
    parameters: &Parameters,
) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let file = folder.join(CONFIG);
    let mut json = serde_json::to_value(config).map_err(Error::json(&file))?;
    if let Some(fields) = json.as_object_mut() {
        fields.extend(unused().map(|(name, value)| (name.to_owned(), value)));
        let others = [
            ("peft_type", json!("LORA")),
            ("task_type", json!("CAUSAL_LM")),
            ("base_model_name_or_path", json!(base)),
            ("inference_mode", json!(true)),
            ("lora_dropout", json!(0.0)),
        ];
        fields.extend(others.map(|(name, value)| (name.to_owned(), value)));
    }
    write_json(&file, &json)?;
    let tensors = parameters.tensors();
    let tensors = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor));
    write_file(&folder.join(WEIGHTS), tensors.collect())
}
