//! Markers that announce an answer: `####`, `A:`, `<answer>…</answer>`, "the answer is", and the same
//! in other languages.

use alloc::vec::Vec;
use core::ops::Range;

use super::choice;
use super::claim;
use super::items;
use super::plain;
use super::prose::Prose;
use super::token::{Token, head, tail, tokens};
use crate::words::{Words, starts_with};

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

/// Words for "answer", in lower case.
const ANSWERS: &[&str] = &[
    "ans",
    "answer",
    "antwoord",
    "antwort",
    "cevap",
    "odpowiedź",
    "respuesta",
    "resposta",
    "risposta",
    "réponse",
    "svar",
    "đáp án",
    "ответ",
    "उत्तर",
    "الإجابة",
    "الجواب",
    "答え",
    "答案",
    "正确的是",
    "正确的选项",
    "正确选项",
    "故选",
    "故選",
    "답",
    "정답",
];

/// What can stand between such a word and the value where no space divides words.
const CONNECTIONS: &[&str] = &[
    "：",
    "】",
    "就是",
    "应该是",
    "应为",
    "是",
    "为",
    "為",
    "选",
    "選",
    "は",
    "은",
    "는",
];

/// Words that make of "the … option" a marker.
const CHOOSING: &[&str] = &["best", "correct", "right"];

/// Arrows that announce a value as a colon does.
const ARROWS: &[&str] = &["->", "=>", "→", "⇒", "⟹"];

/// Tags around an answer, in any case, and whether they may enclose more than a value.
const TAGS: &[(&str, &str, bool)] = &[
    ("<answer>", "</answer>", true),
    ("<final_answer>", "</final_answer>", true),
    ("<|begin_of_box|>", "<|end_of_box|>", true),
    ("[answer]", "[/answer]", true),
    ("<ans>", "</ans>", false),
    ("<final>", "</final>", false),
    ("<result>", "</result>", false),
    ("<solution>", "</solution>", false),
];

/// Names that a member of a JSON object has for an answer beside [`ANSWERS`].
const KEYS: &[&str] = &["final", "result", "solution"];

/// Tags of HTML that only set type.
const TYPE_TAGS: &[&str] = &[
    "<b>",
    "<strong>",
    "<i>",
    "<em>",
    "<u>",
    "</b>",
    "</strong>",
    "</i>",
    "</em>",
    "</u>",
];

/// Tags of HTML after which a value does not go on.
const END_TAGS: &[&str] = &["</", "<br"];

/// The option that the last sentence chooses, or the values that the last marker with one announces.
pub(super) fn last<'a>(prose: &Prose<'a>) -> Option<Vec<&'a str>> {
    if let Some(chosen) = prose.choice() {
        return Some(Vec::from([chosen]));
    }
    values(prose, |value| {
        // A sentence between tags states its value as any other does.
        let inner = Prose::new(value);
        let stated = plain::count_words(value) > 1;
        let stated = stated.then(|| values(&inner, single)).flatten();
        let said = || is_sentence(value).then(|| inner.last_number()).flatten();
        let said = || said().map(|number| Vec::from([number]));
        stated.or_else(said).or_else(|| single(value))
    })
}

/// Words of a sentence that says more of its number, or something else.
const QUALIFYING: Words = Words::new(
    "all any as because by choose except extraneous fewer from if multiple multiples no not since to \
     unless up yes",
);

/// Whether a text is a sentence that states one number: "There are 42 chairs."
fn is_sentence(text: &str) -> bool {
    let (mut numbers, mut verb, mut states) = (0, false, false);
    for token in tokens(text) {
        match token {
            Token::Number => {
                numbers += 1;
                states = verb;
            }
            Token::Word(word) if QUALIFYING.contain(word) => return false,
            Token::Word(word) => verb = claim::is_verb(word),
            Token::Symbol('$' | ',' | '.') => {}
            _ => return false,
        }
    }
    states && numbers == 1
}

fn single(value: &str) -> Option<Vec<&str>> {
    plain::trim(value).map(|value| Vec::from([value]))
}

/// The same, where `tagged` takes the values from what tags enclose.
fn values<'a>(
    prose: &Prose<'a>,
    tagged: impl Fn(&'a str) -> Option<Vec<&'a str>>,
) -> Option<Vec<&'a str>> {
    let text = prose.text();
    let value_from = |start| {
        let value = without_tags(prose.value_from(start)?)?;
        Some(choice::behind(value).unwrap_or(value))
    };
    (0..text.len())
        .rev()
        .filter(|at| is_marker(text, *at))
        .take(MOST_MARKERS)
        .find_map(|at| match announced(text, at)? {
            Announced::From(starts) => starts.into_iter().map(value_from).collect(),
            Announced::Between(value) => tagged(text.get(value)?),
            Announced::Exactly(value) => single(text.get(value)?),
        })
}

/// A value up to the tag of HTML that ends it.
fn without_tags(value: &str) -> Option<&str> {
    let ends = END_TAGS.iter().filter_map(|tag| value.find(tag));
    match ends.min() {
        Some(end) => plain::trim(value.get(..end)?),
        None => Some(value),
    }
}

/// What a marker announces.
#[derive(Clone, Debug)]
enum Announced {
    /// The value that is stated from each of these places on.
    From(Vec<usize>),
    /// What stands between tags.
    Between(Range<usize>),
    /// All of this.
    Exactly(Range<usize>),
}

/// Whether a byte is one that a marker starts with, at a place where one can.
fn can_start(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    match bytes.get(at) {
        Some(b'#' | b'<' | b'[') => true,
        Some(letter) if letter.is_ascii_alphabetic() => {
            let second = bytes.get(at + 1).map(u8::to_ascii_lowercase);
            let begins = matches!(
                (letter.to_ascii_lowercase(), second),
                (b'a', Some(b'n' | b':'))
                    | (b'c', Some(b'e' | b'h'))
                    | (b'f', Some(b'i'))
                    | (b'o', Some(b'd' | b'p'))
                    | (b'r', Some(b'e' | b'i' | 0xc3))
                    | (b's', Some(b'o' | b'v'))
            );
            begins && !before.is_some_and(u8::is_ascii_alphanumeric)
        }
        // The words of other scripts in the list.
        Some(0xc4 | 0xd0 | 0xd8 | 0xe0 | 0xe6 | 0xe7 | 0xeb | 0xec) => matches!(
            bytes.get(at + 1),
            Some(0x8b | 0x90 | 0x91 | 0x95 | 0x9e | 0xa0 | 0xa4 | 0xa7 | 0xad | 0xbe)
        ),
        _ => false,
    }
}

/// Whether a marker starts at `at`.
fn is_marker(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let Some(&byte) = bytes.get(at) else {
        return false;
    };
    if !can_start(bytes, at) {
        return false;
    }
    let (Some(before), Some(rest)) = (text.get(..at), text.get(at..)) else {
        return false;
    };
    match byte {
        b'#' => rest.starts_with("####") && !before.ends_with('#') && !rest.starts_with("#####"),
        b'<' | b'[' => closed_at(rest).is_some(),
        _ if rest.starts_with("A:") => true,
        _ => word_len(before, rest).is_some() || key_len(before, rest).is_some(),
    }
}

/// The tags whose second stands at the start of `text`.
fn closed_at(text: &str) -> Option<&'static (&'static str, &'static str, bool)> {
    TAGS.iter().find(|(_, close, _)| starts_with(text, close))
}

/// Length of the name of a member of a JSON object at the start of `rest`, after `before`, if it is one
/// of [`KEYS`].
fn key_len(before: &str, rest: &str) -> Option<usize> {
    let key = KEYS.iter().find(|key| rest.starts_with(**key))?;
    let quoted = before.ends_with(['"', '\'']) && rest.get(key.len()..)?.starts_with(['"', '\'']);
    quoted.then_some(key.len())
}

/// Length of the word at the start of `rest`, after `before`, if it means an answer.
fn word_len(before: &str, rest: &str) -> Option<usize> {
    let mut words = ANSWERS.iter();
    let word = words.find_map(|word| prefix_len(rest, word));
    if let Some(len) = word {
        let spaced = rest.starts_with(|c: char| c < '\u{3000}');
        return (!spaced || !before.ends_with(char::is_alphanumeric)).then_some(len);
    }
    let len = prefix_len(rest, "option").or_else(|| prefix_len(rest, "choice"))?;
    let adjective = tail(before, LONGEST_CONNECTION)
        .split_whitespace()
        .next_back()?;
    CHOOSING.contains(&adjective).then_some(len)
}

/// Length of `word` at the start of `text`, in any case, with no letter after it.
fn prefix_len(text: &str, word: &str) -> Option<usize> {
    let mut len = 0;
    let mut letters = text.chars();
    for expected in word.chars() {
        let letter = letters.next()?;
        if letter != expected && !letter.to_lowercase().eq(core::iter::once(expected)) {
            return None;
        }
        len += letter.len_utf8();
    }
    let goes_on = word.is_ascii() && letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    (!goes_on || text.get(len..) == Some("s") || text.get(len..)?.starts_with("s ")).then_some(len)
}

/// What the marker that starts at `at` announces.
fn announced(text: &str, at: usize) -> Option<Announced> {
    let (before, rest) = text.split_at_checked(at)?;
    if let Some(tags) = closed_at(rest) {
        return enclosed(before, tags);
    }
    let end = if let Some(line) = rest.strip_prefix("####") {
        // A heading of the fourth level looks the same.
        let value = head(line, LONGEST_LINE).lines().next()?;
        let closing = line.trim() == value.trim();
        let words = plain::count_words(value);
        let states = words == 0 && !value.trim().is_empty() || words == 1 && closing;
        states.then_some(at + "####".len())?
    } else if rest.starts_with("A:") {
        let line = tail(before, LONGEST_LINE).rsplit('\n').next()?;
        let opens = line.trim_matches([' ', '*', '#', '>', '\t']).is_empty();
        // Nor the first of several parts or options.
        let below = head(rest, LONGEST_LINE);
        let several = || below.contains("\nB:") || below.contains("\n**B:");
        (opens && !several()).then_some(at + "A:".len())?
    } else {
        let end = at + word_len(before, rest).or_else(|| key_len(before, rest))?;
        if let Some(value) = member(before, text.get(end..)?) {
            return Some(Announced::Exactly(end + value.start..end + value.end));
        }
        if claim::is_denied_before(before) || is_of_another(before) {
            return None;
        }
        connected(text, end)?
    };
    let start = value_start(text, end);
    let gap = text.get(end..start)?;
    let below = gap
        .rfind('\n')
        .and_then(|line| items::below(text, end + line + 1));
    Some(Announced::From(below.unwrap_or(Vec::from([start]))))
}

/// Whether the "answer" behind `before` is another than that of the reply: "the previous answer", "I initially
/// said the answer".
fn is_of_another(before: &str) -> bool {
    const OTHERS: Words = Words::new(
        "common earlier former incorrect initial old original previous student's textbook's wrong",
    );
    OTHERS.contain(plain::last_word(before)) || claim::is_of_the_past(before)
}

/// What stands between tags of which the second stands behind `before`.
fn enclosed(before: &str, (open, _, sentences): &(&str, &str, bool)) -> Option<Announced> {
    let content = tail(before, LONGEST_CONTENT);
    let mut starts = content.char_indices().rev().map(|(at, _)| at);
    let opened = starts.find(|at| content.get(*at..).is_some_and(|c| starts_with(c, open)))?;
    let content = content.get(opened + open.len()..)?;
    let clean = *sentences || plain::count_words(content) == 0 && !content.trim().is_empty();
    clean.then_some(Announced::Between(
        before.len() - content.len()..before.len(),
    ))
}

/// The value in `rest` of a member of a JSON object, whose name ends between `before` and `rest`.
fn member(before: &str, rest: &str) -> Option<Range<usize>> {
    let name = |c: char| c.is_ascii_alphabetic() || c == '_';
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    if !before.trim_end_matches(name).ends_with(quote) {
        return None;
    }
    let rest = head(rest, LONGEST_LINE);
    let value = rest.get(1..)?.trim_start().strip_prefix(':')?.trim_start();
    let start = rest.len() - value.len();
    // A list of one text.
    let first = value.strip_prefix('[').map(str::trim_start);
    let first = first.and_then(|first| first.strip_prefix(quote)?.split_once(quote));
    if let Some((text, after)) = first.filter(|(_, after)| after.trim_start().starts_with(']')) {
        let end = rest.len() - after.len() - quote.len_utf8();
        return Some(end - text.len()..end);
    }
    let len = match value.strip_prefix(quote) {
        Some(text) => return text.find(quote).map(|len| start + 1..start + 1 + len),
        None if value.starts_with('[') => value.find(']')? + 1,
        None => value.find([',', '}', '\n']).unwrap_or(value.len()),
    };
    Some(start..start + len)
}

/// Where the value starts that is announced up to `end`.
fn value_start(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let value =
        |c: char| !c.is_whitespace() && !matches!(c, '*' | '_' | ':' | '=' | '}' | '`' | '"');
    let mut start = end + rest.find(value).unwrap_or(rest.len());
    while let Some(len) = text.get(start..).and_then(passed_over) {
        let rest = text.get(start + len..).unwrap_or_default();
        start += len + rest.find(value).unwrap_or(rest.len());
    }
    let (gap, rest) = text.get(end..).unwrap_or_default().split_at(start - end);
    // A list of one item is no negative number, a quotation no inequality, and the language of a block of
    // code no answer.
    let mark = match rest.split_once('\n') {
        Some((language, _))
            if gap.ends_with("```") && language.chars().all(char::is_alphabetic) =>
        {
            language.len()
        }
        // "The answer is option B: 12 meters."
        _ if names_option(rest) => "option ".len(),
        _ if gap.contains('\n') && rest.starts_with(['-', '>']) && rest[1..].starts_with(' ') => 2,
        _ => 0,
    };
    start + mark
}

/// Length of a tag that only sets type, or of what was struck out, at the start of `text`.
fn passed_over(text: &str) -> Option<usize> {
    if let Some(struck) = text.strip_prefix("~~") {
        let line = head(struck, LONGEST_LINE).lines().next()?;
        return Some(line.find("~~")? + "~~~~".len());
    }
    let mut tags = TYPE_TAGS.iter();
    tags.find(|tag| starts_with(text, tag)).map(|tag| tag.len())
}

/// Whether `text` starts with the word "option" and its letter.
fn names_option(text: &str) -> bool {
    let word = prefix_len(text, "option").or_else(|| prefix_len(text, "choice"));
    let letter = word.and_then(|len| text.get(len..)?.strip_prefix(' '));
    let letter = letter.map(|letter| letter.strip_prefix('(').unwrap_or(letter));
    let mut letter = letter.unwrap_or_default().bytes();
    matches!(letter.next(), Some(b'A'..=b'H'))
        && !letter.next().is_some_and(|b| b.is_ascii_alphanumeric())
}

/// Where the value starts that "answer", which ends at `end`, announces.
fn connected(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    if let Some(start) = spaceless(rest) {
        return Some(end + start);
    }
    // "故选B" is a verb with its object.
    if text.get(..end)?.ends_with(['选', '選']) {
        return Some(end);
    }
    let mut arrows = ARROWS.iter();
    if let Some(value) = arrows.find_map(|arrow| rest.trim_start().strip_prefix(arrow)) {
        return Some(text.len() - value.len());
    }
    let window = head(rest, LONGEST_CONNECTION);
    let line = window.lines().next().unwrap_or_default();
    if line.trim_matches([' ', '*', '#', '_']).is_empty() && line.len() < window.len() {
        // A heading: the value stands below it.
        let above = tail(text.get(..end)?, LONGEST_LINE).rsplit('\n').next()?;
        return (above.split_whitespace().count() <= 4).then_some(end + line.len());
    }
    let mut words = 0;
    let mut found = tokens(line.split(['$', '<']).next()?);
    let mut last = [None; 2];
    while let Some(token) = found.next() {
        let [second, before] = last;
        last = [before, Some(token)];
        match token {
            // "If x were 3, the answer would be 12."
            Token::Word("would") if claim::is_hypothetical(text, end) => return None,
            // "The answer for n = 12 is 15."
            Token::Symbol('=') if is_case(second, before) => continue,
            Token::Symbol(':' | '=' | '≈') => {}
            Token::Word("is" | "are" | "be" | "equals" | "was") => {}
            Token::Word("est" | "ist" | "lautet" | "es" | "é" | "è" | "är" | "это") => {}
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

/// Whether the two tokens before a sign of equality say for what name an answer is: "for n".
fn is_case(first: Option<Token<'_>>, second: Option<Token<'_>>) -> bool {
    matches!(
        first,
        Some(Token::Word("at" | "for" | "if" | "when" | "with"))
    ) && matches!(second, Some(Token::Word(name)) if name.chars().nth(1).is_none())
}

/// Where the value starts in `rest`, after a word of a script that sets no spaces.
fn spaceless(rest: &str) -> Option<usize> {
    let mut value = rest.trim_start_matches(['*', ' ']);
    let connection = CONNECTIONS.iter().find(|c| value.starts_with(**c))?;
    value = value
        .get(connection.len()..)?
        .trim_start_matches(['*', ' ']);
    value = value.strip_prefix(['：', ':']).unwrap_or(value);
    Some(rest.len() - value.len())
}

#[cfg(test)]
mod tests {
    use super::{ANSWERS, KEYS, TAGS, can_start};

    #[test]
    fn every_word_passes_the_first_look() {
        let closing = TAGS.iter().map(|(_, close, _)| *close);
        for word in ANSWERS
            .iter()
            .copied()
            .chain(closing)
            .chain(["####", "A:", "option", "choice"])
            .chain(KEYS.iter().copied())
        {
            assert!(can_start(word.as_bytes(), 0), "{word}");
            let first = word.chars().take(1).flat_map(char::to_uppercase);
            let title: String = first.chain(word.chars().skip(1)).collect();
            assert!(can_start(title.as_bytes(), 0), "{title}");
        }
    }
}
