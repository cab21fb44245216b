//! The code that shows a figure in someone else's page, with a preview of it.

use headlight_figure::FigureId;
use headlight_view::State;
use headlight_view::embed::link_of;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::embed::{EmbedLink, RESIZE_SCRIPT, SANDBOX};
use headlight_view::frame::figure_words;
use leptos::html::Iframe;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use super::opened_section::OpenedSection;
use crate::derived::Local;
use crate::host;
use crate::store::store;

/// Height of a frame before its figure says its own, in pixels.
const FIRST_HEIGHT_PX: u32 = 480;

/// The code, once a visitor has opened it.
#[component]
pub fn EmbedCode(figure: FigureId) -> impl IntoView {
    let is_open = store().select(move |state: &State| state.frame.embed == Some(figure));
    view! {
        <Show when=move || is_open.get()>
            <Open figure/>
        </Show>
    }
}

#[component]
fn Open(figure: FigureId) -> impl IntoView {
    let inside = match store().peek(|state| link_of(state, figure)) {
        Ok(link) => view! { <Code link/> }.into_any(),
        Err(sentence) => view! { <p role="alert">{sentence}</p> }.into_any(),
    };
    view! {
        <OpenedSection
            figure
            class="embed-code"
            heading=figure_words::SHOW_EMBED
            hide=figure_words::HIDE_EMBED
            toggle=FrameAction::ToggleEmbed
            inside
        />
    }
}

/// Both kinds of code, and the figure as a reader will see it.
#[component]
fn Code(link: EmbedLink) -> impl IntoView {
    let base = host::folder_of_page();
    let height = Local::new(FIRST_HEIGHT_PX);
    let frame = NodeRef::<Iframe>::new();
    follow_height(frame, height);
    let (address, title) = (link.address("./"), link.title.clone());
    let markdown = link.markdown(&base);
    let note = link.note.map(|note| view! { <p>{note}</p> });
    // As high as the preview: right for a column of its width, without the script.
    let html = Signal::derive(move || link.iframe(&base, height.get()));
    view! {
        <p>{figure_words::EMBED_ABOUT}</p>
        {note}
        <Snippet label=figure_words::EMBED_HTML code=html/>
        <Snippet label=figure_words::EMBED_SCRIPT code=Signal::stored(RESIZE_SCRIPT.to_owned())/>
        <Snippet label=figure_words::EMBED_MARKDOWN code=Signal::stored(markdown)/>
        <p class="label">{figure_words::EMBED_PREVIEW}</p>
        <iframe
            node_ref=frame
            title=title
            src=address
            sandbox=SANDBOX
            style:height=move || format!("{}px", height.get())
        ></iframe>
    }
}

/// Code to copy.
#[component]
fn Snippet(label: &'static str, code: Signal<String>) -> impl IntoView {
    let says = Local::new(figure_words::COPY);
    let copy = move |_| {
        let code = code.get_untracked();
        spawn_local(async move {
            let is_copied = host::copy(&code).await;
            says.set(match is_copied {
                true => figure_words::COPIED,
                false => figure_words::NOT_COPIED,
            });
        });
    };
    view! {
        <div class="snippet">
            <label><span class="label">{label}</span><textarea readonly rows="3" spellcheck="false" prop:value=move || code.get()></textarea></label>
            <button type="button" class="button small" aria-live="polite" on:click=copy>{move || says.get()}</button>
        </div>
    }
}

/// Makes the preview as high as its figure says it is.
fn follow_height(frame: NodeRef<Iframe>, height: Local<u32>) {
    let handle = window_event_listener_untyped("message", move |event| {
        let event: web_sys::MessageEvent = event.unchecked_into();
        let of_frame = frame
            .get_untracked()
            .and_then(|frame| frame.content_window());
        let source = event.source();
        let is_ours = of_frame.is_some_and(|of_frame| source.as_ref() == Some(of_frame.as_ref()));
        let read = |name: &str| js_sys::Reflect::get(&event.data(), &name.into()).ok();
        let is_height = read("type").and_then(|it| it.as_string());
        let told = read("height").and_then(|it| it.as_f64());
        if let (true, Some("headlight:resize"), Some(told)) = (is_ours, is_height.as_deref(), told)
        {
            height.set(told.clamp(40.0, 4_000.0) as u32);
        }
    });
    on_cleanup(move || handle.remove());
}
