//! Somebody else's text inside a sentence of ours.

use std::fmt;

/// Most characters of a foreign text that a sentence repeats.
const MAX_CHARS: usize = 80;

/// A text from a file, a link or a visitor, fit to stand in a message.
///
/// `Display` writes at most 80 characters and then `…`; characters that move the
/// cursor, end the line or turn the direction of writing are written out, such
/// as `\u{1b}`, so that a name in a file can neither drive a terminal nor hide
/// what it is. It adds no quotation marks of its own.
///
/// ```
/// use headlight_activations::Quoted;
/// assert_eq!(Quoted("wte\u{1b}[2J").to_string(), r"wte\u{1b}[2J");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        let mut n_written = 0;
        for c in self.0.chars() {
            let is_plain = !acts_on_the_reader(c);
            n_written += if is_plain {
                1
            } else {
                c.escape_unicode().len()
            };
            if n_written > MAX_CHARS {
                return f.write_char('…');
            }
            if is_plain {
                f.write_char(c)?;
            } else {
                write!(f, "{}", c.escape_unicode())?;
            }
        }
        Ok(())
    }
}

/// True for a character that does something instead of being seen.
fn acts_on_the_reader(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, marks of direction, joiners and spaces without width.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            // Separators of lines and paragraphs, embeddings and overrides.
            | '\u{2028}'..='\u{202e}'
            // Invisible operators, isolates, deprecated controls.
            | '\u{2060}'..='\u{206f}'
            // A byte-order mark, annotations, tags.
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        Quoted(text).to_string()
    }

    #[test]
    fn text_that_is_only_seen_stays_as_it_is() {
        for text in [
            "",
            "transformer.h.0.attn.bias",
            "▁the",
            "Ġ",
            "\"a\\b\" <i>",
            "日本語 é",
        ] {
            assert_eq!(quoted(text), text);
        }
    }

    #[test]
    fn what_acts_on_a_terminal_or_turns_the_writing_is_written_out() {
        assert_eq!(quoted("a\u{1b}[31mb"), r"a\u{1b}[31mb");
        assert_eq!(quoted("a\r\nb\0"), r"a\u{d}\u{a}b\u{0}");
        assert_eq!(quoted("\u{9b}2J\u{7f}"), r"\u{9b}2J\u{7f}");
        assert_eq!(quoted("a\u{202e}b\u{2066}c"), r"a\u{202e}b\u{2066}c");
        assert_eq!(quoted("\u{feff}{}\u{2028}"), r"\u{feff}{}\u{2028}");
        assert_eq!(quoted("\u{200b}\u{e0041}"), r"\u{200b}\u{e0041}");
    }

    #[test]
    fn no_more_than_eighty_characters_are_repeated() {
        let whole = "é".repeat(80);
        assert_eq!(quoted(&whole), whole);
        assert_eq!(quoted(&(whole.clone() + "x")), whole + "…");
        let long = quoted(&"\u{1b}".repeat(3_000_000));
        assert_eq!(long, r"\u{1b}".repeat(13) + "…");
    }
}
