//! Heat maps: a colour per cell, hatching where a cell has no value.

use crate::element::{Element, el, line_between, rect};
use crate::figure::Size;
use crate::pixels::Pixels;
use crate::scale::Bands;
use crate::shade::Palette;
use crate::text_style::{Anchor, NUMBER};

/// Most cells that are drawn as rectangles of their own.
const MOST_RECTANGLES: usize = 1024;
/// Smallest cell that is drawn as a rectangle, in figure units.
const SMALLEST_RECTANGLE: f64 = 6.0;
/// Distance of the stripes of hatching.
const HATCH: f64 = 5.0;

/// Stripes for what is hidden or has no value, under the name `hatch`, which the style
/// sheet fills such parts with. A drawing needs it once; a page, which shows several, has
/// it once for all of them.
#[must_use]
pub fn hatching() -> Element {
    let line = line_between((0.0, 0.0), (0.0, HATCH)).class("hatch-line");
    let pattern = el("pattern")
        .set("id", "hatch")
        .set("patternUnits", "userSpaceOnUse")
        .set("patternTransform", "rotate(45)")
        .at("width", HATCH)
        .at("height", HATCH)
        .add(rect(0.0, 0.0, HATCH, HATCH).class("hatch-ground"))
        .add(line);
    el("defs").add(pattern)
}

/// A colour per cell of a matrix, row by row; what has no value is hatched.
///
/// A small matrix has a rectangle for each cell, with hairlines between them and a
/// target whose index counts row by row. A larger one is [`Pixels`] with one target,
/// and the gesture says which cell; [`Gesture::cell`](crate::Gesture::cell) hides the
/// difference. The drawing must hold [`hatching`].
///
/// # Panics
///
/// If there is not a value for each row and column.
#[must_use]
pub fn heatmap(
    values: &[Option<f64>],
    rows: &Bands,
    columns: &Bands,
    palette: Palette,
    what: &'static str,
) -> Element {
    assert_eq!(
        values.len(),
        rows.n * columns.n,
        "a heat map of {} rows has a value for each of {} columns",
        rows.n,
        columns.n
    );
    let origin = |bands: &Bands| bands.range.0.min(bands.range.1);
    let length = |bands: &Bands| (bands.range.1 - bands.range.0).abs();
    let size = Size {
        width: length(columns),
        height: length(rows),
    };
    let (x, y) = (origin(columns), origin(rows));
    let mut drawn = el("g").class("heatmap");
    let is_small = values.len() <= MOST_RECTANGLES
        && rows.step().abs().min(columns.step().abs()) >= SMALLEST_RECTANGLE;
    if !is_small {
        if !values.iter().all(has_value) {
            drawn = drawn.add(rect(x, y, size.width, size.height).class("masked-cells"));
        }
        let pixels = Pixels::new(values.iter().copied(), columns.n, palette);
        return drawn.add(pixels.over(x, y, size).target(what, 0));
    }
    drawn = drawn.all(hatched_cells(values, rows, columns));
    for (index, value) in values.iter().enumerate() {
        let (top, height) = rows.band(index / columns.n);
        let (left, width) = columns.band(index % columns.n);
        if let Some(value) = value.filter(|value| !value.is_nan()) {
            let cell = rect(left, top, width, height).fill(palette.shade(value));
            drawn = drawn.add(cell.key(index as u64 + 1).target(what, index));
        }
    }
    drawn
}

/// All colours of a palette in a row, with what its ends stand for.
#[must_use]
pub fn colour_bar(palette: Palette, x: f64, y: f64, width: f64, ends: [&str; 2]) -> Element {
    let size = Size { width, height: 8.0 };
    let mut pixels = Pixels::new([], 0, palette).over(x, y, size);
    let n_colours = palette.n_colours();
    pixels.indices = (0..n_colours as u8).collect();
    (pixels.n_rows, pixels.n_columns) = (1, n_colours);
    let below = y + size.height + NUMBER.size + 2.0;
    let [low, high] = ends;
    el("g")
        .add(pixels)
        .add(rect(x, y, width, size.height).class("axis-line"))
        .add(NUMBER.at(x, below, Anchor::Start, low.to_owned()))
        .add(NUMBER.at(x + width, below, Anchor::End, high.to_owned()))
}

fn has_value(value: &Option<f64>) -> bool {
    value.is_some_and(|value| !value.is_nan())
}

/// A hatched rectangle for each run of cells in a row that have no value.
fn hatched_cells(values: &[Option<f64>], rows: &Bands, columns: &Bands) -> Vec<Element> {
    let mut drawn = Vec::new();
    for (row, values) in values.chunks(columns.n.max(1)).enumerate() {
        let mut column = 0;
        for run in values.chunk_by(|first, second| has_value(first) == has_value(second)) {
            let end = column + run.len();
            if !run.first().is_some_and(has_value) {
                let frame = cells(rows, columns, row..row + 1, column..end);
                drawn.push(frame.class("masked-cells"));
            }
            column = end;
        }
    }
    drawn
}

/// A frame around cells `rows.0..rows.1` and `columns.0..columns.1`.
#[must_use]
pub fn frame_of_cells(
    rows: &Bands,
    columns: &Bands,
    row: std::ops::Range<usize>,
    column: std::ops::Range<usize>,
) -> Element {
    cells(rows, columns, row, column).class("selection")
}

/// The rectangle of some cells with the gaps around them.
fn cells(
    rows: &Bands,
    columns: &Bands,
    row: std::ops::Range<usize>,
    column: std::ops::Range<usize>,
) -> Element {
    let ends = |bands: &Bands, range: std::ops::Range<usize>| {
        let place = |index: usize| bands.range.0 + index as f64 * bands.step();
        let (from, to) = (place(range.start), place(range.end));
        (from.min(to), (to - from).abs())
    };
    let ((y, height), (x, width)) = (ends(rows, row), ends(columns, column));
    rect(x, y, width, height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::Node;

    #[test]
    fn a_small_matrix_is_rectangles_and_a_large_one_pixels() {
        let map = |n: usize, length: f64| {
            let bands = Bands::new(n, (0.0, length), 1.0);
            heatmap(
                &vec![Some(0.5); n * n],
                &bands,
                &bands,
                Palette::Sequential,
                "cell",
            )
        };
        let is_pixels = |drawn: &Element| matches!(drawn.children[..], [Node::Pixels(_)]);
        assert_eq!(map(8, 160.0).children.len(), 64);
        assert!(is_pixels(&map(8, 40.0)));
        assert!(is_pixels(&map(33, 660.0)));
    }

    #[test]
    fn a_cell_without_a_value_shows_the_hatching_behind_it() {
        let bands = Bands::new(2, (0.0, 40.0), 1.0);
        let values = [None, Some(1.0), Some(f64::NAN), None];
        let drawn = heatmap(&values, &bands, &bands, Palette::Sequential, "cell");
        let hatched = |x, y, width| Node::from(rect(x, y, width, 20.0).class("masked-cells"));
        let expected = [hatched(0.0, 0.0, 20.0), hatched(0.0, 20.0, 40.0)];
        assert_eq!(drawn.children[..2], expected);
        assert_eq!(drawn.children.len(), 3);
    }

    #[test]
    fn a_frame_surrounds_its_cells() {
        let bands = Bands::new(4, (10.0, 50.0), 1.0);
        let drawn = frame_of_cells(&bands, &bands, 1..2, 0..4);
        assert_eq!(drawn, rect(10.0, 20.0, 40.0, 10.0).class("selection"));
    }
}
