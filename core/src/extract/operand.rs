//! Operations around a box that make it a part of an answer: `$-\boxed{12}$`, `$\boxed{12}\pi$`.

use core::ops::Range;

use super::plain;
use super::quantity;
use super::token::{Token, head, tail, tokens};
use crate::expr::unit;

/// Longest text on either side of a box, in bytes, that is looked at.
const WINDOW: usize = 256;

/// Signs and commands that join what stands on both sides of them.
const JOINING: &[&str] = &[
    "+", "-", "−", "/", "\\cdot", "\\times", "\\div", "\\pm", "\\mp",
];

/// Those that only apply to what follows them.
const APPLYING: &[&str] = &["^", "_", "\\sqrt"];

const FRACTIONS: &[&str] = &["\\frac", "\\dfrac", "\\tfrac"];

/// Other factors that follow a number without a sign.
const FACTORS: &[&str] = &["\\pi", "\\sqrt"];

/// What stands between the members of a chain, or around them.
const BETWEEN: &[&str] = &[
    "=",
    "&",
    "\\\\",
    "\\approx",
    "\\end",
    "\\implies",
    "\\Rightarrow",
    "\\rightarrow",
    "\\to",
    "\\quad",
    "\\qquad",
];

/// Commands that set words, space or the mark of an end, and are no operand.
const NO_OPERANDS: &[&str] = &[
    "text",
    "mbox",
    "quad",
    "qquad",
    "blacksquare",
    "square",
    "\\",
];

/// Space between what is set as mathematics.
const SPACES: &[&str] = &[" ", "~", "\\,", "\\;", "\\:", "\\!", "\\ "];

/// The member of a chain in `math`, a span of mathematics, of which the box at `place` is an operand.
pub(super) fn around(math: &str, place: Range<usize>) -> Option<&str> {
    let (before, after) = (math.get(..place.start)?, math.get(place.end..)?);
    if !is_operated_before(before) && !is_operated_after(after) {
        return None;
    }
    let ends = BETWEEN
        .iter()
        .filter_map(|sign| Some(before.rfind(sign)? + sign.len()));
    let start = ends.max().unwrap_or(0);
    let starts = BETWEEN.iter().filter_map(|sign| after.find(sign));
    let end = place.end + starts.min().unwrap_or(after.len());
    let member = math.get(start..end)?.trim();
    Some(member.trim_end_matches([' ', '.', ',', ';', '~']))
}

/// The box at `place` with the rest of its numeral, its sign or its scale in `text`, which is not set as
/// mathematics: `\boxed{12},000`, `\boxed{12}\text{ million}`.
pub(super) fn in_text(text: &str, place: Range<usize>) -> Option<&str> {
    let (before, after) = (text.get(..place.start)?, text.get(place.end..)?);
    let negative = before.strip_suffix(['-', '−']).filter(|left| {
        // The mark of an item is no sign, and a hyphen joins words.
        left.ends_with([' ', '=', ':'])
    });
    let suffix = continues(after).then(|| plain::pieces(head(after, WINDOW)).next());
    let suffix = suffix.flatten();
    let start = negative.map_or(place.start, str::len);
    let end = place.end + suffix.as_ref().map_or(0, |piece| piece.end);
    let whole = text.get(start..end)?;
    let found = negative.is_some() || suffix.is_some();
    found.then(|| whole.trim_end_matches(['.', ',', ';', ':', '*', ')', '$']))
}

/// The unit that follows a box with the number `content`, a slice of `text`: `\boxed{12}\text{ cm}`,
/// `$\boxed{12}$ cm`.
pub(super) fn unit_behind<'a>(text: &'a str, content: &str) -> Option<&'a str> {
    let start = (content.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let behind = text.get(start + content.len()..)?.strip_prefix('}')?;
    if content.len() > WINDOW || !is_number(content) {
        return None;
    }
    let behind = head(behind, WINDOW);
    let set = without_space(behind);
    if let Some((words, rest)) = set_words(set) {
        let mut powers = ["^2", "^3", "^{2}", "^{3}"].iter();
        let rest = powers
            .find_map(|power| rest.strip_prefix(power))
            .unwrap_or(rest);
        return unit::is_known(words).then(|| set.get(..set.len() - rest.len()))?;
    }
    let mut closing = ["$$", "$", "\\)", "\\]"].iter();
    let plain = closing
        .find_map(|close| behind.strip_prefix(close))
        .unwrap_or(behind);
    quantity::unit(plain.starts_with(' ').then_some(plain)?)
}

/// Whether a box holds one number, in figures.
fn is_number(content: &str) -> bool {
    let mut digits = false;
    let known = tokens(content).all(|token| match token {
        Token::Number => {
            digits = true;
            true
        }
        Token::Symbol(sign) => matches!(sign, '-' | '−' | '+' | '/' | '.' | '^' | '(' | ')'),
        Token::Command(name) => matches!(
            name,
            "cdot" | "dfrac" | "frac" | "pi" | "sqrt" | "tfrac" | "times"
        ),
        _ => false,
    });
    known && digits
}

/// The words that `text` sets as text at its start, and what follows them.
fn set_words(text: &str) -> Option<(&str, &str)> {
    let mut commands = ["\\text{", "\\textrm{", "\\mathrm{", "\\mbox{"].iter();
    let set = commands.find_map(|command| text.strip_prefix(command))?;
    set.split_once('}')
}

/// Whether `text` ends with what makes an operand of what follows it.
pub(super) fn is_operated_before(text: &str) -> bool {
    let text = tail(text, WINDOW).trim_end();
    let Some(opened) = text.strip_suffix('{') else {
        let mut operators = JOINING.iter().chain(APPLYING);
        return operators.any(|sign| text.ends_with(sign));
    };
    let command = without_group(opened).unwrap_or(opened);
    let mut functions = FRACTIONS.iter().chain(APPLYING);
    functions.any(|name| command.ends_with(name))
}

/// `text` without the group in braces that it ends with.
fn without_group(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let braces = text.rmatch_indices(['{', '}']);
    text.strip_suffix('}')?;
    for (at, brace) in braces {
        match brace {
            "}" => depth += 1,
            _ => depth -= 1,
        }
        if depth == 0 {
            return text.get(..at);
        }
    }
    None
}

/// Whether `text`, in mathematics, starts with what makes an operand of what stands before it.
fn is_operated_after(text: &str) -> bool {
    let text = head(text, WINDOW);
    let rest = without_space(text);
    let operand = JOINING.iter().find_map(|sign| after(sign, rest));
    let variable = rest.strip_prefix(['i', 'n', 'x', 'y', 'z']);
    continues(text)
        || operand.is_some_and(|operand| is_operand(without_space(operand)))
        || variable.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// What follows a sign, or a command and no longer one, at the start of `text`.
fn after<'a>(sign: &str, text: &'a str) -> Option<&'a str> {
    let rest = text.strip_prefix(sign)?;
    let longer = sign.starts_with('\\') && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    (!longer).then_some(rest)
}

/// Whether `text`, in mathematics or not, goes on with the value that stands before it.
fn continues(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let numeral = match text.strip_prefix(',') {
        Some(group) => digits(group) == 3,
        None => digits(text.strip_prefix('.').unwrap_or(text)) > 0,
    };
    let rest = without_space(text);
    let degree = |power: &str| power.trim_start_matches('{').starts_with("\\circ");
    let power = rest.strip_prefix('^').is_some_and(|power| !degree(power));
    let mut factors = FACTORS.iter().chain(FRACTIONS);
    numeral || power || factors.any(|name| after(name, rest).is_some()) || is_scale(rest)
}

/// Whether `text` starts with a word set as text that multiplies the number before it: `\text{ million}`.
fn is_scale(text: &str) -> bool {
    let set = set_words(text);
    let first = set.and_then(|(words, _)| words.split([' ', '~']).find(|word| !word.is_empty()));
    first.is_some_and(quantity::is_scale)
}

/// Whether `text`, behind a sign, starts with an operand, and not with words or a space.
fn is_operand(text: &str) -> bool {
    match text.strip_prefix('\\') {
        Some(command) => !NO_OPERANDS.iter().any(|name| command.starts_with(name)),
        None => text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '(' | '{')),
    }
}

/// `text` without the space at its start, however it is set.
fn without_space(mut text: &str) -> &str {
    while let Some(rest) = SPACES.iter().find_map(|space| text.strip_prefix(space)) {
        text = rest;
    }
    text
}
