//! How the room attends.

use headlight_flash::{Algorithm, Method, Tiling, TilingError};

/// What is attended with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DataSource {
    /// The selected head of the run.
    #[default]
    Head,
    /// Numbers from a seed.
    Random {
        /// Queries and keys.
        n: usize,
        /// Width of a row.
        d: usize,
        /// The seed.
        seed: u64,
    },
    /// Numbers that the visitor typed.
    Typed(String),
}

/// Tile sides that can be chosen.
pub const BLOCKS: [usize; 13] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256];
/// On-chip memories that can be chosen, in bytes; the second is what every browser has.
pub const MEMORIES: [usize; 6] = [4_096, 16_384, 32_768, 65_536, 102_400, 196_608];
/// Steps per second that can be chosen, by the digit that chooses them.
pub const SPEEDS: [f64; 9] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 60.0, 240.0, 1_000.0];

/// How tiles are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tiles {
    /// Queries and keys of a tile.
    Blocks(usize, usize),
    /// By the papers' formula, for an on-chip memory of so many bytes.
    OnChip(usize),
}

/// An algorithm and everything about it that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Keys after a query are hidden from it.
    pub is_causal: bool,
    /// Key tiles are walked from the last to the first, where there are any.
    pub is_reversed: bool,
    /// The maximum is kept until it rises a lot, with FA2.
    pub is_lazy: bool,
    /// Parts into which the keys are split, with FA2.
    pub n_splits: usize,
    /// The tiles.
    pub tiles: Tiles,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::Fa2,
            is_causal: true,
            is_reversed: false,
            is_lazy: false,
            n_splits: 1,
            tiles: Self::USUAL_TILES,
        }
    }
}

impl Options {
    /// Tiles whose numbers can all be read, with fewer loads of keys than square ones.
    pub const USUAL_TILES: Tiles = Tiles::Blocks(8, 4);

    /// The algorithm with those of the options that it has.
    #[must_use]
    pub fn method(&self) -> Method {
        let is_fa2 = self.algorithm == Algorithm::Fa2;
        Method {
            algorithm: self.algorithm,
            is_reversed: self.is_reversed && self.algorithm != Algorithm::Standard,
            is_lazy: self.is_lazy && is_fa2,
            n_splits: if is_fa2 { self.n_splits } else { 1 },
        }
    }

    /// The options of another algorithm beside this one: the same mask and tiles, and what
    /// else both have. Few rescales and split keys are FA2's alone.
    #[must_use]
    pub fn beside(&self, other: Algorithm) -> Self {
        Self {
            algorithm: other,
            is_reversed: self.method().is_reversed,
            is_lazy: false,
            n_splits: 1,
            ..*self
        }
    }

    /// The tiles for rows of width `d`.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no such tiles.
    pub const fn tiling(&self, d: usize) -> Result<Tiling, TilingError> {
        match self.tiles {
            Tiles::Blocks(block_q, block_k) => Tiling::new(block_q, block_k),
            Tiles::OnChip(bytes) => Tiling::from_on_chip_elements(bytes / 4, d),
        }
    }
}

/// Tiles that were computed: queries by keys.
#[must_use]
pub fn tiles_given(options: &Options, d: usize) -> Option<String> {
    let tiling = options.tiling(d).ok()?;
    let is_computed = matches!(options.tiles, Tiles::OnChip(_));
    is_computed.then(|| format!("{} × {} tiles", tiling.block_q(), tiling.block_k()))
}
