//! What a comparison of two values found.

use super::verdict::{Decision, Method, Reason};
use crate::canon::decide::Finding;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) decision: Decision,
    pub(crate) method: Method,
    pub(crate) reason: Reason,
}

impl Outcome {
    pub(crate) fn equal(method: Method) -> Self {
        Self {
            decision: Decision::Equal,
            method,
            reason: Reason::Equal,
        }
    }

    pub(crate) fn different(method: Method, reason: Reason) -> Self {
        Self {
            decision: Decision::Different,
            method,
            reason,
        }
    }

    /// Different by what is written, whatever the values are.
    pub(crate) fn unlike(reason: Reason) -> Self {
        Self::different(Method::Form, reason)
    }

    pub(crate) fn undecided(reason: Reason) -> Self {
        Self {
            decision: Decision::Undecided,
            method: Method::None,
            reason,
        }
    }

    pub(crate) fn is_equal(self) -> bool {
        self.decision == Decision::Equal
    }

    /// The same finding for another reason.
    pub(crate) fn because(self, reason: Reason) -> Self {
        if self.decision == Decision::Different {
            Self { reason, ..self }
        } else {
            self
        }
    }

    /// Both must hold: the first that does not hold decides, else the weaker method.
    pub(crate) fn and(self, next: impl FnOnce() -> Self) -> Self {
        if !self.is_equal() {
            return self;
        }
        let next = next();
        if next.is_equal() {
            Self {
                method: self.method.max(next.method),
                ..next
            }
        } else {
            next
        }
    }

    /// Either may hold; if neither does, what `self` found stands.
    pub(crate) fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_equal() {
            return self;
        }
        let other = other();
        if other.is_equal() { other } else { self }
    }
}

impl From<Finding> for Outcome {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Identical => Self::equal(Method::Identical),
            Finding::Equal => Self::equal(Method::Exact),
            Finding::Agrees => Self::equal(Method::Numeric),
            Finding::Different => Self::different(Method::Exact, Reason::ValueDiffers),
            Finding::Refuted => Self::different(Method::Refuted, Reason::ValueDiffers),
            Finding::Undefined => Self::different(Method::None, Reason::Undefined),
            Finding::Undecided => Self::undecided(Reason::LimitReached),
        }
    }
}
