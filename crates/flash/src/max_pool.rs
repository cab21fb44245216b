//! A matrix made small by the largest value of each cell.

use std::ops::Range;

/// A rectangle of a matrix in square cells, each of which holds the largest
/// value of its `pool` by `pool` entries.
///
/// The largest and not the mean: a single strong link, which is what one looks
/// for in a pattern, stays as strong in a small picture as in a large one.
/// With a pool of 1 the cells are the values themselves.
#[derive(Clone, Debug)]
pub struct MaxPool {
    first_row: usize,
    pool: usize,
    n_rows: usize,
    n_columns: usize,
    /// `[row, column]` of cells.
    cells: Vec<f32>,
}

impl MaxPool {
    /// Cells over these rows and columns, all 0. The last row and column of
    /// cells hold what is left, where `pool` does not divide a length.
    ///
    /// # Panics
    ///
    /// Panics if `pool` is 0.
    #[must_use]
    pub fn new(rows: Range<usize>, columns: Range<usize>, pool: usize) -> Self {
        assert!(pool > 0, "a cell has at least one entry");
        let n_columns = columns.len().div_ceil(pool);
        Self {
            first_row: rows.start,
            pool,
            n_rows: rows.len(),
            n_columns,
            cells: vec![0.0; rows.len().div_ceil(pool) * n_columns],
        }
    }

    /// Takes in the values of one row, which start at the first column. Values
    /// that are left off at the end count as 0.
    ///
    /// # Panics
    ///
    /// Panics if the row or its last value lies outside the rectangle.
    pub fn push_row(&mut self, row: usize, values: &[f32]) {
        let index = row.checked_sub(self.first_row);
        let Some(index) = index.filter(|&index| index < self.n_rows) else {
            panic!("row {row} of {} from {}", self.n_rows, self.first_row);
        };
        let cells = &mut self.cells[index / self.pool * self.n_columns..][..self.n_columns];
        let parts = values.chunks(self.pool);
        assert!(parts.len() <= cells.len(), "{} values", values.len());
        for (cell, part) in cells.iter_mut().zip(parts) {
            *cell = part.iter().copied().fold(*cell, larger);
        }
    }

    /// The cells `[row, column]`, row-major.
    #[must_use]
    pub fn into_cells(self) -> Vec<f32> {
        self.cells
    }
}

/// The larger of two, or what is no number, which must not hide.
fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cells_hold_what_is_left() {
        let mut pooled = MaxPool::new(4..7, 0..3, 2);
        pooled.push_row(4, &[0.1, 0.2, 0.3]);
        pooled.push_row(5, &[0.4]);
        pooled.push_row(6, &[0.0, 0.0, 0.5]);
        assert_eq!(pooled.into_cells(), [0.4, 0.3, 0.0, 0.5]);
    }

    #[test]
    fn what_is_no_number_shows_whatever_comes_after_it() {
        let mut pooled = MaxPool::new(0..2, 0..1, 2);
        pooled.push_row(0, &[f32::NAN]);
        pooled.push_row(1, &[1.0]);
        assert!(pooled.into_cells()[0].is_nan());
    }

    #[test]
    #[should_panic(expected = "3 values")]
    fn a_row_longer_than_the_rectangle_is_a_mistake() {
        MaxPool::new(0..1, 0..2, 1).push_row(0, &[0.0; 3]);
    }
}
