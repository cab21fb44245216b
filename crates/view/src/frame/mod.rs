//! The frame around the rooms: what they all look at, prompt, parts taken out, menus of
//! figures, saving, status and help.
//!
//! A room's reducer gets its own state and the [`Frame`]. What the frame asks of the page
//! ([`effect::Effect`]) and what the rooms must hear ([`news::FrameNews`]) waits in the
//! frame until the reducer has returned: nothing here calls upward.

pub mod ablation;
pub mod action;
mod asking;
pub mod command_line;
pub mod continuation;
pub mod defaults;
pub mod effect;
pub mod embed;
pub mod embed_data;
pub(crate) mod example;
pub mod figure_words;
pub mod help;
pub mod keys;
pub mod lesson_words;
pub mod link;
pub mod menu;
pub mod models;
pub mod news;
mod panel;
mod reduce;
pub(crate) mod room_state;
pub mod save;
mod state;
pub mod status;
pub mod subject;
mod theme;
pub mod words;

pub use models::ModelInfo;
pub use panel::Panel;
pub use state::Frame;
pub use theme::ThemeName;
