//! The stages of grading one by one, so that each can be timed. Not part of the stable interface.

use super::compare::compare;
use super::judge::Judge;
use super::policy::Policy;
use crate::canon::lower::lower;
use crate::canon::value::Value;
use crate::latex::{self, Readings};
use crate::limits::{Fuel, Limits};

/// What a text was read as.
#[derive(Debug)]
pub struct Parsed(Readings);

/// What it means.
#[derive(Debug)]
pub struct Canonical(Value);

/// The number of tokens of `text`.
pub fn lex(text: &str) -> usize {
    latex::token_count(text)
}

/// Reads `text`, tokens included.
pub fn parse(text: &str) -> Option<Parsed> {
    latex::read(text, &Limits::default()).map(Parsed)
}

/// The typed value of the first reading.
pub fn canon(parsed: &Parsed) -> Canonical {
    let mut fuel = Fuel::new(&Limits::default());
    Canonical(lower(&parsed.0.grouped, &mut fuel))
}

/// Whether two values are equal under the default policy.
pub fn decide(a: &Canonical, b: &Canonical) -> bool {
    let policy = Policy::default();
    let fuel = Fuel::new(&policy.limits);
    let conventions = &policy.conventions;
    compare(&a.0, &b.0, &mut Judge { fuel, conventions }).is_equal()
}
