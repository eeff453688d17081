//! What was written: the tree that the parser builds, before anything is decided about its meaning.

mod applied;
mod grouping;
mod number;
pub(crate) mod operation_words;
pub(crate) mod print;
mod rename;
pub(crate) mod unit;

pub(crate) use applied::factors;
pub(crate) use grouping::{Level, is_operand, ungrouped, without_aside};
pub(crate) use number::Number;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// An answer as written. Nesting is bounded by [`Limits::depth`](crate::Limits::depth).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Number(Number),
    /// A numeral in a stated base: digits as written (upper case), base.
    Based(String, u32),
    Infinity,
    Pi,
    /// One letter or symbol, with subscripts, primes and accents as part of its name.
    Symbol(String),
    /// A run of letters that is a word, a name, or a product of variables, as its place decides.
    Word(String),
    /// Words of `\text{…}`.
    Text(String),
    /// `…`
    Ellipsis,
    /// The empty set.
    Empty,
    /// A named set of numbers: one of `R Z N Q C`, and its modifier (`+`, `*`, `-`, …).
    NumberSet(char, Option<Sign>),
    Sum(Vec<(Sign, Expr)>),
    Product(Vec<Expr>),
    Quotient(Box<(Expr, Expr)>),
    /// A whole number and a fraction: `3\frac12`.
    Mixed(Box<(Expr, Expr)>),
    Power(Box<(Expr, Expr)>),
    /// Radicand and index.
    Root(Box<(Expr, Expr)>),
    /// A function that the grammar knows, by its canonical name.
    Call(Operation, Vec<Expr>),
    /// A named function applied to arguments: `f(x)`.
    Apply(String, Vec<Expr>),
    /// A value with what follows it: a unit, a currency, a noun.
    Quantity(Box<Expr>, String),
    Percent(Box<Expr>),
    Degrees(Box<Expr>),
    /// Items between brackets.
    Group(Bracket, Vec<Expr>, Bracket),
    /// Items without brackets, and whether `or` stood between them.
    List(Vec<Expr>, Connective),
    /// Rows of equal or unequal length.
    Matrix(Vec<Vec<Expr>>),
    /// Rows of a value and when it holds.
    Cases(Vec<Vec<Expr>>),
    /// Relations that hold together, from `cases` and its kin.
    System(Vec<Expr>),
    /// A chain: operands, and the relations between neighbours.
    Relation(Vec<Expr>, Vec<Relation>),
    /// Two or more operands, from left to right.
    SetOperation(SetOperation, Vec<Expr>),
    /// `{ element | condition }`
    SetBuilder(Box<(Expr, Expr)>),
    /// `a : b : c`
    Ratio(Vec<Expr>),
    Big(Box<Big>),
}

/// A sum, product, integral or limit with its bounds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Big {
    pub(crate) operator: BigOperator,
    /// The index, the variable of integration, of the limit or of the derivative.
    pub(crate) variable: Option<String>,
    pub(crate) lower: Option<Expr>,
    pub(crate) upper: Option<Expr>,
    pub(crate) body: Expr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BigOperator {
    Sum,
    Product,
    Integral,
    Limit,
    Derivative,
    Union,
    Intersection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Plus,
    Minus,
    PlusMinus,
    MinusPlus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bracket {
    Round,
    Square,
    Curly,
    Angle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connective {
    Comma,
    Semicolon,
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    NotEqual,
    Element,
    Congruent,
    /// `\approx`: what follows restates the value, rounded.
    Approximately,
    /// `\to`, `\mapsto`, `\implies`.
    Arrow,
    /// `\iff`.
    Equivalent,
    Subset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetOperation {
    Union,
    Intersection,
    Difference,
}

/// Functions by their canonical names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Asin,
    Acos,
    Atan,
    Acot,
    Asec,
    Acsc,
    Sinh,
    Cosh,
    Tanh,
    Coth,
    Sech,
    Csch,
    Asinh,
    Acosh,
    Atanh,
    Exp,
    Ln,
    /// Base, argument; `\log` alone has base 10.
    Log,
    Abs,
    Floor,
    Ceil,
    Factorial,
    DoubleFactorial,
    Binomial,
    Gcd,
    Lcm,
    Mod,
    Max,
    Min,
    Re,
    Im,
    Arg,
    Conj,
    Sign,
    Det,
    /// `cis θ = cos θ + i sin θ`
    Cis,
}

/// What stands for a variable that is not written, as in `> 5`: no letter of any alphabet.
pub(crate) const UNNAMED: &str = "_";

/// Whether a word is the differential of a letter: `dx`.
pub(crate) fn is_differential(word: &str) -> bool {
    word.starts_with('d') && word.chars().count() == 2
}

impl Relation {
    /// The relation that holds between the same operands in reverse order, if it is one of these.
    pub(crate) fn reversed(self) -> Option<Self> {
        Some(match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            Self::Equal
            | Self::NotEqual
            | Self::Congruent
            | Self::Approximately
            | Self::Equivalent => self,
            Self::Element | Self::Arrow | Self::Subset => return None,
        })
    }
}
