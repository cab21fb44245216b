//! The texts inside a `tokenizer.json`: none is long.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::LibraryError;

/// The longest name, pattern or replacement: the longest tokens in use are runs of a
/// few hundred spaces, the longest patterns have some hundred characters.
pub(super) const LONGEST_TEXT: usize = 1 << 16;

/// The longest table of a normalizer; those in use have 0.4 MB.
const LONGEST_TABLE: usize = 1 << 22;

/// Refuses a file with a text that would be copied for every character of a prompt.
///
/// Also refuses what is not JSON. Keeps nothing of what it reads.
pub(super) fn check_texts(json: &str) -> Result<(), LibraryError> {
    let mut longest = 0;
    let mut reader = serde_json::Deserializer::from_str(json);
    let seed = Walk {
        longest: &mut longest,
        is_table: false,
    };
    let read = seed.deserialize(&mut reader).and_then(|()| reader.end());
    if longest > 0 {
        return Err(LibraryError::LongText { n_bytes: longest });
    }
    Ok(read?)
}

/// Walks over a value of any shape.
struct Walk<'a> {
    /// Length of the first text that is too long.
    longest: &'a mut usize,
    /// True for the one text that may be longer.
    is_table: bool,
}

impl Walk<'_> {
    fn check<E: Error>(&mut self, text: &str) -> Result<(), E> {
        let limit = if self.is_table {
            LONGEST_TABLE
        } else {
            LONGEST_TEXT
        };
        if text.len() > limit {
            *self.longest = text.len();
            return Err(E::custom("a text is too long"));
        }
        Ok(())
    }

    fn inner(&mut self, is_table: bool) -> Walk<'_> {
        Walk {
            longest: self.longest,
            is_table,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.check(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self.inner(false))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            self.check(&name)?;
            let is_table = name == "precompiled_charsmap";
            map.next_value_seed(self.inner(is_table))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_refused_wherever_it_stands() {
        let long = "x".repeat(LONGEST_TEXT + 1);
        let fits = "x".repeat(LONGEST_TEXT);
        for json in [
            format!("\"{long}\""),
            format!("{{\"a\": [1, -1, 0.5, null, true, {{\"b\": \"{long}\"}}]}}"),
            format!("{{\"{long}\": 1}}"),
            format!("{{\"precompiled_charsmap\": [\"{long}\"]}}"),
        ] {
            let error = check_texts(&json).unwrap_err().to_string();
            assert!(
                error.ends_with("a text of 65537 bytes, expected at most 65536"),
                "{error}"
            );
            assert!(check_texts(&json.replace(&long, &fits)).is_ok());
        }
        assert!(check_texts(&format!("{{\"precompiled_charsmap\": \"{long}\"}}")).is_ok());
        assert!(check_texts("{} {}").is_err());
        assert!(check_texts(&"[".repeat(1 << 20)).is_err());
    }
}
