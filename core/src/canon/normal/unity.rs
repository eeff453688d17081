//! Roots of unity: e^(iπr) for rational r.

use alloc::vec;
use alloc::vec::Vec;

use dashu_int::IBig;
use num_integer::Integer;
use num_traits::{One, Zero};
use thin_vec::ThinVec;

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::{Kernel, Kernels};
use super::monomial::{self, Exponent, Monomial};
use super::polynomial::{self, Polynomial};
use crate::canon::residue;
use crate::canon::term::Rational;

/// Roots of unity of a higher order stay as they are.
const MAX_ORDER: i64 = 1000;

impl Normalizer<'_> {
    /// e^(iπr), in i, √2 and √3 where these suffice.
    pub(super) fn unity(&mut self, r: &Exponent) -> Result<Polynomial, Failure> {
        let (floor, rest) = monomial::split(r);
        let root = match *rest.denom() {
            3 | 4 | 6 | 12 => {
                let k = rest.numer() * (12 / rest.denom());
                let imaginary = Polynomial::monomial(Self::i());
                let sine = self.cosine_of_twelfths(6 - k)?;
                let sine = self.product(&sine, &imaginary)?;
                let cosine = self.cosine_of_twelfths(k)?;
                self.sum([cosine, sine].into())?
            }
            _ => Polynomial::monomial(Monomial::power_of(Kernels::UNITY, rest)),
        };
        Ok(if floor % 2 == 0 { root } else { root.negated() })
    }

    /// The imaginary unit.
    pub(super) fn i() -> Monomial {
        Monomial::power_of(Kernels::UNITY, Exponent::new_raw(1, 2))
    }

    /// cos(kπ/12) for -12 ≤ k ≤ 12.
    fn cosine_of_twelfths(&mut self, k: i64) -> Result<Polynomial, Failure> {
        let k = k.abs();
        if k > 6 {
            return Ok(self.cosine_of_twelfths(12 - k)?.negated());
        }
        // The sum of a√n over the pairs, divided by 4.
        let radicals: &[(i64, i64)] = match k {
            0 => &[(4, 1)],
            1 => &[(1, 6), (1, 2)],
            2 => &[(2, 3)],
            3 => &[(2, 2)],
            4 => &[(2, 1)],
            5 => &[(1, 6), (-1, 2)],
            _ => &[],
        };
        self.radical_sum(radicals, 4)
    }

    /// cos(rπ), by radicals where r has a denominator that divides 12 or is 5.
    pub(super) fn cosine_of_pi(&mut self, r: &Exponent) -> Result<Polynomial, Failure> {
        if *r.denom() == 5 {
            return match r.numer().rem_euclid(10) {
                1 | 9 => self.radical_sum(&[(1, 1), (1, 5)], 4),
                2 | 8 => self.radical_sum(&[(-1, 1), (1, 5)], 4),
                3 | 7 => self.radical_sum(&[(1, 1), (-1, 5)], 4),
                _ => self.radical_sum(&[(-1, 1), (-1, 5)], 4),
            };
        }
        let (a, b) = (self.unity(r)?, self.unity(&-r)?);
        let sum = self.sum([a, b].into())?;
        Ok(sum.scaled(&Rational::new_raw(IBig::ONE, IBig::from(2))))
    }

    /// The sum of a√n over the pairs, divided by `denominator`.
    pub(super) fn radical_sum(
        &mut self,
        radicals: &[(i64, i64)],
        denominator: i64,
    ) -> Result<Polynomial, Failure> {
        let mut summands = Vec::with_capacity(radicals.len());
        for &(factor, radicand) in radicals {
            let radicand = Rational::from_integer(IBig::from(radicand));
            let root = self.positive_power(&radicand, &Exponent::new_raw(1, 2))?;
            summands.push(root.scaled(&Rational::new(factor.into(), denominator.into())));
        }
        self.sum(summands)
    }

    /// Writes the roots of unity in p on a basis of their field over the rationals, or over the
    /// other kernels, together with the square roots that lie in that field.
    pub(super) fn reduce_unity(&mut self, p: Polynomial) -> Result<Polynomial, Failure> {
        let exponent = |monomial: &Monomial| monomial.exponent(Kernels::UNITY);
        let all_simple = |p: &Polynomial| p.terms().iter().all(|t| *exponent(&t.0).denom() <= 2);
        if all_simple(&p) {
            return Ok(p);
        }
        let mut summands = Vec::with_capacity(p.len());
        for (monomial, coefficient) in p.into_terms() {
            let root = exponent(&monomial);
            let term = if 12 % root.denom() == 0 {
                let rest = monomial.with_exponent(Kernels::UNITY, Exponent::zero());
                let root = self.unity(&root)?;
                self.product(&root, &Polynomial::term(rest, coefficient))?
            } else {
                Polynomial::term(monomial, coefficient)
            };
            summands.push(term);
        }
        let p = self.sum(summands)?;
        if all_simple(&p) {
            return Ok(p);
        }
        let mut roots = p.terms().iter().map(|term| exponent(&term.0));
        match roots.try_fold(4, |order, root| common_order(order, &root)) {
            Some(order) => self.reduce_cyclotomic(p, order),
            None => Ok(p),
        }
    }

    /// Reduces p in the field of the `order`-th roots of unity ζ, where 4 divides `order`.
    fn reduce_cyclotomic(&mut self, p: Polynomial, order: i64) -> Result<Polynomial, Failure> {
        let primes = prime_divisors(order);
        let mut groups: Vec<(Monomial, Vec<Rational>)> = Vec::new();
        for (monomial, coefficient) in p.into_terms() {
            let root = monomial.exponent(Kernels::UNITY);
            let start = root.numer() * (order / (2 * root.denom()));
            let (mut powers, mut rest) = (
                vec![(start, coefficient)],
                monomial.with_exponent(Kernels::UNITY, Exponent::zero()),
            );
            for &(id, exponent) in rest.clone().factors() {
                let Kernel::Prime(prime) = *self.kernels.get(id) else {
                    continue;
                };
                let inside = primes.iter().any(|&(p, _)| p as u64 == prime)
                    && (prime != 2 || order % 8 == 0);
                let less = exponent - Exponent::new_raw(1, 2);
                if !inside || less < Exponent::zero() || exponent >= Exponent::one() {
                    continue;
                }
                rest = rest.with_exponent(id, less);
                let gauss = square_root(prime as i64, order);
                self.fuel.spend((gauss.len() * powers.len()) as u64)?;
                let products = powers.iter().flat_map(|(power, coefficient)| {
                    gauss.iter().map(move |&(shift, negative)| {
                        let coefficient = coefficient.clone();
                        let sign = if negative { -coefficient } else { coefficient };
                        (power + shift, sign)
                    })
                });
                powers = products.collect();
            }
            self.fuel.spend(powers.len() as u64 + order as u64 / 4)?;
            let at = match groups.binary_search_by(|(own, _)| own.cmp(&rest)) {
                Ok(at) => at,
                Err(at) => {
                    groups.insert(at, (rest, vec![Rational::zero(); order as usize]));
                    at
                }
            };
            let sums = &mut groups[at].1;
            for (power, coefficient) in powers {
                let sum = &mut sums[power.rem_euclid(order) as usize];
                *sum = polynomial::add(sum, &coefficient);
            }
        }
        let mut terms = ThinVec::new();
        for (rest, mut sums) in groups {
            for &(prime, power) in &primes {
                self.fuel.spend(order as u64)?;
                eliminate(&mut sums, order, prime, power);
            }
            for (index, coefficient) in sums.into_iter().enumerate() {
                if coefficient.is_zero() {
                    continue;
                }
                let (floor, root) = monomial::split(&Exponent::new(2 * index as i64, order));
                let monomial = rest.clone().with_exponent(Kernels::UNITY, root);
                let negative = floor % 2 != 0;
                terms.push((monomial, if negative { -coefficient } else { coefficient }));
            }
        }
        self.collect(terms)
    }
}

/// The order of a field of roots of unity together with e^(iπr), unless that gets too large.
pub(super) fn common_order(order: i64, r: &Exponent) -> Option<i64> {
    let own = Some(*r.denom()).filter(|&own| own <= MAX_ORDER)?;
    let order = order.lcm(&(2 * own));
    (order <= MAX_ORDER).then_some(order)
}

/// The prime divisors of n, each with its largest power that divides n.
fn prime_divisors(mut n: i64) -> Vec<(i64, i64)> {
    let mut divisors = Vec::new();
    let mut prime = 2;
    while n > 1 {
        let mut power = 1;
        while n % prime == 0 {
            n /= prime;
            power *= prime;
        }
        if power > 1 {
            divisors.push((prime, power));
        }
        prime += 1;
    }
    divisors
}

/// The square root of a prime as a sum of signed powers of ζ, by the quadratic Gauss sum
/// Σ (a/p) ζ_p^a, which is √p for p ≡ 1 and i√p for p ≡ 3 modulo 4; √2 = ζ_8 + ζ_8⁻¹.
fn square_root(prime: i64, order: i64) -> Vec<(i64, bool)> {
    if prime == 2 {
        return vec![(order / 8, false), (-(order / 8), false)];
    }
    let turn = if prime % 4 == 3 { -(order / 4) } else { 0 };
    (1..prime)
        .map(|a| {
            let (a, p) = (a as u64, prime as u64);
            // Euler's criterion
            let square = residue::pow(a, (p - 1) / 2, p) == 1;
            (turn + a as i64 * (order / prime), !square)
        })
        .collect()
}

/// Removes from a sum Σ cₑ ζᵉ the powers whose component of order `power` (the full power of
/// `prime` in the order) has the top digit prime - 1, by 1 + ω + … + ω^(prime-1) = 0 for the
/// primitive roots ω of order `prime`. Doing so for every prime leaves a basis.
fn eliminate(sums: &mut [Rational], order: i64, prime: i64, power: i64) {
    let cofactor = order / power;
    // The component of e is the f with f·cofactor ≡ e modulo `power`.
    let inverse = (1..power)
        .find(|x| x * cofactor % power == 1 % power)
        .unwrap_or(1);
    for e in 0..order {
        let component = e % power * inverse % power;
        if component / (power / prime) != prime - 1 || sums[e as usize].is_zero() {
            continue;
        }
        let removed = core::mem::replace(&mut sums[e as usize], Rational::zero());
        for step in 1..prime {
            let other = (e - step * (order / prime)).rem_euclid(order) as usize;
            sums[other] = polynomial::add(&sums[other], &-removed.clone());
        }
    }
}
