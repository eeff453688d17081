//! The codes of a verdict, and the path to it.

use resit::Grader;
use resit::grade::{Method, Reason};
use std::collections::BTreeSet;

#[test]
fn codes_are_unique_and_in_words() {
    let codes: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes.len(), Reason::ALL.len());
    let methods: BTreeSet<&str> = Method::ALL.iter().map(|method| method.code()).collect();
    assert_eq!(methods.len(), Method::ALL.len());
    for reason in Reason::ALL {
        assert!(reason.to_string().len() > 5, "{reason:?}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn codes_are_those_of_json() {
    for reason in Reason::ALL {
        assert_eq!(
            serde_json::to_value(reason).unwrap().as_str(),
            Some(reason.code())
        );
    }
    for method in Method::ALL {
        assert_eq!(
            serde_json::to_value(method).unwrap().as_str(),
            Some(method.code())
        );
    }
}

#[test]
fn every_step_is_explained() {
    let grader = Grader::default();
    let explanation = grader.explain_response("1,234", r"It is $\boxed{(x+1)^2}$.");
    assert_eq!(explanation.answer.extracted, ["(x+1)^2"]);
    assert_eq!(
        explanation.answer.tokens,
        ["(", "x", "+", "1", ")", "^", "2"]
    );
    let [reading] = explanation.answer.readings.as_slice() else {
        panic!("{explanation}");
    };
    assert_eq!(reading.plain, "(x + 1)^2");
    assert_eq!(reading.latex, "(x + 1)^{2}");
    assert_eq!(reading.canonical, "x^2 + 2*x + 1");
    let readings: Vec<&str> = explanation
        .reference
        .readings
        .iter()
        .map(|reading| reading.plain.as_str())
        .collect();
    assert_eq!(readings, ["1234", "1, 234"]);
    assert_eq!(
        explanation.verdict,
        grader.grade_response("1,234", r"It is $\boxed{(x+1)^2}$.")
    );
}

#[test]
fn nothing_to_explain_is_explained() {
    let explanation = Grader::default().explain_response("7", "I do not know.");
    assert!(explanation.answer.readings.is_empty());
    assert_eq!(explanation.verdict.reason, Reason::NoAnswer);
    assert!(explanation.to_string().contains("no-answer"));
    let long = "9".repeat(100_000);
    assert!(
        Grader::default()
            .explain("7", &long)
            .answer
            .tokens
            .is_empty()
    );
}

#[test]
fn steps_are_counted_and_bounded() {
    let grader = Grader::default();
    let (easy, hard) = (r"\frac12", r"\frac{\sqrt{5+2\sqrt6}}{\sqrt2+\sqrt3}");
    let steps = |reference, answer| grader.grade(reference, answer).steps;
    assert!(steps("1", hard) > steps(easy, "0.5"));
    assert_eq!(steps("1", hard), steps("1", hard));
    // A prepared reference was read once, and counts all the same.
    let prepared = grader.prepare("1");
    assert_eq!(
        grader.grade_prepared(&prepared, hard).steps,
        steps("1", hard)
    );
    assert!(steps(hard, r"\prod_{k=1}^{99}\sin\frac{k\pi}{100}") <= grader.policy().limits.fuel);
}
