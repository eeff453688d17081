//! Long or deep: up to 1 MB of the same thing.

use super::Case;
use super::Truth::{self, Denied, Equal, EqualBeyondLimits, EqualUnread, NotEqual};

const DEEP: &str = "nesting";
const LONG: &str = "length";
const MEGABYTE: usize = 1_000_000;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (open, inner, close, truth) in NESTED {
        for depth in [100, 10_000] {
            let whole = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
            let truth = if *truth == Equal { EqualUnread } else { *truth };
            let name = format!("{depth} times {open} … {close}");
            cases.push(Case::new(DEEP, name, "1", whole, truth));
        }
        let unclosed = format!("{}{inner}", repeated(open));
        let name = format!("1 MB of {open}");
        cases.push(Case::new(DEEP, name, "7", unclosed, NotEqual));
    }
    cases.extend(filled());
    cases.extend(numerals());
    cases.extend(boxes());
    cases
}

/// What opens, what stands in the middle, what closes, and whether all of it is 1.
const NESTED: &[(&str, &str, &str, Truth)] = &[
    ("{", "1", "}", Equal),
    ("(", "1", ")", Equal),
    ("[", "1", "]", NotEqual),
    ("\\{", "1", "\\}", NotEqual),
    ("\\left(", "1", "\\right)", Equal),
    ("|", "1", "|", Equal),
    ("\\lfloor ", "1", "\\rfloor ", Equal),
    ("\\sqrt{", "1", "}", Equal),
    ("\\sqrt", "1", "", Equal),
    ("\\sqrt[3]{", "1", "}", Equal),
    ("\\frac{1}{", "1", "}", Equal),
    ("\\frac", "1", "", NotEqual),
    ("\\frac{", "1", "}{1}", Equal),
    ("1^{", "1", "}", Equal),
    ("1^", "1", "", Equal),
    ("x_{", "1", "}", NotEqual),
    ("\\sin(", "1", ")", NotEqual),
    ("\\sin ", "1", "", NotEqual),
    ("-(", "1", ")", Equal),
    ("--", "1", "", Equal),
    ("f(", "1", ")", NotEqual),
    ("\\text{", "1", "}", NotEqual),
    ("\\begin{pmatrix}", "1", "\\end{pmatrix}", NotEqual),
    ("\\begin{cases}", "1", "\\end{cases}", NotEqual),
    ("\\boxed{", "1", "}", Equal),
    ("$", "1", "$", Equal),
    ("\\(", "1", "\\)", Equal),
    ("\\[", "1", "\\]", Equal),
    ("**", "1", "**", Equal),
    ("\\sum_{k=1}^{1} ", "1", "", Equal),
    ("\\log_{", "1", "}", NotEqual),
    ("1=(", "1", ")", NotEqual),
    ("\\{x|", "1", "\\}", NotEqual),
    ("<think>", "1", "</think>", NotEqual),
    ("<answer>", "1", "</answer>", Equal),
    ("\\overline{", "1", "}", NotEqual),
];

/// As often as fits in a megabyte.
fn repeated(piece: &str) -> String {
    piece.repeat((MEGABYTE - 8) / piece.len())
}

/// Pieces that are repeated to fill a megabyte, or just what is still parsed. None of it is 7.
const PIECES: &[&str] = &[
    "1+",
    "1,",
    "1 ",
    "1, ",
    "x",
    "xy",
    "x+",
    "x*",
    "x^2+",
    "-",
    "+",
    "!",
    "5!",
    "'",
    "%",
    "^",
    "_",
    "&",
    "\\\\",
    "\\",
    "\\ ",
    "\\\\frac",
    "\\,",
    "{}",
    "}",
    ")",
    "]",
    "=",
    "1=",
    "<",
    "1<",
    "\\le ",
    "|",
    "\"",
    "~",
    "#",
    "####",
    "A:",
    "answer ",
    "the answer is ",
    "The answer is 8. ",
    "Answer: x\n",
    "</answer>",
    "</think>",
    "User:",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "\t\u{c}rac",
    ". ",
    "a. ",
    "? ",
    "! ",
    "$x$ ",
    "$1$, ",
    "$$",
    "$x$ and ",
    "\\(x\\) ",
    "is 3 ",
    "not ",
    "a ",
    "word ",
    "1.",
    "1:",
    "1/",
    "0.1",
    "..",
    "\\ldots",
    "\\pm 1",
    "e^",
    "\\pi",
    "π",
    "½",
    "²",
    "₂",
    "√",
    "４",
    "٤",
    "∞",
    "−",
    "\u{200b}",
    "\u{202e}",
    "\u{301}",
    "\u{0}",
    "\u{fffd}",
    "😀",
    "х",
    "\\text{a}",
    "\\text{",
    "\\verb|",
    "\\hspace{",
    "\\begin{",
    "\\end{",
    "\\quad",
    "\\left",
    "cm ",
    "5 cm ",
    "AM ",
    "12:30 ",
    "May 5 ",
    "\\cup ",
    "(0,1)\\cup",
    "1 or ",
    "x=1 or ",
    "one hundred ",
    "two ",
    "<<1+1=2>>",
    "<|",
    "<|im_end|",
    "[1;",
    "i",
    "\\binom",
    "\\int ",
    "\\sum ",
    "d/dx ",
    "f(x)=",
    "np.",
    "**2",
    "1&",
    "c1",
    "1(",
    "5{\\text{",
    "\\mid x",
    "\\iint x=",
    "\\frac{\\partial^8}{\\partial x^8}",
    ",a\\in\\mathbb{R}",
    " where k is",
    " for some constant c,",
    "\n## Problem 2",
    "\n**Q",
    "$5",
    "\\$5 ",
    "{,}111",
    ",\\!111",
    "\\frac12",
    "\\sqrt2",
    "2\\sqrt{3}+",
    "\\sin x+",
    "x_1+",
    "abcdefghij",
    "(x+1)",
    "(1+1)",
    "\\frac{1}{x+1}+",
    "\\sqrt{x}",
    "|x|",
    "\\lfloor x\\rfloor ",
    "mod ",
    "\\gcd(2,",
    "log ",
];

/// Longest answer that is parsed under the default limits.
const PARSED: usize = 16_384;

fn filled() -> Vec<Case> {
    let case = |piece: &str, size: usize| {
        let name = format!("{size} B of {piece:?}");
        let whole = piece.repeat((size - 1) / piece.len());
        Case::new(LONG, name, "7", whole, NotEqual)
    };
    let sizes = [MEGABYTE, PARSED, 2_000];
    let cases = PIECES
        .iter()
        .flat_map(|piece| sizes.map(|size| case(piece, size)));
    cases.collect()
}

fn numerals() -> Vec<Case> {
    let ones = "1".repeat(MEGABYTE);
    let other = format!("{}2", "1".repeat(MEGABYTE - 1));
    let parsed = "1".repeat(PARSED);
    let parsed_other = format!("{}2", "1".repeat(PARSED - 1));
    let zeros = "0".repeat(MEGABYTE - 3);
    let few_zeros = "0".repeat(PARSED - 3);
    let case = |name: &str, a: &str, b: &str, truth| Case::new(LONG, name, a, b, truth);
    let grouped = |text: &str| {
        let groups: Vec<_> = text
            .as_bytes()
            .chunks(3)
            .map(String::from_utf8_lossy)
            .collect();
        groups.join(",")
    };
    vec![
        case("1 MB of digits", &ones, &ones, Equal),
        case("1 MB of digits, the last changed", &ones, &other, NotEqual),
        case("1 MB of digits and its rest", &ones, "1", NotEqual),
        case("16 KB of digits", &parsed, &parsed, Equal),
        case(
            "16 KB of digits, the last changed",
            &parsed,
            &parsed_other,
            NotEqual,
        ),
        case(
            "12 KB of digits in groups",
            &parsed[..12_000],
            &grouped(&parsed[..12_000]),
            Equal,
        ),
        case(
            "1 MB of zeros before a digit",
            "1",
            &format!("0.{zeros}1"),
            NotEqual,
        ),
        case(
            "1 MB of decimals",
            "\\frac{1}{9}",
            &format!("0.{ones}"),
            NotEqual,
        ),
        case(
            "16 KB of zeros before a digit",
            "0",
            &format!("0.{few_zeros}1"),
            NotEqual,
        ),
        case(
            "16 KB of leading zeros",
            "1",
            &format!("{few_zeros}01"),
            Equal,
        ),
        case(
            "a power with 16 KB of digits",
            &format!("2^{{{}}}", &parsed[..8_000]),
            &format!("2^{{{}2}}", &parsed[..7_999]),
            NotEqual,
        ),
        case(
            "a root of 16 KB of digits",
            &format!("\\sqrt{{{}}}", &parsed[..8_000]),
            "1",
            NotEqual,
        ),
        case(
            "a factorial of 16 KB of digits",
            &format!("{}!", &parsed[..8_000]),
            "1",
            NotEqual,
        ),
        case(
            "a quotient of 16 KB of digits",
            &format!(
                "\\frac{{{}}}{{{}}}",
                &parsed[..8_000],
                &parsed_other[..8_000]
            ),
            "1",
            EqualBeyondLimits,
        ),
        case(
            "a base with 8 KB of digits",
            &format!("{}_8", &parsed[..8_000]),
            &format!("{}_9", &parsed[..8_000]),
            NotEqual,
        ),
        case(
            "a repeating decimal of 8 KB",
            &format!("0.\\overline{{{}}}", &parsed[..8_000]),
            "\\frac{1}{8}",
            NotEqual,
        ),
        case(
            "an exponent of ten digits",
            "1e9999999999",
            "1e9999999998",
            NotEqual,
        ),
        case(
            "an exponent of ten digits below zero",
            "1e-9999999999",
            "0",
            NotEqual,
        ),
        case(
            "an exponent of 20 digits",
            "1e99999999999999999999",
            "1e99999999999999999998",
            NotEqual,
        ),
        case(
            "an exponent of nine digits",
            "1e999999999",
            "10^{999999999}",
            EqualUnread,
        ),
        case(
            "an exponent as large as a word",
            "1.5e18446744073709551616",
            "1.5",
            NotEqual,
        ),
        case(
            "1 MB of words",
            &"word ".repeat(199_999),
            &"word ".repeat(199_998),
            NotEqual,
        ),
        case(
            "16 KB of words",
            &"word ".repeat(3_200),
            &"words ".repeat(2_700),
            NotEqual,
        ),
    ]
}

fn boxes() -> Vec<Case> {
    let class = "boxes";
    let distinct: String = (0..70_000).map(|k| format!("\\boxed{{{k}}} ")).collect();
    let listed: String = (0..70_000).map(|k| format!("\\boxed{{{k}}}, ")).collect();
    let case = |name: &str, b: String, truth| Case::new(class, name, "7", b, truth);
    vec![
        case("100 000 boxes", "\\boxed{1} ".repeat(99_999), NotEqual),
        case("70 000 boxes of numbers", distinct, NotEqual),
        case("70 000 boxes of numbers in a list", listed, NotEqual),
        case("100 000 empty boxes", "\\boxed{} ".repeat(99_999), NotEqual),
        case(
            "140 000 unclosed boxes",
            "\\boxed{".repeat(140_000),
            NotEqual,
        ),
        case(
            "160 000 boxes without braces",
            "\\boxed ".repeat(140_000),
            NotEqual,
        ),
        case(
            "boxes without braces",
            "\\boxed 1 ".repeat(100_000),
            NotEqual,
        ),
        case(
            "boxes that are denied",
            "not \\boxed{7}. ".repeat(65_000),
            Denied,
        ),
        case(
            "boxes joined by and",
            "\\boxed{7} and \\boxed{8} and ".repeat(38_000),
            NotEqual,
        ),
        case("1 000 boxes joined", "\\boxed{8}, ".repeat(1_000), NotEqual),
        case(
            "boxes of a long answer",
            format!("\\boxed{{{}}}", "x+1+".repeat(4_000)),
            NotEqual,
        ),
    ]
}
