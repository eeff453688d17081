//! The code published with arXiv 2503.04808, with its faults, for comparisons with it.

use alloc::string::String;
use alloc::vec::Vec;

use super::{EnvError, Judgement, RewardScheme, SegmentKind, Sequence, Task, Transcript, Verifier};
use crate::Grader;
use crate::extract::Extraction;

/// Known faults of the published code, each behind its name. None by default: then every function
/// here does what is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Faults {
    /// The reward of a right answer is overwritten by 1, whatever the discount.
    pub discount_overwritten: bool,
    /// The discount counts the first attempt already.
    pub first_attempt_discounted: bool,
    /// The second half of an evaluation set is its first half once more.
    pub half_counted_twice: bool,
    /// The best checkpoint is the one that is best on the test sets.
    pub chosen_on_test_sets: bool,
    /// Training compares boxes as they are written, evaluation without units and degrees.
    pub raw_box_in_training: bool,
    /// The single-turn baseline earns the full reward without a box.
    pub baseline_without_box: bool,
    /// The baseline at several attempts runs under the prompt of the other model.
    pub unseen_prompt: bool,
    /// Responses are decoded and tokenised again.
    pub retokenized: bool,
    /// The environment's tokens are found by the markers around them.
    pub spans_by_pattern: bool,
    /// The end of a turn is taken from the attempt and given to the environment.
    pub end_of_turn_masked: bool,
    /// The reward lies on the last token, whoever wrote it.
    pub reward_on_last_token: bool,
    /// What is neither the same text nor the same number is wrong, so that forms count.
    pub textual: bool,
    /// With `textual`: a number equals a hundred times and a hundredth of itself.
    pub percent: bool,
    /// With `textual`: numbers within a ten-thousandth are equal.
    pub tolerance: bool,
    /// With `textual`: braces and parentheses are removed before texts are compared.
    pub braces: bool,
    /// With `textual`: `(…)` equals `[…]`.
    pub brackets: bool,
    /// With `textual`: commas are removed from numbers.
    pub commas: bool,
    /// No answer equals an empty reference.
    pub empty: bool,
    /// An attempt that could not be judged in time is wrong.
    pub timeout_is_wrong: bool,
}

/// Which of the published graders is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The one that gives the rewards.
    Training,
    /// The one that gives the accuracies.
    Evaluation,
}

impl Faults {
    /// What is right.
    pub const NONE: Self = Self {
        discount_overwritten: false,
        first_attempt_discounted: false,
        half_counted_twice: false,
        chosen_on_test_sets: false,
        raw_box_in_training: false,
        baseline_without_box: false,
        unseen_prompt: false,
        retokenized: false,
        spans_by_pattern: false,
        end_of_turn_masked: false,
        reward_on_last_token: false,
        textual: false,
        percent: false,
        tolerance: false,
        braces: false,
        brackets: false,
        commas: false,
        empty: false,
        timeout_is_wrong: false,
    };

    /// The published code as it is.
    pub const ALL: Self = Self {
        discount_overwritten: true,
        first_attempt_discounted: true,
        half_counted_twice: true,
        chosen_on_test_sets: true,
        raw_box_in_training: true,
        baseline_without_box: true,
        unseen_prompt: true,
        retokenized: true,
        spans_by_pattern: true,
        end_of_turn_masked: true,
        reward_on_last_token: true,
        textual: true,
        percent: true,
        tolerance: true,
        braces: true,
        brackets: true,
        commas: true,
        empty: true,
        timeout_is_wrong: true,
    };

    /// What becomes of a scheme.
    pub fn rewards(&self, scheme: RewardScheme) -> RewardScheme {
        let mut rewards = scheme;
        if self.first_attempt_discounted {
            rewards.correct *= rewards.discount;
        }
        if self.discount_overwritten {
            (rewards.correct, rewards.discount) = (1.0, 1.0);
        }
        rewards
    }

    /// What is trained of a transcript in ChatML, with `reward` for the episode.
    pub fn sequence(
        &self,
        transcript: &Transcript,
        reward: f64,
        mut encode: impl FnMut(&str) -> Vec<u32>,
    ) -> Sequence {
        const END_OF_TURN: &str = "<|im_end|>";
        let mut sequence = Sequence::default();
        let mut carried = Vec::new();
        for segment in transcript.segments() {
            let mut tokens = segment.tokens.clone();
            if self.retokenized {
                tokens = encode(&segment.text);
            }
            let sampled = segment.kind == SegmentKind::Attempt;
            let stripped = self.end_of_turn_masked && segment.text.ends_with(END_OF_TURN);
            let kept = tokens.len() - usize::from(sampled && stripped && !tokens.is_empty());
            let end = tokens.split_off(kept);
            carried.append(&mut tokens);
            sequence.tokens.append(&mut carried);
            sequence.loss_mask.resize(sequence.tokens.len(), sampled);
            // Goes with what the environment says next.
            carried = end;
        }
        if self.spans_by_pattern {
            let markers = [END_OF_TURN, "<|im_start|>assistant\n"].map(encode);
            sequence.loss_mask = outside_markers(&sequence.tokens, &markers);
        }
        sequence.rewards = alloc::vec![0.0; sequence.tokens.len()];
        let last = if self.reward_on_last_token {
            sequence.tokens.len().checked_sub(1)
        } else {
            sequence.loss_mask.iter().rposition(|sampled| *sampled)
        };
        if let Some(bears) = last.and_then(|last| sequence.rewards.get_mut(last)) {
            *bears = reward;
        }
        sequence
    }

    /// Whether the published grader takes the answer for the reference.
    fn equal(&self, reference: &str, answer: &str, phase: Phase) -> bool {
        let read = |text: &str| {
            if self.raw_box_in_training && phase == Phase::Training {
                text.trim().into()
            } else {
                normalized(text)
            }
        };
        let (mut a, mut b) = (read(reference), read(answer));
        if let (Some(a), Some(b)) = (self.number(&a), self.number(&b)) {
            let factors: &[(i128, i128)] = match self.percent {
                true => &[(1, 1), (100, 1), (1, 100)],
                false => &[(1, 1)],
            };
            let mut factors = factors.iter();
            return factors.any(|(up, down)| self.near((a.0 * up, a.1 * down), b));
        }
        if self.brackets {
            let opens = |text: &str| text.chars().next().filter(|c| "([".contains(*c));
            let differ = opens(&a).zip(opens(&b)).is_some_and(|(x, y)| x != y);
            if differ {
                a.retain(|c| !"()[]".contains(c));
                b.retain(|c| !"()[]".contains(c));
            }
        }
        if self.braces {
            a.retain(|c| !"{}()".contains(c));
            b.retain(|c| !"{}()".contains(c));
        }
        a.eq_ignore_ascii_case(&b)
    }

    /// A decimal as a fraction. `None` also for those too long to matter here.
    fn number(&self, text: &str) -> Option<(i128, i128)> {
        let mut digits: String = text.into();
        if self.commas {
            digits.retain(|c| c != ',');
        }
        let (whole, places) = digits.split_once('.').unwrap_or((&digits, ""));
        if whole.len() + places.len() > 12 {
            return None;
        }
        let denominator = 10_i128.checked_pow(u32::try_from(places.len()).ok()?)?;
        let unsigned = [whole.trim_start_matches('-'), places].concat();
        if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let magnitude: i128 = unsigned.parse().ok()?;
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        Some((sign * magnitude, denominator))
    }

    /// Whether two fractions are equal, or within a ten-thousandth of the larger one.
    fn near(&self, a: (i128, i128), b: (i128, i128)) -> bool {
        let (x, y) = (a.0 * b.1, b.0 * a.1);
        let close = self.tolerance && (x - y).abs() * 10_000 <= x.abs().max(y.abs());
        x == y || close
    }
}

/// The published grader, with these faults; without `textual`, the given one.
#[derive(Clone, Debug)]
pub struct PublishedGrader<V = Grader> {
    /// Which faults it has.
    pub faults: Faults,
    /// Which of the two graders it is.
    pub phase: Phase,
    /// Whether the single-turn baseline is graded.
    pub baseline: bool,
    /// What decides where the faults do not.
    pub verifier: V,
}

impl<V: Verifier> Verifier for PublishedGrader<V> {
    /// The reference as it is written, and as the verifier reads it.
    type Reference = (String, Option<V::Reference>);

    fn prepare(&self, task: &Task) -> Result<Self::Reference, EnvError> {
        let read = match self.verifier.prepare(task) {
            Err(EnvError::EmptyReference) if self.faults.empty => None,
            read => Some(read?),
        };
        Ok((task.reference.clone(), read))
    }

    fn verify(&self, reference: &Self::Reference, attempt: &str) -> Result<Judgement, EnvError> {
        let faults = &self.faults;
        let (text, read) = reference;
        let extraction = match faults.baseline_without_box && self.baseline {
            true => Extraction::Default,
            false => Extraction::Boxed,
        };
        let extracted = extraction.extract(attempt);
        let judged = match (read, extracted.answers.as_slice()) {
            (None, []) => return Ok(Judgement::new(true, "")),
            (None, _) => return Ok(Judgement::new(false, "")),
            (_, []) => return Ok(Judgement::no_answer()),
            (_, answers) if faults.textual => {
                let answer = answers.join(", ");
                let correct = faults.equal(text, &answer, self.phase);
                return Ok(Judgement::new(correct, answer));
            }
            (Some(read), _) => self.verifier.verify(read, attempt),
        };
        match judged {
            Err(EnvError::Verifier(_)) if faults.timeout_is_wrong => {
                Ok(Judgement::new(false, extracted.answers.join(", ")))
            }
            judged => judged,
        }
    }
}

/// Without spaces, units, degrees and signs of currency and percent.
fn normalized(text: &str) -> String {
    let mut text: String = text.replace("^\\circ", "").replace("^{\\circ}", "");
    if let Some((before, _)) = text.split_once("\\text{")
        && !before.trim().is_empty()
    {
        text.truncate(before.len());
    }
    text.retain(|c| !c.is_whitespace() && !"$%".contains(c));
    text.trim_end_matches('\\').into()
}

/// Everything but the tokens from `opening` to `closing`; before the first `closing` all is the
/// environment's.
fn outside_markers(tokens: &[u32], [opening, closing]: &[Vec<u32>; 2]) -> Vec<bool> {
    let mut mask = Vec::with_capacity(tokens.len());
    let mut inside = true;
    while let Some(rest) = tokens.get(mask.len()..).filter(|rest| !rest.is_empty()) {
        if inside && !closing.is_empty() && rest.starts_with(closing) {
            mask.resize(mask.len() + closing.len(), false);
            inside = false;
        } else {
            inside |= !opening.is_empty() && rest.starts_with(opening);
            mask.push(!inside);
        }
    }
    mask
}
