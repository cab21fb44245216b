//! Norms of the residual stream: its length, and what each part adds to it.

use headlight_view::answers::run::Run;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::norms;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown_signals::ShownSignals;
use crate::frame::figure::{More, figure_of};

/// The figure.
#[component]
pub fn Norms(shown: ShownSignals) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let drawing = move |width| {
        let run = shown.run.get()?;
        norms::drawing(&run.residual, shown.query.get(), width)
    };
    let picture = figure_of(element, drawing, |_, _| false);
    // Nothing below moves when the width is known.
    let room = move || {
        let height = |run: &Run| norms::height(&run.residual, shown.query.get());
        let px = shown.run.get().as_deref().map_or(0.0, height);
        format!("{px}px")
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
                <div class="drawn-late" node_ref=element style:min-height=room>{picture}</div>
            </figure>
            <Behind figure=AttentionFigure::Norms/>
        </section>
    }
}
