//! One figure in someone else's page: `embed.html#/attention?..` or `embed.html#/flash?..`.
//!
//! Each room's figure is a build of its own (feature `flash`): a reader fetches no other's.
//!
//! No engine, no storage and no worker; it runs in a frame without an origin. What it shows
//! is a recording of the site or comes in the link ([`headlight_view::embed`]). It tells its
//! parent how high it is, and stands still while nobody sees it.

#![cfg(target_arch = "wasm32")]

mod document;
mod host;

#[cfg(not(feature = "flash"))]
use headlight_view::embed::open_attention as open;
#[cfg(feature = "flash")]
use headlight_view::embed::open_flash as open;
use headlight_view::embed::{Opening, theme_of};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Shows the figure of the address.
#[wasm_bindgen(start)]
pub fn start() {
    let fragment = host::fragment();
    document::show_theme(theme_of(&fragment));
    match open(&fragment) {
        Ok(Opening::Ready(figure)) => document::show(figure),
        Ok(Opening::Awaited(awaited)) => spawn_local(async move {
            let shown = match host::fetch_text(&awaited.url()).await {
                Some(json) => awaited.with(&json),
                None => Err(awaited.missing()),
            };
            match shown {
                Ok(figure) => document::show(figure),
                Err(sentence) => document::say(&sentence),
            }
        }),
        Err(sentence) => document::say(&sentence),
    }
    // Another link in the same frame is another figure.
    host::on_new_fragment(host::reload);
}
