use std::path::Path;

use crate::{Error, Result};

/// Text to ids and back, and the ids that end the model's turn.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    end_of_turn: u32,
    stop: Vec<u32>,
}

impl Tokenizer {
    /// `end_of_turn` is the text of the token with which the model ends its turn.
    ///
    /// # Errors
    ///
    /// A marker that is not one token.
    pub fn new(inner: tokenizers::Tokenizer, end_of_turn: &str) -> Result<Self> {
        let unknown = || Error::Config(format!("the tokenizer has no token {end_of_turn}"));
        let end_of_turn = inner.token_to_id(end_of_turn).ok_or_else(unknown)?;
        Ok(Self {
            stop: vec![end_of_turn],
            end_of_turn,
            inner,
        })
    }

    /// These ids end the model's turn, too: it stops there, and they stand in the place of its marker.
    #[must_use]
    pub fn with_stop_ids(mut self, ids: &[u32]) -> Self {
        for id in ids {
            if !self.stop.contains(id) {
                self.stop.push(*id);
            }
        }
        self
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

    /// Takes from the front of `ids` all that make whole characters, and gives their text. What is left
    /// are the parts of one character, which the next id may complete.
    ///
    /// # Errors
    ///
    /// A decoder that fails.
    pub fn decode_complete(&self, ids: &mut Vec<u32>) -> Result<String> {
        // A character has four bytes at most, and a byte that is none of its own becomes this.
        for left in 0..ids.len().min(4) {
            let text = self.decode(&ids[..ids.len() - left])?;
            if !text.ends_with(char::REPLACEMENT_CHARACTER) {
                ids.drain(..ids.len() - left);
                return Ok(text);
            }
        }
        if ids.len() < 4 {
            return Ok(String::new());
        }
        self.decode(&std::mem::take(ids))
    }

    /// The id of the marker with which the model ends its turn.
    pub fn end_of_turn(&self) -> u32 {
        self.end_of_turn
    }

    /// All ids that end the model's turn, that of the marker first.
    pub fn stop_ids(&self) -> &[u32] {
        &self.stop
    }

    /// The number of ids.
    pub fn vocab_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokenizers::models::bpe::BPE;
    use tokenizers::pre_tokenizers::byte_level::ByteLevel;

    use super::*;

    #[test]
    fn characters_are_whole_where_their_bytes_are_tokens() {
        let bytes = ByteLevel::alphabet().into_iter().map(String::from);
        let vocab: Vec<(String, u32)> = bytes.zip(0..).collect();
        let vocab: [_; 256] = vocab.try_into().unwrap();
        let model = BPE::builder().vocab_and_merges(vocab, vec![]);
        let mut inner = tokenizers::Tokenizer::new(model.build().unwrap());
        inner.with_pre_tokenizer(Some(ByteLevel::new(false, true, false)));
        inner.with_decoder(Some(ByteLevel::default()));
        let tokenizer = Tokenizer::new(inner, "a").unwrap();
        let text = "x é∑ 😀 a";
        let ids = tokenizer.encode(text).unwrap();
        assert_eq!(ids.len(), text.len());
        for size in 1..6 {
            let (mut held, mut said) = (Vec::new(), String::new());
            for piece in ids.chunks(size) {
                held.extend_from_slice(piece);
                said += &tokenizer.decode_complete(&mut held).unwrap();
            }
            assert_eq!((said.as_str(), held.len()), (text, 0));
        }
        // What no id can complete is not kept back for ever.
        let lone = ids[3];
        let mut held = vec![lone; 9];
        let said = tokenizer.decode_complete(&mut held).unwrap();
        assert_eq!(said.chars().count(), 9);
        assert!(held.is_empty());
    }
}
