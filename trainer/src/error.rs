/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong in a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tensor operation failed: shapes, memory, or a missing weight.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
    /// A setting that contradicts another or that is not supported.
    #[error("{0}")]
    Config(String),
    /// Training left the finite numbers.
    #[error("{0} is not finite")]
    NotFinite(&'static str),
}
