//! One pass over a model's text: which part of it is the reply, and which boxes the reply holds.
//!
//! The pass is a state machine over characters that never looks ahead, so that the whole text at
//! once and the same text in pieces give the same result.

use alloc::vec::Vec;
use core::ops::Range;

use super::mark::{Mark, Meaning};

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
#[derive(Debug, Default)]
pub(super) struct Scanner {
    position: usize,
    lexeme: Lexeme,
    /// Where the control sequence that is being read started.
    command: usize,
    word: Word,
    /// Braces that are open.
    depth: usize,
    open: Vec<OpenBox>,
    boxes: Vec<BoxSpan>,
    boxed: bool,
    /// Depth of the argument of a `\phantom` that is open.
    hidden: Option<usize>,
    /// End of the last character that would show when typeset.
    shown: usize,
    mark: Mark,
    start: usize,
    /// Where a reasoning block started that is not closed.
    reasoning: Option<usize>,
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

#[derive(Debug)]
struct OpenBox {
    command: usize,
    start: usize,
    /// Braces that were open around the box.
    depth: usize,
}

/// The first letters of a control word, enough to tell those apart that matter.
#[derive(Debug, Default)]
struct Word {
    letters: [u8; 8],
    len: usize,
}

impl Word {
    fn push(&mut self, letter: char) {
        if let (Some(slot), Ok(byte)) = (self.letters.get_mut(self.len), u8::try_from(letter)) {
            *slot = byte;
        }
        self.len += 1;
    }

    fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }
}

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
            self.step(at, c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }

    /// Passes over characters that change nothing but what is shown.
    fn skip<'a>(&mut self, text: &'a str) -> &'a str {
        if !matches!(self.lexeme, Lexeme::Text) || self.mark.is_open() {
            return text;
        }
        let bytes = text.as_bytes();
        let plain = |b: &u8| b.is_ascii() && !matches!(b, b'\\' | b'{' | b'}' | b'<' | b'\n');
        let len = bytes.iter().position(|b| !plain(b)).unwrap_or(bytes.len());
        if len == 0 {
            return text;
        }
        let (skipped, rest) = text.split_at(len);
        let blank = |c: char| c.is_ascii_whitespace() || matches!(c, '$' | '~' | '&');
        let shown = skipped.trim_end_matches(blank).len();
        if shown > 0 && self.hidden.is_none() {
            self.shown = self.position + shown;
        }
        self.position += len;
        rest
    }

    /// End of the last closed box of the reply so far, its brace included.
    pub(super) fn last_box_end(&self) -> Option<usize> {
        let last = self.boxes.iter().rfind(|b| b.braced)?;
        Some(last.end + 1)
    }

    pub(super) fn finish(mut self) -> Scan {
        if matches!(self.lexeme, Lexeme::Word) {
            self.end_word(self.position);
        }
        let end = self.end.or(self.reasoning).unwrap_or(self.position);
        Scan {
            reply: self.start.min(end)..end,
            boxes: self.boxes,
            boxed: self.boxed,
        }
    }

    fn step(&mut self, at: usize, c: char) {
        match self.lexeme {
            Lexeme::Text => self.text(at, c),
            Lexeme::Backslash => {
                self.lexeme = Lexeme::Text;
                match c {
                    'a'..='z' | 'A'..='Z' => self.start_word(c),
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
                        self.start_word(c);
                    }
                    _ => self.text(at, c),
                }
            }
            Lexeme::Word if c.is_ascii_alphabetic() => self.word.push(c),
            Lexeme::Word => {
                self.end_word(at);
                self.step(at, c);
            }
            Lexeme::BoxArgument if c.is_whitespace() => {}
            Lexeme::BoxArgument => {
                self.lexeme = Lexeme::Text;
                if c == '{' {
                    self.open.push(OpenBox {
                        command: self.command,
                        start: at + 1,
                        depth: self.depth,
                    });
                } else if self.reasoning.is_none() {
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
            '{' => self.depth += 1,
            '}' => self.close(at),
            '$' | '~' | '&' => {}
            // Zero-width characters, marks of direction, and the byte order mark.
            '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {}
            _ if c.is_whitespace() => {}
            _ => self.show(at, c),
        }
    }

    fn show(&mut self, at: usize, c: char) {
        if self.hidden.is_none() {
            self.shown = at + c.len_utf8();
        }
    }

    fn start_word(&mut self, letter: char) {
        self.word = Word::default();
        self.word.push(letter);
        self.lexeme = Lexeme::Word;
    }

    fn end_word(&mut self, at: usize) {
        self.lexeme = Lexeme::Text;
        match self.word.as_bytes() {
            b"boxed" | b"fbox" => {
                self.boxed |= self.reasoning.is_none();
                self.lexeme = Lexeme::BoxArgument;
            }
            b"phantom" | b"hphantom" | b"vphantom" | b"hspace" | b"vspace" => {
                self.lexeme = Lexeme::HiddenArgument;
            }
            b"verb" => self.lexeme = Lexeme::VerbDelimiter,
            b"quad" | b"qquad" | b"text" | b"textbf" | b"textit" | b"textrm" | b"mathrm"
            | b"mathbf" | b"mbox" => {}
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
        if self.shown <= open.start || self.reasoning.is_some() {
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

    /// Follows the marks of reasoning and turns, each of which is recognised at its last character.
    fn mark(&mut self, at: usize, c: char) {
        match c {
            '<' => self.mark.start_tag(at, self.shown == self.start),
            '\n' => self.mark.start_line(at + 1, self.shown == self.start),
            _ => match self.mark.push(c) {
                None => {}
                Some(Meaning::ReasoningStart) => {
                    self.reasoning.get_or_insert(self.mark.position());
                }
                Some(Meaning::ReasoningEnd) => self.restart(at + 1),
                Some(Meaning::TurnEnd) => self.end = Some(self.mark.position()),
                // A transcript may start with the mark of its own turn.
                Some(Meaning::TurnStart) if self.mark.is_leading() => self.restart(at + 1),
                Some(Meaning::TurnStart) => self.end = Some(self.mark.position()),
                Some(Meaning::RoleLine) if self.mark.is_leading() || self.reasoning.is_some() => {}
                Some(Meaning::RoleLine) => self.end = Some(self.mark.position()),
            },
        }
    }
}
