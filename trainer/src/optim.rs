use std::collections::BTreeMap;

use candle_core::Tensor;

use crate::model::Parameters;
use crate::{Error, Result};

/// The gradient of a scalar loss for every parameter of a model.
pub struct Gradients(BTreeMap<String, Tensor>);

/// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
pub struct AdamW {
    config: AdamWConfig,
    steps: i32,
    moments: BTreeMap<String, Moments>,
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

struct Moments {
    mean: Tensor,
    square: Tensor,
}

impl Gradients {
    /// Differentiates `loss`.
    ///
    /// # Errors
    ///
    /// A parameter that the gradient does not reach: some operation has cut it off.
    pub fn of(loss: &Tensor, parameters: &Parameters) -> Result<Self> {
        let mut store = loss.backward()?;
        let gradients = parameters.iter().map(|(name, var)| {
            let gradient = store
                .remove(var)
                .ok_or_else(|| Error::Config(format!("{name} has no gradient")))?;
            Ok((name.to_owned(), gradient))
        });
        gradients.collect::<Result<_>>().map(Self)
    }

    /// Gradients by the names of their parameters.
    pub(crate) fn new(gradients: BTreeMap<String, Tensor>) -> Self {
        Self(gradients)
    }

    /// The gradient of the parameter called `name`.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.0.get(name)
    }

    /// Adds the gradients of another loss.
    ///
    /// # Errors
    ///
    /// Gradients of other parameters.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        for (name, sum) in &mut self.0 {
            let Some(gradient) = other.get(name) else {
                return Err(Error::Config(format!("{name} has no other gradient")));
            };
            *sum = (&*sum + gradient)?;
        }
        Ok(())
    }

    /// Scales all gradients so that their joint Euclidean norm is at most `max_norm`, and gives the
    /// norm that they had.
    ///
    /// # Errors
    ///
    /// A norm that is not finite; nothing has been scaled then.
    pub fn clip(&mut self, max_norm: f64) -> Result<f64> {
        let mut squares = 0.0;
        for gradient in self.0.values() {
            let square = gradient.sqr()?.sum_all()?;
            squares += square
                .to_dtype(candle_core::DType::F64)?
                .to_scalar::<f64>()?;
        }
        let norm = squares.sqrt();
        if !norm.is_finite() {
            return Err(Error::NotFinite("the gradient"));
        }
        if norm > max_norm {
            for gradient in self.0.values_mut() {
                *gradient = (&*gradient * (max_norm / norm))?;
            }
        }
        Ok(norm)
    }
}

impl AdamW {
    /// Moments of zero for each of `parameters`.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn new(config: AdamWConfig, parameters: &Parameters) -> Result<Self> {
        let moments = parameters.iter().map(|(name, var)| {
            let moments = Moments {
                mean: var.zeros_like()?,
                square: var.zeros_like()?,
            };
            Ok((name.to_owned(), moments))
        });
        Ok(Self {
            config,
            steps: 0,
            moments: moments.collect::<Result<_>>()?,
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
        let mean_correction = 1.0 - beta1.powi(self.steps);
        let square_correction = 1.0 - beta2.powi(self.steps);
        for (name, var) in parameters.iter() {
            let unknown = || Error::Config(format!("{name} is unknown to the optimizer"));
            let moments = self.moments.get_mut(name).ok_or_else(unknown)?;
            let gradient = gradients.get(name).ok_or_else(unknown)?;
            moments.mean = ((&moments.mean * beta1)? + (gradient * (1.0 - beta1))?)?;
            moments.square = ((&moments.square * beta2)? + (gradient.sqr()? * (1.0 - beta2))?)?;
            let root = ((&moments.square / square_correction)?.sqrt()? + epsilon)?;
            let update = ((&moments.mean * (learning_rate / mean_correction))? / root)?;
            let decay = if var.rank() >= 2 {
                learning_rate * weight_decay
            } else {
                0.0
            };
            let kept = (var.as_detached_tensor() * (1.0 - decay))?;
            var.set(&(kept - update)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{Device, Tensor};

    use super::*;

    fn parameters() -> Parameters {
        let matrix = Tensor::new(&[[1.0f64, -2.0]], &Device::Cpu).unwrap();
        let vector = Tensor::new(&[0.5f64], &Device::Cpu).unwrap();
        Parameters::from_tensors([("matrix".into(), matrix), ("vector".into(), vector)]).unwrap()
    }

    fn loss(parameters: &Parameters) -> Tensor {
        let sum = |(_, var): (&str, &candle_core::Var)| {
            (var.as_tensor().sqr().unwrap() * 1.5)
                .unwrap()
                .sum_all()
                .unwrap()
        };
        parameters
            .iter()
            .map(sum)
            .reduce(|a, b| (a + b).unwrap())
            .unwrap()
    }

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
    fn clipping_keeps_the_direction() {
        let parameters = parameters();
        let mut gradients = Gradients::of(&loss(&parameters), &parameters).unwrap();
        let norm = gradients.clip(1.0).unwrap();
        let expected = (9.0f64 + 36.0 + 2.25).sqrt();
        assert!((norm - expected).abs() < 1e-12);
        let clipped = gradients.get("matrix").unwrap().to_vec2::<f64>().unwrap();
        assert!((clipped[0][0] - 3.0 / expected).abs() < 1e-12);
        assert!((clipped[0][1] + 6.0 / expected).abs() < 1e-12);
        assert!((gradients.clip(1.0).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_parameter_out_of_reach_is_an_error() {
        let parameters = parameters();
        let (_, first) = parameters.iter().next().unwrap();
        let loss = first.as_tensor().sum_all().unwrap();
        let error = Gradients::of(&loss, &parameters).err().unwrap();
        assert_eq!(error.to_string(), "vector has no gradient");
    }
}
