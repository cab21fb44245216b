//! One row of the tile on the chip, as it happens.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::row;
use headlight_view::rooms::flash::{row_after_each_tile, row_arithmetic, words};
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::{FlashView, more, still};
use crate::draw::{Node, el, reactive};

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
    let arithmetic = reactive(move || {
        let of_row = now.row().zip(now.shown());
        let said = of_row.and_then(|(row, (player, moment))| row_arithmetic(&player, &moment, row));
        el("p")
            .class("arithmetic number")
            .set("id", ARITHMETIC)
            .add(said)
            .into()
    });
    let passed = move || {
        let (row, (player, moment)) = now.row().zip(now.shown())?;
        Some(row_after_each_tile(&player, &moment, row))
    };
    let element = NodeRef::<Div>::new();
    let drawing = move |width| Some(row::drawing(&passed()?, width));
    let note = reactive(move || {
        let has_sums = passed().is_some_and(|passed| !passed.is_empty());
        let note = has_sums.then(|| el("p").class("note").add(words::ROW_HEADING_NOTE));
        note.into()
    });
    let story = el("figure")
        .class("row-story")
        .set("data-figure", FlashFigure::Row.name())
        .set("aria-labelledby", TITLE)
        .set("aria-describedby", ARITHMETIC)
        .add(arithmetic)
        .add(
            el("div")
                .class("sums")
                .hold(element)
                .add(still(element, drawing)),
        )
        .add(note);
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
