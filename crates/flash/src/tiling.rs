//! How queries and keys are cut into tiles.

/// The largest block: with it every count below still fits in 63 bits.
const LARGEST_BLOCK: usize = 1 << 30;

/// Queries and keys per tile.
///
/// Blocks are as asked: one that is larger than the sequence is one ragged
/// tile, for which a kernel sets its memory aside all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tiling {
    block_q: usize,
    block_k: usize,
}

/// Why there is no such tiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TilingError {
    /// A block is 0 or beyond any use.
    #[error("{block} {rows} per tile, expected 1 to {LARGEST_BLOCK}")]
    Block {
        /// `queries` or `keys`.
        rows: &'static str,
        /// Rows of a tile that were asked for.
        block: usize,
    },
    /// The memory holds not even one row of each of Q, K, V and O.
    #[error(
        "an on-chip memory of {elements} numbers, expected at least {least}: four rows of width {d}"
    )]
    TooLittleMemory {
        /// M, in numbers of 4 bytes.
        elements: usize,
        /// 4 d.
        least: usize,
        /// Width of a row.
        d: usize,
    },
}

impl Tiling {
    /// Tiles of `block_q` queries by `block_k` keys.
    ///
    /// # Errors
    ///
    /// Returns an error if a block is 0 or above 2^30.
    pub const fn new(block_q: usize, block_k: usize) -> Result<Self, TilingError> {
        if block_q == 0 || block_q > LARGEST_BLOCK {
            return Err(TilingError::Block {
                rows: "queries",
                block: block_q,
            });
        }
        if block_k == 0 || block_k > LARGEST_BLOCK {
            return Err(TilingError::Block {
                rows: "keys",
                block: block_k,
            });
        }
        Ok(Self { block_q, block_k })
    }

    /// The tiles of the papers for an on-chip memory of `elements` numbers (M):
    /// `block_k = ceil(M / 4d)`, `block_q = min(block_k, d)`.
    ///
    /// The formula leaves out scores, weights, maxima and sums, so these tiles
    /// use more than M: [`on_chip_elements`](Self::on_chip_elements).
    ///
    /// # Errors
    ///
    /// Returns an error if M is less than `4 d`, or a block would be above 2^30.
    ///
    /// # References
    ///
    /// Dao et al. (2022), "FlashAttention", algorithm 1,
    /// <https://arxiv.org/abs/2205.14135>.
    pub const fn from_on_chip_elements(elements: usize, d: usize) -> Result<Self, TilingError> {
        let least = d.saturating_mul(4);
        if elements < least || d == 0 {
            return Err(TilingError::TooLittleMemory { elements, least, d });
        }
        let block_k = elements.div_ceil(least);
        let block_q = if block_k < d { block_k } else { d };
        Self::new(block_q, block_k)
    }

    /// Queries per tile (`B_r` of the papers).
    #[must_use]
    pub const fn block_q(self) -> usize {
        self.block_q
    }

    /// Keys per tile (`B_c` of the papers).
    #[must_use]
    pub const fn block_k(self) -> usize {
        self.block_k
    }

    /// Numbers on the chip at once: Q, O, K, V, scores, weights, and four per
    /// query (maximum, sum, and both of the tile or the factor of the rescale).
    #[must_use]
    pub const fn on_chip_elements(self, d: usize) -> u64 {
        let (rows, keys, d) = (self.block_q as u64, self.block_k as u64, d as u64);
        2 * rows * d + 2 * keys * d + 2 * rows * keys + 4 * rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_kibibytes_hold_sixteen_rows_of_width_64_and_a_little_too_much() {
        let tiling = Tiling::from_on_chip_elements(16_384 / 4, 64).unwrap();
        assert_eq!((tiling.block_q(), tiling.block_k()), (16, 16));
        assert_eq!(tiling.on_chip_elements(64), 4_672);
    }

    #[test]
    fn a_memory_for_less_than_four_rows_is_refused_with_its_figures() {
        let error = Tiling::from_on_chip_elements(255, 64).unwrap_err();
        let said = "an on-chip memory of 255 numbers, expected at least 256: four rows of width 64";
        assert_eq!(error.to_string(), said);
        assert!(Tiling::from_on_chip_elements(256, 64).is_ok());
    }

    #[test]
    fn a_block_of_0_is_refused_by_name() {
        let error = Tiling::new(4, 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "0 keys per tile, expected 1 to 1073741824"
        );
    }

    #[test]
    fn the_largest_tiles_can_still_be_counted() {
        let tiling = Tiling::new(LARGEST_BLOCK, LARGEST_BLOCK).unwrap();
        assert!(tiling.on_chip_elements(LARGEST_BLOCK) < u64::MAX / 2);
    }
}
