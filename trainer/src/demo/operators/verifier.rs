use rand::SeedableRng;
use rand::rngs::StdRng;
use resit::env::{EnvError, Judgement, Task, Verifier};
use resit::extract::Extraction;

use super::problem::{Operators, Problem, Split, parse_operators};
use crate::seed;

/// What the verifier says of a wrong answer besides that it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Hint {
    Nothing,
    /// Whether its value is too high or too low.
    Direction,
    /// Which of the two operators are wrong.
    Places,
}

pub(in crate::demo) const TOO_HIGH: &str = "<|high|>";
pub(in crate::demo) const TOO_LOW: &str = "<|low|>";
pub(in crate::demo) const FIRST: &str = "<|first|>";
pub(in crate::demo) const SECOND: &str = "<|second|>";
pub(in crate::demo) const BOTH: &str = "<|both|>";

/// Decides attempts at a [`Problem`] by their last box: any solution is right.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct OperatorVerifier {
    pub(in crate::demo) hint: Hint,
    /// Whether hints are those that the same answer would get to another problem, drawn at random:
    /// as often the same, but of no use.
    pub(in crate::demo) shuffled: bool,
}

impl Verifier for OperatorVerifier {
    type Reference = Problem;

    fn prepare(&self, task: &Task) -> Result<Problem, EnvError> {
        Problem::parse(&task.question).ok_or_else(|| {
            EnvError::Verifier(format!("`{}` is not like `7?3?2=19`", task.question))
        })
    }

    fn verify(&self, problem: &Problem, attempt: &str) -> Result<Judgement, EnvError> {
        let extracted = Extraction::Boxed.extract(attempt);
        let answer = extracted.answers.first();
        let Some(operators) = answer.and_then(|answer| parse_operators(answer)) else {
            return Ok(Judgement::no_answer());
        };
        let mut judgement =
            Judgement::new(problem.excess(operators) == 0, String::from_iter(operators));
        if !judgement.correct() {
            let problem = if self.shuffled {
                another(problem, operators)
            } else {
                *problem
            };
            judgement.diagnosis = self.hint.of(&problem, operators).map(Into::into);
        }
        Ok(judgement)
    }
}

impl Hint {
    fn of(self, problem: &Problem, operators: Operators) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Direction if problem.excess(operators) > 0 => Some(TOO_HIGH),
            Self::Direction => Some(TOO_LOW),
            Self::Places => problem.wrong_places(operators).map(|wrong| match wrong {
                [true, false] => FIRST,
                [false, true] => SECOND,
                _ => BOTH,
            }),
        }
    }
}

/// A problem to which the answer is wrong, too. It follows from problem and answer, so that an episode
/// that is played again is the same.
fn another(problem: &Problem, operators: Operators) -> Problem {
    let tags = problem.question() + &String::from_iter(operators);
    let tags: Vec<u64> = tags.bytes().map(u64::from).collect();
    let mut rng = StdRng::seed_from_u64(seed::derive(0, &tags));
    loop {
        let other = Problem::draw(Split::Training, &mut rng);
        if other.excess(operators) != 0 {
            return other;
        }
    }
}
