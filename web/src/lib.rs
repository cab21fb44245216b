//! The page: a Leptos app in the browser, drawing what `headlight-view` decides.
//!
//! - `store`: the one signal that is written, and the way actions reach it
//! - `effects`: what the reducer asks for, done with the browser
//! - `link`: workers, and the one file that knows both the engine's messages and the view's
//! - `further`: what the first module of the page calls of the second, once it is there
//! - `reactive`: memos, signals and effects of any type by one implementation
//! - `second`: the second module, fetched a moment after the first figure
//! - `host`: the few things that only a browser has
//! - `canvas`: pixels onto a canvas
//! - `drawing`: elements as plain data, for rooms that are fetched when they are opened
//! - `figure`: what every figure has: a menu, its numbers, how it is computed
//! - `export`: figures as files
//! - `shell`: the frame around the rooms; `attention`, `flash`: the rooms
//!
//! Text of users and models enters the document as text nodes only.

#![expect(unreachable_pub, reason = "Leptos components are `pub` by convention")]

mod app;
mod attention;
mod canvas;
mod drawing;
mod effects;
mod export;
mod figure;
mod flash;
mod further;
mod host;
mod link;
mod reactive;
mod second;
mod shell;
mod store;

use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the page into the document's body.
#[wasm_bindgen(start)]
pub fn start() {
    leptos::mount::mount_to_body(app::App);
    host::remove("boot");
}
