use alloc::format;
use alloc::string::ToString;

use super::{Generated, Posterior, between};
use crate::env::Task;
use crate::rng::Rng;

/// In tenths, and what the operator does.
type Operator = (u64, fn(i64, i64) -> i64);

const SUM: fn(i64, i64) -> i64 = |a, b| a + b;
const DISTANCE: fn(i64, i64) -> i64 = |a, b| (a - b).abs();
const PRODUCT: fn(i64, i64) -> i64 = |a, b| a * b;
const MAXIMUM: fn(i64, i64) -> i64 = |a, b| a.max(b);

const TWO: &[Operator] = &[(6, SUM), (4, DISTANCE)];
const THREE: &[Operator] = &[(5, SUM), (3, DISTANCE), (2, PRODUCT)];
const FOUR: &[Operator] = &[(4, SUM), (3, DISTANCE), (2, PRODUCT), (1, MAXIMUM)];

/// The level says which operators there are and how large the operands get. Level 2 is the task of
/// the trainer's demo.
pub(super) fn draw(level: u32, rng: &mut Rng) -> Generated {
    let (operators, high) = match level {
        1 => (TWO, 9),
        2 => (THREE, 9),
        3 => (FOUR, 9),
        4 => (THREE, 99),
        _ => (FOUR, 99),
    };
    let (a, b) = (between(rng, 0, high), between(rng, 0, high));
    let results = operators
        .iter()
        .map(|&(tenths, operator)| (operator(a, b).to_string(), tenths as f64 / 10.0));
    let answers = Posterior::new(results);
    let mut draw = rng.below(10);
    let meant = operators.iter().find(|(tenths, _)| {
        let found = draw < *tenths;
        draw = draw.saturating_sub(*tenths);
        found
    });
    let reference = meant.map_or(SUM, |(_, operator)| *operator)(a, b);
    Generated {
        task: Task::new(format!("{a} ? {b} ="), reference.to_string()),
        answers,
    }
}
