//! The dynamics, row by row as in the table of the published code: correct, wrong, stopped, full,
//! open. The only caller of the verifier.

use alloc::boxed::Box;
use alloc::string::String;

use super::environment::{Ending, Environment, Prepared};
use super::state::Open;
use super::template::Facts;
use super::{
    Attempt, AttemptResult, EnvError, Finish, Judgement, State, StopReason, Task, Turn, Verifier,
};

/// What one step came to.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome {
    /// How the attempt ended, if it did. What the verifier said of it is the last of
    /// [`State::results`].
    pub status: Status,
    /// The reward of the whole episode once it has ended, 0 before.
    pub reward: f64,
    /// What the environment says before the model's next turn, if there is one.
    pub feedback: Option<String>,
    /// Why the episode ended, once it has.
    pub stop: Option<StopReason>,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Status {
    /// The attempt's answer is right.
    Correct,
    /// The attempt's answer is not right.
    Wrong,
    /// The model ended its turn without an answer.
    Stopped,
    /// The context or a budget ran out before an answer, or nothing was generated at all.
    Full,
    /// The turn goes on.
    Open,
    /// A reflection or a verification ended.
    Interlude,
}

/// One step of the decision process, as a pure function: the state after `attempt`, and what the
/// step came to.
///
/// ```
/// use resit::env::{Attempt, Environment, State, Status, Task, transition};
///
/// let environment = Environment::default();
/// let task = environment.prepare(Task::new("What is 6 × 7?", "42"))?;
/// let (next, outcome) = transition(&environment, &task, &State::new(2), &Attempt::text("Hm."))?;
/// assert_eq!(outcome.status, Status::Stopped);
/// assert_eq!(next.remaining(), 1);
/// # Ok::<(), resit::env::EnvError>(())
/// ```
///
/// # Errors
///
/// [`EnvError::Ended`] if the episode has ended; [`EnvError::LogprobCount`] and
/// [`EnvError::LogprobNotFinite`] if the attempt contradicts itself; [`EnvError::OverBudget`] and
/// [`EnvError::TokensUnknown`] where there is a budget; and the verifier's.
pub fn transition<V: Verifier>(
    environment: &Environment<V>,
    task: &Prepared<V::Reference>,
    state: &State,
    attempt: &Attempt,
) -> Result<(State, Outcome), EnvError> {
    check(environment, state, attempt)?;
    let mut next = state.clone();
    let outcome = advance(
        environment,
        task.task(),
        task.reference(),
        &mut next,
        attempt,
    )?;
    Ok((next, outcome))
}

/// Refuses a step that the caller must not take.
pub(super) fn check<V: Verifier>(
    environment: &Environment<V>,
    state: &State,
    piece: &Attempt,
) -> Result<(), EnvError> {
    if state.stop.is_some() {
        return Err(EnvError::Ended);
    }
    piece.check()?;
    if let Some(allowed) = environment.budget.left(state) {
        if piece.tokens.is_empty() && !piece.text.is_empty() {
            return Err(EnvError::TokensUnknown);
        }
        let tokens = piece.tokens.len() as u64;
        if tokens > allowed {
            return Err(EnvError::OverBudget { allowed, tokens });
        }
    }
    Ok(())
}

/// Where a turn stands after a piece.
struct Progress<'a> {
    text: &'a str,
    tokens: u64,
    /// Whether any of the turn was generated.
    begun: bool,
    /// Whether the model ended it, or its answer is complete.
    ended: bool,
    /// Whether nothing more fits into the context.
    full: bool,
    /// Whether the budget of the episode is used up.
    spent: bool,
}

/// Takes a piece that [`check`] admits. After an error of the verifier, which is the only one, the
/// episode has ended by it.
pub(super) fn advance<V: Verifier>(
    environment: &Environment<V>,
    task: &Task,
    reference: &V::Reference,
    state: &mut State,
    piece: &Attempt,
) -> Result<Outcome, EnvError> {
    let mut open = state.open.take();
    // A turn that was begun in earlier pieces may end with an empty one; any other empty output
    // means that nothing more fits.
    let ends_turn = piece.finish == Finish::EndOfTurn && (open.is_some() || !piece.is_empty());
    let full = piece.finish == Finish::Length || piece.is_empty() && !ends_turn;
    let begun = open.is_some() || !piece.is_empty();
    state.tokens = state.tokens.saturating_add(piece.tokens.len() as u64);

    let mut complete = false;
    // A whole turn in one piece need not be remembered.
    if open.is_some() || piece.finish == Finish::Open && !full {
        let open = open.get_or_insert_with(Box::default);
        let answers = state.turn == Turn::Attempt && piece.finish == Finish::Open;
        complete = open.push(piece) && answers && open.complete(&environment.ending, piece);
    }
    let (text, tokens) = match &open {
        Some(open) => (open.text.as_str(), open.tokens),
        None => (piece.text.as_str(), piece.tokens.len() as u64),
    };
    let spent = environment
        .budget
        .episode
        .is_some_and(|most| state.tokens >= most);
    let cut = spent
        || environment
            .budget
            .attempt
            .is_some_and(|most| tokens >= most);
    if !(complete || ends_turn || full || cut) {
        state.open = open;
        return Ok(Outcome {
            status: Status::Open,
            reward: 0.0,
            feedback: None,
            stop: None,
        });
    }
    let progress = Progress {
        text,
        tokens,
        begun,
        ended: complete || ends_turn,
        full,
        spent,
    };
    let diagnosis;
    let status = match state.turn {
        Turn::Attempt => {
            let result = judge(environment, reference, state, &progress)?;
            let status = result.status;
            diagnosis = result.judgement.as_ref().and_then(|j| j.diagnosis.clone());
            end_attempt(environment, state, &progress, result);
            status
        }
        Turn::Interlude => {
            diagnosis = None;
            end_interlude(environment, state, &progress);
            Status::Interlude
        }
    };
    // Where ids are known, the end of the turn is among them though the text may not show it.
    let sampled_end = ends_turn && tokens > 0;
    let feedback = state.stop.is_none().then(|| {
        let facts = Facts {
            question: &task.question,
            remaining: state.remaining(),
            diagnosis: diagnosis.as_deref().unwrap_or_default(),
        };
        environment.says(state.turn, text, sampled_end, &facts)
    });
    Ok(Outcome {
        status,
        reward: environment.rewards.reward(state).unwrap_or(0.0),
        feedback,
        stop: state.stop,
    })
}

/// What an attempt that has ended came to.
fn judge<V: Verifier>(
    environment: &Environment<V>,
    reference: &V::Reference,
    state: &mut State,
    attempt: &Progress,
) -> Result<AttemptResult, EnvError> {
    let judgement = if attempt.text.is_empty() {
        None
    } else {
        let judged = environment.verifier.verify(reference, attempt.text);
        Some(judged.inspect_err(|_| state.stop = Some(StopReason::Error))?)
    };
    let status = match &judgement {
        Some(judgement) if judgement.correct() => Status::Correct,
        Some(judgement) if judgement.formatted => Status::Wrong,
        _ if attempt.ended && !attempt.full => Status::Stopped,
        _ => Status::Full,
    };
    let answer = judgement
        .as_ref()
        .and_then(|j: &Judgement| j.answer.as_deref());
    let repeated = answer.is_some_and(|answer| {
        let mut earlier = state.results.iter().filter_map(AttemptResult::answer);
        earlier.any(|other| environment.verifier.same(other, answer))
    });
    Ok(AttemptResult {
        status,
        judgement,
        repeated,
        tokens: attempt.tokens,
    })
}

fn end_attempt<V: Verifier>(
    environment: &Environment<V>,
    state: &mut State,
    attempt: &Progress,
    result: AttemptResult,
) {
    let feedback = &environment.template.feedback;
    if attempt.begun {
        state.results.push(result);
    }
    let right = state.results.last().is_some_and(AttemptResult::correct);
    let ends = if right && !feedback.blind {
        Some(StopReason::Solved)
    } else if attempt.full {
        Some(StopReason::Truncated)
    } else if state.used() >= state.attempts {
        Some(StopReason::Exhausted)
    } else if attempt.spent {
        Some(StopReason::Budget)
    } else {
        None
    };
    state.stop = ends.map(|stop| if right { StopReason::Solved } else { stop });
    if feedback.interlude.is_some() {
        state.turn = Turn::Interlude;
    }
}

fn end_interlude<V: Verifier>(
    environment: &Environment<V>,
    state: &mut State,
    interlude: &Progress,
) {
    let right = state.results.last().is_some_and(AttemptResult::correct);
    let kind = &environment.template.feedback.interlude;
    let keeps = kind
        .as_ref()
        .is_some_and(|kind| kind.purpose.accepts(interlude.text));
    let ends = if keeps {
        Some(StopReason::Accepted)
    } else if interlude.full {
        Some(StopReason::Truncated)
    } else if interlude.spent {
        Some(StopReason::Budget)
    } else {
        None
    };
    state.stop = ends.map(|stop| if right { StopReason::Solved } else { stop });
    state.turn = Turn::Attempt;
}

impl Open {
    /// Takes a piece; false if it has no text.
    fn push(&mut self, piece: &Attempt) -> bool {
        self.text.push_str(&piece.text);
        self.tokens = self.tokens.saturating_add(piece.tokens.len() as u64);
        !piece.text.is_empty()
    }

    /// Whether `piece`, the last one, completes an answer.
    fn complete(&mut self, ending: &Ending, piece: &Attempt) -> bool {
        match ending {
            Ending::Turn => false,
            Ending::Box => self.detector.push(&piece.text).is_some(),
            Ending::Marker(marker) => {
                // The marker may have begun in an earlier piece.
                let new = self.text.len() - piece.text.len();
                let from = new.saturating_sub(marker.len());
                let from = (0..=from).rev().find(|&at| self.text.is_char_boundary(at));
                let tail = self.text.get(from.unwrap_or(0)..).unwrap_or_default();
                !marker.is_empty() && tail.contains(marker.as_str())
            }
        }
    }
}
