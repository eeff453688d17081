//! Greatest common divisors of polynomials with rational coefficients.

use num_traits::{One, Signed, Zero};
use thin_vec::ThinVec;

use super::Failure;
use super::arithmetic::Normalizer;
use super::kernel::{Kernel, KernelId};
use super::monomial::{Exponent, Monomial};
use super::polynomial::Polynomial;

/// A fraction is reduced if the product of its lengths stays below this.
const GCD_TERMS: usize = 256;

/// … and if no exponent is larger than this.
const GCD_DEGREE: i64 = 16;

impl Normalizer<'_> {
    /// Divides numerator and denominator by their greatest common divisor, if they are small
    /// polynomials in independent kernels.
    pub(super) fn reduced_fraction(
        &mut self,
        numerator: &Polynomial,
        denominator: &Polynomial,
    ) -> Result<Option<(Polynomial, Polynomial)>, Failure> {
        if numerator.len() * denominator.len() > GCD_TERMS {
            return Ok(None);
        }
        let (scale, n) = self.primitive(numerator, &numerator.content())?;
        let (_, d) = self.primitive(denominator, &denominator.content())?;
        if !self.is_plain(&n) || !self.is_plain(&d) {
            return Ok(None);
        }
        let divisor = self.gcd(&n, &d)?;
        if divisor.as_rational().is_some() {
            return Ok(None);
        }
        let (Some(n), Some(d)) = (self.quotient(&n, &divisor)?, self.quotient(&d, &divisor)?)
        else {
            return Ok(None);
        };
        let n = n.scaled(&numerator.content());
        let n = self.product(&n, &Polynomial::monomial(scale))?;
        // The monomial content of the denominator is what `primitive` took out.
        let (monomial, _) = self.primitive(denominator, &denominator.content())?;
        let d = d.scaled(&denominator.content());
        let d = self.product(&d, &Polynomial::monomial(monomial))?;
        Ok(Some((n, d)))
    }

    /// Whether p is a polynomial in kernels without relations, with small natural exponents.
    fn is_plain(&self, p: &Polynomial) -> bool {
        p.terms()
            .iter()
            .flat_map(|term| term.0.factors())
            .all(|(id, exponent)| {
                let free = match self.kernels.get(*id) {
                    Kernel::Pi | Kernel::E | Kernel::Symbol(_) => true,
                    Kernel::Ln(_) | Kernel::Exp(_) | Kernel::Call(..) => true,
                    Kernel::Unity
                    | Kernel::Prime(_)
                    | Kernel::Integer(_)
                    | Kernel::Compound(_)
                    | Kernel::Abs(_) => false,
                };
                free && exponent.is_integer() && (0..=GCD_DEGREE).contains(exponent.numer())
            })
    }

    /// The greatest common divisor, with coprime integer coefficients, by primitive remainder
    /// sequences (Knuth, TAOCP 4.6.1, algorithm E), recursively in one variable after another.
    fn gcd(&mut self, a: &Polynomial, b: &Polynomial) -> Result<Polynomial, Failure> {
        self.fuel.spend(1)?;
        if a.is_zero() {
            return Ok(normal(b.clone()));
        }
        if b.is_zero() {
            return Ok(normal(a.clone()));
        }
        // The variable that matters most in the order of monomials.
        let Some(x) = a.kernels().chain(b.kernels()).min() else {
            return Ok(Polynomial::one());
        };
        let (content_a, mut a) = self.content_in(a, x)?;
        let (content_b, mut b) = self.content_in(b, x)?;
        let content = self.gcd(&content_a, &content_b)?;
        if degree(&a, x) < degree(&b, x) {
            core::mem::swap(&mut a, &mut b);
        }
        while !b.is_zero() {
            if degree(&b, x) == 0 {
                // Both are primitive in x, so nothing without x divides them.
                return Ok(content);
            }
            let remainder = self.pseudo_remainder(a, &b, x)?;
            a = b;
            b = if remainder.is_zero() {
                remainder
            } else {
                self.content_in(&remainder, x)?.1
            };
        }
        let divisor = self.product(&normal(a), &content)?;
        Ok(normal(divisor))
    }

    /// The greatest common divisor of the coefficients of p in x, and the rest.
    fn content_in(
        &mut self,
        p: &Polynomial,
        x: KernelId,
    ) -> Result<(Polynomial, Polynomial), Failure> {
        let mut content = Polynomial::zero();
        for power in (0..=degree(p, x)).rev() {
            let coefficient = coefficient(p, x, power);
            if !coefficient.is_zero() {
                content = self.gcd(&content, &coefficient)?;
            }
            if content.is_one() {
                break;
            }
        }
        let rest = self.quotient(p, &content)?;
        Ok(match rest {
            Some(rest) => (content, normal(rest)),
            None => (Polynomial::one(), normal(p.clone())),
        })
    }

    /// The remainder of a by b as polynomials in x, up to factors without x.
    fn pseudo_remainder(
        &mut self,
        a: Polynomial,
        b: &Polynomial,
        x: KernelId,
    ) -> Result<Polynomial, Failure> {
        let top = degree(b, x);
        let leading = coefficient(b, x, top);
        let mut rest = a;
        while !rest.is_zero() && degree(&rest, x) >= top {
            let own = degree(&rest, x);
            let shift = Monomial::power_of(x, Exponent::from_integer(own - top));
            let factor = self.product(&coefficient(&rest, x, own), &Polynomial::monomial(shift))?;
            let subtrahend = self.product(&factor, b)?;
            let scaled = self.product(&rest, &leading)?;
            rest = normal(self.minus(scaled, subtrahend)?);
        }
        Ok(rest)
    }

    /// a / b, if b divides a.
    fn quotient(&mut self, a: &Polynomial, b: &Polynomial) -> Result<Option<Polynomial>, Failure> {
        if b.is_one() {
            return Ok(Some(a.clone()));
        }
        let Some((leading, coefficient)) = b.leading() else {
            return Ok(None);
        };
        let inverse = leading.power(&-Exponent::one())?;
        let mut quotient = ThinVec::new();
        let mut rest = a.clone();
        while let Some((monomial, own)) = rest.leading() {
            let (monomial, _) = monomial.times(&inverse)?;
            if monomial
                .factors()
                .iter()
                .any(|factor| factor.1.is_negative())
            {
                return Ok(None);
            }
            let term = (monomial, own / coefficient);
            let product = Polynomial::term(term.0.clone(), term.1.clone());
            let product = self.product(&product, b)?;
            rest = self.minus(rest, product)?;
            quotient.push(term);
        }
        Ok(Some(Polynomial::from_terms(quotient)))
    }
}

/// p with coprime integers as coefficients, the leading one positive.
fn normal(p: Polynomial) -> Polynomial {
    let Some((_, leading)) = p.leading() else {
        return p;
    };
    let content = p.content();
    let content = if leading.is_negative() {
        -content
    } else {
        content
    };
    p.scaled(&content.recip())
}

/// The degree in x.
fn degree(p: &Polynomial, x: KernelId) -> i64 {
    let degrees = p.terms().iter().map(|term| *term.0.exponent(x).numer());
    degrees.max().unwrap_or(0)
}

/// The coefficient of x^power.
fn coefficient(p: &Polynomial, x: KernelId, power: i64) -> Polynomial {
    let power = Exponent::from_integer(power);
    let terms = p.terms().iter().filter(|term| term.0.exponent(x) == power);
    let terms = terms.map(|(monomial, coefficient)| {
        let monomial = monomial.clone().with_exponent(x, Exponent::zero());
        (monomial, coefficient.clone())
    });
    Polynomial::from_terms(terms.collect())
}
