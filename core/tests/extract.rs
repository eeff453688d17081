//! Extraction on single responses, one case per rule.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use resit::extract::{Detector, Extraction, Source, given};

#[track_caller]
fn check(response: &str, answers: &[&str]) {
    assert_eq!(
        Extraction::Default.extract(response).answers,
        answers,
        "{response}"
    );
}

#[track_caller]
fn check_boxed(response: &str, answer: Option<&str>) {
    let extracted = Extraction::Boxed.extract(response);
    assert_eq!(extracted.answers.first().copied(), answer, "{response}");
    assert_eq!(extracted.formatted, answer.is_some(), "{response}");
}

#[test]
fn the_last_closed_box_that_is_not_blank_is_the_answer() {
    check_boxed(r"so \boxed{1}. Wait, no: \boxed{2}", Some("2"));
    check_boxed(r"\boxed{1} and \boxed{", Some("1"));
    check_boxed(r"\boxed{1} and \boxed{ }", Some("1"));
    check_boxed(r"\boxed {3}", Some("3"));
    check_boxed(r"\fbox{3}", Some("3"));
    check_boxed(r"\\boxed{3}", Some("3"));
    check_boxed(r"\boxed 3", None);
    check_boxed(r"\boxed{}", None);
    check_boxed(r"\boxed{\;\phantom{2}\text{ }$ $}", None);
    check_boxed(r"\boxed{7", None);
    check_boxed("The answer is 3.", None);
}

#[test]
fn braces_inside_a_box_are_read_as_latex_reads_them() {
    check_boxed(r"\boxed{\{1,2\}}", Some(r"\{1,2\}"));
    check_boxed(r"\boxed{\left\{x\right.}", Some(r"\left\{x\right."));
    check_boxed(r"\boxed{\frac{1}{2}}", Some(r"\frac{1}{2}"));
    check_boxed(r"\boxed{\text{a {b} c}}", Some(r"\text{a {b} c}"));
    check_boxed(
        r"\boxed{\begin{pmatrix}1\\{2}\end{pmatrix}}",
        Some(r"\begin{pmatrix}1\\{2}\end{pmatrix}"),
    );
    check_boxed(r"\boxed{\verb|}|}", Some(r"\verb|}|"));
    check_boxed(r"\verb|\boxed{3}|", None);
    check_boxed(r"a } b \boxed{3}", Some("3"));
    check_boxed(r"a { b \boxed{3}", Some("3"));
    check_boxed(r"\boxed{x=\boxed{5}}", Some(r"x=\boxed{5}"));
    check_boxed(r"\boxed{\boxed{5}", Some("5"));
}

#[test]
fn only_the_reply_counts() {
    check_boxed(r"<think>\boxed{1}</think> \boxed{2}", Some("2"));
    check_boxed(r"\boxed{1}</think> none", None);
    check_boxed(r"<think>\boxed{1}", None);
    check_boxed(r"\boxed{1} <think> hm \boxed{2}", Some("1"));
    check_boxed(r"\boxed{1}<|im_end|>\boxed{2}", Some("1"));
    check_boxed(
        r"<|im_start|>assistant \boxed{1}<|im_start|>user \boxed{2}",
        Some("1"),
    );
    check_boxed("\\boxed{1}\n\nUser: thanks\n\\boxed{2}", Some("1"));
    check_boxed(
        "<｜Assistant｜>\\boxed{1}<｜end▁of▁sentence｜>\\boxed{2}",
        Some("1"),
    );
}

#[test]
fn boxes_that_one_sentence_joins_are_a_list() {
    check(
        r"\[\boxed{-2} \quad \text{and} \quad \boxed{1}.\]",
        &["-2", "1"],
    );
    check(
        r"$\boxed{1}$, $\boxed{2}$, or $\boxed{3}$.",
        &["1", "2", "3"],
    );
    check(r"\boxed{1} papers and \boxed{2} bins", &["1", "2"]);
    check(r"\boxed{1}. Then \boxed{2}.", &["2"]);
    check(r"\boxed{1}, so \boxed{2}.", &["2"]);
    check("\\[\\boxed{1}\\]\n\n\\[\\boxed{2}\\]", &["2"]);
}

#[test]
fn a_box_without_braces_counts_by_default() {
    check(r"is $\boxed 7$.", &["7"]);
    check(r"is \boxed \frac{1}{2}.", &[r"\frac{1}{2}"]);
    check(r"put it in \boxed notation. The answer is 5.", &[]);
}

#[test]
fn given_answers_are_taken_as_they_are() {
    assert_eq!(given("10 square units").answers, ["10 square units"]);
    assert_eq!(given(r"so \boxed{3}").answers, ["3"]);
    assert_eq!(given(" ").source, None);
    assert_eq!(given("3").source, Some(Source::Place));
}

/// Text in which the marks that matter are frequent.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        r"\boxed",
        r"\boxed{",
        r"\fbox{",
        "{",
        "}",
        "}}",
        r"\{",
        r"\}",
        r"\\",
        r"\text{",
        "7",
        "x",
        " ",
        "\n",
        "$",
        "é",
        r"\verb|",
        "|",
        r"\phantom{",
        "<think>",
        "</think>",
        "<|im_end|>",
        "<|im_start|>",
        "User:",
        "<",
        "|>",
        r"\",
        "box",
    ]);
    prop::collection::vec(fragment, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn the_detector_agrees_with_the_batch_on_every_split(text in fragments()) {
        let mut detector = Detector::new();
        let mut so_far = String::new();
        for c in text.chars() {
            so_far.push(c);
            let end = detector.push(c.encode_utf8(&mut [0; 4]));
            let batch = Extraction::Boxed.extract(&so_far);
            prop_assert_eq!(end.is_some(), batch.formatted);
            if let (Some(end), Some(answer)) = (end, batch.answers.first()) {
                prop_assert!(so_far[..end].contains(answer));
            }
        }
    }
}
