//! Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), and sums over gradients.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::vector::{PIECE, vectorised};

/// The numbers of one step.
pub(crate) struct AdamWStep {
    pub(crate) beta1: f64,
    pub(crate) beta2: f64,
    pub(crate) epsilon: f64,
    /// Gradients are multiplied by it.
    pub(crate) scale: f64,
    /// The learning rate, over the bias correction of the mean.
    pub(crate) rate: f64,
    /// The bias correction of the mean of squares.
    pub(crate) square_correction: f64,
    /// The share of the weights that does not decay.
    pub(crate) kept: f64,
}

impl AdamWStep {
    /// In one pass over all four.
    pub(crate) fn fused(
        &self,
        weights: &mut [f32],
        gradient: &[f32],
        mean: &mut [f32],
        square: &mut [f32],
    ) {
        let (beta1, beta2) = (self.beta1 as f32, self.beta2 as f32);
        let (rest1, rest2) = ((1.0 - self.beta1) as f32, (1.0 - self.beta2) as f32);
        let (scale, rate, kept) = (self.scale as f32, self.rate as f32, self.kept as f32);
        let correction = self.square_correction.sqrt().recip() as f32;
        let epsilon = self.epsilon as f32;
        weights
            .par_chunks_mut(PIECE)
            .zip(gradient.par_chunks(PIECE))
            .zip(mean.par_chunks_mut(PIECE))
            .zip(square.par_chunks_mut(PIECE))
            .for_each(|(((weights, gradient), mean), square)| {
                vectorised(
                    #[inline(always)]
                    || {
                        let all = weights.iter_mut().zip(gradient).zip(mean).zip(square);
                        for (((weight, gradient), mean), square) in all {
                            let gradient = gradient * scale;
                            *mean = *mean * beta1 + gradient * rest1;
                            *square = *square * beta2 + gradient * gradient * rest2;
                            let root = square.sqrt() * correction + epsilon;
                            *weight = *weight * kept - rate * *mean / root;
                        }
                    },
                );
            });
    }

    /// The same by candle's operations. Gives the new weights.
    ///
    /// # Errors
    ///
    /// Shapes that differ.
    pub(crate) fn composed(
        &self,
        weights: &Tensor,
        gradient: &Tensor,
        mean: &mut Tensor,
        square: &mut Tensor,
    ) -> Result<Tensor> {
        let gradient = (gradient * self.scale)?;
        *mean = ((&*mean * self.beta1)? + (&gradient * (1.0 - self.beta1))?)?;
        *square = ((&*square * self.beta2)? + (gradient.sqr()? * (1.0 - self.beta2))?)?;
        let root = ((&*square / self.square_correction)?.sqrt()? + self.epsilon)?;
        (weights * self.kept)? - ((&*mean * self.rate)? / root)?
    }
}

/// `sum` += `factor` × `other`.
pub(crate) fn add_scaled(sum: &mut [f32], other: &[f32], factor: f32) {
    (sum.par_chunks_mut(PIECE).zip(other.par_chunks(PIECE))).for_each(|(sum, other)| {
        vectorised(
            #[inline(always)]
            || {
                for (sum, other) in sum.iter_mut().zip(other) {
                    *sum += factor * other;
                }
            },
        );
    });
}

/// The sum of squares, in f64 from one piece of numbers to the next.
pub(crate) fn sum_of_squares(values: &[f32]) -> f64 {
    let pieces = values.par_chunks(PIECE);
    let sums: Vec<f64> = pieces
        .map(|piece| {
            f64::from(vectorised(
                #[inline(always)]
                || super::vector::dot(piece, piece),
            ))
        })
        .collect();
    sums.into_iter().sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::{close, random};
    use super::*;

    #[test]
    fn both_paths_agree() {
        for length in [1, 100, 70_001] {
            let weights = random(&[length], 1);
            let (mut mean, mut square) =
                (random(&[length], 2), random(&[length], 3).sqr().unwrap());
            let gradient = random(&[length], 4);
            let numbers = |x: &Tensor| x.to_vec1::<f32>().unwrap();
            let [mut w, mut m, mut s] = [&weights, &mean, &square].map(numbers);
            let step = AdamWStep {
                beta1: 0.9,
                beta2: 0.95,
                epsilon: 1e-8,
                scale: 0.7,
                rate: 1e-2,
                square_correction: 0.3,
                kept: 0.99,
            };
            step.fused(&mut w, &numbers(&gradient), &mut m, &mut s);
            let weights = step
                .composed(&weights, &gradient, &mut mean, &mut square)
                .unwrap();
            close(&w, &weights);
            close(&m, &mean);
            close(&s, &square);
        }
    }

    #[test]
    fn sums_over_pieces_are_those_of_all() {
        let values = vec![0.5f32; 3 * PIECE + 5];
        assert_eq!(sum_of_squares(&values), values.len() as f64 / 4.0);
        let mut sum = vec![1.0f32; values.len()];
        add_scaled(&mut sum, &values, 4.0);
        assert!(sum.iter().all(|&x| x == 3.0));
    }
}
