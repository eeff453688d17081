//! Lists of words that are looked up in any case.

/// Words in lower case. A word that cannot be among them is told from them without a search.
#[derive(Debug)]
pub(crate) struct Words {
    /// With spaces between them: one string takes fewer bytes than a table.
    text: &'static str,
    /// The marks of all of them, a bit each.
    marks: [u128; 2],
}

impl Words {
    /// The list of what stands between the spaces of `text`.
    pub(crate) const fn new(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let (mut marks, mut start, mut at) = ([0; 2], 0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if start < at {
                    let mark = mark(bytes[start], bytes[at - 1], at - start);
                    marks[0] |= 1 << mark[0];
                    marks[1] |= 1 << mark[1];
                }
                start = at + 1;
            }
            at += 1;
        }
        Self { text, marks }
    }

    /// Whether `word`, in any case, is one of them.
    pub(crate) fn contain(&self, word: &str) -> bool {
        // Letters that are not ASCII may change their bytes with their case.
        if word.is_ascii() {
            let (Some(first), Some(last)) = (word.as_bytes().first(), word.as_bytes().last())
            else {
                return false;
            };
            let mark = mark(
                first.to_ascii_lowercase(),
                last.to_ascii_lowercase(),
                word.len(),
            );
            let marked = |at: usize| self.marks[at] & 1 << mark[at] != 0;
            return marked(0) && marked(1) && listed(self.text, word);
        }
        listed(self.text, word)
    }
}

/// Two numbers below 128 that few words share.
const fn mark(first: u8, last: u8, len: usize) -> [u32; 2] {
    let (first, last, len) = (first as u32, last as u32, len as u32);
    [
        (first * 5 + last * 37 + len * 19) % 128,
        (first * 23 + last * 3 + len * 41) % 128,
    ]
}

/// Whether `word`, in any case, is one of a few `words`, which are in lower case, with spaces between them.
pub(crate) fn listed(words: &str, word: &str) -> bool {
    // Most words are ASCII, and no other at their length already.
    if word.is_ascii() {
        let mut words = words.as_bytes().split(|byte| *byte == b' ');
        return words.any(|listed| listed.eq_ignore_ascii_case(word.as_bytes()));
    }
    words.split(' ').any(|listed| {
        let lower = word.chars().flat_map(char::to_lowercase);
        lower.eq(listed.chars())
    })
}

/// Whether `text` starts with `prefix`, in any case of ASCII.
pub(crate) fn starts_with(text: &str, prefix: &str) -> bool {
    let start = text.get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::{Words, listed};

    #[test]
    fn words_contain_what_is_listed() {
        const TEXT: &str = "a as answer être über não 不是 it's n";
        const WORDS: Words = Words::new(TEXT);
        for word in TEXT.split(' ') {
            for word in [word.to_string(), word.to_uppercase()] {
                assert!(WORDS.contain(&word) && listed(TEXT, &word), "{word}");
            }
        }
        for other in ["", "an", "answers", "nao", "s", "不", "itss"] {
            assert!(!WORDS.contain(other) && !listed(TEXT, other), "{other}");
        }
    }
}
