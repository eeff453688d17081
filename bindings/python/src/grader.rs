use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use resit::grade::{Reason, batch};

use crate::convert::{Text, texts};
use crate::policy::{Policy, policy};
use crate::verdict::Verdict;
use crate::{ResitError, pool};

/// Grade an answer that is already extracted, or a model's whole output, against a reference.
///
/// Raises ResitError if the reference is empty: that is a fault of the task, not a wrong answer.
///
/// >>> resit.grade("42", response=r"So it is \boxed{6 \cdot 7}.").correct
/// True
/// >>> resit.grade("0.75", answer=r"\frac68", policy="default+lowest-terms").reason
/// 'form-differs'
#[pyfunction]
#[pyo3(signature = (reference, *, answer=None, response=None, policy=None))]
pub(crate) fn grade(
    reference: Text,
    answer: Option<Text>,
    response: Option<Text>,
    #[pyo3(from_py_with = given_policy)] policy: Option<resit::Policy>,
) -> PyResult<Verdict> {
    let grader = resit::Grader::new(policy.unwrap_or_default());
    one(&grader, &reference, answer, response)
}

fn given_policy(given: &Bound<'_, PyAny>) -> PyResult<Option<resit::Policy>> {
    let given = (!given.is_none()).then_some(given);
    given.map(|given| policy(Some(given))).transpose()
}

/// Grade many answers, or many responses, on all cores and without the interpreter lock.
///
/// The result has a verdict for each row, in order. A row that cannot be graded (an empty reference,
/// or an object that is no str) raises ResitError; with `errors="none"` it is None, and with
/// `errors="return"` it is the ResitError. It names the row, counted from `first_row`.
///
/// >>> verdicts = resit.grade_batch(["1/2", "3"], answers=["0.5", "4"])
/// >>> [verdict.correct for verdict in verdicts]
/// [True, False]
/// >>> resit.grade_batch(["1/2", ""], answers=["0.5", "4"], errors="none")[1] is None
/// True
#[pyfunction]
#[pyo3(signature = (references, *, answers=None, responses=None, policy=None, errors="raise", first_row=0))]
pub(crate) fn grade_batch<'py>(
    py: Python<'py>,
    references: &Bound<'py, PyAny>,
    answers: Option<&Bound<'py, PyAny>>,
    responses: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = given_policy)] policy: Option<resit::Policy>,
    errors: &str,
    first_row: usize,
) -> PyResult<Bound<'py, PyList>> {
    let grader = resit::Grader::new(policy.unwrap_or_default());
    let rows = Rows {
        references,
        answers,
        responses,
        first: first_row,
    };
    many(py, &grader, &rows, Errors::named(errors)?)
}

/// Grades under one policy.
///
/// >>> grader = resit.Grader("boxed")
/// >>> grader.grade("42", response="It is 42.").reason
/// 'no-answer'
#[pyclass(frozen, module = "resit")]
pub(crate) struct Grader(Arc<resit::Grader>);

#[pymethods]
impl Grader {
    #[new]
    #[pyo3(signature = (policy=None))]
    fn new(#[pyo3(from_py_with = given_policy)] policy: Option<resit::Policy>) -> Self {
        Self(Arc::new(resit::Grader::new(policy.unwrap_or_default())))
    }

    /// The policy that this grader follows.
    #[getter]
    fn policy(&self) -> Policy {
        Policy(self.0.policy().clone())
    }

    /// As the function `grade`, under this policy.
    #[pyo3(signature = (reference, *, answer=None, response=None))]
    fn grade(
        &self,
        reference: Text,
        answer: Option<Text>,
        response: Option<Text>,
    ) -> PyResult<Verdict> {
        one(&self.0, &reference, answer, response)
    }

    /// As the function `grade_batch`, under this policy.
    #[pyo3(signature = (references, *, answers=None, responses=None, errors="raise", first_row=0))]
    fn grade_batch<'py>(
        &self,
        py: Python<'py>,
        references: &Bound<'py, PyAny>,
        answers: Option<&Bound<'py, PyAny>>,
        responses: Option<&Bound<'py, PyAny>>,
        errors: &str,
        first_row: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let rows = Rows {
            references,
            answers,
            responses,
            first: first_row,
        };
        many(py, &self.0, &rows, Errors::named(errors)?)
    }

    fn __repr__(&self) -> PyResult<String> {
        Ok(format!("<Grader {}>", self.policy().to_json()?))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Self>();
        other.is_ok_and(|other| other.get().0.policy() == self.0.policy())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        (slf.get_type(), (slf.get().policy(),)).into_pyobject(slf.py())
    }
}

const EITHER: &str = "either an answer or a response is needed, not both";

fn one(
    grader: &resit::Grader,
    reference: &str,
    answer: Option<Text>,
    response: Option<Text>,
) -> PyResult<Verdict> {
    let verdict = match (answer, response) {
        (Some(answer), None) => grader.grade(reference, &answer),
        (None, Some(response)) => grader.grade_response(reference, &response),
        _ => return Err(PyTypeError::new_err(EITHER)),
    };
    match fault(&verdict) {
        Some(fault) => Err(ResitError::new_err(fault)),
        None => Ok(Verdict(verdict)),
    }
}

/// What is wrong with the task, which is not a verdict on the answer.
fn fault(verdict: &resit::Verdict) -> Option<String> {
    (verdict.reason == Reason::EmptyReference).then(|| verdict.reason.to_string())
}

/// What is graded, and the number of its first row.
struct Rows<'a, 'py> {
    references: &'a Bound<'py, PyAny>,
    answers: Option<&'a Bound<'py, PyAny>>,
    responses: Option<&'a Bound<'py, PyAny>>,
    first: usize,
}

fn many<'py>(
    py: Python<'py>,
    grader: &resit::Grader,
    rows: &Rows<'_, 'py>,
    errors: Errors,
) -> PyResult<Bound<'py, PyList>> {
    let first = rows.first;
    let (given, whole) = match (rows.answers, rows.responses) {
        (Some(answers), None) => (texts(answers)?, false),
        (None, Some(responses)) => (texts(responses)?, true),
        _ => return Err(PyTypeError::new_err(EITHER)),
    };
    let references = texts(rows.references)?;
    if references.len() != given.len() {
        let (references, given) = (references.len(), given.len());
        return Err(PyValueError::new_err(format!(
            "{references} references for {given} answers or responses"
        )));
    }
    let rows: Vec<_> = references.into_iter().zip(given).collect();
    let graded = pool::run(py, || {
        batch(&rows, |(reference, given)| {
            let (reference, given) = match (reference, given) {
                (Ok(reference), Ok(given)) => (reference, given),
                (Err(fault), _) => return Err(format!("the reference: {fault}")),
                (_, Err(fault)) => return Err(format!("the answer: {fault}")),
            };
            let verdict = if whole {
                grader.grade_response(reference, given)
            } else {
                grader.grade(reference, given)
            };
            match fault(&verdict) {
                Some(fault) => Err(fault),
                None => Ok(verdict),
            }
        })
    })?;
    let mut objects = Vec::with_capacity(graded.len());
    for (row, graded) in (first..).zip(graded) {
        objects.push(match graded {
            Ok(verdict) => Py::new(py, Verdict(verdict))?.into_any(),
            Err(fault) => errors.object(py, format!("row {row}: {fault}"))?,
        });
    }
    PyList::new(py, objects)
}

/// What becomes of a row that has an error.
#[derive(Clone, Copy)]
pub(crate) enum Errors {
    Raise,
    Return,
    None,
}

impl Errors {
    pub(crate) fn named(name: &str) -> PyResult<Self> {
        match name {
            "raise" => Ok(Self::Raise),
            "return" => Ok(Self::Return),
            "none" => Ok(Self::None),
            _ => Err(PyValueError::new_err(format!(
                "errors is \"raise\", \"return\" or \"none\", not {name:?}"
            ))),
        }
    }

    /// What stands in the place of the row.
    pub(crate) fn object(self, py: Python<'_>, fault: String) -> PyResult<Py<PyAny>> {
        let error = ResitError::new_err(fault);
        match self {
            Self::Raise => Err(error),
            Self::Return => Ok(error.into_value(py).into_any()),
            Self::None => Ok(py.None()),
        }
    }
}
