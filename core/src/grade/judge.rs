use super::policy::Conventions;
use crate::limits::Fuel;

/// What a comparison carries along: what it may still cost, and what it takes for equal.
#[derive(Debug)]
pub(super) struct Judge<'p> {
    pub(super) fuel: Fuel,
    pub(super) conventions: &'p Conventions,
    /// Whether the members of one chain are compared, of which a decimal may be another one rounded to
    /// its digits, however few.
    pub(super) in_chain: bool,
}
