//! Metrics against values worked out by hand, and what must hold of any transcripts.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use resit::Grader;
use resit::metrics::{
    AttemptRecord, Ballot, Bootstrap, EpisodeRecord, Metric, Prefix, Question, accuracy_at,
    break_rate, cumulative_regret, distinct_answers, fix_rate, format_rate, majority_at,
    majority_by_tokens, normalized_token_regret, pass_at, progress, repeat_rate, solved_by,
    token_regret, tokens_after, tokens_to_solve, value_after,
};

/// An attempt of 10 tokens: `!` before a correct answer, `-` for no answer.
fn attempt(answer: &str) -> AttemptRecord {
    let text = answer.trim_start_matches('!');
    AttemptRecord {
        correct: answer.starts_with('!'),
        formatted: text != "-",
        answer: (text != "-").then(|| text.into()),
        tokens: Some(10),
        feedback_tokens: 3,
    }
}

fn episode(question: &str, granted: u32, answers: &[&str]) -> EpisodeRecord {
    EpisodeRecord {
        question: question.into(),
        granted,
        prompt_tokens: Some(5),
        attempts: answers.iter().map(|a| attempt(a)).collect(),
        values: Vec::new(),
    }
}

/// Four questions, six episodes; the last goes on after it was right, as without a verifier.
fn sample() -> Vec<Question> {
    Question::group([
        episode("a", 3, &["7", "!8"]),
        episode("b", 3, &["1", "1", "2"]),
        episode("a", 3, &["!8"]),
        episode("c", 3, &["-", "!5"]),
        episode("c", 1, &["4"]),
        episode("d", 3, &["!3", "4", "!3"]),
    ])
}

fn close(metric: &Metric, expected: f64) {
    let value = metric.value().unwrap();
    assert!((value - expected).abs() < 1e-12, "{value} {expected}");
}

#[test]
fn episodes_are_grouped_by_question_in_order() {
    let names: Vec<_> = sample()
        .into_iter()
        .map(|q| (q.name, q.episodes.len()))
        .collect();
    let expected = [("a", 2), ("b", 1), ("c", 2), ("d", 1)];
    assert_eq!(names, expected.map(|(name, count)| (name.into(), count)));
}

#[test]
fn accuracy_counts_the_episodes_granted_exactly_so_many() {
    close(&accuracy_at(&sample(), 3), 4.0 / 5.0);
    close(&accuracy_at(&sample(), 1), 0.0);
    assert_eq!(accuracy_at(&sample(), 2).value(), None);
}

#[test]
fn solved_by_counts_the_episodes_granted_at_least_so_many() {
    close(&solved_by(&sample(), 1), 2.0 / 6.0);
    close(&solved_by(&sample(), 2), 4.0 / 5.0);
    close(&solved_by(&sample(), 3), 4.0 / 5.0);
    assert_eq!(solved_by(&sample(), 4).value(), None);
    assert_eq!(solved_by(&sample(), 2).count(), 5.0);
}

#[test]
fn fixes_are_of_wrong_attempts_and_breaks_of_correct_ones() {
    // Wrong first attempts with a second: 7, 1 and none; the first and the last are mended.
    close(&fix_rate(&sample(), 1), 2.0 / 3.0);
    // Wrong second attempts with a third: 1 (to 2) and 4 (to 3).
    close(&fix_rate(&sample(), 2), 1.0 / 2.0);
    close(&break_rate(&sample(), 1), 1.0);
    assert_eq!(break_rate(&sample(), 2).value(), None);
    assert_eq!(fix_rate(&sample(), u32::MAX).value(), None);
}

#[test]
fn repeats_are_answers_after_the_first_that_were_given_before() {
    // Later answers: 8 | 1 2 | 4 3, of which 1 and 3 are repeated; `- 5` has no later answer.
    close(&repeat_rate(&sample()), 2.0 / 5.0);
    // Different answers: 2, 2, 1, 1, 1, 2.
    close(&distinct_answers(&sample()), 9.0 / 6.0);
}

#[test]
fn equal_answers_are_unified_by_the_grader() {
    let mut questions = Question::group([
        episode("a", 3, &["0.5", "2", r"\frac{1}{2}"]),
        episode("a", 1, &[r"\frac{2}{4}"]),
    ]);
    close(&repeat_rate(&questions), 0.0);
    questions[0].unify_answers(&Grader::default());
    close(&repeat_rate(&questions), 1.0 / 2.0);
    assert_eq!(
        questions[0].episodes[1].attempts[0].answer.as_deref(),
        Some("0.5")
    );
}

#[test]
fn format_and_tokens() {
    close(&format_rate(&sample()), 11.0 / 12.0);
    // Solved at attempts 2, 1, 2 and 1.
    close(&tokens_to_solve(&sample()), 15.0);
    // Of the five granted two: 20, 20, 10, 20, 20.
    close(&tokens_after(&sample(), 2), 18.0);
    let mut unknown = sample();
    unknown[0].episodes[0].attempts[0].tokens = None;
    close(&tokens_to_solve(&unknown), 40.0 / 3.0);
}

#[test]
fn values_without_estimates_are_the_solved_curve_one_ahead() {
    let questions = sample();
    close(&value_after(&questions, 0), 2.0 / 6.0);
    close(&value_after(&questions, 1), 4.0 / 5.0);
    close(&value_after(&questions, 2), 4.0 / 5.0);
    // After three attempts only those that were solved are known.
    assert_eq!(value_after(&questions, 3).value(), None);
    // Over the episodes granted two: 0 → 1, 0 → 0, 1 → 1, 0 → 1, 1 → 1.
    close(&progress(&questions, 1), 2.0 / 5.0);
    assert_eq!(progress(&questions, 0).value(), None);
}

#[test]
fn recorded_estimates_come_before_the_attempt_that_follows() {
    let mut one = episode("a", 2, &["7", "!8"]);
    one.values = vec![0.25, 0.75, 0.5];
    assert_eq!(
        [0, 1, 2].map(|j| one.value_after(j)),
        [Some(0.25), Some(0.75), Some(1.0)]
    );
    let questions = Question::group([one]);
    close(&progress(&questions, 1), 0.5);
    close(&progress(&questions, 2), 0.25);
    close(&cumulative_regret(&questions, &[1.0, 1.0]), 1.0);
    close(&cumulative_regret(&questions, &[0.5, 0.75]), 0.25);
}

#[test]
fn regret_sums_what_is_missing() {
    // (1 - 1/3) + (1 - 4/5) + (1 - 4/5).
    close(&cumulative_regret(&sample(), &[1.0; 3]), 2.0 / 3.0 + 0.4);
    // Against a policy with J* = 1/2, 4/5.
    close(&cumulative_regret(&sample(), &[0.5, 0.8]), 0.5 - 1.0 / 3.0);
}

#[test]
fn token_regret_by_hand() {
    // One point (100, 0.5), budget 50: a triangle up to (50, 0.25).
    let regret =
        |points: &[(f64, f64)], budget| normalized_token_regret(points.iter().copied(), budget);
    assert_eq!(regret(&[(100.0, 0.5)], 50.0), Some(1.0 - 6.25 / 50.0));
    // 0 → (10, 0.4) → (30, 0.8), flat to 40: 2 + 12 + 8.
    let points = [(10.0, 0.4), (30.0, 0.8)];
    assert!((regret(&points, 40.0).unwrap() - (1.0 - 22.0 / 40.0)).abs() < 1e-12);
    // Cut within the second piece at 20, where the curve is at 0.6: 2 + 5.
    assert!((regret(&points, 20.0).unwrap() - (1.0 - 7.0 / 20.0)).abs() < 1e-12);
    assert_eq!(regret(&[(0.0, 1.0)], 9.0), Some(0.0));
    for (points, budget) in [(&points[..0], 9.0), (&points, 0.0), (&points, f64::NAN)] {
        assert_eq!(regret(points, budget), None);
    }
    // Episodes granted three: tokens 20 20 10 20 20 after two attempts, 20 30 10 20 30 after all.
    let expected = regret(&[(10.0, 0.4), (18.0, 0.8), (22.0, 0.8)], 30.0).unwrap();
    close(&token_regret(&sample(), 3, 30.0), expected);
}

fn samples(answers: &[&str]) -> Vec<Question> {
    Question::group(answers.iter().map(|answer| episode("q", 1, &[answer])))
}

#[test]
fn pass_is_unbiased() {
    // 2 of 5 are correct: 1 - C(3, 2) / C(5, 2) = 1 - 3 / 10.
    let questions = samples(&["!1", "2", "!1", "3", "4"]);
    close(&pass_at(&questions, 2), 0.7);
    close(&pass_at(&questions, 1), 0.4);
    close(&pass_at(&questions, 4), 1.0);
    for k in [0, 6] {
        assert_eq!(pass_at(&questions, k).value(), None);
    }
}

/// A question with fewer samples than k is left out, whatever its samples say.
#[test]
fn questions_with_too_few_samples_do_not_count() {
    let sample = |(question, answer): (&str, &str)| episode(question, 1, &[answer]);
    let three = [("a", "!1"), ("a", "2"), ("a", "2")];
    let one = [("b", "!1")];
    let questions = Question::group(three.into_iter().chain(one).map(sample));
    // The mean over both at k = 1; only the question with three samples at 2 and 3.
    close(&pass_at(&questions, 1), (1.0 / 3.0 + 1.0) / 2.0);
    close(&pass_at(&questions, 2), 1.0 - 1.0 / 3.0);
    close(&pass_at(&questions, 3), 1.0);
    close(&majority_at(&questions, 1), (1.0 / 3.0 + 1.0) / 2.0);
    // Of the pairs {1,2}, {1,2}, {2,2}: 1/2, 1/2, 0.
    close(&majority_at(&questions, 2), 1.0 / 3.0);
    close(&majority_at(&questions, 3), 0.0);
    for (k, counted) in [(1, 2.0), (2, 1.0), (3, 1.0), (4, 0.0)] {
        assert_eq!(pass_at(&questions, k).count(), counted);
        assert_eq!(majority_at(&questions, k).count(), counted);
    }
    assert_eq!(pass_at(&questions, 4).value(), None);
}

#[test]
fn majority_breaks_ties_at_random() {
    // Of the three pairs {1,1}, {1,2}, {1,2}: 1, 1/2, 1/2.
    close(&majority_at(&samples(&["!1", "!1", "2"]), 2), 2.0 / 3.0);
    close(&majority_at(&samples(&["!1", "!1", "2"]), 3), 1.0);
    close(&majority_at(&samples(&["!1", "2", "3"]), 3), 1.0 / 3.0);
    // What has no answer has no vote.
    close(&majority_at(&samples(&["!1", "-", "-"]), 3), 1.0);
    close(&majority_at(&samples(&["2", "-", "-"]), 3), 0.0);
    assert_eq!(majority_at(&samples(&["!1"]), 2).value(), None);
}

#[test]
fn votes_against_tokens_cost_the_prefix_and_k_answers() {
    let ballots = |answers: &[&str], tokens| {
        let ballot = |answer: &&str| Ballot {
            answer: attempt(answer).answer,
            correct: attempt(answer).correct,
            tokens,
        };
        answers.iter().map(ballot).collect()
    };
    let prefix = |tokens, ballots| Prefix { tokens, ballots };
    let questions = [
        vec![
            prefix(5, ballots(&["2", "!1", "!1"], 4)),
            prefix(20, ballots(&["!1", "!1", "!1"], 2)),
        ],
        vec![prefix(7, ballots(&["9", "9", "!8"], 6))],
    ];
    let points = majority_by_tokens(&questions, 2);
    let values: Vec<_> = points
        .iter()
        .map(|(cost, accuracy)| (cost.value().unwrap(), accuracy.value().unwrap()))
        .collect();
    // At j = 0: costs 5 + 2·4 and 7 + 2·6, accuracies 2/3 and 1/3. At j = 1 the second stays.
    assert_eq!(values.len(), 2);
    assert!((values[0].0 - 16.0).abs() < 1e-12 && (values[0].1 - 0.5).abs() < 1e-12);
    assert!((values[1].0 - 21.5).abs() < 1e-12 && (values[1].1 - 2.0 / 3.0).abs() < 1e-12);
}

/// Every choice of k of the answers, as the estimators' definition has it.
fn over_all_choices(answers: &[&str], k: usize, of: impl Fn(&[&str]) -> f64) -> f64 {
    let (mut sum, mut choices) = (0.0, 0);
    for mask in 0..1u32 << answers.len() {
        if mask.count_ones() as usize == k {
            let chosen = (0..answers.len()).filter(|i| mask >> i & 1 == 1);
            sum += of(&chosen.map(|i| answers[i]).collect::<Vec<_>>());
            choices += 1;
        }
    }
    sum / f64::from(choices)
}

fn wins(votes: &[&str]) -> f64 {
    let count = |answer: &str| votes.iter().filter(|v| **v == answer).count();
    let most = votes
        .iter()
        .filter(|v| **v != "-")
        .map(|v| count(v))
        .max()
        .unwrap_or(0);
    if most == 0 || count("!1") < most {
        return 0.0;
    }
    let mut tied: Vec<_> = votes
        .iter()
        .filter(|v| **v != "-" && count(v) == most)
        .collect();
    tied.sort();
    tied.dedup();
    1.0 / tied.len() as f64
}

prop_compose! {
    fn answers()(
        answers in prop::collection::vec(prop::sample::select(vec!["!1", "2", "3", "4", "-"]), 1..9),
    ) -> Vec<&'static str> {
        answers
    }
}

prop_compose! {
    fn any_episode()(
        question in prop::sample::select(vec!["a", "b", "c"]),
        answers in prop::collection::vec(prop::sample::select(vec!["!1", "2", "3", "-"]), 0..5),
        more in 0..3u32,
    ) -> EpisodeRecord {
        episode(question, answers.len() as u32 + more, &answers)
    }
}

proptest! {
    #[test]
    fn estimators_are_means_over_all_choices(
        answers in answers(),
        k in any::<prop::sample::Index>(),
    ) {
        let k = k.index(answers.len()) + 1;
        let questions = samples(&answers);
        let pass = over_all_choices(&answers, k, |chosen| f64::from(u8::from(chosen.contains(&"!1"))));
        let majority = over_all_choices(&answers, k, wins);
        prop_assert!((pass_at(&questions, k as u32).value().unwrap() - pass).abs() < 1e-9);
        prop_assert!((majority_at(&questions, k as u32).value().unwrap() - majority).abs() < 1e-9);
    }

    #[test]
    fn shares_are_shares_and_curves_rise(episodes in prop::collection::vec(any_episode(), 1..20)) {
        let questions = Question::group(episodes);
        let mut before = 0.0;
        let all = |k| Metric::mean(&questions, |e| Some(f64::from(u8::from(e.solved_by(k)))));
        for k in 1..6 {
            for metric in [
                accuracy_at(&questions, k), solved_by(&questions, k), fix_rate(&questions, k),
                break_rate(&questions, k), value_after(&questions, k), pass_at(&questions, k),
                majority_at(&questions, k), token_regret(&questions, k, 25.0),
                repeat_rate(&questions), format_rate(&questions),
            ] {
                let value = metric.value();
                prop_assert!(value.is_none_or(|v| (-1e-12..=1.0 + 1e-12).contains(&v)), "{value:?}");
                let interval = metric.interval(&Bootstrap { resamples: 50, ..Bootstrap::default() });
                prop_assert!(interval.is_none_or(|i| i.low <= i.high));
            }
            let solved = all(k).value().unwrap();
            prop_assert!(solved >= before);
            before = solved;
        }
    }

    /// A policy that is right at once has nothing to regret.
    #[test]
    fn values_of_one_have_no_regret(count in 1..9usize, granted in 1..6u32, values in any::<bool>()) {
        let episodes = (0..count).map(|i| {
            let answers: &[&str] = if values { &["2"] } else { &["!1"] };
            let mut one = episode(&i.to_string(), granted, answers);
            one.values = vec![1.0; if values { granted as usize + 1 } else { 0 }];
            one
        });
        let questions = Question::group(episodes);
        let ones = vec![1.0; granted as usize];
        close(&cumulative_regret(&questions, &ones), 0.0);
        for k in 1..granted + u32::from(values) {
            close(&progress(&questions, k), 0.0);
        }
        if !values {
            // All but the first answer's own tokens.
            close(&token_regret(&questions, granted, 100.0), 0.05);
        }
    }

    /// Progress adds up to what was gained, as long as every episode has both ends.
    #[test]
    fn progress_telescopes(values in prop::collection::vec(0.0..1.0f64, 4), count in 1..5usize) {
        let episodes = (0..count).map(|i| {
            let mut one = episode(&i.to_string(), 3, &["2", "2", "3"]);
            one.values.clone_from(&values);
            one
        });
        let questions = Question::group(episodes);
        let sum: f64 = (1..=3).map(|k| progress(&questions, k).value().unwrap()).sum();
        prop_assert!((sum - (values[3] - values[0])).abs() < 1e-12);
    }
}
