//! Keys laid out so that several of them meet a query at once.
//!
//! The vectors are named and not left to the compiler: the page is built for
//! size, and then it finds none. On WebAssembly that made rows several times slower.

use std::ops::Range;

use wide::f32x8;

/// Keys side by side in a pack: as many sums run at once, in registers of
/// four or eight numbers where the machine has them.
pub(crate) const LANES: usize = 8;

/// Queries that meet a pack together, so that each number loaded is used
/// twice. More of them would need more registers than plain x86-64 and
/// WebAssembly's engines spare.
const QUERIES: usize = 2;

/// Products added up before they join the sum. Adding `n` numbers one after
/// another errs by up to `n` roundings; in runs it is the length of a run plus
/// the number of runs, so 20 instead of 64 for heads of width 64.
const RUN: usize = 16;

/// The keys of one head, `LANES` by `LANES`: `[pack, d_head, lane]`, so that
/// the inner loop reads straight on. The last pack is filled up with zeros.
#[derive(Clone, Debug)]
pub(crate) struct PackedKeys {
    packs: Vec<f32x8>,
    d_head: usize,
}

impl PackedKeys {
    /// Packs keys `[key, d_head]`.
    pub(crate) fn new(keys: &[f32], d_head: usize) -> Self {
        let n_packs = (keys.len() / d_head).div_ceil(LANES);
        let mut packs = vec![f32x8::ZERO; n_packs * d_head];
        for (index, key) in keys.chunks_exact(d_head).enumerate() {
            let pack = &mut packs[index / LANES * d_head..][..d_head];
            for (lanes, &value) in pack.iter_mut().zip(key) {
                lanes.as_mut_array()[index % LANES] = value;
            }
        }
        Self { packs, d_head }
    }

    /// `q . k` of these queries `[query, d_head]` with the keys of a range:
    /// `[query, key]` into `dots`.
    pub(crate) fn dots(&self, queries: &[f32], keys: Range<usize>, dots: &mut [f32]) {
        let width = keys.len();
        if width == 0 {
            return;
        }
        let n_queries = queries.len() / self.d_head;
        for first in (0..n_queries).step_by(QUERIES) {
            // A query without a partner is its own.
            let second = (first + 1).min(n_queries - 1);
            let pair = [first, second].map(|row| &queries[row * self.d_head..][..self.d_head]);
            for index in keys.start / LANES..keys.end.div_ceil(LANES) {
                let pack = &self.packs[index * self.d_head..][..self.d_head];
                let sums = dots_with_pack(pair, pack);
                let wanted = keys.start.max(index * LANES)..keys.end.min((index + 1) * LANES);
                let lanes = wanted.start - index * LANES..wanted.end - index * LANES;
                for (row, sums) in [first, second].into_iter().zip(&sums) {
                    dots[row * width + wanted.start - keys.start..][..wanted.len()]
                        .copy_from_slice(&sums[lanes.clone()]);
                }
            }
        }
    }
}

/// `q . k` of some queries with the keys of a pack `[d_head, lane]`.
fn dots_with_pack(queries: [&[f32]; QUERIES], pack: &[f32x8]) -> [[f32; LANES]; QUERIES] {
    let mut sums = [f32x8::ZERO; QUERIES];
    for (index, run) in pack.chunks(RUN).enumerate() {
        let [a, b] = queries.map(|query| &query[index * RUN..][..run.len()]);
        let mut parts = [f32x8::ZERO; QUERIES];
        for ((&lanes, &a), &b) in run.iter().zip(a).zip(b) {
            parts[0] += lanes * f32x8::splat(a);
            parts[1] += lanes * f32x8::splat(b);
        }
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum += part;
        }
    }
    sums.map(f32x8::to_array)
}
