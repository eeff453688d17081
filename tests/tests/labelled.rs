//! Labelled cases of other graders' test suites, rewritten references, and one probe per feature.
#![allow(clippy::unwrap_used)]

use resit::Grader;
use resit::grade::{Decision, Form, Method, Policy};
use resit_tests::cases;
use resit_tests::data::{self, Case, Input};
use resit_tests::report::Report;
use serde_json::Value;

/// A row of `peers.jsonl` whose label contradicts mathematics or a convention of `default`.
struct Disputed {
    line: usize,
    /// The policy under which the label holds.
    policy: Option<String>,
    /// Reference, answer and verdict that show why it does not.
    fact: Option<[String; 3]>,
}

fn disputed() -> Vec<Disputed> {
    let read = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        assert!(
            row["reason"]
                .as_str()
                .is_some_and(|reason| !reason.is_empty())
        );
        let fact = &row["fact"];
        let text = |name: &str| fact[name].as_str().map(String::from);
        Disputed {
            line: row["line"].as_u64().unwrap() as usize,
            policy: row["policy"].as_str().map(String::from),
            fact: (|| Some([text("reference")?, text("answer")?, text("verdict")?]))(),
        }
    };
    let text = std::fs::read_to_string(cases::folder().join("DISPUTED")).unwrap();
    text.lines().map(read).collect()
}

fn agrees(grader: &Grader, case: &Case) -> bool {
    let verdict = match &case.input {
        Input::Answer(answer) => grader.grade(&case.reference, answer),
        Input::Response(response) => grader.grade_response(&case.reference, response),
    };
    verdict.correct() == case.correct
}

#[test]
fn facts_behind_disputed_labels_hold_in_every_policy_without_conventions() {
    let disputed = disputed();
    assert!(disputed.len() <= 20);
    for row in disputed {
        assert!(
            row.policy.is_some() != row.fact.is_some(),
            "{}: a policy or a fact",
            row.line
        );
        let Some([reference, answer, expected]) = row.fact else {
            continue;
        };
        for grader in [Grader::default(), Grader::new(Policy::strict())] {
            let verdict = grader.grade(&reference, &answer);
            let wanted = match expected.as_str() {
                "equal" => Decision::Equal,
                _ => Decision::Different,
            };
            assert_eq!(
                verdict.decision, wanted,
                "{}: {reference} {answer}",
                row.line
            );
            assert!(
                verdict.method != Method::Text,
                "{}: {reference} {answer}",
                row.line
            );
        }
    }
}

#[test]
fn peers_agree_but_for_disputed_labels() {
    let Some(rows) = data::labelled("grading/peers.jsonl") else {
        return;
    };
    let disputed = disputed();
    let grader = Grader::default();
    let total = rows.len();
    let (mut all, mut undisputed, mut undisputed_agree) = (0, 0, 0);
    for case in &rows {
        let right = agrees(&grader, case);
        all += usize::from(right);
        match disputed.iter().find(|row| row.line == case.line) {
            None => {
                undisputed += 1;
                undisputed_agree += usize::from(right);
            }
            Some(row) => {
                assert!(!right, "{}: not disputed", row.line);
                if let Some(policy) = row.policy.as_deref().and_then(Policy::named) {
                    assert!(
                        agrees(&Grader::new(policy), case),
                        "{}: {:?}",
                        row.line,
                        row.policy
                    );
                }
            }
        }
    }
    println!("peers: {all} of {total}; undisputed {undisputed_agree} of {undisputed}");
    assert!(all * 100 >= total * 90);
    assert!(undisputed_agree * 100 >= undisputed * 98);
}

#[test]
fn rewritten_references_are_equal_and_changed_digits_are_not() {
    let Some(rows) = data::labelled("grading/rewrites.jsonl") else {
        return;
    };
    let (equal, different): (Vec<_>, Vec<_>) = rows.into_iter().partition(|case| case.correct);
    let equal = Report::new("equal", &Grader::default(), equal);
    let different = Report::new("different", &Grader::default(), different);
    assert!(equal.agreements() * 1000 >= equal.len() * 998, "{equal}");
    assert!(different.wrongly_accepted() <= 1, "{different}");
}

#[test]
fn every_feature_is_graded_as_labelled() {
    let Some(rows) = data::labelled("grading/features.jsonl") else {
        return;
    };
    let report = Report::new("features", &Grader::default(), rows);
    assert_eq!(report.agreements(), report.len(), "{report}");
}

#[test]
fn mathematics_is_accepted_by_mathematics() {
    for name in data::LABELLED {
        let Some(rows) = data::labelled(name) else {
            continue;
        };
        let report = Report::new(name, &Grader::default(), rows);
        let accepted = report.accepted_mathematics();
        assert!(
            accepted.decided_by(Method::Text) * 100 <= accepted.len(),
            "{report}"
        );
        assert!(
            accepted.decided_by(Method::Numeric) * 100 <= accepted.len() * 3,
            "{report}"
        );
    }
}

#[test]
fn references_are_read_as_mathematics() {
    for (name, least) in data::READ {
        let Some(references) = data::references(name) else {
            continue;
        };
        let forms = resit_tests::forms::Forms::new(name, &Grader::default(), &references);
        assert!(forms.count(Form::Mathematics) > 0);
        assert!(forms.typed() >= least, "{forms}");
    }
}
