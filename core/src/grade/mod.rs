//! Whether an answer equals a reference, and why.
//!
//! ```
//! use resit::grade::{Decision, Reason};
//!
//! let verdict = resit::grade(r"\frac{1}{2}", "0.5");
//! assert!(verdict.correct());
//!
//! let verdict = resit::grade(r"\frac{1}{3}", "0.3");
//! assert_eq!(verdict.decision, Decision::Different);
//! assert_eq!(verdict.reason, Reason::ValueDiffers);
//! ```
//!
//! # Kinds of answers
//!
//! Each line below has a reference, an answer that equals it, and one that does not.
//!
//! Numbers: integers, fractions, decimals, other bases, constants.
//!
//! ```
//! for (reference, equal, different) in [
//!     ("1,000", "1000", "1,001"),
//!     (r"\frac{3}{4}", "0.75", "0.7"),
//!     (r"3\frac12", "7/2", "3/2"),
//!     (r"0.\overline{3}", r"\frac13", "0.333"),
//!     (r"6.02\times10^{23}", "6.02e23", r"6.02\times10^{22}"),
//!     (r"\sqrt2", "1.41421356", "1.414"),
//!     ("1011_2", "1011_{2}", "1011"),
//!     (r"\sqrt{5+2\sqrt6}", r"\sqrt2+\sqrt3", r"\sqrt2+\sqrt5"),
//!     ("3+2i", "2i + 3", "3-2i"),
//!     ("2^{100}", "2**100", "2^{101}"),
//! ] {
//!     assert!(resit::grade(reference, equal).correct(), "{equal}");
//!     assert!(!resit::grade(reference, different).correct(), "{different}");
//! }
//! ```
//!
//! Expressions and functions, with their sums, integrals and limits.
//!
//! ```
//! for (reference, equal, different) in [
//!     ("(x+1)^2", "x^2 + 2x + 1", "x^2 + 1"),
//!     (r"\frac{x^2-1}{x-1}", "x+1", "x-1"),
//!     (r"\sin 2x", r"2\sin x\cos x", r"2\sin x"),
//!     (r"\sqrt{x^2}", "|x|", "x"),
//!     (r"\binom{n}{2}", r"\frac{n(n-1)}{2}", r"\frac{n(n+1)}{2}"),
//!     (r"\sum_{k=1}^n k", r"\frac{n(n+1)}{2}", "n^2"),
//!     (r"\int_0^1 x^2\,dx", r"\frac13", r"\frac12"),
//!     (r"\frac{x^2}{2} + C", r"C + x^2/2", "x^2 + C"),
//!     ("f(x) = 2x", "2x", "g(x) = 2x"),
//! ] {
//!     assert!(resit::grade(reference, equal).correct(), "{equal}");
//!     assert!(!resit::grade(reference, different).correct(), "{different}");
//! }
//! ```
//!
//! Equations, inequalities, intervals and sets.
//!
//! ```
//! for (reference, equal, different) in [
//!     ("x = 5", "5", "y = 5"),
//!     ("x + y = 1", "2x + 2y = 2", "x + y = 2"),
//!     ("x > 2", r"(2, \infty)", r"[2, \infty)"),
//!     ("1 < x < 2", "(1, 2)", "1 < x"),
//!     (r"(-\infty, 1) \cup (1, \infty)", r"x \ne 1", r"\mathbb{R}"),
//!     (r"\{1, 2\}", r"\{2, 1, 1\}", "(1, 2)"),
//!     (r"\{x \mid x > 2\}", r"(2, \infty)", r"\{2\}"),
//!     (r"x \equiv 2 \pmod 5", r"x \equiv 7 \pmod 5", r"x \equiv 3 \pmod 5"),
//! ] {
//!     assert!(resit::grade(reference, equal).correct(), "{equal}");
//!     assert!(!resit::grade(reference, different).correct(), "{different}");
//! }
//! ```
//!
//! Several values: lists, points, vectors, matrices, ratios.
//!
//! ```
//! for (reference, equal, different) in [
//!     ("1, 2", "2 and 1", "1, 2, 2"),
//!     (r"\pm 3", "3, -3", "3"),
//!     ("(1, 2)", "(1, 2)", "(2, 1)"),
//!     (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "(1, 2)", "(2, 1)"),
//!     (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "[[1, 2], [3, 4]]", "[[1, 3], [2, 4]]"),
//!     ("2:3", "4:6", "3:2"),
//!     (r"1, 2, \ldots, n", r"1, 2, 3, \ldots, n", r"1, 3, \ldots, 2n-1"),
//! ] {
//!     assert!(resit::grade(reference, equal).correct(), "{equal}");
//!     assert!(!resit::grade(reference, different).correct(), "{different}");
//! }
//! ```
//!
//! Quantities, dates and times, choices and words.
//!
//! ```
//! for (reference, equal, different) in [
//!     (r"5\text{ cm}", "50 mm", "5 m"),
//!     (r"\$12.50", "12.50 dollars", "12.05"),
//!     (r"50\%", "0.5", "5"),
//!     (r"90^\circ", r"\frac{\pi}{2}", r"\pi"),
//!     ("3:30 p.m.", "15:30", "3:30 a.m."),
//!     ("March 4, 2024", "4 March 2024", "March 5, 2024"),
//!     (r"\text{(B)}", "B", "C"),
//!     (r"\text{Even}", "even", "odd"),
//!     ("no solution", r"\emptyset", "0"),
//! ] {
//!     assert!(resit::grade(reference, equal).correct(), "{equal}");
//!     assert!(!resit::grade(reference, different).correct(), "{different}");
//! }
//! ```

mod arbitrary;
mod batch;
mod compare;
mod date;
mod derivative;
mod explain;
mod form;
mod items;
mod judge;
mod outcome;
mod policy;
mod relation;
mod requirement;
mod scalar;
mod spoken;
#[cfg(feature = "stages")]
#[doc(hidden)]
pub mod stages;
mod text;
mod verdict;

pub use batch::batch;
pub use explain::{Explanation, Reading, Side};
pub use form::Form;
pub use policy::{Brackets, Conventions, Lists, POLICIES, Policy, Rounding, Spelling, Units};
pub use requirement::Requirement;
pub use verdict::{Decision, Method, Reason, Verdict};

use crate::canon::lower::lower;
use crate::canon::sign::independent;
use crate::canon::unqualified;
use crate::canon::value::{Measure, Value};
use crate::every::every;
use crate::expr::factors;
use crate::expr::{Bracket, Expr, Relation};
use crate::extract::given;
use crate::latex::read;
use crate::limits::Fuel;
use alloc::string::String;
use alloc::vec::Vec;
use judge::Judge;
use outcome::Outcome;

/// The parts of the fuel: one to find out what each side is, the others to compare them.
const PARTS: u64 = 5;
const READING: u64 = 1;
const COMPARING: u64 = PARTS - 2 * READING;

/// Grades `answer` against `reference` under the default [`Policy`].
///
/// Either may be a bare answer, or one in dollars or a box; [the module](mod@crate::grade) has an example of
/// each kind of answer. [`Grader`] takes another policy, a reference for many answers, and a model's
/// whole output.
///
/// ```
/// assert!(resit::grade(r"\boxed{\frac12}", "0.5").correct());
/// assert!(!resit::grade("12", "21").correct());
/// ```
pub fn grade(reference: &str, answer: &str) -> Verdict {
    Grader::default().grade(reference, answer)
}

/// Grades answers under one policy.
///
/// ```
/// use resit::{Grader, Policy};
///
/// let grader = Grader::new(Policy::strict());
/// let reference = grader.prepare("5");
/// assert!(grader.grade_prepared(&reference, "10/2").correct());
/// assert!(!grader.grade_prepared(&reference, r"5\text{ cm}").correct());
///
/// let response = r"<think>Is it \boxed{6}?</think>So $x = \boxed{5}$.";
/// assert!(grader.grade_response_prepared(&reference, response).correct());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Grader {
    policy: Policy,
}

/// A reference that was read once, for many answers.
#[derive(Clone, Debug)]
pub struct Reference {
    answer: Answer,
}

impl Reference {
    /// What it was read as.
    pub fn form(&self) -> Form {
        let readings = self.answer.readings.iter();
        Form::of(&self.answer.text, readings.map(|(_, value)| value))
    }

    /// Whether nothing is written that an answer could equal.
    pub fn is_empty(&self) -> bool {
        self.answer.readings.is_empty()
    }
}

impl Grader {
    /// A grader that follows `policy`.
    pub fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// The policy that this grader follows.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Reads a reference: an answer, in any wrapping, or a whole solution that ends in one.
    pub fn prepare(&self, reference: &str) -> Reference {
        Reference {
            answer: self.read(&given(reference).answers),
        }
    }

    /// Grades an answer that is already extracted.
    pub fn grade(&self, reference: &str, answer: &str) -> Verdict {
        self.grade_prepared(&self.prepare(reference), answer)
    }

    /// [`grade`](Self::grade) with a prepared reference.
    pub fn grade_prepared(&self, reference: &Reference, answer: &str) -> Verdict {
        self.verdict(reference, &given(answer).answers, true)
    }

    /// Extracts the answer from a model's whole output, and grades it.
    pub fn grade_response(&self, reference: &str, response: &str) -> Verdict {
        self.grade_response_prepared(&self.prepare(reference), response)
    }

    /// [`grade_response`](Self::grade_response) with a prepared reference.
    pub fn grade_response_prepared(&self, reference: &Reference, response: &str) -> Verdict {
        let extracted = self.policy.extraction.extract(response);
        match extracted.measured() {
            Some(answer) => self.verdict(reference, &[&answer], extracted.formatted),
            None => self.verdict(reference, &extracted.answers, extracted.formatted),
        }
    }

    fn verdict(&self, reference: &Reference, answers: &[&str], formatted: bool) -> Verdict {
        let read;
        let answer = if reference.answer.is_written(answers) {
            &reference.answer
        } else {
            read = self.read(answers);
            &read
        };
        let extracted = (!answer.readings.is_empty()).then(|| answer.text.clone());
        let nothing = |reason| Outcome {
            decision: Decision::Different,
            method: Method::None,
            reason,
        };
        let limits = &self.policy.limits;
        let mut judge = Judge {
            fuel: Fuel::parts(limits, COMPARING, PARTS),
            conventions: &self.policy.conventions,
            in_chain: false,
        };
        let outcome = if reference.is_empty() {
            nothing(Reason::EmptyReference)
        } else if answer.readings.is_empty() {
            nothing(Reason::NoAnswer)
        } else {
            let outcome = compare_answers(&reference.answer, answer, &mut judge);
            match self.policy.requirement {
                Some(form) if outcome.is_equal() => {
                    form.judge(outcome, answers, limits, &mut judge.fuel)
                }
                _ => outcome,
            }
        };
        Verdict {
            decision: outcome.decision,
            method: outcome.method,
            reason: outcome.reason,
            formatted,
            extracted,
            steps: reference.answer.steps + answer.steps + judge.fuel.spent(),
        }
    }

    /// Several members are a list of their values. Each side has an account of its own, a part of
    /// what a verdict may cost, so that the order of the sides makes no difference.
    fn read(&self, members: &[&str]) -> Answer {
        let limits = &self.policy.limits;
        let fuel = &mut Fuel::parts(limits, READING, PARTS);
        let readings = match members {
            [only] => read(only, limits).map_or_else(Vec::new, |readings| {
                let mut values = Vec::with_capacity(1);
                values.push((Meaning::Grouped, lower(&readings.grouped, fuel)));
                let separated = readings.separated.map(|expr| lower(&expr, fuel));
                values.extend(separated.map(|value| (Meaning::Separated, value)));
                let decimal = readings.decimal.map(|expr| lower(&expr, fuel));
                values.extend(decimal.map(|value| (Meaning::Decimal, value)));
                let signs = independent(&readings.grouped).map(|expr| lower(&expr, fuel));
                values.extend(signs.map(|value| (Meaning::Grouped, value)));
                let plain = unqualified(&readings.grouped).map(|expr| lower(&expr, fuel));
                values.extend(plain.map(|value| (Meaning::Grouped, value)));
                let point = as_point(&readings.grouped).map(|expr| lower(&expr, fuel));
                values.extend(point.map(|value| (Meaning::Grouped, value)));
                let counted = spoken::in_digits(only).and_then(|text| read(&text, limits));
                let counted = counted.map(|readings| lower(&readings.grouped, fuel));
                values.extend(counted.map(|value| (Meaning::Grouped, value)));
                let applied = only.contains('(').then(|| factors(&readings.grouped));
                let factors = applied.flatten().map(|expr| lower(&expr, fuel));
                values.extend(factors.map(|value| (Meaning::Factors, value)));
                let twice = spoken::numeral_beside_words(only).and_then(|n| read(n, limits));
                let twice = twice.map(|readings| lower(&readings.grouped, fuel));
                values.extend(twice.map(|value| (Meaning::Grouped, value)));
                let said = text::said_by_choice(only).and_then(|said| read(&said, limits));
                let said = said.map(|readings| lower(&readings.grouped, fuel));
                values.extend(said.map(|value| (Meaning::Said, value)));
                // A day of the calendar is nothing else.
                if let Some(date) = date::read(only) {
                    values.insert(0, (Meaning::Grouped, Value::Date(date)));
                }
                values
            }),
            members => {
                let readings = members.iter().filter_map(|member| read(member, limits));
                let values: Vec<Value> = readings.map(|r| lower(&r.grouped, fuel)).collect();
                let list = (!values.is_empty()).then_some((Meaning::Grouped, Value::List(values)));
                Vec::from_iter(list)
            }
        };
        // Punctuation alone says nothing.
        let says = |(_, value): &(Meaning, Value)| match value {
            Value::Text(words) => words
                .chars()
                .any(|c| !c.is_ascii_punctuation() && !c.is_whitespace()),
            _ => true,
        };
        let readings = if readings.iter().any(says) {
            readings
        } else {
            Vec::new()
        };
        Answer {
            text: members.join(", "),
            joined: members.len() > 1,
            readings,
            steps: fuel.spent(),
        }
    }
}

/// A point that has a name, `A(3, 4)`, as `A = (3, 4)`. C counts ways, F and G are functions, and N and U
/// distributions.
fn as_point(expr: &Expr) -> Option<Expr> {
    match expr {
        Expr::Apply(name, coordinates)
            if matches!(name.as_bytes(), [b'A'..=b'Z'])
                && !matches!(name.as_str(), "C" | "F" | "G" | "N" | "U")
                && (2..=3).contains(&coordinates.len()) =>
        {
            let point = Expr::Group(Bracket::Round, coordinates.clone(), Bracket::Round);
            let operands = [Expr::Symbol(name.clone()), point].into();
            Some(Expr::Relation(operands, [Relation::Equal].into()))
        }
        Expr::List(items, connective) => {
            Some(Expr::List(every(items, &mut as_point)?, *connective))
        }
        _ => None,
    }
}

/// An answer as read: its text, and its values in the order in which they are tried.
#[derive(Clone, Debug)]
struct Answer {
    text: String,
    /// Whether it is several answers that a sentence joins.
    joined: bool,
    readings: Vec<(Meaning, Value)>,
    /// What it took to read it.
    steps: u64,
}

impl Answer {
    /// Whether `answers` are what it was read from, so that they need not be read again.
    fn is_written(&self, answers: &[&str]) -> bool {
        !self.joined && answers == [self.text.as_str()]
    }

    /// Whether its first reading is one number.
    fn is_number(&self) -> bool {
        matches!(self.readings.first(), Some((_, Value::Scalar(_))))
    }
}

/// What is left open in an answer was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Grouped,
    Separated,
    Decimal,
    /// What a choice says behind its letter is the answer.
    Said,
    /// A letter before brackets, which usually names a function, is a factor.
    Factors,
}

/// Answers that a sentence joins, and that all equal the other side, say the same in several ways.
fn same_throughout(
    (a, reference): (&Value, &Answer),
    (b, answer): (&Value, &Answer),
    judge: &mut Judge,
) -> Outcome {
    let sides = [(a, reference, b), (b, answer, a)];
    let joined = sides.iter().find_map(|(value, side, other)| match value {
        Value::List(members) if side.joined => Some((members, other)),
        _ => None,
    });
    let Some((members, other)) = joined else {
        return Outcome::unlike(Reason::CountDiffers);
    };
    let equal = Outcome::equal(Method::Identical);
    members.iter().fold(equal, |all, member| {
        all.and(|| compare::compare(other, member, judge))
    })
}

/// The first pair of readings that is equal decides; if none is, the first pair does.
///
/// The sides are put in an order of their own, so that exchanging them changes nothing: neither what
/// comes before the limit is reached, nor what it takes.
fn compare_answers(reference: &Answer, answer: &Answer, judge: &mut Judge) -> Outcome {
    let (left, right) = match answer.text < reference.text {
        true => (answer, reference),
        false => (reference, answer),
    };
    let mut first = None;
    // Which of several readings is meant may only depend on the other side by convention.
    let most = if judge.conventions.kinds {
        usize::MAX
    } else {
        1
    };
    for (meaning, a) in left.readings.iter().take(most) {
        for (other_meaning, b) in right.readings.iter().take(most) {
            // Two numbers that might be lists are numbers.
            let separated = (*meaning, *other_meaning) == (Meaning::Separated, Meaning::Separated);
            if separated && left.is_number() && right.is_number() {
                continue;
            }
            // That such a letter is a factor, the other side has to show.
            if (*meaning, *other_meaning) == (Meaning::Factors, Meaning::Factors) {
                continue;
            }
            // Two choices are told by their letters.
            let said = *meaning == Meaning::Said && text::holds_choice(&right.text)
                || *other_meaning == Meaning::Said && text::holds_choice(&left.text);
            if said {
                continue;
            }
            // A decimal comma is one only where the other side is that decimal, or a group of them.
            let decimal = *meaning == Meaning::Decimal || *other_meaning == Meaning::Decimal;
            let scalars = matches!(
                (a, b),
                (Value::Scalar(_), Value::Scalar(_)) | (Value::Group(..), Value::Group(..))
            );
            if decimal && !scalars {
                continue;
            }
            let outcome =
                compare::compare(a, b, judge).or(|| same_throughout((a, left), (b, right), judge));
            if outcome.is_equal() {
                return outcome;
            }
            first.get_or_insert(outcome);
        }
    }
    let outcome = first.unwrap_or(Outcome::undecided(Reason::NotUnderstood));
    if text::same_letters(&left.text, &right.text, judge.conventions.spelling) {
        return Outcome::equal(Method::Text);
    }
    if judge.conventions.kinds
        && (text::same_choice(&left.text, &right.text)
            || text::same_choices(&left.text, &right.text))
    {
        return Outcome::equal(Method::Text);
    }
    let words = |value: &(Meaning, Value)| matches!(value.1, Value::Text(_));
    let wordy = left.readings.iter().any(words) || right.readings.iter().any(words);
    if wordy && text::same_words(&left.text, &right.text) {
        return Outcome::equal(Method::Text);
    }
    let says = |answer: &Answer| answer.readings.iter().any(|(_, value)| holds_words(value));
    // By convention words need no mark: `\text{at least } 5` and `at least 5`.
    let said = says(left) && says(right) || judge.conventions.kinds && (says(left) || says(right));
    if said && text::same_tokens(&left.text, &right.text) {
        return Outcome::equal(Method::Text);
    }
    outcome
}

/// Whether a value, or an item of a list, is compared as it is written.
fn holds_words(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().any(holds_words),
        // Of what is counted the letters may be a unit that is not known: `60 \text{ dB}`.
        Value::Scalar(scalar) => matches!(scalar.measure, Measure::Noun(_)),
        value => matches!(value, Value::Text(_) | Value::Written(_)),
    }
}
