//! The kernel of flash attention.
//!
//! The task: `softmax(scale q k^T) v` and the log-sum-exp of each row, without ever
//! holding more of the scores than a row of one tile.
//!
//! A workgroup takes a block of queries of one head, a unit takes one query and keeps
//! it, its output so far, its maximum and its sum in registers. Tiles of keys and
//! values are brought to workgroup memory by all units together, then each unit goes
//! through the tile by itself: scores, the new maximum, the rescale, the weights, their
//! sum and the values, in the order of `headlight_flash`'s events of FA2. Tiles that the
//! mask hides from the whole block are passed over.
//!
//! Long sequences are walked in several launches ([`MOST_ITERATIONS`]): between them
//! the output stays unnormalised in its own memory, the maximum in that of the
//! log-sum-exp, and the sum beside them.
//!
//! The accepted price: a query is one unit, so one query alone leaves a GPU idle.
#![expect(
    unsafe_code,
    reason = "a kernel is launched without bounds checks: browsers check, and tests cover the ends"
)]

use burn_cubecl::cubecl;
use cubecl::prelude::*;

use crate::blocks::{LANES, padded};
use crate::device::{MOST_ITERATIONS, empty, on_gpu, tensor};
use crate::flash::{FlashForward, FlashOutput};

/// Stands for minus infinity, for which shader languages have no literal.
const MASKED: f32 = -1e30;

/// The kernel on tensors; `None` if they do not lie on a GPU.
pub(crate) fn run(
    plan: &FlashForward,
    q: &burn::tensor::Tensor<4>,
    k: &burn::tensor::Tensor<4>,
    v: &burn::tensor::Tensor<4>,
) -> Option<FlashOutput> {
    let [batch, heads, n_q, d] = q.dims();
    let [_, kv_heads, n_k, _] = k.dims();
    let (q, k, v) = (on_gpu(q)?, on_gpu(k)?, on_gpu(v)?);
    let (block_q, block_k) = (plan.blocks.queries(), plan.blocks.keys());
    let o = empty(&q, [batch, heads, n_q, d]);
    let lse = empty(&q, [batch, heads, n_q, 1]);
    let sums = empty(&q, [batch, heads, n_q]);
    let n_tiles = n_k.div_ceil(block_k);
    let at_once = tiles_per_launch(d, block_q, block_k);
    let cubes = CubeCount::Static(n_q.div_ceil(block_q) as u32, (batch * heads) as u32, 1);
    for first_tile in (0..n_tiles).step_by(at_once) {
        // SAFETY: reads and writes are within the buffers: rows are bounded by `n_q`
        // and `n_k`, columns by `d`, heads by the number of cubes.
        unsafe {
            flash_forward::launch_unchecked(
                &q.client,
                cubes.clone(),
                CubeDim::new_1d(block_q as u32),
                q.clone().into_buffer_arg(),
                k.clone().into_buffer_arg(),
                v.clone().into_buffer_arg(),
                o.clone().into_buffer_arg(),
                lse.clone().into_buffer_arg(),
                sums.clone().into_buffer_arg(),
                n_q as u32,
                n_k as u32,
                (heads / kv_heads) as u32,
                padded(d) as u32,
                u32::from(plan.is_causal),
                first_tile as u32,
                (first_tile + at_once).min(n_tiles) as u32,
                n_tiles as u32,
                plan.scale as f32,
                f32::INFINITY,
                d,
                block_q,
                block_k,
            );
        }
    }
    Some(FlashOutput {
        o: tensor::<4>(o),
        lse: tensor::<4>(lse),
        sums: tensor::<3>(sums),
    })
}

/// Number of tiles of keys that a unit goes through in one launch.
fn tiles_per_launch(d: usize, block_q: usize, block_k: usize) -> usize {
    let steps = padded(d) / LANES;
    let of_key = 2 * steps + 3;
    let of_load = (block_k * padded(d)).div_ceil(block_q);
    let of_tile = block_k * of_key + of_load + steps * LANES + 1;
    // Both ends of a launch read or write a row.
    ((MOST_ITERATIONS - 3 * padded(d)) / of_tile).max(1)
}

/// q `[head, query, d]`, k and v `[kv_head, key, d]`, o as q; `lse` and `sums`
/// `[head, query]`. One unit a query, `block_q` of them a workgroup, heads along y.
///
/// The bounds of inner loops are not known at compile time although they could be: with
/// arrays in registers some drivers take half a minute over loops they can unroll.
#[cube(launch_unchecked)]
fn flash_forward(
    q: &[f32],
    k: &[f32],
    v: &[f32],
    o: &mut [f32],
    lse: &mut [f32],
    sums: &mut [f32],
    n_q: u32,
    n_k: u32,
    heads_per_kv_head: u32,
    width: u32,
    is_causal: u32,
    first_tile: u32,
    end_tile: u32,
    n_tiles: u32,
    scale: f32,
    infinity: f32,
    #[comptime] d: usize,
    #[comptime] block_q: usize,
    #[comptime] block_k: usize,
) {
    let padded_d = comptime!(padded(d));
    let mut keys = Shared::<[f32]>::new_slice(comptime!(block_k * padded(d)));
    let mut values = Shared::<[f32]>::new_slice(comptime!(block_k * padded(d)));
    let mut query_row = Array::<f32>::new(padded_d);
    let mut out_row = Array::<f32>::new(padded_d);
    let mut scores = Array::<f32>::new(block_k);

    let n_q = n_q as usize;
    let n_k = n_k as usize;
    let width = width as usize;
    let head = CUBE_POS_Y as usize;
    let kv_head = head / heads_per_kv_head as usize;
    let first_query = CUBE_POS_X as usize * block_q;
    let query = first_query + UNIT_POS_X as usize;
    let is_row = query < n_q;
    let row = head * n_q + query;

    // How many keys this query sees, and the last query of the block.
    let last_query = min(first_query + block_q, n_q);
    let mut n_seen = n_k;
    let mut n_seen_by_block = n_k;
    if is_causal == 1 {
        n_seen = n_k + query + 1 - min(n_q, n_k + query + 1);
        n_seen = min(n_seen, n_k);
        n_seen_by_block = n_k + last_query - min(n_q, n_k + last_query);
    }
    let end = min(end_tile as usize, n_seen_by_block.div_ceil(block_k));

    let mut max_so_far = f32::new(MASKED);
    let mut sum = f32::new(0.0);
    for column in 0..width {
        query_row[column] = f32::new(0.0);
        out_row[column] = f32::new(0.0);
    }
    if is_row {
        for column in 0..width {
            if column < d {
                query_row[column] = q[row * d + column];
            }
        }
        if first_tile > 0 {
            max_so_far = lse[row];
            sum = sums[row];
            for column in 0..width {
                if column < d {
                    out_row[column] = o[row * d + column];
                }
            }
        }
    }

    for tile in first_tile as usize..end {
        let first_key = tile * block_k;
        // The tile before is still read until all are here.
        sync_cube();
        for index in range_stepped(UNIT_POS_X as usize, block_k * width, block_q) {
            let key = first_key + index / width;
            let column = index % width;
            let mut of_key = f32::new(0.0);
            let mut of_value = f32::new(0.0);
            if key < n_k && column < d {
                let at = (kv_head * n_k + key) * d + column;
                of_key = k[at];
                of_value = v[at];
            }
            keys[index] = of_key;
            values[index] = of_value;
        }
        sync_cube();

        let n_here = min(n_k - first_key, block_k);
        let mut tile_max = max_so_far;
        for key in 0..n_here {
            let mut dot = f32::new(0.0);
            let at = key * width;
            for step in 0..width / 4 {
                let column = step * 4;
                dot += query_row[column] * keys[at + column]
                    + query_row[column + 1] * keys[at + column + 1]
                    + query_row[column + 2] * keys[at + column + 2]
                    + query_row[column + 3] * keys[at + column + 3];
            }
            let mut score = dot * scale;
            if first_key + key >= n_seen {
                score = f32::new(MASKED);
            }
            scores[key] = score;
            tile_max = max(tile_max, score);
        }
        // Where nothing has been seen both are the same, and there is nothing to rescale.
        let rescale = (max_so_far - tile_max).exp();
        max_so_far = tile_max;
        sum *= rescale;
        for column in 0..width {
            out_row[column] *= rescale;
        }
        for key in 0..n_here {
            let mut weight = f32::new(0.0);
            if first_key + key < n_seen {
                weight = (scores[key] - tile_max).exp();
            }
            sum += weight;
            let at = key * width;
            for step in 0..width / 4 {
                let column = step * 4;
                out_row[column] += weight * values[at + column];
                out_row[column + 1] += weight * values[at + column + 1];
                out_row[column + 2] += weight * values[at + column + 2];
                out_row[column + 3] += weight * values[at + column + 3];
            }
        }
    }

    if is_row {
        let mut of_sum = f32::new(1.0);
        let mut kept = max_so_far;
        if end_tile == n_tiles {
            if sum > 0.0 {
                of_sum = 1.0 / sum;
                kept = max_so_far + sum.ln();
            } else {
                of_sum = f32::new(0.0);
                kept = infinity;
            }
        }
        lse[row] = kept;
        sums[row] = sum;
        for column in 0..width {
            if column < d {
                o[row * d + column] = out_row[column] * of_sum;
            }
        }
    }
}
