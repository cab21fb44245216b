//! Causal attention in blocks of queries.
//!
//! A block of `block_q` queries sees the keys up to its last query, so its
//! scores are `[batch, head, block_q, keys]` and are dropped when the block is
//! done: memory is linear in the sequence. What stays is the output and the
//! row log-sum-exp, from which any weight can be had again as
//! `p_ij = exp(scale * q_i . k_j - lse_i)`.
//!
//! The accepted price: one matmul per block instead of one per layer. On a GPU a
//! kernel of our own does all of it at once, unless the scores or the pattern are to
//! be read or changed, or gradients flow.

use burn::tensor::{Bool, Device, Tensor, TensorData};
use headlight_activations::{HookPoint, Site};
use headlight_kernels::{Blocks, FlashForward, FlashOutput, matmul};

use crate::tap::Tap;

/// Queries per block. Large enough that a prompt of the shipped models is two
/// or three matmuls a layer, small enough that the scores of 12 heads over
/// 1,024 keys stay under 4 MB.
pub const DEFAULT_QUERY_BLOCK: usize = 64;

/// Added to a score on a GPU, it stands for minus infinity: shader languages have no
/// literal for that, and `exp` of this less any usual number is 0 all the same.
const MASKED: f32 = -1e30;

/// In a score's place on the CPU: below any score, however large the weights are.
const MASKED_ON_CPU: f32 = f32::MIN;

/// Queries, keys and values of one layer, heads split.
#[derive(Clone, Debug)]
pub(crate) struct Heads {
    /// `[batch, head, query, d_head]`
    pub(crate) q: Tensor<4>,
    /// `[batch, head, key, d_head]`
    pub(crate) k: Tensor<4>,
    /// `[batch, head, key, d_head]`
    pub(crate) v: Tensor<4>,
}

/// What attention leaves behind.
pub(crate) struct Attended {
    /// `[batch, head, query, d_head]`
    pub(crate) z: Tensor<4>,
    /// `[batch, head, query, 1]`
    pub(crate) lse: Tensor<4>,
}

/// How one layer attends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttentionPlan {
    pub(crate) layer: usize,
    /// Multiplies `q . k`.
    pub(crate) scale: f64,
    /// Position in the sequence of the first query; keys start at 0.
    pub(crate) first_query: usize,
    /// Queries per block.
    pub(crate) block_q: usize,
}

impl AttentionPlan {
    fn scores_hook(&self) -> HookPoint {
        HookPoint::block(self.layer, Site::AttnScores)
    }

    fn pattern_hook(&self) -> HookPoint {
        HookPoint::block(self.layer, Site::AttnPattern)
    }

    /// Attends with all queries, block by block, or all at once where the
    /// scores or the pattern are to be read or changed.
    pub(crate) fn attend(&self, heads: &Heads, tap: &mut Tap<'_>) -> Attended {
        let n_queries = heads.q.dims()[2];
        let is_whole = tap.touches(self.scores_hook()) || tap.touches(self.pattern_hook());
        if !is_whole && let Some(attended) = self.attend_by_kernel(heads) {
            return attended;
        }
        let block_q = if is_whole { n_queries } else { self.block_q };
        if block_q >= n_queries {
            return self.attend_block(heads.q.clone(), 0, heads, tap);
        }
        let (mut z, mut lse) = (Vec::new(), Vec::new());
        for first in (0..n_queries).step_by(block_q) {
            let q = heads
                .q
                .clone()
                .narrow(2, first, block_q.min(n_queries - first));
            let block = self.attend_block(q, first, heads, tap);
            z.push(block.z);
            lse.push(block.lse);
        }
        Attended {
            z: Tensor::cat(z, 2),
            lse: Tensor::cat(lse, 2),
        }
    }

    /// Attention by our own kernel; `None` where there is none for these heads.
    fn attend_by_kernel(&self, heads: &Heads) -> Option<Attended> {
        let [_, _, n_queries, d_head] = heads.q.dims();
        // A query is one unit's work: alone it would leave the others idle.
        if n_queries == 1 {
            return None;
        }
        let n_keys = self.first_query + n_queries;
        let seen = |of: &Tensor<4>| of.clone().narrow(2, 0, n_keys);
        let forward = FlashForward {
            scale: self.scale,
            is_causal: true,
            blocks: Blocks::usual(d_head)?,
        };
        let FlashOutput { o, lse, .. } = forward.run(&heads.q, &seen(&heads.k), &seen(&heads.v))?;
        Some(Attended { z: o, lse })
    }

    /// Attends with the queries `first..` of this pass.
    fn attend_block(
        &self,
        q: Tensor<4>,
        first: usize,
        heads: &Heads,
        tap: &mut Tap<'_>,
    ) -> Attended {
        let n_keys = self.first_query + first + q.dims()[2];
        let scores = self.scores(q, first, &heads.k, tap);
        tap.take(self.scores_hook(), &scores);
        // The maximum cancels in the result, so no gradient need flow through it.
        let max = scores.clone().max_dim(3).detach();
        let weights = (scores - max.clone()).exp();
        let sum = weights.clone().sum_dim(3);
        let pattern = tap.at(self.pattern_hook(), weights / sum.clone());
        let z = matmul(pattern, heads.v.clone().narrow(2, 0, n_keys));
        Attended {
            z,
            lse: max + sum.log(),
        }
    }

    /// Scaled scores of the queries `first..`, masked: `[batch, head, query, key]`,
    /// over the keys up to the last of these queries.
    fn scores(&self, q: Tensor<4>, first: usize, k: &Tensor<4>, tap: &Tap<'_>) -> Tensor<4> {
        let n_queries = q.dims()[2];
        let n_keys = self.first_query + first + n_queries;
        let k = k.clone().narrow(2, 0, n_keys);
        let dots = matmul(q, k.swap_dims(2, 3));
        let scores = tap.edited(self.scores_hook(), dots * self.scale);
        if n_queries == 1 {
            return scores;
        }
        masked(scores)
    }

    /// The pattern of these queries and keys, from the log-sum-exp of a run:
    /// `[batch, head, query, key]`, 0 where masked.
    pub(crate) fn pattern(
        &self,
        q: Tensor<4>,
        k: &Tensor<4>,
        lse: Tensor<4>,
        tap: &Tap<'_>,
    ) -> Tensor<4> {
        let scores = self.scores(q, 0, k, tap);
        tap.edited(self.pattern_hook(), (scores - lse).exp())
    }
}

/// Hides from each query the keys after it: `[batch, head, query, key]`. The last
/// query sees every key.
fn masked(scores: Tensor<4>) -> Tensor<4> {
    let [_, _, n_queries, n_keys] = scores.dims();
    let device = scores.device();
    let first_query = n_keys - n_queries;
    let is_hidden = (0..n_queries)
        .flat_map(|row| (0..n_keys).map(move |key| key > first_query + row))
        .collect::<Vec<bool>>();
    let shape = [1, 1, n_queries, n_keys];
    if device == Device::flex() {
        // A sum with a hidden score of 1e30 would be a score like any other.
        let mask = Tensor::<4, Bool>::from_data(TensorData::new(is_hidden, shape), &device);
        return scores.mask_fill(mask, MASKED_ON_CPU);
    }
    let added = is_hidden
        .into_iter()
        .map(|is_hidden| if is_hidden { MASKED } else { 0.0 })
        .collect::<Vec<f32>>();
    scores + Tensor::from_data(TensorData::new(added, shape), &device)
}

/// Inside, hidden scores are a very negative number; outside they are `-inf`.
pub(crate) fn unmask(scores: &mut [f32], device: &Device) {
    let is_hidden = |score: f32| {
        if *device == Device::flex() {
            score <= MASKED_ON_CPU
        } else {
            score < 0.1 * MASKED
        }
    };
    for score in scores.iter_mut().filter(|score| is_hidden(**score)) {
        *score = f32::NEG_INFINITY;
    }
}
