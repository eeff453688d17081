//! Many verdicts at once are those of one after another.

use resit::grade::batch;
use resit::{Grader, Policy};
use std::collections::BTreeSet;

#[test]
fn responses_are_graded_in_order_as_they_are_one_by_one() {
    let pairs: Vec<(String, String)> = (0..500)
        .map(|i| (i.to_string(), format!("It is \\boxed{{{}}}.", i - i % 3)))
        .collect();
    let grader = Grader::default();
    let single: Vec<_> = pairs
        .iter()
        .map(|(reference, response)| grader.grade_response(reference, response))
        .collect();
    assert_eq!(grader.grade_responses(&pairs), single);
    assert_eq!(single.iter().filter(|v| v.correct()).count(), 167);
}

#[test]
fn an_item_may_have_a_grader_of_its_own() {
    let items = [(Policy::strict(), false), (Policy::default(), true)];
    let correct = batch(&items, |(policy, _)| {
        Grader::new(policy.clone()).grade("50", r"50\%").correct()
    });
    assert_eq!(correct, items.map(|(_, expected)| expected));
}

#[test]
fn threads_are_used_only_where_they_are_asked_for() {
    let items = [(); 64];
    let threads: BTreeSet<String> = batch(&items, |()| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        format!("{:?}", std::thread::current().id())
    })
    .into_iter()
    .collect();
    let here = format!("{:?}", std::thread::current().id());
    if cfg!(feature = "parallel") {
        assert!(!threads.contains(&here), "{threads:?}");
    } else {
        assert_eq!(threads, BTreeSet::from([here]));
    }
}
