//! The hidden operator: a task on which a failed attempt tells something.
//!
//! The question `7?3=` hides which of +, |−| and × is meant ([`HiddenOperator`]); the answer has two
//! digits in a box, `\boxed{10}`. The task is ambiguous by design: what it can show is whether a
//! policy uses its attempts, not whether it reasons.

use rand::Rng;
use rand::rngs::StdRng;
use resit::Grader;
use resit::env::{Attempts, Environment, Task};
use resit::generate::HiddenOperator;

use super::puzzle::{self, Puzzle, Yardstick, attempt};
use crate::Result;
use crate::batch::Sequence;
use crate::model::CausalLm;
use crate::rollout::encode;
use crate::tokenize::Tokenizer;

/// The operands are digits.
const DIGITS: u32 = 10;

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

fn questions() -> impl Iterator<Item = HiddenOperator> {
    let operands = |a| (0..DIGITS).map(move |b| HiddenOperator::new(LEVEL, a, b));
    (0..DIGITS).flat_map(operands)
}

/// The hidden operator, with `test_tasks` fresh questions in the evaluation at the end.
pub(super) struct Hidden {
    pub(super) test_tasks: usize,
}

impl Puzzle for Hidden {
    type Verifier = Grader;

    const ATTEMPTS: u32 = 3;

    const TITLE: &'static str = "Hidden operator";

    const CAVEAT: &'static str = "\
The task is ambiguous by design: the operator is hidden, so the first attempt is a guess and only a
failed attempt tells more. It shows the mechanism (a policy that was trained with several attempts
uses what a failure rules out), not mathematics. The best possible policy names the results in the
order of their priors.";

    fn tokenizer(&self) -> Result<Tokenizer> {
        puzzle::tokenizer("0123456789?=}", &[])
    }

    fn environment(&self) -> Environment {
        puzzle::environment()
    }

    /// An episode played by a teacher who answers each attempt by a draw from the prior: its student
    /// learns the results and the format, and to guess.
    fn demonstration(&self, tokenizer: &Tokenizer, rng: &mut StdRng) -> Result<Sequence> {
        let question = draw_question(rng);
        let task = question.task(draw_result(question, rng));
        let environment = Environment {
            attempts: Attempts::Fixed(Self::ATTEMPTS),
            ..self.environment()
        };
        let mut episode = environment.reset(&task, rng.random())?;
        while episode.state().stop.is_none() {
            encode(&mut episode, tokenizer)?;
            let answer = format!("{:02}", draw_result(question, rng));
            environment.step(&mut episode, attempt(&answer, tokenizer)?)?;
        }
        let transcript = episode.transcript();
        Ok(Sequence {
            tokens: transcript.tokens(),
            loss_mask: transcript.loss_mask(),
        })
    }

    fn training_task(&self, rng: &mut StdRng) -> Task {
        let question = draw_question(rng);
        question.task(draw_result(question, rng))
    }

    fn test_tasks(&self, rng: &mut StdRng) -> Vec<Task> {
        (0..self.test_tasks)
            .map(|_| self.training_task(rng))
            .collect()
    }

    /// Every question ten times, with its answers in the proportions of their chances: accuracy on
    /// these is the expected accuracy over all tasks.
    fn every_task(&self) -> Vec<Task> {
        let tasks = |question: HiddenOperator| {
            let results = question.results();
            results.flat_map(move |(tenths, result)| vec![question.task(result); tenths as usize])
        };
        questions().flat_map(tasks).collect()
    }

    fn yardsticks(&self, _: &CausalLm, _: &Tokenizer, _: &[Task]) -> Result<Vec<Yardstick>> {
        Ok(vec![Yardstick {
            name: "best possible".into(),
            accuracy: best_accuracy().into(),
        }])
    }
}

/// The accuracy of the best possible policy at 1, 2 and 3 attempts, in closed form: for each
/// question the sum of the largest chances of different results, averaged over all questions.
/// Operators with the same result (2 + 2 = 2 × 2) count together.
fn best_accuracy() -> [f64; 3] {
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
    use crate::demo::{Demo, DemoTask};

    #[test]
    fn texts_are_the_tokens_that_they_look_like() {
        let tokenizer = Hidden { test_tasks: 1 }.tokenizer().unwrap();
        let text = "7?3=\\boxed{07}<|im_end|><|wrong|>";
        let ids = tokenizer.encode(text).unwrap();
        assert_eq!(ids.len(), 4 + 5 + 1);
        assert_eq!(tokenizer.decode(&ids).unwrap(), text);
        assert_eq!(ids[8], tokenizer.end_of_turn());
        assert!(ids.iter().all(|&id| (id as usize) < tokenizer.vocab_size()));
        let demo = Demo::new(DemoTask::HiddenOperator, 0, 1, "").unwrap();
        assert_eq!(tokenizer.vocab_size(), demo.model.vocab_size);
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
        let tasks = Hidden { test_tasks: 1 }.every_task();
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
        let puzzle = Hidden { test_tasks: 1 };
        let tokenizer = puzzle.tokenizer().unwrap();
        let mut rng = rand::rngs::StdRng::seed_from_u64(4);
        for _ in 0..50 {
            let sequence = puzzle.demonstration(&tokenizer, &mut rng).unwrap();
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
