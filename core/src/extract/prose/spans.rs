//! Spans of mathematics as the values of a reply.

use core::ops::Range;

use super::Prose;
use crate::extract::aside;
use crate::extract::claim;
use crate::extract::clause::{GIVING, VERBS};
use crate::extract::math::{self, MathSpan};
use crate::extract::plain;
use crate::extract::quantity;
use crate::extract::retraction;
use crate::extract::token::{Token, tokens};

impl<'a> Prose<'a> {
    /// The last span of mathematics of the last sentence that has one, or the list that it ends. A
    /// number that a conclusion states after it comes first.
    pub(in crate::extract) fn last_span(&self) -> Option<&'a str> {
        let last = self.spans.last()?;
        let index = self
            .sentences
            .partition_point(|s| s.end <= last.outer.start);
        let sentence = self.sentences.get(index)?.clone();
        let later = self.sentences.get(index + 1..)?.iter().rev();
        let conclusion = later
            .map(|s| self.slice(s.clone()))
            .filter(|s| retraction::opens_with(&aside::CONCLUDING, s))
            .find_map(plain::last);
        if conclusion.is_some() {
            return conclusion.and_then(|value| self.claimed(value));
        }
        // "The largest $n$ is 34." "The value of $y$ when $x = 3$ is 42."
        let after = self.slice(last.outer.end..sentence.end);
        let claims =
            matches!(tokens(after).next(), Some(Token::Word(word)) if VERBS.contains(&word));
        if claims || is_name(self.slice(last.inner.clone())) {
            let number = plain::last(after);
            if number.is_some() {
                return number.and_then(|value| self.claimed(value));
            }
        }
        let claim = self.without_reason(sentence.clone());
        let mut spans = self.spans_in(&claim);
        if spans.is_empty() {
            spans = self.spans_in(&sentence);
        }
        // "There are $7$ ordered pairs $(x, y)$", "$\frac{1}{3}$, or about $0.33$".
        while let Some((last, before)) = spans.split_last() {
            let named = self.names_what_counts(last);
            if !named && !self.is_counted_from(before, last) && !self.approximates(before, last) {
                break;
            }
            if before.is_empty() {
                let counted = plain::last(self.slice(sentence.start..last.outer.start));
                let number = counted.and_then(|value| self.claimed(value));
                if number.is_some() {
                    return number;
                }
                break;
            }
            spans = before;
        }
        while let Some(value) = self.last_math(spans) {
            let claimed = self.claimed(value);
            if claimed.is_some() {
                return claimed;
            }
            let start = self.range_of(value).start;
            spans = spans.get(..spans.partition_point(|s| s.outer.end <= start))?;
        }
        None
    }

    /// Whether a span is no value but the name of what is counted or asked for: "values of $n$".
    fn names_what_counts(&self, span: &MathSpan) -> bool {
        let math = self.slice(span.inner.clone()).trim();
        let math = math.trim_end_matches(['.', ',']);
        // f(t)
        let function = math.strip_suffix(')').and_then(|math| math.split_once('('));
        let function = function.filter(|(name, of)| is_name(name) && is_name(of));
        let math = function.map_or(math, |(name, _)| name);
        let inside = math.strip_prefix('(').and_then(|m| m.strip_suffix(')'));
        let mut names = inside.unwrap_or(math).split(',').map(str::trim);
        let word = plain::last_word(self.slice(0..span.outer.start));
        let of = matches!(word, "by" | "for" | "in" | "of" | "on" | "with");
        let counts = word.len() > 3 && word.ends_with('s') && !claim::is_verb(word);
        (of || counts && !GIVING.contains(&word)) && names.all(is_name)
    }

    /// Whether a span says out of how many the one before it counts: "$10$ of the $18$ children".
    fn is_counted_from(&self, before: &[MathSpan], span: &MathSpan) -> bool {
        let before = before.last().map(|part| part.outer.end);
        before.is_some_and(|end| self.slice(end..span.outer.start).trim() == "of the")
    }

    /// Whether a span rounds the one before it: "or about $0.33$".
    fn approximates(&self, before: &[MathSpan], span: &MathSpan) -> bool {
        let Some(exact) = before.last() else {
            return false;
        };
        let mut rounds = false;
        let mut tokens = tokens(self.slice(exact.outer.end..span.outer.start));
        tokens.all(|token| match token {
            Token::Word("about" | "approximately" | "roughly") | Token::Symbol('≈') => {
                rounds = true;
                true
            }
            Token::Word("or" | "which" | "is" | "i" | "e") => true,
            Token::Symbol(',' | '(' | '.') => true,
            _ => false,
        }) && rounds
    }

    /// The last of `spans`, or the list that it ends.
    pub(super) fn last_math(&self, spans: &[MathSpan]) -> Option<&'a str> {
        self.math(self.list_at_end(spans))
    }

    /// The last spans, as many as one list joins.
    pub(super) fn list_at_end<'s>(&self, spans: &'s [MathSpan]) -> &'s [MathSpan] {
        let pairs = spans.windows(2).rev();
        let joined = pairs.take_while(|pair| self.is_joined(pair)).count();
        let start = spans.len().saturating_sub(joined + 1);
        spans.get(start..).unwrap_or_default()
    }

    pub(super) fn is_joined(&self, pair: &[MathSpan]) -> bool {
        let [a, b] = pair else {
            return false;
        };
        let supposed = plain::supposes(plain::last_word(self.slice(0..a.outer.start)));
        let [left, right] = [a, b].map(|span| self.slice(span.inner.clone()).trim());
        let gap = self.slice(a.outer.end..b.outer.start);
        let restates = gap.trim() == ", or" || left.ends_with(',') && gap.trim() == "or";
        let follows = match (left.split_once('='), right.split_once('=')) {
            // "$m = 5$, $n = 19$, and $m + n = 24$" ends with what follows from the rest.
            (Some((left, _)), Some((right, _))) => !(is_assigned(left) && is_assigned(right)),
            // "cannot be $0$, $x = 5$"
            (None, Some(_)) => true,
            // "$d = 15\frac{39}{40}$, or $\frac{639}{40}$" writes one value anew.
            (Some((left, value)), None) => restates && (!is_assigned(left) || value.contains('=')),
            (None, None) => false,
        };
        !supposed && !follows && is_list_gap(gap)
    }

    /// The text of a span, or of several that are one list, with the unit behind it.
    pub(super) fn math(&self, list: &[MathSpan]) -> Option<&'a str> {
        let (first, last) = (list.first()?, list.last()?);
        let after = self.text.get(last.outer.end..)?;
        let sign = ["%", "\\%"]
            .into_iter()
            .find(|sign| after.trim_start().starts_with(sign));
        let text = match (list, sign.or_else(|| quantity::unit(after))) {
            (_, Some(unit)) => {
                let end = last.outer.end + after.find(unit)? + unit.len();
                // "$v = 300$ m": the unit belongs to the value.
                let inner = self.slice(last.inner.clone());
                let value = inner.rfind('=').filter(|_| list.len() == 1);
                let value = value.filter(|at| inner[*at..].contains(char::is_numeric));
                let start = value.map_or(first.outer.start, |at| last.inner.start + at + 1);
                self.slice(start..end)
            }
            ([span], None) => math::conclusion(self.text, span),
            _ => self.slice(first.outer.start..last.outer.end),
        };
        let text = text.trim().trim_end_matches(['.', ',', ';', ':', ' ']);
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn spans_in(&self, range: &Range<usize>) -> &[MathSpan] {
        let start = self.spans.partition_point(|s| s.outer.start < range.start);
        let end = self.spans.partition_point(|s| s.outer.start < range.end);
        self.spans.get(start..end).unwrap_or_default()
    }
}

/// Whether two spans of mathematics with `gap` between them are members of one list.
fn is_list_gap(gap: &str) -> bool {
    let mut joined = false;
    for token in tokens(gap) {
        match token {
            Token::Symbol('(' | ')') | Token::Word("also" | "maybe" | "perhaps" | "possibly") => {}
            Token::Symbol(',' | ';' | '、' | '，') | Token::Word("out") => joined = true,
            Token::Word(word) if plain::is_conjunction(word) => joined = true,
            Token::Word("of") if joined => {}
            _ => return false,
        }
    }
    joined
}

/// Whether the left side of an equation is a name, or a point or a function.
fn is_assigned(left: &str) -> bool {
    is_name(left) || left.trim().ends_with(')')
}

/// Whether `math` is the name of something and no value: `n`, `x_1`.
fn is_name(math: &str) -> bool {
    let math = math.trim();
    math.starts_with(|c: char| c.is_ascii_alphabetic())
        && matches!(math.as_bytes(), [_] | [_, b'_', ..])
}
