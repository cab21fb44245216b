//! What the model wrote after the prompt.

use headlight_figure::number;
use headlight_figure::token::VisibleToken;
use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::continuation::Continuation;
use headlight_view::frame::words as frame_words;
use leptos::prelude::*;

use super::element_ids::WRITE;
use super::visible_token::Visible;
use crate::host;
use crate::store::store;

/// What the model wrote after the prompt, if it wrote.
#[component]
pub fn MaybeWritten() -> impl IntoView {
    let continuation = store().select(|state: &State| state.frame.subject.continuation.clone());
    move || {
        continuation
            .get()
            .map(|written| view! { <Written written/> })
    }
}

#[component]
fn Written(written: Continuation) -> impl IntoView {
    let store = store();
    let is_writing = store.select(|state: &State| state.frame.session.is_generating());
    // Both buttons go with what they decide on; the focus goes to where it came from.
    let decide = move |action| {
        store.dispatch(action);
        host::focus(WRITE);
    };
    let has_text = !written.text().is_empty();
    let nothing = written
        .is_over_at_once()
        .then_some(frame_words::OVER_AT_ONCE);
    let tokens = written.tokens.iter().map(|token| {
        let shown = VisibleToken::new(&token.text);
        let title = format!("{} ({})", shown.full(), number::percent(token.prob));
        view! { <span class="chip new" title=title><Visible token=shown/></span> }
    });
    let tokens = tokens.collect_view();
    let drawn_otherwise = store.select(|state: &State| state.frame.drawn_otherwise());
    let error = written
        .error
        .map(|error| view! { <p class="error" role="alert">{error}</p> });
    view! {
        <div class="continuation" role="group" aria-label=frame_words::CONTINUATION>
            {tokens}
            {nothing.map(|nothing| view! { <p class="say">{nothing}</p> })}
            <Show when=move || is_writing.get()>
                <span class="caret" aria-hidden="true"></span>
            </Show>
            <Show when=move || !is_writing.get()>
                <span class="actions">
                    <Show when=move || has_text>
                        <button
                            type="button"
                            class="button small"
                            on:click=move |_| decide(FrameAction::KeepContinuation)
                        >
                            {frame_words::KEEP}
                        </button>
                    </Show>
                    <button
                        type="button"
                        class="button quiet small"
                        on:click=move |_| decide(FrameAction::DropContinuation)
                    >
                        {frame_words::DISCARD}
                    </button>
                </span>
            </Show>
            {move || drawn_otherwise.get().map(|how| view! { <p class="note">{how}</p> })}
            {error}
        </div>
    }
}
