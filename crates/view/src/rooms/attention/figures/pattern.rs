//! The attention map of a head: cells, tokens, key, and the selected row spelled out.
//!
//! What does not depend on the selection is drawn once, as the [`Ground`]; the marks under
//! the pointer are a drawing of their own that lies over the other.

use headlight_figure::token::VisibleToken;
use headlight_figure::{
    Anchor, Bands, Element, LABEL, NOTE, Palette, Shared, Size, Table, colour_bar, decimal, el,
    hatching, hit_areas, plain, rect, tenths,
};

use crate::answers::run::{Pattern, Run};
use crate::frame::Frame;
use crate::frame::subject::Subject;
use crate::rooms::attention::catalogue::AttentionFigure;
use crate::rooms::attention::figures::matrix::{COLUMN_SLOPE, MatrixLayout, Rect, TokenLabel};
use crate::rooms::attention::figures::pattern_row::{self, ROW_WIDTH};
use crate::rooms::attention::figures::row::{CellFacts, RowBars};
use crate::rooms::attention::figures::zoom::Zoom;
use crate::rooms::attention::state::AttentionRoom;
use crate::rooms::attention::words;

/// Widest drawing whose row stands below the map instead of beside it.
const WIDEST_COLUMN: f64 = 640.0;
/// Between map and row.
const APART: f64 = 24.0;
/// Upper edge of a row beside the map.
const ROW_TOP: f64 = 32.0;
/// Between map and key, and between key and row.
const GAP: f64 = 8.0;
/// Length of the colours in the key.
const BAR_LENGTH: f64 = 92.0;
/// Height of the key's colours with the numbers below them.
const BAR_HEIGHT: f64 = 24.0;
/// Sample of the hatching in the key.
const HATCHED: (f64, f64) = (14.0, 9.0);
/// Smallest side of a map with whole sentences along its axes.
const LONG_TITLES: f64 = 230.0;
/// Smallest outline of the selected cell.
const LEAST_OUTLINE: f64 = 6.0;
/// Widest column in which the words about a cell may need a second line.
const TWO_LINES: f64 = 420.0;
/// Targets: the whole map.
pub(super) const MAP: &str = "map";

/// What the cells show: all that they depend on, save the width.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    tokens: Vec<VisibleToken>,
    zoom: Zoom,
    /// Weights or their change, once they are of the run that is shown.
    drawn: Option<Shared<Pattern>>,
    palette: Palette,
    is_run: bool,
    expected_row_px: Option<f64>,
}

/// What is selected, with the numbers that are spelled out.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    run: Option<Shared<Run>>,
    pattern: Option<Shared<Pattern>>,
    queries: Vec<usize>,
    query: usize,
    key: usize,
}

/// A map without its selection, in a width.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    pub(super) tokens: Vec<VisibleToken>,
    palette: Palette,
    pub(super) is_run: bool,
    expected_row_px: Option<f64>,
    width: f64,
    pub(super) layout: MatrixLayout,
    cells: Element,
}

impl Cells {
    /// What is shown now.
    #[must_use]
    pub fn new(room: &AttentionRoom, frame: &Frame) -> Self {
        let n = frame.subject.run.as_ref().map(|run| run.seq_len());
        let drawn = room.drawn_pattern(&frame.subject);
        Self {
            tokens: room.axis_tokens(frame),
            zoom: room.map_zoom(frame),
            drawn: drawn.filter(|drawn| Some(drawn.seq_len()) == n),
            palette: room.palette(&frame.subject),
            is_run: n.is_some(),
            expected_row_px: room.expected_row_px(frame),
        }
    }

    /// The cells in a drawing of `width_px` pixels.
    #[must_use]
    pub fn ground(self, width_px: f64) -> Ground {
        let width = width_px.floor();
        let beside = if width > WIDEST_COLUMN {
            ROW_WIDTH + APART
        } else {
            0.0
        };
        let layout = MatrixLayout::new(&self.tokens, self.zoom, width - beside);
        let cells = layout.cells(self.drawn.as_deref(), self.palette);
        Ground {
            tokens: self.tokens,
            palette: self.palette,
            is_run: self.is_run,
            expected_row_px: self.expected_row_px,
            width: layout.width + beside,
            layout,
            cells,
        }
    }
}

impl Selection {
    /// What is selected now.
    #[must_use]
    pub fn new(room: &AttentionRoom, subject: &Subject) -> Self {
        let run = subject.run.clone();
        let n = run.as_ref().map(|run| run.seq_len());
        let pattern = room.pattern(subject);
        Self {
            run,
            pattern: pattern.filter(|pattern| Some(pattern.seq_len()) == n),
            queries: room.queries(subject),
            query: room.query(subject),
            key: room.key(subject),
        }
    }

    /// A cell in one sentence, once its numbers have arrived.
    #[must_use]
    pub fn spoken(&self, (query, key): (usize, usize)) -> Option<String> {
        let (run, pattern) = (self.run.as_ref()?, self.pattern.as_ref()?);
        Some(CellFacts::new(&run.tokens, pattern, query, key).spoken())
    }

    /// The selected cell.
    #[must_use]
    pub const fn cell(&self) -> (usize, usize) {
        (self.query, self.key)
    }

    fn bars(&self) -> Option<RowBars> {
        let (run, pattern) = (self.run.as_ref()?, self.pattern.as_ref()?);
        Some(RowBars::new(&run.tokens, pattern, &self.queries))
    }
}

/// The map with its selection, and the room that it takes.
#[must_use]
pub fn drawing(ground: &Ground, selection: &Selection) -> (Element, Size) {
    let layout = &ground.layout;
    let is_beside = ground.width > layout.width;
    let key_top = layout.height + GAP;
    let (key, key_bottom) = key(ground.palette, key_top, layout.width);
    let map_bottom = readout_top(key_bottom) + readout_lines(layout) * NOTE.line();
    let side = (layout.left, layout.left + layout.side());
    let area = hit_areas(
        &Bands::new(1, side, 0.0),
        (layout.top, layout.top + layout.side()),
        MAP,
    );
    let map = el("g")
        .set("aria-hidden", "true")
        .add(hatching())
        .add(ground.cells.clone())
        .add(key)
        .add(axis_titles(layout));
    let map = if ground.is_run {
        let marks = selected(layout, selection);
        map.add(labels(ground, selection)).add(marks)
    } else {
        map
    };
    let (row_at, row_width) = match is_beside {
        true => ((layout.width + APART, ROW_TOP), ROW_WIDTH),
        false => ((0.0, map_bottom + GAP), layout.width),
    };
    let bars = selection.bars();
    let (row, row_bottom) = pattern_row::drawing(
        bars.as_ref(),
        (selection.queries.len(), selection.key),
        ground.expected_row_px.filter(|_| is_beside),
        row_at,
        row_width,
        !is_beside,
    );
    let size = Size {
        width: ground.width,
        height: row_bottom.max(map_bottom).ceil(),
    };
    (el("g").add(map.add(area)).add(row), size)
}

/// Where the words about the cell under the pointer begin.
const fn readout_top(key_bottom: f64) -> f64 {
    key_bottom + 2.0
}

/// Lines that are kept free for words about the cell under the pointer.
const fn readout_lines(layout: &MatrixLayout) -> f64 {
    if layout.width > TWO_LINES { 1.0 } else { 2.0 }
}

/// Marks of the cell under the pointer, what is said of it, and the room of the map with
/// its key, over which they lie.
#[must_use]
pub fn hovered(
    ground: &Ground,
    selection: &Selection,
    (query, key): (usize, usize),
) -> Option<(Element, Size)> {
    let layout = &ground.layout;
    if !ground.is_run || !layout.has(query, key) {
        return None;
    }
    let marks = [layout.row_rect(query), layout.column_rect(key)];
    let (_, key_bottom) = self::key(ground.palette, layout.height + GAP, layout.width);
    let said = selection.spoken((query, key)).unwrap_or_default();
    let lines = NOTE.wrapped(&said, layout.width).into_iter();
    let lines = (1..)
        .zip(lines.take(readout_lines(layout) as usize))
        .map(|(n, line)| {
            let y = readout_top(key_bottom) + f64::from(n) * NOTE.line() - 4.0;
            NOTE.at(0.0, y, Anchor::Start, line)
        });
    let marks = marks.map(|at| outline(at).class("hovered"));
    let size = Size {
        width: layout.width,
        height: readout_top(key_bottom) + readout_lines(layout) * NOTE.line(),
    };
    Some((el("g").all(marks).all(lines), size))
}

/// The figure in a width, over the numbers of its table; `None` before there are weights.
#[must_use]
pub fn figure(
    room: &AttentionRoom,
    frame: &Frame,
    width_px: f64,
    table: Table,
    credit: String,
) -> Option<headlight_figure::Figure> {
    let cells = Cells::new(room, frame);
    cells.drawn.as_ref()?;
    let selection = Selection::new(room, &frame.subject);
    let (drawing, size) = drawing(&cells.ground(width_px), &selection);
    let title = match room.heads(&frame.subject).as_slice() {
        [head] => words::head_title(*head),
        several => words::mean_title(several),
    };
    Some(headlight_figure::Figure {
        id: AttentionFigure::Pattern.into(),
        title: title.into(),
        sentence: plain(&room.sentence(&frame.subject).unwrap_or_default()),
        drawing,
        size,
        table,
        credit,
    })
}

/// What the colours and the hatching mean, and where that ends.
fn key(palette: Palette, top: f64, width: f64) -> (Element, f64) {
    let (ends, name) = match palette {
        Palette::Diverging => (["\u{2212}1", "1"], words::CHANGE),
        _ => (["0", "1"], words::SCALE),
    };
    let note = |x, middle, says: &'static str| {
        NOTE.at(x, middle + NOTE.below_middle(), Anchor::Start, says)
    };
    let name_at = BAR_LENGTH + GAP;
    let (sample_width, sample_height) = HATCHED;
    let beside = name_at + NOTE.width(name) + 2.0 * GAP;
    let room = sample_width + GAP + NOTE.width(words::MASKED);
    let (hatched_at, line) = match beside + room <= width {
        true => (beside, top),
        false => (0.0, top + BAR_HEIGHT + 4.0),
    };
    let sample = rect(hatched_at, line, sample_width, sample_height);
    let middle = |top: f64| top + sample_height / 2.0;
    let drawn = el("g")
        .add(colour_bar(palette, 0.0, top, BAR_LENGTH, ends))
        .add(note(name_at, middle(top), name))
        .add(sample.class("masked-cells"))
        .add(note(
            hatched_at + sample_width + GAP,
            middle(line),
            words::MASKED,
        ));
    let bottom = (top + BAR_HEIGHT).max(line + NOTE.line());
    (drawn, bottom)
}

/// Tokens on both axes.
fn labels(ground: &Ground, selection: &Selection) -> Element {
    let layout = &ground.layout;
    let (query, key) = selection.cell();
    let rows = layout.row_labels(&ground.tokens, query).into_iter();
    let columns = layout.column_labels(&ground.tokens, key).into_iter();
    let rows = rows.map(|label| {
        let is_selected = label.pos == query;
        let (x, y) = (label.x, label.y);
        let text = token(label, layout.font).class_if("is-selected", is_selected);
        text.set("text-anchor", "end").at("x", x).at("y", y)
    });
    let columns = columns.map(|label| {
        let [x, y] = [label.x, label.y].map(|place| decimal(tenths(place)));
        let is_selected = label.pos == key;
        let text = token(label, layout.font).class_if("is-strong", is_selected);
        let place = format!("translate({x} {y}) rotate({COLUMN_SLOPE})");
        text.set("transform", place)
    });
    el("g").add(el("g").all(rows)).add(el("g").all(columns))
}

fn token(label: TokenLabel, size: f64) -> Element {
    let text = pattern_row::marked(label.lead, label.text);
    text.class_if("is-small", size < LABEL.size)
}

/// What the axes mean.
fn axis_titles(layout: &MatrixLayout) -> Element {
    let (key, query) = match layout.side() < LONG_TITLES {
        true => (words::KEY_AXIS_SHORT, words::QUERY_AXIS_SHORT),
        false => (words::KEY_AXIS, words::QUERY_AXIS),
    };
    let middle = layout.side() / 2.0;
    let below = layout.top + layout.side() + 20.0;
    let across = decimal(tenths(layout.top + middle));
    let beside = format!("translate(12 {across}) rotate(-90)");
    let query = NOTE.at(0.0, 0.0, Anchor::Middle, query);
    el("g")
        .add(NOTE.at(layout.left + middle, below, Anchor::Middle, key))
        .add(query.set("transform", beside))
}

/// The selected rows and cell.
fn selected(layout: &MatrixLayout, selection: &Selection) -> Element {
    let (query, key) = selection.cell();
    let mut cell = layout.cell_rect(query, key);
    // Among pixels a cell is too small to be outlined from within.
    let grow = (LEAST_OUTLINE - cell.width).max(0.0) / 2.0;
    cell.x -= grow;
    cell.y -= grow;
    cell.width += 2.0 * grow;
    cell.height += 2.0 * grow;
    let rows = selection.queries.iter();
    let rows = rows.filter(|query| layout.has_query(**query));
    let rows = rows.map(|query| outline(layout.row_rect(*query)).class("selection is-row"));
    let is_in_view = layout.has(query, key);
    let cell = is_in_view.then(|| outline(cell).class("selection is-cell"));
    el("g").all(rows).add(cell)
}

fn outline(at: Rect) -> Element {
    rect(at.x, at.y, at.width, at.height).set("rx", "1")
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;
    use headlight_figure::{DARK, LIGHT, Node, svg};

    use super::*;
    use crate::State;
    use crate::answers::run::tests::{pattern, run};
    use crate::rooms::attention::choices::View;

    fn page(words: &[&str]) -> State {
        let mut state = State::default();
        let subject = &mut state.frame.subject;
        let shown = pattern(words.len());
        subject.head = shown.head();
        state.attention.show(subject, run(words), Some(shown));
        state
    }

    fn drawn(state: &State, width: f64) -> (Element, Size) {
        let selection = Selection::new(&state.attention, &state.frame.subject);
        let cells = Cells::new(&state.attention, &state.frame);
        drawing(&cells.ground(width), &selection)
    }

    fn file(state: &State, width: f64) -> headlight_figure::Figure {
        let table = Table::new("", &[], Vec::new());
        let credit = "Headlight".to_owned();
        figure(&state.attention, &state.frame, width, table, credit).unwrap()
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let mut state = page(&["<|story|>", "Lily", " ran", " home", "."]);
        let text = |state: &State, width| {
            svg(&file(state, width), &LIGHT, width + 48.0).replace("><", ">\n<")
        };
        expect_file!["snapshots/pattern.svg"].assert_eq(&text(&state, 352.0));
        state.attention.select_cell(&state.frame.subject, 2, 1);
        expect_file!["snapshots/pattern.wide.svg"].assert_eq(&text(&state, 700.0));
    }

    #[test]
    fn what_has_changed_has_colours_of_change() {
        let mut state = page(&[]);
        let mut edited = run(&["Lily", " ran"]);
        edited.clean = Some(Box::default());
        let beside = pattern(2).beside_clean(vec![1.0, 0.0, 0.25, 0.75]).unwrap();
        state
            .attention
            .show(&mut state.frame.subject, edited, Some(beside));
        state.attention.view = View::Change;
        let text = svg(&file(&state, 352.0), &DARK, 400.0);
        for words in [words::CHANGE, words::THE_WHOLE, words::THE_REST] {
            assert!(text.contains(words), "{words}");
        }
        assert!(!text.contains(">weight<"));
    }

    #[test]
    fn cells_are_neither_drawn_anew_for_a_selection_nor_for_the_pointer() {
        let mut state = page(&["a", " b", " c"]);
        let cells = |state: &State| Cells::new(&state.attention, &state.frame);
        let before = cells(&state);
        state.attention.select_cell(&state.frame.subject, 1, 1);
        state.attention.hover = Some((2, 0));
        assert_eq!(cells(&state), before);
        let (ground, selection) = (
            before.ground(300.0),
            Selection::new(&state.attention, &state.frame.subject),
        );
        assert!(hovered(&ground, &selection, (2, 0)).is_some());
        assert_eq!(hovered(&ground, &selection, (3, 0)), None);
    }

    #[test]
    fn a_drawing_fills_its_width_and_the_row_stands_beside_or_below() {
        for n in [1, 5, 70] {
            let state = page(&vec![" word"; n]);
            let [narrow, wide] = [300.7, 700.2].map(|width| drawn(&state, width).1);
            assert_eq!((narrow.width, wide.width), (300.0, 700.0));
            let is_pixels = format!("{:?}", drawn(&state, 700.0).0).contains("n_rows: 70");
            assert_eq!(is_pixels, n > 64, "{n}");
        }
    }

    #[test]
    fn a_map_without_a_run_keeps_the_room_of_the_one_that_comes() {
        let mut state = State::default();
        state.frame.asked = "Lily ran".to_owned();
        let empty = drawn(&state, 700.0);
        assert!(matches!(
            &empty.0.children[..],
            [Node::Element(_), Node::Element(_)]
        ));
        let state = page(&["<|start|>", "Lily", " ran", "", "", "", "", ""]);
        let shown = drawn(&state, 700.0);
        assert!(
            (empty.1.height - shown.1.height).abs() < 8.0,
            "{:?} {:?}",
            empty.1,
            shown.1
        );
    }
}
