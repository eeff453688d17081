//! How many bytes of a text can be passed over at once.

use super::control::control;
use crate::extract::mark;

/// A set of bytes.
struct Bytes([bool; 256]);

impl Bytes {
    const fn of(members: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut index = 0;
        while index < members.len() {
            set[members[index] as usize] = true;
            index += 1;
        }
        Self(set)
    }

    /// How many bytes of `text` come before the first member.
    fn before(&self, text: &[u8]) -> usize {
        let member = |byte: &u8| self.0.get(usize::from(*byte)).copied().unwrap_or(true);
        text.iter().position(member).unwrap_or(text.len())
    }
}

/// What can open a mark within a line: `<`, `[`, and the first byte of `◁`.
static IN_BLOCK: Bytes = Bytes::of(b"<[\xe2");

/// What can change the state where no box is open.
static IN_REPLY: Bytes = Bytes::of(b"\\\x08\n<[\xe2");

/// What can change the state where a box is open, other than by being shown, and the first bytes of
/// characters that may not show.
static IN_BOX: Bytes = Bytes::of(b"\\\x08\n<[{}\xc2\xcd\xd8\xe1\xe2\xe3\xef\xf3");

/// How many bytes at the start of `text`, within a block, are part of no mark.
pub(super) fn in_block(text: &[u8]) -> usize {
    IN_BLOCK.before(text)
}

/// The length of the plain characters at the start of `text`, and up to which of them something
/// shows. `None` if there are none.
pub(super) fn plain(text: &[u8]) -> Option<(usize, Option<usize>)> {
    let run = IN_BOX.before(text);
    let blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'$' | b'~' | b'&');
    let last = text.get(..run)?.iter().rposition(|b| !blank(b));
    (run > 0).then_some((run, last.map(|last| last + 1)))
}

/// How many bytes at the start of `text`, where no box is open, change nothing.
pub(super) fn in_reply(text: &[u8]) -> usize {
    let mut len = 0;
    loop {
        let rest = text.get(len..).unwrap_or_default();
        let before = IN_REPLY.before(rest);
        len += before;
        len += match rest.get(before..).and_then(harmless) {
            Some(harmless) => harmless,
            None => return len,
        };
    }
}

/// How many bytes change nothing though `text` starts with a byte that can. `None` if that is not
/// known from what is there.
pub(super) fn harmless(text: &[u8]) -> Option<usize> {
    let (opens, len) = match text {
        [b'\\', ..] => return control(text).map(|(len, _)| len),
        [b'\n', b'\r', b'\n', ..] => (false, 2),
        [b'\n', next, ..] => (mark::can_begin_role(*next), 1),
        [b'<' | b'[', next, ..] => (mark::can_begin_tag(*next), 1),
        [0xe2, b, c, ..] => ([*b, *c] == [0x97, 0x81], 3),
        _ => return None,
    };
    (!opens).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::{IN_BOX, plain};
    use crate::extract::scan::control::is_invisible;

    #[test]
    fn what_does_not_show_is_never_passed_over() {
        for c in ('\u{80}'..=char::MAX).filter(|c| is_invisible(*c) || c.is_whitespace()) {
            let mut buffer = [0; 4];
            let text = c.encode_utf8(&mut buffer).as_bytes();
            assert_eq!(IN_BOX.before(text), 0, "{c:?}");
        }
    }

    #[test]
    fn letters_beyond_ascii_are_passed_over() {
        assert_eq!(plain("πж中é $".as_bytes()), Some((11, Some(9))));
    }
}
