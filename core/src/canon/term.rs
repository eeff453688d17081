//! Scalar terms: what the deciders (normal form, balls, root bound) work on.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::every::every;
use dashu_int::IBig;
use dashu_int::ops::{BitTest, DivEuclid};
use num_rational::Ratio;
use num_traits::{One, Zero};
use thin_vec::{ThinVec, thin_vec};

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

pub(crate) fn is_even(n: &IBig) -> bool {
    !n.bit(0)
}

/// A scalar expression, lowered: division is a power of -1, roots are rational powers, every
/// function is one of [`Function`]. Nesting is bounded by [`Limits::depth`](crate::Limits::depth),
/// so recursion over it is, too.
///
/// An odd root of a real number is the real root: `Power(x, p/q)` with odd q and negative x
/// means `-(|x|^(1/q))`, to the p. An even root of a negative number is the principal one.
///
/// Two words: terms are moved often.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::box_collection, reason = "a string itself is three words")]
pub(crate) enum Term {
    Rational(Box<Rational>),
    Constant(Constant),
    /// A variable, or a named constant that has no known value: compared by name.
    Symbol(Box<String>),
    Sum(ThinVec<Term>),
    Product(ThinVec<Term>),
    /// Base and exponent.
    Power(Box<(Term, Term)>),
    Call(Function, ThinVec<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Constant {
    Pi,
    E,
    I,
}

/// A total order without a meaning, to put terms side by side. Not derived: it must not compare
/// rationals with `cmp`.
impl Ord for Term {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |term: &Self| match term {
            Self::Rational(_) => 0,
            Self::Constant(_) => 1,
            Self::Symbol(_) => 2,
            Self::Sum(_) => 3,
            Self::Product(_) => 4,
            Self::Power(_) => 5,
            Self::Call(..) => 6,
        };
        match (self, other) {
            (Self::Rational(a), Self::Rational(b)) => order(a, b),
            (Self::Constant(a), Self::Constant(b)) => a.cmp(b),
            (Self::Symbol(a), Self::Symbol(b)) => a.cmp(b),
            (Self::Sum(a), Self::Sum(b)) | (Self::Product(a), Self::Product(b)) => a.cmp(b),
            (Self::Power(a), Self::Power(b)) => a.cmp(b),
            (Self::Call(f, a), Self::Call(g, b)) => f.cmp(g).then_with(|| a.cmp(b)),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for Term {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Functions that have no lowering into the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// `Sum(index, body, first, last)`; the index is a bound symbol.
    Sum,
    /// `Product(index, body, first, last)`.
    Product,
    /// `Integral(variable, body, from, to)`, the variable bound; without bounds it is free.
    Integral,
    /// `Limit(variable, body, point, side)`: the side is 1 from above, -1 from below, else 0.
    Limit,
}

impl Function {
    /// Whether its first argument is a symbol that ranges over values of its own.
    pub(crate) fn binds(self) -> bool {
        matches!(
            self,
            Self::Sum | Self::Product | Self::Integral | Self::Limit
        )
    }
}

/// Marks the name of a symbol that stands for a form of unknown value: no letter of any alphabet.
const OPAQUE: char = '\u{0}';

/// Stands before and after the number of a bound symbol: no letter of any alphabet.
const BOUND: char = '\u{1}';

/// Exact arithmetic on literals is folded up to this many bits; what is larger stays symbolic.
const FOLD_BITS: usize = 1024;

fn is_small(q: &Rational) -> bool {
    q.numer().bit_len() + q.denom().bit_len() <= FOLD_BITS
}

impl Term {
    pub(crate) fn rational(value: Rational) -> Self {
        Self::Rational(Box::new(value))
    }

    pub(crate) fn integer(value: i64) -> Self {
        Self::rational(Rational::from(IBig::from(value)))
    }

    pub(crate) fn fraction(numerator: i64, denominator: i64) -> Self {
        Self::rational(Rational::new(
            IBig::from(numerator),
            IBig::from(denominator),
        ))
    }

    pub(crate) fn as_rational(&self) -> Option<&Rational> {
        match self {
            Self::Rational(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        self.as_rational()
            .filter(|q| q.is_integer())
            .and_then(|q| i64::try_from(q.numer()).ok())
    }

    /// The sum, with its literals folded into one.
    pub(crate) fn sum(terms: impl IntoIterator<Item = Self>) -> Self {
        let mut folded = Folded::default();
        for term in terms {
            folded.add(term);
        }
        folded.sum()
    }

    /// The sum of what `read` makes of each term, if there is something for all of them.
    pub(crate) fn sum_of(
        terms: &[Self],
        read: &mut dyn FnMut(&Self) -> Option<Self>,
    ) -> Option<Self> {
        every(terms, read).map(Self::sum)
    }

    /// The product, with its literals folded into one that comes first.
    pub(crate) fn product(factors: impl IntoIterator<Item = Self>) -> Self {
        let mut folded = Folded::default();
        for factor in factors {
            folded.multiply(factor);
        }
        folded.product()
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Rational(q) if is_small(&q) => Self::rational(-*q),
            term => Self::product([Self::integer(-1), term]),
        }
    }

    /// A literal power is folded where that is exact and small. 0^0 and division by zero stay.
    pub(crate) fn power(base: Self, exponent: Self) -> Self {
        match exponent.as_integer() {
            Some(n) => base.raised(n).unwrap_or_else(|base| match n {
                1 => base,
                _ => Self::Power(Box::new((base, exponent))),
            }),
            None => Self::Power(Box::new((base, exponent))),
        }
    }

    /// A power of a literal that is folded, or what there is no such power of.
    fn raised(self, n: i64) -> Result<Self, Self> {
        let Some(q) = self.as_rational().filter(|q| is_small(q)) else {
            return Err(self);
        };
        let bits = q.numer().bit_len().max(q.denom().bit_len()) as u64;
        let trivial = *q.numer() == IBig::ONE || *q.numer() == IBig::NEG_ONE;
        let fits =
            bits.saturating_mul(n.unsigned_abs()) <= FOLD_BITS as u64 || trivial && q.is_integer();
        if fits && n.unsigned_abs() < 1 << 31 && !(q.is_zero() && n <= 0) {
            let n = if trivial && q.is_integer() { n % 2 } else { n };
            return Ok(Self::rational(num_traits::Pow::pow(q.clone(), n as isize)));
        }
        Err(self)
    }

    pub(crate) fn inverse(self) -> Self {
        let power = |base| Self::Power(Box::new((base, Self::integer(-1))));
        self.raised(-1).unwrap_or_else(power)
    }

    pub(crate) fn over(self, denominator: Self) -> Self {
        Self::product([self, denominator.inverse()])
    }

    pub(crate) fn call(function: Function, argument: Self) -> Self {
        Self::Call(function, thin_vec![argument])
    }

    /// A form whose value is not known, by its spelling: equal to itself only.
    pub(crate) fn opaque(spelling: &str) -> Self {
        Self::symbol(format!("{OPAQUE}{spelling}"))
    }

    /// The symbol that a form binds which holds `depth` others.
    pub(crate) fn bound_name(depth: u32) -> String {
        format!("{BOUND}{depth}{BOUND}")
    }

    /// An upper end beyond all numbers; its negative is below them.
    pub(crate) fn infinity() -> Self {
        Self::opaque("oo")
    }

    /// Whether a part of this term has a value that is not known.
    pub(crate) fn is_opaque(&self) -> bool {
        match self {
            Self::Symbol(name) => name.starts_with(OPAQUE),
            Self::Rational(_) | Self::Constant(_) => false,
            Self::Call(function, _) if function.binds() => true,
            Self::Sum(parts) | Self::Product(parts) | Self::Call(_, parts) => {
                parts.iter().any(Self::is_opaque)
            }
            Self::Power(pair) => pair.0.is_opaque() || pair.1.is_opaque(),
        }
    }

    /// Whether the value depends on the symbol `name`. A bound symbol may also be a part of other
    /// names, as in `a_k`.
    pub(crate) fn depends_on(&self, name: &str) -> bool {
        match self {
            Self::Symbol(own) => **own == name || name.starts_with(BOUND) && own.contains(name),
            Self::Rational(_) | Self::Constant(_) => false,
            Self::Sum(parts) | Self::Product(parts) | Self::Call(_, parts) => {
                parts.iter().any(|part| part.depends_on(name))
            }
            Self::Power(pair) => pair.0.depends_on(name) || pair.1.depends_on(name),
        }
    }

    /// The number of its parts.
    pub(crate) fn size(&self) -> u64 {
        1 + match self {
            Self::Rational(_) | Self::Constant(_) | Self::Symbol(_) => 0,
            Self::Sum(parts) | Self::Product(parts) | Self::Call(_, parts) => {
                parts.iter().map(Self::size).sum()
            }
            Self::Power(pair) => pair.0.size() + pair.1.size(),
        }
    }

    /// Calls `visit` with every free symbol's name.
    pub(crate) fn symbols(&self, visit: &mut dyn FnMut(&str)) {
        match self {
            Self::Symbol(name) if name.starts_with(BOUND) => {}
            Self::Symbol(name) => visit(name),
            Self::Sum(parts) | Self::Product(parts) | Self::Call(_, parts) => {
                parts.iter().for_each(|part| part.symbols(visit));
            }
            Self::Power(pair) => {
                pair.0.symbols(visit);
                pair.1.symbols(visit);
            }
            Self::Rational(_) | Self::Constant(_) => {}
        }
    }

    /// The names of its free symbols in order, each once.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        self.symbols(&mut |name| {
            if let Err(at) = names.binary_search_by(|own| own.as_str().cmp(name)) {
                names.insert(at, String::from(name));
            }
        });
        names
    }

    /// This term with `value` for the symbol `name`.
    pub(crate) fn substitute(&self, name: &str, value: &Self) -> Self {
        let all = |parts: &[Self]| -> ThinVec<Self> {
            parts
                .iter()
                .map(|part| part.substitute(name, value))
                .collect()
        };
        match self {
            Self::Symbol(symbol) if **symbol == name => value.clone(),
            // a_k → a_3
            Self::Symbol(symbol) if name.starts_with(BOUND) && symbol.contains(name) => match value
            {
                Self::Rational(value) => Self::symbol(symbol.replace(name, &value.to_string())),
                Self::Symbol(value) => Self::symbol(symbol.replace(name, value)),
                _ => self.clone(),
            },
            Self::Rational(_) | Self::Constant(_) | Self::Symbol(_) => self.clone(),
            Self::Sum(parts) => Self::sum(all(parts)),
            Self::Product(parts) => Self::product(all(parts)),
            Self::Power(pair) => {
                let (base, exponent) = (&pair.0, &pair.1);
                Self::power(
                    base.substitute(name, value),
                    exponent.substitute(name, value),
                )
            }
            Self::Call(function, parts) => Self::Call(*function, all(parts)),
        }
    }

    pub(crate) fn zero() -> Self {
        Self::integer(0)
    }

    pub(crate) fn one() -> Self {
        Self::integer(1)
    }

    pub(crate) fn symbol(name: impl Into<String>) -> Self {
        Self::Symbol(Box::new(name.into()))
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self::sum([self, other.negated()])
    }

    pub(crate) fn is_constant(&self) -> bool {
        let mut constant = true;
        self.symbols(&mut |_| constant = false);
        constant
    }
}

/// The parts of a sum or a product, of which one literal is all literals.
#[derive(Default)]
struct Folded {
    literal: Option<Box<Rational>>,
    rest: ThinVec<Term>,
}

impl Folded {
    fn add(&mut self, term: Term) {
        match term {
            Term::Sum(inner) => self.rest.extend(inner),
            term => self.fold(term, |total, q| *total += q),
        }
    }

    fn multiply(&mut self, factor: Term) {
        match factor {
            Term::Product(inner) => self.rest.extend(inner),
            factor => self.fold(factor, |total, q| *total *= q),
        }
    }

    fn fold(&mut self, term: Term, combine: fn(&mut Rational, &Rational)) {
        match (term, &mut self.literal) {
            (Term::Rational(q), None) if is_small(&q) => self.literal = Some(q),
            (Term::Rational(q), Some(total))
                if is_small(&q) && total.numer().bit_len() <= FOLD_BITS =>
            {
                combine(total, &q);
            }
            (term, _) => self.rest.push(term),
        }
    }

    fn sum(mut self) -> Term {
        match self.literal {
            Some(total) if self.rest.is_empty() => return Term::Rational(total),
            Some(total) if !total.is_zero() => self.rest.push(Term::Rational(total)),
            _ => {}
        }
        match self.rest.len() {
            1 => self.rest.remove(0),
            _ => Term::Sum(self.rest),
        }
    }

    fn product(mut self) -> Term {
        match self.literal {
            Some(total) if self.rest.is_empty() => return Term::Rational(total),
            Some(total) if !total.is_one() => self.rest.insert(0, Term::Rational(total)),
            _ => {}
        }
        match self.rest.len() {
            1 => self.rest.remove(0),
            _ => Term::Product(self.rest),
        }
    }
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
