//! Which algorithm, and how it walks.

/// How attention is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// The textbook: the whole matrix of scores goes to slow memory and back.
    Standard,
    /// `FlashAttention`: keys outside, queries inside.
    Fa1,
    /// `FlashAttention-2`: queries outside, keys inside.
    Fa2,
}

impl Algorithm {
    /// All of them, in the order in which they were found.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Fa1, Self::Fa2];

    /// The word for it in links, files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Fa1 => "fa1",
            Self::Fa2 => "fa2",
        }
    }
}

/// An algorithm with its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Method {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// True if key tiles are walked from the last to the first, as the real
    /// kernel does. The result is the same.
    pub is_reversed: bool,
    /// True if the old maximum is kept until it rises by more than a factor of
    /// 2^8 in weights. The result is the same, the rescales are fewer.
    ///
    /// # References
    ///
    /// `FlashAttention-4`, <https://arxiv.org/abs/2603.05451>.
    pub is_lazy: bool,
    /// Parts into which the key tiles are split, each of which gives an output
    /// and a log-sum-exp of its own that are merged at the end; 1 splits nothing.
    pub n_splits: usize,
}

/// An option that the algorithm does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MethodError {
    /// Standard attention has no key tiles to walk.
    #[error("reversed keys with standard, which has no key tiles to walk: expected fa1 or fa2")]
    ReversedStandard,
    /// Only FA2 keeps its output unnormalised.
    #[error("lazy rescale with {found}: expected fa2")]
    LazyOutsideFa2 {
        /// The algorithm's name.
        found: &'static str,
    },
    /// Only FA2 has independent rows that can be split.
    #[error("split keys with {found}: expected fa2")]
    SplitOutsideFa2 {
        /// The algorithm's name.
        found: &'static str,
    },
    /// A split needs at least one key tile.
    #[error("{found} splits of {n_tiles} key tiles, expected 1 to {n_tiles}")]
    Splits {
        /// Number of parts that were asked for.
        found: usize,
        /// Number of key tiles.
        n_tiles: usize,
    },
}

impl Method {
    /// An algorithm without options.
    #[must_use]
    pub const fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            is_reversed: false,
            is_lazy: false,
            n_splits: 1,
        }
    }

    /// Whether the algorithm has the options that are on.
    ///
    /// # Errors
    ///
    /// Returns the first option that does not apply.
    pub const fn check(&self) -> Result<(), MethodError> {
        let found = self.algorithm.name();
        if self.is_reversed && matches!(self.algorithm, Algorithm::Standard) {
            return Err(MethodError::ReversedStandard);
        }
        if matches!(self.algorithm, Algorithm::Fa2) {
            return Ok(());
        }
        if self.is_lazy {
            return Err(MethodError::LazyOutsideFa2 { found });
        }
        if self.n_splits != 1 {
            return Err(MethodError::SplitOutsideFa2 { found });
        }
        Ok(())
    }
}
