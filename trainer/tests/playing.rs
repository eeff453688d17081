//! Sampling and rollouts: what is sampled is what the model says, and episodes follow the
//! environment.
#![allow(clippy::unwrap_used)]

mod common;

use candle_core::{D, Device};
use common::{agent, config, environment, parameters, tasks, tokenizer};
use rand::SeedableRng;
use rand::rngs::StdRng;
use resit::env::{Attempts, Budget, Environment, SegmentKind, Status, StopReason, Task};
use resit_trainer::batch::{Batch, Sequence};
use resit_trainer::model::CausalLm;
use resit_trainer::sample::{Request, Sampler, Turn};

const CPU: &Device = &Device::Cpu;

#[test]
fn tokens_are_drawn_from_the_models_distribution() {
    const DRAWS: usize = 4000;
    let tokenizer = tokenizer();
    let config = config(&tokenizer);
    let parameters = parameters(&config, 0.5);
    let model = CausalLm::new(&config, parameters.frozen()).unwrap();
    let prompt = [1u32, 3, 2];
    let hidden = model.model().forward(&[&prompt]).unwrap();
    let logits = model.logits(&hidden).unwrap().get(2).unwrap();
    for temperature in [1.0, 0.5] {
        let expected = (&logits / temperature).unwrap();
        let expected = candle_nn::ops::log_softmax(&expected, D::Minus1).unwrap();
        let expected = expected.to_vec1::<f32>().unwrap();
        let mut sampler = Sampler::new(&config, parameters.frozen(), 1000, 4).unwrap();
        let request = |seed| Request {
            turn: Turn {
                context: prompt.to_vec(),
                limit: 1,
            },
            sampling: temperature.into(),
            stop: Vec::new(),
            seed,
        };
        let requests = (0..DRAWS as u64).map(request).collect();
        let pieces = sampler.generate(requests).unwrap();
        let mut counts = vec![0.0; config.vocab_size];
        for piece in &pieces {
            let token = piece.tokens[0] as usize;
            assert!((piece.logprobs[0] - expected[token]).abs() < 1e-5);
            counts[token] += 1.0;
        }
        // Pearson's statistic has 8 degrees of freedom: 26.1 is exceeded once in a thousand.
        let statistic: f64 = counts
            .iter()
            .zip(&expected)
            .map(|(count, logprob)| {
                let mean = DRAWS as f64 * f64::from(logprob.exp());
                (count - mean).powi(2) / mean
            })
            .sum();
        assert!(statistic < 26.1, "{statistic}: {counts:?} {expected:?}");
    }
}

#[test]
fn recorded_log_probabilities_are_those_of_an_uncached_pass() {
    let tokenizer = tokenizer();
    let config = config(&tokenizer);
    let parameters = parameters(&config, 0.5);
    let model = CausalLm::new(&config, parameters.frozen()).unwrap();
    let tasks = tasks(40, &mut StdRng::seed_from_u64(3));
    let mut agent = agent(&tokenizer, &parameters, 16, 40, 3);
    let environment = environment(Attempts::Uniform { max: 4 });
    let episodes = agent.play(&environment, &tasks, 1.0, 11).unwrap();
    let mut retried = 0;
    for episode in &episodes {
        let transcript = episode.transcript();
        let sequence = Sequence {
            tokens: transcript.tokens(),
            loss_mask: transcript.loss_mask(),
        };
        let batch = Batch::new(&[&sequence], CPU).unwrap();
        let (logprobs, _) = batch.log_prob_and_entropy(&model, 1.0).unwrap();
        let logprobs = logprobs.to_vec1::<f32>().unwrap();
        let recorded = transcript.logprobs().unwrap();
        let recorded = recorded
            .iter()
            .zip(&sequence.loss_mask)
            .filter(|(_, agent)| **agent);
        let recorded: Vec<f32> = recorded.map(|(logprob, _)| *logprob).collect();
        assert_eq!(logprobs.len(), recorded.len());
        for (a, b) in logprobs.iter().zip(&recorded) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        retried += usize::from(episode.state().used() > 1);
    }
    assert!(
        retried > 5,
        "only {retried} episodes came to a second attempt"
    );
}

#[test]
fn a_turn_ends_at_every_stop_id() {
    let other = tokenizer().encode("b").unwrap()[0];
    let tokenizer = tokenizer().with_stop_ids(&[other]);
    let end = tokenizer.end_of_turn();
    let parameters = parameters(&config(&tokenizer), 0.5);
    let tasks = tasks(60, &mut StdRng::seed_from_u64(3));
    let mut ended = [0, 0];
    for chunk_tokens in [1, 3] {
        let mut agent = agent(&tokenizer, &parameters, 16, 40, chunk_tokens);
        let environment = environment(Attempts::Fixed(3));
        for episode in agent.play(&environment, &tasks, 1.0, 11).unwrap() {
            let segments = episode.transcript().segments().iter();
            let attempts = segments.filter(|s| s.kind == SegmentKind::Attempt);
            let results = &episode.state().results;
            for (attempt, result) in attempts.zip(results) {
                let stop = attempt
                    .tokens
                    .iter()
                    .position(|id| [end, other].contains(id));
                let Some(place) = stop else { continue };
                assert_eq!(place + 1, attempt.tokens.len(), "{:?}", attempt.text);
                ended[usize::from(attempt.tokens[place] == other)] += 1;
                // A piece may hold a box before.
                let said = attempt.text.contains("boxed");
                assert_eq!(
                    result.status == Status::Stopped,
                    !said,
                    "{:?}",
                    attempt.text
                );
            }
        }
    }
    assert!(ended.iter().all(|count| *count > 10), "{ended:?}");
}

#[test]
fn the_number_of_rows_changes_nothing() {
    let tokenizer = tokenizer();
    let parameters = parameters(&config(&tokenizer), 0.5);
    let tasks = tasks(20, &mut StdRng::seed_from_u64(5));
    let environment = environment(Attempts::Uniform { max: 3 });
    let play = |rows: usize, seed: u64| {
        let mut agent = agent(&tokenizer, &parameters, rows, 32, 4);
        let episodes = agent.play(&environment, &tasks, 1.0, seed).unwrap();
        let transcripts = episodes.iter().map(|e| e.transcript().tokens());
        transcripts.collect::<Vec<_>>()
    };
    let expected = play(20, 7);
    assert_eq!(play(20, 7), expected);
    assert_eq!(play(1, 7), expected);
    assert_eq!(play(6, 7), expected);
    assert_ne!(play(20, 8), expected);
}

#[test]
fn greedy_play_does_not_depend_on_the_seed() {
    let tokenizer = tokenizer();
    let parameters = parameters(&config(&tokenizer), 0.5);
    let tasks = vec![Task::new("?a", "1"), Task::new("b?", "2")];
    let mut agent = agent(&tokenizer, &parameters, 2, 32, 4);
    let environment = environment(Attempts::Fixed(2));
    let first = agent.play(&environment, &tasks, 0.0, 1).unwrap();
    assert_eq!(agent.play(&environment, &tasks, 0.0, 2).unwrap(), first);
}

#[test]
fn an_episode_ends_when_its_context_is_full() {
    let tokenizer = tokenizer();
    let parameters = parameters(&config(&tokenizer), 0.5);
    let tasks = tasks(60, &mut StdRng::seed_from_u64(9));
    let mut agent = agent(&tokenizer, &parameters, 60, 6, 2);
    let environment = environment(Attempts::Fixed(50));
    let episodes = agent.play(&environment, &tasks, 1.0, 1).unwrap();
    let mut truncated = 0;
    for episode in &episodes {
        let transcript = episode.transcript();
        assert!(transcript.tokens().len() <= 6);
        assert_eq!(transcript.loss_mask().last(), Some(&true));
        assert_eq!(transcript.segments()[0].kind, SegmentKind::Prompt);
        truncated += usize::from(episode.state().stop == Some(StopReason::Truncated));
    }
    assert!(
        truncated > 10,
        "{truncated} of {} were cut off",
        episodes.len()
    );
}

#[test]
fn budgets_are_kept() {
    let tokenizer = tokenizer();
    let parameters = parameters(&config(&tokenizer), 0.5);
    let tasks = tasks(40, &mut StdRng::seed_from_u64(2));
    let mut agent = agent(&tokenizer, &parameters, 8, 60, 7);
    let environment = Environment {
        budget: Budget {
            attempt: Some(3),
            episode: Some(8),
        },
        ..environment(Attempts::Fixed(9))
    };
    let mut ended = 0;
    let episodes = agent
        .play_with(&environment, &tasks, 1.0, 1, |episode| {
            assert!(episode.state().stop.is_some());
            ended += 1;
        })
        .unwrap();
    assert_eq!(ended, 40);
    let states = || episodes.iter().map(|episode| episode.state());
    for state in states() {
        assert!(state.tokens <= 8);
        assert!(state.results.iter().all(|result| result.tokens <= 3));
    }
    assert!(states().any(|state| state.stop == Some(StopReason::Budget)));
    assert!(states().any(|state| state.results.iter().any(|result| result.tokens == 3)));
}
