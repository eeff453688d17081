use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::matrix::{Blocked, PANEL, Product, View};
use crate::Result;
use crate::model::RotaryEmbedding;
use crate::ops::{Slice, exp, max};

/// Query rows that are multiplied with the keys at a time.
const QUERIES: usize = 8;

/// The sizes of attention. A head fills panels of its own: `padded` columns.
#[derive(Clone, Copy)]
pub(super) struct Geometry {
    pub(super) heads: usize,
    pub(super) kv_heads: usize,
    pub(super) head_dim: usize,
    pub(super) padded: usize,
}

/// Keys and values of one layer, for each head and row as the panels that a product reads.
///
/// With positions and head dimensions padded to panels, keys are (heads, rows, positions / 32,
/// dimensions, 32) and values (heads, rows, dimensions / 32, positions, 32).
pub(super) struct LayerCache {
    keys: Vec<f32>,
    values: Vec<f32>,
    /// Positions, padded.
    capacity: usize,
}

/// Cosines and sines of the angles of all positions: (positions, head / 2).
pub(super) struct Rotary {
    cos: Vec<f32>,
    sin: Vec<f32>,
    half: usize,
}

/// Tokens that follow each other in one row of the cache.
#[derive(Clone, Copy)]
pub(super) struct Span {
    /// The row of the cache.
    pub(super) row: usize,
    /// The position of the first token.
    pub(super) position: usize,
    /// The number of tokens.
    pub(super) count: usize,
    /// The place of the first token among all that are computed together.
    pub(super) first: usize,
}

/// What one thread needs at a time.
#[derive(Default)]
struct Scratch {
    head: Vec<f32>,
    queries: Vec<f32>,
    scores: Vec<f32>,
    scale: Vec<f32>,
    context: Vec<f32>,
}

/// One key-value head of one row.
struct Head<'a> {
    geometry: Geometry,
    rotary: &'a Rotary,
    /// Queries, keys and values of all heads: (tokens, columns).
    projected: View<'a>,
    index: usize,
    span: Span,
    keys: &'a mut [f32],
    values: &'a mut [f32],
    capacity: usize,
    /// (tokens of the row, group × padded).
    out: &'a mut [f32],
    scratch: &'a mut Scratch,
}

impl Geometry {
    /// Query heads that share a key-value head.
    pub(super) fn group(&self) -> usize {
        self.heads / self.kv_heads
    }

    /// Columns of queries, keys and values side by side.
    pub(super) fn projected(&self) -> usize {
        (self.heads + 2 * self.kv_heads) * self.padded
    }
}

impl Rotary {
    /// The tables of `embedding`, which are f32 on the CPU.
    pub(super) fn new(embedding: &RotaryEmbedding) -> Result<Self> {
        let (cos, sin) = embedding.tables();
        Ok(Self {
            cos: Slice::of(cos)?.to_vec(),
            sin: Slice::of(sin)?.to_vec(),
            half: cos.dim(1)?,
        })
    }

    /// Turns a head, in the half-split layout of transformers, and multiplies it by `scale`.
    #[inline(always)]
    fn apply(&self, head: &mut [f32], position: usize, scale: f32) {
        let at = position * self.half;
        let (cos, sin) = (&self.cos[at..][..self.half], &self.sin[at..][..self.half]);
        let (first, second) = head.split_at_mut(self.half);
        for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
            (*a, *b) = ((*a * cos - *b * sin) * scale, (*b * cos + *a * sin) * scale);
        }
    }
}

impl LayerCache {
    pub(super) fn new(geometry: Geometry, rows: usize, positions: usize) -> Self {
        let capacity = positions.next_multiple_of(PANEL);
        let size = geometry.kv_heads * rows * capacity * geometry.padded;
        Self {
            keys: vec![0.0; size],
            values: vec![0.0; size],
            capacity,
        }
    }

    /// Takes the first `count` positions of the row `from` into the row `to`.
    pub(super) fn copy(&mut self, geometry: Geometry, from: usize, to: usize, count: usize) {
        let head = self.capacity * geometry.padded;
        let rows = self.keys.len() / (head * geometry.kv_heads);
        let count = count.next_multiple_of(PANEL);
        for index in 0..geometry.kv_heads {
            let (from, to) = ((index * rows + from) * head, (index * rows + to) * head);
            let keys = count * geometry.padded;
            self.keys.copy_within(from..from + keys, to);
            for part in 0..geometry.padded / PANEL {
                let offset = part * self.capacity * PANEL;
                let start = from + offset;
                self.values
                    .copy_within(start..start + count * PANEL, to + offset);
            }
        }
    }

    /// Appends the keys and values of the tokens in `projected`, and attends to them from its queries.
    /// `spans` are ordered by their rows. `out`: (tokens, heads × padded), in blocks for each
    /// key-value head.
    pub(super) fn attend(
        &mut self,
        arch: Arch,
        geometry: Geometry,
        rotary: &Rotary,
        projected: View,
        spans: &[Span],
        out: &mut Blocked,
    ) {
        let width = geometry.group() * geometry.padded;
        out.resize(projected.rows, geometry.heads * geometry.padded, width);
        let slot = self.capacity * geometry.padded;
        let rows = self.keys.len() / (slot * geometry.kv_heads);
        let capacity = self.capacity;
        let keys = self.keys.chunks_exact_mut(slot * rows);
        let values = self.values.chunks_exact_mut(slot * rows);
        let mut tasks = Vec::with_capacity(geometry.kv_heads * spans.len());
        for (index, ((keys, values), mut out)) in keys.zip(values).zip(out.blocks_mut()).enumerate()
        {
            let mut slots = keys
                .chunks_exact_mut(slot)
                .zip(values.chunks_exact_mut(slot))
                .enumerate();
            for &span in spans {
                let Some((_, (keys, values))) = slots.find(|(row, _)| *row == span.row) else {
                    break;
                };
                let (mine, rest) = out.split_at_mut(span.count * width);
                out = rest;
                tasks.push((index, span, keys, values, mine));
            }
        }
        tasks.into_par_iter().for_each_init(
            Scratch::default,
            |scratch, (index, span, keys, values, out)| {
                arch.dispatch(Head {
                    geometry,
                    rotary,
                    projected,
                    index,
                    span,
                    keys,
                    values,
                    capacity,
                    out,
                    scratch,
                });
            },
        );
    }
}

impl WithSimd for Head<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.append();
        let tokens = (QUERIES / self.geometry.group()).max(1);
        for first in (0..self.span.count).step_by(tokens) {
            self.attend(simd, first, tokens.min(self.span.count - first));
        }
    }
}

impl Head<'_> {
    /// Writes the new keys and values.
    #[inline(always)]
    fn append(&mut self) {
        let Geometry {
            heads,
            kv_heads,
            head_dim,
            padded,
        } = self.geometry;
        self.scratch.head.resize(padded, 0.0);
        let head = self.scratch.head.as_mut_slice();
        for offset in 0..self.span.count {
            let token = self.span.first + offset;
            let position = self.span.position + offset;
            self.projected
                .read(token, (heads + self.index) * padded, head);
            self.rotary.apply(&mut head[..head_dim], position, 1.0);
            let panel = &mut self.keys[position / PANEL * padded * PANEL..][..padded * PANEL];
            for (key, x) in panel.chunks_exact_mut(PANEL).zip(head.iter()) {
                key[position % PANEL] = *x;
            }
            self.projected
                .read(token, (heads + kv_heads + self.index) * padded, head);
            for (part, x) in head.chunks_exact(PANEL).enumerate() {
                let start = (part * self.capacity + position) * PANEL;
                // What an earlier sequence has left behind is multiplied by 0, and must be finite.
                let begins = position.is_multiple_of(PANEL);
                let fresh = if begins { PANEL } else { 1 };
                self.values[start..start + fresh * PANEL].fill(0.0);
                self.values[start..start + PANEL].copy_from_slice(x);
            }
        }
    }

    /// The attention of `count` tokens from the place `first` in the span on, (tokens × group) rows.
    #[inline(always)]
    fn attend<S: Simd>(&mut self, simd: S, first: usize, count: usize) {
        let Geometry {
            head_dim, padded, ..
        } = self.geometry;
        let group = self.geometry.group();
        let rows = count * group;
        let position = self.span.position + first;
        let panels = (position + count).div_ceil(PANEL);
        let Scratch {
            queries,
            scores,
            scale,
            context,
            ..
        } = &mut *self.scratch;
        queries.resize(rows * padded, 0.0);
        scores.clear();
        scores.resize(panels * rows * PANEL, 0.0);
        scale.resize(rows, 0.0);
        context.resize(rows * PANEL, 0.0);

        let sharpness = (head_dim as f32).sqrt().recip();
        for (row, query) in queries.chunks_exact_mut(padded).enumerate() {
            let (token, head) = (first + row / group, self.index * group + row % group);
            self.projected
                .read(self.span.first + token, head * padded, query);
            self.rotary
                .apply(&mut query[..head_dim], position + row / group, sharpness);
        }
        let keys = self.keys.chunks_exact(padded * PANEL);
        for (out, panel) in scores.chunks_exact_mut(rows * PANEL).zip(keys) {
            let x = View {
                data: queries,
                rows,
                width: padded,
            };
            let scale = None;
            Product {
                x,
                panel,
                scale,
                out,
            }
            .with_simd(simd);
        }
        for (row, scale) in scale.iter_mut().enumerate() {
            *scale = 1.0 / softmax(scores, rows, row, position + row / group + 1);
        }
        for part in 0..padded / PANEL {
            let panel = &self.values[part * self.capacity * PANEL..][..panels * PANEL * PANEL];
            context.fill(0.0);
            let x = View {
                data: scores,
                rows,
                width: PANEL,
            };
            Product {
                x,
                panel,
                scale: Some(scale),
                out: context,
            }
            .with_simd(simd);
            for (row, context) in context.chunks_exact(PANEL).enumerate() {
                let start = (first * group + row) * padded + part * PANEL;
                self.out[start..start + PANEL].copy_from_slice(context);
            }
        }
    }
}

/// Of one row of scores, (positions / 32, rows, 32), e to the power of each less their maximum, and 0
/// from the position `visible` on. Gives the sum of these.
#[inline(always)]
fn softmax(scores: &mut [f32], rows: usize, row: usize, visible: usize) -> f32 {
    let seen = |index: usize| visible.saturating_sub(index * PANEL).min(PANEL);
    let mut largest = f32::NEG_INFINITY;
    for (index, panel) in scores.chunks_exact(rows * PANEL).enumerate() {
        let here = max(&panel[row * PANEL..][..seen(index)]);
        largest = if here > largest { here } else { largest };
    }
    let mut sums = [0.0; PANEL];
    for (index, panel) in scores.chunks_exact_mut(rows * PANEL).enumerate() {
        let scores = &mut panel[row * PANEL..][..PANEL];
        for score in scores.iter_mut() {
            *score = exp(*score - largest);
        }
        scores[seen(index)..].fill(0.0);
        for (sum, score) in sums.iter_mut().zip(scores.iter()) {
            *sum += score;
        }
    }
    sums.iter().sum()
}
