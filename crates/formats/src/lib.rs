//! Files of numbers, read from bytes that nobody vouches for.
//!
//! - [`NpyArray`]: numpy's `npy`, one array of floats; in pieces with [`NpyHead`]
//!   and [`NpyReader`]
//!
//! Readers take bytes that are there and never allocate what a header merely
//! claims. Whatever is wrong is one sentence with what was found and expected.

mod npy;
mod npy_header;
mod npy_numbers;

pub use npy::{NpyArray, NpyError, NpyHead, NpyReader, write_npy};
