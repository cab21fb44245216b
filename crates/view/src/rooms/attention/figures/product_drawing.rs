//! A query times a key as it is drawn: a strip of colours for each, and one for the products.

use headlight_figure::{
    Anchor, Bands, Element, FigureId, NOTE, NUMBER, Palette, Size, Table, el, rect,
};

use crate::answers::run::Token;
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::product::{DimensionStrip, Product, ProductView};
use crate::rooms::attention::words;

/// Least width of the drawing, in pixels.
const NARROWEST: f64 = 200.0;
/// Room of the strips' names, and least room of the numbers at the ends of their colours.
const NAMES: f64 = 42.0;
const NUMBERS: f64 = 44.0;
/// Between a strip and the texts on both sides of it.
const BESIDE: f64 = 8.0;
/// Height of a strip, its distance to the next, and that of the products to the factors.
const STRIP: f64 = 18.0;
const GAPS: [f64; 2] = [3.0, 6.0];
/// Width of a hairline between two dimensions, and the narrowest that have one.
const HAIRLINE: (f64, f64) = (1.0, 4.0);
/// Width and height of the scale of colours, its number of colours, and the room below it.
const SCALE: (f64, f64) = (96.0, 9.0);
const N_COLOURS: usize = 32;
const BELOW_SCALE: f64 = 8.0;
/// Classes of the names: the colours of queries and keys.
const CLASSES: [&str; 3] = ["of-query", "of-key", ""];

/// Height of the drawing.
#[must_use]
pub fn height() -> f64 {
    NOTE.line() + BELOW_SCALE + 3.0 * STRIP + GAPS[0] + GAPS[1]
}

impl Product<'_> {
    /// The strips in a width, and the room that they take.
    #[must_use]
    pub fn drawing(&self, tokens: &[Token], width_px: f64) -> (Element, Size) {
        let view = self.view(tokens);
        // Whole pixels, so that a file says exactly how wide its drawing is.
        let width = width_px.max(NARROWEST).floor();
        let numbers = view.strips.iter().map(|strip| said(strip).1);
        let right = width - BESIDE - numbers.fold(NUMBERS, f64::max);
        let gap = |step: f64| if step < HAIRLINE.1 { 0.0 } else { HAIRLINE.0 };
        let range = (NAMES + BESIDE, right);
        let step = Bands::new(view.titles.len(), range, 0.0).step();
        let dims = Bands::new(view.titles.len(), range, gap(step));
        let top = NOTE.line() + BELOW_SCALE;
        let second = top + STRIP + GAPS[0];
        let tops = [top, second, second + STRIP + GAPS[1]];
        let strips = view.strips.iter().zip(tops).zip(CLASSES);
        let strips = strips.map(|((drawn, top), class)| strip(drawn, &dims, top, class, width));
        let drawing = el("g")
            .add(scale(width))
            .all(strips)
            .add(most(&view, &dims, tops))
            .add(tooltips(&view, &dims, top, height()));
        let height = height();
        (drawing, Size { width, height })
    }

    /// The figure in a width.
    #[must_use]
    pub fn figure(
        &self,
        tokens: &[Token],
        width_px: f64,
        table: Table,
        credit: String,
    ) -> headlight_figure::Figure {
        let (drawing, size) = self.drawing(tokens, width_px);
        headlight_figure::Figure {
            id: FigureId(AttentionFigure::Product.name()),
            title: catalogue::title(AttentionFigure::Product).into(),
            sentence: self.sentence(tokens),
            drawing,
            size,
            table,
            credit,
        }
    }
}

/// The number at the ends of a strip's colours, and its width.
fn said(strip: &DimensionStrip) -> (String, f64) {
    let said = words::up_to(&strip.most);
    let width = NUMBER.width(&said).ceil();
    (said, width)
}

/// What the colours mean, at the right.
fn scale(width: f64) -> Element {
    let middle = NOTE.line() / 2.0;
    let baseline = middle + NOTE.below_middle();
    let right = width - NOTE.width(words::POSITIVE).ceil() - BESIDE;
    let (length, height) = SCALE;
    let colours = Bands::new(N_COLOURS, (right - length, right), 0.0);
    let colour = |index: usize| {
        let (left, width) = colours.band(index);
        let share = index as f64 / (N_COLOURS - 1) as f64;
        let colour = rect(left, middle - height / 2.0, width, height);
        colour.fill(Palette::Diverging.shade(2.0 * share - 1.0))
    };
    let frame = rect(right - length, middle - height / 2.0, length, height);
    let negative_at = right - length - BESIDE;
    el("g")
        .set("aria-hidden", "true")
        .all((0..N_COLOURS).map(colour))
        .add(frame.class("axis-line"))
        .add(NOTE.at(negative_at, baseline, Anchor::End, words::NEGATIVE))
        .add(NOTE.at(width, baseline, Anchor::End, words::POSITIVE))
}

fn strip(
    strip: &DimensionStrip,
    dims: &Bands,
    top: f64,
    class: &'static str,
    width: f64,
) -> Element {
    let baseline = top + STRIP / 2.0 + NUMBER.below_middle();
    let cell = |(dim, level): (usize, &usize)| {
        let (left, width) = dims.band(dim);
        let cell = rect(left, top, width, STRIP);
        cell.fill(headlight_figure::Shade {
            palette: Palette::Diverging,
            index: *level as u8,
        })
    };
    let name = NUMBER.at(0.0, baseline, Anchor::Start, strip.name);
    el("g")
        .add(name.class(class))
        .all(strip.levels.iter().enumerate().map(cell))
        .add(NUMBER.at(width, baseline, Anchor::End, said(strip).0))
}

/// Frames around the dimension that counts most.
fn most(view: &ProductView, dims: &Bands, tops: [f64; 3]) -> Option<Element> {
    let (left, width) = dims.band(view.most?);
    let frame = |top| rect(left, top, width, STRIP).class("cell-outline");
    Some(el("g").all(tops.map(frame)))
}

/// Each dimension in numbers, where the pointer rests on it.
fn tooltips(view: &ProductView, dims: &Bands, top: f64, bottom: f64) -> Element {
    let tooltip = |(dim, title): (usize, &String)| {
        let (left, width) = dims.band(dim);
        let area = rect(left, top, width, bottom - top).class("hit-area");
        let title = el("title").add(title.clone());
        el("g").class("has-tooltip").add(title).add(area)
    };
    let tooltips = el("g").class("hit-area").set("aria-hidden", "true");
    tooltips.all(view.titles.iter().enumerate().map(tooltip))
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;
    use headlight_figure::{LIGHT, svg};

    use super::*;
    use crate::answers::details::QueryKey;
    use crate::answers::run::tests::run;

    fn found(d_head: usize) -> QueryKey {
        let numbers = |from: f32| (0..d_head).map(move |dim| (dim as f32 * 0.7 + from).sin());
        QueryKey {
            layer: 1,
            head: 2,
            query: 1,
            key: 0,
            scale: 0.25,
            q: numbers(0.0).collect(),
            k: numbers(1.0).collect(),
        }
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let (found, run) = (found(16), run(&["Lily", " ran"]));
        let table = Table::new("", &[], Vec::new());
        let product = Product::new(&found);
        let figure = product.figure(&run.tokens, 352.0, table, "Headlight".to_owned());
        let file = svg(&figure, &LIGHT, 400.0).replace("><", ">\n<");
        expect_file!["snapshots/product.svg"].assert_eq(&file);
    }

    #[test]
    fn many_dimensions_leave_no_room_for_hairlines() {
        let run = run(&["Lily", " ran"]);
        let drawn = |d_head| {
            let found = found(d_head);
            Product::new(&found).drawing(&run.tokens, 300.0)
        };
        let [few, many] = [16, 128].map(drawn);
        assert_eq!(few.1, many.1);
        assert_eq!(few.1.height, height());
        assert!(format!("{:?}", many.0).contains("Dimension 127: "));
    }
}
