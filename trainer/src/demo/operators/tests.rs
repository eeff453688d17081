#![allow(clippy::unwrap_used)]
use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use resit::env::{EnvError, Judgement, StopReason, Verifier};

use super::*;
use crate::demo::{Demo, DemoTask};

/// What the numbers of tokens of an episode must fit into.
const CONTEXT: usize = 48;

const PUZZLE: FillInOperators = FillInOperators {
    test_tasks: usize::MAX,
};

fn problem(question: &str) -> Problem {
    Problem::parse(question).unwrap()
}

fn judge(hint: Hint, shuffled: bool, problem: &Problem, answer: &str) -> Judgement {
    let verifier = OperatorVerifier { hint, shuffled };
    verifier.verify(problem, &turn(answer)).unwrap()
}

/// Every problem that is trained on with every wrong answer.
fn wrong_answers() -> impl Iterator<Item = (Problem, Operators)> {
    let problems: BTreeSet<Problem> = Problem::every(Split::Training).into_iter().collect();
    problems.into_iter().flat_map(|problem| {
        let wrong = candidates().filter(move |answer| problem.excess(*answer) != 0);
        wrong.map(move |answer| (problem, answer))
    })
}

#[test]
fn problems_are_counted() {
    // Counted by another program: 5010 triples of digits with two operators have a value between 0
    // and 99, and make 4774 different problems.
    let [training, test] = [Split::Training, Split::Test].map(Problem::every);
    assert_eq!((training.len(), test.len()), (4146, 864));
    let distinct = |problems: &[Problem]| problems.iter().copied().collect::<BTreeSet<_>>();
    let (training, test) = (distinct(&training), distinct(&test));
    assert_eq!((training.len(), test.len()), (3948, 826));
    assert!(training.is_disjoint(&test));
    let solutions: usize = training
        .iter()
        .chain(&test)
        .map(|p| p.solutions().count())
        .sum();
    assert_eq!(solutions, 5010);
}

#[test]
fn drawn_problems_are_trained_on_and_never_tested() {
    let training: BTreeSet<Problem> = Problem::every(Split::Training).into_iter().collect();
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..2000 {
        assert!(training.contains(&Problem::draw(Split::Training, &mut rng)));
        let task = PUZZLE.training_task(&mut rng);
        assert!(training.contains(&problem(&task.question)));
    }
    let tested = PUZZLE.every_task();
    assert_eq!(tested.len(), 864);
    assert!(
        tested
            .iter()
            .all(|task| !training.contains(&problem(&task.question)))
    );
}

#[test]
fn operators_apply_from_left_to_right() {
    // 2 + 3 × 4 is 20 here, and (7 - 3) × 2 is 8.
    assert_eq!(
        problem("2?3?4=20").solutions().collect::<Vec<_>>(),
        [['+', '*']]
    );
    assert_eq!(
        problem("7?3?2=08").solutions().collect::<Vec<_>>(),
        [['+', '-'], ['-', '*']]
    );
    assert_eq!(problem("7?3?2=08").task().reference, "+- or -*");
    assert_eq!(problem("7?3?2=08").question(), "7?3?2=08");
    for other in ["", "7?3=10", "7?3?2", "7?3?=1", "a?3?2=19"] {
        assert_eq!(Problem::parse(other), None, "{other}");
        let verifier = OperatorVerifier {
            hint: Hint::Nothing,
            shuffled: false,
        };
        let refused = verifier.prepare(&Task::new(other, "+-"));
        assert!(matches!(refused, Err(EnvError::Verifier(_))));
    }
}

#[test]
fn every_solution_is_right_and_all_else_is_wrong() {
    let problem = problem("7?3?2=08");
    let right = |answer| judge(Hint::Nothing, false, &problem, answer).correct();
    assert!(right("-*") && right("+-"));
    assert!(!right("++") && !right("*-"));
    for text in ["", "-", "-*+", "7-", "- *", "−*"] {
        let judgement = judge(Hint::Nothing, false, &problem, text);
        assert!(!judgement.correct() && !judgement.formatted, "{text}");
    }
    let verifier = OperatorVerifier {
        hint: Hint::Places,
        shuffled: false,
    };
    assert!(!verifier.verify(&problem, "-*").unwrap().formatted);
}

#[test]
fn hints_are_true() {
    for (problem, answer) in wrong_answers() {
        let text = String::from_iter(answer);
        let said = |hint| judge(hint, false, &problem, &text).diagnosis.unwrap();
        let high = said(Hint::Direction) == TOO_HIGH;
        assert_eq!(high, problem.excess(answer) > 0);
        let wrong = match &*said(Hint::Places) {
            FIRST => [true, false],
            SECOND => [false, true],
            BOTH => [true, true],
            other => panic!("{other}"),
        };
        let differs = |solution: Operators| [0, 1].map(|i| solution[i] != answer[i]);
        assert!(
            problem
                .solutions()
                .any(|solution| differs(solution) == wrong)
        );
        // Where one operator is enough, both are not called wrong.
        let single = problem.solutions().any(|s| differs(s) != [true, true]);
        assert_eq!(single, wrong != [true, true]);
        assert_eq!(judge(Hint::Nothing, false, &problem, &text).diagnosis, None);
    }
    let right = judge(Hint::Places, false, &problem("7?3?2=19"), "*-");
    assert_eq!(right.diagnosis, None);
}

#[test]
fn shuffled_hints_say_no_more_than_the_answer_does() {
    // Some answers are mostly too high whatever the problem: that much a shuffled hint says, too.
    for hint in [Hint::Direction, Hint::Places] {
        let mut counts: BTreeMap<Operators, BTreeMap<(String, String), f64>> = BTreeMap::new();
        for (problem, answer) in wrong_answers() {
            let text = String::from_iter(answer);
            let said = |shuffled| judge(hint, shuffled, &problem, &text).diagnosis.unwrap();
            assert_eq!(said(true), said(true));
            let pair = (said(false).into(), said(true).into());
            *counts.entry(answer).or_default().entry(pair).or_default() += 1.0;
        }
        for (answer, pairs) in counts {
            let total: f64 = pairs.values().sum();
            let share = |of: &dyn Fn(&str, &str) -> bool| {
                let of = pairs
                    .iter()
                    .filter(|((told, shuffled), _)| of(told, shuffled));
                of.map(|(_, count)| count).sum::<f64>() / total
            };
            let mut by_chance = 0.0;
            for one in [TOO_HIGH, TOO_LOW, FIRST, SECOND, BOTH] {
                let (told, shuffled) = (share(&|a, _| a == one), share(&|_, b| b == one));
                assert!(
                    (told - shuffled).abs() < 0.1,
                    "{answer:?} {one} {told} {shuffled}"
                );
                by_chance += told * shuffled;
            }
            let agree = share(&|told, shuffled| told == shuffled);
            assert!(
                (agree - by_chance).abs() < 0.03,
                "{answer:?} {agree} {by_chance}"
            );
        }
    }
}

#[test]
fn the_environment_says_what_the_policy_of_feedback_says() {
    let tokenizer = PUZZLE.tokenizer().unwrap();
    let task = problem("7?3?2=19").task();
    let (first, second, third) = (turn("++"), turn("-*"), turn("*-"));
    let expected = [
        (Said::Nothing, ["", ""]),
        (Said::Wrong, ["<|wrong|>"; 2]),
        (Said::Count, ["<|wrong|>4", "<|wrong|>3"]),
        (Said::Hint(Hint::Direction), ["<|wrong|><|low|>"; 2]),
        (Said::Hint(Hint::Places), ["<|wrong|><|both|>"; 2]),
    ];
    for (said, [after_first, after_second]) in expected {
        let environment = Environment {
            attempts: Attempts::Fixed(5),
            ..said.environment()
        };
        let mut episode = environment.reset(&task, 0).unwrap();
        for text in [&first, &second, &third] {
            environment
                .step(&mut episode, Attempt::text(text.as_str()))
                .unwrap();
        }
        let text = format!("7?3?2=19{first}{after_first}{second}{after_second}{third}");
        assert_eq!(episode.transcript().text(), text);
        assert_eq!(episode.state().stop, Some(StopReason::Solved));
        let ids = tokenizer.encode(&text).unwrap();
        assert_eq!(tokenizer.decode(&ids).unwrap(), text);
        let words = [after_first, after_second].map(|said| match said.len() {
            0 => 0,
            9 => 1,
            _ => 2,
        });
        assert_eq!(ids.len(), 8 + 3 * 5 + words.iter().sum::<usize>());
    }
    let demo = Demo::new(DemoTask::Operators, 0, 1, "").unwrap();
    assert_eq!(tokenizer.vocab_size(), demo.model.vocab_size);
}

#[test]
fn demonstrations_train_one_solution() {
    let tokenizer = PUZZLE.tokenizer().unwrap();
    let mut rng = StdRng::seed_from_u64(3);
    let mut turns = BTreeSet::new();
    for _ in 0..500 {
        let Sequence { tokens, loss_mask } = PUZZLE.demonstration(&tokenizer, &mut rng).unwrap();
        assert!(tokens.len() <= CONTEXT);
        let trained = loss_mask.iter().filter(|mark| **mark).count();
        assert_eq!(trained, 5);
        let (context, answer) = tokens.split_at(tokens.len() - trained);
        assert!(loss_mask.ends_with(&[true; 5]));
        let (context, answer) = (tokenizer.decode(context), tokenizer.decode(answer));
        let context = context.unwrap();
        let problem = problem(&context[..8]);
        let judged = OperatorVerifier {
            hint: Hint::Nothing,
            shuffled: false,
        }
        .verify(&problem, &answer.unwrap())
        .unwrap();
        assert!(judged.correct());
        turns.insert(context.matches(puzzle::BOX).count());
        assert!(!context.contains("<unk>"));
    }
    assert_eq!(turns.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
}

#[test]
fn the_fixed_list_is_that_of_counting() {
    // By another program, over the 864 problems of the test.
    let list = fixed_list();
    assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), 9);
    let problems = Problem::every(Split::Test);
    let solved = accuracy(&problems, &vec![list; problems.len()]);
    let expected = [81, 166, 292, 430, 576].map(|count| f64::from(count) / 864.0);
    assert_eq!(solved, expected);
}
