//! The page of conventions: each has its cases, equal and almost equal, and is transitive or not as
//! the page says.
#![allow(clippy::unwrap_used)]

use resit::grade::{Decision, Grader, Policy};
use resit_tests::cases;
use std::collections::BTreeMap;

#[test]
fn each_convention_has_cases_on_both_sides() {
    let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for case in cases::all() {
        let [equal, other] = counts.entry(case.kind.clone()).or_default();
        match case.expected {
            Decision::Equal => *equal += 1,
            _ => *other += 1,
        }
    }
    let page = cases::folder().join("../../docs/conventions.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut conventions = 0;
    for row in rows {
        let (_, kinds) = row.trim_end_matches(" |").rsplit_once("| ").unwrap();
        for kind in kinds.split(", ") {
            let [equal, other] = counts.get(kind).copied().unwrap_or_default();
            assert!(
                equal >= 3 && other >= 3,
                "{kind}: {equal} equal, {other} not"
            );
        }
        conventions += 1;
    }
    assert!(conventions >= 20);
}

#[test]
fn what_the_page_says_is_not_transitive_is_not() {
    let grader = Grader::default();
    let equal = |a: &str, b: &str| grader.grade(a, b).correct();
    for [a, b, c] in [
        ["50", r"50\%", "0.5"],
        ["180", r"180^\circ", r"\pi"],
        [r"5\text{ cm}", "5", r"5\text{ m}"],
        ["x = 5", "5", "y = 5"],
        ["1<x<2", "(1,2)", "x=1, y=2"],
        ["3, -3", r"\pm 1 \pm 2", "3, 1, -1, -3"],
        ["0.33333333", r"\frac13", "0.333333333"],
        ["f(x) = 2x", "y = 2x", "g(x) = 2x"],
    ] {
        assert!(equal(a, b) && equal(b, c) && !equal(a, c), "{a}, {b}, {c}");
        let strict = Grader::new(Policy::strict());
        let both = strict.grade(a, b).correct() && strict.grade(b, c).correct();
        assert!(!both || strict.grade(a, c).correct(), "{a}, {b}, {c}");
    }
}
