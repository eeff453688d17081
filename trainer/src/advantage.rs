use std::collections::BTreeMap;

use crate::config::{Algorithm, AlgorithmConfig, KlPlacement};
use crate::gae::{gae, whiten};
use crate::group::{grpo, rloo};
use crate::trajectory::Trajectory;

/// Fills in the advantages, and with a critic the returns, from rewards and values.
///
/// PPO has one advantage for each token; GRPO and RLOO have one for a whole sequence, from the sum of
/// the rewards of its tokens, compared with the sequences of the same question. MRT's has been compared
/// with answers that are no part of what is learned.
pub(crate) fn estimate(config: &AlgorithmConfig, trajectories: &mut [Trajectory]) {
    if config.kl_placement == KlPlacement::Reward {
        for trajectory in &mut *trajectories {
            let pairs = trajectory.logprobs.iter().zip(&trajectory.reference);
            for (reward, (policy, reference)) in trajectory.rewards.iter_mut().zip(pairs) {
                *reward -= config.kl_coef * (policy - reference);
            }
        }
    }
    match config.name {
        Algorithm::Ppo => {
            for t in &mut *trajectories {
                t.advantages = gae(&t.rewards, &t.values, config.gamma, config.gae_lambda);
                let returns = t.advantages.iter().zip(&t.values);
                t.returns = returns.map(|(a, v)| a + v).collect();
            }
        }
        Algorithm::Grpo => by_question(trajectories, |r| grpo(r, config.scale_rewards)),
        Algorithm::Rloo => by_question(trajectories, rloo),
        // Known since the episodes were played.
        Algorithm::Mrt => {}
    }
    for trajectory in &mut *trajectories {
        let bonuses = trajectory.bonuses.iter();
        for (advantage, bonus) in trajectory.advantages.iter_mut().zip(bonuses) {
            *advantage += bonus;
        }
    }
    if config.whiten_advantages {
        whiten_all(trajectories);
    }
}

fn by_question(trajectories: &mut [Trajectory], compare: impl Fn(&[f64]) -> Vec<f64>) {
    let mut questions: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, trajectory) in trajectories.iter().enumerate() {
        questions
            .entry(trajectory.question)
            .or_default()
            .push(place);
    }
    for places in questions.values() {
        let outcome = |&place: &usize| trajectories[place].rewards.iter().sum();
        let outcomes: Vec<f64> = places.iter().map(outcome).collect();
        for (&place, advantage) in places.iter().zip(compare(&outcomes)) {
            let trajectory = &mut trajectories[place];
            trajectory.advantages = vec![advantage; trajectory.len()];
        }
    }
}

/// Over all tokens of the agent in all trajectories.
fn whiten_all(trajectories: &mut [Trajectory]) {
    let mut all: Vec<f64> = trajectories
        .iter()
        .flat_map(|t| t.advantages.iter().copied())
        .collect();
    whiten(&mut all);
    let mut all = all.into_iter();
    for trajectory in trajectories {
        let count = trajectory.len();
        trajectory.advantages = all.by_ref().take(count).collect();
    }
}
