//! The field that an algebraic constant lies in, step by step.

use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_integer::Integer;

use super::MAX_DEGREE;
use crate::canon::term::Term;
use crate::limits::{Fuel, OutOfFuel};

/// The steps that lead from the rational numbers to the field of an expression.
pub(super) struct Field<'t, 'f> {
    pub(super) fuel: &'f mut Fuel,
    /// All roots of unity have an order that divides this one.
    order: u64,
    /// Whether roots of unity occur other than in cosines.
    pub(super) complex: bool,
    /// Positive integers and the degrees of their radicals.
    integers: Vec<(IBig, u64)>,
    /// Other radicands and the degrees of their radicals.
    radicals: Vec<(&'t Term, u32)>,
}

impl<'t, 'f> Field<'t, 'f> {
    pub(super) fn new(fuel: &'f mut Fuel) -> Self {
        Self {
            fuel,
            order: 1,
            complex: false,
            integers: Vec::new(),
            radicals: Vec::new(),
        }
    }

    /// A bound on the degree, if it is of use.
    pub(super) fn degree(&mut self) -> Result<Option<u64>, OutOfFuel> {
        self.fuel.spend(1 + self.order.isqrt() / 4)?;
        let cyclotomic = totient(self.order);
        let cyclotomic = if self.complex {
            cyclotomic
        } else {
            cyclotomic.div_ceil(2)
        };
        let integers = self.integers.iter().map(|(_, degree)| *degree);
        let radicals = self.radicals.iter().map(|(_, degree)| u64::from(*degree));
        let degree = integers
            .chain(radicals)
            .try_fold(cyclotomic, u64::checked_mul);
        Ok(degree.filter(|degree| *degree <= MAX_DEGREE))
    }

    pub(super) fn adjoin_order(&mut self, order: u64) -> Option<()> {
        self.order = (self.order / self.order.gcd(&order)).checked_mul(order)?;
        // The totient of n exceeds √(n/2), so that larger orders lead to larger degrees.
        (self.order <= 2 * MAX_DEGREE * MAX_DEGREE).then_some(())
    }

    /// Adjoins the roots of a radicand that is no rational number. `None` where there are too many.
    pub(super) fn adjoin_radical(
        &mut self,
        radicand: &'t Term,
        degree: u32,
    ) -> Result<Option<()>, OutOfFuel> {
        self.fuel
            .spend(4 * (self.radicals.len() as u64 + u64::from(degree)))?;
        if !self.radicals.contains(&(radicand, degree)) {
            // Each at least doubles the degree.
            if self.radicals.len() as u32 == MAX_DEGREE.ilog2() {
                return Ok(None);
            }
            self.radicals.push((radicand, degree));
        }
        Ok(Some(()))
    }

    /// Adjoins what the `degree`-th root of a positive integer is a product of.
    pub(super) fn adjoin_roots(&mut self, mut integer: IBig, degree: u32) -> Result<(), OutOfFuel> {
        const LARGEST_DIVISOR: u32 = 100;
        const LONGEST: usize = 256;
        if integer.is_zero() {
            return Ok(());
        }
        if integer.bit_len() > LONGEST {
            self.adjoin_root(integer, degree);
            return Ok(());
        }
        self.fuel
            .spend(u64::from(LARGEST_DIVISOR) / 2 + u64::from(degree))?;
        for divisor in (2..3).chain((3..LARGEST_DIVISOR).step_by(2)) {
            let mut multiplicity = 0;
            while integer.is_multiple_of(&IBig::from(divisor)) {
                integer /= divisor;
                multiplicity += 1;
                self.fuel.spend(1)?;
            }
            self.adjoin_root(IBig::from(divisor), degree / degree.gcd(&multiplicity));
        }
        if integer != IBig::ONE {
            self.adjoin_root(integer, degree);
        }
        Ok(())
    }

    /// Adjoins the positive `degree`-th root of a positive integer, which is a power of any root
    /// of a degree that is a multiple.
    fn adjoin_root(&mut self, integer: IBig, degree: u32) {
        let degree = u64::from(degree);
        if degree == 1 {
            return;
        }
        match self
            .integers
            .iter_mut()
            .find(|(known, _)| *known == integer)
        {
            Some((_, known)) => *known = known.lcm(&degree),
            None => self.integers.push((integer, degree)),
        }
    }
}

/// Euler's totient.
fn totient(mut n: u64) -> u64 {
    let mut totient = n;
    let mut divisor = 2;
    while divisor * divisor <= n {
        if n % divisor == 0 {
            totient -= totient / divisor;
            while n % divisor == 0 {
                n /= divisor;
            }
        }
        divisor += 1;
    }
    if n > 1 {
        totient - totient / n
    } else {
        totient
    }
}
