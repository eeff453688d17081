//! Scalar terms: what the deciders (normal form, balls, root bound) work on.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use dashu_int::IBig;
use num_rational::Ratio;

/// An exact rational number. Always in lowest terms with a positive denominator.
pub(crate) type Rational = Ratio<IBig>;

/// A scalar expression, lowered: division is a power of -1, roots are rational powers, every
/// function is one of [`Function`]. Nesting is bounded by [`Limits::depth`](crate::Limits::depth),
/// so recursion over it is, too.
///
/// An odd root of a real number is the real root: `Power(x, p/q)` with odd q and negative x
/// means `-(|x|^(1/q))`, to the p. An even root of a negative number is the principal one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Term {
    Rational(Rational),
    Constant(Constant),
    /// A variable, or a named constant that has no known value: compared by name.
    Symbol(String),
    Sum(Vec<Term>),
    Product(Vec<Term>),
    /// Base and exponent.
    Power(Box<(Term, Term)>),
    Call(Function, Vec<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Constant {
    Pi,
    E,
    I,
}

/// Functions that have no lowering into the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Function {
    Sin,
    Cos,
    /// Natural logarithm.
    Ln,
    Abs,
    Asin,
    Acos,
    Atan,
    Floor,
    Ceil,
    Factorial,
    /// `Binomial(n, k)`.
    Binomial,
    Gcd,
    Lcm,
    /// `Mod(a, m)`: the remainder in `0..|m|`.
    Mod,
    Max,
    Min,
    Re,
    Im,
    Arg,
    Conj,
}
