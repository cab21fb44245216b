//! Prompts to try, and the words that the model knows.

use headlight_figure::token;
use headlight_view::frame::Panel;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::models::ModelExample;
use headlight_view::frame::words as frame_words;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::popover::Popover;
use crate::host;
use crate::store::{Store, store};

/// Most characters of a prompt in the list.
const SHOWN_CHARS: usize = 90;

/// The button. It is there before the list, so that nothing moves when that arrives.
#[component]
pub fn Examples() -> impl IntoView {
    view! {
        <div class="examples">
            <Popover
                panel=Panel::Examples
                heading=frame_words::EXAMPLES
                class="button"
                name=Signal::stored(frame_words::EXAMPLES.to_owned())
                button=frame_words::EXAMPLES
            >
                <List/>
            </Popover>
        </div>
    }
}

/// What the panel holds.
#[component]
fn List() -> impl IntoView {
    let store = store();
    let examples = store.peek(|state| state.frame.examples().to_vec());
    let has_none = examples.is_empty();
    let choices = examples.into_iter().enumerate();
    let choices = choices.map(|(index, example)| choice(store, index, &example));
    // Fetched only by those who look; `None` until it is there.
    // Counted, since the panel may be closed before that.
    let known = ArcRwSignal::new(None::<String>);
    let arrived = known.clone();
    let model = store.peek(|state| state.frame.session.model().to_owned());
    spawn_local(async move {
        let file = host::fetch_text(&format!("models/{model}/words.txt")).await;
        arrived.set(Some(
            file.unwrap_or_else(|_| frame_words::NO_KNOWN_WORDS.to_owned()),
        ));
    });
    view! {
        <ul class="models">{choices.collect_view()}</ul>
        {has_none.then(|| view! { <p class="note">{frame_words::NO_EXAMPLES}</p> })}
        <h3>{frame_words::KNOWN_WORDS}</h3>
        <p class="note">{frame_words::ABOUT_KNOWN_WORDS}</p>
        <p class="known-words">{move || known.get()}</p>
    }
}

fn choice(store: Store, index: usize, example: &ModelExample) -> impl IntoView + use<> {
    view! {
        <li>
            <button type="button" on:click=move |_| store.dispatch(FrameAction::RunExample(index))>
                <span class="name">{token::shorten(&example.prompt, SHOWN_CHARS)}</span>
                <span class="about">{example.about.clone()}</span>
            </button>
        </li>
    }
}
