//! One row of the tile on the chip, as it happens.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::row::row_arithmetic;
use headlight_view::rooms::flash::{TileOfRow, row_after_each_tile, words};

use super::flash_view::{FlashView, more};
use crate::draw::{Element, Node, el, reactive};

/// Names the row.
const TITLE: &str = "flash-row-title";
/// Says what happens to it.
const ARITHMETIC: &str = "flash-row-says";

/// The row that is spelled out.
pub fn row(room: FlashView) -> Node {
    let now = room.now;
    let title = reactive(move || {
        let title = now.player().zip(now.row());
        let title = title.map(|(player, row)| words::row_heading(&player, row));
        el("h2").set("id", TITLE).add(title).into()
    });
    let story = reactive(move || {
        let shown = now.shown();
        let of_row = now.row().zip(shown).map(|(row, (player, moment))| {
            let passed = row_after_each_tile(&player, &moment, row);
            (row_arithmetic(&player, &moment, row), passed)
        });
        let (arithmetic, passed) = of_row.unwrap_or_default();
        figure(arithmetic, &passed).into()
    });
    let heading = el("div")
        .class("heading")
        .add(title)
        .add(more(FlashFigure::Row));
    el("section")
        .set("aria-labelledby", TITLE)
        .add(heading)
        .add(story)
        .add(room.behind(FlashFigure::Row))
        .into()
}

fn figure(arithmetic: Option<String>, passed: &[TileOfRow]) -> Element {
    let most = passed.iter().map(|step| step.l).fold(1e-6_f32, f32::max);
    let note = (!passed.is_empty()).then(|| el("p").class("note").add(words::ROW_HEADING_NOTE));
    el("figure")
        .class("row-story")
        .set("data-figure", FlashFigure::Row.name())
        .set("aria-labelledby", TITLE)
        .set("aria-describedby", ARITHMETIC)
        .add(
            el("p")
                .class("arithmetic number")
                .set("id", ARITHMETIC)
                .add(arithmetic),
        )
        .add(
            el("ul")
                .class("sums")
                .all(passed.iter().map(|step| bar(step, most))),
        )
        .add(note)
}

fn bar(step: &TileOfRow, most: f32) -> Element {
    let width = format!("{:.1}%", f64::from(step.l / most) * 100.0);
    let alpha = step.alpha.filter(|&alpha| alpha != 1.0 && alpha != 0.0);
    let alpha = alpha.map(words::factor);
    let text = |class: &'static str, text: Node| el("span").class(class).add(text);
    el("li")
        .class(if step.is_now { "now" } else { "" })
        .add(text("where", words::key_tile(step.j + 1).into()))
        .add(el("span").class("bar").add(el("i").style("width", width)))
        .add(text("number", words::sum_and_max(step.l, step.m).into()))
        .add(text("number factor", alpha.into()))
}
