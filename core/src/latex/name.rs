//! Names: letters with subscripts, accents and primes, and functions that are applied.

use super::bracket::{bracketed, grouped, items};
use super::factor::argument;
use super::input::{Parsed, Tokens, sign, token, within};
use super::parser::{relation, relation_sign};
use super::token::{Kind, Token};
use super::vocabulary;
use crate::expr::{Bracket, Expr, Number, Operation, Relation, SetOperation, Sign};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use nom::Parser;

/// A letter with its subscript, as a function where it is applied.
pub(super) fn name<'t>(input: Tokens<'t>, letter: String, opens: bool) -> Parsed<'t, Expr> {
    let mut rest = input;
    let mut name = letter;
    let separates = |t: Token<'_>| matches!(t.kind, Kind::Sign(',' | ';'));
    if rest.peek() == Some(Kind::Sign('_')) && !rest.peek_at(1).is_some_and(separates) {
        let start = rest.skip(1);
        let next = skipped(start);
        name.push('_');
        spell(start.until(&next), &mut name);
        let tail = name.split_off(name.trim_end_matches([',', ';', '\'']).len());
        name.extend(tail.chars().filter(|c| *c == '\''));
        rest = next;
    }
    while let Some(Kind::Sign('\'')) = rest.peek() {
        name.push('\'');
        rest = rest.skip(1);
    }
    // The inverse of a function, where it is applied.
    let inverse = |input| {
        (
            sign('^'),
            sign('{'),
            sign('-'),
            token(|k| (k == Kind::Number("1")).then_some(())),
            sign('}'),
        )
            .parse(input)
    };
    if let (true, Ok((after, _))) = (names_function(&name), inverse(rest)) {
        if matches!(after.peek(), Some(Kind::Sign('('))) {
            name.push_str("^-1");
            rest = after;
        }
    }
    let applied = match rest.peek() {
        Some(Kind::Sign('(')) => opens || name.len() > 1,
        Some(Kind::Sign('[')) => name == "E" && holds_capitals(rest),
        _ => false,
    };
    if applied && !rest.spaced() {
        if let Some(done) = application(rest, &name) {
            return Ok(done);
        }
    }
    Ok((rest, Expr::Symbol(name)))
}

/// Whether the brackets hold capital letters and sums of them, as where E is the mean of a random
/// variable.
fn holds_capitals(input: Tokens<'_>) -> bool {
    // E and I may be constants.
    let is_variable =
        |word: &str| matches!(word.as_bytes(), [b'A'..=b'Z']) && !matches!(word, "E" | "I");
    let mut inside = input.rest().iter().skip(1).map(|token| token.kind);
    loop {
        if !matches!(inside.next(), Some(Kind::Letters(word)) if is_variable(word)) {
            return false;
        }
        match inside.next() {
            Some(Kind::Sign(')' | ']')) => return true,
            Some(Kind::Sign('+' | '-')) => {}
            _ => return false,
        }
    }
}

/// Letters that usually name functions.
pub(super) fn names_function(name: &str) -> bool {
    matches!(name.chars().next(), Some('f' | 'g' | 'h' | 'F' | 'G' | 'H'))
}

/// What follows a group, or one token, whatever it holds.
pub(super) fn skipped<'t>(input: Tokens<'t>) -> Tokens<'t> {
    let mut rest = input;
    let mut depth = 0u32;
    loop {
        match rest.peek() {
            Some(Kind::Sign('{')) => depth += 1,
            Some(Kind::Sign('}')) => depth = depth.saturating_sub(1),
            None => return rest,
            _ => {}
        }
        rest = rest.skip(1);
        if depth == 0 {
            return rest;
        }
    }
}

/// `f(x)`: letters that usually name functions, any letter before a lone numeral or several arguments,
/// and E before random variables are applied; before other brackets a letter is a factor.
fn application<'t>(input: Tokens<'t>, name: &str) -> Option<(Tokens<'t>, Expr)> {
    let function =
        names_function(name) || name.contains('\'') || name == "E" && holds_capitals(input);
    let lone_number = matches!(input.peek_at(1).map(|t| t.kind), Some(Kind::Number(_)))
        && matches!(input.peek_at(2).map(|t| t.kind), Some(Kind::Sign(')')));
    let lone_letter_defined = is_letter_defined(input);
    if name == "P" {
        if let Some(done) = conditional(input).or_else(|| event(input)) {
            return Some(done);
        }
    }
    let (rest, group) = bracketed(input).ok()?;
    match group {
        Expr::Group(Bracket::Round, items, Bracket::Round)
        | Expr::Group(Bracket::Square, items, Bracket::Square)
            if function || lone_number || lone_letter_defined || items.len() > 1 =>
        {
            Some((rest, Expr::Apply(String::from(name), items)))
        }
        _ => None,
    }
}

/// Whether one letter, with an accent or not, is all that the brackets hold, and an equals sign follows:
/// `A(t) =`, `T(\vec{x}) =`.
pub(super) fn is_letter_defined(input: Tokens<'_>) -> bool {
    let kind = |at: usize| input.peek_at(at).map(|token| token.kind);
    let end = match (kind(1), kind(2), kind(4)) {
        (Some(Kind::Command(accent)), Some(Kind::Sign('{')), Some(Kind::Sign('}')))
            if vocabulary::is_accent(accent) =>
        {
            5
        }
        (Some(Kind::Command(accent)), ..) if vocabulary::is_accent(accent) => 3,
        (Some(Kind::Letters(_) | Kind::Text(_) | Kind::Command(_)), ..) => 2,
        _ => return false,
    };
    kind(end) == Some(Kind::Sign(')')) && kind(end + 1) == Some(Kind::Sign('='))
}

/// `P(X > 2)`: the probability of what a relation says.
fn event<'t>(input: Tokens<'t>) -> Option<(Tokens<'t>, Expr)> {
    let (rest, said) = within(false, relation)(input.skip(1)).ok()?;
    match (rest.peek(), said) {
        (Some(Kind::Sign(')')), said @ Expr::Relation(..)) => {
            Some((rest.skip(1), Expr::Apply(String::from("P"), vec![said])))
        }
        _ => None,
    }
}

/// `P(A | B)`: a probability under a condition, named as it is written.
fn conditional<'t>(input: Tokens<'t>) -> Option<(Tokens<'t>, Expr)> {
    let inside = input.skip(1).rest();
    let end = inside.iter().position(|t| t.kind == Kind::Sign(')'))?;
    let inside = &inside[..end];
    let bar = |t: &Token<'_>| matches!(t.kind, Kind::Sign('|') | Kind::Command("mid" | "vert"));
    let nested = |t: &Token<'_>| matches!(t.kind, Kind::Sign('(') | Kind::Command("{"));
    if inside.iter().filter(|t| bar(t)).count() != 1 || inside.iter().any(nested) {
        return None;
    }
    let (mut event, mut given) = (String::new(), String::new());
    let mut parts = inside.split(bar);
    spell(parts.next()?, &mut event);
    spell(parts.next()?, &mut given);
    let condition = format!("{event}|{given}");
    // A bracket in words would end it where it is read again.
    if condition.contains(['(', ')']) {
        return None;
    }
    let condition = vec![Expr::Symbol(condition)];
    Some((
        input.skip(end + 2),
        Expr::Apply(String::from("P"), condition),
    ))
}

/// Tokens as part of a name: without spaces, and without what groups, or what a name would lose where
/// it is read again.
pub(super) fn spell(tokens: &[Token<'_>], out: &mut String) {
    let mut raw = String::new();
    for Token { kind, .. } in tokens {
        match kind {
            Kind::Letters(t) | Kind::Number(t) | Kind::Text(t) => raw.push_str(t),
            Kind::Command(t) if t.starts_with(|c: char| c.is_ascii_alphabetic()) => raw.push_str(t),
            Kind::Sign(c) => raw.push(*c),
            _ => {}
        }
    }
    // A bar would be that of a condition.
    let shapes = |c: char| matches!(c, '{' | '}' | '$' | '"' | '\\' | '~' | '|');
    let mut chars = raw
        .chars()
        .filter(|c| !shapes(*c) && !c.is_control() && !c.is_whitespace())
        .peekable();
    while let Some(c) = chars.next() {
        let lost = match c {
            // A point that ends something says nothing, and two stars would be a power.
            '.' => {
                !out.ends_with(|c: char| c.is_ascii_digit())
                    || !chars.peek().is_some_and(char::is_ascii_digit)
            }
            '*' => out.ends_with('*'),
            // The digit behind a letter alone is its index, where it is read again.
            digit if digit.is_ascii_digit() && ends_in_letter_alone(out) => {
                out.push('_');
                false
            }
            _ => false,
        };
        if !lost {
            out.push(c);
        }
    }
}

/// Whether `text` ends in a letter with none before it.
fn ends_in_letter_alone(text: &str) -> bool {
    let mut letters = text.chars().rev().map(char::is_alphabetic);
    letters.next() == Some(true) && letters.next() != Some(true)
}

/// Words without signs that only shape the page, and with one space or backslash where several stand.
pub(super) fn legible(words: &str) -> String {
    let kept: String = words.chars().filter(|c| !matches!(c, '$' | '"')).collect();
    let mut out = String::with_capacity(kept.len());
    for word in kept.split(|c: char| c.is_whitespace() || c == '~') {
        let word = word.trim_end_matches('\\');
        if !out.is_empty() && !word.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            if c != '\\' || !out.ends_with('\\') {
                out.push(c);
            }
        }
    }
    out
}

/// `\angle ABC`: the points are part of the name.
pub(super) fn figure<'t>(input: Tokens<'t>, word: &str) -> Parsed<'t, Expr> {
    let mut rest = input;
    while matches!(rest.peek(), Some(Kind::Letters(w)) if w.chars().all(char::is_uppercase)) {
        rest = rest.skip(1);
        if let Some(Kind::Sign('_')) = rest.peek() {
            rest = argument(rest.skip(1))?.0;
        }
    }
    let mut name = format!("\\{word} ");
    spell(input.until(&rest), &mut name);
    Ok((rest, Expr::Symbol(name)))
}

/// `\overline{AB}` is a segment, `\overline{z}` a conjugate.
pub(super) fn overline<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, inner) = argument(input)?;
    Ok((
        rest,
        match inner {
            Expr::Word(_) | Expr::Number(_) => inner,
            other => Expr::Call(Operation::Conj, items(other)),
        },
    ))
}

pub(super) fn alphabet<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let (rest, inner) = argument(input)?;
    match inner {
        Expr::Symbol(letter) => number_set(rest, &letter),
        other => Ok((rest, grouped(other))),
    }
}

/// The set of numbers that a letter stands for.
fn set_of_numbers(letter: &str) -> Option<char> {
    let mut chars = letter.chars();
    match (chars.next(), chars.next()) {
        (Some(set @ ('R' | 'Z' | 'N' | 'Q' | 'C')), None) => Some(set),
        _ => None,
    }
}

/// What something is drawn from: behind `\in` the letters of the number sets stand for them.
pub(super) fn drawn_from(set: Expr) -> Expr {
    match set {
        Expr::Symbol(name) => match set_of_numbers(&name) {
            Some(set) => Expr::NumberSet(set, None),
            None => Expr::Symbol(name),
        },
        Expr::Text(name) => match set_of_numbers(&name) {
            Some(set) => Expr::NumberSet(set, None),
            None => Expr::Text(name),
        },
        Expr::SetOperation(operation, sets) => {
            Expr::SetOperation(operation, sets.into_iter().map(drawn_from).collect())
        }
        set => set,
    }
}

/// A named set of numbers with its sign, or another letter of that alphabet.
pub(super) fn number_set<'t>(input: Tokens<'t>, letter: &str) -> Parsed<'t, Expr> {
    let Some(set) = set_of_numbers(letter) else {
        return name(input, String::from(letter), false);
    };
    let (rest, found) = match modified(input, set) {
        Some(modified) => modified,
        None => (input, Expr::NumberSet(set, None)),
    };
    if rest.peek() == Some(Kind::Sign('_')) {
        return name(input, String::from(letter), false);
    }
    Ok((rest, found))
}

/// What a script makes of a set of numbers: those on one side of zero, `^+`, `_{>0}`, `_{\ge 0}`, or all
/// but zero, `_{\ne 0}`.
fn modified(input: Tokens<'_>, set: char) -> Option<(Tokens<'_>, Expr)> {
    if !matches!(input.peek()?, Kind::Sign('^' | '_')) {
        // `n \in N*`
        let ends = matches!(
            input.peek_at(1).map(|token| token.kind),
            None | Some(Kind::Sign(',' | ';' | ')'))
        );
        let star = set == 'N' && ends && input.peek() == Some(Kind::Sign('*'));
        return star.then(|| (input.skip(1), Expr::NumberSet('Z', Some(Sign::Plus))));
    }
    let braced = input.skip(1).peek() == Some(Kind::Sign('{'));
    let inside = input.skip(1 + usize::from(braced));
    let (rest, sign, zero) = match inside.peek()? {
        Kind::Sign('+') => (inside.skip(1), Some(Sign::Plus), None),
        Kind::Sign('*') | Kind::Command("ast" | "star") => match set {
            'N' => (inside.skip(1), Some(Sign::Plus), None),
            _ => (inside.skip(1), None, Some(SetOperation::Difference)),
        },
        Kind::Sign('-') => (inside.skip(1), Some(Sign::Minus), None),
        _ if !braced => return None,
        _ => {
            let (rest, relation) = relation_sign(inside).ok()?;
            if rest.peek() != Some(Kind::Number("0")) {
                return None;
            }
            let (sign, zero) = match relation {
                Relation::Greater => (Some(Sign::Plus), None),
                Relation::Less => (Some(Sign::Minus), None),
                Relation::GreaterEqual => (Some(Sign::Plus), Some(SetOperation::Union)),
                Relation::LessEqual => (Some(Sign::Minus), Some(SetOperation::Union)),
                Relation::NotEqual => (None, Some(SetOperation::Difference)),
                _ => return None,
            };
            (rest.skip(1), sign, zero)
        }
    };
    let set = match (set, sign, &zero) {
        // Whether zero is natural or not, these are the positive integers.
        ('N', Some(Sign::Plus), None) => 'Z',
        (set, ..) => set,
    };
    let mut modified = Expr::NumberSet(set, sign);
    if let Some(operation) = zero {
        let zero = vec![Expr::Number(Number::integer(0))];
        let zero = Expr::Group(Bracket::Curly, zero, Bracket::Curly);
        modified = Expr::SetOperation(operation, vec![modified, zero]);
    }
    match (braced, rest.peek()) {
        (false, _) => Some((rest, modified)),
        (true, Some(Kind::Sign('}'))) => Some((rest.skip(1), modified)),
        _ => None,
    }
}
