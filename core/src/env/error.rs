/// A fault of the task, the configuration or the caller. Never a reward.
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
}
