//! One head's attention weights, recomputed a few rows at a time.
//!
//! The task: show any part of an `[query, key]` matrix that is never stored.
//! Each row needs its own query, the keys up to it and one number, the row's
//! log-sum-exp, so rows come in any order and in any number. A block of rows
//! is all that exists at a time.
//!
//! Precision: a weight is `exp(s - lse)`, so an error of the score `s` or of
//! `lse` is a relative error of the weight. Adding in runs, a score errs by at
//! most about `20 * 2^-24` of the sum of its terms' magnitudes and typically
//! by a few roundings of it: 1e-6 of a weight for scores up to about 10, as
//! unit-normal queries and keys have them. Scores of 50 carry 4e-6 each
//! whoever computes them in f32, the device that kept `lse` included, so more
//! digits here would buy nothing.

use std::ops::Range;

use wide::f32x8;

use crate::exp::exp_up_to_zero;
use crate::packed_keys::{LANES, PackedKeys};

/// Rows recomputed together: enough for the keys to be read from memory once
/// for several rows, few enough for the block to stay in the nearest cache.
const BLOCK: usize = 16;

/// One head's causal attention over a sequence, as what is kept of it.
#[derive(Clone, Debug)]
pub struct HeadView<'a> {
    /// `[query, d_head]`
    q: &'a [f32],
    /// Log-sum-exp of the scaled scores: `[query]`.
    lse: &'a [f32],
    keys: PackedKeys,
    d_head: usize,
    scale: f32,
}

impl<'a> HeadView<'a> {
    /// Looks at a head through its queries `[query, d_head]`, its keys
    /// `[key, d_head]`, as many as queries, and the natural log-sum-exp of each
    /// query's scaled scores `[query]`. `scale` multiplies `q . k`.
    ///
    /// A log-sum-exp of infinity makes a row of zeros. The keys are copied,
    /// which is all the memory a view takes.
    ///
    /// # Panics
    ///
    /// Panics if `d_head` is 0 or the lengths do not fit together.
    #[must_use]
    pub fn new(q: &'a [f32], k: &[f32], lse: &'a [f32], d_head: usize, scale: f64) -> Self {
        assert!(d_head > 0, "a head of width 0 has no scores");
        let expected = lse.len() * d_head;
        assert_eq!(q.len(), expected, "queries of width {d_head}");
        assert_eq!(k.len(), expected, "keys of width {d_head}");
        Self {
            q,
            lse,
            keys: PackedKeys::new(k, d_head),
            d_head,
            scale: scale as f32,
        }
    }

    /// Number of queries, which is that of keys.
    #[must_use]
    pub const fn seq_len(&self) -> usize {
        self.lse.len()
    }

    /// The log-sum-exp of some queries' scaled scores, natural logarithm.
    ///
    /// # Panics
    ///
    /// Panics if the range ends after the sequence.
    #[must_use]
    pub fn log_sum_exp(&self, queries: Range<usize>) -> &'a [f32] {
        &self.lse[queries]
    }

    /// Recomputes the rows of some queries over some keys and hands on each
    /// with its query, in order.
    ///
    /// A row holds the weights, in `[0, 1]`, of those keys in the range that
    /// its query may see; the keys after its own position are masked and left
    /// off, so a row may be short or empty.
    ///
    /// # Panics
    ///
    /// Panics if a range ends after the sequence or before its own start.
    pub fn for_each_row(
        &self,
        queries: Range<usize>,
        keys: Range<usize>,
        mut visit: impl FnMut(usize, &[f32]),
    ) {
        let n = self.seq_len();
        for range in [&queries, &keys] {
            assert!(
                range.start <= range.end && range.end <= n,
                "the range {range:?} of {n} tokens"
            );
        }
        let mut block = vec![0.0; BLOCK.min(queries.len()) * keys.len()];
        for first in queries.clone().step_by(BLOCK) {
            let rows = first..queries.end.min(first + BLOCK);
            // The last row of the block sees the most.
            let width = rows.end.min(keys.end).saturating_sub(keys.start);
            let visible = keys.start..keys.start + width;
            let block = &mut block[..rows.len() * width];
            let q = &self.q[rows.start * self.d_head..rows.end * self.d_head];
            self.keys.dots(q, visible, block);
            for query in rows {
                let row = &mut block[(query - first) * width..][..width];
                let n_seen = width.min((query + 1).saturating_sub(keys.start));
                let row = &mut row[..n_seen];
                self.weights_from_dots(query, row);
                visit(query, row);
            }
        }
    }

    /// `exp(scale * dot - lse)` of one query, in place.
    fn weights_from_dots(&self, query: usize, dots: &mut [f32]) {
        let (scale, lse) = (self.scale, self.lse[query]);
        let weights = |dots| exp_up_to_zero(f32x8::new(dots) * scale - lse).to_array();
        let (packs, rest) = dots.as_chunks_mut::<LANES>();
        for pack in packs {
            *pack = weights(*pack);
        }
        let mut last = [0.0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        rest.copy_from_slice(&weights(last)[..rest.len()]);
    }
}
