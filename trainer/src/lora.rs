//! Low-rank adapters (Hu et al., arXiv 2106.09685) in the layout of the Python package PEFT.
//!
//! A matrix W of the base becomes W + s·B·A with s = α / r, or α / √r where rank-stabilised. Only A
//! and B are trained. The policy that samples and learns is the merged model; by the chain rule the
//! gradient of its W is all that A and B need: s·Bᵀ·∂W and s·∂W·Aᵀ. So the model knows of no adapter,
//! and there is no dropout, which would be of the product that is never computed.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{DType, Device, Shape, Tensor};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, Uniform};
use serde::{Deserialize, Serialize};

use crate::checkpoint::{self, Problem};
use crate::model::{self, Config, Parameters};
use crate::optim::Gradients;
use crate::{Error, Result};

/// The linear modules of a decoder layer.
const MODULES: [&str; 7] = [
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "gate_proj",
    "up_proj",
    "down_proj",
];

/// The shape of an adapter, under PEFT's names, as a table `lora` in the settings of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoraConfig {
    /// Rows of A and columns of B.
    pub r: usize,
    /// α: the product of B and A is scaled by α / r.
    pub lora_alpha: f64,
    /// Which of `q_proj`, `k_proj`, `v_proj`, `o_proj`, `gate_proj`, `up_proj` and `down_proj` have
    /// an adapter, in every layer.
    pub target_modules: Vec<String>,
    /// Whether the scale is α / √r instead (arXiv 2312.03732).
    pub use_rslora: bool,
}

impl Default for LoraConfig {
    /// r = 16, α = 32, on all linear modules.
    fn default() -> Self {
        Self {
            r: 16,
            lora_alpha: 32.0,
            target_modules: MODULES.map(String::from).into(),
            use_rslora: false,
        }
    }
}

/// The matrices A and B of every target.
pub struct Lora {
    config: LoraConfig,
    /// Names in the base of the matrices that have an adapter.
    targets: Vec<String>,
    /// Names of weights of the base that are trained as they are.
    whole: Vec<String>,
    parameters: Parameters,
}

impl Lora {
    /// A uniform in ±1 / √inputs as in PEFT, and B zero, so that the start is the base. In f32.
    ///
    /// # Errors
    ///
    /// A rank of 0 or a target that the model does not have.
    pub fn new(config: LoraConfig, model: &Config, seed: u64, device: &Device) -> Result<Self> {
        let shapes = config
            .shapes(model)
            .map_err(|e| Error::Config(e.to_string()))?;
        let mut rng = StdRng::seed_from_u64(seed);
        let tensors = shapes.into_iter().map(|(name, shape)| {
            let count = shape.elem_count();
            let (_, columns) = shape.dims2()?;
            let bound = (columns as f32).sqrt().recip();
            let spread = Uniform::new(-bound, bound).map_err(|e| Error::Config(e.to_string()))?;
            let tensor = if name.ends_with("lora_B.weight") {
                Tensor::zeros(shape, DType::F32, device)?
            } else {
                let values = spread.sample_iter(&mut rng).take(count).collect();
                Tensor::from_vec::<_, f32>(values, shape, device)?
            };
            Ok((name, tensor))
        });
        let parameters = Parameters::from_tensors(tensors.collect::<Result<Vec<_>>>()?)?;
        Ok(Self {
            targets: config.targets(model),
            config,
            whole: Vec::new(),
            parameters,
        })
    }

    /// A weight of `base` is trained besides, all of it: PEFT's `modules_to_save`.
    ///
    /// # Errors
    ///
    /// A weight that `base` does not have.
    pub(crate) fn add_whole(&mut self, name: &str, base: &Parameters) -> Result<()> {
        let missing = || Error::Config(format!("{name} is missing in the base"));
        let weight = base.tensors().remove(name).ok_or_else(missing)?;
        let mut tensors = self.parameters.tensors();
        tensors.insert(name.into(), weight.to_dtype(DType::F32)?);
        self.parameters = Parameters::from_tensors(tensors)?;
        self.whole.push(name.into());
        Ok(())
    }

    /// Reads `adapter_config.json` and `adapter_model.safetensors`. In f32.
    ///
    /// # Errors
    ///
    /// [`Error::Checkpoint`] for what does not fit the model or is not supported, such as DoRA.
    pub fn load(folder: impl AsRef<Path>, model: &Config, device: &Device) -> Result<Self> {
        let (config, tensors) =
            checkpoint::read_adapter(folder.as_ref(), device, |config| config.shapes(model))?;
        Ok(Self {
            targets: config.targets(model),
            config,
            whole: Vec::new(),
            parameters: Parameters::from_tensors(tensors)?,
        })
    }

    /// Writes a folder that PEFT loads. `base` names the model that it belongs to.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn save(&self, folder: impl AsRef<Path>, base: &str) -> Result<()> {
        checkpoint::write_adapter(folder.as_ref(), &self.config, base, &self.parameters)
    }

    /// What is trained.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// What was trained, alone.
    pub(crate) fn into_parameters(self) -> Parameters {
        self.parameters
    }

    /// Sets `merged` to `base` with the adapter, in the precision of `base`.
    ///
    /// # Errors
    ///
    /// Parameters of another model.
    pub fn merge(&self, base: &Parameters, merged: &Parameters) -> Result<()> {
        let base = base.tensors();
        for target in &self.targets {
            let (_, _, a, b) = self.pair(target)?;
            let missing = || Error::Config(format!("{target} is missing in the base"));
            let weight = base.get(target).ok_or_else(missing)?;
            let update = (b.matmul(&a)? * self.config.scale())?;
            let sum = (weight.to_dtype(DType::F32)? + update)?;
            merged.assign([(target.clone(), sum.to_dtype(weight.dtype())?)])?;
        }
        let mut trained = self.parameters.tensors();
        for name in &self.whole {
            if let Some(weight) = trained.remove(name) {
                merged.assign([(name.clone(), weight.to_dtype(merged.dtype())?)])?;
            }
        }
        Ok(())
    }

    /// The gradient of A and B from that of the merged model.
    ///
    /// # Errors
    ///
    /// Gradients of another model.
    pub fn gradients(&self, merged: &Gradients) -> Result<Gradients> {
        let mut gradients = BTreeMap::new();
        let of = |name: &String| -> Result<Tensor> {
            let missing = || Error::Config(format!("{name} has no gradient"));
            let gradient = merged.get(name).ok_or_else(missing)?;
            Ok(gradient.to_dtype(DType::F32)?)
        };
        for name in &self.whole {
            gradients.insert(name.clone(), of(name)?);
        }
        for target in &self.targets {
            let weight = of(target)?;
            let (name_a, name_b, a, b) = self.pair(target)?;
            let scale = self.config.scale();
            gradients.insert(name_a, (b.t()?.matmul(&weight)? * scale)?);
            gradients.insert(name_b, (weight.matmul(&a.t()?)? * scale)?);
        }
        Ok(Gradients::new(gradients))
    }

    /// Names and values of A and B.
    fn pair(&self, target: &str) -> Result<(String, String, Tensor, Tensor)> {
        let tensors = self.parameters.tensors();
        let [a, b] = names(target);
        let of = |name: &String| {
            let missing = || Error::Config(format!("{name} is missing"));
            tensors.get(name).cloned().ok_or_else(missing)
        };
        let (matrix_a, matrix_b) = (of(&a)?, of(&b)?);
        Ok((a, b, matrix_a, matrix_b))
    }
}

impl LoraConfig {
    /// Refuses a rank or a scale of 0, and modules that a decoder layer does not have.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let strange = |target: &&String| !MODULES.contains(&target.as_str());
        if let Some(target) = self.target_modules.iter().find(strange) {
            return Err(Problem::Setting {
                name: "target_modules",
                value: target.clone(),
            });
        }
        let fault = if self.r == 0 || self.target_modules.is_empty() {
            "an adapter needs a rank and a target"
        } else if self.lora_alpha == 0.0 || !self.lora_alpha.is_finite() {
            "lora_alpha is a number other than 0: it scales what is learned"
        } else {
            return Ok(());
        };
        Err(Problem::Config(fault.into()))
    }

    fn scale(&self) -> f64 {
        let rank = self.r as f64;
        self.lora_alpha / if self.use_rslora { rank.sqrt() } else { rank }
    }

    fn targets(&self, model: &Config) -> Vec<String> {
        let is_target = |name: &String| {
            let module = name
                .strip_suffix(".weight")
                .and_then(|m| m.rsplit('.').next());
            module.is_some_and(|module| self.target_modules.iter().any(|t| t == module))
        };
        let names = model::shapes(model).into_iter().map(|(name, _)| name);
        names.filter(is_target).collect()
    }

    /// Names and shapes of A and B.
    pub(crate) fn shapes(&self, model: &Config) -> Result<Vec<(String, Shape)>, Problem> {
        self.check()?;
        let targets = self.targets(model);
        let mut shapes = Vec::with_capacity(2 * targets.len());
        for (name, shape) in model::shapes(model) {
            if let (true, &[rows, columns]) = (targets.contains(&name), shape.dims()) {
                let [a, b] = names(&name);
                shapes.push((a, (self.r, columns).into()));
                shapes.push((b, (rows, self.r).into()));
            }
        }
        Ok(shapes)
    }
}

/// What PEFT calls A and B of a matrix.
fn names(target: &str) -> [String; 2] {
    let module = target.strip_suffix(".weight").unwrap_or(target);
    ["lora_A", "lora_B"].map(|kind| format!("base_model.model.{module}.{kind}.weight"))
}
