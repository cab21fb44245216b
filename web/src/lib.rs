//! The page: a Leptos app in the browser, drawing what `headlight-view` decides.
//!
//! - `store`: the one signal that is written, and the way actions reach it
//! - `effects`: what the reducer asks for, done with the browser
//! - `link`: workers, and the one file that knows both the engine's messages and the view's
//! - `second_module`: what the first module of the page calls of the second, once it is there
//! - `second_module_entry`: the second module, fetched a moment after the first figure
//! - `derived`: memos, signals and effects of any type by one implementation
//! - `element_width`: how wide an element is, followed as it changes
//! - `controls`: what a visitor operates, one function for each kind of control
//! - `export`: figures as files
//! - `host`: the few things that only a browser has
//! - `frame`: what stands around the rooms, and what every figure has: a menu, its numbers,
//!   how it is computed
//! - `rooms`: one folder per room
//!
//! Text of users and models enters the document as text nodes only.

#![expect(unreachable_pub, reason = "Leptos components are `pub` by convention")]

mod app;
mod controls;
mod derived;
mod effects;
mod element_width;
mod export;
mod frame;
mod host;
mod link;
mod rooms;
mod second_module;
mod second_module_entry;
mod store;

use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the page into the document's body.
#[wasm_bindgen(start)]
pub fn start() {
    leptos::mount::mount_to_body(app::App);
    host::remove("boot");
}
