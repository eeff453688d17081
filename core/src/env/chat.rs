use alloc::string::String;

/// The markup of a family of chat models: what stands around the messages. Data, so that a family
/// of your own is a value of your own.
///
/// Each family here is checked against its own template on the same dialogue: the text before every
/// attempt is what the template renders, and a prefix of what comes later.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, remote = "Self"))]
pub struct Chat {
    /// What a dialogue starts with.
    pub start: String,
    /// Before and after a system message. `None`: the family has none, and its text goes before the
    /// first user message, with an empty line between.
    pub system: Option<[String; 2]>,
    /// Before and after a user message.
    pub user: [String; 2],
    /// Before the model's turn.
    pub assistant: String,
    /// The marker by which the model ends its turn; empty if there is none. Where the model has
    /// sampled it, it is not repeated.
    pub end_of_turn: String,
    /// What stands between the end of the model's turn and what follows it.
    pub after_turn: String,
    /// What later attempts see of the reasoning in earlier ones.
    pub thinking: Thinking,
}

#[cfg(feature = "serde")]
crate::named::named_or_fields!(Chat, "chat", Chat::named);

/// What later attempts see of the reasoning, up to `</think>`, in the model's earlier turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Thinking {
    /// All of it: the ids of each step are a prefix of those of the next.
    #[default]
    Keep,
    /// Nothing, as in the template of Qwen3. Only the last turns, which were sampled in the context
    /// that the transcript ends with, are trained.
    Drop,
    /// Nothing, and the transcript is trained as several sequences, so that each turn is trained in
    /// the context that it was sampled in.
    Fork,
}

/// Who says a message of the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Role {
    /// The system, or the user in a family without such a role between turns.
    System,
    /// The user.
    User,
}

/// The names of the families.
///
/// Mistral's are the forms of its tekken tokenizers. The older ones, of SentencePiece, put a space
/// after the markers and before an answer: give those forms as a [`Chat`] of your own.
pub const CHATS: [&str; 8] = [
    "plain",
    "chatml",
    "qwen2.5",
    "qwen3",
    "llama3",
    "mistral-v3",
    "mistral-v7",
    "gemma",
];

impl Chat {
    /// The family of that name, one of [`CHATS`].
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "plain" => Some(Self::plain()),
            "chatml" | "qwen2.5" => Some(Self::chatml()),
            "qwen3" => Some(Self {
                thinking: Thinking::Fork,
                ..Self::chatml()
            }),
            "llama3" => Some(Self {
                start: "<|begin_of_text|>".into(),
                system: Some(header("system")),
                user: header("user"),
                assistant: "<|start_header_id|>assistant<|end_header_id|>\n\n".into(),
                end_of_turn: "<|eot_id|>".into(),
                after_turn: String::new(),
                thinking: Thinking::Keep,
            }),
            "mistral-v3" => Some(Self::mistral(None)),
            "mistral-v7" => {
                let system = ["[SYSTEM_PROMPT]".into(), "[/SYSTEM_PROMPT]".into()];
                Some(Self::mistral(Some(system)))
            }
            "gemma" => Some(Self {
                start: "<bos>".into(),
                system: None,
                user: ["<start_of_turn>user\n".into(), "<end_of_turn>\n".into()],
                assistant: "<start_of_turn>model\n".into(),
                end_of_turn: "<end_of_turn>".into(),
                after_turn: "\n".into(),
                thinking: Thinking::Keep,
            }),
            _ => None,
        }
    }

    /// ChatML, as Qwen2.5 has it.
    pub fn chatml() -> Self {
        let message = |role| [["<|im_start|>", role, "\n"].concat(), "<|im_end|>\n".into()];
        Self {
            start: String::new(),
            system: Some(message("system")),
            user: message("user"),
            assistant: "<|im_start|>assistant\n".into(),
            end_of_turn: "<|im_end|>".into(),
            after_turn: "\n".into(),
            thinking: Thinking::Keep,
        }
    }

    /// No markup but ends of lines: for base models and for people.
    pub fn plain() -> Self {
        Self {
            start: String::new(),
            system: None,
            user: [String::new(), "\n".into()],
            assistant: String::new(),
            end_of_turn: String::new(),
            after_turn: "\n".into(),
            thinking: Thinking::Keep,
        }
    }

    /// The tekken tokenizers of Mistral, which put no space between the markers and the text.
    fn mistral(system: Option<[String; 2]>) -> Self {
        Self {
            start: "<s>".into(),
            system,
            user: ["[INST]".into(), "[/INST]".into()],
            assistant: String::new(),
            end_of_turn: "</s>".into(),
            after_turn: String::new(),
            thinking: Thinking::Keep,
        }
    }

    /// The opening of a dialogue, up to where the model's first turn starts.
    pub(super) fn open(&self, system: &str, user: &str) -> String {
        let mut text = self.start.clone();
        let mut user_text = String::new();
        match &self.system {
            _ if system.is_empty() => {}
            Some([before, after]) => text.extend([before, system, after]),
            None => user_text.extend([system, "\n\n"]),
        }
        user_text.push_str(user);
        let [before, after] = &self.user;
        text.extend([before.as_str(), &user_text, after, &self.assistant]);
        text
    }

    /// What stands between a turn of the model and the next, in which the environment says
    /// `message`. `ended` tells whether the model sampled its end of turn.
    pub(super) fn between(&self, ended: bool, role: Role, message: &str) -> String {
        let mut text = String::new();
        if !ended {
            text.push_str(&self.end_of_turn);
        }
        text.push_str(&self.after_turn);
        if !message.is_empty() {
            let [before, after] = match &self.system {
                Some(system) if role == Role::System => system,
                _ => &self.user,
            };
            text.extend([before.as_str(), message, after]);
        }
        text.push_str(&self.assistant);
        text
    }

    /// What later attempts see of a turn, if that is not all of it.
    pub(super) fn without_reasoning<'a>(&self, turn: &'a str) -> Option<&'a str> {
        if self.thinking == Thinking::Keep {
            return None;
        }
        let (_, rest) = turn.rsplit_once("</think>")?;
        Some(rest.trim_start_matches('\n'))
    }
}

fn header(role: &str) -> [String; 2] {
    let before = ["<|start_header_id|>", role, "<|end_header_id|>\n\n"].concat();
    [before, "<|eot_id|>".into()]
}
