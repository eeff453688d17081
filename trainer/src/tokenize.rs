use std::path::Path;

use crate::{Error, Result};

/// Text to ids and back, and the id that ends the model's turn.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    end_of_turn: u32,
}

impl Tokenizer {
    /// `end_of_turn` is the text of the token with which the model ends its turn.
    ///
    /// # Errors
    ///
    /// A marker that is not one token.
    pub fn new(inner: tokenizers::Tokenizer, end_of_turn: &str) -> Result<Self> {
        let id = inner.token_to_id(end_of_turn);
        Ok(Self {
            end_of_turn: id.ok_or_else(|| {
                Error::Config(format!("the tokenizer has no token {end_of_turn}"))
            })?,
            inner,
        })
    }

    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// A file that is missing or not a tokenizer, and those of [`Tokenizer::new`].
    pub fn load(path: impl AsRef<Path>, end_of_turn: &str) -> Result<Self> {
        Self::new(tokenizers::Tokenizer::from_file(path)?, end_of_turn)
    }

    /// Writes a `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        Ok(self.inner.save(path, true)?)
    }

    /// The ids of a text, nothing added.
    ///
    /// # Errors
    ///
    /// A text outside the vocabulary.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        Ok(self.inner.encode_fast(text, false)?.get_ids().to_vec())
    }

    /// The text of the ids, markers included.
    ///
    /// # Errors
    ///
    /// A decoder that fails.
    pub fn decode(&self, ids: &[u32]) -> Result<String> {
        Ok(self.inner.decode(ids, false)?)
    }

    /// The id of the marker with which the model ends its turn.
    pub fn end_of_turn(&self) -> u32 {
        self.end_of_turn
    }

    /// The number of ids.
    pub fn vocab_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }
}
