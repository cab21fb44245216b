//! Blocks: the numbers of queries and keys that a workgroup takes at once.

use headlight_flash::{BYTES_PER_ELEMENT, Tiling};

/// Workgroup memory that every browser has, in bytes.
pub const WORKGROUP_BYTES: usize = 16_384;

/// The widest head that the kernels attend with.
pub const LARGEST_WIDTH: usize = 256;

/// Most queries per workgroup: as many units as every browser grants.
pub const MOST_QUERIES: usize = 256;

/// Queries per workgroup to begin with: enough for the loads of keys and values to
/// be shared, few enough that a short prompt still makes several workgroups.
const USUAL_QUERIES: usize = 64;

/// Most keys per tile; beyond, a row's scores leave the registers.
const MOST_KEYS: usize = 32;

/// Numbers are read four at a time: rows are filled up with zeros.
pub(crate) const LANES: usize = 4;

/// Tiles that fit into a workgroup's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    queries: usize,
    keys: usize,
}

impl Blocks {
    /// Blocks of a tiling, for heads of width `d`; `None` if a tile of keys and one of
    /// values take more than [`WORKGROUP_BYTES`], if there are more than 256 queries, or
    /// if the head is wider than [`LARGEST_WIDTH`].
    #[must_use]
    pub const fn of_tiling(tiling: Tiling, d: usize) -> Option<Self> {
        let (queries, keys) = (tiling.block_q(), tiling.block_k());
        let fits = d > 0 && d <= LARGEST_WIDTH && queries <= MOST_QUERIES && keys <= most_keys(d);
        if fits {
            Some(Self { queries, keys })
        } else {
            None
        }
    }

    /// Blocks that suit heads of width `d`; `None` if it is 0 or above
    /// [`LARGEST_WIDTH`].
    #[must_use]
    pub const fn usual(d: usize) -> Option<Self> {
        if d == 0 || d > LARGEST_WIDTH {
            return None;
        }
        let most = most_keys(d);
        Some(Self {
            queries: USUAL_QUERIES,
            keys: if most < MOST_KEYS { most } else { MOST_KEYS },
        })
    }

    /// Queries per workgroup.
    #[must_use]
    pub const fn queries(self) -> usize {
        self.queries
    }

    /// Keys per tile.
    #[must_use]
    pub const fn keys(self) -> usize {
        self.keys
    }
}

/// Keys of width `d` that fit together with their values.
const fn most_keys(d: usize) -> usize {
    WORKGROUP_BYTES / (2 * padded(d) * BYTES_PER_ELEMENT as usize)
}

/// The width that a row of `d` numbers takes.
pub(crate) const fn padded(d: usize) -> usize {
    d.next_multiple_of(LANES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_blocks_fit_at_every_width() {
        for d in 1..=LARGEST_WIDTH {
            let blocks = Blocks::usual(d).unwrap();
            let bytes = 2 * blocks.keys() * padded(d) * 4;
            assert!(
                blocks.keys() > 0 && bytes <= WORKGROUP_BYTES,
                "{d}: {bytes}"
            );
            let tiling = Tiling::new(blocks.queries(), blocks.keys()).unwrap();
            assert_eq!(Blocks::of_tiling(tiling, d), Some(blocks));
        }
        assert_eq!(Blocks::usual(0), None);
        assert_eq!(Blocks::usual(LARGEST_WIDTH + 1), None);
    }

    #[test]
    fn tiles_that_do_not_fit_are_none() {
        let fits =
            |queries, keys, d| Blocks::of_tiling(Tiling::new(queries, keys).unwrap(), d).is_some();
        assert!(fits(256, 32, 64) && !fits(257, 32, 64));
        assert!(!fits(16, 33, 64));
        assert!(fits(16, 8, 256) && !fits(16, 9, 256) && !fits(16, 1, 257));
    }
}
