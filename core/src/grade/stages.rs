//! The stages of grading one by one, so that each can be timed and tested from outside. Not part of
//! the stable interface.

use super::compare::compare;
use super::judge::Judge;
use super::policy::Policy;
use crate::canon::lower::lower;
use crate::canon::value::Value;
use crate::expr::{Expr, print};
use crate::latex;
use crate::limits::{Fuel, Limits};
use alloc::string::String;

/// What a text was read as, commas before three digits grouping a number.
#[derive(Debug, PartialEq)]
pub struct Parsed(Expr);

impl Parsed {
    /// It in LaTeX and in plain notation.
    pub fn spellings(&self) -> [String; 2] {
        [print::latex(&self.0), print::plain(&self.0)]
    }
}

/// What it means.
#[derive(Debug)]
pub struct Canonical(Value);

/// The number of tokens of `text`.
pub fn lex(text: &str) -> usize {
    latex::token_count(text)
}

/// Reads `text`, tokens included.
pub fn parse(text: &str, limits: &Limits) -> Option<Parsed> {
    latex::read(text, limits).map(|readings| Parsed(readings.grouped))
}

/// The typed value of the first reading.
pub fn canon(parsed: &Parsed) -> Canonical {
    let mut fuel = Fuel::new(&Limits::default());
    Canonical(lower(&parsed.0, &mut fuel))
}

/// Whether two values are equal under the default policy.
pub fn decide(a: &Canonical, b: &Canonical) -> bool {
    let policy = Policy::default();
    let fuel = Fuel::new(&policy.limits);
    let conventions = &policy.conventions;
    compare(
        &a.0,
        &b.0,
        &mut Judge {
            fuel,
            conventions,
            in_chain: false,
        },
    )
    .is_equal()
}
