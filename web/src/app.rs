//! The page: frame around the room, keys, and what the root element says.

use headlight_view::State;
use headlight_view::frame::Panel;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::status;
use headlight_view::frame::words::window_title;
use headlight_view::room::Room;
use headlight_view::rooms::attention::action::AttentionAction;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::derived::react;
use crate::frame::{Header, Notices, Prompt, StatusLine, panel_id};
use crate::rooms::attention::{AttentionModule, AttentionRoom, Chips, TokenNote};
use crate::rooms::flash::Flash;
use crate::second_module::{Lazy, SecondModule};
use crate::store::Store;
use crate::{effects, host, second_module_entry};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let (second, attention) = (Lazy::<SecondModule>::new(), Lazy::<AttentionModule>::new());
    let store = Store::new(move |store, effect| effects::run(store, second, effect));
    provide_context(store);
    provide_context(second);
    provide_context(attention);
    publish_status_attributes(store);
    name_window(store);
    listen_to_keys(store);
    close_panels_from_outside(store);
    second_module_entry::fetch(store, second, attention);
    effects::start(store, second);
    let announcement = store.select(|state: &State| state.frame.announcement.clone());
    let is_attention = store.select(|state: &State| state.room == Room::Attention);
    view! {
        <Header/>
        <Prompt>
            <Chips/>
            <TokenNote/>
        </Prompt>
        <Notices/>
        <Show when=move || is_attention.get()>
            <AttentionRoom/>
        </Show>
        <Flash/>
        <StatusLine/>
        <p class="unseen" role="status" aria-live="polite">{move || announcement.get()}</p>
    }
}

/// Names the window after the room, as tabs and bookmarks show it.
fn name_window(store: Store) {
    let room = store.select(|state: &State| state.room);
    react(move || document().set_title(&window_title(room.get().title())));
}

/// Keeps the root element's attributes true. They change a moment after the
/// figures, and after the tables, which come in the task after those: whoever waits
/// for them finds both.
fn publish_status_attributes(store: Store) {
    let attributes = store.select(|state: &State| status::root(&state.frame));
    react(move || {
        let attributes = attributes.get();
        let tell = move || {
            host::set_root("data-engine", Some(attributes.engine));
            host::set_root("data-backend", Some(attributes.backend));
            host::set_root("data-run", attributes.run.as_deref());
        };
        host::in_another_task(move || host::in_another_task(tell));
    });
}

/// The keys that work everywhere but where text is typed.
fn listen_to_keys(store: Store) {
    let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close_panel(store);
            return;
        }
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
            return;
        }
        let (layers, heads) = match event.key().as_str() {
            "[" => (-1, 0),
            "]" => (1, 0),
            "," => (0, -1),
            "." => (0, 1),
            "?" => {
                event.prevent_default();
                toggle_help(store);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        store.dispatch(AttentionAction::MoveHead { layers, heads });
    });
    on_cleanup(move || handle.remove());
}

/// Whoever opens the help by a key reads and scrolls it by keys.
fn toggle_help(store: Store) {
    if store.peek(|state| state.frame.panel == Some(Panel::Help)) {
        close_panel(store);
    } else {
        store.dispatch(FrameAction::Toggle(Panel::Help));
        host::once_drawn(|| host::focus_in_place(panel_id(Panel::Help)));
    }
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "TEXTAREA" | "INPUT"))
}

/// Closes what is open and gives the focus back to what opened it.
fn close_panel(store: Store) {
    if store.peek(|state| state.frame.panel.is_none()) {
        return;
    }
    let opener = document()
        .query_selector("[aria-expanded='true'][data-opener]")
        .ok()
        .flatten();
    store.dispatch(FrameAction::ClosePanel);
    if let Some(opener) = opener {
        host::focus_element(opener);
    }
}

fn close_panels_from_outside(store: Store) {
    let handle = window_event_listener(ev::pointerdown, move |event| {
        if store.peek(|state| state.frame.panel.is_none()) {
            return;
        }
        let target = event
            .target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let is_inside = target.is_some_and(|element| {
            element
                .closest(".popover")
                .is_ok_and(|found| found.is_some())
        });
        if !is_inside {
            store.dispatch(FrameAction::ClosePanel);
        }
    });
    on_cleanup(move || handle.remove());
}
