#![allow(clippy::unwrap_used)]

use alloc::vec::Vec;

use num_traits::{Pow, Signed};
use proptest::prelude::*;

use super::super::term;
use super::*;

/// `mid * 2^exponent` as a rational number.
fn dyadic(mid: &IBig, exponent: i64) -> Rational {
    let power = IBig::ONE << exponent.unsigned_abs() as usize;
    if exponent >= 0 {
        Rational::from_integer(mid * power)
    } else {
        Rational::new(mid.clone(), power)
    }
}

fn value_of(magnitude: Magnitude) -> Rational {
    if magnitude.is_zero() {
        return Rational::from_integer(IBig::ZERO);
    }
    dyadic(&IBig::from(magnitude.mantissa()), magnitude.last_bit())
}

/// The end points of a bounded ball.
fn ends(ball: &Ball) -> (Rational, Rational) {
    let mid = dyadic(&ball.mid, ball.exponent);
    let radius = value_of(ball.radius);
    (&mid - &radius, mid + radius)
}

fn at_most(a: &Rational, b: &Rational) -> bool {
    term::order(a, b) != Ordering::Greater
}

fn contains(ball: &Ball, x: &Rational) -> bool {
    !ball.is_bounded() || {
        let (low, high) = ends(ball);
        at_most(&low, x) && at_most(x, &high)
    }
}

/// A ball and one of its members.
fn member() -> impl Strategy<Value = (Ball, Rational)> {
    let mid = prop_oneof![
        any::<i128>().prop_map(IBig::from),
        any::<i64>().prop_map(IBig::from),
        (-20i64..20).prop_map(IBig::from),
        (any::<i128>(), any::<i128>()).prop_map(|(a, b)| IBig::from(a) * IBig::from(b)),
    ];
    let radius = prop_oneof![
        Just(0u64),
        0u64..10,
        any::<u32>().prop_map(u64::from),
        any::<u64>(),
    ];
    (mid, -150i64..150, radius, -200i64..150, -16i64..=16).prop_map(
        |(mid, exponent, mantissa, last_bit, sixteenths)| {
            let radius = Magnitude::new(mantissa, last_bit);
            let offset = dyadic(&IBig::from(mantissa), last_bit)
                * Rational::new(IBig::from(sixteenths), IBig::from(16));
            let x = dyadic(&mid, exponent) + offset;
            (Ball::exact(mid, exponent).widened(radius), x)
        },
    )
}

fn precision() -> impl Strategy<Value = i64> {
    prop_oneof![Just(2i64), Just(20), Just(64), Just(128), Just(300)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn rounding_keeps_members((ball, x) in member(), p in precision()) {
        prop_assert!(contains(&ball, &x));
        let rounded = ball.round(p);
        prop_assert!(contains(&rounded, &x));
        prop_assert!(rounded.mid.bit_len() as i64 <= p + 1);
    }

    #[test]
    fn field_operations_keep_members(
        (a, x) in member(),
        (b, y) in member(),
        p in precision(),
    ) {
        prop_assert!(contains(&a.add(&b, p), &(&x + &y)));
        prop_assert!(contains(&a.sub(&b, p), &(&x - &y)));
        prop_assert!(contains(&a.mul(&b, p), &(&x * &y)));
        match a.div(&b, p) {
            Ok(ratio) => prop_assert!(contains(&ratio, &(&x / &y))),
            Err(Fault::Undefined) => prop_assert!(b.is_zero()),
            Err(fault) => {
                prop_assert_eq!(fault, Fault::Undecided);
                prop_assert!(b.contains_zero());
            }
        }
    }

    #[test]
    fn rational_operands_are_exact_to_the_last_place(
        n in any::<i64>(), d in 1i64..i64::MAX, p in 10i64..200,
    ) {
        let x = Rational::new(IBig::from(n), IBig::from(d));
        let ball = Ball::rational(&x, p);
        prop_assert!(contains(&ball, &x));
        let (low, high) = ends(&ball);
        prop_assert!(at_most(&((high - low) * dyadic(&IBig::ONE, p - 4)), &x.abs()));
    }

    #[test]
    fn roots_keep_members((ball, x) in member(), n in 2u32..8, p in precision()) {
        match ball.root(n, p) {
            Ok(root) => {
                if !x.is_negative() && root.is_bounded() {
                    let (low, high) = ends(&root);
                    prop_assert!(low.is_negative() || at_most(&low.pow(n), &x));
                    prop_assert!(!high.is_negative() && at_most(&x, &high.pow(n)));
                }
            }
            Err(fault) => {
                prop_assert_eq!(fault, Fault::OutOfDomain);
                prop_assert!(x.is_negative());
            }
        }
    }

    #[test]
    fn roots_of_powers_are_exact(base in any::<u64>(), n in 2u32..6, exponent in -40i64..40) {
        let power = Ball::exact(IBig::from(base).pow(n as usize), exponent * i64::from(n));
        let root = power.root(n, 64).unwrap();
        prop_assert!(root.is_exact());
        prop_assert!(contains(&root, &dyadic(&IBig::from(base), exponent)));
    }

    #[test]
    fn queries_agree_with_the_ends((ball, x) in member()) {
        let (low, high) = ends(&ball);
        match ball.sign() {
            Some(Ordering::Greater) => prop_assert!(low.is_positive()),
            Some(Ordering::Less) => prop_assert!(high.is_negative()),
            Some(Ordering::Equal) => prop_assert!(low == high),
            None => prop_assert!(!ball.is_exact()),
        }
        prop_assert!(contains(&ball.abs(), &x.abs()));
        if let Some(k) = ball.log2_upper() {
            prop_assert!(at_most(&x.abs(), &dyadic(&IBig::ONE, k)));
        }
        let lower = ball.lower();
        if !lower.is_zero() {
            prop_assert!(at_most(&value_of(lower), &x.abs()));
        }
        match ball.floor() {
            Ok(floor) => {
                prop_assert!(floor.is_exact());
                prop_assert_eq!(floor.to_integer(1000), Ok(term::floor(&x)));
            }
            Err(fault) => {
                prop_assert_eq!(fault, Fault::Undecided);
                // One unit in 2^30 of the distance may be lost.
                let slack = (&high - &low) * dyadic(&IBig::ONE, -20);
                prop_assert!(term::floor(&(low - &slack)) < term::floor(&(high + slack)));
            }
        }
    }

    #[test]
    fn maximum_keeps_members((a, x) in member(), (b, y) in member(), p in precision()) {
        let larger = if at_most(&x, &y) { y } else { x };
        prop_assert!(contains(&a.max(&b, p), &larger));
    }

    #[test]
    fn magnitudes_bound_from_above(
        a in any::<u64>(), b in 1u64..u64::MAX, e in -80i64..80, f in -80i64..80, n in 0u64..20,
    ) {
        let (up, down) = (Magnitude::new(a, e), Magnitude::rounded_down(b, f));
        let (x, y) = (dyadic(&IBig::from(a), e), dyadic(&IBig::from(b), f));
        prop_assert!(at_most(&x, &value_of(up)));
        prop_assert!(at_most(&value_of(down), &y));
        prop_assert!(at_most(&(&x / &y), &value_of(up.div(down))));
        let other = Magnitude::new(b, f);
        prop_assert!(at_most(&(&x + &y), &value_of(up.add(other))));
        prop_assert!(at_most(&(&x * y), &value_of(up.mul(other))));
        prop_assert!(at_most(&x.pow(n as u32), &value_of(up.pow(n))));
    }
}

#[test]
fn extreme_exponents_stay_in_bounds() {
    let p = 64;
    let tiny = Ball::exact(-IBig::ONE, -(1 << 39));
    let giant = Ball::exact(IBig::ONE, 1 << 39);
    assert_eq!(tiny.to_integer(100), Err(Fault::OutOfDomain));
    assert_eq!(giant.to_integer(100), Err(Fault::TooLarge));
    assert_eq!(tiny.floor().unwrap().to_integer(100), Ok(IBig::NEG_ONE));
    assert_eq!(tiny.add(&Ball::ONE, p).sign(), Some(Ordering::Greater));
    assert_eq!(giant.add(&tiny, p).sign(), Some(Ordering::Greater));
    assert!(giant.mul(&tiny, p).is_exact());
    // Exponents saturate: upwards nothing is known, downwards almost all.
    let unbounded = giant.mul(&giant, p);
    assert!(!unbounded.is_bounded());
    assert!(Ball::ONE.div(&giant, p).unwrap().is_exact());
    let dust = tiny.mul(&tiny, p).mul(&tiny, p);
    assert!(dust.contains_zero() && dust.log2_upper().unwrap() < -(1 << 39));
    assert_eq!(Ball::ONE.div(&dust, p).unwrap_err(), Fault::Undecided);
    assert!(unbounded.mul(&Ball::ZERO, p).is_zero());
    assert!(!unbounded.mul(&tiny, p).is_bounded());
    assert!(!unbounded.add(&tiny, p).is_bounded());
    let mut constants = Constants::default();
    assert_eq!(giant.exp(p, &mut constants).unwrap_err(), Fault::TooLarge);
    assert_eq!(
        unbounded.exp(p, &mut constants).unwrap_err(),
        Fault::Undecided
    );
    assert_eq!(
        giant.sin_cos(p, &mut constants).unwrap_err(),
        Fault::TooLarge
    );
    assert!(tiny.exp(p, &mut constants).unwrap().sign() == Some(Ordering::Greater));
    assert!(tiny.sin_cos(p, &mut constants).unwrap().0.sign() == Some(Ordering::Less));
    assert!(giant.ln(p, &mut constants).unwrap().sign() == Some(Ordering::Greater));
    assert!(
        tiny.atan2(&giant, p, &mut constants)
            .unwrap()
            .contains_zero()
    );
}

/// A complex number that is not real, as a box without error.
fn complex() -> impl Strategy<Value = Complex> {
    (
        any::<i64>(),
        -66i64..-60,
        prop_oneof![1..i64::MAX, i64::MIN..0],
        -80i64..-60,
    )
        .prop_map(|(re, re_exponent, im, im_exponent)| Complex {
            re: Ball::exact(IBig::from(re), re_exponent),
            im: Ball::exact(IBig::from(im), im_exponent),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// That a function's inverse leads back, and the value is on the principal branch, determines
    /// the value.
    #[test]
    fn principal_values_lead_back(z in complex(), n in 3u32..12, p in 60i64..150) {
        let c = &mut Constants::default();
        let near = |a: &Complex, b: &Complex| {
            let distance = a.sub(b, 200);
            distance.contains_zero() && distance.log2_upper().unwrap_or(0) < 40 - p
        };
        let pi = Constants::default().pi(200);
        let at_most = |a: &Ball, b: &Ball| a.sub(b, 200).sign() != Some(Ordering::Greater);

        let root = z.sqrt(p).unwrap();
        prop_assert!(near(&root.mul(&root, p), &z));
        prop_assert!(root.re.sign() != Some(Ordering::Less));

        let root = z.root(n, p, c).unwrap();
        prop_assert!(near(&root.powi(&IBig::from(n), p).unwrap(), &z));
        let nth = pi.div(&Ball::integer(i64::from(n)), 200).unwrap();
        prop_assert!(at_most(&root.arg(p, c).unwrap().abs(), &nth));

        let log = z.ln(p, c).unwrap();
        prop_assert!(near(&log.exp(p, c).unwrap(), &z));
        prop_assert!(at_most(&log.im.abs(), &pi));

        let right = pi.scaled(-1);
        // Where the imaginary part is tiny, the cuts may be too near to tell the side.
        if let Ok(asin) = z.asin(p, c) {
            prop_assert!(near(&asin.sin_cos(p, c).unwrap().0, &z));
            prop_assert!(at_most(&asin.re.abs(), &right));
        }
        if let Ok(acos) = z.acos(p, c) {
            prop_assert!(near(&acos.sin_cos(p, c).unwrap().1, &z));
            prop_assert!(at_most(&acos.re.clone().neg(), &Ball::ZERO));
        }
        if let Ok(atan) = z.atan(p, c) {
            let (sin, cos) = atan.sin_cos(p, c).unwrap();
            prop_assert!(near(&sin, &cos.mul(&z, p)));
            prop_assert!(at_most(&atan.re.abs(), &right));
        }
    }

    #[test]
    fn complex_arithmetic_is_that_of_the_parts(z in complex(), w in complex(), n in -6i64..=6) {
        let exact = |ball: &Ball| dyadic(&ball.mid, ball.exponent);
        let (a, b, c, d) = (exact(&z.re), exact(&z.im), exact(&w.re), exact(&w.im));
        let product = z.mul(&w, 64);
        prop_assert!(contains(&product.re, &(&a * &c - &b * &d)));
        prop_assert!(contains(&product.im, &(&a * &d + &b * &c)));
        let norm = &c * &c + &d * &d;
        let inverse = w.recip(64).unwrap();
        prop_assert!(contains(&inverse.re, &(&c / &norm)));
        prop_assert!(contains(&inverse.im, &(-d / norm)));
        let power = z.powi(&IBig::from(n), 64).unwrap();
        let (mut re, mut im) = (Rational::from(IBig::ONE), Rational::from(IBig::ZERO));
        for _ in 0..n.abs() {
            (re, im) = (&re * &a - &im * &b, re * &b + im * &a);
        }
        if n < 0 {
            let norm = &re * &re + &im * &im;
            (re, im) = (re / &norm, -im / norm);
        }
        prop_assert!(contains(&power.re, &re) && contains(&power.im, &im));
    }
}

struct Row {
    function: &'static str,
    mid: IBig,
    exponent: i64,
    low: Rational,
    high: Rational,
}

/// Values from mpmath: see `tests/elementary.py`.
fn rows() -> Vec<Row> {
    let text = include_str!("../../../tests/elementary.txt");
    text.lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            let integer = |i: usize| IBig::from_str_radix(fields[i], 16).unwrap();
            let exponent = |i: usize| i64::from_str_radix(fields[i], 16).unwrap();
            Row {
                function: fields[0],
                mid: integer(1),
                exponent: exponent(2),
                low: dyadic(&integer(3), exponent(4)),
                high: dyadic(&(integer(3) + IBig::ONE), exponent(4)),
            }
        })
        .collect()
}

fn apply(function: &str, x: &Ball, p: i64, constants: &mut Constants) -> Result<Ball, Fault> {
    match function {
        "exp" => x.exp(p, constants),
        "sin" => Ok(x.sin_cos(p, constants)?.0),
        "cos" => Ok(x.sin_cos(p, constants)?.1),
        "ln" => x.ln(p, constants),
        "atan" => x.atan2(&Ball::ONE, p, constants),
        "asin" => x.asin(p, constants),
        "acos" => x.acos(p, constants),
        "sqrt" => x.sqrt(p),
        "cbrt" => x.root(3, p),
        _ => panic!("{function}"),
    }
}

#[test]
fn elementary_functions_hold_the_values_of_mpmath() {
    let mut constants = Constants::default();
    let rows = rows();
    assert_eq!(rows.len(), 2000);
    let (one, half) = (dyadic(&IBig::ONE, 0), dyadic(&IBig::ONE, -1));
    for row in &rows {
        for p in [64, 128, 190, 1000] {
            let x = Ball::exact(row.mid.clone(), row.exponent);
            let value = apply(row.function, &x, p, &mut constants).unwrap();
            let (low, high) = ends(&value);
            let case = (row.function, &row.mid, row.exponent, p);
            assert!(
                at_most(&low, &row.high) && at_most(&row.low, &high),
                "{case:?}: {value:?}"
            );
            // Sharp, too: all but a few of the bits asked for, relative to the value or, where
            // zeros of the function are in reach, to 1.
            let error = (high - low) * dyadic(&IBig::ONE, p - 6);
            let x = dyadic(&row.mid, row.exponent).abs();
            let near_zero = at_most(&row.low.abs(), &one) && at_most(&half, &x);
            let size = if near_zero {
                one.clone()
            } else {
                row.low.abs()
            };
            assert!(at_most(&error, &size), "{case:?}: {value:?}");
        }
    }
}

#[test]
fn elementary_functions_hold_the_values_at_every_member() {
    let mut constants = Constants::default();
    for (i, row) in rows().iter().enumerate() {
        // Move the midpoint away from the argument, by the radius or by a part of it.
        let lg = row.mid.bit_len() as i64 + row.exponent - [2, 10, 40, 100][i % 4];
        let offset = [-7, -3, 1, 5, 7][i % 5];
        let x = Ball::exact(row.mid.clone(), row.exponent)
            .add(&Ball::exact(IBig::from(offset), lg), 4000)
            .widened(Magnitude::new(7, lg));
        for p in [64, 128] {
            if let Ok(value) = apply(row.function, &x, p, &mut constants) {
                let (low, high) = ends(&value);
                assert!(
                    at_most(&low, &row.high) && at_most(&row.low, &high),
                    "{} {x:?} {p}: {value:?}",
                    row.function
                );
            }
        }
    }
}
