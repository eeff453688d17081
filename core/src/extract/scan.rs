//! One pass over a model's text: which part of it is the reply, and which boxes the reply holds.
//!
//! The pass is a state machine over characters that never looks ahead, so that the whole text at
//! once and the same text in pieces give the same result. Where the state lets it, it passes over
//! all characters up to the next that can change it.

use alloc::vec::Vec;
use core::ops::Range;

use super::mark::{self, Block, Mark, Meaning, Role};

/// A box whose content is not blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BoxSpan {
    /// Where the backslash of `\boxed` stands.
    pub(super) command: usize,
    /// Where the content starts.
    pub(super) start: usize,
    /// Where the closing brace stands. For a box without braces, whose extent is a matter of the
    /// text around it, this is `start`.
    pub(super) end: usize,
    /// Whether the content stands in braces: `\boxed{7}` and not `\boxed 7`.
    pub(super) braced: bool,
}

/// What a pass over the whole text found.
#[derive(Debug)]
pub(super) struct Scan {
    /// The text after the reasoning and before the next turn.
    pub(super) reply: Range<usize>,
    /// The outermost boxes of the reply, in order.
    pub(super) boxes: Vec<BoxSpan>,
    /// Whether a box command was written in the reply, closed or not.
    pub(super) boxed: bool,
    /// The first line that puts a question after something else was said.
    pub(super) question: Option<usize>,
}

impl Scan {
    pub(super) fn new(text: &str) -> Self {
        let mut scanner = Scanner::default();
        scanner.push(text);
        scanner.finish()
    }

    /// Whether a closed box that is not blank stands in the reply.
    pub(super) fn formatted(&self) -> bool {
        self.boxes.iter().any(|b| b.braced)
    }
}

/// The state between two characters.
#[derive(Clone, Debug, Default)]
pub(super) struct Scanner {
    position: usize,
    lexeme: Lexeme,
    /// Where the control sequence that is being read started.
    command: usize,
    word: Word,
    /// Braces that are open, counted where a box or a `\phantom` is.
    depth: usize,
    open: Vec<OpenBox>,
    boxes: Vec<BoxSpan>,
    boxed: bool,
    /// Depth of the argument of a `\phantom` that is open.
    hidden: Option<usize>,
    /// End of the last character that would show when typeset. Kept where a box is open or nothing
    /// was shown yet.
    shown: usize,
    mark: Mark,
    start: usize,
    /// What kind of block is open, and where it started.
    block: Option<(Block, usize)>,
    /// Whether the text starts with the words of a user.
    echo: bool,
    /// Whether the name of who speaks may stand at the start.
    header: bool,
    question: Option<usize>,
    /// Where the next turn started.
    end: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Lexeme {
    #[default]
    Text,
    /// After a backslash.
    Backslash,
    /// After `\\`. A word here may be a control word whose backslash was escaped twice.
    LineBreak,
    /// Inside a control word.
    Word,
    /// After `\boxed`, before its argument.
    BoxArgument,
    /// After `\phantom` and its like, before the argument.
    HiddenArgument,
    /// After `\verb`.
    VerbDelimiter,
    /// Inside `\verb|…|`, up to the delimiter or the end of the line.
    Verb(char),
}

#[derive(Clone, Debug)]
struct OpenBox {
    command: usize,
    start: usize,
    /// Braces that were open around the box.
    depth: usize,
}

/// The first letters of a control word, enough to tell those apart that matter.
#[derive(Clone, Debug, Default)]
struct Word {
    letters: [u8; 12],
    len: usize,
}

impl Word {
    fn push(&mut self, letter: u8) {
        if let Some(slot) = self.letters.get_mut(self.len) {
            *slot = letter;
        }
        self.len += 1;
    }

    /// Empty if the word is longer than any that matters.
    fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }
}

/// Control words that show nothing themselves.
const BLANK_WORDS: &[&[u8]] = &[
    b"big",
    b"bigskip",
    b"displaystyle",
    b"enspace",
    b"hfill",
    b"left",
    b"mathbf",
    b"mathrm",
    b"mathstrut",
    b"mbox",
    b"medskip",
    b"newline",
    b"null",
    b"operatorname",
    b"qquad",
    b"quad",
    b"relax",
    b"right",
    b"smallskip",
    b"space",
    b"strut",
    b"text",
    b"textbf",
    b"textit",
    b"textrm",
    b"textstyle",
    b"thinspace",
];

/// A set of bytes.
struct Bytes([bool; 256]);

impl Bytes {
    const fn of(members: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut index = 0;
        while index < members.len() {
            set[members[index] as usize] = true;
            index += 1;
        }
        Self(set)
    }

    const fn and_not_ascii(mut self) -> Self {
        let mut byte = 128;
        while byte < 256 {
            self.0[byte] = true;
            byte += 1;
        }
        self
    }

    /// How many bytes of `text` come before the first member.
    fn before(&self, text: &[u8]) -> usize {
        let member = |byte: &u8| self.0.get(usize::from(*byte)).copied().unwrap_or(true);
        text.iter().position(member).unwrap_or(text.len())
    }
}

/// What can open a mark within a line: `<`, `[`, and the first byte of `◁`.
static IN_BLOCK: Bytes = Bytes::of(b"<[\xe2");

/// What can change the state where no box is open.
static IN_REPLY: Bytes = Bytes::of(b"\\\x08\n<[\xe2");

/// What can change the state where a box is open, other than by being shown.
static IN_BOX: Bytes = Bytes::of(b"\\\x08\n<[{}").and_not_ascii();

impl Scanner {
    pub(super) fn push(&mut self, piece: &str) {
        let mut rest = piece;
        while self.end.is_none() {
            rest = self.skip(rest);
            let Some(c) = rest.chars().next() else {
                break;
            };
            let at = self.position;
            self.position += c.len_utf8();
            self.mark(at, c);
            if self.block.is_none() {
                self.step(at, c);
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }

    /// Passes over characters that change nothing but what is shown.
    fn skip<'a>(&mut self, text: &'a str) -> &'a str {
        let bytes = text.as_bytes();
        let len = if self.mark.is_open() {
            let passed = self.block.is_some() || matches!(self.lexeme, Lexeme::Text);
            let len = if passed {
                self.mark.take_letters(bytes)
            } else {
                0
            };
            if len > 0 && self.block.is_none() && self.hidden.is_none() {
                self.shown = self.position + len;
            }
            len
        } else if self.block.is_some() {
            IN_BLOCK.before(bytes)
        } else if matches!(self.lexeme, Lexeme::Word) {
            let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic());
            letters.map(|letter| self.word.push(*letter)).count()
        } else if matches!(self.lexeme, Lexeme::Text | Lexeme::LineBreak)
            && bytes.starts_with(b"\\\\\\\\")
        {
            // Of a run of backslashes the last ones matter: pairs before them are line breaks.
            let run = bytes.iter().take_while(|b| **b == b'\\').count();
            run / 2 * 2 - 2
        } else if !matches!(self.lexeme, Lexeme::Text) {
            return text;
        } else if self.is_outside() && self.shown > self.start {
            skip_reply(bytes)
        } else {
            let len = IN_BOX.before(bytes);
            let skipped = bytes.get(..len).unwrap_or_default();
            let blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'$' | b'~' | b'&');
            if let (Some(last), None) = (skipped.iter().rposition(|b| !blank(b)), self.hidden) {
                self.shown = self.position + last + 1;
            }
            len
        };
        self.position += len;
        text.get(len..).unwrap_or_default()
    }

    /// Whether braces do not matter.
    fn is_outside(&self) -> bool {
        self.open.is_empty() && self.hidden.is_none()
    }

    /// The last closed box of the reply so far.
    pub(super) fn last_box(&self) -> Option<&BoxSpan> {
        self.boxes.iter().rfind(|b| b.braced)
    }

    /// Forgets the boxes that later ones have replaced.
    pub(super) fn forget_boxes(&mut self) {
        if let Some(last) = self.boxes.iter().rposition(|b| b.braced) {
            self.boxes.truncate(last + 1);
            self.boxes.drain(..last);
        } else {
            self.boxes.clear();
        }
    }

    pub(super) fn finish(mut self) -> Scan {
        if matches!(self.lexeme, Lexeme::Word) {
            self.end_word(self.position);
        }
        let block = self.block.map(|(_, start)| start);
        let end = self.end.or(block).unwrap_or(self.position);
        Scan {
            reply: self.start.min(end)..end,
            boxes: self.boxes,
            boxed: self.boxed,
            question: self.question,
        }
    }

    fn step(&mut self, at: usize, c: char) {
        match self.lexeme {
            Lexeme::Text => self.text(at, c),
            Lexeme::Backslash => {
                self.lexeme = Lexeme::Text;
                match c {
                    'a'..='z' | 'A'..='Z' => self.start_word(c as u8),
                    '\\' => self.lexeme = Lexeme::LineBreak,
                    ' ' | ',' | ';' | ':' | '!' | '>' | '(' | ')' | '[' | ']' => {}
                    _ => self.show(at, c),
                }
            }
            Lexeme::LineBreak => {
                self.lexeme = Lexeme::Text;
                match c {
                    'a'..='z' | 'A'..='Z' => {
                        self.command += 1;
                        self.start_word(c as u8);
                    }
                    _ => self.text(at, c),
                }
            }
            Lexeme::Word if c.is_ascii_alphabetic() => self.word.push(c as u8),
            Lexeme::Word => {
                self.end_word(at);
                self.step(at, c);
            }
            Lexeme::BoxArgument if c.is_whitespace() => {}
            Lexeme::BoxArgument => {
                self.lexeme = Lexeme::Text;
                if c == '{' {
                    if self.is_outside() {
                        self.depth = 0;
                    }
                    self.open.push(OpenBox {
                        command: self.command,
                        start: at + 1,
                        depth: self.depth,
                    });
                } else {
                    self.boxes.push(BoxSpan {
                        command: self.command,
                        start: at,
                        end: at,
                        braced: false,
                    });
                }
                self.text(at, c);
            }
            Lexeme::HiddenArgument if c.is_whitespace() => {}
            Lexeme::HiddenArgument => {
                self.lexeme = Lexeme::Text;
                if c == '{' && self.hidden.is_none() {
                    if self.is_outside() {
                        self.depth = 0;
                    }
                    self.hidden = Some(self.depth);
                }
                self.text(at, c);
            }
            Lexeme::VerbDelimiter => self.lexeme = Lexeme::Verb(c),
            Lexeme::Verb(delimiter) if c == delimiter || c == '\n' => self.lexeme = Lexeme::Text,
            Lexeme::Verb(_) => self.show(at, c),
        }
    }

    fn text(&mut self, at: usize, c: char) {
        match c {
            '\\' => {
                self.lexeme = Lexeme::Backslash;
                self.command = at;
            }
            // What `\b` is where a program took it for an escape.
            '\u{8}' => {
                self.command = at;
                self.start_word(b'b');
            }
            '{' => self.depth += 1,
            '}' => self.close(at),
            '$' | '~' | '&' => {}
            _ if is_invisible(c) || c.is_whitespace() => {}
            _ => self.show(at, c),
        }
    }

    fn show(&mut self, at: usize, c: char) {
        if self.hidden.is_none() {
            self.shown = at + c.len_utf8();
        }
    }

    fn start_word(&mut self, letter: u8) {
        self.word = Word::default();
        self.word.push(letter);
        self.lexeme = Lexeme::Word;
    }

    fn end_word(&mut self, at: usize) {
        self.lexeme = Lexeme::Text;
        match self.word.as_bytes() {
            b"boxed" | b"fbox" | b"framebox" => {
                self.boxed = true;
                self.lexeme = Lexeme::BoxArgument;
            }
            b"phantom" | b"hphantom" | b"vphantom" | b"hspace" | b"vspace" => {
                self.lexeme = Lexeme::HiddenArgument;
            }
            b"verb" => self.lexeme = Lexeme::VerbDelimiter,
            word if BLANK_WORDS.contains(&word) => {}
            _ if self.hidden.is_none() => self.shown = at,
            _ => {}
        }
    }

    fn close(&mut self, at: usize) {
        let Some(depth) = self.depth.checked_sub(1) else {
            return;
        };
        self.depth = depth;
        if self.hidden == Some(depth) {
            self.hidden = None;
        }
        if self.open.last().is_none_or(|open| open.depth != depth) {
            return;
        }
        let Some(open) = self.open.pop() else {
            return;
        };
        if self.shown <= open.start {
            return;
        }
        let outside = self.boxes.partition_point(|b| b.command < open.command);
        self.boxes.truncate(outside);
        self.boxes.push(BoxSpan {
            command: open.command,
            start: open.start,
            end: at,
            braced: true,
        });
    }

    /// Forgets all that stands before `start`.
    fn restart(&mut self, start: usize) {
        *self = Self {
            position: start,
            start,
            shown: start,
            ..Self::default()
        };
    }

    /// Follows the marks of blocks and turns, each of which is recognised at its last character.
    fn mark(&mut self, at: usize, c: char) {
        // A bracket here opens a display of mathematics.
        if c == '[' && self.block.is_none() && matches!(self.lexeme, Lexeme::Backslash) {
            return;
        }
        let leading = self.shown == self.start;
        let Some(meaning) = self.mark.push(at, c, leading) else {
            return;
        };
        let end = self.position;
        let block = self.block.map(|(block, _)| block);
        match meaning {
            // Reasoning may end that the prompt began.
            Meaning::BlockEnd(Block::Reasoning) => self.restart(end),
            Meaning::BlockEnd(Block::Channel) if block == Some(Block::Channel) => {
                // This character starts the mark that ends the name of the channel.
                let mark = self.mark.clone();
                self.restart(end);
                self.mark = mark;
                self.header = true;
            }
            Meaning::BlockEnd(ended) if block == Some(ended) => self.restart(end),
            Meaning::BlockStart(started) if block.is_none() => {
                self.block = Some((started, self.mark.position()));
            }
            Meaning::TurnEnd | Meaning::TurnStart if block == Some(Block::Channel) => {}
            // A transcript may start with the mark of its own turn.
            Meaning::TurnStart if self.mark.is_leading() => {
                self.restart(end);
                self.header = true;
            }
            Meaning::TurnEnd | Meaning::TurnStart => self.end = Some(self.mark.position()),
            Meaning::HeaderEnd if self.header => self.restart(end),
            Meaning::Role(role) if block.is_none() => self.role(role, end),
            Meaning::BlockStart(_)
            | Meaning::BlockEnd(_)
            | Meaning::HeaderEnd
            | Meaning::Role(_) => {}
        }
    }

    /// Follows the mark of a role that ends at `end`.
    fn role(&mut self, role: Role, end: usize) {
        let start = self.mark.position();
        match role {
            Role::Assistant if self.mark.is_leading() || self.echo => self.restart(end),
            Role::User if self.mark.is_leading() => self.echo = true,
            Role::Question if self.mark.is_leading() => {}
            // Solved once, the question of another task is made up.
            Role::Question if self.last_box().is_none() => {
                self.question.get_or_insert(start);
            }
            Role::Assistant | Role::User | Role::Question => self.end = Some(start),
        }
    }
}

/// Characters without a shape: of width zero, marks of direction, fillers, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// How many bytes at the start of `text`, where no box is open, change nothing.
fn skip_reply(text: &[u8]) -> usize {
    let mut len = 0;
    loop {
        let rest = text.get(len..).unwrap_or_default();
        let before = IN_REPLY.before(rest);
        len += before;
        len += match rest.get(before..).and_then(harmless) {
            Some(harmless) => harmless,
            None => return len,
        };
    }
}

/// How many bytes change nothing though `text` starts with a byte that can. `None` if that is not
/// known from what is there.
fn harmless(text: &[u8]) -> Option<usize> {
    let (opens, len) = match text {
        [b'\\', b'f', b'r', b'a', b'c', ..] => (false, 5),
        // The first letters of the control words that matter.
        [b'\\', a @ (b'b' | b'f' | b'h' | b'p' | b'v'), b, ..] => (
            matches!(
                [a, b],
                [b'b', b'o'] | [b'f', b'b' | b'r'] | [b'h', b'p' | b's']
            ) || matches!([a, b], [b'p', b'h'] | [b'v', b'e' | b'p' | b's']),
            2,
        ),
        [b'\\', b'b' | b'f' | b'h' | b'p' | b'v'] => return None,
        [b'\\', b'\\' | b'\n' | b'<', ..] => return None,
        [b'\\', next, ..] => (!next.is_ascii(), 2),
        [b'\n', next, ..] => (mark::can_begin_role(*next), 1),
        [b'<' | b'[', next, ..] => (mark::can_begin_tag(*next), 1),
        [0xe2, b, c, ..] => ([*b, *c] == [0x97, 0x81], 3),
        _ => return None,
    };
    (!opens).then_some(len)
}
