use std::io::{self, Write};
use std::path::Path;

use resit::env::Episode;
use serde::{Deserialize, Serialize};

use crate::binary::Binary;
use crate::lines::Lines;
use crate::{Error, Problem};

/// What an episode in the binary form starts with, and no JSON does.
const MAGIC: &[u8] = b"resit";

/// An episode of a transcript file. In JSON it is a line: the episode in its own form, and beside its
/// fields `values`. In the binary form there are no `values`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The episode.
    #[serde(flatten)]
    pub episode: Episode,
    /// Estimates of J_0, …, J_N, each between 0 and 1; empty where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
}

/// The episodes of a file: of JSON lines, where blank ones are skipped, or of episodes in the binary
/// form ([`Episode::to_bytes`]), one after another. What the file starts with tells which.
///
/// # Errors
///
/// [`Error::File`] at once; each episode may be an [`Error::Line`] that names its line, after which
/// reading can go on. In the binary form it names the number of the episode, and reading ends.
pub fn read_transcripts(
    path: &Path,
) -> Result<Box<dyn Iterator<Item = Result<Recorded, Error>>>, Error> {
    let mut lines = Lines::open(path)?;
    if lines.starts_with(MAGIC)? {
        let mut episodes = Binary::new(path, lines.into_reader());
        return Ok(Box::new(std::iter::from_fn(move || {
            let values = Vec::new();
            Some(episodes.next()?.map(|episode| Recorded { episode, values }))
        })));
    }
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
    Ok(Box::new(std::iter::from_fn(move || lines.next(parse))))
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
