//! Questions without a file: six families, each in five levels of difficulty, drawn by a seed.
//!
//! ```
//! use resit::env::{Attempt, Environment};
//! use resit::generate::{self, Family};
//!
//! let generated = Family::Fractions.draw(2, 7);
//! assert_eq!(generated, Family::Fractions.draw(2, 7));
//!
//! let environment = Environment::default().with_verifier(generate::grader());
//! let mut episode = environment.reset(&generated.task, 0)?;
//! let answer = format!(r"\boxed{{{}}}", generated.answers.likeliest());
//! assert_eq!(environment.step(&mut episode, Attempt::text(answer))?.reward, 1.0);
//! # Ok::<(), resit::env::EnvError>(())
//! ```

mod algebra;
mod arithmetic;
mod countdown;
mod hidden_operator;
mod posterior;

pub use countdown::{Countdown, CountdownVerifier};
pub use hidden_operator::HiddenOperator;
pub use posterior::Posterior;

use alloc::format;
use alloc::string::String;

use crate::env::Task;
use crate::grade::Requirement;
use crate::rng::Rng;
use crate::{Grader, Policy};

/// The hardest level; the easiest is 1.
pub const LEVELS: u32 = 5;

/// A kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// `7?3=` hides which operator is meant, so that only a failed attempt tells more.
    HiddenOperator,
    /// Sums, differences and products of integers.
    Arithmetic,
    /// Sums, differences, products and quotients of fractions.
    Fractions,
    /// One unknown.
    LinearEquations,
    /// Remainders, powers and inverses.
    ModularArithmetic,
    /// An expression of given numbers that reaches a target. Many answers are right, so it is
    /// [`CountdownVerifier`] that decides, not the grader.
    Countdown,
}

/// What decides attempts at generated questions, all but those of [`Family::Countdown`]: the last
/// box, and in it a number in lowest terms. The value alone is not asked for, since the expression in
/// a question has it, too, and nothing would be learned from repeating that.
///
/// ```
/// use resit::generate;
///
/// assert!(generate::grader().grade("8", "8").correct());
/// assert!(!generate::grader().grade("8", "3 + 5").correct());
/// ```
pub fn grader() -> Grader {
    Grader::new(Policy {
        requirement: Some(Requirement::LowestTerms),
        ..Policy::boxed()
    })
}

/// A question, and what is known of its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The question and the answer that is right.
    pub task: Task,
    /// The answers that the question allows, with their chances. One with chance 1, except where
    /// the question is ambiguous by design; none for [`Family::Countdown`], where many are right.
    pub answers: Posterior,
}

impl Family {
    /// All families.
    pub const ALL: [Self; 6] = [
        Self::HiddenOperator,
        Self::Arithmetic,
        Self::Fractions,
        Self::LinearEquations,
        Self::ModularArithmetic,
        Self::Countdown,
    ];

    /// The name in files and on the command line, in kebab case.
    pub fn name(self) -> &'static str {
        match self {
            Self::HiddenOperator => "hidden-operator",
            Self::Arithmetic => "arithmetic",
            Self::Fractions => "fractions",
            Self::LinearEquations => "linear-equations",
            Self::ModularArithmetic => "modular-arithmetic",
            Self::Countdown => "countdown",
        }
    }

    /// The family of a [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// Draws a question. A level below 1 counts as 1, one above [`LEVELS`] as that. The task's id
    /// is made of the three: equal ids are equal tasks.
    pub fn draw(self, level: u32, seed: u64) -> Generated {
        let level = level.clamp(1, LEVELS);
        let mut rng = Rng::new(seed);
        let mut generated = match self {
            Self::HiddenOperator => hidden_operator::draw(level, &mut rng),
            Self::Arithmetic => arithmetic::integers(level, &mut rng),
            Self::Fractions => arithmetic::fractions(level, &mut rng),
            Self::LinearEquations => algebra::linear_equation(level, &mut rng),
            Self::ModularArithmetic => algebra::modular(level, &mut rng),
            Self::Countdown => Countdown::of(level, &mut rng).generated(),
        };
        generated.task.id = Some(format!("{}/{level}/{seed}", self.name()));
        generated
    }
}

impl Generated {
    /// With one answer.
    fn certain(question: String, answer: String) -> Self {
        Self {
            answers: Posterior::certain(answer.clone()),
            task: Task::new(question, answer),
        }
    }
}

/// Uniform in `low..=high`.
fn between(rng: &mut Rng, low: i64, high: i64) -> i64 {
    low + rng.below(high.abs_diff(low) + 1) as i64
}

/// Uniform in -high..=high without 0.
fn nonzero(rng: &mut Rng, high: i64) -> i64 {
    let size = between(rng, 1, high);
    if rng.below(2) == 0 { size } else { -size }
}

/// The quotient in lowest terms, as `5`, `-5` or `-\frac{5}{3}`. The denominator must not be 0.
fn fraction(numerator: i64, denominator: i64) -> String {
    let divisor = num_integer::gcd(numerator, denominator).max(1);
    let (top, bottom) = (numerator.abs() / divisor, denominator.abs() / divisor);
    let sign = if (numerator < 0) != (denominator < 0) && numerator != 0 {
        "-"
    } else {
        ""
    };
    match bottom {
        1 => format!("{sign}{top}"),
        _ => format!("{sign}\\frac{{{top}}}{{{bottom}}}"),
    }
}
