//! What is varied one thing at a time, always beside the multi-attempt policy of the comparison.

use resit::env::{Attempts, Credit, Environment, ProgressCredit, RewardScheme};

use super::operators::{Hint, OperatorVerifier, Said};
use super::puzzle::Arm;
use super::{Ablation, SEVERAL};
use crate::config::{CriticKind, ProgressConfig, Prover};

impl Ablation {
    /// In files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Feedback => "feedback",
            Self::Credit => "credit",
            Self::Attempts => "attempts",
            Self::Control => "control",
            Self::Critic => "critic",
        }
    }

    /// The first is what the others are compared with.
    pub(super) fn arms(self) -> Vec<Arm<OperatorVerifier>> {
        match self {
            Self::Feedback => vec![
                said("multi_attempt", "\"wrong\"", Said::Wrong),
                said("said_nothing", "nothing", Said::Nothing),
                said("said_count", "attempts left", Said::Count),
                direction(),
                places(),
            ],
            Self::Credit => vec![
                said("multi_attempt", "the last of the episode", Said::Wrong),
                per_attempt(),
                progress(
                    "progress_attempt",
                    "+ critic's progress, in its attempt",
                    Prover::Critic,
                    ProgressCredit::Attempt,
                ),
                progress(
                    "progress_return",
                    "+ critic's progress, as a reward",
                    Prover::Critic,
                    ProgressCredit::Return,
                ),
                progress(
                    "forked_attempt",
                    "+ forked progress, in its attempt",
                    FORKED,
                    ProgressCredit::Attempt,
                ),
                progress(
                    "forked_return",
                    "+ forked progress, as a reward",
                    FORKED,
                    ProgressCredit::Return,
                ),
            ],
            Self::Attempts => vec![
                said("multi_attempt", "uniform in 1..3", Said::Wrong),
                drawn("fixed_2", "always 2", Attempts::Fixed(2)),
                drawn("fixed_3", "always 3", Attempts::Fixed(3)),
                // The mean is 1.8.
                drawn(
                    "geometric",
                    "geometric, at most 5",
                    Attempts::Weighted(vec![16, 8, 4, 2, 1]),
                ),
            ],
            Self::Control => vec![
                said("multi_attempt", "\"wrong\"", Said::Wrong),
                direction(),
                said(
                    "shuffled_direction",
                    "shuffled high or low",
                    Said::Shuffled(Hint::Direction),
                ),
                places(),
                said(
                    "shuffled_places",
                    "shuffled which is wrong",
                    Said::Shuffled(Hint::Places),
                ),
            ],
            Self::Critic => vec![
                said("multi_attempt", "a model of its own", Said::Wrong),
                Arm {
                    critic: CriticKind::ValueHead,
                    ..said("value_head", "a head on the policy", Said::Wrong)
                },
            ],
        }
    }
}

fn said(key: &'static str, name: &'static str, said: Said) -> Arm<OperatorVerifier> {
    Arm {
        key,
        name,
        environment: Environment {
            attempts: SEVERAL,
            ..said.environment()
        },
        critic: CriticKind::Separate,
        progress: None,
        controls: Vec::new(),
    }
}

fn direction() -> Arm<OperatorVerifier> {
    let shuffled = Said::Shuffled(Hint::Direction).environment();
    let name = "too high or low";
    Arm {
        controls: vec![(
            "direction_tested_shuffled",
            "- tested with shuffled",
            shuffled,
        )],
        ..said("said_direction", name, Said::Hint(Hint::Direction))
    }
}

fn places() -> Arm<OperatorVerifier> {
    let shuffled = Said::Shuffled(Hint::Places).environment();
    let name = "which is wrong";
    Arm {
        controls: vec![("places_tested_shuffled", "- tested with shuffled", shuffled)],
        ..said("said_places", name, Said::Hint(Hint::Places))
    }
}

fn drawn(key: &'static str, name: &'static str, attempts: Attempts) -> Arm<OperatorVerifier> {
    let arm = said(key, name, Said::Wrong);
    Arm {
        environment: Environment {
            attempts,
            ..arm.environment
        },
        ..arm
    }
}

/// Each attempt bears its own reward.
fn per_attempt() -> Arm<OperatorVerifier> {
    let arm = said("per_attempt", "the last of each attempt", Said::Wrong);
    Arm {
        environment: Environment {
            rewards: RewardScheme {
                credit: Credit::Attempt,
                ..arm.environment.rewards
            },
            ..arm.environment
        },
        ..arm
    }
}

/// Progress as the policy's own answers show it, which it gives from forks of the episode.
const FORKED: Prover = Prover::Forced { answers: 4 };

/// The last token of the episode bears its reward, and each attempt a bonus for what it adds to the
/// chances of an answer given now.
fn progress(
    key: &'static str,
    name: &'static str,
    prover: Prover,
    credit: ProgressCredit,
) -> Arm<OperatorVerifier> {
    Arm {
        progress: Some(ProgressConfig {
            alpha: 1.0,
            credit,
            prover,
        }),
        ..said(key, name, Said::Wrong)
    }
}
