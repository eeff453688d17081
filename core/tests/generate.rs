//! Generated questions: their answers are right, by another way than the one that made them.
#![allow(clippy::unwrap_used)]

use resit::env::{Attempt, Attempts, EnvError, Environment, Task, Verifier};
use resit::generate::{self, Countdown, CountdownVerifier, Family, Generated, LEVELS};
use resit::grade;

const SEEDS: u64 = 60;

fn every(family: Family) -> impl Iterator<Item = (u32, Generated)> {
    (1..=LEVELS)
        .flat_map(move |level| (0..SEEDS).map(move |seed| (level, family.draw(level, seed))))
}

/// What stands between the first two dollar signs.
fn formula(generated: &Generated) -> &str {
    generated.task.question.split('$').nth(1).unwrap()
}

fn numbers(text: &str) -> Vec<u64> {
    let parts = text.split(|c: char| !c.is_ascii_digit());
    parts
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap())
        .collect()
}

#[test]
fn draws_depend_on_family_level_and_seed_alone() {
    for family in Family::ALL {
        assert_eq!(Family::named(family.name()), Some(family));
        for level in 1..=LEVELS {
            let draws: Vec<_> = (0..SEEDS).map(|seed| family.draw(level, seed)).collect();
            let again: Vec<_> = (0..SEEDS).map(|seed| family.draw(level, seed)).collect();
            assert_eq!(draws, again);
            let mut questions: Vec<_> = draws.iter().map(|d| &d.task.question).collect();
            questions.sort();
            questions.dedup();
            assert!(
                questions.len() > 20,
                "{family:?} {level}: {}",
                questions.len()
            );
        }
        assert_eq!(family.draw(0, 3), family.draw(1, 3));
        assert_eq!(family.draw(u32::MAX, 3), family.draw(LEVELS, 3));
        let id = format!("{}/2/9", family.name());
        assert_eq!(family.draw(2, 9).task.id, Some(id));
    }
    assert_eq!(Family::named("Arithmetic"), None);
}

#[test]
fn the_grader_computes_the_same() {
    for family in [Family::Arithmetic, Family::Fractions] {
        for (level, generated) in every(family) {
            let (reference, formula) = (&generated.task.reference, formula(&generated));
            assert!(
                grade(reference, formula).correct(),
                "{level}: {formula} = {reference}"
            );
            let plain = reference.trim_start_matches('-').replace("\\frac", "");
            let in_lowest_terms = match numbers(&plain)[..] {
                [a, b] => b > 1 && (2..=a.min(b)).all(|d| a % d != 0 || b % d != 0),
                [_] => true,
                _ => false,
            };
            assert!(in_lowest_terms, "{reference}");
        }
    }
}

/// The reward of one attempt at a generated task.
fn reward(task: &Task, answer: &str, countdown: bool) -> f64 {
    fn of<V: Verifier>(environment: Environment<V>, task: &Task, answer: &str) -> f64 {
        let environment = Environment {
            attempts: Attempts::Fixed(1),
            ..environment
        };
        let mut episode = environment.reset(task, 0).unwrap();
        let attempt = Attempt::text(format!("\\boxed{{{answer}}}"));
        environment.step(&mut episode, attempt).unwrap().reward
    }
    match countdown {
        true => of(
            Environment::default().with_verifier(CountdownVerifier),
            task,
            answer,
        ),
        false => of(
            Environment::default().with_verifier(generate::grader()),
            task,
            answer,
        ),
    }
}

/// What a policy can take from the question without computing.
#[test]
fn what_the_question_says_is_no_answer() {
    for family in Family::ALL {
        let countdown = family == Family::Countdown;
        for (level, generated) in every(family) {
            let Task {
                question,
                reference,
                ..
            } = &generated.task;
            let mut echoes = vec![question.clone(), question.replace('$', "")];
            echoes.extend(question.split('$').skip(1).step_by(2).map(String::from));
            // The right side of an equation, and all of it as a chain.
            for echo in echoes.clone() {
                echoes.extend(echo.split('=').map(String::from));
                echoes.push(format!("x = {echo}"));
                echoes.push(format!("({echo})"));
                echoes.push(format!("{echo} + 0"));
                // What is left of it is the answer itself.
                if echo != "x" {
                    echoes.push(format!("{echo} = {reference}"));
                }
            }
            if countdown {
                echoes.extend(question.split([',', ' ', '.']).map(String::from));
                echoes.push(reference.clone());
            }
            for echo in echoes.iter().filter(|echo| echo.trim() != reference) {
                let reward = reward(&generated.task, echo, countdown);
                assert!(reward < 0.0, "{family:?} {level}: {echo} for {reference}");
            }
            if !countdown {
                assert_eq!(reward(&generated.task, reference, false), 1.0, "{question}");
            }
        }
    }
}

/// A number is asked for, in whatever notation.
#[test]
fn numbers_are_answers_however_they_are_written() {
    for (reference, right, wrong) in [
        (
            "1200",
            &[
                "1200", "1,200", "1{,}200", "1\\,200", "+1200", "x = 1200", "$1200$", "(1200)",
            ][..],
            &[
                "1000 + 200",
                "12 \\cdot 100",
                "1.2 \\cdot 10^3",
                "1200.5",
                "2400/2",
            ][..],
        ),
        (
            "-\\frac{5}{3}",
            &[
                "-5/3",
                "\\frac{-5}{3}",
                "-\\dfrac53",
                "-1\\frac{2}{3}",
                "x = -\\frac{5}{3}",
            ],
            &[
                "-\\frac{10}{6}",
                "-\\frac{1}{3} - \\frac{4}{3}",
                "5/3",
                "-1.6666666667",
            ],
        ),
    ] {
        let task = Task::new("?", reference);
        for answer in right {
            assert_eq!(
                reward(&task, answer, false),
                1.0,
                "{answer} for {reference}"
            );
        }
        for answer in wrong {
            assert!(
                reward(&task, answer, false) < 0.0,
                "{answer} for {reference}"
            );
        }
    }
}

#[test]
fn solutions_solve_their_equations() {
    for (level, generated) in every(Family::LinearEquations) {
        let reference = &generated.task.reference;
        let filled = formula(&generated).replace('x', &format!("({reference})"));
        let (left, right) = filled.split_once('=').unwrap();
        assert!(grade(left, right).correct(), "{level}: {filled}");
    }
}

#[test]
fn remainders_are_remainders() {
    for (level, generated) in every(Family::ModularArithmetic) {
        let question = &generated.task.question;
        let answer: u64 = generated.task.reference.parse().unwrap();
        let (value, modulus) = match (level, &numbers(question)[..]) {
            (1, &[a, m]) => (a, m),
            (2, &[a, b, m]) => (a + b, m),
            (3, &[a, b, m]) => (a * b, m),
            (4, &[a, e, m]) => {
                let power = num_modular_power(u128::from(a), e, u128::from(m));
                (power as u64, m)
            }
            (5, &[0, m, a, again]) => {
                assert_eq!(m, again);
                assert_eq!(a * answer % m, 1, "{question}");
                (answer, m)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(value % modulus, answer, "{question}");
    }
}

/// By repeated squaring.
fn num_modular_power(base: u128, exponent: u64, modulus: u128) -> u128 {
    match exponent {
        0 => 1 % modulus,
        e if e % 2 == 0 => num_modular_power(base * base % modulus, e / 2, modulus),
        e => base * num_modular_power(base, e - 1, modulus) % modulus,
    }
}

#[test]
fn answers_are_as_likely_as_the_posterior_says() {
    const DRAWS: u64 = 20_000;
    for level in 1..=LEVELS {
        // The best policy names the answers in the order of their chances.
        let (mut expected, mut solved) = ([0.0; 4], [0.0; 4]);
        for seed in 0..DRAWS {
            let generated = Family::HiddenOperator.draw(level, seed);
            let mut left = generated.answers.clone();
            let total: f64 = left.answers().iter().map(|(_, chance)| chance).sum();
            assert!((total - 1.0).abs() < 1e-12);
            let (mut open, mut right) = (1.0, false);
            for k in 0..4 {
                let answer = left.likeliest().to_owned();
                expected[k] += 1.0 - open * (1.0 - left.best());
                open *= 1.0 - left.best();
                right |= answer == generated.task.reference;
                solved[k] += f64::from(u8::from(right));
                left = left.without(|other| other == answer);
            }
            assert!(right, "{generated:?}");
        }
        for (expected, solved) in expected.into_iter().zip(solved) {
            let (expected, solved) = (expected / DRAWS as f64, solved / DRAWS as f64);
            // Four standard errors of a share near one half.
            assert!(
                (expected - solved).abs() < 0.0142,
                "{level}: {expected} {solved}"
            );
        }
    }
}

#[test]
fn a_failed_attempt_raises_the_other_chances() {
    let generated = (0..).map(|seed| Family::HiddenOperator.draw(2, seed));
    let three = |g: &Generated| g.answers.answers().len() == 3;
    let posterior = generated.into_iter().find(three).unwrap().answers;
    let first = posterior.likeliest();
    let left = posterior.without(|answer| answer == first);
    assert!((posterior.best() - 0.5).abs() < 1e-12);
    assert!((left.best() - 0.6).abs() < 1e-12);
    assert!((left.accuracy(|_| 0.5) - 0.5).abs() < 1e-12);
    // Who says the same again is never right.
    assert_eq!(
        left.accuracy(|answer| f64::from(u8::from(answer == first))),
        0.0
    );
    let none = left.without(|_| true);
    assert_eq!(
        (none.best(), none.likeliest(), none.accuracy(|_| 1.0)),
        (0.0, "", 0.0)
    );
}

fn countdown(numbers: &[u32], target: u32) -> Countdown {
    Countdown {
        numbers: numbers.into(),
        target,
    }
}

#[test]
fn expressions_solve_a_countdown() {
    let game = countdown(&[3, 5, 7, 2], 26);
    for answer in [
        "3*7+5",
        " ( 3 × 7 ) + 5 ",
        r"3 \times 7 + 5",
        r"\left(5 + 7 \cdot 3\right)",
        "(5+7)*2 + 2/2 + 1",
        "7*2*2-2",
    ] {
        let once = !answer.contains("2/2") && !answer.contains("2*2");
        assert_eq!(game.solves(answer), once, "{answer}");
    }
    // Fractions on the way are exact.
    assert!(countdown(&[8, 3, 8, 3], 24).solves("8/(3-8/3)"));
    assert!(countdown(&[5, 5], 1).solves("5 / 5"));
}

#[test]
fn what_is_no_solution_of_a_countdown() {
    let game = countdown(&[3, 5, 7], 26);
    let nested = format!("{}3*7+5{}", "(".repeat(300), ")".repeat(300));
    let long = format!("3*7+5{}", " ".repeat(2000));
    for answer in [
        "",
        "26",
        "3*7+6",
        "3*7+5=26",
        "-5+3*7",
        "3 7",
        "3*7+5)",
        "(3*7+5",
        "3**7",
        "5/(3-3)",
        "3*7+5+",
        "35",
        "3·",
        "99999999999999999999",
        &nested,
        &long,
    ] {
        assert!(!game.solves(answer), "{answer}");
    }
    let large = countdown(&[99_999, 99_998, 99_997, 99_996], 0);
    assert!(!large.solves("99999*99998*99997*99996"));
}

/// Every expression over the numbers, as text.
fn reaches(game: &Countdown, left: &[(String, i64)]) -> bool {
    if let [(text, value)] = left {
        return *value == i64::from(game.target) && game.solves(text);
    }
    for i in 0..left.len() {
        for j in 0..left.len() {
            if i == j {
                continue;
            }
            let ((a, x), (b, y)) = (&left[i], &left[j]);
            let rest = || {
                (0..left.len())
                    .filter(|k| *k != i && *k != j)
                    .map(|k| left[k].clone())
            };
            let mut results = vec![("+", x + y), ("-", x - y), ("*", x * y)];
            if *y != 0 && x % y == 0 {
                results.push(("/", x / y));
            }
            for (sign, value) in results {
                let mut next: Vec<_> = rest().collect();
                next.push((format!("({a}{sign}{b})"), value));
                if reaches(game, &next) {
                    return true;
                }
            }
        }
    }
    false
}

#[test]
fn countdowns_can_be_solved() {
    for level in 1..=3 {
        for seed in 0..30 {
            let question = Family::Countdown.draw(level, seed).task.question;
            let read = numbers(&question)
                .into_iter()
                .map(|n| n as u32)
                .collect::<Vec<_>>();
            let (target, given) = read.split_first().unwrap();
            assert_eq!(given.len(), level as usize + 1);
            let game = countdown(given, *target);
            assert_eq!(game, Countdown::draw(level, seed));
            let start: Vec<_> = given
                .iter()
                .map(|n| (n.to_string(), i64::from(*n)))
                .collect();
            assert!(reaches(&game, &start), "{question}");
            assert!(!game.solves(&target.to_string()), "{question}");
        }
    }
}

#[test]
fn an_environment_plays_countdowns() {
    let environment = Environment::default().with_verifier(CountdownVerifier);
    let task = Task::new("26 with 3, 5, 7", "26 from 3, 5, 7");
    for (answer, reward) in [
        (r"\boxed{3 \cdot 7 + 5}", 1.0),
        (r"\boxed{26}", -0.5),
        (r"3 \cdot 7 + 5", -1.0),
    ] {
        let mut episode = environment.reset(&task, 0).unwrap();
        let mut outcome = environment
            .step(&mut episode, Attempt::text(answer))
            .unwrap();
        while outcome.stop.is_none() {
            outcome = environment.step(&mut episode, Attempt::text("")).unwrap();
        }
        assert_eq!(outcome.reward, reward, "{answer}");
    }
    for reference in ["26", "26 from", "26 from 3, x", "-1 from 3", ""] {
        let task = Task::new("26", reference);
        assert!(
            matches!(environment.reset(&task, 0), Err(EnvError::Verifier(_))),
            "{reference}"
        );
    }
}
