//! What belongs to a number in prose: its unit, the other parts of a quantity, the year of a date.

use super::plain::{PUNCTUATION, Piece, is_math, last_word, pieces, trim};
use super::token::{Token, head, tokens};
use crate::expr::unit;
use crate::words::{Words, listed};
use alloc::vec::Vec;

/// Most words of a unit: "miles per hour".
const MOST_UNIT_WORDS: usize = 3;

/// Longest unit, in bytes.
const LONGEST_UNIT: usize = 64;

/// Words that multiply the number before them.
const SCALES: &[&str] = &[
    "hundred", "thousand", "lakh", "million", "crore", "billion", "trillion", "dozen",
];

/// Currencies that words name.
const CURRENCIES: Words = Words::new("euro euros rupee rupees yen");

/// Scales of temperature, behind "degrees".
const TEMPERATURES: Words = Words::new("celsius fahrenheit");

const MONTHS: Words = Words::new(
    "january february march april may june july august september october november december",
);

/// The unit that `text`, which follows a number, starts with: "cm", "square miles".
pub(super) fn unit(text: &str) -> Option<&str> {
    // "**540 meters** per week"
    let text = head(text, LONGEST_UNIT).split("**").next()?;
    if let Some(found) = half_of_day(text).or_else(|| base(text)) {
        return Some(found);
    }
    let start = text.len() - text.trim_start().len();
    let mut found = None;
    for piece in pieces(text).take(MOST_UNIT_WORDS) {
        let words = text.get(start..piece.end)?;
        let name = words.trim_end_matches(PUNCTUATION);
        // "There are 2 in total." "26 inches in 13 years": no inches, but for square ones.
        let within = name.rsplit(' ').next() == Some("in") && !name.starts_with(['s', 'c']);
        let scale = || {
            name.strip_prefix("degrees ")
                .is_some_and(|s| TEMPERATURES.contain(s))
        };
        let counted = || SCALES.contains(&name) || CURRENCIES.contain(name);
        if !within && (unit::is_known(name) || counted() || scale()) {
            found = Some(name);
        }
        if name != words {
            break;
        }
    }
    found
}

/// The length of the unit that `text`, behind `value`, sets in brackets: " (mm)". One letter is a factor.
pub(super) fn bracketed_unit(value: &str, text: &str) -> usize {
    let text = head(text, LONGEST_UNIT);
    let opened = text.trim_start_matches([' ', '$', '*']);
    let inside = opened
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'));
    let Some((name, rest)) = inside else {
        return 0;
    };
    let set = name
        .strip_prefix("\\text{")
        .and_then(|name| name.strip_suffix('}'));
    let name = set.unwrap_or(name);
    let name = name.strip_prefix("in ").unwrap_or(name);
    let numeric =
        value.ends_with(|c: char| c.is_ascii_digit() || c == '}') || value.ends_with("\\pi");
    if numeric && name.len() > 1 && unit::is_known(name) {
        text.len() - rest.len()
    } else {
        0
    }
}

/// The length of another value that `text`, behind one, offers with its unit: ", or 6", "(or 6 cm)", "(and 6)".
pub(super) fn alternative(text: &str) -> usize {
    let opened = text.trim_start_matches([' ', ',', '$', '*', '(']);
    let bracketed = text.trim_start().starts_with('(');
    let (joined, other) = match (opened.strip_prefix("or "), opened.strip_prefix("and ")) {
        (Some(other), _) => (false, other),
        (None, Some(other)) if bracketed => (true, other),
        _ => return 0,
    };
    let digit = |c: char| c.is_ascii_digit();
    let length = other.find(|c: char| !digit(c) && !matches!(c, '.' | ',' | '/' | '-' | '−'));
    let number = other
        .get(..length.unwrap_or(other.len()))
        .unwrap_or_default();
    let number = number.trim_end_matches(['.', ',']);
    if !number.contains(digit) {
        return 0;
    }
    let mut end = text.len() - other.len() + number.len();
    let behind = text.get(end..).unwrap_or_default();
    if let Some(unit) = unit(behind) {
        end += behind.find(unit).unwrap_or_default() + unit.len();
    }
    let rest = text.get(end..).unwrap_or_default();
    let closes = rest.trim_start_matches('$').starts_with(')');
    match closes {
        true => end + rest.find(')').map_or(0, |at| at + 1),
        // "12 (and 12 is even)"
        false if joined => 0,
        false => end,
    }
}

/// Longest sentence that is searched for the cases of a value, in bytes.
const LONGEST_CASES: usize = 256;

/// The length of the cases that `text`, behind a value, tells it by, if it has another value in another: "for
/// $n$ even and 6 for $n$ odd".
pub(super) fn cases(text: &str) -> usize {
    let sentence = head(text, LONGEST_CASES).lines().next().unwrap_or_default();
    let sentence = sentence.split(". ").next().unwrap_or_default();
    let mut words = sentence
        .split([' ', '$', ','])
        .filter(|word| !word.is_empty());
    let Some(case) = words
        .next()
        .filter(|word| listed("at for if on when", word))
    else {
        return 0;
    };
    let others = [" and ", " or "]
        .iter()
        .find_map(|joins| sentence.split_once(joins));
    let another = others.is_some_and(|(_, other)| {
        let value = other.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '-'));
        let mut words = other.split([' ', ',']);
        value && words.any(|word| word == case || word.starts_with("otherwise"))
    });
    if another { sentence.len() } else { 0 }
}

/// Most words that say what is counted: "for the first die".
const MOST_COUNTED_WORDS: usize = 4;

/// Words that count one thing by another.
const COMPARING: Words =
    Words::new("dozen each every extra fewer in left less more per remain remaining total");

/// The length of what `text`, behind a number, says to the end of the sentence, if that is what the number counts
/// and another number of another kind: " red and 40 blue", " for Tom, 12 for Jerry".
pub(super) fn counts(text: &str) -> usize {
    let sentence = head(text, LONGEST_CASES).lines().next().unwrap_or_default();
    let sentence = sentence.split(". ").next().unwrap_or_default();
    let sentence = sentence.trim_end_matches(PUNCTUATION);
    let mut rest = tokens(sentence).peekable();
    let mut counted = || {
        let mut words = Vec::new();
        while words.len() <= MOST_COUNTED_WORDS {
            match rest.next_if(|token| matches!(token, Token::Word(word) if *word != "and")) {
                Some(word) => words.push(word),
                None => break,
            }
        }
        let sign = rest.next_if(|token| matches!(token, Token::Symbol(',' | ';')));
        let and = rest.next_if_eq(&Token::Word("and"));
        let more = sign.or(and).is_some() && rest.next_if_eq(&Token::Number).is_some();
        if rest.next_if_eq(&Token::Symbol('/')).is_some() {
            rest.next_if_eq(&Token::Number);
        }
        (words, more, rest.peek().is_none())
    };
    let (first, joined, _) = counted();
    let (second, _, ends) = counted();
    let alike = match (first.as_slice(), second.as_slice()) {
        ([one], [other]) => one != other,
        ([Token::Word("for" | "on"), one @ ..], [_, other @ ..]) => {
            first[0] == second[0] && one != other
        }
        ([kind, one], [other_kind, other]) => kind == other_kind && one != other,
        _ => false,
    };
    let compares =
        |token: &Token<'_>| matches!(token, Token::Word(word) if COMPARING.contain(word));
    let alike = alike && !first.iter().chain(&second).any(compares);
    if joined && ends && alike {
        sentence.len()
    } else {
        0
    }
}

/// Where the larger part of a quantity starts that `text` ends with, before a number of `unit`: "2 hours
/// and" before "30 minutes".
pub(super) fn larger_part(text: &str, unit: &str) -> Option<usize> {
    let text = text.trim_end();
    let text = text.strip_suffix(" and").unwrap_or(text);
    let text = text.trim_end_matches([' ', ',']);
    let name = last_word(text);
    let before = text.strip_suffix(name)?.trim_end();
    let number = last_word(before);
    let counts = number.starts_with(|c: char| c.is_ascii_digit()) && is_math(number);
    (counts && is_part_of(unit, name)).then_some(before.len() - number.len())
}

/// The day of a month that `text` starts with: "July 4, 1990".
pub(super) fn date(text: &str) -> Option<&str> {
    let mut pieces = pieces(text).take(3);
    if !MONTHS.contain(pieces.next()?.text) {
        return None;
    }
    let number = |piece: &Piece<'_>| {
        let digits = piece.text.trim_end_matches(PUNCTUATION);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let day = pieces.next().filter(number)?;
    let year = pieces
        .next()
        .filter(|year| day.text.ends_with(',') && number(year));
    trim(text.get(..year.unwrap_or(day).end)?)
}

/// The half of the day that `text` starts with.
fn half_of_day(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let mut halves = ["AM", "PM", "A.M.", "P.M.", "A.M", "P.M"].iter();
    let found = halves.find_map(|half| {
        let (found, rest) = text.split_at_checked(half.len())?;
        let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == ' ');
        (found.eq_ignore_ascii_case(half) && (ends || found == *half)).then_some(found)
    });
    found.filter(|found| {
        !text
            .get(found.len()..)
            .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    })
}

/// The base of a numeral that `text` starts with: "in base 8".
fn base(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let named = text
        .strip_prefix("in ")
        .unwrap_or(text)
        .strip_prefix("base ")?;
    let rest = named.trim_start_matches(|c: char| c.is_ascii_digit());
    let ends = rest.len() < named.len() && !rest.starts_with(char::is_alphanumeric);
    ends.then(|| text.get(..text.len() - rest.len()))?
}

/// The smaller unit of the next part of a quantity of `larger`, which `text` goes on with: "minutes" of
/// "and 30 minutes" behind "2 hours".
pub(super) fn smaller_part<'a>(text: &'a str, larger: &str) -> Option<&'a str> {
    let rest = text.trim_start_matches(' ');
    let rest = rest.strip_prefix("and ").unwrap_or(rest);
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = unit(
        after
            .strip_prefix(' ')
            .filter(|_| after.len() < rest.len())?,
    )?;
    is_part_of(unit, larger).then_some(unit)
}

fn is_part_of(smaller: &str, larger: &str) -> bool {
    let parse = |name| unit::parse(&unit::normalize(name));
    let parsed = parse(smaller).zip(parse(larger));
    parsed.is_some_and(|(smaller, larger)| smaller.is_part_of(&larger))
}

/// Whether a word multiplies the number before it.
pub(super) fn is_scale(word: &str) -> bool {
    SCALES.contains(&word)
}
