//! Inputs made to hang a grader, to exhaust its memory or its stack, or to be rewarded without being
//! right. The classes are those on which published graders hang, crash, or reward what is wrong.

mod claims;
mod expressions;
mod sizes;
mod spellings;

use resit::extract::Extraction;
use resit::grade::{Decision, Grader, Policy, Verdict};

/// Two answers, either of which may be the reference, and what is true of them.
#[derive(Clone, Debug)]
pub struct Case {
    /// What makes it hostile.
    pub class: &'static str,
    /// The case in a few words.
    pub name: String,
    /// One side.
    pub a: String,
    /// The other side.
    pub b: String,
    /// What is true of the two.
    pub truth: Truth,
}

/// What is true of two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Equal, and found so.
    Equal,
    /// Equal, but a proof may be beyond the limits: not `different`.
    EqualBeyondLimits,
    /// Equal, but too long, too deep or too large to be read: the words are compared, which differ.
    EqualUnread,
    /// Not equal: never accepted, different or undecided.
    NotEqual,
    /// Not equal, but one is the other rounded to the digits written: accepted under `rounded` only.
    Rounded,
    /// Denied, but in a box, which the policy `boxed` takes whatever is said of it.
    Denied,
    /// Not equal, but what equals the first is the last number or box of the second, which a response
    /// states.
    Stated,
}

/// Which side is the reference, and how the other is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The second side is the answer.
    Answer,
    /// The second side is the reference.
    Reference,
    /// The second side is a model's whole output.
    Response,
    /// The second side stands in a box of a model's output.
    Boxed,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Answer, Self::Reference, Self::Response, Self::Boxed];
}

/// All cases.
pub fn all() -> Vec<Case> {
    let mut cases = expressions::cases();
    cases.extend(sizes::cases());
    cases.extend(spellings::cases());
    cases.extend(claims::cases());
    cases
}

impl Case {
    fn new(
        class: &'static str,
        name: impl Into<String>,
        a: impl Into<String>,
        b: impl Into<String>,
        truth: Truth,
    ) -> Self {
        let (name, a, b) = (name.into(), a.into(), b.into());
        Self {
            class,
            name,
            a,
            b,
            truth,
        }
    }

    /// A case whose second side is its name.
    fn short(class: &'static str, a: &str, b: &str, truth: Truth) -> Self {
        Self::new(class, format!("{b} for {a}"), a, b, truth)
    }

    /// Grades the case. `given` is what [`given`](Self::given) returns for the role.
    pub fn grade(&self, policy: &Policy, role: Role, given: &str) -> Verdict {
        let grader = Grader::new(policy.clone());
        match role {
            Role::Answer => grader.grade(&self.a, given),
            Role::Reference => grader.grade(given, &self.a),
            Role::Response | Role::Boxed => grader.grade_response(&self.a, given),
        }
    }

    /// The second side as the role has it.
    pub fn given(&self, role: Role) -> String {
        match role {
            Role::Answer | Role::Reference | Role::Response => self.b.clone(),
            Role::Boxed => format!("The value is \\boxed{{{}}}.", self.b),
        }
    }

    /// Whether `verdict` is right: nothing that is not equal is accepted in any role, and what is
    /// equal is accepted as an answer and as a reference. What the policies of other graders accept is
    /// for their own tests to say.
    pub fn is_right(&self, role: Role, policy: &Policy, verdict: &Verdict) -> bool {
        let extracted = matches!(role, Role::Response | Role::Boxed);
        if [Policy::multi_attempt(), Policy::math_verify()].contains(policy) {
            return true;
        }
        match self.truth {
            Truth::Rounded if *policy == Policy::rounded() => true,
            Truth::Denied if extracted && policy.extraction == Extraction::Boxed => true,
            Truth::Stated if extracted => true,
            Truth::NotEqual | Truth::Rounded | Truth::Denied | Truth::Stated => {
                verdict.decision != Decision::Equal
            }
            _ if extracted => true,
            Truth::Equal => verdict.decision == Decision::Equal,
            Truth::EqualBeyondLimits => verdict.decision != Decision::Different,
            Truth::EqualUnread => true,
        }
    }
}
