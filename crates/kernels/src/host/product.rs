//! The product of two matrices on the CPU, for vectors of four floats.
//!
//! Task: `out = a b`, `a` of `[row, inner]`, `b` of `[inner, column]`, any strides.
//!
//! Principle: four rows of `a` and eight columns of `b` meet in eight vectors of sums,
//! which with their operands are as many as a machine has registers for. Both operands
//! are laid out anew, in the order in which they are met: `a` once, `b` a strip of
//! columns at a time, just before its use. That a weight is copied in each run costs a
//! twentieth of the time where it meets a hundred rows; in return it is stored once,
//! under the layout of its file.
//!
//! A single row meets each number of `b` once, so nothing is laid out: `b` is read in
//! the order in which it lies, fastest column by column.
//!
//! Accepted downside: the vectors are four floats wide and have no fused multiply-add.
//! That is all that WebAssembly has everywhere; a native build has better.

use wide::f32x4;

/// Rows that are computed together.
const TILE_ROWS: usize = 4;
/// Columns that are computed together: two vectors.
const TILE_COLUMNS: usize = 8;
/// Columns of `b` that are laid out anew together: whole cache lines of its rows.
const STRIP_COLUMNS: usize = 32;
/// Longest sums before they are added to the output: two operands of a tile, 36 KB.
const DEPTH: usize = 768;
/// Rows of `a` that are laid out anew together.
const STRIP_ROWS: usize = 256;

/// A matrix that somebody else holds: element `[i, j]` is
/// `data[i * row_stride + j * column_stride]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a> {
    /// From the first element on.
    pub(crate) data: &'a [f32],
    /// Number of rows.
    pub(crate) rows: usize,
    /// Number of columns.
    pub(crate) columns: usize,
    /// From an element to the one below it, in elements.
    pub(crate) row_stride: usize,
    /// From an element to the one beside it, in elements.
    pub(crate) column_stride: usize,
}

impl<'a> Matrix<'a> {
    fn at(&self, row: usize, column: usize) -> f32 {
        self.data[row * self.row_stride + column * self.column_stride]
    }

    /// `len` elements of a row whose elements are neighbours.
    fn row(&self, row: usize, column: usize, len: usize) -> &'a [f32] {
        &self.data[row * self.row_stride + column..][..len]
    }

    /// `len` elements of a column whose elements are neighbours.
    fn column(&self, column: usize, row: usize, len: usize) -> &'a [f32] {
        &self.data[column * self.column_stride + row..][..len]
    }
}

/// `a b` into `out`, `[row, column]`, row-major.
///
/// # Panics
///
/// Panics if the shapes do not fit.
pub(crate) fn product(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32]) {
    assert_eq!(a.columns, b.rows, "inner lengths of a product");
    assert_eq!(out.len(), a.rows * b.columns, "room for a product");
    if a.columns == 0 {
        out.fill(0.0);
    } else if a.rows == 1 && b.column_stride == 1 {
        row_by_rows(a, b, out);
    } else if a.rows == 1 && a.column_stride == 1 && b.row_stride == 1 {
        row_by_columns(a, b, out);
    } else if !out.is_empty() {
        by_tiles(a, b, out);
    }
}

/// One row by a matrix whose rows lie one after another: a dozen of them at a time.
fn row_by_rows(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32]) {
    const TOGETHER: usize = 12;
    out.fill(0.0);
    let mut inner = 0;
    while inner < b.rows {
        let n = TOGETHER.min(b.rows - inner);
        if n == TOGETHER {
            let rows: [&[f32]; TOGETHER] = std::array::from_fn(|i| b.row(inner + i, 0, b.columns));
            let weights: [f32; TOGETHER] = std::array::from_fn(|i| a.at(0, inner + i));
            add_rows(&rows, &weights, out);
        } else {
            for i in inner..b.rows {
                add_rows(&[b.row(i, 0, b.columns)], &[a.at(0, i)], out);
            }
        }
        inner += n;
    }
}

/// Adds to `out` the rows, each times its weight.
fn add_rows<const N: usize>(rows: &[&[f32]; N], weights: &[f32; N], out: &mut [f32]) {
    let splats = weights.map(f32x4::splat);
    let (chunks, rest) = out.as_chunks_mut::<4>();
    let rows_in_chunks = rows.map(|row| row.as_chunks::<4>().0);
    let n_chunks = chunks.len();
    let rows_in_chunks = rows_in_chunks.map(|row| &row[..n_chunks]);
    for (i, chunk) in chunks.iter_mut().enumerate() {
        let mut sum = f32x4::new(*chunk);
        for (row, splat) in rows_in_chunks.iter().zip(splats) {
            sum += f32x4::new(row[i]) * splat;
        }
        *chunk = sum.to_array();
    }
    let first = n_chunks * 4;
    for (i, sum) in rest.iter_mut().enumerate() {
        for (row, weight) in rows.iter().zip(weights) {
            *sum += row[first + i] * weight;
        }
    }
}

/// One row by a matrix whose columns lie one after another.
fn row_by_columns(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32]) {
    let row = a.row(0, 0, a.columns);
    for (column, sum) in out.iter_mut().enumerate() {
        *sum = dot(row, b.column(column, 0, b.rows));
    }
}

/// `sum of a[i] b[i]`, in four vectors of sums.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_chunks, a_rest) = a.as_chunks::<16>();
    let (b_chunks, b_rest) = b.as_chunks::<16>();
    let mut sums = [f32x4::ZERO; 4];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        let (a, b) = (a.as_chunks::<4>().0, b.as_chunks::<4>().0);
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += f32x4::new(*a) * f32x4::new(*b);
        }
    }
    let whole = ((sums[0] + sums[1]) + (sums[2] + sums[3])).reduce_add();
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    whole + rest
}

/// Any product: strips of both operands laid out anew, met tile by tile.
fn by_tiles(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32]) {
    let depth = DEPTH.min(a.columns);
    let n_rows = STRIP_ROWS.min(a.rows).next_multiple_of(TILE_ROWS);
    let (mut a_strip, mut b_strip) = (
        Strip::new(n_rows * depth),
        Strip::new(STRIP_COLUMNS * depth),
    );
    let (a_strip, b_strip) = (a_strip.values(), b_strip.values());
    for first_row in (0..a.rows).step_by(STRIP_ROWS) {
        let n_rows = STRIP_ROWS.min(a.rows - first_row);
        for first_inner in (0..a.columns).step_by(DEPTH) {
            let depth = DEPTH.min(a.columns - first_inner);
            lay_out_rows(a, first_row, n_rows, first_inner, depth, a_strip);
            for first_column in (0..b.columns).step_by(STRIP_COLUMNS) {
                let n_columns = STRIP_COLUMNS.min(b.columns - first_column);
                lay_out_columns(b, first_column, n_columns, first_inner, depth, b_strip);
                let tiles = Tiles {
                    depth,
                    n_rows,
                    n_columns,
                    out_width: b.columns,
                    is_first: first_inner == 0,
                };
                let corner = first_row * b.columns + first_column;
                tiles.compute(a_strip, b_strip, &mut out[corner..]);
            }
        }
    }
}

/// Room for a strip that starts with a cache line, so that no vector lies in two.
struct Strip {
    room: Vec<f32>,
    len: usize,
}

impl Strip {
    const LINE_BYTES: usize = 64;

    fn new(len: usize) -> Self {
        let room = vec![0.0; len + Self::LINE_BYTES / size_of::<f32>()];
        Self { room, len }
    }

    fn values(&mut self) -> &mut [f32] {
        let start = self.room.as_ptr().align_offset(Self::LINE_BYTES);
        &mut self.room[start..][..self.len]
    }
}

/// Rows of `a` as `[tile, inner, 4]`; rows that do not exist are left as they are.
fn lay_out_rows(
    a: Matrix<'_>,
    first_row: usize,
    n_rows: usize,
    first_inner: usize,
    depth: usize,
    strip: &mut [f32],
) {
    for row in 0..n_rows {
        let tile = &mut strip[row / TILE_ROWS * TILE_ROWS * depth..][..TILE_ROWS * depth];
        let lane = row % TILE_ROWS;
        let start = (first_row + row) * a.row_stride + first_inner * a.column_stride;
        let source = a.data[start..].iter().step_by(a.column_stride);
        for (target, &value) in tile.as_chunks_mut::<TILE_ROWS>().0.iter_mut().zip(source) {
            target[lane] = value;
        }
    }
}

/// Columns of `b` as `[tile, inner, 8]`; columns that do not exist are zeros.
fn lay_out_columns(
    b: Matrix<'_>,
    first_column: usize,
    n_columns: usize,
    first_inner: usize,
    depth: usize,
    strip: &mut [f32],
) {
    let tiles = strip.chunks_exact_mut(TILE_COLUMNS * depth);
    if b.column_stride == 1 && n_columns == STRIP_COLUMNS {
        let mut tiles: [&mut [f32]; STRIP_COLUMNS / TILE_COLUMNS] = {
            let mut tiles = tiles;
            std::array::from_fn(|_| tiles.next().unwrap_or_default())
        };
        for inner in 0..depth {
            let row = b.row(first_inner + inner, first_column, STRIP_COLUMNS);
            for (tile, part) in tiles.iter_mut().zip(row.as_chunks::<TILE_COLUMNS>().0) {
                tile.as_chunks_mut::<TILE_COLUMNS>().0[inner] = *part;
            }
        }
        return;
    }
    for (tile_index, tile) in tiles.enumerate().take(n_columns.div_ceil(TILE_COLUMNS)) {
        let first = first_column + tile_index * TILE_COLUMNS;
        let n = TILE_COLUMNS.min(first_column + n_columns - first);
        if b.row_stride == 1 && n == TILE_COLUMNS {
            let columns: [&[f32]; TILE_COLUMNS] =
                std::array::from_fn(|i| b.column(first + i, first_inner, depth));
            interleave(&columns, tile);
        } else {
            for (inner, target) in tile
                .as_chunks_mut::<TILE_COLUMNS>()
                .0
                .iter_mut()
                .enumerate()
            {
                *target = std::array::from_fn(|i| {
                    if i < n {
                        b.at(first_inner + inner, first + i)
                    } else {
                        0.0
                    }
                });
            }
        }
    }
}

/// `[8, inner]` to `[inner, 8]`, four by four.
fn interleave(columns: &[&[f32]; TILE_COLUMNS], tile: &mut [f32]) {
    let depth = columns[0].len();
    let in_fours = columns.map(|column| &column.as_chunks::<4>().0[..depth / 4]);
    let (blocks, rest) = tile.as_chunks_mut::<{ 4 * TILE_COLUMNS }>();
    for (i, block) in blocks.iter_mut().enumerate() {
        for half in 0..2 {
            let square: [f32x4; 4] = std::array::from_fn(|j| f32x4::new(in_fours[4 * half + j][i]));
            for (inner, column) in f32x4::transpose(square).into_iter().enumerate() {
                let start = inner * TILE_COLUMNS + 4 * half;
                block[start..start + 4].copy_from_slice(&column.to_array());
            }
        }
    }
    let done = depth / 4 * 4;
    for (inner, target) in rest
        .as_chunks_mut::<TILE_COLUMNS>()
        .0
        .iter_mut()
        .enumerate()
    {
        *target = std::array::from_fn(|i| columns[i].get(done + inner).copied().unwrap_or(0.0));
    }
}

/// Tiles between two strips.
struct Tiles {
    depth: usize,
    n_rows: usize,
    n_columns: usize,
    /// Columns of the whole output.
    out_width: usize,
    /// True if the output is to be set and not added to.
    is_first: bool,
}

impl Tiles {
    /// Computes all tiles into the part of the output that starts at `out`.
    fn compute(&self, a_strip: &[f32], b_strip: &[f32], out: &mut [f32]) {
        let b_tiles = b_strip.chunks_exact(TILE_COLUMNS * self.depth);
        for (b_tile, column) in b_tiles.zip((0..self.n_columns).step_by(TILE_COLUMNS)) {
            let a_tiles = a_strip.chunks_exact(TILE_ROWS * self.depth);
            for (a_tile, row) in a_tiles.zip((0..self.n_rows).step_by(TILE_ROWS)) {
                let sums = tile(a_tile, b_tile);
                self.put(&sums, row, column, out);
            }
        }
    }

    /// Sets or adds to the part of the output that exists.
    fn put(&self, sums: &[[f32x4; 2]; TILE_ROWS], row: usize, column: usize, out: &mut [f32]) {
        let n_columns = TILE_COLUMNS.min(self.n_columns - column);
        for (i, sums) in sums.iter().enumerate().take(self.n_rows - row) {
            let start = (row + i) * self.out_width + column;
            let target = &mut out[start..start + n_columns];
            if let ([left, right], []) = target.as_chunks_mut::<4>() {
                let [mut low, mut high] = *sums;
                if !self.is_first {
                    low += f32x4::new(*left);
                    high += f32x4::new(*right);
                }
                *left = low.to_array();
                *right = high.to_array();
            } else {
                let both = [sums[0].to_array(), sums[1].to_array()];
                for (target, sum) in target.iter_mut().zip(both.as_flattened()) {
                    *target = if self.is_first { *sum } else { *target + sum };
                }
            }
        }
    }
}

/// Four rows by eight columns: `[inner, 4]` by `[inner, 8]`.
#[inline(never)]
fn tile(a: &[f32], b: &[f32]) -> [[f32x4; 2]; TILE_ROWS] {
    let mut sums = [[f32x4::ZERO; 2]; TILE_ROWS];
    let a = a.as_chunks::<TILE_ROWS>().0;
    // Four neighbours as one array, or they would be loaded one by one.
    let b = b.as_chunks::<4>().0.as_chunks::<2>().0;
    for (a, [left, right]) in a.iter().zip(b) {
        let (left, right) = (f32x4::new(*left), f32x4::new(*right));
        for (sums, &value) in sums.iter_mut().zip(a) {
            let value = f32x4::splat(value);
            sums[0] += value * left;
            sums[1] += value * right;
        }
    }
    sums
}
