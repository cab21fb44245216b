//! The bar at the top: mark, rooms, model, backend, link, theme, help.

use headlight_view::frame::ThemeName;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::words as frame_words;
use headlight_view::room::Room;
use headlight_view::{Action, State};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::backend::BackendBadge;
use super::element_ids::FIGURE;
use super::help::Help;
use super::models::ModelPicker;
use crate::host;
use crate::store::store;

/// The bar.
#[component]
pub fn Header() -> impl IntoView {
    view! {
        <header class="bar">
            <a class="skip" href=format!("#{FIGURE}") on:click=skip>{frame_words::SKIP}</a>
            <h1 class="unseen">{frame_words::PAGE_HEADING}</h1>
            <span class="mark"><Mark/>{frame_words::PRODUCT}</span>
            <nav class="rooms" aria-label=frame_words::ROOMS>
                {Room::ALL.iter().map(|place| view! { <RoomLink place=*place/> }).collect_view()}
            </nav>
            <div class="tools">
                <ModelPicker/>
                <BackendBadge/>
                <Share/>
                <ThemeToggle/>
                <Help/>
            </div>
        </header>
    }
}

/// The way to a room.
#[component]
fn RoomLink(place: Room) -> impl IntoView {
    let store = store();
    let is_open = store.select(move |state: &State| state.room == place);
    let enter = move |event: MouseEvent| {
        event.prevent_default();
        store.dispatch(Action::Enter(place));
    };
    view! {
        <a
            href=format!("#/{}", place.name())
            aria-current=move || is_open.get().then_some("page")
            on:click=enter
        >
            {place.title()}
        </a>
    }
}

/// Moves the focus past the frame, without touching the address, which is the permalink.
fn skip(event: MouseEvent) {
    event.prevent_default();
    host::focus(FIGURE);
}

/// A lamp and its beam.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 30 16" width="30" height="16" aria-hidden="true">
            <path class="beam-wide" d="M11 8 L29 1 V15 Z"/>
            <path class="beam-core" d="M11 8 L29 5 V11 Z"/>
            <circle class="lamp" cx="7" cy="8" r="6"/>
        </svg>
    }
}

#[component]
fn Share() -> impl IntoView {
    let store = store();
    let is_copied = store.select(|state: &State| state.frame.is_copied);
    let label = move || {
        if is_copied.get() {
            frame_words::COPIED
        } else {
            frame_words::SHARE
        }
    };
    view! {
        <button type="button" class="button share" on:click=move |_| store.dispatch(FrameAction::Share)>
            {label}
        </button>
    }
}

#[component]
fn ThemeToggle() -> impl IntoView {
    let store = store();
    let theme = store.select(|state: &State| state.frame.theme);
    let is_dark = move || (theme.get() == ThemeName::Dark).to_string();
    view! {
        <button
            type="button"
            class="button quiet icon"
            aria-label=frame_words::DARK_THEME
            title=frame_words::DARK_THEME
            aria-pressed=is_dark
            on:click=move |_| store.dispatch(FrameAction::ToggleTheme)
        >
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/>
                <path d="M8 1.75 A6.25 6.25 0 0 1 8 14.25 Z" fill="currentColor"/>
            </svg>
        </button>
    }
}
