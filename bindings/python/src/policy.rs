use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use resit::grade::POLICIES;

use serde_json::{Map, Value};

use crate::convert::{from_name, from_python, json_error};

/// Where an answer is looked for, what counts as equal, and what a verdict may cost.
///
/// `name` is `default`, `boxed`, `rounded`, `strict` or another that `resit grade --help` lists, and
/// after a `+` the form in which an answer has to be written: `default+lowest-terms`. The other
/// arguments replace a part of it: `extraction` (`default`, `boxed`, `first-box`, `final-line`, `tags`,
/// `regex:PATTERN`), some `conventions` as a dict, such as `kinds`, `units` (`written`, `converted`,
/// `ignored`), `names`, `domains` and `rounding` (`never`, `{"significant": 8}`), and the limits `fuel`
/// (steps of a verdict) and `length` (bytes).
///
/// >>> resit.grade("50%", answer="50").correct
/// True
/// >>> policy = resit.Policy(conventions={"units": "written"})
/// >>> resit.grade("50%", answer="50", policy=policy).correct
/// False
#[pyclass(frozen, eq, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct Policy(pub(crate) resit::Policy);

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(signature = (name="default", *, extraction=None, conventions=None, fuel=None, length=None))]
    fn new(
        name: &str,
        extraction: Option<&str>,
        conventions: Option<Bound<'_, PyAny>>,
        fuel: Option<u64>,
        length: Option<usize>,
    ) -> PyResult<Self> {
        let mut policy = named(name)?;
        if let Some(extraction) = extraction {
            policy.extraction = from_name("extraction", extraction)?;
        }
        if let Some(conventions) = conventions {
            let fields: Map<String, Value> = from_python(&conventions)?;
            let mut all = serde_json::to_value(&policy.conventions).map_err(json_error)?;
            if let Value::Object(all) = &mut all {
                all.extend(fields);
            }
            policy.conventions = serde_json::from_value(all)
                .map_err(|error| PyValueError::new_err(format!("conventions: {error}")))?;
        }
        let limits = &mut policy.limits;
        limits.fuel = fuel.unwrap_or(limits.fuel);
        limits.length = length.unwrap_or(limits.length);
        Ok(Self(policy))
    }

    /// The policy as JSON, as settings of an environment hold it.
    pub(crate) fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(json_error)
    }

    /// The policy of what `to_json` wrote.
    #[staticmethod]
    fn from_json(json: &str) -> PyResult<Self> {
        serde_json::from_str(json).map(Self).map_err(json_error)
    }

    fn __repr__(&self) -> PyResult<String> {
        Ok(format!("<Policy {}>", self.to_json()?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let read = slf.get_type().getattr("from_json")?;
        (read, (slf.get().to_json()?,)).into_pyobject(py)
    }
}

/// What an argument `policy` means: a policy, the name of one, or none.
pub(crate) fn policy(given: Option<&Bound<'_, PyAny>>) -> PyResult<resit::Policy> {
    let Some(given) = given else {
        return Ok(resit::Policy::default());
    };
    match given.cast::<Policy>() {
        Ok(policy) => Ok(policy.get().0.clone()),
        Err(_) => named(given.extract()?),
    }
}

fn named(name: &str) -> PyResult<resit::Policy> {
    resit::Policy::named(name).ok_or_else(|| {
        let names = POLICIES.join(", ");
        PyValueError::new_err(format!(
            "there is no policy {name:?}; the policies are {names}"
        ))
    })
}
