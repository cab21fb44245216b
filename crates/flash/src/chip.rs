//! What is on the chip: small matrices and a few numbers per row.

/// A matrix of 32-bit floats, row-major; without rows it is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Numbers per row.
    pub n_columns: usize,
    /// `[row, column]`
    pub values: Vec<f32>,
}

impl Matrix {
    pub(crate) fn new(n_columns: usize, values: &[f32]) -> Self {
        Self {
            n_columns,
            values: values.to_vec(),
        }
    }

    pub(crate) fn zeros(n_rows: usize, n_columns: usize) -> Self {
        Self {
            n_columns,
            values: vec![0.0; n_rows * n_columns],
        }
    }

    /// True if it is not on the chip.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.values.len().checked_div(self.n_columns).unwrap_or(0)
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        // A matrix that is not there has columns of no width.
        self.values.chunks_exact(self.n_columns.max(1))
    }

    pub(crate) fn rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f32]> {
        self.values.chunks_exact_mut(self.n_columns.max(1))
    }
}

/// What on-chip memory holds at a step. Empty is what is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chip {
    /// Queries `[row, d]`.
    pub q: Matrix,
    /// Keys `[key, d]`.
    pub k: Matrix,
    /// Values `[key, d]`.
    pub v: Matrix,
    /// Scaled scores `[row, key]`, -inf where hidden.
    pub s: Matrix,
    /// Weights `[row, key]`, relative to the maximum they were computed with.
    pub p: Matrix,
    /// Output so far `[row, d]`.
    pub o: Matrix,
    /// The largest score so far `[row]`, -inf before the first.
    pub m: Vec<f32>,
    /// The sum of the weights so far `[row]`, relative to `m`.
    pub l: Vec<f32>,
    /// What multiplied the sum so far when the maximum changed `[row]`.
    pub alpha: Vec<f32>,
    /// FA1: the largest score of this tile `[row]`.
    pub tile_m: Vec<f32>,
    /// FA1: the sum of this tile's weights `[row]`, relative to `tile_m`.
    pub tile_l: Vec<f32>,
    /// FA1: what multiplied this tile's weights `[row]`.
    pub beta: Vec<f32>,
    /// The log-sum-exp `[row]`, once it is known.
    pub lse: Vec<f32>,
    /// Outputs of the splits `[split * row, d]`, when they are merged.
    pub split_o: Matrix,
    /// Log-sum-exp of the splits `[split * row]`, when they are merged.
    pub split_lse: Vec<f32>,
}

impl Chip {
    /// Numbers that are kept on the chip now. The factors `alpha` and `beta`
    /// are not: they are used up as soon as they are known. The log-sum-exp
    /// takes the place of the maximum.
    #[must_use]
    pub fn n_elements(&self) -> u64 {
        let matrices = [&self.q, &self.k, &self.v, &self.s, &self.p, &self.o];
        let rows = [&self.m, &self.l, &self.tile_m, &self.tile_l];
        let in_matrices: usize = matrices.iter().map(|matrix| matrix.values.len()).sum();
        let in_rows: usize = rows.iter().map(|row| row.len()).sum();
        let in_splits = self.split_o.values.len() + self.split_lse.len();
        (in_matrices + in_rows + in_splits) as u64
    }
}
