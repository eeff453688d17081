//! SwiGLU (Shazeer, arXiv 2002.05202): silu(gate) × up, where a row holds its gates before its ups.

use candle_core::{D, Result, Tensor};
use rayon::prelude::*;

use super::vector::{exp, rows_per_piece, vectorised};

/// The same, composed of candle's operations.
///
/// # Errors
///
/// Rows that cannot be halved.
pub(crate) fn composed(gate_up: &Tensor) -> Result<Tensor> {
    let inner = gate_up.dim(D::Minus1)? / 2;
    let gate = gate_up.narrow(D::Minus1, 0, inner)?;
    let up = gate_up.narrow(D::Minus1, inner, inner)?;
    gate.silu()? * up
}

/// `out` gets the rows of `inner` numbers that follow from those of 2 × `inner`.
pub(super) fn forward(gate_up: &[f32], inner: usize, out: &mut [f32]) {
    let count = rows_per_piece(inner);
    let pieces = out.par_chunks_mut(count * inner);
    pieces
        .zip(gate_up.par_chunks(2 * count * inner))
        .for_each(|(out, gate_up)| {
            vectorised(
                #[inline(always)]
                || {
                    for (out, row) in out
                        .chunks_exact_mut(inner)
                        .zip(gate_up.chunks_exact(2 * inner))
                    {
                        let (gate, up) = row.split_at(inner);
                        for ((out, &gate), up) in out.iter_mut().zip(gate).zip(up) {
                            *out = gate / (1.0 + exp(-gate)) * up;
                        }
                    }
                },
            );
        });
}

/// `gate_up` becomes its own gradient, and `grad`, that of the result, becomes the result.
pub(super) fn backward(gate_up: &mut [f32], inner: usize, grad: &mut [f32]) {
    let count = rows_per_piece(inner);
    let pieces = grad.par_chunks_mut(count * inner);
    pieces
        .zip(gate_up.par_chunks_mut(2 * count * inner))
        .for_each(|(grad, gate_up)| {
            vectorised(
                #[inline(always)]
                || {
                    let rows = gate_up.chunks_exact_mut(2 * inner);
                    for (grad, row) in grad.chunks_exact_mut(inner).zip(rows) {
                        let (gate, up) = row.split_at_mut(inner);
                        backward_row(gate, up, grad);
                    }
                },
            );
        });
}

/// A function with indices: iterators over the three, or the loop within the closure, are not
/// vectorised, which takes seven times as long.
#[inline(always)]
fn backward_row(gate: &mut [f32], up: &mut [f32], grad: &mut [f32]) {
    let count = grad.len();
    let (gate, up) = (&mut gate[..count], &mut up[..count]);
    for i in 0..count {
        let sigmoid = 1.0 / (1.0 + exp(-gate[i]));
        let silu = gate[i] * sigmoid;
        let slope = sigmoid + silu * (1.0 - sigmoid);
        let (g, u) = (grad[i], up[i]);
        grad[i] = silu * u;
        up[i] = g * silu;
        gate[i] = g * u * slope;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::{close, differentiate, random};
    use super::*;

    #[test]
    fn both_paths_agree() {
        for (rows, inner) in [(1, 1), (3, 17), (40, 704), (2, 40_000)] {
            let gate_up = (random(&[rows, 2 * inner], 1) * 4.0).unwrap();
            let grad = random(&[rows, inner], 2);
            let (expected, grads) =
                differentiate(&[&gate_up], &grad, |args| composed(&args[0]).unwrap());
            let numbers = |x: &Tensor| x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let (mut gate_up, mut grad) = (numbers(&gate_up), numbers(&grad));
            let mut out = vec![f32::NAN; rows * inner];
            forward(&gate_up, inner, &mut out);
            close(&out, &expected);
            backward(&mut gate_up, inner, &mut grad);
            close(&gate_up, &grads[0]);
            close(&grad, &expected);
        }
    }

    #[test]
    fn far_gates_are_nothing_or_all() {
        let mut out = [f32::NAN; 2];
        forward(&[-100.0, 100.0, 2.0, 2.0], 2, &mut out);
        assert!(out[0].abs() < 1e-35, "{out:?}");
        assert_eq!(out[1], 200.0);
    }
}
