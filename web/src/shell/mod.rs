//! The frame that all rooms share.

mod backend;
mod chips;
mod header;
mod help;
mod learn;
mod models;
mod notices;
mod popover;
mod prompt;
mod status;

use leptos::prelude::*;

pub use chips::Visible;
pub use header::Header;
pub use learn::Learn;
pub use notices::Notices;
pub use popover::panel_id;
pub use prompt::Prompt;
pub use status::StatusLine;

/// The button that lets the model write, and stops it.
const WRITE: &str = "write";

/// What the second module draws of the frame.
#[derive(Clone, Copy)]
pub struct Further {
    /// The lesson's strip, open.
    lesson: fn(learn::Act) -> AnyView,
    /// How the engine is getting on.
    engine: fn(()) -> AnyView,
    /// What the model wrote after the prompt.
    continuation: fn(()) -> AnyView,
    /// What the panel of models holds.
    models: fn(()) -> AnyView,
    /// What the panel about the engine holds.
    backend: fn(()) -> AnyView,
    /// What the panel of help holds.
    help: fn(()) -> AnyView,
}

/// What the second module draws of the frame.
pub fn further() -> Further {
    Further {
        lesson: |act| view! { <learn::Open act/> }.into_any(),
        engine: |()| view! { <notices::EngineNotices/> }.into_any(),
        continuation: |()| view! { <chips::MaybeWritten/> }.into_any(),
        models: |()| view! { <models::Models/> }.into_any(),
        backend: |()| view! { <backend::Report/> }.into_any(),
        help: |()| view! { <help::Words/> }.into_any(),
    }
}
