//! The kernels that a normal form is written in, and what is known about each.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use dashu_int::IBig;
use num_traits::{One, Signed};

use super::estimate::Estimates;
use super::monomial::{Exponent, Monomial, is_even};
use super::polynomial::Polynomial;
use crate::canon::ball::Ball;
use crate::canon::term::{Function, Rational};

/// An index into [`Kernels`]. A kernel that is made of others comes after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KernelId(u32);

/// What a normal form treats as one indivisible quantity.
///
/// A power of a kernel k to an exponent r that is no integer is the principal one, e^(r ln k),
/// except for `Unity` and `Exp`, where the exponent is multiplied into the argument. So exponents
/// of equal kernels always add.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kernel {
    /// e^(iπ): its powers are the roots of unity, its square root is i.
    Unity,
    Pi,
    E,
    Prime(u64),
    /// A positive integer that is free of small factors and may or may not be prime.
    Integer(IBig),
    /// A real variable.
    Symbol(String),
    /// A polynomial that stays together: under a root, in a denominator, in a large power.
    Compound(Polynomial),
    /// The absolute value of a real kernel of unknown sign.
    Abs(KernelId),
    Ln(KernelId),
    /// e to the monomial.
    Exp(Monomial),
    Call(Function, Vec<Polynomial>),
}

/// What is known about a kernel.
#[derive(Clone, Debug)]
struct Traits {
    /// It is real wherever it is defined.
    real: bool,
    /// It is real and at least 0 wherever it is defined.
    nonnegative: bool,
    /// It holds no symbol.
    constant: bool,
    /// Around the value of a real constant that is made of other kernels.
    value: Option<Ball>,
}

/// The kernels that occur in a set of normal forms. Forms can be compared with each other only if
/// they were made with the same table.
#[derive(Clone, Debug)]
pub(crate) struct Kernels {
    kernels: Vec<(Kernel, Traits)>,
    /// Indices in the order of the kernels' contents.
    order: Vec<KernelId>,
    /// Kernels that are nonnegative because a side is defined over the reals only there.
    assumed: Vec<KernelId>,
    pub(super) estimates: Estimates,
}

impl Kernels {
    pub(super) const UNITY: KernelId = KernelId(0);
    pub(super) const PI: KernelId = KernelId(1);
    pub(super) const E: KernelId = KernelId(2);

    pub(crate) fn new() -> Self {
        let mut kernels = Self {
            kernels: Vec::with_capacity(8),
            order: Vec::with_capacity(8),
            assumed: Vec::new(),
            estimates: Estimates::default(),
        };
        for kernel in [Kernel::Unity, Kernel::Pi, Kernel::E] {
            kernels.intern(kernel);
        }
        kernels
    }

    pub(super) fn intern(&mut self, kernel: Kernel) -> KernelId {
        let found = self.order.binary_search_by(|&id| self.get(id).cmp(&kernel));
        match found {
            Ok(at) => self.order[at],
            Err(at) => {
                let id = KernelId(self.kernels.len() as u32);
                let traits = self.traits(&kernel);
                self.kernels.push((kernel, traits));
                self.order.insert(at, id);
                id
            }
        }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = KernelId> + use<> {
        (0..self.kernels.len() as u32).map(KernelId)
    }

    pub(super) fn get(&self, id: KernelId) -> &Kernel {
        &self.kernels[id.0 as usize].0
    }

    pub(super) fn is_real(&self, id: KernelId) -> bool {
        self.kernels[id.0 as usize].1.real
    }

    pub(super) fn is_nonnegative(&self, id: KernelId) -> bool {
        self.kernels[id.0 as usize].1.nonnegative
    }

    pub(super) fn is_constant(&self, id: KernelId) -> bool {
        self.kernels[id.0 as usize].1.constant
    }

    /// Around the value of a real constant that is made of other kernels.
    pub(super) fn value(&self, id: KernelId) -> Option<&Ball> {
        self.kernels[id.0 as usize].1.value.as_ref()
    }

    /// Takes `id` to be nonnegative from now on, because a root or logarithm of it is only defined
    /// over the reals where it is. Tells whether that is news.
    pub(super) fn assume_nonnegative(&mut self, id: KernelId) -> bool {
        if self.is_nonnegative(id) || self.is_constant(id) || !self.is_real(id) {
            return false;
        }
        self.assumed.push(id);
        for index in id.0 as usize..self.kernels.len() {
            let mut traits = self.traits(&self.kernels[index].0);
            traits.nonnegative |= self.assumed.contains(&KernelId(index as u32));
            self.kernels[index].1 = traits;
        }
        true
    }

    /// Whether a kernel is taken to be nonnegative for the sake of a root or logarithm.
    pub(super) fn is_assuming(&self) -> bool {
        !self.assumed.is_empty()
    }

    fn traits(&self, kernel: &Kernel) -> Traits {
        let constant = self.depends_on_no_symbol(kernel);
        let value = if constant {
            self.composed(kernel)
        } else {
            None
        };
        let sign = value.as_ref().and_then(Ball::sign);
        let real = value.is_some()
            || match kernel {
                Kernel::Unity => false,
                Kernel::Pi | Kernel::E | Kernel::Prime(_) | Kernel::Integer(_) => true,
                Kernel::Symbol(_) | Kernel::Abs(_) => true,
                Kernel::Compound(base) => self.is_real_valued(base),
                Kernel::Ln(argument) => self.is_nonnegative(*argument),
                Kernel::Exp(exponent) => self.is_real_monomial(exponent),
                Kernel::Call(function, arguments) => {
                    let real = arguments
                        .iter()
                        .all(|argument| self.is_real_valued(argument));
                    match function {
                        Function::Abs | Function::Re | Function::Im | Function::Arg => true,
                        // Outside of [-1, 1] the principal value is complex.
                        Function::Asin | Function::Acos => real && !constant,
                        _ => real,
                    }
                }
            };
        let nonnegative = match kernel {
            Kernel::Pi | Kernel::E | Kernel::Prime(_) | Kernel::Integer(_) | Kernel::Abs(_) => true,
            Kernel::Unity | Kernel::Symbol(_) => false,
            Kernel::Exp(_) => real,
            Kernel::Compound(base) => {
                sign.is_some_and(Ordering::is_ge) || self.sign(base) == Some(Ordering::Greater)
            }
            Kernel::Ln(_) => sign.is_some_and(Ordering::is_ge),
            Kernel::Call(function, _) => match function {
                Function::Abs => true,
                Function::Factorial | Function::Gcd | Function::Lcm | Function::Mod => real,
                _ => false,
            },
        };
        Traits {
            real,
            nonnegative,
            constant,
            value,
        }
    }

    fn depends_on_no_symbol(&self, kernel: &Kernel) -> bool {
        match kernel {
            Kernel::Symbol(_) => false,
            Kernel::Compound(base) => self.is_constant_valued(base),
            Kernel::Abs(id) | Kernel::Ln(id) => self.is_constant(*id),
            Kernel::Exp(exponent) => self.is_constant_monomial(exponent),
            Kernel::Call(_, arguments) => arguments.iter().all(|a| self.is_constant_valued(a)),
            Kernel::Unity | Kernel::Pi | Kernel::E | Kernel::Prime(_) | Kernel::Integer(_) => true,
        }
    }

    pub(super) fn is_constant_monomial(&self, monomial: &Monomial) -> bool {
        let mut factors = monomial.factors().iter();
        factors.all(|factor| self.is_constant(factor.0))
    }

    pub(super) fn is_constant_valued(&self, p: &Polynomial) -> bool {
        p.kernels().all(|id| self.is_constant(id))
    }

    /// Whether the factor is real: a fractional power of a real kernel may not be.
    fn is_real_factor(&self, &(id, exponent): &(KernelId, Exponent)) -> bool {
        self.is_nonnegative(id) || self.is_real(id) && exponent.is_integer()
    }

    pub(super) fn is_real_monomial(&self, monomial: &Monomial) -> bool {
        monomial.factors().iter().all(|f| self.is_real_factor(f))
    }

    /// Whether `p` is known to be real wherever it is defined.
    pub(super) fn is_real_valued(&self, p: &Polynomial) -> bool {
        p.terms().iter().all(|term| self.is_real_monomial(&term.0))
            || self.conjugate(p).is_some_and(|conjugate| conjugate == *p)
    }

    /// The complex conjugate, if every factor's conjugate is known.
    pub(super) fn conjugate(&self, p: &Polynomial) -> Option<Polynomial> {
        let terms = p.terms().iter().map(|(monomial, coefficient)| {
            let mut negative = false;
            let factors = monomial.factors().iter().map(|factor| {
                let &(id, exponent) = factor;
                match self.get(id) {
                    _ if self.is_real_factor(factor) => Some((id, exponent)),
                    // e^(-iπr) = -e^(iπ(1-r))
                    Kernel::Unity => {
                        negative = true;
                        Some((id, Exponent::one() - exponent))
                    }
                    Kernel::Exp(argument) => {
                        let (unity, rest) = argument.partition(|id| id == Self::UNITY);
                        let imaginary = unity.exponent(Self::UNITY) == Exponent::new_raw(1, 2);
                        (imaginary && self.is_real_monomial(&rest)).then_some((id, -exponent))
                    }
                    _ => None,
                }
            });
            let monomial = factors.collect::<Option<Monomial>>()?;
            let coefficient = if negative {
                -coefficient
            } else {
                coefficient.clone()
            };
            Some((monomial, coefficient))
        });
        terms.collect::<Option<_>>().map(Polynomial::from_terms)
    }

    /// `Greater` if `p` is known to be at least 0 wherever it is defined, `Less` if at most 0.
    pub(super) fn sign(&self, p: &Polynomial) -> Option<Ordering> {
        let sign = |coefficient: &Rational| coefficient.is_negative();
        let negative = sign(&p.leading()?.1);
        let definite = p.terms().iter().all(|(monomial, coefficient)| {
            sign(coefficient) == negative
                && monomial.factors().iter().all(|(id, exponent)| {
                    self.is_nonnegative(*id) || self.is_real(*id) && is_even(exponent)
                })
        });
        if definite {
            return Some(if negative {
                Ordering::Less
            } else {
                Ordering::Greater
            });
        }
        if self.is_constant_valued(p) {
            return self.around(p)?.sign();
        }
        None
    }
}
