//! Words, and the names of units and nouns.

use alloc::format;
use alloc::string::String;

/// Whether an answer of nothing but these words reads back in quotes.
pub(super) fn is_quotable(words: &str) -> bool {
    words
        .chars()
        .all(|c| is_plain(c) && !matches!(c, '"' | '\\' | '{' | '}' | '$' | '~'))
        && words.chars().any(char::is_alphanumeric)
        && !words.contains("  ")
}

/// Whether a character has no other spelling that reading would put in its place.
fn is_plain(c: char) -> bool {
    let greek = ('\u{370}'..='\u{3ff}').contains(&c);
    let folded = greek || matches!(c, 'ª' | 'º' | 'µ' | '\u{2b0}'..='\u{2ff}');
    let spaceless = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '가'..='힣');
    matches!(c, ' '..='~') || c.is_alphabetic() && !folded && ((c as u32) < 0x2000 || spaceless)
}

/// Words in the marks that make them words.
pub(super) fn quoted(words: &str, latex: bool) -> String {
    if latex && is_argument(words) || words.contains('"') {
        format!("\\text{{{words}}}")
    } else {
        format!("\"{words}\"")
    }
}

/// Whether `\text{…}` around these words makes them words.
fn is_argument(words: &str) -> bool {
    let mut depth = 0_i32;
    let mut escaped = false;
    for c in words.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    let digits = words.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let punctuation = words
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, '.' | '~'));
    depth == 0 && !escaped && !digits && !punctuation && !is_formula(words) && words.len() < 256
}

/// Whether what is set as words is none of them: `x = 5`, `(1, 2)`, `-\frac12`, but not `m^2`, a unit.
pub(crate) fn is_formula(content: &str) -> bool {
    let content = content.trim();
    let begins = content.starts_with(['-', '+', '(', '[', '.', '\\', '{']);
    if !(begins || content.contains(['=', '+'])) || !content.contains(|c: char| c.is_ascii_digit())
    {
        return false;
    }
    let mut command = false;
    let mut letters = 0;
    content.chars().all(|c| {
        match c {
            '\\' => (command, letters) = (true, 0),
            c if c.is_alphabetic() => letters += usize::from(!command),
            _ => (command, letters) = (false, 0),
        }
        letters < 2
    })
}

/// The mark of a unit that is written above or directly behind its value.
pub(super) fn attached(name: &str) -> Option<&str> {
    match name {
        "°C" => Some("^{\\circ}C"),
        "°F" => Some("^{\\circ}F"),
        name => name.chars().all(|c| c == '\'').then_some(name),
    }
}

/// A unit or noun as words after its value.
pub(super) fn unit(name: &str) -> String {
    match name.strip_prefix('/') {
        Some(rest) => format!("per {rest}"),
        None => String::from(name),
    }
}
