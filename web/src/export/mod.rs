//! Figures as files: a value is written, and what was made is handed to the visitor.

use std::time::Duration;

use headlight_figure::FigureId;
use headlight_figure::files::Format;
use headlight_figure::{Figure, svg, unscaled_width};
use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::save::{Content, Numbers, SaveRequest};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement,
    HtmlImageElement, Url,
};

use crate::host;
use crate::store::Store;

/// Lifetime of a file's address: until the browser has surely read it.
const ADDRESS_LIVES: Duration = Duration::from_secs(30);
/// Pixels of a PNG per pixel of the page.
const PNG_SCALE: f64 = 2.0;
/// The longest side that every browser can paint.
const MAX_SIDE: f64 = 8192.0;

/// What the room of a figure makes of it for a file.
#[derive(Clone, Copy, Debug)]
pub struct MadeByRoom {
    /// The numbers, where they are not in the request.
    pub numbers: fn(&State, FigureId) -> Option<Numbers>,
    /// The figure at a width in pixels, once it has its numbers.
    pub figure: fn(&State, FigureId, f64) -> Option<Figure>,
}

/// Hands what is asked for to the visitor as a file.
pub fn save(store: Store, request: SaveRequest, made: MadeByRoom) {
    let SaveRequest {
        content,
        format,
        name,
    } = request;
    let numbers = match content {
        Content::FigureOf(figure) => {
            let drawn = drawing(store, figure, made);
            return save_drawing(store, drawn, format, name);
        }
        Content::Figure(value) => {
            let drawn = svg_under_theme(store, &value);
            return save_drawing(store, Some(drawn), format, name);
        }
        Content::NumbersOf(figure) => store.peek(|state| (made.numbers)(state, figure)),
        Content::Numbers(numbers) => Some(numbers),
    };
    match numbers.and_then(|numbers| numbers.file(format)) {
        Some(text) => save_text(store, name, format, &text),
        None => tell(store, name, Err(JsValue::NULL)),
    }
}

fn save_text(store: Store, name: String, format: Format, text: &str) {
    let result = blob(text, format.media_type()).and_then(|blob| download(&name, &blob));
    tell(store, name, result);
}

fn save_drawing(store: Store, drawn: Option<String>, format: Format, name: String) {
    let Some(file) = drawn else {
        tell(store, name, Err(JsValue::NULL));
        return;
    };
    if format == Format::Svg {
        save_text(store, name, format, &file);
        return;
    }
    spawn_local(async move {
        let result = match painted(&file).await {
            Ok(blob) => download(&name, &blob),
            Err(error) => Err(error),
        };
        tell(store, name, result);
    });
}

/// A figure as SVG, as wide as it stands in the page and under the page's theme: what the
/// command line writes for this width.
fn drawing(store: Store, figure: FigureId, made: MadeByRoom) -> Option<String> {
    let element = host::figure_element(figure.name())?;
    let width_px = host::width_of_drawing(&element)?;
    let value = store.peek(|state| (made.figure)(state, figure, width_px))?;
    Some(svg_under_theme(store, &value))
}

/// A figure as SVG, as wide as it is drawn and under the page's theme.
fn svg_under_theme(store: Store, value: &Figure) -> String {
    let theme = store.peek(|state| state.frame.theme.colours());
    svg(value, theme, unscaled_width(value.size.width))
}

fn tell(store: Store, name: String, result: Result<(), JsValue>) {
    store.dispatch(match result {
        Ok(()) => FrameAction::Saved(name),
        Err(_) => FrameAction::NotSaved(name),
    });
}

/// An SVG as a PNG.
async fn painted(svg: &str) -> Result<Blob, JsValue> {
    let address = Url::create_object_url_with_blob(&blob(svg, Format::Svg.media_type())?)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&address);
    let decoded = JsFuture::from(image.decode()).await;
    // It is decoded or it never will be.
    drop(Url::revoke_object_url(&address));
    decoded?;
    let (width, height) = (
        f64::from(image.natural_width()),
        f64::from(image.natural_height()),
    );
    let scale = PNG_SCALE.min(MAX_SIDE / width.max(height).max(1.0));
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width((width * scale) as u32);
    canvas.set_height((height * scale) as u32);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(
        &image,
        0.0,
        0.0,
        width * scale,
        height * scale,
    )?;
    let made = js_sys::Promise::new(&mut |resolve, reject| {
        if let Err(error) = canvas.to_blob(&resolve) {
            // Fails only if it has been answered already.
            drop(reject.call1(&JsValue::NULL, &error));
        }
    });
    JsFuture::from(made).await?.dyn_into()
}

fn blob(text: &str, media_type: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options)
}

fn download(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    set_timeout(
        move || drop(Url::revoke_object_url(&address)),
        ADDRESS_LIVES,
    );
    Ok(())
}
