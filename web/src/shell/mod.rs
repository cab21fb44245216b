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

pub use chips::Visible;
pub use header::Header;
pub use learn::Learn;
pub use notices::Notices;
pub use prompt::Prompt;
pub use status::StatusLine;

/// The button that lets the model write, and stops it.
const WRITE: &str = "write";
