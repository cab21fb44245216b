//! The prompt: a field to type in, and what the model writes after it.

use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::status;
use headlight_view::frame::words as frame_words;
use headlight_view::session::Input;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use super::element_ids::WRITE;
use super::examples::Examples;
use crate::store::store;

/// Field, generation, tokens.
#[component]
pub fn Prompt(
    /// The tokens, as the rooms draw them.
    children: Children,
) -> impl IntoView {
    let store = store();
    let error = store.select(|state: &State| state.frame.subject.error.clone());
    let has_run = store.select(|state: &State| state.frame.subject.run.is_some());
    let stale = move || has_run.get().then_some(frame_words::SHOWS_LAST_GOOD);
    let sentence = move |error| {
        view! { <p class="error" role="alert" id="prompt-error">{error}" "{stale}</p> }
    };
    let can_offer = store.select(|state: &State| state.frame.can_offer_example());
    let offer = move || {
        let take = move |_| store.dispatch(FrameAction::UseExample);
        let button = view! {
            <button type="button" class="button example" on:click=take>{frame_words::USE_EXAMPLE}</button>
        };
        can_offer.get().then_some(button)
    };
    let cut = store.select(|state: &State| status::cut_offer(&state.frame));
    let offer_cut = move || {
        let take = move |_| store.dispatch(FrameAction::CutPrompt);
        let button = |label| {
            view! { <button type="button" class="button example" on:click=take>{label}</button> }
        };
        cut.get().map(button)
    };
    view! {
        <section class="prompt" aria-label=frame_words::PROMPT>
            <Field/>
            <Examples/>
            <Writing/>
            {children()}
            {move || error.get().map(sentence)}
            {offer_cut}
            {offer}
        </section>
    }
}

#[component]
fn Field() -> impl IntoView {
    let store = store();
    let prompt = store.select(|state: &State| state.frame.prompt.clone());
    let is_bad = store.select(|state: &State| state.frame.subject.error.is_some());
    let used = store.select(|state: &State| status::used(&state.frame));
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            store.dispatch(FrameAction::RunPrompt(store.peek(|state| state.frame.edit)));
        }
    };
    view! {
        <label class="label" for="prompt">{frame_words::PROMPT}</label>
        <textarea
            id="prompt"
            rows="1"
            spellcheck="false"
            autocomplete="off"
            placeholder=frame_words::PROMPT_HINT
            aria-invalid=move || is_bad.get().to_string()
            aria-describedby=move || is_bad.get().then_some("prompt-error")
            prop:value=move || prompt.get()
            on:input=move |event| store.dispatch(FrameAction::EditPrompt(event_target_value(&event)))
            on:keydown=on_key
        ></textarea>
        <span class="used number">{move || used.get()}</span>
    }
}

/// Generate, or Stop, with the seed.
#[component]
fn Writing() -> impl IntoView {
    let store = store();
    let is_writing = store.select(|state: &State| state.frame.session.is_generating());
    let can_write = store.select(|state: &State| {
        state.frame.session.backend().is_some()
            && state.frame.subject.error.is_none()
            && !state.frame.prompt.is_empty()
    });
    let seed = store.select(|state: &State| state.frame.seed);
    let field = NodeRef::<html::Input>::new();
    let set_seed = move |event| match event_target_value(&event).parse() {
        Ok(seed) => store.dispatch(FrameAction::SetSeed(seed)),
        // What is no seed gives way to the one that is used.
        Err(_) => {
            if let Some(field) = field.get_untracked() {
                field.set_value(&seed.get_untracked().to_string());
            }
        }
    };
    // One button for both, so that the focus stays when one becomes the other.
    let write = move |_| {
        store.dispatch(match is_writing.get_untracked() {
            true => FrameAction::Engine(Input::StopGenerating),
            false => FrameAction::Generate,
        });
    };
    view! {
        <div class="writing">
            <label class="label" for="seed">{frame_words::SEED}</label>
            <input
                id="seed"
                node_ref=field
                class="number"
                type="number"
                min="0"
                step="1"
                inputmode="numeric"
                prop:value=move || seed.get().to_string()
                on:change=set_seed
            />
            <button
                type="button"
                class="button"
                id=WRITE
                title=frame_words::GENERATE_HINT
                disabled=move || !is_writing.get() && !can_write.get()
                on:click=write
            >
                {move || if is_writing.get() { frame_words::STOP } else { frame_words::GENERATE }}
            </button>
        </div>
    }
}
