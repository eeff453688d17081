use std::io::{self, Write};
use std::path::Path;

use resit::env::Episode;
use serde::{Deserialize, Serialize};

use crate::lines::Lines;
use crate::{Error, Problem};

/// A line of a transcript file: an episode in its own JSON form, and beside its fields `values`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The episode.
    #[serde(flatten)]
    pub episode: Episode,
    /// Estimates of J_0, …, J_N, each between 0 and 1; empty where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
}

/// The episodes of a file of JSON lines. Blank lines are skipped.
///
/// # Errors
///
/// [`Error::File`] at once; each episode may be an [`Error::Line`] that names its line, after which
/// reading can go on.
pub fn read_transcripts(
    path: &Path,
) -> Result<impl Iterator<Item = Result<Recorded, Error>> + use<>, Error> {
    let mut lines = Lines::open(path)?;
    let parse = |line: &str, _| {
        let recorded: Recorded = serde_json::from_str(line)
            .map_err(|error| Problem::Json(error.to_string().replace(" at line 1 ", " at ")))?;
        match recorded
            .values
            .iter()
            .position(|v| !(0.0..=1.0).contains(v))
        {
            Some(index) => Err(Problem::Value { index }),
            None => Ok(recorded),
        }
    };
    Ok(std::iter::from_fn(move || lines.next(parse)))
}

/// Writes an episode as one line.
///
/// # Errors
///
/// Those of `writer`.
pub fn write_transcript(mut writer: impl Write, recorded: &Recorded) -> io::Result<()> {
    serde_json::to_writer(&mut writer, recorded)?;
    writer.write_all(b"\n")
}
