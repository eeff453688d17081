use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Shape, Tensor, Var};
use candle_nn::VarBuilder;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, Normal};

use super::Config;
use super::fused::Parts;
use crate::{Error, Result};

/// A critic's head, by its name in files.
pub(crate) const VALUE_HEAD: &str = "score.weight";

/// The trainable weights of a model. In files they have their transformers names. In memory q_proj,
/// k_proj and v_proj are one qkv_proj, and gate_proj and up_proj one gate_up_proj.
pub struct Parameters {
    weights: BTreeMap<String, Var>,
    parts: Parts,
}

impl Parameters {
    /// Weights of a [`CausalLm`](super::CausalLm) as transformers initialises them: matrices from
    /// N(0, `initializer_range`²), biases 0, norms 1.
    ///
    /// # Errors
    ///
    /// A spread that is not a finite number.
    pub fn random(
        config: &Config,
        initializer_range: f64,
        seed: u64,
        dtype: DType,
        device: &Device,
    ) -> Result<Self> {
        let normal = Normal::new(0.0, initializer_range)
            .map_err(|e| Error::Config(format!("initializer range: {e}")))?;
        let mut rng = StdRng::seed_from_u64(seed);
        let weights = shapes(config).into_iter().map(|(name, shape)| {
            let tensor = if name.ends_with("norm.weight") {
                Tensor::ones(shape, dtype, device)?
            } else if name.ends_with("bias") {
                Tensor::zeros(shape, dtype, device)?
            } else {
                let values = normal
                    .sample_iter(&mut rng)
                    .take(shape.elem_count())
                    .collect();
                Tensor::from_vec::<_, f64>(values, shape, device)?.to_dtype(dtype)?
            };
            Ok((name, tensor))
        });
        Self::from_tensors(weights.collect::<Result<Vec<_>>>()?)
    }

    /// The weights in a safetensors file, as they are.
    ///
    /// # Errors
    ///
    /// A file that is missing or not in this format.
    pub fn load(path: impl AsRef<Path>, device: &Device) -> Result<Self> {
        let path = path.as_ref();
        let tensors = candle_core::safetensors::load(path, device)
            .map_err(|e| e.context(format!("{}", path.display())))?;
        Self::from_tensors(tensors)
    }

    /// Copies of `tensors`, under their names in files.
    ///
    /// # Errors
    ///
    /// A projection without those that are fused with it, and memory that cannot be had.
    pub fn from_tensors(tensors: impl IntoIterator<Item = (String, Tensor)>) -> Result<Self> {
        let (tensors, parts) = Parts::fuse(tensors)?;
        let weights = tensors
            .into_iter()
            .map(|(name, tensor)| Ok((name, Var::from_tensor(&tensor.detach())?)));
        Ok(Self {
            weights: weights.collect::<Result<_>>()?,
            parts,
        })
    }

    /// Writes a safetensors file that transformers reads.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        candle_core::safetensors::save(&self.tensors(), path)
            .map_err(|e| e.context(format!("{}", path.display())))?;
        Ok(())
    }

    /// An independent copy.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn copy(&self) -> Result<Self> {
        Self::from_tensors(self.tensors())
    }

    /// The same weights once more: what changes them in one place changes them in the other.
    pub(crate) fn share(&self) -> Self {
        Self {
            weights: self.weights.clone(),
            parts: self.parts.clone(),
        }
    }

    /// A copy in another type.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn to_dtype(&self, dtype: DType) -> Result<Self> {
        let tensors = self.tensors().into_iter();
        let converted = tensors.map(|(name, tensor)| Ok((name, tensor.to_dtype(dtype)?)));
        Self::from_tensors(converted.collect::<Result<Vec<_>>>()?)
    }

    /// A copy for a critic: the decoder stack, and a [value head](Self::value_head).
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn critic(&self, config: &Config, seed: u64) -> Result<Self> {
        let mut tensors = self.tensors();
        tensors.retain(|name, _| name.starts_with("model."));
        tensors.extend(self.value_head(config, seed)?.tensors());
        Self::from_tensors(tensors)
    }

    /// The head of a critic on the decoder stack of these weights, which it leaves out: from
    /// N(0, 1 / (hidden + 1)²), as OpenRLHF has it.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn value_head(&self, config: &Config, seed: u64) -> Result<Self> {
        let hidden = config.hidden_size;
        let normal = Normal::new(0.0, 1.0 / (hidden + 1) as f64)
            .map_err(|e| Error::Config(format!("value head: {e}")))?;
        let (dtype, device) = (self.dtype(), self.device());
        let head = normal
            .sample_iter(StdRng::seed_from_u64(seed))
            .take(hidden)
            .collect::<Vec<f64>>();
        let head = Tensor::from_vec(head, (1, hidden), &device)?.to_dtype(dtype)?;
        Self::from_tensors([(VALUE_HEAD.into(), head)])
    }

    /// These weights and those of `other`, shared with both.
    pub(crate) fn with(&self, other: &Self) -> Self {
        let mut all = self.share();
        let others = other.weights.iter();
        all.weights
            .extend(others.map(|(name, var)| (name.clone(), var.clone())));
        all
    }

    /// The weights for a model that is trained: gradients reach them.
    pub fn trainable(&self) -> VarBuilder<'static> {
        let tensors = self.weights.iter();
        let tensors = tensors.map(|(name, var)| (name.clone(), var.as_tensor().clone()));
        VarBuilder::from_tensors(tensors.collect(), self.dtype(), &self.device())
    }

    /// The same memory for a model that only computes: it follows every update, and no graph is
    /// recorded. Parts of what is fused can be had, too.
    pub fn frozen(&self) -> VarBuilder<'static> {
        let mut tensors = self.tensors();
        for (name, var) in &self.weights {
            tensors.insert(name.clone(), var.as_detached_tensor());
        }
        VarBuilder::from_tensors(tensors, self.dtype(), &self.device())
    }

    /// Names and weights as they are in memory, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.weights.iter().map(|(name, var)| (name.as_str(), var))
    }

    /// The weights under their names in files. They share memory with the model.
    pub fn tensors(&self) -> HashMap<String, Tensor> {
        let names = self.weights.keys().flat_map(|name| self.parts.names(name));
        let tensors = names.filter_map(|name| {
            let tensor = self.parts.find(&name, |whole| {
                self.weights.get(whole).map(|var| var.as_tensor())
            })?;
            Some((name, tensor.detach()))
        });
        tensors.collect()
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The number of scalars.
    pub fn count(&self) -> usize {
        self.weights.values().map(|var| var.elem_count()).sum()
    }

    /// Sets the weights of these names, in place.
    ///
    /// # Errors
    ///
    /// A name that is unknown, or a tensor of another shape or type.
    pub(crate) fn assign(&self, tensors: impl IntoIterator<Item = (String, Tensor)>) -> Result<()> {
        for (name, tensor) in tensors {
            let unknown = || Error::Config(format!("there is no weight {name}"));
            let (whole, start, rows) = self.parts.place(&name);
            let whole = self.weights.get(whole).ok_or_else(unknown)?;
            if rows.is_some_and(|rows| tensor.dim(0).ok() != Some(rows)) {
                return Err(unknown());
            }
            whole.slice_set(&tensor, 0, start)?;
        }
        Ok(())
    }

    pub(crate) fn dtype(&self) -> DType {
        self.weights
            .values()
            .next()
            .map_or(DType::F32, |var| var.dtype())
    }

    pub(crate) fn device(&self) -> Device {
        let first = self.weights.values().next();
        first.map_or(Device::Cpu, |var| var.device().clone())
    }
}

/// Names and shapes of the weights of a language model.
pub(crate) fn shapes(config: &Config) -> Vec<(String, Shape)> {
    let (hidden, inner) = (config.hidden_size, config.intermediate_size);
    let kv = hidden / config.num_attention_heads * config.num_key_value_heads;
    let mut shapes: Vec<(String, Shape)> = vec![
        (
            "model.embed_tokens.weight".into(),
            (config.vocab_size, hidden).into(),
        ),
        ("model.norm.weight".into(), hidden.into()),
    ];
    if !config.tie_word_embeddings {
        shapes.push(("lm_head.weight".into(), (config.vocab_size, hidden).into()));
    }
    for layer in 0..config.num_hidden_layers {
        let parts: [(&str, Shape); 12] = [
            ("input_layernorm.weight", hidden.into()),
            ("self_attn.q_proj.weight", (hidden, hidden).into()),
            ("self_attn.q_proj.bias", hidden.into()),
            ("self_attn.k_proj.weight", (kv, hidden).into()),
            ("self_attn.k_proj.bias", kv.into()),
            ("self_attn.v_proj.weight", (kv, hidden).into()),
            ("self_attn.v_proj.bias", kv.into()),
            ("self_attn.o_proj.weight", (hidden, hidden).into()),
            ("post_attention_layernorm.weight", hidden.into()),
            ("mlp.gate_proj.weight", (inner, hidden).into()),
            ("mlp.up_proj.weight", (inner, hidden).into()),
            ("mlp.down_proj.weight", (hidden, inner).into()),
        ];
        let prefix = format!("model.layers.{layer}");
        shapes.extend(parts.map(|(name, shape)| (format!("{prefix}.{name}"), shape)));
    }
    shapes
}
