use alloc::format;
use alloc::string::{String, ToString};

use super::{Generated, between, fraction};
use crate::rng::Rng;

/// An expression and its value, a fraction that need not be in lowest terms.
struct Term {
    text: String,
    numerator: i64,
    denominator: i64,
    /// Whether it is a sum or a difference, which a product has to put into brackets.
    sum: bool,
}

#[derive(Clone, Copy)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

use Operator::{Add, Divide, Multiply, Subtract};

/// From `3 + 5` to four operands of two digits, products and brackets.
pub(super) fn integers(level: u32, rng: &mut Rng) -> Generated {
    let (operands, high, operators): (_, _, &[_]) = match level {
        1 => (2, 9, &[Add, Subtract]),
        2 => (2, 99, &[Add, Subtract]),
        3 => (2, 99, &[Add, Subtract, Multiply]),
        4 => (3, 99, &[Add, Subtract, Multiply]),
        _ => (4, 99, &[Add, Subtract, Multiply]),
    };
    compute("", operands, operators, rng, |rng| {
        let number = between(rng, 1, high);
        Term {
            text: number.to_string(),
            numerator: number,
            denominator: 1,
            sum: false,
        }
    })
}

/// From fractions with small denominators that are added to four with any operator.
pub(super) fn fractions(level: u32, rng: &mut Rng) -> Generated {
    let (operands, high, operators): (_, _, &[_]) = match level {
        1 => (2, 4, &[Add]),
        2 => (2, 9, &[Add, Subtract]),
        3 => (2, 12, &[Multiply, Divide]),
        4 => (3, 12, &[Add, Subtract, Multiply]),
        _ => (4, 12, &[Add, Subtract, Multiply, Divide]),
    };
    compute(", in lowest terms", operands, operators, rng, |rng| {
        let (numerator, denominator) = (between(rng, 1, high), between(rng, 2, high));
        Term {
            text: format!("\\frac{{{numerator}}}{{{denominator}}}"),
            numerator,
            denominator,
            sum: false,
        }
    })
}

fn compute(
    form: &str,
    operands: u32,
    operators: &[Operator],
    rng: &mut Rng,
    operand: impl Fn(&mut Rng) -> Term,
) -> Generated {
    let mut term = operand(rng);
    for _ in 1..operands {
        let next = operand(rng);
        let drawn = operators.get(rng.below(operators.len() as u64) as usize);
        // What was built so far may stand on either side, except below a fraction bar.
        let operator = drawn.copied().unwrap_or(Add);
        let (left, right) = match operator {
            Add | Subtract | Multiply if rng.below(2) == 0 => (next, term),
            _ => (term, next),
        };
        term = operator.apply(&left, &right);
    }
    Generated::certain(
        format!("Compute ${}${form}.", term.text),
        fraction(term.numerator, term.denominator),
    )
}

impl Operator {
    /// With at most four operands of two digits, nothing overflows.
    fn apply(self, left: &Term, right: &Term) -> Term {
        let (a, b) = (left.numerator, left.denominator);
        let (c, d) = (right.numerator, right.denominator);
        let (numerator, denominator, sign) = match self {
            Add => (a * d + c * b, b * d, "+"),
            Subtract => (a * d - c * b, b * d, "-"),
            Multiply => (a * c, b * d, "\\cdot"),
            Divide => (a * d, b * c, "\\div"),
        };
        let sum = matches!(self, Add | Subtract);
        let bracketed = |term: &Term, brackets: bool| match brackets {
            true => format!("({})", term.text),
            false => term.text.clone(),
        };
        let before = bracketed(left, left.sum && !sum);
        // A product on the right is bracketed after a division and a sum after a difference.
        let compound = right.text.contains(' ');
        let after = bracketed(
            right,
            match self {
                Add => false,
                Subtract | Multiply => right.sum,
                Divide => compound,
            },
        );
        Term {
            text: format!("{before} {sign} {after}"),
            numerator,
            denominator,
            sum,
        }
    }
}
