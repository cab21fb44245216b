//! The way into the room: its module is fetched when it is first opened.

use headlight_view::State;
use headlight_view::room::Room;
use headlight_view::session::words as session_words;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::room::draw_room;
use crate::derived::react;
use crate::store::store;
use crate::{host, second_module};

/// What draws the room.
type Draw = fn() -> AnyView;

/// The room, once its module is there; fetched when it is first opened.
#[component]
pub fn Flash() -> impl IntoView {
    let store = store();
    let is_open = store.select(|state: &State| state.room == Room::Flash);
    let draw = RwSignal::new(None::<Draw>);
    let is_asked = StoredValue::new(false);
    react(move || {
        if is_open.get() && !is_asked.get_value() {
            is_asked.set_value(true);
            host::enable_style("flash-style");
            second_module::fetch(store, open, move |found| draw.set(Some(found)));
        }
    });
    view! {
        <Show when=move || is_open.get()>
            {move || match draw.get() {
                Some(draw) => draw(),
                None => view! { <main class="flash"><p class="awaited late">{session_words::PART_AWAITED}</p></main> }.into_any(),
            }}
        </Show>
    }
}

/// The room's module; an error if it could not be fetched.
#[wasm_split(flash, fallible, wasm_split_path = leptos::wasm_split)]
fn open() -> Result<Draw, SplitLoaderError> {
    Ok(draw_room)
}
