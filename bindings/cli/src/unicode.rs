//! JSON text from bytes that may not be Unicode.

use std::borrow::Cow;

/// The text of a line of JSON, with U+FFFD for invalid UTF-8 and for escapes of lone surrogates.
pub(crate) fn decode(line: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(line) {
        Cow::Borrowed(text) => replace_lone_surrogates(text),
        Cow::Owned(text) => Cow::Owned(replace_lone_surrogates(&text).into_owned()),
    }
}

fn replace_lone_surrogates(json: &str) -> Cow<'_, str> {
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        let second = escape.get(6..).and_then(code_unit);
        let (kept, after) = match (code_unit(escape), second) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => escape.split_at(12),
            (Some(0xD800..=0xDFFF), _) => ("\u{FFFD}", escape.split_at(6).1),
            _ => escape.split_at(escape.chars().take(2).map(char::len_utf8).sum()),
        };
        text.push_str(kept);
        rest = after;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The UTF-16 code unit that `escape` starts with, as in `\u00e9`.
fn code_unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    hexadecimal
        .then(|| u16::from_str_radix(digits, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn unicode_stays_as_it_is() {
        for line in [
            r#""\ud83d\ude00 \u00e9 é""#,
            r#""\uD83D\uDE00""#,
            r#""\\ud800""#,
            r#""\udx""#,
            "\\é",
            "\\",
        ] {
            assert_eq!(decode(line.as_bytes()), line);
        }
    }

    #[test]
    fn lone_surrogates_are_replaced() {
        for (line, expected) in [
            (r"\ud800", "\u{FFFD}"),
            (r"\udc00\ud800", "\u{FFFD}\u{FFFD}"),
            (r"\ud800\ud83d\ude00", "\u{FFFD}\\ud83d\\ude00"),
            (r"\\\ud800\u0041", "\\\\\u{FFFD}\\u0041"),
            (r"\ud800\n", "\u{FFFD}\\n"),
        ] {
            assert_eq!(decode(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn invalid_utf8_is_replaced() {
        assert_eq!(decode(b"a\xFFb \\ud800"), "a\u{FFFD}b \u{FFFD}");
    }
}
