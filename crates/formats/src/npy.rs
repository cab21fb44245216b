//! Numpy's `npy`: a header of text, then one array.
//!
//! Read are floats of 2, 4 and 8 bytes in either byte order, row-major or
//! column-major; all become 32-bit floats in row-major order.
//!
//! # References
//!
//! Numpy, `numpy.lib.format`,
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use half::f16;

use crate::npy_header::{ByteOrder, Header, HeaderError};

const MAGIC: &[u8] = b"\x93NUMPY";

/// An array of 32-bit floats.
#[derive(Clone, Debug, PartialEq)]
pub struct NpyArray {
    /// Length of each axis; none for a single number.
    pub shape: Vec<usize>,
    /// Row-major.
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
    /// The header is not one.
    #[error("npy header: {0}")]
    Header(#[from] HeaderError),
    /// More or fewer numbers than the header says.
    #[error("holds {found} bytes of numbers, expected {expected} for shape {shape:?}")]
    Length {
        /// Bytes after the header.
        found: usize,
        /// Bytes the shape asks for.
        expected: u128,
        /// The shape.
        shape: Vec<usize>,
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
        let rest = bytes.strip_prefix(MAGIC).ok_or(NpyError::Magic)?;
        let short = |expected| NpyError::Truncated {
            found: bytes.len(),
            expected,
        };
        let version = *rest.first().ok_or_else(|| short(MAGIC.len() + 2))?;
        let length_bytes = match version {
            1 => 2,
            2 | 3 => 4,
            found => return Err(NpyError::Version { found }),
        };
        let start = MAGIC.len() + 2 + length_bytes;
        let length = bytes.get(start - length_bytes..start);
        let length = length.ok_or_else(|| short(start))?;
        let length = length
            .iter()
            .rev()
            .fold(0, |n, &byte| n << 8 | usize::from(byte));
        let end = start.saturating_add(length);
        let header = bytes.get(start..end).ok_or_else(|| short(end))?;
        let header = Header::parse(header)?;
        let values = numbers(&header, &bytes[end..])?;
        Ok(Self {
            values: row_major(&header, values),
            shape: header.shape,
        })
    }
}

/// The numbers after the header, in the order of the file.
fn numbers(header: &Header, data: &[u8]) -> Result<Vec<f32>, NpyError> {
    let size = header.bytes_per_number;
    let count = header
        .shape
        .iter()
        .try_fold(1_u128, |count, &length| count.checked_mul(length as u128));
    let expected = count.map_or(u128::MAX, |count| count.saturating_mul(size as u128));
    if data.len() as u128 != expected {
        return Err(NpyError::Length {
            found: data.len(),
            expected,
            shape: header.shape.clone(),
        });
    }
    let of_number = |bytes: &[u8]| {
        let mut number = [0; 8];
        let place = number.iter_mut().zip(bytes);
        match header.byte_order {
            ByteOrder::Little => place.for_each(|(to, from)| *to = *from),
            ByteOrder::Big => {
                let reversed = number.iter_mut().zip(bytes.iter().rev());
                reversed.for_each(|(to, from)| *to = *from);
            }
        }
        let bits = u64::from_le_bytes(number);
        match size {
            2 => f16::from_bits(bits as u16).to_f32(),
            4 => f32::from_bits(bits as u32),
            _ => f64::from_bits(bits) as f32,
        }
    };
    Ok(data.chunks_exact(size).map(of_number).collect())
}

/// Brings a column-major array into row-major order.
fn row_major(header: &Header, values: Vec<f32>) -> Vec<f32> {
    // Without numbers the lengths of the axes could be anything.
    if !header.is_fortran_order || values.len() < 2 {
        return values;
    }
    let mut strides = Vec::with_capacity(header.shape.len());
    let mut stride = 1;
    for length in &header.shape {
        strides.push(stride);
        stride *= length;
    }
    let mut index = vec![0; header.shape.len()];
    let mut ordered = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        let at: usize = index
            .iter()
            .zip(&strides)
            .map(|(i, stride)| i * stride)
            .sum();
        ordered.push(values[at]);
        for (place, length) in index.iter_mut().zip(&header.shape).rev() {
            *place += 1;
            if *place < *length {
                break;
            }
            *place = 0;
        }
    }
    ordered
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
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}
