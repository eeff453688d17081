use resit::env::{AttemptResult, EnvError, Environment, Episode, Estimate, Verifier};

use crate::Result;
use crate::rollout::Agent;
use crate::sample::Sampling;

/// J_0, J_1, … of each of `episodes`, which have ended: 1 after a right attempt, else the share of right
/// ones among `answers` that the agent is forced to give in a fork of the episode. All forks are played
/// together. As far as an attempt can follow; [`Environment::values`] is the same for one episode.
///
/// # Errors
///
/// Those of [`Agent::play`].
pub fn forced_values<V: Verifier>(
    agent: &mut Agent,
    environment: &Environment<V>,
    episodes: &[Episode<V::Reference>],
    answers: usize,
    sampling: impl Into<Sampling>,
    seed: u64,
) -> Result<Vec<Vec<f64>>> {
    let mut forks = Vec::new();
    // For each J its fork, or none after a right attempt.
    let mut places: Vec<Vec<Option<usize>>> = Vec::with_capacity(episodes.len());
    for episode in episodes {
        let mut of_episode = Vec::new();
        let results = &episode.state().results;
        let right = results.iter().position(AttemptResult::correct);
        for after in 0..=episode.state().used() {
            if right.is_some_and(|index| index < after as usize) {
                of_episode.push(None);
                continue;
            }
            match environment.fork_for_answer(episode, after) {
                Err(EnvError::NoSuchStep { .. }) => break,
                fork => forks.push(fork?),
            }
            of_episode.push(Some(forks.len() - 1));
        }
        places.push(of_episode);
    }
    let answered = agent.answer_now(environment, &forks, answers, sampling, seed)?;
    let values: Vec<f64> = forks
        .iter()
        .zip(answered.chunks(answers))
        .map(|(fork, answered)| {
            let given = fork.state().results.len();
            let right = answered.iter().filter(|episode| {
                let result = episode.state().results.get(given);
                result.is_some_and(AttemptResult::correct)
            });
            right.count() as f64 / answered.len() as f64
        })
        .collect();
    let value = |place: &Option<usize>| place.map_or(Estimate::SOLVED.value, |fork| values[fork]);
    Ok(places
        .iter()
        .map(|of_episode| of_episode.iter().map(value).collect())
        .collect())
}
