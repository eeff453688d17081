use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use resit::env::{EnvError, Episode};

use crate::{Error, Problem};

/// In bytes. A longer episode is not held in memory.
const LONGEST: usize = 64 << 20;

/// What is read at first, in bytes; twice as much as long as it holds no whole episode.
const CHUNK: usize = 1 << 16;

/// The episodes of a file of the binary form.
pub(crate) struct Binary {
    path: PathBuf,
    file: BufReader<File>,
    /// What was read of the file.
    read: Vec<u8>,
    /// Where the next episode starts in it.
    next: usize,
    number: u64,
    ended: bool,
}

impl Binary {
    pub(crate) fn new(path: &Path, file: BufReader<File>) -> Self {
        Self {
            path: path.to_owned(),
            file,
            read: Vec::new(),
            next: 0,
            number: 0,
            ended: false,
        }
    }

    /// The next episode; none after an error, since nothing tells where another would start.
    pub(crate) fn next(&mut self) -> Option<Result<Episode, Error>> {
        if self.ended {
            return None;
        }
        self.number += 1;
        let episode = self.episode();
        self.ended = !matches!(episode, Ok(Some(_)));
        episode.transpose()
    }

    /// `None` at the end.
    fn episode(&mut self) -> Result<Option<Episode>, Error> {
        let problem = loop {
            let rest = self.read.get(self.next..).unwrap_or_default();
            match Episode::from_bytes(rest) {
                Ok((episode, after)) => {
                    self.next = self.read.len() - after.len();
                    return Ok(Some(episode));
                }
                Err(EnvError::NotAnEpisode) if rest.len() > LONGEST => {
                    break Problem::EpisodeTooLong;
                }
                // It may go on in what was not read yet.
                Err(error @ EnvError::NotAnEpisode) => {
                    let nothing = rest.is_empty();
                    if self.more()? {
                        continue;
                    }
                    if nothing {
                        return Ok(None);
                    }
                    break Problem::Binary(error);
                }
                Err(error) => break Problem::Binary(error),
            }
        };
        Err(Error::line(&self.path, self.number)(problem))
    }

    /// Reads on; false at the end of the file.
    fn more(&mut self) -> Result<bool, Error> {
        self.read.drain(..self.next);
        self.next = 0;
        let most = self.read.len().max(CHUNK) as u64;
        let mut part = self.file.by_ref().take(most);
        let count = part
            .read_to_end(&mut self.read)
            .map_err(Error::file(&self.path))?;
        Ok(count > 0)
    }
}
