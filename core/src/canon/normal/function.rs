//! Functions: evaluated where that is exact, rewritten where a law holds, else kernels of their own.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use dashu_int::IBig;
use num_traits::{One, Signed};

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::{Kernel, Kernels};
use super::monomial::Monomial;
use super::polynomial::Polynomial;
use crate::canon::term::{self, Function, Rational};

impl Normalizer<'_> {
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: Vec<Polynomial>,
    ) -> Result<Polynomial, Failure> {
        self.fuel.spend(1)?;
        let mut canonical = Vec::with_capacity(arguments.len());
        for argument in arguments {
            canonical.push(self.canonical(argument)?);
        }
        match (function, &canonical[..]) {
            (Function::Sin, [x]) => self.sin(x.clone()),
            (Function::Cos, [x]) => self.cos(x.clone()),
            (Function::Ln, [x]) => self.ln(x.clone()),
            (Function::Abs, [x]) => self.abs(x),
            (Function::Asin, [x]) => self.inverse_trigonometric(Function::Asin, x),
            (Function::Acos, [x]) => {
                let asin = self.inverse_trigonometric(Function::Asin, x)?;
                let right_angle = multiple_of_pi(1, 2);
                self.minus(right_angle, asin)
            }
            (Function::Atan, [x]) => self.inverse_trigonometric(Function::Atan, x),
            (Function::Floor, [x]) => self.floor(x.clone()),
            (Function::Ceil, [x]) => Ok(self.floor(x.clone().negated())?.negated()),
            (Function::Factorial, [x]) => self.factorial(x),
            (Function::Binomial, [n, k]) => self.binomial(n, k),
            (Function::Gcd | Function::Lcm, _) => self.divisors(function, canonical),
            (Function::Mod, [a, m]) => self.modulo(a, m),
            (Function::Max, _) => self.maximum(canonical),
            (Function::Min, _) => {
                let negated = canonical.into_iter().map(Polynomial::negated).collect();
                Ok(self.maximum(negated)?.negated())
            }
            (Function::Re | Function::Im | Function::Conj | Function::Arg, [z]) => {
                self.complex_part(function, z)
            }
            _ => Ok(self.opaque(function, canonical)),
        }
    }

    /// A kernel of its own.
    pub(super) fn opaque(&mut self, function: Function, arguments: Vec<Polynomial>) -> Polynomial {
        self.kernel(Kernel::Call(function, arguments))
    }

    fn abs(&mut self, p: &Polynomial) -> Result<Polynomial, Failure> {
        match self.kernels.sign(p) {
            Some(Ordering::Less) => return Ok(p.clone().negated()),
            Some(_) => return Ok(p.clone()),
            None => {}
        }
        let Some((coefficient, monomial)) = self.factored(p.clone(), 2, true)? else {
            return Ok(Polynomial::zero());
        };
        let factors = self.factors(&coefficient, &monomial)?;
        let mut size = Polynomial::term(factors.nonnegative.clone(), factors.magnitude.clone());
        let mut complex = Vec::new();
        for &(id, exponent) in &factors.rest {
            let factor = if self.kernels.is_real(id) {
                let size = self.kernels.intern(Kernel::Abs(id));
                self.monomial_power(&Monomial::power_of(size, One::one()), &exponent)?
            } else {
                complex.push((id, exponent));
                continue;
            };
            size = self.product(&size, &factor)?;
        }
        if complex.is_empty() {
            return Ok(size);
        }
        // |z|² = z · conj z
        let complex: Monomial = complex.into_iter().collect();
        let z = self.canonical(Polynomial::monomial(complex))?;
        let rest = match self.kernels.conjugate(&z) {
            Some(conjugate) => {
                let square = self.product(&z, &conjugate)?;
                let half = Polynomial::constant(Rational::new_raw(IBig::ONE, IBig::from(2)));
                self.power(square, half)?
            }
            None => self.opaque(Function::Abs, vec![z]),
        };
        self.product(&size, &rest)
    }

    /// asin or atan, both odd, with their values at multiples of π/12 (asin: of π/10, too).
    fn inverse_trigonometric(
        &mut self,
        function: Function,
        x: &Polynomial,
    ) -> Result<Polynomial, Failure> {
        let negative = match self.kernels.sign(x) {
            Some(sign) => sign == Ordering::Less,
            None => x.leading().is_some_and(|term| term.1.is_negative()),
        };
        if negative {
            return Ok(self
                .inverse_trigonometric(function, &x.clone().negated())?
                .negated());
        }
        if self.kernels.is_constant_valued(x) && x.len() <= 2 {
            let angles: &[(i64, i64)] = match function {
                Function::Asin => &[(0, 1), (1, 12), (1, 6), (1, 4), (1, 3), (5, 12), (1, 2)],
                _ => &[(0, 1), (1, 12), (1, 6), (1, 4), (1, 3), (5, 12)],
            };
            let fifths: &[(i64, i64)] = match function {
                Function::Asin => &[(1, 10), (3, 10)],
                _ => &[],
            };
            for &(numerator, denominator) in angles.iter().chain(fifths) {
                let angle = multiple_of_pi(numerator, denominator);
                let sine = self.sin(angle.clone())?;
                let value = if function == Function::Asin {
                    sine
                } else {
                    let cosine = self.cos(angle.clone())?;
                    let secant = self.inverse(&cosine)?;
                    self.product(&sine, &secant)?
                };
                if value == *x {
                    return Ok(angle);
                }
            }
        }
        Ok(self.opaque(function, vec![x.clone()]))
    }

    /// ⌊x + n⌋ = ⌊x⌋ + n
    fn floor(&mut self, p: Polynomial) -> Result<Polynomial, Failure> {
        let value = match p.as_rational() {
            Some(_) => None,
            None => self.kernels.around(&p),
        };
        if let Some(floor) = value.and_then(|value| value.floor().ok()?.nearest_integer()) {
            return Ok(Polynomial::constant(Rational::from_integer(floor)));
        }
        let whole = term::floor(&p.constant_term());
        let whole = Polynomial::constant(Rational::from_integer(whole));
        let rest = self.minus(p, whole.clone())?;
        if rest.as_rational().is_some() {
            return Ok(whole);
        }
        let floor = self.opaque(Function::Floor, vec![rest]);
        self.sum([floor, whole].into())
    }

    /// The maximum, without the arguments that another one is known to exceed.
    fn maximum(&mut self, arguments: Vec<Polynomial>) -> Result<Polynomial, Failure> {
        let mut largest: Vec<Polynomial> = Vec::new();
        'next: for argument in arguments {
            let mut kept = Vec::with_capacity(largest.len());
            for other in core::mem::take(&mut largest) {
                let difference = self.minus(other.clone(), argument.clone())?;
                let sign = if difference.is_zero() {
                    Some(Ordering::Greater)
                } else {
                    self.kernels.sign(&difference)
                };
                match sign {
                    Some(Ordering::Less) => {}
                    Some(_) => {
                        // Nothing that was kept exceeds `other`, so nothing was dropped.
                        kept.push(other);
                        largest = kept;
                        continue 'next;
                    }
                    None => kept.push(other),
                }
            }
            kept.push(argument);
            largest = kept;
        }
        match &largest[..] {
            [] => Err(Failure::Unsupported),
            [only] => Ok(only.clone()),
            _ => {
                largest.sort();
                Ok(self.opaque(Function::Max, largest))
            }
        }
    }

    fn complex_part(&mut self, part: Function, z: &Polynomial) -> Result<Polynomial, Failure> {
        let Some(conjugate) = self.kernels.conjugate(z) else {
            return Ok(self.opaque(part, vec![z.clone()]));
        };
        if part == Function::Conj {
            return Ok(conjugate);
        }
        let half = Rational::new_raw(IBig::ONE, IBig::from(2));
        let re = self
            .sum([z.clone(), conjugate.clone()].into())?
            .scaled(&half);
        let im = self.minus(conjugate, z.clone())?.scaled(&half);
        let im = self.product(&im, &Polynomial::monomial(Self::i()))?;
        let (re, im) = (self.canonical(re)?, self.canonical(im)?);
        match part {
            Function::Re => return Ok(re),
            Function::Im => return Ok(im),
            _ => {}
        }
        let argument = match (self.kernels.sign(&re), self.kernels.sign(&im)) {
            _ if re.is_zero() && im.is_zero() => return Err(Failure::Undefined),
            (Some(sign), _) if im.is_zero() => multiple_of_pi(i64::from(sign.is_lt()), 1),
            (_, Some(sign)) if re.is_zero() => multiple_of_pi(if sign.is_lt() { -1 } else { 1 }, 2),
            (Some(horizontal), Some(vertical)) if !re.is_zero() && !im.is_zero() => {
                let inverse = self.inverse(&re)?;
                let slope = self.product(&im, &inverse)?;
                let slope = self.canonical(slope)?;
                let angle = self.inverse_trigonometric(Function::Atan, &slope)?;
                let turn = match (horizontal, vertical) {
                    (Ordering::Less, Ordering::Less) => -1,
                    (Ordering::Less, _) => 1,
                    _ => 0,
                };
                self.sum([angle, multiple_of_pi(turn, 1)].into())?
            }
            _ => self.opaque(Function::Arg, vec![z.clone()]),
        };
        Ok(argument)
    }
}

/// (numerator / denominator) π
fn multiple_of_pi(numerator: i64, denominator: i64) -> Polynomial {
    let pi = Monomial::power_of(Kernels::PI, One::one());
    Polynomial::term(pi, Rational::new(numerator.into(), denominator.into()))
}
