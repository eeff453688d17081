//! What the fuzz targets check, as functions of an input's bytes: a panic is a find.
//!
//! The first byte of an input names the policy. Then follow the reference, the byte 0xFF, which is in
//! no UTF-8 text, and the answer; `print` takes one text alone. A text that is not UTF-8 has U+FFFD in
//! place of what is wrong.

use std::borrow::Cow;

use resit::Limits;
use resit::extract::{Detector, Extraction};
use resit::grade::{Grader, POLICIES, Policy, Reason, Verdict, stages};

/// The byte between reference and answer.
pub const SEPARATOR: u8 = 0xFF;

/// A policy, a reference and an answer.
struct Input<'a> {
    grader: Grader,
    reference: Cow<'a, str>,
    answer: Cow<'a, str>,
}

/// The input that stands for grading `answer` against `reference` under a policy of [`POLICIES`].
pub fn encode(policy: &str, reference: &str, answer: &str) -> Vec<u8> {
    let index = POLICIES.iter().position(|name| *name == policy);
    let digit = b'0' + index.unwrap_or_default() as u8;
    let mut bytes = vec![digit];
    bytes.extend(reference.as_bytes());
    bytes.push(SEPARATOR);
    bytes.extend(answer.as_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<Input<'_>> {
    let (first, rest) = bytes.split_first()?;
    let at = rest.iter().position(|byte| *byte == SEPARATOR)?;
    let name = POLICIES[usize::from(*first) % POLICIES.len()];
    Some(Input {
        grader: Grader::new(Policy::named(name)?),
        reference: String::from_utf8_lossy(&rest[..at]),
        answer: String::from_utf8_lossy(&rest[at + 1..]),
    })
}

/// Grading as an answer and as a response, and reading the response in pieces.
///
/// # Panics
/// Where the grader does, where two runs differ, where a verdict costs more than its policy allows, or
/// where the detector and the extraction of boxes disagree on a response.
pub fn grade(bytes: &[u8]) {
    let Some(input) = decode(bytes) else { return };
    let reference = input.grader.prepare(&input.reference);
    let verdict = input.grader.grade_prepared(&reference, &input.answer);
    let again = input.grader.grade(&input.reference, &input.answer);
    assert_eq!(
        verdict, again,
        "a verdict depends on what was graded before"
    );
    let limit = input.grader.policy().limits.fuel;
    assert!(verdict.steps <= limit, "{} of {limit}", verdict.steps);
    input
        .grader
        .grade_response_prepared(&reference, &input.answer);

    let whole = Extraction::Boxed.extract(&input.answer);
    let mut detector = Detector::new();
    let mut found = None;
    for (at, c) in input.answer.char_indices() {
        found = detector.push(&input.answer[at..at + c.len_utf8()]);
    }
    assert_eq!(found.is_some(), whole.formatted, "detector and extraction");
}

/// Exchanging the sides changes neither the decision, nor why, nor what it takes.
///
/// # Panics
/// Where it does.
pub fn symmetric(bytes: &[u8]) {
    let Some(input) = decode(bytes) else { return };
    let (a, b) = (&input.reference, &input.answer);
    let (there, back) = (input.grader.grade(a, b), input.grader.grade(b, a));
    let said = |verdict: &Verdict| {
        let reason = match verdict.reason {
            Reason::EmptyReference => Reason::NoAnswer,
            reason => reason,
        };
        (verdict.decision, verdict.method, reason, verdict.steps)
    };
    assert_eq!(
        said(&there),
        said(&back),
        "{a:?} against {b:?}: {there:?}, {back:?}"
    );
}

/// Multiplication signs and brackets that printing puts in make a text longer and nest it deeper.
const PRINTED: Limits = Limits {
    length: 1 << 20,
    depth: 512,
    fuel: 0,
};

/// What is printed, in LaTeX and in plain notation, reads back as what was read.
///
/// # Panics
/// Where it does not.
pub fn print(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(parsed) = stages::parse(&text, &Limits::default()) else {
        return;
    };
    // What the limits keep from being read is words, and not read again as words without them.
    if stages::parse(&text, &PRINTED).as_ref() != Some(&parsed) {
        return;
    }
    for spelling in parsed.spellings() {
        let back = stages::parse(&spelling, &PRINTED);
        assert_eq!(
            back.as_ref(),
            Some(&parsed),
            "{text:?} printed as {spelling:?}"
        );
    }
}
