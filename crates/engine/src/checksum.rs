//! Checksums beside a model's files: damage is said, not computed with.
//!
//! One flipped bit of the weights is still a model, with other numbers. So the
//! shipped models carry a file [`Checksums::FILE`] in the format of `sha256sum`,
//! a line for each file that is read. Whoever opens a model that has one, in a
//! worker or on the command line, checks it first; a model without is taken as
//! it is. It guards against damage, not against people: who can change the
//! weights can change the list.

use std::fmt;
use std::io::Read;

use headlight_activations::Quoted;
use headlight_model::Pace;
use sha2::{Digest, Sha256};

use crate::{AnswerError, ModelFiles};

/// Hexadecimal digits of a checksum that a sentence shows.
const SHOWN_DIGITS: usize = 12;
/// Characters of a line that a sentence shows.
const SHOWN_CHARACTERS: usize = 40;
/// Bytes that are hashed between two pauses: some 10 ms in a browser.
const BLOCK_BYTES: usize = 1 << 20;

/// The SHA-256 of some of a model's files.
///
/// `Display` writes what [`Self::parse`] reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksums {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    file: String,
    /// 64 hexadecimal digits, lower case.
    digits: String,
}

/// A list of checksums that cannot be read, or a file that is not what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChecksumError {
    /// A line is no checksum with a file's name.
    #[error(
        "line {line} of SHA256SUMS is {found:?}, expected 64 hexadecimal digits, two spaces and a file's name"
    )]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// How it begins.
        found: String,
    },
    /// The list is too long to be one.
    #[error("SHA256SUMS has more than {max} bytes, expected a line for each file of the model")]
    TooLong {
        /// The most that is read.
        max: usize,
    },
    /// A file has other bytes than those that were listed.
    #[error(
        "{} is damaged: its SHA-256 begins with {found}, expected {expected} as in SHA256SUMS",
        Quoted(file)
    )]
    Differs {
        /// The file.
        file: String,
        /// How its checksum begins.
        found: String,
        /// How the listed one begins.
        expected: String,
    },
}

impl Checksums {
    /// The list's own name.
    pub const FILE: &str = "SHA256SUMS";

    /// The most bytes of a list that are read.
    pub const MAX_BYTES: usize = 1 << 16;

    /// Reads a list as `sha256sum` writes it.
    ///
    /// # Errors
    ///
    /// Returns an error if it is too long, or a line is no checksum with a name.
    pub fn parse(bytes: &[u8]) -> Result<Self, ChecksumError> {
        if bytes.len() > Self::MAX_BYTES {
            let max = Self::MAX_BYTES;
            return Err(ChecksumError::TooLong { max });
        }
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let lines = text.lines().zip(1..).filter(|(line, _)| !line.is_empty());
        let entries = lines.map(|(text, line)| {
            Entry::parse(text).ok_or_else(|| ChecksumError::Line {
                line,
                found: text.chars().take(SHOWN_CHARACTERS).collect(),
            })
        });
        let entries = entries.collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// The list for these files.
    #[must_use]
    pub fn of(files: &ModelFiles) -> Self {
        let entries = files.named().into_iter().map(|(file, bytes)| Entry {
            file: file.to_owned(),
            digits: digits(Sha256::digest(bytes).as_slice()),
        });
        let entries = entries.collect();
        Self { entries }
    }

    /// Compares the files that are listed, pausing between blocks of them.
    ///
    /// # Errors
    ///
    /// Returns an error naming the first file that differs, or if `pace` stops the work.
    pub async fn check<P: Pace>(&self, files: &ModelFiles, pace: &P) -> Result<(), AnswerError> {
        for (file, bytes) in files.named() {
            let Some(entry) = self.entry(file) else {
                continue;
            };
            let mut hasher = Sha256::new();
            for block in bytes.chunks(BLOCK_BYTES) {
                hasher.update(block);
                let paused = pace.pause().await;
                paused.map_err(|stopped| AnswerError::Run(stopped.into()))?;
            }
            entry.compare(hasher)?;
        }
        Ok(())
    }

    /// Compares one file, read a block at a time, where it is listed under this name.
    ///
    /// # Errors
    ///
    /// Returns the source's error, or within it one naming the file if it differs.
    pub fn check_file(
        &self,
        file: &str,
        source: &mut impl Read,
    ) -> std::io::Result<Result<(), ChecksumError>> {
        let Some(entry) = self.entry(file) else {
            return Ok(Ok(()));
        };
        let (mut hasher, mut block) = (Sha256::new(), vec![0; BLOCK_BYTES]);
        loop {
            match source.read(&mut block)? {
                0 => return Ok(entry.compare(hasher)),
                n => hasher.update(&block[..n]),
            }
        }
    }

    /// The files that are listed, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.file.as_str())
    }

    fn entry(&self, file: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.file == file)
    }
}

impl fmt::Display for Checksums {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.entries.iter();
        lines.try_for_each(|Entry { file, digits }| writeln!(formatter, "{digits}  {file}"))
    }
}

impl Entry {
    /// Whether what was hashed is what was listed.
    fn compare(&self, hasher: Sha256) -> Result<(), ChecksumError> {
        let found = digits(hasher.finalize().as_slice());
        if found == self.digits {
            return Ok(());
        }
        Err(ChecksumError::Differs {
            file: self.file.clone(),
            found: found[..SHOWN_DIGITS].to_owned(),
            expected: self.digits[..SHOWN_DIGITS].to_owned(),
        })
    }

    /// Reads `DIGITS  NAME`, or with `*` for the second space: a file read as binary.
    fn parse(line: &str) -> Option<Self> {
        let (digits, name) = line.split_once(' ')?;
        let is_digits = digits.len() == 64 && digits.bytes().all(|d| d.is_ascii_hexdigit());
        let name = name.strip_prefix([' ', '*'])?;
        let file = name.strip_prefix("./").unwrap_or(name);
        (is_digits && !file.is_empty()).then(|| Self {
            file: file.to_owned(),
            digits: digits.to_ascii_lowercase(),
        })
    }
}

fn digits(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use headlight_model::Unhurried;

    use super::*;

    /// SHA-256 of `abc`, from FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn files(weights: &[u8]) -> ModelFiles {
        ModelFiles {
            config: b"abc".to_vec(),
            weights: weights.to_vec(),
            tokenizer: Vec::new(),
        }
    }

    fn check(sums: &str, files: &ModelFiles) -> Result<(), String> {
        let sums = Checksums::parse(sums.as_bytes()).map_err(|error| error.to_string())?;
        let checked = pollster::block_on(sums.check(files, &Unhurried));
        checked.map_err(|error| error.to_string())
    }

    #[test]
    fn a_list_is_what_sha256sum_writes() {
        let sums = Checksums::of(&files(b"abc"));
        let written = sums.to_string();
        assert!(written.starts_with(&format!("{ABC}  config.json\n")));
        assert_eq!(written.lines().count(), 3);
        assert_eq!(Checksums::parse(written.as_bytes()), Ok(sums));
    }

    #[test]
    fn a_byte_order_mark_before_a_list_is_passed_over() {
        let good = files(b"abc");
        let sums = format!("\u{feff}{}", Checksums::of(&good));
        assert_eq!(check(&sums, &good), Ok(()));
        assert!(check(&sums, &files(b"abd")).is_err());
    }

    #[test]
    fn files_that_are_what_the_list_says_pass_and_others_are_named() {
        // Longer than a block, and the last bit matters.
        let mut weights = vec![7; BLOCK_BYTES + 9];
        let good = files(&weights);
        let sums = Checksums::of(&good).to_string();
        assert_eq!(check(&sums, &good), Ok(()));
        weights[BLOCK_BYTES + 8] ^= 1;
        let said = check(&sums, &files(&weights)).unwrap_err();
        let (was, is) = (
            sums.lines().nth(1).unwrap(),
            digits(&Sha256::digest(&weights)),
        );
        let expected = format!(
            "model.safetensors is damaged: its SHA-256 begins with {}, expected {} as in SHA256SUMS",
            &is[..12],
            &was[..12]
        );
        assert_eq!(said, expected);
    }

    #[test]
    fn other_ways_to_write_the_same_list_are_read() {
        let upper = ABC.to_ascii_uppercase();
        for sums in [
            format!("{ABC} *config.json\r\n"),
            format!("{upper}  ./config.json"),
            format!("\n{ABC}  config.json\n{ABC}  README.md\n"),
        ] {
            assert_eq!(check(&sums, &files(b"")), Ok(()), "{sums:?}");
        }
    }

    #[test]
    fn what_is_not_listed_is_not_checked() {
        assert_eq!(check("", &files(b"abc")), Ok(()));
    }

    #[test]
    fn a_list_that_is_none_is_refused_by_its_line() {
        let page = "<!doctype html>\n".repeat(40);
        for (sums, line, found) in [
            (
                format!("{ABC}  config.json\nabc  config.json"),
                2,
                "abc  config.json",
            ),
            (ABC.to_owned(), 1, &ABC[..40]),
            (format!("{ABC}  "), 1, &ABC[..40]),
            (page, 1, "<!doctype html>"),
        ] {
            let said = check(&sums, &files(b"")).unwrap_err();
            let expected = format!(
                "line {line} of SHA256SUMS is {found:?}, expected 64 hexadecimal digits, two spaces and a file's name"
            );
            assert_eq!(said, expected);
        }
        let long = vec![b'\n'; Checksums::MAX_BYTES + 1];
        let max = Checksums::MAX_BYTES;
        assert_eq!(Checksums::parse(&long), Err(ChecksumError::TooLong { max }));
    }
}
