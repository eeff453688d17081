use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use resit::generate::Family;

use crate::files::Task;

/// Draw a question without a file: from the family `hidden-operator`, `arithmetic`, `fractions`,
/// `linear-equations` or `modular-arithmetic`, at a level from 1 to 5.
///
/// >>> task = resit.generate("arithmetic", level=1, seed=3)
/// >>> task == resit.generate("arithmetic", level=1, seed=3)
/// True
#[pyfunction]
#[pyo3(signature = (family, *, level=1, seed=0))]
pub(crate) fn generate(family: &str, level: u32, seed: u64) -> PyResult<Task> {
    // Many expressions reach a countdown's target, which the grader does not look for.
    let graded = |family: &Family| *family != Family::Countdown;
    let family = Family::named(family).filter(graded).ok_or_else(|| {
        let names = Family::ALL.into_iter().filter(graded).map(Family::name);
        let names: Vec<_> = names.collect();
        PyValueError::new_err(format!(
            "there is no family {family:?}; the families are {}",
            names.join(", ")
        ))
    })?;
    Ok(Task::new(family.draw(level, seed).task, Some(level), None))
}
