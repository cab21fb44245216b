//! The Attention room: heads, their maps, and what goes on between the layers.

pub(crate) mod ask;
pub mod catalogue;
pub mod chips;
pub mod command;
pub mod figures;
pub mod files;
pub mod lesson;
pub(crate) mod reduce;
pub mod state;
pub mod tables;
pub mod words;
