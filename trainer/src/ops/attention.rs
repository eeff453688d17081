//! Causal attention in which groups of query heads share a key-value head (Ainslie et al., arXiv
//! 2305.13245). Exact; the probabilities are computed again in the backward pass and never kept.

use std::iter::repeat_n;
use std::ops::Range;

use candle_core::{D, Result, Tensor};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use super::Heads;
use super::packing::{Group, Packing, Piece};
use super::product::{Threads, product, rows, rows_mut, transpose};
use super::vector::{LANES, dot, exp, max, sum, vectorised};

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
    let group_width = heads.group() * heads.size;
    let qkv = rows(qkv, heads.width());
    let out = rows_mut(out, heads.queries * heads.size);
    let outs = split(
        out,
        Axis(0),
        packing.groups().map(|group| group.span().len()),
    );
    let mut units = Vec::with_capacity(outs.len() * heads.keys);
    for (group, out) in packing.groups().zip(outs) {
        let outs = split(out, Axis(1), repeat_n(group_width, heads.keys));
        units.extend(outs.into_iter().enumerate().map(|(head, out)| {
            let unit = Unit::new(qkv.slice_move(s![group.span(), ..]), heads, head);
            (group, unit, out)
        }));
    }
    units
        .into_par_iter()
        .for_each_init(Scratch::default, |scratch, (group, unit, mut out)| {
            for piece in group.pieces() {
                let keys = columns(unit.keys, &piece, &mut scratch.keys);
                for columns in unit.heads() {
                    for block in blocks(&piece) {
                        let end = block.end;
                        let scores = &mut scratch.scores;
                        let (rows, scores) =
                            unit.probabilities(columns.clone(), &piece, block, keys, scores);
                        let mut out = out.slice_mut(s![rows, columns.clone()]);
                        for (places, rows) in piece.parts(end) {
                            let add = places.start > 0;
                            let scores = scores.slice(s![.., places]);
                            let values = unit.values.slice(s![rows, ..]);
                            product(out.view_mut(), add, 1.0, scores, values, Threads::One);
                        }
                    }
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
    let (group_width, width) = (heads.group() * heads.size, heads.queries * heads.size);
    let (qkv, out, grad) = (
        rows(qkv, heads.width()),
        rows(out, width),
        rows(grad, width),
    );
    let grads = rows_mut(grad_qkv, heads.width());
    let grads = split(
        grads,
        Axis(0),
        packing.groups().map(|group| group.span().len()),
    );
    let mut units = Vec::with_capacity(grads.len() * heads.keys);
    for (group, grads) in packing.groups().zip(grads) {
        let span = group.span();
        let sizes = repeat_n(group_width, heads.keys).chain(repeat_n(heads.size, 2 * heads.keys));
        let mut queries = split(grads, Axis(1), sizes);
        let mut keys = queries.split_off(heads.keys);
        let values = keys.split_off(heads.keys);
        for (head, ((queries, keys), values)) in
            queries.into_iter().zip(keys).zip(values).enumerate()
        {
            let columns = head * group_width..(head + 1) * group_width;
            units.push(BackwardUnit {
                group,
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

/// The transposed of what `piece` sees of `x`, (head, visible): what the rows of a product come from.
fn columns<'m>(x: ArrayView2<f32>, piece: &Piece, memory: &'m mut Vec<f32>) -> ArrayView2<'m, f32> {
    memory.resize(piece.visible() * x.ncols(), 0.0);
    let mut out = rows_mut(memory, piece.visible());
    for (places, rows) in piece.parts(piece.own.len()) {
        transpose(x.slice(s![rows, ..]), out.slice_mut(s![.., places]));
    }
    rows(memory, piece.visible())
}

/// The tokens of a piece, so many at a time.
fn blocks(piece: &Piece) -> impl Iterator<Item = Range<usize>> + use<> {
    let time = piece.own.len();
    (0..time)
        .step_by(BLOCK)
        .map(move |start| start..(start + BLOCK).min(time))
}

/// What one key-value head is to do in one group of sequences, with the query heads that share it.
struct Unit<'a> {
    /// (time, group × head), time being that of all sequences.
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

    fn scale(&self) -> f32 {
        1.0 / (self.keys.ncols() as f32).sqrt()
    }

    /// How much each query of `block`, tokens of `piece`, attends to each token up to the end of the
    /// block, and which rows those queries are. `keys` are the transposed: (head, visible).
    fn probabilities<'s>(
        &self,
        columns: Range<usize>,
        piece: &Piece,
        block: Range<usize>,
        keys: ArrayView2<f32>,
        scores: &'s mut Vec<f32>,
    ) -> (Range<usize>, ArrayView2<'s, f32>) {
        let visible = piece.trunk + block.end;
        scores.resize(block.len() * visible, 0.0);
        let of_block = piece.own.start + block.start..piece.own.start + block.end;
        let queries = self.queries.slice(s![of_block.clone(), columns]);
        let keys = keys.slice(s![.., ..visible]);
        let out = rows_mut(scores, visible);
        product(out, false, self.scale(), queries, keys, Threads::One);
        let last = piece.trunk + block.start..visible;
        vectorised(
            #[inline(always)]
            || {
                for (row, last) in scores.chunks_exact_mut(visible).zip(last) {
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
        (of_block, rows(scores, visible))
    }
}

struct BackwardUnit<'a> {
    group: &'a Group,
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
        self.keys.fill(0.0);
        self.values.fill(0.0);
        for piece in self.group.pieces() {
            let keys_t = columns(unit.keys, &piece, &mut scratch.keys);
            let values_t = columns(unit.values, &piece, &mut scratch.values);
            for columns in unit.heads() {
                for block in blocks(&piece) {
                    let end = block.end;
                    let (rows_of_block, scores) =
                        unit.probabilities(columns.clone(), &piece, block, keys_t, scores);
                    let of_block = s![rows_of_block, columns.clone()];
                    let (queries, grad) = (unit.queries.slice(of_block), self.grad.slice(of_block));
                    let visible = piece.trunk + end;
                    slopes.resize(scores.len(), 0.0);
                    let out = rows_mut(slopes, visible);
                    let values = values_t.slice(s![.., ..visible]);
                    product(out, false, 1.0, grad, values, Threads::One);
                    through_softmax(scores, self.out.slice(of_block), grad, slopes, unit.scale());
                    let slopes = rows(slopes, visible);
                    let mut out = self.queries.slice_mut(of_block);
                    for (places, rows) in piece.parts(end) {
                        let add = places.start > 0;
                        let scores = scores.slice(s![.., places.clone()]);
                        let slopes = slopes.slice(s![.., places]);
                        let of_keys = s![rows, ..];
                        let values = self.values.slice_mut(of_keys);
                        product(values, true, 1.0, scores.t(), grad, Threads::One);
                        let keys = unit.keys.slice(of_keys);
                        product(out.view_mut(), add, 1.0, slopes, keys, Threads::One);
                        let keys = self.keys.slice_mut(of_keys);
                        product(keys, true, 1.0, slopes.t(), queries, Threads::One);
                    }
                }
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

    /// One whole sequence after the other, by candle's operations.
    fn reference(qkv: &Tensor, packing: &Packing, heads: Heads) -> Tensor {
        let Heads {
            queries,
            keys,
            size,
        } = heads;
        let mut results = Vec::new();
        let mut places = vec![None; packing.tokens()];
        let mut count = 0;
        for sequence in packing.groups().flat_map(Group::sequences) {
            let tokens: Vec<u32> = sequence.map(|token| token as u32).collect();
            for (index, token) in tokens.iter().enumerate() {
                places[*token as usize].get_or_insert((count + index) as u32);
            }
            let time = tokens.len();
            count += time;
            let tokens = Tensor::new(tokens, &Device::Cpu).unwrap();
            let qkv = qkv.index_select(&tokens, 0).unwrap();
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
            results.push(out.reshape((time, queries * size)).unwrap());
        }
        let places: Vec<u32> = places.into_iter().flatten().collect();
        let places = Tensor::new(places, &Device::Cpu).unwrap();
        let all = Tensor::cat(&results, 0).unwrap();
        all.index_select(&places, 0).unwrap()
    }

    #[test]
    fn both_paths_agree() {
        for (lengths, branches, queries, keys, size) in [
            (vec![1], vec![], 1, 1, 2),
            (vec![5, 1, 3], vec![2, 4], 4, 2, 6),
            (vec![70, 2], vec![1], 2, 2, 16),
            (vec![130], vec![40, 7, 65], 6, 2, 8),
            (vec![9, 64, 65], vec![31, 32, 33], 3, 1, 32),
        ] {
            let heads = Heads {
                queries,
                keys,
                size,
            };
            let mut packing = Packing::new(lengths.iter().copied());
            packing.push(lengths[0], branches);
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
