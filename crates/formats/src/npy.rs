//! Numpy's `npy`: a header of text, then one array.
//!
//! Read are floats of 2, 4 and 8 bytes in either byte order, row-major or
//! column-major; all become 32-bit floats in row-major order.
//!
//! A file may be read in pieces ([`NpyHead`], then [`NpyReader`]): its header says
//! what is to come before any of it is, and beside the numbers themselves nothing
//! as large as the file is ever held.
//!
//! # References
//!
//! Numpy, `numpy.lib.format`,
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use crate::npy_header::{Header, HeaderError};
use crate::npy_numbers::Numbers;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Longest header that is read. Numpy itself refuses more than 10,000 characters.
const MAX_HEADER_BYTES: usize = 1 << 16;

/// An array of 32-bit floats.
#[derive(Clone, Debug, PartialEq)]
pub struct NpyArray {
    /// Length of each axis; none for a single number.
    pub shape: Vec<usize>,
    /// The numbers, row-major.
    pub values: Vec<f32>,
}

/// Why bytes are not an array of floats.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The first bytes are others.
    #[error("is not an npy file, expected it to start with \\x93NUMPY")]
    Magic,
    /// A version that is not known.
    #[error("npy version {found}, expected 1, 2 or 3")]
    Version {
        /// The major version.
        found: u8,
    },
    /// The file ends within its header.
    #[error("ends within its header: {found} bytes of {expected}")]
    Truncated {
        /// Bytes there are.
        found: usize,
        /// Bytes there should be at least.
        expected: usize,
    },
    /// The header is longer than any header need be.
    #[error("an npy header of {found} bytes, expected at most {MAX_HEADER_BYTES}")]
    LongHeader {
        /// Bytes of the header, as the file says.
        found: usize,
    },
    /// The header is not one.
    #[error("npy header: {0}")]
    Header(#[from] HeaderError),
    /// More or fewer numbers than the header says.
    #[error("holds {found} bytes of numbers, expected {expected} for shape {shape:?}")]
    Length {
        /// Bytes after the header.
        found: u64,
        /// Bytes the shape asks for.
        expected: u128,
        /// The shape.
        shape: Vec<usize>,
    },
    /// The machine has too little memory.
    #[error("{count} numbers do not fit into memory, expected room for 4 bytes each")]
    Memory {
        /// Number of elements.
        count: u128,
    },
}

impl NpyArray {
    /// Reads the bytes of a file.
    ///
    /// # Errors
    ///
    /// Returns an error if it is no `npy` file, not of floats, or of another
    /// length than its header says.
    pub fn read(bytes: &[u8]) -> Result<Self, NpyError> {
        let head = NpyHead::read(bytes)?;
        let numbers_at = head.numbers_at;
        let mut reader = head.reader(bytes.len() as u64)?;
        reader.take(&bytes[numbers_at..]);
        reader.finish()
    }
}

/// What stands before the numbers of a file.
#[derive(Clone, Debug)]
pub struct NpyHead {
    header: Header,
    numbers_at: usize,
}

impl NpyHead {
    /// As many bytes as may stand before the numbers.
    pub const MAX_BYTES: usize = MAGIC.len() + 2 + 4 + MAX_HEADER_BYTES;

    /// Reads the start of a file: its first [`MAX_BYTES`](Self::MAX_BYTES), or all of
    /// it where it is shorter.
    ///
    /// # Errors
    ///
    /// Returns an error if it is no `npy` file, or not of floats.
    pub fn read(start: &[u8]) -> Result<Self, NpyError> {
        let rest = start.strip_prefix(MAGIC).ok_or(NpyError::Magic)?;
        let short = |expected| NpyError::Truncated {
            found: start.len(),
            expected,
        };
        let version = *rest.first().ok_or_else(|| short(MAGIC.len() + 2))?;
        let length_bytes = match version {
            1 => 2,
            2 | 3 => 4,
            found => return Err(NpyError::Version { found }),
        };
        let text_at = MAGIC.len() + 2 + length_bytes;
        let length = start.get(text_at - length_bytes..text_at);
        let length = length.ok_or_else(|| short(text_at))?;
        let length = length
            .iter()
            .rev()
            .fold(0, |n, &byte| n << 8 | usize::from(byte));
        if length > MAX_HEADER_BYTES {
            return Err(NpyError::LongHeader { found: length });
        }
        let numbers_at = text_at + length;
        let text = start.get(text_at..numbers_at);
        let header = Header::parse(text.ok_or_else(|| short(numbers_at))?)?;
        Ok(Self { header, numbers_at })
    }

    /// Length of each axis; none for a single number.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// Number of elements that the header speaks of, which the file need not have.
    #[must_use]
    pub fn count(&self) -> u128 {
        let lengths = self.header.shape.iter();
        lengths.fold(1, |count: u128, &length| {
            count.saturating_mul(length as u128)
        })
    }

    /// Where the numbers begin, in bytes from the start of the file.
    #[must_use]
    pub const fn numbers_at(&self) -> usize {
        self.numbers_at
    }

    /// Gets ready for the numbers of a file of `file_bytes`.
    ///
    /// # Errors
    ///
    /// Returns an error if the file is of another length than its header says, or
    /// its numbers do not fit into memory.
    pub fn reader(self, file_bytes: u64) -> Result<NpyReader, NpyError> {
        let found = file_bytes.saturating_sub(self.numbers_at as u64);
        let count = self.count();
        let expected = count.saturating_mul(self.header.bytes_per_number as u128);
        if u128::from(found) != expected {
            return Err(NpyError::Length {
                found,
                expected,
                shape: self.header.shape,
            });
        }
        let numbers = usize::try_from(count)
            .ok()
            .and_then(|count| Numbers::new(&self.header, count));
        Ok(NpyReader {
            numbers: numbers.ok_or(NpyError::Memory { count })?,
            shape: self.header.shape,
            expected,
            found: 0,
        })
    }
}

/// The numbers of a file under way, piece by piece.
#[derive(Clone, Debug)]
pub struct NpyReader {
    shape: Vec<usize>,
    numbers: Numbers,
    expected: u128,
    /// Bytes that have come.
    found: u64,
}

impl NpyReader {
    /// Takes the next bytes after the header, as many as there are.
    pub fn take(&mut self, bytes: &[u8]) {
        self.found += bytes.len() as u64;
        if u128::from(self.found) <= self.expected {
            self.numbers.take(bytes);
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// Returns an error if more or fewer bytes came than were announced.
    pub fn finish(self) -> Result<NpyArray, NpyError> {
        let Self {
            shape,
            numbers,
            expected,
            found,
        } = self;
        if u128::from(found) != expected {
            return Err(NpyError::Length {
                found,
                expected,
                shape,
            });
        }
        let values = numbers.into_values();
        Ok(NpyArray { shape, values })
    }
}

/// An array of 32-bit floats as the bytes of a file, version 1.
///
/// # Panics
///
/// Panics if the shape is not that of the values.
#[must_use]
pub fn write_npy(shape: &[usize], values: &[f32]) -> Vec<u8> {
    let count: usize = shape.iter().product();
    assert_eq!(count, values.len(), "values of shape {shape:?}");
    let lengths: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({lengths}), }}");
    // The numbers start at a multiple of 64 bytes, after a line break.
    let start = MAGIC.len() + 4;
    let padding = (start + header.len() + 1).next_multiple_of(64) - (start + header.len() + 1);
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let mut bytes = Vec::with_capacity(start + header.len() + 4 * count);
    bytes.extend(MAGIC);
    bytes.extend([1, 0]);
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}
