//! Balls around real constants, to know their signs.

use core::cell::{Cell, RefCell};
use core::cmp::Ordering;

use dashu_int::IBig;
use num_traits::One;

use super::kernel::{Kernel, KernelId, Kernels};
use super::monomial::{Exponent, Monomial};
use super::polynomial::Polynomial;
use crate::canon::ball::{Ball, Complex, Constants};

const PRECISION: i64 = 64;

/// Roots of up to this degree are taken on integers, higher ones by logarithm.
const DIRECT_ROOTS: i64 = 6;

/// What the balls of one table of kernels share.
#[derive(Clone, Debug)]
pub(super) struct Estimates {
    constants: RefCell<Constants>,
    /// How many factors may still be evaluated: what they cost is not charged as fuel.
    left: Cell<u32>,
}

impl Default for Estimates {
    fn default() -> Self {
        Self {
            constants: RefCell::default(),
            left: Cell::new(2000),
        }
    }
}

impl Kernels {
    /// A ball around a real constant that is made of other kernels, where it can be told.
    pub(super) fn composed(&self, kernel: &Kernel) -> Option<Ball> {
        match kernel {
            Kernel::Compound(base) => self.around(base),
            Kernel::Ln(argument) => {
                let argument = self.around_kernel(*argument)?;
                let positive = argument.sign() == Some(Ordering::Greater);
                let constants = &mut *self.estimates.constants.borrow_mut();
                positive.then(|| argument.ln(PRECISION, constants).ok())?
            }
            Kernel::Exp(exponent) => {
                let exponent = self.around_monomial(exponent)?;
                let constants = &mut *self.estimates.constants.borrow_mut();
                exponent.exp(PRECISION, constants).ok()
            }
            _ => None,
        }
        .filter(Ball::is_bounded)
    }

    fn around_kernel(&self, id: KernelId) -> Option<Ball> {
        let left = self.estimates.left.get().checked_sub(1)?;
        self.estimates.left.set(left);
        match self.get(id) {
            Kernel::Pi => Some(self.estimates.constants.borrow_mut().pi(PRECISION)),
            Kernel::E => {
                let constants = &mut *self.estimates.constants.borrow_mut();
                Ball::ONE.exp(PRECISION, constants).ok()
            }
            Kernel::Prime(p) => Some(Ball::exact(IBig::from(*p), 0)),
            Kernel::Integer(n) => Some(Ball::exact(n.clone(), 0).round(PRECISION)),
            _ => self.value(id).cloned(),
        }
    }

    fn around_monomial(&self, monomial: &Monomial) -> Option<Ball> {
        let mut factors = monomial.factors().iter();
        factors.try_fold(Ball::ONE, |product, (id, exponent)| {
            let factor = self.power_of(self.around_kernel(*id)?, exponent)?;
            Some(product.mul(&factor, PRECISION))
        })
    }

    /// A ball around a real constant, where it can be told.
    pub(super) fn around(&self, p: &Polynomial) -> Option<Ball> {
        let sum = p.terms().iter().try_fold(Ball::ZERO, |sum, (monomial, c)| {
            let factor = Ball::rational(c, PRECISION);
            let addend = self.around_monomial(monomial)?.mul(&factor, PRECISION);
            Some(sum.add(&addend, PRECISION))
        });
        sum.filter(Ball::is_bounded)
    }

    /// The principal power, of a base known to be positive or to an integer.
    fn power_of(&self, base: Ball, exponent: &Exponent) -> Option<Ball> {
        if exponent.is_one() {
            return Some(base);
        }
        let degree = *exponent.denom();
        let root = match base.sign()? {
            Ordering::Equal => return None,
            _ if degree == 1 => base,
            Ordering::Less => return None,
            Ordering::Greater if degree <= DIRECT_ROOTS => {
                base.root(u32::try_from(degree).ok()?, PRECISION).ok()?
            }
            Ordering::Greater => {
                let constants = &mut *self.estimates.constants.borrow_mut();
                let logarithm = base.ln(PRECISION, constants).ok()?;
                let share = logarithm.div(&Ball::integer(degree), PRECISION).ok()?;
                share.exp(PRECISION, constants).ok()?
            }
        };
        let power = Complex::real(root).powi(&IBig::from(*exponent.numer()), PRECISION);
        power.ok().map(|power| power.re).filter(Ball::is_bounded)
    }
}
