//! Typed values: what an answer is, with every choice still open that only the other side decides.

use super::reals::Reals;
use super::term::{Rational, Term};
use crate::expr::unit::Unit;
use crate::expr::{Bracket, Relation, UNNAMED};
use alloc::string::String;
use alloc::vec::Vec;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Scalar(Scalar),
    /// Plus or minus infinity.
    Infinity {
        negative: bool,
    },
    /// Letters that stand alone: a word, a name, or a product of variables.
    Word(String),
    /// Items in order between brackets. Two items between round or square brackets may also be an
    /// interval; the other side decides.
    Group(Bracket, Vec<Value>, Bracket),
    /// Items between braces.
    Set(Vec<Value>),
    /// Items without brackets, in any order.
    List(Vec<Value>),
    /// A set of real numbers, as intervals.
    Reals(Reals),
    Matrix(Vec<Vec<Value>>),
    /// A chain of operands with the relations between neighbours.
    Relation(Vec<Value>, Vec<Relation>),
    /// Relations that hold together.
    System(Vec<Value>),
    /// Left minus right of two sides that agree modulo the second term.
    Congruence(Term, Term),
    /// A day, and its year where that was given.
    Date(Date),
    /// A numeral written in a base other than ten.
    Based {
        value: Rational,
        base: u32,
    },
    Ratio(Vec<Value>),
    /// A time of day, or a duration written with colons: hours, minutes, seconds.
    Clock(Clock),
    Text(String),
    /// A form that is compared as written, such as a named set or a sum without a closed form.
    Written(String),
}

/// What a variable that is not written is congruent to, from the difference of the two.
pub(crate) fn unnamed_residue(difference: &Term) -> Option<Term> {
    let zero = Term::integer(0);
    let unnamed = difference.names() == [UNNAMED];
    unnamed.then(|| difference.substitute(UNNAMED, &zero).negated())
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scalar {
    pub(crate) term: Term,
    /// Set where the whole scalar is one numeral.
    pub(crate) numeral: Option<Numeral>,
    pub(crate) measure: Measure,
}

/// A signed numeral as written, with or without a power of ten.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Numeral {
    pub(crate) value: Rational,
    /// Whether a point or a power of ten was written: such a numeral may be a rounded value.
    pub(crate) decimal: bool,
    /// The power of ten of the last digit.
    pub(crate) scale: i64,
    /// Digits from the first non-zero one on.
    pub(crate) significant: u32,
}

/// What a value counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measure {
    None,
    Unit(Unit),
    Percent,
    /// Words that are not a unit, singular and in lower case; [`PERCENT`] at the end for a percentage.
    Noun(Vec<String>),
}

/// Among the words behind a value: it is a percentage.
pub(crate) const PERCENT: &str = "%";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Hours and minutes, or hours, minutes and seconds.
    pub(crate) parts: Vec<u32>,
    /// Whether "p.m." was said; `None` if neither it nor "a.m." was.
    pub(crate) afternoon: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: Option<u32>,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

impl Clock {
    /// Hours from midnight, minutes and seconds; `None` where the half of the day was not said
    /// and the hour leaves it open.
    pub(crate) fn since_midnight(&self) -> Option<[u32; 3]> {
        let part = |index: usize| self.parts.get(index).copied().unwrap_or(0);
        let hour = match self.afternoon {
            Some(afternoon) => part(0) % 12 + if afternoon { 12 } else { 0 },
            None if part(0) == 0 || part(0) > 12 => part(0),
            None => return None,
        };
        Some([hour, part(1), part(2)])
    }
}

impl Scalar {
    /// Its value, where it is one decimal.
    pub(crate) fn decimal(&self) -> Option<&Rational> {
        let numeral = self.numeral.as_ref().filter(|numeral| numeral.decimal)?;
        Some(&numeral.value)
    }

    /// Whether it is one numeral, with a percent sign at most.
    pub(crate) fn is_bare_numeral(&self) -> bool {
        self.numeral.is_some() && matches!(self.measure, Measure::None | Measure::Percent)
    }

    pub(crate) fn plain(term: Term) -> Self {
        Self {
            term,
            numeral: None,
            measure: Measure::None,
        }
    }
}

/// How an ellipsis is written.
pub(crate) const ELLIPSIS: &str = "...";

impl Value {
    pub(crate) fn is_ellipsis(&self) -> bool {
        matches!(self, Value::Written(form) if form == ELLIPSIS)
    }

    pub(crate) fn term(&self) -> Option<&Term> {
        match self {
            Value::Scalar(scalar) => Some(&scalar.term),
            _ => None,
        }
    }
}
