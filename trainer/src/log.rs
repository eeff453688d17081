//! What a run says of itself on the way: JSON lines, and the event files of TensorBoard.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use syntaxdot_summary::SummaryWriter;

use crate::{Error, Result};

/// A file of one JSON object per line.
pub struct JsonLines {
    writer: BufWriter<File>,
    path: PathBuf,
}

/// The metrics of a run: `metrics.jsonl`, and the same names in `tensorboard`.
pub(crate) struct Log {
    lines: JsonLines,
    board: SummaryWriter<BufWriter<File>>,
    folder: PathBuf,
}

/// How far the files of a [`Log`] were written, in bytes, by their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Written(BTreeMap<String, u64>);

const LINES: &str = "metrics.jsonl";
const BOARD: &str = "tensorboard";

impl JsonLines {
    /// Starts the file anew, and makes its folder if there is none.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        make_parent(&path)?;
        let file = File::create(&path).map_err(Error::file(&path))?;
        Ok(Self {
            writer: BufWriter::new(file),
            path,
        })
    }

    /// Goes on at the end of the file.
    fn append(path: PathBuf) -> Result<Self> {
        make_parent(&path)?;
        let file = OpenOptions::new().append(true).create(true).open(&path);
        Ok(Self {
            writer: BufWriter::new(file.map_err(Error::file(&path))?),
            path,
        })
    }

    /// Appends a line; it has been handed to the system when this returns.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.writer, line).map_err(Error::json(&self.path))?;
        writeln!(self.writer)
            .and_then(|()| self.writer.flush())
            .map_err(Error::file(&self.path))
    }
}

impl Log {
    /// Goes on after `written`: what was written later is taken back.
    pub(crate) fn open(folder: &Path, written: &Written) -> Result<Self> {
        for path in files(folder)? {
            let kept = written.0.get(&name_in(folder, &path));
            match kept {
                Some(&length) => cut(&path, length)?,
                None => fs::remove_file(&path).map_err(Error::file(&path))?,
            }
        }
        // TensorBoard reads the files of a folder in the order of their names.
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = seconds.map_or(0, |since| since.as_secs());
        let number = written.0.len();
        let name = format!("events.out.tfevents.{seconds:010}.resit.{number:04}");
        let path = folder.join(BOARD).join(name);
        make_parent(&path)?;
        let file = File::create(&path).map_err(Error::file(&path))?;
        Ok(Self {
            lines: JsonLines::append(folder.join(LINES))?,
            board: SummaryWriter::new(BufWriter::new(file)).map_err(Error::file(&path))?,
            folder: folder.into(),
        })
    }

    /// One step: a line, and a point in the curve of each number.
    pub(crate) fn write(&mut self, step: usize, metrics: &Map<String, Value>) -> Result<()> {
        self.lines.write(metrics)?;
        let numbers = metrics.iter().filter(|(name, _)| *name != "step");
        for (name, number) in numbers.filter_map(|(name, n)| Some((name, n.as_f64()?))) {
            self.board
                .write_scalar(name, step as i64, number as f32)
                .map_err(Error::file(self.folder.join(BOARD)))?;
        }
        Ok(())
    }

    /// How far the files go now.
    pub(crate) fn written(&self) -> Result<Written> {
        let length = |path: PathBuf| {
            let metadata = fs::metadata(&path).map_err(Error::file(&path))?;
            Ok((name_in(&self.folder, &path), metadata.len()))
        };
        let lengths = files(&self.folder)?.into_iter().map(length);
        Ok(Written(lengths.collect::<Result<_>>()?))
    }
}

/// The fields of a structure by their names.
pub(crate) fn fields(of: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// The files of a log that are there.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let lines = folder.join(LINES);
    if lines.exists() {
        files.push(lines);
    }
    let board = folder.join(BOARD);
    if board.exists() {
        for entry in fs::read_dir(&board).map_err(Error::file(&board))? {
            files.push(entry.map_err(Error::file(&board))?.path());
        }
    }
    Ok(files)
}

fn name_in(folder: &Path, path: &Path) -> String {
    let name = path.strip_prefix(folder).unwrap_or(path);
    name.to_string_lossy().into_owned()
}

fn cut(path: &Path, length: u64) -> Result<()> {
    let file = OpenOptions::new().write(true).open(path);
    let file = file.map_err(Error::file(path))?;
    file.set_len(length).map_err(Error::file(path))
}

fn make_parent(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(Error::file(folder)),
        None => Ok(()),
    }
}
