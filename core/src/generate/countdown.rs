use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Generated, LEVELS, Posterior, between};
use crate::env::{EnvError, Judgement, Task, Verifier};
use crate::extract::Extraction;
use crate::rng::Rng;

/// Numbers, each of which may be used once, and a target to reach with +, -, × and ÷.
///
/// ```
/// use resit::generate::Countdown;
///
/// let countdown = Countdown { numbers: vec![3, 5, 7], target: 26 };
/// assert!(countdown.solves(r"3 \cdot 7 + 5"));
/// assert!(!countdown.solves("26"));
/// assert!(!countdown.solves("5 * 5 + 3 / 3"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// Each may be used once.
    pub numbers: Vec<u32>,
    /// The value that the expression must have.
    pub target: u32,
}

/// Decides attempts at a [`Countdown`] by their last box. The reference of its tasks is written as
/// `26 from 3, 5, 7`.
///
/// ```
/// use resit::env::{Attempt, Environment};
/// use resit::generate::{CountdownVerifier, Family};
///
/// let environment = Environment::default().with_verifier(CountdownVerifier);
/// let task = Family::Countdown.draw(1, 0).task;
/// let mut episode = environment.reset(&task, 0)?;
/// let (target, _) = task.reference.split_once(' ').unwrap_or_default();
/// let outcome = environment.step(&mut episode, Attempt::text(format!(r"\boxed{{{target}}}")))?;
/// assert!(outcome.reward <= 0.0); // the target itself is no solution
/// # Ok::<(), resit::env::EnvError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CountdownVerifier;

impl Verifier for CountdownVerifier {
    type Reference = Countdown;

    /// [`EnvError::Verifier`] if the reference is not of the form above.
    fn prepare(&self, task: &Task) -> Result<Countdown, EnvError> {
        Countdown::parse(&task.reference).ok_or_else(|| {
            EnvError::Verifier(format!(
                "`{}` is not like `26 from 3, 5, 7`",
                task.reference
            ))
        })
    }

    fn verify(&self, reference: &Countdown, attempt: &str) -> Result<Judgement, EnvError> {
        let extracted = Extraction::Boxed.extract(attempt);
        Ok(match extracted.answers.first() {
            Some(answer) => Judgement::new(reference.solves(answer), *answer),
            None => Judgement::no_answer(),
        })
    }
}

/// The longest answer that is read, in bytes; the deepest nesting; the largest number on the way.
const LONGEST: usize = 1000;
const DEEPEST: u32 = 40;
const LARGEST: i64 = 1 << 31;

impl Countdown {
    /// Draws what [`Family::Countdown`](super::Family::Countdown) asks at this level and seed: level
    /// n has n + 1 numbers, and a target that they reach.
    pub fn draw(level: u32, seed: u64) -> Self {
        Self::of(level.clamp(1, LEVELS), &mut Rng::new(seed))
    }

    pub(super) fn of(level: u32, rng: &mut Rng) -> Self {
        loop {
            let numbers: Vec<u32> = (0..=level).map(|_| between(rng, 1, 25) as u32).collect();
            let mut values: Vec<i64> = numbers.iter().map(|n| i64::from(*n)).collect();
            while let [.., a, b] = values.as_slice() {
                let (a, b) = (*a, *b);
                let value = match rng.below(4) {
                    0 => a + b,
                    1 => (a - b).abs(),
                    2 => a * b,
                    _ if b != 0 && a % b == 0 => a / b,
                    _ => a + b,
                };
                values.truncate(values.len() - 2);
                let place = rng.below(values.len() as u64 + 1) as usize;
                values.insert(place, value);
            }
            match values.as_slice() {
                // A target that is one of the numbers is no riddle.
                [target @ 1..=999] if !numbers.contains(&(*target as u32)) => {
                    return Self {
                        numbers,
                        target: *target as u32,
                    };
                }
                _ => {}
            }
        }
    }

    pub(super) fn generated(&self) -> Generated {
        let numbers: Vec<String> = self.numbers.iter().map(u32::to_string).collect();
        let question = format!(
            "Write an expression that equals {}, with +, -, * and /, and each of the numbers {} at \
             most once.",
            self.target,
            numbers.join(", "),
        );
        let reference = format!("{} from {}", self.target, numbers.join(", "));
        Generated {
            task: Task::new(question, reference),
            answers: Posterior::new([]),
        }
    }

    fn parse(reference: &str) -> Option<Self> {
        let (target, numbers) = reference.split_once(" from ")?;
        let numbers = numbers.split(',').map(|number| number.trim().parse().ok());
        Some(Self {
            numbers: numbers.collect::<Option<_>>()?,
            target: target.trim().parse().ok()?,
        })
    }

    /// Whether `answer` is an expression of the numbers, each used at most once, with the target as
    /// its value: integers, brackets, `+`, `-`, `*` (`×`, `\times`, `\cdot`) and `/` (`÷`, `\div`).
    /// Its value is exact; fractions on the way are allowed. A minus sign may not stand first.
    ///
    /// Anything else is no solution, an answer of more than 1000 bytes too.
    pub fn solves(&self, answer: &str) -> bool {
        if answer.len() > LONGEST {
            return false;
        }
        let mut reader = Reader {
            rest: answer,
            numbers: self.numbers.clone(),
        };
        let value = reader.sum(DEEPEST);
        reader.skip();
        reader.rest.is_empty() && value == Some((i64::from(self.target), 1))
    }
}

/// In lowest terms, with a positive denominator.
type Fraction = (i64, i64);

/// sum = product (("+" | "-") product)*; product = factor (("*" | "/") factor)*;
/// factor = integer | "(" sum ")". `None` is no expression.
struct Reader<'a> {
    rest: &'a str,
    /// Those that are not used yet.
    numbers: Vec<u32>,
}

impl Reader<'_> {
    fn sum(&mut self, depth: u32) -> Option<Fraction> {
        let mut value = self.product(depth)?;
        loop {
            value = if self.takes(&["+"]) {
                let (c, d) = self.product(depth)?;
                reduced(value.0 * d + c * value.1, value.1 * d)?
            } else if self.takes(&["-", "−"]) {
                let (c, d) = self.product(depth)?;
                reduced(value.0 * d - c * value.1, value.1 * d)?
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self, depth: u32) -> Option<Fraction> {
        let mut value = self.factor(depth)?;
        loop {
            value = if self.takes(&["*", "×", "\\times", "\\cdot", "·"]) {
                let (c, d) = self.factor(depth)?;
                reduced(value.0 * c, value.1 * d)?
            } else if self.takes(&["/", "÷", "\\div"]) {
                let (c, d) = self.factor(depth)?;
                reduced(value.0 * d, value.1 * c)?
            } else {
                return Some(value);
            }
        }
    }

    fn factor(&mut self, depth: u32) -> Option<Fraction> {
        if self.takes(&["(", "\\left("]) {
            let value = self.sum(depth.checked_sub(1)?)?;
            return self.takes(&[")", "\\right)"]).then_some(value);
        }
        let end = self.rest.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let number: u32 = digits.parse().ok()?;
        let place = self.numbers.iter().position(|n| *n == number)?;
        self.numbers.swap_remove(place);
        self.rest = rest;
        Some((i64::from(number), 1))
    }

    fn takes(&mut self, symbols: &[&str]) -> bool {
        self.skip();
        let rest = symbols.iter().find_map(|s| self.rest.strip_prefix(s));
        self.rest = rest.unwrap_or(self.rest);
        let found = rest.is_some();
        self.skip();
        found
    }

    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

/// `None` for a quotient by zero, and beyond [`LARGEST`], below which no product overflows.
fn reduced(numerator: i64, denominator: i64) -> Option<Fraction> {
    let divisor = num_integer::gcd(numerator, denominator);
    let sign = denominator.signum();
    if sign == 0 {
        return None;
    }
    let (top, bottom) = (sign * numerator / divisor, sign * denominator / divisor);
    (top.abs() < LARGEST && bottom < LARGEST).then_some((top, bottom))
}
