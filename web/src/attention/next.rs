//! The most probable next tokens.

use headlight_view::next::{self, NextBar};
use headlight_view::{Figure, text};
use leptos::prelude::*;

use super::Shown;
use super::legend::TruthLegend;
use super::numbers::{Column, NumbersButton, NumbersTable};
use crate::shell::Visible;

const COLUMNS: &[Column] = &[
    text::TOKEN_ID,
    text::TOKEN,
    text::PROBABILITY,
    text::TRUE_PROBABILITY,
];

/// The figure.
#[component]
pub fn Next(shown: Shown) -> impl IntoView {
    let bars = move || {
        let truth = shown.known_truth();
        let bars = shown
            .run
            .get()
            .map(|run| next::bars(&run, truth.as_deref()));
        bars.into_iter().flatten().map(draw).collect_view()
    };
    let summary = move || shown.run.get().map(|run| next::summary(&run));
    let rows = Signal::derive(move || {
        let run = shown.run.get();
        let truth = shown.known_truth();
        run.map(|run| next::rows(&run, truth.as_deref()))
            .unwrap_or_default()
    });
    let has_marks = shown.has_truth(|truth| !truth.next.is_empty());
    let columns = Signal::derive(move || shown.columns(COLUMNS, 1));
    view! {
        <section class="block" aria-labelledby="next-title">
            <div class="heading">
                <h3 id="next-title">{text::NEXT_TOKEN}</h3>
                <NumbersButton figure=Figure::Next/>
            </div>
            <figure data-figure=Figure::Next.name() aria-labelledby="next-title">
                <figcaption class="unseen">{summary}</figcaption>
                <TruthLegend is_there=has_marks/>
                <ol class="bars next">{bars}</ol>
            </figure>
            <NumbersTable figure=Figure::Next caption=text::NEXT_TOKEN columns rows/>
        </section>
    }
}

fn draw(bar: NextBar) -> impl IntoView {
    let mark = bar.true_fraction.map(|fraction| {
        view! { <span class="true-mark" style:left=format!("{:.2}%", fraction * 100.0)></span> }
    });
    view! {
        <li>
            <span class="name"><Visible token=bar.label/></span>
            <span class="track">
                <span class="bar" style:width=format!("{:.2}%", bar.fraction * 100.0)></span>
                {mark}
            </span>
            <span class="number">{bar.percent}</span>
            {bar.true_percent.map(|percent| view! { <span class="number true">{percent}</span> })}
        </li>
    }
}
