//! The stage: the selected head, drawn as a map, as lines, or one row step by step.

use headlight_view::State;
use headlight_view::frame::ablation::Part;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::choices;
use headlight_view::rooms::attention::choices::View;
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::map::Map;
use super::module::AttentionModule;
use super::shown_signals::ShownSignals;
use crate::derived::Derived;
use crate::frame::element_ids::FIGURE;
use crate::frame::figure::More;
use crate::second_module::view_or_placeholder;
use crate::store::store;

/// The button that takes the selected head out, or puts it back.
pub const TAKE_OUT: &str = "take-out";

/// The selected head with its heading and what it shows, in words and drawn.
#[component]
pub fn Stage(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let heads = store.select(|state: &State| state.attention.heads(&state.frame.subject));
    let title = move || match heads.get().as_slice() {
        [head] => attention_words::head_title(*head),
        several => attention_words::mean_title(several),
    };
    let is_mean = Derived::new(move || heads.with(|heads| heads.len() > 1));
    let view = store.select(|state: &State| state.attention.shown_view(&state.frame.subject));
    // The map stays as it is while its colours change their meaning.
    let figure = Derived::new(move || view.get().figure());
    let figure = move || match figure.get() {
        AttentionFigure::Lines => later(|module| module.lines, shown),
        AttentionFigure::Steps => later(|module| module.steps, shown),
        _ => view! { <Map/> }.into_any(),
    };
    let more = move || view! { <More figure=view.get().figure()/> };
    view! {
        <section class="stage" aria-labelledby="map-title">
            <div class="heading">
                <h2 id="map-title">{title}</h2>
                <span class="steppers">
                    <Stepper label=attention_words::PREVIOUS_HEAD by=-1 path="M5.5 0.5 L2 4 L5.5 7.5"/>
                    <Stepper label=attention_words::NEXT_HEAD by=1 path="M2.5 0.5 L6 4 L2.5 7.5"/>
                </span>
                <TakeOut shown/>
                <Show when=move || is_mean.get()>
                    <button type="button" class="button small" on:click=move |_| store.dispatch(AttentionAction::OneHead)>
                        {attention_words::ONLY_THIS_HEAD}
                    </button>
                </Show>
                <span class="ends">
                    <Switch view/>
                    {more}
                </span>
            </div>
            <p class="say finding" id="map-says"><Sentence/></p>
            {figure}
        </section>
    }
}

/// A figure of the page's second module, or a sentence in its place.
fn later(by: fn(&AttentionModule) -> fn(ShownSignals) -> AnyView, shown: ShownSignals) -> AnyView {
    view_or_placeholder(by, shown, Some(FIGURE)).into_any()
}

/// To the head before or after, for those without keys to press.
#[component]
fn Stepper(label: &'static str, by: isize, path: &'static str) -> impl IntoView {
    let store = store();
    view! {
        <button
            type="button"
            class="button icon"
            aria-label=label
            on:click=move |_| store.dispatch(AttentionAction::StepHead(by))
        >
            <svg class="stroke" viewBox="0 0 8 8" width="9" height="9" aria-hidden="true"><path d=path/></svg>
        </button>
    }
}

/// Takes the selected head out of the model, or puts it back.
#[component]
fn TakeOut(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let part = move || Part::Head(shown.head.get());
    let is_out = store.select(move |state: &State| {
        state
            .frame
            .subject
            .is_ablated(Part::Head(state.frame.subject.head))
    });
    let is_live = store.select(|state: &State| state.frame.session.backend().is_some());
    let is_one =
        store.select(|state: &State| state.attention.heads(&state.frame.subject).len() == 1);
    let label = move || match (is_out.get(), is_one.get()) {
        (true, _) => attention_words::RESTORE.to_owned(),
        (false, true) => attention_words::ABLATE.to_owned(),
        (false, false) => attention_words::ablate_one(shown.head.get()),
    };
    view! {
        <button
            type="button"
            class="button small"
            id=TAKE_OUT
            title=attention_words::ABOUT_ABLATION
            aria-pressed=move || is_out.get().to_string()
            disabled=move || !is_live.get()
            on:click=move |_| store.dispatch(AttentionAction::ToggleAblation(part()))
        >
            {label}
        </button>
    }
}

/// Map, lines or one row.
#[component]
fn Switch(view: Derived<View>) -> impl IntoView {
    let store = store();
    let choice = move |of: View| {
        let is_chosen = move || view.get() == of;
        view! {
            <button
                type="button"
                aria-pressed=move || is_chosen().to_string()
                on:click=move |_| store.dispatch(AttentionAction::SetView(of))
            >
                {choices::view_name(of)}
            </button>
        }
    };
    let views = store.select(|state: &State| state.attention.views(&state.frame.subject));
    let choices = move || views.get().into_iter().map(choice).collect_view();
    view! { <div class="segments" role="group" aria-label=attention_words::VIEWS>{choices}</div> }
}

/// What the selected row shows, or why there is nothing to show.
#[component]
fn Sentence() -> impl IntoView {
    let store = store();
    let spans = store.select(|state: &State| state.attention.sentence(&state.frame.subject));
    let awaited = store.select(|state: &State| state.attention.why_no_pattern(&state.frame));
    move || match spans.get() {
        Some(spans) => spans
            .into_iter()
            .map(|span| match span.is_strong {
                true => view! { <b>{span.text}</b> }.into_any(),
                false => span.text.into_any(),
            })
            .collect_view()
            .into_any(),
        None => awaited.get().into_any(),
    }
}
