//! Verdicts with their reasons, by kind of answer.

use resit::grade::{Decision, Lists, Method, Reason};
use resit::{Grader, Policy, grade};

#[track_caller]
fn equal(reference: &str, answer: &str) {
    for (a, b) in [(reference, answer), (answer, reference)] {
        let verdict = grade(a, b);
        assert_eq!(
            verdict.decision,
            Decision::Equal,
            "{a:?} <- {b:?}: {verdict:?}"
        );
    }
}

#[track_caller]
fn different(reference: &str, answer: &str, reason: Reason) {
    for (a, b) in [(reference, answer), (answer, reference)] {
        let verdict = grade(a, b);
        assert_eq!(
            (verdict.decision, verdict.reason),
            (Decision::Different, reason),
            "{a:?} <- {b:?}: {verdict:?}"
        );
    }
}

#[test]
fn integers_of_any_size() {
    equal(
        "1267650600228229401496703205376",
        "1267650600228229401496703205376.",
    );
    different(
        "1267650600228229401496703205376",
        "1267650600228229401496703205377",
        Reason::ValueDiffers,
    );
    different("7", "-7", Reason::SignDiffers);
    equal("+7", "7");
    equal("--7", "7");
}

#[test]
fn decimals_are_exact() {
    equal("0.125", r"\frac{1}{8}");
    equal(".5", "0.50");
    different(r"\frac13", "0.3333333", Reason::ValueDiffers);
    different("0.0000001", "0.0000002", Reason::ValueDiffers);
    different("45", "45.000001", Reason::ValueDiffers);
}

#[test]
fn long_decimals_may_be_rounded() {
    equal(r"\frac{1}{12}", "0.0833333333333333");
    equal(r"\frac23", "0.66666667");
    different(r"\frac23", "0.66666666", Reason::ValueDiffers);
    different(r"\frac23", "0.6667", Reason::ValueDiffers);
}

#[test]
fn fractions_in_every_spelling() {
    for spelling in [
        r"\frac{3}{4}",
        r"\dfrac{3}{4}",
        r"\tfrac34",
        r"\cfrac{3}{4}",
        r"\frac3{4}",
        r"\frac{3}4",
        "3/4",
        r"{3\over 4}".replace(r"\over", "/").as_str(),
        r"\frac{-3}{-4}",
        "¾",
        "frac{3}{4}",
        r"\\frac{3}{4}",
        "0.75",
        r"3 \div 4",
    ] {
        equal("6/8", spelling);
    }
    different(r"\frac34", r"\frac43", Reason::ValueDiffers);
    different(r"\frac{1}{0}", r"\frac{1}{0}", Reason::Undefined);
}

#[test]
fn mixed_numbers() {
    equal(r"3\frac12", "3.5");
    equal("1 1/2", "3/2");
    equal(r"-2\frac{1}{3}", "-7/3");
    different(r"3\frac12", "1.5", Reason::ValueDiffers);
}

#[test]
fn percent_money_degrees_and_units() {
    equal(r"50\%", "0.5");
    equal(r"50\%", "50");
    equal("50 percent", r"50\%");
    different("50", "0.5", Reason::MagnitudeDiffers);
    equal(r"\$12.50", "12.5");
    equal(r"\$1,250", "1250 dollars");
    equal(r"45^\circ", "45");
    equal(r"45^\circ", "45 degrees");
    equal(r"5\text{ cm}", "0.05 m");
    equal(r"5\text{ cm}", "5");
    equal(r"10 \text{ m/s}", r"36 \text{ km/h}");
    equal(r"2400 \mbox{ cm}^2", "2400 square centimeters");
    different(r"5\text{ cm}", r"5\text{ m}", Reason::MagnitudeDiffers);
    different(r"5\text{ cm}", r"5\text{ kg}", Reason::UnitDiffers);
    different("21 dogs", "21 cats", Reason::UnitDiffers);
    equal("14 right triangles", "14");
    different("6m", "6", Reason::ValueDiffers);
}

#[test]
fn separators() {
    equal("12{,}345", "12345");
    equal(r"12,\!345", "12345");
    equal("7,425,000", "7425000");
    equal("1,22", "1.22");
    equal("1 000 000", "1000000");
    equal("10,200", "10, 200");
    different("1,22", "122", Reason::CountDiffers);
}

#[test]
fn scientific_notation() {
    equal(r"1.5\times 10^{3}", "1500");
    equal("7.4e-12", r"7.4\times 10^{-12}");
    equal("4e33", r"4 \cdot 10^{33}");
    different(
        r"1.5\times 10^{3}",
        r"1.5\times 10^{4}",
        Reason::MagnitudeDiffers,
    );
}

#[test]
fn equations_and_names() {
    equal("x=5", "5");
    equal("x = 5", "5 = x");
    different("x=5", "y=5", Reason::NameDiffers);
    equal("f(x)=3", "3");
    equal("|AB|=7", "7");
    different("42=7", "7", Reason::ChainDisagrees);
    different("42=7", "42", Reason::ChainDisagrees);
    equal("2 = 2", "2");
}

#[test]
fn tuples_sets_and_lists_are_kept_apart() {
    equal("(1,2)", "( 1 , 2 )");
    different("(1,2)", "(2,1)", Reason::OrderDiffers);
    different("(1,2)", "[1,2]", Reason::BracketDiffers);
    different("(1,2)", r"\{1,2\}", Reason::KindDiffers);
    equal(r"\{1,2,3\}", r"\{3,1,2\}");
    different(r"\{1,2,3\}", r"\{1,2\}", Reason::CountDiffers);
    equal("1,2", r"2 \text{ and } 1");
    equal("1,2,3", r"\{3,2,1\}");
    different("1,1,2", "1,2,2", Reason::ItemDiffers);
    different("2", "1 or 2", Reason::CountDiffers);
    equal("p=5,q=2;p=7,q=2", "(5,2),(7,2)");
}

#[test]
fn intervals() {
    equal("[0,1)", r"\left[0, 1\right)");
    equal(r"(-\infty,1)\cup(2,3]", r"(2,3]\cup(-\infty,1)");
    different(
        r"(-\infty,1)\cup(2,3]",
        r"(-\infty,1)\cup(2,3)",
        Reason::ValueDiffers,
    );
    equal("x>1", r"(1,\infty)");
    equal("1<x<3", r"x>1 \text{ and } x<3");
    equal("x<3", "3>x");
    equal(r"x \ne 3", r"(-\infty,3)\cup(3,\infty)");
    equal(r"\{x \mid x \ge 2\}", r"[2,\infty)");
    equal("(1,2)", "1<t<2");
    different("(1,2)", r"1\le t<2", Reason::ValueDiffers);
    equal(r"\mathbb{R}", r"(-\infty,\infty)");
    equal(r"[1,2]\cup[2,3]", "[1,3]");
}

#[test]
fn plus_minus() {
    equal(r"\pm 2", "2,-2");
    equal(r"x = \pm 2", "-2, 2");
    different(r"\pm 2", "2", Reason::CountDiffers);
}

#[test]
fn matrices_and_vectors() {
    equal(
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"\begin{bmatrix}1&2\\3&\frac{8}{2}\end{bmatrix}",
    );
    different(
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"\begin{pmatrix}1&2\\3&5\end{pmatrix}",
        Reason::ItemDiffers,
    );
    equal(r"\begin{pmatrix}1\\2\\3\end{pmatrix}", "(1,2,3)");
    equal(r"\begin{vmatrix}2&1\\1&2\end{vmatrix}", "3");
}

#[test]
fn base_n() {
    equal("2516_8", "2516_{8}");
    equal(r"\text{A5}_{11}", "A5_{11}");
    different("2516_8", "2516_9", Reason::BaseDiffers);
    different("2516_8", "2516", Reason::BaseDiffers);
    different("385_9", "386_9", Reason::ValueDiffers);
}

#[test]
fn ratios_and_times() {
    equal("3:2", "6:4");
    equal("1:4", r"\frac14");
    different("3:2", "2:3", Reason::ValueDiffers);
    equal("4:30", r"\text{4:30 p.m.}");
    different("12:00", "1:00", Reason::ValueDiffers);
}

#[test]
fn words_and_choices() {
    equal(r"\text{(B)}", "B");
    equal(r"\text{ellipse}", "Ellipse");
    equal(r"\text{the two lines}", "two lines");
    different("B", "C", Reason::ValueDiffers);
    different(r"\text{(B)}", "C", Reason::TextDiffers);
    different(r"\text{even}", "odd", Reason::TextDiffers);
    assert_eq!(grade(r"\text{even}", "even").method, Method::Text);
}

#[test]
fn phrases_are_no_products() {
    different("3", "no idea", Reason::KindDiffers);
    equal("even number", "Even numbers");
    different("even number", "number even", Reason::TextDiffers);
}

#[test]
fn nothing_equals_an_empty_reference() {
    for reference in ["", "  ", "$$", r"\boxed{}"] {
        let verdict = grade(reference, reference);
        assert_eq!(verdict.decision, Decision::Different, "{reference:?}");
    }
    assert_eq!(grade("", "5").reason, Reason::EmptyReference);
    assert_eq!(grade("5", "").reason, Reason::NoAnswer);
}

#[test]
fn repeating_decimals() {
    equal(r"0.\overline{3}", r"\frac13");
    equal("0.(3)", "1/3");
    different(r"0.\overline{3}", "0.3", Reason::ValueDiffers);
}

#[test]
fn depth_is_bounded() {
    for unit in [
        "(",
        "{",
        "\\frac{1}{",
        "\\sqrt{",
        "[",
        "|",
        "x^{",
        "-",
        "\\{",
    ] {
        let deep = unit.repeat(10_000);
        assert!(!grade("1", &deep).correct());
        assert!(!grade(&deep, "1").correct());
    }
}

#[test]
fn words_after_a_number_do_not_always_count_it() {
    equal("5 million", "5000000");
    equal(r"5\text{ thousand dollars}", "5000");
    for said in [
        r"5\text{ million}",
        "5 dozen",
        r"5\text{ squared}",
        r"5\text{ at most}",
        r"5\text{ does not work}",
        r"3\text{ halves}",
    ] {
        assert!(
            !grade("5", said).correct() && !grade("3", said).correct(),
            "{said}"
        );
    }
}

#[test]
fn numerals_side_by_side_are_no_product() {
    for (reference, answer) in [("15", "3 5"), ("408", "12 34"), ("30", r"5\quad 6")] {
        assert!(!grade(reference, answer).correct(), "{answer}");
    }
    equal("2^6 3^5", r"2^6\cdot 3^5");
}

#[test]
fn commas_between_brackets_separate() {
    different("(1,234)", "1234", Reason::KindDiffers);
    different(r"\{1,100\}", "1100", Reason::CountDiffers);
    equal("(1,000, 2,000)", "(1000, 2000)");
    assert!(!grade("432,234", "234,432").correct());
    equal("25,100,55", "55,100,25");
    equal("0,123", "0.123");
    assert!(!grade("123", "0,123").correct());
}

#[test]
fn coordinates_go_by_their_names() {
    equal("(5,6)", "x=5, y=6");
    equal("(5,6)", "y=6, x=5");
    assert!(!grade("(5,6)", "y=5, x=6").correct());
}

#[test]
fn and_is_not_or() {
    assert!(!grade(r"x<2\text{ or }x>5", r"x<2\text{ and }x>5").correct());
    equal(r"x>2\text{ and }x<5", "(2,5)");
}

#[test]
fn steps_are_looked_at_where_they_jump() {
    assert!(!grade(r"\lfloor x\rfloor+\lfloor -x\rfloor", "-1").correct());
    equal(r"\lfloor x+1\rfloor", r"\lfloor x\rfloor+1");
}

#[test]
fn numbered_roots_go_by_the_policy_of_lists() {
    for lists in [Lists::Multiset, Lists::Set, Lists::InOrder] {
        let mut policy = Policy::default();
        policy.conventions.lists = lists;
        let grader = Grader::new(policy);
        assert!(grader.grade("x=1,2", "x_1=1, x_2=2").correct());
        let reordered = grader.grade("x=1,2", "x_1=2, x_2=1").correct();
        assert_eq!(reordered, lists != Lists::InOrder, "{lists:?}");
        let repeated = grader.grade("x=1,2", "x_1=1, x_2=2, x_3=2").correct();
        assert_eq!(repeated, lists == Lists::Set, "{lists:?}");
    }
}
