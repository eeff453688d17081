use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device};
use resit::env::Environment;
use serde::{Deserialize, Serialize};
use toml::Table;

use super::table::{complete_algorithm, override_with};
use super::{AlgorithmConfig, DataConfig, EvaluationConfig, SamplingConfig, SftConfig};
use crate::lora::LoraConfig;
use crate::{Error, Result};

/// Everything that a run depends on. What a file does not say is the default; the defaults of
/// `algorithm` are those of its `name`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The folder of the model that training starts from, in the layout of transformers.
    pub model: PathBuf,
    /// The folder of the run.
    pub out: PathBuf,
    /// Everything random follows from this.
    #[serde(default = "seed")]
    pub seed: u64,
    /// `cpu`, `cuda` or `cuda:N`.
    #[serde(default = "cpu")]
    pub device: String,
    /// The type of weights and activations.
    #[serde(default)]
    pub dtype: Precision,
    /// What is asked.
    pub data: DataConfig,
    /// The decision process: template, attempts, rewards, budgets, grading.
    #[serde(default)]
    pub environment: Environment,
    /// Reinforcement learning.
    #[serde(default)]
    pub algorithm: AlgorithmConfig,
    /// How the policy is sampled from in training.
    #[serde(default)]
    pub sampling: SamplingConfig,
    /// Supervised fine-tuning.
    #[serde(default)]
    pub sft: SftConfig,
    /// Low-rank adapters, which are trained in place of all weights where there is this table.
    pub lora: Option<LoraConfig>,
    /// What is measured on the way.
    #[serde(default)]
    pub evaluation: EvaluationConfig,
    /// What is kept.
    #[serde(default)]
    pub checkpoint: CheckpointConfig,
}

/// A type of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// The upper 16 of these.
    Bf16,
}

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckpointConfig {
    /// Iterations between two checkpoints.
    pub interval: usize,
    /// The last so many are kept, besides the best.
    pub keep: usize,
}

fn seed() -> u64 {
    42
}

fn cpu() -> String {
    "cpu".into()
}

impl Default for CheckpointConfig {
    fn default() -> Self {
        Self {
            interval: 20,
            keep: 2,
        }
    }
}

impl RunConfig {
    /// Reads a TOML file. Each of `overrides` is a `key=value` that takes the place of what the file
    /// says, as `algorithm.learning_rate=1e-6`; a value that is no TOML is a text.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, a setting that is unknown, of another type, or contradicts another.
    pub fn read(path: impl AsRef<Path>, overrides: &[String]) -> Result<Self> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(Error::file(path))?;
        let fault = |source: toml::de::Error| Error::Toml {
            path: path.into(),
            source: source.into(),
        };
        let mut table: Table = text.parse().map_err(fault)?;
        for set in overrides {
            override_with(&mut table, set)?;
        }
        complete_algorithm(&mut table)?;
        let config: Self = table.try_into().map_err(fault)?;
        config.check()?;
        Ok(config)
    }

    /// The same as TOML, with every default spelled out.
    ///
    /// # Errors
    ///
    /// A number that TOML cannot hold.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self).map_err(|e| Error::Config(e.to_string()))
    }

    /// The device.
    ///
    /// # Errors
    ///
    /// Those of [`device`].
    pub fn device(&self) -> Result<Device> {
        device(&self.device)
    }

    /// Where the result of the run goes: the folder of a model, or of an adapter.
    pub fn result(&self) -> PathBuf {
        let adapter = self.lora.is_some();
        self.out.join(if adapter { "adapter" } else { "model" })
    }

    /// Makes the folder of the run its own, or makes sure that it holds this run.
    pub(crate) fn claim(&self, resume: bool) -> Result<()> {
        let file = self.out.join("config.toml");
        let settings = self.to_toml()?;
        if !file.exists() {
            fs::create_dir_all(&self.out).map_err(Error::file(&self.out))?;
            let new = self.out.join(".config.toml");
            fs::write(&new, settings).map_err(Error::file(&new))?;
            return fs::rename(&new, &file).map_err(Error::file(&file));
        }
        let text = fs::read_to_string(&file).map_err(Error::file(&file))?;
        let shown = self.out.display();
        if !resume {
            return Err(Error::Config(format!(
                "{shown} holds a run already: go on with --resume, or choose another `out`"
            )));
        }
        let differs = text.lines().zip(settings.lines()).find(|(a, b)| a != b);
        match differs {
            None if text == settings => Ok(()),
            None => Err(Error::Config(format!(
                "{shown} holds a run with other settings"
            ))),
            Some((there, here)) => Err(Error::Config(format!(
                "{shown} holds a run with other settings: `{there}`, here `{here}`"
            ))),
        }
    }

    fn check(&self) -> Result<()> {
        self.algorithm.check()?;
        self.sft.check()?;
        self.sampling.sampling().check()?;
        self.evaluation.sampling().check()?;
        if let Some(lora) = &self.lora {
            lora.check()
                .map_err(|problem| Error::Config(format!("lora: {problem}")))?;
        }
        let sampling = &self.sampling;
        let fault = if sampling.chunk_tokens == 0 || sampling.rows == 0 {
            "sampling needs at least one row, and chunks of at least one token"
        } else if self.checkpoint.interval == 0 || self.checkpoint.keep == 0 {
            "at least one checkpoint is kept, and the interval between two is at least 1"
        } else if self.evaluation.interval > 0
            && (self.evaluation.attempts.is_empty() || self.data.validation.is_empty())
        {
            "an evaluation needs a number of attempts, and a validation set"
        } else {
            return Ok(());
        };
        Err(Error::Config(fault.into()))
    }
}

/// The device called `cpu`, `cuda` or `cuda:N`.
///
/// # Errors
///
/// A name that is unknown, or a device that this machine or this build does not have.
pub fn device(name: &str) -> Result<Device> {
    let unknown = || Error::Config(format!("there is no device `{name}`"));
    match name.split_once(':').unwrap_or((name, "0")) {
        ("cpu", _) => Ok(Device::Cpu),
        ("cuda", index) => {
            let index = index.parse().map_err(|_| unknown())?;
            Ok(Device::new_cuda(index)?)
        }
        _ => Err(unknown()),
    }
}

impl Precision {
    /// As candle knows it.
    pub fn dtype(self) -> DType {
        match self {
            Self::F32 => DType::F32,
            Self::Bf16 => DType::BF16,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use resit::env::Attempts;

    use super::*;
    use crate::config::{Algorithm, KlPlacement, LossAggregation};

    const MINIMAL: &str = "model = 'm'\nout = 'o'\n[data]\ntrain = ['t.jsonl']\n";

    fn read(name: &str, text: &str, overrides: &[&str]) -> Result<RunConfig> {
        let path = std::env::temp_dir().join(format!("resit-{}-{name}.toml", std::process::id()));
        fs::write(&path, text).unwrap();
        let overrides: Vec<String> = overrides.iter().map(|s| (*s).into()).collect();
        let config = RunConfig::read(&path, &overrides);
        fs::remove_file(path).unwrap();
        config
    }

    #[test]
    fn the_defaults_are_the_papers() {
        let config = read("defaults", MINIMAL, &[]).unwrap();
        assert_eq!(config.algorithm, AlgorithmConfig::default());
        assert_eq!(config.environment.attempts, Attempts::Uniform { max: 5 });
        assert_eq!(config.seed, 42);
        // 8.5k questions, 160 passes, 1.28 M samples: 1280 steps of 1024 episodes.
        assert_eq!(config.algorithm.steps(), 1280 * 8);
    }

    #[test]
    fn what_is_resolved_reads_back_the_same() {
        for name in ["ppo", "grpo", "rloo"] {
            let set = format!("algorithm.name={name}");
            let config = read(name, MINIMAL, &[&set, "environment.template=plain"]).unwrap();
            let text = config.to_toml().unwrap();
            let again = read(&format!("{name}-again"), &text, &[]).unwrap();
            assert_eq!(again.to_toml().unwrap(), text);
        }
    }

    #[test]
    fn an_algorithm_brings_its_defaults() {
        let text = format!("{MINIMAL}[algorithm]\nname = 'rloo'\nkl_coef = 0.1\n");
        let config = read("rloo-defaults", &text, &["algorithm.samples_per_prompt=2"]).unwrap();
        let expected = AlgorithmConfig {
            kl_coef: 0.1,
            samples_per_prompt: 2,
            ..AlgorithmConfig::named(Algorithm::Rloo)
        };
        assert_eq!(config.algorithm, expected);
        assert_eq!(expected.kl_placement, KlPlacement::Reward);
        assert_eq!(expected.loss_aggregation, LossAggregation::SequenceSum);
    }

    #[test]
    fn overrides_reach_every_depth() {
        let set = [
            "seed=7",
            "environment.attempts={ fixed = 2 }",
            "environment.rewards.wrong=-0.25",
            "out=runs/a b",
        ];
        let config = read("overrides", MINIMAL, &set).unwrap();
        assert_eq!(config.seed, 7);
        assert_eq!(config.environment.attempts, Attempts::Fixed(2));
        assert_eq!(config.environment.rewards.wrong, -0.25);
        assert_eq!(config.out, PathBuf::from("runs/a b"));
    }

    #[test]
    fn faults_are_named() {
        let fault = |name: &str, set: &[&str]| read(name, MINIMAL, set).unwrap_err().to_string();
        let unknown = fault("unknown", &["algorithm.learning_rat=1e-6"]);
        assert!(unknown.contains("learning_rat"), "{unknown}");
        assert!(fault("type", &["seed=many"]).contains("many"));
        assert!(fault("no-value", &["seed"]).contains("no `=`"));
        assert!(fault("deep", &["seed=1", "seed.x=1"]).contains("no fields"));
        assert!(fault("rows", &["sampling.rows=0"]).contains("at least one row"));
        assert!(fault("top-p", &["sampling.top_p=0"]).contains("top_p is more than 0"));
        assert!(fault("min-p", &["evaluation.min_p=2"]).contains("min_p is from 0 to 1"));
        assert!(fault("rank", &["lora={ r = 0 }"]).contains("lora: an adapter needs a rank"));
        assert!(
            fault(
                "alone",
                &["algorithm.name=grpo", "algorithm.samples_per_prompt=1"]
            )
            .contains("at least 2")
        );
        assert!(fault("other", &["algorithm.name=ddpg"]).contains("ddpg"));
    }
}
