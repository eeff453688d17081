//! The grader: pairs of reference and answer per second. Nothing is kept between two verdicts.

use std::hint::black_box;

use resit::{Grader, Policy};
use resit_tests::data;

use crate::{Figures, measure};

/// References, and answers as models write them: equal and different, of every common kind.
const PAIRS: &[(&str, &str)] = &[
    ("42", "42"),
    ("42", "-42"),
    ("1,234", "1234"),
    ("0.5", r"\frac{1}{2}"),
    (r"\frac{3}{7}", r"\dfrac{6}{14}"),
    (r"2\frac{1}{3}", r"\frac{7}{3}"),
    (r"50\%", "0.5"),
    (r"\$18.90", "18.9"),
    (r"90^\circ", "90"),
    (r"3\sqrt{13}", r"\sqrt{117}"),
    (r"\sqrt{51}", "7.14"),
    (r"\frac{1}{\sqrt{2}}", r"\frac{\sqrt{2}}{2}"),
    (r"2 - \sqrt{3}", r"\frac{1}{2 + \sqrt{3}}"),
    (r"\frac{\pi}{6}", "0.5236"),
    (r"\frac{3\pi}{4}", r"135^\circ"),
    ("x^2 - 1", "(x-1)(x+1)"),
    ("x^3 + 3x - 6", "x^3 + 3x + 6"),
    (r"\frac{x^2-4}{x-2}", "x + 2"),
    ("6r^2 - 4r - 24", "2(3r^2 - 2r - 12)"),
    ("y = 2x + 3", "2x - y + 3 = 0"),
    (r"\left(3, \frac{\pi}{2}\right)", r"(3, \pi/2)"),
    ("1, -2", "-2, 1"),
    (r"\{1, 2, 3\}", r"\{3, 2, 1\}"),
    (r"(-\infty, 2) \cup (5, \infty)", r"x < 2 \text{ or } x > 5"),
    (r"[2, 7]", r"2 \le x \le 7"),
    (r"1 \pm \sqrt{19}", r"1 + \sqrt{19}, 1 - \sqrt{19}"),
    (
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
    ),
    ("2516_8", "2516_{8}"),
    (r"\text{(C)}", "C"),
    (r"\text{east}", "West"),
];

/// `builtin_pairs_per_s`: [`PAIRS`]. `math500_pairs_per_s`: the references of MATH-500, each against
/// itself with braces of no effect around it, so that they do not agree letter by letter.
pub(crate) fn figures() -> Figures {
    let mut figures = Figures::new();
    figures.insert("builtin_pairs_per_s".into(), rate(PAIRS).into());
    if let Some(references) = data::references("math500.jsonl") {
        let braced: Vec<String> = references
            .iter()
            .map(|(_, text)| format!("{{{text}}}"))
            .collect();
        let pairs: Vec<(&str, &str)> = references
            .iter()
            .zip(&braced)
            .map(|((_, reference), answer)| (reference.as_str(), answer.as_str()))
            .collect();
        figures.insert("math500_pairs_per_s".into(), rate(&pairs).into());
    }
    figures
}

fn rate(pairs: &[(&str, &str)]) -> f64 {
    let grader = Grader::new(Policy::default());
    measure::per_second(pairs.len(), || {
        for (reference, answer) in pairs {
            black_box(grader.grade(black_box(reference), black_box(answer)));
        }
    })
}
