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
    /// Steps that one verdict may spend. A step is about one small multiplication.
    pub fuel: u64,
}

/// The default of [`Limits::length`], and the longest text of which the words are compared.
pub(crate) const LENGTH: usize = 16_384;

impl Default for Limits {
    fn default() -> Self {
        Self {
            length: LENGTH,
            depth: 64,
            fuel: 60_000,
        }
    }
}

/// What is left of the work that a verdict may spend.
#[derive(Clone, Debug)]
pub(crate) struct Fuel(u64);

/// The work for a verdict exceeds its [`Limits::fuel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfFuel;

impl Fuel {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self(limits.fuel)
    }

    /// Steps that can still be spent.
    pub(crate) fn left(&self) -> u64 {
        self.0
    }

    /// Does `work` with at most one part in `parts` of what is left.
    pub(crate) fn share<T>(&mut self, parts: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let given = self.0 / parts;
        let mut part = Self(given);
        let done = work(&mut part);
        self.0 -= given - part.0;
        done
    }

    /// Takes `steps`, or takes all that is left and fails.
    pub(crate) fn spend(&mut self, steps: u64) -> Result<(), OutOfFuel> {
        match self.0.checked_sub(steps) {
            Some(rest) => {
                self.0 = rest;
                Ok(())
            }
            None => {
                self.0 = 0;
                Err(OutOfFuel)
            }
        }
    }
}
