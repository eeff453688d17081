use alloc::string::String;

/// A fault of the task, the configuration, the verifier or the caller. Never a reward.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvError {
    /// The task's reference is empty or blank, so no answer can equal it.
    #[error("the task has an empty reference")]
    EmptyReference,
    /// The configuration allows no attempt at all.
    #[error("an episode needs at least one attempt")]
    NoAttempts,
    /// The episode has ended and takes no further attempt.
    #[error("the episode has ended")]
    Ended,
    /// An attempt, pieces included, has log-probabilities for some of its tokens but not for all.
    #[error("an attempt of {tokens} tokens has {logprobs} log-probabilities")]
    LogprobCount {
        /// Number of sampled tokens.
        tokens: usize,
        /// Number of log-probabilities.
        logprobs: usize,
    },
    /// A log-probability is infinite or not a number.
    #[error("the log-probability of token {index} is not finite")]
    LogprobNotFinite {
        /// Position of the token in the attempt.
        index: usize,
    },
    /// The attempt has token ids but the text before it has none, so it cannot have been sampled
    /// after that text. [`Episode::encode`](super::Episode::encode) comes before sampling.
    #[error("an attempt with token ids follows text that was never encoded")]
    NotEncoded,
    /// More tokens than [`Environment::allowance`](super::Environment::allowance) allowed.
    #[error("{tokens} tokens where {allowed} were allowed")]
    OverBudget {
        /// Number of tokens that were allowed.
        allowed: u64,
        /// Number of sampled tokens.
        tokens: u64,
    },
    /// There is a token budget, and an attempt whose tokens are not known.
    #[error("a token budget needs the token ids of every attempt")]
    TokensUnknown,
    /// An attempt could not be judged, or a task could not be read.
    #[error("the verifier failed: {0}")]
    Verifier(String),
    /// No attempt began, or was about to, after as many.
    #[error("the episode was never about to go on after {after} attempts")]
    NoSuchStep {
        /// Number of attempts.
        after: u32,
    },
    /// A batch has no episode at this place.
    #[error("there is no episode {index} in the batch")]
    NoSuchEpisode {
        /// Its place, counted from 0.
        index: usize,
    },
    /// An episode of another version of the schema.
    #[error("an episode of version {version}; this reader knows version {known}")]
    UnknownVersion {
        /// Its version.
        version: u32,
        /// The version that is known.
        known: u32,
    },
    /// These bytes are no episode, or not all of one.
    #[error("these bytes are no episode")]
    NotAnEpisode,
    /// An episode could not be written.
    #[error("the episode could not be written")]
    Unwritable,
    /// A prover gave no answer, so that there is nothing to estimate from.
    #[error("a prover has to give at least one answer")]
    NoAnswers,
}
