//! Days of the calendar, as people write them.

use crate::canon::value::Date;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A day in any wrapping is not longer than this, in bytes.
const LONGEST: usize = 64;

/// A month has at least as many letters: "Jul".
const SHORTEST_MONTH: usize = 3;

/// Reads `July 9, 1985`, `9 July 1985`, `Jul 9th` or `1985-07-09`. `None` for anything else.
pub(super) fn read(text: &str) -> Option<Date> {
    if text.len() > LONGEST || !may_be_day(text) {
        return None;
    }
    let text = text.trim_end_matches('.');
    let mut words = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '{' | '}' | '~' | '$'))
        .filter(|word| !word.is_empty() && !matches!(*word, "of" | "the" | "\\text" | "\\mbox"));
    let first = words.next()?;
    let Some(second) = words.next() else {
        return iso(first);
    };
    let mut date = Date {
        year: None,
        month: 0,
        day: 0,
    };
    for word in [first, second].into_iter().chain(words) {
        if let (0, Some(month)) = (date.month, month(word)) {
            date.month = month;
        } else if let (0, Some(day)) = (date.day, day(word)) {
            date.day = day;
        } else {
            let year = word.parse().ok().filter(|year| (100..=9999).contains(year));
            match (date.year, year) {
                (None, Some(year)) => date.year = Some(year),
                _ => return None,
            }
        }
    }
    (date.month > 0 && date.day > 0).then_some(date)
}

/// Whether there are digits, and letters enough for a month or the dashes around its number.
fn may_be_day(text: &str) -> bool {
    let (mut digits, mut dashes, mut letters, mut named) = (0, 0, 0, false);
    for byte in text.bytes() {
        digits += usize::from(byte.is_ascii_digit());
        dashes += usize::from(byte == b'-');
        letters = if byte.is_ascii_alphabetic() {
            letters + 1
        } else {
            0
        };
        named |= letters == SHORTEST_MONTH;
    }
    digits > 0 && (named || dashes > 1)
}

fn iso(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (year.len(), month.len(), day.len()) == (4, 2, 2) && parts.next().is_none();
    let date = Date {
        year: Some(year.parse().ok()?),
        month: month
            .parse()
            .ok()
            .filter(|month| (1..=12).contains(month))?,
        day: day.parse().ok().filter(|day| (1..=31).contains(day))?,
    };
    lengths.then_some(date)
}

/// The number of a month by its name, or by at least three letters of it.
fn month(word: &str) -> Option<u32> {
    if word.len() < SHORTEST_MONTH {
        return None;
    }
    let begins = |name: &&str| {
        let start = name.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    Some(MONTHS.iter().position(begins)? as u32 + 1)
}

fn day(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &word[digits.len()..];
    let day = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    matches!(suffix, "" | "st" | "nd" | "rd" | "th").then_some(day)
}

#[cfg(test)]
mod tests {
    use super::{Date, read};

    #[test]
    fn spellings_of_one_day() {
        let day = Some(Date {
            year: Some(1985),
            month: 7,
            day: 9,
        });
        for text in [
            "July 9, 1985",
            "9 July 1985",
            "\\text{July 9th, 1985}",
            "1985-07-09",
            "Jul. 9, 1985",
        ] {
            assert_eq!(read(text), day, "{text}");
        }
        for text in ["July", "9", "1985-7-9", "may", "July 45", "12-34", "x - 3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
