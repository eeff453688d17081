mod gradients;

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Tensor, Var};

use crate::model::Parameters;
use crate::ops::{self, AdamWStep, Slice};
use crate::{Error, Result};

pub use gradients::Gradients;

/// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
///
/// Moments are f32 whatever the weights are, and weights of fewer bits have a copy in f32, which is
/// what the steps change: in bf16 most steps would round to nothing.
pub struct AdamW {
    config: AdamWConfig,
    steps: u64,
    states: BTreeMap<String, State>,
}

/// The settings of [`AdamW`] that stay the same from step to step.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct AdamWConfig {
    /// β₁: decay of the mean of gradients.
    pub beta1: f64,
    /// β₂: decay of the mean of squared gradients.
    pub beta2: f64,
    /// ε: added to the root of the mean of squares.
    pub epsilon: f64,
    /// Times the learning rate, the share of each matrix taken off per step. Norms and biases do
    /// not decay.
    pub weight_decay: f64,
}

struct State {
    exp_avg: Tensor,
    exp_avg_sq: Tensor,
    /// The weights, where they are not of the type of the moments.
    master: Option<Tensor>,
}

impl AdamW {
    /// Moments of zero for each of `parameters`.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn new(config: AdamWConfig, parameters: &Parameters) -> Result<Self> {
        let states = parameters.iter().map(|(name, var)| {
            let dtype = match var.dtype() {
                DType::F64 => DType::F64,
                _ => DType::F32,
            };
            let zeros = || Tensor::zeros(var.shape(), dtype, var.device());
            let state = State {
                exp_avg: zeros()?,
                exp_avg_sq: zeros()?,
                master: match var.dtype() == dtype {
                    true => None,
                    false => Some(var.as_detached_tensor().to_dtype(dtype)?),
                },
            };
            Ok((name.to_owned(), state))
        });
        Ok(Self {
            config,
            steps: 0,
            states: states.collect::<Result<_>>()?,
        })
    }

    /// One step in place.
    ///
    /// # Errors
    ///
    /// Parameters that are not those of [`AdamW::new`].
    pub fn step(
        &mut self,
        parameters: &Parameters,
        gradients: &Gradients,
        learning_rate: f64,
    ) -> Result<()> {
        let AdamWConfig {
            beta1,
            beta2,
            epsilon,
            weight_decay,
        } = self.config;
        self.steps += 1;
        let steps = self.steps as f64;
        let mut step = AdamWStep {
            beta1,
            beta2,
            epsilon,
            scale: gradients.scale,
            rate: learning_rate / (1.0 - beta1.powf(steps)),
            square_correction: 1.0 - beta2.powf(steps),
            kept: 1.0,
        };
        for (name, var) in parameters.iter() {
            let unknown = || Error::Config(format!("{name} is unknown to the optimizer"));
            let state = self.states.get_mut(name).ok_or_else(unknown)?;
            let gradient = gradients.gradients.get(name).ok_or_else(unknown)?;
            let decays = var.rank() >= 2;
            step.kept = 1.0
                - if decays {
                    learning_rate * weight_decay
                } else {
                    0.0
                };
            state.step(&step, var, gradient)?;
        }
        Ok(())
    }

    /// The number of steps taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// All that a step needs beside parameters and gradients, and [`AdamW::steps`], as tensors that
    /// share memory with it: `NAME.exp_avg`, `NAME.exp_avg_sq`, as torch calls them, and `NAME.master`
    /// for weights that are not f32.
    pub fn state(&self) -> BTreeMap<String, Tensor> {
        let states = self.states.iter().flat_map(|(name, state)| {
            let named = |kind: &str, tensor: &Tensor| (format!("{name}.{kind}"), tensor.clone());
            let master = state.master.as_ref().map(|master| named("master", master));
            [
                named("exp_avg", &state.exp_avg),
                named("exp_avg_sq", &state.exp_avg_sq),
            ]
            .into_iter()
            .chain(master)
        });
        states.collect()
    }

    /// Goes on from what [`AdamW::state`] and [`AdamW::steps`] gave.
    ///
    /// # Errors
    ///
    /// A tensor that is missing, or of another shape or type; nothing has been changed then.
    pub fn set_state(&mut self, steps: u64, tensors: &HashMap<String, Tensor>) -> Result<()> {
        let mut states = BTreeMap::new();
        for (name, state) in &self.states {
            let read = |kind: &str, like: &Tensor| {
                let name = format!("{name}.{kind}");
                let tensor = tensors
                    .get(&name)
                    .ok_or_else(|| Error::Config(format!("{name} is missing")))?;
                if tensor.shape() != like.shape() || tensor.dtype() != like.dtype() {
                    return Err(Error::Config(format!(
                        "{name} is {:?} {:?}, not {:?} {:?}",
                        tensor.dtype(),
                        tensor.shape(),
                        like.dtype(),
                        like.shape()
                    )));
                }
                Ok(tensor.to_device(like.device())?.copy()?)
            };
            let state = State {
                exp_avg: read("exp_avg", &state.exp_avg)?,
                exp_avg_sq: read("exp_avg_sq", &state.exp_avg_sq)?,
                master: match &state.master {
                    Some(master) => Some(read("master", master)?),
                    None => None,
                },
            };
            states.insert(name.clone(), state);
        }
        (self.steps, self.states) = (steps, states);
        Ok(())
    }
}

impl State {
    fn step(&mut self, step: &AdamWStep, var: &Var, gradient: &Tensor) -> Result<()> {
        if ops::is_fused(var) && ops::is_fused(gradient) {
            let gradient = Slice::of(gradient)?;
            return Ok(ops::modify(var, |weights| {
                ops::modify(&self.exp_avg, |mean| {
                    ops::modify(&self.exp_avg_sq, |square| {
                        step.fused(weights, &gradient, mean, square);
                        Ok(())
                    })
                })
            })?);
        }
        let gradient = gradient.to_dtype(self.exp_avg.dtype())?;
        let weights = match &self.master {
            Some(master) => master.clone(),
            None => var.as_detached_tensor(),
        };
        let (mean, square) = (&mut self.exp_avg, &mut self.exp_avg_sq);
        let weights = step.composed(&weights, &gradient, mean, square)?;
        var.set(&weights.to_dtype(var.dtype())?)?;
        self.master = self.master.is_some().then_some(weights);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{Device, Tensor};

    use super::gradients::tests::{loss, parameters};
    use super::*;

    #[test]
    fn three_steps_by_the_published_algorithm() {
        let parameters = parameters();
        let config = AdamWConfig {
            beta1: 0.9,
            beta2: 0.95,
            epsilon: 1e-8,
            weight_decay: 0.1,
        };
        let mut optimizer = AdamW::new(config, &parameters).unwrap();
        let mut expected = [1.0f64, -2.0, 0.5];
        let (mut m, mut v) = ([0.0f64; 3], [0.0f64; 3]);
        for step in 1..=3 {
            let rate = 0.1 / f64::from(step);
            for i in 0..3 {
                let gradient = 3.0 * expected[i];
                m[i] = 0.9 * m[i] + 0.1 * gradient;
                v[i] = 0.95 * v[i] + 0.05 * gradient * gradient;
                let mean = m[i] / (1.0 - 0.9f64.powi(step));
                let square = v[i] / (1.0 - 0.95f64.powi(step));
                let decay = if i < 2 { rate * 0.1 * expected[i] } else { 0.0 };
                expected[i] -= decay + rate * mean / (square.sqrt() + 1e-8);
            }
            let gradients = Gradients::of(&loss(&parameters), &parameters).unwrap();
            optimizer.step(&parameters, &gradients, rate).unwrap();
        }
        let values = parameters
            .iter()
            .flat_map(|(_, var)| var.flatten_all().unwrap().to_vec1::<f64>().unwrap());
        for (value, expected) in values.zip(expected) {
            assert!((value - expected).abs() < 1e-14, "{value} {expected}");
        }
    }

    #[test]
    fn a_state_goes_on_where_it_was() {
        for dtype in [DType::F32, DType::BF16] {
            let start = |seed: f64| {
                let matrix = Tensor::new(&[[seed, -2.0]], &Device::Cpu).unwrap();
                let matrix = matrix.to_dtype(dtype).unwrap();
                Parameters::from_tensors([("matrix".into(), matrix)]).unwrap()
            };
            let config = AdamWConfig {
                beta1: 0.9,
                beta2: 0.95,
                epsilon: 1e-8,
                weight_decay: 0.1,
            };
            let step = |optimizer: &mut AdamW, parameters: &Parameters| {
                let gradients = Gradients::of(&loss(parameters), parameters).unwrap();
                optimizer.step(parameters, &gradients, 1e-3).unwrap();
            };
            let parameters = start(1.0);
            let mut optimizer = AdamW::new(config, &parameters).unwrap();
            (0..3).for_each(|_| step(&mut optimizer, &parameters));
            let saved: HashMap<String, Tensor> = (optimizer.state().into_iter())
                .map(|(name, tensor)| (name, tensor.copy().unwrap()))
                .collect();
            assert_eq!(saved.len(), if dtype == DType::F32 { 2 } else { 3 });
            let again = Parameters::from_tensors(parameters.tensors()).unwrap();
            (0..3).for_each(|_| step(&mut optimizer, &parameters));

            let mut other = AdamW::new(config, &start(5.0)).unwrap();
            assert!(other.set_state(3, &HashMap::new()).is_err());
            other.set_state(3, &saved).unwrap();
            (0..3).for_each(|_| step(&mut other, &again));
            let values = |parameters: &Parameters| {
                let tensor = parameters.tensors()["matrix"].to_dtype(DType::F64).unwrap();
                tensor.to_vec2::<f64>().unwrap()
            };
            assert_eq!(values(&again), values(&parameters));
            assert_eq!(other.steps(), 6);
            // Steps that bf16 alone would round away have moved the weights.
            assert_ne!(values(&parameters)[0][0], 1.0);
        }
    }
}
