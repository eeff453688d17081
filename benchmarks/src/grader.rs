//! The grader: from strings to verdicts, beside other graders. Nothing is kept between two verdicts.

use std::error::Error;

use resit_tests::data::{self, Case, Input};

use crate::Figures;
use crate::peer::Peers;
use crate::side_by_side::{self, Summary, rounded};

/// References, answers as models write them, and whether they are equal.
const PAIRS: &[(&str, &str, bool)] = &[
    ("42", "42", true),
    ("42", "-42", false),
    ("1,234", "1234", true),
    ("0.5", r"\frac{1}{2}", true),
    (r"\frac{3}{7}", r"\dfrac{6}{14}", true),
    (r"2\frac{1}{3}", r"\frac{7}{3}", true),
    (r"50\%", "0.5", true),
    (r"\$18.90", "18.9", true),
    (r"90^\circ", "90", true),
    (r"3\sqrt{13}", r"\sqrt{117}", true),
    (r"\sqrt{51}", "7.14", false),
    (r"\frac{1}{\sqrt{2}}", r"\frac{\sqrt{2}}{2}", true),
    (r"2 - \sqrt{3}", r"\frac{1}{2 + \sqrt{3}}", true),
    (r"\frac{\pi}{6}", "0.5236", false),
    (r"\frac{3\pi}{4}", r"135^\circ", true),
    ("x^2 - 1", "(x-1)(x+1)", true),
    ("x^3 + 3x - 6", "x^3 + 3x + 6", false),
    (r"\frac{x^2-4}{x-2}", "x + 2", true),
    ("6r^2 - 4r - 24", "2(3r^2 - 2r - 12)", true),
    ("y = 2x + 3", "2x - y + 3 = 0", true),
    (r"\left(3, \frac{\pi}{2}\right)", r"(3, \pi/2)", true),
    ("1, -2", "-2, 1", true),
    (r"\{1, 2, 3\}", r"\{3, 2, 1\}", true),
    (
        r"(-\infty, 2) \cup (5, \infty)",
        r"x < 2 \text{ or } x > 5",
        true,
    ),
    (r"[2, 7]", r"2 \le x \le 7", true),
    (r"1 \pm \sqrt{19}", r"1 + \sqrt{19}, 1 - \sqrt{19}", true),
    (
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
        true,
    ),
    ("2516_8", "2516_{8}", true),
    (r"\text{(C)}", "C", true),
    (r"\text{east}", "West", false),
];

/// Measures Resit beside the graders that `peers` runs: on [`PAIRS`], on other graders' own labelled
/// cases, and on whole outputs of models. Figures are of the labelled cases, and of the outputs on which
/// the ratio is smallest.
pub(crate) fn figures(mut peers: Option<Peers>) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures::new();
    let mut set = |name: &str, cases: &[Case]| -> Result<Vec<Summary>, Box<dyn Error>> {
        let summaries = side_by_side::run(cases, peers.as_mut())?;
        side_by_side::print(name, cases, &summaries);
        Ok(summaries)
    };
    side_by_side::print_header();
    set("everyday pairs", &everyday())?;
    if let Some(cases) = data::labelled("grading/peers.jsonl") {
        let summaries = set("labelled cases", &cases)?;
        let ours = &summaries[0];
        figures.insert("median_us".into(), ours.median_us.into());
        figures.insert("p99_us".into(), ours.p99_us.into());
        figures.insert("max_us".into(), ours.max_us.into());
        figures.insert("resit_per_s".into(), ours.per_second.into());
        if let Some(theirs) = math_verify(&summaries) {
            figures.insert("math_verify_per_s".into(), theirs.per_second.into());
            let ratio = rounded(ours.per_second / theirs.per_second);
            figures.insert("throughput_ratio_math_verify".into(), ratio.into());
        }
    }
    let outputs = [
        ("MATH outputs", data::math_outputs()),
        ("GSM8K outputs", data::gsm8k_outputs()),
    ];
    let mut ratios = Vec::new();
    for (name, cases) in outputs {
        let Some(cases) = cases else { continue };
        let summaries = set(name, &cases)?;
        ratios.extend(
            math_verify(&summaries).map(|theirs| summaries[0].per_second / theirs.per_second),
        );
    }
    if let Some(ratio) = ratios.into_iter().min_by(f64::total_cmp) {
        figures.insert("responses_ratio_math_verify".into(), rounded(ratio).into());
    }
    Ok(figures)
}

fn math_verify(summaries: &[Summary]) -> Option<&Summary> {
    summaries
        .iter()
        .find(|summary| summary.grader.starts_with("Math-Verify"))
}

fn everyday() -> Vec<Case> {
    let case = |&(reference, answer, correct): &(&str, &str, bool)| Case {
        line: 0,
        reference: reference.into(),
        input: Input::Answer(answer.into()),
        correct,
    };
    PAIRS.iter().map(case).collect()
}
