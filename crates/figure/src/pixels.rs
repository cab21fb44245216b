//! A matrix of colours, one per cell: a canvas on the page, a small image in a file.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::element::Target;
use crate::figure::Size;
use crate::shade::Palette;
use crate::theme::Theme;

/// A matrix of colour indices with its place in the drawing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pixels {
    /// Identity among siblings, as of an element.
    pub key: u64,
    /// Left edge in figure units.
    pub x: f64,
    /// Upper edge in figure units.
    pub y: f64,
    /// Room for all cells, in figure units.
    pub size: Size,
    /// Number of rows.
    pub n_rows: usize,
    /// Number of columns.
    pub n_columns: usize,
    /// Palette that the indices count in.
    pub palette: Palette,
    /// Indices of the cells' colours, row by row; [`Pixels::NONE`] is transparent.
    #[serde(serialize_with = "as_numbers")]
    pub indices: Arc<[u8]>,
    /// Part of the figure that a visitor points at here; the gesture says which cell.
    pub target: Option<Target>,
}

fn as_numbers<S: Serializer>(indices: &Arc<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(indices.iter())
}

impl Pixels {
    /// Index of a cell without a value, through which one sees what lies behind.
    pub const NONE: u8 = u8::MAX;

    /// Pixels for a value per cell, row by row; `None` and what is no number leave a
    /// cell transparent.
    ///
    /// They stand at the origin in one figure unit each, until [`Pixels::over`].
    ///
    /// # Panics
    ///
    /// If there are not `n_columns` values for each of some rows.
    #[must_use]
    pub fn new(
        values: impl IntoIterator<Item = Option<f64>>,
        n_columns: usize,
        palette: Palette,
    ) -> Self {
        let index = |value: Option<f64>| match value {
            Some(value) if !value.is_nan() => palette.shade(value).index,
            _ => Self::NONE,
        };
        let indices: Arc<[u8]> = values.into_iter().map(index).collect();
        let n_rows = indices.len().checked_div(n_columns).unwrap_or(0);
        assert_eq!(
            n_rows * n_columns,
            indices.len(),
            "cells do not fill rows of {n_columns} columns"
        );
        Self {
            key: 0,
            x: 0.0,
            y: 0.0,
            size: Size {
                width: n_columns as f64,
                height: n_rows as f64,
            },
            n_rows,
            n_columns,
            palette,
            indices,
            target: None,
        }
    }

    /// Spreads the cells over a rectangle.
    #[must_use]
    pub const fn over(mut self, x: f64, y: f64, size: Size) -> Self {
        self.x = x;
        self.y = y;
        self.size = size;
        self
    }

    /// Makes the cells a part of the figure that a visitor points at.
    #[must_use]
    pub const fn target(mut self, what: &'static str, at: usize) -> Self {
        self.target = Some(Target { what, at });
        self
    }

    /// `[row, column, 4]` bytes in a theme's colours, as a canvas takes them.
    #[must_use]
    pub fn rgba(&self, theme: &Theme) -> Vec<u8> {
        let colours = self.palette.colours(theme);
        let colour = |index: &u8| match colours.get(usize::from(*index)) {
            Some([red, green, blue]) => [*red, *green, *blue, u8::MAX],
            None => [0; 4],
        };
        self.indices.iter().flat_map(colour).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::LIGHT;

    #[test]
    fn cells_without_a_value_are_transparent() {
        let values = [Some(0.0), None, Some(f64::NAN), Some(1.0)];
        let pixels = Pixels::new(values, 2, Palette::Sequential);
        assert_eq!(*pixels.indices, [0, Pixels::NONE, Pixels::NONE, 63]);
        let rgba = pixels.rgba(&LIGHT);
        assert_eq!(rgba[4..12], [0; 8]);
        assert_eq!((rgba[3], rgba[15]), (255, 255));
    }

    #[test]
    #[should_panic(expected = "do not fill rows of 3 columns")]
    fn a_row_that_is_not_full_is_a_mistake() {
        drop(Pixels::new([Some(0.0); 4], 3, Palette::Sequential));
    }

    #[test]
    fn no_cells_are_no_mistake() {
        let pixels = Pixels::new([], 0, Palette::Sequential);
        assert_eq!((pixels.n_rows, pixels.indices.len()), (0, 0));
    }
}
