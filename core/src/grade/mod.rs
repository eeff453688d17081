//! Whether an answer equals a reference, and why.

mod policy;
mod verdict;

pub use policy::Policy;
pub use verdict::{Decision, Method, Reason, Verdict};

use dashu_int::IBig;
use num_rational::Ratio;

/// Grades `answer` against `reference` under the default [`Policy`].
pub fn grade(reference: &str, answer: &str) -> Verdict {
    Grader::new(Policy::default()).grade(reference, answer)
}

/// Grades answers under one policy.
#[derive(Clone, Debug, Default)]
pub struct Grader {
    policy: Policy,
}

impl Grader {
    /// A grader that follows `policy`.
    pub fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// The policy that this grader follows.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Grades an answer that is already extracted.
    pub fn grade(&self, reference: &str, answer: &str) -> Verdict {
        fn number(text: &str) -> Option<Ratio<IBig>> {
            text.trim().parse().ok()
        }
        let decision = match (number(reference), number(answer)) {
            (Some(a), Some(b)) if a == b => Decision::Equal,
            _ => Decision::Different,
        };
        Verdict {
            decision,
            method: Method::Exact,
            reason: if decision == Decision::Equal {
                Reason::Equal
            } else {
                Reason::ValueDiffers
            },
            formatted: true,
            extracted: Some(answer.into()),
        }
    }

    /// Extracts the answer from a model's whole output, and grades it.
    pub fn grade_response(&self, reference: &str, response: &str) -> Verdict {
        let boxed = response
            .split("\\boxed{")
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(answer, _)| answer)
            .filter(|answer| !answer.trim().is_empty())
            .last();
        match boxed {
            Some(answer) => self.grade(reference, answer),
            _ => Verdict {
                decision: Decision::Different,
                method: Method::None,
                reason: Reason::NoAnswer,
                formatted: false,
                extracted: None,
            },
        }
    }
}
