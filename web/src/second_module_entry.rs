//! The page's second module: what comes a moment after the first figure.
//!
//! `xtask` cuts the linked page in two. What is reached from [`open`] alone becomes a
//! module of its own, which the first one fetches as soon as it runs; whatever both
//! need stays in the first. So a visitor waits for the frame, the heads and the map of
//! a recorded run, and for nothing else.

use headlight_view::Action;
use headlight_view::answers::recording::RecordingDetails;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::frame::figure;
use crate::rooms::attention;
use crate::rooms::attention::AttentionModule;
use crate::second_module::{Lazy, SecondModule};
use crate::store::Store;
use crate::{export, frame as shell, link, second_module};

/// Fetches the module, and asks again until it is there.
pub fn fetch(store: Store, second: Lazy<SecondModule>, room: Lazy<AttentionModule>) {
    second_module::fetch(store, open, move |found: Box<_>| {
        let (of_second, of_room) = *found;
        room.set_loaded(of_room);
        second.set_loaded(of_second);
    });
}

/// Reads what a recorded run says beyond the first figures.
fn read_rest(store: Store, json: &str) {
    let rest = RecordingDetails::parse(json).map(Box::new);
    store.dispatch(Action::RecordedRest(
        rest.map_err(|error| error.to_string()),
    ));
}

/// The module's functions; an error if it could not be fetched.
#[wasm_split(further, fallible, wasm_split_path = leptos::wasm_split)]
fn open() -> Result<Box<(SecondModule, AttentionModule)>, SplitLoaderError> {
    let second = SecondModule {
        menu: |figure| view! { <figure::Menu figure/> }.into_any(),
        engine: |()| view! { <shell::EngineNotices/> }.into_any(),
        continuation: |()| view! { <shell::MaybeWritten/> }.into_any(),
        models: |()| view! { <shell::Models/> }.into_any(),
        backend: |()| view! { <shell::Report/> }.into_any(),
        help: |()| view! { <shell::Words/> }.into_any(),
        run_command: link::run_command,
        run_truth_command: link::run_truth_command,
        fetch_builds: link::fetch_builds,
        read_rest,
        save: |store, request| export::save(store, request, attention::FOR_FILES),
    };
    Ok(Box::new((second, attention::module())))
}
