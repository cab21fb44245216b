//! Play, step, scrub, and the timeline.

use headlight_view::flash::timeline::{Cell, Timeline, step_at, timeline};
use headlight_view::flash::{FlashAction, SPEEDS, words};
use headlight_view::{FlashFigure, Place, State};
use leptos::ev::{self, KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::act;
use super::now::Now;
use crate::figure::More;
use crate::host;
use crate::store::{Store, store};

/// Buttons, slider, speed, timeline.
#[component]
pub fn Transport() -> impl IntoView {
    let store = store();
    let now: Now = expect_context();
    let is_playing = store.select(|state: &State| state.flash.playing.is_some());
    let at = Memo::new(move |_| {
        now.course(|course, step| (step, course.n_steps(), course.left_alone(step)))
    });
    let clock = move || {
        let (step, n_steps, walking) = at.get().unwrap_or_default();
        words::clock_of(step, n_steps, walking)
    };
    // With no step there is nothing to play.
    let is_idle = move || at.get().is_none_or(|(_, n_steps, _)| n_steps == 0);
    let button = move |name: &'static str, path: &'static str, action: FlashAction| {
        view! {
            <button
                type="button"
                class="button"
                aria-label=name
                title=name
                disabled=is_idle
                on:click=move |_| act(store, action.clone())
            >
                <svg viewBox="0 0 16 12" width="16" height="12" aria-hidden="true"><path d=path/></svg>
            </button>
        }
    };
    let play_name = move || {
        if is_playing.get() {
            words::PAUSE
        } else {
            words::PLAY
        }
    };
    let play_path = move || {
        if is_playing.get() {
            "M4 1 H7 V11 H4 Z M9 1 H12 V11 H9 Z"
        } else {
            "M4 0.5 L13 6 L4 11.5 Z"
        }
    };
    let speed = store.select(|state: &State| state.flash.speed);
    view! {
        <div class="transport" role="group" aria-label=words::TRANSPORT>
            {button(words::TO_START, "M2 1 H3.6 V11 H2 Z M14 1 V11 L5 6 Z", FlashAction::GoTo(0))}
            {button(words::TILE_BACK, "M8 1 V11 L1 6 Z M15 1 V11 L8 6 Z", FlashAction::TileBy(-1))}
            {button(words::STEP_BACK, "M11 1 V11 L4 6 Z", FlashAction::StepBy(-1))}
            <button
                type="button"
                class="button play"
                aria-label=play_name
                title=play_name
                disabled=is_idle
                on:click=move |_| act(store, FlashAction::TogglePlay)
            >
                <svg viewBox="0 0 16 12" width="16" height="12" aria-hidden="true"><path d=play_path/></svg>
            </button>
            {button(words::STEP_ON, "M5 1 L12 6 L5 11 Z", FlashAction::StepBy(1))}
            {button(words::TILE_ON, "M1 1 L8 6 L1 11 Z M8 1 L15 6 L8 11 Z", FlashAction::TileBy(1))}
            {button(words::TO_END, "M12.4 1 H14 V11 H12.4 Z M2 1 L11 6 L2 11 Z", FlashAction::GoTo(u64::MAX))}
            <span class="number clock">{clock}</span>
            <input
                type="range"
                min="0"
                max=move || at.get().unwrap_or_default().1.to_string()
                prop:value=move || at.get().unwrap_or_default().0.to_string()
                aria-label=words::SCRUB
                disabled=is_idle
                aria-valuetext=clock
                on:input=move |event| {
                    if let Ok(step) = event_target_value(&event).parse() {
                        act(store, FlashAction::GoTo(step));
                    }
                }
            />
            <label class="speed">
                {words::SPEED}
                <select
                    prop:value=move || speed.get().to_string()
                    on:change=move |event| {
                        if let Ok(speed) = event_target_value(&event).parse() {
                            act(store, FlashAction::SetSpeed(speed));
                        }
                    }
                >
                    {SPEEDS.iter().enumerate().map(|(index, &speed)| {
                        view! { <option value=index.to_string() selected=move || index == store.peek(|state| state.flash.speed)>{words::speed(speed)}</option> }
                    }).collect_view()}
                </select>
            </label>
        </div>
        <Cells/>
    }
}

/// The steps around this one.
#[component]
fn Cells() -> impl IntoView {
    let store = store();
    let now: Now = expect_context();
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let drawn = Memo::new(move |_| {
        let width = width.get();
        if width < 1.0 {
            return None;
        }
        now.course(|course, step| timeline(course, step, width))
    });
    let cells = move || {
        drawn.with(|line| {
            line.as_ref()
                .map(|line| line.cells.iter().cloned().map(cell).collect_view())
        })
    };
    let mark = move || {
        drawn.with(|line| {
            let x = line.as_ref()?.now?;
            let path = format!("M{x:.1} 21 l-5 7 h10 Z");
            Some(view! { <path class="mark" d=path></path> })
        })
    };
    let kinds = move || {
        let kinds = drawn.with(|line| line.as_ref().map(Timeline::kinds).unwrap_or_default());
        let entry = |kind| view! { <li><i class=class_of(kind)></i>{words::kind(kind)}</li> };
        kinds.into_iter().map(entry).collect_view()
    };
    let go = move |event: &PointerEvent| {
        let Some(element) = element.get_untracked() else {
            return;
        };
        let left = element
            .unchecked_into::<web_sys::Element>()
            .get_bounding_client_rect()
            .left();
        let x = f64::from(event.client_x()) - left;
        if let Some(step) = drawn.with(|line| step_at(line.as_ref()?, x)) {
            act(store, FlashAction::GoTo(step));
        }
    };
    let press = move |event: PointerEvent| {
        host::capture_pointer(&event);
        go(&event);
    };
    let drag = move |event: PointerEvent| {
        if event.buttons() == 1 {
            go(&event);
        }
    };
    view! {
        <div class="strip">
            <figure data-figure=FlashFigure::Timeline.name() aria-label=words::TIMELINE>
                <div
                    class="timeline"
                    node_ref=element
                    title=words::TIMELINE
                    on:pointerdown=press
                    on:pointermove=drag
                >
                    <svg width=move || width.get() height="30" role="img" aria-label=words::TIMELINE>
                        {cells}
                        {mark}
                    </svg>
                </div>
                <ul class="kinds" aria-hidden="true">{kinds}</ul>
            </figure>
            <More figure=FlashFigure::Timeline/>
        </div>
    }
}

fn cell(cell: Cell) -> impl IntoView {
    let done = if cell.is_done { "done" } else { "" };
    let class = format!("{} {done}", class_of(cell.kind));
    let top = if cell.begins_tile { 2.0 } else { 5.0 };
    view! { <rect class=class x=cell.x y=top width=cell.width.max(0.8) height=18.0 - top></rect> }
}

const fn class_of(kind: headlight_view::flash::EventKind) -> &'static str {
    use headlight_view::flash::EventKind as Kind;
    match kind {
        Kind::Load => "event load",
        Kind::Scores => "event scores",
        Kind::Mask => "event mask",
        Kind::RowMax => "event row-max",
        Kind::Rescale => "event rescale",
        Kind::Exp => "event exp",
        Kind::RowSum => "event row-sum",
        Kind::Pv => "event pv",
        Kind::Normalise => "event normalise",
        Kind::Store => "event store",
        Kind::Skip => "event skipped",
        Kind::Merge => "event merge",
    }
}

/// While it plays, every frame of the screen takes it further.
pub fn keep_time(store: Store) {
    let is_playing = store.select(|state: &State| state.flash.playing.is_some());
    Effect::new(move |_| {
        if is_playing.get() {
            next_frame(store, host::now_ms());
        }
    });
}

fn next_frame(store: Store, last_ms: f64) {
    host::once_drawn(move || {
        let is_playing =
            store.try_peek(|state| state.place == Place::Flash && state.flash.playing.is_some());
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
        if event.ctrl_key() || event.meta_key() || event.alt_key() || wants_keys(&event) {
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
                Ok(0) => FlashAction::SetSpeed(headlight_view::flash::FlashRoom::USUAL_SPEED),
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
