//! The Attention room: heads, the map of one head, and what is selected in it.
//!
//! Heads and map belong to the first module of the page, everything else to the second.

mod atlas;
mod attribution;
mod changes;
mod chips;
mod lens;
mod lesson;
mod lines;
mod map;
mod method_and_numbers;
mod module;
mod module_entry;
mod next;
mod norms;
mod perplexity;
mod placeholder;
mod product;
mod room;
mod row;
mod sampling;
mod shown_signals;
mod stage;
mod steps;
mod surprise;

pub use chips::{Chips, TokenNote};
pub use module::AttentionModule;
pub use module_entry::{FOR_FILES, module};
pub use room::AttentionRoom;
