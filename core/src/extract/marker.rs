//! Markers that announce an answer: `####`, `A:`, `<answer>…</answer>`, "the answer is".

use core::ops::Range;

use super::claim;
use super::plain;
use super::prose::Prose;
use super::token::{Token, head, tokens};

/// How many markers are tried, from the last one on, until one has a value.
const MOST_MARKERS: usize = 8;

/// Longest text, in bytes, between the word "answer" and the verb or sign that announces it.
const LONGEST_CONNECTION: usize = 80;

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
        .filter_map(|at| announced(text, at))
        .take(MOST_MARKERS)
        .find_map(|announced| match announced {
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

/// The announcement of a marker that starts at `at`.
fn announced(text: &str, at: usize) -> Option<Announced> {
    let bytes = text.as_bytes();
    match bytes.get(at)? {
        b'#' => {
            let rest = text.get(at..)?.strip_prefix("####")?;
            let inside = at.checked_sub(1).and_then(|i| bytes.get(i)) == Some(&b'#');
            let line = rest.lines().next()?;
            // A heading of the fourth level looks the same.
            let value = match plain::count_words(line) {
                0 => !line.trim().is_empty(),
                1 => rest.trim() == line.trim(),
                _ => false,
            };
            (!inside && !rest.starts_with('#') && value)
                .then(|| Announced::From(value_start(text, at + 4)))
        }
        b'A' if bytes.get(at + 1) == Some(&b':') => {
            let line = text.get(..at)?.rsplit('\n').next()?;
            let head = line.trim_matches([' ', '*', '#', '>', '\t']).is_empty();
            head.then(|| Announced::From(value_start(text, at + 2)))
        }
        b'<' if text.get(at..)?.starts_with("</answer>") => {
            let (before, value) = text.get(..at)?.rsplit_once("<answer>")?;
            let start = before.len() + "<answer>".len();
            Some(Announced::Exactly(start..start + value.len()))
        }
        b'a' | b'A' if is_word(text, at, "answer") => {
            let before = text.get(..at)?;
            if claim::is_denied_before(before) || claim::is_supposed(before) {
                return None;
            }
            connected(text, at + "answer".len()).map(|end| Announced::From(value_start(text, end)))
        }
        _ => None,
    }
}

/// Where the value starts that is announced up to `end`.
fn value_start(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let value =
        |c: char| !c.is_whitespace() && !matches!(c, '*' | '_' | ':' | '=' | '}' | '`' | '"');
    end + rest.find(value).unwrap_or(rest.len())
}

fn is_word(text: &str, at: usize, word: &str) -> bool {
    let matches = |s: &str| s.eq_ignore_ascii_case(word);
    let starts = !text
        .get(..at)
        .is_some_and(|before| before.ends_with(char::is_alphanumeric));
    starts && text.get(at..at + word.len()).is_some_and(matches)
}

/// Where the value starts that "answer", which ends at `end`, announces.
fn connected(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let window = head(rest, LONGEST_CONNECTION);
    let line = window.lines().next().unwrap_or_default();
    if line.trim_matches([' ', '*', '#', '_']).is_empty() && line.len() < window.len() {
        // A heading: the value stands below it.
        let above = text.get(..end)?.rsplit('\n').next()?;
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
