use std::path::PathBuf;

use resit::env::{Environment, Template};
use resit_trainer::checkpoint::Pretrained;
use resit_trainer::config::{Precision, RunConfig, SamplingConfig, device};
use resit_trainer::lora::Lora;
use resit_trainer::model::Parameters;
use resit_trainer::rollout::Agent;
use resit_trainer::sample::Sampling;
use resit_trainer::{Error, Result};

/// A model, and where it plays.
#[derive(clap::Args, Debug)]
pub(crate) struct PolicyArgs {
    /// The folder of the model, in the layout of transformers
    #[arg(long, value_name = "FOLDER")]
    pub(crate) model: PathBuf,
    /// A low-rank adapter in PEFT's layout, merged into the model
    #[arg(long, value_name = "FOLDER")]
    pub(crate) adapter: Option<PathBuf>,
    /// The settings of a run: its environment, device, type and sampling are taken
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Takes the place of a setting of --config, as `environment.ending="turn"`
    #[arg(long, value_name = "KEY=VALUE", requires = "config")]
    set: Vec<String>,
    /// What is said: multi-attempt, repeat-question, single-turn, plain or think-answer
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// cpu, cuda or cuda:N
    #[arg(long)]
    device: Option<String>,
    /// The type of weights and activations
    #[arg(long)]
    dtype: Option<Precision>,
    /// Episodes that are played at the same time
    #[arg(long, value_name = "N")]
    rows: Option<usize>,
    /// Tokens of an episode, prompt and feedback included
    #[arg(long, value_name = "TOKENS")]
    context_length: Option<usize>,
}

/// How a token is chosen.
#[derive(clap::Args, Debug)]
pub(crate) struct SamplingArgs {
    /// 0 takes the likeliest token; eval does, sample has 1
    #[arg(long)]
    temperature: Option<f64>,
    /// Only so many of the likeliest tokens; 0 is all
    #[arg(long, value_name = "N", default_value_t = 0)]
    top_k: usize,
    /// The fewest of the likeliest tokens that come to this share of the probability
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    top_p: f64,
    /// Only tokens with at least this share of the likeliest one's probability
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    min_p: f64,
}

impl SamplingArgs {
    /// At this temperature, unless another was given.
    pub(crate) fn with(&self, temperature: f64) -> Sampling {
        Sampling {
            temperature: self.temperature.unwrap_or(temperature),
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
        }
    }
}

/// What [`PolicyArgs`] name.
pub(crate) struct Policy {
    pub(crate) environment: Environment,
    pub(crate) model: Pretrained,
    pub(crate) parameters: Parameters,
    sampling: SamplingConfig,
}

impl PolicyArgs {
    /// Checks everything first, then reads the weights.
    pub(crate) fn load(&self, context_length: usize) -> Result<Policy> {
        let run = self
            .config
            .as_ref()
            .map(|file| RunConfig::read(file, &self.set));
        let run = run.transpose()?;
        let mut environment = match &run {
            Some(run) => run.environment.clone(),
            None => Environment::default(),
        };
        if let Some(name) = &self.template {
            let unknown = || Error::Config(format!("there is no template `{name}`"));
            environment.template = Template::named(name).ok_or_else(unknown)?;
        }
        let mut sampling = SamplingConfig {
            context_length,
            ..SamplingConfig::default()
        };
        if let Some(run) = &run {
            sampling = run.sampling.clone();
        }
        sampling.rows = self.rows.unwrap_or(sampling.rows);
        sampling.context_length = self.context_length.unwrap_or(sampling.context_length);
        let of_run = run.as_ref().map_or("cpu", |run| &run.device);
        let device = device(self.device.as_deref().unwrap_or(of_run))?;
        let dtype = self
            .dtype
            .or(run.map(|run| run.dtype))
            .unwrap_or_default()
            .dtype();

        let model = Pretrained::open(&self.model, &environment.template.chat)?
            .with_positions(sampling.context_length);
        let adapter = self.adapter.as_ref();
        let adapter = adapter.map(|folder| Lora::load(folder, model.config(), &device));
        let adapter = adapter.transpose()?;
        let mut parameters = model.parameters(dtype, &device)?;
        if let Some(adapter) = adapter {
            let merged = parameters.copy()?;
            adapter.merge(&parameters, &merged)?;
            parameters = merged;
        }
        Ok(Policy {
            environment,
            model,
            parameters,
            sampling,
        })
    }
}

impl Policy {
    /// For at most `episodes` at a time.
    pub(crate) fn agent(&self, episodes: usize) -> Result<Agent<'_>> {
        let sampling = SamplingConfig {
            rows: self.sampling.rows.min(episodes),
            ..self.sampling
        };
        let (model, tokenizer) = (self.model.config(), self.model.tokenizer());
        Agent::new(model, &self.parameters, tokenizer, &sampling)
    }
}
