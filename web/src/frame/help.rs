//! What the page is, its words and its keys.

use headlight_view::frame::Panel;
use headlight_view::frame::help;
use headlight_view::frame::words as frame_words;
use headlight_view::room::Room;
use leptos::prelude::*;

use super::popover::Popover;
use crate::second_module::{SecondModule, view_or_placeholder};
use crate::store::store;

/// The help.
#[component]
pub fn Help() -> impl IntoView {
    let button = view! { <span aria-hidden="true">"?"</span> };
    view! {
        <Popover
            panel=Panel::Help
            heading=frame_words::HELP
            class="button quiet icon"
            name=Signal::stored(frame_words::HELP.to_owned())
            button=button
        >
            {view_or_placeholder(|second: &SecondModule| second.help, (), None)}
        </Popover>
    }
}

/// What the page is, its words and its keys.
#[component]
pub fn Words() -> impl IntoView {
    // The words and keys of the room come first.
    let is_flash = store().peek(|state| state.room == Room::Flash);
    let of_room = |list| is_flash.then(|| terms(list));
    view! {
        <p class="say">{frame_words::ABOUT}</p>
        <h3>{frame_words::WORDS}</h3>
        <dl class="glossary">{of_room(help::FLASH_GLOSSARY)}{terms(help::GLOSSARY)}</dl>
        <h3>{frame_words::KEYS_HEADING}</h3>
        <dl class="keys">{of_room(help::FLASH_KEYS)}{terms(frame_words::KEYS)}</dl>
    }
}

fn terms(list: &'static [(&str, &str)]) -> impl IntoView {
    let term = |(word, meaning): &(&'static str, &'static str)| {
        view! { <dt>{*word}</dt><dd>{*meaning}</dd> }
    };
    list.iter().map(term).collect_view()
}
