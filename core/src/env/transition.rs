//! The dynamics, row by row as in the table of the published code: correct, wrong, stopped, full,
//! open. The only caller of the grader.

use alloc::borrow::Cow;
use alloc::string::String;

use super::{Attempt, EnvError, Environment, Finish, State, StopReason, Task};
use crate::Verdict;

/// What one step came to.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome {
    /// How the attempt ended, if it did.
    pub status: Status,
    /// What the grader said of the attempt's text so far; `None` if there was none to grade.
    pub verdict: Option<Verdict>,
    /// The reward of the whole episode once it has ended, 0 before. It belongs to the last token
    /// that the model sampled.
    pub reward: f64,
    /// What the environment says before the next attempt, if there is one.
    pub feedback: Option<String>,
    /// Why the episode ended, once it has.
    pub stop: Option<StopReason>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Status {
    /// Its last closed, non-empty box equals the reference.
    Correct,
    /// Its last closed, non-empty box differs from the reference.
    Wrong,
    /// The model ended its turn without a box.
    Stopped,
    /// The context or the budget ran out before a box, or nothing was generated at all.
    Full,
    /// It goes on.
    Open,
}

/// One step of the decision process, as a pure function: the state after `attempt`, and what the
/// step came to.
///
/// ```
/// use resit::env::{Attempt, Environment, State, Status, Task, transition};
///
/// let environment = Environment::default();
/// let task = Task::new("What is 6 × 7?", "42");
/// let (next, outcome) = transition(&environment, &task, &State::new(2), &Attempt::text("Hm."))?;
/// assert_eq!(outcome.status, Status::Stopped);
/// assert_eq!(next.remaining(), 1);
/// # Ok::<(), resit::env::EnvError>(())
/// ```
///
/// # Errors
///
/// [`EnvError::Ended`] if the episode has ended; [`EnvError::LogprobCount`] and
/// [`EnvError::LogprobNotFinite`] if the attempt contradicts itself.
pub fn transition(
    environment: &Environment,
    task: &Task,
    state: &State,
    attempt: &Attempt,
) -> Result<(State, Outcome), EnvError> {
    if state.stop.is_some() {
        return Err(EnvError::Ended);
    }
    attempt.check()?;

    let text = match &state.open {
        Some(open) => Cow::Owned([open.as_str(), attempt.text.as_str()].concat()),
        None => Cow::Borrowed(attempt.text.as_str()),
    };
    // A turn that was begun in earlier pieces may end with an empty one; any other empty output
    // means that nothing more fits.
    let ends_open_turn = state.open.is_some() && attempt.finish == Finish::EndOfTurn;
    let full = attempt.finish == Finish::Length || attempt.is_empty() && !ends_open_turn;
    let verdict =
        (!text.is_empty()).then(|| environment.grader.grade_response(&task.reference, &text));
    let correct = verdict.as_ref().is_some_and(Verdict::correct);
    let formatted = verdict.as_ref().is_some_and(|v| v.formatted);

    let status = if correct {
        Status::Correct
    } else if formatted {
        Status::Wrong
    } else if full {
        Status::Full
    } else if attempt.finish == Finish::EndOfTurn {
        Status::Stopped
    } else {
        Status::Open
    };

    let begun = state.open.is_some() || !attempt.is_empty();
    let used = state
        .used
        .saturating_add(u32::from(begun && status != Status::Open));
    let stop = match status {
        Status::Open => None,
        Status::Correct => Some(StopReason::Solved),
        _ if full => Some(StopReason::Truncated),
        _ if used >= state.attempts => Some(StopReason::Exhausted),
        _ => None,
    };
    let feedback = (stop.is_none() && status != Status::Open).then(|| {
        let remaining = state.attempts.saturating_sub(used);
        environment
            .template
            .feedback(&task.question, remaining, &text)
    });
    let next = State {
        attempts: state.attempts,
        used,
        formatted: state.formatted || formatted,
        open: (status == Status::Open).then(|| text.into_owned()),
        stop,
    };
    let outcome = Outcome {
        status,
        verdict,
        reward: environment.rewards.reward(&next),
        feedback,
        stop,
    };
    Ok((next, outcome))
}
