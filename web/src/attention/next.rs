//! The most probable next tokens.

use headlight_view::next::{self, NextBar};
use headlight_view::{Figure, text};
use leptos::prelude::*;

use super::Shown;
use super::numbers::{Column, NumbersButton, NumbersTable};
use crate::shell::Visible;

/// The figure.
#[component]
pub fn Next(shown: Shown) -> impl IntoView {
    let bars = move || {
        let bars = shown.run.get().map(|run| next::bars(&run));
        bars.into_iter().flatten().map(draw).collect_view()
    };
    let summary = move || shown.run.get().map(|run| next::summary(&run));
    let rows = Signal::derive(move || {
        let run = shown.run.get();
        run.map(|run| next::table(&run)).unwrap_or_default()
    });
    let columns: [Column; 3] = [text::TOKEN_ID, text::TOKEN, text::PROBABILITY];
    view! {
        <section class="block" aria-labelledby="next-title">
            <div class="heading">
                <h3 id="next-title">{text::NEXT_TOKEN}</h3>
                <NumbersButton figure=Figure::Next/>
            </div>
            <figure data-figure=Figure::Next.name() aria-labelledby="next-title">
                <figcaption class="unseen">{summary}</figcaption>
                <ol class="bars next">{bars}</ol>
            </figure>
            <NumbersTable figure=Figure::Next caption=text::NEXT_TOKEN columns rows/>
        </section>
    }
}

fn draw(bar: NextBar) -> impl IntoView {
    view! {
        <li>
            <span class="name"><Visible token=bar.label/></span>
            <span class="track">
                <span class="bar" style:width=format!("{:.2}%", bar.fraction * 100.0)></span>
            </span>
            <span class="number">{bar.percent}</span>
        </li>
    }
}
