//! One row of the tile on the chip, as it happens.

use headlight_view::flash::{Passed, passed, spelled, words};
use headlight_view::{FlashFigure, number};
use leptos::prelude::*;

use super::now::Now;
use super::numbers::Behind;
use crate::figure::More;

/// Names the row.
const TITLE: &str = "flash-row-title";
/// Says what happens to it.
const ARITHMETIC: &str = "flash-row-says";

/// The row that is spelled out.
#[component]
pub fn Row() -> impl IntoView {
    let now: Now = expect_context();
    let row = Memo::new(move |_| now.row());
    let steps = Memo::new(move |_| {
        let row = row.get()?;
        now.player_and_moment(|player, moment| passed(player, moment, row))
    });
    let arithmetic = move || {
        let row = row.get()?;
        now.player_and_moment(|player, moment| spelled(player, moment, row))
            .flatten()
    };
    let title = move || row.get().map(|row| words::row_title(row + 1));
    let has_sums =
        move || steps.with(|steps| steps.as_ref().is_some_and(|steps| !steps.is_empty()));
    let bars = move || {
        let steps = steps.get().unwrap_or_default();
        let most = steps.iter().map(|step| step.l).fold(1e-6_f32, f32::max);
        steps.into_iter().map(|step| bar(step, most)).collect_view()
    };
    view! {
        <section aria-labelledby=TITLE>
            <div class="heading">
                <h2 id=TITLE>{title}</h2>
                <More figure=FlashFigure::Row/>
            </div>
            <figure
                class="row-story"
                data-figure=FlashFigure::Row.name()
                aria-labelledby=TITLE
                aria-describedby=ARITHMETIC
            >
                <p class="arithmetic number" id=ARITHMETIC>{arithmetic}</p>
                <ul class="sums">{bars}</ul>
                <Show when=has_sums><p class="note">{words::ROW_HEADING_NOTE}</p></Show>
            </figure>
            <Behind figure=FlashFigure::Row/>
        </section>
    }
}

fn bar(step: Passed, most: f32) -> impl IntoView {
    let width = format!("{:.1}%", f64::from(step.l / most) * 100.0);
    let alpha = step.alpha.filter(|&alpha| alpha != 1.0 && alpha != 0.0);
    let alpha = alpha.map(|alpha| format!("× α {}", number::fixed(f64::from(alpha), 2)));
    view! {
        <li class:now=step.is_now>
            <span class="where">{words::key_tile(step.j + 1)}</span>
            <span class="bar"><i style:width=width></i></span>
            <span class="number">{words::sum_and_max(step.l, step.m)}</span>
            <span class="number factor">{alpha}</span>
        </li>
    }
}
