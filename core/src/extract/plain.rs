//! Mathematics that is written without delimiters, inside prose.

/// Names of two or more letters that are mathematics and not words.
const NAMES: &[&str] = &[
    "abs", "alpha", "arccos", "arcsin", "arctan", "beta", "ceil", "cos", "cosh", "cot", "csc",
    "exp", "floor", "gamma", "gcd", "inf", "infinity", "lambda", "lcm", "ln", "log", "max", "min",
    "mod", "mu", "oo", "phi", "pi", "sec", "sigma", "sin", "sinh", "sqrt", "tan", "tanh", "theta",
];

/// Control words whose argument is words.
const TEXT_COMMANDS: &[&str] = &[
    "begin",
    "end",
    "mathrm",
    "mbox",
    "operatorname",
    "text",
    "textbf",
    "textit",
    "textrm",
];

/// What follows `\boxed` without braces: mathematics up to the end of its line or span.
pub(super) fn argument(text: &str) -> Option<&str> {
    let end = ["$", "\n", "&", "\\)", "\\]", "\\\\", "\\boxed", "\\fbox"]
        .iter()
        .filter_map(|stop| text.find(stop))
        .min()
        .unwrap_or(text.len());
    leading(text.get(..end)?)
}

/// The mathematics that `text` starts with.
pub(super) fn leading(text: &str) -> Option<&str> {
    let mut end = None;
    for piece in pieces(text) {
        if is_math(piece.text) {
            end = Some(piece.end);
            if piece.text.ends_with([';', ':']) {
                break;
            }
        } else if end.is_none() || !matches!(piece.text, "and" | "or") {
            break;
        }
    }
    nonblank(text.get(..end?)?)
}

/// The last mathematics of `text` that holds a digit: what stands after its last equals sign.
pub(super) fn last(text: &str) -> Option<&str> {
    let mut found = None;
    let mut start = None;
    let mut digits = false;
    for piece in pieces(text) {
        let conjunction = start.is_some() && matches!(piece.text, "and" | "or");
        if conjunction {
            continue;
        }
        if is_math(piece.text) && !matches!(piece.text, "a" | "A" | "I") {
            start.get_or_insert(piece.end - piece.text.len());
            digits |= piece.text.bytes().any(|b| b.is_ascii_digit());
            if !piece.text.ends_with([';', ':']) {
                if digits {
                    found = start.map(|start| start..piece.end);
                }
                continue;
            }
        }
        start = None;
        digits = false;
    }
    let run = text.get(found?)?;
    let result = run.rsplit('=').find(|part| !part.trim().is_empty())?;
    nonblank(result.trim_start_matches(['+', '*', '/', ' ']))
}

/// How many words of prose stand in `text`, outside of braces.
pub(super) fn count_words(text: &str) -> usize {
    pieces(text).filter(|piece| !is_math(piece.text)).count()
}

struct Piece<'a> {
    text: &'a str,
    end: usize,
}

/// Splits at the spaces that stand outside of brackets.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        let mut depth = 0_usize;
        let mut end = text.len();
        for (offset, c) in text.get(start..)?.char_indices() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ if c.is_whitespace() && depth == 0 => {
                    end = start + offset;
                    break;
                }
                _ => {}
            }
        }
        at = end;
        Some(Piece {
            text: text.get(start..end)?,
            end,
        })
    })
}

/// Whether a piece without spaces outside of brackets is mathematics and not a word.
fn is_math(piece: &str) -> bool {
    let mut rest = piece;
    let mut previous = ' ';
    let mut value = false;
    while let Some(c) = rest.chars().next() {
        let len = if c == '\\' {
            value = true;
            command(rest)
        } else if c.is_alphabetic() {
            value = true;
            let len = rest
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(rest.len());
            let name = rest.get(..len).unwrap_or_default();
            let ordinal = matches!(name, "st" | "nd" | "rd" | "th");
            let unit = previous.is_ascii_digit() && !ordinal;
            if name.chars().nth(1).is_some() && !unit && !NAMES.contains(&name) {
                return false;
            }
            len
        } else {
            value |= c.is_ascii_digit() || matches!(c, '+' | '-' | '*' | '/' | '=' | '∞' | '½');
            c.len_utf8()
        };
        previous = c;
        rest = rest.get(len..).unwrap_or_default();
    }
    value
}

/// Length of the control sequence at the start of `rest`, with its argument if that is words.
fn command(rest: &str) -> usize {
    let name = rest.get(1..).unwrap_or_default();
    let len = name
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(name.len());
    if len == 0 {
        return 1 + name.chars().next().map_or(0, char::len_utf8);
    }
    let argument = name.get(len..).unwrap_or_default();
    if name.get(..len).is_some_and(|n| TEXT_COMMANDS.contains(&n)) && argument.starts_with('{') {
        return 1 + len + argument.find('}').map_or(argument.len(), |end| end + 1);
    }
    1 + len
}

/// `text` without the spaces and the punctuation around it.
fn nonblank(text: &str) -> Option<&str> {
    let text = text
        .trim()
        .trim_end_matches(['.', ',', ';', ':', '!', '?'])
        .trim_end();
    (!text.is_empty()).then_some(text)
}
