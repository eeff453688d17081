use std::io;
use std::path::{Path, PathBuf};

use resit::env::EnvError;

use crate::checkpoint::Problem;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong in a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tensor operation failed: shapes, memory, or a missing weight.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// A fault of a task or of the environment's configuration.
    #[error("environment: {0}")]
    Environment(#[from] EnvError),
    /// A text that the tokenizer cannot read or write, or a tokenizer file that is not one.
    #[error("tokenizer: {0}")]
    Tokenizer(#[from] tokenizers::Error),
    /// A file that could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is not the JSON it should be.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// A model on disk that is not what it should be.
    #[error("{}: {problem}", path.display())]
    Checkpoint {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
    },
    /// A file that is not the TOML it should be.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: Box<toml::de::Error>,
    },
    /// A file of tasks or transcripts, or a figure.
    #[error(transparent)]
    Io(#[from] resit_io::Error),
    /// A setting that contradicts another or that is not supported.
    #[error("{0}")]
    Config(String),
    /// Training left the finite numbers.
    #[error("{0} is not finite")]
    NotFinite(&'static str),
}

impl Error {
    /// For `map_err` where `path` was read or written.
    pub(crate) fn file(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            path: path.as_ref().to_path_buf(),
            source,
        }
    }

    /// For a fault found in `path`.
    pub(crate) fn checkpoint(path: impl AsRef<Path>) -> impl FnOnce(Problem) -> Self {
        move |problem| Self::Checkpoint {
            path: path.as_ref().to_path_buf(),
            problem,
        }
    }

    /// For `map_err` where `path` was parsed or written as JSON.
    pub(crate) fn json(path: impl AsRef<Path>) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Json {
            path: path.as_ref().to_path_buf(),
            source,
        }
    }
}
