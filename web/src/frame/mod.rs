//! The frame that all rooms share.

mod backend;
mod chips;
pub mod figure;
mod header;
mod help;
mod learn;
mod models;
mod notices;
mod popover;
mod prompt;
mod status;
mod strip;

pub use backend::Report;
pub use chips::{MaybeWritten, Visible, visible};
pub use header::Header;
pub use help::Words;
pub use learn::{Learn, Open};
pub use models::Models;
pub use notices::{EngineNotices, Notices};
pub use popover::panel_id;
pub use prompt::Prompt;
pub use status::StatusLine;
pub use strip::{ClosedStrip, Moves, OpenStrip, Said};

/// The button that lets the model write, and stops it.
const WRITE: &str = "write";
