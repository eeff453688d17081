//! Numerals: groups of three, repeated digits, bases.

use super::input::{Commas, Parsed, Tokens, sign, token};
use super::parser::closes;
use super::token::{Kind, Token};
use crate::expr::{Bracket, Expr, Number};
use alloc::format;
use alloc::string::String;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::value;

/// A numeral; under [`Commas::Group`] with its groups of three.
pub(super) fn number<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (mut rest, text) = token(|kind| match kind {
        Kind::Number(text) => Some(text),
        _ => None,
    })(input)?;
    let indian = rest.commas == Commas::Group && indian_groups(text, rest);
    let grouped;
    let mut text = text;
    if rest.commas == Commas::Group
        && !text.starts_with('0')
        && (1..=3).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && (indian || comma_group(rest, 3).is_some())
    {
        let mut joined = String::from(text);
        let pair = |rest| comma_group(rest, 2).filter(|_| indian);
        while let Some(group) = comma_group(rest, 3).or_else(|| pair(rest)) {
            joined.push_str(group);
            rest = rest.skip(2);
            if group.len() > 3 {
                break;
            }
        }
        grouped = joined;
        text = &grouped;
    }
    if let Some((prefix, period)) = continued(text, rest) {
        let (rest, _) = ellipsis(rest)?;
        if let Some(number) = Number::repeating(prefix, period) {
            return Ok((rest, Expr::Number(number)));
        }
    }
    if let Some((period, length)) = repeating_period(text, rest) {
        let prefix = if text == "." { "0." } else { text };
        if let Some(number) = Number::repeating(prefix, &period) {
            return Ok((rest.skip(length), Expr::Number(number)));
        }
    }
    match Number::read(text) {
        Some(number) => Ok((rest, Expr::Number(number))),
        None => input.fail(),
    }
}

/// More pairs of digits no number has in words: `1,00,00,00,00,000`.
const MOST_PAIRS: usize = 4;

/// Whether pairs of digits and at the end three follow `first`, and no more, one of which no item of a
/// list is written as: `1,00,000`, but not `12,34,567`.
fn indian_groups(first: &str, rest: Tokens<'_>) -> bool {
    let mut padded = false;
    let pairs = (0..=MOST_PAIRS).find(|at| match comma_group(rest.skip(2 * at), 2) {
        Some(pair) => {
            padded |= pair.starts_with('0');
            false
        }
        None => true,
    });
    let last = rest.skip(2 * pairs.unwrap_or_default());
    let ended =
        !matches!(last.peek_at(2), Some(token) if token.kind == Kind::Sign(',') && !token.spaced);
    first.len() < 3 && padded && pairs > Some(0) && comma_group(last, 3).is_some() && ended
}

/// `,345` or `,345.67` directly after digits, where `length` is three; `,45` where it is two.
fn comma_group<'t>(input: Tokens<'t>, length: usize) -> Option<&'t str> {
    let (comma, digits) = (input.peek_at(0)?, input.peek_at(1)?);
    if comma.kind != Kind::Sign(',') || comma.spaced || digits.spaced {
        return None;
    }
    match digits.kind {
        Kind::Number(text) => {
            let head = text.split(['.', 'e', 'E']).next().unwrap_or_default();
            let all = length == 3 || head.len() == text.len();
            (all && head.len() == length && head.bytes().all(|b| b.is_ascii_digit()))
                .then_some(text)
        }
        _ => None,
    }
}

/// Three dots, or a command for them.
pub(super) fn ellipsis<'t>(input: Tokens<'t>) -> Parsed<'t, ()> {
    let dots = (sign('.'), sign('.'), sign('.'));
    let command = token(|kind| match kind {
        Kind::Command("ldots" | "dots" | "cdots" | "dotsc" | "dotsb" | "dotsm") => Some(()),
        _ => None,
    });
    alt((value((), dots), command)).parse(input)
}

/// The digits that repeat at the end of a decimal which dots continue, and what precedes them:
/// one digit three times, or several digits twice.
fn continued<'s>(text: &'s str, rest: Tokens<'_>) -> Option<(&'s str, &'s str)> {
    if !matches!(rest.peek()?, Kind::Sign('.') | Kind::Command(_)) {
        return None;
    }
    ellipsis(rest).ok()?;
    let point = text.find('.')?;
    let decimals = &text[point + 1..];
    if rest.spaced() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    (1..=decimals.len() / 2).find_map(|length| {
        let period = &decimals[decimals.len() - length..];
        let times = if length == 1 { 3 } else { 2 };
        let mut prefix = decimals;
        let mut found = 0;
        while let Some(shorter) = prefix.strip_suffix(period) {
            prefix = shorter;
            found += 1;
        }
        (found >= times).then(|| (&text[..point + 1 + prefix.len()], period))
    })
}

/// The repeated digits after a decimal, and how many tokens they take: `\overline{3}`, `(3)` after a point.
fn repeating_period(text: &str, rest: Tokens<'_>) -> Option<(String, usize)> {
    let marks = matches!(rest.peek()?, Kind::Sign('(') | Kind::Command(_));
    if !marks || !text.contains('.') || rest.spaced() {
        return None;
    }
    let digits = |index: usize| match rest.peek_at(index).map(|t| t.kind) {
        Some(Kind::Number(d)) if d.bytes().all(|b| b.is_ascii_digit()) => Some(String::from(d)),
        _ => None,
    };
    let is = |index: usize, c: char| rest.peek_at(index).is_some_and(|t| t.kind == Kind::Sign(c));
    // The digit or digits from `index` on, in braces or not, and where they end.
    let marked = |index: usize| {
        if is(index, '{') && is(index + 2, '}') {
            Some((digits(index + 1)?, index + 3))
        } else {
            Some((digits(index)?, index + 1))
        }
    };
    let dotted = |index: usize| match rest.peek_at(index)?.kind {
        Kind::Command("dot") => marked(index + 1),
        _ => None,
    };
    match rest.peek()? {
        // `0.\dot{1}4285\dot{7}`: from the first dot to the last.
        Kind::Command("dot") => {
            let (mut period, mut end) = dotted(0)?;
            let between = digits(end).map(|digits| (digits, end + 1));
            let (inner, after) = between.unwrap_or((String::new(), end));
            if let Some((last, next)) = dotted(after) {
                period.push_str(&inner);
                period.push_str(&last);
                end = next;
            }
            Some((period, end))
        }
        Kind::Command("overline" | "bar" | "overbar") => {
            if is(1, '{') && is(3, '}') {
                Some((digits(2)?, 4))
            } else {
                Some((digits(1)?, 2))
            }
        }
        Kind::Sign('(') if text.ends_with('.') && is(2, ')') => Some((digits(1)?, 3)),
        _ => None,
    }
}

/// Digits with a base as subscript: `1011_2`, `152A_{11}`.
pub(super) fn based<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    // A base has to follow.
    if closes(input.skip(1)) {
        return input.fail();
    }
    if let Some(done) = small_digits(input) {
        return Ok(done);
    }
    let mut digits = String::new();
    let mut length = 0;
    while let Some(Token { kind, spaced }) = input.peek_at(length) {
        let (Kind::Number(part) | Kind::Letters(part)) = kind else {
            break;
        };
        // `2a3_{16}`; in `2a_{11}` the letter has the subscript.
        let between = length > 0
            && matches!(
                input.peek_at(length + 1),
                Some(Token {
                    kind: Kind::Number(_),
                    spaced: false
                })
            );
        let digit = |b: u8| {
            b.is_ascii_digit()
                || b.is_ascii_uppercase()
                || b == b'.'
                || between && b.is_ascii_lowercase()
        };
        if spaced && length > 0 || !part.bytes().all(digit) {
            break;
        }
        digits.push_str(part);
        length += 1;
    }
    let rest = input.skip(length);
    if length == 0 {
        return input.fail();
    }
    base_of(rest, digits)
}

/// `ff_{16}`: several small letters in front of sixteen are the digits that they are as capitals.
fn small_digits(input: Tokens<'_>) -> Option<(Tokens<'_>, Expr)> {
    let Kind::Letters(word) = input.peek()? else {
        return None;
    };
    if word.len() < 2 || !word.bytes().all(|b| matches!(b, b'a'..=b'f')) {
        return None;
    }
    let (rest, numeral) = base_of(input.skip(1), word.to_uppercase()).ok()?;
    matches!(numeral, Expr::Based(_, 16)).then_some((rest, numeral))
}

/// The base behind `digits`, which makes them a numeral in it.
pub(super) fn base_of<'t>(input: Tokens<'t>, digits: String) -> Parsed<'t, Expr> {
    let subscript = input.peek() == Some(Kind::Sign('_'));
    let told = told_base(input.skip(usize::from(subscript)), subscript, 0);
    let fits =
        |base| (2..=36).contains(&base) && digits.chars().all(|c| c == '.' || c.is_digit(base));
    match told.filter(|(_, base)| fits(*base)) {
        Some((rest, base)) => Ok((rest, Expr::Based(digits, base))),
        None => input.fail(),
    }
}

/// Brackets around a base and words before it, at most.
const DEEPEST_BASE: usize = 4;

/// A base that is said to be one, in a subscript or by its name: `_8`, `_{(8)}`, `_\text{eight}`,
/// `\text{in base }8`, `\text{(base 8)}`.
fn told_base(input: Tokens<'_>, named: bool, depth: usize) -> Option<(Tokens<'_>, u32)> {
    if depth > DEEPEST_BASE {
        return None;
    }
    let rest = input.skip(1);
    match input.peek()? {
        Kind::Sign(open @ ('{' | '(')) => {
            let (rest, base) = told_base(rest, named, depth + 1)?;
            let close = if open == '{' { '}' } else { ')' };
            (rest.peek() == Some(Kind::Sign(close))).then(|| (rest.skip(1), base))
        }
        Kind::Number(digits) if named => Some((rest, digits.parse().ok()?)),
        Kind::Letters(words) | Kind::Text(words) => {
            let words = words.trim().trim_start_matches('(').trim_end_matches(')');
            let told = words.strip_prefix("in").unwrap_or(words).trim_start();
            match told.strip_prefix("base").map(str::trim_start) {
                Some("") => told_base(rest, true, depth + 1),
                Some(base) => Some((rest, base_in_words(base)?)),
                None if told.is_empty() => told_base(rest, named, depth + 1),
                None if named => Some((rest, base_in_words(words)?)),
                None => None,
            }
        }
        _ => None,
    }
}

/// The numeral in brackets that a base follows.
pub(super) fn based_group<'t>(input: Tokens<'t>, group: &Expr) -> Parsed<'t, Expr> {
    let inner = match group {
        Expr::Group(Bracket::Round, items, Bracket::Round) => items.as_slice(),
        other => core::slice::from_ref(other),
    };
    match inner {
        [Expr::Number(number)] if number.is_integer() => {
            base_of(input, format!("{}", number.value))
        }
        _ => input.fail(),
    }
}

/// A base in digits or as a word.
fn base_in_words(word: &str) -> Option<u32> {
    const WORDS: &str = "two three four five six seven eight nine ten eleven twelve";
    let spelled = WORDS.split(' ').position(|w| w == word);
    spelled
        .map(|at| at as u32 + 2)
        .or_else(|| word.parse().ok())
}
