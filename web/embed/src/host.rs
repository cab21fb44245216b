//! What only a browser has: the address, the clock, fetch, the parent of a frame.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, HtmlElement, Response, Window};

/// The frame's window.
///
/// # Panics
///
/// Outside a document.
pub(crate) fn window() -> Window {
    web_sys::window().expect("a frame has a window")
}

/// The frame's document.
///
/// # Panics
///
/// Outside a document.
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// The element of this id; every one that is asked for stands in `embed.html`.
///
/// # Panics
///
/// If it does not.
pub(crate) fn element(id: &str) -> HtmlElement {
    let found = document().get_element_by_id(id);
    found.expect("embed.html has it").unchecked_into()
}

/// Fragment of the address, with its `#`.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Opens the address anew.
pub(crate) fn reload() {
    // Refused by no browser.
    drop(window().location().reload());
}

/// Calls `act` when the fragment has changed.
pub(crate) fn on_new_fragment(act: fn()) {
    let closure = Closure::<dyn Fn()>::new(act);
    window().set_onhashchange(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
}

/// Milliseconds since the frame was opened.
pub(crate) fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Calls `act` before the next frame of the screen.
pub(crate) fn next_frame(act: impl FnOnce() + 'static) {
    let closure = Closure::once_into_js(act);
    // Fails for nothing but what is no function.
    drop(window().request_animation_frame(closure.unchecked_ref()));
}

/// Whether the reader's system is dark.
pub(crate) fn prefers_dark() -> bool {
    let query = window().match_media("(prefers-color-scheme: dark)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// A text beside the document; `None` if it did not arrive.
pub(crate) async fn fetch_text(url: &str) -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str(url)).await.ok()?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    text.as_string()
}

/// Tells the page around the frame how high the document is, in pixels.
pub(crate) fn tell_height(height: f64) {
    let message = js_sys::Object::new();
    let put = |name: &str, value: JsValue| {
        // Fails for no object of our own.
        drop(js_sys::Reflect::set(&message, &name.into(), &value));
    };
    put("type", "headlight:resize".into());
    put("height", height.into());
    let parent = window().parent().ok().flatten();
    if let Some(parent) = parent.filter(|parent| *parent != window()) {
        // Whoever frames a figure may know how high it is.
        drop(parent.post_message(&message, "*"));
    }
}
