//! The losses, per token of the agent, and how they become one number. All tensors are (tokens): the
//! agent's tokens, sequence after sequence.

use candle_core::{DType, Device, Tensor};

use crate::Result;
use crate::config::LossAggregation;

/// -min(ρ A, clip(ρ, 1 - ε, 1 + ε) A) with ρ = exp(log π - log π_old): PPO (arXiv 1707.06347,
/// equation 7).
///
/// # Errors
///
/// Shapes that differ.
pub fn policy_loss(
    logprobs: &Tensor,
    old_logprobs: &Tensor,
    advantages: &Tensor,
    clip_range: f64,
) -> Result<Tensor> {
    let ratio = (logprobs - old_logprobs)?.exp()?;
    let clipped = ratio.clamp(1.0 - clip_range, 1.0 + clip_range)?;
    let objective = (ratio * advantages)?.minimum(&(clipped * advantages)?)?;
    Ok(objective.neg()?)
}

/// ½ max((V - R)², (clip(V, V_old - ε, V_old + ε) - R)²).
///
/// # Errors
///
/// Shapes that differ.
pub fn value_loss(
    values: &Tensor,
    old_values: &Tensor,
    returns: &Tensor,
    clip_range: f64,
) -> Result<Tensor> {
    let moved = (values - old_values)?.clamp(-clip_range, clip_range)?;
    let clipped = (old_values + moved)?;
    let error = (values - returns)?.sqr()?;
    let clipped_error = (clipped - returns)?.sqr()?;
    Ok((error.maximum(&clipped_error)? * 0.5)?)
}

/// What the loss of each token weighs in the sum over all of them, for sequences with so many tokens
/// of the agent.
///
/// # Errors
///
/// Memory that cannot be had.
pub fn weights(
    aggregation: LossAggregation,
    lengths: &[usize],
    dtype: DType,
    device: &Device,
) -> Result<Tensor> {
    let sequences = lengths.len() as f64;
    let tokens = lengths.iter().sum::<usize>();
    let of_length = |length: usize| match aggregation {
        LossAggregation::TokenMean => 1.0 / tokens as f64,
        LossAggregation::SequenceMean => 1.0 / (sequences * length as f64),
        LossAggregation::SequenceSum => 1.0 / sequences,
    };
    let weights: Vec<f64> = lengths
        .iter()
        .flat_map(|&length| std::iter::repeat_n(of_length(length), length))
        .collect();
    Ok(Tensor::from_vec(weights, tokens, device)?.to_dtype(dtype)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{Device, Tensor, Var};

    use super::*;

    fn tensor(values: &[f64]) -> Tensor {
        Tensor::new(values, &Device::Cpu).unwrap()
    }

    fn close(a: &Tensor, expected: &[f64]) {
        let a = a.flatten_all().unwrap().to_vec1::<f64>().unwrap();
        assert_eq!(a.len(), expected.len());
        for (a, b) in a.iter().zip(expected) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
    }

    #[test]
    fn policy_loss_by_hand() {
        // Ratios 1.5, 0.5, 1.5, 0.5, 1.1, 1 with ε = 0.2. The objective takes the clipped term
        // for 1.5 with A > 0 and 0.5 with A < 0, where the gradient vanishes.
        let ratios = [1.5f64, 0.5, 1.5, 0.5, 1.1, 1.0];
        let advantages = [2.0, 2.0, -2.0, -2.0, 3.0, -1.0];
        let objective = [2.4, 1.0, -3.0, -1.6, 3.3, -1.0];
        let logprobs = Var::from_tensor(&tensor(&ratios.map(f64::ln))).unwrap();
        let loss = policy_loss(&logprobs, &tensor(&[0.0; 6]), &tensor(&advantages), 0.2).unwrap();
        close(&loss, &objective.map(|o| -o));
        let loss = loss.mean_all().unwrap();
        let gradient = loss.backward().unwrap();
        let expected = [0.0, 1.0, -3.0, 0.0, 3.3, -1.0].map(|g| -g / 6.0);
        close(gradient.get(&logprobs).unwrap(), &expected);
    }

    #[test]
    fn weights_by_hand() {
        let of = |aggregation| weights(aggregation, &[1, 3], DType::F64, &Device::Cpu).unwrap();
        close(&of(LossAggregation::TokenMean), &[0.25; 4]);
        let mean = [0.5, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0];
        close(&of(LossAggregation::SequenceMean), &mean);
        close(&of(LossAggregation::SequenceSum), &[0.5; 4]);
    }

    #[test]
    fn value_loss_by_hand() {
        // Old value 0, ε = 0.2. Moving 0.5 towards a return of 1 counts as 0.2 (error 0.64, no
        // gradient); 0.5 away from a return of 0 counts in full (0.25); 0.1 is not clipped.
        let values = Var::from_tensor(&tensor(&[0.5, 0.5, 0.1])).unwrap();
        let loss = value_loss(&values, &tensor(&[0.0; 3]), &tensor(&[1.0, 0.0, 1.0]), 0.2).unwrap();
        close(&loss, &[0.32, 0.125, 0.405]);
        let loss = loss.mean_all().unwrap();
        let gradient = loss.backward().unwrap();
        close(
            gradient.get(&values).unwrap(),
            &[0.0, 0.5 / 3.0, -0.9 / 3.0],
        );
    }
}
