//! Exponentials, logarithms, general powers, sine and cosine.

use alloc::vec::Vec;

use dashu_int::IBig;
use num_integer::Integer;
use num_traits::{One, Signed};

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::{Kernel, KernelId, Kernels};
use super::monomial::{self, Exponent, Monomial};
use super::polynomial::Polynomial;
use crate::canon::term::{Function, Rational};

/// Powers of e^(i asin x) are multiplied out up to this one.
const INVERSE_POWER: i64 = 32;

impl Normalizer<'_> {
    pub(super) fn power(
        &mut self,
        base: Polynomial,
        exponent: Polynomial,
    ) -> Result<Polynomial, Failure> {
        let exponent = self.canonical(exponent)?;
        if let Some(exponent) = exponent.as_rational() {
            if let Ok(exponent) = monomial::exponent(&exponent) {
                return if exponent.is_integer() {
                    self.raise(&base, *exponent.numer())
                } else {
                    self.rational_power(base, &exponent)
                };
            }
        }
        if base.is_zero() {
            return Err(Failure::Unsupported);
        }
        let logarithm = self.ln(base)?;
        let exponent = self.product(&exponent, &logarithm)?;
        self.exp(exponent)
    }

    /// The principal logarithm.
    pub(super) fn ln(&mut self, p: Polynomial) -> Result<Polynomial, Failure> {
        let Some((coefficient, monomial)) = self.factored(p, 2, false)? else {
            return Err(Failure::Undefined);
        };
        let factors = self.factors(&coefficient, &monomial)?;
        let primes = self.prime_powers(&factors.magnitude)?;
        let mut summands = Vec::new();
        for &(id, exponent) in primes.factors().iter().chain(factors.nonnegative.factors()) {
            summands.push(self.ln_kernel(id)?.scaled(&rational(&exponent)));
        }
        if !factors.rest.is_empty() {
            let (id, exponent) = match factors.single(self.kernels) {
                Some(single) => single,
                None => (self.compound_of_rest(&factors)?, Exponent::one()),
            };
            if exponent.is_one() {
                self.assume_nonnegative(id);
            }
            summands.push(self.ln_kernel(id)?.scaled(&rational(&exponent)));
        } else {
            let (turn, _) = Self::i().times(&Monomial::power_of(Kernels::PI, One::one()))?;
            summands.push(Polynomial::term(turn, rational(&factors.turn)));
        }
        self.sum(summands)
    }

    fn ln_kernel(&mut self, id: KernelId) -> Result<Polynomial, Failure> {
        Ok(match self.kernels.get(id) {
            Kernel::E => Polynomial::one(),
            Kernel::Exp(exponent) if self.kernels.is_nonnegative(id) => {
                Polynomial::monomial(exponent.clone())
            }
            _ => self.kernel(Kernel::Ln(id)),
        })
    }

    /// e^p, one factor for each term of p.
    pub(super) fn exp(&mut self, p: Polynomial) -> Result<Polynomial, Failure> {
        let p = self.canonical(p)?;
        let mut power = Polynomial::one();
        for (monomial, coefficient) in p.terms() {
            let factor = self.exp_term(monomial, coefficient)?;
            power = self.product(&power, &factor)?;
        }
        Ok(power)
    }

    fn exp_term(
        &mut self,
        monomial: &Monomial,
        coefficient: &Rational,
    ) -> Result<Polynomial, Failure> {
        if monomial.is_one() {
            let exponent = monomial::exponent(coefficient)?;
            return Ok(Polynomial::monomial(Monomial::power_of(
                Kernels::E,
                exponent,
            )));
        }
        let (unity, rest) = monomial.partition(|id| id == Kernels::UNITY);
        let imaginary = unity == Self::i();
        let single = rest.single().filter(|factor| factor.1.is_one());
        let kernel = single.map(|(id, _)| (id, self.kernels.get(id).clone()));
        match kernel {
            Some((Kernels::PI, _)) if imaginary => {
                let turns = coefficient.numer().mod_floor(&(coefficient.denom() * 2));
                let turns = Rational::new_raw(turns, coefficient.denom().clone());
                let turns = monomial::exponent(&turns)?;
                return self.unity(&turns);
            }
            Some((_, Kernel::Ln(argument))) if unity.is_one() => {
                let exponent = monomial::exponent(coefficient)?;
                let branch = matches!(self.kernels.get(argument), Kernel::Exp(_));
                if exponent.is_integer() || !branch {
                    return self
                        .monomial_power(&Monomial::power_of(argument, One::one()), &exponent);
                }
            }
            Some((_, Kernel::Call(function @ (Function::Asin | Function::Atan), arguments)))
                if imaginary =>
            {
                let exponent = monomial::exponent(coefficient)?;
                let small = exponent.numer().abs() <= INVERSE_POWER;
                if let ([argument], true) = (&arguments[..], exponent.is_integer() && small) {
                    let base = self.exp_of_inverse(function, argument)?;
                    return self.raise(&base, *exponent.numer());
                }
            }
            _ => {}
        }
        let exponent = monomial::exponent(coefficient)?;
        let kernel = self.kernels.intern(Kernel::Exp(monomial.clone()));
        Ok(Polynomial::monomial(Monomial::power_of(kernel, exponent)))
    }

    /// e^(i asin x) = √(1 - x²) + ix, e^(i atan x) = (1 + ix) / √(1 + x²).
    fn exp_of_inverse(
        &mut self,
        function: Function,
        x: &Polynomial,
    ) -> Result<Polynomial, Failure> {
        let ix = self.product(x, &Polynomial::monomial(Self::i()))?;
        let square = self.product(x, x)?;
        let half = Exponent::new_raw(1, 2);
        if function == Function::Asin {
            let rest = self.minus(Polynomial::one(), square)?;
            let cosine = self.power(rest, Polynomial::constant(rational(&half)))?;
            self.sum([cosine, ix].into())
        } else {
            let sum = self.sum([Polynomial::one(), square].into())?;
            let cosine = self.power(sum, Polynomial::constant(rational(&-half)))?;
            let sum = self.sum([Polynomial::one(), ix].into())?;
            self.product(&sum, &cosine)
        }
    }

    /// cos p = (e^(ip) + e^(-ip)) / 2
    pub(super) fn cos(&mut self, p: Polynomial) -> Result<Polynomial, Failure> {
        let p = self.canonical(p)?;
        if let Some(turns) = turns(&p) {
            return self.cosine_of_pi(&turns);
        }
        let (up, down) = self.exponentials(p)?;
        let sum = self.sum([up, down].into())?;
        Ok(sum.scaled(&Rational::new_raw(IBig::ONE, IBig::from(2))))
    }

    /// sin p = (e^(ip) - e^(-ip)) / 2i
    pub(super) fn sin(&mut self, p: Polynomial) -> Result<Polynomial, Failure> {
        let p = self.canonical(p)?;
        if let Some(turns) = turns(&p) {
            let turns = monomial::sum(&Exponent::new_raw(1, 2), &-turns)?;
            return self.cosine_of_pi(&turns);
        }
        let (up, down) = self.exponentials(p)?;
        let difference = self.minus(down, up)?;
        let i = Polynomial::monomial(Self::i());
        let product = self.product(&difference, &i)?;
        Ok(product.scaled(&Rational::new_raw(IBig::ONE, IBig::from(2))))
    }

    /// e^(ip) and e^(-ip)
    fn exponentials(&mut self, p: Polynomial) -> Result<(Polynomial, Polynomial), Failure> {
        let ip = self.product(&p, &Polynomial::monomial(Self::i()))?;
        let up = self.exp(ip.clone())?;
        let down = self.exp(ip.negated())?;
        Ok((up, down))
    }
}

/// The r in p = rπ.
fn turns(p: &Polynomial) -> Option<Exponent> {
    let (monomial, coefficient) = match p.single() {
        Some((monomial, coefficient)) => (monomial, coefficient),
        None if p.is_zero() => return Some(Exponent::default()),
        None => return None,
    };
    if monomial.single() != Some((Kernels::PI, Exponent::one())) {
        return None;
    }
    let two = coefficient.denom() * 2;
    let turns = Rational::new_raw(
        coefficient.numer().mod_floor(&two),
        coefficient.denom().clone(),
    );
    monomial::exponent(&turns).ok()
}

fn rational(exponent: &Exponent) -> Rational {
    Rational::new_raw(IBig::from(*exponent.numer()), IBig::from(*exponent.denom()))
}
