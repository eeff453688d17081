//! Values of terms at a point, by other means than the normal form: exact rationals, and complex
//! floating point.

use dashu_int::IBig;
use num_traits::{One, ToPrimitive, Zero};

use crate::canon::term::{Constant, Function, Rational, Term};

/// Larger exponents are left to the cases that are about them.
const MAX_EXPONENT: i32 = 100;

/// The exact value of a rational function. `None` where it is undefined or no such function.
pub(super) fn exact(term: &Term, point: &dyn Fn(&str) -> Rational) -> Option<Rational> {
    match term {
        Term::Rational(value) => Some((**value).clone()),
        Term::Symbol(name) => Some(point(name)),
        Term::Sum(terms) => terms.iter().try_fold(Rational::zero(), |sum, term| {
            Some(sum + exact(term, point)?)
        }),
        Term::Product(terms) => terms.iter().try_fold(Rational::one(), |product, term| {
            Some(product * exact(term, point)?)
        }),
        Term::Power(pair) => {
            let (base, exponent) = (exact(&pair.0, point)?, exact(&pair.1, point)?);
            let exponent = Some(exponent)
                .filter(Rational::is_integer)?
                .numer()
                .to_i32()?;
            let defined = exponent.abs() <= MAX_EXPONENT && (exponent > 0 || !base.is_zero());
            defined.then(|| base.pow(exponent))
        }
        Term::Constant(_) | Term::Call(..) => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

impl Complex {
    fn real(re: f64) -> Self {
        Self { re, im: 0.0 }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.plus(other.times(Self::real(-1.0)))
    }

    fn times(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    pub(super) fn size(self) -> f64 {
        self.re.hypot(self.im)
    }

    fn is_real(self) -> bool {
        self.im.abs() <= 1e-11 * self.size()
    }

    fn inverse(self) -> Option<Self> {
        let square = self.re * self.re + self.im * self.im;
        (square > 1e-18).then(|| Self {
            re: self.re / square,
            im: -self.im / square,
        })
    }

    fn ln(self) -> Option<Self> {
        (self.size() > 1e-9).then(|| Self {
            re: self.size().ln(),
            im: if self.is_real() && self.re > 0.0 {
                0.0
            } else if self.is_real() {
                core::f64::consts::PI
            } else {
                self.im.atan2(self.re)
            },
        })
    }

    fn exp(self) -> Self {
        let size = self.re.exp();
        Self {
            re: size * self.im.cos(),
            im: size * self.im.sin(),
        }
    }
}

/// Evaluates terms at one point.
pub(super) struct Evaluation<'a> {
    pub(super) point: &'a dyn Fn(&str) -> f64,
    /// Whether even roots and logarithms of what holds a symbol are defined for nonnegative
    /// arguments only.
    pub(super) real: bool,
    /// The largest intermediate value, which bounds what is lost by cancellation.
    pub(super) scale: f64,
}

impl Evaluation<'_> {
    /// The value, `None` where it is not defined or too close to where it is not.
    pub(super) fn value(&mut self, term: &Term) -> Option<Complex> {
        let value = self.unscaled(term)?;
        self.scale = self.scale.max(value.size());
        (value.size() < 1e8).then_some(value)
    }

    fn unscaled(&mut self, term: &Term) -> Option<Complex> {
        Some(match term {
            Term::Rational(value) => {
                let part = |n: &IBig| n.to_f64().value();
                Complex::real(part(value.numer()) / part(value.denom()))
            }
            Term::Constant(Constant::Pi) => Complex::real(core::f64::consts::PI),
            Term::Constant(Constant::E) => Complex::real(core::f64::consts::E),
            Term::Constant(Constant::I) => Complex { re: 0.0, im: 1.0 },
            Term::Symbol(name) => Complex::real((self.point)(name)),
            Term::Sum(terms) => {
                let mut sum = Complex::real(0.0);
                for term in terms {
                    sum = sum.plus(self.value(term)?);
                }
                sum
            }
            Term::Product(terms) => {
                let mut product = Complex::real(1.0);
                for term in terms {
                    product = product.times(self.value(term)?);
                }
                product
            }
            Term::Power(pair) => {
                let base = self.value(&pair.0)?;
                match exact(&pair.1, &|_| Rational::zero()).filter(|_| is_constant(&pair.1)) {
                    Some(exponent) => self.rational_power(&pair.0, base, &exponent)?,
                    None => {
                        self.require_domain(&pair.0, base)?;
                        let exponent = self.value(&pair.1)?;
                        base.ln()?.times(exponent).exp()
                    }
                }
            }
            Term::Call(function, arguments) => {
                let x = self.value(&arguments[0])?;
                let real = || x.is_real().then_some(x.re);
                let ix = x.times(Complex { re: 0.0, im: 1.0 });
                match function {
                    Function::Sin => {
                        let (up, down) = (ix.exp(), ix.times(Complex::real(-1.0)).exp());
                        up.minus(down).times(Complex { re: 0.0, im: -0.5 })
                    }
                    Function::Cos => {
                        let (up, down) = (ix.exp(), ix.times(Complex::real(-1.0)).exp());
                        up.plus(down).times(Complex::real(0.5))
                    }
                    Function::Ln => {
                        self.require_domain(&arguments[0], x)?;
                        x.ln()?
                    }
                    Function::Abs => Complex::real(x.size()),
                    Function::Atan => Complex::real(real()?.atan()),
                    Function::Asin => Complex::real(real()?.asin()).defined()?,
                    Function::Acos => Complex::real(real()?.acos()).defined()?,
                    Function::Floor | Function::Ceil => {
                        let x = real()?;
                        // The nearest integer may be the true value.
                        if (x - x.round()).abs() < 1e-7 {
                            return None;
                        }
                        Complex::real(match function {
                            Function::Floor => x.floor(),
                            _ => x.ceil(),
                        })
                    }
                    Function::Re => Complex::real(x.re),
                    Function::Im => Complex::real(x.im),
                    Function::Conj => Complex {
                        re: x.re,
                        im: -x.im,
                    },
                    _ => return None,
                }
            }
        })
    }

    fn require_domain(&self, argument: &Term, value: Complex) -> Option<()> {
        let inside = value.is_real() && value.re > 0.0;
        (!self.real || is_constant(argument) || inside).then_some(())
    }

    fn rational_power(&self, base: &Term, value: Complex, exponent: &Rational) -> Option<Complex> {
        let (p, q) = (exponent.numer().to_i32()?, exponent.denom().to_i32()?);
        if p.abs() > MAX_EXPONENT {
            return None;
        }
        if q == 1 {
            let step = if p < 0 { value.inverse()? } else { value };
            if p == 0 && value.size() < 1e-9 {
                return None;
            }
            return Some((0..p.abs()).fold(Complex::real(1.0), |power, _| power.times(step)));
        }
        let exponent = f64::from(p) / f64::from(q);
        if q % 2 != 0 && value.is_real() {
            let sign = if p % 2 != 0 { value.re.signum() } else { 1.0 };
            let power = value.re.abs().powf(exponent) * sign;
            return (value.re.abs() > 1e-9).then(|| Complex::real(power));
        }
        self.require_domain(base, value)?;
        Some(value.ln()?.times(Complex::real(exponent)).exp())
    }
}

impl Complex {
    fn defined(self) -> Option<Self> {
        self.re.is_finite().then_some(self)
    }
}

pub(super) fn is_constant(term: &Term) -> bool {
    match term {
        Term::Symbol(_) => false,
        Term::Rational(_) | Term::Constant(_) => true,
        Term::Sum(terms) | Term::Product(terms) | Term::Call(_, terms) => {
            terms.iter().all(is_constant)
        }
        Term::Power(pair) => is_constant(&pair.0) && is_constant(&pair.1),
    }
}
