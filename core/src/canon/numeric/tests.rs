use alloc::format;
use alloc::string::String;

use proptest::prelude::*;

use super::*;
use crate::canon::eval::tests::any_term;
use crate::canon::notation::{power, rational, term};
use crate::canon::term::Function;
use crate::limits::Limits;

fn fuel() -> Fuel {
    Fuel::new(&Limits::default())
}

/// The verdict within the fuel of one comparison, which must not depend on the order.
fn verdict(a: &Term, b: &Term) -> NumericVerdict {
    let one = |a, b| compare(a, b, &mut fuel()).expect("out of fuel");
    let verdict = one(a, b);
    assert_eq!(verdict, one(b, a), "asymmetric: {a:?} and {b:?}");
    verdict
}

#[track_caller]
fn assert_verdict(a: &str, b: &str, expected: NumericVerdict) {
    assert_eq!(verdict(&term(a), &term(b)), expected, "{a} and {b}");
}

#[track_caller]
fn refuted(a: &str, b: &str) {
    assert_verdict(a, b, NumericVerdict::Refuted);
}

#[track_caller]
fn proven(a: &str, b: &str) {
    assert_verdict(a, b, NumericVerdict::Proven);
}

#[track_caller]
fn undefined(a: &str, b: &str) {
    assert_verdict(a, b, NumericVerdict::Undefined);
}

#[track_caller]
fn undecided(a: &str, b: &str) {
    assert_verdict(a, b, NumericVerdict::Undecided);
}

#[track_caller]
fn agree(a: &str, b: &str) {
    let verdict = verdict(&term(a), &term(b));
    let enough = matches!(verdict, NumericVerdict::Agrees { bits } if bits >= 128);
    assert!(enough, "{verdict:?}: {a} and {b}");
}

#[test]
fn nested_radicals_are_proven_equal() {
    proven("sqrt(2) + sqrt(3)", "sqrt(5 + 2*sqrt(6))");
    refuted("sqrt(2) + sqrt(3)", "sqrt(5 + 2*sqrt(7))");
    // The second radicand is negative.
    proven("cbrt(2 + sqrt(5)) + cbrt(2 - sqrt(5))", "1");
    refuted("cbrt(1 + sqrt(5)) + cbrt(1 - sqrt(5))", "1");
    proven("cbrt(7 + 5*sqrt(2))", "1 + sqrt(2)");
    // Ramanujan's
    proven(
        "sqrt(cbrt(5) - cbrt(4))",
        "(cbrt(2) + cbrt(20) - cbrt(25))/3",
    );
    refuted(
        "sqrt(cbrt(5) - cbrt(4))",
        "(cbrt(2) + cbrt(20) - cbrt(24))/3",
    );
    proven("1/(1 + sqrt(2) + sqrt(3))", "(2 + sqrt(2) - sqrt(6))/4");
    proven("sqrt(1/8)", "sqrt(2)/4");
    proven("8^(1/6)", "sqrt(2)");
    proven("8^(-2/3)", "1/4");
    proven("2^(1/12)", "(2^(1/4))^(1/3)");
}

#[test]
fn angles_are_proven_equal() {
    proven("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7)", "1/2");
    refuted("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7)", "51/100");
    proven("cos(pi/5)", "(1 + sqrt(5))/4");
    proven("sin(pi/3)", "sqrt(3)/2");
    proven("sin(pi/6)", "1/2");
    proven("cos(-7*pi/3)", "1/2");
    proven("sin(1001*pi/2)", "1");
    proven("sin(pi/2 + pi/3)", "1/2");
    proven("tan(3*pi/8)", "1 + sqrt(2)");
    proven("cos(pi/9)", "cos(19*pi/9)");
    proven("tan(3*pi/11) + 4*sin(2*pi/11)", "sqrt(11)");
    // The constructible 17th root of unity, which Gauss found
    let inner = "17 + 3*sqrt(17) - sqrt(34 - 2*sqrt(17)) - 2*sqrt(34 + 2*sqrt(17))";
    let gauss = format!("(sqrt(17) - 1 + sqrt(34 - 2*sqrt(17)) + 2*sqrt({inner}))/16");
    proven(&gauss, "cos(2*pi/17)");
    refuted(&gauss, "cos(4*pi/17)");
}

#[test]
fn complex_constants_are_decided() {
    proven("exp(i*pi) + 1", "0");
    proven("i^2", "-1");
    proven("sqrt(-4)", "2*i");
    refuted("sqrt(-4)", "-2*i");
    proven("sqrt(i)", "(1 + i)*sqrt(1/2)");
    proven("exp(i*pi/3)", "1/2 + i*sqrt(3)/2");
    proven("exp(i*pi/3) + exp(-i*pi/3)", "1");
    // An odd root of a real number is real, an even one is principal.
    proven("cbrt(-8)", "-2");
    refuted("cbrt(-8)", "1 + i*sqrt(3)");
    proven("(-8)^(2/3)", "4");
    proven("(-4)^(1/4)", "1 + i");
    agree("i^i", "exp(-pi/2)");
    agree("ln(-1)", "i*pi");
    proven("re((1 + i)^8)", "16");
    proven("im((2 + i)^2)", "4");
    proven("abs(3 + 4*i)", "5");
    agree("arg(1 + i)", "pi/4");
    proven("conj(1 + i)", "1 - i");
    agree("cos(i)", "(e + 1/e)/2");
    agree("asin(2*i)", "i*ln(2 + sqrt(5))");
}

#[test]
fn what_only_looks_equal_is_refuted() {
    refuted("(x + 1)^3000", "(x + 1)^3000 + 1");
    refuted("sqrt(10^40 + 1)", "sqrt(10^40)");
    refuted("sqrt(10000000000000000000000000000000000000001)", "10^20");
    refuted("cos(10^(-30))", "1");
    refuted("exp(-1000) + 1", "1");
    refuted("1 - 5051/2^100", "1 - 5051/2^120");
    refuted("1 - 5051/2^400", "1 - 5051/2^420");
    let literal = |k: usize| {
        let power = dashu_int::IBig::ONE << k;
        format!("sqrt({}/{power})", &power - 5051)
    };
    refuted(&literal(300), &literal(320));
    // Famous coincidences
    refuted("exp(pi*sqrt(163))", "640320^3 + 744");
    refuted("3*ln(640320)/sqrt(163)", "pi");
    // Taylor polynomials at a tiny argument
    refuted("exp(10^(-50))", "1 + 10^(-50)");
    refuted("exp(10^(-50))", "1 + 10^(-50) + 10^(-100)/2");
    refuted("sin(10^(-50))", "10^(-50)");
    refuted("cos(10^(-50))", "1 - 10^(-100)/2");
    refuted("ln(1 + 10^(-50))", "10^(-50) - 10^(-100)/2");
    refuted("atan(10^50)", "pi/2");
    refuted("(1 + 10^(-50)*x)*(1 + 10^(-50)*y)", "1 + 10^(-50)*(x + y)");
}

#[test]
fn identities_agree() {
    agree("(x + y)^2", "x^2 + 2*x*y + y^2");
    refuted("(x + y)^2", "x^2 + 3*x*y + y^2");
    agree("(x^2 - 1)/(x - 1)", "x + 1");
    agree("sin(2*x)", "2*sin(x)*cos(x)");
    agree("sin(x)^2 + cos(x)^2", "1");
    agree("exp(ln(x^2))", "x^2");
    agree("exp(x + y)", "exp(x)*exp(y)");
    agree("atan(x) + atan(1/x)", "pi/2*x/abs(x)");
    agree("asin(x) + acos(x)", "pi/2");
    agree("2^x", "exp(x*ln(2))");
    agree("ln(x^y)", "y*ln(x)");
    agree("exp(i*x)", "cos(x) + i*sin(x)");
    refuted("exp(i*x)", "cos(x) - i*sin(x)");
    agree("exp(-1000) + 1", "exp(-1000)*(1 + exp(1000))");
    agree("sin(10^100)", "sin(10^100 - 2*pi)");
}

#[test]
fn sums_that_cancel_still_agree() {
    agree("ln(6) - ln(2) - ln(3)", "0");
    agree("x*(ln(6) - ln(2) - ln(3))", "0");
    agree("exp(i*x) - cos(x) - i*sin(x)", "0");
}

#[test]
fn cases_are_told_apart() {
    refuted("abs(x - 3)", "x - 3");
    refuted("abs(x - 3)", "3 - x");
    agree("abs(x - 3)", "sqrt((x - 3)^2)");
    agree("abs(x - 3)", "max(x - 3, 3 - x)");
    refuted("abs(x - 1000)", "1000 - x");
    refuted("sqrt(x^2)", "x");
    agree("sqrt(x^2)", "abs(x)");
    agree("cbrt(x^3)", "x");
    refuted("asin(sin(x))", "x");
    agree("floor(x + 1)", "floor(x) + 1");
    refuted("floor(-x)", "-floor(x)");
    agree("-floor(-x)", "ceil(x)");
}

#[test]
fn terms_are_compared_where_both_are_defined() {
    agree("ln(x^2)", "2*ln(x)");
    agree("sqrt(x)*sqrt(y)", "sqrt(x*y)");
    agree("sqrt(x - 1)^2", "x - 1");
    agree("ln(x - 500)", "2*ln(sqrt(x - 500))");
    refuted("ln(x - 500)", "2*ln(x - 500)");
    // From 1/2 to 1
    agree("sqrt(1 - x)*sqrt(2*x - 1)", "sqrt((1 - x)*(2*x - 1))");
    refuted("sqrt(1 - x)*sqrt(2*x - 1)", "sqrt(1 - x)");
    // Of mixed signs
    agree("sqrt(x*y)*sqrt(-x)*sqrt(-y*z)", "sqrt(x*y*(-x)*(-y)*z)");
    // Real nowhere
    agree("sqrt(-1 - x^2)", "i*sqrt(1 + x^2)");
    undefined("sqrt(-1 - x^2)", "1");
    undefined("ln(-1 - x^2)", "ln(x)");
}

#[test]
fn what_has_no_value_is_equal_to_nothing() {
    undefined("1/0", "1/0");
    undefined("1/(1 - 1)", "1");
    undefined("0^0", "1");
    undefined("0^(-1)", "1");
    undefined("ln(0)", "0");
    undefined("0/0", "0");
    undefined("x/(1 - 1)", "x");
    undefined("tan(pi/2)", "0");
    undefined("asin(2)", "1");
    undefined("(1/2)!", "1");
    undefined("(-1)!", "1");
    undefined("mod(3, 0)", "0");
    undefined("sin(1, 2)", "0");
    proven("0^(3/2)", "0");
    // A denominator that takes a proof to be zero
    let zero = "(sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6)))";
    undefined(&format!("1/{zero}"), "1");
    undefined(&format!("ln{zero}"), "1");
    undefined(&format!("{zero}^0"), "1");
}

#[test]
fn discrete_functions_are_exact() {
    proven("floor(pi)", "3");
    proven("ceil(pi)", "4");
    proven("floor(-pi)", "-4");
    // Integers that are not obviously so
    proven("floor(sqrt(2)*sqrt(8))", "4");
    proven("ceil(cbrt(2 + sqrt(5)) + cbrt(2 - sqrt(5)))", "1");
    proven("floor((1 + sqrt(2))^2)", "5");
    proven("20!", "2432902008176640000");
    agree("1000!/999!", "1000");
    proven("binomial(10, 3)", "120");
    proven("binomial(100, 98)", "4950");
    proven("binomial(1/2, 2)", "-1/8");
    proven("binomial(3, 5)", "0");
    proven("gcd(-12, 18, 27)", "3");
    proven("gcd(0, 0)", "0");
    proven("lcm(4, 6)", "12");
    proven("mod(-7, 3)", "2");
    proven("mod(7, -3)", "1");
    proven("mod(15/2, 2)", "3/2");
    proven("mod(3^40, 1000)", "801");
    agree("max(pi, 3, 22/7)", "22/7");
    agree("min(sqrt(2), 3, 3/2)", "sqrt(2)");
    // Variables of discrete functions are integers.
    agree("n!/(n - 1)!", "n");
    refuted("n!/(n - 1)!", "n - 1");
    agree("binomial(n, 2)", "n*(n - 1)/2");
    agree("(-1)^(n + 2)", "(-1)^n");
    agree("(-1)^(2*n)", "1");
    refuted("(-1)^n", "1");
    refuted("(-1)^n", "(-1)^m");
}

#[test]
fn constants_are_ordered() {
    let order = |a, b| order(&term(a), &term(b), &mut fuel());
    assert_eq!(order("sqrt(2)", "3/2"), Ok(Some(Ordering::Less)));
    assert_eq!(order("e^pi", "pi^e"), Ok(Some(Ordering::Greater)));
    assert_eq!(
        order("sqrt(2) + sqrt(3)", "sqrt(5 + 2*sqrt(6))"),
        Ok(Some(Ordering::Equal))
    );
    assert_eq!(order("ln(8)", "3*ln(2)"), Ok(Some(Ordering::Equal)));
    assert_eq!(order("exp(-1000) + 1", "1"), Ok(Some(Ordering::Greater)));
    assert_eq!(order("i", "1"), Ok(None));
    assert_eq!(order("1/0", "1"), Ok(None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn neither_equal_terms_are_refuted_nor_different_ones_agree(t in any_term(), k in 1i64..60) {
        let same = Term::Sum([t.clone()].into());
        prop_assert_ne!(compare(&t, &same, &mut fuel()), Ok(NumericVerdict::Refuted));
        let step = power(rational(10, 1), rational(-k, 1));
        let moved = Term::Sum([t.clone(), step].into());
        let verdict = compare(&t, &moved, &mut fuel());
        let equal = matches!(verdict, Ok(NumericVerdict::Proven | NumericVerdict::Agrees { .. }));
        prop_assert!(!equal, "{verdict:?}");
        prop_assert_eq!(verdict, compare(&moved, &t, &mut fuel()));
    }
}

#[test]
fn towers_and_giants_fail_in_time() {
    let nines = |n| (0..n).fold(String::from("9"), |tower, _| format!("9^({tower})"));
    undecided(&nines(40), "1");
    let exponentials = (0..40).fold(String::from("x"), |tower, _| format!("exp({tower})"));
    undecided(&exponentials, "x");
    refuted("exp(10^9)", "exp(10^9) + exp(10^9)");
    undecided("exp(10^12)", "1");
    undecided("sin(10^100000)", "0");
    refuted("2^10000000", "2^10000000 + 2^9999999");
    undecided("2^10000000", "2^10000000 + 1");
    undecided("100000!", "1");
}

#[test]
fn fuel_bounds_the_work() {
    let deep = (0..60).fold(term("x"), |deep, k| {
        let root = power(term("y + 2"), rational(k, 7));
        Term::Call(Function::Sin, [Term::Sum([deep, root].into())].into())
    });
    let limits = Limits {
        fuel: 500,
        ..Limits::default()
    };
    let mut fuel = Fuel::new(&limits);
    let verdict = compare(&deep, &term("x"), &mut fuel);
    assert_eq!(verdict, Err(OutOfFuel));
    assert_eq!(fuel.spend(1), Err(OutOfFuel));
}

#[test]
fn signs_and_octaves_are_tried_in_every_combination() {
    refuted("abs(a - b)", "abs(a) - abs(b)");
    refuted("ln(abs(x))", "abs(ln(x))");
    refuted("sqrt(x^2*y^2)", "x*y");
    refuted("sqrt(x^2*y^2*z^2)", "x*y*z");
    for (i, a) in ["a", "b", "c", "d", "f", "g"].into_iter().enumerate() {
        for b in ["u", "v", "w"] {
            let others = ["h", "j", "k"][..i % 4].join(" + ");
            let others = if others.is_empty() { "0" } else { &others };
            refuted(
                &format!("abs({a} + {b}) + {others}"),
                &format!("abs({a}) + abs({b}) + {others}"),
            );
            refuted(
                &format!("abs({b} - 3) + {others}"),
                &format!("3 - {b} + {others}"),
            );
            refuted(
                &format!("abs({b} - 3) + {others}"),
                &format!("{b} - 3 + {others}"),
            );
        }
    }
}
