use alloc::borrow::Cow;
use alloc::string::String;

use super::feedback::diagnosis;
use super::{EnvError, Task};
use crate::grade::{Decision, Reason, Reference};
use crate::{Grader, Verdict};

/// What decides whether an attempt is right. [`Grader`] is one, for mathematics; a task of another
/// kind brings its own.
pub trait Verifier {
    /// What is read from a task once, for all attempts at it.
    type Reference;

    /// Reads what a task asks for.
    ///
    /// # Errors
    ///
    /// A task that no attempt can solve.
    fn prepare(&self, task: &Task) -> Result<Self::Reference, EnvError>;

    /// Judges one whole attempt.
    ///
    /// # Errors
    ///
    /// [`EnvError::Verifier`] if the attempt could not be judged. It ends the episode without a
    /// reward.
    fn verify(&self, reference: &Self::Reference, attempt: &str) -> Result<Judgement, EnvError>;

    /// Whether two answers say the same, so that the second repeats the first.
    fn same(&self, answer: &str, other: &str) -> bool {
        answer == other
    }
}

/// What a [`Verifier`] says of an attempt.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Judgement {
    /// Right, wrong or undecided. Undecided is not right, but can be counted.
    pub decision: Decision,
    /// Whether the attempt has the form that an answer must have. An attempt without it has given
    /// no answer.
    pub formatted: bool,
    /// The answer that was judged, by which repetitions are seen.
    pub answer: Option<String>,
    /// The grader's reason.
    pub reason: Option<Reason>,
    /// The attempt's reward, if the verifier sets it. Else it is that of the
    /// [`RewardScheme`](super::RewardScheme).
    pub score: Option<f64>,
    /// What [`Feedback::diagnostic`](super::Feedback::diagnostic) tells the model. It must not
    /// depend on the reference in any other way than by what is wrong with the answer.
    pub diagnosis: Option<Cow<'static, str>>,
}

impl Judgement {
    /// A judgement that says right or wrong of an answer, and no more.
    pub fn new(correct: bool, answer: impl Into<String>) -> Self {
        Self {
            decision: if correct {
                Decision::Equal
            } else {
                Decision::Different
            },
            formatted: true,
            answer: Some(answer.into()),
            reason: None,
            score: None,
            diagnosis: None,
        }
    }

    /// An attempt that holds no answer.
    pub fn no_answer() -> Self {
        Self {
            formatted: false,
            answer: None,
            ..Self::new(false, "")
        }
    }

    /// Whether the answer is right.
    pub fn correct(&self) -> bool {
        self.decision == Decision::Equal
    }
}

impl From<Verdict> for Judgement {
    fn from(verdict: Verdict) -> Self {
        Self {
            decision: verdict.decision,
            formatted: verdict.formatted,
            answer: verdict.extracted,
            reason: Some(verdict.reason),
            score: None,
            diagnosis: diagnosis(verdict.reason).map(Cow::Borrowed),
        }
    }
}

impl Verifier for Grader {
    type Reference = Reference;

    fn prepare(&self, task: &Task) -> Result<Reference, EnvError> {
        let reference = Grader::prepare(self, &task.reference);
        if reference.is_empty() {
            return Err(EnvError::EmptyReference);
        }
        Ok(reference)
    }

    fn verify(&self, reference: &Reference, attempt: &str) -> Result<Judgement, EnvError> {
        Ok(self.grade_response_prepared(reference, attempt).into())
    }

    fn same(&self, answer: &str, other: &str) -> bool {
        answer == other || self.grade(answer, other).correct()
    }
}
