use resit::env::{Attempt, Environment, Episode, Finish, Task, Verifier};

use crate::sample::Sampler;
use crate::tokenize::Tokenizer;
use crate::{Result, seed};

/// A model that plays episodes.
pub struct Agent<'a> {
    /// The model and its memory.
    pub sampler: Sampler,
    /// Between the environment's texts and the model's ids.
    pub tokenizer: &'a Tokenizer,
    /// Tokens that are generated between two looks at the answer.
    pub chunk_tokens: usize,
}

impl Agent<'_> {
    /// Plays one episode of `environment` for each of `tasks`, as many at a time as the sampler has
    /// rows. Everything random follows from `seed` and the place of the task. A `temperature` of 0
    /// takes the likeliest token.
    ///
    /// # Errors
    ///
    /// A task or an environment that is not valid, a text outside the vocabulary, and those of the
    /// model.
    pub fn play<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        tasks: &[Task],
        temperature: f64,
        seed: u64,
    ) -> Result<Vec<Episode<V::Reference>>> {
        let mut episodes = Vec::with_capacity(tasks.len());
        for (index, task) in tasks.iter().enumerate() {
            let mut episode = environment.reset(task, seed::derive(seed, &[0, index as u64]))?;
            encode(&mut episode, self.tokenizer)?;
            episodes.push(episode);
        }
        let rows = self.sampler.rows();
        for (group, episodes) in episodes.chunks_mut(rows).enumerate() {
            let first = group * rows;
            let indices = first..first + episodes.len();
            let seeds = indices.map(|index| seed::derive(seed, &[1, index as u64]));
            self.sampler.restart(seeds, temperature);
            while self.advance(environment, episodes)? {}
        }
        Ok(episodes)
    }

    /// One piece for every episode that goes on; false if none does.
    fn advance<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        episodes: &mut [Episode<V::Reference>],
    ) -> Result<bool> {
        let open: Vec<usize> = (0..episodes.len())
            .filter(|&row| episodes[row].state().stop.is_none())
            .collect();
        let read = self.sampler.lengths();
        let unread = open
            .iter()
            .map(|&row| episodes[row].transcript().tokens().split_off(read[row]))
            .collect();
        let stop = self.tokenizer.end_of_turn();
        let pieces = self
            .sampler
            .generate(&open, unread, stop, self.chunk_tokens)?;
        for (&row, piece) in open.iter().zip(pieces) {
            let finish = if piece.tokens.last() == Some(&stop) {
                Finish::EndOfTurn
            } else if piece.tokens.len() < self.chunk_tokens {
                Finish::Length
            } else {
                Finish::Open
            };
            let attempt = Attempt {
                text: self.tokenizer.decode(&piece.tokens)?,
                tokens: piece.tokens,
                logprobs: piece.logprobs,
                finish,
            };
            environment.step(&mut episodes[row], attempt)?;
            encode(&mut episodes[row], self.tokenizer)?;
        }
        Ok(!open.is_empty())
    }
}

/// Gives ids to what the environment has said.
///
/// # Errors
///
/// A text outside the vocabulary.
pub fn encode<R>(episode: &mut Episode<R>, tokenizer: &Tokenizer) -> Result<()> {
    let mut fault = None;
    episode.encode(|text| {
        tokenizer.encode(text).unwrap_or_else(|error| {
            fault = Some(error);
            Vec::new()
        })
    });
    fault.map_or(Ok(()), Err)
}
