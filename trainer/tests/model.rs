//! The model against transformers, against candle-transformers, against finite differences, and
//! against itself under caching and padding.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::path::PathBuf;

use candle_core::{D, DType, Device, Tensor};
use resit_trainer::batch::{Batch, Sequence};
use resit_trainer::model::{CausalLm, Config, KvCache, Parameters, ValueModel};
use resit_trainer::optim::Gradients;

const CASES: [&str; 3] = ["grouped_tied", "full_untied", "single_kv_untied"];
const CPU: &Device = &Device::Cpu;

struct Case {
    config: Config,
    parameters: Parameters,
    tensors: HashMap<String, Tensor>,
}

impl Case {
    fn read(name: &str, dtype: DType) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let config = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
        let file = folder.join(format!("{name}.safetensors"));
        let tensors = candle_core::safetensors::load(file, CPU).unwrap();
        let weights = tensors.iter().filter_map(|(name, tensor)| {
            let name = name.strip_prefix("weights.")?;
            Some((name.to_owned(), tensor.to_dtype(dtype).unwrap()))
        });
        Self {
            config: serde_json::from_slice(&config).unwrap(),
            parameters: Parameters::from_tensors(weights).unwrap(),
            tensors,
        }
    }

    fn ids(&self) -> Tensor {
        self.tensors["ids"].to_dtype(DType::U32).unwrap()
    }

    /// The hidden states of all rows, one after the other.
    fn hidden(&self, model: &CausalLm) -> Tensor {
        let rows = self.ids().to_vec2::<u32>().unwrap();
        let rows: Vec<&[u32]> = rows.iter().map(|row| row.as_slice()).collect();
        model.model().forward(&rows).unwrap()
    }

    fn sequences(&self) -> Vec<Sequence> {
        let rows = self.ids().to_vec2::<u32>().unwrap();
        let sequence = |tokens: Vec<u32>| Sequence {
            loss_mask: vec![true; tokens.len()],
            tokens,
        };
        rows.into_iter().map(sequence).collect()
    }

    /// The mean negative log-likelihood of every token but the first.
    fn loss(&self, model: &CausalLm) -> Tensor {
        let sequences = self.sequences();
        let batch = Batch::new(&sequences.iter().collect::<Vec<_>>(), CPU).unwrap();
        let (logprobs, _) = batch.log_prob_and_entropy(model, 1.0).unwrap();
        logprobs.mean_all().unwrap().neg().unwrap()
    }
}

fn max_abs(x: &Tensor) -> f64 {
    let max = x
        .abs()
        .unwrap()
        .flatten_all()
        .unwrap()
        .max(D::Minus1)
        .unwrap();
    max.to_dtype(DType::F64).unwrap().to_scalar().unwrap()
}

fn max_difference(a: &Tensor, b: &Tensor) -> f64 {
    max_abs(&(a - b).unwrap())
}

#[test]
fn forward_is_that_of_transformers() {
    for name in CASES {
        let case = Case::read(name, DType::F32);
        let model = CausalLm::new(&case.config, case.parameters.frozen()).unwrap();
        let hidden = case.hidden(&model);
        let difference = max_difference(&hidden, &case.tensors["hidden"].flatten_to(1).unwrap());
        assert!(
            difference <= 1e-5,
            "{name}: hidden states differ by {difference}"
        );
        let logits = model.logits(&hidden).unwrap();
        let difference = max_difference(&logits, &case.tensors["logits"].flatten_to(1).unwrap());
        assert!(difference <= 1e-5, "{name}: logits differ by {difference}");
    }
}

#[test]
fn every_gradient_is_that_of_transformers() {
    for name in CASES {
        let case = Case::read(name, DType::F32);
        let model = CausalLm::new(&case.config, case.parameters.trainable()).unwrap();
        let gradients = Gradients::of(&case.loss(&model), &case.parameters).unwrap();
        for weight in case.parameters.tensors().keys() {
            let ours = gradients.get(weight).unwrap();
            let theirs = &case.tensors[&format!("gradients.{weight}")];
            let relative = max_difference(&ours, theirs) / max_abs(theirs);
            assert!(relative <= 1e-5, "{name} {weight}: off by {relative}");
        }
    }
}

#[test]
fn forward_is_that_of_candle_transformers() {
    for name in CASES {
        let case = Case::read(name, DType::F32);
        let ours = CausalLm::new(&case.config, case.parameters.frozen()).unwrap();
        let hidden = case.hidden(&ours);
        let mut theirs =
            candle_transformers::models::qwen2::Model::new(&case.config, case.parameters.frozen())
                .unwrap();
        let expected = theirs.forward(&case.ids(), 0, None).unwrap();
        let difference = max_difference(&hidden, &expected.flatten_to(1).unwrap());
        assert!(
            difference <= 1e-5,
            "{name}: hidden states differ by {difference}"
        );
    }
}

/// Central differences in f64 at up to eight entries of every weight.
fn check_against_differences(parameters: &Parameters, loss: impl Fn() -> Tensor) {
    const STEP: f64 = 1e-5;
    let gradients = Gradients::of(&loss(), parameters).unwrap();
    let scalar = |x: Tensor| x.to_scalar::<f64>().unwrap();
    for (name, var) in parameters.iter() {
        let gradient = gradients.get(name).unwrap();
        let gradient = gradient.flatten_all().unwrap().to_vec1::<f64>().unwrap();
        let start = var.flatten_all().unwrap().to_vec1::<f64>().unwrap();
        let scale = gradient.iter().fold(0f64, |max, g| max.max(g.abs()));
        for index in (0..start.len()).step_by(start.len().div_ceil(8)) {
            let loss_at = |offset: f64| {
                let mut moved = start.clone();
                moved[index] += offset;
                var.set(&Tensor::from_vec(moved, var.shape(), CPU).unwrap())
                    .unwrap();
                scalar(loss())
            };
            let difference = (loss_at(STEP) - loss_at(-STEP)) / (2.0 * STEP);
            loss_at(0.0);
            let error = (difference - gradient[index]).abs();
            assert!(
                error <= 1e-6 * scale.max(1e-2),
                "{name}[{index}]: {difference} {gradient:?}"
            );
        }
    }
}

#[test]
fn policy_gradient_is_that_of_central_differences() {
    for name in CASES {
        let case = Case::read(name, DType::F64);
        let model = CausalLm::new(&case.config, case.parameters.trainable()).unwrap();
        check_against_differences(&case.parameters, || case.loss(&model));
    }
}

#[test]
fn critic_gradient_is_that_of_central_differences() {
    let case = Case::read("grouped_tied", DType::F64);
    let critic = case.parameters.critic(&case.config, 3).unwrap();
    let model = ValueModel::new(&case.config, critic.trainable()).unwrap();
    let sequences = case.sequences();
    let batch = Batch::new(&sequences.iter().collect::<Vec<_>>(), CPU).unwrap();
    check_against_differences(&critic, || {
        let values = batch.values(&model).unwrap();
        values.sqr().unwrap().sum_all().unwrap()
    });
}

fn log_softmax(logits: &Tensor) -> Tensor {
    candle_nn::ops::log_softmax(logits, D::Minus1).unwrap()
}

#[test]
fn cached_is_uncached_in_rows_of_different_length() {
    for name in CASES {
        let case = Case::read(name, DType::F32);
        let model = CausalLm::new(&case.config, case.parameters.frozen()).unwrap();
        let ids = case.ids();
        let rows = ids.to_vec2::<u32>().unwrap();
        let all = log_softmax(&model.logits(&case.hidden(&model)).unwrap());
        let all = all
            .reshape((rows.len(), (), case.config.vocab_size))
            .unwrap();

        let mut cache = KvCache::new(&case.config, 4, 11, DType::F32, CPU).unwrap();
        // Twice, so that what the first round left behind must not show in the second.
        for _ in 0..2 {
            cache.clear();
            // Rows of the cache and how many tokens they take, call by call.
            let calls: [(&[usize], &[usize]); 6] = [
                (&[0, 1, 3], &[4, 1, 6]),
                (&[1], &[3]),
                (&[3, 0], &[1, 2]),
                (&[0, 1, 3], &[1, 1, 1]),
                (&[1, 3], &[5, 3]),
                (&[0, 1], &[4, 1]),
            ];
            let sequence = |row: usize| if row == 3 { &rows[2] } else { &rows[row] };
            for (cache_rows, counts) in calls {
                let starts: Vec<usize> = cache_rows.iter().map(|&r| cache.lengths()[r]).collect();
                let tokens: Vec<&[u32]> = (cache_rows.iter().zip(&starts).zip(counts))
                    .map(|((&row, &start), count)| &sequence(row)[start..start + count])
                    .collect();
                let hidden = model
                    .model()
                    .forward_cached(&mut cache, cache_rows, &tokens);
                let logprobs = log_softmax(&model.logits(&hidden.unwrap()).unwrap());
                for (index, &row) in cache_rows.iter().enumerate() {
                    let batch_row = row.min(2);
                    let position = cache.lengths()[row] - 1;
                    let expected = all.get(batch_row).unwrap().get(position).unwrap();
                    let difference = max_difference(&logprobs.get(index).unwrap(), &expected);
                    assert!(difference <= 1e-5, "{name} row {row}: {difference}");
                }
            }
            assert_eq!(cache.lengths(), [11, 11, 0, 11]);
        }
    }
}

#[test]
fn a_full_row_is_an_error_and_changes_nothing() {
    let case = Case::read("grouped_tied", DType::F32);
    let model = CausalLm::new(&case.config, case.parameters.frozen()).unwrap();
    let mut cache = KvCache::new(&case.config, 2, 3, DType::F32, CPU).unwrap();
    let mut read = |tokens: &[u32]| model.model().forward_cached(&mut cache, &[1], &[tokens]);
    read(&[1, 2]).unwrap();
    let error = read(&[3, 4]).unwrap_err().to_string();
    assert!(error.contains("2 tokens do not fit into row 1"), "{error}");
    read(&[3]).unwrap();
    assert_eq!(cache.lengths(), [0, 3]);
}

/// f32 packs sequences without padding, f64 pads them for attention: neither may show.
#[test]
fn together_is_alone() {
    for (dtype, tolerance) in [(DType::F32, 1e-5), (DType::F64, 1e-12)] {
        let case = Case::read("full_untied", dtype);
        let model = CausalLm::new(&case.config, case.parameters.trainable()).unwrap();
        let mut sequences = case.sequences();
        sequences[0].tokens.truncate(4);
        sequences[2].tokens.truncate(7);
        // The first three begin alike, and share what is computed for that.
        let beginning = sequences[0].tokens[..3].to_vec();
        for sequence in &mut sequences[..3] {
            sequence.tokens[..3].copy_from_slice(&beginning);
            sequence.loss_mask[..3].fill(false);
        }
        let run = |sequences: &[&Sequence]| {
            let batch = Batch::new(sequences, CPU).unwrap();
            let (logprobs, entropy) = batch.log_prob_and_entropy(&model, 1.3).unwrap();
            Tensor::cat(&[logprobs, (entropy * 0.3).unwrap()], 0).unwrap()
        };
        let sum = |x: &Tensor| x.sum_all().unwrap();
        let together = sum(&run(&sequences.iter().collect::<Vec<_>>()));
        let alone: Vec<Tensor> = sequences.iter().map(|s| sum(&run(&[s]))).collect();
        let alone = sum(&Tensor::stack(&alone, 0).unwrap());
        assert!(max_difference(&together, &alone) <= tolerance * max_abs(&alone));

        let gradient = |loss: &Tensor| Gradients::of(loss, &case.parameters).unwrap();
        let (together, alone) = (gradient(&together), gradient(&alone));
        for (name, _) in case.parameters.iter() {
            let (a, b) = (together.get(name).unwrap(), alone.get(name).unwrap());
            assert!(
                max_difference(&a, &b) <= tolerance * max_abs(&b).max(1e-2),
                "{name}"
            );
        }
    }
}

#[test]
fn gradient_checkpointing_changes_no_gradient() {
    for dtype in [DType::F32, DType::F64] {
        let case = Case::read("grouped_tied", dtype);
        let mut model = CausalLm::new(&case.config, case.parameters.trainable()).unwrap();
        let kept = Gradients::of(&case.loss(&model), &case.parameters).unwrap();
        model.model_mut().set_gradient_checkpointing(true);
        let recomputed = Gradients::of(&case.loss(&model), &case.parameters).unwrap();
        for (name, _) in case.parameters.iter() {
            let (a, b) = (kept.get(name).unwrap(), recomputed.get(name).unwrap());
            assert!(max_difference(&a, &b) <= 1e-7 * max_abs(&a), "{name}");
        }
    }
}

#[test]
fn saved_weights_are_read_back() {
    let case = Case::read("grouped_tied", DType::F32);
    let file =
        std::env::temp_dir().join(format!("resit-weights-{}.safetensors", std::process::id()));
    case.parameters.save(&file).unwrap();
    let read = Parameters::load(&file, CPU).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(read.count(), case.parameters.count());
    for ((name, a), (other, b)) in case.parameters.iter().zip(read.iter()) {
        assert_eq!(name, other);
        assert_eq!(max_difference(a, b), 0.0);
    }
}

#[test]
fn a_missing_weight_is_named() {
    let case = Case::read("grouped_tied", DType::F32);
    for missing in ["model.layers.1.mlp.up_proj.weight", "model.norm.weight"] {
        let mut weights = case.parameters.tensors();
        weights.remove(missing).unwrap();
        let error = Parameters::from_tensors(weights)
            .and_then(|weights| CausalLm::new(&case.config, weights.frozen()))
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(missing), "{error}");
    }
}
