//! `config.json`, in the layouts of the published Qwen2 models and of transformers 4 and 5.

use std::fs;
use std::path::Path;

use candle_core::DType;
use candle_nn::Activation;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::model::Config;
use crate::{Error, Result};

/// The fields that shape a model. What is missing has the value that transformers gives it.
#[derive(Deserialize)]
struct Fields {
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: Option<usize>,
    head_dim: Option<usize>,
    max_position_embeddings: usize,
    #[serde(default)]
    tie_word_embeddings: bool,
    rope_theta: Option<f64>,
    rope_scaling: Option<Value>,
    rope_parameters: Option<Value>,
    rms_norm_eps: f64,
    #[serde(default)]
    use_sliding_window: bool,
    layer_types: Option<Vec<String>>,
    hidden_act: String,
    quantization_config: Option<Value>,
}

/// Reads the configuration of a Qwen2 or Qwen2.5 model.
///
/// # Errors
///
/// A file that is missing or not JSON, another architecture, and a setting that would change what
/// the model computes without being supported.
pub(super) fn read(file: &Path) -> Result<(Config, Value)> {
    let text = fs::read(file).map_err(Error::file(file))?;
    let value: Value = serde_json::from_slice(&text).map_err(Error::json(file))?;
    let problem = Error::checkpoint(file);
    match parse(&value) {
        Ok(config) => Ok((config, value)),
        Err(fault) => Err(problem(fault)),
    }
}

fn parse(value: &Value) -> Result<Config, Problem> {
    const ARCHITECTURE: &str = "Qwen2ForCausalLM";
    let named = |name: &str| value.get(name).and_then(Value::as_str).map(String::from);
    let architecture = match value.get("architectures").and_then(Value::as_array) {
        Some(list) => list.first().and_then(Value::as_str).map(String::from),
        None => named("model_type").map(|kind| match kind.as_str() {
            "qwen2" => ARCHITECTURE.into(),
            _ => kind,
        }),
    };
    let architecture = architecture.unwrap_or_else(|| "of no name".into());
    if architecture != ARCHITECTURE {
        return Err(Problem::Architecture(architecture));
    }
    let fields = Fields::deserialize(value).map_err(|e| Problem::Config(e.to_string()))?;
    supported(&fields)?;
    let theta = |value: &Option<Value>| value.as_ref()?.get("rope_theta")?.as_f64();
    let config = Config {
        vocab_size: fields.vocab_size,
        hidden_size: fields.hidden_size,
        intermediate_size: fields.intermediate_size,
        num_hidden_layers: fields.num_hidden_layers,
        num_attention_heads: fields.num_attention_heads,
        num_key_value_heads: fields
            .num_key_value_heads
            .unwrap_or(fields.num_attention_heads),
        max_position_embeddings: fields.max_position_embeddings,
        sliding_window: fields.max_position_embeddings,
        max_window_layers: fields.num_hidden_layers,
        tie_word_embeddings: fields.tie_word_embeddings,
        rope_theta: theta(&fields.rope_parameters)
            .or(fields.rope_theta)
            .unwrap_or(10_000.0),
        rms_norm_eps: fields.rms_norm_eps,
        use_sliding_window: false,
        hidden_act: Activation::Silu,
    };
    crate::model::check(&config).map_err(|e| Problem::Config(e.to_string()))?;
    Ok(config)
}

/// Refuses what would be computed otherwise than it is asked for.
fn supported(fields: &Fields) -> Result<(), Problem> {
    let refuse = |name, value: String| Err(Problem::Setting { name, value });
    let scaling = [
        ("rope_scaling", &fields.rope_scaling),
        ("rope_parameters", &fields.rope_parameters),
    ];
    for (name, rope) in scaling {
        let Some(rope) = rope else { continue };
        let kind = rope.get("rope_type").or_else(|| rope.get("type"));
        if kind.is_some_and(|kind| kind != "default") {
            return refuse(name, rope.to_string());
        }
    }
    if fields.use_sliding_window {
        return refuse("use_sliding_window", "true".into());
    }
    let layers = fields.layer_types.iter().flatten();
    if let Some(kind) = layers.into_iter().find(|kind| *kind != "full_attention") {
        return refuse("layer_types", kind.clone());
    }
    if fields.hidden_act != "silu" {
        return refuse("hidden_act", fields.hidden_act.clone());
    }
    if let Some(quantization) = &fields.quantization_config {
        return refuse("quantization_config", quantization.to_string());
    }
    let heads = fields.num_attention_heads;
    match fields.head_dim {
        Some(head) if head.checked_mul(heads) != Some(fields.hidden_size) => {
            refuse("head_dim", head.to_string())
        }
        _ => Ok(()),
    }
}

/// A configuration in the layout of the published Qwen2 models.
pub(crate) fn config_json(config: &Config, dtype: DType) -> Value {
    json!({
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "torch_dtype": dtype_name(dtype),
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

/// The name that PyTorch has for it.
fn dtype_name(dtype: DType) -> &'static str {
    match dtype {
        DType::BF16 => "bfloat16",
        DType::F16 => "float16",
        DType::F64 => "float64",
        _ => "float32",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The published configuration of Qwen2.5-Math-1.5B.
    const QWEN: &str = include_str!("../../tests/fixtures/qwen2.5_math_1.5b.json");

    fn changed(name: &str, value: Value) -> Result<Config, Problem> {
        let mut json: Value = serde_json::from_str(QWEN).unwrap();
        json.as_object_mut().unwrap().insert(name.into(), value);
        parse(&json)
    }

    #[test]
    fn a_configuration_is_read_back() {
        let text = include_str!("../../tests/fixtures/grouped_tied.json");
        let config: Config = serde_json::from_str(text).unwrap();
        assert_eq!(parse(&config_json(&config, DType::F32)).unwrap(), config);
    }

    #[test]
    fn the_published_model_is_known() {
        let config = parse(&serde_json::from_str(QWEN).unwrap()).unwrap();
        assert_eq!(config.num_hidden_layers, 28);
        assert_eq!(config.rope_theta, 10_000.0);
        assert!(config.tie_word_embeddings);
        // 1.54 billion, as its page says, of which 1.31 are not the embedding.
        let shapes = crate::model::shapes(&config).into_iter();
        let scalars: usize = shapes.map(|(_, shape)| shape.elem_count()).sum();
        assert_eq!(scalars, 1_543_714_304);
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let error = |name, value| changed(name, value).unwrap_err().to_string();
        assert_eq!(
            error("architectures", json!(["LlamaForCausalLM"])),
            "the architecture LlamaForCausalLM is not supported: Qwen2ForCausalLM is"
        );
        let scaled = json!({"type": "yarn", "factor": 4.0});
        assert!(
            error("rope_scaling", scaled.clone()).starts_with("rope_scaling is {\"type\":\"yarn\"")
        );
        let scaled = json!({"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4});
        assert!(error("rope_parameters", scaled).starts_with("rope_parameters is"));
        for (name, value) in [
            ("use_sliding_window", json!(true)),
            (
                "layer_types",
                json!(["full_attention", "sliding_attention"]),
            ),
            ("hidden_act", json!("gelu")),
            ("quantization_config", json!({"bits": 4})),
            ("head_dim", json!(64)),
        ] {
            assert!(error(name, value).starts_with(name), "{name}");
        }
        assert!(error("num_key_value_heads", json!(5)).contains("do not divide"));
        assert!(error("vocab_size", json!("many")).contains("invalid type"));
    }

    #[test]
    fn transformers_5_has_rope_in_an_object() {
        let rope = json!({"rope_type": "default", "rope_theta": 500.0});
        assert_eq!(changed("rope_parameters", rope).unwrap().rope_theta, 500.0);
    }
}
