use alloc::string::String;

/// A question with a checkable answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Task {
    /// Where the question comes from, if anyone needs to know.
    #[cfg_attr(feature = "serde", serde(default))]
    pub id: Option<String>,
    /// The question as it is put to the model.
    pub question: String,
    /// The right answer. Never shown to the model.
    pub reference: String,
}

impl Task {
    /// A task without an id.
    pub fn new(question: impl Into<String>, reference: impl Into<String>) -> Self {
        Self {
            id: None,
            question: question.into(),
            reference: reference.into(),
        }
    }
}
