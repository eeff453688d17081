//! Hostile inputs: the verdicts that are right, on a small stack, in little memory, and with little
//! work. Allocated bytes stand for work, which has to be the same on every machine; time is not.

use std::thread;

use allocation_counter::{AllocationInfo, measure};
use resit::grade::{POLICIES, Policy};
use resit_tests::hostile::{self, Role};

/// The stack of the thread that grades: an eighth of what a thread of Rust has by default.
const STACK: usize = 256 << 10;

/// The most memory that a verdict may hold at once.
const PEAK: u64 = 64 << 20;

/// The most memory that a verdict may ask for in all.
const TOTAL: u64 = 128 << 20;

#[test]
fn hostile_cases_are_right_and_cheap_on_a_small_stack() {
    let run = || {
        let mut wrong = Vec::new();
        for case in hostile::all() {
            for role in Role::ALL {
                let given = case.given(role);
                // What is too long to be parsed is compared under no convention.
                let long = given.len() > 20_000;
                for name in POLICIES
                    .into_iter()
                    .take(if long { 2 } else { POLICIES.len() })
                {
                    let policy = Policy::named(name).unwrap();
                    let mut right = false;
                    let AllocationInfo {
                        bytes_max,
                        bytes_total,
                        ..
                    } = measure(|| {
                        let verdict = case.grade(&policy, role, &given);
                        right = case.is_right(role, &policy, &verdict);
                    });
                    if !right || bytes_max > PEAK || bytes_total > TOTAL {
                        wrong.push(format!(
                            "{}: {} as {role:?} under {name}: right {right}, {bytes_max} B at once, {bytes_total} B in all",
                            case.class, case.name
                        ));
                    }
                }
            }
        }
        wrong
    };
    let thread = thread::Builder::new().stack_size(STACK);
    let wrong = thread.spawn(run).unwrap().join().expect("no panic");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_answer_is_run() {
    for file in ["hostile", "tests/hostile"] {
        assert!(
            !std::path::Path::new(file).exists(),
            "{file} was made by an answer"
        );
    }
}

#[test]
fn there_are_as_many_cases_as_classes_need() {
    assert!(hostile::all().len() >= 154);
}
