//! Numbers of a visitor's own run, carried in the link of an embedded figure.
//!
//! `data=` is base64url of deflate of a version byte and a payload, which the room of the
//! figure writes and reads in order: texts and lists with their length in front, numbers
//! least significant byte first, and bytes up to the end.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

use crate::answers::run::Token;

/// Newest version that is read, and the one that is written.
const VERSION: u8 = 1;
/// Longest text in a link, in characters.
pub const MAX_TEXT: usize = 100_000;
/// Most bytes that a text may inflate to, whatever it claims.
const MAX_INFLATED: usize = 1 << 20;
/// Effort of the compression, 10 being the most.
const EFFORT: u8 = 9;

/// Why numbers do not fit into a link, or a link holds none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedDataError {
    /// The link would be too long.
    #[error("the numbers take {found} characters in a link, expected at most {MAX_TEXT}")]
    TooLong {
        /// Number of characters.
        found: usize,
    },
    /// The text holds something else than base64url.
    #[error("`data` is no base64url: {0}")]
    Base64(String),
    /// The bytes are no deflate stream, or were cut off.
    #[error("`data` is damaged or cut off: it cannot be inflated")]
    Deflate,
    /// The payload inflates to more than is read.
    #[error("`data` inflates to more than {MAX_INFLATED} bytes")]
    TooLarge,
    /// A newer page wrote it.
    #[error("`data` has version {found}, this page reads up to {VERSION}")]
    Version {
        /// Its version.
        found: u8,
    },
    /// The bytes end before what they should hold, or go on behind it.
    #[error("`data` has {found} bytes of {what}, expected {expected}")]
    Length {
        /// What the bytes are.
        what: &'static str,
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// A text is not UTF-8.
    #[error("`data` has a text that is not UTF-8: {0}")]
    Text(#[from] std::string::FromUtf8Error),
    /// What was read does not fit together.
    #[error("{0}")]
    Content(String),
}

/// A payload under construction.
///
/// ```
/// use headlight_view::frame::embed_data::{PayloadReader, PayloadWriter};
///
/// let mut payload = PayloadWriter::default();
/// payload.put_text("stories");
/// payload.put_number(3);
/// let text = payload.pack()?;
/// let mut read = PayloadReader::unpack(&text)?;
/// assert_eq!((read.text()?.as_str(), read.number()?), ("stories", 3));
/// # Ok::<(), headlight_view::frame::embed_data::EmbedDataError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PayloadWriter(Vec<u8>);

/// A payload that is read in the order in which it was written.
#[derive(Clone, Debug)]
pub struct PayloadReader {
    bytes: Vec<u8>,
    at: usize,
}

impl PayloadWriter {
    /// Writes a whole number; what is beyond 32 bits is written as the largest.
    pub fn put_number(&mut self, number: usize) {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        self.0.extend(number.to_le_bytes());
    }

    /// Writes a number in 64 bits.
    pub fn put_float(&mut self, number: f64) {
        self.0.extend(number.to_le_bytes());
    }

    /// Writes a text.
    pub fn put_text(&mut self, text: &str) {
        self.put_number(text.len());
        self.0.extend(text.as_bytes());
    }

    /// Writes tokens.
    pub fn put_tokens(&mut self, tokens: &[Token]) {
        self.put_number(tokens.len());
        for token in tokens {
            self.put_number(token.id as usize);
            self.put_text(&token.text);
        }
    }

    /// Writes bytes; they are read up to the end, so nothing comes after them.
    pub fn put_bytes(&mut self, bytes: impl IntoIterator<Item = u8>) {
        self.0.extend(bytes);
    }

    /// The text of a link.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is longer than [`MAX_TEXT`].
    pub fn pack(self) -> Result<String, EmbedDataError> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.0);
        let text = BASE64_URL_SAFE_NO_PAD.encode(compress_to_vec(&bytes, EFFORT));
        if text.len() > MAX_TEXT {
            return Err(EmbedDataError::TooLong { found: text.len() });
        }
        Ok(text)
    }
}

impl PayloadReader {
    /// Opens the text of a link.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is too long, is cut off or was written by something
    /// else.
    pub fn unpack(text: &str) -> Result<Self, EmbedDataError> {
        if text.len() > MAX_TEXT {
            return Err(EmbedDataError::TooLong { found: text.len() });
        }
        let packed = BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let packed = packed.map_err(|error| EmbedDataError::Base64(error.to_string()))?;
        let bytes = decompress_to_vec_with_limit(&packed, MAX_INFLATED);
        let bytes = bytes.map_err(|error| match error.status {
            TINFLStatus::HasMoreOutput => EmbedDataError::TooLarge,
            _ => EmbedDataError::Deflate,
        })?;
        let mut reader = Self { bytes, at: 0 };
        match reader.take("version", 1)?[0] {
            VERSION => Ok(reader),
            found => Err(EmbedDataError::Version { found }),
        }
    }

    fn take(&mut self, what: &'static str, expected: usize) -> Result<&[u8], EmbedDataError> {
        let found = self.bytes.len() - self.at;
        if found < expected {
            return Err(EmbedDataError::Length {
                what,
                found,
                expected,
            });
        }
        let start = self.at;
        self.at += expected;
        Ok(&self.bytes[start..self.at])
    }

    /// Reads a whole number.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes end before.
    pub fn number(&mut self) -> Result<usize, EmbedDataError> {
        let mut number = [0; 4];
        number.copy_from_slice(self.take("a number", 4)?);
        Ok(u32::from_le_bytes(number) as usize)
    }

    /// Reads a number of 64 bits.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes end before.
    pub fn float(&mut self) -> Result<f64, EmbedDataError> {
        let mut number = [0; 8];
        number.copy_from_slice(self.take("a number", 8)?);
        Ok(f64::from_le_bytes(number))
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes end before, or are not UTF-8.
    pub fn text(&mut self) -> Result<String, EmbedDataError> {
        let length = self.number()?;
        let bytes = self.take("a text", length)?.to_vec();
        Ok(String::from_utf8(bytes)?)
    }

    /// Reads tokens.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes end before, or a text is not UTF-8.
    pub fn tokens(&mut self) -> Result<Vec<Token>, EmbedDataError> {
        // As many as there are: what the number claims is not made room for.
        let mut tokens = Vec::new();
        for _ in 0..self.number()? {
            let id = self.number()? as u32;
            let text = self.text()?;
            tokens.push(Token { id, text });
        }
        Ok(tokens)
    }

    /// Reads the bytes that are left, which must be so many.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more or fewer.
    pub fn rest(mut self, what: &'static str, expected: usize) -> Result<Vec<u8>, EmbedDataError> {
        let found = self.bytes.len() - self.at;
        if found != expected {
            return Err(EmbedDataError::Length {
                what,
                found,
                expected,
            });
        }
        Ok(self.bytes.split_off(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bytes: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(compress_to_vec(bytes, EFFORT))
    }

    fn said(text: &str) -> String {
        let read = PayloadReader::unpack(text).and_then(|mut it| it.tokens());
        read.unwrap_err().to_string()
    }

    #[test]
    fn what_was_packed_is_read_again() {
        let token = Token {
            id: 7,
            text: "\u{5e9} <b>".to_owned(),
        };
        let mut payload = PayloadWriter::default();
        payload.put_tokens(std::slice::from_ref(&token));
        payload.put_float(0.25);
        payload.put_bytes([9, 8, 7]);
        let text = payload.pack().unwrap();
        let is_url = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        assert!(text.chars().all(is_url));
        let mut read = PayloadReader::unpack(&text).unwrap();
        assert_eq!(read.tokens(), Ok(vec![token]));
        assert_eq!(read.float(), Ok(0.25));
        assert_eq!(read.clone().rest("bytes", 3), Ok(vec![9, 8, 7]));
        let error = read.rest("bytes", 2).unwrap_err();
        assert_eq!(error.to_string(), "`data` has 3 bytes of bytes, expected 2");
    }

    #[test]
    fn what_is_no_such_text_is_refused_in_a_sentence() {
        assert!(said("not base64!").contains("no base64url"));
        assert!(said("AAAA").contains("damaged or cut off"));
        assert!(said(&packed(&[2, 0, 0, 0, 0])).contains("version 2"));
        assert!(said(&packed(&[])).contains("0 bytes of version, expected 1"));
        assert!(said(&packed(&[1, 255, 255, 255, 255])).contains("0 bytes of a number"));
        let text = [1, 1, 0, 0, 0, 5, 0, 0, 0, 255, 255, 255, 255, b'x'];
        assert!(said(&packed(&text)).contains("1 bytes of a text, expected 4294967295"));
        let text = [1, 1, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0xff];
        assert!(said(&packed(&text)).contains("not UTF-8"));
        assert!(said(&"A".repeat(MAX_TEXT + 1)).contains("100001"));
    }

    #[test]
    fn a_text_that_is_cut_off_anywhere_is_refused() {
        let mut payload = PayloadWriter::default();
        payload.put_text(&"Lily ran to the park. ".repeat(20));
        let whole = payload.pack().unwrap();
        for end in 0..whole.len() {
            PayloadReader::unpack(&whole[..end]).unwrap_err();
        }
    }

    #[test]
    fn a_bomb_is_not_inflated() {
        assert!(said(&packed(&vec![1; MAX_INFLATED + 1])).contains("more than 1048576"));
    }

    #[test]
    fn numbers_that_no_link_holds_are_refused() {
        let mut state = 1_u32;
        let noise = (0..MAX_TEXT).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let mut payload = PayloadWriter::default();
        payload.put_bytes(noise);
        let error = payload.pack().unwrap_err();
        assert!(matches!(error, EmbedDataError::TooLong { found } if found > MAX_TEXT));
    }
}
