use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::Problem;

/// The columns of a row. Values are kept as they are written, so that numbers keep their digits.
pub(crate) struct Row {
    columns: HashMap<String, Box<RawValue>>,
}

impl Row {
    pub(crate) fn new(columns: HashMap<String, Box<RawValue>>) -> Self {
        Self { columns }
    }

    pub(crate) fn parse(line: &str) -> Result<Self, Problem> {
        Ok(Self::new(json(line)?))
    }

    /// The text of a column: a string, a number or a truth value as it is written, or the members
    /// of a list of these joined by commas. `None` if it is not there, or null.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Problem> {
        let value = self.columns.get(name).map(|value| value.get());
        value.map_or(Ok(None), |value| text(name, value))
    }

    /// The text of a member of a column that holds an object.
    pub(crate) fn member(&self, name: &str, member: &str) -> Result<Option<String>, Problem> {
        match self.columns.get(name) {
            Some(value) if value.get().starts_with('{') => Self::parse(value.get())?.text(member),
            _ => Ok(None),
        }
    }

    /// What the user says last in a column that holds a list of chat messages. `None` if it holds
    /// something else.
    pub(crate) fn last_of_user(&self, name: &str) -> Result<Option<String>, Problem> {
        let messages = self.columns.get(name).map(|value| value.get());
        let Some(messages) = messages.filter(|value| value.starts_with('[')) else {
            return Ok(None);
        };
        let messages: Vec<&RawValue> = json(messages)?;
        for message in messages.into_iter().rev() {
            if message.get().starts_with('{') {
                let message = Self::parse(message.get())?;
                if message.text("role")?.as_deref() == Some("user") {
                    return message.text("content");
                }
            }
        }
        Ok(None)
    }
}

/// Reads no deeper than a list of plain values.
fn text(name: &str, value: &str) -> Result<Option<String>, Problem> {
    match value.as_bytes().first() {
        Some(b'n') => Ok(None),
        Some(b'"') => json(value).map(Some),
        Some(b'[') => {
            let members: Vec<&RawValue> = json(value)?;
            let plain = members.iter().filter(|m| !m.get().starts_with(['[', '{']));
            if plain.count() < members.len() {
                return Err(Problem::NotText(name.into()));
            }
            let texts = members.iter().map(|member| text(name, member.get()));
            let texts = texts.collect::<Result<Option<Vec<_>>, _>>()?;
            let texts = texts.ok_or_else(|| Problem::NotText(name.into()))?;
            Ok((!texts.is_empty()).then(|| texts.join(", ")))
        }
        Some(b'{') | None => Err(Problem::NotText(name.into())),
        Some(_) => Ok(Some(value.into())),
    }
}

fn json<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, Problem> {
    // Each line is a text of its own to the parser, so its line number would mislead.
    serde_json::from_str(text)
        .map_err(|error| Problem::Json(error.to_string().replace(" at line 1 ", " at ")))
}
