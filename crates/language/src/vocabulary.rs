//! The tokens of the language: two special ones, 256 bytes, then whole words.

use std::collections::HashMap;

/// Id of the start token, `<|story|>`.
pub const START: u32 = 0;
/// Id of the end token, `<|end|>`.
pub const END: u32 = 1;
/// Text of the special tokens, by id.
pub(crate) const SPECIAL: [&str; 2] = ["<|story|>", "<|end|>"];
/// Id of the first whole word.
pub(crate) const FIRST_WORD: u32 = 258;

/// Tokens by id and ids by text.
///
/// Ids 0 and 1 are special, 2 to 257 are the bytes 0 to 255, the rest are whole
/// words and marks, with the leading space where they follow one (" ball"). A word
/// or mark of one byte ("A", ".") is that byte.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    words: Vec<String>,
    ids: HashMap<String, u32>,
}

impl Vocabulary {
    /// Number of tokens.
    pub fn len(&self) -> usize {
        FIRST_WORD as usize + self.words.len()
    }

    /// Never: the bytes are always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Id of a word of the language, with its leading space if it has one, or of one byte.
    pub fn id(&self, text: &str) -> Option<u32> {
        if let &[byte] = text.as_bytes() {
            return Some(2 + u32::from(byte));
        }
        self.ids.get(text).copied()
    }

    /// Text of a word of the language; `None` for special tokens, bytes and unknown ids.
    pub fn word(&self, id: u32) -> Option<&str> {
        let index = id.checked_sub(FIRST_WORD)? as usize;
        self.words.get(index).map(String::as_str)
    }

    /// The whole words in order of id, from id 258 on.
    pub fn words(&self) -> impl Iterator<Item = (u32, &str)> {
        (FIRST_WORD..).zip(self.words.iter().map(String::as_str))
    }

    /// Text for display: special tokens by name, words and visible ASCII as they are, other
    /// bytes as `<0x0A>`.
    pub fn show(&self, id: u32) -> String {
        if let Some(special) = SPECIAL.get(id as usize) {
            return (*special).to_owned();
        }
        match self.word(id) {
            Some(word) => word.to_owned(),
            None if (b'!'..=b'~').contains(&((id - 2) as u8)) && id < FIRST_WORD => {
                char::from((id - 2) as u8).to_string()
            }
            None if id < FIRST_WORD => format!("<0x{:02X}>", id - 2),
            None => format!("<unknown {id}>"),
        }
    }

    /// The text of a list of tokens; special tokens and unknown ids give nothing,
    /// bytes that are not UTF-8 give the replacement character.
    pub fn decode(&self, tokens: &[u32]) -> String {
        let mut bytes = Vec::new();
        for &id in tokens {
            if let Some(word) = self.word(id) {
                bytes.extend_from_slice(word.as_bytes());
            } else if let Some(byte) = id.checked_sub(2).and_then(|byte| u8::try_from(byte).ok()) {
                bytes.push(byte);
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Id of a word, which is added if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.id(text) {
            return id;
        }
        let id = FIRST_WORD + self.words.len() as u32;
        self.words.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }
}
