//! A dedicated worker as the engine's host.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use headlight_engine::{Event, FetchError, Host, Wire};
use js_sys::{Array, Float32Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel};

use crate::fetch::fetch;

/// The worker's global scope, and a channel to itself for yielding.
#[derive(Clone)]
pub(crate) struct WorkerHost {
    scope: DedicatedWorkerGlobalScope,
    turnstile: Rc<Turnstile>,
}

/// Yields a macrotask by posting a message to oneself: a timer would be
/// clamped to 4 ms after a few rounds, a microtask lets no message in.
struct Turnstile {
    channel: Option<MessageChannel>,
    waiting: Rc<RefCell<VecDeque<Function>>>,
}

impl Turnstile {
    fn new() -> Self {
        let waiting = Rc::new(RefCell::new(VecDeque::<Function>::new()));
        let channel = MessageChannel::new().ok();
        if let Some(channel) = &channel {
            let queue = Rc::clone(&waiting);
            let wake = Closure::<dyn FnMut()>::new(move || {
                let resolve = queue.borrow_mut().pop_front();
                if let Some(resolve) = resolve {
                    // A promise's own resolver does not throw.
                    let _undefined = resolve.call0(&JsValue::UNDEFINED);
                }
            });
            channel
                .port1()
                .set_onmessage(Some(wake.as_ref().unchecked_ref()));
            wake.forget();
        }
        Self { channel, waiting }
    }

    async fn pass(&self) {
        let Some(channel) = &self.channel else { return };
        let promise = Promise::new(&mut |resolve, _reject| {
            self.waiting.borrow_mut().push_back(resolve.clone());
            if channel.port2().post_message(&JsValue::NULL).is_err() {
                let _undefined = resolve.call0(&JsValue::UNDEFINED);
            }
        });
        // Never rejected: nobody holds the other function.
        let _undefined = JsFuture::from(promise).await;
    }
}

/// Milliseconds between two signs of life: the page takes five seconds of silence for death.
const ALIVE_EVERY_MS: i32 = 1_000;

/// Signs of life by a timer, until it is dropped.
struct SignsOfLife {
    scope: DedicatedWorkerGlobalScope,
    timer: Option<i32>,
    /// Kept for as long as the timer calls it.
    _show: Closure<dyn FnMut()>,
}

impl SignsOfLife {
    fn start(host: &WorkerHost) -> Self {
        let shown_by = host.clone();
        let show = Closure::<dyn FnMut()>::new(move || shown_by.emit(Event::Alive));
        let scope = host.scope.clone();
        let timer = scope.set_interval_with_callback_and_timeout_and_arguments_0(
            show.as_ref().unchecked_ref(),
            ALIVE_EVERY_MS,
        );
        Self {
            scope,
            timer: timer.ok(),
            _show: show,
        }
    }
}

impl Drop for SignsOfLife {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            self.scope.clear_interval_with_handle(timer);
        }
    }
}

impl WorkerHost {
    pub(crate) fn new() -> Self {
        let scope = js_sys::global().unchecked_into();
        let turnstile = Rc::new(Turnstile::new());
        Self { scope, turnstile }
    }

    pub(crate) const fn scope(&self) -> &DedicatedWorkerGlobalScope {
        &self.scope
    }
}

impl Host for WorkerHost {
    async fn fetch(
        &self,
        path: &str,
        progress: impl FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, FetchError> {
        fetch(&self.scope, path, progress).await
    }

    async fn yield_now(&self) {
        self.turnstile.pass().await;
    }

    fn show_life(&self) -> impl Sized {
        SignsOfLife::start(self)
    }

    fn emit(&self, event: Event) {
        let posted = Wire::from_event(event)
            .map_err(|error| JsValue::from_str(&error.to_string()))
            .and_then(|wire| post(&self.scope, &wire));
        if let Err(error) = posted {
            web_sys::console::error_1(&error);
        }
    }

    fn close(&self) {
        self.scope.close();
    }
}

/// Posts `{json, buffers}`, giving the buffers away.
fn post(scope: &DedicatedWorkerGlobalScope, wire: &Wire) -> Result<(), JsValue> {
    let (buffers, transfer) = (Array::new(), Array::new());
    for buffer in &wire.buffers {
        let array = Float32Array::from(buffer.as_slice());
        transfer.push(&array.buffer());
        buffers.push(&array);
    }
    let message = Object::new();
    Reflect::set(&message, &"json".into(), &wire.json.as_str().into())?;
    Reflect::set(&message, &"buffers".into(), &buffers)?;
    scope.post_message_with_transfer(&message, &transfer)
}

/// The `json` of a message.
pub(crate) fn json_of(message: &JsValue) -> Option<String> {
    Reflect::get(message, &"json".into()).ok()?.as_string()
}
