//! What a step came to, and what was said.

use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyDict, PyTuple};

use crate::convert::name;

/// What one step came to.
///
/// `status` is `correct`, `wrong`, `stopped` (the model ended its turn without an answer), `full` (the
/// context or a budget ran out), `open` (the turn goes on) or `interlude`. `reward` is that of the
/// whole episode once it has ended, and 0 before. `feedback` is what the environment says before the
/// model's next turn. `stop` is why the episode ended: `solved`, `exhausted`, `budget`, `truncated`
/// or `accepted`.
#[pyclass(frozen, eq, get_all, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct Outcome {
    status: String,
    reward: f64,
    feedback: Option<String>,
    stop: Option<String>,
}

impl From<resit::env::Outcome> for Outcome {
    fn from(outcome: resit::env::Outcome) -> Self {
        Self {
            status: name(outcome.status),
            reward: outcome.reward,
            feedback: outcome.feedback,
            stop: outcome.stop.map(name),
        }
    }
}

#[pymethods]
impl Outcome {
    #[new]
    #[pyo3(signature = (status, reward, feedback=None, stop=None))]
    fn new(status: String, reward: f64, feedback: Option<String>, stop: Option<String>) -> Self {
        Self {
            status,
            reward,
            feedback,
            stop,
        }
    }

    fn __repr__(&self) -> String {
        let stop = self.stop.as_deref().unwrap_or("goes on");
        format!("<Outcome {}: reward {}, {stop}>", self.status, self.reward)
    }

    fn __getnewargs__(&self) -> (String, f64, Option<String>, Option<String>) {
        (
            self.status.clone(),
            self.reward,
            self.feedback.clone(),
            self.stop.clone(),
        )
    }
}

/// What an attempt came to: `status` as in Outcome, the `verdict`, the `answer` that was judged and
/// the grader's `reason`, each None if there was nothing to judge; whether it was `correct`,
/// `formatted` and `repeated` an earlier answer; the number of its `tokens`, and its `reward`.
#[pyclass(frozen, eq, get_all, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct AttemptResult {
    status: String,
    correct: bool,
    formatted: bool,
    verdict: Option<String>,
    reason: Option<String>,
    answer: Option<String>,
    repeated: bool,
    tokens: u64,
    reward: f64,
}

impl AttemptResult {
    pub(crate) fn new(result: &resit::env::AttemptResult, reward: f64) -> Self {
        let judgement = result.judgement.as_ref();
        Self {
            status: name(result.status),
            correct: result.correct(),
            formatted: result.formatted(),
            verdict: judgement.map(|judgement| judgement.decision.to_string()),
            reason: judgement.and_then(|judgement| Some(judgement.reason?.code().into())),
            answer: result.answer().map(String::from),
            repeated: result.repeated,
            tokens: result.tokens,
            reward,
        }
    }
}

#[pymethods]
impl AttemptResult {
    #[new]
    #[pyo3(signature = (status, correct, formatted, verdict, reason, answer, repeated, tokens, reward))]
    #[expect(clippy::too_many_arguments, reason = "the fields, to be read back")]
    fn from_fields(
        status: String,
        correct: bool,
        formatted: bool,
        verdict: Option<String>,
        reason: Option<String>,
        answer: Option<String>,
        repeated: bool,
        tokens: u64,
        reward: f64,
    ) -> Self {
        Self {
            status,
            correct,
            formatted,
            verdict,
            reason,
            answer,
            repeated,
            tokens,
            reward,
        }
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let Self {
            status,
            correct,
            formatted,
            verdict,
            reason,
            answer,
            repeated,
            tokens,
            reward,
        } = self.clone();
        (
            status, correct, formatted, verdict, reason, answer, repeated, tokens, reward,
        )
            .into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        let answer = self.answer.as_deref().unwrap_or_default();
        format!(
            "<AttemptResult {}: {answer:?}, reward {}>",
            self.status, self.reward
        )
    }
}

/// A stretch of a transcript with one author. `kind` is `prompt`, `feedback` or `context` (the
/// environment's), or `attempt`, `reflection` or `verification` (the model's); `attempt` the number
/// of the attempt that it is or follows, 0 for the prompt; `tokens` and `logprobs` are empty where
/// they are not known; `finish` is why generation stopped, None for the environment's.
#[pyclass(frozen, eq, get_all, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct Segment {
    kind: String,
    attempt: u32,
    text: String,
    tokens: Vec<u32>,
    logprobs: Vec<f32>,
    finish: Option<String>,
}

impl From<&resit::env::Segment> for Segment {
    fn from(segment: &resit::env::Segment) -> Self {
        Self {
            kind: name(segment.kind),
            attempt: segment.attempt,
            text: segment.text.clone(),
            tokens: segment.tokens.clone(),
            logprobs: segment.logprobs.clone(),
            finish: segment.finish.map(name),
        }
    }
}

#[pymethods]
impl Segment {
    #[new]
    #[pyo3(signature = (kind, attempt, text, tokens, logprobs, finish))]
    fn from_fields(
        kind: String,
        attempt: u32,
        text: String,
        tokens: Vec<u32>,
        logprobs: Vec<f32>,
        finish: Option<String>,
    ) -> Self {
        Self {
            kind,
            attempt,
            text,
            tokens,
            logprobs,
            finish,
        }
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let Self {
            kind,
            attempt,
            text,
            tokens,
            logprobs,
            finish,
        } = self.clone();
        (kind, attempt, text, tokens, logprobs, finish).into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        let (kind, tokens) = (&self.kind, self.tokens.len());
        format!(
            "<Segment {kind} {}: {tokens} tokens, {:?}>",
            self.attempt, self.text
        )
    }
}

/// What is trained as one sequence; all lists are as long as `tokens`. `loss_mask` is 1 for each
/// token that the model sampled after those before it, else 0; `logprobs` are theirs when they were
/// sampled, 0.0 for the others, and None where one is not known; `rewards` are what the tokens bear.
///
/// >>> episode = resit.Environment(attempts=1, template="plain").reset("6 × 7?", "42")
/// >>> episode.encode(lambda text: [ord(c) for c in text])
/// >>> _ = episode.step(r"\boxed{42}", tokens=[7, 8], logprobs=[-0.5, -0.25])
/// >>> [sequence] = episode.sequences()
/// >>> sequence.tokens[-3:], sequence.loss_mask[-3:], sequence.rewards[-3:]
/// ([10, 7, 8], [0, 1, 1], [0.0, 0.0, 1.0])
/// >>> sequence.numpy()["logprobs"][-2:].tolist()
/// [-0.5, -0.25]
#[pyclass(frozen, eq, get_all, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct Sequence {
    tokens: Vec<u32>,
    loss_mask: Vec<u32>,
    logprobs: Option<Vec<f32>>,
    rewards: Vec<f64>,
}

impl From<resit::env::Sequence> for Sequence {
    fn from(sequence: resit::env::Sequence) -> Self {
        Self {
            tokens: sequence.tokens,
            loss_mask: mask(sequence.loss_mask),
            logprobs: sequence.logprobs,
            rewards: sequence.rewards,
        }
    }
}

/// 1 and 0.
pub(crate) fn mask(mask: Vec<bool>) -> Vec<u32> {
    mask.into_iter().map(u32::from).collect()
}

#[pymethods]
impl Sequence {
    #[new]
    #[pyo3(signature = (tokens, loss_mask, logprobs, rewards))]
    fn from_fields(
        tokens: Vec<u32>,
        loss_mask: Vec<u32>,
        logprobs: Option<Vec<f32>>,
        rewards: Vec<f64>,
    ) -> Self {
        Self {
            tokens,
            loss_mask,
            logprobs,
            rewards,
        }
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let Self {
            tokens,
            loss_mask,
            logprobs,
            rewards,
        } = self.clone();
        (tokens, loss_mask, logprobs, rewards).into_pyobject(py)
    }

    /// The same as arrays of numpy: `tokens` and `loss_mask` int64, `logprobs` float32 (left out where
    /// one is not known), `rewards` float64.
    fn numpy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let from_buffer = py.import("numpy")?.getattr("frombuffer")?;
        let arrays = PyDict::new(py);
        let insert = |name: &str, kind: &str, bytes: Vec<u8>| {
            let buffer = PyByteArray::new(py, &bytes);
            arrays.set_item(name, from_buffer.call1((buffer, kind))?)
        };
        let integers = |values: &[u32]| -> Vec<u8> {
            values
                .iter()
                .flat_map(|n| i64::from(*n).to_le_bytes())
                .collect()
        };
        insert("tokens", "<i8", integers(&self.tokens))?;
        insert("loss_mask", "<i8", integers(&self.loss_mask))?;
        if let Some(logprobs) = &self.logprobs {
            let bytes = logprobs.iter().flat_map(|p| p.to_le_bytes());
            insert("logprobs", "<f4", bytes.collect())?;
        }
        let bytes = self.rewards.iter().flat_map(|r| r.to_le_bytes());
        insert("rewards", "<f8", bytes.collect())?;
        Ok(arrays)
    }

    fn __repr__(&self) -> String {
        let sampled = self.loss_mask.iter().filter(|m| **m == 1).count();
        format!(
            "<Sequence of {} tokens, {sampled} sampled>",
            self.tokens.len()
        )
    }

    fn __len__(&self) -> usize {
        self.tokens.len()
    }
}
