//! Episodes, as the text that they are written as.

use js_sys::{Function, Uint32Array};
use resit::env::{Attempt, Environment, Episode, Finish, Outcome, Task};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsError, JsValue};

use crate::{fault, parse, read, write};

/// A turn of the model, or a piece of one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece {
    text: String,
    #[serde(default)]
    tokens: Vec<u32>,
    #[serde(default)]
    logprobs: Vec<f32>,
    finish: Option<Finish>,
}

impl From<Piece> for Attempt {
    fn from(piece: Piece) -> Self {
        let whole = Self::text(piece.text);
        Self {
            tokens: piece.tokens,
            logprobs: piece.logprobs,
            finish: piece.finish.unwrap_or(whole.finish),
            ..whole
        }
    }
}

/// An episode after a step.
#[derive(Serialize)]
struct Stepped<'a> {
    episode: &'a Episode,
    outcome: Option<Outcome>,
    /// Why the step was refused, or why it ended the episode without a reward.
    error: Option<String>,
}

/// A [`resit::env::Sequence`].
#[derive(Serialize)]
struct Sequence {
    tokens: Vec<u32>,
    loss_mask: Vec<bool>,
    logprobs: Option<Vec<f32>>,
    rewards: Vec<f64>,
}

/// What a model sees of an episode, and what is learned from it.
#[derive(Serialize)]
struct View {
    remaining: u32,
    text: String,
    tokens: Vec<u32>,
    loss_mask: Vec<bool>,
    logprobs: Option<Vec<f32>>,
    sequences: Vec<Sequence>,
    rewards: Vec<f64>,
    reward: Option<f64>,
}

/// Starts an episode.
#[wasm_bindgen]
pub fn start(environment: &str, task: &str, seed: u32) -> Result<String, JsError> {
    let environment: Environment = read("environment", environment)?;
    let task: Task = parse("task", task)?;
    write(&environment.reset(&task, seed.into()).map_err(fault)?)
}

/// Takes a turn of the model.
#[wasm_bindgen]
pub fn step(environment: &str, episode: &str, attempt: &str) -> Result<String, JsError> {
    let environment: Environment = read("environment", environment)?;
    let mut episode: Episode = parse("episode", episode)?;
    let piece: Piece = parse("attempt", attempt)?;
    let (outcome, error) = match environment.step(&mut episode, piece.into()) {
        Ok(outcome) => (Some(outcome), None),
        Err(error) => (None, Some(error.to_string())),
    };
    write(&Stepped {
        episode: &episode,
        outcome,
        error,
    })
}

/// Gives ids to what the environment said.
#[wasm_bindgen]
pub fn encode(episode: &str, encode: &Function) -> Result<String, JsValue> {
    let mut episode: Episode = parse("episode", episode)?;
    let mut thrown = None;
    episode.encode(|text| {
        let ids = encode.call1(&JsValue::NULL, &text.into());
        match ids.map(|ids| {
            ids.dyn_into::<Uint32Array>()
                .unwrap_or_else(|ids| Uint32Array::new(&ids))
        }) {
            Ok(ids) => ids.to_vec(),
            Err(error) => {
                thrown = Some(error);
                Vec::new()
            }
        }
    });
    match thrown {
        Some(error) => Err(error),
        None => Ok(write(&episode)?),
    }
}

/// The episode as it was after so many attempts.
#[wasm_bindgen]
pub fn fork(episode: &str, after: u32) -> Result<String, JsError> {
    let episode: Episode = parse("episode", episode)?;
    write(&episode.fork(after).map_err(fault)?)
}

/// Reads an episode, so that one which is none is refused.
#[wasm_bindgen]
pub fn view(environment: &str, episode: &str) -> Result<String, JsError> {
    let environment: Environment = read("environment", environment)?;
    let episode: Episode = parse("episode", episode)?;
    episode.check().map_err(fault)?;
    let sequences = episode.sequences(&environment.rewards);
    let transcript = episode.transcript();
    write(&View {
        remaining: episode.state().remaining(),
        text: transcript.text(),
        tokens: transcript.tokens(),
        loss_mask: transcript.loss_mask(),
        logprobs: transcript.logprobs(),
        sequences: sequences
            .into_iter()
            .map(|sequence| Sequence {
                tokens: sequence.tokens,
                loss_mask: sequence.loss_mask,
                logprobs: sequence.logprobs,
                rewards: sequence.rewards,
            })
            .collect(),
        rewards: environment.rewards.attempts(&episode.state().results),
        reward: environment.rewards.reward(episode.state()),
    })
}
