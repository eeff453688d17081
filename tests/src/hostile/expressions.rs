//! Short to write, long to work out.

use std::fmt::Display;

use super::Case;
use super::Truth::{Equal, EqualBeyondLimits, NotEqual, Rounded};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = PAIRS
        .iter()
        .map(|(class, a, b, truth)| Case::short(class, a, b, *truth))
        .collect();
    cases.extend(matrices());
    cases.extend(lists());
    cases.extend(series());
    cases
}

const TOWER: &str = "towers of powers";
const FACTORIAL: &str = "factorials";
const BINOMIAL: &str = "binomials";
const SUM: &str = "sums, products, integrals";
const POLYNOMIAL: &str = "polynomials";
const CONSTANT: &str = "constants";
const MATRIX: &str = "matrices";
const LIST: &str = "lists in another order";

const PAIRS: &[(&str, &str, &str, super::Truth)] = &[
    (TOWER, "9^{9^{9^9}}", "9^{9^{9^9}}", Equal),
    (TOWER, "9^{9^{9^9}}", "9^{9^{9^8}}", NotEqual),
    (TOWER, "9^{9^{9^9}}", "9^{9^{9^9}}+1", NotEqual),
    (TOWER, "9^{9^{9^9}}", "9^{9^{9^{9^9}}}", NotEqual),
    (TOWER, "9^{9^{9^9}}", "0", NotEqual),
    (TOWER, "9**9**9**9", "9^{9^{9^9}}", Equal),
    (TOWER, "2^{2^{2^{2^2}}}", "2^{65536}", Equal),
    (TOWER, "2^{2^{2^{2^2}}}", "2^{65537}", NotEqual),
    (TOWER, "10^{10^{10}}", "10^{10^{10}}+1", NotEqual),
    (TOWER, "10^{10^{100}}", "10^{10^{99}}", NotEqual),
    (TOWER, "10^{-10^{10^{10}}}", "0", NotEqual),
    (TOWER, "(-1)^{9^{9^9}}", "-1", EqualBeyondLimits),
    (TOWER, "(-1)^{9^{9^9}}", "1", NotEqual),
    (TOWER, "x^{x^{x^{x^x}}}", "x^{x^{x^{x^x}}}+1", NotEqual),
    (TOWER, "e^{e^{e^{e^e}}}", "e^{e^{e^{e^e}}}+1", NotEqual),
    (TOWER, "e^{-e^{e^{e^e}}}", "0", NotEqual),
    (TOWER, "10^{10^{10}} \\bmod 7", "4", EqualBeyondLimits),
    (TOWER, "10^{10^{10}} \\bmod 7", "5", NotEqual),
    (TOWER, "\\sqrt[10^9]{2}", "1", NotEqual),
    (TOWER, "(1+10^{-100})^{10^{100}}", "e", NotEqual),
    (FACTORIAL, "9!!!!!!!!!", "9!!!!!!!!!", Equal),
    (FACTORIAL, "9!!!!!!!!!", "9!!!!!!!!", NotEqual),
    (FACTORIAL, "9!!!!!!!!!", "8!!!!!!!!!", NotEqual),
    (FACTORIAL, "(10^9)!", "(10^9)!", Equal),
    (FACTORIAL, "(10^9)!", "(10^9)!+1", NotEqual),
    (FACTORIAL, "(10^9)!", "(10^9+1)!", NotEqual),
    (FACTORIAL, "(10^9)!", "\\infty", NotEqual),
    (FACTORIAL, "(((9!)!)!)!", "(((9!)!)!)!", Equal),
    (FACTORIAL, "(((9!)!)!)!", "(((8!)!)!)!", NotEqual),
    (FACTORIAL, "\\frac{1000000!}{999999!}", "1000000", Equal),
    (FACTORIAL, "\\frac{1000000!}{999999!}", "999999", NotEqual),
    (FACTORIAL, "\\frac{1}{2004!}", "\\frac{1}{2006!}", NotEqual),
    (FACTORIAL, "\\frac{1}{2004!}", "0", NotEqual),
    (FACTORIAL, "25!", "15511210043330985984000000", Equal),
    (FACTORIAL, "25!", "15511210043330985984000001", NotEqual),
    (
        BINOMIAL,
        "\\binom{10^7}{5000000}",
        "\\binom{10^7}{5000000}",
        Equal,
    ),
    (
        BINOMIAL,
        "\\binom{10^7}{5000000}",
        "\\binom{10^7}{5000001}",
        NotEqual,
    ),
    (BINOMIAL, "\\binom{10^7}{5000000}", "2^{10^7}", NotEqual),
    (BINOMIAL, "\\binom{10^9}{2}", "499999999500000000", Equal),
    (BINOMIAL, "\\binom{10^9}{2}", "499999999500000001", NotEqual),
    (BINOMIAL, "\\binom{10^{100}}{10^{50}}", "1", NotEqual),
    (
        BINOMIAL,
        "\\binom{\\binom{100}{50}}{50}",
        "\\binom{\\binom{100}{50}}{51}",
        NotEqual,
    ),
    (
        BINOMIAL,
        "\\binom{n}{1000000}",
        "\\binom{n}{1000001}",
        NotEqual,
    ),
    (
        SUM,
        "\\sum_{k=1}^{10^6} k",
        "500000500000",
        EqualBeyondLimits,
    ),
    (SUM, "\\sum_{k=1}^{10^6} k", "500000500001", NotEqual),
    (
        SUM,
        "\\sum_{k=1}^{10^9} k",
        "500000000500000000",
        EqualBeyondLimits,
    ),
    (SUM, "\\sum_{k=1}^{10^9} k", "500000000500000001", NotEqual),
    (
        SUM,
        "\\sum_{k=1}^{10^9} \\frac{1}{k^2}",
        "\\frac{\\pi^2}{6}",
        NotEqual,
    ),
    (SUM, "\\sum_{k=1}^{10^9} \\sin k", "0", NotEqual),
    (
        SUM,
        "\\sum_{i=1}^{10^3}\\sum_{j=1}^{10^3}\\sum_{k=1}^{10^3} 1",
        "10^9",
        EqualBeyondLimits,
    ),
    (
        SUM,
        "\\sum_{i=1}^{10^3}\\sum_{j=1}^{10^3}\\sum_{k=1}^{10^3} 1",
        "10^9+1",
        NotEqual,
    ),
    (SUM, "\\prod_{k=1}^{10^9} k", "(10^9)!", EqualBeyondLimits),
    (SUM, "\\prod_{k=1}^{10^9} k", "(10^9)!+1", NotEqual),
    (
        SUM,
        "\\prod_{k=2}^{10^9} \\left(1-\\frac{1}{k^2}\\right)",
        "\\frac12",
        NotEqual,
    ),
    (SUM, "\\sum_{k=0}^{\\infty} 2^{-k}", "2.0001", NotEqual),
    // Letters as coefficients, which each product copies.
    (
        SUM,
        "\\sum_{n=1}^{\\infty} (an+b)(bn+c)(cn+d)(dn+f)(fn+g)(gn+h)(hn+j)(jn+l)(ln+m)(mn+p)(pn+q)(qn+r)\
         (rn+s)(sn+t)(tn+u)(un+v)(vn+w)(wn+x)(xn+y)(yn+z)(an-b)(bn-c)(cn-d)(dn-f)(fn-g)(gn-h)(hn-j)(jn-l)",
        "5",
        NotEqual,
    ),
    (
        SUM,
        "\\lim_{n \\to 0} (an+b)(bn+c)(cn+d)(dn+f)(fn+g)(gn+h)(hn+j)(jn+l)(ln+m)(mn+p)(pn+q)(qn+r)\
         (rn+s)(sn+t)(tn+u)(un+v)(vn+w)(wn+x)(xn+y)(yn+z)(an-b)(bn-c)(cn-d)(dn-f)(fn-g)(gn-h)(hn-j)(jn-l)",
        "5",
        NotEqual,
    ),
    // And which each difference would copy.
    (
        SUM,
        "\\sum_{n=0}^{m} (an^{26}+bn^{25}+cn^{24}+dn^{23}+fn^{22}+gn^{21}+hn^{20}+jn^{19}+pn^{18}+q)",
        "5",
        NotEqual,
    ),
    (
        SUM,
        "\\sum_{n=0}^{m} (w+x+y+z)^n (an^{26}+bn^{25}+cn^{24}+dn^{23}+fn^{22}+gn^{21}+hn^{20}+pn^{18}+q)",
        "5",
        NotEqual,
    ),
    (
        SUM,
        "\\int_0^{10^9} e^{-x^2}\\,dx",
        "\\frac{\\sqrt{\\pi}}{2}",
        NotEqual,
    ),
    (
        SUM,
        "\\int_0^1\\int_0^1\\int_0^1\\int_0^1 e^{xyzw}",
        "1",
        NotEqual,
    ),
    (SUM, "\\int \\int \\int \\int \\int \\int x", "x", NotEqual),
    (
        SUM,
        "\\lim_{n\\to\\infty} \\left(1+\\frac1n\\right)^n",
        "2.718",
        Rounded,
    ),
    (POLYNOMIAL, "(x+y+z+w)^{60}", "(w+z+y+x)^{60}", Equal),
    (POLYNOMIAL, "(x+y+z+w)^{60}", "(x+y+z+w)^{60}+1", NotEqual),
    (
        POLYNOMIAL,
        "(x+y+z+w)^{60}",
        "x^{60}+y^{60}+z^{60}+w^{60}",
        NotEqual,
    ),
    (POLYNOMIAL, "(x+1)^{3000}", "(1+x)^{3000}", Equal),
    (POLYNOMIAL, "(x+1)^{3000}", "(x+1)^{3000}+1", NotEqual),
    (
        POLYNOMIAL,
        "(x+1)^{3000}(x-1)^{3000}",
        "(x^2-1)^{3000}",
        EqualBeyondLimits,
    ),
    (
        POLYNOMIAL,
        "(x+1)^{3000}(x-1)^{3000}",
        "(x^2-1)^{2999}",
        NotEqual,
    ),
    (POLYNOMIAL, "(x+1)^{10^9}", "(x+1)^{10^9}+x", NotEqual),
    (POLYNOMIAL, "x^{10^{30}}-1", "x^{10^{30}}-2", NotEqual),
    (
        POLYNOMIAL,
        "((((x^2+1)^2+1)^2+1)^2+1)^2",
        "((((x^2+1)^2+1)^2+1)^2+2)^2",
        NotEqual,
    ),
    (
        POLYNOMIAL,
        "\\frac{x^{1000}-1}{x-1}",
        "\\frac{x^{1001}-1}{x-1}",
        NotEqual,
    ),
    (
        POLYNOMIAL,
        "(a+b+c+d+e+f+g+h)^{20}",
        "(a+b+c+d+e+f+g+h)^{20}+abcdfgh",
        NotEqual,
    ),
    (CONSTANT, "\\sin(10^{100})", "0", NotEqual),
    (CONSTANT, "\\sin(10^{10^{10}})", "0", NotEqual),
    (
        CONSTANT,
        "\\ln(10^{10^{10}})",
        "10^{10}\\ln 10",
        EqualBeyondLimits,
    ),
    (CONSTANT, "\\lfloor 10^{10^{10}}\\pi\\rfloor", "3", NotEqual),
    (
        CONSTANT,
        "e^{\\pi\\sqrt{163}}",
        "262537412640768744",
        NotEqual,
    ),
    (
        CONSTANT,
        "\\sqrt{2}+\\sqrt{3}+\\sqrt{5}+\\sqrt{7}+\\sqrt{11}+\\sqrt{13}+\\sqrt{17}",
        "\\sqrt{17}+\\sqrt{13}+\\sqrt{11}+\\sqrt{7}+\\sqrt{5}+\\sqrt{3}+\\sqrt{2}",
        Equal,
    ),
    (
        CONSTANT,
        "\\sqrt{2}+\\sqrt{3}+\\sqrt{5}+\\sqrt{7}+\\sqrt{11}+\\sqrt{13}+\\sqrt{17}",
        "\\sqrt{17}+\\sqrt{13}+\\sqrt{11}+\\sqrt{7}+\\sqrt{5}+\\sqrt{3}+\\sqrt{2}+10^{-60}",
        NotEqual,
    ),
    (CONSTANT, "\\sqrt{10^{200}+1}", "10^{100}", NotEqual),
    (CONSTANT, "\\cos\\frac{\\pi}{1000003}", "1", NotEqual),
    (
        CONSTANT,
        "\\sqrt[1009]{2}+\\sqrt[1013]{3}",
        "\\sqrt[1009]{3}+\\sqrt[1013]{2}",
        NotEqual,
    ),
    (
        CONSTANT,
        "\\tan\\tan\\tan\\tan\\tan\\tan\\tan 1",
        "\\tan\\tan\\tan\\tan\\tan\\tan\\tan 2",
        NotEqual,
    ),
    (
        CONSTANT,
        "\\gcd(2^{4000}-1,2^{3000}-1)",
        "2^{1000}-1",
        EqualBeyondLimits,
    ),
    (
        CONSTANT,
        "\\gcd(2^{4000}-1,2^{3000}-1)",
        "2^{1000}+1",
        NotEqual,
    ),
    (CONSTANT, "i^{10^{100}}", "1", EqualBeyondLimits),
    (CONSTANT, "i^{10^{100}}", "-1", NotEqual),
    (
        CONSTANT,
        "x \\ge 10^{10^{10}}",
        "[10^{10^{10}}, \\infty)",
        Equal,
    ),
    (
        CONSTANT,
        "x \\ge 10^{10^{10}}",
        "(10^{10^{10}}, \\infty)",
        NotEqual,
    ),
];

fn matrix(size: usize, mut entry: impl FnMut(usize, usize) -> String) -> String {
    let row = |i: usize, entry: &mut dyn FnMut(usize, usize) -> String| {
        (0..size)
            .map(|j| entry(i, j))
            .collect::<Vec<_>>()
            .join(" & ")
    };
    let rows: Vec<String> = (0..size).map(|i| row(i, &mut entry)).collect();
    format!(
        "\\begin{{pmatrix}} {} \\end{{pmatrix}}",
        rows.join(" \\\\ ")
    )
}

fn matrices() -> Vec<Case> {
    let number = |i: usize, j: usize| (i * 30 + j).to_string();
    let numbers = matrix(30, number);
    let changed = matrix(30, |i, j| match (i, j) {
        (29, 29) => "898".into(),
        _ => number(i, j),
    });
    let transposed = matrix(30, |i, j| number(j, i));
    let fractions = matrix(30, |i, j| format!("\\frac{{{}}}{{2}}", 2 * (i * 30 + j)));
    let roots = matrix(30, |i, j| format!("\\sqrt{{{}}}", i * 30 + j));
    let powers = matrix(30, |i, j| format!("({})^{{1/2}}", i * 30 + j));
    let symbols = matrix(30, |i, j| format!("(x+{i})^{j}"));
    let exchanged = matrix(30, |i, j| format!("({i}+x)^{j}"));
    let almost = matrix(30, |i, j| match (i, j) {
        (29, 29) => "(x+29)^{29}+1".into(),
        _ => format!("({i}+x)^{{{j}}}"),
    });
    let determinant = |m: &str| m.replace("pmatrix", "vmatrix");
    let case = |name: &str, a: &str, b: &str, truth| Case::new(MATRIX, name, a, b, truth);
    vec![
        case("30 by 30, the same", &numbers, &numbers, Equal),
        case("30 by 30, one entry changed", &numbers, &changed, NotEqual),
        case("30 by 30, transposed", &numbers, &transposed, NotEqual),
        case("30 by 30, as fractions", &numbers, &fractions, Equal),
        case(
            "30 by 30, roots as powers",
            &roots,
            &powers,
            EqualBeyondLimits,
        ),
        case("30 by 30, roots and numbers", &roots, &numbers, NotEqual),
        case(
            "30 by 30, binomials",
            &symbols,
            &exchanged,
            EqualBeyondLimits,
        ),
        case(
            "30 by 30, binomials, one changed",
            &exchanged,
            &almost,
            NotEqual,
        ),
        case(
            "determinant of 30 by 30",
            &determinant(&numbers),
            "1",
            NotEqual,
        ),
        case(
            "determinant with variables",
            &determinant(&symbols),
            "0",
            NotEqual,
        ),
    ]
}

fn join<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}

fn lists() -> Vec<Case> {
    let up = || 1..=999;
    let down = || (1..=999).rev();
    let instead = |from: i32, to: i32| move |k: i32| if k == from { to } else { k };
    let set = |items: String| format!("\\{{{items}\\}}");
    let tuple = |items: String| format!("({items})");
    let root = |k: i32| format!("\\sqrt{{{k}}}");
    let power = |k: i32| format!("x^{{{k}}}");
    let long = |k: i32| format!("\\sqrt{{{k}}}+\\sqrt{{{}}}", k + 1);
    let turned = |k: i32| format!("\\sqrt{{{}}}+\\sqrt{{{k}}}", k + 1);
    let point = |k: i32| format!("({k}, {})", k + 1);
    let case = |name: &str, a: String, b: String, truth| Case::new(LIST, name, a, b, truth);
    vec![
        case("numbers", join(up()), join(down()), Equal),
        case(
            "numbers, one changed",
            join(up()),
            join(down().map(instead(500, 1000))),
            NotEqual,
        ),
        case(
            "numbers, one twice",
            join(up()),
            join(down().map(instead(500, 501))),
            NotEqual,
        ),
        case(
            "numbers, one missing",
            join(up()),
            join((1..=998).rev()),
            NotEqual,
        ),
        case("a set", set(join(up())), set(join(down())), Equal),
        case(
            "a set, one changed",
            set(join(up())),
            set(join(down().map(instead(1, 0)))),
            NotEqual,
        ),
        case("a tuple", tuple(join(up())), tuple(join(down())), NotEqual),
        case(
            "fractions",
            join(up()),
            join(down().map(|k| format!("\\frac{{{}}}{{3}}", 3 * k))),
            Equal,
        ),
        case(
            "roots",
            join(up().map(root)),
            join(down().map(root)),
            EqualBeyondLimits,
        ),
        case(
            "roots, one changed",
            join(up().map(root)),
            join(down().map(instead(999, 998)).map(root)),
            NotEqual,
        ),
        case(
            "powers",
            join(up().map(power)),
            join(down().map(power)),
            EqualBeyondLimits,
        ),
        case(
            "powers, one changed",
            join(up().map(power)),
            join(down().map(instead(7, 1007)).map(power)),
            NotEqual,
        ),
        case(
            "sums of roots",
            join((1..=400).map(long)),
            join((1..=400).rev().map(turned)),
            EqualBeyondLimits,
        ),
        case(
            "points",
            join(up().map(point)),
            join(down().map(point)),
            EqualBeyondLimits,
        ),
        case(
            "points, one changed",
            join(up().map(point)),
            join(down().map(instead(7, 1007)).map(point)),
            NotEqual,
        ),
        case(
            "letters",
            join((0..999).map(|_| "x")),
            join((0..999).map(|_| "y")),
            NotEqual,
        ),
    ]
}

fn series() -> Vec<Case> {
    let geometric = |terms: usize| {
        let terms: Vec<String> = (0..terms).map(|k| format!("x^{{{k}}}")).collect();
        terms.join("+")
    };
    let case = |name: &str, a: String, b: String, truth| Case::new(POLYNOMIAL, name, a, b, truth);
    let roots = |terms: usize| {
        let terms: Vec<String> = (1..=terms).map(|k| format!("\\sqrt{{{k}}}")).collect();
        terms.join("+")
    };
    let reversed = |text: String| text.split('+').rev().collect::<Vec<_>>().join("+");
    vec![
        case(
            "geometric series of 800 terms",
            geometric(800),
            "\\frac{x^{800}-1}{x-1}".into(),
            EqualBeyondLimits,
        ),
        case(
            "geometric series of 800 terms, one too many",
            geometric(800),
            "\\frac{x^{801}-1}{x-1}".into(),
            NotEqual,
        ),
        case(
            "800 terms in another order",
            geometric(800),
            reversed(geometric(800)),
            Equal,
        ),
        case(
            "800 terms and 1",
            geometric(800),
            format!("{}+1", geometric(800)),
            NotEqual,
        ),
        case(
            "800 roots in another order",
            roots(800),
            reversed(roots(800)),
            EqualBeyondLimits,
        ),
        case(
            "800 roots and a little",
            roots(800),
            format!("{}+10^{{-99}}", roots(800)),
            NotEqual,
        ),
    ]
}
