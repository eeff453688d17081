//! Causal attention in which groups of query heads share a key-value head (Ainslie et al., arXiv
//! 2305.13245). Exact; the probabilities are computed again in the backward pass and never kept.

use std::iter::repeat_n;
use std::ops::Range;

use candle_core::{D, Result, Tensor};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use super::product::{Threads, product, rows, rows_mut, transpose};
use super::vector::{LANES, dot, exp, max, sum, vectorised};
use super::{Heads, Packing};

/// Queries whose scores are computed at a time: what lies above the diagonal is left out beyond such
/// a block.
const BLOCK: usize = 32;

/// `queries`: (batch, heads, time, head), `keys` and `values`: (batch, key heads, keys, head). `mask`
/// is added to the scores, (batch or 1, 1, 1, time, keys). The result: (batch, heads, time, head).
///
/// # Errors
///
/// Shapes that do not fit.
pub(crate) fn composed(
    queries: &Tensor,
    keys: &Tensor,
    values: &Tensor,
    mask: &Tensor,
) -> Result<Tensor> {
    let (batch, heads, time, size) = queries.dims4()?;
    let (_, kv_heads, visible, _) = keys.dims4()?;
    let group = heads / kv_heads;
    // The heads of a group lie next to each other, so they are rows of one product.
    let queries = queries
        .contiguous()?
        .reshape((batch, kv_heads, group * time, size))?;
    let scores = (queries.matmul(&keys.t()?)? * (size as f64).sqrt().recip())?
        .reshape((batch, kv_heads, group, time, visible))?
        .broadcast_add(mask)?;
    // The shift by the maximum cancels in the result, so its gradient is left out.
    let shifted = scores.broadcast_sub(&scores.detach().max_keepdim(D::Minus1)?)?;
    let exp = shifted.exp()?;
    let probabilities = exp.broadcast_div(&exp.sum_keepdim(D::Minus1)?)?;
    probabilities
        .reshape((batch, kv_heads, group * time, visible))?
        .matmul(values)?
        .reshape((batch, heads, time, size))
}

/// Rows of `qkv` hold the queries, keys and values of a token; rows of `out`, of all query heads, what
/// each attends to within its sequence.
pub(super) fn forward(qkv: &[f32], packing: &Packing, heads: Heads, out: &mut [f32]) {
    let group = heads.group() * heads.size;
    let qkv = rows(qkv, heads.width());
    let outs = split(
        rows_mut(out, heads.queries * heads.size),
        Axis(0),
        packing.lengths(),
    );
    let mut units = Vec::with_capacity(outs.len() * heads.keys);
    for (span, out) in packing.spans().zip(outs) {
        let outs = split(out, Axis(1), repeat_n(group, heads.keys));
        units.extend(outs.into_iter().enumerate().map(|(head, out)| {
            (
                Unit::new(qkv.slice_move(s![span.clone(), ..]), heads, head),
                out,
            )
        }));
    }
    units
        .into_par_iter()
        .for_each_init(Scratch::default, |scratch, (unit, mut out)| {
            let keys = columns(unit.keys, &mut scratch.keys);
            for columns in unit.heads() {
                for block in unit.blocks() {
                    let values = unit.values.slice(s![..block.end, ..]);
                    let scores = &mut scratch.scores;
                    let scores = unit.probabilities(columns.clone(), block.clone(), keys, scores);
                    let out = out.slice_mut(s![block, columns.clone()]);
                    product(out, false, 1.0, scores, values, Threads::One);
                }
            }
        });
}

/// `grad_qkv` gets the gradient of `qkv`, given the result `out` and its gradient `grad`.
pub(super) fn backward(
    qkv: &[f32],
    packing: &Packing,
    heads: Heads,
    out: &[f32],
    grad: &[f32],
    grad_qkv: &mut [f32],
) {
    let (group, width) = (heads.group() * heads.size, heads.queries * heads.size);
    let (qkv, out, grad) = (
        rows(qkv, heads.width()),
        rows(out, width),
        rows(grad, width),
    );
    let grads = rows_mut(grad_qkv, heads.width());
    let mut units = Vec::with_capacity(packing.lengths().count() * heads.keys);
    for (span, grads) in packing
        .spans()
        .zip(split(grads, Axis(0), packing.lengths()))
    {
        let sizes = repeat_n(group, heads.keys).chain(repeat_n(heads.size, 2 * heads.keys));
        let mut queries = split(grads, Axis(1), sizes);
        let mut keys = queries.split_off(heads.keys);
        let values = keys.split_off(heads.keys);
        for (head, ((queries, keys), values)) in
            queries.into_iter().zip(keys).zip(values).enumerate()
        {
            let columns = head * group..(head + 1) * group;
            units.push(BackwardUnit {
                unit: Unit::new(qkv.slice_move(s![span.clone(), ..]), heads, head),
                out: out.slice_move(s![span.clone(), columns.clone()]),
                grad: grad.slice_move(s![span.clone(), columns]),
                queries,
                keys,
                values,
            });
        }
    }
    units
        .into_par_iter()
        .for_each_init(Scratch::default, |scratch, unit| unit.run(scratch));
}

/// Memory of one thread.
#[derive(Default)]
struct Scratch {
    scores: Vec<f32>,
    slopes: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
}

/// The transposed of `x`, (head, time): what the rows of a product come from.
fn columns<'m>(x: ArrayView2<f32>, memory: &'m mut Vec<f32>) -> ArrayView2<'m, f32> {
    memory.resize(x.len(), 0.0);
    transpose(x, rows_mut(memory, x.nrows()));
    rows(memory, x.nrows())
}

/// What one key-value head is to do in one sequence, with the query heads that share it.
struct Unit<'a> {
    /// (time, group × head).
    queries: ArrayView2<'a, f32>,
    /// (time, head).
    keys: ArrayView2<'a, f32>,
    /// (time, head).
    values: ArrayView2<'a, f32>,
}

impl<'a> Unit<'a> {
    fn new(qkv: ArrayView2<'a, f32>, heads: Heads, head: usize) -> Self {
        let Heads {
            queries,
            keys,
            size,
        } = heads;
        let group = heads.group() * size;
        let columns = |start: usize, width: usize| qkv.slice_move(s![.., start..start + width]);
        Self {
            queries: columns(head * group, group),
            keys: columns((queries + head) * size, size),
            values: columns((queries + keys + head) * size, size),
        }
    }

    /// The columns of each query head.
    fn heads(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let size = self.keys.ncols();
        (0..self.queries.ncols())
            .step_by(size)
            .map(move |start| start..start + size)
    }

    fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let time = self.queries.nrows();
        (0..time)
            .step_by(BLOCK)
            .map(move |start| start..(start + BLOCK).min(time))
    }

    fn scale(&self) -> f32 {
        1.0 / (self.keys.ncols() as f32).sqrt()
    }

    /// How much each query of `block` attends to each key up to the end of the block. `keys` are the
    /// transposed: (head, time).
    fn probabilities<'s>(
        &self,
        columns: Range<usize>,
        block: Range<usize>,
        keys: ArrayView2<f32>,
        scores: &'s mut Vec<f32>,
    ) -> ArrayView2<'s, f32> {
        let visible = block.end;
        scores.resize(block.len() * visible, 0.0);
        let queries = self.queries.slice(s![block.clone(), columns]);
        let keys = keys.slice(s![.., ..visible]);
        let out = rows_mut(scores, visible);
        product(out, false, self.scale(), queries, keys, Threads::One);
        vectorised(
            #[inline(always)]
            || {
                for (row, last) in scores.chunks_exact_mut(visible).zip(block) {
                    // Whole vectors are faster than as many numbers as it takes.
                    let end = visible.min((last + 1).next_multiple_of(LANES));
                    row[last + 1..].fill(f32::NEG_INFINITY);
                    let (seen, hidden) = row.split_at_mut(end);
                    let top = max(seen);
                    seen.iter_mut().for_each(|x| *x = exp(*x - top));
                    let scale = 1.0 / sum(seen);
                    seen.iter_mut().for_each(|x| *x *= scale);
                    hidden.fill(0.0);
                }
            },
        );
        rows(scores, visible)
    }
}

struct BackwardUnit<'a> {
    unit: Unit<'a>,
    /// (time, group × head).
    out: ArrayView2<'a, f32>,
    /// (time, group × head).
    grad: ArrayView2<'a, f32>,
    /// The gradients, of the shapes of what they belong to.
    queries: ArrayViewMut2<'a, f32>,
    keys: ArrayViewMut2<'a, f32>,
    values: ArrayViewMut2<'a, f32>,
}

impl BackwardUnit<'_> {
    fn run(mut self, scratch: &mut Scratch) {
        let unit = &self.unit;
        let Scratch { scores, slopes, .. } = scratch;
        let keys_t = columns(unit.keys, &mut scratch.keys);
        let values_t = columns(unit.values, &mut scratch.values);
        self.keys.fill(0.0);
        self.values.fill(0.0);
        for columns in unit.heads() {
            for block in unit.blocks() {
                let visible = block.end;
                let of_block = s![block.clone(), columns.clone()];
                let (queries, grad) = (unit.queries.slice(of_block), self.grad.slice(of_block));
                let of_keys = s![..visible, ..];
                let keys = unit.keys.slice(of_keys);
                let values = values_t.slice(s![.., ..visible]);

                let scores = unit.probabilities(columns.clone(), block.clone(), keys_t, scores);
                let out = self.values.slice_mut(of_keys);
                product(out, true, 1.0, scores.t(), grad, Threads::One);
                slopes.resize(scores.len(), 0.0);
                let out = rows_mut(slopes, visible);
                product(out, false, 1.0, grad, values, Threads::One);
                through_softmax(scores, self.out.slice(of_block), grad, slopes, unit.scale());
                let slopes = rows(slopes, visible);
                let out = self.queries.slice_mut(of_block);
                product(out, false, 1.0, slopes, keys, Threads::One);
                let out = self.keys.slice_mut(of_keys);
                product(out, true, 1.0, slopes.t(), queries, Threads::One);
            }
        }
    }
}

/// Of the gradient of the probabilities p, that of the scores: scale × p (g - Σ p g), where Σ p g is the
/// product of the result and its gradient.
fn through_softmax(
    probabilities: ArrayView2<f32>,
    out: ArrayView2<f32>,
    grad: ArrayView2<f32>,
    slopes: &mut [f32],
    scale: f32,
) {
    vectorised(
        #[inline(always)]
        || {
            let visible = probabilities.ncols();
            let rows = slopes.chunks_exact_mut(visible).zip(probabilities.rows());
            for ((slopes, probabilities), (out, grad)) in
                rows.zip(out.rows().into_iter().zip(grad.rows()))
            {
                let mean = dot(slice(&out), slice(&grad));
                for (slope, p) in slopes.iter_mut().zip(slice(&probabilities)) {
                    *slope = p * (*slope - mean) * scale;
                }
            }
        },
    );
}

fn slice<'a>(row: &'a ArrayView1<f32>) -> &'a [f32] {
    row.as_slice().expect("rows are contiguous")
}

fn split<'a>(
    view: ArrayViewMut2<'a, f32>,
    axis: Axis,
    sizes: impl Iterator<Item = usize>,
) -> Vec<ArrayViewMut2<'a, f32>> {
    let mut rest = view;
    let mut parts = Vec::with_capacity(sizes.size_hint().0);
    for size in sizes {
        let (part, others) = rest.split_at(axis, size);
        parts.push(part);
        rest = others;
    }
    parts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::Device;

    use super::super::causal_mask;
    use super::super::tests::{close, differentiate, random};
    use super::*;

    /// One sequence after the other, by candle's operations.
    fn reference(qkv: &Tensor, packing: &Packing, heads: Heads) -> Tensor {
        let Heads {
            queries,
            keys,
            size,
        } = heads;
        let sequences = packing.spans().map(|span| {
            let time = span.len();
            let qkv = qkv.narrow(0, span.start, time).unwrap();
            let part = |start: usize, heads: usize| {
                let x = qkv.narrow(1, start * size, heads * size).unwrap();
                let x = x.reshape((1, time, heads, size)).unwrap();
                x.transpose(1, 2).unwrap().contiguous().unwrap()
            };
            let mask =
                Tensor::from_vec(causal_mask(time), (1, 1, 1, time, time), &Device::Cpu).unwrap();
            let (k, v) = (part(queries, keys), part(queries + keys, keys));
            let out = composed(&part(0, queries), &k, &v, &mask).unwrap();
            let out = out.transpose(1, 2).unwrap();
            out.reshape((time, queries * size)).unwrap()
        });
        Tensor::cat(&sequences.collect::<Vec<_>>(), 0).unwrap()
    }

    #[test]
    fn both_paths_agree() {
        for (lengths, queries, keys, size) in [
            (vec![1], 1, 1, 2),
            (vec![5, 1, 3], 4, 2, 6),
            (vec![70, 2], 2, 2, 16),
            (vec![130], 6, 2, 8),
            (vec![9, 64, 65], 3, 1, 32),
        ] {
            let heads = Heads {
                queries,
                keys,
                size,
            };
            let packing = Packing::new(lengths.iter().copied());
            let qkv = random(&[packing.tokens(), heads.width()], 1);
            let grad = random(&[packing.tokens(), queries * size], 2);
            let (expected, grads) =
                differentiate(&[&qkv], &grad, |args| reference(&args[0], &packing, heads));
            let numbers = |x: &Tensor| x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let (qkv, grad) = (numbers(&qkv), numbers(&grad));
            let mut out = vec![f32::NAN; grad.len()];
            forward(&qkv, &packing, heads, &mut out);
            close(&out, &expected);
            let mut grad_qkv = vec![f32::NAN; qkv.len()];
            backward(&qkv, &packing, heads, &out, &grad, &mut grad_qkv);
            close(&grad_qkv, &grads[0]);
        }
    }
}
