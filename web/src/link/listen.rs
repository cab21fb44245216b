//! What a worker says, heard and handed on.

use std::cell::Cell;
use std::rc::Rc;

use headlight_view::frame::action::FrameAction;
use headlight_view::session::words as session_words;
use headlight_view::session::{Death, Input, Message, WorkerId};
use leptos::ev;
use leptos::logging::warn;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::MessageEvent;

use super::js_error::error_message;
use super::messages;
use crate::host;
use crate::store::Store;

/// The listeners of one worker; they are deaf once dropped.
pub struct Listeners {
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_garbled: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ev::Event)>,
}

impl Listeners {
    /// Listens to `worker`, whose module has about `wasm_bytes` bytes.
    pub fn attach(
        store: Store,
        id: WorkerId,
        worker: &web_sys::Worker,
        wasm_bytes: Option<u64>,
    ) -> Self {
        let is_booted = Rc::new(Cell::new(false));
        let heard = Rc::clone(&is_booted);
        let on_message = Closure::new(move |event: MessageEvent| {
            let input = match messages::unpack(&event.data(), wasm_bytes) {
                Ok(message) => {
                    heard.set(heard.get() || message == Message::Booted);
                    Input::Said {
                        worker: id,
                        message: Box::new(message),
                        now_ms: host::now_ms(),
                    }
                }
                Err(death) => died(id, death),
            };
            store.dispatch(FrameAction::Engine(input));
        });
        let on_garbled = Closure::new(move |_: MessageEvent| {
            let death = Death::Unreadable(session_words::NOT_COPIED.to_owned());
            store.dispatch(FrameAction::Engine(died(id, death)));
        });
        let on_error = Closure::new(move |event: ev::Event| {
            let message = error_message(&event);
            let death = if is_booted.get() {
                Death::Crashed(message.unwrap_or_default())
            } else {
                Death::NotStarted(message.unwrap_or_else(|| session_words::NO_SCRIPT.to_owned()))
            };
            store.dispatch(FrameAction::Engine(died(id, death)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_garbled.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Self {
            _on_message: on_message,
            _on_garbled: on_garbled,
            _on_error: on_error,
        }
    }
}

/// A worker is dead. What it or the browser said of it is for developers.
pub fn died(worker: WorkerId, death: Death) -> Input {
    if let Death::Crashed(said) | Death::Unreadable(said) | Death::NotStarted(said) = &death {
        warn!("{said}");
    }
    Input::Died { worker, death }
}
