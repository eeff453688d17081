use alloc::format;
use alloc::vec::Vec;

use dashu_int::IBig;
use num_traits::{Pow, Zero};
use proptest::prelude::*;

use super::*;
use crate::canon::notation::{power, rational, term};
use crate::canon::term::Function;
use crate::limits::Limits;

fn at(
    term: &Term,
    variables: &[(&str, Ball)],
    domain: Domain,
    precision: i64,
) -> Result<Value, Fault> {
    let limits = Limits {
        fuel: 10_000_000,
        ..Limits::default()
    };
    let mut evaluation = Evaluation {
        point: &Point(Vec::from(variables)),
        domain,
        precision,
        constants: &mut Constants::default(),
        fuel: &mut Fuel::new(&limits),
    };
    evaluation.value(term)
}

fn constant(term: &Term, precision: i64) -> Result<Value, Fault> {
    at(term, &[], Domain::Real, precision)
}

/// Rational functions of one variable.
fn rational_function() -> impl Strategy<Value = Term> {
    let leaf = prop_oneof![
        3 => Just(term("x")),
        1 => (-9i64..=9).prop_map(Term::integer),
        1 => (-1000i64..1000, 1i64..1000).prop_map(|(n, d)| rational(n, d)),
        1 => any::<i64>().prop_map(Term::integer),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|terms| Term::Sum(terms.into())),
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|factors| Term::Product(factors.into())),
            (inner, -4i64..=4).prop_map(|(base, n)| power(base, rational(n, 1))),
        ]
    })
}

/// The exact value; `None` where there is none.
fn exact(term: &Term, x: &Rational) -> Option<Rational> {
    let one = || Rational::from(IBig::ONE);
    match term {
        Term::Rational(value) => Some((**value).clone()),
        Term::Symbol(_) => Some(x.clone()),
        Term::Sum(terms) => terms.iter().map(|t| exact(t, x)).sum(),
        Term::Product(factors) => factors
            .iter()
            .try_fold(one(), |product, factor| Some(product * exact(factor, x)?)),
        Term::Power(pair) => {
            let base = exact(&pair.0, x)?;
            let n = pair.1.as_integer()?;
            if base.is_zero() && n <= 0 {
                return None;
            }
            Some(Pow::pow(base, n as i32))
        }
        _ => None,
    }
}

/// Terms with every function and one real variable.
pub(crate) fn any_term() -> impl Strategy<Value = Term> {
    let leaf = prop_oneof![
        3 => Just(term("x")),
        1 => Just(term("pi")),
        1 => Just(term("i")),
        2 => (-9i64..=9).prop_map(Term::integer),
        2 => (-1000i64..1000, 1i64..1000).prop_map(|(n, d)| rational(n, d)),
    ];
    let functions = [
        Function::Sin,
        Function::Cos,
        Function::Ln,
        Function::Abs,
        Function::Asin,
        Function::Acos,
        Function::Atan,
        Function::Floor,
        Function::Ceil,
        Function::Re,
        Function::Im,
        Function::Arg,
        Function::Conj,
    ];
    leaf.prop_recursive(4, 24, 3, move |inner| {
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|terms| Term::Sum(terms.into())),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|factors| Term::Product(factors.into())),
            1 => (inner.clone(), -4i64..=4).prop_map(|(base, n)| power(base, rational(n, 1))),
            1 => (inner.clone(), -3i64..=3, 2i64..=12).prop_map(|(base, n, d)| power(base, rational(n, d))),
            1 => (inner.clone(), inner.clone()).prop_map(|(base, exponent)| power(base, exponent)),
            1 => inner.clone().prop_map(|exponent| power(term("e"), exponent)),
            3 => (prop::sample::select(Vec::from(functions)), inner.clone())
                .prop_map(|(function, argument)| Term::Call(function, [argument].into())),
            1 => (prop::sample::select(Vec::from([Function::Max, Function::Min, Function::Mod])), inner.clone(), inner)
                .prop_map(|(function, a, b)| Term::Call(function, [a, b].into())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn rational_functions_hold_their_exact_value(
        term in rational_function(), n in -100i64..100, e in 0i64..8, p in 10i64..100,
    ) {
        let point = Rational::new(IBig::from(n), IBig::ONE << e as usize);
        let value = at(&term, &[("x", Ball::exact(IBig::from(n), -e))], Domain::Real, p);
        match (exact(&term, &point), value) {
            (Some(exact), Ok(value)) => {
                prop_assert!(value.z.is_real());
                let distance = value.z.re.sub(&Ball::rational(&exact, 4000), 4000);
                prop_assert!(distance.contains_zero(), "{exact} {value:?}");
            }
            (None, Ok(value)) => prop_assert!(false, "{value:?}"),
            (None, Err(fault)) => prop_assert!(matches!(fault, Fault::Undefined | Fault::Undecided)),
            // Cancellation to what may be zero
            (Some(_), Err(fault)) => prop_assert_eq!(fault, Fault::Undecided),
        }
    }

    #[test]
    fn every_precision_encloses_the_same_value(
        term in any_term(), n in -1000i64..1000, domain in prop::sample::select(Vec::from([Domain::Real, Domain::Complex])),
    ) {
        let x = [("x", Ball::exact(IBig::from(n), -7))];
        let values = [30, 64, 200].map(|p| at(&term, &x, domain, p));
        for (coarse, fine) in [(&values[0], &values[1]), (&values[1], &values[2])] {
            match (coarse, fine) {
                (Ok(a), Ok(b)) => {
                    prop_assert!(a.z.sub(&b.z, 300).contains_zero(), "{a:?} {b:?}");
                    prop_assert_eq!(a.varies, b.varies);
                }
                // More precision may settle what less did not, but never unsettles. How large a
                // value may be follows from its enclosure.
                (Err(Fault::Undecided | Fault::TooLarge), _) => {}
                (Err(coarse), fine) => {
                    prop_assert_eq!(Some(*coarse), fine.as_ref().err().copied());
                }
                (Ok(_), Err(fault)) => {
                    prop_assert!(matches!(fault, Fault::OutOfDomain | Fault::Undefined));
                }
            }
        }
    }
}

#[test]
fn faults_are_told_apart() {
    let fault = |text| constant(&term(text), 64).unwrap_err();
    assert_eq!(fault("1/0"), Fault::Undefined);
    assert_eq!(fault("0^0"), Fault::Undefined);
    assert_eq!(fault("0^(-1/3)"), Fault::Undefined);
    assert_eq!(fault("ln(0)"), Fault::Undefined);
    assert_eq!(fault("arg(0)"), Fault::Undefined);
    assert_eq!(fault("x"), Fault::Undefined);
    assert_eq!(fault("asin(3/2)"), Fault::OutOfDomain);
    assert_eq!(fault("(-1)!"), Fault::OutOfDomain);
    assert_eq!(fault("pi!"), Fault::OutOfDomain);
    assert_eq!(fault("floor(i)"), Fault::OutOfDomain);
    assert_eq!(fault("exp(2^50)"), Fault::TooLarge);
    assert_eq!(fault("2^(2^50)"), Fault::TooLarge);
    assert_eq!(fault("1000000!"), Fault::TooLarge);
    // The proof that it is zero takes 19 bits; and of e^{ln 2} - 2 there is none.
    let zero = term("1/(sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6)))");
    assert_eq!(constant(&zero, 16).unwrap_err(), Fault::Undecided);
    assert_eq!(constant(&zero, 64).unwrap_err(), Fault::Undefined);
    assert_eq!(fault("1/(exp(ln(2)) - 2)"), Fault::Undecided);
    assert_eq!(fault("floor(exp(ln(2)))"), Fault::Undecided);
}

#[test]
fn functions_of_variables_stay_real_where_asked() {
    let minus_two = [("x", Ball::integer(-2))];
    let is_real =
        |text, domain| at(&term(text), &minus_two, domain, 64).map(|value| value.z.is_real());
    for text in ["sqrt(x)", "ln(x)", "x^pi", "x^(3/4)", "(-2)^(x/3)"] {
        assert_eq!(
            is_real(text, Domain::Real),
            Err(Fault::OutOfDomain),
            "{text}"
        );
        assert_eq!(is_real(text, Domain::Complex), Ok(false), "{text}");
    }
    // Odd roots of negative numbers are real, and constants have principal values.
    assert_eq!(is_real("cbrt(x)", Domain::Real), Ok(true));
    assert_eq!(is_real("x*sqrt(-2)", Domain::Real), Ok(false));
}

#[test]
fn angles_with_rational_cosines_are_exact() {
    let is_exact = |term: Term| {
        let z = constant(&term, 64).unwrap().z;
        z.re.is_exact() && z.im.is_exact()
    };
    for n in -50..50 {
        for text in ["sin(pi*0)", "cos(pi*0)", "exp(i*pi*0)"] {
            let halves = text.replace('0', &format!("({n}/2)"));
            assert!(is_exact(term(&halves)), "{halves}");
        }
        let thirds = format!("cos({n}*pi/3)");
        assert!(is_exact(term(&thirds)), "{thirds}");
    }
}

#[test]
fn gaps_measure_the_finest_detail() {
    let gap = |text| constant(&term(text), 64).unwrap().gap;
    assert!((140..160).contains(&gap("1 + 10^(-45)")));
    assert!((140..160).contains(&gap("sqrt(1 + 10^(-45))")));
    assert!((1440..1460).contains(&gap("exp(-1000) + 1")));
    assert!((95..110).contains(&gap("exp(10^(-30))")));
    assert!((190..220).contains(&gap("cos(10^(-30))")));
    assert!(gap("3*sqrt(2)*pi/4") < 8);
    assert!(gap("10^300") < 8);
}
