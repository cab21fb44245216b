//! The text of a story splits into exactly the tokens that the generator emitted.

use headlight_language::{END, Purpose, START, Stories, vocabulary};

/// GPT-2's pre-tokenizer on ASCII text, written from its regular expression
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
fn split(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let length = contraction(&text[start..])
            .or_else(|| run(&bytes[start..], |b| b.is_ascii_alphabetic()))
            .or_else(|| run(&bytes[start..], |b| b.is_ascii_digit()))
            .or_else(|| {
                run(&bytes[start..], |b| {
                    !b.is_ascii_whitespace() && !b.is_ascii_alphanumeric()
                })
            })
            .unwrap_or_else(|| blanks(&bytes[start..]));
        pieces.push(&text[start..start + length]);
        start += length;
    }
    pieces
}

fn contraction(text: &str) -> Option<usize> {
    let endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    endings
        .iter()
        .find(|ending| text.starts_with(**ending))
        .map(|ending| ending.len())
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> Option<usize> {
    let space = usize::from(bytes.first() == Some(&b' '));
    let length = bytes[space..]
        .iter()
        .take_while(|byte| belongs(**byte))
        .count();
    (length > 0).then_some(space + length)
}

fn blanks(bytes: &[u8]) -> usize {
    let length = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    // The last blank before a word is left for the word, unless it is the only one.
    if length > 1 && length < bytes.len() {
        length - 1
    } else {
        length
    }
}

fn encode(text: &str) -> Vec<u32> {
    let mut tokens = vec![START];
    for piece in split(text) {
        match vocabulary().id(piece) {
            Some(id) => tokens.push(id),
            None => tokens.extend(piece.bytes().map(|byte| 2 + u32::from(byte))),
        }
    }
    tokens
}

#[test]
fn the_reference_split_treats_marks_and_contractions_as_gpt_2_does() {
    assert_eq!(
        split("Zeb's  \"big\" hat."),
        ["Zeb", "'s", " ", " \"", "big", "\"", " hat", "."]
    );
    assert_eq!(
        split("\"No!\" she said."),
        ["\"", "No", "!\"", " she", " said", "."]
    );
}

#[test]
fn encoding_the_text_of_a_story_gives_its_tokens() {
    for (index, document) in Stories::new(3, Purpose::Test).take(10_000).enumerate() {
        let mut tokens = encode(&document.text);
        tokens.push(END);
        assert_eq!(tokens, document.tokens, "story {index}: {}", document.text);
    }
}

#[test]
fn decoding_the_tokens_of_a_story_gives_its_text() {
    for document in Stories::new(4, Purpose::Test).take(1000) {
        assert_eq!(vocabulary().decode(&document.tokens), document.text);
    }
}

proptest::proptest! {
    // No failure files: they would be written beside the sources.
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_survives_encoding_as_bytes(text in "\\PC*") {
        let tokens: Vec<u32> = text.bytes().map(|byte| 2 + u32::from(byte)).collect();
        assert_eq!(vocabulary().decode(&tokens), text);
    }

    #[test]
    fn decoding_and_showing_any_ids_does_not_panic(ids in proptest::collection::vec(0u32..3000, 0..40)) {
        vocabulary().decode(&ids);
        for id in ids {
            vocabulary().show(id);
        }
    }
}
