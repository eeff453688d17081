//! Marks of blocks and of turns: `<think>`, `<|im_end|>`, `[INST]`, `User:`.

/// What may become a mark: `<…>`, `[…]`, or the head of a line up to a colon, or up to its end if it is
/// set as a heading or ends in a number.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    kind: Kind,
    position: usize,
    leading: bool,
    /// Whether a line began with the sign of a heading or of bold type.
    heads: bool,
    /// Whether a line goes on with a number.
    numbered: bool,
    text: [u8; 32],
    len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    None,
    /// Up to this character.
    Tag(char),
    Line,
    /// The name of a channel, up to the next tag.
    Channel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    BlockStart(Block),
    BlockEnd(Block),
    TurnStart,
    /// The end of the name after the start of a turn.
    HeaderEnd,
    TurnEnd,
    Role(Role),
}

/// A stretch of text that is no part of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Reasoning,
    /// The call of a tool, or what it returned.
    Tool,
    /// Any channel but the final one.
    Channel,
}

/// What the name at the head of a line, before a colon, begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The words of someone else.
    User,
    /// The words of the model.
    Assistant,
    /// The question, or after an answer the next one.
    Question,
    /// The same as a heading without a colon.
    Heading,
}

/// The first line of a reply.
impl Default for Mark {
    fn default() -> Self {
        Self {
            kind: Kind::Line,
            position: 0,
            leading: true,
            heads: false,
            numbered: false,
            text: [0; 32],
            len: 0,
        }
    }
}

impl Mark {
    fn start(&mut self, kind: Kind, position: usize, leading: bool) {
        self.kind = kind;
        self.position = position;
        self.leading = leading;
        self.heads = false;
        self.numbered = false;
        self.len = 0;
    }

    /// Whether the next character may belong to a mark.
    pub(super) fn is_open(&self) -> bool {
        self.kind != Kind::None
    }

    /// Where the mark starts.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Whether nothing of the reply stands before it.
    pub(super) fn is_leading(&self) -> bool {
        self.leading
    }

    /// Takes the character at `at`, and returns the meaning of the mark that it ends. `leading` says
    /// whether nothing of the reply stands before it.
    pub(super) fn push(&mut self, at: usize, c: char, leading: bool) -> Option<Meaning> {
        let closing = match c {
            '<' => '>',
            '[' => ']',
            '◁' => '▷',
            '\n' => {
                let heading = self.heading();
                if heading.is_none() {
                    self.start(Kind::Line, at + 1, leading);
                }
                return heading;
            }
            _ => return self.go_on(c),
        };
        let is_final = self.kind == Kind::Channel && self.name() == b"final";
        self.start(Kind::Tag(closing), at, leading);
        is_final.then_some(Meaning::BlockEnd(Block::Channel))
    }

    fn go_on(&mut self, c: char) -> Option<Meaning> {
        match (self.kind, c) {
            (Kind::None, _) => None,
            (Kind::Tag(closing), _) if c == closing => {
                self.kind = Kind::None;
                let meaning = tag_meaning(self.name());
                if meaning == Some(Meaning::BlockStart(Block::Channel)) {
                    self.kind = Kind::Channel;
                    self.len = 0;
                }
                meaning
            }
            (Kind::Line, ':') => {
                self.kind = Kind::None;
                let mut roles = ROLES.iter();
                let (_, role) = roles.find(|(name, _)| *name == self.name())?;
                Some(Meaning::Role(*role))
            }
            (Kind::Line, '*') if self.heads && self.len > 0 => self.heading(),
            (Kind::Line, '*' | '#') => {
                self.heads |= self.len == 0;
                None
            }
            (Kind::Line, ' ' | '\r') => None,
            // "Problem 2:"
            (Kind::Line, '0'..='9') if self.len > 0 => {
                // The first is no further one.
                self.numbered |= c >= '2';
                None
            }
            (Kind::Tag(_), '|' | '｜' | '▁' | '/' | '_' | ':') => self.take_one(c),
            (Kind::Tag(_), _) if c.is_ascii_alphabetic() => self.take_one(c.to_ascii_lowercase()),
            (Kind::Line | Kind::Channel, _) if c.is_ascii_alphabetic() => self.take_one(c),
            _ => {
                self.kind = Kind::None;
                None
            }
        }
    }

    /// The mark of a heading that ends here: `## Problem 2`, `**Question**`, `assistant`.
    fn heading(&mut self) -> Option<Meaning> {
        let turn = self.kind == Kind::Line && matches!(self.name(), b"user" | b"assistant");
        if turn && !self.heads && !self.numbered {
            self.kind = Kind::None;
            return Some(Meaning::Role(Role::Heading));
        }
        let ends = self.kind == Kind::Line && (self.heads || self.numbered) && self.len > 1;
        let mut names = ROLES.iter().filter(|(_, role)| *role == Role::Question);
        names.find(|(name, _)| ends && *name == self.name())?;
        self.kind = Kind::None;
        Some(Meaning::Role(Role::Heading))
    }

    /// Closes what cannot go on with the byte that comes next.
    pub(super) fn give_up(&mut self, next: u8) {
        let goes_on = match self.kind {
            Kind::Tag(closing) => char::from(next) == closing || can_begin_tag(next),
            Kind::Line => {
                next.is_ascii_alphanumeric()
                    || matches!(next, b' ' | b'*' | b'#' | b'\r' | b':')
                    || self.len > 0 && next == b'\n'
            }
            Kind::None | Kind::Channel => true,
        };
        if !goes_on {
            self.kind = Kind::None;
        }
    }

    /// Takes the letters and signs at the start of `text` that can stand in the name of a tag, or
    /// the signs of emphasis before that of a role, and says how many bytes these are.
    pub(super) fn take(&mut self, text: &[u8]) -> usize {
        match self.kind {
            Kind::Tag(_) => {}
            Kind::Line if self.len > 0 => return 0,
            Kind::Line => {
                let signs = text.iter().take_while(|b| matches!(b, b'*' | b'#')).count();
                self.heads |= signs > 0;
                return signs;
            }
            Kind::None | Kind::Channel => return 0,
        }
        let free = self.text.get_mut(self.len..).unwrap_or_default();
        let mut taken = 0;
        for (slot, byte) in free.iter_mut().zip(text) {
            if !byte.is_ascii_alphabetic() && !matches!(byte, b'|' | b'/' | b'_' | b':') {
                break;
            }
            *slot = byte.to_ascii_lowercase();
            taken += 1;
        }
        self.len += taken;
        taken
    }

    fn take_one(&mut self, c: char) -> Option<Meaning> {
        let end = self.len + c.len_utf8();
        match self.text.get_mut(self.len..end) {
            Some(slot) => {
                c.encode_utf8(slot);
                self.len = end;
            }
            None => self.kind = Kind::None,
        }
        let name = self.name();
        if self.kind == Kind::Line && !ROLES.iter().any(|(role, _)| role.starts_with(name)) {
            self.kind = Kind::None;
        }
        None
    }

    fn name(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or_default()
    }
}

const ROLES: &[(&[u8], Role)] = &[
    (b"User", Role::User),
    (b"USER", Role::User),
    (b"Human", Role::User),
    (b"HUMAN", Role::User),
    (b"Instruction", Role::User),
    // What is left of the marks of a chat, on lines of their own.
    (b"user", Role::Heading),
    (b"assistant", Role::Heading),
    (b"Assistant", Role::Assistant),
    (b"ASSISTANT", Role::Assistant),
    (b"Question", Role::Question),
    (b"Problem", Role::Question),
    (b"Exercise", Role::Question),
    (b"PracticeProblem", Role::Question),
    (b"Practiceproblem", Role::Question),
    (b"Q", Role::Question),
    (b"NextProblem", Role::Question),
    (b"Nextproblem", Role::Question),
    (b"NextQuestion", Role::Question),
    (b"Nextquestion", Role::Question),
];

/// Whether a line that starts with `byte` can start with the name of a role.
pub(super) fn can_begin_role(byte: u8) -> bool {
    matches!(byte, b' ' | b'*' | b'#' | b'\r')
        || ROLES.iter().any(|(name, _)| name.first() == Some(&byte))
}

/// Whether a tag can start with `byte`.
pub(super) fn can_begin_tag(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'|' | b'/' | b'_' | b':') || !byte.is_ascii()
}

/// The meaning of the tag of that name, which is in lower case.
fn tag_meaning(name: &[u8]) -> Option<Meaning> {
    let name = core::str::from_utf8(name).ok()?;
    Some(match name {
        "think" | "thinking" | "thought" | "reasoning" | "seed:think" | "|begin_of_thought|"
        | "|start_thinking|" => Meaning::BlockStart(Block::Reasoning),
        "/think" | "/thinking" | "/thought" | "/reasoning" | "/seed:think" | "|end_of_thought|"
        | "|end_thinking|" => Meaning::BlockEnd(Block::Reasoning),
        "tool_call"
        | "tool_calls"
        | "tool_response"
        | "function_call"
        | "｜tool▁calls▁begin｜"
        | "｜tool▁outputs▁begin｜" => Meaning::BlockStart(Block::Tool),
        "/tool_call"
        | "/tool_calls"
        | "/tool_response"
        | "/function_call"
        | "｜tool▁calls▁end｜"
        | "｜tool▁outputs▁end｜" => Meaning::BlockEnd(Block::Tool),
        "|channel|" => Meaning::BlockStart(Block::Channel),
        "|end_header_id|" | "|header_end|" | "|end_of_role|" | "|im_middle|" | "|message|" => {
            Meaning::HeaderEnd
        }
        // ChatML, Llama, Phi and GLM, Gemma, DeepSeek, Cohere, Granite, Kimi, EXAONE, Mistral.
        "|im_start|"
        | "|start_header_id|"
        | "|header_start|"
        | "|system|"
        | "|user|"
        | "|assistant|"
        | "|tool|"
        | "|observation|"
        | "start_of_turn"
        | "｜user｜"
        | "｜assistant｜"
        | "|start_of_turn_token|"
        | "|user_token|"
        | "|system_token|"
        | "|chatbot_token|"
        | "|start_of_role|"
        | "|im_user|"
        | "|im_system|"
        | "|im_assistant|"
        | "|start|"
        | "sys"
        | "system_prompt"
        | "s"
        | "bos"
        | "|begin_of_text|"
        | "|startoftext|"
        | "｜begin▁of▁sentence｜" => Meaning::TurnStart,
        "inst" => Meaning::Role(Role::User),
        "/inst" => Meaning::Role(Role::Assistant),
        "|im_end|"
        | "|endoftext|"
        | "|end_of_text|"
        | "|eot_id|"
        | "|eom_id|"
        | "|eot|"
        | "|eom|"
        | "|end|"
        | "|return|"
        | "|call|"
        | "/s"
        | "eos"
        | "end_of_turn"
        | "｜end▁of▁sentence｜"
        | "|end_of_turn_token|"
        | "|end_response|"
        | "|endofturn|" => Meaning::TurnEnd,
        _ => return None,
    })
}
