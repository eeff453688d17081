//! The sampling engine: what a sequence becomes depends on nothing but itself.
#![allow(clippy::unwrap_used)]

mod common;

use candle_core::{DType, Device};
use common::{config, tokenizer};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use resit_trainer::model::{Config, Parameters};
use resit_trainer::sample::{Piece, Request, Sampler, Sampling, Turn};

const CONTEXT: usize = 60;

/// Sizes that fill no vector and no panel.
fn model() -> Config {
    Config {
        vocab_size: 70,
        hidden_size: 48,
        intermediate_size: 90,
        num_hidden_layers: 2,
        num_attention_heads: 6,
        num_key_value_heads: 2,
        tie_word_embeddings: true,
        ..config(&tokenizer())
    }
}

fn sampler(dtype: DType, rows: usize) -> Sampler {
    let weights = Parameters::random(&model(), 0.15, 4, dtype, &Device::Cpu).unwrap();
    Sampler::new(&model(), weights.frozen(), rows, CONTEXT).unwrap()
}

/// Prompts of all lengths, each of which is asked for several times, with settings of all kinds.
fn requests() -> Vec<Request> {
    let mut rng = StdRng::seed_from_u64(8);
    let mut requests = Vec::new();
    for length in 1..=30 {
        let prompt: Vec<u32> = (0..length).map(|_| rng.random_range(0..70)).collect();
        for sample in 0..4 {
            let all = Sampling::from([1.0, 0.7, 1.3][length % 3]);
            let sampling = match sample {
                0 => Sampling { top_k: 20, ..all },
                1 => Sampling { top_p: 0.9, ..all },
                2 => Sampling { min_p: 0.05, ..all },
                _ => all,
            };
            requests.push(Request {
                turn: Turn {
                    context: prompt.clone(),
                    limit: rng.random_range(1..40),
                },
                sampling,
                stop: vec![7],
                seed: rng.random(),
            });
        }
    }
    requests
}

fn same_tokens(a: &[Piece], b: &[Piece]) -> usize {
    a.iter()
        .zip(b)
        .filter(|(a, b)| a.tokens == b.tokens)
        .count()
}

#[test]
fn another_number_of_rows_changes_no_bit() {
    let expected = sampler(DType::F32, 120).generate(requests()).unwrap();
    for rows in [1, 7, 50] {
        assert_eq!(
            sampler(DType::F32, rows).generate(requests()).unwrap(),
            expected
        );
    }
    let mut backwards = requests();
    backwards.reverse();
    let mut pieces = sampler(DType::F32, 9).generate(backwards).unwrap();
    pieces.reverse();
    assert_eq!(pieces, expected);
}

#[test]
fn pieces_end_where_they_should() {
    let requests = requests();
    let mut sampler = sampler(DType::F32, 16);
    let pieces = sampler.generate(requests.clone()).unwrap();
    let (mut stopped, mut limited, mut full) = (0, 0, 0);
    for (request, piece) in requests.iter().zip(&pieces) {
        let Turn { context, limit } = &request.turn;
        let most = (*limit).min(CONTEXT - context.len());
        assert_eq!(piece.tokens.len(), piece.logprobs.len());
        let before = &piece.tokens[..piece.tokens.len() - 1];
        assert!(!before.contains(&7));
        if piece.tokens.last() == Some(&7) {
            stopped += 1;
        } else {
            assert_eq!(piece.tokens.len(), most);
            limited += usize::from(most == *limit);
            full += usize::from(most < *limit);
        }
    }
    assert!(
        stopped > 5 && limited > 20 && full > 2,
        "{stopped} {limited} {full}"
    );
}

#[test]
fn both_paths_sample_the_same() {
    let packed = sampler(DType::F32, 30).generate(requests()).unwrap();
    // Not f32, so composed of candle's operations.
    for rows in [30, 5] {
        let composed = sampler(DType::F64, rows).generate(requests()).unwrap();
        let same = same_tokens(&packed, &composed);
        assert!(
            same * 100 >= packed.len() * 99,
            "{same} of {}",
            packed.len()
        );
        for (a, b) in packed.iter().zip(&composed) {
            if a.tokens == b.tokens {
                for (a, b) in a.logprobs.iter().zip(&b.logprobs) {
                    assert!((a - b).abs() <= 1e-5, "{a} {b}");
                }
            }
        }
    }
}

#[test]
fn a_sampler_follows_its_weights() {
    let weights = Parameters::random(&model(), 0.15, 4, DType::F32, &Device::Cpu).unwrap();
    let mut sampler = Sampler::new(&model(), weights.frozen(), 8, CONTEXT).unwrap();
    let before = sampler.generate(requests()).unwrap();
    for (_, weight) in weights.iter() {
        weight.set(&(weight.as_tensor() * 0.5).unwrap()).unwrap();
    }
    let after = sampler.generate(requests()).unwrap();
    assert!(same_tokens(&before, &after) < 60);
    let mut other = Sampler::new(&model(), weights.frozen(), 8, CONTEXT).unwrap();
    assert_eq!(other.generate(requests()).unwrap(), after);
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let refused = |change: fn(&mut Request)| {
        let mut request = requests().remove(50);
        change(&mut request);
        let error = sampler(DType::F32, 2).generate(vec![request]);
        error.unwrap_err().to_string()
    };
    let empty = refused(|request| request.turn.context.clear());
    assert!(empty.contains("needs a token to begin with"), "{empty}");
    let foreign = refused(|request| request.turn.context[3] = 70);
    assert!(
        foreign.contains("token 70 is not in the vocabulary"),
        "{foreign}"
    );
    let cold = refused(|request| request.sampling.temperature = -1.0);
    assert!(cold.contains("temperature"), "{cold}");
    let none = Sampler::new(
        &model(),
        Parameters::random(&model(), 0.15, 4, DType::F32, &Device::Cpu)
            .unwrap()
            .frozen(),
        0,
        8,
    );
    assert!(none.is_err());
}
