use alloc::format;
use alloc::string::{String, ToString};

use super::{Generated, Posterior, between};
use crate::env::Task;
use crate::rng::Rng;

/// How many chances in ten an operator has, and what it does.
type Operator = (u64, fn(i64, i64) -> i64);

const SUM: fn(i64, i64) -> i64 = |a, b| a + b;
const DISTANCE: fn(i64, i64) -> i64 = |a, b| (a - b).abs();
const PRODUCT: fn(i64, i64) -> i64 = |a, b| a * b;
const MAXIMUM: fn(i64, i64) -> i64 = |a, b| a.max(b);

const TWO: &[Operator] = &[(6, SUM), (4, DISTANCE)];
const THREE: &[Operator] = &[(5, SUM), (3, DISTANCE), (2, PRODUCT)];
const FOUR: &[Operator] = &[(4, SUM), (3, DISTANCE), (2, PRODUCT), (1, MAXIMUM)];

/// The question `7?3=`, which does not say which operator is meant. Who does not know it can do no
/// better at one attempt than to name the result with the largest chance. A wrong answer rules that
/// result out, so that the best second attempt is another one: the question shows whether a policy
/// uses its attempts, not whether it reasons.
///
/// ```
/// use resit::generate::HiddenOperator;
///
/// let question = HiddenOperator::new(2, 7, 3);
/// assert!(question.results().eq([(5, 10), (3, 4), (2, 21)]));
/// assert_eq!(question.task(10).question, "7?3=");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HiddenOperator {
    a: u32,
    b: u32,
    operators: &'static [Operator],
}

impl HiddenOperator {
    /// The question about two numbers. The level says which operators may be meant: the sum and the
    /// distance at level 1, the product, too, at 2 and 4, and the larger of the two at 3 and 5.
    pub fn new(level: u32, a: u32, b: u32) -> Self {
        let operators = match level {
            0 | 1 => TWO,
            2 | 4 => THREE,
            _ => FOUR,
        };
        Self { a, b, operators }
    }

    /// What each operator gives, after its chances in ten to be the one that is meant; the likeliest
    /// operator first. Several may give the same.
    pub fn results(self) -> impl Iterator<Item = (u64, i64)> {
        let (a, b) = (i64::from(self.a), i64::from(self.b));
        let operators = self.operators.iter();
        operators.map(move |(tenths, operator)| (*tenths, operator(a, b)))
    }

    /// The different results with their chances.
    pub fn answers(self) -> Posterior {
        let chance = |(tenths, result): (u64, i64)| (result.to_string(), tenths as f64 / 10.0);
        Posterior::new(self.results().map(chance))
    }

    /// The task where `result` is right.
    pub fn task(self, result: i64) -> Task {
        let question: String = format!("{}?{}=", self.a, self.b);
        Task::new(question, result.to_string())
    }
}

/// The level also says how large the numbers get. Level 2 is the task of the trainer's demo.
pub(super) fn draw(level: u32, rng: &mut Rng) -> Generated {
    let high = if level < 4 { 9 } else { 99 };
    // Below a hundred, so that the draws fit.
    let (a, b) = (between(rng, 0, high) as u32, between(rng, 0, high) as u32);
    let question = HiddenOperator::new(level, a, b);
    let mut draw = rng.below(10);
    let meant = question.results().find(|(tenths, _)| {
        let found = draw < *tenths;
        draw = draw.saturating_sub(*tenths);
        found
    });
    let result = meant.map_or(0, |(_, result)| result);
    Generated {
        task: question.task(result),
        answers: question.answers(),
    }
}
