//! What the reducer asks for, done with the browser.

use std::cell::Cell;
use std::time::Duration;

use headlight_view::Action;
use headlight_view::frame::ModelInfo;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::effect::Effect;
use headlight_view::session::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::host;
use crate::second_module::{Lazy, SecondModule};
use crate::store::Store;

/// A pause in typing after which the prompt runs.
const TYPING_PAUSE: Duration = Duration::from_millis(120);
/// Time for which the Share button says that it worked.
const COPIED_FOR: Duration = Duration::from_secs(2);
/// Interval at which silence is measured.
const TICK: Duration = Duration::from_millis(500);
/// Number of ticks after which the page asks again whether a build was added.
const TICKS_BETWEEN_BUILDS: u32 = 12;

/// Carries out one effect; what the second module does waits until it is there.
pub fn run(store: Store, second: Lazy<SecondModule>, effect: Effect) {
    match effect {
        Effect::Worker(command) => {
            second.when_loaded(move |second| (second.run_command)(store, command));
        }
        Effect::Truth(command) => {
            second.when_loaded(move |second| (second.run_truth_command)(store, command));
        }
        Effect::RunLater(edit) => set_timeout(
            move || store.dispatch(FrameAction::RunPrompt(edit)),
            TYPING_PAUSE,
        ),
        Effect::FetchRecording(model) => spawn_local(async move {
            // A recording only fills the time until the engine answers.
            if let Ok(json) = host::fetch_text(&format!("recorded/{model}.json")).await {
                store.dispatch(Action::Recorded(json));
            }
        }),
        Effect::ReadRest(json) => {
            second.when_loaded(move |second| (second.read_rest)(store, &json));
        }
        Effect::WriteLink(fragment) => store.write_link_soon(fragment),
        Effect::EnterLink(fragment) => {
            store.write_link();
            host::push_fragment(&fragment);
        }
        Effect::CopyLink => spawn_local(async move {
            store.write_link();
            let address = window().location().href().unwrap_or_default();
            let is_copied = host::copy(&address).await;
            store.dispatch(FrameAction::Shared(is_copied));
            set_timeout(
                move || store.dispatch(FrameAction::ForgetShared),
                COPIED_FOR,
            );
        }),
        Effect::Save(request) => {
            second.when_loaded(move |second| (second.save)(store, request));
        }
        Effect::UseTheme { theme, is_chosen } => {
            host::set_root("data-theme", Some(theme.name()));
            if is_chosen {
                host::remember_theme(theme);
            }
        }
    }
}

/// Sets the page going: theme, address, lists, clock.
pub fn start(store: Store, second: Lazy<SecondModule>) {
    store.dispatch(FrameAction::UseTheme(host::preferred_theme()));
    if host::is_for_tests() {
        store.dispatch(FrameAction::ForTests);
    }
    store.dispatch(Action::Opened(host::fragment()));
    let opened = window_event_listener(leptos::ev::hashchange, move |_| {
        store.dispatch(Action::Opened(host::fragment()));
    });
    on_cleanup(move || opened.remove());
    // Said before the address is read: what waits to be written belongs to the page
    // that was left.
    let left = window_event_listener(leptos::ev::popstate, move |_| store.forget_link());
    on_cleanup(move || left.remove());
    for (event, is_printed) in [("beforeprint", true), ("afterprint", false)] {
        let print = window_event_listener_untyped(event, move |_| {
            store.dispatch(FrameAction::Print(is_printed));
        });
        on_cleanup(move || print.remove());
    }
    fetch_builds(store, second);
    fetch_models(store);
    tick(store, second);
}

fn fetch_builds(store: Store, second: Lazy<SecondModule>) {
    second.when_loaded(move |second| (second.fetch_builds)(store));
}

/// Looks which models there are, and which of them has a recorded run.
fn fetch_models(store: Store) {
    spawn_local(async move {
        // Without the list the picker says so; the model of the link still loads.
        if let Ok(json) = host::fetch_text("models/index.json").await
            && let Ok(models) = serde_json::from_str::<Vec<ModelInfo>>(&json)
        {
            store.dispatch(FrameAction::Models(models));
        }
    });
}

/// Tells the session that time passes, while it waits for something.
fn tick(store: Store, second: Lazy<SecondModule>) {
    let last_ms = Cell::new(host::now_ms());
    let n_ticks = Cell::new(0_u32);
    let ticking = set_interval_with_handle(
        move || {
            let now_ms = host::now_ms();
            let elapsed_ms = now_ms - last_ms.replace(now_ms);
            n_ticks.set(n_ticks.get().wrapping_add(1));
            let (needs_ticks, awaits_builds) = store.peek(|state| {
                (
                    state.frame.session.needs_ticks(),
                    state.frame.session.awaits_builds(),
                )
            });
            if needs_ticks {
                store.dispatch(FrameAction::Engine(Input::Tick { elapsed_ms, now_ms }));
            }
            if awaits_builds && n_ticks.get().is_multiple_of(TICKS_BETWEEN_BUILDS) {
                fetch_builds(store, second);
            }
        },
        TICK,
    );
    if let Ok(ticking) = ticking {
        on_cleanup(move || ticking.clear());
    }
}
