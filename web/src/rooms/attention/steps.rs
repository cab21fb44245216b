//! One row of attention, step by step.

use headlight_figure::Gesture;
use headlight_view::State;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::steps::{RowStep, Steps as Computed};
use headlight_view::rooms::attention::figures::steps_drawing;
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::product::Product;
use super::shown_signals::ShownSignals;
use crate::derived::Derived;
use crate::frame::element_ids::FIGURE;
use crate::frame::figure::figure_of;
use crate::frame::keys::moved;
use crate::host;
use crate::store::store;

/// The figure.
#[component]
pub fn Steps(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let step = store.select(|state: &State| state.attention.step);
    let steps = Derived::new(move || {
        let (run, pattern) = shown.both()?;
        Computed::new(&run.tokens, &pattern, shown.query.get())
    });
    let element = NodeRef::<Div>::new();
    let drawing = move |width| {
        let (step, key) = (step.get(), shown.key.get());
        steps.with(|steps| Some(steps.as_ref()?.drawing(step, key, width)))
    };
    let act = move |_, gesture: Gesture| {
        store.dispatch_if(steps_drawing::on_gesture(
            &gesture,
            shown.query.get_untracked(),
        ))
    };
    let picture = figure_of(element, drawing, act);
    let is_multiplied = store.select(|state: &State| {
        state
            .attention
            .multiplied_cell(&state.frame.subject)
            .is_some()
    });
    let why_none = store.select(|state: &State| state.attention.why_no_steps(&state.frame));
    let sentence = move || {
        let said = steps.with(|steps| Some(steps.as_ref()?.sentence(step.get())));
        said.unwrap_or_else(|| why_none.get().to_owned())
    };
    view! {
        <figure class="steps" id=FIGURE tabindex="-1" data-figure=AttentionFigure::Steps.name() aria-labelledby="map-title" aria-describedby="step-says">
            <Tabs step/>
            <p class="say" id="step-says" aria-live="polite">{sentence}</p>
            <Show when=move || is_multiplied.get()>
                <Product shown/>
            </Show>
            <div class="drawn" node_ref=element>{picture}</div>
        </figure>
        <Behind figure=AttentionFigure::Steps/>
    }
}

/// The five steps, to walk through.
#[component]
fn Tabs(step: Derived<RowStep>) -> impl IntoView {
    let store = store();
    let place = move || step.get().index();
    let on_key = move |event: KeyboardEvent| {
        if let Some(to) = moved(&event, place(), RowStep::ALL.len(), 1) {
            event.prevent_default();
            store.dispatch(AttentionAction::SetStep(RowStep::ALL[to]));
            host::focus(&format!("step-{to}"));
        }
    };
    let tab = move |(index, of): (usize, RowStep)| {
        let is_chosen = move || step.get() == of;
        view! {
            <button
                type="button"
                role="radio"
                id=format!("step-{index}")
                class:done=move || index < place()
                aria-checked=move || is_chosen().to_string()
                tabindex=move || if is_chosen() { "0" } else { "-1" }
                on:click=move |_| store.dispatch(AttentionAction::SetStep(of))
            >
                <span class="number" aria-hidden="true">{index + 1}</span>
                {of.title()}
            </button>
        }
    };
    let tabs = RowStep::ALL.into_iter().enumerate().map(tab).collect_view();
    view! { <div class="step-tabs" role="radiogroup" aria-label=attention_words::STEPS on:keydown=on_key>{tabs}</div> }
}
