//! Low-rank adapters: trained alone, kept alone, merged, and refused where they do not fit.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use resit_trainer::batch::{Batch, Sequence};
use resit_trainer::lora::{Lora, LoraConfig};
use resit_trainer::model::{CausalLm, Config, Parameters};
use resit_trainer::optim::{AdamW, AdamWConfig, Gradients};
use serde_json::{Value, json};

const CPU: &Device = &Device::Cpu;
const ADAM: AdamWConfig = AdamWConfig {
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weight_decay: 0.0,
};

fn model() -> (Config, Parameters) {
    let config = common::config(&common::tokenizer());
    let parameters = common::parameters(&config, 0.3);
    (config, parameters)
}

fn few() -> LoraConfig {
    LoraConfig {
        r: 2,
        lora_alpha: 4.0,
        target_modules: vec!["q_proj".into(), "down_proj".into()],
        use_rslora: false,
    }
}

/// The mean negative log-likelihood of a fixed sequence.
fn loss(config: &Config, parameters: &Parameters) -> Tensor {
    let tokens = vec![1, 2, 3, 4, 5, 6, 7, 2];
    let sequence = Sequence {
        loss_mask: vec![true; tokens.len()],
        tokens,
    };
    let model = CausalLm::new(config, parameters.trainable()).unwrap();
    let batch = Batch::new(&[&sequence], CPU).unwrap();
    let (chosen, _) = batch.log_prob_and_entropy(&model, 1.0).unwrap();
    chosen.mean_all().unwrap().neg().unwrap()
}

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("lora")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn only_the_targets_move_and_the_base_stays() {
    let (config, base) = model();
    let before = base.copy().unwrap();
    let merged = base.copy().unwrap();
    let lora = Lora::new(few(), &config, 3, CPU).unwrap();
    lora.merge(&base, &merged).unwrap();
    let start = loss(&config, &merged).to_scalar::<f32>().unwrap();
    assert_eq!(start, loss(&config, &base).to_scalar::<f32>().unwrap());

    let mut optimizer = AdamW::new(ADAM, lora.parameters()).unwrap();
    for _ in 0..60 {
        let gradients = Gradients::of(&loss(&config, &merged), &merged).unwrap();
        let gradients = lora.gradients(&gradients).unwrap();
        optimizer.step(lora.parameters(), &gradients, 0.02).unwrap();
        lora.merge(&base, &merged).unwrap();
    }
    let end = loss(&config, &merged).to_scalar::<f32>().unwrap();
    assert!(end < 0.5 * start, "{start} {end}");

    let (before, base, merged) = (before.tensors(), base.tensors(), merged.tensors());
    for (name, weight) in &base {
        assert_eq!(values(weight), values(&before[name]), "{name}");
        let target = name.contains("q_proj.weight") || name.contains("down_proj.weight");
        assert_eq!(values(weight) != values(&merged[name]), target, "{name}");
    }
}

#[test]
fn an_adapter_is_read_back() {
    let (config, _) = model();
    let folder = folder("back");
    for use_rslora in [false, true] {
        let settings = LoraConfig {
            use_rslora,
            ..few()
        };
        let lora = Lora::new(settings, &config, 3, CPU).unwrap();
        lora.save(&folder, "base").unwrap();
        let read = Lora::load(&folder, &config, CPU).unwrap();
        let (saved, read) = (lora.parameters().tensors(), read.parameters().tensors());
        assert_eq!(saved.len(), 4);
        for (name, tensor) in &saved {
            assert_eq!(values(tensor), values(&read[name]), "{name}");
        }
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let (config, _) = model();
    let folder = folder("faults");
    Lora::new(few(), &config, 3, CPU)
        .unwrap()
        .save(&folder, "base")
        .unwrap();
    let file = folder.join("adapter_config.json");
    let good = fs::read_to_string(&file).unwrap();
    let with = |name: &str, value: Value| {
        let mut json: Value = serde_json::from_str(&good).unwrap();
        json[name] = value;
        fs::write(&file, json.to_string()).unwrap();
        Lora::load(&folder, &config, CPU).err().unwrap().to_string()
    };
    for (name, value) in [
        ("use_dora", json!(true)),
        ("bias", json!("all")),
        ("modules_to_save", json!(["lm_head"])),
        ("rank_pattern", json!({"q_proj": 8})),
        ("target_modules", json!(["lm_head"])),
        ("peft_type", json!("IA3")),
    ] {
        let error = with(name, value);
        assert!(
            error.contains(&format!("adapter_config.json: {name} is")),
            "{error}"
        );
    }
    let error = with("r", json!(3));
    assert!(
        error.contains("lora_A.weight has the shape [2, "),
        "{error}"
    );
    let error = with("target_modules", json!(["q_proj", "down_proj", "up_proj"]));
    assert!(
        error.contains("mlp.up_proj.lora_A.weight is missing"),
        "{error}"
    );
    assert!(with("r", json!(0)).ends_with("an adapter needs a rank and a target"));
}
