use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use resit::env::{Attempt, EnvError, Task};

use crate::convert::{Text, attempt, env_error};
use crate::environment::Environment;
use crate::episode::Episode;
use crate::grader::Errors;
use crate::pool;
use crate::transcript::Outcome;

/// Many episodes of one environment, stepped by one call on all cores, without the interpreter lock.
///
/// >>> environment = resit.Environment(attempts=2, template="plain")
/// >>> batch = resit.BatchEnv(environment, [("6 × 7?", "42"), ("1 + 1?", "2")])
/// >>> [outcome.status for outcome in batch.step([r"\boxed{42}", r"\boxed{3}"])]
/// ['correct', 'wrong']
/// >>> batch.step([None, r"\boxed{2}"])[1].reward
/// 1.0
#[pyclass(module = "resit")]
pub(crate) struct BatchEnv {
    environment: Arc<resit::env::Environment>,
    core: resit::env::BatchEnv,
}

#[pymethods]
impl BatchEnv {
    #[new]
    #[pyo3(signature = (environment, tasks, *, seed=0))]
    fn new(
        py: Python<'_>,
        environment: &Environment,
        tasks: Vec<(Text, Text)>,
        seed: u64,
    ) -> PyResult<Self> {
        let environment = Arc::clone(&environment.core);
        let core = pool::run(py, || {
            let prepare = |(question, reference): &(Text, Text)| {
                environment.prepare(Task::new(&**question, &**reference))
            };
            let prepared: Vec<_> = resit::grade::batch(&tasks, prepare);
            let prepared = prepared.into_iter().collect::<Result<Vec<_>, EnvError>>()?;
            resit::env::BatchEnv::new((*environment).clone(), &prepared, seed)
        })?;
        Ok(Self {
            core: core.map_err(env_error)?,
            environment,
        })
    }

    /// Step each episode by the text at its place; None leaves it as it is. `tokens`, `logprobs` and
    /// `finish` are lists of what `Episode.step` takes.
    ///
    /// The result has an Outcome for each step, in order, and None where there was none. A step that
    /// is refused raises ResitError after all others were taken; with `errors="none"` it is None, and
    /// with `errors="return"` it is the ResitError.
    #[pyo3(signature = (texts, *, tokens=None, logprobs=None, finish=None, errors="raise"))]
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        texts: Vec<Option<Text>>,
        tokens: Option<Vec<Option<Vec<u32>>>>,
        logprobs: Option<Vec<Option<Vec<f32>>>>,
        finish: Option<Vec<String>>,
        errors: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        let errors = Errors::named(errors)?;
        let count = texts.len();
        let lengths = [
            tokens.as_ref().map(Vec::len),
            logprobs.as_ref().map(Vec::len),
            finish.as_ref().map(Vec::len),
        ];
        if lengths.iter().flatten().any(|length| *length != count) {
            return Err(PyValueError::new_err("the lists are not of one length"));
        }
        let mut tokens = tokens.into_iter().flatten();
        let mut logprobs = logprobs.into_iter().flatten();
        let mut finish = finish.into_iter().flatten();
        let mut attempts: Vec<Option<Attempt>> = Vec::with_capacity(count);
        for text in texts {
            let (tokens, logprobs) = (tokens.next().flatten(), logprobs.next().flatten());
            let finish = finish.next();
            let finish = finish.as_deref().unwrap_or("end-of-turn");
            let piece = text.map(|text| attempt(&text, tokens, logprobs, finish));
            attempts.push(piece.transpose()?);
        }
        let core = &mut self.core;
        let stepped = pool::run(py, || core.step(attempts))?;
        let mut objects = Vec::with_capacity(stepped.len());
        for (place, outcome) in stepped.into_iter().enumerate() {
            objects.push(match outcome {
                None => py.None(),
                Some(Ok(outcome)) => Py::new(py, Outcome::from(outcome))?.into_any(),
                Some(Err(error)) => errors.object(py, format!("episode {place}: {error}"))?,
            });
        }
        PyList::new(py, objects)
    }

    /// Give ids to what the environment said, in every episode, as `Episode.encode` does.
    fn encode(&mut self, encode: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut fault = None;
        for episode in self.core.episodes_mut() {
            episode.encode(|text| {
                let ids = encode.call1((text,)).and_then(|ids| ids.extract());
                ids.unwrap_or_else(|error| {
                    fault.get_or_insert(error);
                    Vec::new()
                })
            });
        }
        fault.map_or(Ok(()), Err)
    }

    /// Copies of the episodes, in the order of their tasks.
    #[getter]
    fn episodes(&self) -> Vec<Episode> {
        let episodes = self.core.episodes().iter();
        episodes
            .map(|episode| Episode::new(&self.environment, episode.clone()))
            .collect()
    }

    /// A copy of the episode at a place.
    fn __getitem__(&self, place: usize) -> PyResult<Episode> {
        let episode = self.core.episodes().get(place).ok_or_else(|| {
            pyo3::exceptions::PyIndexError::new_err("there is no episode at this place")
        })?;
        Ok(Episode::new(&self.environment, episode.clone()))
    }

    /// Whether all episodes have ended.
    #[getter]
    fn done(&self) -> bool {
        let mut episodes = self.core.episodes().iter();
        episodes.all(|episode| episode.state().stop.is_some())
    }

    fn __len__(&self) -> usize {
        self.core.episodes().len()
    }

    fn __repr__(&self) -> String {
        format!("<BatchEnv of {} episodes>", self.__len__())
    }
}
