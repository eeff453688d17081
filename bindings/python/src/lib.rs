//! The Python package `resit`: a thin layer over core.
#![forbid(unsafe_code)]

mod batch;
mod convert;
mod environment;
mod episode;
mod files;
mod generate;
mod grader;
mod metrics;
mod policy;
mod pool;
mod transcript;
mod verdict;

use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(
    resit,
    ResitError,
    PyException,
    "A fault of a task, of the settings, of a file or of the caller. Never a reward."
);

/// The compiled part of the package `resit`.
#[pymodule]
mod _resit {
    #[pymodule_export]
    use super::ResitError;
    #[pymodule_export]
    use super::batch::BatchEnv;
    #[pymodule_export]
    use super::environment::Environment;
    #[pymodule_export]
    use super::episode::Episode;
    #[pymodule_export]
    use super::files::{Task, read_tasks, read_transcripts, write_transcripts};
    #[pymodule_export]
    use super::generate::generate;
    #[pymodule_export]
    use super::grader::{Grader, grade, grade_batch};
    #[pymodule_export]
    use super::metrics::{Metric, metrics};
    #[pymodule_export]
    use super::policy::Policy;
    #[pymodule_export]
    use super::transcript::{AttemptResult, Outcome, Segment, Sequence};
    #[pymodule_export]
    use super::verdict::Verdict;
}
