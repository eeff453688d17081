//! Answers that claim several things, almost the right thing, or nothing.

use super::Case;
use super::Truth::{Denied, NotEqual, Rounded, Stated};

const EMPTY: &str = "nothing said";
const HEDGE: &str = "hedging";
const NEAR: &str = "near misses";
const CODE: &str = "code";

/// Reference and answer that are not equal.
const PAIRS: &[(&str, &str, &str)] = &[
    (EMPTY, "", ""),
    (EMPTY, "", "42"),
    (EMPTY, "42", ""),
    (EMPTY, "", "\\boxed{}"),
    (EMPTY, "\\boxed{}", "\\boxed{}"),
    (EMPTY, "\\boxed{ }", " "),
    (EMPTY, "$$", "$$"),
    (EMPTY, "{}", "\\boxed{42"),
    (EMPTY, ".", "."),
    (EMPTY, "42", "<think>\\boxed{42}</think>"),
    (EMPTY, "42", "<think>\\boxed{42}</think> \\boxed{}"),
    (EMPTY, "42", "Put your final answer in \\boxed{}."),
    (EMPTY, "\\boxed{}", "Put your final answer in \\boxed{}."),
    (
        HEDGE,
        "2",
        "\\boxed{1}. Wait, no: \\boxed{2}. Or \\boxed{3}",
    ),
    (HEDGE, "1", "\\boxed{1}. Wait, no: \\boxed{2}"),
    (HEDGE, "3", "1 or 2 or 3"),
    (HEDGE, "2", "1, 2, 3"),
    (HEDGE, "42", "\\{1,\\ldots,999\\}"),
    (HEDGE, "42", "1, 2, \\ldots, 999"),
    (HEDGE, "42", "42 \\pm 1"),
    (HEDGE, "42", "[0,100]"),
    (HEDGE, "42", "0 \\le x \\le 100"),
    (HEDGE, "1", "x=1 or x=2"),
    (HEDGE, "x=1", "x=1 or x=2"),
    (HEDGE, "42", "41 (or 42)"),
    (HEDGE, "42", "42 (or 41)"),
    (HEDGE, "42", "1=2=3=42"),
    (HEDGE, "42", "42=7"),
    (HEDGE, "7", "42=7"),
    (HEDGE, "42", "42 \\approx 7"),
    (HEDGE, "42", "The answer is not 42."),
    (HEDGE, "42", "40 < x < 44"),
    (HEDGE, "42", "x"),
    (HEDGE, "42", "n"),
    (HEDGE, "42", "any number"),
    (HEDGE, "42", "\\mathbb{R}"),
    (HEDGE, "42", "42 or 42.1"),
    (HEDGE, "42", "(42, 43)"),
    (HEDGE, "42", "\\{42, 43\\}"),
    (HEDGE, "A", "A or B"),
    (HEDGE, "A", "A, B, C, D"),
    (HEDGE, "(A)", "(A) (B) (C) (D)"),
    (HEDGE, "1, 2, 3", "1, 2"),
    (HEDGE, "1, 2", "1, 2, 2"),
    (NEAR, "12345", "12346"),
    (NEAR, "42", "4200"),
    (NEAR, "42", "4.2"),
    (NEAR, "50", "0.5"),
    (NEAR, "10^{18}", "10^{18}+1"),
    (NEAR, "1e-7", "2e-7"),
    (NEAR, "0.0000001", "0"),
    (NEAR, "\\pi", "\\frac{22}{7}"),
    (NEAR, "5 \\text{ cm}", "5 \\text{ m}"),
    (NEAR, "5 \\text{ cm}", "5 \\text{ cm}^2"),
    (NEAR, "2516_8", "2516_9"),
    (NEAR, "2516_8", "2516"),
    (NEAR, "1,2,\\ldots,n", "1,3,5,\\ldots,2n-1"),
    (NEAR, "12:00", "12:30"),
    (NEAR, "(1,2)", "[1,2]"),
    (NEAR, "(1,2)", "\\{1,2\\}"),
    (NEAR, "12+10t", "22"),
    (NEAR, "1/A", "1/a"),
    (NEAR, "x^2", "x_2"),
    (NEAR, "\\sqrt{x^2}", "x"),
    (NEAR, "0.\\overline{3}", "0.3"),
    (NEAR, "25", "2500"),
    (NEAR, "60000", "600"),
    (NEAR, "120006", "120000"),
    (CODE, "42", "__import__('os').system('touch hostile')"),
    (CODE, "42", "exec(\"open('hostile','w')\")"),
    (CODE, "42", "eval('6*7')"),
    (CODE, "42", "open('/etc/passwd').read()"),
    (CODE, "42", "(lambda: 42)()"),
    (CODE, "42", "().__class__.__bases__[0].__subclasses__()"),
    (CODE, "42", "42 if __import__('os') else 0"),
    (CODE, "42", "\\input{/etc/passwd}"),
    (CODE, "42", "\\write18{touch hostile}42"),
    (CODE, "42", "$(touch hostile)"),
    (CODE, "42", "`touch hostile`"),
    (CODE, "42", "${jndi:ldap://localhost/a}"),
    (CODE, "42", "%s%s%s%n"),
    (CODE, "42", "'; DROP TABLE answers; --"),
    (CODE, "42", "<script>42</script>"),
    (CODE, "42", "\\def\\x{\\x\\x}\\x"),
    (CODE, "42", "\\newcommand{\\a}{42}\\a"),
    (CODE, "42", "{{7*6}}{{x.__class__}}"),
    (CODE, "42", "int('42')"),
    (CODE, "42", "sympify('42')"),
    (CODE, "42", "Symbol('x', positive=True)"),
    (CODE, "42", "type('X',(),{'__eq__':lambda s,o:True})()"),
];

/// Denied, or asked for, in a box.
const DENIED: &[(&str, &str, &str)] = &[
    (HEDGE, "42", "It is not \\boxed{42}."),
    (HEDGE, "42", "Is it \\boxed{42}? I cannot tell."),
];

/// Not equal, but what a response states last, or in its inner box, is.
const STATED: &[(&str, &str, &str)] = &[
    (EMPTY, "42", "\\boxed{42"),
    (EMPTY, "42", "\\boxed{}42"),
    (CODE, "42", "42; import os"),
    (CODE, "42", "__import__('os').system('touch hostile') or 42"),
];

pub(super) fn cases() -> Vec<Case> {
    let case = |truth| {
        move |(class, a, b): &(&'static str, &str, &str)| {
            Case::new(class, format!("{b:?} for {a:?}"), *a, *b, truth)
        }
    };
    let mut cases: Vec<Case> = PAIRS.iter().map(case(NotEqual)).collect();
    cases.extend(DENIED.iter().map(case(Denied)));
    cases.extend(STATED.iter().map(case(Stated)));
    cases.push(Case::short(NEAR, "\\pi", "3.14", Rounded));
    cases
}
