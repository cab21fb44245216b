//! How byte-level tokenizers cut text, and how they write bytes.
//!
//! The cut is GPT-2's regular expression, written as a function:
//! `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
//! A function because a regular-expression engine with Unicode tables is
//! several times the size of everything else the small tokenizer needs.

use std::sync::LazyLock;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What the expression distinguishes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Number,
    Space,
    Other,
}

fn class_of(c: char) -> Class {
    if c.is_whitespace() {
        return Class::Space;
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Letter => Class::Letter,
        GeneralCategoryGroup::Number => Class::Number,
        _ => Class::Other,
    }
}

/// Cuts a text into pieces; together they are the text.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, tail) = rest.split_at(piece_len(rest));
        rest = tail;
        Some(piece)
    })
}

/// Length in bytes of the first piece of a text that is not empty.
fn piece_len(text: &str) -> usize {
    const CONTRACTIONS: [&str; 7] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    if let Some(found) = CONTRACTIONS.into_iter().find(|c| text.starts_with(c)) {
        return found.len();
    }
    let space = usize::from(text.starts_with(' '));
    let word = &text[space..];
    match word.chars().next().map(class_of) {
        Some(class) if class != Class::Space => space + run_len(word, class),
        _ => spaces_len(text),
    }
}

/// Length of the run of characters of one class at the start.
fn run_len(text: &str, class: Class) -> usize {
    text.char_indices()
        .find(|&(_, c)| class_of(c) != class)
        .map_or(text.len(), |(i, _)| i)
}

/// Length of the white space at the start, less its last character if a word
/// follows, which takes a space along, or starts a piece of its own.
fn spaces_len(text: &str) -> usize {
    let len = run_len(text, Class::Space);
    let last = text[..len].chars().next_back().map_or(0, char::len_utf8);
    if len < text.len() && len > last {
        len - last
    } else {
        len
    }
}

/// The character that stands for a byte in a byte-level vocabulary.
pub(super) fn char_of_byte(byte: u8) -> char {
    ALPHABET[usize::from(byte)]
}

/// GPT-2's alphabet: printable bytes stand for themselves, the others follow
/// in order from U+0100.
static ALPHABET: LazyLock<[char; 256]> = LazyLock::new(|| {
    let mut next = 256..;
    std::array::from_fn(|byte| {
        let code = if is_printable(byte as u8) {
            Some(byte as u32)
        } else {
            next.next()
        };
        code.and_then(char::from_u32)
            .unwrap_or(char::REPLACEMENT_CHARACTER)
    })
});

/// The bytes that an entry of a byte-level vocabulary stands for; `None` if it
/// has a character that stands for no byte.
#[must_use]
pub fn bytes_of_byte_level(entry: &str) -> Option<Vec<u8>> {
    let byte_of = |c: char| ALPHABET.iter().position(|&other| other == c);
    entry
        .chars()
        .map(|c| byte_of(c).map(|byte| byte as u8))
        .collect()
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        pieces(text).collect()
    }

    #[test]
    fn words_take_their_space_along() {
        assert_eq!(
            cut("Lily found a  ball."),
            ["Lily", " found", " a", " ", " ball", "."]
        );
        assert_eq!(cut(" x"), [" x"]);
        assert_eq!(cut("x  "), ["x", "  "]);
        assert_eq!(cut("a\n\n b"), ["a", "\n\n", " b"]);
        assert_eq!(cut("a\n\nb"), ["a", "\n", "\n", "b"]);
        assert_eq!(cut("a\tb"), ["a", "\t", "b"]);
    }

    #[test]
    fn punctuation_runs_and_contractions_are_pieces() {
        assert_eq!(
            cut("\"Yes!\" she said."),
            ["\"", "Yes", "!\"", " she", " said", "."]
        );
        assert_eq!(
            cut("it's we'll 'tis"),
            ["it", "'s", " we", "'ll", " '", "tis"]
        );
        assert_eq!(cut("'sand"), ["'s", "and"]);
        assert_eq!(cut("a1b22"), ["a", "1", "b", "22"]);
    }

    #[test]
    fn every_byte_has_a_character_of_its_own() {
        let mut all: Vec<char> = (0..=255).map(char_of_byte).collect();
        assert_eq!(all[usize::from(b' ')], 'Ġ');
        assert_eq!(all[usize::from(b'\n')], 'Ċ');
        assert_eq!(all[usize::from(b'a')], 'a');
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 256);
    }
}
