use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use resit::env::Task;

use crate::convert::{Text, env_error, from_python, json_error};
use crate::episode::Episode;
use crate::policy::Policy;

/// How episodes are played: immutable, and shared by all of them.
///
/// The default is the paper's training environment ("Learning from Failures in Multi-Attempt
/// Reinforcement Learning", arXiv 2503.04808): ChatML, up to five attempts, +1 for a right attempt,
/// -0.5 for a wrong one in a box, else -1, of which the best counts.
///
/// - `template`: `multi-attempt`, `repeat-question`, `single-turn`, `plain`, `think-answer`, or a
///   dict of `chat`, `system`, `user` and `feedback`. `{input}` stands for the question and
///   `{remaining}` for the number of attempts left.
/// - `chat`: the markup, in place of the template's: `plain`, `chatml`, `qwen2.5`, `qwen3`, `llama3`,
///   `mistral-v3`, `mistral-v7`, `gemma`, or a dict.
/// - `feedback`: what is said between two attempts, in place of the template's: `count`, `none`,
///   `unary`, `diagnostic`, `reflection`, `verification`, or a dict.
/// - `attempts`: a number, `{"uniform": {"max": 5}}` or `{"weighted": [1, 2, 3]}`, drawn from the
///   seed of the episode.
/// - `rewards`: a dict that replaces a part of the scheme: `correct`, `wrong`, `unformatted`,
///   `discount`, `format`, `improvement`, `repetition`, `length`, `aggregate` (`max`, `last`, `sum`,
///   `mean`) and `credit` (`episode`, `attempt`, `reflection`).
/// - `budget`: a dict of tokens: of an `attempt`, of the `episode`.
/// - `ending`: when an attempt that comes in pieces ends: `turn`, `box`, `{"marker": "</answer>"}`.
/// - `policy`: the grader's: a Policy, or the name of one.
///
/// >>> environment = resit.Environment(attempts=2)
/// >>> episode = environment.reset("What is 6 × 7?", "42")
/// >>> episode.step(r"It is \boxed{43}.").status
/// 'wrong'
/// >>> episode.step(r"No, \boxed{42}.").reward
/// 1.0
#[pyclass(frozen, module = "resit")]
pub(crate) struct Environment {
    pub(crate) core: Arc<resit::env::Environment>,
}

#[pymethods]
impl Environment {
    #[new]
    #[pyo3(signature = (*, template=None, chat=None, feedback=None, attempts=None, rewards=None,
        budget=None, ending=None, policy=None))]
    #[expect(clippy::too_many_arguments, reason = "Python's keywords")]
    fn new(
        py: Python<'_>,
        template: Option<Bound<'_, PyAny>>,
        chat: Option<Bound<'_, PyAny>>,
        feedback: Option<Bound<'_, PyAny>>,
        attempts: Option<Bound<'_, PyAny>>,
        rewards: Option<Bound<'_, PyAny>>,
        budget: Option<Bound<'_, PyAny>>,
        ending: Option<Bound<'_, PyAny>>,
        policy: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let json = py.import("json")?;
        let settings = PyDict::new(py);
        for (name, value) in [
            ("template", template),
            ("chat", chat),
            ("feedback", feedback),
            ("attempts", attempts),
            ("rewards", rewards),
            ("budget", budget),
            ("ending", ending),
            ("policy", policy),
        ] {
            let Some(value) = value else { continue };
            let value = match value.cast::<Policy>() {
                Ok(policy) => json.call_method1("loads", (policy.get().to_json()?,))?,
                Err(_) => value,
            };
            settings.set_item(name, value)?;
        }
        let core = from_python(settings.as_any())?;
        Ok(Self {
            core: Arc::new(core),
        })
    }

    /// All settings as JSON.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&*self.core).map_err(json_error)
    }

    /// The environment of what `to_json` wrote, or of some settings.
    #[staticmethod]
    pub(crate) fn from_json(json: &str) -> PyResult<Self> {
        let core = serde_json::from_str(json).map_err(json_error)?;
        Ok(Self {
            core: Arc::new(core),
        })
    }

    /// Start an episode. `seed` decides how many attempts it grants, where that is drawn.
    ///
    /// Raises ResitError if the reference is empty or no attempt would be granted.
    ///
    /// >>> resit.Environment(template="plain", attempts=3).reset("6 × 7?", "42").attempts
    /// 3
    #[pyo3(signature = (question, reference, *, id=None, seed=0))]
    fn reset(
        &self,
        question: Text,
        reference: Text,
        id: Option<Text>,
        seed: u64,
    ) -> PyResult<Episode> {
        let task = Task {
            id: id.map(|id| id.to_string()),
            ..Task::new(&*question, &*reference)
        };
        let episode = self.core.reset(&task, seed).map_err(env_error)?;
        Ok(Episode::new(&self.core, episode))
    }

    fn __repr__(&self) -> PyResult<String> {
        Ok(format!("<Environment {}>", self.to_json()?))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        match other.cast::<Self>() {
            Ok(other) => Ok(self.to_json()? == other.get().to_json()?),
            Err(_) => Ok(false),
        }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let read = slf.get_type().getattr("from_json")?;
        (read, (slf.get().to_json()?,)).into_pyobject(py)
    }
}
