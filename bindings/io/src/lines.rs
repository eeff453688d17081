use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::{Error, Problem};

/// In bytes. A longer line is not held in memory.
const LONGEST: u64 = 64 << 20;

/// The lines of a text file that are not blank, with their numbers.
pub(crate) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    number: u64,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self {
            path: path.to_owned(),
            reader: BufReader::new(File::open(path).map_err(Error::file(path))?),
            number: 0,
        })
    }

    /// Whether the file starts with `bytes`. Only before the first line.
    pub(crate) fn starts_with(&mut self, bytes: &[u8]) -> Result<bool, Error> {
        let start = self.reader.fill_buf().map_err(Error::file(&self.path))?;
        Ok(start.starts_with(bytes))
    }

    /// What was not read as lines.
    pub(crate) fn into_reader(self) -> BufReader<File> {
        self.reader
    }

    /// The next line, as `parse` reads it.
    pub(crate) fn next<T>(
        &mut self,
        parse: impl FnOnce(&str, u64) -> Result<T, Problem>,
    ) -> Option<Result<T, Error>> {
        loop {
            self.number += 1;
            let line = match self.read() {
                Ok(Some(line)) => line,
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            };
            let text = match &line {
                Ok(bytes) => std::str::from_utf8(bytes).map_err(|_| Problem::NotUtf8),
                Err(problem) => Err(problem.clone()),
            };
            // Some editors put a byte-order mark before the first line.
            let text = text.map(|text| text.trim_start_matches('\u{feff}').trim());
            if text == Ok("") {
                continue;
            }
            let parsed = text.and_then(|text| parse(text, self.number));
            return Some(parsed.map_err(Error::line(&self.path, self.number)));
        }
    }

    /// `None` at the end.
    fn read(&mut self) -> Result<Option<Result<Vec<u8>, Problem>>, Error> {
        let mut line = Vec::new();
        let mut limited = self.reader.by_ref().take(LONGEST);
        let count = limited
            .read_until(b'\n', &mut line)
            .map_err(Error::file(&self.path))?;
        if count == 0 {
            return Ok(None);
        }
        if count as u64 == LONGEST && line.last() != Some(&b'\n') {
            self.reader
                .skip_until(b'\n')
                .map_err(Error::file(&self.path))?;
            return Ok(Some(Err(Problem::TooLong)));
        }
        Ok(Some(Ok(line)))
    }
}
