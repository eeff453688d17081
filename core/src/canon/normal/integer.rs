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

/// Factors up to this one are found by trial division.
const TRIAL: u32 = 1 << 10;

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
        let mut divisor = 2;
        while divisor < TRIAL && !rest.is_one() {
            if let Some(small) = rest.to_u64() {
                if u64::from(divisor).pow(2) > small {
                    break;
                }
            }
            self.fuel.spend(rest.bit_len() as u64 / 512)?;
            let mut exponent = 0;
            while (&rest % divisor).is_zero() {
                self.fuel.spend(1 + rest.bit_len() as u64 / 512)?;
                rest /= divisor;
                exponent += 1;
            }
            if exponent > 0 {
                push(self, Kernel::Prime(divisor.into()), exponent);
            }
            divisor += if divisor == 2 { 1 } else { 2 };
        }
        self.fuel.spend(u64::from(divisor) / 16)?;
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
            Some(small) if small < u64::from(TRIAL).pow(2) => Ok(Kernel::Prime(small)),
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
