//! The hidden operator: a task on which a failed attempt tells something.
//!
//! The question `7?3=` hides which of +, |−| and × is meant ([`HiddenOperator`]); the answer has two
//! digits in a box, `\boxed{10}`. The task is ambiguous by design: what it can show is whether a
//! policy uses its attempts, not whether it reasons.

use rand::Rng;
use resit::env::{Attempt, Chat, Environment, Feedback, Finish, Task, Template};
use resit::generate::HiddenOperator;
use tokenizers::decoders::fuse::Fuse;
use tokenizers::models::wordlevel::WordLevel;
use tokenizers::pre_tokenizers::fixed_length::FixedLength;
use tokenizers::{AddedToken, Tokenizer as Inner};

use crate::Result;
use crate::batch::Sequence;
use crate::rollout::encode;
use crate::tokenize::Tokenizer;

/// The operands are digits.
const DIGITS: u32 = 10;

/// The number of tokens.
pub(super) const VOCABULARY: usize = 17;

const END_OF_TURN: &str = "<|im_end|>";
const WRONG: &str = "<|wrong|>";
const BOX: &str = "\\boxed{";

/// Of the generator's levels, the one with +, |−| and ×.
const LEVEL: u32 = 2;

/// A question with its operands at random.
fn draw_question(rng: &mut impl Rng) -> HiddenOperator {
    let mut operand = || rng.random_range(0..DIGITS);
    HiddenOperator::new(LEVEL, operand(), operand())
}

/// What the operator gives that is meant, at random.
fn draw_result(question: HiddenOperator, rng: &mut impl Rng) -> i64 {
    let u: f64 = rng.random();
    let mut below = 0;
    let drawn = question.results().find(|(tenths, _)| {
        below += tenths;
        u < below as f64 / 10.0
    });
    drawn.map_or(0, |(_, result)| result)
}

/// A question with operands and operator at random.
pub(super) fn draw_task(rng: &mut impl Rng) -> Task {
    let question = draw_question(rng);
    question.task(draw_result(question, rng))
}

fn questions() -> impl Iterator<Item = HiddenOperator> {
    let operands = |a| (0..DIGITS).map(move |b| HiddenOperator::new(LEVEL, a, b));
    (0..DIGITS).flat_map(operands)
}

/// Every question ten times, with its answers in the proportions of their chances: accuracy on these
/// is the expected accuracy over all tasks.
pub(super) fn every_task() -> Vec<Task> {
    let tasks = |question: HiddenOperator| {
        let results = question.results();
        results.flat_map(move |(tenths, result)| vec![question.task(result); tenths as usize])
    };
    questions().flat_map(tasks).collect()
}

/// The question stands alone, and the feedback is one word that says nothing but "wrong". The
/// model is not told how many attempts it has.
pub(super) fn environment() -> Environment {
    Environment {
        template: Template {
            chat: Chat {
                user: [String::new(), String::new()],
                end_of_turn: END_OF_TURN.into(),
                after_turn: String::new(),
                ..Chat::plain()
            },
            system: String::new(),
            user: "{input}".into(),
            feedback: Feedback {
                text: WRONG.into(),
                ..Feedback::count()
            },
        },
        ..Environment::default()
    }
}

/// One token for each character, and one for each of the opening of a box, the feedback and the
/// end of a turn.
///
/// # Errors
///
/// None that is known: the vocabulary is fixed.
pub(super) fn tokenizer() -> Result<Tokenizer> {
    let characters = ('0'..='9').chain(['?', '=', '}']).map(String::from);
    let words = characters.chain(["<unk>".into()]);
    let vocabulary = words.zip(0..).collect();
    let model = WordLevel::builder()
        .vocab(vocabulary)
        .unk_token("<unk>".into());
    let mut inner = Inner::new(model.build()?);
    inner.with_pre_tokenizer(Some(FixedLength::new(1)));
    inner.with_decoder(Some(Fuse::new()));
    inner.add_tokens([AddedToken::from(BOX, false)])?;
    inner.add_special_tokens([END_OF_TURN, WRONG].map(|text| AddedToken::from(text, true)))?;
    Tokenizer::new(inner, END_OF_TURN)
}

/// An episode played by a teacher who answers each attempt by a draw from the prior and makes
/// nothing of the feedback: its student learns the results and the format, and to guess.
///
/// # Errors
///
/// Those of the environment.
pub(super) fn demonstration(
    environment: &Environment,
    tokenizer: &Tokenizer,
    rng: &mut impl Rng,
) -> Result<Sequence> {
    let question = draw_question(rng);
    let task = question.task(draw_result(question, rng));
    let mut episode = environment.reset(&task, rng.random())?;
    while episode.state().stop.is_none() {
        encode(&mut episode, tokenizer)?;
        let text = format!("{BOX}{:02}}}{END_OF_TURN}", draw_result(question, rng));
        let attempt = Attempt {
            tokens: tokenizer.encode(&text)?,
            logprobs: Vec::new(),
            finish: Finish::EndOfTurn,
            text,
        };
        environment.step(&mut episode, attempt)?;
    }
    let transcript = episode.transcript();
    Ok(Sequence {
        tokens: transcript.tokens(),
        loss_mask: transcript.loss_mask(),
    })
}

/// The accuracy of the best possible policy at 1, 2 and 3 attempts, in closed form: for each
/// question the sum of the largest chances of different results, averaged over all questions.
/// Operators with the same result (2 + 2 = 2 × 2) count together.
pub(super) fn best_accuracy() -> [f64; 3] {
    let mut best = [0.0; 3];
    for question in questions() {
        let mut sum = 0.0;
        for (best, chance) in best.iter_mut().zip(chances(question)) {
            sum += chance;
            *best += sum / f64::from(DIGITS * DIGITS);
        }
    }
    best
}

/// Of the different results, the largest first; 0 where there are fewer than three.
fn chances(question: HiddenOperator) -> [f64; 3] {
    let mut chances = [0.0; 3];
    for (place, (_, chance)) in chances.iter_mut().zip(question.answers().answers()) {
        *place = *chance;
    }
    chances.sort_by(|x, y| f64::total_cmp(y, x));
    chances
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn texts_are_the_tokens_that_they_look_like() {
        let tokenizer = tokenizer().unwrap();
        let text = "7?3=\\boxed{07}<|im_end|><|wrong|>";
        let ids = tokenizer.encode(text).unwrap();
        assert_eq!(ids.len(), 4 + 5 + 1);
        assert_eq!(tokenizer.decode(&ids).unwrap(), text);
        assert_eq!(ids[8], tokenizer.end_of_turn());
        assert!(ids.iter().all(|&id| (id as usize) < tokenizer.vocab_size()));
        assert_eq!(tokenizer.vocab_size(), VOCABULARY);
    }

    #[test]
    fn equal_results_share_their_prior() {
        let prior = |a, b| {
            let question = HiddenOperator::new(LEVEL, a, b);
            chances(question).map(|p| (p * 10.0).round() as u32)
        };
        assert_eq!(prior(7, 3), [5, 3, 2]);
        // 2 + 2 = 2 × 2; 5 + 0 = 5 - 0; and 0 whatever the operator.
        assert_eq!(prior(2, 2), [7, 3, 0]);
        assert_eq!(prior(5, 0), [8, 2, 0]);
        assert_eq!(prior(0, 0), [10, 0, 0]);
    }

    #[test]
    fn the_best_policy_is_that_of_counting() {
        // The likeliest answers of each question, counted over tasks in the prior's proportions.
        let tasks = every_task();
        assert_eq!(tasks.len(), 1000);
        let mut solved = [0; 3];
        for question in tasks.chunks(10) {
            let count = |answer: &str| question.iter().filter(|t| t.reference == answer).count();
            let mut answers: Vec<&str> = question.iter().map(|t| t.reference.as_str()).collect();
            answers.sort_by_key(|answer| (std::cmp::Reverse(count(answer)), *answer));
            answers.dedup();
            for k in 1..=3 {
                solved[k - 1] += answers.iter().take(k).map(|a| count(a)).sum::<usize>();
            }
        }
        for (best, solved) in best_accuracy().into_iter().zip(solved) {
            assert!((best - solved as f64 / 1000.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_teachers_transcript_trains_the_attempts_only() {
        let tokenizer = tokenizer().unwrap();
        let mut rng = rand::rngs::StdRng::seed_from_u64(4);
        for _ in 0..50 {
            let sequence = demonstration(&environment(), &tokenizer, &mut rng).unwrap();
            let marks = sequence.loss_mask.iter().filter(|mark| **mark).count();
            let turns = sequence
                .tokens
                .iter()
                .filter(|&&t| t == tokenizer.end_of_turn())
                .count();
            assert_eq!(marks, 5 * turns);
            assert_eq!(sequence.loss_mask.len(), 4 + 5 * turns + (turns - 1));
        }
    }
}
