use alloc::string::String;
use core::fmt::Write;

use super::{Chat, Feedback};

/// What the environment says, and the markup in which it says it.
///
/// `{input}` stands for the question, without the spaces around it, and `{remaining}` for the number
/// of attempts left; both may occur anywhere, or not at all.
///
/// ```
/// use resit::env::{Attempts, Chat, Environment, Feedback, Task, Template};
///
/// let template = Template {
///     chat: Chat::chatml(),
///     system: "Answer in a box.".into(),
///     user: "{input}".into(),
///     feedback: Feedback::unary(),
/// };
/// let environment = Environment { template, attempts: Attempts::Fixed(5), ..Environment::default() };
/// let episode = environment.reset(&Task::new("6 × 7?", "42"), 0)?;
/// assert!(episode.transcript().text().ends_with("user\n6 × 7?<|im_end|>\n<|im_start|>assistant\n"));
/// # Ok::<(), resit::env::EnvError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, remote = "Self"))]
pub struct Template {
    /// The markup around the messages.
    pub chat: Chat,
    /// The system message; none if it is empty.
    pub system: String,
    /// The user message.
    pub user: String,
    /// What is said between two attempts.
    pub feedback: Feedback,
}

#[cfg(feature = "serde")]
crate::named::named_or_fields!(Template, "template", Template::named);

/// The names of the templates.
pub const TEMPLATES: [&str; 5] = [
    "multi-attempt",
    "repeat-question",
    "single-turn",
    "plain",
    "think-answer",
];

impl Template {
    /// The template of that name, one of [`TEMPLATES`].
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "multi-attempt" => Some(Self::multi_attempt()),
            "repeat-question" => Some(Self::repeat_question()),
            "single-turn" => Some(Self::single_turn()),
            "plain" => Some(Self::plain()),
            "think-answer" => Some(Self::think_answer()),
            _ => None,
        }
    }

    /// The paper's template for training and for evaluation at several attempts (ChatML).
    pub fn multi_attempt() -> Self {
        Self {
            chat: Chat::chatml(),
            system: "Please reason step by step, and put your final answer within \\boxed{}. You \
                have {remaining} attempts to answer the questions, and you should provide the full \
                reasoning steps in each attempt."
                .into(),
            user: "{input}".into(),
            feedback: Feedback::count(),
        }
    }

    /// The published code's variant whose feedback repeats the question (ChatML).
    pub fn repeat_question() -> Self {
        let chat = Chat::chatml();
        let [before, _] = &chat.user;
        let text = [
            "Your answer is incorrect. Try an alternative. You have {remaining} attempts to \
             answer the question.<|im_end|>\n",
            before,
            "{input}",
        ]
        .concat();
        Self {
            chat,
            system: "Please reason step by step, and put your final answer within \\boxed{}. You \
                have {remaining} attempts to answer the question."
                .into(),
            user: "{input}".into(),
            feedback: Feedback {
                text,
                ..Feedback::count()
            },
        }
    }

    /// The paper's single-turn baseline (ChatML). Its prompt says nothing of attempts; at more
    /// than one attempt the feedback is that of [`Template::multi_attempt`].
    pub fn single_turn() -> Self {
        Self {
            chat: Chat::chatml(),
            system: "You are a helpful assistant.".into(),
            user:
                "{input}\nPlease reason step by step, and put your final answer within \\boxed{}."
                    .into(),
            feedback: Feedback::count(),
        }
    }

    /// No chat markup: for base models and for people.
    pub fn plain() -> Self {
        Self {
            chat: Chat::plain(),
            system: String::new(),
            user: "{input}\nPut your final answer within \\boxed{}. You have {remaining} attempts."
                .into(),
            feedback: Feedback {
                text: "Your answer is incorrect. You have {remaining} attempts left.".into(),
                ..Feedback::count()
            },
        }
    }

    /// The single-turn task of DeepSeek-R1 (arXiv 2501.12948, table 1), without chat markup: think
    /// and answer in tags.
    pub fn think_answer() -> Self {
        Self {
            chat: Chat {
                user: ["User: ".into(), "\n".into()],
                assistant: "Assistant:".into(),
                ..Chat::plain()
            },
            system: String::new(),
            user:
                "{input}\nThink first, inside <think> </think> tags, then give the answer inside \
                <answer> </answer> tags."
                    .into(),
            feedback: Feedback::unary(),
        }
    }

    pub(super) fn prompt(&self, facts: &Facts) -> String {
        facts.fill(&self.chat.open(&self.system, &self.user))
    }

    /// What is said after a turn, `message` or nothing. `ended` tells whether the model sampled its
    /// end of turn.
    pub(super) fn between(&self, ended: bool, message: &str, facts: &Facts) -> String {
        facts.fill(&self.chat.between(ended, self.feedback.role, message))
    }
}

/// What the placeholders stand for.
pub(super) struct Facts<'a> {
    pub(super) question: &'a str,
    pub(super) remaining: u32,
    pub(super) diagnosis: &'a str,
}

impl Facts<'_> {
    /// Fills the placeholders in one pass, so that a question may itself contain `{remaining}`.
    fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + self.question.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            if let Some(after) = after.strip_prefix("input}") {
                filled.push_str(self.question.trim());
                rest = after;
            } else if let Some(after) = after.strip_prefix("remaining}") {
                // Writing to a string cannot fail.
                let _ = write!(filled, "{}", self.remaining);
                rest = after;
            } else if let Some(after) = after.strip_prefix("diagnosis}") {
                filled.push_str(self.diagnosis);
                rest = after;
            } else {
                filled.push('{');
                rest = after;
            }
        }
        filled.push_str(rest);
        filled
    }
}
