/// Generalised advantage estimation (Schulman et al., arXiv 1506.02438, equation 16) over the
/// tokens that the agent sampled, in order.
///
/// `rewards[t]` is earned by token t, `values[t]` is the value of the state before it, and after
/// the last token the episode has ended. The environment's tokens are left out: between two
/// attempts the state before the next sampled token is the next state. This equals the recursion
/// over all tokens in which a step whose next token is the environment's has γ = λ = 1.
///
/// # Panics
///
/// If the slices differ in length.
pub fn gae(rewards: &[f64], values: &[f64], gamma: f64, lambda: f64) -> Vec<f64> {
    assert_eq!(rewards.len(), values.len(), "one value for each reward");
    let mut advantages = vec![0.0; rewards.len()];
    let (mut next_value, mut next_advantage) = (0.0, 0.0);
    for t in (0..rewards.len()).rev() {
        let delta = rewards[t] + gamma * next_value - values[t];
        next_advantage = delta + gamma * lambda * next_advantage;
        next_value = values[t];
        advantages[t] = next_advantage;
    }
    advantages
}

/// Shifts and scales to mean 0 and variance 1; a variance below 1e-8 counts as 1e-8.
pub fn whiten(values: &mut [f64]) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let scale = variance.max(1e-8).sqrt().recip();
    for value in values {
        *value = (*value - mean) * scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recursion over all tokens of arXiv 2503.04808's code: one reward, value and flag per
    /// token, γ = λ = 1 where the next token is the environment's.
    fn gae_over_all_tokens(
        rewards: &[f64],
        values: &[f64],
        agent: &[bool],
        gamma: f64,
        lambda: f64,
    ) -> Vec<f64> {
        let length = rewards.len();
        let mut advantages = vec![0.0; length];
        for t in (0..length).rev() {
            let last = t + 1 == length;
            let (gamma, lambda) = if !last && !agent[t + 1] {
                (1.0, 1.0)
            } else {
                (gamma, lambda)
            };
            let (next_value, next_advantage) = if last {
                (0.0, 0.0)
            } else {
                (values[t + 1], advantages[t + 1])
            };
            let delta = rewards[t] + gamma * next_value - values[t];
            advantages[t] = delta + gamma * lambda * next_advantage;
        }
        advantages
    }

    #[test]
    fn two_steps_by_hand() {
        // δ₁ = 1 - 0.5 = 0.5; δ₀ = 0.9·0.5 - 0.25 = 0.2; A₀ = 0.2 + 0.9·0.8·0.5 = 0.56.
        let advantages = gae(&[0.0, 1.0], &[0.25, 0.5], 0.9, 0.8);
        assert!((advantages[0] - 0.56).abs() < 1e-15);
        assert!((advantages[1] - 0.5).abs() < 1e-15);
    }

    #[test]
    fn lambda_one_is_the_return_minus_the_value() {
        let advantages = gae(&[0.0, 0.0, 2.0], &[0.3, -0.1, 0.7], 1.0, 1.0);
        for (advantage, expected) in advantages.iter().zip([1.7, 2.1, 1.3]) {
            assert!((advantage - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn deleting_environment_tokens_equals_passing_through_them() {
        let agent = [
            true, true, false, false, false, true, true, true, false, true,
        ];
        let values = [0.1, -0.4, 9.0, -3.0, 5.0, 0.8, 0.2, -0.6, 7.0, 0.5];
        let mut rewards = [0.0; 10];
        rewards[9] = 1.0;
        rewards[1] = -0.5;
        let keep = |xs: &[f64]| -> Vec<f64> {
            let kept = xs.iter().zip(agent).filter(|(_, agent)| *agent);
            kept.map(|(x, _)| *x).collect()
        };
        for (gamma, lambda) in [(1.0, 0.99), (0.9, 0.5), (0.95, 1.0), (1.0, 0.0)] {
            let all = gae_over_all_tokens(&rewards, &values, &agent, gamma, lambda);
            let deleted = gae(&keep(&rewards), &keep(&values), gamma, lambda);
            for (a, b) in keep(&all).iter().zip(&deleted) {
                assert!((a - b).abs() < 1e-14, "{all:?} {deleted:?}");
            }
        }
    }

    #[test]
    fn whitened_values_have_mean_zero_and_variance_one() {
        let mut values = [1.0, 2.0, 3.0, 6.0];
        whiten(&mut values);
        let expected = [-2.0, -1.0, 0.0, 3.0].map(|v| v / 3.5f64.sqrt());
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-15);
        }
        let mut constant = [2.5; 3];
        whiten(&mut constant);
        assert_eq!(constant, [0.0; 3]);
    }
}
