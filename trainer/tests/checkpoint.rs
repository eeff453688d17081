//! Folders of models: there and back, and what is said of a folder that is not as it should be.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use resit::env::{Attempts, Chat};
use resit_trainer::checkpoint::{self, Pretrained};
use resit_trainer::model::{Config, Parameters};
use serde_json::{Value, json};

const CPU: &Device = &Device::Cpu;

fn chat() -> Chat {
    common::environment(Attempts::Fixed(1)).template.chat
}

/// A folder with a small model, in files of at most `shard_bytes`.
fn folder(name: &str, shard_bytes: usize) -> (PathBuf, Config, Parameters) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("checkpoint")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    let tokenizer = common::tokenizer();
    let config = common::config(&tokenizer);
    let parameters = common::parameters(&config, 0.5);
    checkpoint::save_sharded(&folder, &config, &parameters, &tokenizer, shard_bytes).unwrap();
    (folder, config, parameters)
}

/// What is said of the folder, without its path.
fn error(folder: &Path) -> String {
    let error = Pretrained::open(folder, &chat()).err().unwrap().to_string();
    let path = format!("{}", folder.display());
    assert!(error.starts_with(&path), "{error}");
    error
        .replace(&path, "")
        .trim_start_matches(['/', '\\', ':', ' '])
        .into()
}

fn edit(file: &Path, change: impl FnOnce(&mut serde_json::Map<String, Value>)) {
    let mut json: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    change(json.as_object_mut().unwrap());
    fs::write(file, json.to_string()).unwrap();
}

/// Writes the weights anew, with a change.
fn reweigh(folder: &Path, change: impl FnOnce(&mut std::collections::HashMap<String, Tensor>)) {
    let file = folder.join("model.safetensors");
    let mut tensors = candle_core::safetensors::load(&file, CPU).unwrap();
    change(&mut tensors);
    candle_core::safetensors::save(&tensors, &file).unwrap();
}

fn same(a: &Parameters, b: &Parameters) {
    let names = |p: &Parameters| {
        p.iter()
            .map(|(name, _)| name.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(a), names(b));
    for ((name, a), (_, b)) in a.iter().zip(b.iter()) {
        let values = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(values(a), values(b), "{name}");
    }
}

#[test]
fn a_folder_is_read_back() {
    for (name, shard_bytes) in [("single", usize::MAX), ("sharded", 2000), ("one_each", 1)] {
        let (folder, config, parameters) = folder(name, shard_bytes);
        let sharded = folder.join("model.safetensors.index.json").exists();
        assert_eq!(sharded, name != "single");
        let model = Pretrained::open(&folder, &chat()).unwrap();
        assert_eq!(model.config().vocab_size, config.vocab_size);
        assert_eq!(
            model.tokenizer().stop_ids(),
            [model.tokenizer().end_of_turn()]
        );
        same(&model.parameters(DType::F32, CPU).unwrap(), &parameters);
    }
}

#[test]
fn half_precision_is_kept() {
    for dtype in [DType::BF16, DType::F16] {
        let (folder, config, parameters) = folder(&format!("{dtype:?}"), usize::MAX);
        let tensors = parameters.tensors().into_iter();
        let tensors = tensors.map(|(name, tensor)| (name, tensor.to_dtype(dtype).unwrap()));
        let half = Parameters::from_tensors(tensors.collect::<Vec<_>>()).unwrap();
        checkpoint::save(&folder, &config, &half, &common::tokenizer()).unwrap();
        let json = fs::read_to_string(folder.join("config.json")).unwrap();
        assert!(json.contains("float16\""), "{json}");
        let model = Pretrained::open(&folder, &chat()).unwrap();
        let read = model.parameters(dtype, CPU).unwrap();
        let wide = |p: &Parameters| {
            let tensors = p.tensors().into_iter();
            let tensors = tensors.map(|(name, x)| (name, x.to_dtype(DType::F32).unwrap()));
            Parameters::from_tensors(tensors.collect::<Vec<_>>()).unwrap()
        };
        same(&wide(&read), &wide(&half));
        same(&model.parameters(DType::F32, CPU).unwrap(), &wide(&half));
    }
}

#[test]
fn a_missing_file_is_named() {
    for name in ["config.json", "tokenizer.json"] {
        let (folder, ..) = folder(&format!("without_{name}"), usize::MAX);
        fs::remove_file(folder.join(name)).unwrap();
        assert!(
            error(&folder).starts_with(&format!("{name}: No such file")),
            "{}",
            error(&folder)
        );
    }
    let (folder, ..) = folder("without_weights", usize::MAX);
    fs::remove_file(folder.join("model.safetensors")).unwrap();
    let said = error(&folder);
    assert_eq!(
        said,
        "there is neither model.safetensors nor model.safetensors.index.json"
    );
}

#[test]
fn a_missing_shard_is_named() {
    let (folder, ..) = folder("without_shard", 2000);
    let shard = shards(&folder).remove(1);
    fs::remove_file(folder.join(&shard)).unwrap();
    assert!(error(&folder).starts_with(&format!("{shard}: No such file")));
}

fn shards(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut shards: Vec<String> = names.filter(|name| name.starts_with("model-")).collect();
    shards.sort();
    shards
}

#[test]
fn an_index_that_lies_is_found() {
    let (folder, ..) = folder("lying_index", 2000);
    let index = folder.join("model.safetensors.index.json");
    let shards = shards(&folder);
    let (first, last) = (shards[0].clone(), shards[shards.len() - 1].clone());
    let tensor = "model.embed_tokens.weight";
    let mut was = String::new();
    edit(&index, |json| {
        let map = json["weight_map"].as_object_mut().unwrap();
        was = map[tensor].as_str().unwrap().into();
        let other = if was == first { last } else { first };
        map.insert(tensor.into(), other.into());
    });
    assert!(error(&folder).ends_with(&format!("the tensor {tensor} is missing")));
    edit(&index, |json| {
        json["weight_map"][tensor] = json!(format!("../lying_index/{was}"));
    });
    assert!(error(&folder).contains("which is not a file of this folder"));
}

#[test]
fn a_truncated_file_is_found() {
    let (folder, ..) = folder("truncated", usize::MAX);
    let file = folder.join("model.safetensors");
    let length = fs::metadata(&file).unwrap().len();
    for kept in [length - 1, length / 2, 100, 4, 0] {
        File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_len(kept)
            .unwrap();
        let said = error(&folder);
        assert!(
            said.starts_with("model.safetensors: the file is cut off or damaged"),
            "{said}"
        );
    }
    for name in ["config.json", "tokenizer.json"] {
        let (folder, ..) = crate::folder(&format!("truncated_{name}"), usize::MAX);
        let file = folder.join(name);
        let length = fs::metadata(&file).unwrap().len();
        File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_len(length / 2)
            .unwrap();
        assert!(
            error(&folder).starts_with(&format!("{name}: ")),
            "{}",
            error(&folder)
        );
    }
}

#[test]
fn a_wrong_tensor_is_named() {
    const NAME: &str = "model.layers.0.mlp.up_proj.weight";
    let (folder, ..) = folder("tensors", usize::MAX);
    reweigh(&folder, |tensors| {
        tensors.insert(
            "model.layers.1.mlp.up_proj.weight".into(),
            tensors[NAME].clone(),
        );
    });
    assert_eq!(
        error(&folder),
        "model.safetensors: the tensor model.layers.1.mlp.up_proj.weight is no part of this model"
    );
    reweigh(&folder, |tensors| {
        let tensor = tensors.remove("model.layers.1.mlp.up_proj.weight").unwrap();
        tensors.insert(NAME.into(), tensor.t().unwrap().contiguous().unwrap());
    });
    assert_eq!(
        error(&folder),
        format!(
            "model.safetensors: the tensor {NAME} has the shape [16, 32], where the configuration \
             asks for [32, 16]"
        )
    );
    reweigh(&folder, |tensors| {
        let integers = Tensor::zeros((32, 16), DType::I64, CPU).unwrap();
        tensors.insert(NAME.into(), integers);
    });
    assert!(error(&folder).contains(&format!("the tensor {NAME} holds I64")));
    reweigh(&folder, |tensors| {
        tensors.remove(NAME);
    });
    assert_eq!(
        error(&folder),
        format!("model.safetensors: the tensor {NAME} is missing")
    );
}

#[test]
fn another_configuration_is_refused() {
    let (folder, ..) = folder("configuration", usize::MAX);
    let file = folder.join("config.json");
    edit(&file, |json| {
        json["architectures"] = json!(["LlamaForCausalLM"]);
    });
    assert_eq!(
        error(&folder),
        "config.json: the architecture LlamaForCausalLM is not supported: Qwen2ForCausalLM is"
    );
    edit(&file, |json| {
        json["architectures"] = json!(["Qwen2ForCausalLM"]);
        json.insert(
            "rope_scaling".into(),
            json!({"rope_type": "yarn", "factor": 4.0}),
        );
    });
    assert!(error(&folder).starts_with("config.json: rope_scaling is {"));
    edit(&file, |json| {
        json.remove("rope_scaling");
        json.remove("hidden_size");
    });
    assert_eq!(error(&folder), "config.json: missing field `hidden_size`");
}

#[test]
fn a_tokenizer_of_another_model_is_refused() {
    let (folder, ..) = folder("tokenizer", usize::MAX);
    let error = Pretrained::open(&folder, &Chat::chatml())
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.ends_with("tokenizer.json: the tokenizer has no token <|im_end|>"),
        "{error}"
    );

    let mut larger = tokenizers::Tokenizer::from_file(folder.join("tokenizer.json")).unwrap();
    let added = (0..100).map(|i| tokenizers::AddedToken::from(format!("<{i}>"), false));
    larger.add_tokens(added).unwrap();
    larger.save(folder.join("tokenizer.json"), false).unwrap();
    assert_eq!(
        crate::error(&folder),
        "tokenizer.json: the id 108 is beyond the 9 rows of the embedding"
    );
}

#[test]
fn stop_ids_come_from_the_generation_or_the_configuration() {
    let (folder, ..) = folder("stop", usize::MAX);
    let end = common::tokenizer().end_of_turn();
    let generation = folder.join("generation_config.json");
    let stop = || {
        Pretrained::open(&folder, &chat())
            .unwrap()
            .tokenizer()
            .stop_ids()
            .to_vec()
    };
    edit(&generation, |json| json["eos_token_id"] = json!([2, end]));
    assert_eq!(stop(), [end, 2]);
    // They are written again, without the companions of the folder.
    let model = Pretrained::open(&folder, &chat()).unwrap();
    let again = folder.join("again");
    let weights = model.parameters(DType::F32, CPU).unwrap();
    checkpoint::save(&again, model.config(), &weights, model.tokenizer()).unwrap();
    let again = Pretrained::open(again, &chat()).unwrap();
    assert_eq!(again.tokenizer().stop_ids(), [end, 2]);
    edit(&generation, |json| json["eos_token_id"] = json!(900));
    assert_eq!(
        error(&folder),
        "generation_config.json: the id 900 is beyond the 9 rows of the embedding"
    );
    fs::remove_file(generation).unwrap();
    assert_eq!(stop(), [end]);
    edit(&folder.join("config.json"), |json| {
        json.insert("eos_token_id".into(), json!(1));
    });
    assert_eq!(stop(), [end, 1]);

    let plain = Pretrained::open(&folder, &Chat::plain()).unwrap();
    assert_eq!(plain.tokenizer().end_of_turn(), 1);
    edit(&folder.join("config.json"), |json| {
        json.remove("eos_token_id");
    });
    let error = Pretrained::open(&folder, &Chat::plain())
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.ends_with("says how the model ends its turn"),
        "{error}"
    );
}
