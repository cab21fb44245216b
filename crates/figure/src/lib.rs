//! The kit that figures are made of. It knows nothing of models, heads or rooms.
//!
//! - [`number`], [`phrase`], [`token`]: numbers, sentences and tokens as text
//! - [`ramp`], [`signed`]: colours and signed bars from numbers
//! - [`table`], [`files`]: the numbers behind a figure, and their files
//! - [`order`], [`window`]: sorting, and a window around a place
//! - [`Shared`]: a value that is cheap to clone and to compare

pub mod files;
pub mod number;
pub mod order;
pub mod phrase;
pub mod ramp;
mod shared;
pub mod signed;
pub mod table;
pub mod token;
pub mod window;

pub use shared::Shared;
