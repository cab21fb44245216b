//! What the page is, its words and its keys.

use headlight_view::{Panel, Place, text};
use leptos::prelude::*;

use super::popover::Popover;
use crate::further::drawn_or_awaited;
use crate::store::store;

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
            {drawn_or_awaited(|further| further.help, (), None)}
        </Popover>
    }
}

/// What the page is, its words and its keys.
#[component]
pub fn Words() -> impl IntoView {
    // The words and keys of the room come first.
    let is_flash = store().peek(|state| state.place == Place::Flash);
    let of_room = |list| is_flash.then(|| terms(list));
    view! {
        <p class="say">{text::ABOUT}</p>
        <h3>{text::WORDS}</h3>
        <dl class="glossary">{of_room(text::FLASH_GLOSSARY)}{terms(text::GLOSSARY)}</dl>
        <h3>{text::KEYS_HEADING}</h3>
        <dl class="keys">{of_room(text::FLASH_KEYS)}{terms(text::KEYS)}</dl>
    }
}

fn terms(list: &'static [(&str, &str)]) -> impl IntoView {
    let term = |(word, meaning): &(&'static str, &'static str)| {
        view! { <dt>{*word}</dt><dd>{*meaning}</dd> }
    };
    list.iter().map(term).collect_view()
}
