//! Words: what is left after case, articles, punctuation and number are set aside.

use super::policy::Spelling;
use crate::latex::{spelling, token_spellings};
use crate::limits::LENGTH;
use crate::words::Words;
use alloc::string::String;
use alloc::vec::Vec;

/// Whether two phrases say the same word for word.
pub(crate) fn same_words(a: &str, b: &str) -> bool {
    // What is too long to be read is the same only letter by letter.
    if a.trim() == b.trim() {
        return !a.trim().is_empty();
    }
    if a.len().max(b.len()) > LENGTH {
        return false;
    }
    let (a, b) = (words(a), words(b));
    !a.is_empty() && a == b
}

/// The letter of a choice alone, in any wrapping, is not longer than this.
const LONGEST_LETTER: usize = 32;

/// The marks of several choices are not longer than this.
const LONGEST_CHOICES: usize = 96;

/// A choice with what it says is not longer than this.
const LONGEST_CHOICE: usize = 512;

/// What only separates or wraps words.
const PUNCTUATION: &str = ".,;:?\"()[]{}。．，、；：？";

fn words(phrase: &str) -> Vec<String> {
    let all: Vec<String> = spelling(phrase)
        .split(|c: char| c.is_whitespace() || PUNCTUATION.contains(c))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    // Without a letter there are no words: figures and signs are for the mathematical rules.
    if !all.iter().any(|word| word.chars().any(char::is_alphabetic)) {
        return Vec::new();
    }
    // A phrase of articles alone is a label, such as choice A.
    let content: Vec<String> = all
        .iter()
        .filter(|word| !matches!(word.as_str(), "the" | "a" | "an"))
        .map(|word| singular(word.strip_suffix("条件").unwrap_or(word)))
        .collect();
    // Beside other labels "A" is one, too: "A, B".
    let labels = content.iter().all(|word| word.len() == 1);
    if content.is_empty() || labels && all.iter().any(|word| word == "a") {
        return all;
    }
    match predicate(&content) {
        Some(said) => said.split(' ').map(String::from).collect(),
        None => content,
    }
}

/// What is said of something, and how, as [`singular`] leaves it.
const PREDICATES: &[(&str, &[&str])] = &[
    ("does not exist", &["doe not exist", "dne", "undefined"]),
    ("diverges", &["diverge", "divergent"]),
    ("converges", &["converge", "convergent"]),
    (
        "infinitely many",
        &["infinitely many", "infinitely many solution"],
    ),
    ("even", &["even", "even function"]),
    ("odd", &["odd", "odd function"]),
];

/// What it is said of, which goes without saying, as [`singular`] leaves it.
const SUBJECTS: [&str; 8] = [
    "limit",
    "serie",
    "sequence",
    "integral",
    "improper integral",
    "function",
    "it",
    "there are",
];

/// The predicate of a short phrase, without what goes without saying.
fn predicate(words: &[String]) -> Option<&'static str> {
    const LONGEST: usize = 8;
    if words.len() > LONGEST {
        return None;
    }
    let phrase = words.join(" ");
    let about = SUBJECTS
        .iter()
        .find_map(|subject| phrase.strip_prefix(subject)?.strip_prefix(' '));
    let said = about.unwrap_or(&phrase);
    let said = said.strip_prefix("is ").unwrap_or(said);
    let found = PREDICATES
        .iter()
        .find(|(_, spellings)| spellings.contains(&said));
    found.map(|(meant, _)| *meant)
}

fn singular(word: &str) -> String {
    let plural = word.len() > 3
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.ends_with("is");
    String::from(if plural {
        &word[..word.len() - 1]
    } else {
        word
    })
}

/// Words of two letters that are neither units nor products.
const SHORT_WORDS: Words = Words::new("as at by if in is it no of on or to up");

/// Whether two answers are the same token by token but for what marks words as words, commands as such,
/// and for colons: `\text{increasing on }(0,2)` and `increasing on (0,2)`.
pub(super) fn same_tokens(a: &str, b: &str) -> bool {
    if a.len().max(b.len()) > LENGTH {
        return false;
    }
    let tokens = |text: &str| -> Vec<String> {
        let spelled = token_spellings(text).into_iter().flat_map(|token| {
            let words = token
                .strip_prefix("\\text{")
                .and_then(|words| words.strip_suffix('}'));
            let plain = words.unwrap_or(token.trim_start_matches('\\'));
            let words = plain.split(|c: char| c.is_whitespace() || c == ':');
            // Of a letter or a unit the case says something.
            words
                .filter(|word| !word.is_empty())
                .map(|word| match word.chars().nth(2) {
                    None if !SHORT_WORDS.contain(word) => String::from(word),
                    _ => word.to_lowercase(),
                })
                .collect::<Vec<_>>()
        });
        spelled.collect()
    };
    let (a, b) = (tokens(a), tokens(b));
    !a.is_empty() && a == b
}

/// Whether two answers are spelled the same, by what the policy says of spelling.
pub(super) fn same_letters(a: &str, b: &str, spelling: Spelling) -> bool {
    if spelling == Spelling::Words || a.len().max(b.len()) > LENGTH {
        return false;
    }
    let letters = |text: &str, left_out: &[char]| -> String {
        let kept = text.trim().chars().filter(|c| !left_out.contains(c));
        kept.flat_map(char::to_lowercase).collect()
    };
    let same = |left_out: &[char]| letters(a, left_out) == letters(b, left_out);
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == ',');
    match spelling {
        Spelling::Words => false,
        Spelling::Case => same(&[]),
        Spelling::Bare => same(&['(', ')', '{', '}']) || digits(a) && digits(b) && same(&[',']),
    }
}

/// Whether a phrase says that nothing solves the problem: `No solution`, `no real roots`,
/// `there are no solutions`, `none`, `the empty set`.
pub(crate) fn says_none(phrase: &str) -> bool {
    const LONGEST: usize = 128;
    if phrase.len() > LONGEST {
        return false;
    }
    let words = words(phrase);
    if words == ["none"] {
        return true;
    }
    let mut rest = words.iter().map(String::as_str).peekable();
    let mut skip = |any: &[&str]| {
        while rest.next_if(|word| any.contains(word)).is_some() {}
    };
    skip(&[
        "the",
        "this",
        "equation",
        "system",
        "inequality",
        "there",
        "is",
        "are",
        "exist",
        "exists",
        "has",
        "have",
    ]);
    match rest.next() {
        Some("no") => {}
        Some("empty" | "null") => return rest.eq(["set"]),
        _ => return false,
    }
    if rest.peek() == Some(&"real") {
        rest.next();
    }
    let thing = rest.next();
    let known = matches!(thing, Some("solution" | "root" | "zero" | "value"));
    known && rest.all(|word| matches!(word, "exist" | "exists"))
}

/// Whether both name the same choice, one by its letter alone and the other with what it says:
/// `D`, `(D)`, `Option D` and `(D) 45`.
pub(crate) fn same_choice(a: &str, b: &str) -> bool {
    if a.len().min(b.len()) > LONGEST_LETTER || a.len().max(b.len()) > LONGEST_CHOICE {
        return false;
    }
    match (choice(a), choice(b)) {
        (Some((a, said)), Some((b, other))) => {
            a == b && (said.is_empty() || other.is_empty() || said == other)
        }
        _ => false,
    }
}

/// Whether both name the same several choices: `ACD` and `A, C, D`.
pub(crate) fn same_choices(a: &str, b: &str) -> bool {
    chosen(a).is_some_and(|letters| chosen(b) == Some(letters))
}

/// The marks of several choices, in order: of words of one mark, or of one word that has them in order, which
/// circled numbers need not be.
fn chosen(text: &str) -> Option<Vec<char>> {
    let wraps = |c: char| c.is_whitespace() || ",;&{}$，、；。．和".contains(c);
    let is_mark = |c: char| matches!(c, 'A'..='H' | '①'..='⑳');
    if text.len() > LONGEST_CHOICES || !text.contains(is_mark) {
        return None;
    }
    let words = text
        .split(wraps)
        .filter(|word| !matches!(*word, "" | "and" | "\\text" | "Options" | "Choices"));
    let words = words.map(|word| {
        let inside = word
            .strip_prefix('(')
            .and_then(|word| word.strip_suffix(')'));
        let mark = inside.filter(|word| word.chars().nth(1).is_none());
        mark.unwrap_or(word)
    });
    let words = Vec::from_iter(words);
    let mut marks: Vec<char> = words.iter().flat_map(|word| word.chars()).collect();
    let alone = words.iter().all(|word| word.chars().nth(1).is_none());
    let in_order = marks.windows(2).all(|pair| pair[0] < pair[1]);
    let letters = marks.iter().all(|mark| matches!(mark, 'A'..='H'));
    let circled = marks.iter().all(|mark| matches!(mark, '①'..='⑳'));
    marks.sort_unstable();
    let distinct = marks.windows(2).all(|pair| pair[0] < pair[1]);
    let one_word = words.len() == 1 && (in_order || circled && distinct);
    (marks.len() > 1 && (letters || circled) && (alone || one_word)).then_some(marks)
}

/// Whether a text is the letter of a choice, with or without what it says.
pub(crate) fn is_choice(text: &str) -> bool {
    text.len() <= LONGEST_CHOICE && choice(text).is_some()
}

/// Whether the letter of a choice stands in a text.
pub(crate) fn holds_choice(text: &str) -> bool {
    let spelled = spelling(text);
    let mut tokens = spelled.split(' ');
    tokens.any(|token| matches!(token.trim_matches(['(', ')']).as_bytes(), [b'A'..=b'H']))
}

/// The numeral that a choice says behind its letter: `(A) 12`, `\textbf{(A)}\ 12`.
pub(crate) fn said_by_choice(text: &str) -> Option<String> {
    if text.len() > LONGEST_CHOICE {
        return None;
    }
    let (_, said) = choice(text)?;
    let numeral =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '-' | '+' | '^' | '{' | '}' | ' ');
    let number = said.contains(|c: char| c.is_ascii_digit()) && said.chars().all(numeral);
    number.then_some(said)
}

/// The letter of a choice, and what else is said.
fn choice(text: &str) -> Option<(char, String)> {
    // A letter beyond ASCII may stand for a capital.
    if !text
        .bytes()
        .any(|b| b.is_ascii_uppercase() || !b.is_ascii())
    {
        return None;
    }
    let spelled = spelling(text);
    let mut rest = spelled.trim();
    for word in ["Option", "option", "Choice", "choice", "Answer", "answer"] {
        rest = rest.strip_prefix(word).map_or(rest, str::trim_start);
    }
    let inner = rest.strip_prefix('(').map(str::trim_start);
    let mut letters = inner.unwrap_or(rest).chars();
    let letter = letters.next().filter(char::is_ascii_uppercase)?;
    let after = letters.as_str().trim_start();
    let closed = after.strip_prefix(')').or_else(|| after.strip_prefix('.'));
    match (inner, closed) {
        (None, None) => after.is_empty().then(|| (letter, String::new())),
        (Some(_), None) => None,
        (_, Some(said)) if names_choice(said) => None,
        (_, Some(said)) => Some((letter, String::from(said.trim()))),
    }
}

/// Whether a choice is named in what is said beside another: `(A) and (B)`.
fn names_choice(said: &str) -> bool {
    let joined = |word| said.trim_start().starts_with(word);
    let letter = |c: char| c.is_ascii_uppercase();
    let mut bracketed = said.split('(').skip(1);
    [",", "/", "and ", "or "].into_iter().any(joined)
        || bracketed.any(|rest| {
            let rest = rest.trim_start().strip_prefix(letter);
            rest.is_some_and(|rest| rest.trim_start().starts_with(')'))
        })
}

#[cfg(test)]
mod tests {
    use super::{same_choice, same_words};

    #[test]
    fn choices_by_their_letter() {
        assert!(same_choice("(D)", "(D) 45"));
        assert!(same_choice("D", "\\textbf{(D) }45"));
        assert!(same_choice("Option D", "D"));
        assert!(!same_choice("(D) 45", "(D) 54"));
        assert!(!same_choice("D", "(E) 45"));
        assert!(!same_choice("D", "D 45"));
        assert!(!same_choice("A", "(A) and (B)"));
        assert!(!same_choice("A", "(A) 45 (B) 54"));
        assert!(!same_choice("A", "(A), B"));
    }

    #[test]
    fn articles_case_and_number_are_set_aside() {
        assert!(same_words("The Ellipse", "ellipse"));
        assert!(same_words("(B)", "B"));
        assert!(same_words("two lines", "Two line"));
        assert!(!same_words("B", "C"));
        assert!(!same_words("", ""));
        assert!(same_words("A", "(A)"));
        assert!(!same_words("x-1", "x+1"));
        assert!(!same_words("5", "5!"));
        assert!(!same_words("n", "n!"));
        assert!(same_words("5", " 5 "));
    }
}
