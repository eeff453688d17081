//! A task of one's own: programs for a small stack machine, judged by running them on test cases that
//! the task holds as data. Run it with `cargo run --example programs`.

use resit::env::{Attempt, Attempts, Ending, EnvError, Environment, Judgement, Task, Verifier};

/// Judges what stands between `<program>` and `</program>` by the share of test cases that it passes.
struct Programs;

/// An input and the output that is wanted.
type Case = (i64, i64);

impl Verifier for Programs {
    type Reference = Vec<Case>;

    /// Reads cases such as `2:4, 3:9`.
    fn prepare(&self, task: &Task) -> Result<Vec<Case>, EnvError> {
        let read = |case: &str| {
            let (input, output) = case.trim().split_once(':')?;
            Some((input.parse().ok()?, output.parse().ok()?))
        };
        let cases: Option<Vec<Case>> = task.reference.split(',').map(read).collect();
        cases.ok_or_else(|| EnvError::Verifier(format!("no test cases: {}", task.reference)))
    }

    fn verify(&self, cases: &Vec<Case>, attempt: &str) -> Result<Judgement, EnvError> {
        let after = attempt.rsplit_once("<program>").map(|(_, after)| after);
        let Some((program, _)) = after.and_then(|after| after.split_once("</program>")) else {
            return Ok(Judgement::no_answer());
        };
        let passes = |case: &&Case| run(program, case.0) == Some(case.1);
        let passed = cases.iter().filter(passes).count();
        Ok(Judgement {
            score: Some(passed as f64 / cases.len() as f64),
            ..Judgement::new(passed == cases.len(), program.trim())
        })
    }
}

/// The last value that the words of `program` leave, from a stack that holds `input`.
fn run(program: &str, input: i64) -> Option<i64> {
    let mut stack = vec![input];
    for word in program.split_whitespace() {
        let value = match word {
            "dup" => *stack.last()?,
            "+" => stack.pop()?.checked_add(stack.pop()?)?,
            "*" => stack.pop()?.checked_mul(stack.pop()?)?,
            number => number.parse().ok()?,
        };
        stack.push(value);
    }
    stack.pop()
}

/// What each of three programs scores.
fn play() -> Result<Vec<f64>, EnvError> {
    let environment = Environment {
        attempts: Attempts::Fixed(3),
        ending: Ending::Marker("</program>".into()),
        ..Environment::default()
    }
    .with_verifier(Programs);
    let task = environment.prepare(Task::new("Square the input and add 1.", "2:5, 3:10, -1:2"))?;
    let mut episode = environment.start(&task, 0)?;
    for program in ["dup square", "dup + 1 +", "dup * 1 +"] {
        let attempt = Attempt::text(format!("<program>{program}</program>"));
        environment.step(&mut episode, attempt)?;
    }
    println!("{}", episode.transcript().text());
    Ok(environment.rewards.attempts(&episode.state().results))
}

fn main() -> Result<(), EnvError> {
    println!("scores: {:?}", play()?);
    Ok(())
}

#[test]
fn programs_score_the_share_of_cases_that_they_pass() {
    assert_eq!(play(), Ok(vec![0.0, 1.0 / 3.0, 1.0]));
}
