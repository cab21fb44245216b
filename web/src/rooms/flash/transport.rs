//! Play, step, scrub, by pointer and by keyboard.

use headlight_view::State;
use headlight_view::room::Room;
use headlight_view::rooms::flash::{FlashAction, SPEEDS, words};
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::dispatch::act;
use super::flash_view::FlashView;
use crate::derived::react;
use crate::draw::{Element, Node, el, reactive};
use crate::host;
use crate::store::Store;

/// Buttons, slider, speed.
pub fn transport(room: FlashView) -> Node {
    let pace = room.store.select(|state: &State| {
        let room = &state.flash;
        (room.playing.is_some(), room.speed)
    });
    reactive(move || {
        let (is_playing, speed) = pace.get();
        let at = room.now.course().map(|(course, step)| {
            let walking = course.still_walking(step);
            (step, course.n_steps(), walking)
        });
        // With no step there is nothing to play.
        let is_idle = at.is_none_or(|(_, n_steps, _)| n_steps == 0);
        let (step, n_steps, walking) = at.unwrap_or_default();
        let clock = words::clock_of(step, n_steps, walking);
        let pressed = |class: &'static str, name: &'static str, path, action: FlashAction| {
            el("button")
                .set("type", "button")
                .class(class)
                .set("aria-label", name)
                .set("title", name)
                .set_if("disabled", is_idle)
                .click(move || room.act(action.clone()))
                .add(icon(path))
        };
        let button = |name, path, action| pressed("button", name, path, action);
        let (play, path) = if is_playing {
            (words::PAUSE, "M4 1 H7 V11 H4 Z M9 1 H12 V11 H9 Z")
        } else {
            (words::PLAY, "M4 0.5 L13 6 L4 11.5 Z")
        };
        let play = pressed("button play", play, path, FlashAction::TogglePlay);
        let scrub = el("input")
            .set("type", "range")
            .set("min", "0")
            .set("max", n_steps.to_string())
            .set("aria-label", words::SCRUB)
            .set("aria-valuetext", clock.clone())
            .set_if("disabled", is_idle)
            .value(step.to_string())
            .input(move |value| {
                if let Ok(step) = value.parse() {
                    room.act(FlashAction::GoTo(step));
                }
            });
        el("div")
            .class("transport")
            .set("role", "group")
            .set("aria-label", words::TRANSPORT)
            .add(button(
                words::TO_START,
                "M2 1 H3.6 V11 H2 Z M14 1 V11 L5 6 Z",
                FlashAction::GoTo(0),
            ))
            .add(button(
                words::TILE_BACK,
                "M8 1 V11 L1 6 Z M15 1 V11 L8 6 Z",
                FlashAction::TileBy(-1),
            ))
            .add(button(
                words::STEP_BACK,
                "M11 1 V11 L4 6 Z",
                FlashAction::StepBy(-1),
            ))
            .add(play)
            .add(button(
                words::STEP_ON,
                "M5 1 L12 6 L5 11 Z",
                FlashAction::StepBy(1),
            ))
            .add(button(
                words::TILE_ON,
                "M1 1 L8 6 L1 11 Z M8 1 L15 6 L8 11 Z",
                FlashAction::TileBy(1),
            ))
            .add(button(
                words::TO_END,
                "M12.4 1 H14 V11 H12.4 Z M2 1 L11 6 L2 11 Z",
                FlashAction::GoTo(u64::MAX),
            ))
            .add(el("span").class("number clock").add(clock))
            .add(scrub)
            .add(speeds(room, speed))
            .into()
    })
}

fn icon(path: &'static str) -> Element {
    el("svg")
        .set("viewBox", "0 0 16 12")
        .set("width", "16")
        .set("height", "12")
        .set("aria-hidden", "true")
        .add(el("path").set("d", path))
}

fn speeds(room: FlashView, chosen: usize) -> Element {
    let option = |(index, &speed): (usize, &f64)| {
        el("option")
            .set("value", index.to_string())
            .add(words::speed(speed))
    };
    let list = el("select")
        .all(SPEEDS.iter().enumerate().map(option))
        .value(chosen.to_string())
        .change(move |value| {
            if let Ok(speed) = value.parse() {
                room.act(FlashAction::SetSpeed(speed));
            }
        });
    el("label").class("speed").add(words::SPEED).add(list)
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
        let action = match event.key().as_str() {
            " " => FlashAction::TogglePlay,
            "ArrowRight" if event.shift_key() => FlashAction::TileBy(1),
            "ArrowLeft" if event.shift_key() => FlashAction::TileBy(-1),
            "ArrowRight" => FlashAction::StepBy(1),
            "ArrowLeft" => FlashAction::StepBy(-1),
            "Home" => FlashAction::GoTo(0),
            "End" => FlashAction::GoTo(u64::MAX),
            digit => match digit.parse::<usize>() {
                Ok(0) => {
                    FlashAction::SetSpeed(headlight_view::rooms::flash::FlashRoom::USUAL_SPEED)
                }
                Ok(digit) if digit <= SPEEDS.len() => FlashAction::SetSpeed(digit - 1),
                _ => return,
            },
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
