use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::convert::json_error;

/// What the grader found.
///
/// >>> verdict = resit.grade(r"\frac12", answer="0.5")
/// >>> verdict.correct, verdict.verdict, verdict.method
/// (True, 'equal', 'identical')
/// >>> resit.grade(r"\frac13", answer="0.3").reason
/// 'value-differs'
#[pyclass(frozen, eq, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct Verdict(pub(crate) resit::Verdict);

#[pymethods]
impl Verdict {
    /// Whether the answer equals the reference. An undecided one does not count as correct.
    #[getter]
    fn correct(&self) -> bool {
        self.0.correct()
    }

    /// `equal`, `different` or `undecided`.
    #[getter]
    fn verdict(&self) -> &'static str {
        match self.0.decision {
            resit::grade::Decision::Equal => "equal",
            resit::grade::Decision::Different => "different",
            resit::grade::Decision::Undecided => "undecided",
        }
    }

    /// Whether the response held a closed, non-empty box. True for an answer that came extracted.
    #[getter]
    fn formatted(&self) -> bool {
        self.0.formatted
    }

    /// The answer that was compared, or None if there was none.
    #[getter]
    fn extracted(&self) -> Option<&str> {
        self.0.extracted.as_deref()
    }

    /// The code of how it was decided: `identical`, `form`, `exact`, `refuted`, `numeric`,
    /// `rounded`, `text` or `none`.
    #[getter]
    fn method(&self) -> &'static str {
        self.0.method.code()
    }

    /// The code of why, such as `equal`, `value-differs` or `no-answer`.
    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason.code()
    }

    /// The steps that it took to read both sides and to decide.
    #[getter]
    fn steps(&self) -> u64 {
        self.0.steps
    }

    /// The verdict as JSON, with the names that are used here.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(json_error)
    }

    /// The verdict of what `to_json` wrote.
    #[staticmethod]
    fn from_json(json: &str) -> PyResult<Self> {
        serde_json::from_str(json).map(Self).map_err(json_error)
    }

    fn __repr__(&self) -> String {
        let (verdict, reason, method) = (self.verdict(), self.reason(), self.method());
        let extracted = self.0.extracted.as_deref().unwrap_or_default();
        format!("<Verdict {verdict}: {reason}, method {method}, extracted {extracted:?}>")
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let read = slf.get_type().getattr("from_json")?;
        (read, (slf.get().to_json()?,)).into_pyobject(py)
    }
}
