//! Hostile terms: work stays within the fuel, whatever is written.

use std::time::{Duration, Instant};

use super::super::{Exact, Kernels, difference};
use crate::canon::modular;
use crate::canon::notation::term;
use crate::canon::term::Term;
use crate::limits::{Fuel, Limits, OutOfFuel};

/// `open` n times, then `core`, then `close` n times.
fn nested(n: usize, open: &str, core: &str, close: &str) -> String {
    format!("{}{core}{}", open.repeat(n), close.repeat(n))
}

fn joined(n: usize, separator: &str, part: impl Fn(usize) -> String) -> String {
    (0..n).map(part).collect::<Vec<_>>().join(separator)
}

fn hostile() -> Vec<String> {
    let digits = |n: usize| "9876543210123456789".repeat(n / 19 + 1);
    vec![
        "(x+y+z+w)^60".into(),
        "(x+1)^3000".into(),
        "(x+1)^3000-(x+2)^3000".into(),
        "9^(9^(9^9))".into(),
        "9^9^9^9^9^9^9".into(),
        "(10^9)!".into(),
        "((10^9)!)!".into(),
        "binomial(10^9,5*10^8)".into(),
        "2^(10^30)".into(),
        "x^(10^30)".into(),
        "abs(x)^(-9223372036854775807)".into(),
        "abs(x)^(-4611686018427387904)*abs(x)^(-4611686018427387904)".into(),
        "cbrt(x)^4611686018427387904".into(),
        "x^(1/9223372036854775807)".into(),
        "cbrt(x^(4611686018427387904/2147483647))".into(),
        "1/(2^(4611686018427387903+1/2)+2^(1/64))".into(),
        "(-2)^(4611686018427387904/2147483647)".into(),
        "(-1)^(4611686018427387903/2147483648)".into(),
        "e^(i*pi*4611686018427387903/2147483647)".into(),
        "(1+i)^(10^12)".into(),
        "(x+1/2)^(10^12)".into(),
        "(1+sqrt(2))^100000".into(),
        "(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13))^100".into(),
        "cos(pi/999983)+sin(pi/99991)".into(),
        "e^(2*pi*i/997)".into(),
        "(1/3)^1000000*3^999999".into(),
        joined(1000, "+", |k| format!("a{k}*x^{k}")),
        joined(1000, "+", |k| format!("1/(x+{k})")),
        joined(60, "+", |k| format!("1/(x+{k})")),
        joined(20, "+", |k| format!("1/(x{k}+y)")),
        joined(1000, "*", |k| format!("(x+{k})")),
        joined(1000, "*", |k| format!("(a{k}+b{k})")),
        joined(2000, "*", |k| format!("a{k}")),
        joined(700, "+", |k| format!("sqrt({})", 2 * k + 1)),
        joined(700, "*", |k| format!("(1+sqrt({}))", 2 * k + 1)),
        joined(500, "+", |k| format!("1/(1+sqrt({}))", 2 * k + 1)),
        joined(10, "+", |k| format!("cbrt({})", 2 * k + 3)),
        format!(
            "1/({})",
            joined(10, "+", |k| format!("cbrt({})", 2 * k + 3))
        ),
        format!(
            "1/({})",
            joined(12, "+", |k| format!("sqrt({})", 2 * k + 3))
        ),
        joined(600, "+", |k| format!("cos({k}*pi/180)")),
        joined(300, "*", |k| format!("cos({k}*pi/181)")),
        joined(60, "+", |k| format!("e^(2*pi*i/{})", k + 2)),
        joined(300, "*", |k| format!("sin({k}*x)")),
        joined(800, "+", |k| format!("{k}/{}", 2 * k + 1)),
        joined(1000, "+", |k| format!("x/{}", 10_007 + 2 * k)),
        joined(600, "+", |k| format!("abs(x-{k})")),
        joined(600, "*", |k| format!("abs(x-{k})")),
        format!("max({})", joined(1000, ",", |k| format!("x{k}"))),
        format!("gcd({})", joined(1000, ",", |k| format!("{k}{k}{k}{k}"))),
        format!("({})^50", joined(50, "+", |k| format!("a{k}"))),
        format!("({})^2", joined(1000, "+", |k| format!("a{k}"))),
        format!("sqrt({})", joined(1000, "+", |k| format!("a{k}^2"))),
        format!("ln({})", joined(1000, "*", |k| format!("(a{k}+1)"))),
        format!("e^({})", joined(1000, "+", |k| format!("a{k}"))),
        format!("cos({})", joined(1000, "+", |k| format!("a{k}"))),
        format!("sqrt({})", digits(15_000)),
        format!("ln({})", digits(15_000)),
        format!("({})^(1/7)", digits(600)),
        format!("{}^1000000", digits(5_000)),
        format!(
            "{}/{}+{}/{}",
            digits(4_000),
            digits(3_000),
            digits(2_000),
            digits(3_500)
        ),
        format!("(x+{})^100", digits(100)),
        format!("x^({}/{})", digits(18), digits(18)),
        nested(60, "sqrt(x+", "y", ")"),
        nested(60, "sqrt(2+", "sqrt(2)", ")"),
        nested(60, "1/(x+", "y", ")"),
        nested(60, "1/(1+1/(x-", "y", "))"),
        nested(60, "(1+", "x", ")^2"),
        nested(60, "(y+", "x", ")^(1/2+x)"),
        nested(60, "sin(", "x", ")"),
        nested(60, "sin(x+", "x", ")"),
        nested(60, "abs(1-", "x", ")"),
        nested(60, "ln(", "x", ")"),
        nested(60, "e^(", "x", ")"),
        nested(60, "atan(1+", "x", ")"),
        nested(60, "cos(asin(", "x", "))"),
        nested(60, "sin(2*atan(", "x", "))"),
        nested(60, "(", "3", ")!"),
        nested(30, "binomial(", "n", ",2)"),
        nested(60, "floor(x/2+", "x", ")"),
        nested(60, "x^(", "x", ")"),
        nested(60, "(x^", "2", ")^(1/2)"),
        nested(60, "cbrt(x^2+", "y", ")^2"),
        format!("sqrt({})", nested(20, "1/(x+y+", "z", ")")),
        "((x+y+1)^9*(x-y+2)^7/((x+y+1)^8*(x-y)^7))^(1/2)".into(),
        "1/((x^15+y^15+z^15+1)/(x^15-y^14+z^13+2))".into(),
        "sqrt((x^15+y^15+z^15+1)/(x^15-y^14+z^13+2))".into(),
        "sqrt((x^16+3*y*x^7+z*x^5+7)/(5*x^15-y^4*x^9+z^3*x+2))".into(),
    ]
}

/// The default fuel lasts for a few milliseconds; a debug build on a busy machine gets more.
const PATIENCE: Duration = Duration::from_secs(1);

fn timed<T>(text: &str, work: impl FnOnce(&mut Fuel) -> T) {
    let start = Instant::now();
    work(&mut Fuel::new(&Limits::default()));
    let time = start.elapsed();
    assert!(time < PATIENCE, "{time:?}: {}", &text[..text.len().min(80)]);
}

#[test]
fn hostile_terms_stay_within_the_fuel() {
    for text in hostile() {
        let a = term(&text);
        let b = Term::Sum([a.clone(), Term::symbol("z")].into());
        timed(&text, |fuel| difference(&a, &b, fuel));
        timed(&text, |fuel| modular::compare(&a, &b, fuel));
        timed(&text, |fuel| Kernels::new().normalize(&a, fuel));
    }
}

#[test]
fn work_ends_when_the_fuel_does() {
    let limits = Limits {
        fuel: 1_000,
        ..Limits::default()
    };
    let sum = joined(1000, "+", |k| format!("a{k}"));
    let (a, b) = (term(&sum), term(&format!("{sum}+1")));
    let mut fuel = Fuel::new(&limits);
    assert_eq!(difference(&a, &b, &mut fuel), Err(OutOfFuel));
    assert_eq!(fuel.spend(1), Err(OutOfFuel));
    assert_eq!(
        difference(&a, &b, &mut Fuel::new(&Limits::default())),
        Ok(Exact::NonZero)
    );
}
