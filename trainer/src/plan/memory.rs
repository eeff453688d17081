//! Bytes, by what holds them. Temporaries that are small against all else are left out.

use super::activations::{Activations, chunk, forward};
use super::{F32, Item, Sizes};
use crate::config::{CriticKind, RunConfig};

/// Columns of a panel of the sampler on the CPU.
const PANEL: usize = 32;

/// Tokens that the sampler reads at a time, at most.
const READ: usize = 512;

/// Tensors in f32 as large as the weight that the optimizer changes, at a time, where candle's
/// operations compute the step: the gradient, that times the scale, the root, and the four of the last
/// line.
const STEP_RESULTS: f64 = 7.0;

/// Tensors in f32 as large as a matrix that has an adapter, at a time, where the sum of both is computed:
/// the product of B and A, that times its scale, and the sum.
const MERGE_RESULTS: f64 = 3.0;

pub(super) fn resident(sizes: &Sizes, config: &RunConfig) -> Vec<Item> {
    let number = sizes.number;
    // Weights of fewer bits have a copy in f32, which the optimizer changes.
    let master = if number < F32 && sizes.adapter.is_none() {
        F32
    } else {
        0.0
    };
    let (policy, critic) = sizes.trained();
    let adapters = sizes.adapter.as_ref().map_or(0.0, |a| a.policy + a.critic);
    let sampling = &config.sampling;
    let mut items = vec![
        item("policy: weights", sizes.parameters * number),
        item("policy: moments", policy * 2.0 * F32),
        item("policy: master weights", sizes.parameters * master),
        item("critic: weights", sizes.critic * number),
        item("critic: moments", critic * 2.0 * F32),
        item("critic: master weights", sizes.critic * master),
        item("adapters: weights", adapters * F32),
        item("reference: weights", sizes.parameters * number),
    ];
    let mut positions = sampling.context_length;
    let mut head = sizes.head;
    if sizes.fused {
        items.push(item("sampler: weights in panels", panels(sizes) * F32));
        (positions, head) = (padded(positions), padded(head));
    }
    let cached = sampling.rows * positions * head;
    let per_layer = 2.0 * cached as f64 * sizes.key_heads;
    items.push(item(
        "sampler: keys and values",
        per_layer * sizes.layers * number,
    ));
    items.retain(|item| item.bytes > 0.0);
    items
}

pub(super) fn sampling(sizes: &Sizes, config: &RunConfig) -> Vec<Item> {
    let (rows, context) = (config.sampling.rows, config.sampling.context_length as f64);
    let read = READ.max(rows) as f64;
    let rows = rows as f64;
    // On the CPU a row has its scores once more.
    let copies = if sizes.cpu { 2.0 * F32 } else { F32 };
    let logits = rows * sizes.vocabulary;
    if sizes.fused {
        let [hidden, inner, queries, projected] = padded_widths(sizes);
        let work = read * (hidden + inner + queries + projected) as f64;
        return vec![
            item("logits", logits * copies),
            item("activations of a pass", work * F32),
        ];
    }
    // A row that reads is padded to the longest: that reads all it may, and two read a part.
    let padded = read + (READ as f64).min(context);
    let reading = forward(sizes, padded, context.min(READ as f64));
    // To continue, what the rows hold of a layer is gathered, and scored in four steps.
    let gathered = 2.0 * sizes.keys + 4.0 * sizes.heads;
    vec![
        item("logits", logits * (copies + sizes.number)),
        item(
            "activations of a pass",
            reading.max(rows * context * gathered * sizes.number),
        ),
    ]
}

pub(super) fn scoring(sizes: &Sizes, config: &RunConfig) -> Vec<Item> {
    let length = config.sampling.context_length as f64;
    let tokens = micro_size(config) as f64 * length;
    let logits = chunk(sizes, tokens) * F32;
    // Candle has four of them at a time: shifted, exponential, logarithm, product.
    let logits = if sizes.fused { logits } else { 4.0 * logits };
    vec![
        item("logits", logits),
        item("activations of a layer", forward(sizes, tokens, length)),
    ]
}

/// At that of the moments of an update at which most is held: in the backward pass of the head, at the
/// end of the policy's and of the critic's, or in the optimizer's step.
pub(super) fn update(sizes: &Sizes, config: &RunConfig, recomputed: bool) -> Vec<Item> {
    let length = config.sampling.context_length as f64;
    let micro = micro_size(config);
    let of = Activations::new(sizes, micro as f64 * length, length, recomputed);
    let policy = sizes.parameters * sizes.number;
    let critic = sizes.critic * sizes.number;
    let embedding = sizes.embedding * sizes.number;
    let step = if sizes.fused { 0.0 } else { STEP_RESULTS };
    // What is left of the gradients after the backward pass.
    let (of_policy, of_critic, step) = match &sizes.adapter {
        Some(adapter) => {
            let merge = MERGE_RESULTS * F32 * adapter.largest;
            (adapter.policy * F32, adapter.critic * F32, merge)
        }
        None => (policy, critic, step * F32 * sizes.largest),
    };
    let sums = of_policy + of_critic;
    // From the second micro-batch on the sums of both models' gradients are there besides.
    let (before_policy, before_critic) = if episodes(config) > micro {
        (sums, sums)
    } else {
        (0.0, of_policy)
    };
    let mut moments = vec![
        [before_policy + embedding, of.kept, of.logits, of.in_head],
        [
            before_policy + policy,
            of.kept,
            of.kept_logits,
            of.in_layers,
        ],
        [sums, 0.0, 0.0, step],
    ];
    if sizes.kind == Some(CriticKind::Separate) {
        moments.push([before_critic + critic, of.kept, 0.0, of.in_layers]);
    }
    let total = |moment: &[f64; 4]| moment.iter().sum::<f64>();
    let most = moments
        .into_iter()
        .max_by(|a, b| total(a).total_cmp(&total(b)));
    let [gradients, activations, logits, work] = most.unwrap_or_default();
    let mut items = vec![
        item("gradients", gradients),
        item("activations", activations),
        item("logits", logits),
        item("backward pass or step at work", work),
    ];
    items.retain(|item| item.bytes > 0.0);
    items
}

fn item(name: &'static str, bytes: f64) -> Item {
    Item { name, bytes }
}

/// Episodes of an optimizer step.
fn episodes(config: &RunConfig) -> usize {
    let algorithm = &config.algorithm;
    algorithm.train_batch_size.min(algorithm.episodes())
}

fn micro_size(config: &RunConfig) -> usize {
    config
        .algorithm
        .micro_batch_size
        .clamp(1, episodes(config).max(1))
}

fn padded(size: usize) -> usize {
    size.next_multiple_of(PANEL)
}

/// Columns of hidden states, gates, queries, and queries, keys and values, as the sampler on the CPU
/// pads them.
fn padded_widths(sizes: &Sizes) -> [usize; 4] {
    let queries = sizes.heads as usize * padded(sizes.head);
    let keys = sizes.key_heads as usize * padded(sizes.head);
    [
        padded(sizes.hidden as usize),
        padded(sizes.inner as usize),
        queries,
        queries + 2 * keys,
    ]
}

/// Numbers in the weights of the sampler on the CPU, and in its copy of the embedding.
fn panels(sizes: &Sizes) -> f64 {
    let [hidden, inner, queries, projected] = padded_widths(sizes);
    let layer = (projected + queries + 3 * inner) * hidden + projected;
    let vocabulary = sizes.vocabulary as usize;
    let head = padded(vocabulary) * hidden;
    sizes.layers * layer as f64 + (head + vocabulary * sizes.hidden as usize) as f64
}
