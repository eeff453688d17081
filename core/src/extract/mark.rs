//! Marks of reasoning and of turns: `<think>`, `<|im_end|>`, `User:`.

/// What may become a mark: `<…>`, or the head of a line up to a colon.
#[derive(Debug)]
pub(super) struct Mark {
    kind: Kind,
    position: usize,
    leading: bool,
    text: [u8; 32],
    len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    None,
    Tag,
    Line,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    ReasoningStart,
    ReasoningEnd,
    TurnStart,
    TurnEnd,
    RoleLine,
}

/// The first line of a reply.
impl Default for Mark {
    fn default() -> Self {
        Self {
            kind: Kind::Line,
            position: 0,
            leading: true,
            text: [0; 32],
            len: 0,
        }
    }
}

impl Mark {
    /// Starts a tag at its `<`. `leading` says whether nothing of the reply stands before it.
    pub(super) fn start_tag(&mut self, position: usize, leading: bool) {
        self.start(Kind::Tag, position, leading);
    }

    /// Starts a line.
    pub(super) fn start_line(&mut self, position: usize, leading: bool) {
        self.start(Kind::Line, position, leading);
    }

    fn start(&mut self, kind: Kind, position: usize, leading: bool) {
        self.kind = kind;
        self.position = position;
        self.leading = leading;
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

    /// Takes the next character, and returns the meaning of the mark that it ends.
    pub(super) fn push(&mut self, c: char) -> Option<Meaning> {
        match (self.kind, c) {
            (Kind::None, _) => None,
            (Kind::Tag, '>') => {
                self.kind = Kind::None;
                tag_meaning(self.text.get(..self.len)?)
            }
            (Kind::Line, ':') => {
                self.kind = Kind::None;
                let role = self.text.get(..self.len)?;
                ROLES.contains(&role).then_some(Meaning::RoleLine)
            }
            (Kind::Line, ' ' | '*' | '#' | '\r') => None,
            (Kind::Line, _) if !c.is_ascii_alphabetic() => {
                self.kind = Kind::None;
                None
            }
            _ => {
                let end = self.len + c.len_utf8();
                match self.text.get_mut(self.len..end) {
                    Some(slot) => {
                        c.encode_utf8(slot);
                        self.len = end;
                    }
                    None => self.kind = Kind::None,
                }
                let role = self.text.get(..self.len)?;
                if self.kind == Kind::Line && !ROLES.iter().any(|r| r.starts_with(role)) {
                    self.kind = Kind::None;
                }
                None
            }
        }
    }
}

/// Who speaks in a line that starts with it and a colon, when it is not the model.
const ROLES: &[&[u8]] = &[b"User", b"USER", b"Human", b"HUMAN"];

/// The meaning of `<name>`.
fn tag_meaning(name: &[u8]) -> Option<Meaning> {
    match name {
        b"think" | b"thinking" | b"thought" | b"reasoning" => Some(Meaning::ReasoningStart),
        b"/think" | b"/thinking" | b"/thought" | b"/reasoning" => Some(Meaning::ReasoningEnd),
        b"|im_start|" | b"|start_header_id|" | b"|system|" | b"|user|" | b"|assistant|"
        | b"start_of_turn" => Some(Meaning::TurnStart),
        b"|im_end|" | b"|endoftext|" | b"|end_of_text|" | b"|eot_id|" | b"|end|" | b"/s"
        | b"end_of_turn" => Some(Meaning::TurnEnd),
        _ => match core::str::from_utf8(name) {
            Ok("｜User｜" | "｜Assistant｜") => Some(Meaning::TurnStart),
            Ok("｜end▁of▁sentence｜") => Some(Meaning::TurnEnd),
            _ => None,
        },
    }
}
