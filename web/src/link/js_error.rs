//! Errors of JavaScript, in words.

use headlight_view::session::words as session_words;
use leptos::ev;
use wasm_bindgen::JsValue;

/// What JavaScript says about its own error.
pub(super) fn describe(error: JsValue) -> String {
    js_sys::Reflect::get(&error, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| session_words::NO_REASON.to_owned())
}

/// The message of an error event, on one line and not too long.
pub(super) fn error_message(event: &ev::Event) -> Option<String> {
    let message = js_sys::Reflect::get(event, &JsValue::from_str("message")).ok()?;
    let message = message.as_string()?;
    let line = message
        .lines()
        .next()?
        .trim_start_matches("Uncaught ")
        .trim();
    let line: String = line.chars().take(120).collect();
    (!line.is_empty()).then_some(line)
}
