//! The labelled cases: all right but those on the list of what is still missing, and no verdict
//! that depends on which side is the reference.

use resit_tests::cases;
use std::collections::BTreeSet;

#[test]
fn cases_are_graded_as_labelled_but_for_the_known_misses() {
    let listed = std::fs::read_to_string(cases::folder().join("MISSING")).unwrap();
    let known: BTreeSet<&str> = listed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let mut found = BTreeSet::new();
    for case in cases::all() {
        match case.grade() {
            None => {}
            Some(verdict) => {
                let rewarded = verdict.correct() && !case.is_right(&verdict);
                assert!(!rewarded, "rewarded: {}", case.describe());
                if !case.is_right(&verdict) {
                    found.insert(case.name());
                }
            }
        }
    }
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let mended: Vec<_> = known.difference(&found).collect();
    assert!(new.is_empty(), "missed, and not on the list: {new:?}");
    assert!(
        mended.is_empty(),
        "strike from tests/cases/MISSING: {mended:?}"
    );
}

#[test]
fn verdicts_are_symmetric() {
    for case in cases::all() {
        if let (Some(verdict), Some(swapped)) = (case.grade(), case.grade_swapped()) {
            assert_eq!(verdict.decision, swapped.decision, "{}", case.describe());
        }
    }
}
