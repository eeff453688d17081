//! The losses of PPO (Schulman et al., arXiv 1707.06347), each a mean over the agent's tokens.
//! All tensors are (tokens).

use candle_core::Tensor;

use crate::Result;

/// -mean min(ρ A, clip(ρ, 1 - ε, 1 + ε) A) with ρ = exp(log π - log π_old): equation 7.
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
    Ok(objective.mean_all()?.neg()?)
}

/// ½ mean max((V - R)², (clip(V, V_old - ε, V_old + ε) - R)²).
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
    Ok((error.maximum(&clipped_error)?.mean_all()? * 0.5)?)
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
        close(&loss, &[-objective.iter().sum::<f64>() / 6.0]);
        let gradient = loss.backward().unwrap();
        let expected = [0.0, 1.0, -3.0, 0.0, 3.3, -1.0].map(|g| -g / 6.0);
        close(gradient.get(&logprobs).unwrap(), &expected);
    }

    #[test]
    fn value_loss_by_hand() {
        // Old value 0, ε = 0.2. Moving 0.5 towards a return of 1 counts as 0.2 (error 0.64, no
        // gradient); 0.5 away from a return of 0 counts in full (0.25); 0.1 is not clipped.
        let values = Var::from_tensor(&tensor(&[0.5, 0.5, 0.1])).unwrap();
        let loss = value_loss(&values, &tensor(&[0.0; 3]), &tensor(&[1.0, 0.0, 1.0]), 0.2).unwrap();
        close(&loss, &[0.5 * (0.64 + 0.25 + 0.81) / 3.0]);
        let gradient = loss.backward().unwrap();
        close(
            gradient.get(&values).unwrap(),
            &[0.0, 0.5 / 3.0, -0.9 / 3.0],
        );
    }
}
