//! Surprise per token.

use headlight_figure::Gesture;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::per_token::select_token;
use headlight_view::rooms::attention::figures::surprise;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown_signals::ShownSignals;
use crate::frame::figure::{More, figure_of};
use crate::store::store;

/// The figure.
#[component]
pub fn Surprise(shown: ShownSignals) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let drawing = move |width| {
        let (run, truth, query) = (shown.run.get()?, shown.known_truth(), shown.query.get());
        Some(surprise::drawing(&run, truth.as_deref(), query, width))
    };
    let store = store();
    let act = move |_, gesture: Gesture| store.dispatch_if(select_token(&gesture));
    let picture = figure_of(element, drawing, act);
    let summary = move || shown.run.get().map(|run| surprise::summary(&run));
    let of_token = move || {
        let (run, truth) = (shown.run.get()?, shown.known_truth());
        surprise::of_token(&run, truth.as_deref(), shown.query.get())
    };
    let leaves = move || {
        let (run, truth) = (shown.run.get()?, shown.known_truth()?);
        let sentence = surprise::leaves(&run, &truth)?;
        Some(view! { <p class="leaves">{sentence}</p> })
    };
    view! {
        <section class="block" aria-labelledby="surprise-title">
            <div class="heading">
                <h3 id="surprise-title">{attention_words::SURPRISE}</h3>
                <More figure=AttentionFigure::Surprise/>
            </div>
            <figure data-figure=AttentionFigure::Surprise.name() aria-labelledby="surprise-title">
                <figcaption class="unseen">{summary}</figcaption>
                <div class="drawn low" node_ref=element>{picture}</div>
            </figure>
            <p class="of-token">{of_token}</p>
            {leaves}
            <Behind figure=AttentionFigure::Surprise/>
        </section>
    }
}
