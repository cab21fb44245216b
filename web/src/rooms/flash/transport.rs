//! Play, step, scrub, by pointer and by keyboard.

use headlight_figure::Gesture;
use headlight_view::State;
use headlight_view::room::Room;
use headlight_view::rooms::flash::figures::transport::{self, on_gesture, on_key};
use headlight_view::rooms::flash::{FlashAction, FlashRoom, SPEEDS, words};
use leptos::ev::{self, KeyboardEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::dispatch::act;
use super::flash_view::FlashView;
use crate::controls::{Entry, select};
use crate::derived::{Derived, react};
use crate::frame::figure::operated_view;
use crate::host;
use crate::store::Store;

/// Buttons, slider, speed.
pub fn transport(room: FlashView) -> AnyView {
    let is_playing = room
        .store
        .select(|state: &State| state.flash.playing.is_some());
    let place = NodeRef::<Div>::new();
    let drawn = move || {
        let at = room.now.course().map(|(course, step)| {
            let walking = course.still_walking(step);
            (step, course.n_steps(), walking)
        });
        let (step, n_steps, walking) = at.unwrap_or_default();
        let clock = words::clock_of(step, n_steps, walking);
        transport::transport(step, n_steps, is_playing.get(), clock)
    };
    let act = move |gesture: Gesture| {
        // With no step there is nothing to play.
        let can_play = untrack(|| {
            room.now
                .course()
                .is_some_and(|(course, _)| course.n_steps() > 0)
        });
        room.act_if(on_gesture(&gesture).filter(|_| can_play))
    };
    view! {
        <div class="transport">
            <div class="operated" node_ref=place></div>
            {operated_view(place, Box::new(drawn), Some(Box::new(act)))}
            {speeds(room)}
        </div>
    }
    .into_any()
}

/// Choice of the steps that are played per second.
fn speeds(room: FlashView) -> AnyView {
    let entry = |(index, &speed): (usize, &f64)| Entry::new(index.to_string(), words::speed(speed));
    let entries = Derived::new(move || SPEEDS.iter().enumerate().map(entry).collect());
    let chosen = room
        .store
        .select(|state: &State| state.flash.speed.to_string());
    let choose = move |speed: String| {
        if let Ok(speed) = speed.parse() {
            room.act(FlashAction::SetSpeed(speed));
        }
    };
    let choose = Callback::new(choose);
    select(
        words::SPEED,
        None,
        Some("speed"),
        entries,
        chosen,
        choose,
        None,
    )
}

/// While it plays, every frame of the screen takes it further.
pub fn keep_time(store: Store) {
    let is_playing = store.select(|state: &State| state.flash.playing.is_some());
    react(move || {
        if is_playing.get() {
            next_frame(store, host::now_ms());
        }
    });
}

fn next_frame(store: Store, last_ms: f64) {
    host::once_drawn(move || {
        let is_playing =
            store.try_peek(|state| state.room == Room::Flash && state.flash.playing.is_some());
        if is_playing == Some(true) {
            let now_ms = host::now_ms();
            act(store, FlashAction::Tick(now_ms - last_ms));
            next_frame(store, now_ms);
        }
    });
}

/// Space, arrows, Home, End and digits, wherever nothing else wants them.
pub fn listen_to_keys(store: Store) {
    let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if event.default_prevented()
            || event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || wants_keys(&event)
        {
            return;
        }
        let key = event.key();
        let by_digit = || match key.parse::<usize>().ok()? {
            0 => Some(FlashAction::SetSpeed(FlashRoom::USUAL_SPEED)),
            digit => (digit <= SPEEDS.len()).then(|| FlashAction::SetSpeed(digit - 1)),
        };
        let by_key = on_key(&key, event.shift_key());
        let Some(action) = by_key.or_else(by_digit) else {
            return;
        };
        event.prevent_default();
        act(store, action);
    });
    on_cleanup(move || handle.remove());
}

/// True where a key means something to what has the focus.
fn wants_keys(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| {
        let is_button_and_space = event.key() == " " && element.tag_name() == "BUTTON";
        matches!(
            element.tag_name().as_str(),
            "TEXTAREA" | "INPUT" | "SELECT" | "A"
        ) || is_button_and_space
            || element
                .closest("[role=menu], [role=grid], [role=region]")
                .is_ok_and(|found| found.is_some())
    })
}
