//! One row of the tile on the chip, as it happens.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::row;
use headlight_view::rooms::flash::{row_after_each_tile, row_arithmetic, words};
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::{FlashView, more, still};
use crate::controls::{shown_if, text};
use crate::derived::Derived;

/// Names the row.
const TITLE: &str = "flash-row-title";
/// Says what happens to it.
const ARITHMETIC: &str = "flash-row-says";

/// The row that is spelled out.
pub fn row(room: FlashView) -> AnyView {
    let now = room.now;
    let title = move || {
        let (player, row) = now.player().zip(now.row())?;
        Some(words::row_heading(&player, row))
    };
    let arithmetic = move || {
        let (row, (player, moment)) = now.row().zip(now.shown())?;
        row_arithmetic(&player, &moment, row)
    };
    let passed = move || {
        let (row, (player, moment)) = now.row().zip(now.shown())?;
        Some(row_after_each_tile(&player, &moment, row))
    };
    let element = NodeRef::<Div>::new();
    let drawing = move |width| Some(row::drawing(&passed()?, width));
    let has_sums = Derived::new(move || passed().is_some_and(|passed| !passed.is_empty()));
    let note = || view! { <p class="note">{words::ROW_HEADING_NOTE}</p> }.into_any();
    view! {
        <section aria-labelledby=TITLE>
            <div class="heading"><h2 id=TITLE>{text(title)}</h2>{more(FlashFigure::Row)}</div>
            <figure
                class="row-story"
                data-figure=FlashFigure::Row.name()
                aria-labelledby=TITLE
                aria-describedby=ARITHMETIC
            >
                <p class="arithmetic number" id=ARITHMETIC>{text(arithmetic)}</p>
                <div class="sums" node_ref=element>{still(element, drawing)}</div>
                {shown_if(has_sums, note)}
            </figure>
            {room.behind(FlashFigure::Row)}
        </section>
    }
    .into_any()
}
