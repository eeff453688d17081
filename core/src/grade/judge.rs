use super::policy::Conventions;
use crate::limits::Fuel;

/// What a comparison carries along: what it may still cost, and what it takes for equal.
#[derive(Debug)]
pub(super) struct Judge<'p> {
    pub(super) fuel: Fuel,
    pub(super) conventions: &'p Conventions,
}

impl<'p> Judge<'p> {
    /// Does `work` with at most one part in `parts` of the fuel that is left.
    pub(super) fn share<T>(&mut self, parts: u64, work: impl FnOnce(&mut Judge<'p>) -> T) -> T {
        let conventions = self.conventions;
        self.fuel.share(parts, |fuel| {
            let mut part = Self {
                fuel: fuel.clone(),
                conventions,
            };
            let done = work(&mut part);
            *fuel = part.fuel;
            done
        })
    }
}
