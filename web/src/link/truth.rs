//! The worker that holds the language: started, asked and listened to. When, and
//! what is done with its answers, `view` decides.

use std::fmt;

use headlight_view::answers::truth;
use headlight_view::answers::truth::{TruthCommand, TruthInput};
use headlight_view::frame::action::FrameAction;
use headlight_view::session::words as session_words;
use js_sys::{Object, Reflect};
use leptos::ev;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, WorkerOptions, WorkerType};

use super::js_error::{describe, error_message};
use crate::store::Store;

/// The worker, if it was started.
#[derive(Default)]
pub(super) struct TruthWorker {
    running: Option<Running>,
}

impl fmt::Debug for TruthWorker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_running = self.running.is_some();
        formatter
            .debug_tuple("TruthWorker")
            .field(&is_running)
            .finish()
    }
}

struct Running {
    worker: web_sys::Worker,
    /// Kept for as long as the worker may call them.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ev::Event)>,
}

impl TruthWorker {
    /// Carries out a command; `script` is the worker's, if the page has one.
    pub(super) fn run_command(
        &mut self,
        store: Store,
        script: Option<&str>,
        command: TruthCommand,
    ) {
        let done = match command {
            TruthCommand::Start => self.start(store, script),
            TruthCommand::Ask(ask) => truth::pack(&ask).and_then(|json| self.post(&json)),
        };
        if let Err(reason) = done {
            // After whatever is being done now.
            spawn_local(async move { tell(store, TruthInput::Failed(reason)) });
        }
    }

    fn start(&mut self, store: Store, script: Option<&str>) -> Result<(), String> {
        let script = script.ok_or_else(|| session_words::NO_TRUTH_BUILD.to_owned())?;
        if let Some(old) = self.running.take() {
            old.worker.terminate();
            // The listener that led here may still be on the stack.
            spawn_local(async move { drop(old) });
        }
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options(script, &options).map_err(describe)?;
        let on_message = Closure::new(move |event: MessageEvent| {
            if let Some(input) = unpack(&event.data()) {
                tell(store, input);
            }
        });
        let on_error = Closure::new(move |event: ev::Event| {
            let reason =
                error_message(&event).unwrap_or_else(|| session_words::NO_REASON.to_owned());
            tell(store, TruthInput::Failed(reason));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.running = Some(Running {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        });
        Ok(())
    }

    fn post(&self, json: &str) -> Result<(), String> {
        let Some(running) = &self.running else {
            return Err(session_words::NO_TRUTH_BUILD.to_owned());
        };
        let message = Object::new();
        let is_set = Reflect::set(&message, &"json".into(), &json.into());
        is_set.map_err(describe)?;
        running.worker.post_message(&message).map_err(describe)
    }
}

fn tell(store: Store, input: TruthInput) {
    store.dispatch(FrameAction::Truth(input));
}

/// What the worker or its loader said; nothing for the bytes of its module.
fn unpack(data: &JsValue) -> Option<TruthInput> {
    let get = |name: &str| Reflect::get(data, &name.into()).ok()?.as_string();
    if let Some(json) = get("json") {
        return Some(truth::unpack(&json));
    }
    match get("kind").as_deref() {
        Some("ready") => Some(TruthInput::Ready),
        Some("failed") => Some(TruthInput::Failed(get("message").unwrap_or_default())),
        _ => None,
    }
}
