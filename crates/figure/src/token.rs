//! How tokens are written on the page: nothing invisible, nothing that can
//! reorder or break the text around it.

/// Stands for a space.
const SPACE: char = '\u{2423}';

/// A token's text split into the marks before it and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleToken {
    /// Leading spaces as marks, to be drawn faint.
    pub lead: String,
    /// The rest, every character visible.
    pub body: String,
}

impl VisibleToken {
    /// Makes `text` visible.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let trimmed = text.trim_start_matches(' ');
        let n_spaces = text.len() - trimmed.len();
        let mut body = String::with_capacity(trimmed.len());
        for character in trimmed.chars() {
            push_visible(&mut body, character);
        }
        let lead = std::iter::repeat_n(SPACE, n_spaces).collect();
        Self { lead, body }
    }

    /// Marks and rest together.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{}{}", self.lead, self.body)
    }

    /// The whole in at most `max_chars` characters, shortened in the middle.
    #[must_use]
    pub fn short(&self, max_chars: usize) -> String {
        shorten(&self.full(), max_chars)
    }

    /// The rest alone, so that marks and rest have at most `max_chars` characters.
    #[must_use]
    pub fn short_body(&self, max_chars: usize) -> String {
        let n_marks = self.lead.chars().count();
        shorten(&self.body, max_chars.saturating_sub(n_marks).max(3))
    }

    /// The word as prose quotes it: without its leading space if it has a word.
    #[must_use]
    pub fn quoted(&self) -> String {
        let word = if self.body.is_empty() {
            &self.lead
        } else {
            &self.body
        };
        format!("\u{201c}{}\u{201d}", shorten(word, 24))
    }
}

/// True for the name of a byte, such as `<0xE3>`: characters that a model has no
/// token for are read as their bytes in UTF-8.
#[must_use]
pub fn is_byte(text: &str) -> bool {
    let digits = text
        .strip_prefix("<0x")
        .and_then(|rest| rest.strip_suffix('>'));
    digits.is_some_and(|digits| {
        digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// About the tokens that a prompt will have: a start marker, words with the
/// space before them, and every other character alone. Only for the size of
/// what is drawn before the model has read the prompt.
#[must_use]
pub fn guess(prompt: &str) -> Vec<VisibleToken> {
    let mut texts = vec!["<|start|>".to_owned()];
    let mut is_in_word = false;
    for character in prompt.chars() {
        let is_word = character.is_alphanumeric();
        match texts.last_mut() {
            Some(last) if is_word && (is_in_word || last == " ") => last.push(character),
            _ => texts.push(character.to_string()),
        }
        is_in_word = is_word;
    }
    texts.iter().map(|text| VisibleToken::new(text)).collect()
}

/// At most `max_chars` characters, shortened in the middle.
pub fn shorten(text: &str, max_chars: usize) -> String {
    let count = text.chars().count();
    if count <= max_chars || max_chars < 3 {
        return text.to_owned();
    }
    let tail = (max_chars - 1) / 3;
    let front = max_chars - 1 - tail;
    let start: String = text.chars().take(front).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start}\u{2026}{end}")
}

/// Adds a character, or what can be seen in place of one that cannot or that
/// would change the direction of its surroundings: a mark for white space, the
/// code of anything else, in the form that bytes have.
fn push_visible(text: &mut String, character: char) {
    match character {
        ' ' => text.push(SPACE),
        '\n' => text.push('\u{21b5}'),
        '\t' => text.push('\u{21e5}'),
        '\u{0}'..='\u{1f}' | '\u{7f}' => {
            text.push_str(&format!("<0x{:02X}>", u32::from(character)));
        }
        '\u{80}'..='\u{a0}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => {
            text.push_str(&format!("<U+{:04X}>", u32::from(character)));
        }
        other => text.push(other),
    }
}

/// The words that a model reads letter by letter, because it has no token for them.
///
/// They are runs of at least two tokens of one letter each, each word
/// once, in the order of the text. A word is not the same with a space before it
/// as without, so the space is part of it, as the mark that chips show.
#[must_use]
pub fn spelt_words<'a>(tokens: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut run = String::new();
    let mut before = "";
    for text in tokens.into_iter().chain([""]) {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(letter), None) if letter.is_alphabetic() => {
                if run.is_empty() && before.ends_with(' ') {
                    run.push(SPACE);
                }
                run.push(letter);
            }
            _ => {
                let word = std::mem::take(&mut run);
                let n_letters = word.chars().filter(|c| *c != SPACE).count();
                if n_letters > 1 && !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        before = text;
    }
    words
}

/// A token as it heads a row or column: as it is, unless nothing of it can be seen.
#[must_use]
pub fn header(text: &str) -> String {
    if text.trim().is_empty() {
        VisibleToken::new(text).full()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_bytes_are_known() {
        assert!(is_byte("<0xE3>") && is_byte("<0x0a>"));
        assert!(!is_byte("<0x>") && !is_byte("<|end|>") && !is_byte("0xE3") && !is_byte("<0xGG>"));
    }

    #[test]
    fn a_leading_space_becomes_a_mark() {
        let token = VisibleToken::new(" found");
        assert_eq!(
            (token.lead.as_str(), token.body.as_str()),
            ("\u{2423}", "found")
        );
        assert_eq!(token.quoted(), "\u{201c}found\u{201d}");
    }

    #[test]
    fn a_token_of_spaces_alone_is_still_seen() {
        let token = VisibleToken::new("  ");
        assert_eq!(token.full(), "\u{2423}\u{2423}");
        assert_eq!(token.quoted(), "\u{201c}\u{2423}\u{2423}\u{201d}");
    }

    #[test]
    fn bytes_and_markup_stay_as_they_are() {
        assert_eq!(VisibleToken::new("<0xE2>").full(), "<0xE2>");
        assert_eq!(VisibleToken::new("<b>&amp;").full(), "<b>&amp;");
    }

    #[test]
    fn characters_that_turn_the_text_around_are_replaced() {
        assert_eq!(
            VisibleToken::new("a\u{202e}b\u{7}\n").full(),
            "a<U+202E>b<0x07>\u{21b5}"
        );
    }

    #[test]
    fn the_guess_has_words_with_their_space_and_marks_alone() {
        let texts: Vec<String> = guess("Tom ran. One day, it")
            .iter()
            .map(VisibleToken::full)
            .collect();
        let expected = ["<|start|>", "Tom", "␣ran", ".", "␣One", "␣day", ",", "␣it"];
        assert_eq!(texts, expected);
        assert_eq!(guess("").len(), 1);
    }

    #[test]
    fn a_long_token_is_shortened_in_the_middle() {
        let token = VisibleToken::new(&"abcdefghij".repeat(30));
        assert_eq!(token.short(10).chars().count(), 10);
        assert_eq!(token.short(10), "abcdef\u{2026}hij");
        assert_eq!(VisibleToken::new("short").short(10), "short");
    }

    #[test]
    fn words_that_are_spelt_are_found_once_each() {
        let tokens = [
            "I", " like", " ", "c", "a", "t", "s", ",", " ", "c", "a", "t", "s", " a",
        ];
        assert_eq!(spelt_words(tokens), ["\u{2423}cats"]);
        assert_eq!(spelt_words(["A", " ball", "."]), [""; 0]);
        let [with_space, without] = [&[" ", "o", "x"][..], &["o", "x"]];
        assert_eq!(spelt_words(with_space.iter().copied()), ["\u{2423}ox"]);
        assert_eq!(spelt_words(without.iter().copied()), ["ox"]);
        let twice = ["o", "x", " ", "o", "x"];
        assert_eq!(spelt_words(twice), ["ox", "\u{2423}ox"]);
    }
}
