use resit::env::{Attempt, Environment, Episode, Finish, Task, Verifier};

use crate::config::SamplingConfig;
use crate::model::{Config, Parameters};
use crate::sample::{Piece, Request, Sampler, Sampling, Source, Turn};
use crate::tokenize::Tokenizer;
use crate::{Result, seed};

/// A model that plays episodes.
pub struct Agent<'a> {
    /// The model and its memory.
    pub sampler: Sampler,
    /// Between the environment's texts and the model's ids.
    pub tokenizer: &'a Tokenizer,
    /// Tokens that are generated between two looks at the answer, counted from the start of a turn.
    /// With 1, an attempt ends at the token that completes an answer.
    pub chunk_tokens: usize,
}

/// Episodes that are played, some of them at the moment.
struct Rollout<'a, V: Verifier, S, F> {
    environment: &'a Environment<V>,
    tokenizer: &'a Tokenizer,
    chunk_tokens: usize,
    sampling: Sampling,
    seed: u64,
    /// Gives the episodes that are to be played, by their places.
    start: S,
    /// How many attempts each is played on, if not to its end.
    attempts: Option<u32>,
    /// Those that have been started.
    episodes: Vec<Play<V::Reference>>,
    ended: F,
}

struct Play<R> {
    episode: Episode<R>,
    /// Tokens at the end of the turn whose text is not known before the next one: parts of a character.
    held: Vec<u32>,
    /// Of the piece under way.
    limit: usize,
    /// Attempts of the episode as it was started.
    before: u32,
}

impl<'a> Agent<'a> {
    /// With the rows, the length and the chunks of `sampling`. It reads `parameters` as they are while it
    /// plays.
    ///
    /// # Errors
    ///
    /// Those of [`Sampler::new`].
    pub fn new(
        model: &Config,
        parameters: &Parameters,
        tokenizer: &'a Tokenizer,
        sampling: &SamplingConfig,
    ) -> Result<Self> {
        let (rows, context) = (sampling.rows, sampling.context_length);
        Ok(Self {
            sampler: Sampler::new(model, parameters.frozen(), rows, context)?,
            tokenizer,
            chunk_tokens: sampling.chunk_tokens,
        })
    }

    /// Plays one episode of `environment` for each of `tasks`, as many at a time as the sampler has
    /// rows. Everything random follows from `seed` and the place of the task, so that a task can stand
    /// there several times; its prompt is then read once. `sampling` may be a temperature, of which 0
    /// takes the likeliest token.
    ///
    /// # Errors
    ///
    /// A task or an environment that is not valid, a text outside the vocabulary, and those of the
    /// sampler.
    pub fn play<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        tasks: &[Task],
        sampling: impl Into<Sampling>,
        seed: u64,
    ) -> Result<Vec<Episode<V::Reference>>> {
        self.play_with(environment, tasks, sampling, seed, |_| {})
    }

    /// As [`Agent::play`], `samples` episodes for each of `tasks`, task after task. Those of a task are
    /// granted the same number of attempts.
    ///
    /// # Errors
    ///
    /// Those of [`Agent::play`].
    pub fn play_groups<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        tasks: &[Task],
        samples: usize,
        sampling: impl Into<Sampling>,
        seed: u64,
    ) -> Result<Vec<Episode<V::Reference>>> {
        let start = |place: usize| -> Result<Option<Episode<V::Reference>>> {
            let question = place / samples.max(1);
            let Some(task) = tasks.get(question) else {
                return Ok(None);
            };
            let draws = seed::derive(seed, &[0, question as u64]);
            Ok(Some(environment.reset(task, draws)?))
        };
        self.run(environment, start, None, sampling.into(), seed, |_| {})
    }

    /// Plays `answers` copies of each of `forks` on, fork after fork, each to the end of one more
    /// attempt.
    ///
    /// # Errors
    ///
    /// Those of [`Agent::play`].
    pub fn answer_now<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        forks: &[Episode<V::Reference>],
        answers: usize,
        sampling: impl Into<Sampling>,
        seed: u64,
    ) -> Result<Vec<Episode<V::Reference>>> {
        let start = |place: usize| Ok(forks.get(place / answers.max(1)).cloned());
        self.run(environment, start, Some(1), sampling.into(), seed, |_| {})
    }

    /// As [`Agent::answer_now`], each to its end.
    ///
    /// # Errors
    ///
    /// Those of [`Agent::play`].
    pub fn play_on<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        forks: &[Episode<V::Reference>],
        samples: usize,
        sampling: impl Into<Sampling>,
        seed: u64,
    ) -> Result<Vec<Episode<V::Reference>>> {
        let start = |place: usize| Ok(forks.get(place / samples.max(1)).cloned());
        self.run(environment, start, None, sampling.into(), seed, |_| {})
    }

    /// As [`Agent::play`], and shows each episode to `ended` as soon as it has ended.
    ///
    /// # Errors
    ///
    /// Those of [`Agent::play`].
    pub fn play_with<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        tasks: &[Task],
        sampling: impl Into<Sampling>,
        seed: u64,
        ended: impl FnMut(&Episode<V::Reference>),
    ) -> Result<Vec<Episode<V::Reference>>> {
        let start = |place: usize| -> Result<Option<Episode<V::Reference>>> {
            let Some(task) = tasks.get(place) else {
                return Ok(None);
            };
            let draws = seed::derive(seed, &[0, place as u64]);
            Ok(Some(environment.reset(task, draws)?))
        };
        self.run(environment, start, None, sampling.into(), seed, ended)
    }

    fn run<V: Verifier>(
        &mut self,
        environment: &Environment<V>,
        start: impl FnMut(usize) -> Result<Option<Episode<V::Reference>>>,
        attempts: Option<u32>,
        sampling: Sampling,
        seed: u64,
        ended: impl FnMut(&Episode<V::Reference>),
    ) -> Result<Vec<Episode<V::Reference>>> {
        let mut rollout = Rollout {
            environment,
            tokenizer: self.tokenizer,
            chunk_tokens: self.chunk_tokens,
            sampling,
            seed,
            start,
            attempts,
            episodes: Vec::new(),
            ended,
        };
        self.sampler.run(&mut rollout)?;
        let episodes = rollout.episodes.into_iter();
        Ok(episodes.map(|play| play.episode).collect())
    }
}

impl<V: Verifier, S, F: FnMut(&Episode<V::Reference>)> Rollout<'_, V, S, F> {
    /// What comes next in an episode, unless it has ended.
    fn turn(&mut self, index: usize) -> Result<Option<Turn>> {
        let play = &mut self.episodes[index];
        let state = play.episode.state();
        let played = state.used() - play.before;
        if state.stop.is_some() || self.attempts.is_some_and(|attempts| played >= attempts) {
            (self.ended)(&play.episode);
            return Ok(None);
        }
        encode(&mut play.episode, self.tokenizer)?;
        let allowed = self.environment.allowance(play.episode.state());
        let allowed = allowed.and_then(|allowed| usize::try_from(allowed).ok());
        play.limit = allowed.map_or(self.chunk_tokens, |allowed| allowed.min(self.chunk_tokens));
        Ok(Some(Turn {
            context: play.episode.transcript().tokens(),
            limit: play.limit,
        }))
    }
}

impl<V, S, F> Source for Rollout<'_, V, S, F>
where
    V: Verifier,
    S: FnMut(usize) -> Result<Option<Episode<V::Reference>>>,
    F: FnMut(&Episode<V::Reference>),
{
    fn next(&mut self) -> Result<Option<Request>> {
        let index = self.episodes.len();
        let Some(episode) = (self.start)(index)? else {
            return Ok(None);
        };
        self.episodes.push(Play {
            before: episode.state().used(),
            episode,
            held: Vec::new(),
            limit: 0,
        });
        let turn = self.turn(index)?;
        Ok(turn.map(|turn| Request {
            turn,
            sampling: self.sampling,
            stop: self.tokenizer.stop_ids().to_vec(),
            seed: seed::derive(self.seed, &[1, index as u64]),
        }))
    }

    fn advance(&mut self, index: usize, piece: Piece) -> Result<Option<Turn>> {
        let play = &mut self.episodes[index];
        let stop = self.tokenizer.stop_ids();
        let finish = if piece.tokens.last().is_some_and(|id| stop.contains(id)) {
            Finish::EndOfTurn
        } else if piece.tokens.len() < play.limit {
            Finish::Length
        } else {
            Finish::Open
        };
        play.held.extend_from_slice(&piece.tokens);
        let text = match finish {
            Finish::Open => self.tokenizer.decode_complete(&mut play.held)?,
            _ => self.tokenizer.decode(&std::mem::take(&mut play.held))?,
        };
        let attempt = Attempt {
            text,
            tokens: piece.tokens,
            logprobs: piece.logprobs,
            finish,
        };
        self.environment.step(&mut play.episode, attempt)?;
        if play.episode.state().open.is_none() {
            play.held.clear();
        }
        self.turn(index)
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
