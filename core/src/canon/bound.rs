//! How near to zero an algebraic number can be without being zero.
//!
//! The separation bound of C. Burnikel, S. Funke, K. Mehlhorn, S. Schirra and S. Schmitt, "A
//! separation bound for real algebraic expressions", Algorithmica 55 (2009), for expressions of
//! integers, field operations and radicals, here with roots of unity as well.
//!
//! An expression E is seen as U / L with algebraic integers U and L, of which we keep bounds u
//! and l on the absolute values of all conjugates:
//!
//! | E | u | l |
//! |---|---|---|
//! | n / d | n | d |
//! | A + B | u_A l_B + l_A u_B | l_A l_B |
//! | A B | u_A u_B | l_A l_B |
//! | 1 / A | l_A | u_A |
//! | k-th root of n / d | n^(1/k) | d^(1/k) |
//! | k-th root of A, u_A >= l_A | (u_A l_A^(k-1))^(1/k) | l_A |
//! | k-th root of A, u_A < l_A | u_A | (u_A^(k-1) l_A)^(1/k) |
//! | root of unity | 1 | 1 |
//! | cos(qπ) | 2 | 2 |
//!
//! The rule for roots holds since A^(1/k) = (U L^(k-1))^(1/k) / L = U / (U^(k-1) L)^(1/k). A k-th
//! root of an algebraic integer is an algebraic integer, and the k-th powers of its conjugates
//! are conjugates of its radicand; which of the roots is meant plays no part, so radicands may be
//! complex. 2 cos(qπ) is the sum of two roots of unity.
//!
//! All of these U and L lie in one field: a cyclotomic field, or its real part if there are only
//! cosines, to which the radicals are adjoined one by one, those of positive rational numbers as
//! radicals of primes. Its degree is at most the product D of the degrees of these steps. If E is
//! not zero, the norm of U is a non-zero integer and a product of at most D conjugates. Hence
//! |U| >= u^(1-D), and |E| >= 1 / (u^(D-1) l).

use alloc::vec::Vec;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use num_integer::Integer;
use num_traits::Signed;

use super::ball::{Ball, Magnitude};
use super::eval::angle::{as_cosine, literal, multiple_of_i_pi, multiple_of_pi};
use super::term::{Constant, Function, Rational, Term};
use crate::limits::{Fuel, OutOfFuel};

/// Bounds of more bits are of no use.
const MAX_BITS: i64 = 4096;
const MAX_DEGREE: u64 = 4096;
const MAX_ROOT: u32 = 64;

/// Bits `b` such that the sum of `terms`, with any signs, is 0 if it is less than `2^-b` in
/// absolute value, for constants made of radicals, roots of unity, sines and cosines of rational
/// multiples of π.
///
/// # Errors
/// [`OutOfFuel`].
pub(crate) fn separation(terms: &[&Term], fuel: &mut Fuel) -> Result<Option<i64>, OutOfFuel> {
    let mut field = Field::new(fuel);
    let Some(bounds) = field.sum(terms.iter().copied())? else {
        return Ok(None);
    };
    let Some(degree) = field.degree()? else {
        return Ok(None);
    };
    let u = bounds.u.max(Magnitude::power_of_two(0));
    let product = u.pow(degree - 1).mul(bounds.l);
    Ok(product
        .log2_ceil()
        .map(|bits| bits.max(0))
        .filter(|bits| *bits <= MAX_BITS))
}

/// Bounds on the conjugates of a numerator and a denominator.
#[derive(Clone, Copy)]
struct Bounds {
    u: Magnitude,
    l: Magnitude,
}

impl Bounds {
    fn mul(self, other: Self) -> Self {
        Self {
            u: self.u.mul(other.u),
            l: self.l.mul(other.l),
        }
    }

    fn pow(self, n: u64) -> Self {
        Self {
            u: self.u.pow(n),
            l: self.l.pow(n),
        }
    }
}

/// The steps that lead from the rational numbers to the field of an expression.
struct Field<'t, 'f> {
    fuel: &'f mut Fuel,
    /// All roots of unity have an order that divides this one.
    order: u64,
    /// Whether roots of unity occur other than in cosines.
    complex: bool,
    /// Positive integers and the degrees of their radicals.
    integers: Vec<(IBig, u64)>,
    /// Other radicands and the degrees of their radicals.
    radicals: Vec<(&'t Term, u32)>,
}

impl<'t, 'f> Field<'t, 'f> {
    fn new(fuel: &'f mut Fuel) -> Self {
        Self {
            fuel,
            order: 1,
            complex: false,
            integers: Vec::new(),
            radicals: Vec::new(),
        }
    }

    /// A bound on the degree, if it is of use.
    fn degree(&mut self) -> Result<Option<u64>, OutOfFuel> {
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

    /// `None` for what is not algebraic, or not plainly so.
    fn bounds(&mut self, term: &'t Term) -> Result<Option<Bounds>, OutOfFuel> {
        self.fuel.spend(4)?;
        Ok(match term {
            Term::Rational(value) => Some(Bounds {
                u: magnitude(value.numer()),
                l: magnitude(value.denom()),
            }),
            Term::Constant(Constant::I) => self.root_of_unity(4),
            Term::Constant(_) | Term::Symbol(_) => None,
            Term::Sum(terms) => return self.sum(terms),
            Term::Product(factors) => {
                let one = Magnitude::power_of_two(0);
                let mut product = Bounds { u: one, l: one };
                for factor in factors {
                    let Some(factor) = self.bounds(factor)? else {
                        return Ok(None);
                    };
                    product = product.mul(factor);
                }
                Some(product)
            }
            Term::Power(pair) => return self.power(&pair.0, &pair.1),
            Term::Call(function, arguments) => self.cosine(*function, arguments),
        })
    }

    fn sum(
        &mut self,
        terms: impl IntoIterator<Item = &'t Term>,
    ) -> Result<Option<Bounds>, OutOfFuel> {
        let mut sum = Bounds {
            u: Magnitude::ZERO,
            l: Magnitude::power_of_two(0),
        };
        for term in terms {
            let Some(addend) = self.bounds(term)? else {
                return Ok(None);
            };
            sum = Bounds {
                u: sum.u.mul(addend.l).add(sum.l.mul(addend.u)),
                l: sum.l.mul(addend.l),
            };
        }
        Ok(Some(sum))
    }

    fn root_of_unity(&mut self, order: u64) -> Option<Bounds> {
        self.adjoin_order(order)?;
        self.complex = true;
        let one = Magnitude::power_of_two(0);
        Some(Bounds { u: one, l: one })
    }

    fn adjoin_order(&mut self, order: u64) -> Option<()> {
        self.order = (self.order / self.order.gcd(&order)).checked_mul(order)?;
        // The totient of n exceeds √(n/2), so that larger orders lead to larger degrees.
        (self.order <= 2 * MAX_DEGREE * MAX_DEGREE).then_some(())
    }

    fn cosine(&mut self, function: Function, arguments: &[Term]) -> Option<Bounds> {
        let q = match (function, arguments) {
            (Function::Cos, [x]) => multiple_of_pi(x)?,
            (Function::Sin, [x]) => as_cosine(&multiple_of_pi(x)?),
            _ => return None,
        };
        self.adjoin_order(order_of_turn(&q)?)?;
        let two = Magnitude::power_of_two(1);
        Some(Bounds { u: two, l: two })
    }

    fn power(&mut self, base: &'t Term, exponent: &'t Term) -> Result<Option<Bounds>, OutOfFuel> {
        if let Term::Constant(Constant::E) = base {
            let order = multiple_of_i_pi(exponent).and_then(|q| order_of_turn(&q));
            return Ok(order.and_then(|order| self.root_of_unity(order)));
        }
        let Some(exponent) = literal(exponent) else {
            return Ok(None);
        };
        let (Ok(n), Ok(degree)) = (
            i64::try_from(exponent.numer()),
            u32::try_from(exponent.denom()),
        ) else {
            return Ok(None);
        };
        let root = match base {
            _ if degree == 1 => self.bounds(base)?,
            _ if degree > MAX_ROOT => None,
            Term::Rational(value) => self.root_of_rational(value, degree)?,
            _ => self.root(base, degree)?,
        };
        Ok(root.map(|root| {
            let power = root.pow(n.unsigned_abs());
            if n < 0 {
                Bounds {
                    u: power.l,
                    l: power.u,
                }
            } else {
                power
            }
        }))
    }

    fn root(&mut self, radicand: &'t Term, degree: u32) -> Result<Option<Bounds>, OutOfFuel> {
        let Some(Bounds { u, l }) = self.bounds(radicand)? else {
            return Ok(None);
        };
        self.fuel
            .spend(4 * (self.radicals.len() as u64 + u64::from(degree)))?;
        if !self.radicals.contains(&(radicand, degree)) {
            // Each at least doubles the degree.
            if self.radicals.len() as u32 == MAX_DEGREE.ilog2() {
                return Ok(None);
            }
            self.radicals.push((radicand, degree));
        }
        let others = u64::from(degree) - 1;
        Ok(Some(if u >= l {
            Bounds {
                u: root_above(u.mul(l.pow(others)), degree),
                l,
            }
        } else {
            Bounds {
                u,
                l: root_above(u.pow(others).mul(l), degree),
            }
        }))
    }

    fn root_of_rational(
        &mut self,
        value: &Rational,
        degree: u32,
    ) -> Result<Option<Bounds>, OutOfFuel> {
        if value.is_negative()
            && degree % 2 == 0
            && self.root_of_unity(2 * u64::from(degree)).is_none()
        {
            return Ok(None);
        }
        for part in [value.numer().abs(), value.denom().clone()] {
            self.adjoin_roots(part, degree)?;
        }
        Ok(Some(Bounds {
            u: root_above(magnitude(value.numer()), degree),
            l: root_above(magnitude(value.denom()), degree),
        }))
    }

    /// Adjoins what the `degree`-th root of a positive integer is a product of.
    fn adjoin_roots(&mut self, mut integer: IBig, degree: u32) -> Result<(), OutOfFuel> {
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

/// The order of e^(iqπ) divides this one.
fn order_of_turn(q: &Rational) -> Option<u64> {
    u64::try_from(q.denom()).ok()?.checked_mul(2)
}

fn magnitude(n: &IBig) -> Magnitude {
    Ball::exact(n.clone(), 0).upper()
}

/// An upper bound on the `degree`-th root.
fn root_above(x: Magnitude, degree: u32) -> Magnitude {
    const PRECISION: i64 = 40;
    Ball::from_magnitude(x)
        .root(degree, PRECISION)
        .map_or(Magnitude::UNBOUNDED, |root| root.upper())
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

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::*;
    use crate::canon::ball::{Constants, Fault};
    use crate::canon::eval::{Domain, Evaluation, Point, Value};
    use crate::canon::notation::{power, rational, term};
    use crate::limits::Limits;

    fn bits(term: &Term) -> Option<i64> {
        let mut fuel = Fuel::new(&Limits::default());
        separation(&[term], &mut fuel).unwrap()
    }

    fn value(term: &Term, precision: i64) -> Result<Value, Fault> {
        let limits = Limits {
            fuel: u64::MAX,
            ..Limits::default()
        };
        let mut evaluation = Evaluation {
            point: &Point(Vec::new()),
            domain: Domain::Real,
            precision,
            constants: &mut Constants::default(),
            fuel: &mut Fuel::new(&limits),
        };
        evaluation.value(term)
    }

    /// Whether the value of `term` is not zero and less than the bound allows.
    fn contradicted(term: &Term) -> bool {
        bits(term).is_some_and(|bits| {
            value(term, 2000).is_ok_and(|value| {
                let upper = value.z.log2_upper().unwrap_or(0);
                !value.z.contains_zero() && upper < -bits
            })
        })
    }

    #[test]
    fn bounds_are_those_of_the_rules() {
        let bits = |text| bits(&term(text));
        // u = √2+√3+√(5+2√6), l = 1, D = 2·2·2
        assert_eq!(bits("sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6))"), Some(19));
        // 4/6 - 3/6
        assert_eq!(bits("2/3 - 1/2"), Some(3));
        // The cosine is of degree 3, and i makes that 12.
        assert_eq!(bits("cos(2*pi/7)"), Some(3));
        assert_eq!(bits("i*cos(2*pi/7)"), Some(12));
        for text in ["pi", "x", "ln(2)", "sin(1)", "2^sqrt(2)", "e^(pi/2)"] {
            assert_eq!(bits(text), None, "{text}");
        }
        let many = (0..20).map(|k| power(rational(2 * k + 101, 1), rational(1, 4)));
        assert_eq!(super::tests::bits(&Term::Sum(many.collect())), None);
    }

    #[test]
    fn powers_of_a_unit_nearly_reach_the_bound() {
        for n in 1..200 {
            // (√2 - 1)^n is about 2^(-1.27 n).
            let power = power(term("sqrt(2) - 1"), rational(n, 1));
            assert!(!contradicted(&power));
            let expected = n * 1272 / 1000;
            assert!((expected..=expected + 2).contains(&bits(&power).unwrap()));
        }
    }

    /// Algebraic constants.
    fn algebraic() -> impl Strategy<Value = Term> {
        let leaf = prop_oneof![
            4 => (-9i64..=9).prop_map(Term::integer),
            2 => (-30i64..30, 1i64..30).prop_map(|(n, d)| rational(n, d)),
            2 => (0i64..20).prop_map(|n| power(rational(n, 1), rational(1, 2))),
            1 => Just(term("i")),
            1 => (-12i64..12, 1i64..8).prop_map(|(n, d)| term(&format!("cos({n}*pi/{d})"))),
            1 => (-12i64..12, 1i64..8).prop_map(|(n, d)| term(&format!("exp({n}*i*pi/{d})"))),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(Term::Sum),
                prop::collection::vec(inner.clone(), 1..3).prop_map(Term::Product),
                (inner.clone(), -3i64..=3).prop_map(|(base, n)| power(base, rational(n, 1))),
                (inner, -2i64..=2, 2i64..=3).prop_map(|(base, n, d)| power(base, rational(n, d))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_number_is_nearer_to_zero_than_its_bound(term in algebraic(), k in 0usize..60) {
            prop_assert!(!contradicted(&term));
            // Nor is its distance from the nearest binary fractions.
            if let Ok(value) = value(&term, 200) {
                let scale = i64::try_from(k).unwrap();
                if let Some(nearest) = value.z.re.clone().scaled(scale).nearest_integer() {
                    let fraction = Term::Rational(-Rational::new(nearest, IBig::ONE << k));
                    prop_assert!(!contradicted(&Term::Sum([term, fraction].into())));
                }
            }
        }
    }
}
