//! The threads of this process.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The pool, and the process that its threads belong to.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// Does `work` without the interpreter, on all threads.
pub(crate) fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let pool = current()?;
    Ok(py.detach(|| pool.install(work)))
}

/// A process that was forked has none of the threads of its parent, so it makes a pool of its own.
fn current() -> PyResult<Arc<ThreadPool>> {
    let mut known = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    match &*known {
        Some((owner, pool)) if *owner == process => return Ok(Arc::clone(pool)),
        _ => {}
    }
    let pool = ThreadPoolBuilder::new()
        .thread_name(|index| format!("resit-{index}"))
        .build()
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let pool = Arc::new(pool);
    // To drop the parent's would be to wait for threads that are not there.
    std::mem::forget(known.replace((process, Arc::clone(&pool))));
    Ok(pool)
}
