use alloc::string::String;
use core::fmt::Write;

/// The texts around the attempts. `{input}` stands for the question and `{remaining}` for the
/// number of attempts left; both may occur anywhere in `prompt` and `feedback`, or not at all.
///
/// ```
/// use resit::env::{Attempts, Environment, Task, Template};
///
/// let template = Template {
///     prompt: "Q: {input} (try 1 of {remaining})\nA: ".into(),
///     feedback: "\nWrong, {remaining} left.\nA: ".into(),
///     end_of_turn: String::new(),
/// };
/// let attempts = Attempts::Fixed(5);
/// let environment = Environment { template, attempts, ..Environment::default() };
/// let episode = environment.reset(&Task::new("6 × 7?", "42"), 0)?;
/// assert_eq!(episode.transcript().text(), "Q: 6 × 7? (try 1 of 5)\nA: ");
/// # Ok::<(), resit::env::EnvError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Template {
    /// What the first attempt continues.
    pub prompt: String,
    /// What comes between a failed attempt and the next.
    pub feedback: String,
    /// The marker by which the model ends its turn, empty if there is none. Where an attempt ends
    /// with it, a feedback that starts with it does not repeat it.
    pub end_of_turn: String,
}

const CHATML_END_OF_TURN: &str = "<|im_end|>";

const MULTI_ATTEMPT_FEEDBACK: &str = "<|im_end|>\n<|im_start|>system\nYour answer is incorrect. \
    You have {remaining} attempts left. Try an alternative.<|im_end|>\n<|im_start|>assistant\n";

impl Template {
    /// The paper's template for training and for evaluation at several attempts (ChatML).
    pub fn multi_attempt() -> Self {
        Self {
            prompt: "<|im_start|>system\nPlease reason step by step, and put your final answer \
                within \\boxed{}. You have {remaining} attempts to answer the questions, and you \
                should provide the full reasoning steps in each attempt.<|im_end|>\n\
                <|im_start|>user\n{input}<|im_end|>\n<|im_start|>assistant\n"
                .into(),
            feedback: MULTI_ATTEMPT_FEEDBACK.into(),
            end_of_turn: CHATML_END_OF_TURN.into(),
        }
    }

    /// The published code's variant whose feedback repeats the question (ChatML).
    pub fn repeat_question() -> Self {
        Self {
            prompt: "<|im_start|>system\nPlease reason step by step, and put your final answer \
                within \\boxed{}. You have {remaining} attempts to answer the question.<|im_end|>\n\
                <|im_start|>user\n{input}<|im_end|>\n<|im_start|>assistant\n"
                .into(),
            feedback: "<|im_end|>\n<|im_start|>system\nYour answer is incorrect. Try an \
                alternative. You have {remaining} attempts to answer the question.<|im_end|>\n\
                <|im_start|>user\n{input}<|im_end|>\n<|im_start|>assistant\n"
                .into(),
            end_of_turn: CHATML_END_OF_TURN.into(),
        }
    }

    /// The paper's single-turn baseline (ChatML). Its prompt says nothing of attempts; at more
    /// than one attempt the feedback is that of [`Template::multi_attempt`].
    pub fn single_turn() -> Self {
        Self {
            prompt:
                "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n\
                {input}\nPlease reason step by step, and put your final answer within \\boxed{}.\
                <|im_end|>\n<|im_start|>assistant\n"
                    .into(),
            feedback: MULTI_ATTEMPT_FEEDBACK.into(),
            end_of_turn: CHATML_END_OF_TURN.into(),
        }
    }

    /// No chat markup: for base models and for people.
    pub fn plain() -> Self {
        Self {
            prompt: "{input}\nPut your final answer within \\boxed{}. You have {remaining} \
                attempts.\n"
                .into(),
            feedback: "\nYour answer is incorrect. You have {remaining} attempts left.\n".into(),
            end_of_turn: String::new(),
        }
    }

    pub(super) fn prompt(&self, question: &str, remaining: u32) -> String {
        fill(&self.prompt, question, remaining)
    }

    /// The feedback that follows `attempt`.
    pub(super) fn feedback(&self, question: &str, remaining: u32, attempt: &str) -> String {
        let said = attempt.ends_with(&self.end_of_turn);
        let text = match self.feedback.strip_prefix(&self.end_of_turn) {
            Some(rest) if said => rest,
            _ => &self.feedback,
        };
        fill(text, question, remaining)
    }
}

/// Fills the placeholders in one pass, so that a question may itself contain `{remaining}`.
fn fill(text: &str, question: &str, remaining: u32) -> String {
    let mut filled = String::with_capacity(text.len() + question.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix("input}") {
            filled.push_str(question);
            rest = after;
        } else if let Some(after) = after.strip_prefix("remaining}") {
            // Writing to a string cannot fail.
            let _ = write!(filled, "{remaining}");
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}
