//! Advantages from the episodes of one question, without a critic. All functions take the rewards of
//! these episodes and give one advantage for each.

/// GRPO (arXiv 2402.03300, section 4.1.2): the reward less the mean, over the standard deviation if
/// `scaled`. The deviation is that of a sample, with n - 1, as in the implementations of TRL, veRL and
/// OpenRLHF; a small number is added to it, as there.
pub fn grpo(rewards: &[f64], scaled: bool) -> Vec<f64> {
    let count = rewards.len() as f64;
    let mean = rewards.iter().sum::<f64>() / count;
    let squares: f64 = rewards.iter().map(|r| (r - mean).powi(2)).sum();
    let scale = if scaled {
        (squares / (count - 1.0).max(1.0)).sqrt() + 1e-6
    } else {
        1.0
    };
    rewards.iter().map(|r| (r - mean) / scale).collect()
}

/// RLOO (arXiv 2402.14740, equation 8): the reward less the mean of the others; 0 for an episode that
/// is alone.
pub fn rloo(rewards: &[f64]) -> Vec<f64> {
    let others = rewards.len().saturating_sub(1);
    if others == 0 {
        return vec![0.0; rewards.len()];
    }
    let sum: f64 = rewards.iter().sum();
    let advantage = |r: &f64| r - (sum - r) / others as f64;
    rewards.iter().map(advantage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Mean 0, squares 2 over two degrees of freedom: the deviation is 1.
        for (a, b) in grpo(&[1.0, 0.0, -1.0], true).iter().zip([1.0, 0.0, -1.0]) {
            assert!((a - b).abs() < 2e-6, "{a} {b}");
        }
        assert_eq!(grpo(&[3.0, 1.0], false), [1.0, -1.0]);
        assert_eq!(rloo(&[3.0, 1.0, 1.0]), [2.0, -1.0, -1.0]);
    }

    #[test]
    fn equal_rewards_and_lone_episodes_teach_nothing() {
        assert_eq!(grpo(&[0.5; 4], true), [0.0; 4]);
        assert_eq!(rloo(&[0.5; 4]), [0.0; 4]);
        assert_eq!(grpo(&[1.0], true), [0.0]);
        assert_eq!(rloo(&[1.0]), [0.0]);
    }
}
