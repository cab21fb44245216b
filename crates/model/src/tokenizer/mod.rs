//! Text to token ids and back.
//!
//! [`Tokenizer`] is what the engine needs of any tokenizer. [`SmallTokenizer`]
//! reads the two kinds of `tokenizer.json` that our own models use; natively,
//! the command line reads every other kind with the `tokenizers` library.

mod file;
mod pieces;
mod small;

pub use file::TokenizerError;
pub use pieces::bytes_of_byte_level;
pub use small::SmallTokenizer;

/// Turns text into token ids and back.
pub trait Tokenizer {
    /// The ids of a text, special tokens added as the tokenizer's
    /// post-processor says.
    ///
    /// # Errors
    ///
    /// Returns an error naming the part of the text that has no token.
    fn encode(&self, text: &str) -> Result<Vec<u32>, TokenizerError>;

    /// The text of these ids; special tokens are left out.
    ///
    /// Bytes that are no whole character stand as `<0xE2>`, an id that the
    /// tokenizer does not know as [`Self::token_text`] shows it.
    ///
    /// # Errors
    ///
    /// Returns an error if the tokenizer's own rules cannot be followed.
    fn decode(&self, ids: &[u32]) -> Result<String, TokenizerError>;

    /// The text of one id alone, special tokens included; bytes that are no
    /// whole character stand as `<0xE2>`. `None` for an id that the tokenizer does
    /// not know.
    fn known_text(&self, id: u32) -> Option<String>;

    /// The text that one id is shown as, never empty: an id without a text, such
    /// as a row that only pads the embedding, is `<260>`.
    fn token_text(&self, id: u32) -> String {
        let known = self.known_text(id).filter(|text| !text.is_empty());
        known.unwrap_or_else(|| format!("<{id}>"))
    }

    /// One more than the largest id of the vocabulary proper, tokens added to
    /// it later left out.
    fn n_ids(&self) -> usize;
}

/// Bytes as text: whole characters as they are, every other byte as `<0xE2>`.
#[must_use]
pub fn text_of_bytes(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ok = write!(text, "<0x{byte:02X}>");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_character_are_written_out() {
        assert_eq!(text_of_bytes(b"a\xe2\x82b"), "a<0xE2><0x82>b");
        assert_eq!(text_of_bytes("é€".as_bytes()), "é€");
        assert_eq!(text_of_bytes(b"\x80"), "<0x80>");
    }
}
