use candle_core::Tensor;

use crate::Result;

/// The k3 estimator of KL(policy ‖ reference), per sampled token: exp(r) - 1 - r with
/// r = log reference - log policy (Schulman, "Approximating KL divergence", 2020). It is never
/// negative, and unbiased under the policy's own samples.
///
/// # Errors
///
/// Shapes that differ.
pub fn k3(logprobs: &Tensor, reference: &Tensor) -> Result<Tensor> {
    let ratio = (reference - logprobs)?;
    Ok(((ratio.exp()? - 1.0)? - ratio)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{Device, Tensor, Var};

    use super::k3;

    #[test]
    fn matches_the_formula_and_its_derivative() {
        let policy = Var::new(&[-1.0f64, -0.5, -2.0], &Device::Cpu).unwrap();
        let reference = Tensor::new(&[-1.0f64, -1.5, -0.5], &Device::Cpu).unwrap();
        let kl = k3(&policy, &reference).unwrap();
        let expected = [0.0, (-1f64).exp(), 1.5f64.exp() - 2.5];
        for (a, b) in kl.to_vec1::<f64>().unwrap().iter().zip(expected) {
            assert!((a - b).abs() < 1e-15);
        }
        // d/dlogp (exp(r) - 1 - r) = 1 - exp(r)
        let gradients = kl.sum_all().unwrap().backward().unwrap();
        let gradient = gradients.get(&policy).unwrap().to_vec1::<f64>().unwrap();
        let expected = [0.0, 1.0 - (-1f64).exp(), 1.0 - 1.5f64.exp()];
        for (a, b) in gradient.iter().zip(expected) {
            assert!((a - b).abs() < 1e-15);
        }
    }

    #[test]
    fn its_mean_under_the_policy_is_the_divergence() {
        let (p, q) = ([0.7f64, 0.2, 0.1], [0.5f64, 0.25, 0.25]);
        let log = |xs: [f64; 3]| Tensor::new(&xs.map(f64::ln), &Device::Cpu).unwrap();
        let per_token = k3(&log(p), &log(q)).unwrap().to_vec1::<f64>().unwrap();
        let estimate: f64 = per_token.iter().zip(p).map(|(k, p)| k * p).sum();
        let exact: f64 = p.iter().zip(q).map(|(p, q)| p * (p / q).ln()).sum();
        assert!((estimate - exact).abs() < 1e-15);
    }
}
