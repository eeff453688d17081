//! One pass over a model's text: which part of it is the reply, and which boxes the reply holds.
//!
//! The pass is a state machine over characters that never looks ahead, so that the whole text at
//! once and the same text in pieces give the same result. Where the state lets it, it passes over
//! all characters up to the next that can change it.

use alloc::vec::Vec;
use core::ops::Range;

mod control;
mod run;

use super::mark::{Block, Mark, Meaning, Role};
use control::{Effect, control, effect, is_invisible, is_space};
use run::{harmless, in_block, in_reply, plain};

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
    /// The first heading that does, which may be of what is left to do.
    pub(super) heading: Option<usize>,
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
    heading: Option<usize>,
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

    /// Passes over characters that change nothing but what is shown, and to the end of a word.
    fn skip<'a>(&mut self, mut text: &'a str) -> &'a str {
        if self.block.is_none() && matches!(self.lexeme, Lexeme::Word) {
            text = self.skip_word(text);
        }
        let bytes = text.as_bytes();
        if let Some(next) = bytes.first() {
            self.mark.give_up(*next);
        }
        let len = if self.mark.is_open() {
            let passed = self.block.is_some() || matches!(self.lexeme, Lexeme::Text);
            let len = if passed { self.mark.take(bytes) } else { 0 };
            if len > 0 && self.block.is_none() && self.hidden.is_none() {
                self.shown = self.position + len;
            }
            len
        } else if self.block.is_some() {
            in_block(bytes)
        } else if matches!(self.lexeme, Lexeme::Text | Lexeme::LineBreak)
            && bytes.starts_with(b"\\\\\\\\")
        {
            // Of a run of backslashes the last ones matter: pairs before them are line breaks.
            let run = bytes.iter().take_while(|b| **b == b'\\').count();
            run / 2 * 2 - 2
        } else if !matches!(self.lexeme, Lexeme::Text) {
            return text;
        } else if self.is_outside() && self.shown > self.start {
            in_reply(bytes)
        } else {
            return self.skip_shown(text);
        };
        self.position += len;
        text.get(len..).unwrap_or_default()
    }

    /// Passes over characters where a box is open or nothing was shown yet, up to the next that does
    /// more than show something, open a group or close one.
    fn skip_shown<'a>(&mut self, text: &'a str) -> &'a str {
        let bytes = text.as_bytes();
        let mut len = 0;
        while let rest @ [first, ..] = bytes.get(len..).unwrap_or_default() {
            let passed = match first {
                b'{' => {
                    self.depth += 1;
                    Some((1, None))
                }
                b'}' => self.close_group().then_some((1, None)),
                b'\\' => control(rest).map(|(run, shows)| (run, shows.then_some(run))),
                b'\n' => harmless(rest).map(|run| (run, None)),
                b'<' | b'[' => harmless(rest).map(|run| (run, Some(run))),
                _ => plain(rest),
            };
            let Some((run, shown)) = passed else {
                break;
            };
            if let (Some(shown), None) = (shown, self.hidden) {
                self.shown = self.position + len + shown;
            }
            len += run;
        }
        self.position += len;
        text.get(len..).unwrap_or_default()
    }

    /// Closes a group, unless it is the argument of a box or of a `\phantom`.
    fn close_group(&mut self) -> bool {
        let Some(depth) = self.depth.checked_sub(1) else {
            return true;
        };
        let is_argument =
            self.hidden == Some(depth) || self.open.last().is_some_and(|o| o.depth == depth);
        if !is_argument {
            self.depth = depth;
        }
        !is_argument
    }

    /// Takes the letters at the start of `text` into the word, which ends at what follows them.
    fn skip_word<'a>(&mut self, text: &'a str) -> &'a str {
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic);
        let len = letters.map(|letter| self.word.push(letter)).count();
        self.position += len;
        let rest = text.get(len..).unwrap_or_default();
        if !rest.is_empty() {
            self.end_word(self.position);
        }
        rest
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
            heading: self.heading,
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
                    _ if u8::try_from(c).is_ok_and(is_space) => {}
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
            // Passed over as a whole.
            Lexeme::Word => {}
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
        match effect(self.word.as_bytes()) {
            Effect::Boxes => {
                self.boxed = true;
                self.lexeme = Lexeme::BoxArgument;
            }
            Effect::Hides => self.lexeme = Lexeme::HiddenArgument,
            Effect::Quotes => self.lexeme = Lexeme::VerbDelimiter,
            Effect::Shows if self.hidden.is_none() => self.shown = at,
            Effect::Shows | Effect::Nothing => {}
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
        let inside = |b: &BoxSpan| b.command >= open.command;
        while self.boxes.last().is_some_and(inside) {
            self.boxes.pop();
        }
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
            Role::Question | Role::Heading if self.mark.is_leading() => {}
            // Solved once, the question of another task is made up.
            Role::Question if self.last_box().is_none() => {
                self.question.get_or_insert(start);
            }
            Role::Heading if self.last_box().is_none() => {
                self.heading.get_or_insert(start);
            }
            Role::Assistant | Role::User | Role::Question | Role::Heading => {
                self.end = Some(start);
            }
        }
    }
}
