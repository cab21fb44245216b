//! The engine inside a dedicated worker: a module of its own.
//!
//! Requests arrive as `{json}`, events leave as `{json, buffers}` with the
//! buffers transferred. Everything else is the engine's.

#[cfg(any(feature = "cpu", feature = "gpu"))]
mod fetch;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod host;

#[cfg(any(feature = "cpu", feature = "gpu"))]
mod entry {
    use headlight_engine::{Engine, Event, Host, Mailbox, Wire, mailbox};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::spawn_local;
    use web_sys::MessageEvent;

    use crate::host::{WorkerHost, json_of};

    /// Listens for requests and starts the engine. The engine's first event
    /// tells the page that requests will be heard.
    #[wasm_bindgen(start)]
    pub(crate) fn start() {
        std::panic::set_hook(Box::new(|info| {
            web_sys::console::error_1(&JsValue::from_str(&info.to_string()));
        }));
        let host = WorkerHost::new();
        let (mailbox, inbox) = mailbox();
        listen(&host, &mailbox);
        spawn_local(Engine::new(host, mailbox).serve(inbox));
    }

    fn listen(host: &WorkerHost, mailbox: &Mailbox) {
        let (host_of_listener, mailbox) = (host.clone(), mailbox.clone());
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let json = json_of(&event.data()).unwrap_or_default();
            let buffers = Vec::new();
            match (Wire { json, buffers }).into_request() {
                Ok(request) => {
                    for run in mailbox.push(request) {
                        host_of_listener.emit(Event::Cancelled { run });
                    }
                }
                Err(error) => web_sys::console::error_1(&error.to_string().into()),
            }
        });
        host.scope()
            .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // The worker listens as long as it lives.
        on_message.forget();
    }
}
