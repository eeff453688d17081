//! Markers that announce an answer: `####`, `A:`, `<answer>…</answer>`, "the answer is".

use core::ops::Range;

use super::claim;
use super::plain;
use super::prose::Prose;
use super::token::{Token, head, tail, tokens};

/// How many markers are tried, from the last one on, until one has a value.
const MOST_MARKERS: usize = 16;

/// Longest content of `<answer>…</answer>`, in bytes.
const LONGEST_CONTENT: usize = 4096;

/// Longest text, in bytes, between the word "answer" and the verb or sign that announces it.
const LONGEST_CONNECTION: usize = 80;

/// Longest line, in bytes, that is a marker and its value, or a heading.
const LONGEST_LINE: usize = 1024;

/// Most words in that text.
const MOST_WORDS: usize = 8;

/// Words after which "answer … is" speaks of something else than the answer.
const DIVERTING_WORDS: &[&str] = &[
    "and", "because", "but", "choice", "choices", "form", "format", "in", "key", "option",
    "options", "so", "that", "when", "which", "who", "will",
];

/// The value that the last marker with one announces.
pub(super) fn last<'a>(prose: &Prose<'a>) -> Option<&'a str> {
    let text = prose.text();
    (0..text.len())
        .rev()
        .filter(|at| is_marker(text, *at))
        .take(MOST_MARKERS)
        .find_map(|at| match announced(text, at)? {
            Announced::From(start) => prose.value_from(start),
            Announced::Exactly(value) => plain::trim(text.get(value)?),
        })
}

/// What a marker announces.
#[derive(Clone, Debug)]
enum Announced {
    /// The value that is stated from here on.
    From(usize),
    /// All of this.
    Exactly(Range<usize>),
}

/// Whether a marker starts at `at`.
fn is_marker(text: &str, at: usize) -> bool {
    let preceded = |belongs: fn(char) -> bool| {
        let before = text.get(..at).unwrap_or_default();
        before.ends_with(belongs)
    };
    let Some(&byte) = text.as_bytes().get(at) else {
        return false;
    };
    let Some(rest) = matches!(byte, b'#' | b'A' | b'a' | b'<')
        .then(|| text.get(at..))
        .flatten()
    else {
        return false;
    };
    match byte {
        b'#' => rest.starts_with("####") && !preceded(|c| c == '#') && !rest.starts_with("#####"),
        b'<' => rest.starts_with("</answer>"),
        _ if rest.starts_with("A:") => true,
        _ => {
            let word = rest.get(.."answer".len());
            word.is_some_and(|word| word.eq_ignore_ascii_case("answer"))
                && !preceded(char::is_alphanumeric)
        }
    }
}

/// What the marker that starts at `at` announces.
fn announced(text: &str, at: usize) -> Option<Announced> {
    let (before, rest) = text.split_at_checked(at)?;
    let end = if rest.starts_with("</answer>") {
        let content = tail(before, LONGEST_CONTENT).rsplit("<answer>").next()?;
        let start = at - content.len();
        let opened = before.get(..start)?.ends_with("<answer>");
        return opened.then_some(Announced::Exactly(start..at));
    } else if let Some(line) = rest.strip_prefix("####") {
        // A heading of the fourth level looks the same.
        let value = head(line, LONGEST_LINE).lines().next()?;
        let closing = line.trim() == value.trim();
        let words = plain::count_words(value);
        let states = words == 0 && !value.trim().is_empty() || words == 1 && closing;
        states.then_some(at + "####".len())?
    } else if rest.starts_with("A:") {
        let line = tail(before, LONGEST_LINE).rsplit('\n').next()?;
        let opens = line.trim_matches([' ', '*', '#', '>', '\t']).is_empty();
        opens.then_some(at + "A:".len())?
    } else {
        if claim::is_denied_before(before) {
            return None;
        }
        connected(text, at + "answer".len())?
    };
    Some(Announced::From(value_start(text, end)))
}

/// Where the value starts that is announced up to `end`.
fn value_start(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let value =
        |c: char| !c.is_whitespace() && !matches!(c, '*' | '_' | ':' | '=' | '}' | '`' | '"');
    end + rest.find(value).unwrap_or(rest.len())
}

/// Where the value starts that "answer", which ends at `end`, announces.
fn connected(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let window = head(rest, LONGEST_CONNECTION);
    let line = window.lines().next().unwrap_or_default();
    if line.trim_matches([' ', '*', '#', '_']).is_empty() && line.len() < window.len() {
        // A heading: the value stands below it.
        let above = tail(text.get(..end)?, LONGEST_LINE).rsplit('\n').next()?;
        return (above.split_whitespace().count() <= 4).then_some(end + line.len());
    }
    let mut words = 0;
    let mut found = tokens(line.split(['$', '<']).next()?);
    while let Some(token) = found.next() {
        match token {
            Token::Symbol(':' | '=' | '≈') => {}
            Token::Word("is" | "are" | "be" | "equals" | "was") => {}
            Token::Word("s" | "S") if words == 0 => continue,
            Token::Word(word) if DIVERTING_WORDS.contains(&word) => return None,
            Token::Word(_) | Token::Number if words < MOST_WORDS => {
                words += 1;
                continue;
            }
            _ => return None,
        }
        return Some(end + line.split(['$', '<']).next()?.len() - found.rest().len());
    }
    None
}
