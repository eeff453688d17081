use candle_core::Tensor;
use candle_nn::VarBuilder;
use pulp::Arch;

use super::attention::{Geometry, LayerCache, Rotary, Span};
use super::matrix::{Blocked, Columns, PANEL, PackedMatrix, gated};
use super::{Feed, Scores};
use crate::Result;
use crate::model::{Config, RotaryEmbedding, check};
use crate::ops::{Slice, dot};

/// The decoder on the CPU in f32: weights in panels, and attention straight over the cache. What it
/// computes for a row does not depend on what other rows it is computed with, to the last bit.
pub(super) struct Packed {
    arch: Arch,
    geometry: Geometry,
    hidden: usize,
    vocab: usize,
    eps: f32,
    rotary: Rotary,
    weights: Weights<Tensor>,
    embedding: Vec<f32>,
    layers: Vec<PackedLayer>,
    head: PackedMatrix,
    caches: Vec<LayerCache>,
    buffers: Buffers,
}

/// The weights of the model, which others may change.
struct Weights<T> {
    embedding: T,
    layers: Vec<LayerWeights<T>>,
    norm: T,
    head: T,
}

struct LayerWeights<T> {
    input_norm: T,
    /// Of queries, keys and values.
    projections: [T; 3],
    biases: [T; 3],
    output: T,
    post_norm: T,
    gate: T,
    up: T,
    down: T,
}

/// What a layer's weights are while tokens are sampled. The norms are factors of the weights that
/// follow them.
struct PackedLayer {
    projected: PackedMatrix,
    bias: Vec<f32>,
    output: PackedMatrix,
    gate: PackedMatrix,
    up: PackedMatrix,
    down: PackedMatrix,
}

#[derive(Default)]
struct Buffers {
    residual: Blocked,
    projected: Blocked,
    context: Blocked,
    inner: Blocked,
    last: Blocked,
    scores: Blocked,
    scale: Vec<f32>,
}

impl Packed {
    pub(super) fn new(
        config: &Config,
        weights: VarBuilder,
        rows: usize,
        capacity: usize,
    ) -> Result<Self> {
        check(config)?;
        let head_dim = config.hidden_size / config.num_attention_heads;
        let geometry = Geometry {
            heads: config.num_attention_heads,
            kv_heads: config.num_key_value_heads,
            head_dim,
            padded: Columns::padded(head_dim).padded,
        };
        let rotary = RotaryEmbedding::new(config, weights.dtype(), weights.device())?;
        let hidden = Columns::padded(config.hidden_size).padded;
        let inner = Columns::padded(config.intermediate_size).padded;
        let layer = || PackedLayer {
            projected: PackedMatrix::new(geometry.projected(), hidden),
            bias: vec![0.0; geometry.projected()],
            output: PackedMatrix::new(hidden, geometry.heads * geometry.padded),
            gate: PackedMatrix::new(inner, hidden),
            up: PackedMatrix::new(inner, hidden),
            down: PackedMatrix::new(hidden, inner),
        };
        let layers = 0..config.num_hidden_layers;
        Ok(Self {
            arch: Arch::new(),
            geometry,
            hidden: config.hidden_size,
            vocab: config.vocab_size,
            eps: config.rms_norm_eps as f32,
            rotary: Rotary::new(&rotary)?,
            weights: Weights::new(config, weights)?,
            embedding: Vec::new(),
            head: PackedMatrix::new(Columns::padded(config.vocab_size).padded, hidden),
            caches: layers
                .clone()
                .map(|_| LayerCache::new(geometry, rows, capacity))
                .collect(),
            layers: layers.map(|_| layer()).collect(),
            buffers: Buffers::default(),
        })
    }

    /// Takes the weights as they are now.
    pub(super) fn refresh(&mut self) -> Result<()> {
        let heads = Columns {
            used: self.geometry.head_dim,
            padded: self.geometry.padded,
        };
        let copy = |tensor: &Tensor| -> Result<Vec<f32>> { Ok(Slice::of(tensor)?.to_vec()) };
        self.embedding = copy(&self.weights.embedding)?;
        let hidden = Columns::padded(self.hidden);
        for (layer, weights) in self.layers.iter_mut().zip(&self.weights.layers) {
            let norm = copy(&weights.input_norm)?;
            let mut first = 0;
            for (weight, bias) in weights.projections.iter().zip(&weights.biases) {
                let norm = Some(norm.as_slice());
                layer.projected.pack(weight, first, heads, hidden, norm)?;
                for head in copy(bias)?.chunks(heads.used) {
                    layer.bias[first..first + head.len()].copy_from_slice(head);
                    first += heads.padded;
                }
            }
            let wide = Columns::padded(layer.gate.outputs());
            layer.output.pack(&weights.output, 0, hidden, heads, None)?;
            let norm = copy(&weights.post_norm)?;
            let inner = Columns::padded(weights.gate.dim(0)?);
            let norm = Some(norm.as_slice());
            layer.gate.pack(&weights.gate, 0, wide, hidden, norm)?;
            layer.up.pack(&weights.up, 0, wide, hidden, norm)?;
            layer.down.pack(&weights.down, 0, hidden, inner, None)?;
        }
        let norm = copy(&self.weights.norm)?;
        let vocab = Columns::padded(self.vocab);
        let norm = Some(norm.as_slice());
        self.head.pack(&self.weights.head, 0, vocab, hidden, norm)
    }

    /// Takes the first `count` positions of the row `from` into the row `to`.
    pub(super) fn copy(&mut self, from: usize, to: usize, count: usize) {
        for cache in &mut self.caches {
            cache.copy(self.geometry, from, to, count);
        }
    }

    /// `feeds` are ordered by their rows.
    pub(super) fn forward(&mut self, feeds: &[Feed]) -> Scores<'_> {
        let mut first = 0;
        let spans = feeds.iter().map(|feed| {
            let span = Span {
                row: feed.row,
                position: feed.position,
                count: feed.tokens.len(),
                first,
            };
            first += span.count;
            span
        });
        let spans: Vec<Span> = spans.collect();
        let ids: Vec<u32> = feeds.iter().flat_map(|feed| feed.tokens).copied().collect();

        let arch = self.arch;
        let Buffers {
            residual,
            projected,
            context,
            inner,
            last,
            scores,
            scale,
        } = &mut self.buffers;
        residual.resize(ids.len(), self.hidden, PANEL);
        for (index, block) in residual.blocks_mut().enumerate() {
            let from = index * PANEL;
            let used = PANEL.min(self.hidden - from);
            for (row, id) in block.chunks_exact_mut(PANEL).zip(&ids) {
                let embedding = &self.embedding[*id as usize * self.hidden..][..self.hidden];
                row[..used].copy_from_slice(&embedding[from..from + used]);
                row[used..].fill(0.0);
            }
        }
        let inverse_rms = |x: &Blocked, scale: &mut Vec<f32>| {
            scale.clear();
            scale.resize(x.view().rows, 0.0);
            arch.dispatch(|| {
                for block in x.view().blocks() {
                    for (sum, row) in scale.iter_mut().zip(block.chunks_exact(PANEL)) {
                        *sum += dot(row, row);
                    }
                }
            });
            for scale in scale.iter_mut() {
                *scale = (*scale / self.hidden as f32 + self.eps).sqrt().recip();
            }
        };
        for (layer, cache) in self.layers.iter().zip(&mut self.caches) {
            inverse_rms(residual, scale);
            let (view, bias) = (residual.view(), Some(layer.bias.as_slice()));
            layer
                .projected
                .apply(arch, view, Some(scale), bias, projected);
            let (geometry, rotary) = (self.geometry, &self.rotary);
            cache.attend(arch, geometry, rotary, projected.view(), &spans, context);
            layer.output.add(arch, context.view(), residual);
            inverse_rms(residual, scale);
            gated(arch, residual.view(), scale, &layer.gate, &layer.up, inner);
            layer.down.add(arch, inner.view(), residual);
        }

        let ends = || spans.iter().zip(feeds).filter(|(_, feed)| feed.scored);
        last.resize(ends().count(), self.hidden, PANEL);
        for (into, from) in last.blocks_mut().zip(residual.view().blocks()) {
            for (row, (span, _)) in into.chunks_exact_mut(PANEL).zip(ends()) {
                let token = span.first + span.count - 1;
                row.copy_from_slice(&from[token * PANEL..][..PANEL]);
            }
        }
        inverse_rms(last, scale);
        self.head
            .apply(arch, last.view(), Some(scale), None, scores);
        Scores::Blocked(scores.view())
    }
}

impl Weights<Tensor> {
    fn new(config: &Config, weights: VarBuilder) -> Result<Self> {
        let hidden = config.hidden_size;
        let kv = hidden / config.num_attention_heads * config.num_key_value_heads;
        let inner = config.intermediate_size;
        let model = weights.pp("model");
        let embedding = model.get((config.vocab_size, hidden), "embed_tokens.weight")?;
        let head = if config.tie_word_embeddings {
            embedding.clone()
        } else {
            weights.get((config.vocab_size, hidden), "lm_head.weight")?
        };
        let layer = |index: usize| {
            let layer = model.pp("layers").pp(index);
            let (attention, mlp) = (layer.pp("self_attn"), layer.pp("mlp"));
            let weight = |name: &str, outputs| {
                attention.get((outputs, hidden), &format!("{name}_proj.weight"))
            };
            let bias = |name: &str, outputs| attention.get(outputs, &format!("{name}_proj.bias"));
            Ok(LayerWeights {
                input_norm: layer.get(hidden, "input_layernorm.weight")?,
                projections: [weight("q", hidden)?, weight("k", kv)?, weight("v", kv)?],
                biases: [bias("q", hidden)?, bias("k", kv)?, bias("v", kv)?],
                output: weight("o", hidden)?,
                post_norm: layer.get(hidden, "post_attention_layernorm.weight")?,
                gate: mlp.get((inner, hidden), "gate_proj.weight")?,
                up: mlp.get((inner, hidden), "up_proj.weight")?,
                down: mlp.get((hidden, inner), "down_proj.weight")?,
            })
        };
        Ok(Self {
            layers: (0..config.num_hidden_layers)
                .map(layer)
                .collect::<Result<_>>()?,
            norm: model.get(hidden, "norm.weight")?,
            embedding,
            head,
        })
    }
}
