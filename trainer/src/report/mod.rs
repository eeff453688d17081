//! What a run left behind, as figures and as a page.

mod figures;
mod html;

use std::fs;
use std::path::{Path, PathBuf};

use resit::env::Episode;
use resit_io::read_transcripts;
use serde_json::{Map, Value};

pub use figures::{cost_figure, curves, figure_4};
pub use html::page;

use crate::{Error, Result};

/// A run as its folder shows it.
pub struct Run {
    /// The name of its folder.
    pub name: String,
    /// The lines of `metrics.jsonl`.
    metrics: Vec<Map<String, Value>>,
    /// `config.toml`, where there is one.
    settings: Option<String>,
    /// Some of what the policy said.
    episodes: Vec<Episode>,
}

impl Run {
    /// Reads `metrics.jsonl`, `config.toml`, and the first `samples` episodes of `transcripts`; where no
    /// file is given, of the last one in `evaluations`, if there is one.
    ///
    /// # Errors
    ///
    /// Metrics that are missing or empty, and files that are not what they should be.
    pub fn read(folder: &Path, transcripts: Option<&Path>, samples: usize) -> Result<Self> {
        let file = folder.join("metrics.jsonl");
        let text = fs::read_to_string(&file).map_err(Error::file(&file))?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let metrics = lines
            .map(|line| serde_json::from_str(line).map_err(Error::json(&file)))
            .collect::<Result<Vec<_>>>()?;
        if metrics.is_empty() {
            let fault = format!("{}: there is no step yet", file.display());
            return Err(Error::Config(fault));
        }
        let found = match transcripts {
            Some(file) => Some(file.to_owned()),
            None => last_evaluation(folder)?,
        };
        let mut episodes = Vec::new();
        if let Some(file) = found {
            for recorded in read_transcripts(&file)?.take(samples) {
                episodes.push(recorded?.episode);
            }
        }
        let absolute = fs::canonicalize(folder).map_err(Error::file(folder))?;
        let name = absolute.file_name().unwrap_or(absolute.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            metrics,
            settings: fs::read_to_string(folder.join("config.toml")).ok(),
            episodes,
        })
    }

    /// The points of a metric by step, where it was measured.
    fn curve(&self, metric: &str) -> Vec<(f64, f64)> {
        let point = |line: &Map<String, Value>| {
            let number = |name: &str| line.get(name).and_then(Value::as_f64);
            Some((number("step")?, number(metric)?)).filter(|(x, y)| x.is_finite() && y.is_finite())
        };
        self.metrics.iter().filter_map(point).collect()
    }

    /// The names of all metrics that are numbers, in the order of the file.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, value) in self.metrics.iter().flatten() {
            if value.is_number() && name != "step" && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}

/// The last file of `evaluations`, by name.
fn last_evaluation(folder: &Path) -> Result<Option<PathBuf>> {
    let folder = folder.join("evaluations");
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut last = None;
    for entry in fs::read_dir(&folder).map_err(Error::file(&folder))? {
        let path = entry.map_err(Error::file(&folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            last = last.max(Some(path));
        }
    }
    Ok(last)
}
