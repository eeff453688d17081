use alloc::string::String;

use super::Role;
use crate::grade::Reason;

/// What is said between two attempts.
///
/// In its texts `{input}` stands for the question, `{remaining}` for the number of attempts left and
/// `{diagnosis}` for what is wrong with the answer, in one sentence that does not depend on the
/// reference. The functions here are policies from the literature; a policy of your own is a value
/// of your own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, remote = "Self"))]
pub struct Feedback {
    /// Who says it, where the chat markup knows that role.
    pub role: Role,
    /// What is said before the next attempt. Empty: the next attempt follows at once.
    pub text: String,
    /// Whether the environment keeps to itself which attempts are right: it says the same to a right
    /// one as to a wrong one and goes on, and the last attempt is the one that counts.
    #[cfg_attr(feature = "serde", serde(default))]
    pub blind: bool,
    /// A turn of the model between the attempts that is no attempt.
    #[cfg_attr(feature = "serde", serde(default))]
    pub interlude: Option<Interlude>,
}

/// A turn of the model that is no attempt. It comes after an attempt, and before
/// [`Feedback::text`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interlude {
    /// What asks for it; the placeholders are those of [`Feedback`].
    pub ask: String,
    /// What it is for.
    pub purpose: Purpose,
}

/// What an [`Interlude`] is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Purpose {
    /// The model thinks about what went wrong.
    Reflection,
    /// The model judges its answer. The later of the two texts decides; where neither occurs, it
    /// revises.
    Verification {
        /// By this the model keeps its answer, and the episode ends.
        accept: String,
        /// By this the model decides to revise its answer.
        reject: String,
    },
}

#[cfg(feature = "serde")]
crate::named::named_or_fields!(Feedback, "feedback", Feedback::named);

/// The names of the feedback policies.
pub const FEEDBACKS: [&str; 6] = [
    "count",
    "none",
    "unary",
    "diagnostic",
    "reflection",
    "verification",
];

impl Feedback {
    /// The policy of that name, one of [`FEEDBACKS`].
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "count" => Some(Self::count()),
            "none" => Some(Self::none()),
            "unary" => Some(Self::unary()),
            "diagnostic" => Some(Self::diagnostic()),
            "reflection" => Some(Self::reflection()),
            "verification" => Some(Self::verification()),
            _ => None,
        }
    }

    /// The paper's: that the answer is wrong, and how many attempts are left.
    pub fn count() -> Self {
        Self::said(
            "Your answer is incorrect. You have {remaining} attempts left. Try an alternative.",
        )
    }

    /// Nothing is said.
    pub fn none() -> Self {
        Self::said("")
    }

    /// "Let's try again", and nothing else (UFO, arXiv 2507.14295).
    pub fn unary() -> Self {
        Self {
            role: Role::User,
            ..Self::said("Let's try again.")
        }
    }

    /// What is wrong with the answer, as far as that does not tell the right one.
    pub fn diagnostic() -> Self {
        Self::said(
            "Your answer is incorrect. {diagnosis} You have {remaining} attempts left. Try an \
             alternative.",
        )
    }

    /// A reflection before each further attempt (Reflect, Retry, Reward, arXiv 2505.24726). Its
    /// tokens alone are rewarded with [`Credit::Reflection`](super::Credit::Reflection).
    pub fn reflection() -> Self {
        Self {
            role: Role::User,
            interlude: Some(Interlude {
                ask: "Your answer is incorrect. Reflect on what went wrong, and write a short \
                      explanation that will help you to do better next time."
                    .into(),
                purpose: Purpose::Reflection,
            }),
            ..Self::said("Try again. You have {remaining} attempts left.")
        }
    }

    /// The model judges each answer itself, and revises only what it finds wrong (PAG, arXiv
    /// 2506.10406). The environment does not say who is right.
    pub fn verification() -> Self {
        Self {
            role: Role::User,
            text: "Then answer the question again.".into(),
            blind: true,
            interlude: Some(Interlude {
                ask: "Check your solution step by step. End with \"The answer is correct\" or \
                      \"The answer is wrong\"."
                    .into(),
                purpose: Purpose::Verification {
                    accept: "The answer is correct".into(),
                    reject: "The answer is wrong".into(),
                },
            }),
        }
    }

    fn said(text: &str) -> Self {
        Self {
            role: Role::System,
            text: text.into(),
            blind: false,
            interlude: None,
        }
    }
}

impl Purpose {
    /// Whether the model's turn `text` keeps the answer.
    pub(super) fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Reflection => false,
            Self::Verification { accept, reject } => {
                let accepted = text.rfind(accept.as_str());
                accepted.is_some() && accepted > text.rfind(reject.as_str())
            }
        }
    }
}

/// What may be said of a wrong answer. A sentence depends on the reason alone: it names no value,
/// no direction and no count, so that the reference cannot be found by searching along it. What is
/// said of numbers other than that they are wrong holds of a few answers only, not of all on one side
/// of the reference: its negative, and a power of ten times it.
pub(super) fn diagnosis(reason: Reason) -> Option<&'static str> {
    let sentence = match reason {
        Reason::Equal | Reason::EmptyReference => return None,
        Reason::SignDiffers => "Check the signs.",
        Reason::MagnitudeDiffers => "Check the magnitude, such as the place of the decimal point.",
        Reason::UnitDiffers => "Check the units.",
        Reason::KindDiffers | Reason::NameDiffers => {
            "It is not of the form that the question asks for."
        }
        Reason::CountDiffers => "It does not hold the right number of items.",
        Reason::ItemDiffers => "Not every item is right.",
        Reason::OrderDiffers => "The order of the items matters.",
        Reason::BracketDiffers => "Check whether the ends belong to it.",
        Reason::BaseDiffers => "Check the base of the numeral.",
        Reason::ChainDisagrees => "Its equations do not agree with one another.",
        Reason::Undefined => "It has no value.",
        Reason::NotUnderstood | Reason::LimitReached => "Write it in a simpler form.",
        Reason::NoAnswer => "There is no answer in a box.",
        Reason::FormDiffers => {
            "Its value is right, but it is not simplified, or not in the form that is asked for."
        }
        _ => "Its value is not right.",
    };
    Some(sentence)
}
