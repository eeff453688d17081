use serde::Deserialize;

use super::DemoTask;
use crate::config::{AlgorithmConfig, SamplingConfig, SftConfig};
use crate::model::Config;
use crate::{Error, Result};

/// What a file `configs/demo_TASK.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) initializer_range: f64,
    pub(super) eval_episodes: usize,
    pub(super) curve_interval: usize,
    pub(super) model: Config,
    pub(super) sft: SftConfig,
    pub(super) algorithm: AlgorithmConfig,
    pub(super) sampling: SamplingConfig,
}

impl Settings {
    pub(super) fn of(task: DemoTask) -> Result<Self> {
        let text = match task {
            DemoTask::HiddenOperator => {
                include_str!("../../../configs/demo_hidden_operator.toml")
            }
            DemoTask::Operators => include_str!("../../../configs/demo_operators.toml"),
        };
        toml::from_str(text).map_err(|e| Error::Config(format!("the demo's settings: {e}")))
    }
}
