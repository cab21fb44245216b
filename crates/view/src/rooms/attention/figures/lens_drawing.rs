//! The logit lens as it is drawn: a cell per layer and position, what its colours mean,
//! and below it how the answer at the selected position forms.

use std::ops::Range;

use headlight_figure::number::percent_column;
use headlight_figure::table::Table;
use headlight_figure::token::VisibleToken;
use headlight_figure::{
    Anchor, Bands, BarList, CELL, Element, Face, FigureId, Gesture, GestureKind, HIT_AREA, LABEL,
    LabelledBar, NOTE, NUMBER, Size, TextStyle, el, frame_of_cells, rect, widest, window,
};

use crate::answers::details::LENS_SPAN;
use crate::answers::run::Run;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::lens::{
    Lens, LensCell, LensLayer, LensTable, Trace, TraceStep, ground,
};
use crate::rooms::attention::words;

/// Least width of the drawing, in pixels: the rows' names and a column.
const NARROWEST: f64 = 172.0;
/// Width of the rows' names, in pixels.
const NAMES: f64 = 100.0;
/// Width of a column that shows a whole word, and the most that it takes.
const COLUMN: (f64, f64) = (68.0, 96.0);
/// Height of the columns' heads.
const HEADS: f64 = 22.0;
/// Height of a layer, and what of it is between two cells.
const ROW: (f64, f64) = (25.0, 1.0);
/// Room between a cell's edge and its text.
const INSIDE: f64 = 4.0;
/// Between the parts of the drawing.
const APART: f64 = 12.0;
/// Swatches of the legend, and the size of one.
const SWATCHES: (usize, f64, f64) = (20, 5.0, 9.0);
/// Targets: a position's column.
const POSITION: &str = "position";

/// As many positions as fit beside the names in `width_px`, around `pos`, of a
/// prompt of `n` tokens; one at least, and no more than the lens is asked about.
fn columns(width_px: f64, pos: usize, n: usize) -> Range<usize> {
    let fitting = ((width_px - NAMES) / COLUMN.0).floor().max(1.0) as usize;
    window::around(pos, fitting.min(LENS_SPAN), n)
}

/// The positions around `query` that have room in `width_px` pixels, if not all have.
fn part(columns: &Range<usize>, run: &Run) -> Option<String> {
    words::lens_shows(columns, run.seq_len())
}

/// The lens in `width_px` pixels, and the room that it takes; `None` before a layer has
/// arrived.
#[must_use]
pub fn drawing(run: &Run, lens: &Lens, query: usize, width_px: f64) -> Option<(Element, Size)> {
    // Whole pixels, so that a file says exactly how wide its drawing is.
    let width = width_px.max(NARROWEST).floor();
    let table = lens.table(&run.tokens, columns(width, query, run.seq_len()));
    if table.layers.is_empty() || table.columns.is_empty() {
        return None;
    }
    let (cells, bottom) = drawn_table(run, &table, query, width);
    let part = part(&table.columns, run);
    let (legend, bottom) = legend(part.as_deref(), bottom + APART, width);
    let trace = lens.trace(query);
    let trace = trace.map(|trace| drawn_trace(trace, bottom + APART, width));
    let height = trace.as_ref().map_or(bottom, |(_, bottom)| *bottom);
    let drawn = el("g").add(cells).add(legend);
    let drawn = drawn.add(trace.map(|(trace, _)| trace));
    Some((drawn, Size { width, height }))
}

/// A click on a cell or a column's head selects the position.
#[must_use]
pub fn on_gesture(gesture: &Gesture) -> Option<AttentionAction> {
    match gesture.kind {
        GestureKind::Click => gesture.at(POSITION).map(AttentionAction::SelectRow),
        _ => None,
    }
}

/// Layers and positions, and where the table ends.
fn drawn_table(run: &Run, table: &LensTable, query: usize, width: f64) -> (Element, f64) {
    let n = table.columns.len();
    let pitch = ((width - NAMES) / n as f64).floor();
    let pitch = pitch.clamp(COLUMN.0, COLUMN.1);
    let columns = Bands::new(n, (NAMES, NAMES + pitch * n as f64), ROW.1);
    let bottom = HEADS + ROW.0 * table.layers.len() as f64;
    let rows = Bands::new(table.layers.len(), (HEADS, bottom), ROW.1);
    let layers = table.layers.iter().enumerate();
    let layers = layers.map(|(row, layer)| drawn_layer(layer, rows.band(row), &columns));
    let selected = table.columns.clone().position(|pos| pos == query);
    let frame = selected.map(|at| frame_of_cells(&rows, &columns, 0..rows.n, at..at + 1));
    let drawn = el("g")
        .set("role", "table")
        .set("aria-label", words::LENS)
        .add(heads(run, table, query, &columns))
        .all(layers)
        .add(frame);
    (drawn, bottom)
}

/// The tokens above their columns.
fn heads(run: &Run, table: &LensTable, query: usize, columns: &Bands) -> Element {
    let baseline = HEADS - 7.0;
    let head = |(column, pos): (usize, usize)| {
        let (left, width) = columns.band(column);
        let token = VisibleToken::new(&run.tokens[pos].text);
        let is_selected = pos == query;
        let text = token_text(
            &token,
            (left + INSIDE, baseline),
            width - INSIDE,
            is_selected,
        );
        let text = text.class(if is_selected {
            "is-selected"
        } else {
            "is-head"
        });
        let ground = rect(left, 0.0, width, HEADS).class(HIT_AREA);
        el("g")
            .set("role", "columnheader")
            .target(POSITION, pos)
            .add(el("title").add(token.full()))
            .add(ground)
            .add(text)
    };
    let corner = CELL.at(0.0, baseline, Anchor::Start, words::LENS_CORNER);
    el("g")
        .set("role", "row")
        .add(corner.class("is-head").set("role", "columnheader"))
        .all(table.columns.clone().enumerate().map(head))
}

fn drawn_layer(layer: &LensLayer, band: (f64, f64), columns: &Bands) -> Element {
    let (top, height) = band;
    let baseline = top + height / 2.0 + CELL.below_middle();
    let name = CELL.fitted(&layer.label, NAMES - INSIDE);
    let name = CELL.at(0.0, baseline, Anchor::Start, name).class("is-head");
    let cell = |(column, cell): (usize, &Option<LensCell>)| {
        let (left, width) = columns.band(column);
        let Some(cell) = cell else {
            return el("g").set("role", "cell");
        };
        let room = width - 2.0 * INSIDE;
        let text = token_text(&cell.label, (left + INSIDE, baseline), room, cell.is_final);
        let says = format!("{} {}", cell.label.quoted(), cell.percent);
        el("g")
            .set("role", "cell")
            .target(POSITION, cell.pos)
            .add(el("title").add(says))
            .add(rect(left, top, width, height).fill(cell.ground))
            .add(text.class_if("is-strong", cell.is_strong))
    };
    el("g")
        .set("role", "row")
        .add(name.set("role", "rowheader"))
        .all(layer.cells.iter().enumerate().map(cell))
}

/// A token in a width, the marks of its spaces faint.
fn token_text(token: &VisibleToken, (x, y): (f64, f64), width: f64, is_bold: bool) -> Element {
    let face = if is_bold { Face::SansBold } else { CELL.face };
    let style = TextStyle { face, ..CELL };
    let fitted = style.fitted(&token.full(), width);
    let text = el("text").class(CELL.class).at("x", x).at("y", y);
    let text = text.class_if("is-bold", is_bold);
    match fitted.strip_prefix(&token.lead) {
        Some(body) if !token.lead.is_empty() => {
            let lead = el("tspan").class("token-lead").add(token.lead.clone());
            text.add(lead).add(body.to_owned())
        }
        _ => text.add(fitted),
    }
}

/// What the colours of the cells mean and which tokens are shown, and where that ends.
fn legend(part: Option<&str>, top: f64, width: f64) -> (Element, f64) {
    let (n, across, height) = SWATCHES;
    let baseline = top + height / 2.0 + NOTE.below_middle();
    let mut x = 0.0;
    let mut drawn = el("g").set("aria-hidden", "true");
    let say = |drawn: Element, x: &mut f64, text: &str| {
        let said = drawn.add(NOTE.at(*x, baseline, Anchor::Start, text.to_owned()));
        *x += NOTE.width(text).ceil() + 6.0;
        said
    };
    drawn = say(drawn, &mut x, "0");
    let swatch = |index: usize| {
        let prob = (index as f64 + 0.5) / n as f64;
        rect(x + index as f64 * across, top, across, height).fill(ground(prob))
    };
    let swatches: Vec<Element> = (0..n).map(swatch).collect();
    let bar = across * n as f64;
    let outline = rect(x - 0.5, top - 0.5, bar + 1.0, height + 1.0).class("axis-line");
    drawn = drawn.all(swatches).add(outline);
    x += bar + 6.0;
    drawn = say(drawn, &mut x, "1");
    drawn = say(drawn, &mut x, words::PROBABILITY);
    let bottom = top + height + 3.0;
    let Some(part) = part else {
        return (drawn, bottom);
    };
    let beside = x + APART + NOTE.width(part) <= width;
    if beside {
        let part = NOTE.at(x + APART, baseline, Anchor::Start, part.to_owned());
        return (drawn.add(part), bottom);
    }
    let mut bottom = bottom;
    for line in NOTE.wrapped(part, width) {
        bottom += NOTE.line();
        drawn = drawn.add(NOTE.at(0.0, bottom - 3.0, Anchor::Start, line));
    }
    (drawn, bottom)
}

/// The probability of the final answer after each layer, and where that ends.
fn drawn_trace(trace: Trace, top: f64, width: f64) -> (Element, f64) {
    let answer = VisibleToken::new(&trace.answer.text).quoted();
    let heading = LABEL.fitted(&words::trace_of(&answer), width);
    let heading = LABEL.at(0.0, top + LABEL.size, Anchor::Start, heading);
    let step = |step: TraceStep| {
        let others = step.top.iter();
        let others = others.map(|token| VisibleToken::new(&token.text).quoted());
        let others: Vec<String> = others.collect();
        LabelledBar::new(step.label, step.prob, step.text).tooltip(others.join("  "))
    };
    let bars: Vec<LabelledBar> = trace.steps.into_iter().map(step).collect();
    // The widest number that any position can have, so that all have bars of one scale.
    let of_all = percent_column(0.9999);
    let numbers = bars.iter().map(LabelledBar::number).chain([&*of_all]);
    let list = BarList {
        width,
        // Bars begin below the first column.
        names: NAMES - BarList::GAP,
        numbers: widest(&NUMBER, numbers),
    };
    let top = top + LABEL.line() + 2.0;
    let drawn = el("g")
        .add(heading.set("role", "heading").set("aria-level", "4"))
        .add(list.draw(&bars, &list.scale((0.0, 1.0)), top));
    (drawn, top + BarList::height(bars.len()))
}

/// The figure in a width; `None` before a layer has arrived.
#[must_use]
pub fn figure(
    run: &Run,
    lens: &Lens,
    query: usize,
    width_px: f64,
    credit: String,
) -> Option<headlight_figure::Figure> {
    let (drawing, size) = drawing(run, lens, query, width_px)?;
    Some(headlight_figure::Figure {
        id: FigureId(AttentionFigure::Lens.name()),
        title: catalogue::title(AttentionFigure::Lens).into(),
        sentence: lens.sentence(&run.tokens, query).unwrap_or_default(),
        drawing,
        size,
        table: table(run, lens),
        credit,
    })
}

/// The top token of every layer and position.
#[must_use]
pub fn table(run: &Run, lens: &Lens) -> Table {
    Table::new(words::LENS, &Lens::COLUMNS, lens.rows(&run.tokens))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;
    use expect_test::expect_file;
    use headlight_activations::{HookPoint, LensRow, Site, TokenProb};
    use headlight_figure::{LIGHT, Target, svg};

    /// Two layers above the embedding at each of `n` positions; the last one has no output.
    fn lens(n: usize) -> Lens {
        let hooks = [
            HookPoint::block(0, Site::ResidPre),
            HookPoint::block(0, Site::ResidPost),
            HookPoint::block(1, Site::ResidPost),
        ];
        let row = |pos: usize, layer: usize| {
            let prob = 0.25 * (layer + 1) as f64;
            let token = |id: u32, text: &str, prob| TokenProb {
                id,
                text: text.to_owned(),
                prob,
            };
            let top = match layer {
                0 => token(3, " wonderfully", prob),
                _ => token(1, " ran", prob),
            };
            LensRow {
                hook: hooks[layer],
                pos,
                top: vec![top, token(2, "\n", 0.1)],
                answer_prob: None,
            }
        };
        let all = (0..n).flat_map(|pos| (0..3).map(move |layer| (pos, layer)));
        let there = all.filter(|place| *place != (n - 1, 2));
        Lens::new(there.map(|(pos, layer)| row(pos, layer)).collect())
    }

    #[test]
    fn columns_are_around_the_position_and_no_more_than_have_room() {
        assert_eq!(columns(NAMES + 3.5 * COLUMN.0, 10, 20), 9..12);
        assert_eq!(columns(20.0, 10, 20).len(), 1);
        assert_eq!(columns(8192.0, 50, 60), 28..60);
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let run = run(&["<|start|>", "Lily", " ran", " home"]);
        let figure = figure(&run, &lens(4), 1, 352.0, "Headlight".to_owned()).unwrap();
        let file = svg(&figure, &LIGHT, 400.0).replace("><", ">\n<");
        expect_file!["snapshots/lens.svg"].assert_eq(&file);
    }

    #[test]
    fn a_position_without_an_answer_has_its_cells_and_no_trace() {
        let run = run(&["Lily", " ran"]);
        let height = |query| drawing(&run, &lens(2), query, 300.0).unwrap().1.height;
        assert!(height(0) > height(1));
        assert_eq!(drawing(&run, &Lens::new(Vec::new()), 0, 300.0), None);
    }

    #[test]
    fn a_part_of_the_prompt_says_which_and_keeps_within_the_width() {
        let words = vec![" x"; 40];
        let said = |width| format!("{:?}", drawing(&run(&words), &lens(40), 20, width));
        assert!(said(900.0).contains("tokens 15 to 25 of 40"));
        assert!(
            !said(8000.0).contains("tokens 0"),
            "no more than was asked about"
        );
        assert_eq!(
            drawing(&run(&words), &lens(40), 20, 400.9).unwrap().1.width,
            400.0
        );
    }

    #[test]
    fn a_click_on_a_column_selects_its_position() {
        let mut click = Gesture::new(GestureKind::Click);
        assert_eq!(on_gesture(&click), None);
        let (what, at) = (POSITION, 7);
        click.target = Some(Target { what, at });
        assert_eq!(on_gesture(&click), Some(AttentionAction::SelectRow(7)));
        click.kind = GestureKind::Over;
        assert_eq!(on_gesture(&click), None);
    }
}
