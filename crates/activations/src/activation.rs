//! Captured values: numbers with named axes.

use std::collections::BTreeMap;

use crate::HookPoint;

/// The value at one hook point, row-major, with the shape it had.
///
/// The axes are [`HookPoint::axes`] of its key, without the position (or
/// query) axis where a single position or a mean was captured.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    /// Length of each axis, outermost first.
    pub shape: Vec<usize>,
    /// The numbers, last axis fastest.
    pub data: Vec<f32>,
}

impl Activation {
    /// Wraps numbers that already have a shape.
    ///
    /// # Panics
    ///
    /// Panics if the shape does not hold exactly `data.len()` numbers.
    #[must_use]
    pub fn new(shape: Vec<usize>, data: Vec<f32>) -> Self {
        let count: usize = shape.iter().product();
        assert_eq!(count, data.len(), "shape {shape:?} holds {count} numbers");
        Self { shape, data }
    }

    /// The last axis of every place, in order: rows of length `shape.last()`.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        let width = self.shape.last().copied().unwrap_or(1).max(1);
        self.data.chunks_exact(width)
    }
}

/// Everything one run captured, by hook point.
pub type Activations = BTreeMap<HookPoint, Activation>;
