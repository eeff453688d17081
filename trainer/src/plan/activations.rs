//! What a forward pass keeps for the backward pass, and what the backward pass has besides, in bytes.
//!
//! The fused operations keep what they need in buffers that the next layer uses again; that such a buffer
//! may be larger than what is asked for is not counted.
//!
//! Candle keeps every result of an operation until the loss is dropped. A gradient of candle's is a
//! result, too: until its tensor's turn comes, it holds what it was computed from; and there is one for
//! every argument, even where nothing is trained. In bf16 norms and what follows from logits are in f32.
//! How many gradients are there at a time was measured for layers in which one kind of tensor is the
//! largest by far.

use super::{F32, Sizes};
use crate::config::CriticKind;

/// Logits in memory at a time: if there are more, the backward pass computes them again in such chunks.
const LOGITS: f64 = (1 << 24) as f64;

/// Results that candle has between the hidden states and the log-probabilities, in bytes per logit:
/// product, quotient, logits less their maximum, exponential, logarithm of the softmax, its exponential
/// and the product of both, seven in f32; in bf16 the first two have two bytes and are converted.
const HEAD_RESULTS: f64 = 28.0;

/// Gradients in f32 at a time in the backward pass of that.
const HEAD_GRADIENTS: f64 = 11.0;

/// Tensors as large as the scores of attention at a time in the backward pass of the softmax: nine for
/// its quotient.
const SCORE_GRADIENTS: f64 = 9.0;

/// As large as the gates, in the backward pass of the gated network.
const GATE_GRADIENTS: f64 = 17.0;

/// As large as the hidden states, in that of a layer whose scores and gates are small, and in any.
const HIDDEN_GRADIENTS: [f64; 2] = [26.0, 10.0];

/// Of one model and one micro-batch.
pub(super) struct Activations {
    /// What the forward pass leaves: the arguments of the layers, what the layers keep besides, and the
    /// hidden states that the head reads.
    pub(super) kept: f64,
    /// Logits, and what follows from them.
    pub(super) logits: f64,
    /// The part of that which stays until the backward pass has ended.
    pub(super) kept_logits: f64,
    /// At work at a time in the head's backward pass.
    pub(super) in_head: f64,
    /// At work in the backward pass of the first layer, which comes last.
    pub(super) in_layers: f64,
}

impl Activations {
    /// Of `tokens` tokens, in sequences of `length`.
    pub(super) fn new(sizes: &Sizes, tokens: f64, length: f64, recomputed: bool) -> Self {
        let mut of = if sizes.fused {
            Self::fused(sizes, tokens, recomputed)
        } else {
            Self::composed(sizes, tokens, length, recomputed)
        };
        if sizes.kind == Some(CriticKind::ValueHead) {
            // Of the hidden states by the value head: its gradient, zeros, and the sum of both.
            of.in_head += 3.0 * tokens * sizes.hidden * sizes.number;
        }
        of
    }

    fn fused(sizes: &Sizes, tokens: f64, recomputed: bool) -> Self {
        let Sizes {
            hidden, qkv, inner, ..
        } = *sizes;
        // Recomputed, the buffers of one layer are there. Two norms are at work besides.
        let layers = if recomputed { 1.0 } else { sizes.layers };
        let buffers = layers * kept(sizes) + 2.0 * hidden;
        // Besides the layers' arguments: the last result, its norm, and that at the states.
        let arguments = (sizes.layers + 3.0) * hidden;
        // The activated gates, and the gradients of queries, keys and values and of what is attended to.
        let gradients = inner + qkv + hidden;
        Self {
            kept: F32 * tokens * (arguments + buffers),
            logits: F32 * chunk(sizes, tokens),
            kept_logits: 0.0,
            // Of the hidden states: the operation's, zeros, and the sum of both.
            in_head: F32 * tokens * 3.0 * hidden,
            // The same, and the result's.
            in_layers: F32 * tokens * (gradients + 4.0 * hidden),
        }
    }

    fn composed(sizes: &Sizes, tokens: f64, length: f64, recomputed: bool) -> Self {
        let Sizes {
            hidden,
            inner,
            number,
            ..
        } = *sizes;
        let scores = sizes.heads * length;
        let layer = layer_results(sizes, scores);
        let largest = (SCORE_GRADIENTS * scores)
            .max(GATE_GRADIENTS * inner)
            .max(HIDDEN_GRADIENTS[0] * hidden);
        let mut in_layers = number * (largest + HIDDEN_GRADIENTS[1] * hidden);
        let mut kept = number * (sizes.layers + 2.0) * hidden + norm_results(sizes);
        if recomputed {
            // The argument is copied, and the result multiplied with its gradient.
            in_layers += layer + number * 3.0 * hidden;
        } else {
            kept += sizes.layers * layer;
            // Gradients of the mask and of the maximum of the scores, four of half a row of angles, and
            // those of two norms' weights before they are summed over the tokens.
            let untrained = 2.0 * scores + 2.0 * (hidden + sizes.keys) + 9.0 * hidden;
            in_layers += (sizes.layers - 1.0) * number * untrained;
        }
        let chunk = chunk(sizes, tokens);
        // The product's gradient of the head, zeros, their sum, and that of the transposed.
        let embedding = sizes.embedding * number;
        let mut in_head = HEAD_GRADIENTS * F32 * chunk + 4.0 * embedding;
        let whole = tokens * sizes.vocabulary <= chunk;
        if !whole {
            // The place of a chunk's hidden states in all, filled up with zeros.
            in_head += 4.0 * tokens * hidden * number;
        }
        let logits = HEAD_RESULTS * chunk;
        Self {
            kept: tokens * kept,
            logits,
            kept_logits: if whole { logits } else { 0.0 },
            in_head,
            in_layers: (tokens * in_layers).max(2.0 * embedding),
        }
    }
}

/// Numbers that a fused layer keeps per token: queries, keys and values, what they attend to, the sum
/// with that, gates and ups.
fn kept(sizes: &Sizes) -> f64 {
    sizes.qkv + 2.0 * sizes.hidden + 2.0 * sizes.inner
}

/// Logits in memory at a time.
pub(super) fn chunk(sizes: &Sizes, tokens: f64) -> f64 {
    (tokens * sizes.vocabulary).min(LOGITS.max(sizes.vocabulary))
}

/// Bytes per token of a norm of candle's: squares and quotients, the product with the weight; in bf16
/// the argument in f32 and the quotient in bf16 besides.
fn norm_results(sizes: &Sizes) -> f64 {
    if sizes.number < F32 {
        sizes.hidden * (3.0 * F32 + 2.0 * sizes.number)
    } else {
        sizes.hidden * 3.0 * F32
    }
}

/// Bytes per token of all results in a layer of candle's operations but the last, which is the next
/// layer's argument. `scores`: numbers in a row of scores of all heads.
pub(super) fn layer_results(sizes: &Sizes, scores: f64) -> f64 {
    let Sizes {
        hidden, qkv, inner, ..
    } = *sizes;
    // The product, with the bias, in three parts, padded, by heads.
    let projected = 5.0 * qkv;
    let rotated = 4.5 * (hidden + sizes.keys);
    // Product, scaled, masked, shifted, its exponential, normed.
    let attention = 6.0 * scores;
    // What is attended to, by tokens, without padding; projected, and added to the argument.
    let context = 5.0 * hidden;
    // Gates and ups, the activation, their product, and the product with the last weight.
    let gated = 4.0 * inner + hidden;
    2.0 * norm_results(sizes) + sizes.number * (projected + rotated + attention + context + gated)
}

/// Bytes at work in a pass of so many tokens without a graph, each of which sees `keys` keys.
pub(super) fn forward(sizes: &Sizes, tokens: f64, keys: f64) -> f64 {
    let Sizes {
        hidden,
        qkv,
        inner,
        number,
        ..
    } = *sizes;
    if sizes.fused {
        // The argument and the result, and what would be kept.
        return F32 * tokens * (4.0 * hidden + inner + kept(sizes));
    }
    // On the CPU a product of bf16 has what it reads or writes in f32 besides, and its weight twice.
    let converted = if sizes.cpu && number < F32 { 2.0 } else { 0.0 };
    // Four steps of the softmax and the mask are there at once, or gates and ups, activated and multiplied.
    let scores = (4.0 + converted) * sizes.heads * keys + keys;
    let attention = number * tokens * (scores + 5.0 * qkv);
    let weight = 2.0 * inner * hidden * F32;
    let gated = number * tokens * (4.0 + converted) * inner + converted * weight;
    attention.max(gated) + number * tokens * 2.0 * hidden
}
