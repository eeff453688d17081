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
    let bits_of = bits;
    let bits = |text| bits_of(&term(text));
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
    assert_eq!(bits_of(&Term::Sum(many.collect())), None);
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
            prop::collection::vec(inner.clone(), 1..4).prop_map(|terms| Term::Sum(terms.into())),
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|factors| Term::Product(factors.into())),
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
                let fraction = Term::rational(-Rational::new(nearest, IBig::ONE << k));
                prop_assert!(!contradicted(&Term::Sum([term, fraction].into())));
            }
        }
    }
}
