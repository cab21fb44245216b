//! The logit lens: what each layer would say next, at each position.

use headlight_figure::Gesture;
use headlight_view::State;
use headlight_view::answers::details::DetailKind;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::lens::Lens as Answers;
use headlight_view::rooms::attention::figures::lens_drawing;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::placeholder::Placeholder;
use super::shown_signals::ShownSignals;
use crate::derived::Derived;
use crate::frame::figure::{More, figure_of};
use crate::store::store;

/// The figure.
#[component]
pub fn Lens(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let answers = Derived::new(move || {
        let rows = store.select(|state: &State| state.attention.details.lens.clone());
        rows.get().map(|rows| Answers::new(rows.to_vec()))
    });
    let element = NodeRef::<Div>::new();
    let drawing = move |width| {
        let (run, query) = (shown.run.get()?, shown.query.get());
        answers.with(|answers| lens_drawing::drawing(&run, answers.as_ref()?, query, width))
    };
    let act = move |_, gesture: Gesture| store.dispatch_if(lens_drawing::on_gesture(&gesture));
    let picture = figure_of(element, drawing, act);
    let sentence = move || {
        let run = shown.run.get()?;
        let query = shown.query.get();
        answers.with(|answers| answers.as_ref()?.sentence(&run.tokens, query))
    };
    let is_there = Signal::derive(move || answers.with(Option::is_some));
    view! {
        <section class="block" aria-labelledby="lens-title">
            <div class="heading">
                <h3 id="lens-title">{attention_words::LENS}</h3>
                <More figure=AttentionFigure::Lens/>
            </div>
            <figure data-figure=AttentionFigure::Lens.name() aria-labelledby="lens-title" aria-describedby="lens-says">
                <p class="note" id="lens-says">{sentence}</p>
                <Placeholder kind=DetailKind::Lens is_there/>
                <div class="drawn-late" node_ref=element>{picture}</div>
            </figure>
            <Behind figure=AttentionFigure::Lens/>
        </section>
    }
}
