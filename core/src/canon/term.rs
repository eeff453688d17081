//! Scalar terms: what the deciders (normal form, balls, root bound) work on.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::DivEuclid;
use num_rational::Ratio;

/// An exact rational number. Always in lowest terms with a positive denominator.
///
/// Compare with [`order`] and round with [`floor`], never with `<`, `cmp`, `floor`, `ceil` or
/// `round` of [`Ratio`]: those rely on `div_floor` of `IBig`, which rounds quotients between -1
/// and 0 to 0 in dashu-int 0.6.2.
pub(crate) type Rational = Ratio<IBig>;

pub(crate) fn order(a: &Rational, b: &Rational) -> Ordering {
    (a.numer() * b.denom()).cmp(&(b.numer() * a.denom()))
}

/// The largest integer that is not above `a`.
pub(crate) fn floor(a: &Rational) -> IBig {
    a.numer().div_euclid(a.denom())
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(n: i64, d: i64) -> Rational {
        Rational::new(IBig::from(n), IBig::from(d))
    }

    #[test]
    fn order_and_floor_hold_below_zero() {
        assert_eq!(order(&ratio(-1, 2), &ratio(0, 1)), Ordering::Less);
        assert_eq!(order(&ratio(-1, 2), &ratio(-1, 3)), Ordering::Less);
        assert_eq!(order(&ratio(-2, 4), &ratio(-1, 2)), Ordering::Equal);
        assert_eq!(floor(&ratio(-1, 2)), IBig::from(-1));
        assert_eq!(floor(&ratio(-6, 2)), IBig::from(-3));
        assert_eq!(floor(&ratio(7, 2)), IBig::from(3));
    }
}
