//! What is printed reads back as what was read.

use super::{Readings, read};
use crate::expr::print::{latex, plain};
use crate::expr::{
    Big, BigOperator, Bracket, Connective, Expr, Number, Operation, Relation, SetOperation, Sign,
};
use crate::extract::given;
use crate::limits::Limits;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Brackets that printing puts in cost levels of nesting.
const LIMITS: Limits = Limits {
    length: 1 << 16,
    depth: 256,
    fuel: 0,
};

fn grouped(text: &str) -> Option<Expr> {
    read(text, &LIMITS).map(|Readings { grouped, .. }| grouped)
}

/// The spelling of `expr` that does not read back as it, with what it reads as.
fn lost(expr: &Expr) -> Option<String> {
    [latex(expr), plain(expr)]
        .into_iter()
        .map(|text| (grouped(&text), text))
        .find(|(back, _)| back.as_ref() != Some(expr))
        .map(|(back, text)| format!("{expr:?}\nas {text}\nis {back:?}"))
}

/// All answers of a file of JSON lines.
fn answers(file: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let text = fs::read_to_string(file).unwrap();
    for row in text.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        for field in [
            "reference",
            "answer",
            "response",
            "solution",
            "final_answer",
        ] {
            match &row[field] {
                Value::String(text) => {
                    found.extend(given(text).answers.into_iter().map(String::from));
                }
                Value::Array(members) => {
                    found.extend(members.iter().filter_map(Value::as_str).map(String::from));
                }
                Value::Number(number) => found.push(number.to_string()),
                _ => {}
            }
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        println!("skipped: {} is not there", folder.display());
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect()
}

/// Every answer of the labelled cases, and of the public data sets where they are there.
#[test]
fn real_answers_read_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let data =
        std::env::var_os("RESIT_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let mut paths = files(&root.join("tests/cases"));
    assert!(paths.len() > 60);
    paths.extend(files(&data));
    paths.extend(files(&data.join("grading")));
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in paths {
        for text in answers(&path) {
            if let Some(expr) = grouped(&text) {
                count += 1;
                let lost = lost(&expr).map(|lost| format!("{}: {text}\n{lost}", path.display()));
                wrong.extend(lost);
            }
        }
    }
    println!("{count} answers");
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What fuzzing found to be lost, cut down.
#[test]
fn finds_read_back() {
    for (name, text) in [
        ("an unreadable formula", "(4("),
        ("an unreadable equation", "=2*"),
        (
            "an unreadable formula in quotes",
            "9 < answer > \"\\in * [[[. 1\"",
        ),
        ("a matrix as an exponent", r"()1x+e^\begin{pmatrix}x+C"),
        ("a set of numbers as an exponent", r"−2^5\{x 3^\mathbb{R}(7"),
        (
            "text in a subscript, raised",
            r"33m_{−4n \text{ c3e55m}^2…raA: es\sum…}",
        ),
        (
            "subscripts inside each other",
            r"1u{n1u{nm_\text{two}}m_\text{t1u{nm_\text{two}w}}",
        ),
        (
            "a character that nobody sees at the end of a name",
            "m_\\text{t1u\u{b}\0\0}",
        ),
        (
            "signs in a name under an accent",
            r"oMII\vec{IIII_−{!m_{!pl,0\2−pi,0\#gc\",
        ),
        (
            "a quotation mark in a name",
            "1u{nm_{j1u{nm k={,}1m\"0nm k={,}1m\"03,4\\",
        ),
        ("an escape in a modulus", r"VV2VVV\pmod{VVVV\11:VVVV3\]"),
        ("negative before letters", "negative ativ5"),
        ("nothing but emphasis in quotes", "5 \"**\""),
        ("a rate without its unit", "(0每[0"),
        ("the letter o as an exponent", "2z^{(o"),
        (
            "a unit in words with and behind it",
            "[4 sco\"c [o\\ and\u{7}\"\\\\",
        ),
        (
            "a quotient of differentials behind factors",
            r"\frac{2x^n3\,dx}{dx}",
        ),
        ("a division of differentials", r"36 de\div de esm"),
        ("a differential with a subscript", r"[\int_1 c\%c d t_1]"),
        ("an arrow over a comma", "6 r\\vec{,}"),
        ("a unit of brackets alone", "Z2(5\u{8}\"({[( \""),
        ("a comma before signs that words lose", "(\"\u{10},\\ \""),
        (
            "a minus behind signs that words lose",
            "\"$\\ −\" −\" \\\\y\"",
        ),
        (
            "a letter that is a unit in words for one",
            "2O\"t\u{16}u\\ e(\\Omega4(\" n",
        ),
        ("a bar in a name in a probability", r"P(le, m_{2\|})"),
        ("a bar behind a subscript in a probability", "P(1e_ceil|3)"),
        (
            "a bracket in words in a probability",
            "P(f|9y \\text{\\)m}c)0",
        ),
        ("alternatives behind a semicolon", "[2, 1; a or b]"),
        ("a count of times behind a noun", "5 cats times"),
        (
            "a word for a sign under an accent",
            "5.1\\dot{e[m\u{1e}inus(4",
        ),
        (
            "a conjunction before a sign that no unit holds",
            "0X\"\0 and$\0-\" 1",
        ),
        ("a conjunction before a bracket", "0X\"\0 and$\0(4\" 1"),
        ("brackets in words for a unit", "> a\"\0nd$\0-\0n[i\n\0t_\""),
        ("a word for an operation in a name", r"m_{0E84\times{{8"),
        ("an integral that nothing follows", "\\int\0\u{11}\0d(x"),
        ("a mark under an accent", "\\vec{\t<|im_en^Q[[[e\\in"),
        (
            "quotation marks around to",
            "\\lim_uf\"\"\\vec{\"to\\i,3∞\"",
        ),
        ("a body that could hold a differential", r"\int \{d x\}"),
        ("an environment without rows", r"\begin{cases}\end{cases}"),
        ("words of a script without spaces", "\"立方\""),
        ("a prime behind a word in braces", "{cases'}!2"),
        ("a prime before a subscript", "{cases'}_8"),
        ("a colon as a subscript", "0yd(x_:()"),
        ("an ordinal in an open brace", r"[5^{th\ and"),
        ("a minus directly behind a number", "0.5minus minus A"),
        ("a unit that an article leaves a bracket of", "A\"of [n\"(4"),
        (
            "a unit behind a sign of multiplication",
            "3\\text{ ·cm}^0do",
        ),
        ("a minus directly behind a sign of equality", "n=minus-l"),
        (
            "a differential behind a bracket without its partner",
            r"\int q Z_]e\times\]q dW_1",
        ),
        ("an ordinal as an exponent", "l**11**th8"),
        ("a percentage over a differential", r"d\%/de 2/g"),
        ("a list in braces as a factor", r"{1,2}x"),
        ("a list under a bar", r"66\overline{hm; 3}"),
        (
            "words joined in braces between bars",
            r"|{cm \text{ and } 2}|",
        ),
        ("a ratio in braces between bars", r"|{a:b}|"),
        ("a ratio in braces in a ratio", r"a:{b:c}"),
        ("a ratio in braces in a set", r"\{{6d:3}\}"),
        ("a ratio under a limit", r"\lim_u{i:b}"),
        ("an inequality in an inequality", r"[>{<w}"),
        ("a list in an inequality", r"nd>{\text{a} or t}"),
        (
            "a sign of relation at the start of a cell",
            r"\begin{cases}2x&0\\1,.<5&n",
        ),
        ("if, alone", r"\begin{cases}2x&0\\2p&if"),
        ("and, alone in braces", r"2; {and {r"),
        ("a mixed number over a power", r"1 20/2^A"),
        ("a mixed number over a percentage", r"5 3/4\%e"),
        ("a star in a fraction", r"a\dfrac * H"),
        ("a star among sets", r"N\mathbb *-N"),
        ("a star behind a sign", r"x**-*M"),
        ("several stars in a name", r"m_\text{j**1}"),
        ("points in a name", r"d_{A.M\.M}"),
        ("dollars in words", "\"unc$d \n b  e\""),
        ("an ordinal mark above, apart", r"0 ^th 2"),
        ("a letter of the list that is a unit", "7 or in 5"),
        ("a prime behind a bracket", "(c)'"),
        ("a primed E in plain notation", "4-4*E'"),
        ("micrometres in words", r"2\text{vot μm}"),
        ("a star before a unit", r"2\text{ *m}"),
        ("a point before a noun", r"u\text{n . mu}"),
        ("a letter of a number set with a number below", r"aR_{33}"),
        ("a matrix behind an integral", r"\int\begin{array}{cc}d&m"),
        ("a set behind an integral", r"\int_A\{d:x>1\}"),
        ("a differential in words", r"\int\text{e{frac{dxx}e}dx}"),
        ("a list in a list in braces", r"{5,{5,1;m"),
        ("a percentage of a percentage behind a number", "0½%%"),
        (
            "a function in quotation marks with a subscript",
            "\"cos\"_{0c}",
        ),
        ("a ratio and a list in braces", "{T:u;1,2}"),
        ("one letter of three bytes behind a number", "4c ₚ"),
        ("commands in quotation marks", "\"\\max 0\""),
        (
            "a form feed at the start of words",
            "\u{c}(\\mathbb{R}ight\\\\beginY",
        ),
        (
            "an accent on the variable of an integral",
            r"\int_0 n\,d\vec{x}",
        ),
        ("an ellipsis in a cell", r"\begin{pmatrix}...&B"),
        ("a union in braces in a union", r"U\cup{A\cup B}"),
        ("a condition of a set under P", r"P(0,\{x|a\}"),
        ("what only begins like a differential", "dp a/dp"),
        ("a comma set as text", r"(4! \text{,} \text{ ,}y"),
        ("a digit in quotation marks with a subscript", "\"0\"_:8"),
        ("a bracket in quotation marks", "t[\"]$\"2"),
        (
            "a matrix without rows behind an integral",
            r"\int\begin{pmatrix}",
        ),
        ("a comma as a subscript", "I_, and"),
        (
            "a comma in a subscript that nothing closes",
            "0h1,mssum_{,{{",
        ),
        (
            "a control character before a letter in quotes",
            "(5s\\ \"\u{10}P\"[S",
        ),
        ("a list of one relation as an array", "array([x>2"),
        ("a sign of dollars in quotes behind letters", r#"dg"t$"9"#),
        ("a factorial of what is written as a time of day", "a.m!"),
        ("the name of a function in quotes", r#"4("cos" or b)"#),
        ("pi over a numeral behind a function", r"\log_6\pi/5{al"),
        ("a command among quoted words", r#">a"nd\cap/n""#),
        (
            "a colon behind what an element is drawn from",
            r"\{x\in\mathbb{RaA: ots",
        ),
        (
            "a condition in brackets under a binomial",
            r"\binom{R}{(2<w)}",
        ),
        ("the remainder of nothing, negated", r"-mod(a"),
        ("an ordinal whose brace is open", "[5^{\u{10}th"),
        ("words with a Greek letter", "<t<hµ"),
        ("a dollar sign in quotes", "\"\0$\""),
        ("words apart by ties behind a number", "1\"way~at~least\""),
        ("I as a subscript of itself", "4I_{\u{18}I"),
        (
            "a comma and a multiplication sign behind a unit",
            "1 \"kg [, \\cdot\"",
        ),
        ("letters per what is no unit", "dx=yd1 per \\gcd(1"),
        (
            "a comma before a prime in a subscript",
            r"2u{n{n**m**m_{f\ove2rline{_\t{,'",
        ),
        (
            "E before brackets within brackets",
            r"4(-E(E E E E_{10} \cdot lntE[n and n",
        ),
        (
            "a multiplication sign behind a unit",
            r"9\text{tanL \cdot}s",
        ),
        ("a masculine ordinal sign in words", r"\text{*_8I!ºI}"),
        ("a set of ratios", r"{\{12:30, v\}:v}"),
        ("a ratio of letters in a list in braces", r"{a:b, c}"),
        ("a star as an exponent before a factor", r"2^* * m"),
        ("a relation in an alphabet", r"\{x\in\mathbb{R=a}\}"),
        ("a ratio in braces as a factor", r"{1:2}x"),
        ("a star as an exponent", "x^*"),
        ("text as an exponent", r"e^\text{two}"),
        ("a factorial of a remainder", r"(a \bmod b)!"),
        ("a remainder of a factorial", r"a! \bmod b"),
        (
            "a digit behind what a name loses",
            "1w\\vec{\0.n.1\u{3}\0\0\0\0",
        ),
        ("a list in a logarithm without a base", "log[e, a; e : e"),
        (
            "a ratio of a name with an index in a list in a set",
            "Z[v({a12:30, l; 70, d}",
        ),
        ("a currency in quotation marks", "\"$\\text{ cm 2^\"[3"),
        ("points with digits and an index", r"\angle B20 * A_{20}"),
        ("a conjunction as a factor", "4(a or \"sco\" q!)"),
        ("a bracket in a subscript", r"(<f_{s\it{int(or}}"),
    ] {
        let expr = grouped(text).unwrap();
        assert_eq!(lost(&expr), None, "{name}: {text}");
    }
}

/// In the notation of sympy `E` is a number of its own, but not inside a numeral.
#[test]
fn a_digit_e_reads_back() {
    let numeral = Expr::Based("E1".into(), 16);
    let expr = Expr::Product(vec![Expr::Pi, numeral]);
    assert_eq!(lost(&expr), None);
}

fn number() -> impl Strategy<Value = Expr> {
    let text = prop_oneof![
        "[0-9]{1,6}",
        "[0-9]{0,3}\\.[0-9]{1,5}",
        "[1-9]e-?[0-9]{1,2}"
    ];
    let repeating = ("[0-9]{1,2}\\.[0-9]{0,3}", "[0-9]{1,6}");
    prop_oneof![
        4 => text.prop_map(|text| Expr::Number(Number::read(&text).unwrap())),
        1 => repeating.prop_map(|(a, b)| Expr::Number(Number::repeating(&a, &b).unwrap())),
    ]
}

fn leaf() -> impl Strategy<Value = Expr> {
    let symbols = [
        "x",
        "y",
        "n",
        "e",
        "i",
        "z'",
        "a_1",
        "a_{12}",
        "x_max",
        "\\alpha",
        "\\theta_2",
        "vec v",
        "\\ell",
    ];
    let symbols = symbols.map(|name| Expr::Symbol(name.replace(['{', '}'], "")));
    prop_oneof![
        4 => number(),
        4 => prop::sample::select(symbols.to_vec()),
        1 => Just(Expr::Pi),
        1 => Just(Expr::Infinity),
        1 => prop::sample::select(vec!["AB", "kx", "dogs"]).prop_map(|w| Expr::Word(w.into())),
        1 => ("[1-9A-F]{1,4}", 16_u32..17).prop_map(|(digits, base)| Expr::Based(digits, base)),
    ]
}

fn pair<S>(inner: S) -> impl Strategy<Value = Box<(Expr, Expr)>>
where
    S: Strategy<Value = Expr> + Clone,
{
    (inner.clone(), inner).prop_map(Box::new)
}

/// A number or function, as reading builds it.
fn scalar() -> impl Strategy<Value = Expr> + Clone {
    use Operation::*;
    let functions = prop::sample::select(vec![
        Sin,
        Acos,
        Sinh,
        Asinh,
        Sech,
        Ln,
        Exp,
        Abs,
        Floor,
        Ceil,
        Factorial,
        DoubleFactorial,
        Re,
        Sign,
        Cis,
    ]);
    let binary = prop::sample::select(vec![Log, Binomial, Gcd, Lcm, Max, Min, Mod]);
    leaf().prop_recursive(5, 40, 3, move |inner| {
        let sign = prop::sample::select(vec![
            crate::expr::Sign::Plus,
            crate::expr::Sign::Minus,
            crate::expr::Sign::PlusMinus,
        ]);
        let several = prop::collection::vec(inner.clone(), 2..4);
        let many = prop::collection::vec((sign, inner.clone()), 2..4);
        let items = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            many.prop_map(|terms| Expr::Sum(first_plus(terms))),
            inner.clone().prop_map(minus),
            several.prop_map(Expr::Product),
            pair(inner.clone()).prop_map(Expr::Quotient),
            pair(inner.clone()).prop_map(Expr::Power),
            pair(inner.clone()).prop_map(Expr::Root),
            (functions.clone(), inner.clone()).prop_map(|(f, x)| Expr::Call(f, vec![x])),
            (binary.clone(), pair(inner.clone())).prop_map(|(f, p)| Expr::Call(f, vec![p.0, p.1])),
            items.prop_map(|items| Expr::Apply("f".into(), items)),
            inner.clone().prop_map(|x| Expr::Percent(Box::new(x))),
            inner.clone().prop_map(|x| Expr::Degrees(Box::new(x))),
            (
                number(),
                prop::sample::select(vec!["cm", "m/s^2", "apples", "/hour", "$", "°C"])
            )
                .prop_map(|(x, unit)| Expr::Quantity(Box::new(x), unit.into())),
            // That of a letter alone is a name.
            inner.clone().prop_filter_map("a letter", |body| {
                (!matches!(body, Expr::Symbol(_))).then(|| {
                    Expr::Big(Box::new(Big {
                        operator: BigOperator::Derivative,
                        variable: Some("x".into()),
                        lower: None,
                        upper: None,
                        body,
                    }))
                })
            }),
            (inner.clone(), inner.clone(), inner).prop_map(|(lower, upper, body)| {
                Expr::Big(Box::new(Big {
                    operator: BigOperator::Sum,
                    variable: Some("k".into()),
                    lower: Some(lower),
                    upper: Some(upper),
                    body,
                }))
            }),
        ]
    })
}

fn first_plus(mut terms: Vec<(Sign, Expr)>) -> Vec<(Sign, Expr)> {
    if let Some(first) = terms.first_mut() {
        first.0 = Sign::Plus;
    }
    terms
}

fn minus(term: Expr) -> Expr {
    Expr::Sum(vec![(Sign::Minus, term)])
}

/// A whole answer.
fn answer() -> impl Strategy<Value = Expr> {
    let scalars = || prop::collection::vec(scalar(), 2..4);
    let bracket = || prop::sample::select(vec![Bracket::Round, Bracket::Square]);
    let relation = || {
        prop::sample::select(vec![
            Relation::Equal,
            Relation::LessEqual,
            Relation::Greater,
            Relation::NotEqual,
        ])
    };
    let related = || {
        (scalar(), relation(), scalar())
            .prop_map(|(a, relation, b)| Expr::Relation(vec![a, b], vec![relation]))
    };
    prop_oneof![
        4 => scalar(),
        1 => related(),
        1 => (bracket(), scalars(), bracket()).prop_map(|(a, items, b)| Expr::Group(a, items, b)),
        1 => scalars().prop_map(|items| Expr::Group(Bracket::Curly, items, Bracket::Curly)),
        1 => scalars().prop_map(|items| Expr::List(items, Connective::Comma)),
        1 => scalars().prop_map(|items| Expr::List(items, Connective::Or)),
        1 => prop::collection::vec(scalars(), 1..3).prop_map(Expr::Matrix),
        1 => prop::collection::vec(related(), 2..3).prop_map(Expr::System),
        1 => (scalars(), scalars()).prop_map(|(a, b)| Expr::SetOperation(
            SetOperation::Union,
            vec![
                Expr::Group(Bracket::Round, a, Bracket::Round),
                Expr::Group(Bracket::Curly, b, Bracket::Curly),
            ],
        )),
        1 => (leaf(), related()).prop_map(|(x, condition)| {
            Expr::SetBuilder(Box::new((x, condition)))
        }),
        1 => "[a-z]{2,6}( [a-z]{2,6}){0,3}".prop_map(Expr::Text),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn generated_trees_read_back(expr in answer()) {
        let lost = lost(&expr);
        prop_assert!(lost.is_none(), "{}", lost.unwrap_or_default());
    }
}
