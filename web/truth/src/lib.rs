//! The exact probabilities of the Stories language inside a dedicated worker: a
//! module of its own, so that neither the page nor the engine carries them.
//!
//! Questions arrive as `{json}` with a `TruthAsk`, answers leave as `{json}` with
//! a `TruthAnswer`. `{kind: "ready"}` says that questions will be heard.

use headlight_language::TruthAsk;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Listens for questions.
#[wasm_bindgen(start)]
fn start() -> Result<(), JsValue> {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&JsValue::from_str(&info.to_string()));
    }));
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let replies = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Err(error) = reply(&replies, &event.data()) {
            web_sys::console::error_1(&error);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker listens as long as it lives.
    on_message.forget();
    post(&scope, "kind", "ready")
}

fn reply(scope: &DedicatedWorkerGlobalScope, message: &JsValue) -> Result<(), JsValue> {
    let readable = |error: serde_json::Error| JsValue::from_str(&error.to_string());
    let json = Reflect::get(message, &"json".into())?.as_string();
    let ask: TruthAsk = serde_json::from_str(&json.unwrap_or_default()).map_err(readable)?;
    let answer = serde_json::to_string(&ask.answer()).map_err(readable)?;
    post(scope, "json", &answer)
}

fn post(scope: &DedicatedWorkerGlobalScope, key: &str, value: &str) -> Result<(), JsValue> {
    let message = Object::new();
    Reflect::set(&message, &key.into(), &value.into())?;
    scope.post_message(&message)
}
