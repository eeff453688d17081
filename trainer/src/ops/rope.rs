//! Rotary position embedding (Su et al., arXiv 2104.09864) in the half-split layout of transformers.

use candle_core::{D, Result, Tensor};
use rayon::prelude::*;

use super::Heads;
use super::vector::{rows_per_piece, vectorised};

/// Cosines and sines of positions, (positions, head / 2).
#[derive(Clone, Copy)]
pub(super) struct Angles<'a> {
    pub(super) cos: &'a [f32],
    pub(super) sin: &'a [f32],
}

/// Rotates `x`, (…, time, head), by angles that broadcast to (…, time, head / 2).
///
/// # Errors
///
/// Shapes that do not fit.
pub(crate) fn composed(x: &Tensor, cos: &Tensor, sin: &Tensor) -> Result<Tensor> {
    let half = x.dim(D::Minus1)? / 2;
    let (a, b) = (
        x.narrow(D::Minus1, 0, half)?,
        x.narrow(D::Minus1, half, half)?,
    );
    let rotate = |x: &Tensor, y: &Tensor| x.broadcast_mul(cos)? + y.broadcast_mul(sin)?;
    let first = rotate(&a, &b.neg()?)?;
    let second = rotate(&b, &a)?;
    Tensor::cat(&[first, second], D::Minus1)
}

/// Adds `bias` to each row of queries, keys and values, and rotates its queries and keys by the
/// angles of its position.
pub(super) fn forward(
    qkv: &mut [f32],
    bias: &[f32],
    positions: &[u32],
    angles: Angles,
    heads: Heads,
) {
    let width = heads.width();
    by_rows(
        qkv,
        positions,
        width,
        #[inline(always)]
        |row, position| {
            for (x, bias) in row.iter_mut().zip(bias) {
                *x += bias;
            }
            rotate(row, position, angles, heads, 1.0);
        },
    );
}

/// Of the gradient of the result, that of the argument.
pub(super) fn backward(grad: &mut [f32], positions: &[u32], angles: Angles, heads: Heads) {
    by_rows(
        grad,
        positions,
        heads.width(),
        #[inline(always)]
        |row, position| {
            rotate(row, position, angles, heads, -1.0);
        },
    );
}

fn by_rows(
    rows: &mut [f32],
    positions: &[u32],
    width: usize,
    work: impl Fn(&mut [f32], usize) + Sync,
) {
    let count = rows_per_piece(width);
    let pieces = rows.par_chunks_mut(count * width);
    pieces
        .zip(positions.par_chunks(count))
        .for_each(|(rows, positions)| {
            vectorised(
                #[inline(always)]
                || {
                    for (row, &position) in rows.chunks_exact_mut(width).zip(positions) {
                        work(row, position as usize);
                    }
                },
            );
        });
}

#[inline(always)]
fn rotate(row: &mut [f32], position: usize, angles: Angles, heads: Heads, direction: f32) {
    let half = heads.size / 2;
    let span = position * half..(position + 1) * half;
    let (cos, sin) = (&angles.cos[span.clone()], &angles.sin[span]);
    let rotated = &mut row[..(heads.queries + heads.keys) * heads.size];
    for head in rotated.chunks_exact_mut(heads.size) {
        let (first, second) = head.split_at_mut(half);
        for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
            let sin = direction * sin;
            (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::Device;

    use super::super::tests::{close, differentiate, random};
    use super::*;

    #[test]
    fn both_paths_agree() {
        for (tokens, queries, keys, size) in [(1, 1, 1, 2), (7, 4, 2, 6), (90, 6, 3, 32)] {
            let heads = Heads {
                queries,
                keys,
                size,
            };
            let (qkv, bias) = (
                random(&[tokens, heads.width()], 1),
                random(&[heads.width()], 2),
            );
            let grad = random(&[tokens, heads.width()], 3);
            let positions: Vec<u32> = (0..tokens as u32).map(|i| i * 5 % 11).collect();
            let (cos, sin) = (random(&[11, size / 2], 4), random(&[11, size / 2], 5));
            let at = Tensor::new(&positions[..], &Device::Cpu).unwrap();
            let pick = |table: &Tensor| table.index_select(&at, 0).unwrap().unsqueeze(1).unwrap();
            let (expected, grads) = differentiate(&[&qkv, &bias], &grad, |args| {
                let sum = args[0].broadcast_add(&args[1]).unwrap();
                let rotated = (queries + keys) * size;
                let x = sum.narrow(1, 0, rotated).unwrap();
                let x = x.reshape((tokens, queries + keys, size)).unwrap();
                let x = composed(&x, &pick(&cos), &pick(&sin)).unwrap();
                let values = sum.narrow(1, rotated, keys * size).unwrap();
                Tensor::cat(&[x.flatten_from(1).unwrap(), values], 1).unwrap()
            });
            let numbers = |x: &Tensor| x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let (cos, sin) = (numbers(&cos), numbers(&sin));
            let angles = Angles {
                cos: &cos,
                sin: &sin,
            };
            let mut out = numbers(&qkv);
            forward(&mut out, &numbers(&bias), &positions, angles, heads);
            close(&out, &expected);
            let mut out = numbers(&grad);
            backward(&mut out, &positions, angles, heads);
            close(&out, &grads[0]);
        }
    }
}
