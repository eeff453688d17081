//! LaTeX and plain notation → [`Expr`].

mod aside;
mod big;
mod bracket;
mod condition;
mod environment;
mod factor;
mod fold;
mod function;
mod input;
mod label;
mod lexer;
mod name;
mod number;
mod operand;
mod parser;
mod product;
#[cfg(test)]
mod round_trip;
mod spoken;
mod token;
mod unit;
mod vocabulary;

use crate::expr::Expr;
use crate::limits::Limits;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use input::Commas;
use token::{Kind, Token};

/// What a text may mean, as far as its commas leave that open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Readings {
    /// Commas before three digits group a number; all others separate.
    pub(crate) grouped: Expr,
    /// Every comma separates, where that differs.
    pub(crate) separated: Option<Expr>,
    /// The one comma is a decimal comma, where it cannot group.
    pub(crate) decimal: Option<Expr>,
}

/// Reads `text` as one answer; what is not mathematics is [`Expr::Text`]. `None` where nothing is
/// written.
pub(crate) fn read(text: &str, limits: &Limits) -> Option<Readings> {
    if text.len() > limits.length {
        return Some(Readings::words(text));
    }
    let folded = fold::fold(text);
    // What one character stands for may be long.
    if folded.len() > limits.length {
        return Some(Readings::words(text));
    }
    let first = tokens(&folded);
    if first.is_empty() {
        return None;
    }
    let parse = |text: &str, commas| parser::parse(tokens(text), commas, limits);
    let decimal = decimal_point(&folded)
        .filter(|_| !plain_commas(text).contains(['(', '[', '{']))
        .or_else(|| decimal_points(&folded))
        .and_then(|point| parse(&point, Commas::Group));
    // Words that hold commands would be read anew without their marks: they stay as they are written.
    let settled =
        |expr: &Expr| !matches!(expr, Expr::Text(words) if words.contains(['\\', '{', '}']));
    let Some(grouped) = parser::parse(first, Commas::Group, limits).filter(settled) else {
        return Some(Readings {
            decimal,
            ..Readings::words(text)
        });
    };
    let separated = may_separate(&folded)
        .then(|| parse(&folded, Commas::Separate))
        .flatten()
        .filter(|separated| *separated != grouped);
    Some(Readings {
        grouped,
        separated,
        decimal,
    })
}

/// The tokens of `text`. In the notation of sympy, where no letter is a variable and none has a
/// subscript, `I` is the imaginary unit and `E` the base of the natural logarithm.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = spoken::said(aside::opened(lexer::lex(text)));
    spoken::resign(&mut tokens);
    // `<1, 2, 3>`: no relation begins an answer and ends it.
    if let [first, .., last] = tokens.as_mut_slice() {
        if (first.kind, last.kind) == (Kind::Sign('<'), Kind::Sign('>')) {
            first.kind = Kind::Command("langle");
            last.kind = Kind::Command("rangle");
        }
    }
    let is_constant = |token: &Token| match token.kind {
        Kind::Letters(word) => {
            matches!(word, "I" | "E" | "pi" | "oo" | "sqrt" | "Rational")
                || vocabulary::function(word).is_some()
        }
        Kind::Command(_) | Kind::Text(_) | Kind::Begin(_) | Kind::End(_) => false,
        _ => true,
    };
    let plain = text.contains('*') && !text.contains('_') && tokens.iter().all(is_constant);
    if plain {
        // With an argument it is a name, before a digit the digit of a numeral.
        let named = |next: Option<&Token>| {
            next.is_some_and(|token| match token.kind {
                Kind::Sign('(' | '\'') => true,
                Kind::Number(_) => !token.spaced,
                _ => false,
            })
        };
        for at in 0..tokens.len() {
            let named = named(tokens.get(at + 1));
            if let Some(token) = tokens.get_mut(at).filter(|_| !named) {
                match token.kind {
                    Kind::Letters("I") => token.kind = Kind::Letters("i"),
                    Kind::Letters("E") => token.kind = Kind::Letters("e"),
                    _ => {}
                }
            }
        }
    }
    tokens
}

impl Readings {
    fn words(text: &str) -> Self {
        Self {
            grouped: Expr::Text(String::from(text.trim_matches([' ', '\n']))),
            separated: None,
            decimal: None,
        }
    }
}

/// How many tokens `text` has.
#[cfg(feature = "stages")]
pub(crate) fn token_count(text: &str) -> usize {
    tokens(&fold::fold(text)).len()
}

/// The tokens of `text`, each as it is spelled once folded.
pub(crate) fn token_spellings(text: &str) -> Vec<String> {
    let folded = fold::fold(text);
    let tokens = lexer::lex(&folded);
    let spell = |token: &Token<'_>| match token.kind {
        Kind::Number(t) | Kind::Letters(t) => String::from(t),
        Kind::Command(name) => format!("\\{name}"),
        Kind::Text(words) => format!("\\text{{{words}}}"),
        Kind::Begin(name) => format!("\\begin{{{name}}}"),
        Kind::End(name) => format!("\\end{{{name}}}"),
        Kind::Sign(c) => String::from(c),
        Kind::Row => String::from("\\\\"),
    };
    tokens.iter().map(spell).collect()
}

/// The tokens of `text` in one spelling, for comparing what is not mathematics word by word.
pub(crate) fn spelling(text: &str) -> String {
    let folded = fold::fold(text);
    let mut out = String::with_capacity(folded.len());
    for token in lexer::lex(&folded) {
        match token.kind {
            Kind::Command("dfrac" | "tfrac" | "cfrac") => out.push_str("\\frac"),
            Kind::Command(name) => {
                out.push('\\');
                out.push_str(name);
            }
            Kind::Number(t) | Kind::Letters(t) | Kind::Text(t) | Kind::Begin(t) | Kind::End(t) => {
                out.push_str(t)
            }
            Kind::Sign('{' | '}') => {}
            Kind::Sign(c) => out.push(c),
            Kind::Row => out.push(';'),
        }
        out.push(' ');
    }
    out
}

/// Whether commas between digits may separate: `1,234` may be a list, `1,000` is none, since no item
/// of a list is written `000`.
fn may_separate(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut commas =
        (1..bytes.len()).filter(|at| bytes[*at] == b',' && digit(at - 1) && digit(at + 1));
    let zeros = |at: usize| bytes.get(at + 1) == Some(&b'0') && digit(at + 2);
    let mut any = false;
    let all = commas.all(|at| {
        any = true;
        !zeros(at)
    });
    any && all
}

/// `text` without the braces of `1{,}5`.
fn plain_commas(text: &str) -> Cow<'_, str> {
    if text.contains('{') {
        Cow::Owned(text.replace("{,}", ","))
    } else {
        Cow::Borrowed(text)
    }
}

/// `(1,5; 2,5)` with points: where semicolons separate, each item holds at most one comma, and each of
/// these stands between digits and groups no thousands.
fn decimal_points(text: &str) -> Option<String> {
    if !text.contains(';') || !text.contains(',') || text.contains('.') {
        return None;
    }
    let mut points = String::with_capacity(text.len());
    for (at, item) in text.split(';').enumerate() {
        if at > 0 {
            points.push(';');
        }
        match item.contains(',') {
            true => points.push_str(&decimal_point(item)?),
            false => points.push_str(item),
        }
    }
    Some(points)
}

/// `text` with its only comma as a point, where that comma stands between digits, groups no
/// thousands, and nothing else in the text is a decimal or a list.
fn decimal_point(text: &str) -> Option<String> {
    if !text.contains(',') {
        return None;
    }
    let text = plain_commas(text);
    let at = text.find(',')?;
    let (before, after) = (&text[..at], &text[at + 1..]);
    // `1.234,5`: points that group before the comma.
    let ungrouped;
    let (first, groups) = before.split_once('.').unwrap_or((before, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let three = |group: &str| group.len() == 3 && digits(group);
    let pointed = digits(first) && (1..=3).contains(&first.len()) && groups.split('.').all(three);
    let before = if pointed {
        ungrouped = before.replace('.', "");
        &ungrouped
    } else {
        before
    };
    let fraction = after.bytes().take_while(u8::is_ascii_digit).count();
    let grouping = fraction == 3 && {
        let whole = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        (1..=3).contains(&whole) && before != "0"
    };
    if fraction == 0
        || grouping
        || !before.ends_with(|c: char| c.is_ascii_digit())
        || before.contains('.')
        || after.contains('.')
        || after.contains([',', ';'])
    {
        return None;
    }
    let mut point = String::from(before);
    point.push('.');
    point.push_str(after);
    Some(point)
}
