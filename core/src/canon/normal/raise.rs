//! Normal forms as terms, for showing them.

use dashu_int::IBig;
use num_traits::One;

use super::form::NormalForm;
use super::kernel::{Kernel, KernelId, Kernels};
use super::monomial::{Exponent, Monomial};
use super::polynomial::Polynomial;
use crate::canon::term::{Constant, Function, Rational, Term};

impl Kernels {
    /// `form` as a quotient of sums of products.
    pub(crate) fn raise(&self, form: &NormalForm) -> Term {
        let (numerator, denominator) = form.parts();
        let numerator = self.raise_polynomial(numerator);
        if denominator.is_one() {
            return numerator;
        }
        numerator.over(self.raise_polynomial(denominator))
    }

    fn raise_polynomial(&self, polynomial: &Polynomial) -> Term {
        Term::sum(polynomial.terms().iter().map(|(monomial, coefficient)| {
            let coefficient = Term::rational(coefficient.clone());
            Term::product([coefficient, self.raise_monomial(monomial)])
        }))
    }

    fn raise_monomial(&self, monomial: &Monomial) -> Term {
        let factors = monomial.factors().iter();
        Term::product(factors.map(|(id, exponent)| self.raise_power(*id, exponent)))
    }

    fn raise_power(&self, id: KernelId, exponent: &Exponent) -> Term {
        let (n, d) = (*exponent.numer(), *exponent.denom());
        let power = Rational::new(IBig::from(n), IBig::from(d));
        let e_to = |exponent| Term::power(Term::Constant(Constant::E), exponent);
        match self.get(id) {
            Kernel::Unity if n == 1 && d == 2 => Term::Constant(Constant::I),
            Kernel::Unity => e_to(Term::product([
                Term::rational(power),
                Term::Constant(Constant::I),
                Term::Constant(Constant::Pi),
            ])),
            Kernel::Exp(inner) => e_to(Term::product([
                Term::rational(power),
                self.raise_monomial(inner),
            ])),
            kernel if power.is_one() => self.raise_kernel(kernel),
            kernel => Term::power(self.raise_kernel(kernel), Term::rational(power)),
        }
    }

    fn raise_kernel(&self, kernel: &Kernel) -> Term {
        let one = Exponent::from_integer(1);
        match kernel {
            Kernel::Unity => Term::integer(-1),
            Kernel::Pi => Term::Constant(Constant::Pi),
            Kernel::E => Term::Constant(Constant::E),
            Kernel::Prime(prime) => Term::rational(IBig::from(*prime).into()),
            Kernel::Integer(integer) => Term::rational(integer.clone().into()),
            Kernel::Symbol(name) => Term::symbol(name.as_str()),
            Kernel::Compound(sum) => self.raise_polynomial(sum),
            Kernel::Abs(id) => Term::call(Function::Abs, self.raise_power(*id, &one)),
            Kernel::Ln(id) => Term::call(Function::Ln, self.raise_power(*id, &one)),
            Kernel::Exp(inner) => {
                Term::power(Term::Constant(Constant::E), self.raise_monomial(inner))
            }
            Kernel::Call(function, arguments) => {
                let arguments = arguments.iter().map(|p| self.raise_polynomial(p));
                Term::Call(*function, arguments.collect())
            }
        }
    }
}
