//! The scalar form of progress: an episode is cut, and going on is compared with answering at once
//! (MRT by reinforcement learning, arXiv 2503.07572).

use resit::env::{
    Environment, Episode, State, StopReason, Task, Verifier, advantages_over_answering_now,
    draw_cut,
};

use crate::config::AlgorithmConfig;
use crate::rollout::Agent;
use crate::sample::Sampling;
use crate::trajectory::{Cut, Sample};
use crate::{Result, seed};

/// Plays each of `tasks`, cuts the episode after a random number of its attempts, and continues it from
/// there, `samples_per_prompt` times to its end and `answers_now` times for one more attempt. The
/// advantage of what went on is its reward less the mean reward of what answered at once.
///
/// # Errors
///
/// Those of [`Agent::play`].
pub(crate) fn continue_from_cuts<V: Verifier>(
    algorithm: &AlgorithmConfig,
    sampling: Sampling,
    agent: &mut Agent,
    environment: &Environment<V>,
    tasks: &[Task],
    seed: u64,
) -> Result<Vec<Sample<V::Reference>>> {
    let (samples, answers) = (algorithm.samples_per_prompt, algorithm.answers_now);
    let clip = algorithm.reward_clip;
    let whole = agent.play(environment, tasks, sampling, seed)?;
    let (mut questions, mut forks) = (Vec::new(), Vec::new());
    for (question, episode) in whole.iter().enumerate() {
        let draws = seed::derive(seed, &[3, question as u64]);
        // An episode without an attempt, or whose attempt could not be judged, has no cut.
        let cut = draw_cut(episode.state().used(), draws);
        if let Some(fork) = cut.and_then(|after| episode.fork(after).ok()) {
            questions.push(question);
            forks.push(fork);
        }
    }
    let draws = |stream: u64| seed::derive(seed, &[stream]);
    let now = agent.answer_now(environment, &forks, answers, sampling, draws(4))?;
    let played = agent.play_on(environment, &forks, samples, sampling, draws(5))?;
    let reward = |episode: &Episode<V::Reference>| {
        // An answer at once is the last of its episode.
        let state = State {
            stop: episode.state().stop.or(Some(StopReason::Exhausted)),
            ..episode.state().clone()
        };
        let reward = environment.rewards.reward(&state);
        reward.map(|reward| reward.clamp(-clip, clip))
    };
    let mut learned = Vec::with_capacity(played.len());
    let mut played = played.into_iter();
    for ((question, fork), now) in questions.into_iter().zip(&forks).zip(now.chunks(answers)) {
        let now: Vec<f64> = now.iter().filter_map(reward).collect();
        for episode in played.by_ref().take(samples) {
            let reward = reward(&episode);
            let advantages = advantages_over_answering_now(&now, reward.as_slice());
            if let Some(&[advantage]) = advantages.as_deref() {
                learned.push(Sample {
                    episode,
                    question,
                    values: Vec::new(),
                    cut: Some(Cut {
                        tokens: fork.state().tokens as usize,
                        advantage,
                    }),
                });
            }
        }
    }
    Ok(learned)
}
