//! The library's rules, step by step and within bounds.
//!
//! A file may chain rules that each double a text: forty of them are more than any
//! memory. So each kind of rule of the library stands here as the list of its steps,
//! and before a step is taken it is known how much it can make of what there is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use headlight_model::tokenizer::text_of_bytes;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use tokenizers::normalizers::Precompiled;
use tokenizers::{
    Decoder, DecoderWrapper, Encoding, NormalizedString, Normalizer, NormalizerWrapper,
    OffsetReferential, OffsetType, PostProcessor, PostProcessorWrapper, PreTokenizedString,
    PreTokenizer, PreTokenizerWrapper,
};

use super::Grown;

/// The most that may become of `n`: of all rules in use, Unicode's own make most, 11
/// bytes of one.
fn limit(n: usize) -> usize {
    n.saturating_mul(32).saturating_add(1 << 16)
}

/// What changes a text before it is cut.
#[derive(Debug)]
pub(super) struct Normalizers {
    steps: Vec<NormalizerWrapper>,
    /// The library passes over the errors of a normalizer, so they stay here.
    complaint: Mutex<Option<Grown>>,
}

impl Normalizers {
    /// Why a text was left as it was, if it was since this was asked last.
    pub(super) fn complaint(&self) -> Option<Grown> {
        let complaint = self.complaint.lock();
        complaint.unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<'de> Deserialize<'de> for Normalizers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn flatten(step: NormalizerWrapper, steps: &mut Vec<NormalizerWrapper>) {
            match step {
                NormalizerWrapper::Sequence(all) => {
                    all.into_iter().for_each(|step| flatten(step, steps));
                }
                step => steps.push(step),
            }
        }
        let mut steps = Vec::new();
        flatten(NormalizerWrapper::deserialize(deserializer)?, &mut steps);
        Ok(Self {
            steps,
            complaint: Mutex::new(None),
        })
    }
}

impl Normalizer for Normalizers {
    fn normalize(&self, text: &mut NormalizedString) -> tokenizers::Result<()> {
        let n_before = text.get().len();
        let limit = limit(n_before);
        for step in &self.steps {
            let n_after = most_normalized(step, text.get());
            if let Err(grown) = grown("normalizer", n_before, n_after, limit) {
                let complaint = self.complaint.lock();
                *complaint.unwrap_or_else(PoisonError::into_inner) = Some(grown);
                return Ok(());
            }
            step.normalize(text)?;
        }
        Ok(())
    }
}

/// The most bytes that a normalizer can make of a text.
fn most_normalized(step: &NormalizerWrapper, text: &str) -> usize {
    let n = text.len();
    match step {
        NormalizerWrapper::Prepend(prepend) => n + prepend.prepend.len(),
        // The pattern may match before every character and at the end.
        NormalizerWrapper::Replace(replace) => {
            n.saturating_add((text.chars().count() + 1).saturating_mul(replace.content.len()))
        }
        NormalizerWrapper::Precompiled(table) => most_precompiled(table, text),
        NormalizerWrapper::NFKC(_) | NormalizerWrapper::NFKD(_) => n.saturating_mul(11),
        // Takes letters apart, makes them small, and puts spaces around ideographs.
        NormalizerWrapper::BertNormalizer(_) => n.saturating_mul(6),
        NormalizerWrapper::NFC(_) | NormalizerWrapper::NFD(_) => n.saturating_mul(3),
        NormalizerWrapper::Lowercase(_) => n.saturating_mul(3),
        NormalizerWrapper::ByteLevel(_) => n.saturating_mul(2),
        NormalizerWrapper::StripNormalizer(_)
        | NormalizerWrapper::StripAccents(_)
        | NormalizerWrapper::Nmt(_) => n,
        // Taken apart when it was read.
        NormalizerWrapper::Sequence(_) => usize::MAX,
    }
}

/// The table replaces clusters of up to five bytes, else single characters.
fn most_precompiled(table: &Precompiled, text: &str) -> usize {
    let from = |start: usize, c: char| {
        let ends =
            (start + 1..=text.len().min(start + 5)).filter(|&end| text.is_char_boundary(end));
        let made = ends.filter_map(|end| table.transform(&text[start..end]));
        made.map(str::len).max().unwrap_or(0).max(c.len_utf8())
    };
    let all = text.char_indices().map(|(start, c)| from(start, c));
    all.fold(0, usize::saturating_add)
}

/// What cuts a text into pieces.
#[derive(Debug)]
pub(super) struct PreTokenizers(Vec<PreTokenizerWrapper>);

impl<'de> Deserialize<'de> for PreTokenizers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn flatten(step: PreTokenizerWrapper, steps: &mut Vec<PreTokenizerWrapper>) {
            match step {
                PreTokenizerWrapper::Sequence(all) => {
                    all.into_iter().for_each(|step| flatten(step, steps));
                }
                step => steps.push(step),
            }
        }
        let mut steps = Vec::new();
        flatten(PreTokenizerWrapper::deserialize(deserializer)?, &mut steps);
        Ok(Self(steps))
    }
}

impl PreTokenizer for PreTokenizers {
    fn pre_tokenize(&self, text: &mut PreTokenizedString) -> tokenizers::Result<()> {
        let mut before = None;
        for step in &self.0 {
            let pieces = text.get_splits(OffsetReferential::Normalized, OffsetType::None);
            let n: usize = pieces.iter().map(|(piece, ..)| piece.len()).sum();
            let n_pieces = pieces.len();
            let n_before = *before.get_or_insert(n);
            let n_after = match step {
                // Each piece may get a space; each byte may become a character of two.
                PreTokenizerWrapper::ByteLevel(_) => (n + n_pieces).saturating_mul(2),
                // The same with any character for a space.
                PreTokenizerWrapper::Metaspace(_) => (n + n_pieces).saturating_mul(4),
                _ => n,
            };
            grown("pre-tokenizer", n_before, n_after, limit(n_before))?;
            step.pre_tokenize(text)?;
        }
        Ok(())
    }
}

/// What puts special tokens around those of a text.
#[derive(Debug)]
pub(super) struct PostProcessors {
    all: PostProcessorWrapper,
    templates: Vec<TemplateSize>,
}

/// Number of tokens that a template makes.
#[derive(Clone, Copy, Debug)]
struct TemplateSize {
    /// Number of places of the text itself in the template.
    n_texts: usize,
    n_special: usize,
}

impl<'de> Deserialize<'de> for PostProcessors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = PostProcessorWrapper::deserialize(deserializer)?;
        let mut templates = Vec::new();
        sizes(&all, &mut templates).map_err(serde::de::Error::custom)?;
        Ok(Self { all, templates })
    }
}

/// A piece of a template, as it is written.
#[derive(Deserialize)]
enum TemplatePiece {
    Sequence {},
    SpecialToken { id: String },
}

/// A special token of a template, which may stand for many.
#[derive(Deserialize)]
struct Special {
    ids: Vec<IgnoredAny>,
}

/// The sizes of all templates, in the order they are applied.
fn sizes(all: &PostProcessorWrapper, out: &mut Vec<TemplateSize>) -> Result<(), String> {
    match all {
        PostProcessorWrapper::Sequence(all) => {
            all.as_ref().iter().try_for_each(|one| sizes(one, out))
        }
        PostProcessorWrapper::Template(template) => {
            let single = serde_json::to_value(&template.single);
            let single = single.and_then(serde_json::from_value::<Vec<TemplatePiece>>);
            let special = serde_json::to_value(template.get_special_tokens());
            let special = special.and_then(serde_json::from_value::<HashMap<String, Special>>);
            let special = special.map_err(|error| error.to_string())?;
            let (mut n_texts, mut n_special) = (0, 0_usize);
            for piece in single.map_err(|error| error.to_string())? {
                match piece {
                    TemplatePiece::Sequence {} => n_texts += 1,
                    TemplatePiece::SpecialToken { id } => {
                        let Some(Special { ids }) = special.get(&id) else {
                            return Err(format!(
                                "the template names `{id}`, which is not among its special_tokens"
                            ));
                        };
                        n_special = n_special.saturating_add(ids.len());
                    }
                }
            }
            out.push(TemplateSize { n_texts, n_special });
            Ok(())
        }
        PostProcessorWrapper::Roberta(_)
        | PostProcessorWrapper::Bert(_)
        | PostProcessorWrapper::ByteLevel(_) => Ok(()),
    }
}

impl PostProcessor for PostProcessors {
    fn added_tokens(&self, is_pair: bool) -> usize {
        self.all.added_tokens(is_pair)
    }

    fn process_encodings(
        &self,
        encodings: Vec<Encoding>,
        add_special_tokens: bool,
    ) -> tokenizers::Result<Vec<Encoding>> {
        let n_before: usize = encodings.iter().map(Encoding::len).sum();
        let limit = limit(n_before);
        let mut n_after = n_before;
        for template in &self.templates {
            n_after = n_after.saturating_mul(template.n_texts);
            n_after = n_after.saturating_add(template.n_special);
            if n_after > limit {
                return Err(Box::new(Grown {
                    part: "post-processor",
                    unit: "tokens",
                    n_before,
                    n_after,
                    limit,
                }));
            }
        }
        self.all.process_encodings(encodings, add_special_tokens)
    }
}

/// What makes a text of tokens again.
#[derive(Debug)]
pub(super) struct Decoders(Vec<DecoderWrapper>);

impl<'de> Deserialize<'de> for Decoders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn flatten(step: &DecoderWrapper, steps: &mut Vec<DecoderWrapper>) {
            match step {
                DecoderWrapper::Sequence(all) => {
                    all.get_decoders()
                        .iter()
                        .for_each(|step| flatten(step, steps));
                }
                step => steps.push(step.clone()),
            }
        }
        let mut steps = Vec::new();
        flatten(&DecoderWrapper::deserialize(deserializer)?, &mut steps);
        Ok(Self(steps))
    }
}

impl Decoder for Decoders {
    fn decode_chain(&self, tokens: Vec<String>) -> tokenizers::Result<Vec<String>> {
        self.decode_with(tokens, take_decoder_step)
    }
}

impl Decoders {
    /// True if the tokens are bytes in the alphabet of GPT-2.
    pub(super) fn is_byte_level(&self) -> bool {
        matches!(&*self.0, [DecoderWrapper::ByteLevel(_)])
    }

    /// The text of one token. A decoder takes the space off the first token of a
    /// text, which one that stands alone for any place must keep.
    pub(super) fn decode_alone(&self, token: String) -> tokenizers::Result<String> {
        let step = |step: &DecoderWrapper, tokens: Vec<String>| match step {
            DecoderWrapper::Strip(_) => Ok(tokens),
            DecoderWrapper::Metaspace(space) => {
                let replaced = tokens
                    .iter()
                    .map(|token| token.replace(space.get_replacement(), " "));
                Ok(replaced.collect())
            }
            step => take_decoder_step(step, tokens),
        };
        Ok(self.decode_with(vec![token], step)?.concat())
    }

    /// Refuses steps that make a short token longer than a text may be.
    pub(super) fn check(&self) -> Result<(), Grown> {
        let (n_before, limit) = (16, 1 << 24);
        let most = |n, step| most_decoded(step, n, n, 1);
        let n_after = self.0.iter().fold(n_before, most);
        grown("decoder", n_before, n_after, limit)
    }

    fn decode_with(
        &self,
        mut tokens: Vec<String>,
        take: impl Fn(&DecoderWrapper, Vec<String>) -> tokenizers::Result<Vec<String>>,
    ) -> tokenizers::Result<Vec<String>> {
        let n_bytes = |tokens: &[String]| tokens.iter().map(String::len).sum::<usize>();
        let n_before = n_bytes(&tokens);
        let limit = limit(n_before);
        for step in &self.0 {
            let n_chars = tokens.iter().map(|token| token.chars().count()).sum();
            let n_after = most_decoded(step, n_bytes(&tokens), n_chars, tokens.len());
            grown("decoder", n_before, n_after, limit)?;
            tokens = take(step, tokens)?;
        }
        Ok(tokens)
    }
}

fn grown(part: &'static str, n_before: usize, n_after: usize, limit: usize) -> Result<(), Grown> {
    if n_after <= limit {
        return Ok(());
    }
    Err(Grown {
        part,
        unit: "bytes",
        n_before,
        n_after,
        limit,
    })
}

/// The most bytes that a decoder can make of tokens of `n` bytes in all.
fn most_decoded(step: &DecoderWrapper, n: usize, n_chars: usize, n_tokens: usize) -> usize {
    // A pattern may match before every character and at the end of each token.
    let each =
        |n_new: usize| n.saturating_add((n_chars.saturating_add(n_tokens)).saturating_mul(n_new));
    match step {
        DecoderWrapper::Replace(replace) => each(replace.content.len()),
        DecoderWrapper::BPE(_) | DecoderWrapper::CTC(_) => each(1),
        DecoderWrapper::WordPiece(_) => n.saturating_add(n_tokens),
        // A byte that is no character becomes one of three.
        DecoderWrapper::ByteLevel(_) => n.saturating_mul(3),
        DecoderWrapper::Metaspace(_)
        | DecoderWrapper::Fuse(_)
        | DecoderWrapper::Strip(_)
        | DecoderWrapper::ByteFallback(_) => n,
        // Taken apart when it was read.
        DecoderWrapper::Sequence(_) => usize::MAX,
    }
}

fn take_decoder_step(
    step: &DecoderWrapper,
    tokens: Vec<String>,
) -> tokenizers::Result<Vec<String>> {
    match step {
        DecoderWrapper::ByteFallback(_) => Ok(join_bytes(tokens)),
        step => step.decode_chain(tokens),
    }
}

/// Tokens such as `<0xE2>` in a row are the bytes of characters; bytes that are not
/// stay as they are written, where the library has U+FFFD for each.
fn join_bytes(tokens: Vec<String>) -> Vec<String> {
    let byte_of = |token: &str| {
        let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
        let is_byte = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_byte {
            u8::from_str_radix(digits, 16).ok()
        } else {
            None
        }
    };
    let mut out = Vec::new();
    let mut bytes = Vec::new();
    for token in tokens {
        match byte_of(&token) {
            Some(byte) => bytes.push(byte),
            None => {
                if !bytes.is_empty() {
                    out.push(text_of_bytes(&std::mem::take(&mut bytes)));
                }
                out.push(token);
            }
        }
    }
    if !bytes.is_empty() {
        out.push(text_of_bytes(&bytes));
    }
    out
}
