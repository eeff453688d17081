use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use resit::metrics::{self as core, Bootstrap, EpisodeRecord, Question};

use crate::episode::Episode;

/// A number measured over questions: its `value`, the ends `low` and `high` of its 95 % bootstrap
/// interval over questions (None below two of them), and the `count` of what it is a share of.
#[pyclass(frozen, eq, get_all, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct Metric {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    count: f64,
}

#[pymethods]
impl Metric {
    #[new]
    #[pyo3(signature = (value, low, high, count))]
    fn from_fields(value: Option<f64>, low: Option<f64>, high: Option<f64>, count: f64) -> Self {
        Self {
            value,
            low,
            high,
            count,
        }
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let Self {
            value,
            low,
            high,
            count,
        } = self.clone();
        (value, low, high, count).into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        match (self.value, self.low, self.high) {
            (Some(value), Some(low), Some(high)) => {
                format!(
                    "<Metric {value:.4} [{low:.4}, {high:.4}] of {}>",
                    self.count
                )
            }
            (Some(value), ..) => format!("<Metric {value:.4} of {}>", self.count),
            _ => "<Metric of nothing>".into(),
        }
    }
}

/// What episodes say of a policy, for up to `attempts` attempts: `accuracy_at_K` and `solved_by_K`,
/// `fix_rate_K` and `break_rate_K` (of the second attempt on), `repeat_rate`, `distinct_answers`,
/// `format_rate` and `tokens_to_solve`. Episodes with the same id are samples of one question.
///
/// >>> environment = resit.Environment(attempts=2)
/// >>> episodes = [environment.reset("6 × 7?", "42", id=str(i)) for i in range(2)]
/// >>> for episode, answer in zip(episodes, ["42", "41"]):
/// ...     _ = episode.step(rf"\boxed{{{answer}}}")
/// >>> _ = episodes[1].step(r"\boxed{42}")
/// >>> found = resit.metrics(episodes, attempts=2)
/// >>> found["solved_by_1"].value, found["solved_by_2"].value
/// (0.5, 1.0)
#[pyfunction]
#[pyo3(signature = (episodes, *, attempts=1, seed=0))]
pub(crate) fn metrics<'py>(
    py: Python<'py>,
    episodes: Vec<PyRef<'py, Episode>>,
    attempts: u32,
    seed: u64,
) -> PyResult<Bound<'py, PyDict>> {
    let records = episodes
        .iter()
        .map(|episode| EpisodeRecord::of(episode.core()));
    let questions = Question::group(records.collect::<Vec<_>>());
    let bootstrap = Bootstrap {
        seed,
        ..Bootstrap::default()
    };
    let found = PyDict::new(py);
    let insert = |name: String, metric: core::Metric| {
        let interval = metric.interval(&bootstrap);
        let metric = Metric {
            value: metric.value(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            count: metric.count(),
        };
        found.set_item(name, Py::new(py, metric)?)
    };
    for k in 1..=attempts {
        insert(format!("accuracy_at_{k}"), core::accuracy_at(&questions, k))?;
        insert(format!("solved_by_{k}"), core::solved_by(&questions, k))?;
        if k > 1 {
            insert(format!("fix_rate_{k}"), core::fix_rate(&questions, k))?;
            insert(format!("break_rate_{k}"), core::break_rate(&questions, k))?;
        }
    }
    insert("repeat_rate".into(), core::repeat_rate(&questions))?;
    insert(
        "distinct_answers".into(),
        core::distinct_answers(&questions),
    )?;
    insert("format_rate".into(), core::format_rate(&questions))?;
    insert("tokens_to_solve".into(), core::tokens_to_solve(&questions))?;
    Ok(found)
}
