//! Text as people's files have it.

/// Bytes that are no text we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotUtf8 {
    /// Two bytes a character, as some editors and shells write.
    #[error("is UTF-16, expected UTF-8")]
    Utf16,
    /// A byte that is no part of a character.
    #[error("is not UTF-8: byte {offset} starts no character")]
    Byte {
        /// Offset of the first bad byte, counted from 0.
        offset: usize,
    },
}

/// The text of a file's bytes, without the byte-order mark that some editors
/// put before it.
///
/// # Errors
///
/// Returns an error if the bytes are not UTF-8, worded to follow the file's name.
pub fn utf8_text(bytes: &[u8]) -> Result<&str, NotUtf8> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(NotUtf8::Utf16);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| NotUtf8::Byte {
        offset: error.valid_up_to(),
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(utf8_text(b"\xef\xbb\xbf{}"), Ok("{}"));
        assert_eq!(utf8_text(b"{}"), Ok("{}"));
        assert_eq!(utf8_text(b"\xef\xbb\xbf"), Ok(""));
        // Only one, and only at the start.
        assert_eq!(utf8_text(b"a\xef\xbb\xbf"), Ok("a\u{feff}"));
    }

    #[test]
    fn other_encodings_are_told_apart() {
        assert_eq!(utf8_text(b"\xff\xfe{\0"), Err(NotUtf8::Utf16));
        assert_eq!(utf8_text(b"\xfe\xff\0{"), Err(NotUtf8::Utf16));
        assert_eq!(utf8_text(b"ab\xff"), Err(NotUtf8::Byte { offset: 2 }));
    }
}
