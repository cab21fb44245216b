//! The parts of `tokenizer.json` that the small reader understands.
//!
//! Anything else is refused by name: a tokenizer that is read almost right
//! gives almost the right tokens, and nobody notices.

use std::collections::BTreeMap;

use headlight_activations::{NotUtf8, Quoted, utf8_text};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{JsonComplaint, LfsPointer};

/// A `tokenizer.json` that cannot be used, or a text that has no tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// The file is not there, only what stands for it in a repository.
    #[error("tokenizer.json {0}")]
    LfsPointer(LfsPointer),
    /// The bytes are not UTF-8.
    #[error("tokenizer.json {0}")]
    NotUtf8(#[from] NotUtf8),
    /// The text is not the JSON expected.
    #[error("tokenizer.json cannot be read: {}", JsonComplaint(.0))]
    Json(#[from] serde_json::Error),
    /// A part is of a kind that is not read here.
    #[error("tokenizer.json has {part} {}, expected {expected}", Quoted(found))]
    Unsupported {
        /// Name of the part.
        part: &'static str,
        /// What was found.
        found: String,
        /// What is read.
        expected: &'static str,
    },
    /// Something names a token that is not in the vocabulary.
    #[error(
        "tokenizer.json names the token \"{}\", which its vocabulary does not have",
        Quoted(token)
    )]
    NotInVocabulary {
        /// The token.
        token: String,
    },
    /// Part of a text has no token.
    #[error(
        "the text has \"{}\", which is not in this model's vocabulary",
        Quoted(piece)
    )]
    NoToken {
        /// The part of the text.
        piece: String,
    },
    /// Another reader of tokenizers refused, in a sentence of its own.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// A `tokenizer.json`, as far as it is understood.
#[derive(Debug)]
pub(super) struct TokenizerFile {
    pub(super) kind: Kind,
    pub(super) vocab: BTreeMap<String, u32>,
    pub(super) added: Vec<AddedToken>,
    /// What stands before and behind every text.
    pub(super) prefix: Vec<u32>,
    pub(super) suffix: Vec<u32>,
}

/// How text becomes pieces that are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Byte-level BPE without merges: whole pieces, else single bytes.
    ByteLevel,
    /// Whole words between white space.
    Words,
}

#[derive(Debug, Deserialize)]
pub(super) struct AddedToken {
    pub(super) id: u32,
    pub(super) content: String,
    #[serde(default)]
    pub(super) special: bool,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    normalizer: Option<Value>,
    pre_tokenizer: Option<Value>,
    post_processor: Option<Value>,
    decoder: Option<Value>,
    model: RawModel,
}

#[derive(Deserialize)]
struct RawModel {
    #[serde(rename = "type")]
    kind: Option<String>,
    vocab: BTreeMap<String, u32>,
    /// Only counted here: they may be many.
    #[serde(default)]
    merges: Vec<IgnoredAny>,
    #[serde(default)]
    ignore_merges: bool,
    unk_token: Option<String>,
    continuing_subword_prefix: Option<String>,
    end_of_word_suffix: Option<String>,
    dropout: Option<f64>,
}

#[derive(Deserialize)]
struct Template {
    single: Vec<TemplatePart>,
    #[serde(default)]
    special_tokens: BTreeMap<String, TemplateToken>,
}

#[derive(Deserialize)]
enum TemplatePart {
    SpecialToken { id: String },
    Sequence { id: String },
}

#[derive(Deserialize)]
struct TemplateToken {
    ids: Vec<u32>,
}

impl TokenizerFile {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, TokenizerError> {
        if let Some(pointer) = LfsPointer::find(bytes) {
            return Err(TokenizerError::LfsPointer(pointer));
        }
        let raw: Raw = serde_json::from_str(utf8_text(bytes)?)?;
        if let Some(normalizer) = &raw.normalizer {
            return Err(unsupported("the normalizer", type_of(normalizer), "none"));
        }
        let kind = kind_of(&raw)?;
        for token in &raw.added_tokens {
            if token.single_word || token.lstrip || token.rstrip {
                let expected = "single_word, lstrip and rstrip to be false";
                return Err(unsupported(
                    "the added token",
                    token.content.clone(),
                    expected,
                ));
            }
        }
        let (prefix, suffix) = template_of(raw.post_processor.as_ref())?;
        Ok(Self {
            kind,
            vocab: raw.model.vocab,
            added: raw.added_tokens,
            prefix,
            suffix,
        })
    }
}

fn unsupported(part: &'static str, found: String, expected: &'static str) -> TokenizerError {
    TokenizerError::Unsupported {
        part,
        found,
        expected,
    }
}

/// The `type` of a part, for messages.
fn type_of(part: &Value) -> String {
    part["type"].as_str().unwrap_or("without a type").to_owned()
}

fn kind_of(raw: &Raw) -> Result<Kind, TokenizerError> {
    let pre_tokenizer = raw
        .pre_tokenizer
        .as_ref()
        .map_or_else(|| "none".to_owned(), type_of);
    let decoder = raw
        .decoder
        .as_ref()
        .map_or_else(|| "none".to_owned(), type_of);
    match raw.model.kind.as_deref() {
        Some("BPE") => {
            check_bpe(&raw.model)?;
            let options = raw.pre_tokenizer.as_ref().unwrap_or(&Value::Null);
            let has_prefix_space = options["add_prefix_space"].as_bool().unwrap_or(true);
            let uses_regex = options["use_regex"].as_bool().unwrap_or(true);
            if pre_tokenizer != "ByteLevel" || has_prefix_space || !uses_regex {
                let expected = "ByteLevel with add_prefix_space false and use_regex true";
                return Err(unsupported("the pre-tokenizer", pre_tokenizer, expected));
            }
            if decoder != "ByteLevel" {
                return Err(unsupported("the decoder", decoder, "ByteLevel"));
            }
            Ok(Kind::ByteLevel)
        }
        Some("WordLevel") => {
            if pre_tokenizer != "WhitespaceSplit" {
                return Err(unsupported(
                    "the pre-tokenizer",
                    pre_tokenizer,
                    "WhitespaceSplit",
                ));
            }
            if decoder != "none" {
                return Err(unsupported("the decoder", decoder, "none"));
            }
            // The library insists on the field, so a file without an unknown
            // token names one that its vocabulary does not have.
            let unknown = raw.model.unk_token.as_ref();
            if let Some(token) = unknown.filter(|token| raw.model.vocab.contains_key(*token)) {
                let expected = "none in the vocabulary";
                return Err(unsupported("the unknown token", token.clone(), expected));
            }
            Ok(Kind::Words)
        }
        found => {
            let found = found.unwrap_or("without a type").to_owned();
            Err(unsupported(
                "the model",
                found,
                "BPE without merges or WordLevel",
            ))
        }
    }
}

fn check_bpe(model: &RawModel) -> Result<(), TokenizerError> {
    if !model.merges.is_empty() || !model.ignore_merges {
        let found = format!(
            "with {} merges and ignore_merges {}",
            model.merges.len(),
            model.ignore_merges
        );
        return Err(unsupported(
            "the BPE model",
            found,
            "no merges and ignore_merges true",
        ));
    }
    let is_empty = |text: &Option<String>| text.as_deref().unwrap_or("").is_empty();
    let is_plain = is_empty(&model.continuing_subword_prefix)
        && is_empty(&model.end_of_word_suffix)
        && model.dropout.unwrap_or(0.0) == 0.0;
    if !is_plain {
        let found = "with a prefix, a suffix or dropout".to_owned();
        return Err(unsupported("the BPE model", found, "none of these"));
    }
    Ok(())
}

/// The ids before and behind a text.
fn template_of(processor: Option<&Value>) -> Result<(Vec<u32>, Vec<u32>), TokenizerError> {
    let Some(processor) = processor else {
        return Ok((vec![], vec![]));
    };
    match type_of(processor).as_str() {
        "ByteLevel" => Ok((vec![], vec![])),
        "TemplateProcessing" => {
            let template = Template::deserialize(processor)?;
            let (mut prefix, mut suffix) = (vec![], vec![]);
            let mut is_behind = false;
            for part in &template.single {
                match part {
                    TemplatePart::Sequence { id } if id == "A" && !is_behind => is_behind = true,
                    TemplatePart::Sequence { id } => {
                        let found = format!("sequence {id}");
                        return Err(unsupported("a template with", found, "sequence A once"));
                    }
                    TemplatePart::SpecialToken { id } => {
                        let token = template.special_tokens.get(id);
                        let token = token
                            .ok_or_else(|| TokenizerError::NotInVocabulary { token: id.clone() })?;
                        let side = if is_behind { &mut suffix } else { &mut prefix };
                        side.extend_from_slice(&token.ids);
                    }
                }
            }
            Ok((prefix, suffix))
        }
        found => {
            let expected = "TemplateProcessing, ByteLevel or none";
            Err(unsupported(
                "the post-processor",
                found.to_owned(),
                expected,
            ))
        }
    }
}
