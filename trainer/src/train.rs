use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use resit::env::{Environment, StopReason, Task, Verifier};
use serde::Serialize;

use crate::ppo::{Ppo, Update};
use crate::rollout::Agent;
use crate::{Error, Result};

/// One iteration of PPO: what the episodes came to, and what was learned from them.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Iteration {
    /// Counted from 1.
    pub step: usize,
    /// Episodes played so far, this iteration's included.
    pub episodes: usize,
    /// Mean reward of an episode.
    pub reward: f64,
    /// Share of episodes in which an attempt was correct.
    pub accuracy: f64,
    /// Attempts used, mean over the episodes.
    pub attempts: f64,
    /// The update.
    #[serde(flatten)]
    pub update: Update,
}

/// Plays one episode for each of `tasks` and learns from them. `agent` must play the policy of
/// `ppo`. `step` is the number of the iteration, counted from 1.
///
/// # Errors
///
/// Those of [`Agent::play`] and [`Ppo::update`].
pub fn iterate<V: Verifier>(
    ppo: &mut Ppo,
    agent: &mut Agent,
    environment: &Environment<V>,
    tasks: &[Task],
    step: usize,
    seed: u64,
) -> Result<Iteration> {
    let temperature = ppo.config().temperature;
    let played = agent.play(environment, tasks, temperature, seed)?;
    let episodes: Vec<_> = played
        .into_iter()
        .filter_map(|episode| {
            let reward = environment.rewards.reward(episode.state())?;
            Some((episode, reward))
        })
        .collect();
    let update = ppo.update(&episodes)?;
    let mean = |sum: f64| sum / episodes.len().max(1) as f64;
    let states = || episodes.iter().map(|(episode, _)| episode.state());
    let solved = states()
        .filter(|s| s.stop == Some(StopReason::Solved))
        .count();
    Ok(Iteration {
        step,
        episodes: step * tasks.len(),
        reward: mean(episodes.iter().map(|(_, reward)| reward).sum()),
        accuracy: mean(solved as f64),
        attempts: mean(states().map(|s| f64::from(s.used())).sum()),
        update,
    })
}

/// A file of one JSON object per line.
pub struct JsonLines {
    writer: BufWriter<File>,
    path: PathBuf,
}

impl JsonLines {
    /// Starts the file anew, and makes its folder if there is none.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let file = File::create(&path).map_err(Error::file(&path))?;
        Ok(Self {
            writer: BufWriter::new(file),
            path,
        })
    }

    /// Appends a line; it is on disk when this returns.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.writer, line).map_err(Error::json(&self.path))?;
        writeln!(self.writer)
            .and_then(|()| self.writer.flush())
            .map_err(Error::file(&self.path))
    }
}
