//! What is to be attended to: sizes and mask.

use std::ops::Range;

/// One head's attention: how many queries and keys, how wide, masked or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// Number of queries, at least 1.
    pub n_q: usize,
    /// Number of keys, at least 1.
    pub n_k: usize,
    /// Width of a query, key or value, at least 1.
    pub d: usize,
    /// True if a query sees no key after its own position.
    ///
    /// Where there are more keys than queries, or fewer, the last query stands
    /// at the last key ("bottom right").
    pub is_causal: bool,
}

/// What the mask leaves of a tile of queries and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileKind {
    /// Every query sees every key.
    Full,
    /// Some pairs are hidden: the tile straddles the diagonal.
    Partial,
    /// No query sees any key, so the tile need not be visited.
    Skipped,
}

impl Problem {
    /// Number of keys that a query sees: these are the first ones.
    #[must_use]
    pub const fn visible_keys(&self, query: usize) -> usize {
        if !self.is_causal {
            return self.n_k;
        }
        let seen = (query + 1 + self.n_k).saturating_sub(self.n_q);
        if seen < self.n_k { seen } else { self.n_k }
    }

    /// What the mask leaves of these queries and keys, neither of them empty.
    #[must_use]
    pub const fn judge(&self, queries: &Range<usize>, keys: &Range<usize>) -> TileKind {
        if self.visible_keys(queries.start) >= keys.end {
            TileKind::Full
        } else if self.visible_keys(queries.end - 1) > keys.start {
            TileKind::Partial
        } else {
            TileKind::Skipped
        }
    }

    /// What multiplies `q . k`: `1 / sqrt(d)` (tau).
    #[must_use]
    pub fn scale(&self) -> f64 {
        (self.d as f64).sqrt().recip()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn causal(n_q: usize, n_k: usize) -> Problem {
        Problem {
            n_q,
            n_k,
            d: 1,
            is_causal: true,
        }
    }

    #[test]
    fn the_last_query_stands_at_the_last_key() {
        let seen = |n_q, n_k| -> Vec<usize> {
            let problem = causal(n_q, n_k);
            (0..n_q).map(|query| problem.visible_keys(query)).collect()
        };
        assert_eq!(seen(3, 3), [1, 2, 3]);
        assert_eq!(seen(2, 5), [4, 5]);
        assert_eq!(seen(5, 2), [0, 0, 0, 1, 2]);
    }

    #[test]
    fn a_tile_is_judged_by_the_mask_alone() {
        let problem = causal(6, 6);
        assert_eq!(problem.judge(&(4..6), &(0..4)), TileKind::Full);
        assert_eq!(problem.judge(&(2..4), &(2..4)), TileKind::Partial);
        assert_eq!(problem.judge(&(0..2), &(2..4)), TileKind::Skipped);
        // A ragged last tile without a hidden pair is full.
        assert_eq!(problem.judge(&(5..6), &(4..6)), TileKind::Full);
    }
}
