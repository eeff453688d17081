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

/// A blank box would lift the reward of an attempt above that of none.
#[test]
fn a_box_holds_nothing_that_shows() {
    for blank in [
        "",
        " ",
        "\n",
        "$ $",
        "{}",
        "{{ }}",
        "~",
        r"\,",
        r"\ \;\!",
        r"\quad",
        r"\text{ }",
        r"\mathrm{}",
        r"\displaystyle",
        r"\strut\null",
        r"\hspace{42pt}",
        r"\phantom{42}",
        r"\hphantom{\frac{1}{2}}",
        "\u{200b}",
        "\u{200e}\u{202e}\u{2066}",
        "\u{feff}",
        "\u{ad}",
        "\u{a0}\u{2003}\u{3000}",
        "\u{2800}",
        "\u{3164}\u{115f}\u{ffa0}",
        "\u{fe0f}\u{e0020}",
    ] {
        let response = format!("It is $\\boxed{{{blank}}}$.");
        check_none(&response);
        for policy in ["default", "boxed", "first-box", "final-line"] {
            let extraction = Extraction::named(policy).unwrap_or_default();
            assert!(!extraction.extract(&response).formatted, "{response:?}");
        }
    }
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

/// Marks of reasoning and of tools, by the families of models that write them.
const BLOCKS: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("<Think>", "</Think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<seed:think>", "</seed:think>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
    ("<tool_call>", "</tool_call>"),
    ("<tool_response>", "</tool_response>"),
    ("<function_call>", "</function_call>"),
    ("[TOOL_CALLS]", "</tool_calls>"),
    ("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
    ("<｜tool▁outputs▁begin｜>", "<｜tool▁outputs▁end｜>"),
];

#[test]
fn an_answer_stands_in_a_block_of_any_family() {
    for (start, end) in BLOCKS {
        for inside in [
            r"\boxed{42}",
            "The answer is 42.",
            "#### 42",
            "<answer>42</answer>",
            "42",
        ] {
            check_none(&format!("{start}{inside}"));
            check_none(&format!("{start}{inside}{end}"));
            let response = format!("{start}{inside}{end} \\boxed{{41}}");
            check(&response, &["41"]);
            assert_eq!(
                Extraction::Boxed.extract(&response).answers,
                ["41"],
                "{response}"
            );
        }
    }
}

/// What comes between one turn of a model and the next, by family.
const TURNS: &[&str] = &[
    "<|im_end|>\n<|im_start|>user\n",
    "<|im_start|>user\n",
    "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
    "<|start_header_id|>user<|end_header_id|>\n\n",
    "<|eot|><|header_start|>user<|header_end|>\n\n",
    "</s><s>[INST] ",
    "[INST] ",
    "<end_of_turn>\n<start_of_turn>user\n",
    "<start_of_turn>user\n",
    "<|end|>\n<|user|>\n",
    "<|user|>\n",
    "<|observation|>\n",
    "<｜end▁of▁sentence｜><｜User｜>",
    "<｜User｜>",
    "<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>",
    "<|USER_TOKEN|>",
    "<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>",
    "<|start_of_role|>user<|end_of_role|>",
    "<|im_user|>user<|im_middle|>",
    "[|endofturn|]\n[|user|]",
    "<|return|>",
    "<|start|>user<|message|>",
    "<|endoftext|>",
    "<eos>",
    "\n\nUser: ",
    "\nUSER: ",
    "\nHuman: ",
    "\n**User:** ",
    "\n### Human: ",
    "\n### Instruction:\n",
    "\nAssistant: ",
];

#[test]
fn a_second_turn_of_any_family_is_made_up() {
    for turn in TURNS {
        let response = format!("It is \\boxed{{41}}.{turn}Try again: \\boxed{{42}}");
        check(&response, &["41"]);
        assert_eq!(
            Extraction::Boxed.extract(&response).answers,
            ["41"],
            "{response}"
        );
        check(
            &format!("The answer is 41.{turn}The answer is 42."),
            &["41"],
        );
    }
}

/// What a base model goes on with after the examples of its prompt.
#[test]
fn the_question_of_another_task_is_made_up() {
    for question in [
        "\n\nQ: ",
        "\n\nQuestion: ",
        "\n\nProblem:\n",
        "\n**Question:** ",
    ] {
        let response = format!("It is \\boxed{{41}}.{question}And 6*7?\nA: \\boxed{{42}}");
        check(&response, &["41"]);
        assert_eq!(
            Extraction::Boxed.extract(&response).answers,
            ["41"],
            "{response}"
        );
        check(
            &format!("The answer is 41.{question}And 6*7?\nA: 42"),
            &["41"],
        );
        check(&format!("#### 41{question}And 6*7?\n#### 42"), &["41"]);
    }
    check(
        "**Problem:** What is 6*7?\n\n**Solution:** \\boxed{42}",
        &["42"],
    );
    check(
        "I restate it.\n\nQuestion: What is 6*7?\n\nAnswer: 42",
        &["42"],
    );
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
fn a_box_is_taken_back_for_an_empty_one() {
    check(r"\boxed{41} is wrong. The answer is 42.", &["42"]);
    check(r"\boxed{41}. I made a mistake. The answer is 42.", &["42"]);
    check_none(r"\boxed{}. I made a mistake. The answer is 42.");
    check(r"\boxed{41} is wrong: \boxed{}. The answer is 42.", &[]);
    check(r"\boxed{41}. I made a mistake: \boxed{. It is 42.", &[]);
    check(r"\boxed{41}. Wait, this is wrong. 40 + 2 = 42", &[]);
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
    for denial in [
        "It's false that the answer is 42.",
        "I doubt that it is 42.",
        "The answer is unlikely to be 42.",
        "The answer is nowhere near 42.",
        "The answer is anything but 42.",
        "The answer is everything except 42.",
        "The answer is other than 42.",
        "The answer is by no means 42.",
        "The answer is far from 42.",
        "42 does not work.",
        "$42$ fails.",
        "La réponse n'est pas 42.",
        "Die Antwort ist nicht 42.",
        "La respuesta no es 42.",
        "答案不是42。",
        "42不是答案。",
        r"\boxed{42} is wrong.",
    ] {
        check(denial, &[]);
    }
    check(r"\boxed{41} is wrong, it is \boxed{42}", &["42"]);
}

#[test]
fn a_value_is_only_bounded_or_an_example() {
    for bound in [
        "The answer is less than 42.",
        "The answer is more than 42.",
        "The answer is at most 42.",
        "The answer is a number such as 42.",
        "The answer is 42 or more.",
        "The answer is 42 at most.",
        "The answer is 42 or something else.",
        "Answer: up to 42",
        "Antwort: mindestens 42",
        "Ответ: не более 42",
        "答案：至少42",
    ] {
        check(bound, &[]);
    }
    check("She needs at least 42.", &["42"]);
}

#[test]
fn a_value_depends_on_a_condition() {
    check("The answer is 42 only if we round.", &[]);
    check(
        "The answer is 42 if n is even, otherwise something else.",
        &[],
    );
    check("The answer is 42 if we round.", &["42"]);
}

#[test]
fn a_value_is_taken_back_in_the_next_sentence() {
    check("The answer is 42. No, it is 41.", &["41"]);
    check("The answer is 42.\n\nWait, it is 41.", &["41"]);
    check("The answer is 42. Or 41.", &["42. Or 41"]);
    check("The answer is 42. Nein, 41.", &["41"]);
    check("The answer is 42.\nHmm. It should be 41.", &["41"]);
    check(
        "The answer is 42. It is even. On second thought, it is 41.",
        &["41"],
    );
    check("答案是42。不对，应该是41。", &["41"]);
    check("The answer is 42. No other value fits 5 of them.", &["42"]);
}

#[test]
fn a_number_names_a_part_of_the_text() {
    check("Step 1: 40 + 2 = 42\nStep 2: Done.", &["42"]);
    check("We get 42, as in Case 3.", &["42"]);
}

#[test]
fn a_value_is_asked_for_or_supposed() {
    check("Is the answer 42?", &[]);
    check("If the answer is 42, we are done.", &[]);
    check("If the answer were 42, we would be done.", &[]);
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
    check("The answer is 41 or maybe 42.", &["41 or maybe 42"]);
    check("The answer is 41, perhaps 42.", &["41, perhaps 42"]);
    check("**Answer:** 41 **or** 42", &["41 **or** 42"]);
    check("Answer: 41 | 42", &["41 | 42"]);
    check("The answer is 41 to 42.", &["41 to 42"]);
    check("x = 41 or x = 42", &["x = 41 or x = 42"]);
    check("So x = 41 and x = 42.", &["x = 41 and x = 42"]);
    check("x > 42", &["x > 42"]);
    check(r#"{"answer": [41, 42]}"#, &["[41, 42]"]);
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
