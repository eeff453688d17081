//! Normal forms as values.

use std::collections::BTreeSet;

use super::super::form::NormalForm;
use super::super::{Failure, Kernels};
use crate::canon::notation::term;
use crate::canon::term::Rational;
use crate::limits::{Fuel, Limits};

fn fuel() -> Fuel {
    Fuel::new(&Limits::default())
}

fn form(kernels: &mut Kernels, text: &str) -> NormalForm {
    kernels.normalize(&term(text), &mut fuel()).unwrap()
}

#[test]
fn equal_values_have_one_form() {
    for same in [
        &["(x^2-1)/(x-1)", "x+1", "1+x", "(x+1)^3/(x+1)^2"][..],
        &["1/x+1/y", "(x+y)/(x*y)"],
        &["1/(1+sqrt(2))", "sqrt(2)-1", "sqrt(3-2*sqrt(2))"],
        &["sqrt((x^2-1)/(x-1))", "sqrt(x+1)"],
        &["sin(2*x)", "2*sin(x)*cos(x)"],
        &["(x^2-y^2)/(x^2+2*x*y+y^2)", "(x-y)/(x+y)"],
        &["(2*x+2)/(6*y)", "(x+1)/(3*y)"],
        &["1/(1-x)", "-1/(x-1)", "(1+x)/(1-x^2)"],
        &["cos(pi/5)", "(1+sqrt(5))/4"],
    ] {
        let mut kernels = Kernels::new();
        let forms: BTreeSet<_> = same.iter().map(|text| form(&mut kernels, text)).collect();
        assert_eq!(forms.len(), 1, "{same:?}: {forms:#?}");
    }
}

#[test]
fn different_values_have_different_forms() {
    let texts = [
        "x", "-x", "y", "x+1", "1/x", "1/(x+1)", "sqrt(x)", "0", "1", "-3/5", "2/5",
    ];
    let mut kernels = Kernels::new();
    let forms: BTreeSet<_> = texts.iter().map(|text| form(&mut kernels, text)).collect();
    assert_eq!(forms.len(), texts.len());
}

#[test]
fn rational_values_are_told() {
    let mut kernels = Kernels::new();
    let half = Rational::new(1.into(), 2.into());
    for text in [
        "1/2",
        "(x+1)/(2*x+2)",
        "sin(pi/6)",
        "ln(2)/ln(4)",
        "sqrt(2)/sqrt(8)",
    ] {
        assert_eq!(
            form(&mut kernels, text).as_rational(),
            Some(half.clone()),
            "{text}"
        );
    }
    for text in ["x", "sqrt(2)", "1/x", "pi"] {
        assert_eq!(form(&mut kernels, text).as_rational(), None, "{text}");
    }
}

#[test]
fn ratio_is_the_constant_between_two_forms() {
    let mut kernels = Kernels::new();
    for (a, b, ratio) in [
        ("2*x+2*y-4", "x+y-2", Some("2")),
        ("x-1", "1-x", Some("-1")),
        ("x^2-1", "x-1", None),
        ("sqrt(2)*x-2", "x-sqrt(2)", Some("sqrt(2)")),
        ("x/(x+1)-1/2", "(x-1)/(x+1)", Some("1/2")),
        ("pi*x-pi", "2*x-2", Some("pi/2")),
        ("x-y", "x+y", None),
        ("3", "2", Some("3/2")),
        ("0", "x", None),
        ("x", "0", None),
        ("y-x^2/3", "3*y-x^2", Some("1/3")),
        ("2*sin(x)*cos(x)", "sin(2*x)/3", Some("3")),
    ] {
        let forms = (form(&mut kernels, a), form(&mut kernels, b));
        let found = kernels.ratio(&forms.0, &forms.1, &mut fuel()).unwrap();
        let expected = ratio.map(|ratio| form(&mut kernels, ratio));
        assert_eq!(found, expected, "{a} over {b}");
    }
}

#[test]
fn degree_is_that_of_a_polynomial_in_one_symbol() {
    let mut kernels = Kernels::new();
    for (text, degree) in [
        ("3*x^2*y+x", Some(2)),
        ("y", Some(0)),
        ("(x^3-x)/x", Some(2)),
        ("x/2+y/z", Some(1)),
        ("1/x", None),
        ("sqrt(x)", None),
        ("sin(x)+x", None),
        ("x*sqrt(y+1)", Some(1)),
        ("x/(x+1)", None),
        ("x-x", Some(0)),
    ] {
        assert_eq!(
            form(&mut kernels, text).degree(&kernels, "x"),
            degree,
            "{text}"
        );
    }
}

#[test]
fn undefined_terms_have_no_form() {
    for text in ["1/0", "1/(x-x)", "0^0", "ln(0)", "tan(pi/2)"] {
        let form = Kernels::new().normalize(&term(text), &mut fuel());
        assert_eq!(form, Err(Failure::Undefined), "{text}");
    }
}
