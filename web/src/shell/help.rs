//! What the page is, and its keys.

use headlight_view::{Panel, text};
use leptos::prelude::*;

use super::popover::Popover;

/// The help.
#[component]
pub fn Help() -> impl IntoView {
    let button = view! { <span aria-hidden="true">"?"</span> };
    view! {
        <Popover
            panel=Panel::Help
            heading=text::HELP
            class="button quiet icon"
            name=Signal::stored(text::HELP.to_owned())
            button=button
        >
            <p class="say">{text::ABOUT}</p>
            <dl class="keys">
                {text::KEYS
                    .iter()
                    .map(|(keys, does)| view! { <dt>{*keys}</dt><dd>{*does}</dd> })
                    .collect_view()}
            </dl>
        </Popover>
    }
}
