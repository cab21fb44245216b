//! Whether the language's exact probabilities apply to a model.

use headlight_engine::Loaded;
use headlight_language::{Document, END, Grammar, NAME, START, Vocabulary, vocabulary};
use thiserror::Error;

/// A model that the language's probabilities say nothing about.
#[derive(Debug, Error)]
pub(super) enum LanguageError {
    #[error(
        "config.json has no headlight_language, expected \"{NAME}\": only of that language \
         are the exact probabilities known"
    )]
    NoLanguage,
    #[error("config.json has headlight_language = \"{found}\", expected \"{NAME}\"")]
    OtherLanguage { found: String },
    #[error(
        "config.json has n_positions = {n_ctx}, expected at least {longest}, the tokens of the \
         longest story"
    )]
    ShortContext { n_ctx: usize, longest: usize },
    #[error("tokenizer.json has {found} ids, expected the {expected} of the language")]
    VocabularySize { found: usize, expected: usize },
    #[error("tokenizer.json has {found:?} for id {id}, expected the language's {expected:?}")]
    Token {
        id: u32,
        found: String,
        expected: String,
    },
    #[error(
        "tokenizer.json gives other tokens than the language for a story, from token {index} on: \
         {text:?}"
    )]
    Tokens { index: usize, text: String },
}

/// Checks that the model says it is of the language.
pub(super) fn check_name(loaded: &Loaded) -> Result<(), LanguageError> {
    match loaded.model.architecture.language.as_deref() {
        None => Err(LanguageError::NoLanguage),
        Some(NAME) => Ok(()),
        Some(found) => {
            let found = found.to_owned();
            Err(LanguageError::OtherLanguage { found })
        }
    }
}

/// Checks what can be known before a story is drawn.
pub(super) fn check(loaded: &Loaded) -> Result<(), LanguageError> {
    check_name(loaded)?;
    let n_ctx = loaded.model.architecture.shape.n_ctx;
    let longest = Grammar::stories().max_tokens();
    if n_ctx < longest {
        return Err(LanguageError::ShortContext { n_ctx, longest });
    }
    check_vocabulary(loaded, vocabulary())
}

/// The bytes are left to the stories: how a byte is shown is the tokenizer's own.
fn check_vocabulary(loaded: &Loaded, vocabulary: &Vocabulary) -> Result<(), LanguageError> {
    let (found, expected) = (loaded.tokenizer.n_ids(), vocabulary.len());
    if found != expected {
        return Err(LanguageError::VocabularySize { found, expected });
    }
    let words = vocabulary.words().map(|(id, _)| id);
    for id in [START, END].into_iter().chain(words) {
        let (found, expected) = (loaded.tokenizer.token_text(id), vocabulary.show(id));
        if found != expected {
            let error = LanguageError::Token {
                id,
                found,
                expected,
            };
            return Err(error);
        }
    }
    Ok(())
}

/// Checks that the model would be given a story's own tokens: all but the last,
/// which has no text.
pub(super) fn check_document(loaded: &Loaded, document: &Document) -> Result<(), LanguageError> {
    let tokens = &document.tokens[..document.tokens.len() - 1];
    let encoded = loaded.tokenizer.encode(&document.text).unwrap_or_default();
    if encoded == tokens {
        return Ok(());
    }
    let index = tokens.iter().zip(&encoded).take_while(|(a, b)| a == b);
    Err(LanguageError::Tokens {
        index: index.count(),
        text: document.text.clone(),
    })
}
