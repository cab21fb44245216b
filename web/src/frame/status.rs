//! The line at the bottom.

use headlight_view::State;
use headlight_view::frame::status;
use headlight_view::frame::words as frame_words;
use leptos::prelude::*;

use crate::store::store;

/// The run that is shown, in facts, and the promise.
#[component]
pub fn StatusLine() -> impl IntoView {
    let facts = store().select(|state: &State| status::status_line(&state.frame));
    let spans = move || {
        let facts = facts.get().into_iter();
        facts
            .map(|fact| view! { <span>{fact}</span> })
            .collect_view()
    };
    view! {
        <footer class="status">
            {spans}
            <span class="promise">{frame_words::NOTHING_LEAVES}</span>
        </footer>
    }
}
