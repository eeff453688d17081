//! Root-mean-square norm (Zhang and Sennrich, arXiv 1910.07467): x / sqrt(mean x² + ε) × weight, row
//! by row.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::is_fused;
use super::slice::Slice;
use super::vector::{dot, rows_per_piece, vectorised};

/// `x`: (…, hidden), `weight`: (hidden).
///
/// # Errors
///
/// Shapes that do not fit.
pub(crate) fn rms_norm(x: &Tensor, weight: &Tensor, eps: f32) -> Result<Tensor> {
    if is_fused(x) && is_fused(weight) {
        Ok(x.contiguous()?.apply_op2(weight, RmsNorm { eps })?)
    } else {
        composed(x, weight, eps)
    }
}

/// The same, composed of candle's operations.
///
/// # Errors
///
/// Shapes that do not fit.
pub(super) fn composed(x: &Tensor, weight: &Tensor, eps: f32) -> Result<Tensor> {
    candle_nn::ops::rms_norm_slow(x, weight, eps)
}

/// `out` gets the norm of the rows of `x`, each as long as `weight`.
pub(super) fn forward(x: &[f32], weight: &[f32], eps: f32, out: &mut [f32]) {
    let width = weight.len();
    let piece = width * rows_per_piece(width);
    (out.par_chunks_mut(piece).zip(x.par_chunks(piece))).for_each(|(out, x)| {
        vectorised(
            #[inline(always)]
            || {
                for (out, x) in out.chunks_exact_mut(width).zip(x.chunks_exact(width)) {
                    let scale = inverse_root(x, eps);
                    for ((out, x), weight) in out.iter_mut().zip(x).zip(weight) {
                        *out = x * scale * weight;
                    }
                }
            },
        );
    });
}

/// Adds to `grad_x` and `grad_weight` what follows from the gradient `grad` of the result.
pub(super) fn backward(
    x: &[f32],
    weight: &[f32],
    eps: f32,
    grad: &[f32],
    grad_x: &mut [f32],
    grad_weight: &mut [f32],
) {
    let width = weight.len();
    let piece = width * rows_per_piece(width);
    let pieces = grad_x.par_chunks_mut(piece).zip(x.par_chunks(piece));
    let sums: Vec<Vec<f32>> = pieces
        .zip(grad.par_chunks(piece))
        .map(|((grad_x, x), grad)| {
            let mut sum = vec![0.0; width];
            vectorised(
                #[inline(always)]
                || {
                    let rows = grad_x.chunks_exact_mut(width).zip(x.chunks_exact(width));
                    for ((grad_x, x), grad) in rows.zip(grad.chunks_exact(width)) {
                        backward_row(x, weight, eps, grad, grad_x, &mut sum);
                    }
                },
            );
            sum
        })
        .collect();
    for sum in sums {
        for (total, part) in grad_weight.iter_mut().zip(sum) {
            *total += part;
        }
    }
}

#[inline(always)]
fn inverse_root(x: &[f32], eps: f32) -> f32 {
    1.0 / (dot(x, x) / x.len() as f32 + eps).sqrt()
}

/// With n = x r: d/dx = r (w g - n mean(w g n)), d/dw = g n.
#[inline(always)]
fn backward_row(
    x: &[f32],
    weight: &[f32],
    eps: f32,
    grad: &[f32],
    grad_x: &mut [f32],
    grad_weight: &mut [f32],
) {
    let scale = inverse_root(x, eps);
    // The gradient of the weight is summed first; its terms are needed for the mean, too.
    let mut lanes = [0.0; 16];
    let width = x.len();
    let mut mean = 0.0;
    let whole = width - width % lanes.len();
    for start in (0..whole).step_by(lanes.len()) {
        for (lane, sum) in lanes.iter_mut().enumerate() {
            let i = start + lane;
            let term = grad[i] * x[i] * scale;
            grad_weight[i] += term;
            *sum += term * weight[i];
        }
    }
    for i in whole..width {
        let term = grad[i] * x[i] * scale;
        grad_weight[i] += term;
        mean += term * weight[i];
    }
    mean = (mean + lanes.iter().sum::<f32>()) / width as f32;
    for (((out, x), weight), grad) in grad_x.iter_mut().zip(x).zip(weight).zip(grad) {
        *out += scale * (weight * grad - x * scale * mean);
    }
}

struct RmsNorm {
    eps: f32,
}

impl CustomOp2 for RmsNorm {
    fn name(&self) -> &'static str {
        "rms-norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (Some((start, end)), Some((first, last))) = (
            x_layout.contiguous_offsets(),
            weight_layout.contiguous_offsets(),
        ) else {
            bail!("the norm takes contiguous tensors");
        };
        let weight = &weight.as_slice::<f32>()?[first..last];
        if x_layout.dims().last() != Some(&weight.len()) {
            bail!(
                "a norm of {} numbers for {:?}",
                weight.len(),
                x_layout.shape()
            );
        }
        let mut out = vec![0.0; end - start];
        forward(
            &x.as_slice::<f32>()?[start..end],
            weight,
            self.eps,
            &mut out,
        );
        Ok((CpuStorage::F32(out), x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let mut grad_x = vec![0.0; x.elem_count()];
        let mut grad_weight = vec![0.0; weight.elem_count()];
        let (slice, weights, grad) = (Slice::of(x)?, Slice::of(weight)?, Slice::of(&grad)?);
        backward(
            &slice,
            &weights,
            self.eps,
            &grad,
            &mut grad_x,
            &mut grad_weight,
        );
        let grad_x = Tensor::from_vec(grad_x, x.shape(), x.device())?;
        let grad_weight = Tensor::from_vec(grad_weight, weight.shape(), weight.device())?;
        Ok((Some(grad_x), Some(grad_weight)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::{close, differentiate, random};
    use super::*;

    #[test]
    fn both_paths_agree() {
        for (rows, width) in [(1, 2), (3, 16), (5, 37), (300, 256), (1, 70_000)] {
            let (x, weight) = (random(&[rows, width], 1), random(&[width], 2));
            let grad = random(&[rows, width], 3);
            let (expected, grads) = differentiate(&[&x, &weight], &grad, |args| {
                composed(&args[0], &args[1], 1e-6).unwrap()
            });
            let numbers = |x: &Tensor| x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let (x, weight, grad) = (numbers(&x), numbers(&weight), numbers(&grad));
            let mut out = vec![f32::NAN; x.len()];
            forward(&x, &weight, 1e-6, &mut out);
            close(&out, &expected);
            // Gradients come on top of what there is.
            let (mut grad_x, mut grad_weight) = (vec![1.0; x.len()], vec![2.0; width]);
            backward(&x, &weight, 1e-6, &grad, &mut grad_x, &mut grad_weight);
            grad_x.iter_mut().for_each(|g| *g -= 1.0);
            grad_weight.iter_mut().for_each(|g| *g -= 2.0);
            close(&grad_x, &grads[0]);
            close(&grad_weight, &grads[1]);
        }
    }

    #[test]
    fn the_operation_takes_any_layout() {
        let (x, weight, grad) = (random(&[6, 5], 1), random(&[6], 2), random(&[5, 6], 3));
        let run = |f: fn(&Tensor, &Tensor, f32) -> Result<Tensor>| {
            differentiate(&[&x, &weight], &grad.t().unwrap().t().unwrap(), |args| {
                f(&args[0].t().unwrap(), &args[1], 1e-5).unwrap()
            })
        };
        let ((out, grads), (expected, expected_grads)) = (run(rms_norm), run(composed));
        let numbers = |x: &Tensor| x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        close(&numbers(&out), &expected);
        for (grad, expected) in grads.iter().zip(&expected_grads) {
            close(&numbers(grad), expected);
        }
        assert!(rms_norm(&x, &weight, 1e-5).is_err());
    }
}
