//! Geometry of the attention map: where cells, labels and outlines go.
//!
//! Everything is in CSS pixels of the figure's own box, computed from the width
//! that is there, so that text keeps its size on every screen. Queries run down,
//! keys run to the right, and a cell above the diagonal is masked.

use crate::answers::run::Pattern;
use crate::rooms::attention::figures::zoom::Zoom;
use headlight_figure::token::VisibleToken;
use headlight_figure::{Element, LABEL, NOTE, Palette, Pixels, Shade, Size, el};

/// The longest sequence that is drawn cell by cell; above, the map is pixels.
pub const MAX_CELLS: usize = 64;

/// The most pixels per side of a map that is pixels.
const MAX_PIXELS: usize = 512;
/// Room for the title of the vertical axis.
const AXIS_TITLE: f64 = 20.0;
/// Largest side of a cell.
const MAX_CELL: f64 = 30.0;
/// Largest side of a matrix that is pixels.
const LARGEST_PIXELS: f64 = 640.0;
/// Distance between the base lines of two labels.
const LABEL_PITCH: f64 = 13.0;
/// Width of an average character of a label.
const CHAR_WIDTH: f64 = 7.1;
/// Slope of the column labels, in degrees.
pub const COLUMN_SLOPE: f64 = -48.0;

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
}

/// A token beside a row or above a column.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenLabel {
    /// The position it names.
    pub pos: usize,
    /// Pixels from the left to the text's anchor.
    pub x: f64,
    /// Base line of the text.
    pub y: f64,
    /// Marks for the spaces before the token, to be drawn faint.
    pub lead: String,
    /// The token, made visible and shortened.
    pub text: String,
}

/// Where everything of one attention map goes.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixLayout {
    /// Number of tokens on each axis.
    pub n: usize,
    /// First query in view.
    pub query: usize,
    /// First key in view.
    pub key: usize,
    /// Left edge of the first column.
    pub left: f64,
    /// Upper edge of the first row.
    pub top: f64,
    /// Side of a cell, distance to the next one included.
    pub cell: f64,
    /// Distance between two cells.
    pub gap: f64,
    /// Width of the whole figure.
    pub width: f64,
    /// Height of the whole figure.
    pub height: f64,
    /// Size of the labels' text.
    pub font: f64,
    max_chars: usize,
}

impl MatrixLayout {
    /// Lays out the part of a map of `tokens` that is in view, in `width_px` pixels.
    #[must_use]
    pub fn new(tokens: &[VisibleToken], zoom: Zoom, width_px: f64) -> Self {
        let zoom = zoom.within(tokens.len());
        let n = zoom.span.max(1);
        let width = width_px.max(200.0);
        let in_view = [zoom.queries(), zoom.keys()].map(|range| &tokens[range]);
        let longest = in_view
            .into_iter()
            .flatten()
            .map(|token| token.full().chars().count())
            .max();
        let wanted = longest.unwrap_or(1) as f64 * CHAR_WIDTH + 12.0;
        let label = wanted.clamp(40.0, (width * 0.22).clamp(56.0, 112.0));
        // A label of just this many characters fits, whatever the division rounds to.
        let max_chars = ((label - 12.0) / CHAR_WIDTH + 1e-6).floor().max(4.0) as usize;
        let left = AXIS_TITLE + label;
        // The last column's sloping label reaches past the matrix, and a little
        // into the margin that every figure has.
        let overhang = (label * 0.62 - 12.0).clamp(4.0, 44.0);
        let free = (width - left - overhang).max(64.0);
        let side = if n > MAX_CELLS {
            free.min(LARGEST_PIXELS)
        } else {
            free.min(n as f64 * MAX_CELL)
        };
        let mut cell = side / n as f64;
        if cell >= 4.0 && n <= MAX_CELLS {
            // Whole and half pixels keep the gaps even.
            cell = (cell * 2.0).floor() / 2.0;
        }
        let gap = match cell {
            cell if n > MAX_CELLS || cell < 4.0 => 0.0,
            cell if cell < 12.0 => 0.5,
            cell if cell < 20.0 => 1.0,
            _ => 1.5,
        };
        let top = label * 0.76 + 14.0;
        Self {
            n,
            query: zoom.query,
            key: zoom.key,
            left,
            top,
            cell,
            gap,
            width,
            height: top + n as f64 * cell + 30.0,
            font: if cell >= 20.0 { LABEL.size } else { NOTE.size },
            max_chars,
        }
    }

    /// Side of the whole matrix.
    #[must_use]
    pub fn side(&self) -> f64 {
        self.n as f64 * self.cell
    }

    /// True if the map is pixels instead of drawn cell by cell.
    #[must_use]
    pub const fn is_pixels(&self) -> bool {
        self.n > MAX_CELLS
    }

    /// True if the pair is in view.
    #[must_use]
    pub const fn has(&self, query: usize, key: usize) -> bool {
        self.has_query(query) && self.has_key(key)
    }

    /// True if the query is in view.
    #[must_use]
    pub const fn has_query(&self, query: usize) -> bool {
        query >= self.query && query < self.query + self.n
    }

    /// True if the key is in view.
    #[must_use]
    pub const fn has_key(&self, key: usize) -> bool {
        key >= self.key && key < self.key + self.n
    }

    /// The cell `(query, key)` under a point, if there is one.
    #[must_use]
    pub fn cell_at(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        let query = index_at(y - self.top, self.cell, self.n)?;
        let key = index_at(x - self.left, self.cell, self.n)?;
        Some((self.query + query, self.key + key))
    }

    /// Number of queries and keys by which the cell `(query, key)` is from the one under
    /// a point, which may be beyond the map.
    #[must_use]
    pub fn cells_from(&self, query: usize, key: usize, x: f64, y: f64) -> (isize, isize) {
        let from = |at: usize, first: usize, offset: f64| {
            at as isize - first as isize - (offset / self.cell).floor() as isize
        };
        let queries = from(query, self.query, y - self.top);
        (queries, from(key, self.key, x - self.left))
    }

    /// One cell; outside the figure for a pair out of view.
    #[must_use]
    pub fn cell_rect(&self, query: usize, key: usize) -> Rect {
        let side = self.cell - self.gap;
        Rect {
            x: self.left + (key as f64 - self.key as f64) * self.cell,
            y: self.top + (query as f64 - self.query as f64) * self.cell,
            width: side,
            height: side,
        }
    }

    /// The outline around the row of `query`.
    #[must_use]
    pub fn row_rect(&self, query: usize) -> Rect {
        let first = self.cell_rect(query, self.key);
        Rect {
            x: first.x - 2.0,
            y: first.y - 2.0,
            width: self.side() - self.gap + 4.0,
            height: first.height + 4.0,
        }
    }

    /// The outline around the column of `key`.
    #[must_use]
    pub fn column_rect(&self, key: usize) -> Rect {
        let first = self.cell_rect(self.query, key);
        Rect {
            x: first.x - 1.0,
            y: first.y - 2.0,
            width: first.width + 2.0,
            height: self.side() - self.gap + 4.0,
        }
    }

    /// The labels of the rows; where they would collide, only some, but always `kept`.
    #[must_use]
    pub fn row_labels(&self, tokens: &[VisibleToken], kept: usize) -> Vec<TokenLabel> {
        let place = |pos: usize| {
            let along = pos as f64 - self.query as f64 + 0.5;
            let middle = self.top + along * self.cell - self.gap / 2.0;
            (self.left - 9.0, middle + self.font * 0.34)
        };
        self.labels(tokens, self.query, kept, place)
    }

    /// The labels of the columns, anchored at their start and sloping upwards.
    #[must_use]
    pub fn column_labels(&self, tokens: &[VisibleToken], kept: usize) -> Vec<TokenLabel> {
        let place = |pos: usize| {
            let along = pos as f64 - self.key as f64 + 0.5;
            let middle = self.left + along * self.cell - self.gap / 2.0;
            (middle + self.font * 0.28, self.top - 7.0)
        };
        self.labels(tokens, self.key, kept, place)
    }

    fn labels(
        &self,
        tokens: &[VisibleToken],
        first: usize,
        kept: usize,
        place: impl Fn(usize) -> (f64, f64),
    ) -> Vec<TokenLabel> {
        let step = (LABEL_PITCH / self.cell).ceil().max(1.0) as usize;
        let shown =
            |pos: usize| pos == kept || (pos.is_multiple_of(step) && pos.abs_diff(kept) >= step);
        let label = |(pos, token): (usize, &VisibleToken)| {
            let (x, y) = place(pos);
            TokenLabel {
                pos,
                x,
                y,
                lead: token.lead.clone(),
                text: token.short_body(self.max_chars),
            }
        };
        let all = tokens.iter().enumerate().skip(first).take(self.n);
        all.filter(|(pos, _)| shown(*pos)).map(label).collect()
    }

    /// The cells: hatching where a query cannot look, and the colours of the others; all in
    /// the colour of zero before any weight is known.
    #[must_use]
    pub fn cells(&self, pattern: Option<&Pattern>, palette: Palette) -> Element {
        let masked = el("path").class("masked-cells").set("d", self.masked());
        let cells = el("g").class("cells").add(masked);
        match pattern {
            None if self.is_pixels() => cells,
            None => cells.all(self.shades(palette, |_, _| Some(0.0))),
            Some(pattern) if self.is_pixels() => cells.add(self.pixels(pattern, palette)),
            Some(pattern) => cells.all(self.shades(palette, |query, key| {
                pattern.shade(query, key).map(f64::from)
            })),
        }
    }

    /// The cells a query may look at, one path per shade: far fewer elements than cells.
    fn shades(
        &self,
        palette: Palette,
        value: impl Fn(usize, usize) -> Option<f64>,
    ) -> impl Iterator<Item = Element> {
        let mut paths = vec![String::new(); palette.n_colours()];
        for (query, key) in self.visible_pairs() {
            if let Some(value) = value(query, key) {
                let path = &mut paths[usize::from(palette.shade(value).index)];
                let Rect { x, y, width, .. } = self.cell_rect(query, key);
                push_rectangle(path, x, y, width, width);
            }
        }
        let used = (0..).zip(paths).filter(|(_, path)| !path.is_empty());
        used.map(move |(index, path)| {
            let shade = el("path").set("d", path).fill(Shade { palette, index });
            shade.key(u64::from(index) + 1)
        })
    }

    /// The masked cells, above the diagonal, as one path: a rectangle per row.
    fn masked(&self) -> String {
        if self.is_pixels() {
            return self.masked_triangle();
        }
        let mut path = String::new();
        let end = self.key + self.n;
        for query in self.query..self.query + self.n {
            let first = (query + 1).max(self.key);
            if first < end {
                let Rect { x, y, height, .. } = self.cell_rect(query, first);
                let width = (end - first) as f64 * self.cell - self.gap;
                push_rectangle(&mut path, x, y, width, height);
            }
        }
        path
    }

    /// The pairs in view that a query may look at.
    fn visible_pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let (first_key, end_key) = (self.key, self.key + self.n);
        (self.query..self.query + self.n)
            .flat_map(move |query| (first_key..end_key.min(query + 1)).map(move |key| (query, key)))
    }

    /// The part of the map above the diagonal, which runs through
    /// `key = query + 1` on the left of each row.
    fn masked_triangle(&self) -> String {
        let (side, cell) = (self.side(), self.cell);
        // Where the diagonal leaves the left edge (down) and the upper edge (right).
        let down = (self.key as f64 - self.query as f64) * cell;
        let (left, top) = (self.left, self.top);
        let at_left = down.clamp(0.0, side);
        let at_top = (-down).clamp(0.0, side);
        let at_right = (side + down).clamp(0.0, side);
        let at_bottom = (side - down).clamp(0.0, side);
        format!(
            "M{} {top}H{}V{}H{}L{} {}V{top}Z",
            left + at_top,
            left + side,
            top + at_right,
            left + at_bottom,
            left + at_top,
            top + at_left,
        )
    }

    /// One pixel per pair, or per several where there are too many. Masked pairs are
    /// transparent, so that the hatching below shows.
    fn pixels(&self, pattern: &Pattern, palette: Palette) -> Pixels {
        let n = self.n.min(MAX_PIXELS);
        let value = |index: usize| {
            let (row, column) = (index / n, index % n);
            // The last query and the first key of the pixel: the pair that is least masked.
            let query = self.query + ((row + 1) * self.n).div_ceil(n) - 1;
            let key = self.key + column * self.n / n;
            let shade = (key <= query).then(|| pattern.shade(query, key));
            shade.flatten().map(f64::from)
        };
        let side = self.side();
        let size = Size {
            width: side,
            height: side,
        };
        Pixels::new((0..n * n).map(value), n, palette).over(self.left, self.top, size)
    }
}

/// Which of `n` cells of size `cell` holds `offset`.
fn index_at(offset: f64, cell: f64, n: usize) -> Option<usize> {
    let index = (offset / cell).floor();
    (index >= 0.0 && index < n as f64).then_some(index as usize)
}

/// Adds a rectangle to the `d` of a path.
pub(super) fn push_rectangle(path: &mut String, x: f64, y: f64, width: f64, height: f64) {
    path.push_str(&format!(
        "M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}z"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::pattern;
    use headlight_figure::{Node, Value};

    fn tokens(n: usize) -> Vec<VisibleToken> {
        let token = |i: usize| VisibleToken::new(if i.is_multiple_of(2) { " found" } else { "." });
        (0..n).map(token).collect()
    }

    fn n_pieces(drawn: &Node) -> usize {
        let Node::Element(path) = drawn else { return 0 };
        match path.get("d") {
            Some(Value::Text(path)) => path.matches('M').count(),
            _ => 0,
        }
    }

    /// Cells that the rectangles of the mask cover.
    fn n_masked(layout: &MatrixLayout) -> usize {
        let masked = layout.masked();
        let widths = masked.split('h').skip(1).step_by(2);
        let widths = widths.map(|rest| rest.split('v').next().unwrap().parse::<f64>().unwrap());
        let n_cells = |width: f64| ((width + layout.gap) / layout.cell).round() as usize;
        widths.map(n_cells).sum()
    }

    #[test]
    fn the_middle_of_each_cell_is_found_again() {
        for (n, width) in [(1, 300.0), (17, 640.0), (64, 362.0), (256, 700.0)] {
            let layout = MatrixLayout::new(&tokens(n), Zoom::whole(n), width);
            for (query, key) in [(0, 0), (n - 1, 0), (n / 2, n - 1), (n - 1, n - 1)] {
                let rect = layout.cell_rect(query, key);
                let (x, y) = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
                assert_eq!(layout.cell_at(x, y), Some((query, key)), "{n} in {width}");
            }
        }
    }

    #[test]
    fn outside_the_matrix_there_is_no_cell() {
        let layout = MatrixLayout::new(&tokens(5), Zoom::whole(5), 400.0);
        assert_eq!(layout.cell_at(layout.left - 1.0, layout.top + 1.0), None);
        assert_eq!(layout.cell_at(layout.left + 1.0, layout.top - 1.0), None);
        assert_eq!(
            layout.cell_at(layout.left + layout.side() + 1.0, layout.top),
            None
        );
    }

    #[test]
    fn the_matrix_fits_into_the_width_there_is() {
        for n in [1, 17, 64, 65, 256, 1024] {
            for width in [320.0, 362.0, 640.0, 1000.0] {
                let layout = MatrixLayout::new(&tokens(n), Zoom::whole(n), width);
                assert!(
                    layout.left + layout.side() <= width,
                    "{n} tokens in {width} px"
                );
            }
        }
    }

    #[test]
    fn every_visible_cell_is_drawn_once_and_no_masked_one() {
        let layout = MatrixLayout::new(&tokens(9), Zoom::whole(9), 500.0);
        for pattern in [Some(&pattern(9)), None] {
            let cells = layout.cells(pattern, Palette::Sequential);
            let [masked, shades @ ..] = &cells.children[..] else {
                panic!("no cells");
            };
            let n_drawn: usize = shades.iter().map(n_pieces).sum();
            assert_eq!(n_drawn, 9 * 10 / 2);
            // A rectangle for each row but the last.
            assert_eq!(n_pieces(masked), 8);
        }
        assert_eq!(n_masked(&layout), 9 * 8 / 2);
    }

    #[test]
    fn labels_that_would_collide_are_left_out_but_never_the_selected_one() {
        let tokens = tokens(64);
        let layout = MatrixLayout::new(&tokens, Zoom::whole(64), 362.0);
        let labels = layout.row_labels(&tokens, 13);
        assert!(labels.iter().any(|label| label.pos == 13));
        for pair in labels.windows(2) {
            assert!(pair[1].y - pair[0].y >= LABEL_PITCH - 1e-9);
        }
        let wide = MatrixLayout::new(&tokens[..10], Zoom::whole(10), 800.0);
        assert_eq!(wide.row_labels(&tokens[..10], 0).len(), 10);
    }

    #[test]
    fn words_of_any_length_are_whole_where_there_is_room() {
        for n_chars in 3..=12 {
            let word = format!(" {}", "abcdefghijkl".split_at(n_chars).0);
            let tokens = [VisibleToken::new(&word), VisibleToken::new(" a")];
            let layout = MatrixLayout::new(&tokens, Zoom::whole(2), 600.0);
            let label = &layout.row_labels(&tokens, 0)[0];
            assert_eq!(label.text, word.trim(), "{n_chars}");
        }
    }

    #[test]
    fn a_part_of_the_map_finds_its_own_cells_and_hides_the_same_ones() {
        let tokens = tokens(300);
        let zoom = Zoom {
            query: 40,
            key: 30,
            span: 20,
        };
        let layout = MatrixLayout::new(&tokens, zoom, 500.0);
        for (query, key) in [(40, 30), (59, 49), (44, 49)] {
            let rect = layout.cell_rect(query, key);
            let (x, y) = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
            assert_eq!(layout.cell_at(x, y), Some((query, key)));
        }
        assert!(!layout.has(39, 30) && !layout.has(40, 50) && layout.has(59, 49));
        let masked = (40..60)
            .flat_map(|q| (30..50).filter(move |k| *k > q))
            .count();
        assert_eq!(n_masked(&layout), masked);
        let labels = layout.row_labels(&tokens, 41);
        assert!(labels.iter().all(|label| (40..60).contains(&label.pos)));
    }

    #[test]
    fn a_part_in_pixels_shows_what_its_pattern_knows() {
        let tokens = tokens(200);
        let zoom = Zoom {
            query: 100,
            key: 90,
            span: 80,
        };
        let layout = MatrixLayout::new(&tokens, zoom, 500.0);
        let pixels = layout.pixels(&pattern(200), Palette::Sequential);
        assert_eq!((pixels.n_rows, pixels.n_columns), (80, 80));
        let opaque = |row: usize, column: usize| pixels.indices[row * 80 + column] != Pixels::NONE;
        for row in 0..80 {
            for column in 0..80 {
                assert_eq!(
                    opaque(row, column),
                    90 + column <= 100 + row,
                    "{row} {column}"
                );
            }
        }
    }

    #[test]
    fn a_long_sequence_is_pixels_and_its_mask_is_one_triangle() {
        let layout = MatrixLayout::new(&tokens(65), Zoom::whole(65), 500.0);
        assert!(layout.is_pixels());
        assert_eq!(layout.masked().matches('M').count(), 1);
    }
}
