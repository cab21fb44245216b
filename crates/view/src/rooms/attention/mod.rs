//! The Attention room: heads, their maps, and what goes on between the layers.

pub mod action;
pub(crate) mod ask;
mod awaited;
pub mod catalogue;
pub mod chips;
pub mod choices;
pub mod command;
pub mod compared;
mod contrast;
pub(crate) mod embed;
pub mod figures;
pub mod files;
pub mod lesson;
pub mod link;
pub(crate) mod news;
pub(crate) mod reduce;
mod room_state;
pub(crate) mod select;
pub mod state;
pub mod tables;
pub mod words;
