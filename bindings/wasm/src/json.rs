//! JSON, written field by field.

use core::fmt::{self, Debug, Write as _};

/// What becomes a value of JavaScript.
#[derive(Default)]
pub(crate) struct Json(String);

impl Json {
    /// The object of which `fields` writes the fields.
    pub(crate) fn object(fields: impl FnOnce(&mut Self)) -> String {
        let mut json = Self::default();
        json.0.push('{');
        fields(&mut json);
        json.end('}')
    }

    /// The written `items` as a list.
    pub(crate) fn list(items: impl Iterator<Item = String>) -> String {
        let mut json = Self("[".into());
        items.for_each(|item| json.item(&item));
        json.end(']')
    }

    /// A field, by what was written of its value.
    pub(crate) fn field(&mut self, name: &str, value: &str) {
        self.item(&["\"", name, "\":", value].concat());
    }

    fn item(&mut self, item: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(item);
    }

    fn end(mut self, bracket: char) -> String {
        self.0.push(bracket);
        self.0
    }
}

pub(crate) fn flag(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

pub(crate) fn whole(number: u64) -> String {
    number.to_string()
}

/// As JavaScript writes it: the formatting of floating point in Rust takes 5 KB of gzip.
#[cfg(target_arch = "wasm32")]
pub(crate) fn number(number: f64) -> String {
    js_sys::JSON::stringify(&number.into()).map_or_else(|_| "null".into(), Into::into)
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn number(number: f64) -> String {
    number.to_string()
}

pub(crate) fn text(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            ..' ' => {
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            _ => json.push(c),
        }
    }
    json.push('"');
    json
}

pub(crate) fn texts(items: &[String]) -> String {
    Json::list(items.iter().map(|item| text(item)))
}

pub(crate) fn numbers(items: &[f64]) -> String {
    Json::list(items.iter().map(|item| number(*item)))
}

pub(crate) fn wholes(items: &[u32]) -> String {
    Json::list(items.iter().map(|item| whole((*item).into())))
}

pub(crate) fn flags(items: &[bool]) -> String {
    Json::list(items.iter().map(|item| flag(*item).into()))
}

pub(crate) fn option<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or("null".into(), write)
}

/// The code of a variant, as serde's `kebab-case` makes it of its name.
pub(crate) fn code(variant: &dyn Debug) -> String {
    struct Kebab(String);

    impl fmt::Write for Kebab {
        fn write_str(&mut self, name: &str) -> fmt::Result {
            for c in name.chars() {
                if c.is_ascii_uppercase() && !self.0.is_empty() {
                    self.0.push('-');
                }
                self.0.push(c.to_ascii_lowercase());
            }
            Ok(())
        }
    }

    let mut code = Kebab(String::new());
    let _ = write!(code, "{variant:?}");
    code.0
}

/// The code of a variant, in quotes.
pub(crate) fn coded(variant: &dyn Debug) -> String {
    text(&code(variant))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use resit::env::{Finish, SegmentKind, Status, StopReason, Thinking, Turn};
    use resit::extract::Source;
    use resit::grade::{Decision, Form};

    #[test]
    fn the_codes_are_those_of_serde() {
        macro_rules! same {
            ($($type:ident: $($variant:ident)*;)*) => {
                $($(
                    let written = coded(&$type::$variant);
                    assert_eq!(written, serde_json::to_string(&$type::$variant).unwrap_or_default());
                )*)*
            };
        }
        same! {
            Decision: Equal Different Undecided;
            Finish: Open EndOfTurn Length;
            Form: Empty Mathematics Opaque Words Choice Date Text;
            SegmentKind: Prompt Attempt Feedback Reflection Verification Context;
            Source: Box Marker Math Number Place;
            Status: Correct Wrong Stopped Full Open Interlude;
            StopReason: Solved Exhausted Budget Truncated Accepted Error;
            Thinking: Keep Drop Fork;
            Turn: Attempt Interlude;
        }
    }

    #[test]
    fn texts_are_escaped() {
        let all: String = (0..0x3000).filter_map(char::from_u32).collect();
        let read: String = serde_json::from_str(&text(&all)).unwrap_or_default();
        assert_eq!(read, all);
    }
}
