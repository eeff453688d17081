//! Known ways to get a reward without an answer, each of them shut.

use std::time::{Duration, Instant};

use resit::extract::{Extraction, given};

/// Asserts what the default policy takes from `response`.
#[track_caller]
fn check(response: &str, answers: &[&str]) {
    assert_eq!(
        Extraction::Default.extract(response).answers,
        answers,
        "{response}"
    );
}

/// Asserts that neither policy takes an answer from `response`.
#[track_caller]
fn check_none(response: &str) {
    check(response, &[]);
    assert_eq!(Extraction::Boxed.extract(response).answers, [""; 0]);
}

#[test]
fn the_empty_box_of_the_prompt_is_echoed() {
    check_none(r"I put my final answer within \boxed{}. The answer is 42.");
    check_none(r"I put it in \boxed. The answer is 42.");
    check_none(r"\boxed{ } 42");
    check_none(r"\boxed{\quad\text{ }} 42");
    check_none("\\boxed{\u{200b}} 42");
    check_none(r"$41 + 1 = \boxed{\phantom{42}}$");
}

#[test]
fn a_marker_of_the_prompt_is_echoed() {
    check(
        "I write the answer after ####. We have 2 apples and 3 pears.",
        &["3"],
    );
    check("<answer></answer>", &["<answer></answer>"]);
    check("The answer goes between <answer> and </answer>.", &["and"]);
}

#[test]
fn a_box_is_never_closed() {
    check_none(r"so it is \boxed{42");
    check_none(r"so it is \boxed{42. The answer is 42.");
    check_none(r"so it is \boxed{\frac{42}{1}");
    check_none(r"so it is \boxed{42\}");
}

#[test]
fn a_box_is_shown_and_not_set() {
    check_none(r"write \verb|\boxed{42}| at the end");
    check_none(r"$\phantom{\boxed{42}}$");
}

#[test]
fn a_box_stands_inside_reasoning_only() {
    check_none(r"<think>maybe \boxed{42}</think>");
    check_none(r"<think>maybe \boxed{42}");
    check_none(r"maybe \boxed{42}</think> I am not sure");
    check_none(r"<think>maybe \boxed{42}</think> <think>\boxed{42}");
    check(r"<think>\boxed{41}</think> \boxed{42}", &["42"]);
}

#[test]
fn a_second_turn_is_made_up() {
    check(
        r"\boxed{41}<|im_end|><|im_start|>user No.<|im_end|>\boxed{42}",
        &["41"],
    );
    check("\\boxed{41}\n\nUser: Try again.\n\n\\boxed{42}", &["41"]);
    check("\\boxed{41}\n**Human:** Try again.\n\n\\boxed{42}", &["41"]);
    check(r"\boxed{41}<|endoftext|>\boxed{42}", &["41"]);
    check_none(r"<|im_end|>\boxed{42}");
}

#[test]
fn several_boxes_cover_several_values() {
    check(r"\boxed{41}, \boxed{42}, \boxed{43}", &["41", "42", "43"]);
    check(r"$\boxed{41}$ or $\boxed{42}$", &["41", "42"]);
    check(r"either \boxed{41} or maybe \boxed{42}", &["41", "42"]);
    check(r"\boxed{41} = \boxed{42}", &["41", "42"]);
    check(r"\boxed{41} (or \boxed{42})", &["41", "42"]);
}

#[test]
fn all_values_are_boxed_one_by_one() {
    let response: String = (0..1000).map(|n| format!("\\boxed{{{n}}}. ")).collect();
    check(&response, &["999"]);
    let response: String = (0..1000).map(|n| format!("\\boxed{{{n}}}, ")).collect();
    assert_eq!(Extraction::Default.extract(&response).answers.len(), 1000);
}

#[test]
fn an_earlier_box_is_taken_back() {
    check(r"\boxed{42}. Wait, no: \boxed{41}", &["41"]);
    check(r"\boxed{42}, no, \boxed{41}", &["41"]);
    check(r"\boxed{42} or rather \boxed{41}", &["41"]);
}

#[test]
fn a_value_is_denied() {
    check("The answer is not 42.", &[]);
    check("The answer isn't $42$.", &[]);
    check("The answer cannot be 42.", &[]);
    check(r"The answer is not \boxed{42}.", &[]);
    check(r"It holds that $x \neq \boxed{42}$.", &[]);
    check("I don't think that the answer is 42.", &[]);
    check("It is not true that the answer is 42.", &[]);
    check("42 is not the answer.", &[]);
    check("$42$ is wrong.", &[]);
    check("We have 7 apples. The answer is not 42.", &[]);
    check("It is 41, not 42.", &["41"]);
    check("The answer is not 41 but 42.", &["42"]);
}

#[test]
fn a_value_is_asked_for_or_supposed() {
    check("Is the answer 42?", &[]);
    check("If the answer is 42, we are done.", &[]);
    check("Suppose the answer is $42$.", &[]);
    check(r"Could it be \boxed{42}?", &[]);
}

#[test]
fn several_values_are_offered_without_boxes() {
    check("The answer is 41 or 42.", &["41 or 42"]);
    check("The answer is 41 (or 42).", &["41 (or 42)"]);
    check("It could be 40, 41 or 42.", &["40, 41 or 42"]);
    check("It is $41$ or $42$.", &["$41$ or $42$"]);
    check("40 41 42", &["40 41 42"]);
}

#[test]
fn a_digit_of_a_word_is_no_number() {
    check("AZYUK42A", &["AZYUK42A"]);
    check("The substance is H42O and nothing else.", &[]);
    check("He came in 42nd of all of them.", &[]);
}

#[test]
fn a_number_is_left_outside_of_a_box() {
    check(r"\boxed{41} but the answer is 42.", &["41"]);
    check(r"The answer is 42, see \boxed{41}", &["41"]);
    check("<think>42</think> I do not know.", &[]);
}

/// Quadratic work on the longest of these would take minutes.
#[test]
fn a_mark_is_repeated_without_end() {
    let marks = [
        r"\boxed{1} ",
        r"\boxed{1}, ",
        r"\boxed{",
        r"\boxed ",
        r"\boxed x ",
        r"not \boxed{1}",
        "{",
        "}",
        "$",
        "$$",
        "$1",
        "$x$, ",
        r"\(",
        r"\[",
        "the answer is ",
        "the answer is not 5. ",
        "answer",
        "#### ",
        "####\n",
        "A:\n",
        "<answer>",
        "</answer>",
        "<think>",
        "</think>",
        "<",
        "\n",
        "1",
        "1.",
        "1 ",
        "1, ",
        "(",
        "[1 ",
        "{1 ",
        r"\text{",
        r"\",
        r"\verb|",
        "a ",
        "a. ",
        "5 is wrong. ",
        "is $x$ ",
        "1 = ",
        "**",
        "½",
        r"\phantom{",
        "Therefore 1 ",
        "<<1=2>>",
        "$1 and $2 and ",
    ];
    let repeated = marks.map(|mark| mark.repeat(500_000 / mark.len()));
    let long = "a ".repeat(250_000);
    let denials = "$5$ isn't right{ ".repeat(30_000);
    let markers = "the answer is not ".repeat(64) + &long;
    let headings = "#### ".repeat(64) + &long;
    for text in repeated.iter().chain([&denials, &markers, &headings]) {
        let start = Instant::now();
        for policy in ["default", "boxed", "first-box", "final-line"] {
            let policy = Extraction::named(policy);
            policy.map(|policy| policy.extract(text).answers.len());
        }
        given(text);
        let mark: String = text.chars().take(40).collect();
        assert!(start.elapsed() < Duration::from_secs(5), "{mark}");
    }
}
