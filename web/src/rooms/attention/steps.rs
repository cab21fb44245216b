//! One row of attention, step by step.

use headlight_view::State;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::steps::{
    Step, StepBar, StepView, Steps as Computed,
};
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::product::Product;
use super::row::place;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::Visible;
use crate::frame::element_ids::FIGURE;
use crate::frame::keys::moved;
use crate::host;
use crate::store::store;

/// The figure.
#[component]
pub fn Steps(shown: Shown) -> impl IntoView {
    let store = store();
    let step = store.select(|state: &State| state.attention.step);
    let steps = Derived::new(move || {
        let (run, pattern) = shown.both()?;
        Computed::new(&run.tokens, &pattern, shown.query.get())
    });
    let drawn = Derived::new(move || steps.with(|steps| Some(steps.as_ref()?.view(step.get()))));
    let is_multiplied = store.select(|state: &State| {
        state
            .attention
            .multiplied_cell(&state.frame.subject)
            .is_some()
    });
    let why_none = store.select(|state: &State| state.attention.why_no_steps(&state.frame));
    let sentence = move || {
        let said = drawn.with(|drawn| drawn.as_ref().map(|drawn| drawn.sentence.clone()));
        said.unwrap_or_else(|| why_none.get().to_owned())
    };
    view! {
        <figure class="steps" id=FIGURE tabindex="-1" data-figure=AttentionFigure::Steps.name() aria-labelledby="map-title" aria-describedby="step-says">
            <Tabs step/>
            <p class="formula number">{move || step.get().formula()}</p>
            <p class="say" id="step-says" aria-live="polite">{sentence}</p>
            <Show when=move || is_multiplied.get()>
                <Product shown/>
            </Show>
            {move || drawn.get().map(|drawn| draw(shown, drawn))}
        </figure>
        <Behind figure=AttentionFigure::Steps/>
    }
}

/// The five steps, to walk through.
#[component]
fn Tabs(step: Derived<Step>) -> impl IntoView {
    let store = store();
    let place = move || step.get().index();
    let on_key = move |event: KeyboardEvent| {
        if let Some(to) = moved(&event, place(), Step::ALL.len(), 1) {
            event.prevent_default();
            store.dispatch(AttentionAction::SetStep(Step::ALL[to]));
            host::focus(&format!("step-{to}"));
        }
    };
    let tab = move |(index, of): (usize, Step)| {
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
    let tabs = Step::ALL.into_iter().enumerate().map(tab).collect_view();
    view! { <div class="step-tabs" role="radiogroup" aria-label=attention_words::STEPS on:keydown=on_key>{tabs}</div> }
}

fn draw(shown: Shown, drawn: StepView) -> impl IntoView {
    let store = store();
    let (zero, drawn_zero) = (percent(drawn.zero), drawn.zero);
    let bar = move |bar: StepBar| {
        let key = bar.key;
        let select = move |_| {
            let query = shown.query.get_untracked();
            store.dispatch(AttentionAction::SelectCell(query, key));
        };
        let place = bar.place.map(place);
        let drawn = bar.bar.map(|at| {
            view! {
                <span
                    class="bar"
                    class:negative=at.start < drawn_zero
                    class:cut=bar.is_cut
                    style:left=percent(at.start)
                    style:width=percent(at.length)
                ></span>
            }
        });
        view! {
            <li class:selected=move || shown.key.get() == key class:masked=bar.is_masked on:click=select>
                <span class="name">{place}<Visible token=bar.label/></span>
                <span class="track">{drawn}</span>
                <span class="number">{bar.text}</span>
            </li>
        }
    };
    let bars = drawn.bars.into_iter().map(bar).collect_view();
    let line = |text: String| view! { <p class="number rest">{text}</p> };
    view! {
        <ol class="bars signed" style=("--zero", zero)>{bars}</ol>
        {drawn.rest.map(line)}
        {drawn.masked_rest.map(line)}
        {drawn.worked.map(|worked| view! { <p class="number worked">{worked}</p> })}
    }
}

fn percent(fraction: f64) -> String {
    format!("{:.2}%", fraction * 100.0)
}
