//! Prover estimates, the progress bonus in its forms, and episodes that go back.
#![allow(clippy::unwrap_used)]

use resit::env::{
    Attempt, Attempts, Backtracking, Budget, Credited, EnvError, Environment, Episode, Estimate,
    Finish, ProgressBonus, ProgressCredit, Prover, RewardScheme, StopReason, Task,
    advantages_over_answering_now, draw_cut,
};
use resit::generate::{Family, Posterior};
use resit::metrics::{
    Ballot, Bootstrap, EpisodeRecord, Prefix, Question, cumulative_regret, majority_by_tokens,
    value_after,
};

fn environment(attempts: u32) -> Environment {
    Environment {
        attempts: Attempts::Fixed(attempts),
        ..Environment::default()
    }
}

fn encode(text: &str) -> Vec<u32> {
    text.bytes().map(u32::from).collect()
}

/// Two tokens for each character, so that attempts differ in length.
fn say(answer: &str) -> Attempt {
    let text = format!(r"\boxed{{{answer}}}");
    Attempt {
        tokens: text.bytes().flat_map(|b| [u32::from(b); 2]).collect(),
        logprobs: vec![-0.5; 2 * text.len()],
        finish: Finish::EndOfTurn,
        text,
    }
}

fn play(environment: &Environment, task: &Task, answers: &[&str]) -> Episode {
    let mut episode = environment.reset(task, 0).unwrap();
    for answer in answers {
        episode.encode(encode);
        environment.step(&mut episode, say(answer)).unwrap();
    }
    episode
}

fn task() -> Task {
    Task::new("6 × 7?", "42")
}

#[test]
fn estimates_name_their_prover() {
    assert_eq!(Estimate::critic(0.5).unwrap().value, 0.75);
    assert_eq!(Estimate::critic(-7.0).unwrap().value, 0.0);
    assert_eq!(Estimate::critic(f64::NAN), None);
    assert_eq!(Estimate::exact(1.5), None);
    assert_eq!(Estimate::forced(&[]), None);
    assert!(Estimate::critic(0.0).unwrap().is_approximate());
    assert!(!Estimate::exact(0.5).unwrap().is_approximate());
}

#[test]
fn a_forced_prover_answers_where_the_episode_stood() {
    let environment = environment(3);
    let episode = play(&environment, &task(), &["1", "2", "42"]);
    let before = episode.clone();
    let mut prompts = Vec::new();
    let values = environment
        .values(&episode, |fork| {
            fork.encode(encode);
            prompts.push(fork.transcript().tokens());
            let answers = match fork.state().used() {
                0 => ["42", "1", "2", "3"],
                1 => ["42", "42", "2", "3"],
                _ => ["42", "42", "42", "3"],
            };
            Ok::<_, EnvError>(answers.map(say).into())
        })
        .unwrap();
    let expected = [(0.25, false), (0.5, false), (0.75, false), (1.0, true)];
    assert_eq!(values.len(), expected.len());
    for (estimate, (value, solved)) in values.iter().zip(expected) {
        assert_eq!(estimate.value, value);
        assert_eq!(estimate.prover == Prover::Solved, solved);
    }
    assert_eq!(episode, before);
    // What the prover follows is what the model followed.
    let tokens = episode.transcript().tokens();
    assert!(prompts.iter().all(|prompt| tokens.starts_with(prompt)));
    assert!(prompts[0].len() < prompts[1].len() && prompts[1].len() < prompts[2].len());
}

#[test]
fn after_the_last_attempt_one_more_is_granted_to_the_prover() {
    let environment = environment(2);
    let episode = play(&environment, &task(), &["1", "2"]);
    assert_eq!(episode.state().stop, Some(StopReason::Exhausted));
    let fork = environment.fork_for_answer(&episode, 2).unwrap();
    let text = fork.transcript().text();
    assert!(text.starts_with(&episode.transcript().text()));
    assert!(text.contains("You have 1 attempts left"), "{text}");
    let results = environment
        .answer_now(&fork, [Attempt::text(r"\boxed{42}")])
        .unwrap();
    assert_eq!(Estimate::forced(&results).unwrap().value, 1.0);
    let missing = environment.fork_for_answer(&episode, 3).unwrap_err();
    assert_eq!(missing, EnvError::NoSuchStep { after: 3 });
}

#[test]
fn no_answer_follows_a_full_context() {
    let environment = Environment {
        budget: Budget {
            episode: Some(40),
            ..Budget::default()
        },
        ..environment(3)
    };
    let mut episode = play(&environment, &task(), &["1"]);
    episode.encode(encode);
    let nothing = Attempt {
        finish: Finish::Length,
        ..Attempt::text("")
    };
    environment.step(&mut episode, nothing).unwrap();
    assert_eq!(episode.state().stop, Some(StopReason::Truncated));
    let values = environment
        .values(&episode, |fork| {
            fork.encode(encode);
            Ok::<_, EnvError>(vec![say("42")])
        })
        .unwrap();
    // Before the first attempt; after it the transcript no longer awaits one.
    assert_eq!(values.len(), 1, "{values:?}");
}

#[test]
fn a_prover_has_to_answer() {
    let environment = environment(2);
    let episode = play(&environment, &task(), &["1"]);
    let none = environment.values(&episode, |_| Ok::<_, EnvError>(Vec::new()));
    assert_eq!(none, Err(EnvError::NoAnswers));
    let fork = environment.fork_for_answer(&episode, 1).unwrap();
    // Cut off, nothing, and without a box.
    let open = Attempt {
        finish: Finish::Open,
        ..Attempt::text("It is")
    };
    let results = environment
        .answer_now(&fork, [open, Attempt::text(""), Attempt::text("42")])
        .unwrap();
    assert_eq!(Estimate::forced(&results).unwrap().value, 0.0);
}

/// Answers by the prior of a hidden operator, whatever was wrong before: its J is known.
struct Guesser {
    seed: u64,
}

impl Guesser {
    fn tenths(&mut self) -> usize {
        self.seed += 1;
        let mut order: Vec<usize> = (0..10).collect();
        resit::shuffle(&mut order, self.seed);
        order[0]
    }

    fn answer(&mut self, prior: &Posterior) -> Attempt {
        let mut draw = self.tenths();
        for (answer, chance) in prior.answers() {
            let tenths = (10.0 * chance).round() as usize;
            if draw < tenths {
                return say(answer);
            }
            draw -= tenths;
        }
        unreachable!("the chances sum to 1")
    }
}

fn chance(prior: &Posterior, answer: &str) -> f64 {
    let mut answers = prior.answers().iter();
    answers
        .find(|(known, _)| known == answer)
        .map_or(0.0, |(_, chance)| *chance)
}

/// The forked prover's mean is the exact J, and the regret that of the exact values.
#[test]
fn sampled_values_agree_with_exact_ones() {
    let environment = environment(2);
    let mut guesser = Guesser { seed: 5 };
    let (mut sampled, mut exact) = (Vec::new(), Vec::new());
    for seed in 0..250 {
        let generated = Family::HiddenOperator.draw(2, seed);
        let prior = &generated.answers;
        let mut episode = environment.reset(&generated.task, seed).unwrap();
        while episode.state().stop.is_none() {
            episode.encode(encode);
            environment
                .step(&mut episode, guesser.answer(prior))
                .unwrap();
        }
        let forced = environment
            .values(&episode, |fork| {
                fork.encode(encode);
                Ok::<_, EnvError>((0..8).map(|_| guesser.answer(prior)).collect())
            })
            .unwrap();
        let mut left = prior.clone();
        let mut known = vec![left.accuracy(|answer| chance(prior, answer))];
        for result in &episode.state().results {
            let said = result.answer().unwrap().to_owned();
            left = left.without(|answer| answer == said);
            let value = left.accuracy(|answer| chance(prior, answer));
            known.push(if result.correct() { 1.0 } else { value });
        }
        known.resize(3, 1.0);
        let record = EpisodeRecord::of(&episode);
        exact.push(EpisodeRecord {
            values: known,
            ..record.clone()
        });
        sampled.push(EpisodeRecord {
            values: forced.iter().map(|estimate| estimate.value).collect(),
            ..record
        });
    }
    let (sampled, exact) = (Question::group(sampled), Question::group(exact));
    let bootstrap = Bootstrap {
        level: 0.999,
        ..Bootstrap::default()
    };
    for j in 0..=2 {
        let measured = value_after(&sampled, j).interval(&bootstrap).unwrap();
        let known = value_after(&exact, j).value().unwrap();
        assert!(
            measured.low <= known && known <= measured.high,
            "{j}: {known} {measured:?}"
        );
        assert!(measured.high - measured.low < 0.25);
    }
    let measured = cumulative_regret(&sampled, &[1.0, 1.0])
        .interval(&bootstrap)
        .unwrap();
    let known = cumulative_regret(&exact, &[1.0, 1.0]).value().unwrap();
    assert!(measured.low <= known && known <= measured.high);
}

fn credited(episode: &Episode, credit: ProgressCredit, values: &[f64]) -> Credited {
    let bonus = ProgressBonus { alpha: 2.0, credit };
    let mut all = episode.progress_sequences(&RewardScheme::default(), &bonus, values);
    assert_eq!(all.len(), 1);
    all.pop().unwrap()
}

/// The places of the last tokens of the attempts, from the loss mask.
fn ends(mask: &[bool]) -> Vec<usize> {
    let end = |i: &usize| mask[*i] && mask.get(i + 1) != Some(&true);
    (0..mask.len()).filter(end).collect()
}

const VALUES: [f64; 4] = [0.25, 0.5, 0.375, 1.0];

#[test]
fn a_bonus_as_return_is_a_reward_on_the_last_token_and_telescopes() {
    let episode = play(&environment(3), &task(), &["1", "2", "42"]);
    let Credited {
        sequence,
        advantages,
    } = credited(&episode, ProgressCredit::Return, &VALUES);
    assert_eq!(sequence.tokens, episode.transcript().tokens());
    assert!(advantages.iter().all(|a| *a == 0.0));
    let ends = ends(&sequence.loss_mask);
    let at_ends: Vec<f64> = ends.iter().map(|i| sequence.rewards[*i]).collect();
    // The outcome's reward of 1 stays.
    assert_eq!(at_ends, [0.5, -0.25, 1.25 + 1.0]);
    let paid = sequence.rewards.iter().filter(|r| **r != 0.0).count();
    assert_eq!(paid, 3);
    let total: f64 = sequence.rewards.iter().sum();
    assert!((total - 1.0 - 2.0 * (1.0 - 0.25)).abs() < 1e-12);
}

#[test]
fn a_bonus_per_attempt_stays_within_its_attempt() {
    let episode = play(&environment(3), &task(), &["1", "2", "42"]);
    let Credited {
        sequence,
        advantages,
    } = credited(&episode, ProgressCredit::Attempt, &VALUES);
    let plain = episode.sequences(&RewardScheme::default());
    assert_eq!(sequence, plain[0]);
    let mut attempt = 0;
    let ends = ends(&sequence.loss_mask);
    for (index, (advantage, sampled)) in advantages.iter().zip(&sequence.loss_mask).enumerate() {
        let expected = if *sampled {
            [0.5, -0.25, 1.25][attempt]
        } else {
            0.0
        };
        assert_eq!(*advantage, expected, "{index}");
        attempt += usize::from(ends.contains(&index));
    }
    assert_eq!(attempt, 3);
}

#[test]
fn attempts_without_values_get_no_bonus() {
    let episode = play(&environment(3), &task(), &["1", "2"]);
    for credit in [ProgressCredit::Attempt, ProgressCredit::Return] {
        let all = credited(&episode, credit, &[]);
        assert_eq!(all.sequence, episode.sequences(&RewardScheme::default())[0]);
        assert!(all.advantages.iter().all(|a| *a == 0.0));
    }
}

#[test]
fn the_scalar_form_cuts_at_random_and_compares() {
    let cuts: Vec<u32> = (0..3000).map(|seed| draw_cut(3, seed).unwrap()).collect();
    for j in 0..3 {
        let count = cuts.iter().filter(|cut| **cut == j).count();
        assert!((900..1100).contains(&count), "{j}: {count}");
    }
    assert_eq!(draw_cut(0, 1), None);
    assert_eq!(advantages_over_answering_now(&[], &[1.0]), None);
    let advantages = advantages_over_answering_now(&[1.0, -0.5], &[1.0, -1.0]).unwrap();
    assert_eq!(advantages, [0.75, -1.25]);
}

#[test]
fn an_episode_goes_back_to_an_earlier_step() {
    let environment = environment(3);
    let mut search = Backtracking::new(environment.reset(&task(), 0).unwrap());
    for (back, answer) in [(0, "1"), (1, "2"), (0, "3"), (1, "4"), (4, "42")] {
        search.return_to(back).unwrap();
        search.encode(encode);
        search.step(&environment, say(answer)).unwrap();
    }
    assert_eq!(search.last(), 5);
    assert_eq!(
        search.episode(),
        &play(&environment, &task(), &["1", "4", "42"])
    );
    assert_eq!(search.return_to(6), Err(EnvError::NoSuchStep { after: 6 }));
    assert_eq!(search.episode().state().stop, Some(StopReason::Solved));

    let said = |window| {
        let segments = search.linearized(window).filter(|s| s.kind.is_model());
        segments
            .map(|s| {
                s.text
                    .trim_matches(|c: char| !c.is_ascii_digit())
                    .to_owned()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(said(9), ["1", "2", "3", "4", "42"]);
    assert_eq!(said(2), ["4", "42"]);
    assert!(said(0).is_empty());
    let first = search.linearized(1).next().unwrap();
    assert_eq!(first.text, search.episode().transcript().segments()[0].text);
    // A branch that has ended takes no further attempt; another does.
    assert_eq!(search.step(&environment, say("5")), Err(EnvError::Ended));
    search.return_to(2).unwrap();
    search.encode(encode);
    search.step(&environment, say("5")).unwrap();
    assert_eq!(search.last(), 6);
}

/// Forced answers along a linearised search become a curve of votes against tokens.
#[test]
fn votes_along_a_search_cost_what_they_cost() {
    let environment = environment(3);
    let mut search = Backtracking::new(environment.reset(&task(), 0).unwrap());
    let mut prefixes = Vec::new();
    for (answer, forced) in [("1", ["1", "1", "42"]), ("2", ["1", "42", "42"])] {
        search.encode(encode);
        let answers = forced.map(say);
        let results = environment.answer_now(search.episode(), answers).unwrap();
        let tokens = search
            .linearized(1)
            .map(|segment| segment.tokens.len() as u64)
            .sum();
        let ballots = results.iter().map(Ballot::from).collect();
        prefixes.push(Prefix { tokens, ballots });
        search.step(&environment, say(answer)).unwrap();
    }
    let points = majority_by_tokens(&[prefixes.clone()], 3);
    let accuracies: Vec<_> = points
        .iter()
        .map(|(_, accuracy)| accuracy.value().unwrap())
        .collect();
    assert!(accuracies[0].abs() < 1e-12 && (accuracies[1] - 1.0).abs() < 1e-12);
    // Three answers of 18, 18 and 20 tokens.
    let expected = prefixes[0].tokens as f64 + 56.0;
    assert!((points[0].0.value().unwrap() - expected).abs() < 1e-9);
}
