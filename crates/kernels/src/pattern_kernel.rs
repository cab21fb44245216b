//! The kernels of a pattern tile: rows pooled along the keys, then along the queries.
//!
//! In two steps, so that a unit never goes through more than one query's pairs of a
//! cell: between them there are as many numbers as queries times columns of cells.
#![expect(
    unsafe_code,
    reason = "a kernel is launched without bounds checks: browsers check, and tests cover the ends"
)]

use burn_cubecl::cubecl;
use cubecl::prelude::*;

use crate::device::{MOST_ITERATIONS, empty, on_gpu, tensor};
use crate::pattern::PatternTile;

/// Units per workgroup.
const UNITS: u32 = 64;

/// Most workgroups along one axis, by the WebGPU standard.
const MOST_CUBES: usize = 65_535;

/// The kernels on tensors; `None` if they do not lie on a GPU or a cell is too large.
pub(crate) fn run(
    plan: &PatternTile,
    q: &burn::tensor::Tensor<4>,
    k: &burn::tensor::Tensor<4>,
    lse: &burn::tensor::Tensor<4>,
) -> Option<burn::tensor::Tensor<1>> {
    let [_, _, _, d] = q.dims();
    let pool = plan.pool.min(plan.queries.len().max(plan.keys.len()));
    let (n_rows, n_columns) = (
        plan.queries.len().div_ceil(pool),
        plan.keys.len().div_ceil(pool),
    );
    let n_cubes = |units: usize| units.div_ceil(UNITS as usize);
    let is_possible = pool.saturating_mul(d + 1) <= MOST_ITERATIONS
        && n_cubes(plan.queries.len() * n_columns) <= MOST_CUBES;
    let (q, k, lse) = (on_gpu(q)?, on_gpu(k)?, on_gpu(lse)?);
    if !is_possible {
        return None;
    }
    let rows = empty(&q, [plan.queries.len() * n_columns]);
    let cells = empty(&q, [n_rows * n_columns]);
    let count = |units: usize| CubeCount::Static(n_cubes(units) as u32, 1, 1);
    // SAFETY: a unit beyond the last row or cell does nothing, and the others stay
    // within the ranges, which lie within the sequence.
    unsafe {
        pool_keys::launch_unchecked(
            &q.client,
            count(plan.queries.len() * n_columns),
            CubeDim::new_1d(UNITS),
            q.clone().into_buffer_arg(),
            k.into_buffer_arg(),
            lse.into_buffer_arg(),
            rows.clone().into_buffer_arg(),
            plan.queries.start as u32,
            plan.queries.end as u32,
            plan.keys.start as u32,
            plan.keys.end as u32,
            pool as u32,
            n_columns as u32,
            d as u32,
            plan.scale as f32,
        );
        pool_queries::launch_unchecked(
            &q.client,
            count(n_rows * n_columns),
            CubeDim::new_1d(UNITS),
            rows.into_buffer_arg(),
            cells.clone().into_buffer_arg(),
            plan.queries.len() as u32,
            pool as u32,
            n_columns as u32,
            (n_rows * n_columns) as u32,
        );
    }
    Some(tensor::<1>(cells))
}

/// The largest weight of each query with the keys of each column of cells:
/// `[query, column]`. q and k `[pos, d]`, `lse` `[pos]`.
#[cube(launch_unchecked)]
fn pool_keys(
    q: &[f32],
    k: &[f32],
    lse: &[f32],
    rows: &mut [f32],
    first_query: u32,
    end_query: u32,
    first_key: u32,
    end_key: u32,
    pool: u32,
    n_columns: u32,
    d: u32,
    scale: f32,
) {
    let at = (CUBE_POS_X * CUBE_DIM_X + UNIT_POS_X) as usize;
    let n_columns = n_columns as usize;
    let query = first_query as usize + at / n_columns;
    if query < end_query as usize {
        let d = d as usize;
        let begin = first_key as usize + at % n_columns * pool as usize;
        // A query sees itself and the keys before it.
        let end = min(min(begin + pool as usize, end_key as usize), query + 1);
        let mut largest = f32::new(0.0);
        for key in begin..end {
            let mut dot = f32::new(0.0);
            for column in 0..d {
                dot += q[query * d + column] * k[key * d + column];
            }
            // Rounding may make a row's only weight a little more than 1.
            largest = max(
                largest,
                min((dot * scale - lse[query]).exp(), f32::new(1.0)),
            );
        }
        rows[at] = largest;
    }
}

/// The largest of the rows of each cell: `[query, column]` to `[row, column]`.
#[cube(launch_unchecked)]
fn pool_queries(
    rows: &[f32],
    cells: &mut [f32],
    n_queries: u32,
    pool: u32,
    n_columns: u32,
    n_cells: u32,
) {
    let at = (CUBE_POS_X * CUBE_DIM_X + UNIT_POS_X) as usize;
    if at < n_cells as usize {
        let n_columns = n_columns as usize;
        let begin = at / n_columns * pool as usize;
        let end = min(begin + pool as usize, n_queries as usize);
        let mut largest = f32::new(0.0);
        for query in begin..end {
            largest = max(largest, rows[query * n_columns + at % n_columns]);
        }
        cells[at] = largest;
    }
}
