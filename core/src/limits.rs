//! Bounds on the work that one verdict may cost, counted in steps and never in time, so that the
//! verdict is the same on every machine.

/// Bounds on input size, nesting and work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Limits {
    /// Longest answer that is parsed, in bytes. A longer one is compared as text.
    pub length: usize,
    /// Deepest nesting of brackets, arguments and operators that the parser follows.
    pub depth: u32,
    /// Steps that one verdict may spend, what both sides are read with included. A step is about
    /// one small multiplication.
    pub fuel: u64,
}

/// The default of [`Limits::length`], and the longest text of which the words are compared.
pub(crate) const LENGTH: usize = 16_384;

impl Default for Limits {
    fn default() -> Self {
        Self {
            length: LENGTH,
            depth: 64,
            fuel: 100_000,
        }
    }
}

/// An account of work that may be done.
#[derive(Clone, Debug)]
pub(crate) struct Fuel {
    given: u64,
    left: u64,
}

/// The work for a verdict exceeds its [`Limits::fuel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfFuel;

impl Fuel {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self::of(limits.fuel)
    }

    /// An account of so many of the `all` parts of what a verdict may spend.
    pub(crate) fn parts(limits: &Limits, parts: u64, all: u64) -> Self {
        Self::of(limits.fuel / all * parts)
    }

    fn of(given: u64) -> Self {
        Self { given, left: given }
    }

    /// What was taken of it.
    pub(crate) fn spent(&self) -> u64 {
        self.given - self.left
    }

    /// Does `work` with at most one part in `parts` of what is left.
    pub(crate) fn share<T>(&mut self, parts: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let mut part = Self::of(self.left / parts);
        let done = work(&mut part);
        self.left -= part.spent();
        done
    }

    /// Takes `steps`, or takes all that is left and fails.
    pub(crate) fn spend(&mut self, steps: u64) -> Result<(), OutOfFuel> {
        match self.left.checked_sub(steps) {
            Some(rest) => {
                self.left = rest;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(OutOfFuel)
            }
        }
    }
}
