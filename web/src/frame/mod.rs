//! The frame that all rooms share.

mod backend;
mod continuation;
pub mod element_ids;
mod examples;
pub mod figure;
mod header;
mod help;
pub mod keys;
mod lesson_strip;
mod models;
mod notices;
mod popover;
mod prompt;
mod status;
mod visible_token;

pub use backend::Report;
pub use continuation::MaybeWritten;
pub use header::Header;
pub use help::Words;
pub use lesson_strip::{ClosedStrip, Moves, OpenStrip, Said};
pub use models::Models;
pub use notices::{EngineNotices, Notices};
pub use popover::panel_id;
pub use prompt::Prompt;
pub use status::StatusLine;
pub use visible_token::Visible;
