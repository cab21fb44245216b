//! Why a tokenizer of the library's cannot be used.

use headlight_activations::Quoted;
use headlight_model::JsonComplaint;
use headlight_model::tokenizer::TokenizerError;

use super::LONGEST_TEXT;

/// A `tokenizer.json` that the library, or our bounds around it, refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LibraryError {
    /// The file is not there, or not UTF-8.
    #[error(transparent)]
    File(TokenizerError),
    /// The text is not the JSON expected.
    #[error("tokenizer.json cannot be read: {}", JsonComplaint(.0))]
    Json(#[from] serde_json::Error),
    /// A name, pattern or replacement of a size that is no tokenizer's.
    #[error("tokenizer.json has a text of {n_bytes} bytes, expected at most {LONGEST_TEXT}")]
    LongText { n_bytes: usize },
    /// Its rules would make too much of a text.
    #[error(transparent)]
    Grown(#[from] Grown),
    /// The library gave up on a text.
    #[error("the text cannot be turned into tokens: {}", Quoted(reason))]
    Encode { reason: String },
    /// The library panicked.
    #[error(
        "tokenizer.json makes the tokenizers library panic: {}",
        Quoted(reason)
    )]
    Panic { reason: String },
}

/// Rules that would make more of a text than any tokenizer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {part} in tokenizer.json may make {n_after} {unit} of {n_before}, expected at most {limit}"
)]
pub(crate) struct Grown {
    /// Rule of the file that may make too much.
    pub(super) part: &'static str,
    /// What is counted.
    pub(super) unit: &'static str,
    pub(super) n_before: usize,
    pub(super) n_after: usize,
    pub(super) limit: usize,
}

impl From<LibraryError> for TokenizerError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::File(error) => error,
            other => Self::Other(Box::new(other)),
        }
    }
}
