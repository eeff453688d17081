//! Equality as a relation: symmetric and reflexive in `default`, in `strict` transitive, too. Checked
//! on every pair and triple of generated answers, and of the labelled cases of one kind.

use resit::grade::{Decision, Grader, Policy, Reason};
use resit_tests::cases::{self, Given};
use std::collections::{BTreeMap, BTreeSet};

/// Values in several spellings, and forms around them.
fn generated() -> Vec<String> {
    const VALUES: [&str; 16] = [
        "1",
        "2",
        "-2",
        "0.5",
        r"\frac12",
        "2/4",
        r"50\%",
        "50",
        r"\sqrt{4}",
        r"\sqrt{2}",
        "2^{1/2}",
        "1.41421356",
        "x",
        "2x",
        "x+x",
        r"\pi",
    ];
    const FORMS: [(&str, &str); 16] = [
        ("", ""),
        ("(", ")"),
        (r"\{", r"\}"),
        ("x=", ""),
        ("y=", ""),
        ("f(x)=", ""),
        ("", r"\text{ cm}"),
        ("", r"\text{ m}"),
        ("", r"^\circ"),
        ("(", ",3)"),
        ("[", ",3]"),
        ("3,", ""),
        ("", ",3"),
        (r"\pm", ""),
        ("t<", ""),
        (r"\begin{pmatrix}", r"\\3\end{pmatrix}"),
    ];
    let around = |value: &str| FORMS.map(|(before, after)| format!("{before}{value}{after}"));
    VALUES.iter().flat_map(|value| around(value)).collect()
}

/// The texts of the labelled cases, by kind.
fn labelled() -> BTreeMap<String, Vec<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in cases::all() {
        if let Given::Answer(answer) = case.given {
            let kind = texts.entry(case.kind).or_default();
            kind.insert(case.reference);
            kind.insert(answer);
        }
    }
    let list = |(kind, texts): (String, BTreeSet<String>)| (kind, texts.into_iter().collect());
    texts.into_iter().map(list).collect()
}

/// The decisions on all pairs; each must be that on the pair in the other order.
fn decisions(grader: &Grader, texts: &[String]) -> Vec<Vec<Decision>> {
    let row = |reference: &String| {
        let reference = grader.prepare(reference);
        let grade = |answer: &String| grader.grade_prepared(&reference, answer).decision;
        texts.iter().map(grade).collect()
    };
    let table: Vec<Vec<Decision>> = texts.iter().map(row).collect();
    for (i, a) in texts.iter().enumerate() {
        for (j, b) in texts.iter().enumerate() {
            assert_eq!(table[i][j], table[j][i], "{a} and {b}");
        }
    }
    table
}

/// What has no value, or contradicts itself, is no answer, and equals nothing.
fn assert_reflexive(grader: &Grader, text: &str) {
    let verdict = grader.grade(text, text);
    let no_answer = matches!(
        verdict.reason,
        Reason::Undefined | Reason::ChainDisagrees | Reason::EmptyReference | Reason::LimitReached
    );
    assert!(
        verdict.correct() || no_answer,
        "{text}: {:?}",
        verdict.reason
    );
}

/// Triples a = b = c of which a and c differ.
fn broken(texts: &[String], table: &[Vec<Decision>]) -> Vec<String> {
    let equal_to = |i: usize| (0..texts.len()).filter(move |j| table[i][*j] == Decision::Equal);
    let mut broken = Vec::new();
    for b in 0..texts.len() {
        for a in equal_to(b) {
            for c in equal_to(b).filter(|c| a < *c && table[a][*c] == Decision::Different) {
                broken.push(
                    [&texts[a], &texts[b], &texts[c]]
                        .map(String::as_str)
                        .join(" = "),
                );
            }
        }
    }
    broken
}

#[test]
fn default_is_symmetric_and_reflexive() {
    let grader = Grader::default();
    for texts in labelled().into_values().chain([generated()]) {
        decisions(&grader, &texts);
        texts
            .iter()
            .for_each(|text| assert_reflexive(&grader, text));
    }
}

#[test]
fn strict_is_an_equivalence_relation() {
    let grader = Grader::new(Policy::strict());
    let mut found = Vec::new();
    for texts in labelled().into_values().chain([generated()]) {
        let table = decisions(&grader, &texts);
        texts
            .iter()
            .for_each(|text| assert_reflexive(&grader, text));
        found.extend(broken(&texts, &table));
    }
    assert!(found.is_empty(), "{found:#?}");
}
