//! What holds of every episode, whatever the configuration and whatever the model does.
#![cfg(feature = "binary")]
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use resit::env::{
    Attempt, Attempts, BatchEnv, Budget, CHATS, Chat, Credit, Ending, EnvError, Environment,
    Episode, Feedback, Finish, RewardScheme, SegmentKind, StopReason, Task, Template, Thinking,
};

/// Sampled ids start here, the environment's are code points: who wrote an id can be read off it.
const SAMPLED: u32 = 1 << 21;

fn encode(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

prop_compose! {
    /// A turn or a piece of one, with as many tokens as it has characters. `None` stands for all
    /// that is allowed.
    fn action()(
        text in prop_oneof![
            "[a-z ]{1,9}",
            Just(String::new()),
            Just(r"\boxed{41}".into()),
            Just(r"\boxed{41}<|im_end|>".into()),
            Just(r"\boxed{4".into()),
            Just("2} </answer>".into()),
            Just("<think>\nno\n</think>\n\n\\boxed{40}".into()),
            Just("The answer is correct".into()),
            Just("The answer is wrong".into()),
            prop_oneof![3 => Just(r"\boxed{43}"), 1 => Just(r"\boxed{42}")].prop_map(String::from),
        ],
        known in prop::bool::weighted(0.9),
        finish in prop_oneof![
            8 => Just(Finish::EndOfTurn),
            6 => Just(Finish::Open),
            1 => Just(Finish::Length),
        ],
    ) -> Attempt {
        let tokens: Vec<u32> = text.chars().map(|c| SAMPLED + u32::from(c)).collect();
        let logprobs = if known { tokens.iter().map(|id| -(*id as f32)).collect() } else { vec![] };
        Attempt { text, tokens, logprobs, finish }
    }
}

fn feedback() -> impl Strategy<Value = Feedback> {
    prop_oneof![
        Just(Feedback::none()),
        Just(Feedback::unary()),
        Just(Feedback::count()),
        Just(Feedback::diagnostic()),
        Just(Feedback::reflection()),
        Just(Feedback::verification()),
        Just(Feedback {
            blind: true,
            ..Feedback::unary()
        }),
    ]
}

prop_compose! {
    fn environment()(
        family in prop::sample::select(&CHATS[..]),
        thinking in prop_oneof![Just(Thinking::Keep), Just(Thinking::Drop), Just(Thinking::Fork)],
        feedback in feedback(),
        attempts in prop_oneof![
            (3..6u32).prop_map(Attempts::Fixed),
            (3..6u32).prop_map(|max| Attempts::Uniform { max }),
            Just(Attempts::Weighted(vec![0, 1, 0, 7, 2])),
        ],
        attempt_budget in prop::option::weighted(0.2, 1..40u64),
        episode_budget in prop::option::weighted(0.2, 1..120u64),
        ending in prop_oneof![
            3 => Just(Ending::Box),
            1 => Just(Ending::Turn),
            1 => Just(Ending::Marker("</answer>".into())),
        ],
        credit in prop_oneof![
            Just(Credit::Episode), Just(Credit::Attempt), Just(Credit::Reflection)
        ],
    ) -> Environment {
        Environment {
            template: Template {
                chat: Chat { thinking, ..Chat::named(family).unwrap() },
                feedback,
                ..Template::multi_attempt()
            },
            attempts,
            budget: Budget { attempt: attempt_budget, episode: episode_budget },
            ending,
            rewards: RewardScheme { credit, ..RewardScheme::default() },
            ..Environment::default()
        }
    }
}

/// Cuts an action to what is allowed, as a sampler does.
fn allowed(environment: &Environment, episode: &Episode, mut action: Attempt) -> Attempt {
    if let Some(allowed) = environment.allowance(episode.state()) {
        let allowed = allowed as usize;
        if action.tokens.len() > allowed {
            action.text = action.text.chars().take(allowed).collect();
            action.tokens.truncate(allowed);
            action.logprobs.truncate(allowed);
            action.finish = Finish::Open;
        }
    }
    action
}

/// Plays until the episode ends or the actions do. An action that the episode refuses, because its
/// log-probabilities do not go with those before, is left out.
fn play(environment: &Environment, seed: u64, actions: &[Attempt]) -> Vec<Episode> {
    let mut episode = environment.reset(&Task::new("6 * 7?", "42"), seed).unwrap();
    episode.encode(encode);
    let mut history = vec![episode.clone()];
    for action in actions {
        if episode.state().stop.is_some() {
            break;
        }
        let action = allowed(environment, &episode, action.clone());
        let before = episode.clone();
        match environment.step(&mut episode, action) {
            Ok(_) => {
                episode.encode(encode);
                history.push(episode.clone());
            }
            Err(EnvError::LogprobCount { .. }) => assert_eq!(episode, before),
            Err(error) => panic!("{error}"),
        }
    }
    history
}

proptest! {
    #[test]
    fn every_step_leaves_a_sound_episode(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 3..24),
    ) {
        for episode in play(&environment, seed, &actions) {
            prop_assert_eq!(episode.check(), Ok(()));
            let (allowed, state) = (environment.allowance(episode.state()), episode.state());
            prop_assert!(allowed != Some(0) || state.stop.is_some(), "a turn without a token");
        }
    }

    /// Where reasoning is kept the ids of a step are a prefix of those of the next.
    #[test]
    fn ids_are_appended(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 3..24),
    ) {
        let environment = Environment {
            template: Template {
                chat: Chat { thinking: Thinking::Keep, ..environment.template.chat.clone() },
                ..environment.template.clone()
            },
            ..environment
        };
        let history = play(&environment, seed, &actions);
        for pair in history.windows(2) {
            let [before, after] = [&pair[0], &pair[1]].map(|e| e.transcript().tokens());
            // Feedback that nothing answers is taken back.
            let withdrawn = before.len() > after.len();
            if withdrawn {
                prop_assert!(pair[1].state().stop.is_some() && before.starts_with(&after));
            } else {
                prop_assert!(after.starts_with(&before));
            }
        }
    }

    /// Each sampled token is trained once, and no other token is.
    #[test]
    fn masks_cover_exactly_the_sampled_tokens(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 3..24),
    ) {
        let history = play(&environment, seed, &actions);
        let episode = history.last().unwrap();
        let scheme = &environment.rewards;
        let sequences = episode.sequences(scheme);
        let mut trained = Vec::new();
        for sequence in &sequences {
            prop_assert_eq!(sequence.tokens.len(), sequence.loss_mask.len());
            prop_assert_eq!(sequence.tokens.len(), sequence.rewards.len());
            let tokens = sequence.tokens.iter().zip(&sequence.loss_mask);
            trained.extend(tokens.filter(|(_, mask)| **mask).map(|(id, _)| *id));
            let rewards = sequence.rewards.iter().zip(&sequence.loss_mask);
            prop_assert!(rewards.into_iter().all(|(reward, mask)| *mask || *reward == 0.0));
        }
        prop_assert!(trained.iter().all(|id| *id >= SAMPLED));
        let counts = |kind: SegmentKind| match scheme.credit {
            Credit::Reflection => kind == SegmentKind::Reflection,
            _ => kind.is_model(),
        };
        let segments = episode.transcript().segments().iter();
        let sampled: Vec<u32> = segments
            .filter(|segment| counts(segment.kind))
            .flat_map(|segment| segment.tokens.iter().copied())
            .collect();
        if environment.template.chat.thinking == Thinking::Drop {
            prop_assert_eq!(sequences.len(), 1);
            prop_assert!(sampled.ends_with(&trained));
        } else {
            prop_assert_eq!(trained, sampled);
        }
        if episode.state().stop.is_some() && episode.state().tokens > 0 {
            prop_assert!(episode.transcript().tokens().last().is_some_and(|id| *id >= SAMPLED));
        }
    }

    #[test]
    fn what_is_written_is_read(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 3..24),
    ) {
        for episode in play(&environment, seed, &actions).into_iter().rev().step_by(3) {
            let json = serde_json::to_string(&episode).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Episode>(&json).unwrap(), &episode);
            let bytes = episode.to_bytes().unwrap();
            prop_assert!(bytes.len() < json.len());
            let both = [bytes.as_slice(), b"and more"].concat();
            let (read, rest) = Episode::from_bytes(&both).unwrap();
            prop_assert_eq!(&read, &episode);
            prop_assert_eq!(rest, b"and more");
            for end in (0..bytes.len()).step_by(7) {
                prop_assert!(Episode::<()>::from_bytes(&bytes[..end]).is_err());
            }
        }
    }

    #[test]
    fn episode_that_is_read_goes_on_identically(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 3..24),
        at in 0..8usize,
    ) {
        let history = play(&environment, seed, &actions);
        let at = at.min(history.len() - 1);
        let mut episode = Episode::from_bytes(&history[at].to_bytes().unwrap()).unwrap().0;
        let rest = &actions[actions.len().min(at)..];
        let mut original = history[at].clone();
        for action in rest {
            if original.state().stop.is_some() {
                break;
            }
            let action = allowed(&environment, &original, action.clone());
            let outcomes = [&mut original, &mut episode]
                .map(|episode| environment.step(episode, action.clone()));
            prop_assert_eq!(&outcomes[0], &outcomes[1]);
            original.encode(encode);
            episode.encode(encode);
            prop_assert_eq!(&original, &episode);
        }
    }

    #[test]
    fn replay_ends_where_the_episode_did(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 3..24),
    ) {
        for episode in play(&environment, seed, &actions) {
            prop_assert_eq!(environment.replay(&episode).unwrap(), episode);
        }
    }

    #[test]
    fn fork_is_the_episode_as_it_was(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(action(), 3..24),
    ) {
        let history = play(&environment, seed, &actions);
        let last = history.last().unwrap();
        for after in 0..6 {
            let awaited = |e: &&Episode| {
                let state = e.state();
                let awaits = state.turn == resit::env::Turn::Attempt && state.open.is_none();
                awaits && state.stop.is_none() && state.used() == after
            };
            // What was said and not answered is taken back at the end.
            let was = history.iter().find(awaited);
            let answered = last.state().used() > after
                || last.state().open.is_some()
                || last.state().stop.is_none();
            match (last.fork(after), was) {
                (Ok(fork), Some(was)) => prop_assert_eq!(&fork, was),
                (Err(EnvError::NoSuchStep { .. }), None) => {}
                (Err(EnvError::NoSuchStep { .. }), Some(_)) => prop_assert!(!answered),
                (fork, was) => prop_assert!(false, "{:?} of {:?}", fork, was),
            }
        }
    }

    #[test]
    fn batch_is_the_episodes_one_by_one(
        environment in environment(),
        seed in any::<u64>(),
        actions in prop::collection::vec(prop::collection::vec(prop::option::of(action()), 5), 1..8),
    ) {
        let task = environment.prepare(Task::new("6 * 7?", "42")).unwrap();
        let tasks = vec![task; 5];
        let mut batch = BatchEnv::new(environment.clone(), &tasks, seed).unwrap();
        let mut single: Vec<Episode> = batch.episodes().to_vec();
        for step in actions {
            batch.episodes_mut().iter_mut().for_each(|episode| episode.encode(encode));
            single.iter_mut().for_each(|episode| episode.encode(encode));
            let outcomes = batch.step(step.clone());
            // Backwards: the order does not matter.
            let mut expected: Vec<_> = single
                .iter_mut()
                .zip(step)
                .rev()
                .map(|(episode, action)| {
                    action.map(|action| environment.step(episode, action))
                })
                .collect();
            expected.reverse();
            prop_assert_eq!(outcomes, expected);
            prop_assert_eq!(batch.episodes(), single.as_slice());
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Episode::<()>::from_bytes(&bytes).err(), Some(EnvError::NotAnEpisode));
        let headed = [b"resit\x01", bytes.as_slice()].concat();
        if let Ok((episode, _)) = Episode::<()>::from_bytes(&headed) {
            let _ = episode.check();
            let _ = Environment::default().replay(&episode);
        }
    }
}

#[test]
fn attempts_beyond_the_batch_are_refused() {
    let environment = Environment::default();
    let task = environment.prepare(Task::new("6 * 7?", "42")).unwrap();
    let mut batch = BatchEnv::new(environment, &[task], 0).unwrap();
    let right = Attempt::text(r"\boxed{42}");
    let outcomes = batch.step(vec![Some(right.clone()), None, Some(right)]);
    assert!(outcomes[0].as_ref().unwrap().is_ok());
    assert_eq!(outcomes[1], None);
    assert_eq!(outcomes[2], Some(Err(EnvError::NoSuchEpisode { index: 2 })));
    assert_eq!(batch.step(vec![]), [None]);
}

#[cfg(feature = "parallel")]
#[test]
fn number_of_threads_changes_nothing() {
    let texts = [
        "\\boxed{42}",
        "\\boxed{\\frac{84}{2}}",
        "\\boxed{x^2}",
        "no",
        "\\boxed{43}",
    ];
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let environment = Environment::default();
            let task = environment.prepare(Task::new("6 * 7?", "42")).unwrap();
            let mut batch = BatchEnv::new(environment, &vec![task; 300], 7).unwrap();
            let mut outcomes = Vec::new();
            for round in 0..5 {
                let attempt = |place: usize| Attempt::text(texts[(place + round) % texts.len()]);
                outcomes.push(batch.step((0..300).map(|i| Some(attempt(i))).collect()));
            }
            (outcomes, batch.into_episodes())
        })
    };
    let one = run(1);
    for threads in [2, 3, 8] {
        assert_eq!(run(threads), one);
    }
}

/// A stop by each reason, so that the invariants above have been seen to cover them.
#[test]
fn every_stop_can_be_reached() {
    let base = Environment {
        attempts: Attempts::Fixed(2),
        ..Environment::default()
    };
    let played = |environment: &Environment, actions: &[Attempt]| {
        let history = play(environment, 0, actions);
        history.last().unwrap().state().stop
    };
    let said = |text: &str| Attempt {
        tokens: encode(text),
        ..Attempt::text(text)
    };
    let (right, wrong) = (said(r"\boxed{42}"), said(r"\boxed{41}"));
    assert_eq!(
        played(&base, &[wrong.clone(), right]),
        Some(StopReason::Solved)
    );
    assert_eq!(
        played(&base, &[wrong.clone(), wrong.clone()]),
        Some(StopReason::Exhausted)
    );
    let cut = Attempt {
        finish: Finish::Length,
        ..said("It")
    };
    assert_eq!(
        played(&base, &[wrong.clone(), cut]),
        Some(StopReason::Truncated)
    );
    let short = Environment {
        budget: Budget {
            attempt: None,
            episode: Some(10),
        },
        ..base
    };
    assert_eq!(played(&short, &[wrong]), Some(StopReason::Budget));
}
