//! Part of one head's pattern.

use std::ops::Range;

use burn::tensor::Tensor;

/// A rectangle of one head's causal pattern in square cells, each the largest weight
/// of its pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternTile {
    /// Multiplies `q . k`.
    pub scale: f64,
    /// The queries.
    pub queries: Range<usize>,
    /// The keys.
    pub keys: Range<usize>,
    /// Pairs per side of a cell.
    pub pool: usize,
}

impl PatternTile {
    /// The cells, row-major: as many rows as `pool` fits into the queries, the last one
    /// with what is left, and columns likewise. From queries and keys
    /// `[1, 1, pos, d]` and the log-sum-exp of each query, `[1, 1, pos, 1]`; `None` if
    /// these are not 32-bit floats on a GPU, or if a cell holds more pairs than a unit
    /// can go through.
    ///
    /// A weight is `exp(scale q . k - lse)`, and 0 where the key is after the query.
    ///
    /// # Panics
    ///
    /// Panics if a range is empty or ends after the sequence, or `pool` is 0.
    #[must_use]
    pub fn run(&self, q: &Tensor<4>, k: &Tensor<4>, lse: &Tensor<4>) -> Option<Tensor<1>> {
        let [_, _, n, _] = q.dims();
        assert!(self.pool > 0, "a cell has at least one pair");
        for range in [&self.queries, &self.keys] {
            assert!(
                range.start < range.end && range.end <= n,
                "the range {range:?} of {n} tokens"
            );
        }
        assert_eq!(k.dims(), q.dims(), "as many keys as queries");
        assert_eq!(lse.dims()[2], n, "a log-sum-exp for each query");
        #[cfg(feature = "gpu")]
        return crate::pattern_kernel::run(self, q, k, lse);
        #[cfg(not(feature = "gpu"))]
        None
    }
}
