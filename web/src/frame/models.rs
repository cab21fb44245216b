//! The list of models.

use headlight_figure::number::bytes;
use headlight_view::State;
use headlight_view::frame::ModelInfo;
use headlight_view::frame::Panel;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::status;
use headlight_view::frame::words as frame_words;
use leptos::prelude::*;

use super::popover::Popover;
use crate::second_module::{SecondModule, view_or_placeholder};
use crate::store::{Store, store};

/// The model that is used, and the others that could be.
#[component]
pub fn ModelPicker() -> impl IntoView {
    let store = store();
    let label = store.select(|state: &State| status::model_label(&state.frame));
    let name = Signal::derive(move || format!("{}: {}", frame_words::MODEL, label.get()));
    let button = view! {
        <span>{move || label.get()}</span>
        <svg class="chevron" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
            <path d="M0.5 2 L4 6 L7.5 2 Z"/>
        </svg>
    };
    view! {
        <Popover panel=Panel::Models heading=frame_words::MODELS class="button quiet" name=name button=button>
            {view_or_placeholder(|second: &SecondModule| second.models, (), None)}
        </Popover>
    }
}

#[component]
pub fn Models() -> impl IntoView {
    let store = store();
    let models = store.select(|state: &State| state.frame.models.clone());
    let current = store.select(|state: &State| state.frame.session.model().to_owned());
    let list = move || {
        let current = current.get();
        let models = models.get();
        models
            .into_iter()
            .map(|model| choice(store, model, &current))
            .collect_view()
    };
    view! {
        <ul class="models">{list}</ul>
        <Show when=move || models.with(Vec::is_empty)>
            <p class="note">{frame_words::NO_MODELS}</p>
        </Show>
    }
}

fn choice(store: Store, model: ModelInfo, current: &str) -> impl IntoView + use<> {
    let is_current = model.name == current;
    let name = model.name.clone();
    let choose = move |_| {
        store.dispatch(FrameAction::ChooseModel(name.clone()));
    };
    view! {
        <li>
            <button type="button" aria-current=is_current.then_some("true") on:click=choose>
                <span class="name">{model.name}</span>
                <span class="number">{bytes(model.bytes)}</span>
                <span class="about">{model.description}</span>
            </button>
        </li>
    }
}
