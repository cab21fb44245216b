//! The tokenizer as data: a Hugging Face `tokenizer.json`.
//!
//! Byte-level BPE without merges. `ignore_merges` takes a piece that is a word of
//! the language as one token; any other text falls apart into its bytes.

use serde_json::{Map, Value, json};

use crate::grammar::vocabulary;
use crate::vocabulary::{END, SPECIAL, START};

/// The `tokenizer.json` of the Stories language.
pub fn tokenizer_json() -> Value {
    let mut vocab = Map::new();
    for (id, special) in SPECIAL.iter().enumerate() {
        vocab.insert((*special).to_owned(), json!(id));
    }
    for byte in 0..=255u8 {
        vocab.insert(char_of_byte(byte).to_string(), json!(2 + u32::from(byte)));
    }
    for (id, word) in vocabulary().words() {
        vocab.insert(word.bytes().map(char_of_byte).collect(), json!(id));
    }
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": [special_token(START), special_token(END)],
        "normalizer": null,
        "pre_tokenizer": {
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true
        },
        "post_processor": post_processor(),
        "decoder": {
            "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true
        },
        "model": {
            "type": "BPE",
            "dropout": null,
            "unk_token": null,
            "continuing_subword_prefix": null,
            "end_of_word_suffix": null,
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": true,
            "vocab": vocab,
            "merges": []
        }
    })
}

/// Puts the start token before every text, and before the first of a pair.
fn post_processor() -> Value {
    let start = SPECIAL[START as usize];
    let marker = json!({ "SpecialToken": { "id": start, "type_id": 0 } });
    let first = json!({ "Sequence": { "id": "A", "type_id": 0 } });
    let second = json!({ "Sequence": { "id": "B", "type_id": 1 } });
    json!({
        "type": "TemplateProcessing",
        "single": [marker, first],
        "pair": [marker, first, second],
        "special_tokens": { start: { "id": start, "ids": [START], "tokens": [start] } }
    })
}

/// An entry of `added_tokens`.
fn special_token(id: u32) -> Value {
    json!({
        "id": id,
        "content": SPECIAL[id as usize],
        "single_word": false,
        "lstrip": false,
        "rstrip": false,
        "normalized": false,
        "special": true
    })
}

/// The visible character that stands for a byte in byte-level vocabularies.
///
/// # References
///
/// Radford et al. (2019), GPT-2, `bytes_to_unicode` in
/// <https://github.com/openai/gpt-2/blob/master/src/encoder.py>.
fn char_of_byte(byte: u8) -> char {
    let shifted = match byte {
        0..=32 => 256 + u32::from(byte),
        127..=160 => 256 + 33 + u32::from(byte - 127),
        173 => 256 + 67,
        _ => u32::from(byte),
    };
    char::from_u32(shifted).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_token_has_its_own_text_and_id() {
        let json = tokenizer_json();
        let vocab = json["model"]["vocab"].as_object().unwrap();
        assert_eq!(vocab.len(), vocabulary().len());
        let ids: HashSet<u64> = vocab.values().map(|id| id.as_u64().unwrap()).collect();
        assert_eq!(ids.len(), vocab.len());
        assert_eq!(ids.iter().max(), Some(&(vocab.len() as u64 - 1)));
    }

    #[test]
    fn bytes_are_written_as_gpt_2_writes_them() {
        assert_eq!(char_of_byte(b' '), 'Ġ');
        assert_eq!(char_of_byte(b'\n'), 'Ċ');
        assert_eq!(char_of_byte(b'a'), 'a');
        assert_eq!(char_of_byte(0), 'Ā');
        assert_eq!(char_of_byte(173), 'Ń');
        let all: HashSet<char> = (0..=255).map(char_of_byte).collect();
        assert_eq!(all.len(), 256);
    }

    #[test]
    fn the_vocabulary_is_small() {
        println!("{} tokens", vocabulary().len());
        assert!(vocabulary().len() < 1500);
    }
}
