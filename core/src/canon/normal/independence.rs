//! Proofs that a settled polynomial is not zero, from what is known about the independence of its
//! kernels.

use alloc::vec;
use alloc::vec::Vec;

use num_traits::{One, Zero};

use super::kernel::{Kernel, KernelId, Kernels};
use super::monomial::{Exponent, Monomial};
use super::polynomial::Polynomial;
use super::unity;
use crate::canon::term::Function;

impl Kernels {
    /// Whether p, which must be settled, is proven to be nonzero almost everywhere.
    ///
    /// Symbols, logarithms of symbols and exponentials of linearly independent products of all
    /// these are algebraically independent over the constants (Ax, "On Schanuel's conjectures",
    /// 1971), so that p is nonzero if one coefficient of a product of them is.
    pub(super) fn is_nonzero(&self, p: &Polynomial) -> bool {
        let mut roots = p.terms().iter().map(|term| term.0.exponent(Self::UNITY));
        if roots
            .try_fold(1, |order, root| unity::common_order(order, &root))
            .is_none()
        {
            // Roots of unity of so large an order are not reduced.
            return false;
        }
        let mut split = Vec::with_capacity(p.len());
        for (monomial, _) in p.terms() {
            split.push(monomial.partition(|id| self.is_constant(id)));
        }
        let mut coefficients: Vec<(&Monomial, Vec<&Monomial>)> = Vec::new();
        for (constant, variable) in &split {
            if !variable
                .factors()
                .iter()
                .all(|&(id, _)| self.is_independent_variable(id))
            {
                return false;
            }
            match coefficients.binary_search_by(|(own, _)| own.cmp(&variable)) {
                Ok(at) => coefficients[at].1.push(constant),
                Err(at) => coefficients.insert(at, (variable, vec![constant])),
            }
        }
        coefficients
            .iter()
            .any(|(_, terms)| self.is_nonzero_constant(terms))
    }

    fn is_independent_variable(&self, id: KernelId) -> bool {
        match self.get(id) {
            Kernel::Symbol(_) => true,
            Kernel::Ln(argument) => matches!(self.get(*argument), Kernel::Symbol(_)),
            Kernel::Exp(exponent) => {
                let (constant, variable) = exponent.partition(|id| self.is_constant(id));
                let mut factors = variable.factors().iter();
                let independent = factors.all(|&(id, _)| self.is_independent_variable(id));
                independent && self.is_independent_factor(&constant)
            }
            _ => false,
        }
    }

    /// Whether products of this shape are linearly independent over the rationals. A multiple of
    /// iπ is left out: with an integer variable its exponential is a root of unity.
    fn is_independent_factor(&self, constant: &Monomial) -> bool {
        let mut imaginary = false;
        let mut logarithm = None;
        for &(id, exponent) in constant.factors() {
            match self.get(id) {
                Kernel::Prime(_) if is_proper(&exponent) => {}
                Kernel::Unity if exponent == Exponent::new_raw(1, 2) => imaginary = true,
                Kernel::Pi | Kernel::Ln(_)
                    if self.is_logarithm(id) && exponent.is_one() && logarithm.is_none() =>
                {
                    logarithm = Some(id);
                }
                _ => return false,
            }
        }
        !(imaginary && logarithm == Some(Self::PI))
    }

    /// Whether the kernel is π or the logarithm of a prime: up to algebraic factors, logarithms of
    /// multiplicatively independent algebraic numbers (-1 and primes).
    fn is_logarithm(&self, id: KernelId) -> bool {
        match self.get(id) {
            Kernel::Pi => true,
            Kernel::Ln(argument) => matches!(self.get(*argument), Kernel::Prime(_)),
            _ => false,
        }
    }

    /// Whether a sum of distinct constant monomials with rational coefficients is nonzero.
    ///
    /// - One product of nonzero factors is.
    /// - Real radicals of primes are linearly independent over the rationals, and over a field of
    ///   roots of unity that holds i as soon as the square roots that lie in it are written in
    ///   roots of unity (Kneser, "Lineare Abhängigkeit von Wurzeln", 1975).
    /// - One of π, e and the logarithms of primes is transcendental over these (Lindemann).
    /// - π and logarithms of primes are linearly independent over them, with 1 (Baker, 1966).
    fn is_nonzero_constant(&self, terms: &[&Monomial]) -> bool {
        if let [only] = terms {
            return only
                .factors()
                .iter()
                .all(|&(id, _)| self.is_nonzero_kernel(id));
        }
        let mut transcendental: Option<KernelId> = None;
        let (mut several, mut linear) = (false, true);
        for term in terms {
            let mut degree = 0;
            for &(id, exponent) in term.factors() {
                match self.get(id) {
                    Kernel::Prime(_) | Kernel::Unity if is_proper(&exponent) => {}
                    Kernel::E | Kernel::Pi | Kernel::Ln(_)
                        if id == Self::E || self.is_logarithm(id) =>
                    {
                        several |= transcendental.is_some_and(|other| other != id);
                        transcendental = Some(id);
                        linear &= id != Self::E && exponent.is_one();
                        degree += 1;
                    }
                    _ => return false,
                }
            }
            linear &= degree <= 1;
        }
        !several || linear
    }

    fn is_nonzero_kernel(&self, id: KernelId) -> bool {
        match self.get(id) {
            Kernel::Unity | Kernel::Pi | Kernel::E | Kernel::Prime(_) | Kernel::Integer(_) => true,
            Kernel::Exp(_) | Kernel::Call(Function::Factorial, _) => true,
            Kernel::Ln(_) => self.is_logarithm(id),
            Kernel::Compound(base) => self.is_nonzero(base),
            Kernel::Symbol(_) | Kernel::Abs(_) | Kernel::Call(..) => false,
        }
    }

    /// Whether the kernels of a monomial are proven to be nonzero almost everywhere.
    pub(super) fn is_nonzero_monomial(&self, monomial: &Monomial) -> bool {
        monomial
            .factors()
            .iter()
            .all(|&(id, _)| match self.get(id) {
                Kernel::Symbol(_) => true,
                _ => self.is_nonzero_kernel(id),
            })
    }
}

/// Whether the exponent is in (0, 1), where powers of a kernel with a relation are a basis.
fn is_proper(exponent: &Exponent) -> bool {
    *exponent > Exponent::zero() && *exponent < Exponent::one()
}
