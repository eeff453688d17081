//! What an answer was read as.

use super::text;
use crate::canon::value::Value;
use crate::latex::spelling;

/// What an answer was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Form {
    /// Nothing is written.
    Empty,
    /// A value of mathematics: a number, a quantity, a list, a set, an equation …
    Mathematics,
    /// A form of mathematics whose value is not known, such as ℚ: it only equals itself.
    Opaque,
    /// Words and names.
    Words,
    /// The letter of a choice, with or without what it says.
    Choice,
    /// A day of the calendar.
    Date,
    /// What is neither mathematics nor words: it is compared as text.
    Text,
}

impl Form {
    /// The form of an answer by its text and its readings, of which the first is what it is.
    pub(super) fn of<'v>(written: &str, readings: impl Iterator<Item = &'v Value> + Clone) -> Self {
        if readings
            .clone()
            .any(|reading| matches!(reading, Value::Date(_)))
        {
            return Self::Date;
        }
        match readings.into_iter().next() {
            None => Self::Empty,
            Some(_) if text::is_choice(written) => Self::Choice,
            Some(value) => Self::of_value(value),
        }
    }

    fn of_value(value: &Value) -> Self {
        match value {
            Value::Text(text) if is_words(text) => Self::Words,
            Value::Text(_) => Self::Text,
            // Letters that stand alone: up to three are a product of variables or points.
            Value::Word(word) if word.chars().count() > 3 => Self::Words,
            Value::Written(_) => Self::Opaque,
            Value::List(items)
            | Value::Set(items)
            | Value::Group(_, items, _)
            | Value::System(items)
            | Value::Ratio(items)
            | Value::Relation(items, _) => Self::of_items(items),
            Value::Matrix(rows) => rows
                .iter()
                .map(|row| Self::of_items(row))
                .find(|form| *form != Self::Mathematics)
                .unwrap_or(Self::Mathematics),
            Value::Date(_) => Self::Date,
            _ => Self::Mathematics,
        }
    }

    /// Text if any item is; words if all are; else mathematics, in which words may name things.
    fn of_items(items: &[Value]) -> Self {
        let all =
            |wanted| !items.is_empty() && items.iter().all(|item| Self::of_value(item) == wanted);
        let any = |wanted| items.iter().any(|item| Self::of_value(item) == wanted);
        if any(Self::Text) {
            Self::Text
        } else if all(Self::Words) {
            Self::Words
        } else if any(Self::Opaque) {
            Self::Opaque
        } else {
            Self::Mathematics
        }
    }
}

/// Whether a phrase consists of letters and of what separates words.
fn is_words(phrase: &str) -> bool {
    let word = |c: char| c.is_alphabetic() || c.is_whitespace() || ",.;:'’\"()-!?".contains(c);
    let spelled = spelling(phrase);
    // A condition is no value, whatever it holds.
    if spelled.trim_start().starts_with("where") {
        return true;
    }
    spelled.chars().any(char::is_alphabetic) && spelled.chars().all(word)
}
