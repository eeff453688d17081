//! How a verdict came about, step by step.

use super::{Grader, Verdict};
use crate::canon::lower::lower;
use crate::canon::raise::raise;
use crate::expr::print;
use crate::extract::{Extracted, Source, given};
use crate::latex::{read, token_spellings};
use crate::limits::{Fuel, Limits};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The path from two texts to a verdict. `Display` shows it to people.
///
/// ```
/// let explanation = resit::Grader::default().explain(r"\frac12", "2/4");
/// let answer = &explanation.answer.readings[0];
/// assert_eq!((answer.latex.as_str(), answer.canonical.as_str()), (r"\frac{2}{4}", "1/2"));
/// assert!(explanation.verdict.correct());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Explanation {
    /// What was made of the reference.
    pub reference: Side,
    /// What was made of the answer or the response.
    pub answer: Side,
    /// What was decided.
    pub verdict: Verdict,
}

/// What was made of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Side {
    /// The answer in the text: one, or several that a sentence joins.
    pub extracted: Vec<String>,
    /// What it was recognised by.
    pub source: Option<Source>,
    /// The tokens of it.
    pub tokens: Vec<String>,
    /// What it was read as. There are several where commas may group digits or separate items, and
    /// one for each of several answers.
    pub readings: Vec<Reading>,
}

/// One way to read an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Reading {
    /// The expression in LaTeX, which reads back as the same expression.
    pub latex: String,
    /// The expression in plain notation, which reads back as the same expression.
    pub plain: String,
    /// The expression in English words.
    pub words: String,
    /// Its value in normal form, in plain notation.
    pub canonical: String,
}

impl Grader {
    /// [`grade`](Self::grade), with every step on the way.
    pub fn explain(&self, reference: &str, answer: &str) -> Explanation {
        self.explained(reference, &given(answer), self.grade(reference, answer))
    }

    /// [`grade_response`](Self::grade_response), with every step on the way.
    pub fn explain_response(&self, reference: &str, response: &str) -> Explanation {
        let extracted = self.policy.extraction.extract(response);
        self.explained(
            reference,
            &extracted,
            self.grade_response(reference, response),
        )
    }

    fn explained(&self, reference: &str, answer: &Extracted<'_>, verdict: Verdict) -> Explanation {
        let limits = &self.policy.limits;
        Explanation {
            reference: Side::new(&given(reference), limits),
            answer: Side::new(answer, limits),
            verdict,
        }
    }
}

impl Side {
    fn new(extracted: &Extracted<'_>, limits: &Limits) -> Self {
        let measured = extracted.measured();
        let texts = match &measured {
            Some(answer) => Vec::from([answer.as_str()]),
            None => extracted.answers.clone(),
        };
        let answers = || texts.iter().filter(|text| text.len() <= limits.length);
        Self {
            extracted: texts.iter().map(|text| String::from(*text)).collect(),
            source: extracted.source,
            tokens: answers().flat_map(|text| token_spellings(text)).collect(),
            readings: answers()
                .filter_map(|text| read(text, limits))
                .flat_map(|readings| {
                    [Some(readings.grouped), readings.separated, readings.decimal]
                        .into_iter()
                        .flatten()
                })
                .map(|expr| {
                    let mut fuel = Fuel::new(limits);
                    let value = lower(&expr, &mut fuel);
                    Reading {
                        latex: print::latex(&expr),
                        plain: print::plain(&expr),
                        words: print::spoken(&expr),
                        canonical: print::plain(&raise(&value, &mut fuel)),
                    }
                })
                .collect(),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.extracted.is_empty() {
            return writeln!(f, "  extracted   nothing");
        }
        writeln!(f, "  extracted   {}", self.extracted.join("  "))?;
        writeln!(f, "  tokens      {}", self.tokens.join(" "))?;
        for reading in &self.readings {
            writeln!(f, "  expression  {}", reading.plain)?;
            writeln!(f, "  in LaTeX    {}", reading.latex)?;
            writeln!(f, "  canonical   {}", reading.canonical)?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict {
            decision,
            method,
            reason,
            ..
        } = &self.verdict;
        write!(f, "reference\n{}answer\n{}", self.reference, self.answer)?;
        writeln!(f, "decision")?;
        writeln!(f, "  verdict     {decision}")?;
        writeln!(f, "  reason      {}: {reason}", reason.code())?;
        writeln!(f, "  method      {}: {method}", method.code())
    }
}
