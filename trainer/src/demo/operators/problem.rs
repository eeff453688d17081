use rand::Rng;
use rand::rngs::StdRng;
use resit::env::Task;

/// What stands between the numbers: the first and the second operator.
pub(in crate::demo) type Operators = [char; 2];

const OPERATORS: [char; 3] = ['+', '-', '*'];

const DIGITS: std::ops::RangeInclusive<i64> = 1..=9;

/// A target is between 0 and this.
const LARGEST: i64 = 99;

/// `a ? b ? c = t`: two operators are to be found so that the value, computed from left to right
/// without precedence, is the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::demo) struct Problem {
    numbers: [i64; 3],
    target: i64,
}

/// Which problems are trained on and which are kept for the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Split {
    Training,
    Test,
}

/// All answers of the right form.
pub(in crate::demo) fn candidates() -> impl Iterator<Item = Operators> {
    OPERATORS
        .into_iter()
        .flat_map(|first| OPERATORS.map(|second| [first, second]))
}

/// Of text that is exactly two operators.
pub(in crate::demo) fn parse_operators(text: &str) -> Option<Operators> {
    candidates().find(|operators| operators.iter().copied().eq(text.chars()))
}

impl Problem {
    /// Three digits and two operators at random, until they make a problem of the split.
    pub(in crate::demo) fn draw(split: Split, rng: &mut StdRng) -> Self {
        loop {
            let numbers = [(); 3].map(|()| rng.random_range(DIGITS));
            let operators = [(); 2].map(|()| OPERATORS[rng.random_range(0..OPERATORS.len())]);
            if let Some(problem) = Self::of(numbers, operators).filter(|p| p.split() == split) {
                return problem;
            }
        }
    }

    /// Every problem of the split, as often as it has solutions: in the proportions in which
    /// [`draw`](Self::draw) gives them.
    pub(in crate::demo) fn every(split: Split) -> Vec<Self> {
        let pairs = DIGITS.flat_map(|a| DIGITS.map(move |b| (a, b)));
        let numbers = pairs.flat_map(|(a, b)| DIGITS.map(move |c| [a, b, c]));
        let problems = numbers.flat_map(|numbers| {
            candidates().filter_map(move |operators| Self::of(numbers, operators))
        });
        problems
            .filter(|problem| problem.split() == split)
            .collect()
    }

    /// The problem that these operators solve, if its target is neither negative nor too large.
    fn of(numbers: [i64; 3], operators: Operators) -> Option<Self> {
        let target = value(numbers, operators);
        (0..=LARGEST)
            .contains(&target)
            .then_some(Self { numbers, target })
    }

    /// By a rule that separates problems that differ in one digit.
    fn split(&self) -> Split {
        let [a, b, c] = self.numbers;
        match (7 * a + 31 * b + 17 * c + 13 * self.target) % 5 {
            0 => Split::Test,
            _ => Split::Training,
        }
    }

    /// As `7?3?2=19`; a target of one digit is written with a 0 before it.
    pub(in crate::demo) fn question(&self) -> String {
        let [a, b, c] = self.numbers;
        format!("{a}?{b}?{c}={:02}", self.target)
    }

    /// Of what [`question`](Self::question) writes.
    pub(in crate::demo) fn parse(question: &str) -> Option<Self> {
        let (left, target) = question.split_once('=')?;
        let mut numbers = left.split('?').map(str::parse);
        let numbers = [numbers.next()?, numbers.next()?, numbers.next()?];
        let [Ok(a), Ok(b), Ok(c)] = numbers else {
            return None;
        };
        Some(Self {
            numbers: [a, b, c],
            target: target.parse().ok()?,
        })
    }

    /// With all solutions as its reference.
    pub(in crate::demo) fn task(&self) -> Task {
        let solutions: Vec<String> = self.solutions().map(String::from_iter).collect();
        Task::new(self.question(), solutions.join(" or "))
    }

    pub(in crate::demo) fn solutions(&self) -> impl Iterator<Item = Operators> + use<> {
        let problem = *self;
        candidates().filter(move |operators| problem.excess(*operators) == 0)
    }

    /// The value with these operators, less the target.
    pub(in crate::demo) fn excess(&self, operators: Operators) -> i64 {
        value(self.numbers, operators) - self.target
    }

    /// Whether the first and the second operator differ from those of the solution that has most in
    /// common with them, the first of several. `None` without a solution.
    pub(in crate::demo) fn wrong_places(&self, operators: Operators) -> Option<[bool; 2]> {
        let differs = |solution: Operators| [0, 1].map(|i| solution[i] != operators[i]);
        let places = self.solutions().map(differs);
        places.min_by_key(|places| places.iter().filter(|wrong| **wrong).count())
    }
}

fn value([a, b, c]: [i64; 3], [first, second]: Operators) -> i64 {
    apply(apply(a, first, b), second, c)
}

fn apply(a: i64, operator: char, b: i64) -> i64 {
    match operator {
        '+' => a + b,
        '-' => a - b,
        _ => a * b,
    }
}
