use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::ResitError;
use crate::convert::{Text, attempt, env_error, json_error, name};
use crate::environment::Environment;
use crate::transcript::{AttemptResult, Outcome, Segment, Sequence, mask};

type Core = resit::env::Episode;

/// One episode: a question, the attempts at it and what was said in between. Made by
/// `Environment.reset`; all of it can be written, read, forked and replayed at any step.
///
/// A trainer gives ids to what the environment said, samples after them, and steps by what was
/// sampled:
///
/// >>> episode = resit.Environment(attempts=2).reset("What is 6 × 7?", "42")
/// >>> while not episode.done:
/// ...     episode.encode(lambda text: list(text.encode()))
/// ...     context = episode.tokens
/// ...     _ = episode.step(r"\boxed{42}", tokens=[7, 8], logprobs=[-0.5, -0.25])
/// >>> episode.reward, episode.loss_mask[-3:], episode.stop
/// (1.0, [0, 1, 1], 'solved')
#[pyclass(module = "resit")]
pub(crate) struct Episode {
    environment: Arc<resit::env::Environment>,
    core: Core,
}

impl Episode {
    pub(crate) fn new(environment: &Arc<resit::env::Environment>, core: Core) -> Self {
        Self {
            environment: Arc::clone(environment),
            core,
        }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}

#[pymethods]
impl Episode {
    /// The question.
    #[getter]
    fn question(&self) -> &str {
        &self.core.task().question
    }

    /// The right answer. Never shown to the model.
    #[getter]
    fn reference(&self) -> &str {
        &self.core.task().reference
    }

    /// Where the question comes from, if anyone needs to know.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.core.task().id.as_deref()
    }

    /// The environment that plays it.
    #[getter]
    fn environment(&self) -> Environment {
        Environment {
            core: Arc::clone(&self.environment),
        }
    }

    /// How many attempts it grants.
    #[getter]
    fn attempts(&self) -> u32 {
        self.core.state().attempts
    }

    /// How many attempts are left, the one under way included.
    #[getter]
    fn remaining(&self) -> u32 {
        self.core.state().remaining()
    }

    /// What the attempts that have ended came to.
    #[getter]
    fn results(&self) -> Vec<AttemptResult> {
        let results = &self.core.state().results;
        let rewards = self.environment.rewards.attempts(results);
        let pairs = results.iter().zip(rewards);
        pairs
            .map(|(result, reward)| AttemptResult::new(result, reward))
            .collect()
    }

    /// The rewards of these attempts.
    #[getter]
    fn rewards(&self) -> Vec<f64> {
        self.environment
            .rewards
            .attempts(&self.core.state().results)
    }

    /// The reward of the episode; None while it goes on.
    #[getter]
    fn reward(&self) -> Option<f64> {
        self.environment.rewards.reward(self.core.state())
    }

    /// Whether it has ended.
    #[getter]
    fn done(&self) -> bool {
        self.core.state().stop.is_some()
    }

    /// Why it ended: `solved`, `exhausted`, `budget`, `truncated`, `accepted` or `error`; None while
    /// it goes on.
    #[getter]
    fn stop(&self) -> Option<String> {
        self.core.state().stop.map(name)
    }

    /// Tokens that the model may sample in the next piece; None if there is no budget.
    #[getter]
    fn allowance(&self) -> Option<u64> {
        self.environment.allowance(self.core.state())
    }

    /// The text that the next token follows.
    #[getter]
    fn text(&self) -> String {
        self.core.transcript().text()
    }

    /// The ids that the next token follows.
    #[getter]
    fn tokens(&self) -> Vec<u32> {
        self.core.transcript().tokens()
    }

    /// For each of `tokens`, 1 if the model sampled it after those before it, else 0.
    #[getter]
    fn loss_mask(&self) -> Vec<u32> {
        mask(self.core.transcript().loss_mask())
    }

    /// For each of `tokens`, its log-probability when it was sampled, 0.0 where the mask is 0. None
    /// where that of a sampled token is not known.
    #[getter]
    fn logprobs(&self) -> Option<Vec<f32>> {
        self.core.transcript().logprobs()
    }

    /// What was said, in order.
    #[getter]
    fn segments(&self) -> Vec<Segment> {
        let segments = self.core.transcript().segments();
        segments.iter().map(Segment::from).collect()
    }

    /// What is trained: one sequence, or one for each context where a chat hides the reasoning of
    /// earlier turns (`qwen3`).
    fn sequences(&self) -> Vec<Sequence> {
        let sequences = self.core.sequences(&self.environment.rewards);
        sequences.into_iter().map(Sequence::from).collect()
    }

    /// Give ids to what the environment said and what has none yet. Sampled ids are never touched.
    fn encode(&mut self, encode: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut fault = None;
        let mut ids = |text: &str| {
            let ids = encode.call1((text,)).and_then(|ids| ids.extract());
            ids.unwrap_or_else(|error| {
                fault.get_or_insert(error);
                Vec::new()
            })
        };
        // As it was, should `encode` raise.
        let mut encoded = self.core.clone();
        encoded.encode(&mut ids);
        match fault {
            Some(error) => Err(error),
            None => {
                self.core = encoded;
                Ok(())
            }
        }
    }

    /// Take a turn of the model, or a piece of one: its text, the ids exactly as they were sampled
    /// with their log-probabilities, and why generation stopped: `end-of-turn`, `length` (the context
    /// is full) or `open` (a piece of a turn that goes on).
    ///
    /// Raises ResitError if the step must not be taken; the episode is then as it was.
    #[pyo3(signature = (text, *, tokens=None, logprobs=None, finish="end-of-turn"))]
    fn step(
        &mut self,
        text: Text,
        tokens: Option<Vec<u32>>,
        logprobs: Option<Vec<f32>>,
        finish: &str,
    ) -> PyResult<Outcome> {
        let attempt = attempt(&text, tokens, logprobs, finish)?;
        let outcome = self.environment.step(&mut self.core, attempt);
        outcome.map(Outcome::from).map_err(env_error)
    }

    /// The episode as it was when attempt number `after` + 1 was about to begin.
    ///
    /// >>> episode = resit.Environment(attempts=2).reset("6 × 7?", "42")
    /// >>> _ = episode.step(r"\boxed{41}")
    /// >>> episode.fork(0).remaining, episode.fork(1).remaining
    /// (2, 1)
    fn fork(&self, after: u32) -> PyResult<Self> {
        let fork = self.core.fork(after).map_err(env_error)?;
        Ok(Self::new(&self.environment, fork))
    }

    /// Play the model's turns again. In the same environment the result equals this episode.
    fn replay(&self) -> PyResult<Self> {
        let again = self.environment.replay(&self.core).map_err(env_error)?;
        Ok(Self::new(&self.environment, again))
    }

    /// Raise ResitError if the transcript is none: segments out of order, ids without an author, a
    /// state that does not go with it.
    fn check(&self) -> PyResult<()> {
        let checked = self.core.check();
        checked.map_err(|fault| ResitError::new_err(fault.to_string()))
    }

    /// The task, the state and the transcript as JSON. The environment is not part of it.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.core).map_err(json_error)
    }

    /// The episode of what `to_json` wrote.
    #[staticmethod]
    fn from_json(environment: &Environment, json: &str) -> PyResult<Self> {
        let core = serde_json::from_str(json).map_err(json_error)?;
        Ok(Self::new(&environment.core, core))
    }

    /// The same as `to_json`, in less than half the bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.core.to_bytes().map_err(env_error)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The episode of what `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(environment: &Environment, bytes: &[u8]) -> PyResult<Self> {
        let (core, rest) = Core::from_bytes(bytes).map_err(env_error)?;
        if !rest.is_empty() {
            let more = format!("{} bytes follow the episode", rest.len());
            return Err(PyValueError::new_err(more));
        }
        Ok(Self::new(&environment.core, core))
    }

    fn __copy__(&self) -> Self {
        Self::new(&self.environment, self.core.clone())
    }

    fn __deepcopy__(&self, memo: &Bound<'_, PyAny>) -> Self {
        // Nothing in it is shared with another object of Python.
        let _ = memo;
        self.__copy__()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Self>().ok().and_then(|other| {
            let other = other.try_borrow().ok()?;
            Some(other.core == self.core)
        });
        other == Some(true)
    }

    fn __repr__(&self) -> String {
        let state = self.core.state();
        let stop = self.stop().unwrap_or_else(|| "goes on".into());
        let (used, attempts) = (state.used(), state.attempts);
        format!("<Episode {used} of {attempts} attempts, {stop}>")
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let read = slf.get_type().getattr("from_bytes")?;
        let this = slf.borrow();
        let bytes = this.to_bytes(py)?;
        (read, (this.environment(), bytes)).into_pyobject(py)
    }
}
