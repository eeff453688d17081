//! Known ways to have one answer pass for another, each of them shut.

use resit::grade::Reason;
use resit::{Grader, Policy};

/// Asserts that no policy rewards any of these boxes for `reference`.
#[track_caller]
fn refused(reference: &str, boxes: &[&str]) {
    for name in ["default", "boxed", "strict"] {
        let grader = Grader::new(Policy::named(name).unwrap_or_default());
        let prepared = grader.prepare(reference);
        for content in boxes {
            let response = format!("So it is $\\boxed{{{content}}}$.");
            let verdict = grader.grade_response_prepared(&prepared, &response);
            assert!(
                !verdict.correct(),
                "{name}: {reference} <- {content}: {verdict:?}"
            );
        }
    }
}

/// Asserts that the default policy rewards all of these boxes.
#[track_caller]
fn accepted(reference: &str, boxes: &[&str]) {
    for content in boxes {
        let response = format!("So it is $\\boxed{{{content}}}$.");
        let verdict = Grader::default().grade_response(reference, &response);
        assert!(verdict.correct(), "{reference} <- {content}: {verdict:?}");
    }
}

#[test]
fn several_values_for_one() {
    refused(
        "42",
        &[
            r"1 \text{ or } 2 \text{ or } 42",
            r"x=41 \text{ or } x=42",
            "41 (or 42)",
            "42 (or 41)",
            "41, 42",
            "42; 43",
            "42 | 43",
            r"42 \mid 43",
            r"42 \lor 43",
            r"42\quad 43",
            r"42 \\ 43",
            r"42 \text{ but maybe } 43",
            r"\text{either } 42 \text{ or } 43",
            r"\substack{42\\43}",
            r"\begin{cases}42\\43\end{cases}",
            r"\boxed{42} \boxed{43}",
            r"{42}{43}",
            r"42\text{43}",
            r"42\ (43)",
            "~~42~~ 43",
            r"42\tag{43}",
            r"42_{43}",
            r"42, 43, \ldots",
        ],
    );
    accepted(
        "41, 42",
        &["42, 41", r"42 \text{ and } 41", r"x=41 \text{ or } x=42"],
    );
}

#[test]
fn a_set_or_a_range_that_holds_the_value() {
    refused(
        "42",
        &[
            r"\{1,\ldots,999\}",
            r"\{1,2,\dots,100\}",
            r"\{41, 42\}",
            "[0,100]",
            "(41, 43)",
            "0-100",
            r"41\text{ to }43",
            r"42\pm 1",
            r"\pm 42",
            r"41<x<43",
            r"x \le 42",
            r"\geq 42",
            r"\mathbb{Z}",
            r"\text{any number}",
            "x",
            r"42k",
            r"42n+1",
        ],
    );
    accepted("[0,100]", &["[0,100]", r"0 \le x \le 100"]);
}

#[test]
fn a_chain_whose_members_disagree() {
    refused(
        "42",
        &[
            "1=2=3=42",
            "42=7",
            "42=43",
            "x=42=43",
            "41+1=43",
            "41<42",
            r"42\ne 43",
        ],
    );
    accepted("42", &["40+2=42", "x=40+2=42"]);
}

#[test]
fn a_value_that_is_denied_in_its_box() {
    refused(
        "42",
        &[
            r"\text{not } 42",
            r"\text{It is not 42}",
            r"\neq 42",
            r"x \neq 42",
            r"\cancel{42} 43",
            r"\text{42 is wrong}",
        ],
    );
}

#[test]
fn several_choices_for_one() {
    refused(
        "A",
        &[
            "A, B",
            "A or B",
            "A/B",
            "ABCD",
            "A, B, C, D",
            "(A) and (B)",
            r"\text{not A}",
            r"\text{A (B)}",
        ],
    );
    refused(
        r"\text{yes}",
        &[
            "yes/no",
            r"\text{yes or no}",
            r"\text{yes, no}",
            r"\text{not yes}",
        ],
    );
    refused(
        r"\text{even}",
        &[
            r"\text{even or odd}",
            r"\text{neither even nor odd}",
            r"\text{not even}",
        ],
    );
    accepted("A", &[r"\text{(A)}", "A", r"\textbf{(A) }14"]);
}

#[test]
fn a_near_miss_in_digits() {
    refused(
        "42",
        &[
            "420",
            "4200",
            "4.2",
            "0.42",
            "-42",
            "42.01",
            "42!",
            "42^{43}",
            "41.99999999",
            "42i",
        ],
    );
    refused("10000", &["10001", "1000", "100000"]);
    refused("0.5", &["50", "5", "0.05"]);
    refused(r"\frac{1}{23}", &[r"\frac{12}{3}", r"\frac{1}{2}3"]);
    refused("1000000000000000000", &["1000000000000000001"]);
    refused("2516_8", &["2516_9", "2516"]);
    refused("[1,2]", &["(1,2)", "12", r"\{1,2\}"]);
}

#[test]
fn digits_that_look_alike() {
    refused("43", &["4\u{417}", "4\u{292}"]);
    refused("10", &["l0", "1O", "1\u{41e}", "\u{406}0"]);
    refused("A", &["\u{410}", "\u{391}"]);
    accepted("42", &["４２", "٤٢", "4\u{200b}2", "\u{200e}42"]);
}

#[test]
fn an_empty_answer_for_an_empty_reference() {
    for reference in ["", " ", "$$", r"\boxed{}", "."] {
        for answer in ["", " ", "$$", r"\boxed{}", "."] {
            let verdict = resit::grade(reference, answer);
            assert_eq!(
                verdict.reason,
                Reason::EmptyReference,
                "{reference:?} <- {answer:?}"
            );
        }
    }
    assert_eq!(resit::grade("42", "").reason, Reason::NoAnswer);
}

#[test]
fn a_word_that_stands_for_the_answer() {
    refused(
        "42",
        &[
            r"\text{the answer}",
            r"\text{see above}",
            r"\text{correct}",
            r"\text{True}",
            "reference",
            r"\ldots",
            "?",
            "*",
            r"\infty",
            r"\text{NaN}",
            r"\frac{0}{0}",
            r"\frac{42}{0}",
        ],
    );
}

#[test]
fn code_instead_of_an_answer() {
    refused(
        "42",
        &[
            "__import__('os').system('echo 42')",
            "eval('42')",
            "print(42)",
            "lambda: 42",
            r"\input{/etc/passwd}",
            r"\def\x{42}\x",
            "'; DROP TABLE answers; --42",
        ],
    );
}
