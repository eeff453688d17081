//! Expansions at a point: sums of powers of a small positive t, whose coefficients may hold ln t and
//! bounded unknowns.

use super::derivative::derivative;
use super::is_zero;
use super::polynomial::cost;
use crate::canon::decide::order;
use crate::canon::term::{Constant, Function, Rational, Term, is_even};
use crate::limits::Fuel;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;
use num_traits::{Signed, ToPrimitive};

/// ln t.
pub(super) const LOG: &str = "\u{1}ln\u{1}";

/// Begins the names of what oscillates between -1 and 1.
const WAVE: &str = "\u{1}wave\u{1}";

/// The argument of a function that is expanded by its derivatives.
const ARGUMENT: &str = "\u{1}v\u{1}";

/// Σ coefficients[n] t^(order + n), up to an error of the order that follows the last one. An
/// empty one is smaller than any power of t that matters.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    pub(super) order: i64,
    pub(super) coefficients: Vec<Term>,
}

/// What is expanded, and how far.
pub(super) struct Expander<'a> {
    /// The variable.
    pub(super) x: &'a str,
    /// Its value: t^order times the coefficients.
    pub(super) variable: Expansion,
    /// Coefficients kept.
    pub(super) terms: usize,
    /// How many oscillating parts were met.
    pub(super) waves: u32,
    pub(super) fuel: &'a mut Fuel,
}

/// Orders beyond this are as small, or as large, as anything.
const FLAT: i64 = 1 << 20;

/// Whether the coefficient holds ln t or something that oscillates.
pub(super) fn is_plain(coefficient: &Term) -> bool {
    !coefficient.depends_on("\u{1}")
}

impl Expansion {
    fn constant(value: Term, terms: usize) -> Self {
        let mut coefficients = vec![Term::zero(); terms.saturating_sub(1)];
        coefficients.insert(0, value);
        Self {
            order: 0,
            coefficients,
        }
    }

    fn flat() -> Self {
        Self {
            order: FLAT,
            coefficients: Vec::new(),
        }
    }

    /// The order of the error.
    fn end(&self) -> i64 {
        self.order + self.coefficients.len() as i64
    }

    fn at(&self, power: i64) -> Term {
        usize::try_from(power - self.order)
            .ok()
            .and_then(|index| self.coefficients.get(index).cloned())
            .unwrap_or_else(Term::zero)
    }

    fn add(&self, other: &Self, terms: usize) -> Self {
        let order = self.order.min(other.order);
        let end = self.end().min(other.end()).min(order + terms as i64);
        Self {
            order,
            coefficients: (order..end)
                .map(|power| Term::sum([self.at(power), other.at(power)]))
                .collect(),
        }
    }

    fn scaled(&self, factor: &Term) -> Self {
        let coefficients = self.coefficients.iter();
        Self {
            order: self.order,
            coefficients: coefficients.map(|c| times(factor, c)).collect(),
        }
    }

    fn shifted(mut self, by: i64) -> Self {
        self.order += by;
        self
    }
}

impl Expander<'_> {
    pub(super) fn expand(&mut self, term: &Term) -> Option<Expansion> {
        self.fuel.spend(4).ok()?;
        if !term.depends_on(self.x) {
            return Some(Expansion::constant(term.clone(), self.terms));
        }
        match term {
            Term::Rational(_) | Term::Constant(_) => None,
            Term::Symbol(name) => (**name == self.x).then(|| self.variable.clone()),
            Term::Sum(parts) => {
                let mut sum: Option<Expansion> = None;
                for part in parts {
                    let part = self.expand(part)?;
                    sum = Some(match sum {
                        Some(sum) => sum.add(&part, self.terms),
                        None => part,
                    });
                }
                sum
            }
            Term::Product(parts) => {
                let one = Expansion::constant(Term::one(), self.terms);
                parts.iter().try_fold(one, |product, part| {
                    let part = self.expand(part)?;
                    self.multiply(&product, &part)
                })
            }
            Term::Power(pair) => self.power(&pair.0, &pair.1),
            Term::Call(function, arguments) => match arguments.as_slice() {
                [u] => {
                    let u = self.expand(u)?;
                    self.call(*function, u)
                }
                _ => None,
            },
        }
    }

    fn multiply(&mut self, a: &Expansion, b: &Expansion) -> Option<Expansion> {
        let length = a
            .coefficients
            .len()
            .min(b.coefficients.len())
            .min(self.terms);
        let (p, q) = (&a.coefficients[..length], &b.coefficients[..length]);
        self.fuel.spend(cost(p, q)).ok()?;
        let coefficient = |n: usize| {
            let products = (0..=n).map(|i| times(&a.coefficients[i], &b.coefficients[n - i]));
            Term::sum(products)
        };
        Some(Expansion {
            order: a.order.checked_add(b.order)?,
            coefficients: (0..length).map(coefficient).collect(),
        })
    }

    /// Without leading zeros; `None` where that cannot be told or nothing is left.
    pub(super) fn stripped(&mut self, mut u: Expansion) -> Option<Expansion> {
        let mut coefficients = VecDeque::from(u.coefficients);
        while is_zero(coefficients.front()?, self.fuel)? {
            coefficients.pop_front();
            u.order += 1;
        }
        u.coefficients = coefficients.into();
        Some(u)
    }

    fn power(&mut self, base: &Term, exponent: &Term) -> Option<Expansion> {
        // (b^m)^n = b^(mn) for integers n
        if let (Term::Power(inner), Some(_)) = (base, exponent.as_integer()) {
            let exponent = Term::product([inner.1.clone(), exponent.clone()]);
            return self.power(&inner.0, &exponent);
        }
        if *base == Term::Constant(Constant::E) {
            let exponent = self.expand(exponent)?;
            return self.exp(exponent);
        }
        if let Term::Rational(exponent) = exponent {
            let base = self.expand(base)?;
            return self.rational_power(base, exponent);
        }
        let logarithm = Term::call(Function::Ln, base.clone());
        let exponent = self.expand(&Term::product([exponent.clone(), logarithm]))?;
        self.exp(exponent)
    }

    /// c^e t^(ke) (1 + u)^e for a base c t^k (1 + u).
    fn rational_power(&mut self, base: Expansion, exponent: &Rational) -> Option<Expansion> {
        if let Some(n @ 0..=3) = exponent
            .to_integer()
            .to_i64()
            .filter(|_| exponent.is_integer())
        {
            let one = Expansion::constant(Term::one(), self.terms);
            return (0..n).try_fold(one, |power, _| self.multiply(&power, &base));
        }
        let (order, leading, rest) = self.leading(base)?;
        if !is_plain(&leading) {
            return None;
        }
        if is_even(exponent.denom()) {
            let positive =
                self::order(&leading, &Term::zero(), self.fuel) == Some(Ordering::Greater);
            (positive || !leading.is_constant()).then_some(())?;
        }
        let order = Rational::from(IBig::from(order)) * exponent;
        let order = order.is_integer().then(|| order.to_integer().to_i64())??;
        // The binomial series.
        let mut taylor = vec![Term::power(leading, Term::rational(exponent.clone()))];
        for n in 1..self.terms as i64 {
            let factor = (exponent - Rational::from(IBig::from(n - 1))) / IBig::from(n);
            let next = Term::product([taylor.last()?.clone(), Term::rational(factor)]);
            taylor.push(next);
        }
        Some(self.composed(&taylor, &rest)?.shifted(order))
    }

    /// k, c and u in c t^k (1 + u).
    fn leading(&mut self, u: Expansion) -> Option<(i64, Term, Expansion)> {
        let u = self.stripped(u)?;
        let (order, leading) = (u.order, u.coefficients.first()?.clone());
        let inverse = leading.clone().inverse();
        let mut rest = u.shifted(-order).scaled(&inverse);
        if let Some(first) = rest.coefficients.first_mut() {
            *first = Term::zero();
        }
        Some((order, leading, rest))
    }

    /// Σ taylor[n] uⁿ for a u without a constant.
    fn composed(&mut self, taylor: &[Term], u: &Expansion) -> Option<Expansion> {
        let mut value = Expansion::constant(Term::zero(), self.terms);
        for coefficient in taylor.iter().rev() {
            value = self.multiply(&value, u)?;
            value = value.add(
                &Expansion::constant(coefficient.clone(), self.terms),
                self.terms,
            );
        }
        Some(value)
    }

    fn exp(&mut self, exponent: Expansion) -> Option<Expansion> {
        if exponent.order < 0 {
            let exponent = self.stripped(exponent.clone())?;
            let leading = exponent.coefficients.first()?;
            if exponent.order < 0 {
                let falls = is_plain(leading)
                    && order(leading, &Term::zero(), self.fuel) == Some(Ordering::Less);
                return falls.then(Expansion::flat);
            }
        }
        let (constant, rest) = self.constant_and_rest(exponent)?;
        // e^(c + k ln t) = e^c t^k
        let log = Term::symbol(LOG);
        let (constant, order) = if constant.depends_on(LOG) {
            let slope = derivative(&constant, LOG)?;
            let k = slope.as_integer()?;
            let plain = constant.minus(Term::product([Term::integer(k), log]));
            let plain = plain.substitute(LOG, &Term::zero());
            (plain, k)
        } else {
            (constant, 0)
        };
        if !is_plain(&constant) {
            return None;
        }
        let mut taylor = vec![Term::power(Term::Constant(Constant::E), constant)];
        for n in 1..self.terms as i64 {
            taylor.push(taylor.last()?.clone().over(Term::integer(n)));
        }
        Some(self.composed(&taylor, &rest)?.shifted(order))
    }

    /// c and u in c + u, u small.
    fn constant_and_rest(&mut self, u: Expansion) -> Option<(Term, Expansion)> {
        if u.order > 0 {
            let zero = Expansion::constant(Term::zero(), self.terms);
            return Some((Term::zero(), u.add(&zero, self.terms)));
        }
        for power in u.order..0 {
            is_zero(&u.at(power), self.fuel)?.then_some(())?;
        }
        let constant = u.at(0);
        let mut rest = Expansion {
            order: 0,
            coefficients: (0..u.end()).map(|power| u.at(power)).collect(),
        };
        *rest.coefficients.first_mut()? = Term::zero();
        Some((constant, rest))
    }

    fn call(&mut self, function: Function, u: Expansion) -> Option<Expansion> {
        match function {
            Function::Ln => {
                let (order, leading, rest) = self.leading(u)?;
                let positive =
                    self::order(&leading, &Term::zero(), self.fuel) == Some(Ordering::Greater);
                (is_plain(&leading) && (positive || !leading.is_constant())).then_some(())?;
                let start = Term::sum([
                    Term::call(Function::Ln, leading),
                    Term::product([Term::integer(order), Term::symbol(LOG)]),
                ]);
                let mut taylor = vec![start];
                taylor.extend(
                    (1..self.terms as i64)
                        .map(|n| Term::fraction(if n % 2 == 0 { -1 } else { 1 }, n)),
                );
                self.composed(&taylor, &rest)
            }
            Function::Abs => {
                let u = self.stripped(u)?;
                let leading = u.coefficients.first().filter(|c| is_plain(c))?;
                match order(leading, &Term::zero(), self.fuel)? {
                    Ordering::Less => Some(u.scaled(&Term::integer(-1))),
                    _ => Some(u),
                }
            }
            Function::Sin | Function::Cos if u.order < 0 => {
                // Each is unknown by itself: no two of them cancel.
                self.waves += 1;
                let name = format!("{WAVE}{}", self.waves);
                Some(Expansion {
                    order: 0,
                    coefficients: vec![Term::symbol(name)],
                })
            }
            // atan u = ±π/2 - atan 1/u
            Function::Atan if u.order < 0 => {
                let u = self.stripped(u)?;
                let sign = order(u.coefficients.first()?, &Term::zero(), self.fuel)?;
                let quarter = Term::fraction(if sign == Ordering::Less { -1 } else { 1 }, 2);
                let quarter = Term::product([quarter, Term::Constant(Constant::Pi)]);
                let inverse = self.rational_power(u, &-Rational::from(IBig::ONE))?;
                let rest = self
                    .call(Function::Atan, inverse)?
                    .scaled(&Term::integer(-1));
                Some(Expansion::constant(quarter, self.terms).add(&rest, self.terms))
            }
            Function::Sin | Function::Cos | Function::Asin | Function::Acos | Function::Atan => {
                let (constant, rest) = self.constant_and_rest(u)?;
                is_plain(&constant).then_some(())?;
                let mut derivatives = Term::call(function, Term::symbol(ARGUMENT));
                let mut taylor = Vec::with_capacity(self.terms);
                let mut factorial = IBig::ONE;
                for n in 0..self.terms {
                    self.fuel.spend(derivatives.size()).ok()?;
                    factorial *= IBig::from(n.max(1));
                    let value = derivatives.substitute(ARGUMENT, &constant);
                    let scale = Term::rational(Rational::from(factorial.clone()));
                    taylor.push(value.over(scale));
                    derivatives = derivative(&derivatives, ARGUMENT)?;
                }
                self.composed(&taylor, &rest)
            }
            _ => None,
        }
    }
}

/// A product of coefficients; those that are zero stay so.
fn times(a: &Term, b: &Term) -> Term {
    if a.as_integer() == Some(0) || b.as_integer() == Some(0) {
        return Term::zero();
    }
    Term::product([a.clone(), b.clone()])
}

/// Whether a constant other than zero is negative.
pub(super) fn is_negative(value: &Term, fuel: &mut Fuel) -> Option<bool> {
    match value {
        Term::Rational(value) => Some(value.is_negative()),
        value => Some(order(value, &Term::zero(), fuel)? == Ordering::Less),
    }
}
