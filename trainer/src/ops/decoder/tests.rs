#![allow(clippy::unwrap_used)]
use candle_core::{DType, Var};

use super::super::tests::{close, random};
use super::*;

const SHAPES: [(&[usize], Heads, usize, usize); 3] = [
    (
        &[1],
        Heads {
            queries: 1,
            keys: 1,
            size: 2,
        },
        3,
        1,
    ),
    (
        &[5, 1, 9],
        Heads {
            queries: 4,
            keys: 2,
            size: 6,
        },
        20,
        33,
    ),
    (
        &[70, 3],
        Heads {
            queries: 2,
            keys: 1,
            size: 16,
        },
        32,
        48,
    ),
];

fn weights(
    heads: Heads,
    hidden: usize,
    inner: usize,
    dtype: DType,
) -> (Arc<DecoderWeights>, Vec<Var>) {
    let shapes: [&[usize]; 7] = [
        &[hidden],
        &[heads.width(), hidden],
        &[heads.width()],
        &[hidden, heads.queries * heads.size],
        &[hidden],
        &[2 * inner, hidden],
        &[hidden, inner],
    ];
    let vars: Vec<Var> = shapes
        .iter()
        .zip(1..)
        .map(|(shape, seed)| {
            let scale = if shape.len() == 2 {
                (shape[1] as f64).sqrt().recip()
            } else {
                1.0
            };
            let tensor = (random(shape, seed) * scale).unwrap();
            Var::from_tensor(&tensor.to_dtype(dtype).unwrap()).unwrap()
        })
        .collect();
    let of = |i: usize| vars[i].as_tensor().clone();
    let weights = DecoderWeights {
        heads,
        eps: 1e-6,
        input_layernorm: of(0),
        qkv_proj: of(1),
        qkv_bias: of(2),
        o_proj: of(3),
        post_attention_layernorm: of(4),
        gate_up_proj: of(5),
        down_proj: of(6),
    };
    (Arc::new(weights), vars)
}

/// The result of two passes through the layer, and all gradients.
fn run(shape: (&[usize], Heads, usize, usize), dtype: DType, recompute: bool) -> Vec<Tensor> {
    let (lengths, heads, hidden, inner) = shape;
    let (weights, vars) = weights(heads, hidden, inner, dtype);
    let mut packing = Packing::new(lengths.iter().copied());
    packing.push(3, vec![2, 4]);
    let tokens = packing.tokens();
    let cast = |x: Tensor| x.to_dtype(dtype).unwrap();
    let table = |seed| cast(random(&[80, heads.size / 2], seed));
    let pass = Arc::new(Pass::new(packing, &table(11), &table(12), recompute).unwrap());
    // Not contiguous.
    let x = Var::from_tensor(&cast(random(&[hidden, tokens], 13))).unwrap();
    let grad = cast(random(&[tokens, hidden], 14));
    let once = weights.forward(&x.t().unwrap(), &pass).unwrap();
    let out = weights.forward(&once, &pass).unwrap();
    let loss = (&out * grad).unwrap().sum_all().unwrap();
    let mut store = sink::backward(&loss).unwrap();
    let grads = vars
        .iter()
        .chain([&x])
        .map(|var| store.remove(var).unwrap());
    let all: Vec<Tensor> = grads.collect();
    let all = [out].into_iter().chain(all);
    all.map(|x| x.to_dtype(DType::F32).unwrap()).collect()
}

#[test]
fn both_paths_agree_kept_and_recomputed() {
    for shape in SHAPES {
        let expected = run(shape, DType::F64, false);
        for (dtype, recompute) in [(DType::F32, false), (DType::F32, true), (DType::F64, true)] {
            for (ours, expected) in run(shape, dtype, recompute).iter().zip(&expected) {
                close(&ours.flatten_all().unwrap().to_vec1().unwrap(), expected);
            }
        }
    }
}

#[test]
fn frozen_weights_leave_no_graph() {
    let (lengths, heads, hidden, inner) = SHAPES[1];
    let (weights, _) = weights(heads, hidden, inner, DType::F32);
    let frozen = DecoderWeights {
        input_layernorm: weights.input_layernorm.detach(),
        qkv_proj: weights.qkv_proj.detach(),
        qkv_bias: weights.qkv_bias.detach(),
        o_proj: weights.o_proj.detach(),
        post_attention_layernorm: weights.post_attention_layernorm.detach(),
        gate_up_proj: weights.gate_up_proj.detach(),
        down_proj: weights.down_proj.detach(),
        ..*weights
    };
    let packing = Packing::new(lengths.iter().copied());
    let x = random(&[packing.tokens(), hidden], 1);
    let table = random(&[16, heads.size / 2], 2);
    let pass = Arc::new(Pass::new(packing, &table, &table, false).unwrap());
    let out = Arc::new(frozen).forward(&x, &pass).unwrap();
    assert!(!out.track_op());
    let wrong = random(&[2, hidden], 1);
    assert!(weights.forward(&wrong, &pass).is_err());
}
