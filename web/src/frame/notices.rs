//! What the visitor should know now: progress, a stopped engine, notices.

use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::defaults::DEFAULT_MODEL;
use headlight_view::frame::status;
use headlight_view::frame::status::Progress;
use headlight_view::frame::words as frame_words;
use headlight_view::session::words as session_words;
use headlight_view::session::{Input, Phase};
use leptos::prelude::*;

use crate::derived::Derived;
use crate::second_module::{SecondModule, view_when_loaded};
use crate::store::{Store, store};

/// Everything between the prompt and the room that comes and goes.
#[component]
pub fn Notices() -> impl IntoView {
    let store = store();
    let notices = store.select(|state: &State| state.frame.notices.clone());
    let lines = move || {
        let notices = notices.get().into_iter().enumerate();
        notices
            .map(|(index, sentence)| notice(store, index, sentence))
            .collect_view()
    };
    view! {
        <section class="notices" aria-label=frame_words::MESSAGES>
            {view_when_loaded(|second: &SecondModule| second.engine, ())}
            {lines}
        </section>
    }
}

/// Notice that the engine is on its way, or has stopped.
#[component]
pub fn EngineNotices() -> impl IntoView {
    let store = store();
    let progress = store.select(|state: &State| status::progress(&state.frame));
    let stopped = store.select(|state: &State| match state.frame.session.phase() {
        Phase::Stopped(sentence) => Some(sentence),
        _ => None,
    });
    view! {
        {move || stopped.get().map(|sentence| view! { <Stopped sentence/> })}
        <Show when=move || progress.with(Option::is_some)>
            <Loading progress/>
        </Show>
    }
}

#[component]
fn Stopped(sentence: String) -> impl IntoView {
    let store = store();
    let is_other = store.select(|state: &State| state.frame.session.model() != DEFAULT_MODEL);
    view! {
        <div class="notice bad" role="alert">
            <p>{sentence}</p>
            <button
                type="button"
                class="button"
                on:click=move |_| store.dispatch(FrameAction::Engine(Input::TryAgain))
            >
                {session_words::TRY_AGAIN}
            </button>
            <Show when=move || is_other.get()>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| store.dispatch(FrameAction::ChooseModel(DEFAULT_MODEL.to_owned()))
                >
                    {frame_words::USE_DEFAULT_MODEL}
                </button>
            </Show>
        </div>
    }
}

fn notice(store: Store, index: usize, sentence: String) -> impl IntoView {
    view! {
        <div class="notice">
            <p>{sentence}</p>
            <button
                type="button"
                class="button quiet"
                on:click=move |_| store.dispatch(FrameAction::Dismiss(index))
            >
                {frame_words::DISMISS}
            </button>
        </div>
    }
}

/// Shown only after a moment: what arrives at once needs no bar.
#[component]
fn Loading(progress: Derived<Option<Progress>>) -> impl IntoView {
    let store = store();
    let title = move || progress.with(|p| p.as_ref().map(|p| p.title));
    let detail = move || progress.with(|p| p.as_ref().map(|p| p.detail.clone()));
    let fraction = move || progress.with(|p| p.as_ref().and_then(|p| p.fraction));
    view! {
        <div class="loading">
            <span>{title}</span>
            <progress
                aria-label=title
                max="1"
                value=move || fraction().map(|fraction| format!("{fraction:.4}"))
            ></progress>
            <span class="number">{detail}</span>
            <button
                type="button"
                class="button quiet"
                on:click=move |_| store.dispatch(FrameAction::Engine(Input::CancelLoad))
            >
                {session_words::CANCEL}
            </button>
        </div>
    }
}
