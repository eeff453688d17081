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
    check_boxed("User: what is 3+4?\nSo \\boxed{7}", Some("7"));
    check_boxed(
        "<｜Assistant｜>\\boxed{1}<｜end▁of▁sentence｜>\\boxed{2}",
        Some("1"),
    );
}

#[test]
fn the_reply_of_any_family_begins_after_its_mark() {
    for mark in [
        "<|im_start|>assistant\n",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<s> [INST] What is 40+1? [/INST] ",
        "<start_of_turn>model\n",
        "<|assistant|>\n",
        "<｜begin▁of▁sentence｜><｜Assistant｜>",
        "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
        "<|start_of_role|>assistant<|end_of_role|>",
        "[|assistant|]",
        "<|start|>assistant<|channel|>final<|message|>",
        "Assistant: ",
        "User: What is 40+1?\nAssistant: ",
    ] {
        let response = format!("{mark}It is \\boxed{{41}}.");
        check(&response, &["41"]);
        assert_eq!(
            Extraction::Boxed.extract(&response).answers,
            ["41"],
            "{response}"
        );
        check(&format!("{mark}The answer is 41."), &["41"]);
    }
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

#[test]
fn a_marker_announces_what_its_sentence_states() {
    check("A: 18", &["18"]);
    check("#### 1,234", &["1,234"]);
    check("<answer> $\\frac12$ </answer>", &["\\frac12"]);
    check("The answer is 5. I hope this helps!", &["5"]);
    check("So the answer to the question is 1/2.", &["1/2"]);
    check("**Answer:** 42", &["42"]);
    check("**Final Answer**\n\n42", &["42"]);
    check("The final answer is:\n\\[ 42 \\]", &["42"]);
    check("Final Answer: The largest $n$ is 34.", &["34"]);
    check("The answer is **73**.", &["73"]);
    check("The correct answer is (B).", &["(B)"]);
    check("The answer is no solution.", &["no solution"]);
    check("The answer is $x=5$ since $2x=10$.", &["x=5"]);
    check("The answers are $2$ and $3$.", &["$2$ and $3$"]);
    check("The answer is 3x + 2.", &["3x + 2"]);
    check("Answer: [0, 1)", &["[0, 1)"]);
    check("The answer is 42! I hope this helps.", &["42"]);
    check("The answer is 5! = 120.", &["5! = 120"]);
    check("A: 5\nB: 6\nThe answer is 5. The answer is 7.", &["7"]);
}

#[test]
fn a_heading_of_the_fourth_level_is_no_marker() {
    check("#### Step 1: add\nWe get 7.", &["7"]);
    check("#### 1. First step\nWe get 7.", &["7"]);
    check("#### Conclusion\nWe get 7.", &["7"]);
}

#[test]
fn a_display_states_its_last_row() {
    check(
        "\\begin{align*}\nx &= 2^3 \\\\\n  &= 8.\n\\end{align*}",
        &["8"],
    );
    check(
        "\\[\\begin{aligned}2x &= 7 \\\\ x &= 3\\end{aligned}\\]",
        &["x &= 3"],
    );
    check(
        r"$$A = \begin{pmatrix}1\\2\end{pmatrix}$$",
        &[r"A = \begin{pmatrix}1\\2\end{pmatrix}"],
    );
    check(r"Hence $x = 2$. $\blacksquare$", &["x = 2"]);
}

#[test]
fn words_are_an_answer_where_nothing_else_is() {
    check("There is no solution.", &["no solution"]);
    check("It will be Monday.", &["Monday"]);
    check("The winner is Alice.", &["Alice"]);
    check("答案是B。", &["B"]);
    check("Die Antwort lautet 42.", &["42"]);
    check(r#"{"steps": 3, "answer": "5"}"#, &["5"]);
    check("It is 1 million.", &["1 million"]);
}

#[test]
fn a_unit_belongs_to_its_number() {
    check("The answer is 12 hours.", &["12 hours"]);
    check("It walks 3 miles per hour.", &["3 miles per hour"]);
    check("It is $5$ cm.", &["$5$ cm"]);
    check("It is $28$ percent.", &["$28$ percent"]);
    check("We have 12 apples.", &["12"]);
}

#[test]
fn the_last_mathematics_of_the_last_sentence_that_has_some() {
    check(
        "We have $x = 4$. So \\(x + 1 = 5\\), as above.",
        &["x + 1 = 5"],
    );
    check("Answer \\[ \n 9 \n \\]", &["9"]);
    check("Hence $$5!$$", &["5!"]);
    check("We get $x=1$ and $y=2$.", &["$x=1$ and $y=2$"]);
    check("It is $90 . $", &["90"]);
    check(
        "Let $d = \\frac{90}{n}$. Therefore, there are 12 of them.",
        &["12"],
    );
}

#[test]
fn a_dollar_sign_before_an_amount_opens_no_mathematics() {
    check("It costs $5 and then $10 more, so $15.", &["$15"]);
    check("She pays $5 + $10 = $15.", &["$15"]);
    check("The cost is \\$15.", &["\\$15"]);
    check("He has $20. It costs $x = 5$.", &["x = 5"]);
}

#[test]
fn a_line_of_mathematics_needs_no_delimiters() {
    check("2x + 2", &["2x + 2"]);
    check("\\frac12", &["\\frac12"]);
    check("We compute:\n\nx = 3", &["x = 3"]);
    check("Evelyn", &["Evelyn"]);
}

#[test]
fn the_last_number_is_taken_with_its_signs() {
    check("The sum is -5.", &["-5"]);
    check("The sum is −5.", &["−5"]);
    check("not it's not 10 it's 1,000.99m²", &["1,000.99m²"]);
    check("The point is (3, 4).", &["(3, 4)"]);
    check("The length is [5.0].", &["5.0"]);
    check("She makes 9 * 2 = $<<9*2=18>>18 every day.", &["18"]);
    check("The total is 5 * 3 = 15 apples.", &["15"]);
}

#[test]
fn other_policies_go_by_name() {
    let text = "so \\boxed{1}. And\n\\boxed{2}\n";
    let first = Extraction::named("first-box").unwrap().extract(text);
    assert_eq!(first.answers, ["1"]);
    let line = Extraction::named("final-line")
        .unwrap()
        .extract("so\n x = 2 \n\n");
    assert_eq!(line.answers, ["x = 2"]);
    assert_eq!(Extraction::named("boxed"), Some(Extraction::Boxed));
    assert_eq!(Extraction::named("default"), Some(Extraction::Default));
    assert_eq!(Extraction::named("other"), None);
}

#[cfg(feature = "regex")]
#[test]
fn a_pattern_of_the_user_takes_its_last_match() {
    use resit::extract::Pattern;
    let extract = |pattern, text| {
        let policy = Extraction::Pattern(Pattern::new(pattern).unwrap());
        let answers = policy.extract(text).answers;
        answers.first().map(|a| String::from(*a))
    };
    assert_eq!(extract(r"ans=(\d+)", "ans=1 ans=2;").unwrap(), "2");
    assert_eq!(extract(r"\d+", "1 and 2").unwrap(), "2");
    assert_eq!(extract(r"\d+", "none"), None);
    assert_eq!(extract(r"\d+", "1</think>none"), None);
    assert!(Pattern::new("(").is_err());
}

#[test]
fn a_reference_may_be_a_whole_solution() {
    let solution = "First we add 2 and 3. This gives us 5 apples. Therefore the answer is 5.";
    assert_eq!(given(solution).answers, ["5"]);
    let solution = "We add the two numbers. They are even ones. So we get $2+3=5$ apples here.";
    assert_eq!(given(solution).answers, ["2+3=5"]);
    assert_eq!(given("the answer is sqrt(2)").answers, ["sqrt(2)"]);
    assert_eq!(given("$1$ and $2$").answers, ["$1$ and $2$"]);
    assert_eq!(given("$\\frac12$").answers, ["\\frac12"]);
    let solution = "$D$ is least when $x=2$, so the point closest to $(0,0)$ is $(2,5)$.";
    assert_eq!(given(solution).answers, ["(2,5)"]);
    let words = "$f(x)=a x+b$, where $b$ is an arbitrary integer, and $a$ is positive";
    assert_eq!(given(words).answers, [words]);
    assert_eq!(given(r"\boxed{}").answers, [""; 0]);
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
        "\nUser:",
        "Assistant:",
        "\nQ:",
        "[INST]",
        "[/INST]",
        r"\[",
        "<tool_call>",
        "</tool_call>",
        "<|channel|>",
        "final<",
        "◁think▷",
        "\u{8}oxed{",
        r"\frac",
        "<",
        "|>",
        r"\",
        "box",
    ]);
    prop::collection::vec(fragment, 0..24).prop_map(|parts| parts.concat())
}

/// What `boxed` takes from a text, and where.
fn boxed(text: &str) -> (bool, Option<&str>) {
    let extracted = Extraction::Boxed.extract(text);
    (extracted.formatted, extracted.answers.first().copied())
}

/// The same of what a detector reports of `text`.
fn detected<'a>(detector: &Detector, text: &'a str) -> (bool, Option<&'a str>) {
    let Some(content) = detector.answer() else {
        return (false, None);
    };
    let command = text[..content.start].rfind(['\\', '\u{8}']);
    boxed(&text[command.unwrap()..content.end + 1])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn the_detector_agrees_with_the_batch_at_every_character(text in fragments()) {
        let mut detector = Detector::new();
        let mut so_far = String::new();
        for c in text.chars() {
            so_far.push(c);
            let end = detector.push(c.encode_utf8(&mut [0; 4]));
            prop_assert_eq!(end, detector.answer().map(|content| content.end + 1));
            prop_assert_eq!(detected(&detector, &so_far), boxed(&so_far), "{}", so_far);
        }
    }

    #[test]
    fn the_detector_agrees_with_itself_on_every_split(
        text in fragments(),
        splits in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let characters: Vec<char> = text.chars().collect();
        let mut splits: Vec<usize> = splits.iter().map(|at| at.index(characters.len() + 1)).collect();
        splits.extend([0, characters.len()]);
        splits.sort_unstable();
        let mut detector = Detector::new();
        let mut so_far = String::new();
        for pair in splits.windows(2) {
            let piece: String = characters[pair[0]..pair[1]].iter().collect();
            so_far.push_str(&piece);
            let mut at_once = Detector::new();
            prop_assert_eq!(detector.clone().push(&piece), at_once.push(&so_far), "{}", so_far);
            detector.push(&piece);
            prop_assert_eq!(detector.answer(), at_once.answer());
        }
        prop_assert_eq!(detected(&detector, &text), boxed(&text), "{}", text);
    }
}

#[test]
fn the_detector_says_so_at_the_closing_brace() {
    for (text, complete) in [
        (r"So \boxed{\frac{1}{2}} and", r"So \boxed{\frac{1}{2}}"),
        (r"\boxed{}\boxed{é}.", r"\boxed{}\boxed{é}"),
        (r"\boxed{x=\boxed{5}} ", r"\boxed{x=\boxed{5}"),
        (
            r"<think>\boxed{1}</think>\boxed{2}\boxed{",
            r"<think>\boxed{1}</think>\boxed{2}",
        ),
    ] {
        let mut detector = Detector::new();
        let mut pieces = text.split_inclusive(|_: char| true);
        let seen = pieces.find_map(|piece| detector.push(piece));
        assert_eq!(seen, Some(complete.len()), "{text}");
    }
}

#[test]
fn a_fork_of_the_detector_goes_its_own_way() {
    let mut detector = Detector::new();
    detector.push(r"\boxed{1} or \boxed{");
    let mut fork = detector.clone();
    assert_eq!(fork.push("2}"), Some(22));
    assert_eq!(detector.answer(), Some(7..8));
}

/// Quadratic work would take hours, and a state that grows would take hundreds of megabytes.
#[test]
fn the_detector_takes_a_long_text_token_by_token() {
    for token in [
        r"\boxed{1} ",
        r"\boxed{",
        "{",
        "<",
        "\n",
        "words of ",
        "<think>",
        r"\frac12 ",
    ] {
        let mut detector = Detector::new();
        let mut forks = Vec::new();
        for step in 0..300_000 {
            detector.push(token);
            if step % 3000 == 0 && !token.ends_with('{') {
                forks.push(detector.clone());
            }
        }
        assert_eq!(detector.answer().is_some(), token == r"\boxed{1} ");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_an_extraction(text in prose()) {
        for policy in ["default", "boxed", "first-box", "final-line"] {
            let extracted = Extraction::named(policy).unwrap().extract(&text);
            prop_assert_eq!(extracted.answers.is_empty(), extracted.source.is_none());
            for answer in extracted.answers {
                prop_assert!(!answer.is_empty() && answer == answer.trim());
                prop_assert!(text.contains(answer));
            }
        }
        given(&text);
    }
}

/// Text in which the marks of the default policy are frequent.
fn prose() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "the answer is",
        "Answer",
        ":",
        "####",
        "A:",
        "<answer>",
        "</answer>",
        " ",
        "\n",
        "\n\n",
        "$",
        "$$",
        r"\(",
        r"\)",
        r"\[",
        r"\]",
        "7",
        "-3",
        "1,000",
        ".5",
        "½",
        "x",
        "=",
        "%",
        ".",
        "?",
        "!",
        ",",
        " and ",
        " or ",
        " not ",
        " is ",
        "wrong",
        "Therefore",
        "cm",
        "**",
        "(",
        ")",
        "[",
        "]",
        "é",
        r"\frac{1}{2}",
        r"\text{",
        "{",
        "}",
        r"\boxed ",
        r"\boxed{7}",
        "words of prose",
        r"\verb|",
    ]);
    prop::collection::vec(fragment, 0..32).prop_map(|parts| parts.concat())
}
