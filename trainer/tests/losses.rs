//! Losses and advantages against PyTorch: `fixtures/make_losses.py`.
#![allow(clippy::unwrap_used)]

use candle_core::{DType, Device, Tensor, Var};
use resit_trainer::config::LossAggregation;
use resit_trainer::gae::{gae, whiten};
use resit_trainer::group::{grpo, rloo};
use resit_trainer::kl::k3;
use resit_trainer::loss::{policy_loss, value_loss, weights};
use serde_json::Value;

struct Expected(Value);

impl Expected {
    fn read() -> Self {
        Self(serde_json::from_str(include_str!("fixtures/losses.json")).unwrap())
    }

    fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap()
    }

    fn list(&self, name: &str) -> Vec<f64> {
        list(&self.0[name])
    }

    fn tensor(&self, name: &str) -> Tensor {
        Tensor::new(self.list(name), &Device::Cpu).unwrap()
    }

    fn lengths(&self) -> Vec<usize> {
        self.list("lengths").iter().map(|&x| x as usize).collect()
    }
}

fn list(value: &Value) -> Vec<f64> {
    let numbers = value.as_array().unwrap().iter();
    numbers.map(|x| x.as_f64().unwrap()).collect()
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
}

fn check(loss: &Tensor, variable: &Var, expected: &Value) {
    let value = loss.to_scalar::<f64>().unwrap();
    close(&[value], &[expected["loss"].as_f64().unwrap()]);
    let gradients = loss.backward().unwrap();
    let gradient = gradients.get(variable).unwrap().to_vec1::<f64>().unwrap();
    close(&gradient, &list(&expected["gradient"]));
}

#[test]
fn the_policys_loss_in_each_aggregation() {
    let expected = Expected::read();
    for (name, aggregation) in [
        ("token-mean", LossAggregation::TokenMean),
        ("sequence-mean", LossAggregation::SequenceMean),
        ("sequence-sum", LossAggregation::SequenceSum),
    ] {
        let logprobs = Var::from_tensor(&expected.tensor("logprobs")).unwrap();
        let weights = weights(aggregation, &expected.lengths(), DType::F64, &Device::Cpu);
        let surrogate = policy_loss(
            &logprobs,
            &expected.tensor("old_logprobs"),
            &expected.tensor("advantages"),
            expected.number("clip_range"),
        );
        let kl = k3(&logprobs, &expected.tensor("reference")).unwrap();
        let losses = (surrogate.unwrap() + (kl * expected.number("kl_coef")).unwrap()).unwrap();
        let loss = (losses * weights.unwrap()).unwrap().sum_all().unwrap();
        check(&loss, &logprobs, &expected.0["policy"][name]);
    }
}

#[test]
fn the_critics_loss() {
    let expected = Expected::read();
    let values = Var::from_tensor(&expected.tensor("values")).unwrap();
    let losses = value_loss(
        &values,
        &expected.tensor("old_values"),
        &expected.tensor("returns"),
        expected.number("clip_range_vf"),
    );
    let loss = losses.unwrap().mean_all().unwrap();
    check(&loss, &values, &expected.0["value"]);
}

#[test]
fn advantages_within_a_question() {
    let expected = Expected::read();
    let outcomes = expected.list("outcomes");
    let by_question = |compare: fn(&[f64]) -> Vec<f64>| -> Vec<f64> {
        outcomes.chunks(2).flat_map(compare).collect()
    };
    close(&by_question(|r| grpo(r, true)), &expected.list("grpo"));
    close(
        &by_question(|r| grpo(r, false)),
        &expected.list("grpo_unscaled"),
    );
    close(&by_question(rloo), &expected.list("rloo"));
}

#[test]
fn advantages_by_a_critic_over_masked_tokens() {
    let expected = Expected::read();
    let (rewards, values) = (expected.list("rewards"), expected.list("values"));
    let mut advantages = Vec::new();
    let mut start = 0;
    for length in expected.lengths() {
        let sequence = start..start + length;
        advantages.extend(gae(
            &rewards[sequence.clone()],
            &values[sequence],
            expected.number("gamma"),
            expected.number("gae_lambda"),
        ));
        start += length;
    }
    close(&advantages, &expected.list("gae"));
    whiten(&mut advantages);
    close(&advantages, &expected.list("whitened_gae"));
}
