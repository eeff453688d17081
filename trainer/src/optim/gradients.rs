use std::collections::BTreeMap;

use candle_core::backprop::GradStore;
use candle_core::{DType, Tensor};

use crate::model::Parameters;
use crate::model::fused::Parts;
use crate::ops::{self, Slice};
use crate::{Error, Result};

/// The gradient of a scalar loss for every parameter of a model.
pub struct Gradients {
    pub(super) gradients: BTreeMap<String, Tensor>,
    /// What they are still to be multiplied by.
    pub(super) scale: f64,
    parts: Parts,
}

impl Gradients {
    /// Differentiates `loss`.
    ///
    /// # Errors
    ///
    /// A parameter that the gradient does not reach: some operation has cut it off.
    pub fn of(loss: &Tensor, parameters: &Parameters) -> Result<Self> {
        Self::take(&mut ops::backward(loss)?, parameters)
    }

    /// Those of the `parameters` out of what [`ops::backward`] gave.
    ///
    /// # Errors
    ///
    /// Those of [`Gradients::of`].
    pub(crate) fn take(store: &mut GradStore, parameters: &Parameters) -> Result<Self> {
        let gradients = parameters.iter().map(|(name, var)| {
            let gradient = store
                .remove(var)
                .ok_or_else(|| Error::Config(format!("{name} has no gradient")))?;
            Ok((name.to_owned(), gradient.contiguous()?))
        });
        Ok(Self {
            gradients: gradients.collect::<Result<_>>()?,
            scale: 1.0,
            parts: parameters.parts().clone(),
        })
    }

    /// Gradients by the names of their parameters.
    pub(crate) fn new(gradients: BTreeMap<String, Tensor>) -> Self {
        Self {
            gradients,
            scale: 1.0,
            parts: Parts::default(),
        }
    }

    /// The gradient of the parameter called `name`, in memory or in files.
    pub fn get(&self, name: &str) -> Option<Tensor> {
        let gradient = self.parts.find(name, |whole| self.gradients.get(whole))?;
        (gradient * self.scale).ok()
    }

    /// Adds the gradients of another loss.
    ///
    /// # Errors
    ///
    /// Gradients of other parameters.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        let factor = other.scale / self.scale;
        for (name, sum) in &mut self.gradients {
            let Some(gradient) = other.gradients.get(name) else {
                return Err(Error::Config(format!("{name} has no other gradient")));
            };
            if ops::is_fused(sum) {
                let gradient = Slice::of(gradient)?;
                ops::modify(sum, |sum| {
                    ops::add_scaled(sum, &gradient, factor as f32);
                    Ok(())
                })?;
            } else {
                *sum = (&*sum + (gradient * factor)?)?;
            }
        }
        Ok(())
    }

    /// Multiplies all gradients. They are left as they are until they are used.
    pub fn scale(&mut self, factor: f64) {
        self.scale *= factor;
    }

    /// Scales all gradients so that their joint Euclidean norm is at most `max_norm`, and gives the
    /// norm that they had.
    ///
    /// # Errors
    ///
    /// A norm that is not finite; nothing has been scaled then.
    pub fn clip(&mut self, max_norm: f64) -> Result<f64> {
        let mut squares = 0.0;
        for gradient in self.gradients.values() {
            squares += if ops::is_fused(gradient) {
                ops::sum_of_squares(&Slice::of(gradient)?)
            } else {
                let square = gradient.to_dtype(DType::F32)?.sqr()?.sum_all()?;
                square.to_dtype(DType::F64)?.to_scalar::<f64>()?
            };
        }
        let norm = squares.sqrt() * self.scale;
        if !norm.is_finite() {
            return Err(Error::NotFinite("the gradient"));
        }
        if norm > max_norm {
            self.scale(max_norm / norm);
        }
        Ok(norm)
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::Device;

    use super::*;

    pub(in crate::optim) fn parameters() -> Parameters {
        let matrix = Tensor::new(&[[1.0f64, -2.0]], &Device::Cpu).unwrap();
        let vector = Tensor::new(&[0.5f64], &Device::Cpu).unwrap();
        Parameters::from_tensors([("matrix".into(), matrix), ("vector".into(), vector)]).unwrap()
    }

    pub(in crate::optim) fn loss(parameters: &Parameters) -> Tensor {
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
    fn gradients_add_up() {
        let parameters = parameters();
        let of = |factor: f64| {
            let mut gradients = Gradients::of(&loss(&parameters), &parameters).unwrap();
            gradients.scale(factor);
            gradients
        };
        let mut sum = of(0.5);
        sum.add(&of(2.0)).unwrap();
        let matrix = sum.get("matrix").unwrap().to_vec2::<f64>().unwrap();
        assert_eq!(matrix, [[7.5, -15.0]]);
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
