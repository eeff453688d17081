//! What control words and control symbols do to a page.

/// Control words that show nothing themselves.
const BLANK_WORDS: &[&[u8]] = &[
    b"big",
    b"bigskip",
    b"displaystyle",
    b"enspace",
    b"hfill",
    b"left",
    b"mathbf",
    b"mathrm",
    b"mathstrut",
    b"mbox",
    b"medskip",
    b"newline",
    b"null",
    b"operatorname",
    b"qquad",
    b"quad",
    b"relax",
    b"right",
    b"smallskip",
    b"space",
    b"strut",
    b"text",
    b"textbf",
    b"textit",
    b"textrm",
    b"textstyle",
    b"thinspace",
];

/// What a control word does.
pub(super) enum Effect {
    /// Puts its argument into a box.
    Boxes,
    /// Leaves the room of its argument, and does not show it.
    Hides,
    /// Shows what follows as it is written.
    Quotes,
    Shows,
    Nothing,
}

pub(super) fn effect(word: &[u8]) -> Effect {
    match word {
        b"boxed" | b"fbox" | b"framebox" => Effect::Boxes,
        b"phantom" | b"hphantom" | b"vphantom" | b"hspace" | b"vspace" => Effect::Hides,
        b"verb" => Effect::Quotes,
        word if BLANK_WORDS.contains(&word) => Effect::Nothing,
        _ => Effect::Shows,
    }
}

/// Whether a backslash and this byte show nothing.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b',' | b';' | b':' | b'!' | b'>' | b'(' | b')' | b'[' | b']'
    )
}

/// The length of the control sequence at the start of `text`, and whether it shows something. `None`
/// for those that change what follows, and where more letters may come.
pub(super) fn control(text: &[u8]) -> Option<(usize, bool)> {
    let (_, rest) = text.split_first()?;
    let next = rest.first()?;
    if is_space(*next) {
        return Some((2, false));
    }
    if next.is_ascii_punctuation() {
        return (!matches!(next, b'\\' | b'<')).then_some((2, true));
    }
    let letters = rest.iter().position(|b| !b.is_ascii_alphabetic())?;
    match effect(rest.get(..letters)?) {
        Effect::Nothing => Some((1 + letters, false)),
        Effect::Shows if letters > 0 => Some((1 + letters, true)),
        _ => None,
    }
}

/// Characters without a shape: of width zero, marks of direction, fillers, variation selectors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
