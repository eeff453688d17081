//! Tokens sampled per second, with rows of one length and of many.

use std::error::Error;
use std::path::Path;
use std::thread::sleep;
use std::time::Instant;

use candle_core::{DType, Device};
use resit_trainer::model::Parameters;
use resit_trainer::sample::{Piece, Request, Sampler, Sampling, Turn};
use serde_json::json;

use super::{REST, Size, middle};
use crate::Figures;
use crate::python::{Script, numbers};
use crate::side_by_side::rounded;

/// Rounds of each, one after the other in turns.
const ROUNDS: usize = 5;

/// Rows that are sampled at a time.
const ROWS: usize = 64;

const PROMPT: usize = 32;

/// The most tokens after a prompt.
const TOKENS: usize = 128;

/// How many times as fast as `generate` of transformers: [`ROWS`] prompts with [`TOKENS`] tokens each,
/// and if `mixed` four times as many prompts with 1 to [`TOKENS`], which transformers samples in batches
/// that are as long as their longest. At temperature 1 from the whole vocabulary, without a token that stops.
pub(super) fn figures(
    size: &Size,
    mixed: bool,
    mut peer: Option<&mut Script>,
) -> Result<Figures, Box<dyn Error>> {
    let config = size.config()?;
    let parameters = Parameters::random(&config, 0.02, 1, DType::F32, &Device::Cpu)?;
    let file = std::env::temp_dir().join(format!(
        "resit-sampling-{}-{}.safetensors",
        size.name,
        std::process::id()
    ));
    parameters.save(&file)?;
    let mut sampler = Sampler::new(&config, parameters.frozen(), ROWS, PROMPT + TOKENS)?;
    let mut kinds = vec![("", requests(size, ROWS, |_| TOKENS))];
    if mixed {
        let lengths = |row: usize| 1 + row * 7919 % TOKENS;
        kinds.push(("_mixed", requests(size, 4 * ROWS, lengths)));
    }
    let mut figures = Figures::new();
    for (kind, requests) in kinds {
        let sampled = sides(size, &file, &mut sampler, &requests, peer.as_deref_mut())?;
        let tokens: usize = requests.iter().map(|request| request.turn.limit).sum();
        for (title, seconds) in [("Resit", sampled.0), ("transformers", sampled.1)] {
            if let Some(seconds) = seconds {
                println!(
                    "sampling{kind}, {}, {tokens} tokens: {title:<12} {:>7.0} ms, {:>6.0} tokens/s",
                    size.name,
                    seconds * 1e3,
                    tokens as f64 / seconds
                );
            }
        }
        if let (Some(ours), Some(theirs)) = sampled {
            let figure = format!("sample{kind}_ratio_{}", size.name);
            figures.insert(figure, rounded(theirs / ours).into());
        }
    }
    std::fs::remove_file(&file)?;
    Ok(figures)
}

/// Median seconds here and there.
fn sides(
    size: &Size,
    file: &Path,
    sampler: &mut Sampler,
    requests: &[Request],
    mut peer: Option<&mut Script>,
) -> Result<(Option<f64>, Option<f64>), Box<dyn Error>> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let start = Instant::now();
        let pieces = sampler.generate(requests.to_vec())?;
        let seconds = start.elapsed().as_secs_f64();
        // The first round warms up.
        ours.extend((round > 0).then_some(seconds));
        let Some(peer) = &mut peer else { continue };
        if round == 0 {
            compare(size, file, requests, &pieces, peer)?;
        }
        let prompts = requests.iter().map(|request| &request.turn.context);
        let limits = requests.iter().map(|request| request.turn.limit);
        let reply = peer.ask(&json!({
            "do": "generate",
            "config": size.json(),
            "weights": file,
            "prompts": prompts.collect::<Vec<_>>(),
            "tokens": limits.collect::<Vec<_>>(),
            "rows": ROWS,
        }))?;
        if round > 0 {
            theirs.extend(numbers(&reply, "seconds"));
        }
        sleep(REST);
    }
    Ok((middle(ours), middle(theirs)))
}

/// Fails unless the log-probabilities of what was sampled here are those of transformers.
fn compare(
    size: &Size,
    file: &Path,
    requests: &[Request],
    pieces: &[Piece],
    peer: &mut Script,
) -> Result<(), Box<dyn Error>> {
    for (request, piece) in requests.iter().zip(pieces).take(8) {
        if piece.tokens.len() != request.turn.limit {
            return Err("a row has another length than it should".into());
        }
        let reply = peer.ask(&json!({
            "do": "score",
            "config": size.json(),
            "weights": file,
            "prompt": request.turn.context,
            "sampled": piece.tokens,
        }))?;
        let theirs = numbers(&reply, "logprobs");
        let far = |(a, b): (&f32, &f64)| (f64::from(*a) - b).abs() > 1e-4;
        if theirs.len() != piece.logprobs.len() || piece.logprobs.iter().zip(&theirs).any(far) {
            return Err("transformers has other log-probabilities".into());
        }
    }
    Ok(())
}

fn requests(size: &Size, count: usize, limit: impl Fn(usize) -> usize) -> Vec<Request> {
    let id = |row: usize, column: usize| {
        (row * 7919 + column * 104_729 + row * column * 31) % size.vocab
    };
    let request = |row: usize| Request {
        turn: Turn {
            context: (0..PROMPT).map(|column| id(row, column) as u32).collect(),
            limit: limit(row),
        },
        sampling: Sampling::default(),
        stop: Vec::new(),
        seed: row as u64,
    };
    (0..count).map(request).collect()
}
