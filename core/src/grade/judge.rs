use super::policy::Conventions;
use crate::limits::Fuel;

/// What a comparison carries along: what it may still cost, and what it takes for equal.
#[derive(Debug)]
pub(super) struct Judge<'p> {
    pub(super) fuel: Fuel,
    pub(super) conventions: &'p Conventions,
}
