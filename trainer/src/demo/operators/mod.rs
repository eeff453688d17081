//! Fill in the operators: a task on which the model must compute, tested on problems that it has
//! never seen.
//!
//! The question `7?3?2=19` asks for two operators of +, - and *, applied from left to right; the
//! answer is a box of two symbols, `\boxed{*-}`. The feedback says that it is wrong, or also what is
//! wrong about it ([`Hint`]).

mod problem;
mod verifier;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use resit::env::{Attempt, Attempts, Environment, Feedback, Task, Template};

use self::problem::{Operators, Problem, Split, candidates};
use self::verifier::{BOTH, FIRST, SECOND, TOO_HIGH, TOO_LOW};
pub(super) use self::verifier::{Hint, OperatorVerifier};
use super::puzzle::{self, Puzzle, WRONG, Yardstick, attempt, turn};
use crate::Result;
use crate::batch::{Batch, Sequence};
use crate::model::CausalLm;
use crate::tokenize::Tokenizer;

/// How many attempts stand before the one that the warm start learns, each as likely.
const EARLIER: [u32; 6] = [0, 0, 1, 2, 3, 4];

/// What is said after a wrong attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    /// That it is wrong.
    Wrong,
    /// And how many attempts are left.
    Count,
    /// And a hint.
    Hint(Hint),
    /// And a hint that has nothing to do with the problem.
    Shuffled(Hint),
}

/// Fill in the operators, tested on at most `test_tasks` of the problems that are kept for it.
pub(super) struct FillInOperators {
    pub(super) test_tasks: usize,
}

impl Said {
    /// All that a warm start sees.
    const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Wrong,
        Self::Count,
        Self::Hint(Hint::Direction),
        Self::Hint(Hint::Places),
    ];

    pub(super) fn environment(self) -> Environment<OperatorVerifier> {
        let (hint, shuffled) = match self {
            Self::Hint(hint) => (hint, false),
            Self::Shuffled(hint) => (hint, true),
            Self::Nothing | Self::Wrong | Self::Count => (Hint::Nothing, false),
        };
        let environment = puzzle::environment();
        let text = match self {
            Self::Nothing => String::new(),
            Self::Count => format!("{WRONG}{{remaining}}"),
            _ => format!("{WRONG}{{diagnosis}}"),
        };
        Environment {
            template: Template {
                feedback: Feedback {
                    text,
                    ..environment.template.feedback
                },
                ..environment.template
            },
            ..environment
        }
        .with_verifier(OperatorVerifier { hint, shuffled })
    }
}

impl Puzzle for FillInOperators {
    type Verifier = OperatorVerifier;

    const ATTEMPTS: u32 = 5;

    const TITLE: &'static str = "Fill in the operators";

    const CAVEAT: &'static str = "\
There are nine answers to try and nothing but a model of 85 000 parameters to learn them, so a gain
from one attempt to the next shows that a policy uses what a failure rules out; it is no measure of
mathematics. Naming the answers in the order of the warm start's own chances, each once, is what a
policy reaches that leaves out what was wrong and learns nothing else.";

    fn tokenizer(&self) -> Result<Tokenizer> {
        let words = [TOO_HIGH, TOO_LOW, FIRST, SECOND, BOTH];
        puzzle::tokenizer("0123456789?=}+-*", &words)
    }

    fn environment(&self) -> Environment<OperatorVerifier> {
        Said::Wrong.environment()
    }

    /// A solution after wrong attempts at another problem, with feedback of any kind. That they are
    /// of another problem is why nothing can be learned from them but the format.
    fn demonstration(&self, tokenizer: &Tokenizer, rng: &mut StdRng) -> Result<Sequence> {
        let problem = Problem::draw(Split::Training, rng);
        let other = Problem::draw(Split::Training, rng);
        let earlier = EARLIER[rng.random_range(0..EARLIER.len())];
        let environment = Environment {
            attempts: Attempts::Fixed(rng.random_range(earlier + 1..=Self::ATTEMPTS)),
            ..Said::ALL[rng.random_range(0..Said::ALL.len())].environment()
        };
        let mut episode = environment.reset(&other.task(), 0)?;
        for _ in 0..earlier {
            let wrong = any(candidates().filter(|c| other.excess(*c) != 0), rng);
            environment.step(&mut episode, Attempt::text(turn(&wrong)))?;
        }
        let said = episode.transcript().segments();
        let history: String = said.iter().skip(1).map(|s| s.text.as_str()).collect();
        let mut tokens = tokenizer.encode(&(problem.question() + &history))?;
        let mut loss_mask = vec![false; tokens.len()];
        tokens.extend(tokenizer.encode(&turn(&any(problem.solutions(), rng)))?);
        loss_mask.resize(tokens.len(), true);
        Ok(Sequence { tokens, loss_mask })
    }

    fn training_task(&self, rng: &mut StdRng) -> Task {
        Problem::draw(Split::Training, rng).task()
    }

    fn test_tasks(&self, _: &mut StdRng) -> Vec<Task> {
        self.every_task()
    }

    fn every_task(&self) -> Vec<Task> {
        let mut problems = Problem::every(Split::Test);
        resit::shuffle(&mut problems, 0);
        problems.truncate(self.test_tasks);
        problems.iter().map(Problem::task).collect()
    }

    fn yardsticks(
        &self,
        warm_start: &CausalLm,
        tokenizer: &Tokenizer,
        tasks: &[Task],
    ) -> Result<Vec<Yardstick>> {
        let problems = tasks
            .iter()
            .filter_map(|task| Problem::parse(&task.question));
        let problems: Vec<Problem> = problems.collect();
        let orders = (problems.iter())
            .map(|problem| order_of_chances(warm_start, tokenizer, problem))
            .collect::<Result<Vec<_>>>()?;
        Ok(vec![
            Yardstick {
                name: "fixed list of guesses".into(),
                accuracy: accuracy(&problems, &vec![fixed_list(); problems.len()]),
            },
            Yardstick {
                name: "warm start's own order".into(),
                accuracy: accuracy(&problems, &orders),
            },
        ])
    }
}

/// One of `answers`, as text; the empty text if there are none.
fn any(answers: impl Iterator<Item = Operators>, rng: &mut StdRng) -> String {
    let answers: Vec<Operators> = answers.collect();
    let drawn = answers.choose(rng);
    drawn.map(String::from_iter).unwrap_or_default()
}

/// Of any model of the problems: each next guess is the one that solves most of the training
/// problems that are left.
fn fixed_list() -> Vec<Operators> {
    let mut left = Problem::every(Split::Training);
    let mut list: Vec<Operators> = Vec::new();
    while let Some(next) = candidates()
        .filter(|c| !list.contains(c))
        .max_by_key(|c| left.iter().filter(|p| p.excess(*c) == 0).count())
    {
        left.retain(|problem| problem.excess(next) != 0);
        list.push(next);
    }
    list
}

/// All answers, the one first that the model is likeliest to give at its first attempt.
fn order_of_chances(
    model: &CausalLm,
    tokenizer: &Tokenizer,
    problem: &Problem,
) -> Result<Vec<Operators>> {
    let prompt = tokenizer.encode(&problem.question())?;
    let sequence = |operators: Operators| -> Result<Sequence> {
        let answer = attempt(&String::from_iter(operators), tokenizer)?.tokens;
        Ok(Sequence {
            loss_mask: [vec![false; prompt.len()], vec![true; answer.len()]].concat(),
            tokens: [prompt.clone(), answer].concat(),
        })
    };
    let sequences = candidates().map(sequence).collect::<Result<Vec<_>>>()?;
    let batch = Batch::new(&sequences.iter().collect::<Vec<_>>(), model.device())?;
    let (chosen, _) = batch.log_prob_and_entropy(model, 1.0)?;
    let logprobs = chosen
        .reshape((sequences.len(), ()))?
        .sum(1)?
        .to_vec1::<f32>()?;
    let mut order: Vec<(f32, Operators)> = logprobs.into_iter().zip(candidates()).collect();
    order.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    Ok(order.into_iter().map(|(_, operators)| operators).collect())
}

/// The share of the problems that are solved by the first 1, 2, … of each one's guesses.
fn accuracy(problems: &[Problem], guesses: &[Vec<Operators>]) -> Vec<f64> {
    let solved = |k: usize| {
        let pairs = problems.iter().zip(guesses);
        let solved = pairs.filter(|(problem, guesses)| {
            guesses
                .iter()
                .take(k)
                .any(|guess| problem.excess(*guess) == 0)
        });
        solved.count() as f64 / problems.len() as f64
    };
    (1..=FillInOperators::ATTEMPTS as usize)
        .map(solved)
        .collect()
}

#[cfg(test)]
mod tests;
