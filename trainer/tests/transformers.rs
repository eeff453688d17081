//! Folders of models against the real transformers: what it writes is loaded with its logits, and
//! what is written here is loaded there with the same.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use candle_core::{DType, Device, Tensor};
use resit::env::Chat;
use resit_trainer::batch::{Batch, Sequence};
use resit_trainer::checkpoint::{self, Pretrained};
use resit_trainer::lora::Lora;
use resit_trainer::model::{CausalLm, Config, Parameters};
use resit_trainer::optim::Gradients;

const CPU: &Device = &Device::Cpu;

/// Name, kind of numbers on disk, size of a shard.
const CASES: [(&str, DType, usize); 5] = [
    ("tied", DType::F32, usize::MAX),
    ("untied_sharded", DType::F32, 20_000),
    ("bf16", DType::BF16, usize::MAX),
    ("f16_sharded", DType::F16, 20_000),
    ("qwen_math", DType::BF16, 100_000_000),
];

/// Runs the script in an environment with torch, transformers and peft; false if there is none.
fn python(command: &str, folder: &Path) -> bool {
    const VARIABLE: &str = "RESIT_TRANSFORMERS_PYTHON";
    let Some(python) = std::env::var_os(VARIABLE) else {
        println!("skipped: {VARIABLE} names no interpreter; `cargo xtask test --only python` does");
        return false;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hugging_face.py");
    let status = Command::new(python)
        .env("HF_HUB_OFFLINE", "1")
        .arg(script)
        .arg(command)
        .arg(folder)
        .status()
        .unwrap();
    assert!(status.success(), "{command}: {status}");
    true
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The largest difference of the logits, absolute.
fn difference(config: &Config, parameters: &Parameters, expected: &Path) -> f32 {
    let expected = candle_core::safetensors::load(expected, CPU).unwrap();
    let model = CausalLm::new(config, parameters.frozen()).unwrap();
    let ids = expected["ids"].to_dtype(DType::U32).unwrap();
    let rows = ids.to_vec2::<u32>().unwrap();
    let rows: Vec<&[u32]> = rows.iter().map(|row| row.as_slice()).collect();
    let hidden = model.model().forward(&rows).unwrap();
    let logits = model.logits(&hidden).unwrap();
    let difference: Tensor = (logits - expected["logits"].flatten_to(1).unwrap()).unwrap();
    largest(&difference)
}

/// PEFT's logits and gradients from its adapter; then the adapter, alone and merged, for PEFT.
fn adapter_goes_there_and_back(root: &Path, name: &str) {
    let model = Pretrained::open(root.join(name), &Chat::chatml()).unwrap();
    let (config, tokenizer) = (model.config(), model.tokenizer());
    let base = model.parameters(DType::F32, CPU).unwrap();
    let lora = Lora::load(root.join(format!("{name}-lora")), config, CPU).unwrap();
    let merged = base.copy().unwrap();
    lora.merge(&base, &merged).unwrap();
    let file = root.join(format!("{name}-lora.safetensors"));
    let difference = difference(config, &merged, &file);
    println!("{name}: logits with an adapter within {difference:.1e} of PEFT");
    assert!(difference <= 2e-5, "{name}: logits differ by {difference}");

    let expected = candle_core::safetensors::load(&file, CPU).unwrap();
    let policy = CausalLm::new(config, merged.trainable()).unwrap();
    let ids = expected["ids"]
        .to_dtype(DType::U32)
        .unwrap()
        .to_vec2()
        .unwrap();
    let sequences = ids.into_iter().map(|tokens: Vec<u32>| Sequence {
        loss_mask: vec![true; tokens.len()],
        tokens,
    });
    let sequences: Vec<Sequence> = sequences.collect();
    let batch = Batch::new(&sequences.iter().collect::<Vec<_>>(), CPU).unwrap();
    let (logprobs, _) = batch.log_prob_and_entropy(&policy, 1.0).unwrap();
    let loss = logprobs.mean_all().unwrap().neg().unwrap();
    let gradients = lora
        .gradients(&Gradients::of(&loss, &merged).unwrap())
        .unwrap();
    for (name, _) in lora.parameters().iter() {
        let (ours, theirs) = (&gradients.get(name).unwrap(), &expected[name]);
        let error = largest(&(ours - theirs).unwrap()) / largest(theirs);
        assert!(error <= 3e-5, "{name}: the gradient differs by {error}");
    }

    lora.save(root.join(format!("{name}-lora-ours")), name)
        .unwrap();
    let folder = root.join(format!("{name}-lora-merged"));
    checkpoint::save(folder, config, &merged, tokenizer).unwrap();
}

fn largest(x: &Tensor) -> f32 {
    let x = x.abs().unwrap().flatten_all().unwrap();
    x.max(0).unwrap().to_scalar().unwrap()
}

#[test]
fn folders_go_there_and_back() {
    let root = folder("transformers");
    if !python("make", &root) {
        return;
    }
    for (name, dtype, shard_bytes) in CASES {
        let model = Pretrained::open(root.join(name), &Chat::chatml()).unwrap();
        assert_eq!(model.tokenizer().stop_ids().len(), 2, "{name}");
        let parameters = model.parameters(DType::F32, CPU).unwrap();
        let expected = root.join(format!("{name}.safetensors"));
        let difference = difference(model.config(), &parameters, &expected);
        println!("{name}: logits within {difference:.1e} of transformers");
        assert!(difference <= 2e-5, "{name}: logits differ by {difference}");

        let stored = model.parameters(dtype, CPU).unwrap();
        let (config, tokenizer) = (model.config(), model.tokenizer());
        let ours = root.join(format!("{name}-ours"));
        checkpoint::save_sharded(&ours, config, &stored, tokenizer, shard_bytes).unwrap();
        model.copy_companions(&ours).unwrap();
    }
    for name in ["tied", "untied_sharded"] {
        adapter_goes_there_and_back(&root, name);
    }
    assert!(python("check", &root));
    fs::remove_dir_all(root).unwrap();
}
