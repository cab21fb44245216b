//! How long the residual stream is, and what each part adds to it.

use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::norms;
use headlight_view::rooms::attention::figures::norms::{NormBar, Part};
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown::Shown;
use crate::frame::figure::More;

/// The figure.
#[component]
pub fn Norms(shown: Shown) -> impl IntoView {
    let bars = move || {
        let run = shown.run.get()?;
        let bars = norms::bars(&run.residual, shown.query.get());
        Some(bars.into_iter().map(draw).collect_view())
    };
    let sentence = move || {
        let run = shown.run.get()?;
        norms::sentence(&run.tokens, &run.residual, shown.query.get())
    };
    view! {
        <section class="block" aria-labelledby="norms-title">
            <div class="heading">
                <h3 id="norms-title">{attention_words::NORMS}</h3>
                <More figure=AttentionFigure::Norms/>
            </div>
            <figure data-figure=AttentionFigure::Norms.name() aria-labelledby="norms-title" aria-describedby="norms-say">
                <p class="note" id="norms-say">{sentence}</p>
                <ol class="bars norms">{bars}</ol>
            </figure>
            <Behind figure=AttentionFigure::Norms/>
        </section>
    }
}

fn draw(bar: NormBar) -> impl IntoView {
    view! {
        <li class:stream=bar.part == Part::Stream>
            <span class="name">{bar.label}</span>
            <span class="track"><span class="bar" style:width=format!("{:.2}%", bar.fraction * 100.0)></span></span>
            <span class="number">{bar.text}</span>
        </li>
    }
}
