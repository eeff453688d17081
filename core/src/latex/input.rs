//! The parser's input: tokens, and what the place that is being read allows.

use super::token::{Kind, Token};
use core::cell::Cell;
use core::iter::{Copied, Enumerate};
use core::slice::Iter;
use nom::error::{Error, ErrorKind};
use nom::{Err, IResult, Input, Needed};

pub(super) type Parsed<'t, T> = IResult<Tokens<'t>, T>;

/// What a comma between a digit and three digits is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commas {
    /// Part of one number: `1,234` is 1234.
    Group,
    /// Between two items: `1,234` is 1 and 234.
    Separate,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'t> {
    rest: &'t [Token<'t>],
    /// Levels of nesting that may still be opened.
    pub(super) depth: u32,
    /// Whether a `|` closes what is being read.
    pub(super) bar_closes: bool,
    pub(super) commas: Commas,
    /// Tokens that may still be looked at: bounds backtracking.
    steps: &'t Cell<u32>,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(
        rest: &'t [Token<'t>],
        depth: u32,
        commas: Commas,
        steps: &'t Cell<u32>,
    ) -> Self {
        Self {
            rest,
            depth,
            bar_closes: false,
            commas,
            steps,
        }
    }

    pub(super) fn with_commas(self, commas: Commas) -> Self {
        Self { commas, ..self }
    }

    /// These tokens in place of the rest.
    pub(super) fn with_tokens<'s>(&self, rest: &'s [Token<'s>]) -> Tokens<'s>
    where
        't: 's,
    {
        Tokens { rest, ..*self }
    }

    pub(super) fn peek(&self) -> Option<Kind<'t>> {
        self.rest.first().map(|t| t.kind)
    }

    pub(super) fn peek_at(&self, index: usize) -> Option<Token<'t>> {
        self.rest.get(index).copied()
    }

    pub(super) fn rest(&self) -> &'t [Token<'t>] {
        self.rest
    }

    /// The same tokens one level further down, where a `|` closes what is read or not.
    fn deeper(self, bar_closes: bool) -> Result<Self, Err<Error<Self>>> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self {
                depth,
                bar_closes,
                ..self
            }),
            None => Err(Err::Failure(Error::new(self, ErrorKind::TooLarge))),
        }
    }

    /// These tokens on the level of `other`.
    fn level_with(self, other: &Self) -> Self {
        Self {
            depth: other.depth,
            bar_closes: other.bar_closes,
            ..self
        }
    }

    /// Whether white space stands before the next token.
    pub(super) fn spaced(&self) -> bool {
        self.rest.first().is_some_and(|t| t.spaced)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn skip(self, count: usize) -> Self {
        Self {
            rest: self.rest.get(count..).unwrap_or_default(),
            ..self
        }
    }

    /// The tokens between here and `end`, which is a later place of the same input.
    pub(super) fn until(&self, end: &Self) -> &'t [Token<'t>] {
        &self.rest[..self.rest.len().saturating_sub(end.rest.len())]
    }

    /// Takes as many looks as `tokens` tokens cost. False where fewer are left.
    pub(super) fn charge(&self, tokens: usize) -> bool {
        let left = u32::try_from(tokens).map_or(None, |cost| self.steps.get().checked_sub(cost));
        self.steps.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Shows the tokens before the bracket that closes, without those in further brackets, each with
    /// the one behind it, until `look` is false. False where looking costs more than is left.
    pub(super) fn look_ahead(
        &self,
        look: &mut dyn FnMut(Kind<'t>, Option<Token<'t>>) -> bool,
    ) -> bool {
        let mut depth = 0u32;
        for (at, token) in self.rest.iter().enumerate() {
            let goes_on = match token.kind {
                Kind::Sign('(' | '[' | '{') | Kind::Command("{") => {
                    depth += 1;
                    true
                }
                Kind::Sign(')' | ']' | '}') | Kind::Command("}") => {
                    let inside = depth > 0;
                    depth = depth.saturating_sub(1);
                    inside
                }
                kind => depth > 0 || look(kind, self.rest.get(at + 1).copied()),
            };
            if !goes_on {
                return self.charge(at + 1);
            }
        }
        self.charge(self.rest.len())
    }

    pub(super) fn fail<T>(self) -> Parsed<'t, T> {
        Err(Err::Error(Error::new(self, ErrorKind::Verify)))
    }
}

impl<'t> Input for Tokens<'t> {
    type Item = Token<'t>;
    type Iter = Copied<Iter<'t, Token<'t>>>;
    type IterIndices = Enumerate<Self::Iter>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        Self {
            rest: &self.rest[..index],
            ..*self
        }
    }

    fn take_from(&self, index: usize) -> Self {
        Self {
            rest: &self.rest[index..],
            ..*self
        }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(Self::Item) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest.iter().position(|t| predicate(*t))
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter().copied()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if self.rest.len() >= count {
            Ok(count)
        } else {
            Err(Needed::new(count - self.rest.len()))
        }
    }
}

/// One token that `read` accepts.
pub(super) fn token<'t, T>(
    read: impl Fn(Kind<'t>) -> Option<T>,
) -> impl Fn(Tokens<'t>) -> Parsed<'t, T> {
    move |input| {
        if !input.charge(1) {
            return Err(Err::Failure(Error::new(input, ErrorKind::TooLarge)));
        }
        match input.peek().and_then(&read) {
            Some(value) => Ok((input.skip(1), value)),
            None => input.fail(),
        }
    }
}

pub(super) fn sign<'t>(wanted: char) -> impl Fn(Tokens<'t>) -> Parsed<'t, ()> {
    token(move |kind| matches!(kind, Kind::Sign(found) if found == wanted).then_some(()))
}

pub(super) fn command<'t>(wanted: &'static str) -> impl Fn(Tokens<'t>) -> Parsed<'t, ()> {
    token(move |kind| matches!(kind, Kind::Command(found) if found == wanted).then_some(()))
}

/// `parser` one level further down; what follows is on this level again.
pub(super) fn nested<'t, T>(
    parser: impl Fn(Tokens<'t>) -> Parsed<'t, T>,
) -> impl Fn(Tokens<'t>) -> Parsed<'t, T> {
    move |input| within(input.bar_closes, &parser)(input)
}

/// [`nested`], where a `|` closes what is read or not.
pub(super) fn within<'t, T>(
    bar_closes: bool,
    parser: impl Fn(Tokens<'t>) -> Parsed<'t, T>,
) -> impl Fn(Tokens<'t>) -> Parsed<'t, T> {
    move |input| {
        let (rest, value) = parser(input.deeper(bar_closes)?)?;
        Ok((rest.level_with(&input), value))
    }
}
