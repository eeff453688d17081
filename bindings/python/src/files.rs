//! Files of tasks and of transcripts.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use pyo3::prelude::*;
use resit_io::Recorded;

use crate::ResitError;
use crate::environment::Environment;
use crate::episode::Episode;

/// A question with its answer: `question`, `reference`, and where they are known the `id`, the
/// `level` of difficulty and the `subject`.
#[pyclass(frozen, eq, get_all, module = "resit")]
#[derive(Clone, PartialEq)]
pub(crate) struct Task {
    question: String,
    reference: String,
    id: Option<String>,
    level: Option<u32>,
    subject: Option<String>,
}

impl Task {
    pub(crate) fn new(task: resit::env::Task, level: Option<u32>, subject: Option<String>) -> Self {
        Self {
            question: task.question,
            reference: task.reference,
            id: task.id,
            level,
            subject,
        }
    }
}

type Fields = (String, String, Option<String>, Option<u32>, Option<String>);

#[pymethods]
impl Task {
    #[new]
    #[pyo3(signature = (question, reference, id=None, level=None, subject=None))]
    fn from_fields(
        question: String,
        reference: String,
        id: Option<String>,
        level: Option<u32>,
        subject: Option<String>,
    ) -> Self {
        Self {
            question,
            reference,
            id,
            level,
            subject,
        }
    }

    fn __repr__(&self) -> String {
        format!("<Task {:?}: {:?}>", self.question, self.reference)
    }

    fn __getnewargs__(&self) -> Fields {
        let Self {
            question,
            reference,
            id,
            level,
            subject,
        } = self.clone();
        (question, reference, id, level, subject)
    }
}

/// The tasks of a file of JSON lines with the usual column names (`problem`, `question`, `prompt`;
/// `answer`, `ground_truth`, `solution`, …). A line that holds no task raises ResitError with its
/// number.
#[pyfunction]
pub(crate) fn read_tasks(path: PathBuf) -> PyResult<Vec<Task>> {
    let items = resit_io::read_tasks(&path).map_err(fault)?;
    items
        .map(|item| {
            let item = item.map_err(fault)?;
            Ok(Task::new(item.task, item.level, item.subject))
        })
        .collect()
}

/// The episodes of a file of transcripts, to go on in `environment`.
#[pyfunction]
pub(crate) fn read_transcripts(environment: &Environment, path: PathBuf) -> PyResult<Vec<Episode>> {
    let recorded = resit_io::read_transcripts(&path).map_err(fault)?;
    recorded
        .map(|recorded| {
            let episode = recorded.map_err(fault)?.episode;
            Ok(Episode::new(&environment.core, episode))
        })
        .collect()
}

/// Write episodes to a file, one JSON object a line: what `resit check` and `resit report` read.
#[pyfunction]
pub(crate) fn write_transcripts(path: PathBuf, episodes: Vec<PyRef<'_, Episode>>) -> PyResult<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for episode in episodes {
        let recorded = Recorded {
            episode: episode.core().clone(),
            values: Vec::new(),
        };
        resit_io::write_transcript(&mut file, &recorded)?;
    }
    std::io::Write::flush(&mut file)?;
    Ok(())
}

fn fault(error: resit_io::Error) -> PyErr {
    ResitError::new_err(error.to_string())
}
