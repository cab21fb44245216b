//! The selected head as lines from the tokens that look to those looked at.

use headlight_figure::Gesture;
use headlight_view::State;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::choices::Scope;
use headlight_view::rooms::attention::figures::lines::TokenLines;
use headlight_view::rooms::attention::figures::per_token::select_token;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown_signals::ShownSignals;
use crate::derived::Derived;
use crate::frame::element_ids::FIGURE;
use crate::frame::figure::figure_of;
use crate::store::store;

/// The figure.
#[component]
pub fn Lines(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let scope = store.select(|state: &State| state.attention.scope);
    let element = NodeRef::<Div>::new();
    let drawn = Derived::new(move || {
        let (_, pattern) = shown.both()?;
        let (query, selected) = (shown.query.get(), shown.queries.get());
        Some(TokenLines::new(&pattern, query, &selected, scope.get()))
    });
    let head = store.select(|state: &State| state.attention.head_name(&state.frame.subject));
    let sentence = move || {
        let (run, head) = (shown.run.get()?, head.get());
        drawn.with(|drawn| Some(drawn.as_ref()?.sentence(&run.tokens, &head)))
    };
    let drawing = move |width| {
        let run = shown.run.get()?;
        drawn.with(|drawn| Some(drawn.as_ref()?.drawing(&run.tokens, width)))
    };
    let act = move |_, gesture: Gesture| store.dispatch_if(select_token(&gesture));
    let picture = figure_of(element, drawing, act);
    let is_all = move || scope.get() == Scope::All;
    let toggle = move |_| {
        let other = match scope.get_untracked() {
            Scope::All => Scope::Selected,
            Scope::Selected => Scope::All,
        };
        store.dispatch(AttentionAction::SetScope(other));
    };
    view! {
        <figure class="lines" id=FIGURE tabindex="-1" data-figure=AttentionFigure::Lines.name() aria-labelledby="map-title" aria-describedby="lines-say">
            <div class="heading">
                <p class="label">{attention_words::LINES_HEADS}</p>
                <button type="button" class="button small" aria-pressed=move || is_all().to_string() on:click=toggle>
                    {attention_words::ALL_QUERIES}
                </button>
            </div>
            <div class="drawing" node_ref=element>{picture}</div>
            <figcaption class="note" id="lines-say">{sentence}</figcaption>
        </figure>
        <Behind figure=AttentionFigure::Lines/>
    }
}
