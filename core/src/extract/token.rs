//! The words and signs of a text, as far as a claim depends on them.

/// One word or sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Letters and apostrophes.
    Word(&'a str),
    /// A control word without its backslash.
    Command(&'a str),
    /// Digits with their separators.
    Number,
    /// Punctuation, or a mathematical sign.
    Symbol(char),
    /// One or more blank lines.
    Paragraph,
}

/// Splits a text into tokens. Spaces, the delimiters of mathematics, braces, emphasis and commands
/// that only set type are left out.
pub(super) fn tokens(text: &str) -> Tokens<'_> {
    Tokens { rest: text }
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// The text after the last token.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            // Most tokens stand behind one space.
            self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
            let c = self.rest.chars().next()?;
            let (token, len) = next(self.rest, c);
            self.rest = self.rest.get(len..)?;
            if token.is_some() {
                return token;
            }
        }
    }
}

/// The token at the start of `rest`, and how many bytes it takes.
fn next(rest: &str, c: char) -> (Option<Token<'_>>, usize) {
    match c {
        '\\' => command(rest),
        _ if c.is_alphabetic() => {
            let ascii = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            let behind = rest.get(ascii..).unwrap_or_default();
            let goes_on = matches!(behind.as_bytes().first(), Some(b'\'' | 0x80..));
            let more = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’');
            let len = ascii + if goes_on { length(behind, more) } else { 0 };
            (rest.get(..len).map(Token::Word), len)
        }
        _ if c.is_ascii_digit() => {
            let len = length(rest, |c| c.is_ascii_digit() || matches!(c, '.' | ','));
            let number = rest.get(..len).unwrap_or_default();
            let number = number.trim_end_matches(['.', ',']);
            (Some(Token::Number), number.len())
        }
        _ if c.is_whitespace() => {
            let len = length(rest, char::is_whitespace);
            let space = rest.get(..len).unwrap_or_default();
            let paragraph = space.matches('\n').count() > 1;
            (paragraph.then_some(Token::Paragraph), len)
        }
        '$' | '{' | '}' | '*' | '_' | '`' | '~' => (None, 1),
        _ => (Some(Token::Symbol(c)), c.len_utf8()),
    }
}

fn command(rest: &str) -> (Option<Token<'_>>, usize) {
    let name = rest.get(1..).unwrap_or_default();
    match length(name, |c| c.is_ascii_alphabetic()) {
        0 => (None, 1 + name.chars().next().map_or(0, char::len_utf8)),
        len => {
            let token = match name.get(..len) {
                None | Some("text" | "quad" | "qquad" | "textbf" | "mathrm" | "mbox") => None,
                Some(name) => Some(Token::Command(name)),
            };
            (token, 1 + len)
        }
    }
}

fn length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The first `len` bytes of `text`, or less where a character would be divided.
pub(super) fn head(text: &str, len: usize) -> &str {
    (0..=text.len().min(len))
        .rev()
        .find_map(|end| text.get(..end))
        .unwrap_or_default()
}

/// The last `len` bytes of `text`, or less where a character would be divided.
pub(super) fn tail(text: &str, len: usize) -> &str {
    (text.len().saturating_sub(len)..=text.len())
        .find_map(|start| text.get(start..))
        .unwrap_or_default()
}
