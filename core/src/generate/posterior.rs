use alloc::string::String;
use alloc::vec::Vec;

/// The answers that a question allows, with the chance that each is the right one: from it J is
/// known exactly, without sampling.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    answers: Vec<(String, f64)>,
}

impl Posterior {
    pub(super) fn certain(answer: String) -> Self {
        Self {
            answers: Vec::from([(answer, 1.0)]),
        }
    }

    /// Merges what occurs more than once.
    pub(super) fn new(weighted: impl IntoIterator<Item = (String, f64)>) -> Self {
        let mut answers: Vec<(String, f64)> = Vec::new();
        for (answer, weight) in weighted {
            match answers.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, sum)) => *sum += weight,
                None => answers.push((answer, weight)),
            }
        }
        Self { answers }
    }

    /// The answers and their chances, which sum to 1 unless all were ruled out.
    pub fn answers(&self) -> &[(String, f64)] {
        &self.answers
    }

    /// What is left once answers were found wrong: those that `ruled_out` holds of are taken away,
    /// and the others' chances grow in proportion.
    pub fn without(&self, ruled_out: impl Fn(&str) -> bool) -> Self {
        let left = self.answers.iter().filter(|(answer, _)| !ruled_out(answer));
        let mut answers: Vec<_> = left.cloned().collect();
        let sum: f64 = answers.iter().map(|(_, chance)| chance).sum();
        for (_, chance) in &mut answers {
            *chance /= sum;
        }
        Self { answers }
    }

    /// J of a policy that gives each answer with the probability that `policy` says: the exact
    /// expected accuracy of its next answer.
    pub fn accuracy(&self, policy: impl Fn(&str) -> f64) -> f64 {
        let terms = self.answers.iter();
        terms.map(|(answer, chance)| chance * policy(answer)).sum()
    }

    /// J* of the best possible policy: the largest chance, 0 if all answers are ruled out.
    pub fn best(&self) -> f64 {
        self.answers
            .iter()
            .map(|(_, chance)| *chance)
            .fold(0.0, f64::max)
    }

    /// An answer with the largest chance; empty if all are ruled out.
    pub fn likeliest(&self) -> &str {
        let best = self.best();
        let mut answers = self.answers.iter();
        answers
            .find(|(_, chance)| *chance == best)
            .map_or("", |(answer, _)| answer)
    }
}
