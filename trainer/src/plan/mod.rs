//! What a run will take, before anything is loaded: memory by what holds it, and time by stage.

mod activations;
mod memory;
mod time;

use std::fmt;

use candle_core::Shape;

use crate::config::{CriticKind, Precision, RunConfig};
use crate::lora::LoraConfig;
use crate::model::{self, Config};
use crate::{Error, Result};

pub use time::Machine;

/// Bytes of a number in f32: moments, master weights, and what is computed from logits.
const F32: f64 = 4.0;

/// The estimate for a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    title: String,
    /// What is there all the time.
    pub resident: Vec<Item>,
    /// What comes on top, one stage after another.
    pub stages: Vec<Stage>,
    /// The update, with activations kept if the settings have them recomputed, and the other way round.
    pub other_update: Stage,
    iterations: usize,
    /// Of the device, in bytes.
    memory: Option<f64>,
    assumptions: Vec<String>,
}

/// Memory, and what holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it holds.
    pub name: &'static str,
    /// How much.
    pub bytes: f64,
}

/// A part of every iteration.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What is done.
    pub name: &'static str,
    /// Memory on top of what is there all the time.
    pub items: Vec<Item>,
    /// Of one iteration.
    pub seconds: f64,
}

/// The numbers that memory and time follow from.
struct Sizes {
    layers: f64,
    hidden: f64,
    /// Of a row of queries, keys and values.
    qkv: f64,
    /// Of a row of keys, and of a row of values.
    keys: f64,
    heads: f64,
    key_heads: f64,
    /// Of a head.
    head: usize,
    inner: f64,
    vocabulary: f64,
    /// Scalars of the policy, with the embedding.
    parameters: f64,
    /// Scalars of the critic that are not the policy's; 0 where there is none.
    critic: f64,
    /// What the critic is, if there is one.
    kind: Option<CriticKind>,
    /// Where adapters are trained in place of all weights.
    adapter: Option<Adapter>,
    /// Scalars of all layers.
    body: f64,
    /// Scalars of the embedding, and of the head.
    embedding: f64,
    /// Scalars of the largest weight.
    largest: f64,
    /// Bytes of a weight or an activation.
    number: f64,
    cpu: bool,
    /// Whether the operations are the fused ones: in f32 on the CPU.
    fused: bool,
}

/// Low-rank adapters, in f32.
struct Adapter {
    /// Scalars that are trained of the policy.
    policy: f64,
    /// Scalars that are trained of the critic, its head among them.
    critic: f64,
    /// Scalars of the largest matrix that has an adapter.
    largest: f64,
}

impl Plan {
    /// For the run that `config` describes of a model of the architecture `model`. `sampled` is the
    /// number of tokens that the policy samples in an episode, on average; it matters for the time
    /// only.
    ///
    /// # Errors
    ///
    /// Sizes that do not fit each other.
    pub fn new(
        config: &RunConfig,
        model: &Config,
        machine: &Machine,
        sampled: f64,
    ) -> Result<Self> {
        model::check(model)?;
        let sizes = Sizes::new(config, model)?;
        let run = time::Run::new(&sizes, config, machine, sampled);
        let update = |recomputed: bool| Stage {
            name: if recomputed {
                "update, activations recomputed"
            } else {
                "update, activations kept"
            },
            items: memory::update(&sizes, config, recomputed),
            seconds: run.update(recomputed),
        };
        let recomputed = config.algorithm.gradient_checkpointing;
        Ok(Self {
            title: format!(
                "{:.2} B parameters, {} layers of {}, vocabulary {}, {} on {}",
                sizes.parameters / 1e9,
                model.num_hidden_layers,
                model.hidden_size,
                model.vocab_size,
                match config.dtype {
                    Precision::F32 => "f32",
                    Precision::Bf16 => "bf16",
                },
                config.device,
            ),
            resident: memory::resident(&sizes, config),
            stages: vec![
                Stage {
                    name: "sampling",
                    items: memory::sampling(&sizes, config),
                    seconds: run.sampling(),
                },
                Stage {
                    name: "reference and values",
                    items: memory::scoring(&sizes, config),
                    seconds: run.scoring(),
                },
                update(recomputed),
            ],
            other_update: update(!recomputed),
            iterations: config.algorithm.iterations,
            memory: machine.memory,
            assumptions: vec![
                format!(
                    "memory: the {} tokens of context are full in every sequence of a micro-batch of {}",
                    config.sampling.context_length, config.algorithm.micro_batch_size
                ),
                "memory: what the driver and the allocator take for themselves is not in it".into(),
                format!(
                    "time: {sampled:.0} sampled tokens per episode, and {:.0} of prompt and feedback",
                    run.given
                ),
                "both: samples of one question are taken to share nothing; what is computed for their prompt once \
                 is saved"
                    .into(),
                machine.origin.clone(),
            ],
        })
    }

    /// What is held all the time, in bytes.
    pub fn resident_bytes(&self) -> f64 {
        total(&self.resident)
    }

    /// The most that is held at a time, in bytes.
    pub fn peak_bytes(&self) -> f64 {
        let stages = self.stages.iter().map(|stage| total(&stage.items));
        self.resident_bytes() + stages.fold(0.0, f64::max)
    }

    /// Of the whole run.
    pub fn seconds(&self) -> f64 {
        let iteration: f64 = self.stages.iter().map(|stage| stage.seconds).sum();
        iteration * self.iterations as f64
    }
}

impl Sizes {
    fn new(config: &RunConfig, model: &Config) -> Result<Self> {
        let head = model.hidden_size / model.num_attention_heads;
        let keys = model.num_key_value_heads * head;
        let shapes = model::shapes(model);
        let count = |of: &dyn Fn(&str) -> bool| {
            let counted = shapes.iter().filter(|(name, _)| of(name));
            counted.map(|(_, shape)| shape.elem_count()).sum::<usize>() as f64
        };
        let (hidden, inner) = (model.hidden_size, model.intermediate_size);
        let cpu = config.device == "cpu";
        let kind = config.algorithm.critic_kind();
        let critic = match kind {
            Some(CriticKind::Separate) => count(&|name| name.starts_with("model.")) + hidden as f64,
            Some(CriticKind::ValueHead) => hidden as f64,
            None => 0.0,
        };
        let adapter = match &config.lora {
            Some(lora) => Some(Adapter::new(lora, model, kind)?),
            None => None,
        };
        Ok(Self {
            layers: model.num_hidden_layers as f64,
            hidden: hidden as f64,
            qkv: (hidden + 2 * keys) as f64,
            keys: keys as f64,
            heads: model.num_attention_heads as f64,
            key_heads: model.num_key_value_heads as f64,
            head,
            inner: inner as f64,
            vocabulary: model.vocab_size as f64,
            parameters: count(&|_| true),
            critic,
            kind,
            adapter,
            body: count(&|name| name.contains(".layers.")),
            embedding: (hidden * model.vocab_size) as f64,
            // Gates and ups are one.
            largest: (hidden * model.vocab_size.max(2 * inner)) as f64,
            number: config.dtype.dtype().size_in_bytes() as f64,
            cpu,
            fused: cpu && config.dtype == Precision::F32,
        })
    }
}

impl Sizes {
    /// Scalars of policy and critic that are trained.
    fn trained(&self) -> (f64, f64) {
        match &self.adapter {
            Some(adapter) => (adapter.policy, adapter.critic),
            None => (self.parameters, self.critic),
        }
    }
}

impl Adapter {
    fn new(lora: &LoraConfig, model: &Config, kind: Option<CriticKind>) -> Result<Self> {
        let shapes = lora.shapes(model);
        let shapes = shapes.map_err(|problem| Error::Config(format!("lora: {problem}")))?;
        let count = shapes
            .iter()
            .map(|(_, shape)| shape.elem_count())
            .sum::<usize>() as f64;
        // A and B have the columns and the rows of their matrix.
        let size = |pair: &[(String, Shape)]| -> usize {
            pair.iter()
                .map(|(_, shape)| shape.elem_count() / lora.r)
                .product()
        };
        Ok(Self {
            policy: count,
            critic: match kind {
                Some(CriticKind::Separate) => count + model.hidden_size as f64,
                Some(CriticKind::ValueHead) => model.hidden_size as f64,
                None => 0.0,
            },
            largest: shapes.chunks(2).map(size).max().unwrap_or(0) as f64,
        })
    }
}

fn total(items: &[Item]) -> f64 {
    items.iter().map(|item| item.bytes).sum()
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, name: &str, bytes: f64, seconds: Option<f64>| {
            let gigabytes = bytes / 1e9;
            let time = seconds.map(duration).unwrap_or_default();
            let row = format!("{name:<48} {gigabytes:>12.3}  {time:>12}");
            writeln!(f, "{}", row.trim_end())
        };
        writeln!(f, "{}\n", self.title)?;
        writeln!(f, "{:<48} {:>12}  {:>12}", "", "GB", "time")?;
        line(f, "all the time", self.resident_bytes(), None)?;
        for item in &self.resident {
            line(f, &format!("  {}", item.name), item.bytes, None)?;
        }
        for stage in &self.stages {
            line(f, stage.name, total(&stage.items), Some(stage.seconds))?;
            for item in &stage.items {
                line(f, &format!("  {}", item.name), item.bytes, None)?;
            }
        }
        let iteration: f64 = self.stages.iter().map(|stage| stage.seconds).sum();
        let whole = format!("{} iterations", self.iterations);
        let peak = self.peak_bytes();
        line(f, "peak, and one iteration", peak, Some(iteration))?;
        let other = &self.other_update;
        let name = format!("not in the peak: {}", other.name);
        line(f, &name, total(&other.items), Some(other.seconds))?;
        writeln!(f, "{whole:<61}  {:>12}", duration(self.seconds()))?;
        if let Some(memory) = self.memory {
            let verdict = if peak <= memory {
                "fits"
            } else {
                "does not fit"
            };
            writeln!(f, "{verdict} into {:.0} GB", memory / 1e9)?;
        }
        writeln!(f, "\nAssumed:")?;
        for assumption in &self.assumptions {
            writeln!(f, "- {assumption}")?;
        }
        Ok(())
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{:.0} ms", 1e3 * s),
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7200.0 => format!("{:.1} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} days", s / 86_400.0),
    }
}
