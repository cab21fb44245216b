//! A small reader of the tokenizers that our own models use.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::file::{Kind, TokenizerFile};
use super::pieces::{bytes_of_byte_level, char_of_byte, pieces};
use super::{Tokenizer, TokenizerError, text_of_bytes};

/// A tokenizer of one of two kinds.
///
/// - Byte-level BPE with whole words as single tokens, `ignore_merges` and no
///   merges: a piece of text is its own token if it is in the vocabulary, else
///   it is spelt in bytes. No text is without tokens.
/// - `WordLevel` over white space, without an unknown token: a word is in the
///   vocabulary or the text is refused.
///
/// Equal to the `tokenizers` library on what it reads.
#[derive(Clone, Debug)]
pub struct SmallTokenizer {
    kind: Kind,
    ids: BTreeMap<Vec<u8>, u32>,
    tokens: BTreeMap<u32, Token>,
    /// Texts that are tokens wherever they occur, longest first.
    added: Vec<(String, u32)>,
    prefix: Vec<u32>,
    suffix: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Token {
    bytes: Vec<u8>,
    is_special: bool,
}

impl SmallTokenizer {
    /// Reads the bytes of a `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not JSON or describe another kind of
    /// tokenizer, naming the part and what is read here.
    pub fn from_json(bytes: &[u8]) -> Result<Self, TokenizerError> {
        let file = TokenizerFile::read(bytes)?;
        let mut out = Self {
            kind: file.kind,
            ids: BTreeMap::new(),
            tokens: BTreeMap::new(),
            added: Vec::new(),
            prefix: file.prefix,
            suffix: file.suffix,
        };
        let is_added = |id| file.added.iter().any(|token| token.id == id);
        for (text, &id) in file.vocab.iter().filter(|&(_, &id)| !is_added(id)) {
            let bytes = match file.kind {
                Kind::Words => Some(text.clone().into_bytes()),
                Kind::ByteLevel => bytes_of_byte_level(text),
            };
            // A byte-level entry with a character that stands for no byte can
            // never be met in text; it decodes as it is written.
            let bytes = bytes.unwrap_or_else(|| text.clone().into_bytes());
            out.ids.insert(bytes.clone(), id);
            out.tokens.insert(
                id,
                Token {
                    bytes,
                    is_special: false,
                },
            );
        }
        for token in file.added {
            let bytes = token.content.clone().into_bytes();
            out.tokens.insert(
                token.id,
                Token {
                    bytes,
                    is_special: token.special,
                },
            );
            out.added.push((token.content, token.id));
        }
        out.added
            .sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        out.added.retain(|(text, _)| !text.is_empty());
        out.check()?;
        Ok(out)
    }

    /// A text must not need a token that is not there.
    fn check(&self) -> Result<(), TokenizerError> {
        if self.kind == Kind::ByteLevel
            && let Some(byte) = (0..=255_u8).find(|&byte| !self.ids.contains_key(&[byte][..]))
        {
            let token = char_of_byte(byte).to_string();
            return Err(TokenizerError::NotInVocabulary { token });
        }
        match self
            .prefix
            .iter()
            .chain(&self.suffix)
            .find(|id| !self.tokens.contains_key(id))
        {
            Some(id) => Err(TokenizerError::NotInVocabulary {
                token: format!("id {id}"),
            }),
            None => Ok(()),
        }
    }

    /// The first added token in a text: where it starts, its length, its id.
    fn first_added(&self, text: &str) -> Option<(usize, usize, u32)> {
        self.added
            .iter()
            .filter_map(|(content, id)| {
                text.find(content.as_str()).map(|i| (i, content.len(), *id))
            })
            // `added` is sorted by length, so of two at one place the longer wins.
            .min_by_key(|&(start, ..)| start)
    }

    fn encode_plain(&self, text: &str, ids: &mut Vec<u32>) -> Result<(), TokenizerError> {
        match self.kind {
            Kind::ByteLevel => {
                for piece in pieces(text) {
                    match self.ids.get(piece.as_bytes()) {
                        Some(&id) => ids.push(id),
                        None => ids.extend(piece.bytes().map(|byte| self.ids[&[byte][..]])),
                    }
                }
            }
            Kind::Words => {
                for word in text.split_whitespace() {
                    let id = self.ids.get(word.as_bytes());
                    let id = id.ok_or_else(|| TokenizerError::NoToken {
                        piece: word.to_owned(),
                    })?;
                    ids.push(*id);
                }
            }
        }
        Ok(())
    }
}

impl Tokenizer for SmallTokenizer {
    fn encode(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        let mut ids = self.prefix.clone();
        let mut rest = text;
        while let Some((start, len, id)) = self.first_added(rest) {
            self.encode_plain(&rest[..start], &mut ids)?;
            ids.push(id);
            rest = &rest[start + len..];
        }
        self.encode_plain(rest, &mut ids)?;
        ids.extend_from_slice(&self.suffix);
        Ok(ids)
    }

    fn decode(&self, ids: &[u32]) -> Result<String, TokenizerError> {
        let unknown = |id: u32| Cow::Owned(self.token_text(id).into_bytes());
        let bytes = ids.iter().filter_map(|&id| match self.tokens.get(&id) {
            Some(token) if token.is_special => None,
            Some(token) => Some(Cow::Borrowed(&*token.bytes)),
            None => Some(unknown(id)),
        });
        Ok(match self.kind {
            Kind::ByteLevel => text_of_bytes(&bytes.collect::<Vec<_>>().concat()),
            Kind::Words => {
                let words = bytes.map(|bytes| text_of_bytes(&bytes));
                words.collect::<Vec<String>>().join(" ")
            }
        })
    }

    fn n_ids(&self) -> usize {
        self.ids.values().max().map_or(0, |&id| id as usize + 1)
    }

    fn known_text(&self, id: u32) -> Option<String> {
        let token = self.tokens.get(&id)?;
        Some(text_of_bytes(&token.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two words, the second of which is empty.
    const WORDS: &str = r#"{
        "added_tokens": [{"id": 2, "content": "<s>", "special": true}],
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "WordLevel", "vocab": {"one": 0, "": 1}, "unk_token": "none"}
    }"#;

    #[test]
    fn an_id_without_a_text_is_shown_by_its_number() {
        let tokenizer = SmallTokenizer::from_json(WORDS.as_bytes()).unwrap();
        let shown = [0, 1, 2, 260].map(|id| tokenizer.token_text(id));
        assert_eq!(shown, ["one", "<1>", "<s>", "<260>"]);
        assert_eq!(tokenizer.decode(&[0, 260, 2, 0]).unwrap(), "one <260> one");
    }

    #[test]
    fn padding_and_truncation_do_not_apply() {
        let saved = r#""truncation": {"max_length": 1}, "padding": {"strategy": {"Fixed": 9}},"#;
        let json = WORDS.replacen('{', &format!("{{{saved}"), 1);
        let tokenizer = SmallTokenizer::from_json(json.as_bytes()).unwrap();
        assert_eq!(tokenizer.encode("one one one").unwrap(), [0, 0, 0]);
    }

    #[test]
    fn a_byte_order_mark_may_stand_before_the_file() {
        let json = "\u{feff}".to_owned() + WORDS;
        assert!(SmallTokenizer::from_json(json.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_tokenizer_is_said_in_short() {
        let error = |json: &str| {
            let read = SmallTokenizer::from_json(json.as_bytes());
            read.err().unwrap().to_string()
        };
        let pointer = "version https://git-lfs.github.com/spec/v1\nsize 1042301\n";
        let said = error(pointer);
        assert!(
            said.starts_with("tokenizer.json is a Git LFS pointer"),
            "{said}"
        );
        assert!(said.contains("1042301 bytes"), "{said}");
        let long = "\\u001b[31m".repeat(1 << 20);
        for part in ["WhitespaceSplit", "WordLevel"] {
            let said = error(&WORDS.replace(part, &long));
            assert!(said.contains("\\u{1b}[31m"), "{said}");
            assert!(said.len() < 300, "{said}");
        }
    }
}
