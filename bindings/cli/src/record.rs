//! One line of `resit grade`: what goes in, what comes out.

use std::collections::BTreeMap;
use std::fmt;

use resit::grade::Explanation;
use resit::{Grader, Policy, Verdict};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// Names of the input, which are not passed through.
const INPUT: [&str; 4] = ["reference", "response", "answer", "policy"];

/// Names of the output, which take the place of fields of the same name.
const OUTPUT: [&str; 8] = [
    "correct",
    "verdict",
    "formatted",
    "extracted",
    "method",
    "reason",
    "explanation",
    "error",
];

/// The fields of a JSON object, in order. Values are kept as they are written, so that what is
/// passed through does not change, not even in the digits of a number.
#[derive(Default)]
pub(crate) struct Record<'a> {
    fields: Vec<(String, &'a RawValue)>,
}

/// Why a line cannot be graded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("not a JSON object: {0}")]
    Json(String),
    #[error("the line is too long")]
    TooLong,
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`{0}` is not a string")]
    NotText(&'static str),
    #[error("`{0}` occurs more than once")]
    Repeated(&'static str),
    #[error("`response` and `answer` exclude each other")]
    Both,
    #[error("neither `response` nor `answer` is there")]
    Neither,
    #[error("there is no policy `{0}`")]
    Policy(String),
}

/// What a line of the output says besides the fields that are passed through.
pub(crate) struct Graded<'a> {
    pub(crate) line: u64,
    pub(crate) graded: Result<(Verdict, Option<Explanation>), Malformed>,
    pub(crate) record: Record<'a>,
}

impl<'a> Record<'a> {
    pub(crate) fn parse(line: &'a str) -> Result<Self, Malformed> {
        // Some editors put a byte-order mark before the first line.
        let line = line.trim_start_matches('\u{feff}').trim();
        // Each line is a text of its own to the parser, so its line number would mislead.
        serde_json::from_str(line)
            .map_err(|error| Malformed::Json(error.to_string().replace(" at line 1 ", " at ")))
    }

    /// Grades the record under its own policy, or else by `default`.
    pub(crate) fn grade(&self, default: &Grader) -> Result<Verdict, Malformed> {
        self.judge(default, Grader::grade, Grader::grade_response)
    }

    /// [`grade`](Self::grade) with every step on the way.
    pub(crate) fn explain(&self, default: &Grader) -> Result<Explanation, Malformed> {
        self.judge(default, Grader::explain, Grader::explain_response)
    }

    fn judge<T>(
        &self,
        default: &Grader,
        of_answer: impl Fn(&Grader, &str, &str) -> T,
        of_response: impl Fn(&Grader, &str, &str) -> T,
    ) -> Result<T, Malformed> {
        let reference = self
            .text("reference")?
            .ok_or(Malformed::Missing("reference"))?;
        let named;
        let grader = match self.text("policy")? {
            Some(name) => {
                named = Grader::new(Policy::named(&name).ok_or(Malformed::Policy(name))?);
                &named
            }
            None => default,
        };
        match (self.text("response")?, self.text("answer")?) {
            (Some(response), None) => Ok(of_response(grader, &reference, &response)),
            (None, Some(answer)) => Ok(of_answer(grader, &reference, &answer)),
            (Some(_), Some(_)) => Err(Malformed::Both),
            (None, None) => Err(Malformed::Neither),
        }
    }

    /// The text of a field, if it is there and not null.
    fn text(&self, name: &'static str) -> Result<Option<String>, Malformed> {
        let mut values = self.fields.iter().filter(|(field, _)| field == name);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) => {
                serde_json::from_str(value.get()).map_err(|_| Malformed::NotText(name))
            }
            (Some(_), Some(_)) => Err(Malformed::Repeated(name)),
        }
    }
}

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Record<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Record { fields })
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl Serialize for Graded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.graded {
            Ok((verdict, explanation)) => {
                map.serialize_entry("correct", &verdict.correct())?;
                map.serialize_entry("verdict", &verdict.decision)?;
                map.serialize_entry("formatted", &verdict.formatted)?;
                map.serialize_entry("extracted", &verdict.extracted)?;
                map.serialize_entry("method", &verdict.method)?;
                map.serialize_entry("reason", &verdict.reason)?;
                if let Some(Explanation {
                    reference, answer, ..
                }) = explanation
                {
                    let sides = BTreeMap::from([("reference", reference), ("answer", answer)]);
                    map.serialize_entry("explanation", &sides)?;
                }
            }
            Err(error) => {
                map.serialize_entry("error", &error.to_string())?;
                map.serialize_entry("line", &self.line)?;
            }
        }
        for (name, value) in &self.record.fields {
            let name = name.as_str();
            let replaced = OUTPUT.contains(&name) || self.graded.is_err() && name == "line";
            if !INPUT.contains(&name) && !replaced {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}
