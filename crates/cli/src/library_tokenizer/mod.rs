//! Any `tokenizer.json`, by the `tokenizers` library.

use headlight_model::tokenizer::{Tokenizer, TokenizerError, bytes_of_byte_level, text_of_bytes};
use tokenizers::DecoderWrapper;

/// A tokenizer of the library's.
pub(crate) struct LibraryTokenizer(tokenizers::Tokenizer);

impl LibraryTokenizer {
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, TokenizerError> {
        tokenizers::Tokenizer::from_bytes(bytes)
            .map(Self)
            .map_err(|error| other(&*error))
    }

    fn is_byte_level(&self) -> bool {
        matches!(self.0.get_decoder(), Some(DecoderWrapper::ByteLevel(_)))
    }

    fn is_added(&self, id: u32) -> bool {
        self.0.get_added_tokens_decoder().contains_key(&id)
    }

    fn is_special(&self, id: u32) -> bool {
        self.0
            .get_added_tokens_decoder()
            .get(&id)
            .is_some_and(|token| token.special)
    }

    /// The bytes of a token of a byte-level tokenizer.
    fn bytes_of(&self, id: u32) -> Vec<u8> {
        let entry = self.0.id_to_token(id).unwrap_or_default();
        let bytes = if self.is_added(id) {
            None
        } else {
            bytes_of_byte_level(&entry)
        };
        bytes.unwrap_or_else(|| entry.into_bytes())
    }
}

fn other(error: &(dyn std::error::Error + 'static)) -> TokenizerError {
    let message = format!("tokenizer.json cannot be read: {error}");
    TokenizerError::Other { message }
}

impl Tokenizer for LibraryTokenizer {
    fn encode(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        let encoding = self.0.encode(text, true).map_err(|error| {
            let message = format!("the text cannot be turned into tokens: {error}");
            TokenizerError::Other { message }
        })?;
        Ok(encoding.get_ids().to_vec())
    }

    fn decode(&self, ids: &[u32]) -> String {
        if self.is_byte_level() {
            let kept = ids.iter().filter(|&&id| !self.is_special(id));
            let bytes: Vec<u8> = kept.flat_map(|&id| self.bytes_of(id)).collect();
            return text_of_bytes(&bytes);
        }
        self.0.decode(ids, true).unwrap_or_default()
    }

    fn n_ids(&self) -> usize {
        self.0
            .get_vocab(false)
            .values()
            .max()
            .map_or(0, |&id| id as usize + 1)
    }

    fn token_text(&self, id: u32) -> String {
        if self.is_byte_level() {
            return text_of_bytes(&self.bytes_of(id));
        }
        self.0.decode(&[id], false).unwrap_or_default()
    }
}
