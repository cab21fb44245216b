//! What only a browser has: the clock, the address, storage, fetch.

use std::time::Duration;

use headlight_view::frame::ThemeName;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestCache, RequestInit, Response};

/// Where a chosen theme is remembered.
const THEME_KEY: &str = "headlight-theme";

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The fragment of the page's address, with its `#`.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// True if the document says that the page was built for tests, which no link can say.
pub fn is_for_tests() -> bool {
    let mark = document().query_selector("meta[name='headlight-made-for'][content='tests']");
    mark.is_ok_and(|mark| mark.is_some())
}

/// Replaces the fragment without a new entry in the history.
pub fn replace_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        // Refused only when called far too often; the next call catches up.
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(fragment)));
    }
}

/// Puts a new entry with this fragment into the history.
pub fn push_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        drop(history.push_state_with_url(&JsValue::NULL, "", Some(fragment)));
    }
}

/// True if the browser offers WebGPU; whether it works, the engine finds out.
pub fn has_webgpu() -> bool {
    let navigator: JsValue = window().navigator().into();
    js_sys::Reflect::get(&navigator, &JsValue::from_str("gpu")).is_ok_and(|gpu| gpu.is_object())
}

/// The theme that was chosen before, else the one the system prefers.
pub fn preferred_theme() -> ThemeName {
    let storage = window().local_storage().ok().flatten();
    let chosen = storage.and_then(|storage| storage.get_item(THEME_KEY).ok().flatten());
    if let Some(theme) = chosen.and_then(|name| ThemeName::from_name(&name)) {
        return theme;
    }
    let query = window().match_media("(prefers-color-scheme: dark)");
    match query.ok().flatten() {
        Some(query) if query.matches() => ThemeName::Dark,
        _ => ThemeName::Light,
    }
}

/// Remembers a chosen theme, where the browser lets us.
pub fn remember_theme(theme: ThemeName) {
    if let Some(storage) = window().local_storage().ok().flatten() {
        drop(storage.set_item(THEME_KEY, theme.name()));
    }
}

/// Sets or removes an attribute of the root element.
pub fn set_root(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else {
        return;
    };
    // Fails only for names that are no attribute names.
    drop(match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    });
}

/// Lets the browser fetch a style sheet that the document names and does not use yet.
pub fn enable_style(id: &str) {
    if let Some(link) = document().get_element_by_id(id) {
        // Fails only for names that are no attribute names.
        drop(link.remove_attribute("disabled"));
    }
}

/// Takes the element of this id out of the page.
pub fn remove(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.remove();
    }
}

/// Gives the focus to the element of this id, if there is one.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        focus_element(element);
    }
}

/// Scrolls `container`, and nothing around it, until the element of this id is seen.
pub fn reveal_within(container: &web_sys::HtmlElement, id: &str) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    let (outer, inner) = (
        container.get_bounding_client_rect(),
        element.get_bounding_client_rect(),
    );
    let above = (outer.top() - inner.top()).max(0.0);
    let below = (inner.bottom() - outer.bottom()).max(0.0);
    let by = (below - above).round() as i32;
    if by != 0 {
        container.set_scroll_top(container.scroll_top() + by);
    }
}

/// Scrolls the page to the element of this id, unless it and what `figure` selects
/// are seen already, above `cover`, which lies over the lower edge of the window.
/// Where there is no room for both, the figure's lower end is what is seen.
pub fn bring_up(id: &str, figure: &str, cover: &web_sys::Element) {
    const MARGIN_PX: f64 = 8.0;
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    let top = element.get_bounding_client_rect().top();
    let figure = document().query_selector(figure).ok().flatten();
    let bottom = figure.map_or(top, |figure| figure.get_bounding_client_rect().bottom());
    let free = cover.get_bounding_client_rect().top();
    if top < 0.0 || bottom > free {
        let for_top = top - MARGIN_PX;
        let for_bottom = bottom + MARGIN_PX - free;
        window().scroll_by_with_x_and_y(0.0, for_top.max(for_bottom));
    }
}

/// Does something once the page has been drawn as it is now.
pub fn once_drawn(act: impl FnOnce() + 'static) {
    request_animation_frame(act);
}

/// Does something once figures have been drawn for the room that they have now: they hear of
/// it when the page is laid out, and are drawn before the next frame.
pub fn once_figures_are_drawn(act: impl FnOnce() + 'static) {
    request_animation_frame(move || request_animation_frame(act));
}

/// Does something in a task of its own, after what the browser has to do now.
pub fn in_another_task(act: impl FnOnce() + 'static) {
    set_timeout(act, Duration::ZERO);
}

/// Gives the focus to an element, without scrolling to it.
pub fn focus_in_place(id: &str) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    if let Some(element) = document().get_element_by_id(id) {
        let element = element.unchecked_into::<web_sys::HtmlElement>();
        drop(element.focus_with_options(&options));
    }
}

/// Gives the focus to an element.
pub fn focus_element(element: web_sys::Element) {
    // What cannot have the focus leaves it where it was.
    drop(element.unchecked_into::<web_sys::HtmlElement>().focus());
}

/// Puts a value into the field that an event is about.
pub fn set_value(event: &web_sys::Event, value: &str) {
    if let Some(field) = event.target() {
        let set = js_sys::Reflect::set(&field, &"value".into(), &value.into());
        // Every field takes a text.
        drop(set);
    }
}

/// Address of the folder that the page's document lies in, with a slash at the end.
pub fn folder_of_page() -> String {
    let location = window().location();
    let (origin, path) = (location.origin(), location.pathname());
    let path = path.unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{}{folder}/", origin.unwrap_or_default())
}

/// Copies text to the clipboard; false if the browser refuses.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Pages that are not served securely have no clipboard at all.
    if clipboard.is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Why a file did not arrive.
#[derive(Debug)]
pub enum FetchError {
    /// The server has no such file.
    Missing,
    /// Anything else.
    Failed,
}

/// Fetches a text of this site, asking the server whether it changed.
pub async fn fetch_text(url: &str) -> Result<String, FetchError> {
    let failed = |_: JsValue| FetchError::Failed;
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoCache);
    let request = Request::new_with_str_and_init(url, &init).map_err(failed)?;
    let response = JsFuture::from(window().fetch_with_request(&request));
    let response: Response = response.await.map_err(failed)?.unchecked_into();
    if response.status() == 404 {
        return Err(FetchError::Missing);
    }
    if !response.ok() {
        return Err(FetchError::Failed);
    }
    let text = JsFuture::from(response.text().map_err(failed)?).await;
    text.map_err(failed)?.as_string().ok_or(FetchError::Failed)
}

/// The element of a figure, by the figure's name.
pub fn figure_element(name: &str) -> Option<web_sys::Element> {
    let selector = format!("[data-figure='{name}']");
    document().query_selector(&selector).ok().flatten()
}

/// Width of the drawing of a figure in pixels, as the drawing says it, and not of one that
/// stands inside of the figure.
pub fn width_of_drawing(figure: &web_sys::Element) -> Option<f64> {
    let layers = figure.query_selector_all(".figure-drawing > svg").ok()?;
    let layers = (0..layers.length()).filter_map(|at| layers.item(at));
    let mut layers = layers.filter_map(|layer| layer.dyn_into::<web_sys::Element>().ok());
    let own = layers.find(|layer| {
        let around = layer.closest("[data-figure]").ok().flatten();
        around.as_ref() == Some(figure)
    });
    own?.get_attribute("width")?.parse().ok()
}
