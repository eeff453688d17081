use crate::extract::Extraction;
use crate::limits::Limits;

/// Conventions under which answers are read and compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Where the answer of a response is looked for.
    pub extraction: Extraction,
    /// What one verdict may cost.
    pub limits: Limits,
}

/// The names of the policies, for messages and documentation.
pub const POLICIES: [&str; 2] = ["default", "boxed"];

impl Policy {
    /// The policy of that name, one of [`POLICIES`].
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Self::default()),
            "boxed" => Some(Self::boxed()),
            _ => None,
        }
    }

    /// Only the last closed, non-empty box of a response is its answer: what the environment uses.
    pub fn boxed() -> Self {
        Self {
            extraction: Extraction::Boxed,
            ..Self::default()
        }
    }
}
