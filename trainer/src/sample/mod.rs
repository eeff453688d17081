mod draw;

use candle_nn::VarBuilder;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rayon::prelude::*;

use crate::decode::{Decoder, Feed};
use crate::model::Config;
use crate::{Error, Result};
use draw::Scratch;

pub use draw::Sampling;

/// Tokens that are read in one pass, at most: what is in work then fits into the cache of a core.
/// Every row reads at least one.
const TOKENS_PER_PASS: usize = 512;

/// A row takes keys and values from another if that saves reading so many tokens.
const WORTH_COPYING: usize = 8;

/// Generates text in several rows at once (continuous batching): a row whose sequence has ended
/// takes the next one that waits, and what there is to read and to continue is computed together.
///
/// Each sequence has a random stream of its own, so that the rows and their order change nothing. On
/// the CPU in f32 not a bit changes; elsewhere the rounding does.
pub struct Sampler {
    decoder: Decoder,
    rows: Vec<Row>,
}

/// A sequence that is to be generated.
#[derive(Clone, Debug)]
pub struct Request {
    /// How it begins.
    pub turn: Turn,
    /// How its tokens are chosen.
    pub sampling: Sampling,
    /// Tokens that end a piece.
    pub stop: Vec<u32>,
    /// Of its random stream.
    pub seed: u64,
}

/// What is next in a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// All tokens that the next one follows.
    pub context: Vec<u32>,
    /// The number of tokens to sample, at most.
    pub limit: usize,
}

/// What a sequence came to in one turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// The ids as sampled, a stop token among them. Fewer than the limit if there is a stop token or
    /// the context is full.
    pub tokens: Vec<u32>,
    /// The log-probability of each token, under the softmax of the scores over the temperature:
    /// see [`Sampling`].
    pub logprobs: Vec<f32>,
}

/// Where sequences come from, and what becomes of their pieces.
pub trait Source {
    /// The next sequence, if one waits.
    ///
    /// # Errors
    ///
    /// Whatever shall stop the sampler.
    fn next(&mut self) -> Result<Option<Request>>;

    /// Takes a piece of the sequence `index`, counted in the order of [`Source::next`], and says how
    /// it goes on, if it does.
    ///
    /// # Errors
    ///
    /// Whatever shall stop the sampler.
    fn advance(&mut self, index: usize, piece: Piece) -> Result<Option<Turn>>;
}

struct Row {
    /// The context of the sequence that has the row, or had it last.
    tokens: Vec<u32>,
    /// How many of them are in the cache.
    read: usize,
    sequence: Option<Sequence>,
    scratch: Scratch,
}

struct Sequence {
    index: usize,
    sampling: Sampling,
    stop: Vec<u32>,
    stream: StdRng,
    limit: usize,
    piece: Piece,
}

impl Sampler {
    /// For at most `rows` sequences of at most `context` tokens at a time. The memory for them is
    /// allocated here, once.
    ///
    /// # Errors
    ///
    /// No row, those of [`CausalLm::new`](crate::model::CausalLm::new), and memory that cannot be
    /// had.
    pub fn new(config: &Config, weights: VarBuilder, rows: usize, context: usize) -> Result<Self> {
        if rows == 0 {
            return Err(Error::Config("a sampler needs at least one row".into()));
        }
        Ok(Self {
            decoder: Decoder::new(config, weights, rows, context)?,
            rows: (0..rows).map(|_| Row::new(config.vocab_size)).collect(),
        })
    }

    /// The number of sequences that fit.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Generates one piece for each of `requests`.
    ///
    /// # Errors
    ///
    /// Those of [`Sampler::run`].
    pub fn generate(&mut self, requests: Vec<Request>) -> Result<Vec<Piece>> {
        struct Single {
            waiting: std::vec::IntoIter<Request>,
            pieces: Vec<Piece>,
        }
        impl Source for Single {
            fn next(&mut self) -> Result<Option<Request>> {
                Ok(self.waiting.next())
            }

            fn advance(&mut self, index: usize, piece: Piece) -> Result<Option<Turn>> {
                self.pieces[index] = piece;
                Ok(None)
            }
        }
        let mut single = Single {
            pieces: vec![Piece::default(); requests.len()],
            waiting: requests.into_iter(),
        };
        self.run(&mut single)?;
        Ok(single.pieces)
    }

    /// Generates all that `source` has, by the weights as they are now.
    ///
    /// # Errors
    ///
    /// A sequence without a token to begin with, an id outside the vocabulary, scores that are not
    /// finite, settings that mean nothing, and those of `source` and of the model.
    pub fn run(&mut self, source: &mut impl Source) -> Result<()> {
        self.decoder.refresh()?;
        for row in &mut self.rows {
            // Of other weights, or of a run that an error has stopped.
            (row.read, row.sequence) = (0, None);
        }
        let mut started = 0;
        loop {
            for row in &mut self.rows {
                while row.sequence.is_none() {
                    let Some(request) = source.next()? else { break };
                    row.begin(started, request)?;
                    started += 1;
                    row.settle(self.decoder.capacity(), source)?;
                }
            }
            if self.rows.iter().all(|row| row.sequence.is_none()) {
                return Ok(());
            }
            self.share()?;
            self.step()?;
            for row in &mut self.rows {
                row.settle(self.decoder.capacity(), source)?;
            }
        }
    }

    /// Rows that have much to read take over what another row has read of the same.
    fn share(&mut self) -> Result<()> {
        for row in 0..self.rows.len() {
            let wanted = &self.rows[row];
            let Some(most) = wanted.wants() else { continue };
            let shares = self.rows.iter().enumerate().map(|(other, from)| {
                let held = &from.tokens[..from.read];
                (common(held, &wanted.tokens[..most]), other)
            });
            let Some((count, from)) = shares.max() else {
                continue;
            };
            if count >= wanted.read + WORTH_COPYING {
                self.decoder.copy(from, row, count)?;
                self.rows[row].read = count;
            }
        }
        Ok(())
    }

    /// Whether a row had better wait for one before it, which is about to read the same.
    fn waits(&self, row: usize, reading: &[usize]) -> bool {
        let wanted = &self.rows[row];
        let Some(most) = wanted.wants() else {
            return false;
        };
        reading.iter().any(|other| {
            let shared = common(&self.rows[*other].tokens, &wanted.tokens[..most]);
            shared >= wanted.read + WORTH_COPYING
        })
    }

    /// One pass: rows read, and those that have read all sample a token.
    fn step(&mut self) -> Result<()> {
        let mut room = TOKENS_PER_PASS;
        let mut reading = Vec::new();
        let mut feeds = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            if row.sequence.is_none() || self.waits(index, &reading) {
                continue;
            }
            let unread = row.tokens.len() - row.read;
            let count = unread.min(room.max(1));
            room = room.saturating_sub(count);
            reading.push(index);
            feeds.push(Feed {
                row: index,
                position: row.read,
                tokens: &row.tokens[row.read..row.read + count],
                scored: count == unread,
            });
        }
        let read: Vec<usize> = feeds.iter().map(|feed| feed.tokens.len()).collect();
        let scores = self.decoder.forward(&feeds)?;
        let mut sampling = Vec::with_capacity(reading.len());
        let mut rows = self.rows.iter_mut().enumerate();
        for (index, read) in reading.into_iter().zip(read) {
            if let Some((_, row)) = rows.find(|(place, _)| *place == index) {
                row.read += read;
                if row.read == row.tokens.len() {
                    sampling.push(row);
                }
            }
        }
        let rows = sampling.into_par_iter().enumerate();
        rows.with_min_len(4).try_for_each(|(index, row)| {
            let Some(sequence) = &mut row.sequence else {
                return Ok(());
            };
            scores.read(index, &mut row.scratch.scores);
            let stream = &mut sequence.stream;
            let (token, logprob) = sequence.sampling.draw(&mut row.scratch, stream)?;
            sequence.piece.tokens.push(token);
            sequence.piece.logprobs.push(logprob);
            row.tokens.push(token);
            Ok(())
        })
    }
}

impl Row {
    fn new(vocab: usize) -> Self {
        Self {
            tokens: Vec::new(),
            read: 0,
            sequence: None,
            scratch: Scratch::new(vocab),
        }
    }

    fn begin(&mut self, index: usize, request: Request) -> Result<()> {
        request.sampling.check()?;
        self.sequence = Some(Sequence {
            index,
            sampling: request.sampling,
            stop: request.stop,
            stream: StdRng::seed_from_u64(request.seed),
            limit: 0,
            piece: Piece::default(),
        });
        self.turn(request.turn)
    }

    /// What was read of the same context stays.
    fn turn(&mut self, turn: Turn) -> Result<()> {
        let Some(last) = turn.context.len().checked_sub(1) else {
            let fault = "a sequence needs a token to begin with";
            return Err(Error::Config(fault.into()));
        };
        let same = common(&self.tokens[..self.read], &turn.context);
        // The scores follow from reading a token.
        self.read = same.min(last);
        self.tokens = turn.context;
        if let Some(sequence) = &mut self.sequence {
            sequence.limit = turn.limit;
        }
        Ok(())
    }

    /// Hands over the piece if it has ended, and goes on with what comes next.
    fn settle(&mut self, capacity: usize, source: &mut impl Source) -> Result<()> {
        while let Some(sequence) = &mut self.sequence {
            let piece = &sequence.piece.tokens;
            let stopped = piece.last().is_some_and(|id| sequence.stop.contains(id));
            let full = self.tokens.len() >= capacity;
            if !(stopped || full || piece.len() >= sequence.limit) {
                break;
            }
            let piece = std::mem::take(&mut sequence.piece);
            match source.advance(sequence.index, piece)? {
                Some(turn) => self.turn(turn)?,
                None => self.sequence = None,
            }
        }
        Ok(())
    }

    /// Of a row with much to read, how many tokens it could take from another. The last one is read,
    /// since the scores follow from that.
    fn wants(&self) -> Option<usize> {
        self.sequence.as_ref()?;
        let most = self.tokens.len() - 1;
        (most >= self.read + WORTH_COPYING).then_some(most)
    }
}

fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
