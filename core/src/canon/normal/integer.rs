//! Integers as products of prime powers.

use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_traits::{One, ToPrimitive, Zero};

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::{Kernel, KernelId};
use super::monomial::{Exponent, Monomial};
use super::polynomial::Polynomial;
use crate::canon::residue;
use crate::canon::term::Rational;

/// Prime factors below this are found by trial division.
const TRIAL: usize = 1 << 10;

const PRIMES: [u16; 172] = primes();

/// Larger cofactors are not tried for perfect powers.
const ROOT_BITS: usize = 2048;

impl Normalizer<'_> {
    /// A positive rational as a monomial in primes.
    pub(super) fn prime_powers(&mut self, value: &Rational) -> Result<Monomial, Failure> {
        let mut factors = Vec::new();
        self.factorize(value.numer(), 1, &mut factors)?;
        self.factorize(value.denom(), -1, &mut factors)?;
        Ok(factors.into_iter().collect())
    }

    /// A positive rational to a rational power.
    pub(super) fn positive_power(
        &mut self,
        value: &Rational,
        exponent: &Exponent,
    ) -> Result<Polynomial, Failure> {
        if value.is_one() {
            return Ok(Polynomial::one());
        }
        let primes = self.prime_powers(value)?;
        self.monomial_power(&primes, exponent)
    }

    fn factorize(
        &mut self,
        n: &IBig,
        sign: i64,
        factors: &mut Vec<(KernelId, Exponent)>,
    ) -> Result<(), Failure> {
        let mut rest = n.clone();
        let mut push = |normalizer: &mut Self, kernel, exponent: i64| {
            let id = normalizer.kernels.intern(kernel);
            factors.push((id, Exponent::from_integer(sign * exponent)));
        };
        for divisor in PRIMES.map(u64::from) {
            if rest.to_u64().is_some_and(|rest| divisor * divisor > rest) {
                break;
            }
            self.fuel.spend(rest.bit_len() as u64 / 512)?;
            if (&rest % divisor).is_zero() {
                let (sign, mut magnitude) = rest.into_parts();
                self.fuel.spend(1 + magnitude.bit_len() as u64 / 16)?;
                let exponent = magnitude.remove(&divisor.into()).unwrap_or(0);
                rest = IBig::from_parts(sign, magnitude);
                push(self, Kernel::Prime(divisor), exponent as i64);
            }
        }
        self.fuel.spend(4)?;
        if rest.is_one() {
            return Ok(());
        }
        let (base, exponent) = self.perfect_power(rest)?;
        let kernel = self.integer_kernel(base)?;
        push(self, kernel, exponent);
        Ok(())
    }

    /// The kernel of an integer without factors below [`TRIAL`].
    fn integer_kernel(&mut self, n: IBig) -> Result<Kernel, Failure> {
        match n.to_u64() {
            Some(small) if small < (TRIAL as u64).pow(2) => Ok(Kernel::Prime(small)),
            Some(small) => {
                self.fuel.spend(200)?;
                Ok(if residue::is_prime(small) {
                    Kernel::Prime(small)
                } else {
                    Kernel::Integer(n)
                })
            }
            None => Ok(Kernel::Integer(n)),
        }
    }

    /// Writes n as b^e with e as large as possible, where all factors of n are above [`TRIAL`].
    fn perfect_power(&mut self, n: IBig) -> Result<(IBig, i64), Failure> {
        let (mut base, mut exponent) = (n, 1);
        for k in [2, 3, 5, 7, 11, 13] {
            while base.bit_len() > 10 * k && base.bit_len() <= ROOT_BITS {
                self.fuel.spend(1 + base.bit_len() as u64 / 16)?;
                let root = base.nth_root(k);
                if root.pow(k) != base {
                    break;
                }
                base = root;
                exponent *= k as i64;
            }
        }
        Ok((base, exponent))
    }
}

/// The primes below [`TRIAL`], by the sieve of Eratosthenes.
const fn primes() -> [u16; 172] {
    let mut composite = [false; TRIAL];
    let mut primes = [0; 172];
    let (mut count, mut n) = (0, 2);
    while n < TRIAL {
        if !composite[n] {
            primes[count] = n as u16;
            count += 1;
            let mut multiple = n * n;
            while multiple < TRIAL {
                composite[multiple] = true;
                multiple += n;
            }
        }
        n += 1;
    }
    primes
}
