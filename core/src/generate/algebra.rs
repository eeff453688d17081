use alloc::format;
use alloc::string::{String, ToString};

use super::{Generated, between, fraction, nonzero};
use crate::rng::Rng;

/// From `x + 3 = 7` to brackets, the unknown on both sides and fractions as solutions.
pub(super) fn linear_equation(level: u32, rng: &mut Rng) -> Generated {
    // Σ coefficients of x and Σ constants, both brought to the left: x = -constant / coefficient.
    let (equation, coefficient, constant) = match level {
        1 => {
            let (x, a) = (nonzero(rng, 20), nonzero(rng, 20));
            (format!("x{} = {}", plus(a), x + a), 1, -x)
        }
        2 => {
            let (x, a) = (nonzero(rng, 12), between(rng, 2, 12));
            (format!("{a}x = {}", a * x), a, -a * x)
        }
        3 => {
            let (x, a, b) = (nonzero(rng, 12), between(rng, 2, 12), nonzero(rng, 30));
            (format!("{a}x{} = {}", plus(b), a * x + b), a, -a * x)
        }
        4 => {
            let (x, b) = (nonzero(rng, 12), nonzero(rng, 30));
            let (c, more) = (between(rng, 2, 9), between(rng, 1, 9));
            let a = c + more;
            let d = more * x + b;
            (
                format!("{a}x{} = {c}x{}", plus(b), plus(d)),
                more,
                -more * x,
            )
        }
        _ => {
            let (a, b) = (between(rng, 2, 9), nonzero(rng, 9));
            let (c, d) = (between(rng, 10, 19), nonzero(rng, 30));
            let equation = format!("{a}(x{}) = {c}x{}", plus(b), plus(d));
            (equation, a - c, a * b - d)
        }
    };
    let form = if level < 5 { "" } else { ", in lowest terms" };
    Generated::certain(
        format!("Solve ${equation}$ for $x${form}."),
        fraction(-constant, coefficient),
    )
}

/// ` + 3`, ` - 3`, or nothing for 0.
fn plus(constant: i64) -> String {
    match constant {
        0 => String::new(),
        1.. => format!(" + {constant}"),
        _ => format!(" - {}", -constant),
    }
}

/// From `17 mod 5` to powers and inverses.
pub(super) fn modular(level: u32, rng: &mut Rng) -> Generated {
    let modulus = match level {
        1 | 2 => between(rng, 3, 12),
        3 | 4 => between(rng, 5, 50),
        _ => return inverse(rng),
    };
    let remainder = |expression: String| {
        format!("What is the remainder when ${expression}$ is divided by ${modulus}$?")
    };
    let (question, answer) = match level {
        1 => {
            // Above all moduli: a number that is its own remainder asks for nothing.
            let a = between(rng, 13, 99);
            (remainder(a.to_string()), a % modulus)
        }
        2 => {
            let (a, b) = (between(rng, 10, 99), between(rng, 10, 99));
            (remainder(format!("{a} + {b}")), (a + b) % modulus)
        }
        3 => {
            let (a, b) = (between(rng, 10, 99), between(rng, 10, 99));
            (remainder(format!("{a} \\cdot {b}")), a * b % modulus)
        }
        _ => {
            let (a, exponent) = (between(rng, 2, 19), between(rng, 3, 40));
            let power = (0..exponent).fold(1, |power, _| power * a % modulus);
            (remainder(format!("{a}^{{{exponent}}}")), power)
        }
    };
    Generated::certain(question, answer.to_string())
}

fn inverse(rng: &mut Rng) -> Generated {
    loop {
        let modulus = between(rng, 10, 99);
        let a = between(rng, 2, modulus - 1);
        let inverse = (1..modulus).find(|x| a * x % modulus == 1);
        // A number that is its own inverse would be named in the question.
        if let Some(inverse) = inverse.filter(|inverse| *inverse != a) {
            let question = format!(
                "Which number between $0$ and ${modulus}$ is the inverse of ${a}$ modulo ${modulus}$?"
            );
            return Generated::certain(question, inverse.to_string());
        }
    }
}
