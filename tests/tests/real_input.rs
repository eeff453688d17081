//! The grader on real references and on the outputs of real models.

use resit::Grader;
use resit::grade::Method;
use resit_tests::data::{self, Case, Input};
use resit_tests::report::Report;

#[test]
fn references_equal_themselves_by_their_form() {
    for name in data::REFERENCES {
        let Some(references) = data::references(name) else {
            continue;
        };
        let (bare, boxed) = data::against_themselves(&references);
        for cases in [bare, boxed] {
            let report = Report::new(name, &Grader::default(), cases);
            assert_eq!(report.agreements(), report.len(), "{report}");
            let words = report.decided_by(Method::Text);
            assert!(words * 100 <= report.len() * 3, "{report}");
        }
    }
}

#[test]
fn gsm8k_outputs_are_graded_as_recorded() {
    let Some(cases) = data::gsm8k_outputs() else {
        return;
    };
    let report = Report::new("gsm8k", &Grader::default(), cases);
    assert_eq!(report.agreements(), report.len(), "{report}");
}

#[test]
fn math_outputs_are_graded_as_recorded_but_for_one_wrong_label() {
    let Some(cases) = data::math_outputs() else {
        return;
    };
    // 10000 is recorded as different from the reference 10{,}000.
    let is_mislabelled = |case: &Case| match &case.input {
        Input::Response(output) => {
            case.reference == "10{,}000" && output.contains(r"\boxed{10000}") && !case.correct
        }
        Input::Answer(_) => false,
    };
    let (mislabelled, cases): (Vec<_>, Vec<_>) = cases.into_iter().partition(is_mislabelled);
    assert_eq!(mislabelled.len(), 1);
    let report = Report::new("math", &Grader::default(), cases);
    assert_eq!(report.agreements(), report.len(), "{report}");
}
