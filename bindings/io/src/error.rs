use std::io;
use std::path::{Path, PathBuf};

use resit::env::EnvError;

/// What went wrong, and where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line of a text file, a row of a Parquet file or an episode of a binary file is not what it
    /// should be.
    #[error("{}:{line}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The name of the file ends in nothing that is known.
    #[error("{}: tasks are read from .jsonl{}", path.display(), if cfg!(feature = "parquet") { " and .parquet" } else { " (this build knows no Parquet)" })]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A Parquet file is damaged, or uses what is not supported.
    #[error("{}: {message}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        message: String,
    },
    /// A figure cannot be drawn.
    #[cfg(feature = "figures")]
    #[error("the figure {name}: {message}")]
    Figure {
        /// Its name.
        name: String,
        /// Why.
        message: String,
    },
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The line is longer than 64 MiB.
    #[error("the line is too long")]
    TooLong,
    /// The line is not UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// The line is not the JSON that is expected.
    #[error("{0}")]
    Json(String),
    /// No column has the question.
    #[error("no question: there is no column `problem`, `question` or `prompt`")]
    NoQuestion,
    /// No column has the answer.
    #[error(
        "no answer: there is no column `answer`, `final_answer`, `ground_truth`, \
         `reward_model.ground_truth` or `solution`"
    )]
    NoAnswer,
    /// The solution has neither a closed box nor a line of `####`.
    #[error("the solution has neither a closed \\boxed{{…}} nor ####")]
    NoAnswerInSolution,
    /// A column holds something else than a text, a number or a list of these.
    #[error("the column `{0}` is not a text")]
    NotText(String),
    /// The bytes are no episode of a version that is known, or not all of one.
    #[error(transparent)]
    Binary(EnvError),
    /// An episode of the binary form is longer than 64 MiB, or its file is damaged.
    #[error("an episode is longer than 64 MiB, or damaged")]
    EpisodeTooLong,
    /// An estimate of J is not between 0 and 1.
    #[error("`values[{index}]` is not between 0 and 1")]
    Value {
        /// Its place in the list.
        index: usize,
    },
    /// A column is blank.
    #[error("the column `{0}` is empty")]
    Empty(String),
}

impl Error {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    pub(crate) fn line(path: &Path, line: u64) -> impl FnOnce(Problem) -> Self {
        let path = path.to_owned();
        move |problem| Self::Line {
            path,
            line,
            problem,
        }
    }
}
