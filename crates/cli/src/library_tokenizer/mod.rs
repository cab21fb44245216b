//! Any `tokenizer.json`, by the `tokenizers` library, within bounds of our own.

mod bounds;
mod error;
mod guard;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeMap;

use headlight_activations::utf8_text;
use headlight_model::LfsPointer;
use headlight_model::tokenizer::{Tokenizer, TokenizerError, bytes_of_byte_level, text_of_bytes};
use tokenizers::{Decoder, ModelWrapper, TokenizerImpl};

use bounds::{Decoders, Normalizers, PostProcessors, PreTokenizers};
pub(crate) use error::{Grown, LibraryError};
use guard::guarded;
use texts::{LONGEST_TEXT, check_texts};

/// The library's tokenizer with its rules within bounds.
type Bounded = TokenizerImpl<ModelWrapper, Normalizers, PreTokenizers, PostProcessors, Decoders>;

/// A tokenizer of the library's.
///
/// What a file says can make the library panic, or double a text until no memory is
/// left: every call of it is within a guard, every rule within a bound.
pub(crate) struct LibraryTokenizer {
    library: Bounded,
    /// The tokens added to the vocabulary, and whether each is special.
    added: BTreeMap<u32, bool>,
}

impl LibraryTokenizer {
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, LibraryError> {
        if let Some(pointer) = LfsPointer::find(bytes) {
            return Err(LibraryError::File(TokenizerError::LfsPointer(pointer)));
        }
        let text = utf8_text(bytes).map_err(|error| LibraryError::File(error.into()))?;
        check_texts(text)?;
        let mut library = guarded(|| serde_json::from_str::<Bounded>(text))??;
        // The texts of added tokens have been normalized already.
        complaint_of(&library)?;
        if let Some(decoders) = library.get_decoder() {
            decoders.check()?;
        }
        // What a training script left there is about its batches, not about a text.
        library.with_padding(None);
        let lifted = library.with_truncation(None).map(|_| ());
        lifted.map_err(|error| encode_error(&*error))?;
        let added = library.get_added_tokens_decoder().into_iter();
        let added = added.map(|(id, token)| (id, token.special)).collect();
        Ok(Self { library, added })
    }

    fn is_byte_level(&self) -> bool {
        self.library
            .get_decoder()
            .is_some_and(Decoders::is_byte_level)
    }

    fn is_special(&self, id: u32) -> bool {
        self.added.get(&id).copied().unwrap_or(false)
    }

    /// The bytes of a token of a byte-level tokenizer.
    fn bytes_of(&self, id: u32, entry: String) -> Vec<u8> {
        let bytes = if self.added.contains_key(&id) {
            None
        } else {
            bytes_of_byte_level(&entry)
        };
        bytes.unwrap_or_else(|| entry.into_bytes())
    }

    /// What the file has for an id; its number where it has nothing.
    fn entry(&self, id: u32) -> String {
        let entry = self.library.id_to_token(id);
        entry.unwrap_or_else(|| self.token_text(id))
    }
}

/// Why the normalizer left a text as it was, if it did.
fn complaint_of(library: &Bounded) -> Result<(), Grown> {
    match library.get_normalizer().and_then(Normalizers::complaint) {
        Some(grown) => Err(grown),
        None => Ok(()),
    }
}

fn encode_error(error: &(dyn std::error::Error + Send + Sync + 'static)) -> LibraryError {
    match error.downcast_ref::<Grown>() {
        Some(&grown) => grown.into(),
        None => LibraryError::Encode {
            reason: error.to_string(),
        },
    }
}

impl Tokenizer for LibraryTokenizer {
    fn encode(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        let encode = || {
            let encoding = guarded(|| self.library.encode(text, true))?;
            complaint_of(&self.library)?;
            encoding.map_err(|error| encode_error(&*error))
        };
        Ok(encode()?.get_ids().to_vec())
    }

    fn decode(&self, ids: &[u32]) -> Result<String, TokenizerError> {
        let kept = ids.iter().copied().filter(|&id| !self.is_special(id));
        let entries = kept.clone().map(|id| self.entry(id));
        if self.is_byte_level() {
            let bytes = kept
                .zip(entries)
                .map(|(id, entry)| self.bytes_of(id, entry));
            return Ok(text_of_bytes(&bytes.collect::<Vec<_>>().concat()));
        }
        let entries: Vec<String> = entries.collect();
        let Some(decoders) = self.library.get_decoder() else {
            return Ok(entries.join(" "));
        };
        if entries.is_empty() {
            return Ok(String::new());
        }
        let decode = || {
            let text = guarded(|| decoders.decode(entries))?;
            text.map_err(|error| encode_error(&*error))
        };
        Ok(decode()?)
    }

    fn n_ids(&self) -> usize {
        self.library
            .get_vocab(false)
            .values()
            .max()
            .map_or(0, |&id| id as usize + 1)
    }

    fn known_text(&self, id: u32) -> Option<String> {
        let entry = self.library.id_to_token(id)?;
        if self.is_byte_level() {
            return Some(text_of_bytes(&self.bytes_of(id, entry)));
        }
        let Some(decoders) = self.library.get_decoder() else {
            return Some(entry);
        };
        // A token that its own decoder fails on has no text.
        guarded(|| decoders.decode_alone(entry)).ok()?.ok()
    }
}
